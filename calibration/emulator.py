"""What the simulator expects of a deal at any parameters: a quadratic in them, fitted to simulated replications.

The counts of a service with a waiting list, limits on searches, windows and claims cut off at a day have no closed form. They
are smooth in the parameters, and a replication costs less than a millisecond: thousands of them, each at parameters of its own,
tell their mean as a function of the parameters, and what is left over tells luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Floats = NDArray[np.float64]
DIGITS = 7
"""Significant digits that are kept of the coefficients, so that the order of a machine's sums is not in any result."""


@dataclass(frozen=True)
class Emulator:
    """Mean of d parameters' k figures, and the covariance of luck around it."""

    middle: Floats
    """Parameters that are taken as 0, shape (d,)."""
    width: Floats
    """What is taken as 1, shape (d,)."""
    coefficients: Floats
    """Of `_features`, shape (features, k)."""
    luck: Floats
    """Covariance of the figures of replications with the same parameters, shape (k, k)."""
    explained: Floats
    """Part of the variance of each figure that parameters explain, shape (k,)."""

    def mean(self, x: Floats) -> Floats:
        """Return the expected figures, shape (n, k), at parameters of shape (n, d)."""
        return product(_features((x - self.middle) / self.width), self.coefficients)

    def seen_through(self, factor: Floats) -> "Emulator":
        """Return the emulator of the figures after the inverse of a lower triangular factor, shape (k, k), has been applied."""
        turned = solve_triangular(factor, self.coefficients.T, lower=True).T
        return replace(self, coefficients=np.ascontiguousarray(turned))

    def only(self, kept: Sequence[int]) -> "Emulator":
        """Return the emulator of some of the figures, by their places."""
        chosen, luck = list(kept), self.luck[np.ix_(kept, kept)]
        return replace(self, coefficients=self.coefficients[:, chosen], luck=luck, explained=self.explained[chosen])


def fit_emulator(x: Floats, y: Floats) -> Emulator:
    """Return the emulator of figures y, shape (n, k), at parameters x, shape (n, d), by least squares."""
    middle, width = _rounded(x.mean(axis=0)), _rounded(x.std(axis=0))
    features = _features((x - middle) / width)
    solved = np.linalg.lstsq(features, y, rcond=None)[0]
    coefficients = _rounded(np.asarray(solved, dtype=np.float64))
    residual = y - features @ coefficients
    luck = residual.T @ residual / (len(y) - features.shape[1])
    return Emulator(middle, width, coefficients, _rounded(luck), 1 - residual.var(axis=0) / y.var(axis=0))


def product(one: Floats, other: Floats) -> Floats:
    """Return the product of two matrices, summed in one order on every machine and without threads of its own.

    For the small matrices of a sampler's step, libraries spend twenty times as long on waking threads as on the sums.
    """
    return np.asarray(np.einsum("ij,jk->ik", one, other))


def _features(z: Floats) -> Floats:
    """Return 1, each parameter, and each product of two, shape (n, 1 + d + d (d + 1) / 2)."""
    count, d = z.shape
    found = np.empty((count, 1 + d + d * (d + 1) // 2))
    found[:, 0], found[:, 1 : d + 1], place = 1.0, z, d + 1
    for first in range(d):
        found[:, place : place + d - first] = z[:, first : first + 1] * z[:, first:]
        place += d - first
    return found


def _rounded(values: Floats) -> Floats:
    """Return values to DIGITS significant digits."""
    with np.errstate(divide="ignore"):
        place = np.where(values == 0.0, 0.0, np.floor(np.log10(np.abs(values))))
    scale = 10.0 ** (DIGITS - 1 - place)
    return np.asarray(np.round(values * scale) / scale)
