"""Reverse stress: how far each thing may move before a quantity is at a level (docs/studies.md §4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np

from simulator.measures.of_deal import key, measures_of
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.asking import all_of
from simulator.studies.closed_forms import ByHand, by_hand
from simulator.studies.experiment import Experiment
from simulator.studies.lever import Lever
from simulator.studies.levers import apart, lever_of
from simulator.studies.maps import Grid, grid
from simulator.studies.quantities import Quantity, level_of
from simulator.studies.solving import Response, Root, solve, usual_range
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


@dataclass(frozen=True)
class BreakEven:
    """Where a quantity meets a level, by lever."""

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

    Raises:
        SibError: for names that are none, with the nearest right one.
    """
    experiment = Experiment(scenario, replications=replications, seed=seed, workers=workers)
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
    names = list(levers or USUAL)
    makers: list[Callable[[], object]] = [partial(lever_of, scenario, name) for name in (*names, *together)]
    read = all_of([*makers, lambda: level_of(until, measures_of(scenario.deal))])
    levers_read = [each for each in read if isinstance(each, Lever)]
    turned, pair = levers_read[: len(names)], levers_read[len(names) :]
    apart(pair)
    quantity, level = cast("tuple[Quantity, float]", read[-1])
    ranges = [usual_range(lever, low, high) for lever in turned]
    base = experiment.returns([scenario])[0]
    roots = []
    for lever, ends in zip(turned, ranges, strict=True):
        roots.append(solve(Response(experiment, scenario, lever), lever, quantity, level, *ends, tolerance))
    mapped = grid(experiment, scenario, pair) if pair else None
    counts = tuple(float(np.mean(base.values[key("outcomes.{}", group)])) for group in scenario.deal.groups)
    hand = by_hand(scenario.deal, *counts) if len(counts) == 3 else None
    tail = losing_tail(scenario, experiment.seed, base)
    return BreakEven(quantity, level, base, tuple(roots), tail, mapped, hand, counts)
