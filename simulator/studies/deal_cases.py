"""The low, medium and high case of a deal as computed objects, each with the outcomes behind it (docs/studies.md §10).

Low: receipts just cover the costs before the investor's return. Medium: the medians of what is predicted. High: as many people
as there is room for, and for whom payments rarely reach the cap. Beside them stands what the deal prints as its high case.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.estimates import LEVELS, estimate
from simulator.measures.of_deal import named
from simulator.presented import Presented
from simulator.progress import PAYMENTS
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.scenario.worth import scale_worth
from simulator.studies.case_flow import Implied, Through, implied, through
from simulator.studies.case_limits import (
    CapReached,
    Limit,
    break_even,
    cap_limit,
    room_limit,
    volume,
)
from simulator.studies.case_reach import Reached, TargetSet, checked, reached, target_set
from simulator.studies.cases import all_that_caps_allow
from simulator.studies.contract_years import cumulative, year_ends
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.levers import at
from simulator.studies.plan import running_costs, targets
from simulator.studies.solving import Response, Root

Floats = NDArray[np.float64]
Name = Literal["low", "medium", "high", "published"]
Status = Literal["ok", "covered", "out_of_reach", "always", "not_monotone", "undefined"]
CHANCES = (0.9, 0.75, 0.5)
"""Probabilities from which targets are set backwards where none are named."""
_MIDDLE = LEVELS.index(0.5)


@dataclass(frozen=True)
class Case:
    """A case: how much of everything, in all and by contract year."""

    name: Name
    status: Status
    """`covered`: costs are covered even at the least factor searched; `out_of_reach`: at none; `always`: the cap is reached more
    often than rarely even at the least."""
    factor: float | None = None
    """On the reference path, where the case is one of its multiples."""
    factor_error: float | None = None
    levels: Mapping[str, Floats] | None = None
    """By measure, by the end of each contract year, shape (years,): counts, or pounds; NaN where it is not known by year."""
    errors: Mapping[str, Floats] | None = None
    """Their standard errors; NaN for what is printed."""
    cap_reached: tuple[float, float] | None = None
    """Probability that payments reach the cap at this case, and its error."""

    def ends(self) -> dict[str, float]:
        """Return the levels for the whole term, by measure; nothing where there is no such case."""
        return {} if self.levels is None else {name: float(levels[-1]) for name, levels in self.levels.items()}


@dataclass(frozen=True)
class ByPrices:
    """The low case in closed form: the printed high case, scaled down as a whole, at the rate card's prices."""

    low: float | None
    """Share of the printed high case that is worth the costs before the investor's return; None if all of it is worth less."""
    cap: float | None
    """Share of it that is worth the total cap."""
    counts: Mapping[str, float]
    """What the low case comes to, by measure; empty if there is none."""
    worth: float
    """Pounds: the printed high case without any cap."""
    costs: float
    """Pounds: what the low case is worth."""


@dataclass(frozen=True, repr=False)
class DealCases(Presented):
    """The cases of a deal, how likely each is, targets from chosen probabilities, and what each asks of the service."""

    _told_by: ClassVar[str] = "cases"
    asked: Asked
    years: tuple[date, ...]
    """The last day of each contract year."""
    cases: tuple[Case, ...]
    """Low, medium, high, published."""
    by_prices: ByPrices
    break_even: Root
    """How low was sought."""
    cap: Limit
    """The largest factor at which the cap is reached rarely."""
    room: Limit
    """The largest factor that there is room for."""
    binds: Literal["cap", "room", "none"]
    """Which of the two makes the high case."""
    predicted: Mapping[str, Floats]
    """What each replication of the scenario reaches, by measure, shape (n, years)."""
    reached: tuple[Reached, ...]
    targets: tuple[TargetSet, ...]
    implied: tuple[Implied, ...]
    through: tuple[Through, ...]
    """What becomes of each case's people with the room that there is."""

    @property
    def scenario(self) -> Scenario:
        """Return the scenario whose cases they are."""
        return self.asked.scenario

    @property
    def can(self) -> bool:
        """Return whether there is a case in which money covers the costs."""
        return self.case("low").status in {"ok", "covered"}

    @property
    def measures(self) -> tuple[str, ...]:
        """Return referrals, outcomes and payments, by name, in order."""
        return tuple(self.predicted)

    def case(self, name: Name) -> Case:
        """Return a case by name."""
        return next(case for case in self.cases if case.name == name)


def cases(
    scenario: Scenario,
    probabilities: Sequence[float] = CHANCES,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> DealCases:
    """Return the low, medium and high case of a deal, and how likely it is to reach each.

    Args:
        scenario: the deal and what is believed.
        probabilities: with which targets, set backwards, are reached.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: for probabilities that are none, or that take more replications.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_cases(experiment, scenario, probabilities)


def options(probabilities: Sequence[float] = CHANCES) -> tuple[str, ...]:
    """Return the options of the command that set targets from the same probabilities, as they are written."""
    return tuple(f"--probability {chance:.12g}" for chance in probabilities)


def find_cases(experiment: Experiment, scenario: Scenario, probabilities: Sequence[float] = CHANCES) -> DealCases:
    """Return the same from an experiment that may have run some versions already.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the scenario whose cases they are: its outcomes are the reference path.
        probabilities: probabilities of achieving the targets that are set backwards, each between 0 and 1.
    """
    chances, deal = checked(probabilities, experiment.replications), scenario.deal
    base, lever = experiment.returns([scenario])[0], volume(scenario)
    predicted, response = cumulative(deal, base), Response(experiment, scenario, lever)
    root = break_even(response, lever, deal)
    cap, _ = cap_limit(response, lever, deal)
    room = room_limit(base)
    factor, binds = _high(cap, room)

    def at_factor(times: float | None) -> Returns | None:
        return None if times is None else experiment.returns([at(scenario, (lever, times))])[0]

    low_returns, high_returns = at_factor(root.value), at_factor(factor)
    made = (
        _scaled("low", deal, _low_status(root), root.value, root.error, low_returns),
        _medium(deal, base, predicted),
        _scaled("high", deal, _high_status(cap, factor), factor, (cap if binds == "cap" else room).error, high_returns),
        _published(deal, len(predicted[PAYMENTS][0])),
    )
    known = [case for case in made if case.levels is not None]
    requested: dict[str, tuple[float | None, Mapping[str, float]]] = {
        case.name: (case.factor, case.ends()) for case in known if case.name != "medium"
    }
    with_room = tuple(through(experiment, scenario, base, requested))
    return DealCases(
        experiment.asked(scenario, options(probabilities)),
        year_ends(deal),
        made,
        _by_prices(deal),
        root,
        cap,
        room,
        binds,
        predicted,
        tuple(each for case in known for each in reached(case.name, case.levels or {}, predicted, base, deal)),
        tuple(target_set(chance, predicted) for chance in chances),
        tuple(implied(case.name, deal, case.ends(), case.factor, base) for case in known),
        with_room,
    )


def _low_status(root: Root) -> Status:
    """Return the status of the low case by how it was sought; the least factor searched may already cover the costs."""
    if root.status in {"no_bracket", "throughout"}:
        return "covered" if min(point.figure or 0.0 for point in root.points) >= 0 else "out_of_reach"
    return cast("Status", root.status)


def _high(cap: Limit, room: Limit) -> tuple[float | None, Literal["cap", "room", "none"]]:
    """Return the factor of the high case, and what makes it."""
    if cap.status not in {"ok", "never"}:
        return None, "cap"
    found: dict[float, Literal["cap", "room"]] = {}
    if room.factor is not None:
        found[room.factor] = "room"
    if cap.factor is not None:
        found[cap.factor] = "cap"
    return (min(found), found[min(found)]) if found else (None, "none")


def _high_status(cap: Limit, factor: float | None) -> Status:
    if factor is not None:
        return "ok"
    return cap.status if cap.status in {"always", "not_monotone"} else "undefined"


def _scaled(
    name: Name, deal: Deal, status: Status, factor: float | None, error: float | None, returns: Returns | None
) -> Case:
    """Return a case that is a multiple of the reference path: the means of everything at it."""
    if returns is None:
        return Case(name, status)
    found = cumulative(deal, returns)
    n = returns.replications
    return Case(
        name,
        status,
        factor,
        error,
        {measure: values.mean(axis=0) for measure, values in found.items()},
        {measure: values.std(axis=0, ddof=1) / np.sqrt(n) for measure, values in found.items()},
        _cap_reached(deal, returns),
    )


def _medium(deal: Deal, base: Returns, predicted: Mapping[str, Floats]) -> Case:
    levels, errors = {}, {}
    for measure, values in predicted.items():
        found = [estimate(column) for column in values.T]
        levels[measure] = _numbers(each.quantiles[_MIDDLE] for each in found)
        errors[measure] = _numbers(each.quantile_errors[_MIDDLE] for each in found)
    return Case("medium", "ok", None, None, levels, errors, _cap_reached(deal, base))


def _numbers(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values])


def _published(deal: Deal, years: int) -> Case:
    """Return the printed high case: counts for the whole term, and what they are worth, up to what the caps allow."""
    worth = sum(outcome.high_case for outcome in deal.rate_card)
    ends = {**targets(deal), PAYMENTS: min(worth, all_that_caps_allow(deal)) / 100}
    unknown = np.full(years, np.nan)
    levels = {measure: np.append(unknown[:-1], float(level)) for measure, level in ends.items()}
    return Case("published", "ok", None, None, levels, dict.fromkeys(levels, unknown))


def _cap_reached(deal: Deal, returns: Returns) -> tuple[float, float]:
    found = CapReached(named("payments.total_gbp"), "probability", deal=deal).of(returns)
    return found[0] or 0.0, found[1] or 0.0


def _by_prices(deal: Deal) -> ByPrices:
    low = scale_worth(deal, running_costs(deal))
    counts = {} if low is None else {measure: low * target for measure, target in targets(deal).items()}
    worth = sum(outcome.high_case for outcome in deal.rate_card) / 100
    return ByPrices(low, scale_worth(deal, deal.total_cap.pence), counts, worth, running_costs(deal) / 100)
