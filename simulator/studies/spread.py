"""Estimates from weighted replications: quantiles by rank, means, probabilities, each mean with its Monte Carlo error.

Quantiles are ranks, as of equal weights (`simulator.estimates`): the least value up to which the weights reach the level. What
is undefined ranks below everything and is never dropped or averaged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.estimates import LEVELS

Floats = NDArray[np.float64]
LOW, MEDIAN, HIGH = LEVELS.index(0.05), LEVELS.index(0.5), LEVELS.index(0.95)
NAMES = tuple(f"q{round(level * 100):02d}" for level in LEVELS)


@dataclass(frozen=True)
class Spread:
    """A figure's distribution over weighted replications, on several days or at the end alone."""

    quantiles: Floats
    """At `LEVELS`, shape (levels, columns); NaN is undefined."""
    mean: Floats
    """Shape (columns,); NaN where some of it is undefined."""
    se: Floats
    """Standard errors of the means, shape (columns,)."""
    undefined: Floats
    """Weight of the replications in which it does not exist, shape (columns,)."""


def spread(values: Floats, weights: Floats) -> Spread:
    """Return the distribution of values, shape (n, columns), under weights that add up to one, shape (n,)."""
    found = np.column_stack([weighted_quantiles(column, weights) for column in values.T])
    missing = np.isnan(values)
    mean = weights @ values
    error = np.sqrt((weights[:, None] ** 2 * (values - mean) ** 2).sum(axis=0))
    return Spread(found, np.asarray(mean), np.asarray(error), np.asarray(weights @ missing))


def weighted_quantiles(values: Floats, weights: Floats) -> Floats:
    """Return the quantiles at `LEVELS` of values, shape (n,); NaN ranks lowest, and a quantile among it is NaN.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.1, 0.5, 0.4])).tolist()
    [1.0, 1.0, 1.0, 2.0, 3.0]
    """
    placed = np.where(np.isnan(values), -np.inf, values)
    order = np.argsort(placed, kind="stable")
    reached = np.cumsum(weights[order])
    at = np.searchsorted(reached, np.array(LEVELS) * reached[-1] - 1e-12)
    found = placed[order][np.minimum(at, len(order) - 1)]
    return np.asarray(np.where(np.isneginf(found), np.nan, found))


def share(happened: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Return the weight of the replications in which something happened, and the standard error of that probability.

    The error is the standard deviation of the Jeffreys posterior at the effective number of replications, which is not
    nothing where nothing was seen.
    """
    probability = min(1.0, float(weights[happened].sum()))
    n = float(weights.sum() ** 2 / (weights**2).sum())
    seen = n * probability
    return probability, float(np.sqrt((seen + 0.5) * (n - seen + 0.5) / ((n + 1) ** 2 * (n + 2))))
