"""What a bad input is, for the tables of tests: an edit of the tiny scenario and the exact answer to it."""

from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.errors import Problem, ScenarioError
from tests.tiny import tiny_scenario

DATE_HINT = "write year-month-day, for example 2021-04-01"
DIGITS_HINT = "is read differently by different programs; write plain digits, or quotes if it is text"
PRICE = "deal.rate_card[0].price"
LAGS = "    lags: {source: Worked example, quality: D}\n"
SHARE = "hours_16_plus_share: {value: 0.45"
BAND = "weeks_counted: 9, days_for_a_week: 4, hours_below: 16"


class Case(NamedTuple):
    """An edit of the tiny scenario and what is said of it."""

    number: str
    """A label, the same for cases of one kind, or `-`."""
    old: str
    """Text of the tiny scenario."""
    new: str
    """What to write in its place."""
    code: str
    line: int
    path: str
    message: str


def price(number: str, new: str, code: str, message: str) -> Case:
    """Return a case of the first price."""
    return Case(number, "price: 569", f"price: {new}", code, 37, PRICE, message)


def limit(number: str, new: str, code: str, message: str) -> Case:
    """Return a case of the caseload limit."""
    path = "deal.staffing.caseload_limit"
    return Case(number, "caseload_limit: 20", f"caseload_limit: {new}", code, 18, path, message)


def settlement(number: str, new: str, code: str, message: str) -> Case:
    """Return a case of the settlement date."""
    path = "deal.investment.settlement_date"
    return Case(number, "settlement_date: 2022-03-31", f"settlement_date: {new}", code, 101, path, message)


def share(number: str, new: str, message: str) -> Case:
    """Return a case of a probability."""
    path = "assumptions.hours_16_plus_share"
    return Case(number, SHARE, f"hours_16_plus_share: {{{new}", "PROB_RANGE", 142, path, message)


def setting(number: str, old: str, new: str, message: str) -> Case:
    """Return a case of a setting, whose code is its name."""
    name = old.split(":", maxsplit=1)[0]
    return Case(number, old, new, name.upper(), 162, f"settings.{name}", message)


def case_id(each: Case) -> str:
    """Return a short name of a case: its label and the edit."""
    new = each.new.strip() or "removed"
    return f"{each.number} {new.splitlines()[0][:50]}"


def assert_refused(each: Case) -> None:
    """Assert that the edited scenario, in the working folder, is refused with this one problem."""
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), (each.old, each.new))
    assert refused.value.problems == (Problem("tiny.yaml", each.line, each.path, each.message, each.code),)


def assert_warned(each: Case) -> None:
    """Assert that the edited scenario, in the working folder, is taken with this warning."""
    warnings = tiny_scenario(Path(), (each.old, each.new)).warnings
    assert Problem("tiny.yaml", each.line, each.path, each.message, each.code, "warning") in warnings
