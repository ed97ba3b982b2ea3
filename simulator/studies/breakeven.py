"""Reverse stress: how far each thing may move before a quantity is at a level (docs/studies.md §4)."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

import numpy as np

from simulator.asked import Asked
from simulator.errors import refuse
from simulator.measures.of_deal import key, measures_of
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.asking import all_of
from simulator.studies.closed_forms import ByHand, by_hand
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.lever import Lever
from simulator.studies.levers import apart, lever_of
from simulator.studies.maps import Grid, grid
from simulator.studies.quantities import Quantity, level_of
from simulator.studies.solving import Response, Root, refuse_tolerance, solve, spread_values, usual_range
from simulator.studies.tail import LosingTail, losing_tail

USUAL = (
    "rates.referral",
    "rates.engagement",
    "rates.job",
    "rates.job_loss",
    "rates.evidence",
    "prices",
    "cap",
    "deal.provider.contract_value",
)
"""Levers that are turned where none is named: what people do, what is paid, what delivery costs."""
UNTIL = "investor.multiple.mean=1"
"""The level that is sought where none is named: on average the investor just gets its money back."""


@dataclass(frozen=True, repr=False)
class BreakEven(Presented):
    """Where a quantity meets a level, by lever."""

    _told_by: ClassVar[str] = "breakeven"
    asked: Asked
    quantity: Quantity
    level: float
    base: Returns
    """The scenario as it stands."""
    roots: tuple[Root, ...]
    tail: LosingTail
    """What lies behind the worst replications of the scenario as it stands."""
    map: Grid | None = None
    """Two levers together, if they were asked for."""
    hand: ByHand | None = None
    """Break-even by hand at the mean counts of the scenario as it stands, for deals with its three outcomes."""
    counts: tuple[float, ...] = ()
    """Those counts: evidenced, by name in the order of the rate card."""

    @property
    def can(self) -> bool:
        """Return whether at least one lever has a value that meets the level."""
        return any(root.status in {"ok", "throughout"} for root in self.roots)


def breakeven(
    scenario: Scenario,
    *,
    until: str = UNTIL,
    levers: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    tolerance: float | None = None,
    together: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> BreakEven:
    """Return the value of each lever, turned alone, at which a quantity meets a level.

    Args:
        scenario: the base.
        until: quantity and level, as in `investor.multiple.mean=1`.
        levers: names of levers; those of `USUAL` if there are none.
        low: the lowest value searched; a third of where the lever stands if None.
        high: the highest; three times where it stands if None.
        tolerance: see `solve`.
        together: names of two levers to be turned together, for a map; none for no map.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: for names that are none, with the nearest right one, and for a range, a tolerance or a map that cannot be.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_breakeven(experiment, scenario, until, levers, low, high, tolerance, together)


def find_breakeven(
    experiment: Experiment,
    scenario: Scenario,
    until: str = UNTIL,
    levers: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    tolerance: float | None = None,
    together: Sequence[str] = (),
) -> BreakEven:
    """Return the same from an experiment that may have run some versions already.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        until: quantity and level, as in `investor.multiple.mean=1`.
        levers: names of levers, each moved alone; those of `USUAL` if there are none.
        low: lowest value searched, in the lever's unit; a third of where the lever stands if None.
        high: highest; three times where it stands if None.
        tolerance: see `solve`.
        together: names of two levers moved together, for a map; none for no map.
    """
    turned, pair, quantity, level = _read(scenario, until, levers or USUAL, tolerance, together)
    ranges = [usual_range(lever, low, high) for lever in turned]
    for lever, ends in zip(turned, ranges, strict=True):
        spread_values(lever, *ends)
    base = experiment.returns([scenario])[0]
    roots = []
    for lever, ends in zip(turned, ranges, strict=True):
        roots.append(solve(Response(experiment, scenario, lever), lever, quantity, level, *ends, tolerance))
    mapped = grid(experiment, scenario, pair) if pair else None
    counts = tuple(float(np.mean(base.values[key("outcomes.{}", group)])) for group in scenario.deal.groups)
    hand = by_hand(scenario.deal, *counts) if len(counts) == 3 else None
    tail = losing_tail(scenario, experiment.seed, base)
    asked = experiment.asked(scenario, options(until, levers, low, high, tolerance, together))
    return BreakEven(asked, quantity, level, base, tuple(roots), tail, mapped, hand, counts)


def _read(
    scenario: Scenario, until: str, names: Sequence[str], tolerance: float | None, together: Sequence[str]
) -> tuple[list[Lever], list[Lever], Quantity, float]:
    """Return the levers that are turned alone, those of the map, the quantity and the level; or say all that is wrong."""
    makers: list[Callable[[], object]] = [partial(lever_of, scenario, name) for name in (*names, *together)]
    makers += [lambda: refuse(len(together) not in (0, 2), "a map has two different levers")]
    makers += [lambda: refuse_tolerance(tolerance), lambda: level_of(until, measures_of(scenario.deal))]
    read = all_of(makers)
    levers = [each for each in read if isinstance(each, Lever)]
    apart(levers[len(names) :])
    return levers[: len(names)], levers[len(names) :], *cast("tuple[Quantity, float]", read[-1])


def options(
    until: str = UNTIL,
    levers: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    tolerance: float | None = None,
    together: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the options of the command that gives the same study, as they are written.

    Args:
        until: quantity and level, as in `investor.multiple.mean=1`.
        levers: names of levers, each moved alone; none for the usual ones.
        low: lowest value searched, in the lever's unit; None for the usual one.
        high: highest; None for the usual one.
        tolerance: see `solve`.
        together: names of two levers moved together, for a map; none for no map.
    """
    ends = {"--from": low, "--to": high, "--tolerance": tolerance}
    return (
        f'--until "{until}"',
        *(f"--lever {name}" for name in levers),
        *(f"{name} {value:.12g}" for name, value in ends.items() if value is not None),
        *([f"--map {','.join(together)}"] if together else []),
    )
