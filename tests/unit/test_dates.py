"""Months that clamp, quarters by calendar, half-open windows (docs/model.md §1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dates import add_months, contract_quarters, day_date, day_number, months_later, quarters_of_year

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(-240, 240)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 8, 31), 1, date(2021, 9, 30)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2023, 1, 15), 3, date(2023, 4, 15)),  # golden case G3
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2021, 4, 6), 0, date(2021, 4, 6)),
    ],
)
def test_months_are_added_and_clamped(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, MONTHS)
def test_the_day_of_the_month_stays_or_is_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, MONTHS)
def test_later_days_never_become_earlier(one: date, other: date, months: int) -> None:
    assert (one <= other) <= (add_months(one, months) <= add_months(other, months))


@given(DAYS, DAYS)
def test_day_numbers_go_both_ways(day: date, origin: date) -> None:
    assert day_date(day_number(day, origin), origin) == day


@given(DAYS, st.integers(0, 24))
def test_months_later_is_add_months_by_day_number(origin: date, months: int) -> None:
    table = months_later(origin, 40, months)
    expected = [day_number(add_months(day_date(d, origin), months), origin) for d in range(40)]
    assert (table.shape, list(table)) == ((40,), expected)


@pytest.mark.parametrize(
    ("start", "end", "quarters"),
    [
        (date(2021, 4, 1), date(2022, 4, 1), ["2021-04-01", "2021-07-01", "2021-10-01", "2022-01-01", "2022-04-01"]),
        (date(2021, 11, 30), date(2022, 6, 1), ["2021-11-30", "2022-02-28", "2022-05-30", "2022-08-30"]),
        (date(2021, 4, 1), date(2021, 4, 2), ["2021-04-01", "2021-07-01"]),
    ],
)
def test_contract_quarters_cover_the_term(start: date, end: date, quarters: list[str]) -> None:
    assert [day.isoformat() for day in contract_quarters(start, end)] == quarters


@pytest.mark.parametrize(
    ("day", "calendar", "quarter"),
    [
        (date(2021, 1, 1), "calendar", 0),
        (date(2021, 12, 31), "calendar", 3),
        (date(2021, 3, 31), "uk_fy", 3),
        (date(2021, 4, 1), "uk_fy", 0),
        (date(2021, 6, 30), "uk_fy", 0),
        (date(2021, 7, 1), "uk_fy", 1),
        (date(2022, 1, 1), "uk_fy", 3),
        (date(2019, 5, 15), "contract", 0),
        (date(2019, 8, 14), "contract", 0),
        (date(2019, 8, 15), "contract", 1),
        (date(2020, 5, 14), "contract", 3),
        (date(2020, 5, 15), "contract", 0),
    ],
)
def test_quarters_of_the_year(day: date, calendar: str, quarter: int) -> None:
    start = date(2019, 5, 15) if calendar == "contract" else date(2020, 12, 1)
    later = day_number(day, start)
    assert quarters_of_year(start, later + 1, calendar)[later] == quarter


@given(DAYS, st.integers(0, 3000))
def test_contract_quarters_of_the_year_are_those_of_the_contract(start: date, later: int) -> None:
    day = start + timedelta(days=later)
    begun = [first for first in contract_quarters(start, day + timedelta(days=1)) if first <= day]
    assert quarters_of_year(start, later + 1, "contract")[later] == (len(begun) - 1) % 4
