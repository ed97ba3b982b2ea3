"""Every bad term of pay, costs, capital and an early end is refused, and every odd one named, in exactly these words."""

from pathlib import Path

import pytest

from tests.bad_inputs import Case, assert_refused, assert_warned, case_id
from tests.tiny import tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

CAP = "    return_cap: {pounds: 100000, multiple: 100}\n"
CAP_PATH = "deal.investment.return_cap"
DRAW = "    draw: as_needed\n"
HOLD = "    distribution: hold_to_settlement\n"
MANAGEMENT = (
    "{name: management, title: Management of the SPV, total: 1000, timing: quarterly_in_arrears, paid_to: intermediary}"
)
STUDY = "{name: study, title: A study, total: 1000, timing: dated"
BY_DATE = HOLD.replace("hold_to_settlement", "schedule")
LAST = "    residual: commissioners\n"
PREFERRED = "the preferred return of the whole commitment, held to settlement, is £558.41: more than this cap"
SOURCES = "  sources:\n"


def capped(cap: str, field: str, message: str) -> Case:
    """Return a case of a cap beside a preferred return of 8 %."""
    new = f"    return_cap: {{{cap}}}\n    preferred_return: 0.08\n"
    return Case("38", CAP, new, "CAP_BELOW_PREF", 102, f"{CAP_PATH}.{field}", message)


def ended(form: str, notice: str, code: str, line: int, field: str, message: str, top: str = "none") -> Case:
    """Return a case of an early end with no notice, or some, and a return on top of compensation."""
    new = f"""  early_termination:
    form: {form}
    notice_given: {notice}
    notice_months: 2
    achieved_is_paid: true
    compensation: {top}
    compensation_return: {0 if top == "none" else 0.05}
    wind_down_cost: 0
  sources:
    early_termination: {{source: Worked example, quality: D}}
"""
    return Case("-", SOURCES, new, code, line, f"deal.early_termination.{field}", message)


REFUSED = [
    capped("pounds: none, multiple: none, irr: 0.07", "irr", "the cap of 0.07 is below the preferred return of 0.08"),
    capped("pounds: 558, multiple: none", "pounds", PREFERRED),
    capped("pounds: none, multiple: 1.079", "multiple", PREFERRED),
    Case(
        "39", CAP, f"{CAP}    profit_share: {{investor: 0.5, provider: 0.5, commissioners: 0.2, intermediary: 0}}\n",
        "SHARE_SUM", 103, "deal.investment.profit_share", "the profit shares add up to 1.2, not 1",
    ),
    Case(
        "40", "redraw: false", "redraw: true", "REDRAW_UNBOUNDED", 98, "deal.investment.redraw",
        "returned capital can be drawn again without limit; give a redraw_cap",
    ),
    Case(
        "41", "residual: commissioners", "residual: [commissioners, provider]", "RESIDUAL_AMBIGUOUS", 103,
        "deal.investment.residual", "one party gets what is left, not 2",
    ),
    Case(
        "-", LAST, f"{LAST}    tranches:\n      - {{name: a, title: A, commitment: 6000, rank: 1}}\n", "TRANCHES_SUM", 104,
        "deal.investment.tranches", "the tranches add up to £6,000.00, not to the commitment of £7,000.00",
    ),
    Case(
        "-", LAST, f"{LAST}    tranches:\n" + "      - {name: a, title: A, commitment: 3500, rank: 1}\n" * 2,
        "DUPLICATE_NAME", 106, "deal.investment.tranches[1]", 'the name "a" is used twice',
    ),
    Case(
        "-", HOLD, HOLD.replace("hold_to_settlement", "sweep"), "MISSING_FIELD", 92, "deal.investment.reserve_quarters",
        "is missing (`distribution: sweep` needs it)",
    ),
    Case(
        "-", HOLD, BY_DATE, "MISSING_FIELD", 92,
        "deal.investment.distribution_schedule", "is missing (`distribution: schedule` needs it)",
    ),
    Case(
        "-", HOLD, f"{BY_DATE}    distribution_schedule: [{{on: 2022-03-31, pounds: 5}}]\n",
        "DATE_RANGE", 101, "deal.investment.distribution_schedule[0].on",
        "2022-03-31 does not lie between 2021-04-01 and 2022-03-30",
    ),
    Case(
        "-", DRAW, DRAW.replace("as_needed", "schedule"), "MISSING_FIELD", 92, "deal.investment.draw_schedule",
        "is missing (`draw: schedule` needs it)",
    ),
    Case(
        "-", DRAW, f"{DRAW.replace('as_needed', 'schedule')}    draw_schedule: [{{on: 2021-03-31, pounds: 5}}]\n",
        "DATE_RANGE", 96, "deal.investment.draw_schedule[0].on",
        "2021-03-31 does not lie between 2021-04-01 and 2022-03-30",
    ),
    Case(
        "-", DRAW, f"{DRAW.replace('as_needed', 'schedule')}    draw_schedule: [{{on: 2021-04-01, pounds: 7001}}]\n",
        "DRAWS_SUM", 96, "deal.investment.draw_schedule",
        "the draws add up to £7,001.00, more than the £7,000.00 that can be drawn",
    ),
    Case(
        "-", MANAGEMENT, f"{STUDY}}}", "MISSING_FIELD", 90, "deal.costs[0].dates", "is missing (`timing: dated` needs it)",
    ),
    Case(
        "-", MANAGEMENT, f"{STUDY}, dates: [{{on: 2021-05-01, pounds: 900}}]}}", "DATES_SUM", 90, "deal.costs[0].dates",
        "the dated amounts add up to £900.00, not to the total of £1,000.00",
    ),
    Case(
        "-", MANAGEMENT, f"{STUDY}, dates: [{{on: 2023-05-01, pounds: 1000}}]}}", "DATE_RANGE", 90, "deal.costs[0].dates[0].on",
        "2023-05-01 does not lie between 2021-04-01 and 2023-01-01",
    ),
    Case(
        "-", "outcome_part: senior", "outcome_part: senior\n    in_house_of: locl", "UNKNOWN_FUNDER", 89,
        "deal.provider.in_house_of", 'no funder "locl"; did you mean "local"?',
    ),
    Case(
        "-", "outcome_part: senior", "outcome_part: senior\n    indexed_by: prices", "UNKNOWN_INDEX", 89,
        "deal.provider.indexed_by", 'no index "prices"',
    ),
    ended("authority_default", "none", "NOTICE", 107, "notice_given", "`form: authority_default` needs the day of the notice"),
    ended(
        "provider_default", "2022-02-01", "NOTICE", 107, "notice_given",
        "the notice ends the contract on 2022-04-01, which is not within its term",
    ),
    ended(
        "fund_exhausted", "none", "NOTICE", 106, "form",
        "an exhausted fund ends the contract only with `investment.shortfall: terminate`",
    ),
]  # fmt: skip

WARNED = [
    Case(
        "-", HOLD, f"{HOLD}    reserve_quarters: 1\n", "TERM_UNUSED", 101, "deal.investment.reserve_quarters",
        "is only used with `distribution: sweep`",
    ),
    Case(
        "-", "redraw: false", "redraw: false\n    redraw_cap: 9000", "TERM_UNUSED", 99, "deal.investment.redraw_cap",
        "is only used with `redraw: true`",
    ),
    Case(
        "-", MANAGEMENT, MANAGEMENT.replace("}", ", dates: [{on: 2021-05-01, pounds: 1000}]}"), "TERM_UNUSED", 90,
        "deal.costs[0].dates", "is only used with `timing: dated`",
    ),
    ended(
        "authority_default", "2021-05-01", "TERM_UNUSED", 111, "compensation_return",
        "is only used with `compensation: capital_and_return`", "outstanding_capital",
    ),
]  # fmt: skip


@pytest.mark.parametrize("each", REFUSED, ids=case_id)
def test_bad_money_is_refused_in_plain_words(each: Case) -> None:
    assert_refused(each)


@pytest.mark.parametrize("each", WARNED, ids=case_id)
def test_what_no_choice_uses_is_pointed_out(each: Case) -> None:
    assert_warned(each)


def test_an_amount_in_quotes_is_an_amount_where_none_is_allowed_too() -> None:
    quoted = tiny_scenario(Path(), (CAP, CAP.replace("100000", '"5.05"')))
    assert quoted.deal.investment.return_cap.pence == 505
