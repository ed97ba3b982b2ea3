"""The unknowns of deals that are fitted together, each of them standard normal before any figure is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.priors import Parameter

Floats = NDArray[np.float64]


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
        return np.column_stack([self._place(scores, each, deal) for each in self.parameters[deal]])

    def _place(self, scores: Floats, parameter: Parameter, deal: str) -> Floats:
        prior, columns = parameter.prior, [self.names.index(name) for name in _behind(parameter, deal)]
        if prior.level != "pooled":
            return np.asarray(parameter.centre + prior.sd * scores[:, columns[0]])
        mean, spread, own = columns
        between = (prior.between or 0.0) * np.abs(scores[:, spread])
        return np.asarray(parameter.centre + prior.sd * scores[:, mean] + between * scores[:, own])


def _behind(parameter: Parameter, deal: str) -> tuple[str, ...]:
    """Return the names of the scores that a deal's parameter follows from."""
    name, level = parameter.name, parameter.prior.level
    if level == "pooled":
        return f"mean of {name}", f"spread of {name}", f"{name} of {deal}"
    return (name,) if level == "common" else (f"{name} of {deal}",)
