"""Price and terms design: where a lever may stand so that everybody's requirement holds (docs/studies.md §6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import cast

from simulator.errors import refuse
from simulator.measures.of_deal import measures_of, named
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.asking import all_of
from simulator.studies.experiment import Experiment
from simulator.studies.lever import Lever
from simulator.studies.levers import apart, at, lever_of, rounded, standing
from simulator.studies.quantities import CAP_USE, Quantity, Requirement, requirements
from simulator.studies.solving import FINE, Response, edge, slope_at, spread_values, usual_range

POINTS = 9
"""Values of the lever, ends included, at which requirements are looked at first."""
BESIDE = (
    Quantity(named("payments.total_gbp"), "mean"),
    Quantity(named("payments.total_gbp"), "q95"),
    Quantity(CAP_USE, "probability", ">=", 1.0),
    Quantity(named("investor.multiple"), "mean"),
    Quantity(named("investor.probability_of_loss"), "mean"),
    Quantity(named("provider.lowest_cash_gbp"), "mean"),
)
"""What is shown of any terms: what they cost whom."""
INSIDE = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Parts of a feasible range by which a value may be moved inside it, so that it holds in round numbers."""
FRONTIER = 7
"""Values of the second lever."""


@dataclass(frozen=True)
class Interval:
    """Values of a lever at which something holds, and why they end."""

    low: float
    high: float
    low_binds: tuple[str, ...] = ()
    """Requirements that fail below it; none where the range that was searched ends there."""
    high_binds: tuple[str, ...] = ()
    """Requirements that fail above it."""
    low_error: float | None = None
    """Monte Carlo standard error of the low end; None where the range that was searched ends there, or it is not known."""
    high_error: float | None = None
    """The same of the high end."""


@dataclass(frozen=True)
class Beside:
    """A quantity that nobody may have asked about, as the scenario stands and at other terms."""

    quantity: Quantity
    now: tuple[float | None, float | None]
    """Its value and error as the scenario stands."""
    then: tuple[float | None, float | None]
    """The same at the other terms."""


@dataclass(frozen=True)
class Choice:
    """A value of the lever inside the feasible range, as near as may be to where the lever stands, in round numbers."""

    value: float
    """The lever."""
    terms: dict[str, float]
    """The round terms that it stands for, in pounds, where it is a factor on prices; else the lever itself, by name."""
    figures: tuple[tuple[float | None, float | None], ...]
    """Each requirement's quantity and its error at those terms, run anew."""
    holds: tuple[bool, ...]
    """Whether each requirement holds there."""
    before: dict[str, float]
    """The same terms as they stand."""
    beside: tuple[Beside, ...]
    """What else comes of these terms."""


@dataclass(frozen=True)
class Targets:
    """Where a lever may stand."""

    lever: Lever
    requirements: tuple[Requirement, ...]
    base: tuple[tuple[float | None, float | None], ...]
    """Each requirement's quantity and its error as the scenario stands."""
    searched: tuple[float, float]
    values: tuple[float, ...]
    """All values that were run, in order."""
    figures: tuple[tuple[float | None, ...], ...]
    """For each requirement, its quantity at each of them."""
    each: tuple[tuple[Interval, ...], ...]
    """For each requirement, where it holds alone."""
    feasible: tuple[Interval, ...]
    """Where all hold."""
    choice: Choice | None = None

    @property
    def can(self) -> bool:
        """Return whether there is a value at which all requirements hold."""
        return bool(self.feasible)


@dataclass(frozen=True)
class Frontier:
    """Where a lever may stand at each value of a second one."""

    second: Lever
    values: tuple[float, ...]
    targets: tuple[Targets, ...]


def set_targets(
    scenario: Scenario,
    *,
    lever: str,
    require: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
) -> Targets:
    """Return where a lever may stand so that all requirements hold, who binds at each end, and a round value within.

    Args:
        scenario: the base.
        lever: name of the lever.
        require: requirements, as in `investor.probability_of_loss<=0.1`; see `at_most` and `at_least`.
        low: the lowest value searched; a third of where the lever stands if None.
        high: the highest; three times where it stands if None.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.

    Raises:
        SibError: for names that are none, with the nearest right one, and where nothing is required.
    """
    return find_targets(
        Experiment(scenario, replications=replications, seed=seed, workers=workers), scenario, lever, require, low, high
    )


def find_targets(
    experiment: Experiment,
    scenario: Scenario,
    lever: str,
    require: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    second: str | None = None,
) -> Targets:
    """Return the same from an experiment that may have run some versions already; a second lever is read with the rest.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        lever: name of the lever.
        require: requirements, as in `investor.probability_of_loss<=0.1`; see `at_most` and `at_least`.
        low: lowest value searched, in the lever's unit; a third of where the lever stands if None.
        high: highest; three times where it stands if None.
        second: name of the second lever of a frontier, which is only checked here; None without a frontier.
    """
    refuse(not require, "say what is required, as in investor.probability_of_loss<=0.10")
    names = [lever] if second is None else [lever, second]
    makers: list[Callable[[], object]] = [partial(lever_of, scenario, name) for name in names]
    read = all_of([*makers, lambda: requirements(require, measures_of(scenario.deal))])
    levers = [each for each in read if isinstance(each, Lever)]
    apart(levers)
    wanted = cast("list[Requirement]", read[-1])
    ends = usual_range(levers[0], low, high)
    base = experiment.returns([scenario])[0]
    return _targets(experiment, scenario, levers[0], wanted, base, ends)


def frontier(
    experiment: Experiment,
    scenario: Scenario,
    first: Targets,
    second: str,
    low: float | None = None,
    high: float | None = None,
) -> Frontier:
    """Return where the lever of targets may stand at each of some values of a second lever.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        first: targets of the first lever, whose requirements and range hold at each value of the second.
        second: name of the second lever.
        low: its lowest value, in its own unit; a third of where it stands if None.
        high: its highest; three times where it stands if None.

    Raises:
        SibError: for a name that is none, or that of the same lever.
    """
    other = lever_of(scenario, second)
    apart([first.lever, other])
    ends = usual_range(other, low, high)
    values = tuple(spread_values(other, *ends, FRONTIER))
    found = []
    for value in values:
        version = at(scenario, (other, value))
        base = experiment.returns([version])[0]
        found.append(_targets(experiment, version, first.lever, first.requirements, base, first.searched, choose=False))
    return Frontier(other, values, tuple(found))


def _targets(
    experiment: Experiment,
    scenario: Scenario,
    lever: Lever,
    wanted: Sequence[Requirement],
    base: Returns,
    ends: tuple[float, float],
    choose: bool = True,
) -> Targets:
    response = Response(experiment, scenario, lever)
    grid = spread_values(lever, *ends, POINTS)
    response.see(grid)
    each = tuple(tuple(holding(response, lever, requirement, grid)) for requirement in wanted)
    feasible = tuple(together([(requirement.name, held) for requirement, held in zip(wanted, each, strict=True)]))
    values = tuple(response.values)
    return Targets(
        lever,
        tuple(wanted),
        tuple(requirement.quantity.of(base) for requirement in wanted),
        ends,
        values,
        tuple(tuple(requirement.quantity.of(returns)[0] for returns in response.see(values)) for requirement in wanted),
        each,
        feasible,
        _choice(experiment, scenario, lever, wanted, feasible, base) if choose and feasible else None,
    )


def holding(response: Response, lever: Lever, requirement: Requirement, grid: Sequence[float]) -> list[Interval]:
    """Return the stretches of a lever on which a requirement holds, each end narrowed down between the values that were run.

    What happens twice between two neighbours of the grid is not seen.

    Args:
        response: the scenario's returns, by value of the lever.
        lever: the lever.
        requirement: the requirement.
        grid: values of the lever that are run first, in order, at least two.
    """

    def holds(value: float) -> bool:
        return requirement.margin(response.see([value])[0]) >= 0

    found, binds, nobody = list[Interval](), (requirement.name,), tuple[str, ...]()
    fine = lever.step or FINE * (grid[-1] - grid[0])
    start: tuple[float, tuple[str, ...], float | None] | None = (grid[0], nobody, None) if holds(grid[0]) else None
    for one, other in pairwise(grid):
        if holds(one) == holds(other):
            continue
        low, high = edge(holds, (one, other), fine, lever.whole)
        error = None if lever.whole else _error(response, requirement, (low, high), 0.02 * (other - one))
        if start is None:
            start = high, binds, error
        else:
            found.append(Interval(start[0], low, start[1], binds, start[2], error))
            start = None
    if start is not None:
        found.append(Interval(start[0], grid[-1], start[1], (), start[2]))
    return found


def _error(response: Response, requirement: Requirement, ends: tuple[float, float], apart: float) -> float | None:
    """Return the Monte Carlo standard error of an edge: that of the quantity over its slope there."""
    slope = slope_at(response.points(requirement.quantity), (ends[0] + ends[1]) / 2, apart)
    se = response.point(ends[1], requirement.quantity).se
    return None if se is None or slope == 0 else abs(se / slope)


def together(held: Sequence[tuple[str, Sequence[Interval]]]) -> list[Interval]:
    """Return where all of several things hold: at each end, the names of those that bind there."""
    found = list(held[0][1])
    for _, others in held[1:]:
        found = [both for one in found for other in others for both in _both(one, other)]
    return found


def _both(one: Interval, other: Interval) -> list[Interval]:
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        return []
    low_binds = tuple(name for each in (one, other) if each.low == low for name in each.low_binds)
    high_binds = tuple(name for each in (one, other) if each.high == high for name in each.high_binds)
    low_error = next((each.low_error for each in (one, other) if each.low == low and each.low_binds), None)
    high_error = next((each.high_error for each in (one, other) if each.high == high and each.high_binds), None)
    return [Interval(low, high, low_binds, high_binds, low_error, high_error)]


def _choice(
    experiment: Experiment,
    scenario: Scenario,
    lever: Lever,
    wanted: Sequence[Requirement],
    feasible: Sequence[Interval],
    base: Returns,
) -> Choice:
    """Return the value nearest to where the lever stands at which all requirements hold in round numbers, run anew.

    Where rounding breaks one, the next value further inside is run; if none of `INSIDE` will do, the first is returned.
    """
    interval = min(feasible, key=lambda each: abs(min(max(lever.base, each.low), each.high) - lever.base))
    nearest, width = min(max(lever.base, interval.low), interval.high), interval.high - interval.low
    up = nearest - interval.low <= interval.high - nearest
    values = [nearest + (part if up else -part) * width for part in INSIDE]
    tried = []
    for value in [round(value) for value in values] if lever.whole else values:
        terms, version = rounded(scenario, lever, value, up)
        returns = experiment.returns([version])[0]
        figures = tuple(each.quantity.of(returns) for each in wanted)
        holds = tuple(each.margin(returns) >= 0 for each in wanted)
        beside = tuple(Beside(each, each.of(base), each.of(returns)) for each in BESIDE)
        tried.append(Choice(value, terms, figures, holds, standing(scenario, lever, terms), beside))
        if all(tried[-1].holds):
            return tried[-1]
    return tried[0]
