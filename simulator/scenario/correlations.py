"""Correlations of assumptions, as a matrix (docs/model.md §2)."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.assumptions import Assumptions, Correlation

Floats = NDArray[np.float64]
_DEFINITE = 1e-9
"""Least eigenvalue of a matrix of correlations: below it numbers are as good as tied to one another."""


def correlated(assumptions: Assumptions) -> list[str]:
    """Return the names that correlations are of, in the order of the model."""
    named = {name for each in assumptions.correlations for name in each.between}
    return [name for name in assumptions.names() if name in named]


def matrix(names: Sequence[str], correlations: tuple[Correlation, ...]) -> Floats:
    """Return the correlations of numbers with one another, ones on the diagonal, shape (n, n)."""
    found = np.eye(len(names))
    for each in correlations:
        one, other = (names.index(name) for name in each.between)
        found[one, other] = found[other, one] = each.rho
    return found


def contradictory(assumptions: Assumptions) -> bool:
    """Return whether no numbers can have all correlations at once: their matrix is not positive definite."""
    return _contradictory(tuple(correlated(assumptions)), assumptions.correlations)


@lru_cache(maxsize=64)
def _contradictory(names: tuple[str, ...], correlations: tuple[Correlation, ...]) -> bool:
    return bool(names) and float(np.linalg.eigvalsh(matrix(names, correlations)).min()) < _DEFINITE
