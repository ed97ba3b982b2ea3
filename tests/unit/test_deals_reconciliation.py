"""A deal's own figures against tables worked out beforehand from the published ones, within their rounding.

Columns are Haringey and Barnet, Shropshire, Enfield, Tower Hamlets (mental health) and Tower Hamlets (learning disabilities).
"""

import json
import math
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.reconciliation.budget import maximum_return
from simulator.reconciliation.funding import months_to
from simulator.reconciliation.investor import Investor, multiple_of
from simulator.reconciliation.position import Standing
from simulator.reconciliation.sheet import Sheet, as_data, reconcile
from simulator.reconciliation.terminal import at_outcome_terms, percent
from simulator.scenario.rate_card import InWork
from simulator.scenario.worth import line_worth, scale_worth
from tests.published import FIVE
from tests.tiny import TINY

NONE = None


@cache
def sheet(name: str) -> Sheet:
    return reconcile(sib.load_scenario(name))


def investor(name: str) -> Investor:
    found = sheet(name).investor
    assert found is not None
    return found


def standing(name: str) -> Standing:
    found = sheet(name).position
    assert found is not None
    return found


def payoff(name: str, case: str) -> tuple[float | None, float | None]:
    ((_, multiple, rate),) = [each for each in investor(name).payoffs if each.case == case]
    return multiple, rate


def assert_column(found: list[float | None], expected: list[float | None], digits: int, slack: float = 0) -> None:
    """Assert that five numbers are those expected, to their last digit and what is allowed beyond."""
    for name, number, wanted in zip(FIVE, found, expected, strict=True):
        if wanted is not None:
            assert number is not None, name
            assert abs(number - wanted) <= 0.5 * 10**-digits + slack + 1e-9, f"{name}: {number}, not {wanted}"


# Prices


def test_prices_times_targets() -> None:
    found = [[line.value_pence for line in sheet(name).prices.lines] for name in FIVE]
    assert found == [
        [45463100, 160089600, 72082700, 72958500],
        [24218200, 47713400, 23212200, 24040800],
        [22604400, 31837900, 14982000, 22759000],
        [126033000, 81524000, 49426400, 69750600],
        [58711600, 60912700, 28322400, 13396700],
    ]
    assert [sheet(name).prices.value_pence for name in FIVE] == [
        350593900, 119184600, 92183300, 326734000, 161343400,
    ]  # fmt: skip


def test_ratios_to_the_totals() -> None:
    assert_column([sheet(name).prices.value_to_printed for name in FIVE], [2.467, 1.153, 1.535, 1.579, 1.234], 3)
    assert_column([sheet(name).prices.value_to_cap for name in FIVE], [2.467, 1.152, 1.485, 1.579, 1.234], 3)


def test_where_the_cap_is_reached_and_where_costs_are() -> None:
    caps = [sheet(name).prices.cap_reached_at for name in FIVE]
    assert_column(caps, [0.405, 0.868, 0.673, 0.633, 0.593], 3)
    costs = [sheet(name).prices.costs_reached_at for name in FIVE]
    assert_column(costs, [0.346, 0.781, 0.610, 0.537, 0.511], 3)


def test_in_the_tiered_deal_the_printed_budget_is_reached_before_the_second_tier() -> None:
    deal = sib.load_scenario("tower_hamlets_ld").deal
    assert deal.printed is not None
    assert deal.printed.cost_stack != "none"
    assert scale_worth(deal, deal.printed.cost_stack) == pytest.approx(0.582, abs=5e-4)
    lower = sum(line_worth(outcome, 0.6 * outcome.target) for outcome in deal.rate_card)
    assert round(lower / 100) == 1321855
    assert scale_worth(deal, round(lower)) == pytest.approx(0.6)


def test_beyond_the_high_case_no_share_is_given() -> None:
    deal = sib.load_scenario("shropshire").deal
    assert scale_worth(deal, sheet("shropshire").prices.value_pence + 1) is None
    assert scale_worth(deal, sheet("shropshire").prices.value_pence) == pytest.approx(1.0)


# Funders and budget


def test_forty_two_per_cent_of_the_awards_is_the_funds_award() -> None:
    due = [sheet(name).budget.funders[0].due_pence / 100 for name in FIVE]
    assert_column(list(due), [596918.28, 434483.28, 260689.38, 868965.72, 548964.78], 2)
    for name in FIVE:
        fund = sheet(name).budget.funders[0]
        assert abs(fund.due_pence - fund.cap_pence) < 100


def test_what_is_left_over() -> None:
    entries = {name: {entry.name: entry.pence for entry in sheet(name).budget.entries} for name in FIVE}
    assert [entries[name]["left over"] // 100 for name in FIVE] == [9496, 1081, 0, 1, 24495]
    others = [entries[name].get("other_finance_costs", 0) // 100 for name in FIVE]
    assert others == [0, 17729, 15046, 51622, 13113]


def test_the_printed_stack_less_the_printed_total() -> None:
    found = [sheet(name).budget.stack_less_printed_pence for name in FIVE]
    assert found == [-949600, None, None, 100000, -2449500]


# The investor


def test_multiples_and_investment_costs_by_capital() -> None:
    assert_column([investor(name).maximum_multiple for name in FIVE], [1.8723, 1.4131, 1.3413, 1.8805, 1.44], 4)
    costs = [investor(name).investment_costs_to_capital for name in FIVE]
    assert_column(costs, [0.8723, 0.5, 0.4607, 1.0559, 0.4800], 4)
    other = [investor(name).other_finance_pence for name in FIVE]
    assert other == [0, 1772900, 1504600, 5262200, 1311300]


def test_holding_periods() -> None:
    held = [investor(name).holding for name in FIVE]
    assert_column([each.implied_years for each in held], [3.695, 3.699, 3.682, 3.796, 3.353], 3)
    assert_column([each.implied_low for each in held], [3.66, 3.62, 3.60, 3.78, 3.32], 2)
    assert_column([each.implied_high for each in held], [3.71, 3.73, 3.74, 3.81, 3.39], 2)
    assert_column([each.runway_quarters for each in held], [2.99, 3.50, 3.58, 2.74, 3.79], 2)
    assert_column([each.mean_draw_years for each in held], [0.249, 0.322, 0.331, 0.226, 0.354], 3, slack=0.002)
    assert_column([each.structure_years for each in held], [3.751, 3.678, 3.669, 3.774, 3.396], 3, slack=0.02)


def test_the_deals_own_terms_give_the_printed_returns() -> None:
    own = [investor(name).own for name in FIVE]
    assert_column([each.multiple for each in own], [1.87, 1.41, 1.34, 1.88, 1.44], 2)
    assert_column([each.irr for each in own], [0.185, 0.098, 0.083, 0.181, 0.1149], 4, slack=0.005)


def test_all_capital_drawn_first_and_one_payment_give_the_known_rates() -> None:
    found = [payoff(name, "receipts at the cap")[1] for name in FIVE]
    known = [0.181837979339, 0.098504417096, 0.083276403535, 0.181992340589, NONE]  # to a settlement a day earlier
    assert_column(found, known, 12, slack=2e-4)
    assert_column(found, [0.182, 0.0985, 0.0833, 0.182, 0.113], 3, slack=0.001)


MULTIPLES: dict[str, list[float | None]] = {
    "receipts 5% below the cap": [1.60, 1.25, 1.21, 1.71, 1.36],
    "receipts 10% below the cap": [1.29, 1.00, 0.97, 1.36, 1.16],
    "receipts 15% below the cap": [0.98, 0.75, 0.72, 1.02, 0.96],
    "receipts 20% below the cap": [0.66, 0.49, 0.48, 0.67, 0.76],
    "receipts 30% below the cap": [0.04, 0.0, 0.0, 0.0, 0.36],
    "costs 10% above plan": [1.38, 1.05, 1.01, 1.47, 1.21],
}
RATES: dict[str, list[float | None]] = {
    "receipts 5% below the cap": [0.134, 0.063, 0.054, 0.152, 0.094],
    "receipts 10% below the cap": [0.070, 0.0, -0.009, 0.085, 0.044],
    "receipts 15% below the cap": [-0.007, -0.077, -0.085, 0.005, -0.013],
    "receipts 20% below the cap": [-0.104, -0.176, -0.184, -0.100, -0.079],
    "settlement a quarter later": [0.170, 0.092, 0.078, 0.170, 0.105],
    "settlement a year later": [0.141, 0.077, 0.065, 0.141, 0.086],
}


@pytest.mark.parametrize("case", MULTIPLES)
def test_multiples_of_other_receipts_and_costs(case: str) -> None:
    assert_column([payoff(name, case)[0] for name in FIVE], MULTIPLES[case], 2, slack=5e-4)


@pytest.mark.parametrize("case", RATES)
def test_rates_of_other_receipts_and_settlements(case: str) -> None:
    found = [payoff(name, case)[1] for name in FIVE]
    assert_column(found, RATES[case], 3, slack=0.001)  # days are counted exactly, and not in quarters of a year


def test_a_total_loss_has_no_rate() -> None:
    assert payoff("enfield", "receipts 30% below the cap") == (0.0, None)
    shown = CliRunner().invoke(app, ["check", "enfield", "--reconcile"]).stdout
    assert "receipts 30% below the cap 0.00 total loss" in " ".join(shown.split())


def test_nothing_is_shown_as_less_than_nothing() -> None:
    assert [percent(value) for value in (-0.0004, 0.0, -0.0006, None)] == ["0.0%", "0.0%", "-0.1%", "none"]


def test_break_even_and_wipe_out() -> None:
    assert_column([investor(name).receipts_to_capital for name in FIVE], [6.26, 5.07, 4.93, 6.90, 3.98], 2)
    assert_column([investor(name).costs_to_capital for name in FIVE], [5.35, 4.57, 4.47, 5.84, 3.43], 2)
    assert_column([investor(name).break_even for name in FIVE], [0.854, 0.900, 0.907, 0.847, 0.861], 3, slack=1e-4)
    assert_column([investor(name).wipe_out for name in FIVE], [0.694, 0.703, 0.703, 0.702, 0.610], 3)


def test_the_provider_by_its_outcome_terms_at_the_cap() -> None:
    found = investor("enfield")
    assert found.provider_at_cap_pence == 33263930 + round(14255970 * 620689 / 372051)
    left = 62068900 - found.provider_at_cap_pence - 7808400 - 936000
    assert found.multiple_at_outcome_terms == pytest.approx(1 + left / 12600000)
    assert at_outcome_terms(found) == "Provider by its outcome terms at the cap: £570,470; multiple then: 0.70."
    without = investor("tower_hamlets_ld")
    assert (without.provider_at_cap_pence, without.multiple_at_outcome_terms) == (None, None)


def test_an_outcome_part_at_risk_takes_no_capital(tmp_path: Path) -> None:
    path = tmp_path / "at_risk.yaml"
    words = "overlay: at_risk\ntitle: T\ndescription: D\nsource: Choice\n"
    path.write_text(f"{words}set: {{deal.provider.outcome_part: at_risk}}\n", encoding="utf-8")
    found = reconcile(sib.load_scenario("enfield", [path])).investor
    assert found is not None
    assert found.provider_at_cap_pence == investor("enfield").provider_at_cap_pence
    assert found.multiple_at_outcome_terms == pytest.approx(1.0)


def test_the_multiple_is_kept_between_nothing_and_the_cap() -> None:
    deal = sib.load_scenario("enfield").deal
    assert multiple_of(deal, 0, 1e12) == 0
    most = maximum_return(deal)
    assert most == 4300000
    assert multiple_of(deal, 1e12, 0) == 1 + most / deal.investment.commitment


# Capital, caseload, position


def test_peak_funding_need_under_both_readings() -> None:
    found = [sheet(name).peak_need for name in FIVE]
    needs = [each for each in found if each is not None]
    assert_column([each.since_referral for each in needs], [1.03, 1.08, 1.04, 1.23, 0.72], 2)
    assert_column([each.since_referral_with_ramp for each in needs], [1.24, 1.26, 1.21, 1.45, 0.89], 2)
    assert_column([each.after_achievement for each in needs], [1.68, 1.62, 1.55, 1.75, 1.06], 2)
    assert_column([each.after_achievement_with_ramp for each in needs], [1.87, 1.77, 1.70, 1.95, 1.22], 2)


def test_littles_law() -> None:
    found = [each for each in (sheet(name).feasibility for name in FIVE) if each is not None]
    assert_column([each.engagements_per_specialist_quarter for each in found], [8.3, 6.5, 17.1, 20.4, 5.7], 1)
    assert_column([each.months_at_guidance[0] for each in found], [7.2, 9.2, 3.5, 2.9, 10.5], 1)
    assert_column([each.months_at_guidance[1] for each in found], [9.0, 11.5, 4.4, 3.7, 13.2], 1)
    assert_column([each.to_benchmark for each in found], [0.8, 0.7, 1.7, 2.0, 0.6], 1)
    assert_column([each.months_at_limit for each in found], [9.0, 11.5, 4.4, 3.7, 5.3], 1)


def test_positions_at_the_end_of_2021() -> None:
    found = [standing(name) for name in FIVE]
    assert_column([each.paid_to_cap for each in found], [0.761, 0.542, 0.474, 0.462, 0.464], 3)
    costs = [each.cost_pence / 100 for each in found]
    assert_column(list(costs), [834437, 407489, 246157, 767022, 519291], 0, slack=0.5)
    assert [(each.quarters, each.term_quarters) for each in found] == [(11, 16), (7, 16), (7, 16), (7, 16), (6, 13)]
    pace = [None if each.full_term_worth_pence is None else each.full_term_worth_pence / 100 for each in found]
    assert_column([*pace[:4], NONE], [2020320, 783150, 371742, 1514041, NONE], 0, slack=2)
    assert pace[4] is None
    assert_column([each.full_term_multiple for each in found], [1.87, 0.27, 0.0, 0.20, NONE], 2)


def test_target_counts_are_worth_the_printed_target_payments() -> None:
    for name in FIVE:
        found = standing(name)
        assert found.target_worth_pence == pytest.approx(found.target_pence, rel=0.02)
    assert round(standing("haringey_barnet").target_worth_pence / 100) == 2688959


# The sheet


def test_every_deal_says_what_does_not_agree() -> None:
    figures = {
        "haringey_barnet": ["3,505,939", "1,411,738", "2,687,813", "985"],
        "shropshire": ["1,191,846", "1,034,484", "434,843", "102,000"],
        "enfield": ["921,833", "620,689", "58,046", "1,222"],
        "tower_hamlets_smi": ["3,267,340", "2,069,965", "5,248", "316,771"],
        "tower_hamlets_ld": ["1,613,434", "1,282,564", "157,433", "16.7 %"],
    }
    for name in FIVE:
        words = " ".join(each.what for each in sheet(name).inconsistencies)
        assert [figure for figure in figures[name] if figure not in words] == []
        assert all(each.read for each in sheet(name).inconsistencies)


def test_a_deal_with_nothing_printed_is_held_against_itself() -> None:
    found = sheet("staffordshire")
    assert found.position is None
    assert found.prices.value_pence == found.prices.cap_pence == 24075000
    assert found.investor is not None
    assert found.investor.printed_irr is None
    assert found.investor.holding.implied_years is None


def test_a_deal_without_capital_has_no_investors_figures(tmp_path: Path) -> None:
    path = tmp_path / "free.yaml"
    terms = "{deal.investment.commitment: 0, deal.provider.contract_value: 0, deal.costs: []}"
    path.write_text(f"overlay: free\ntitle: T\ndescription: D\nsource: Choice\nset: {terms}\n", encoding="utf-8")
    found = reconcile(sib.load_scenario(TINY, [path]))
    assert (found.investor, found.peak_need) == (None, None)


def test_months_to_an_outcome_measured_on_a_day() -> None:
    card = sib.load_scenario("staffordshire").deal.rate_card
    months = [months_to(outcome) for outcome in card if isinstance(outcome.milestone, InWork)]
    assert months == [8, 8, 12, 12]


def test_the_sheet_as_data_is_in_pounds() -> None:
    data = as_data(sheet("tower_hamlets_ld"))
    assert data["prices"]["cap_gbp"] == 1307059.0
    assert data["prices"]["lines"][0]["prices_gbp"] == [2164.0, 721.0]
    assert data["prices"]["lines"][0]["tier_ends"] == [222]
    assert data["position"]["as_of"] == "2021-12-31"
    assert "pence" not in json.dumps(data)
    assert math.isclose(data["investor"]["own"]["multiple"], 1.44, abs_tol=1e-6)


@pytest.mark.parametrize("columns", ["80", "100"])
def test_the_command_shows_the_sheet_within_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = CliRunner().invoke(app, ["check", "tower_hamlets_ld", "--reconcile"])
    assert result.exit_code == 0
    after = result.stdout.partition("own figures")[2].splitlines()
    assert max(len(line.rstrip()) for line in after) <= int(columns)
    assert "Not shown: payments also cover people carried over, whom the counts leave out." in result.stdout
    for words in ("£2,164 to 222, £721 beyond", "59.3%", "3.32 to 3.39", "What does not agree in the sources"):
        assert words in result.stdout, words


def test_the_command_prints_one_document() -> None:
    result = CliRunner().invoke(app, ["check", "enfield", "--reconcile", "--json"])
    document = json.loads(result.stdout)
    assert document["scenario"] == "enfield"
    assert document["reconciliation"] == json.loads(json.dumps(as_data(sheet("enfield"))))
    plain = json.loads(CliRunner().invoke(app, ["check", "enfield", "--json"]).stdout)
    assert set(plain) == {"scenario", "problems"}
