"""What is odd and not wrong is run, with a warning that every report carries (docs/model.md §15.4)."""

from pathlib import Path

import pytest

from tests.bad_inputs import SHARE, Case, assert_warned, case_id
from tests.tiny import Edit, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

MANAGEMENT = (
    "{name: management, title: Management of the SPV, total: 1000, timing: quarterly_in_arrears, paid_to: intermediary}"
)
DATES = "[{on: 2021-04-09, pounds: 3000}, {on: 2022-03-01, pounds: 1000}]"
PRINTED = """  printed:
    total_outcome_payment: 40000
    money_multiple: 1.32
    irr: 0.43
    max_return: 2207
    investment_costs: 0
    cost_stack: 40000
"""


def printed(old: str, new: str) -> Edit:
    """Return the edit that adds printed figures, one of them changed."""
    return "  sources:\n", PRINTED.replace(old, new) + "  sources:\n    printed: {source: Worked example, quality: D}\n"


WARNED = [
    Case(
        "7", "cap: 23200", "cap: 23000", "FUNDER_CAPS_BELOW_TOTAL", 75, "deal.funders",
        "the funders' caps add up to £200.00 less than the total cap",
    ),
    Case(
        "8", "pounds: 40000", "pounds: 2000", "CAP_BELOW_COST", 73, "deal.total_cap",
        "the cap of £2,000.00 is below the first quarter's costs of £2,750.00",
    ),
    Case(
        "9", "pounds: 40000", "pounds: 20000", "CAP_BINDS_AT", 73, "deal.total_cap",
        "the cap of £20,000.00 is reached at 66.0% of the high case, which is worth £30,310.00",
    ),
    Case(
        "10", "contract_value: 10000", "contract_value: 30000", "HIGH_CASE_LOSES", 31, "deal.rate_card",
        "the high case is worth £30,310.00, less than costs of £31,000.00",
    ),
    Case(
        "23", "claims_tail_months: 9", "claims_tail_months: 5", "UNPAYABLE_TAIL", 13, "deal.term.claims_tail_months",
        "outcomes worth 47% of the high case have a lag longer than the claims tail: "
        "those achieved last are never paid",
    ),
    Case(
        "25", SHARE, "hours_16_plus_share: {value: 1", "DEGENERATE", 142, "assumptions.hours_16_plus_share",
        "a chance of exactly 1 leaves nothing to chance",
    ),
    Case(
        "30", "from: 2021-04-01}", "from: 2022-05-01}", "ES_UNUSED", 17, "deal.staffing.specialists[0]",
        "these posts open on 2022-05-01, after the term",
    ),
    Case(
        "30", "from: 2021-04-01}", "from: 2020-04-01, to: 2021-04-01}", "ES_UNUSED", 17,
        "deal.staffing.specialists[0]", "these posts close on 2021-04-01, before the service starts",
    ),
    Case(
        "36", "commitment: 7000", "commitment: 2000", "PEAK_NEED_EXCEEDS_COMMITMENT", 94, "deal.investment.commitment",
        "costs before the first receipt can arrive are £5,500.00, 2.75 times the commitment",
    ),
    Case(
        "36", MANAGEMENT, f"{{name: study, title: S, total: 4000, timing: dated, dates: {DATES}}}",
        "PEAK_NEED_EXCEEDS_COMMITMENT", 94, "deal.investment.commitment",
        "costs before the first receipt can arrive are £8,000.00, 1.14 times the commitment",
    ),
    Case(
        "36", "redraw: false", "redraw: false\n    fees: {arrangement: 2000, availability_per_year: 0}",
        "PEAK_NEED_EXCEEDS_COMMITMENT", 94, "deal.investment.commitment",
        "costs before the first receipt can arrive are £7,500.00, 1.07 times the commitment",
    ),
    Case(
        "37", *printed("irr: 0.43", "irr: 0.1"),
        "MM_IRR_TERM", 105, "deal.printed",
        "the printed multiple and IRR fit a holding of 2.91 years, longer than the 1.00 to settlement",
    ),
    Case(
        "42", *printed("stack: 40000", "stack: 39000"),
        "STACK_MISMATCH", 111, "deal.printed.cost_stack",
        "the printed budget lines add up to £1,000.00 less than the total cap",
    ),
    Case(
        "43", *printed("payment: 40000", "payment: 50000"),
        "SPLIT_MISMATCH", 76, "deal.funders[0].cap",
        "42 % of the printed total is £21,000.00, but the cap is £16,800.00",
    ),
]  # fmt: skip


@pytest.mark.parametrize("each", WARNED, ids=case_id)
def test_odd_input_is_run_with_a_warning(each: Case) -> None:
    assert_warned(each)


def test_the_tiny_scenario_warns_of_its_three_certainties_only() -> None:
    warnings = tiny_scenario(Path()).warnings
    assert [(warning.code, warning.path) for warning in warnings] == [
        ("DEGENERATE", "assumptions.contact_probability"),
        ("DEGENERATE", "assumptions.certificate_probability"),
        ("DEGENERATE", "assumptions.audit_failure_probability"),
    ]


BY_OUTCOMES = "block_share: 0.5\n    outcome_share: 0.5\n    expected_outcome_payments: {}"
NO_OUTCOMES = "block_share: 1.0\n    outcome_share: 0.0\n    expected_outcome_payments: 0"


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (
            [(NO_OUTCOMES, BY_OUTCOMES.format(5000))],
            "£46,000.00, £6,000.00 more than the cap: even there nothing is left for profit and the investor loses. The "
            "provider's outcome part grows with payments: £5,000.00 at the £5,000.00 expected, £40,000.00 at the cap",
        ),
        (
            [(NO_OUTCOMES, BY_OUTCOMES.format(10000))],
            "£26,000.00, which leaves £14,000.00 for profit: less than this cap. The provider's outcome part grows with "
            "payments: £5,000.00 at the £10,000.00 expected, £20,000.00 at the cap",
        ),
        (
            [("contract_value: 10000", "contract_value: 25000")],
            "£26,000.00, which leaves £14,000.00 for profit: less than this cap",
        ),
    ],
)
def test_a_profit_that_the_cap_cannot_pay_is_warned_of_with_what_it_leaves(edits: list[Edit], words: str) -> None:
    warnings = tiny_scenario(Path(), ("pounds: 100000", "pounds: 20000"), *edits).warnings
    (found,) = [each for each in warnings if each.code == "PROFIT_OUT_OF_REACH"]
    assert (found.path, found.message) == (
        "deal.investment.return_cap.pounds", f"at the full cap costs are {words}",
    )  # fmt: skip


def test_a_split_within_a_pound_is_not_a_mismatch() -> None:
    warnings = tiny_scenario(Path(), printed("", ""), ("cap: 16800", "cap: 16801")).warnings
    assert {warning.code for warning in warnings} == {"DEGENERATE"}
