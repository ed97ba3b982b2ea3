"""Assumptions as they are given in Python: a value or a distribution that takes unit, source and grade from where it is set.

Whether the numbers make sense is checked with the scenario in which they are set, and said there with everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.scenario.distributions import Quality


@dataclass(frozen=True)
class Assumed:
    """A value, or a distribution by family and parameters, for an assumption that is named elsewhere."""

    family: str
    """`fixed`, or the family of the distribution."""
    parameters: Mapping[str, float]
    unit: str | None = None
    """That of the assumption it replaces, if none is given."""
    source: str | None = None
    """That of the change by which it is set, if none is given."""
    quality: Quality | None = None
    """That of the change by which it is set, if none is given."""

    def written(self, unit: str | None, source: str, quality: Quality) -> dict[str, Any]:
        """Return the assumption as a file has it.

        Args:
            unit: of the assumption replaced; None where there is none.
            source: of the change.
            quality: of the change.
        """
        family = {} if self.family == "fixed" else {"distribution": self.family}
        found = {**family, **self.parameters, "unit": self.unit or unit}
        found |= {"source": self.source or source, "quality": self.quality or quality}
        return {name: value for name, value in found.items() if value is not None}

    def words(self) -> str:
        """Return it in words, without what goes with every assumption.

        >>> lognormal(median=180, sigma=0.5).words()
        'lognormal (median 180, sigma 0.5)'
        """
        if self.family == "fixed":
            return _number(self.parameters["value"])
        return f"{self.family} ({', '.join(f'{name} {_number(value)}' for name, value in self.parameters.items())})"


def _number(value: object) -> str:
    """Return a number in words; what is none is as it was given, and is refused where it is set."""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def _assumed(
    family: str, parameters: Mapping[str, float | None], unit: str | None, source: str | None, quality: Quality | None
) -> Assumed:
    given = {name: _without_numpy(value) for name, value in parameters.items() if value is not None}
    return Assumed(family, given, unit, source, quality)


def _without_numpy(value: Any) -> Any:  # noqa: ANN401 - checked where it is set
    return value.item() if isinstance(value, np.generic) else value


def fixed(
    value: float, *, unit: str | None = None, source: str | None = None, quality: Quality | None = None
) -> Assumed:
    """Return one value, held to be known.

    Args:
        value: the value.
        unit: its unit; that of the assumption replaced if none is given.
        source: where it comes from; if none is given, it says that it was set in Python.
        quality: its grade, A to E; D if none is given.
    """
    return _assumed("fixed", {"value": value}, unit, source, quality)


def lognormal(
    *, median: float | None = None, sigma: float | None = None, mean: float | None = None, cv: float | None = None,
    unit: str | None = None, source: str | None = None, quality: Quality | None = None,
) -> Assumed:  # fmt: skip
    """Return a lognormal distribution by median and sigma, or by mean and cv.

    Args:
        median: the median.
        sigma: standard deviation of the logarithm.
        mean: the mean, instead of the median.
        cv: standard deviation over mean, instead of sigma.
        unit: its unit; that of the assumption replaced if none is given.
        source: where it comes from; if none is given, it says that it was set in Python.
        quality: its grade, A to E; D if none is given.
    """
    return _assumed("lognormal", {"median": median, "sigma": sigma, "mean": mean, "cv": cv}, unit, source, quality)


def beta(
    mean: float, *, concentration: float | None = None, sd: float | None = None,
    unit: str | None = None, source: str | None = None, quality: Quality | None = None,
) -> Assumed:  # fmt: skip
    """Return a beta distribution, on 0 to 1, by mean and either concentration or standard deviation.

    Args:
        mean: the mean.
        concentration: sum of the two shape parameters: as many observations as it is worth.
        sd: standard deviation, instead of the concentration.
        unit: its unit; that of the assumption replaced if none is given.
        source: where it comes from; if none is given, it says that it was set in Python.
        quality: its grade, A to E; D if none is given.
    """
    return _assumed("beta", {"mean": mean, "concentration": concentration, "sd": sd}, unit, source, quality)


def uniform(
    low: float, high: float, *, unit: str | None = None, source: str | None = None, quality: Quality | None = None
) -> Assumed:
    """Return a uniform distribution between two values.

    Args:
        low: the lowest value.
        high: the highest value.
        unit: its unit; that of the assumption replaced if none is given.
        source: where it comes from; if none is given, it says that it was set in Python.
        quality: its grade, A to E; D if none is given.
    """
    return _assumed("uniform", {"low": low, "high": high}, unit, source, quality)


def triangular(
    low: float, mode: float, high: float, *,
    unit: str | None = None, source: str | None = None, quality: Quality | None = None,
) -> Assumed:  # fmt: skip
    """Return a triangular distribution.

    Args:
        low: the lowest value.
        mode: the likeliest value.
        high: the highest value.
        unit: its unit; that of the assumption replaced if none is given.
        source: where it comes from; if none is given, it says that it was set in Python.
        quality: its grade, A to E; D if none is given.
    """
    return _assumed("triangular", {"low": low, "mode": mode, "high": high}, unit, source, quality)
