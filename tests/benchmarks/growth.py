"""How time grows: with people, with the length of the term, with the number of replications."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import simulator as sib
from simulator.batch import run_batch
from simulator.pathway.engine import Engine
from simulator.scenario.deal import Deal
from tests.benchmarks.clock import Contender, Figure, every_turn, interleaved, number
from tests.benchmarks.peer import SCENARIO
from tests.benchmarks.sizes import Size
from tests.benchmarks.speed import SEED
from tests.benchmarks.tables import Table

PEOPLE = 985
"""Referrals that the deal expects."""
_YEARS = 4
_POSTS = 6
_MONEY = (
    "deal.total_cap.pounds", "deal.provider.contract_value", "deal.provider.expected_outcome_payments",
    "deal.investment.commitment", "deal.investment.return_cap.pounds", "deal.costs.management.total",
    "deal.costs.evaluation.total", "deal.funders.lcf.cap", "deal.funders.local.cap",
)  # fmt: skip
_HEAD = "overlay: grown\ntitle: Another size\ndescription: The same service at another size.\nsource: A benchmark\n"
_MIDDLE = np.array([0.5])
VERBS = ("pathway", "all verbs")
NAMES = {"compiled": "compiled engine", "simpy": "SimPy engine"}


def larger(times: int) -> sib.Scenario:
    """Return the scenario with so many times the referrals, and posts, caps and money to match, so that the load is the same."""
    return _overlaid(times, {"deal.staffing.specialists[0].posts": _POSTS * times})


def longer(years: int) -> sib.Scenario:
    """Return the scenario with a term of so many years at the same rate of referrals, caps and money to match."""
    end = f"{2019 + years}-04-01"
    return _overlaid(years / _YEARS, {"deal.term.term_end": end, "deal.investment.settlement_date": end})


def _overlaid(factor: float, values: Mapping[str, int | str]) -> sib.Scenario:
    """Return the scenario with referrals, money and counts multiplied by a factor, and other values set."""
    base = sib.load_scenario(SCENARIO)
    settings = {**values, **_counts(base.deal, factor), **_medians(base)}
    lines = [f"  {name}: {value}" for name, value in settings.items()]
    lines += ["multiply:", *(f"  {name}: {factor}" for name in ("assumptions.referrals_over_term", *_MONEY))]
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "grown.yaml"
        overlay.write_text(_HEAD + "set:\n" + "\n".join(lines), encoding="utf-8")
        return sib.load_scenario(SCENARIO, [overlay])


def _counts(deal: Deal, factor: float) -> dict[str, int]:
    """Return targets and count caps multiplied by a factor, in whole people."""
    counts = {"deal.referral_target": deal.referral_target}
    for outcome in deal.rate_card:
        counts[f"deal.rate_card.{outcome.outcome}.target"] = outcome.target
        if outcome.count_cap != "none":
            counts[f"deal.rate_card.{outcome.outcome}.count_cap"] = outcome.count_cap
    return {name: round(factor * count) for name, count in counts.items()}


def _medians(scenario: sib.Scenario) -> dict[str, float]:
    """Return every uncertain assumption's median, by where it stands."""
    beliefs = scenario.assumptions.beliefs().items()
    uncertain = [name for name, belief in beliefs if not getattr(belief, "is_fixed", True)]
    return {
        f"assumptions.{name}": float(getattr(scenario.assumptions, name).quantile(_MIDDLE)[0]) for name in uncertain
    }


def measured(scenario: sib.Scenario, size: Size) -> list[Table]:
    """Return the tables of growth."""
    grown = {times: size.grown * max(1, min(12, max(size.growths) // times)) for times in size.growths}
    return [
        _people("compiled", grown, size),
        _people("simpy", dict.fromkeys(size.growths_slow, size.grown_slow), size),
        _terms(size),
        _runs(scenario, size),
    ]


def _people(engine: Engine, replications: Mapping[int, int], size: Size) -> Table:
    """Return the table of one engine at several numbers of people, with so many replications at each."""
    timed = _timed({times: (larger(times), count) for times, count in replications.items()}, size, engine)
    base = {what: timed[what, min(replications)] for what in VERBS}
    rows = []
    for times in replications:
        each = [timed[what, times].times(1e6 / (PEOPLE * times)).median for what in VERBS]
        ratios = [timed[what, times].over(base[what]).median / times for what in VERBS]
        rows.append([f"{times}x", f"{PEOPLE * times:,}", *map(number, each), *map(number, ratios)])
    return Table(
        f"Growth with people, {NAMES[engine]}: microseconds for one person of one replication",
        ["referrals", "people", "pathway", "all verbs", "pathway, to 1x", "all verbs, to 1x"],
        rows,
        "Posts, caps and money grow with the referrals; uncertain assumptions are at their medians. Replications: "
        f"{', '.join(str(count) for count in replications.values())}. A ratio of 1 is growth in proportion.",
    )


def _timed(
    scenarios: Mapping[int, tuple[sib.Scenario, int]], size: Size, engine: Engine
) -> dict[tuple[str, int], Figure]:
    """Return seconds per replication of the pathway and of all verbs, for each scenario with its number of replications."""
    contenders: dict[str, Contender] = {}
    for key, (scenario, count) in scenarios.items():
        draws = sib.draw(scenario, SEED, 0, count)
        contenders[f"pathway {key}"] = every_turn(sib.simulate, scenario, draws, SEED, engine), count
        contenders[f"all verbs {key}"] = every_turn(run_batch, scenario, SEED, 0, count, engine), count
    times = interleaved(contenders, size.growth_rounds)
    return {(what, key): times[f"{what} {key}"] for what in VERBS for key in scenarios}


def _terms(size: Size) -> Table:
    """Return the table of terms of several lengths, at the same rate of referrals."""
    times = _timed({years: (longer(years), 12 * size.grown) for years in size.years}, size, "compiled")
    rows = []
    for years in size.years:
        pathway, verbs = (times[what, years].times(1e6) for what in VERBS)
        yearly = [number(each.median / years) for each in (pathway, verbs)]
        rows.append([str(years), *(number(each.median) for each in (pathway, verbs)), *yearly])
    return Table(
        "Growth with the length of the term, compiled engine: microseconds for one replication",
        ["years", "pathway", "all verbs", "pathway, per year", "all verbs, per year"],
        rows,
        "The same posts and the same rate of referrals throughout; caps and money grow with the term; uncertain assumptions are "
        "at their medians.",
    )


def _runs(scenario: sib.Scenario, size: Size) -> Table:
    """Return the table of runs of several lengths, their summaries included."""
    scenario = larger(1)
    contenders: dict[str, Contender] = {
        f"{count:,}": (partial(_run, scenario, count), float(count)) for count in size.runs
    }
    times = interleaved(contenders, size.growth_rounds)
    return Table(
        "Growth with the number of replications: microseconds for one replication, end to end with the summary",
        ["replications", "median", "lowest", "highest"],
        [[name, *each.times(1e6).cells()] for name, each in times.items()],
    )


def _run(scenario: sib.Scenario, replications: int, _: int) -> object:
    return sib.run(scenario, replications=replications, seed=SEED, workers=1).estimates
