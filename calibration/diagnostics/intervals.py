"""A reported figure beside what was predicted for it, and the intervals that counts alone would give."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from calibration.evidence import Counts
from calibration.observations import COUNTED

Floats = NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
NAIVE_DRAWS = 40_000
_JEFFREYS = 0.5


@dataclass(frozen=True)
class Predicted:
    """A figure as reported, and percentiles of its prediction."""

    reported: float
    quantiles: tuple[float, ...]
    """At LEVELS."""
    percentile: float
    """Part of the prediction below what is reported, half of what is equal to it counted: from 0 to 1."""

    @classmethod
    def of(cls, draws: Floats, reported: float) -> "Predicted":
        """Return what draws of shape (n,) say of a figure; its percentiles are values that were drawn."""
        levels = np.quantile(draws, LEVELS, method="inverted_cdf")
        below = float(np.mean(draws < reported) + np.mean(draws == reported) / 2)
        return cls(float(reported), tuple(float(level) for level in levels), below)

    @property
    def median(self) -> float:
        """Return the middle of the prediction."""
        return self.quantiles[2]

    @property
    def inside(self) -> bool:
        """Return whether the reported figure lies in the interval of nine in ten, its ends included."""
        return self.quantiles[0] <= self.reported <= self.quantiles[4]

    @property
    def width(self) -> float:
        """Return the width of the interval of nine in ten."""
        return self.quantiles[4] - self.quantiles[0]


@dataclass(frozen=True)
class Naive:
    """Intervals of nine in ten for a count, from the counts alone."""

    luck: tuple[float, float]
    """Of a repeat with the same rates, were they known to be the reported ones."""
    repeat: tuple[float, float]
    """Of a repeat with the same rates, known only from what is reported: about the square root of two wider."""


def naive(counts: Counts, luck: Generator, draws: int = NAIVE_DRAWS) -> dict[str, Naive]:
    """Return the intervals of counts for which nothing is believed but that people are independent, by count.

    Referrals are Poisson, and each further count is binomial: of the one before in the same repeat, at the reported ratio.
    Where rates are known only from the counts, they are drawn from their posterior under Jeffreys' prior.

    Args:
        counts: the reported counts.
        luck: the random number generator.
        draws: how many repeats the intervals are of.
    """
    reported = [getattr(counts, name) for name in COUNTED]
    known = _chain(np.full(draws, float(reported[0])), [np.full(draws, p) for p in _ratios(reported)], luck)
    rate = luck.gamma(reported[0] + _JEFFREYS, size=draws)
    parts = [
        luck.beta(after + _JEFFREYS, before - after + _JEFFREYS, size=draws) for before, after in pairwise(reported)
    ]
    guessed = _chain(rate, parts, luck)
    return {name: Naive(_ends(known[name]), _ends(guessed[name])) for name in COUNTED}


def _ratios(reported: list[int]) -> list[float]:
    return [after / before if before else 0.0 for before, after in pairwise(reported)]


def _chain(rate: Floats, parts: list[Floats], luck: Generator) -> Mapping[str, NDArray[np.int64]]:
    found = [luck.poisson(rate)]
    for part in parts:
        found.append(luck.binomial(found[-1], part))
    return dict(zip(COUNTED, found, strict=True))


def _ends(values: NDArray[np.int64]) -> tuple[float, float]:
    low, high = np.quantile(values, (LEVELS[0], LEVELS[-1]), method="inverted_cdf")
    return float(low), float(high)
