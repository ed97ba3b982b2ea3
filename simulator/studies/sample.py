"""Replications of a running deal: where each stood on the days that matter, and what came of it in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.measures.catalogue import DATES
from simulator.measures.measure import Measure
from simulator.measures.of_deal import measures_of, named
from simulator.monte_carlo import Progress
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)
MULTIPLE, RATE, WORTH, LOSS = (
    "investor.multiple",
    "investor.irr",
    "investor.npv_gbp",
    "investor.probability_of_loss",
)
KEPT = (MULTIPLE, RATE, WORTH, LOSS)
"""Measures of each replication's end that are kept."""


@dataclass(frozen=True)
class Sample:
    """Replications 0..n-1 of a scenario."""

    days: tuple[date, ...]
    progress: dict[str, Ints]
    """Where each stood at the end of each of these days, by measure, shape (n, days); payments in pence."""
    ends: dict[str, Floats]
    """What came of each, by measure of `KEPT`, shape (n,)."""

    @property
    def replications(self) -> int:
        """Return how many there are."""
        return len(self.ends[LOSS])

    def on(self, measure: str, days: Sequence[date]) -> Ints:
        """Return where replications stood at the end of some of the days, shape (n, days)."""
        return self.progress[measure][:, [self.days.index(day) for day in days]]


def forecast_measures(deal: Deal) -> dict[str, Measure]:
    """Return the measures of a forecast by key: where the deal stands on days, and what comes of each replication."""
    return measures_of(deal, DATES) | {each: named(each) for each in KEPT}


def sample_replications(
    pool: WorkerPool,
    scenario: Scenario,
    seed: int,
    days: Sequence[date],
    stop: int,
    before: Sample | None = None,
    progress: Progress | None = None,
) -> Sample:
    """Return replications 0..stop-1, of which some may have been simulated before.

    Args:
        pool: processes that run replications.
        scenario: the scenario.
        seed: seed of all luck.
        days: days at whose end each replication is recorded.
        stop: number of the replication after the last.
        before: replications run earlier with the same seed and days, which are kept; none if None.
        progress: called after each new batch with its number of replications; not called if None.
    """
    first = 0 if before is None else before.replications
    parts = [] if before is None else [before]
    for watched in pool.watch(scenario, seed, first, stop, days):
        ends = {name: np.asarray(watched.returns.values[name]) for name in KEPT}
        parts.append(Sample(tuple(days), watched.progress, ends))
        if progress:
            progress(parts[-1].replications)
    return Sample(tuple(days), end_to_end([part.progress for part in parts]), end_to_end([part.ends for part in parts]))


def end_to_end(parts: Sequence[Mapping[str, NDArray[Number]]]) -> dict[str, NDArray[Number]]:
    """Return successive parts of columns by name as whole columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
