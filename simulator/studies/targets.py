"""Price and terms design: where a lever may stand so that everybody's requirement holds (docs/studies.md §6)."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import ClassVar, NamedTuple, cast

from simulator.asked import Asked
from simulator.errors import refuse
from simulator.measures.of_deal import measures_of, named
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.asking import all_of
from simulator.studies.experiment import Experiment, Progress
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


class Held(NamedTuple):
    """Where requirements hold, of one version of the scenario."""

    each: tuple[tuple[Interval, ...], ...]
    """For each requirement, where it holds alone."""
    feasible: tuple[Interval, ...]
    """Where all hold."""


@dataclass(frozen=True)
class Frontier:
    """Where a lever may stand at each value of a second one."""

    second: Lever
    values: tuple[float, ...]
    held: tuple[Held, ...]
    """At each of them."""


@dataclass(frozen=True, repr=False)
class Targets(Presented):
    """Where a lever may stand."""

    _told_by: ClassVar[str] = "targets"
    asked: Asked
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
    frontier: Frontier | None = None
    """The same at values of a second lever, if one was asked for."""

    @property
    def can(self) -> bool:
        """Return whether all requirements hold at some value of the lever, and of the second one if there is one."""
        return bool(self.feasible) or (self.frontier is not None and any(at.feasible for at in self.frontier.held))


def set_targets(
    scenario: Scenario,
    *,
    lever: str,
    require: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    second: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Targets:
    """Return where a lever may stand so that all requirements hold, who binds at each end, and a round value within.

    Args:
        scenario: the base.
        lever: name of the lever.
        require: requirements, as in `investor.probability_of_loss<=0.1`; see `at_most` and `at_least`.
        low: the lowest value searched; a third of where the lever stands if None.
        high: the highest; three times where it stands if None.
        second: name of a second lever, for a frontier of the two; None for none.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: for names that are none, with the nearest right one, where nothing is required, and for two levers that turn
            the same term.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_targets(experiment, scenario, lever, require, low, high, second)


def find_targets(
    experiment: Experiment,
    scenario: Scenario,
    lever: str,
    require: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    second: str | None = None,
) -> Targets:
    """Return the same from an experiment that may have run some versions already.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        lever: name of the lever.
        require: requirements, as in `investor.probability_of_loss<=0.1`; see `at_most` and `at_least`.
        low: lowest value searched, in the lever's unit; a third of where the lever stands if None.
        high: highest; three times where it stands if None.
        second: name of the second lever of a frontier; None without a frontier.
    """
    levers, wanted = _read(scenario, lever, require, second)
    first, ends = levers[0], usual_range(levers[0], low, high)
    grid = spread_values(first, *ends, POINTS)
    base = experiment.returns([scenario])[0]
    response = Response(experiment, scenario, first)
    held = _held(response, first, wanted, grid)
    values = tuple(response.values)
    figures = [[each.quantity.of(returns)[0] for returns in response.see(values)] for each in wanted]
    choice = _choice(experiment, scenario, first, wanted, held.feasible, base) if held.feasible else None
    frontier = None if second is None else _frontier(experiment, scenario, levers, wanted, grid)
    asked = experiment.asked(scenario, options(lever, require, low, high, second))
    bases = tuple(each.quantity.of(base) for each in wanted)
    return Targets(asked, first, wanted, bases, ends, values, tuple(map(tuple, figures)), *held, choice, frontier)


def _read(
    scenario: Scenario, lever: str, require: Sequence[str], second: str | None
) -> tuple[list[Lever], tuple[Requirement, ...]]:
    """Return the lever or the two levers, and the requirements; or say all that is wrong."""
    refuse(not require, "say what is required, as in investor.probability_of_loss<=0.10")
    names = [lever] if second is None else [lever, second]
    makers: list[Callable[[], object]] = [partial(lever_of, scenario, name) for name in names]
    read = all_of([*makers, lambda: requirements(require, measures_of(scenario.deal))])
    levers = [each for each in read if isinstance(each, Lever)]
    apart(levers)
    return levers, tuple(cast("list[Requirement]", read[-1]))


def options(
    lever: str, require: Sequence[str], low: float | None = None, high: float | None = None, second: str | None = None
) -> tuple[str, ...]:
    """Return the options of the command that gives the same study, as they are written.

    Args:
        lever: name of the lever.
        require: requirements, as in `investor.probability_of_loss<=0.1`.
        low: lowest value searched; None for the usual one.
        high: highest; None for the usual one.
        second: name of a second lever; None for none.
    """
    ends = {"--from": low, "--to": high}
    return (
        f"--lever {lever}",
        *(f'--require "{each}"' for each in require),
        *(f"{name} {value:.12g}" for name, value in ends.items() if value is not None),
        *([] if second is None else [f"--second {second}"]),
    )


def _frontier(
    experiment: Experiment,
    scenario: Scenario,
    levers: Sequence[Lever],
    wanted: Sequence[Requirement],
    grid: Sequence[float],
) -> Frontier:
    """Return where the first lever may stand at each of some values of the second."""
    first, second = levers
    values = tuple(spread_values(second, *usual_range(second, None, None), FRONTIER))
    versions = [at(scenario, (second, value)) for value in values]
    found = [_held(Response(experiment, version, first), first, wanted, grid) for version in versions]
    return Frontier(second, values, tuple(found))


def _held(response: Response, lever: Lever, wanted: Sequence[Requirement], grid: Sequence[float]) -> Held:
    """Return where each requirement holds, and where all do."""
    response.see(grid)
    each = tuple(tuple(holding(response, lever, requirement, grid)) for requirement in wanted)
    return Held(each, tuple(together([(found.name, held) for found, held in zip(wanted, each, strict=True)])))


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
