"""The unknowns of deals that are fitted together, each of them standard normal before any figure is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import product
from calibration.priors import Parameter

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Unknowns:
    """What there is to find, and how a deal's parameters follow from it."""

    parameters: Mapping[str, tuple[Parameter, ...]]
    """Of each deal."""
    names: tuple[str, ...]
    """Of the scores: `name` of what is common, `name of deal`, `mean of name`, `spread of name`."""

    @classmethod
    def of(cls, parameters: Mapping[str, tuple[Parameter, ...]]) -> "Unknowns":
        """Return the unknowns behind the parameters of some deals."""
        names = [name for deal, own in parameters.items() for each in own for name in _behind(each, deal)]
        return cls(parameters, tuple(dict.fromkeys(names)))

    def of_deal(self, scores: Floats, deal: str) -> Floats:
        """Return a deal's parameters on their scales, shape (n, parameters), from scores of shape (n, unknowns)."""
        how = self._places[deal]
        x = how.centre + product(scores, how.linear)
        x[:, how.pooled] += how.between * np.abs(scores[:, how.spread]) * scores[:, how.own]
        return np.asarray(x)

    @cached_property
    def _places(self) -> dict[str, "_Places"]:
        column = {name: number for number, name in enumerate(self.names)}
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
    def of(cls, parameters: tuple[Parameter, ...], deal: str, column: Mapping[str, int]) -> "_Places":
        behind = [[column[name] for name in _behind(each, deal)] for each in parameters]
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


def _behind(parameter: Parameter, deal: str) -> tuple[str, ...]:
    """Return the names of the scores that a deal's parameter follows from."""
    name, level = parameter.name, parameter.prior.level
    if level == "pooled":
        return f"mean of {name}", f"spread of {name}", f"{name} of {deal}"
    return (name,) if level == "common" else (f"{name} of {deal}",)
