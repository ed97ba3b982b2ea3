"""Takes out what assumptions know already: sets that were fitted to the very counts that replications are matched to.

Draws of such a set come from what was believed before, times the likelihood of the counts. To match replications to the counts
as well would use the counts twice, and make the forecast too sure. The weight of each replication is therefore divided by its
own draw's likelihood of the counts, which the run itself tells: the matched figures are regressed on the draws' normal scores
(docs/model.md §19.4).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE = 1e-3
"""Penalty on coefficients, in variances of a score: keeps them small where draws tell nothing."""
LEAST = 1e-3
"""Part of the largest likelihood below which none is taken to lie: no weight is raised more than the inverse of this."""


def log_likelihood(mean: Floats, covariance: Floats, h: float) -> Floats:
    """Return the logarithm of each draw's own likelihood of the counts, up to a constant, shape (n,).

    Args:
        mean: what the draw tells of the gaps between replication and actuals, in spreads, shape (n, k): the actuals are at 0.
        covariance: of what it does not tell, shape (k, k).
        h: width of the kernel, in spreads.
    """
    smoothed = covariance + h**2 * np.eye(len(covariance))
    found = -0.5 * np.einsum("ij,ij->i", mean, np.linalg.solve(smoothed, mean.T).T)
    return np.asarray(np.maximum(found, found.max() + np.log(LEAST)))


def regression(statistics: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Return what scores, shape (n, p), and their squares tell of statistics, (n, k), and the covariance of the rest."""
    n = len(statistics)
    features = np.column_stack([scores, scores**2])
    features = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-12)
    centre = statistics.mean(axis=0)
    gram = features.T @ features + RIDGE * n * np.eye(features.shape[1])
    mean = centre + features @ np.linalg.solve(gram, features.T @ (statistics - centre))
    rest = statistics - mean
    return np.asarray(mean), np.asarray(rest.T @ rest / n)
