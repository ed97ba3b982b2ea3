"""The internal rate of return, with a status where there is none (docs/model.md §13)."""

import math
from collections.abc import Callable
from enum import IntEnum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize.elementwise import find_minimum, find_root

from simulator.kernel import constants, kernel
from simulator.records import Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_LOW, _HIGH = math.log1p(-0.999999), math.log1p(1e6)
"""Bracket of the logarithm of 1 + rate."""
_SLACK = 1e-9
"""Added to bounds of that logarithm, so that rounding never leaves the root outside."""
_GRID = np.linspace(_LOW, _HIGH, 4001)


class IrrStatus(IntEnum):
    """Whether an internal rate of return exists, and why not."""

    OK = 0
    TOTAL_LOSS = 1
    NO_OUTFLOW = 2
    ZERO_FLOWS = 3
    SAME_DAY = 4
    MULTIPLE_ROOTS = 5
    NO_ROOT = 6
    OUT_OF_RANGE = 7


_STATUS = constants(IrrStatus)
"""The same names as plain numbers, for compiled code."""


def irr(starts: Ints, day: Numbers, amount: Numbers) -> tuple[Floats, Ints]:
    """Return effective annual rates (Act/365F from the first flow) and `IrrStatus`, each of shape (n,).

    A rate is NaN unless its status is OK. Rates are never averaged.

    Args:
        starts: where each series of flows begins, shape (n + 1,).
        day: day of each flow, rising within a series.
        amount: pence of each flow, what is paid in below zero.
    """
    status, changes = _classify(starts, day, amount)
    values = np.full(status.size, np.nan)
    plain = np.flatnonzero((status == IrrStatus.OK) & (changes == 1))
    if plain.size:
        values[plain], status[plain] = _solve(starts, day, amount, plain)
    for series in np.flatnonzero((status == IrrStatus.OK) & (changes > 1)):
        found = roots(day[starts[series] : starts[series + 1]], amount[starts[series] : starts[series + 1]])
        status[series] = (
            IrrStatus.NO_ROOT if not found else IrrStatus.OK if len(found) == 1 else IrrStatus.MULTIPLE_ROOTS
        )
        values[series] = found[0] if len(found) == 1 else np.nan
    return values, status


def roots(day: Numbers, amount: Numbers) -> list[float]:
    """Return all rates between -0.999999 and 1,000,000 at which one series of flows is worth nothing."""
    starts, pence = np.array([0, day.size], dtype=np.int64), amount.astype(np.float64)

    def value(x: Floats) -> Floats:
        return _present_values(x, np.zeros(x.size, dtype=np.int64), starts, day, pence)

    grid = np.sort(np.append(_GRID, _near_zero(value)))
    worth = value(grid)
    turns = np.flatnonzero(np.sign(worth[:-1]) * np.sign(worth[1:]) < 0)
    found = {float(np.expm1(grid[i])) for i in np.flatnonzero(worth == 0)}
    if turns.size:
        found |= {float(rate) for rate in np.expm1(find_root(value, (grid[turns], grid[turns + 1])).x)}
    return sorted(found)


def _near_zero(value: Callable[[Floats], Floats]) -> Floats:
    """Return where values come nearest to zero without changing sign on the grid: there may be two roots between its points."""
    worth = value(_GRID)
    sign, size = np.sign(worth), np.abs(worth)
    dips = (sign[1:-1] == sign[:-2]) & (sign[1:-1] == sign[2:]) & (size[1:-1] <= size[:-2]) & (size[1:-1] <= size[2:])
    middle = np.flatnonzero(dips & (sign[1:-1] != 0)) + 1
    if not middle.size:
        return np.empty(0)

    def distance(x: Floats, side: Floats) -> Floats:
        return side * value(x)

    bracket = (_GRID[middle - 1], _GRID[middle], _GRID[middle + 1])
    return np.asarray(cast("Any", find_minimum)(distance, bracket, args=(sign[middle],)).x, dtype=np.float64)


@kernel
def _classify(starts: Ints, day: Numbers, amount: Numbers) -> tuple[Ints, Ints]:
    """Return each series' status before any root is looked for, and its number of sign changes."""
    n = starts.size - 1
    status, changes = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for series in range(n):
        paid_in, received, last, first_day, last_day = 0, 0, 0, -1, -1
        for i in range(starts[series], starts[series + 1]):
            if amount[i] == 0:
                continue
            sign = 1 if amount[i] > 0 else -1
            paid_in, received = paid_in + (sign < 0), received + (sign > 0)
            changes[series] += last == -sign
            last = sign
            first_day = day[i] if first_day < 0 else first_day
            last_day = day[i]
        if paid_in + received == 0:
            status[series] = _STATUS.ZERO_FLOWS
        elif paid_in == 0:
            status[series] = _STATUS.NO_OUTFLOW
        elif received == 0:
            status[series] = _STATUS.TOTAL_LOSS
        elif first_day == last_day:
            status[series] = _STATUS.SAME_DAY
    return status, changes


def _solve(starts: Ints, day: Numbers, amount: Numbers, series: Ints) -> tuple[Floats, Ints]:
    """Return rates and statuses of series whose sign changes once: one root, unless it lies outside the bracket.

    What is left is judged on the day of the first flow, or of the last where the rate is below zero, so that nothing is blown up.
    """
    pence = amount.astype(np.float64)
    low, high = _bracket(starts, day, pence, series)
    ends = [_present_values(x, series, starts, day, pence) for x in (low, high)]
    inside = np.sign(ends[0]) * np.sign(ends[1]) <= 0
    rates, status = np.full(series.size, np.nan), np.full(series.size, int(IrrStatus.OUT_OF_RANGE))
    if inside.any():
        chosen = series[inside]

        def worth(x: Floats, which: Any) -> Floats:  # noqa: ANN401 - scipy hands it back as floats
            return _present_values(x, which.astype(np.int64), starts, day, pence)

        solution = cast("Any", find_root)(worth, (low[inside], high[inside]), args=(chosen,))
        years = (day[starts[chosen + 1] - 1] - day[starts[chosen]]) / 365.0
        shrink = np.exp(np.minimum(0.0, solution.x) * years)
        left = shrink * np.abs(_present_values(solution.x, chosen, starts, day, pence))
        good = left <= 0.5 * (starts[chosen + 1] - starts[chosen])
        rates[inside] = np.where(good, np.expm1(solution.x), np.nan)
        status[inside] = np.where(good, int(IrrStatus.OK), int(IrrStatus.NO_ROOT))
    return rates, status


@kernel
def _bracket(starts: Ints, day: Numbers, amount: Floats, series: Ints) -> tuple[Floats, Floats]:
    """Return bounds of the logarithm of 1 + rate of series whose sign changes once, within the range of rates.

    As if all that comes first came on one of its days, and all that comes after on one of its own, the logarithm is that of
    the ratio of the sums over the years between: the most and the fewest years that there can be are the bounds.
    """
    low, high = np.full(series.size, _LOW), np.full(series.size, _HIGH)
    for k in range(series.size):
        first, last = starts[series[k]], starts[series[k] + 1] - 1
        turn, before = first, 0.0
        while before == 0.0 or before * amount[turn] >= 0.0:
            before += amount[turn]
            turn += 1
        log_ratio = math.log(-amount[turn : last + 1].sum() / before)
        if log_ratio == 0.0:
            low[k], high[k] = -_SLACK, _SLACK
            continue
        far = log_ratio / ((day[last] - day[first]) / 365.0)
        near = log_ratio / ((day[turn] - day[turn - 1]) / 365.0)
        low[k] = min(max(min(far, near) - _SLACK, _LOW), _HIGH)
        high[k] = min(max(max(far, near) + _SLACK, _LOW), _HIGH)
    return low, high


@kernel
def _present_values(x: Floats, series: Ints, starts: Ints, day: Numbers, amount: Floats) -> Floats:
    """Return the present value of each series at the logarithm of 1 + rate, at the day of its first flow."""
    worth = np.zeros(x.size)
    for k in range(x.size):
        first = starts[series[k]]
        for i in range(first, starts[series[k] + 1]):
            worth[k] += amount[i] * math.exp(-x[k] * (day[i] - day[first]) / 365.0)
    return worth
