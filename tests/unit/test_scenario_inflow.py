"""People come by an open inflow or from a closed pool that is large enough, or the scenario is refused."""

from pathlib import Path

import pytest

from simulator.errors import Problem, ScenarioError
from tests.bad_inputs import Case, assert_refused, case_id
from tests.tiny import Edit, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

INFLOW = "referrals_over_term: {value: 10, unit: people, quality: D, source: Worked example}"
CLOSED: Edit = INFLOW, "referrals_over_term: none"
SIZE: Edit = "pool_size: none", "pool_size: {value: 12, unit: people, quality: D, source: Test}"
RATE: Edit = "pool_referral_rate: none", "pool_referral_rate: {value: 0.1, unit: per month, quality: D, source: Test}"
ENTRANTS: Edit = "pool_entrants: none", "pool_entrants: {value: 0, unit: people, quality: D, source: Test}"


def problem(line: int, name: str, message: str, code: str = "INFLOW") -> Problem:
    return Problem("tiny.yaml", line, f"assumptions.{name}", message, code)


WRONG = {
    "both": (
        (SIZE, RATE, ENTRANTS),
        problem(126, "referrals_over_term", "an open inflow beside a closed pool: write `none` here, or for pool_size, "
                "pool_referral_rate and pool_entrants"),
    ),
    "one part too many": (
        (RATE,),
        problem(126, "referrals_over_term",
                "an open inflow beside a closed pool: write `none` here, or for pool_referral_rate"),
    ),
    "neither": (
        (CLOSED,),
        problem(126, "referrals_over_term", "nobody says how people come: give referrals_over_term, or pool_size, "
                "pool_referral_rate and pool_entrants"),
    ),
    "part of a pool": (
        (CLOSED, SIZE),
        problem(155, "pool_referral_rate",
                "nobody says how people come: a closed pool needs pool_referral_rate and pool_entrants too"),
    ),
    "too small": (
        (CLOSED, (SIZE[0], SIZE[1].replace("value: 12", "distribution: uniform, low: 9, high: 90")), RATE, ENTRANTS),
        problem(154, "pool_size", "a pool that may be of 9 people cannot give the 10 referrals of the target",
                "POOL_TOO_SMALL"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_one_way_in_and_no_other(name: str) -> None:
    edits, expected = WRONG[name]
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), *edits)
    assert refused.value.problems == (expected,)


def test_a_closed_pool_is_taken() -> None:
    beliefs = tiny_scenario(Path(), CLOSED, SIZE, RATE, ENTRANTS).assumptions.beliefs()
    assert "referrals_over_term" not in beliefs
    assert {"pool_size", "pool_referral_rate", "pool_entrants"} <= beliefs.keys()


UNITS = [
    Case("27", RATE[0], RATE[1].replace("per month", "months"), "RATE_UNIT_MISSING", 155, "assumptions.pool_referral_rate",
         '"months" is not a unit of this; write per day or per week or per month or per year'),
    Case("-", "carried_over_waiting: {value: 0", "carried_over_waiting: {value: -3", "NEGATIVE", 157,
         "assumptions.carried_over_waiting", "this number cannot be -3; it must be zero or more"),
    Case("-", "search_delay: {value: 0, unit: days", "search_delay: {value: -1, unit: days", "NEGATIVE", 153,
         "assumptions.search_delay", "a duration cannot be -1; it must be zero or more"),
]  # fmt: skip


@pytest.mark.parametrize("each", UNITS, ids=case_id)
def test_numbers_of_people_and_times_have_their_units(each: Case) -> None:
    assert_refused(each)
