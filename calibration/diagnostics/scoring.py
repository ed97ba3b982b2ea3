"""How good a prediction was: weights and quantiles of a sample, the continuous ranked probability score, and coverage.

A score is in the unit of what is predicted, and 0 at best. Of a prediction that is a single number it is the absolute error.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binomtest

from simulator.studies.weighting import effective_size, normalised

Floats = NDArray[np.float64]
_HALVINGS = 40


def tempered(log_weights: Floats, least: float) -> tuple[Floats, float]:
    """Return weights that are worth `least` equal ones, and the power that they are raised to for it: 1 if none is needed.

    The power is the largest, to twelve digits, at which they are worth as much; raised to 0 all weights are equal.
    """
    if effective_size(normalised(log_weights)) >= least:
        return normalised(log_weights), 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = effective_size(normalised(middle * log_weights)) >= least
        low, high = (middle, high) if enough else (low, middle)
    return normalised(low * log_weights), low


def quantiles(sample: Floats, weights: Floats, shares: Floats) -> Floats:
    """Return the least values of a sample, shape (n,), at or below which lie at least the given shares of the weight.

    Args:
        sample: values, shape (n,).
        weights: of the values, shape (n,); they need not add up to 1.
        shares: from 0 to 1, shape (shares,).
    """
    order = np.argsort(sample, kind="stable")
    below = np.cumsum(weights[order])
    place = np.searchsorted(below, shares * below[-1] * (1 - 1e-12))
    return np.asarray(sample[order][np.minimum(place, len(sample) - 1)])


def percentile(sample: Floats, weights: Floats, actual: float) -> float:
    """Return what share of a sample's weight lies below a value, half of what is equal to it included.

    Args:
        sample: values, shape (n,).
        weights: of the values, shape (n,); they need not add up to 1.
        actual: the value.
    """
    return float((weights * ((sample < actual) + 0.5 * (sample == actual))).sum() / weights.sum())


def sample_crps(sample: Floats, weights: Floats, actual: float) -> float:
    """Return the score of a weighted sample: how far it is from the value, less half of how far it is from itself, on average.

    Exact for the distribution that the sample is; the double sum is one over the gaps of the sorted sample.

    Args:
        sample: what was predicted, shape (n,).
        weights: of the sample, shape (n,); they need not add up to 1.
        actual: what came, in the sample's unit.
    """
    order = np.argsort(sample, kind="stable")
    values, share = sample[order], weights[order] / weights.sum()
    below = np.cumsum(share)[:-1]
    apart = float((below * (1 - below) * np.diff(values)).sum())
    return float((share * np.abs(values - actual)).sum()) - apart


def normal_crps(mean: float, sd: float, actual: float) -> float:
    """Return the score of a normal distribution; with no spread it is the absolute error (Gneiting and Raftery 2007, eq. 5).

    Args:
        mean: of the prediction.
        sd: its standard deviation.
        actual: what came, in the same unit.
    """
    if sd == 0.0:
        return abs(actual - mean)
    z = (actual - mean) / sd
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return float(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def coverage_interval(inside: int, figures: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a coverage (Clopper and Pearson), as if the figures were independent.

    >>> low, high = coverage_interval(10, 20)
    >>> round(low, 3), round(high, 3)
    (0.272, 0.728)
    """
    found = binomtest(inside, figures).proportion_ci(0.95, "exact")
    return float(found.low), float(found.high)
