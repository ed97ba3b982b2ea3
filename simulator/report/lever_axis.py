"""The axis of a lever."""

from simulator.charts import Axis
from simulator.studies.lever import Lever
from simulator.words import MONEY, short_pounds

_WIDE = 3.0
"""Highest by lowest value above which equal factors are equally far apart."""


def lever_axis(lever: Lever, low: float, high: float, label: str = "") -> Axis:
    """Return an axis in a lever's unit; over a wide range equal factors are equally far apart.

    Args:
        lever: the lever whose values the axis shows.
        low: lowest value shown, in the lever's unit.
        high: highest value shown.
        label: what stands beside the axis.
    """
    if lever.whole or lever.base <= 0 or low <= 0 or high / low <= _WIDE:
        return Axis(label, lever.unit)
    around = (1 / 3, 1, 3) if high / low > 5 else (1 / 2, 1, 2)
    marks = [lever.base * mark for mark in around if 0.99 * low <= lever.base * mark <= 1.01 * high]
    ticks = tuple((mark, _mark(lever, mark)) for mark in (marks if len(marks) > 1 else [low, high]))
    return Axis(label, lever.unit, ticks, log=True)


def _mark(lever: Lever, value: float) -> str:
    return short_pounds(value) if lever.unit is MONEY else f"{lever.unit.prefix}{value:.2g}"
