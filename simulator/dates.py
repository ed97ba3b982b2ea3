"""Calendar arithmetic: whole days since the service began, months that clamp, half-open windows (docs/model.md §1)."""

import math
from calendar import monthrange
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel, rule

DAYS_PER_MONTH = 30.4375
"""Length of the month of a rate, in days (docs/model.md §1)."""
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 12 * DAYS_PER_MONTH
NEVER = 2**30
"""A day that no horizon reaches: what did not happen, happens then."""


@rule
def whole_days(duration: float) -> int:
    """Return a duration rounded up to whole days, at least one, or never."""
    return max(1, math.ceil(duration)) if duration < NEVER else NEVER


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, clamped to the end of the month.

    >>> add_months(date(2023, 1, 31), 1)
    datetime.date(2023, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_anniversary(start: date, day: date) -> date:
    """Return the last anniversary of a day up to another, the day itself included."""
    this_year = add_months(start, 12 * (day.year - start.year))
    return this_year if this_year <= day else add_months(start, 12 * (day.year - start.year - 1))


def day_number(day: date, origin: date) -> int:
    """Return whole days from `origin` (day 0) to `day`; negative before it."""
    return (day - origin).days


def day_date(number: int, origin: date) -> date:
    """Return the date of a day number."""
    return origin + timedelta(days=int(number))


def months_later(origin: date, days: int, months: int) -> NDArray[np.int64]:
    """Return, for each day 0..days-1, the day number `months` later, shape (days,); as `add_months`, for many days at once.

    Args:
        origin: day 0.
        days: how many days.
        months: months by which each is moved.
    """
    start = np.datetime64(origin, "D")
    dates = start + np.arange(days)
    month = dates.astype("M8[M]")
    later = (month + months).astype("M8[D]")
    last = (month + months + 1).astype("M8[D]") - later - 1
    return np.asarray((later + np.minimum(dates - month.astype("M8[D]"), last) - start).astype(np.int64))


def contract_quarters(start: date, end: date) -> list[date]:
    """Return the first days of the three-month blocks from `start` that cover [start, end), and then the next one's."""
    starts = [start]
    while starts[-1] < end:
        starts.append(add_months(start, 3 * len(starts)))
    return starts


def quarters_of_year(start: date, days: int, calendar: str) -> NDArray[np.int64]:
    """Return 0..3, the quarter of the year that each day 0..days-1 falls in under a named calendar; shape (days,).

    Args:
        start: the first day of service, day 0.
        days: how many days.
        calendar: `calendar` (January first), `uk_fy` (April first) or `contract` (counted from `start`).
    """
    if calendar == "contract":
        return contract_quarter_numbers(start, days) % 4
    month = (np.datetime64(start, "D") + np.arange(days)).astype("M8[M]").astype(np.int64) % 12
    return np.asarray(month // 3 if calendar == "calendar" else (month - 3) % 12 // 3)


def contract_quarter_numbers(start: date, days: int) -> NDArray[np.int64]:
    """Return the number of the contract quarter, from 0, of each day 0..days-1; shape (days,)."""
    marks = [day_number(day, start) for day in contract_quarters(start, day_date(days, start))]
    return quarters_by_day(np.array(marks, dtype=np.int64))[:days]


@kernel
def quarters_by_day(marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the quarter, from 0, of each day before the last mark; shape (last mark,).

    Args:
        marks: first day of each quarter, the first of them 0, and the day after the last.
    """
    return np.searchsorted(marks, np.arange(marks[-1]), side="right") - 1
