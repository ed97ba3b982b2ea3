"""Chance and parameter uncertainty, as findings."""

import numpy as np

from simulator.charts import Axis, Bars, Chart, Panel, numbers
from simulator.findings import Findings
from simulator.studies.luck import LuckStudy, Parts
from simulator.table import Cell, Column, Figure, Table
from simulator.words import PERCENT, a_number, capital, listed

_SURE = 1.96
"""Standard errors each way of an error bar."""
_TOLD_APART = {"ok", "negative"}
"""Statuses of measures whose variance has two parts."""
_NO_SHARE = {"undefined": "too few rows have it", "constant": "it never varies"}


def findings(found: LuckStudy) -> Findings:
    """Return how much of the spread is chance, and how much is uncertainty of the parameters."""
    return Findings(
        "luck", "Chance and parameter uncertainty",
        "How much of the spread is chance, and how much is uncertainty of the parameters?", found.asked, answer(found),
        (_table(found),), (_chart(found),) if _varying(found) else (), {"lucks": Figure(found.lucks)}, _method(found),
    )  # fmt: skip


def _varying(found: LuckStudy) -> list[Parts]:
    return [each for each in found.parts if each.status in _TOLD_APART]


def answer(found: LuckStudy) -> tuple[str, ...]:
    """Return the answer in sentences."""
    shown = _varying(found)
    if not shown:
        return ("Nothing varies: no measure has a variance to be told apart.",)
    still = [each.measure.within for each in found.parts if each.status == "constant"]
    first = next((each for each in shown if each.measure.key == "investor.multiple"), shown[0])
    unit = first.measure.unit
    shares = [f"{PERCENT.say(each.clipped)} for {each.measure.within}" for each in shown if each is not first]
    return (
        f"Of the variance of {first.measure.within}, {_share(first)} is uncertainty of the parameters, the true rates of the "
        "service; the rest is chance.",
        f"If the parameters were known exactly, its standard deviation would on average be "
        f"{unit.say_error(_root(first.chance))} instead of {unit.say_error(_root(first.variance))}; if there were no chance, "
        f"{unit.say_error(_root(first.parameters))}.",
        *((f"The part of the parameters is {listed(shares)}.",) if shares else ()),
        *((f"{capital(listed(still))} {'never varies' if len(still) == 1 else 'never vary'}.",) if still else ()),
    )


def _share(each: Parts) -> str:
    text = f"{PERCENT.say(each.clipped)} ± {PERCENT.say_error(each.share_se)}"
    return text if each.clipped == each.share else f"{text} (estimated at {PERCENT.say(each.share)})"


def _root(variance: float) -> float:
    """Return a standard deviation; nothing where the estimate of its square is below 0."""
    return float(np.sqrt(max(0.0, variance)))


def _table(found: LuckStudy) -> Table:
    columns = (
        Column("measure"), Column("title", "Measure"), Column("mean", "Mean"), Column("mean_se"),
        Column("sd", "Spread", spread=True), Column("sd_without_chance", "No chance", spread=True),
        Column("sd_if_parameters_known", "All known", spread=True),
        Column("share_of_parameters", "Of parameters", PERCENT, statuses=_NO_SHARE), Column("share_clipped"),
        Column("status"), Column("rows"), Column("left_out_share"), Column("variance_of_parameters"),
        Column("variance_of_chance"),
    )  # fmt: skip
    note = (
        "Spread is the standard deviation; then what is left of it if there were no chance, and if all parameters were known "
        "exactly (on average over what they may be). The share of parameters is of the variance, with its error from a "
        "jackknife over rows of parameters. An estimate below nothing is chance in the estimate: the component is nothing, or "
        "too small to be seen with so many rows."
    )
    return Table(
        "luck", "Standard deviation, and where it comes from", columns, tuple(_row(each) for each in found.parts), note
    )


def _row(each: Parts) -> tuple[Cell, ...]:
    unit, apart = each.measure.unit, each.status in _TOLD_APART
    nothing = Figure(None, status="none")
    figures: tuple[Cell, ...]
    if each.status == "undefined":
        figures = (Figure(None, status="undefined"), None, *(nothing,) * 3)
    else:
        alone = [Figure(_root(part), unit=unit) if apart else nothing for part in (each.parameters, each.chance)]
        spread = Figure(_root(each.variance) if apart else 0.0, unit=unit)
        figures = (Figure(each.mean, unit=unit), each.mean_se, spread, *alone)
    share = Figure(each.share, each.share_se) if apart else Figure(None, status=each.status)
    return (
        each.measure.key, each.measure.label, *figures, share, each.clipped if apart else None, each.status, each.rows,
        each.left_out, Figure(each.parameters, each.parameters_se), Figure(each.chance, each.chance_se),
    )  # fmt: skip


def _method(found: LuckStudy) -> tuple[str, ...]:
    missing = [each for each in found.parts if each.left_out > 0]
    return (
        f"{a_number(found.rows, 'row')} of parameters, drawn as the scenario says, is each simulated with "
        f"{found.lucks} independent lucks: who comes, what becomes of whom, what can be evidenced, who is sampled, and the "
        "factor that a quarter's referrals share, are luck; whatever the scenario gives a distribution is a parameter.",
        "One-way random-effects analysis of variance: chance is the mean variance within a row, M; uncertainty of parameters is "
        f"the variance of the rows' means less M ÷ {found.lucks}. Nothing is said of which parameter it is.",
        *(
            f"{each.measure.label}: not defined for every luck of {PERCENT.say(each.left_out)} of the rows, which are left out."
            for each in missing
        ),
    )


def _chart(found: LuckStudy) -> Chart:
    shown = _varying(found)
    places, shares = numbers(range(len(shown))), [each.clipped for each in shown]
    parameters = Bars(
        places, numbers(shares), thick=0.6, label="uncertainty of parameters", sideways=True,
        errors=numbers(_SURE * each.share_se for each in shown),
    )  # fmt: skip
    chance = Bars(
        places, numbers(1 - share for share in shares), numbers(shares), 0.6, "chance", "sixth", hatch="//", sideways=True
    )  # fmt: skip
    x = Axis("Share of the variance", PERCENT, low=0.0, high=1.0)
    labels = tuple((place, each.measure.label) for place, each in enumerate(shown))
    y = Axis(ticks=labels, low=-0.6, high=len(shown) - 0.4, downward=True)
    return Chart(
        "luck", (Panel((parameters, chance), x, y),),
        f"How much of each measure's variance is uncertainty of the parameters, and how much is chance: "
        f"{a_number(found.rows, 'row')} of parameters, {found.lucks} lucks each. Bars of errors: 1.96 standard errors each way. "
        "Measures that never vary are not shown; an estimate outside 0 to 100% is drawn at the edge.",
        "Horizontal bars of shares of variance, one for each measure, in parts of parameters and of chance.",
        height=1.5 + 0.42 * len(shown), key="above",
    )  # fmt: skip
