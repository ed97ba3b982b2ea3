"""The unknowns of deals that are fitted together, each of them standard normal before any figure is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import product
from calibration.priors import Parameter

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Role = Literal["own", "common", "mean", "spread"]
"""The deal's own number; one number for all deals; mean of the deals' numbers; spread between them."""


@dataclass(frozen=True)
class Unknown:
    """One score that is to be found, and what it is of."""

    parameter: str
    role: Role
    deal: str = ""
    """Whose own it is; none of what deals have in common."""

    @property
    def name(self) -> str:
        """Return its name in files.

        >>> Unknown("job_rate", "own", "enfield").name, Unknown("job_rate", "mean").name, Unknown("patience", "common").name
        ('job_rate of enfield', 'mean of job_rate', 'patience')
        """
        if self.role == "own":
            return f"{self.parameter} of {self.deal}"
        return self.parameter if self.role == "common" else f"{self.role} of {self.parameter}"


@dataclass(frozen=True)
class Unknowns:
    """What there is to find, and how a deal's parameters follow from it."""

    parameters: Mapping[str, tuple[Parameter, ...]]
    """Of each deal."""
    all: tuple[Unknown, ...]
    """In the order of the scores."""

    @classmethod
    def of(cls, parameters: Mapping[str, tuple[Parameter, ...]]) -> "Unknowns":
        """Return the unknowns behind the parameters of some deals."""
        found = [unknown for deal, own in parameters.items() for each in own for unknown in _behind(each, deal)]
        return cls(parameters, tuple(dict.fromkeys(found)))

    def behind(self, deal: str) -> list[Unknown]:
        """Return the unknowns that a deal's own parameters follow from."""
        return [each for each in self.all if each.deal in ("", deal)]

    def of_deal(self, scores: Floats, deal: str) -> Floats:
        """Return a deal's parameters on their scales, shape (n, parameters), from scores of shape (n, unknowns)."""
        how = self._places[deal]
        x = how.centre + product(scores, how.linear)
        x[:, how.pooled] += how.between * np.abs(scores[:, how.spread]) * scores[:, how.own]
        return np.asarray(x)

    @cached_property
    def _places(self) -> dict[str, "_Places"]:
        column = {each: number for number, each in enumerate(self.all)}
        return {deal: _Places.of(own, deal, column) for deal, own in self.parameters.items()}


@dataclass(frozen=True)
class _Places:
    """How a deal's parameters follow from scores: a linear part, and for what is pooled spread times own score."""

    centre: Floats
    linear: Floats
    """Shape (unknowns, parameters)."""
    pooled: Ints
    """Numbers of the parameters that are pooled."""
    between: Floats
    spread: Ints
    """Numbers of the unknowns that are their spreads."""
    own: Ints
    """Numbers of the unknowns that are the deal's own."""

    @classmethod
    def of(cls, parameters: tuple[Parameter, ...], deal: str, column: Mapping[Unknown, int]) -> "_Places":
        behind = [[column[unknown] for unknown in _behind(each, deal)] for each in parameters]
        linear = np.zeros((len(column), len(parameters)))
        for number, each in enumerate(parameters):
            linear[behind[number][0], number] = each.prior.sd
        pooled = [number for number, each in enumerate(parameters) if each.prior.level == "pooled"]
        return cls(
            np.array([each.centre for each in parameters]),
            linear,
            np.array(pooled, dtype=np.int64),
            np.array([parameters[number].prior.between or 0.0 for number in pooled]),
            np.array([behind[number][1] for number in pooled], dtype=np.int64),
            np.array([behind[number][2] for number in pooled], dtype=np.int64),
        )


def _behind(parameter: Parameter, deal: str) -> tuple[Unknown, ...]:
    """Return what a deal's parameter follows from: of what is pooled mean, spread and the deal's own."""
    name, level = parameter.name, parameter.prior.level
    if level == "common":
        return (Unknown(name, "common"),)
    own = Unknown(name, "own", deal)
    return (Unknown(name, "mean"), Unknown(name, "spread"), own) if level == "pooled" else (own,)
