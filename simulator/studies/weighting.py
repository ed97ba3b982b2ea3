"""How well each replication matches what is reported, and what weight that gives it (docs/model.md §19.3).

A Gaussian kernel on square roots of counts, whose spread does not grow with their size; as wide as `h` times their spread over
all replications. Where too few replications are near, the kernel is widened until enough count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulator.studies.actuals import Actuals, Series

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KERNEL = "gaussian on square roots of counts"
H_TARGET, STEPS_TO_DOUBLE, WIDEST = 0.25, 8, 64.0
"""The width of the kernel, in spreads, that is aimed at; how finely it is widened; how many times as wide it can become."""
LADDER = H_TARGET * 2.0 ** (np.arange(int(STEPS_TO_DOUBLE * np.log2(WIDEST)) + 1) / STEPS_TO_DOUBLE)


@dataclass(frozen=True)
class Matched:
    """One thing that replications are held against: a measure on the last day known, or on all days before it together."""

    measure: str
    days: tuple[date, ...]
    actual: tuple[int, ...]
    gap: Floats
    """How far each replication is from the actual on each day, in spreads of the square root; shape (n, days)."""

    @property
    def distance(self) -> Floats:
        """Return the mean square of each replication's gaps, shape (n,)."""
        return np.asarray((self.gap**2).mean(axis=1))


def matched(actuals: Actuals, progress: Mapping[str, Ints], days: Sequence[date]) -> list[Matched]:
    """Return what replications are held against: counts, and people on the caseload; of payments nothing.

    A measure known on several days is held against twice: on the last day, and on those before it together, so that a history
    by quarter weighs as much as two numbers and not as many as there are quarters. A day on which all replications agree says
    nothing and is left out.

    Args:
        actuals: what is reported.
        progress: where replications stood, by measure, each of shape (n, days).
        days: on which days.
    """
    found = []
    for name, series in actuals.series.items():
        if name in progress and name != "payments_gbp":
            last = len(series.days) - 1
            found += [_gaps(name, series, part, progress[name], days) for part in ([last], [*range(last)])]
    return [each for each in found if each.days]


def _gaps(name: str, series: Series, places: Sequence[int], simulated: Ints, days: Sequence[date]) -> Matched:
    columns, kept = [], []
    for place in places:
        counts = simulated[:, days.index(series.days[place])]
        if np.ptp(counts) > 0:
            roots = np.sqrt(counts)
            spread = float(roots.std())
            columns.append((roots - np.sqrt(series.totals[place])) / spread)
            kept.append(place)
    gap = np.column_stack(columns) if columns else np.zeros((len(simulated), 0))
    return Matched(name, tuple(series.days[i] for i in kept), tuple(series.totals[i] for i in kept), gap)


def log_kernel(found: Sequence[Matched], h: float) -> Floats:
    """Return the logarithm of each replication's closeness at a width of the kernel, shape (n,)."""
    total = sum(each.distance for each in found)
    return np.asarray(-0.5 * total / h**2)


def normalised(log_weights: Floats) -> Floats:
    """Return weights that add up to one from their logarithms, shape (n,)."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def effective_size(weights: Floats) -> float:
    """Return how many equal weights would be as precise: the square of their sum by the sum of their squares.

    >>> effective_size(np.array([0.25, 0.25, 0.25, 0.25])), effective_size(np.array([1.0, 0.0, 0.0]))
    (4.0, 1.0)
    """
    return float(weights.sum() ** 2 / (weights**2).sum())
