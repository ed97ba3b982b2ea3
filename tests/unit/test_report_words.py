"""Numbers, names and dates in words."""

from datetime import date

import pytest

from simulator.words import (
    COUNT,
    DAYS,
    MONEY,
    MULTIPLE,
    PERCENT,
    RATE,
    YEARS,
    Unit,
    a_number,
    listed,
    name_in_words,
    name_within,
    say,
    say_date,
    say_month,
    say_pence,
    short_pounds,
    tick_pounds,
)

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (MONEY, 1325326.70696, "£1,325,327"),
        (MONEY, -157448.5, f"{MINUS}£157,448"),
        (MONEY, -0.2, "£0"),
        (MULTIPLE, 1.8723, "1.87"),
        (MULTIPLE, 0.0, "0.00"),
        (PERCENT, 0.168, "16.8%"),
        (PERCENT, 1.0, "100.0%"),
        (RATE, -0.24252, f"{MINUS}24.3%"),
        (RATE, -1.0, "total loss"),
        (RATE, -0.99999, f"{MINUS}100.0%"),
        (PERCENT, -1.0, f"{MINUS}100.0%"),
        (COUNT, 606.0, "606"),
        (COUNT, 603.204, "603.2"),
        (COUNT, 1095.0, "1,095"),
        (COUNT, 100.0, "100"),
        (DAYS, 0.92, "0.9 days"),
        (YEARS, 4.0027, "4.00 years"),
        (MONEY, None, "undefined"),
    ],
)
def test_figures(unit: Unit, value: float | None, words: str) -> None:
    assert say(unit, value) == words


def test_what_does_not_exist_can_be_named() -> None:
    assert say(PERCENT, None, "none") == "none"


@pytest.mark.parametrize(
    ("unit", "error", "words"),
    [
        (MONEY, 4939.94, "£4,940"),
        (MONEY, 0.0, "£0"),
        (MONEY, 0.2, "under £1"),
        (PERCENT, 0.011823, "1.2 points"),
        (PERCENT, 0.0001, "under 0.1 points"),
        (MULTIPLE, 0.004, "under 0.01"),
        (MULTIPLE, 0.0164, "0.02"),
        (COUNT, 2.0, "2"),
        (COUNT, 0.01, "under 0.1"),
    ],
)
def test_errors(unit: Unit, error: float, words: str) -> None:
    assert unit.say_error(error) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "£0"),
        (-0.3, "£0"),
        (569.4, "£569"),
        (9999.4, "£9,999"),
        (9999.6, "£10k"),
        (-227000.0, f"{MINUS}£227k"),
        (999499.0, "£999k"),
        (999600.0, "£1.00m"),
        (1421234.0, "£1.42m"),
    ],
)
def test_short_pounds(value: float, words: str) -> None:
    assert short_pounds(value) == words


@pytest.mark.parametrize(
    ("value", "largest", "words"),
    [
        (0.0, 2e6, "£0"),
        (200000.0, 1421234.0, "£0.2m"),
        (-50000.0, 227000.0, f"{MINUS}£50k"),
        (2500.0, 7000.0, "£2,500"),
        (2500.0, 12000.0, "£2.5k"),
    ],
)
def test_marks_of_a_scale_share_a_unit(value: float, largest: float, words: str) -> None:
    assert tick_pounds(value, largest) == words


def test_pence_names_dates_and_lists() -> None:
    assert (say_pence(142123400), say_pence(422450), say_pence(0)) == ("£1,421,234", "£4,224.50", "£0")
    assert (name_in_words("job_start"), name_within("job_start"), name_in_words("")) == ("Job start", "job start", "")
    assert (say_date(date(2023, 3, 31)), say_month(date(2023, 3, 31))) == ("31 March 2023", "Mar 2023")
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert (a_number(1, "week"), a_number(1000, "week")) == ("1 week", "1,000 weeks")
