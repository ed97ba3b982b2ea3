"""Paired differences: one version less another, replication by replication on the same random events (docs/model.md §14)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Paired(NamedTuple):
    """A mean difference."""

    mean: float | None
    """None where no replication has both."""
    se: float | None
    """Standard error of the mean; None with fewer than two replications."""
    compared: float = 1.0
    """Share of replications that have both; the others are left out."""

    def as_dict(self) -> dict[str, float | None]:
        """Return it as plain data; the share only where it is not all."""
        part = {} if self.compared == 1 else {"compared_share": self.compared}
        return {"mean": self.mean, "se": self.se, **part}


def paired(first: NDArray[np.float64], other: NDArray[np.float64]) -> Paired:
    """Return the second's mean less the first's, both of shape (n,), over replications in which both are defined.

    >>> paired(np.array([1.0, 2.0, np.nan]), np.array([2.0, 5.0, 1.0]))
    Paired(mean=2.0, se=1.0, compared=0.6666666666666666)
    """
    return mean_of(other - first)


def mean_of(values: NDArray[np.float64]) -> Paired:
    """Return the mean of what is defined of values, shape (n,), with its standard error."""
    defined = values[~np.isnan(values)]
    if not defined.size:
        return Paired(None, None, 0.0)
    if (defined == defined[0]).all():  # the mean of equal numbers need not be that number in floating point
        return Paired(float(defined[0]), 0.0 if defined.size > 1 else None, defined.size / values.size)
    error = float(defined.std(ddof=1) / np.sqrt(defined.size)) if defined.size > 1 else None
    return Paired(float(defined.mean()), error, defined.size / values.size)
