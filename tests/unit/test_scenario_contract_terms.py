"""Terms of the outcomes contract that contradict each other are refused, odd ones warned of (docs/model.md §15.4)."""

from pathlib import Path

import pytest

from simulator.errors import Problem, ScenarioError
from simulator.scenario.load import load_scenario
from simulator.scenario.rate_card import AnnualCap
from tests.bad_inputs import PRICE, Case, assert_refused, assert_warned, case_id
from tests.tiny import Edit, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

FIRST_LINE = 105
"""Line of the tiny scenario on which added terms begin."""
TIERS = "price: {{tiers: [{{price: 569, share_of_target: {share}{more}}}, {{price: 200}}]}}"


def tiers(share: object, more: str = "") -> str:
    """Return a price of two tiers."""
    return TIERS.format(share=share, more=more)


def added(terms: str) -> Edit:
    """Return the edit that adds terms to the deal, with their sources."""
    lines = [f"  {line}\n" for line in terms.splitlines()]
    names = [line.partition(":")[0].strip() for line in lines if not line.startswith("   ")]
    sources = "".join(f"    {name}: {{source: Worked example, quality: D}}\n" for name in names)
    return "  sources:\n", "".join(lines) + "  sources:\n" + sources


def calendar(*windows: str) -> str:
    """Return a schedule calendar."""
    return "schedule_calendar:\n" + "\n".join(f"  - {{{window}}}" for window in windows)


def wrong(terms: str, code: str, line: int, path: str, message: str) -> Case:
    """Return a case of added terms, with the line counted from the first that is added."""
    return Case("-", *added(terms), code, FIRST_LINE + line, f"deal.{path}", message)


WHOLE = "use: original, from: 2021-04-01, to: 2022-04-01"
SCHEDULE = "schedules:\n  - {name: adjusted, prices: {engagement: 100}, cap: none}"
INDEX = "indices:\n  - name: wages\n    base: %s\n    values: [{from: %s, index: 100}, {from: %s, index: 110}]"
ACTIVITY = "activity_payments:\n  - {quarter_of: %s, pounds: 100}"

PRICES = [
    Case("13", "price: 569", tiers(60), "SHARE_RANGE", 37, f"{PRICE}.tiers[0].share_of_target",
         "a share lies between 0 and 1 and cannot be 60; did you mean 0.6?"),
    Case("14", "price: 569", tiers(0.6), "TIER_ROUNDING_UNSPECIFIED", 37, f"{PRICE}.tiers[0]",
         "0.6 of the target of 6 is 3.6 claims; say `rounding: floor` or `ceil`"),
    Case("-", "price: 569", "price: {by_contract_year: []}", "TYPE", 37, f"{PRICE}.by_contract_year",
         "needs 1 or more entries and has 0"),
    Case("-", "term_end: 2022-04-01", "term_end: 2023-04-01", "PRICE_YEARS", 37, f"{PRICE}.by_contract_year",
         "1 prices for a term of 2 contract years; give one for each"),
    Case("-", "price: 569", "price: 569\n      indexed_by: wages", "UNKNOWN_INDEX", 38, "deal.rate_card[0].indexed_by",
         'no index "wages"'),
    wrong("carried_over_outcomes: [sustainment, engagment]", "UNKNOWN_OUTCOME", 0, "carried_over_outcomes[1]",
          'no outcome "engagment"; did you mean "engagement"?'),
]  # fmt: skip

INDICES = [
    wrong(INDEX % ("2021-04-01", "2021-04-01", "2021-03-01"), "WINDOW_ORDER", 3, "indices[0].values",
          "the days of an index must rise"),
    wrong(INDEX % ("2021-04-01", "2020-01-01", "2021-03-31"), "INDEX_SHORT", 3, "indices[0].values",
          "the last value is of 2021-03-31, before the term's last anniversary on 2021-04-01"),
    wrong(INDEX % ("2021-08-01", "2020-01-01", "2021-06-30"), "INDEX_SHORT", 3, "indices[0].values",
          "the last value is of 2021-06-30, before its base day 2021-08-01"),
    wrong(INDEX % ("2019-04-01", "2020-01-01", "2021-06-30"), "INDEX_SHORT", 3, "indices[0].values",
          "the first value is of 2020-01-01, but one is needed for 2019-04-01"),
]  # fmt: skip

COSTS = (
    "  costs:\n    - {name: management, title: Management of the SPV, total: 1000, timing: quarterly_in_arrears, "
    "paid_to: intermediary}\n"
)


@pytest.mark.parametrize(
    "timing", ["at_settlement", "dated, dates: [{on: 2022-05-01, pounds: 500}, {on: 2021-05-01, pounds: 500}]"]
)
def test_an_index_reaches_the_costs_that_fall_due_after_the_term(timing: str) -> None:
    study = f"    - {{name: study, title: S, total: 1000, indexed_by: wages, timing: {timing}}}\n"
    settles = ("settlement_date: 2022-03-31", "settlement_date: 2022-05-01")
    said = 'the last value is of 2022-03-31, before the last anniversary before "study" falls due, that of 2022-04-01'
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(
            Path(), (COSTS, COSTS + study), settles, added(INDEX % ("2021-04-01", "2021-04-01", "2022-03-31"))
        )
    assert [(each.code, each.message) for each in refused.value.problems] == [("INDEX_SHORT", said)]
    long_enough = added(INDEX % ("2021-04-01", "2021-04-01", "2022-04-01"))
    assert tiny_scenario(Path(), (COSTS, COSTS + study), settles, long_enough).deal.costs[1].indexed_by == "wages"


def test_an_invoice_is_in_the_financial_year_of_its_last_day() -> None:
    """A service from 7 July has an invoice on 6 April, in the year that has just begun."""
    deal = load_scenario("tower_hamlets_ld").deal
    lost = {"policy": "partial", "unused_headroom": "lost", "excess_claims": "lost"}
    cap = AnnualCap.model_validate({"year": "uk_fy", "pounds": [1], **lost})
    assert cap.years(deal.term.invoice_quarters())[:7] == [0, 0, 1, 1, 1, 1, 2]


def test_the_limit_of_a_first_year_that_ends_before_the_first_invoice_is_pointed_out(tmp_path: Path) -> None:
    cap = "annual_cap: {year: uk_fy, pounds: [%s], policy: partial, unused_headroom: lost, excess_claims: lost}"
    later = [("service_start: 2021-04-01", "service_start: 2021-01-07"), ("from: 2021-04-01}", "from: 2021-01-07}")]

    def warned(pounds: str) -> list[str]:
        found = tiny_scenario(tmp_path, *later, added(cap % pounds)).warnings
        return [each.path for each in found if each.code == "YEAR_WITHOUT_INVOICE"]

    assert warned("1000, 2000") == ["deal.annual_cap.pounds[0]"]
    assert warned("1000") == []


WINDOWS = [
    wrong(calendar(WHOLE, "use: original, from: 2022-03-01, to: 2022-04-01"), "WINDOW_OVERLAP", 2, "schedule_calendar[1]",
          "this window of the schedule calendar begins on 2022-03-01, before the one before it ends on 2022-04-01"),
    wrong(calendar("use: original, from: 2021-04-01, to: 2021-10-01", "use: original, from: 2021-10-02, to: 2022-04-01"),
          "WINDOW_GAP", 2, "schedule_calendar[1]",
          "the schedule calendar says nothing of the days from 2021-10-01 to 2021-10-02"),
    wrong(calendar("use: original, from: 2021-04-02, to: 2022-04-01"), "WINDOW_GAP", 1, "schedule_calendar[0]",
          "the schedule calendar says nothing of the days from 2021-04-01 to 2021-04-02"),
    wrong(calendar("use: original, from: 2021-04-01, to: 2022-03-31"), "WINDOW_GAP", 1, "schedule_calendar[0]",
          "the schedule calendar says nothing of the days from 2022-03-31 to 2022-04-01"),
    wrong(calendar("use: original, from: 2021-04-01, to: 2022-04-02"), "WINDOW_OUTSIDE", 1, "schedule_calendar[0]",
          "the schedule calendar covers days from 2022-04-01 to 2022-04-02, outside the term"),
    wrong(calendar("use: original, from: 2021-03-31, to: 2022-04-01"), "WINDOW_OUTSIDE", 1, "schedule_calendar[0]",
          "the schedule calendar covers days from 2021-03-31 to 2021-04-01, outside the term"),
    wrong(calendar(WHOLE.replace("original", "orignal")), "UNKNOWN_SCHEDULE", 1, "schedule_calendar[0].use",
          'no schedule "orignal"; did you mean "original"?'),
    wrong(SCHEDULE.replace("engagement:", "engagment:") + "\n" + calendar(WHOLE.replace("original", "adjusted")),
          "UNKNOWN_OUTCOME", 1, "schedules[0].prices.engagment",
          'no outcome "engagment"; did you mean "engagement"?'),
    wrong(SCHEDULE.replace("adjusted", "activity") + "\n" + calendar(WHOLE.replace("original", "activity")),
          "DUPLICATE_NAME", 1, "schedules[0].name", 'the name "activity" has a meaning of its own'),
    wrong(ACTIVITY % "2021-03-31", "ACTIVITY_QUARTER", 1, "activity_payments[0].quarter_of",
          "2021-03-31 is in no quarter that has an invoice: those are from 2021-04-01 to 2023-01-01"),
    wrong(ACTIVITY % "2023-01-01", "ACTIVITY_QUARTER", 1, "activity_payments[0].quarter_of",
          "2023-01-01 is in no quarter that has an invoice: those are from 2021-04-01 to 2023-01-01"),
    Case("-", "outcome_part: senior",
         "outcome_part: senior\n    schedule_calendar: [{use: original, from: 2021-04-01, to: 2022-03-01}]", "WINDOW_GAP", 89,
         "deal.provider.schedule_calendar[0]",
         "the provider's calendar says nothing of the days from 2022-03-01 to 2022-04-01"),
]  # fmt: skip

ODD = [
    Case("15", "price: 569\n      target: 6\n      count_cap: none",
         tiers(0.5) + "\n      target: 6\n      count_cap: 3", "TIER_UNREACHABLE", 37, f"{PRICE}.tiers[0]",
         "nothing is paid beyond this tier: it ends at 3, and the count cap is 3"),
    wrong("annual_cap: {year: calendar, pounds: [1, 2, 3], policy: partial, unused_headroom: lost, excess_claims: lost}",
          "YEAR_WITHOUT_INVOICE", 0, "annual_cap.pounds[2]", "is the limit of year 3, in which no invoice has its last day"),
    Case("-", "price: 569", TIERS.format(share=0.5, more="").replace("569", "0"), "TIER_UNREACHABLE", 37, f"{PRICE}.tiers[0]",
         "no claim gets beyond this tier: at a price of 0 none is paid, and only paid ones are counted"),
    wrong(SCHEDULE, "SCHEDULE_UNUSED", 1, "schedules[0]", 'no day of a calendar uses the schedule "adjusted"'),
    wrong(ACTIVITY % "2021-04-01", "ACTIVITY_WITHOUT_WINDOW", 0, "activity_payments",
          "there are activity payments, but no `activity` window: outcomes are priced on all days"),
    wrong(calendar(WHOLE.replace("original", "activity")), "ACTIVITY_UNPAID", 1, "schedule_calendar[0]",
          "outcomes of these days are not priced, and there are no activity payments in their place"),
    wrong(calendar("use: activity, from: 2021-04-01, to: 2021-12-02", "use: original, from: 2021-12-02, to: 2022-04-01")
          + "\n" + ACTIVITY % "2021-09-30", "ACTIVITY_UNPAID", 1, "schedule_calendar[0]",
          "outcomes of these days are not priced, and no activity payment is for the quarter from 2021-04-01 and 2021-10-01"),
]  # fmt: skip


@pytest.mark.parametrize(
    "each", [each for each in [*PRICES, *INDICES, *WINDOWS] if each.code != "PRICE_YEARS"], ids=case_id
)
def test_bad_terms_are_refused_in_plain_words(each: Case) -> None:
    assert_refused(each)


@pytest.mark.parametrize("each", ODD, ids=case_id)
def test_odd_terms_are_run_with_a_warning(each: Case) -> None:
    assert_warned(each)


def test_a_price_for_each_year_needs_one_for_every_year() -> None:
    case = next(each for each in PRICES if each.code == "PRICE_YEARS")
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), ("price: 569", "price: {by_contract_year: [569]}"), (case.old, case.new))
    assert refused.value.problems == (Problem("tiny.yaml", case.line, case.path, case.message, case.code),)


def test_right_terms_are_taken_without_a_word() -> None:
    terms = "\n".join(
        [
            SCHEDULE,
            calendar(
                "use: original, from: 2021-08-01, to: 2022-04-01",
                "use: activity, from: 2021-04-01, to: 2021-05-01",
                "use: adjusted, from: 2021-05-01, to: 2021-08-01",
            ),
            ACTIVITY % "2021-04-01",
            INDEX % ("2020-04-01", "2020-04-01", "2021-04-01"),
            "annual_cap: {year: uk_fy, pounds: [20000, 10000], policy: partial, unused_headroom: carry, excess_claims: defer}",
        ]
    )
    warnings = tiny_scenario(Path(), added(terms), ("price: 569", tiers(0.6, ", rounding: ceil"))).warnings
    assert {warning.code for warning in warnings} == {"DEGENERATE"}
