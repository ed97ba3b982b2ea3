"""The published figures typed into worked examples are those of the machine-readable tables."""

import pytest

from tests.published import FIVE, table
from tests.worked_examples.example import FOLDER, Case, read_cases

EXAMPLE = FOLDER / "published_real_prices.yaml"
CASES = {case.name.split(": ")[1]: case for case in read_cases(EXAMPLE)}
PUBLISHED: dict[str, dict[str, int]] = next(iter(CASES.values())).given["published"]


@pytest.mark.parametrize("project", PUBLISHED)
def test_prices_are_those_of_tables_f_and_h(project: str) -> None:
    prices = table("table_h_prices", "project", "outcome")
    for outcome in ("engagement", "job_start"):
        assert PUBLISHED[project][f"{outcome}_price"] == int(prices[project, outcome]["price_gbp"])


@pytest.mark.parametrize("project", PUBLISHED)
def test_counts_and_payments_are_those_of_table_9(project: str) -> None:
    rows, typed = table("table09_performance", "project", "measure"), PUBLISHED[project]
    assert typed == {
        **{name: value for name, value in typed.items() if name.endswith("_price")},
        "engagements": int(rows[project, "engagement"]["target"]),
        "job_starts": int(rows[project, "job_start"]["target"]),
        "sustainments": int(rows[project, "sustainment"]["target"]),
        "target_payment": int(rows[project, "outcome_payment_gbp"]["target"]),
        "actual_sustainments": int(rows[project, "sustainment"]["actual"]),
        "actual_payment": int(rows[project, "outcome_payment_gbp"]["actual"]),
    }


@pytest.mark.parametrize("project", CASES)
def test_real_prices_are_printed_in_table_12(project: str) -> None:
    rows, printed = table("table12_real_payment_per_outcome", "project", "outcome"), CASES[project].expected["printed"]
    assert printed == {
        "target_job_start": rows[project, "job_start"]["target_gbp"],
        "target_sustainment": rows[project, "sustainment"]["target_gbp"],
        "actual_sustainment": rows[project, "sustainment"]["actual_gbp"],
    }


def fed(example: str) -> dict[str, Case]:
    """Return the cases of an example in which published counts are put through contracts, by project."""
    return {case.given["scenario"]: case for case in read_cases(FOLDER / f"published_{example}.yaml")}


TARGETS, WHOLE = fed("target_to_2021"), fed("whole_contract")
STEPS = ("referral", "engagement", "job_start", "sustainment")


def counts_of(case: Case) -> list[int]:
    """Return a case's counts of referrals, engagements, job starts and sustained jobs."""
    counts = case.given["counts"]
    sustained = counts["sustained_under_16"] + counts["sustained_16_plus"]
    return [counts["referred"], counts["engaged"], counts["job_starts"], sustained]


@pytest.mark.parametrize("project", TARGETS)
def test_the_fed_targets_are_those_of_table_9(project: str) -> None:
    rows = table("table09_performance", "project", "measure")
    assert counts_of(TARGETS[project]) == [int(rows[project, name]["target"]) for name in STEPS]
    uncapped = TARGETS[project].expected["measures"]["payments.uncapped_gbp"]
    assert uncapped["about"] == rows[project, "outcome_payment_gbp"]["target"]
    assert float(uncapped["within"]) <= 0.02 * float(uncapped["about"])


@pytest.mark.parametrize("project", WHOLE)
def test_the_whole_contract_is_that_of_table_3(project: str) -> None:
    rows = table("table03_targets", "project")
    assert counts_of(WHOLE[project]) == [int(rows[project,][name]) for name in STEPS]


def test_all_five_deals_are_put_through_their_contracts() -> None:
    assert set(TARGETS) == set(FIVE)
    assert set(WHOLE) == set(FIVE) - {"haringey_barnet"}  # whose whole contract is golden case G6
