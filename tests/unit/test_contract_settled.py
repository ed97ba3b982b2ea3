"""Invoices that were paid: refused where they contradict the deal, said in words, followed, and counted as what they are."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.batch import measure, tables
from simulator.explaining.explanation import explain
from simulator.progress import PAYMENTS, progress
from simulator.records import Status
from simulator.scenario.model import Scenario
from tests.bad_inputs import Case, assert_refused, assert_warned, case_id
from tests.tiny import tiny_scenario
from tests.unit.test_scenario_contract_terms import added, wrong

pytestmark = pytest.mark.usefixtures("in_folder")

FIRST, SECOND, THIRD = "2021-04-01", "2021-07-01", "2021-10-01"


def settled(*invoices: tuple[str, object]) -> str:
    """Return the term, each invoice on a line of its own."""
    return "settled:\n" + "\n".join(f"  - {{quarter_of: {day}, pounds: {amount}}}" for day, amount in invoices)


def out_of_turn(given: str, position: int, wanted: str) -> str:
    return (
        f"is {given}, but entry {position} must be for the contract quarter that begins on {wanted}: settled invoices are "
        "those of the first quarters, without gaps"
    )


ANNUAL = "annual_cap: {year: contract, pounds: [1000], policy: partial, unused_headroom: %s, excess_claims: lost}\n"
QUARTERS = [date(2021 + k // 4, 1 + 3 * (k % 4), 1).isoformat() for k in range(1, 9)]
REFUSED = [
    wrong(settled((SECOND, 100)), "SETTLED_QUARTER", 1, "settled[0].quarter_of", out_of_turn(SECOND, 1, FIRST)),
    wrong(settled((FIRST, 100), (THIRD, 100)), "SETTLED_QUARTER", 2, "settled[1].quarter_of", out_of_turn(THIRD, 2, SECOND)),
    wrong(settled((FIRST, 100), (FIRST, 100)), "SETTLED_QUARTER", 2, "settled[1].quarter_of", out_of_turn(FIRST, 2, SECOND)),
    wrong(settled(("2021-04-02", 100)), "SETTLED_QUARTER", 1, "settled[0].quarter_of", out_of_turn("2021-04-02", 1, FIRST)),
    wrong(settled(*((day, 100) for day in QUARTERS)), "SETTLED_QUARTER", 8, "settled[7].quarter_of",
          "there are only 7 quarters that have an invoice, the claims tail included"),
    wrong(settled((FIRST, 30000), (SECOND, '"10000.01"')), "SETTLED_ABOVE_CAP", 0, "settled",
          "£40,000.01 were paid, more than the total cap of £40,000.00"),
]  # fmt: skip


@pytest.mark.parametrize("each", REFUSED, ids=case_id)
def test_what_cannot_have_been_paid_is_refused(each: Case) -> None:
    assert_refused(each)


def test_pounds_with_pence_are_quoted_as_everywhere() -> None:
    with pytest.raises(sib.ScenarioError) as refused:
        tiny_scenario(Path(), added(settled((FIRST, 61276.5))))
    assert [(each.path, each.code) for each in refused.value.problems] == [
        ("deal.settled[0].pounds", "MONEY_NOT_DECIMAL")
    ]


def test_what_is_above_a_funders_cap_is_refused() -> None:
    penny = ("weight: 42, cap: 16800", "weight: 42, cap: 4199")
    assert tiny_scenario(Path(), penny, added(settled((FIRST, 10000)))).deal.settled[0].pence == 1000000
    cheap = ("weight: 42, cap: 16800", "weight: 42, cap: 4198")
    edit = added(settled((FIRST, 10000)))
    with pytest.raises(sib.ScenarioError) as refused:
        tiny_scenario(Path(), cheap, edit)
    (found,) = refused.value.problems
    assert (found.code, found.message) == (
        "SETTLED_ABOVE_CAP",
        "lcf paid £4,200.00 of it, more than its cap of £4,198.00",
    )
    others = ("over_funder_cap: unpaid", "over_funder_cap: gross_up")
    assert tiny_scenario(Path(), cheap, edit, others).deal.settled[0].pence == 1000000
    local = ("weight: 58, cap: 23200", "weight: 58, cap: 5000")
    with pytest.raises(sib.ScenarioError) as refused:
        tiny_scenario(Path(), cheap, edit, others, local)
    assert [each.message for each in refused.value.problems] == [
        "£10,000.00 were paid, more than the funders' caps of £9,198.00 together"
    ]


def test_what_is_above_a_years_limit_is_a_warning() -> None:
    lost, carried = ANNUAL % "lost", ANNUAL % "carry"
    message = "£1,500.00 were paid in year 1, more than its limit of £1,000.00"
    old, new = added(lost + settled((FIRST, 900), (SECOND, 600)))
    assert_warned(Case("-", old, new, "SETTLED_ABOVE_CAP", 106, "deal.settled", message))
    for terms in (lost + settled((FIRST, 400), (SECOND, 600)), carried + settled((FIRST, 900), (SECOND, 600))):
        warnings = tiny_scenario(Path(), added(terms)).warnings
        assert "SETTLED_ABOVE_CAP" not in {each.code for each in warnings}


def test_it_needs_a_source_like_any_term() -> None:
    old, new = added(settled((FIRST, 100)))
    bare = new.replace("    settled: {source: Worked example, quality: D}\n", "")
    with pytest.raises(sib.ScenarioError) as refused:
        tiny_scenario(Path(), (old, bare))
    assert {each.code for each in refused.value.problems} == {"SOURCE_MISSING"}


def some() -> Scenario:
    return tiny_scenario(Path(), added(settled((FIRST, '"1234.56"'), (SECOND, 0), (THIRD, 2500))))


def test_a_deal_says_what_was_paid() -> None:
    said = {each.path: each.text for each in explain(some())}
    assert said["deal.settled[0]"].startswith(
        "The invoice of the quarter from 1 April 2021 to 30 June 2021 was paid: it is for "
    )
    assert "£1,234.56, whatever is on it." in said["deal.settled[0]"]
    assert not any(path.startswith("deal.settled") for path in {each.path for each in explain(tiny_scenario(Path()))})


def test_every_replication_has_what_was_paid_and_its_claims_are_settled_by_it() -> None:
    scenario = some()
    made = tables(scenario, 5, 0, 20)
    claims, payments = made.claims, made.payments
    for r in range(20):
        rows = payments.rows_of(r)
        paid = [int(payments.paid_pence[rows][payments.invoice[rows] == number].sum()) for number in range(3)]
        assert paid == [123456, 0, 250000]
    on_settled = (claims.invoice >= 0) & (claims.invoice < 3)
    assert on_settled.sum() > 20
    assert ((claims.status == Status.SETTLED) == on_settled).all()
    returns = measure(scenario, made)
    assert (returns.values["payments.settled_gbp"] == 3734.56).all()
    assert (returns.values["payments.activity_gbp"] == 0).all()
    total = np.array([payments.paid_pence[payments.rows_of(r)].sum() for r in range(20)]) / 100
    assert np.array_equal(returns.values["payments.total_gbp"], total)
    assert "payments.settled_gbp" not in measure(tiny_scenario(Path()), tables(tiny_scenario(Path()), 5, 0, 1)).values


def test_progress_counts_them_as_paid() -> None:
    scenario = some()
    made = tables(scenario, 5, 0, 20)
    found = progress(scenario.deal, made, [date(2021, 6, 30), date(2021, 12, 31)])
    assert found[PAYMENTS].tolist() == [[123456, 373456]] * 20
    claims = made.claims
    for r in range(20):
        rows = claims.rows_of(r)
        engaged = (claims.outcome[rows] == 0) & (claims.status[rows] == Status.SETTLED)
        assert found["paid.engagement"][r, 1] == engaged.sum()


def test_the_providers_pay_is_reckoned_on_what_was_paid() -> None:
    edits = (
        ("block_share: 1.0\n    outcome_share: 0.0\n    expected_outcome_payments: 0",
         "block_share: 0.5\n    outcome_share: 0.5\n    expected_outcome_payments: 20000"),
        ("commitment: 7000", "commitment: 70000"),
    )  # fmt: skip
    scenario = tiny_scenario(Path(), added(settled((FIRST, 1000))), *edits)
    made = tables(scenario, 5, 0, 5)
    payments = made.payments
    first = payments.invoice == 0
    assert payments.basis_pence[first].tolist() == payments.paid_pence[first].tolist() == [42000, 58000] * 5


def test_the_trace_of_an_invoice_says_that_it_was_settled() -> None:
    scenario = some()
    told = sib.trace(scenario, replication=3, seed=5, payment=1)
    words = " ".join(str(told).split())
    assert "This invoice was paid: it is for £1,234.56, whatever was achieved." in words
    assert "Check by sample" not in words
    invoice = told.as_dict()["invoice"]
    assert (invoice["settled"], invoice["settled_pence"], invoice["paid_pence"]) == (True, 123456, 123456)
    assert {each["result"] for each in invoice["claims"]} <= {"settled"}
    nothing = sib.trace(scenario, replication=3, seed=5, payment=2).as_dict()["invoice"]
    assert (nothing["settled"], nothing["paid_pence"], nothing["shares"]) == (True, 0, [])
    assert not sib.trace(scenario, replication=3, seed=5, payment=4).as_dict()["invoice"]["settled"]
