"""Draws from a posterior whose prior is standard normal: elliptical slice sampling (Murray, Adams and MacKay 2010).

Each step turns the point on an ellipse through itself and a fresh draw from the prior, and takes the first angle, in a bracket
that shrinks towards where it came from, at which the likelihood is above a random part of its own. Nothing is tuned, no step is
refused. Many chains go side by side, as rows of arrays.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]
"""From scores of shape (n, unknowns) to shape (n,)."""


@dataclass(frozen=True)
class Sampling:
    """How long to sample."""

    chains: int = 100
    warm_up: int = 600
    kept: int = 60
    """Draws kept of each chain."""
    apart: int = 25
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


def sample(log_likelihood: LogLikelihood, unknowns: int, luck: Generator, how: Sampling = Sampling()) -> Sampled:
    """Return draws from the posterior of standard normal unknowns.

    Args:
        log_likelihood: of many points at once.
        unknowns: how many there are.
        luck: the source of all luck.
        how: chains and steps.
    """
    point = luck.standard_normal((how.chains, unknowns))
    here, kept = log_likelihood(point), []
    for step in range(how.warm_up + how.kept * how.apart):
        point, here = _turn(point, here, log_likelihood, luck)
        if step >= how.warm_up and (step - how.warm_up) % how.apart == how.apart - 1:
            kept.append(point)
    chains = np.stack(kept, axis=1)
    return Sampled(chains.reshape(-1, unknowns), *_agreement(chains))


def _turn(point: Floats, here: Floats, log_likelihood: LogLikelihood, luck: Generator) -> tuple[Floats, Floats]:
    """Return the next point of each chain, and its log likelihood."""
    chains = len(point)
    other = luck.standard_normal(point.shape)
    level = here + np.log1p(-luck.random(chains))
    angle = luck.random(chains) * 2 * np.pi
    low, high = angle - 2 * np.pi, angle.copy()
    found, there, moving = point.copy(), here.copy(), np.arange(chains)
    while moving.size:
        turned = point[moving] * np.cos(angle[moving, None]) + other[moving] * np.sin(angle[moving, None])
        reached = log_likelihood(turned)
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
