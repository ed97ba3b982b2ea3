"""The scales on which priors are normal: the logarithm of a value, the logit of a probability, the normal score of a share."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

Floats = NDArray[np.float64]
Scale = Literal["log", "logit", "share"]
_EDGE = 1e-9
"""How near to its ends a share or a probability is taken to come."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def to_scale(scale: Scale, value: Floats, most: float = 1.0) -> Floats:
    """Return values on a scale.

    Args:
        scale: the scale.
        value: the values in their own unit, of any shape.
        most: what a share is of.

    >>> float(to_scale("share", np.array([43.0]), most=86.0)[0])
    0.0
    """
    if scale == "log":
        return np.asarray(np.log(value), dtype=np.float64)
    inside = np.clip(np.asarray(value) / most, _EDGE, 1 - _EDGE)
    return np.asarray(logit(inside) if scale == "logit" else ndtri(inside), dtype=np.float64)


def from_scale(scale: Scale, x: Floats, most: float = 1.0) -> Floats:
    """Return what stands at places of a scale: the inverse of `to_scale`.

    Args:
        scale: the scale.
        x: the places, of any shape.
        most: what a share is of.
    """
    if scale == "log":
        return np.asarray(np.exp(x), dtype=np.float64)
    return np.asarray((expit(x) if scale == "logit" else ndtr(x)) * most, dtype=np.float64)


def mean_and_sd(scale: Scale, mean: float, sd: float) -> tuple[float, float]:
    """Return mean and standard deviation of a probability or share that is normal on its scale, by quadrature.

    Args:
        scale: the scale.
        mean: mean on the scale.
        sd: standard deviation on the scale.
    """
    value = from_scale(scale, mean + sd * _NODES)
    average = float(_WEIGHTS @ value)
    return average, float(np.sqrt(_WEIGHTS @ (value - average) ** 2))
