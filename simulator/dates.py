"""Calendar arithmetic: whole days since the service began, months that clamp, half-open windows (docs/model.md §1)."""

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

DAYS_PER_MONTH = 30.4375
"""Length of the month of a rate, in days (docs/model.md §1)."""
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 12 * DAYS_PER_MONTH
NEVER = 2**30
"""A day that no horizon reaches: what did not happen, happens then."""


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, clamped to the end of the month.

    >>> add_months(date(2023, 1, 31), 1)
    datetime.date(2023, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_number(day: date, origin: date) -> int:
    """Return whole days from `origin` (day 0) to `day`; negative before it."""
    return (day - origin).days


def day_date(number: int, origin: date) -> date:
    """Return the date of a day number."""
    return origin + timedelta(days=int(number))


def months_later(origin: date, days: int, months: int) -> NDArray[np.int64]:
    """Return, for each day 0..days-1, the day number `months` later, shape (days,)."""
    return np.array([day_number(add_months(day_date(d, origin), months), origin) for d in range(days)], dtype=np.int64)


def contract_quarters(start: date, end: date) -> list[date]:
    """Return the first days of the three-month blocks from `start` that cover [start, end), and then the next one's."""
    starts = [start]
    while starts[-1] < end:
        starts.append(add_months(start, 3 * len(starts)))
    return starts


def quarter_of_year(day: date, calendar: str, start: date) -> int:
    """Return 0..3, the quarter of the year that `day` falls in under a named calendar.

    Args:
        day: the day asked for.
        calendar: `calendar` (January first), `uk_fy` (April first) or `contract` (counted from `start`).
        start: the first day of service.
    """
    if calendar == "calendar":
        return (day.month - 1) // 3
    if calendar == "uk_fy":
        return (day.month - 4) % 12 // 3
    months = (day.year - start.year) * 12 + day.month - start.month
    begun = months if day >= add_months(start, months) else months - 1
    return begun // 3 % 4
