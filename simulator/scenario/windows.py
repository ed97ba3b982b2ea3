"""Windows as columns, and what they do to a rate on each day: the same in every replication, or as its factors are drawn."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import day_number
from simulator.kernel import kernel
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.constants import RATES
from simulator.scenario.distributions import median
from simulator.scenario.draws import Draws

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Windows(NamedTuple):
    """A scenario's windows, in its order, each field of shape (windows,)."""

    rate: Ints
    """Number of the rate, in the order of RATES."""
    first: Ints
    """First day."""
    last: Ints
    """First day after it; days lie within the term."""
    factor: Floats
    """The factor; where it is uncertain, its median."""
    drawn: Ints
    """Number of the uncertain factor, in the order of `uncertain_factors`; -1 where the factor is a number."""
    power: Floats
    """The power to which the factor is taken, drawn or not."""


def window_columns(assumptions: Assumptions, start: date, days: int) -> Windows:
    """Return the windows as days from `start` on, of a term of so many days.

    Args:
        assumptions: the assumptions, with their windows.
        start: day 0.
        days: days of the term.
    """
    windows, uncertain = assumptions.windows, uncertain_factors(assumptions)
    middle = {name: median(belief) for name, belief in assumptions.factors.items()}
    return Windows(
        rate=_column([RATES.index(window.rate) for window in windows]),
        first=_column([_within(day_number(window.start, start), days) for window in windows]),
        last=_column([_within(day_number(window.end, start), days) for window in windows]),
        factor=np.array(
            [middle[each] if isinstance(each, str) else each for each in (window.multiply for window in windows)],
            dtype=np.float64,
        ),
        drawn=_column(
            [uncertain.index(each) if each in uncertain else -1 for each in (window.multiply for window in windows)]
        ),
        power=np.array([window.power for window in windows], dtype=np.float64),
    )


def uncertain_factors(assumptions: Assumptions) -> list[str]:
    """Return the names of the factors whose draws differ, in their order."""
    return [name for name, belief in assumptions.factors.items() if not belief.is_fixed]


def drawn_factors(assumptions: Assumptions, draws: Draws) -> Floats:
    """Return what was drawn of each uncertain factor, shape (n, factors)."""
    columns = [draws.values[name] for name in uncertain_factors(assumptions)]
    return np.column_stack(columns) if columns else np.empty((len(draws), 0))


def _within(day: int, days: int) -> int:
    return min(max(0, day), days)


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


@kernel
def is_drawn(windows: Windows, rate: int) -> bool:
    """Return whether a window on a rate has a factor that is drawn."""
    return bool(np.any((windows.rate == rate) & (windows.drawn >= 0)))


@kernel
def write_multiplier(windows: Windows, factors: Floats, rate: int, multiplier: Floats) -> None:
    """Write what windows do to a rate on each day: the product of their factors, each to its power.

    Uncertain factors are as they are given, or at their medians if none are given.

    Args:
        windows: the windows.
        factors: what was drawn of each uncertain factor, shape (factors,); of shape (0,) for the medians.
        rate: number of the rate.
        multiplier: where it is written, shape (days,).
    """
    multiplier[:] = 1.0
    for window in range(windows.rate.size):
        if windows.rate[window] == rate:
            number = windows.drawn[window]
            factor = factors[number] if 0 <= number < factors.size else windows.factor[window]
            if windows.power[window] != 1.0:
                factor = factor ** windows.power[window]
            for day in range(windows.first[window], windows.last[window]):
                multiplier[day] *= factor
