"""The deals' files hold what is published, say what is not, and take their histories."""

from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import simulator as sib
from simulator.dates import add_months
from simulator.explaining.explanation import explain
from simulator.reconciliation.sheet import reconcile
from simulator.scenario.deal import Deal
from simulator.scenario.load import bundled_folder
from simulator.scenario.rate_card import AnnualCap, ByYear, Cap, Regime, Tiered
from tests.published import FIVE, rows, table

FOLDER = bundled_folder()
SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HISTORIES = sorted(path.stem for path in (FOLDER / "history").glob("*.yaml"))
NOT_PUBLISHED = {
    "tower_hamlets_smi": [
        "rate_card[0].price",
        "rate_card[3].price",
        "costs[2].timing",
        "investment.residual",
        "total_cap",
    ],
    "tower_hamlets_ld": ["staffing.in_work_support_weeks", "carried_over_outcomes", "costs[2].timing"],
    "shropshire": ["costs[2].timing", "investment.residual", "total_cap"],
    "enfield": ["costs[2].timing", "investment.residual", "total_cap"],
    "haringey_barnet": ["investment.residual", "total_cap"],
}


@cache
def load(name: str, overlay: str | None = None, form: str = "") -> sib.Scenario:
    return sib.load_scenario(name, [] if overlay is None else [f"scenarios/{overlay}.yaml{form}"])


def deal(name: str) -> Deal:
    return load(name).deal


def with_history(name: str) -> Deal:
    return load(name, f"history/{name}").deal


@pytest.mark.parametrize("name", FIVE)
def test_terms_are_those_of_the_published_tables(name: str) -> None:
    found, contract, plan = (
        deal(name),
        table("table_f_contracts", "project")[name,],
        table("table03_targets", "project")[name,],
    )
    funders = {funder.name: funder.cap for funder in found.funders}
    assert funders == {"lcf": money(contract["lcf_award_gbp"]), "local": money(contract["other_commissioners_gbp"])}
    assert found.total_cap.pence == sum(funders.values())
    assert found.investment.commitment == money(contract["capital_gbp"])
    staff = table("appendix_i_specialists", "project")[name,]
    assert found.staffing.specialists[0].posts == int(staff["employment_specialists"])
    assert found.term.service_start.isoformat()[:7] == plan["launch"]
    assert found.referral_target == int(plan["referral"])
    split = table("table06_provider_payment_split", "project")[name,]
    if split["block_pct"]:
        assert found.provider.block_share == int(split["block_pct"]) / 100
    else:
        assert found.provider.in_house_of == "local"


def money(text: str) -> int:
    """Return pence of whole pounds."""
    return 100 * int(text)


@pytest.mark.parametrize("name", FIVE)
def test_printed_figures_are_those_of_the_published_tables(name: str) -> None:
    printed, contract = deal(name).printed, table("table_f_contracts", "project")[name,]
    assert printed is not None
    assert printed.total_outcome_payment == money(contract["total_outcome_payment_gbp"])
    assert printed.investment_costs == money(contract["investment_cost_gbp"])
    assert printed.money_multiple == float(contract["money_multiple"])
    assert printed.irr == pytest.approx(float(contract["max_return_rate_pct"]) / 100)
    for value, column in ((printed.max_return, "max_return_gbp"), (printed.delivery_cost, "delivery_cost_gbp")):
        assert value == (money(contract[column]) if contract[column] else "none")
    lines = ["delivery_cost_gbp", "management_cost_gbp", "investment_cost_gbp", "evaluation_cost_gbp"]
    assert printed.cost_stack == ("none" if not contract[lines[0]] else sum(money(contract[line]) for line in lines))


@pytest.mark.parametrize("name", FIVE)
def test_prices_counts_and_lags_are_those_of_the_published_tables(name: str) -> None:
    published: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows("table_h_prices"):
        if row["project"] == name:
            published.setdefault((row["outcome"], row["hours_band"]), []).append(row)
    assert len(deal(name).rate_card) == len(published)
    for outcome, tiers in zip(deal(name).rate_card, published.values(), strict=True):
        assert outcome.group == tiers[0]["outcome"]
        assert (outcome.target, outcome.count_cap) == (int(tiers[0]["contracted_count"]),) * 2
        assert outcome.paid_after_months == int(tiers[0]["paid_after_months"])
        assert prices(outcome.price) == [money(tier["price_gbp"]) for tier in tiers]


def prices(price: int | ByYear | Tiered) -> list[int]:
    """Return a price's tiers; the one price of all years where it is by year."""
    if isinstance(price, Tiered):
        return [tier.price for tier in price.tiers]
    return [price] if isinstance(price, int) else list(set(price.by_contract_year))


@pytest.mark.parametrize("name", FIVE)
def test_positions_are_those_of_table_9(name: str) -> None:
    found, published = deal(name).printed, table("table09_performance", "project", "measure")
    assert found is not None
    assert found.position is not None
    assert found.position.as_of == date(2021, 12, 31)
    for field in ("referral", "engagement", "job_start", "sustainment", "payments"):
        row = published[name, "outcome_payment_gbp" if field == "payments" else field]
        tally = getattr(found.position, field)
        assert (tally.actual, tally.target) == (int(row["actual"]), int(row["target"]))


def test_tiers_end_at_whole_claims_rounded_down() -> None:
    card = deal("tower_hamlets_ld").rate_card
    ends = [outcome.price.tiers[0].end(outcome.target) for outcome in card if isinstance(outcome.price, Tiered)]
    assert ends == [222, 109, 24, 10]


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_no_source_fixes_is_said(name: str) -> None:
    sources = deal(name).sources
    for term in NOT_PUBLISHED.get(name, []):
        citation = sources[term]
        assert "[U]" in citation.source + citation.note, term
    if name == "staffordshire":
        invented = [term for term, citation in sources.items() if citation.source.startswith("Invented")]
        assert {"staffing", "provider", "investment"} <= set(invented)
        assert all(sources[term].quality == "E" for term in invented)


def test_every_belief_about_learning_disabilities_without_evidence_is_marked() -> None:
    path = FOLDER / "assumptions" / "learning_disabilities.yaml"
    beliefs = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    graded = {name: belief for name, belief in beliefs.items() if isinstance(belief, dict) and "quality" in belief}
    assert len(graded) > 30
    assert [name for name, each in graded.items() if each["quality"] == "E" and "[U]" not in each["source"]] == []


def test_the_pool_meets_the_referral_target_within_the_term() -> None:
    beliefs, found = load("tower_hamlets_ld").assumptions, deal("tower_hamlets_ld")
    assert beliefs.referrals_over_term == "none"
    assert beliefs.pool_size != "none"
    assert beliefs.pool_referral_rate != "none"
    size, rate = beliefs.pool_size.support()[0], beliefs.pool_referral_rate.support()[0]
    assert size * (1 - (1 - rate / 1000) ** (39 * 1000)) == pytest.approx(found.referral_target, abs=0.5)
    assert add_months(found.term.service_start, 39) == found.term.term_end


@pytest.mark.parametrize("name", FIVE)
def test_a_history_covers_the_term_and_pays_what_was_paid(name: str) -> None:
    found = with_history(name)
    calendar = found.schedule_calendar
    assert (calendar[0].start, calendar[-1].end) == (found.term.service_start, found.term.term_end)
    for own in (calendar, found.provider.schedule_calendar):
        assert all(early.end == late.start for early, late in pairwise(own))
    paid = [
        money(row["paid_gbp"])
        for row in rows("quarterly_payments", "GOLab2022")
        if row["project"] == name and row["basis"] == "activity"
    ]
    assert [payment.pence for payment in found.activity_payments] == paid
    windows = [regime for regime in calendar if regime.use == "activity"]
    assert len(windows) == 1
    assert all(windows[0].start <= payment.quarter_of < windows[0].end for payment in found.activity_payments)


@pytest.mark.parametrize("name", FIVE)
def test_a_history_changes_the_contract_and_leaves_people_alone(name: str) -> None:
    assert load(name, f"history/{name}").assumptions == load(name).assumptions


@pytest.mark.parametrize("name", FIVE)
def test_a_running_deal_has_the_days_of_lockdown_with_factors_that_are_fitted(name: str) -> None:
    running, lockdown = (
        load(f"running/{name}").assumptions,
        load(name, "stresses/st_06_lockdown", ":severe").assumptions,
    )
    days = [(window.rate, window.start, window.end) for window in lockdown.windows]
    assert sorted((window.rate, window.start, window.end) for window in running.windows) == sorted(days)
    assert {window.multiply for window in running.windows} == set(running.factors)
    assert not any(belief.is_fixed for belief in running.factors.values())


@pytest.mark.parametrize("name", FIVE)
def test_a_running_deal_is_the_deal_with_its_history(name: str) -> None:
    assert load(f"running/{name}").deal == with_history(name)


def test_the_vehicle_and_the_provider_leave_adjusted_prices_on_days_of_their_own() -> None:
    ends = {
        name: (adjusted_until(found.schedule_calendar), adjusted_until(found.provider.schedule_calendar))
        for name, found in ((each, with_history(each)) for each in FIVE)
    }
    assert ends == {
        "haringey_barnet": (None, None),
        "shropshire": (date(2021, 10, 1), None),
        "enfield": (date(2022, 1, 1), date(2022, 4, 1)),
        "tower_hamlets_smi": (date(2021, 10, 1), date(2022, 4, 1)),
        "tower_hamlets_ld": (date(2021, 7, 1), None),
    }


def adjusted_until(calendar: tuple[Regime, ...]) -> date | None:
    return next((regime.end for regime in calendar if regime.use == "covid_adjusted"), None)


def test_adjusted_schedules_and_limits_are_those_printed() -> None:
    (enfield,) = with_history("enfield").schedules
    assert list(enfield.prices.values()) == [122200, 222000, 320900, 470000]
    (shropshire,) = with_history("shropshire").schedules
    assert list(shropshire.prices.values()) == [outcome.price for outcome in deal("shropshire").rate_card]
    assert shropshire.cap == Cap.model_validate({"pounds": 434484, "policy": "partial"})
    limit = with_history("tower_hamlets_smi").annual_cap
    lost = {"policy": "partial", "unused_headroom": "lost", "excess_claims": "lost"}
    assert limit == AnnualCap.model_validate({"year": "uk_fy", "pounds": ["517241.50"], **lost})
    assert deal("tower_hamlets_smi").total_cap.pence == 4 * 51724150


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_says_where_it_comes_from(name: str) -> None:
    before, after = deal(name), with_history(name)
    new = set(after.sources) - set(before.sources)
    assert new
    assert all(len(after.sources[term].source) > 10 for term in new)
    assert Path(FOLDER / "history" / f"{name}.yaml").read_text(encoding="utf-8").count("quality:") >= 1


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_is_for_its_deal_alone(name: str) -> None:
    (overlay,) = load(name, f"history/{name}").overlays
    assert overlay.overlay.startswith(f"{name}_")
    assert overlay.deal == deal(name).name
    assert overlay.title.startswith(overlay.deal)
    other = next(each for each in SCENARIOS if each != name)
    with pytest.raises(
        sib.ScenarioError, match=f'for the deal "{overlay.deal}"; the scenario\'s deal is "{deal(other).name}"'
    ):
        load(other, f"history/{name}")


@pytest.mark.parametrize("name", FIVE)
def test_where_people_are_carried_over_their_specialists_are_there_already(name: str) -> None:
    found = load(f"running/{name}")
    carried = not found.assumptions.is_off("carried_over_searching")
    assert bool(found.deal.staffing.already_running) == carried


@pytest.mark.parametrize("name", FIVE)
def test_from_when_months_run_is_graded_a_choice(name: str) -> None:
    said = {each.path: each for each in explain(load(name)) if "the person's referral" in each.text}
    assert {f"deal.rate_card[{i}].paid_after_months" for i in range(4)} <= set(said)
    assert {each.quality for each in said.values()} == {"D"}
    if name == "tower_hamlets_ld":
        roundings = [deal(name).sources[f"rate_card[{i}].price.tiers[0].rounding"].quality for i in range(4)]
        assert roundings == ["D"] * 4


@pytest.mark.parametrize("name", FIVE)
def test_the_figures_of_inconsistencies_are_those_of_the_deal(name: str) -> None:
    found, (history, sheet) = deal(name), (with_history(name), reconcile(load(name)))
    said = " ".join(each.what for each in found.inconsistencies)
    assert f"{sum(payment.pence for payment in history.activity_payments) // 100:,} of them this deal's" in said
    assert f"{found.referral_target:,} participants, up to {found.rate_card[0].target:,}" in said
    assert sheet.position is not None
    worth = sheet.position.actual_worth_pence
    if worth is not None:
        assert (
            f"{sheet.position.paid_pence // 100:,} were paid, {100 * sheet.position.paid_pence / worth:.3g} %" in said
        )


def test_all_activity_payments_add_up_to_what_the_deals_say() -> None:
    payments = [payment.pence for name in FIVE for payment in with_history(name).activity_payments]
    assert sum(payments) == 85238300


def test_as_signed_there_is_no_pandemic() -> None:
    for name in SCENARIOS:
        found = load(name)
        assert found.assumptions.windows == ()
        assert not (found.deal.activity_payments or found.deal.schedules or found.deal.schedule_calendar)


def test_the_share_at_which_the_cap_is_reached_sees_tiers() -> None:
    (warning,) = [each for each in load("tower_hamlets_ld").warnings if each.code == "CAP_BINDS_AT"]
    assert warning.message.startswith("the cap of £1,307,059.00 is reached at 59.3% of the high case")


def test_what_is_said_of_inconsistencies_is_no_part_of_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "silent.yaml"
    text = "overlay: silent\ntitle: T\ndescription: D\nsource: Choice\nset: {deal.inconsistencies: []}\n"
    path.write_text(text, encoding="utf-8")
    silent = sib.load_scenario("enfield", [path])
    assert silent.deal.inconsistencies == ()
    assert silent.digest == load("enfield").digest
