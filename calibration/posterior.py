"""Draws from a posterior whose prior is standard normal: elliptical slice sampling (Murray, Adams and MacKay 2010).

Each step turns the point on an ellipse through itself and a fresh draw from a normal reference, and takes the first angle, in a
bracket that shrinks towards where it came from, at which what the reference leaves of the posterior is above a random part of
its own. No step is refused. The reference is the prior at first, and then the normal of the draws so far, so that chains move
freely where the figures tell much (Nishihara, Murray and Adams 2014). Many chains go side by side, as rows of arrays.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from calibration.emulator import product

Floats = NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]
"""From points of shape (n, unknowns) to shape (n,)."""
WIDER = 1.2
"""How much wider than the draws so far the reference is."""
_JITTER = 1e-6


@dataclass(frozen=True)
class Sampling:
    """How long to sample."""

    chains: int = 100
    stages: int = 4
    """References, each of the draws under the one before."""
    warm_up: int = 150
    """Steps of each stage."""
    kept: int = 40
    """Draws kept of each chain."""
    apart: int = 10
    """Steps from one to the next."""


@dataclass(frozen=True)
class Sampled:
    """Draws from the posterior."""

    scores: Floats
    """Shape (draws, unknowns), chain after chain."""
    shrink: Floats
    """The split R-hat of each unknown, shape (unknowns,): 1 where chains agree."""
    effective: Floats
    """How many independent draws those of each unknown are worth, shape (unknowns,)."""


@dataclass(frozen=True)
class Reference:
    """A normal distribution about which a step turns."""

    mean: Floats
    factor: Floats
    """Lower Cholesky factor of its covariance."""

    def points(self, scores: Floats) -> Floats:
        """Return the points at standard normal scores, both of shape (n, unknowns)."""
        return self.mean + product(scores, self.factor.T)

    def scores(self, points: Floats) -> Floats:
        """Return the standard normal scores of points."""
        return np.asarray(np.linalg.solve(self.factor, (points - self.mean).T).T)

    @classmethod
    def of(cls, points: Floats) -> "Reference":
        """Return a normal somewhat wider than points of shape (n, unknowns)."""
        spread = np.cov(points.T) * WIDER**2 + _JITTER * np.eye(points.shape[1])
        return cls(
            np.asarray(points.mean(axis=0), dtype=np.float64), np.asarray(np.linalg.cholesky(spread), dtype=np.float64)
        )


def sample(log_likelihood: LogDensity, unknowns: int, luck: Generator, how: Sampling) -> Sampled:
    """Return draws from the posterior of standard normal unknowns.

    Args:
        log_likelihood: of many points at once.
        unknowns: how many there are.
        luck: the source of all luck.
        how: chains and steps.
    """
    points = luck.standard_normal((how.chains, unknowns))
    reference = Reference(np.zeros(unknowns), np.eye(unknowns))
    for _ in range(how.stages):
        steps = _walk(points, reference, log_likelihood, luck, how.warm_up)
        points, reference = steps[-1], Reference.of(np.concatenate(steps[how.warm_up // 2 :]))
    kept = _walk(points, reference, log_likelihood, luck, how.kept * how.apart)[how.apart - 1 :: how.apart]
    chains = np.stack(kept, axis=1)
    return Sampled(chains.reshape(-1, unknowns), *_agreement(chains))


def _walk(
    points: Floats, reference: Reference, log_likelihood: LogDensity, luck: Generator, steps: int
) -> list[Floats]:
    """Return where the chains are after each step."""

    def left(scores: Floats) -> Floats:
        """Return the log of the posterior over the reference."""
        points = reference.points(scores)
        return np.asarray(log_likelihood(points) - (points**2).sum(axis=1) / 2 + (scores**2).sum(axis=1) / 2)

    scores = reference.scores(points)
    here, walked = left(scores), []
    for _ in range(steps):
        scores, here = _turn(scores, here, left, luck)
        walked.append(reference.points(scores))
    return walked


def _turn(scores: Floats, here: Floats, density: LogDensity, luck: Generator) -> tuple[Floats, Floats]:
    """Return the next point of each chain, and its log density."""
    chains = len(scores)
    other = luck.standard_normal(scores.shape)
    level = here + np.log1p(-luck.random(chains))
    angle = luck.random(chains) * 2 * np.pi
    low, high = angle - 2 * np.pi, angle.copy()
    found, there, moving = scores.copy(), here.copy(), np.arange(chains)
    while moving.size:
        turned = scores[moving] * np.cos(angle[moving, None]) + other[moving] * np.sin(angle[moving, None])
        reached = density(turned)
        good = reached > level[moving]
        found[moving[good]], there[moving[good]] = turned[good], reached[good]
        moving = moving[~good]
        back = angle[moving] < 0
        low[moving[back]], high[moving[~back]] = angle[moving[back]], angle[moving[~back]]
        angle[moving] = low[moving] + luck.random(moving.size) * (high[moving] - low[moving])
    return found, there


def _agreement(chains: Floats) -> tuple[Floats, Floats]:
    """Return split R-hat and effective draws of each unknown, from chains of shape (chains, draws, unknowns).

    Both are of halves of chains; the effective number compares the variance of their means with that of single draws, which many
    short chains tell well (Gelman et al. 2013, §11.4).
    """
    half = chains.shape[1] // 2
    halves = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    of_means = halves.mean(axis=1).var(axis=0, ddof=1)
    total = within * (half - 1) / half + of_means
    return np.sqrt(total / within), np.minimum(len(halves) * total / of_means, halves.shape[0] * half)
