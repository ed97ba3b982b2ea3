"""The contract in words: every term is said, where it stands, on whose word; what an overlay changes is the overlay's."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.explaining.explanation import explain
from simulator.explaining.outcomes import milestone_in_words
from simulator.explaining.prices import price_in_full, say_price
from simulator.explaining.said import covers
from simulator.explaining.text import WIDTH, explanation
from simulator.scenario.model import Scenario
from simulator.scenario.rate_card import ByYear, InWork, Price, Reached, Tier, Tiered
from tests.architecture.project import ROOT
from tests.strategies import World, promise, worlds
from tests.tiny import Edit, tiny_scenario
from tests.unit.everything import everything

IDENTITY = {"name", "title", "outcome", "counts_as", "strand", "follows", "pays_after"}
"""What names a part, or is said where its neighbour is."""
BESIDE = {
    "deal.early_termination.compensation_return", "deal.early_termination.notice_given", "deal.investment.reserve_quarters",
    "deal.provider.pays_after_invoice_days",
}  # fmt: skip
"""What is said in the sentence of another term, or is of no use beside another."""
APART = ("deal.name", "deal.sources", "deal.printed", "deal.inconsistencies")
"""What is not a term."""


@pytest.fixture(scope="module")
def deal() -> Scenario:
    return sib.load_scenario("haringey_barnet")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return sib.load_scenario("haringey_barnet", [everything(tmp_path_factory.mktemp("overlay"))])


def terms(value: object, path: str = "deal") -> Iterator[str]:
    """Yield the path of every term that a deal has."""
    if isinstance(value, dict):
        for name, part in value.items():
            if part is not None and name not in IDENTITY:
                yield from terms(part, f"{path}.{name}")
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from terms(part, f"{path}[{position}]") if isinstance(part, dict) else [path]
    else:
        yield path


def said_of(scenario: Scenario, path: str) -> str:
    """Return the sentences about a term."""
    return " ".join(each.text for each in explain(scenario) if covers(path, each.path))


@pytest.mark.parametrize("name", ["deal", "full"])
def test_every_term_is_said(name: str, request: pytest.FixtureRequest) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    paths = {each.path for each in explain(scenario) if each.quality}
    content = scenario.description.model_dump(mode="json", by_alias=True)["deal"]
    wanted = {term for term in terms(content) if not term.startswith(APART)}
    unsaid = {term for term in wanted if not any(covers(path, term) or covers(term, path) for path in paths)}
    assert unsaid - BESIDE == {"deal.investment.min_cash"}
    assert len(wanted) > 80


def test_each_sentence_is_whole_and_has_its_place(full: Scenario) -> None:
    sections = [each.section for each in explain(full)]
    assert len(dict.fromkeys(sections)) == 14
    for each in explain(full):
        assert each.text.endswith(".")
        assert each.text[0].isupper() or each.text[0].isdigit()
        assert not {"None", "{", "nan"} & set(each.text.split())
        assert each.path.startswith(("deal.", "assumptions."))
        assert each.source
        assert each.quality in {"A", "B", "C", "D", "E", ""}


@promise(worlds(), examples=30)
def test_any_deal_can_be_said(world: World) -> None:
    for each in explain(world.scenario):
        assert each.text.endswith(".")
        assert "None" not in each.text


def test_what_the_contract_says_is_what_the_file_says(deal: Scenario) -> None:
    assert said_of(deal, "deal.term.claims_tail_months").startswith("Outcomes count if they are achieved within it.")
    assert "by 31 December 2023, 9 months after its end" in said_of(deal, "deal.term.claims_tail_months")
    assert "from 1 April 2019 to 31 March 2023, both included: 16 contract quarters" in said_of(deal, "deal.term")
    assert said_of(deal, "deal.rate_card[1].price") == "Job start: each is paid £4,224."
    assert said_of(deal, "deal.rate_card[1].count_cap") == "Job start: at most 379 are paid."
    assert "referred on 1 April 2019, a sustainment under 16 hours is payable on 1 October 2019" in said_of(
        deal, "deal.lags"
    )
    assert said_of(deal, "deal.funders[0].days") == (
        "Life Chances Fund pays 29 days after the payment of Haringey and Barnet commissioners."
    )
    assert "at most a profit of £198,012 or 1.8723 times what it paid in" in said_of(deal, "deal.investment.return_cap")


def test_terms_that_are_left_out_are_said_and_have_no_grade(deal: Scenario) -> None:
    left_out = {each.path for each in explain(deal) if each.source == "the file has no such term"}
    assert left_out == {
        "deal.annual_cap", "deal.schedule_calendar", "deal.activity_payments", "deal.carried_over_outcomes",
        "deal.early_termination", "deal.investment.fees", "deal.investment.first_loss", "deal.investment.profit_share",
        "deal.staffing.already_running",
    }  # fmt: skip


def test_choices_are_those_of_grades_d_and_e(deal: Scenario) -> None:
    by_path = {each.path: each for each in explain(deal)}
    assert not by_path["deal.total_cap.pounds"].is_choice
    assert by_path["deal.total_cap.policy"].is_choice
    assert by_path["deal.staffing.contact_grace_days"].quality == "E"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("deal.annual_cap", "£300,000 and £400,000 (the last from then on) in successive financial years"),
        ("deal.annual_cap.unused_headroom", "is added to the next year's limit"),
        ("deal.annual_cap.excess_claims", "waits whole for the next year's first invoice"),
        ("deal.rate_card[1].price", "£4,569 for the first 227 and £1,522 for each after that"),
        ("deal.rate_card[1].price", "60% of 379, rounded down"),
        ("deal.rate_card[0].price", "£500 if achieved from 1 April 2020"),
        ("deal.rate_card[0].indexed_by", 'follows the index "wages", which counts as 1 on 1 April 2019'),
        ("deal.schedule_calendar[1]", "from 1 April 2020 to 30 September 2020 have no price"),
        ("deal.schedules[0].prices", "engagement £1,222. Other outcomes keep the price list's."),
        ("deal.schedules[0].cap", "at most £434,484; the claim that crosses it is not paid at all"),
        (
            "deal.activity_payments[0]",
            "£50,000.50, detached from outcomes, stands on the invoice of the quarter from 1 April",
        ),
        ("deal.carried_over_outcomes", "engagement and sustainment"),
        ("deal.over_funder_cap", "is paid by the others instead"),
        ("deal.provider.in_house_of", "what it pays for outcomes comes back to it"),
        ("deal.provider.outcome_part", "at risk: it is paid at distributions"),
        ("deal.investment.fees", "1.00% a year of the capital not drawn"),
        ("deal.investment.tranches[1]", "A charity holds £100,000 of it, of rank 2"),
        ("deal.investment.first_loss", "A foundation makes good up to £20,000"),
        ("deal.investment.profit_share", "50% to the investor, 25% to the provider, 20% to the commissioners and 5%"),
        ("deal.investment.return_cap", "1.8 times what it paid in, capital included or a return of 15.00% a year"),
        ("deal.investment.distribution", "costs of the next 2 quarters"),
        ("deal.early_termination", "capital not yet returned and 5.0% on top"),
        ("deal.early_termination.achieved_is_paid", "are no longer paid"),
    ],
)
def test_every_kind_of_term_has_its_words(full: Scenario, path: str, words: str) -> None:
    assert words in said_of(full, path)


def test_what_an_overlay_changes_carries_its_source_and_grade(full: Scenario) -> None:
    by_path = {each.path: each for each in explain(full)}
    changed = by_path["deal.rate_card[1].price"]
    assert (changed.source, changed.quality) == ('overlay "Every term at once": A worked example', "E")
    assert by_path["deal.rate_card[2].price"].quality == "A"
    assert by_path["deal.funders[0].cap"].quality == "A"


def history(name: str) -> Scenario:
    return sib.load_scenario(name, [ROOT / "scenarios" / "history" / f"{name}.yaml"])


@pytest.mark.parametrize(
    ("name", "path", "quality", "source"),
    [
        ("enfield", "deal.activity_payments[0]", "A", "INDIGO Impact Bond Dataset, outcome payments by claim quarter"),
        ("enfield", "deal.schedules[0].prices", "A", "GO Lab report, table f (addendum)"),
        ("enfield", "deal.schedule_calendar[1]", "B", "GO Lab report, table 7, read as dates"),
        ("enfield", "deal.provider.schedule_calendar[1]", "D", "Table 7 of the GO Lab report, payments by"),
        ("haringey_barnet", "deal.carried_over_outcomes", "E", "the sources do not say [U]"),
        ("tower_hamlets_smi", "deal.carried_over_outcomes", "E", "[U]"),
        ("tower_hamlets_ld", "deal.schedules[0].prices", "E", "the adjusted ones are not published [U]"),
    ],
)
def test_a_source_that_an_overlay_names_for_a_term_is_that_terms(
    name: str, path: str, quality: str, source: str
) -> None:
    (found,) = [each for each in explain(history(name)) if each.path == path]
    assert found.quality == quality
    assert re.match(r'overlay "[^"]+": ', found.source)
    assert source in found.source


def test_a_schedule_without_prices_has_those_of_the_price_list() -> None:
    words = said_of(history("tower_hamlets_ld"), "deal.schedules[0].prices")
    assert words == 'Schedule "covid adjusted": the price list\'s own prices.'


def test_the_providers_own_calendar_is_said_in_words() -> None:
    own = [said_of(history("enfield"), f"deal.provider.schedule_calendar[{i}]") for i in range(3)]
    assert own[0].endswith("2020 count for nothing: the activity payments stand in their place.")
    assert own[1].endswith('31 March 2022 count at the prices of the schedule "covid adjusted".')
    assert own[2].endswith("count at the prices of the price list.")


def test_verbs_agree() -> None:
    enfield = sib.load_scenario("enfield")
    assert said_of(enfield, "deal.funders[1].weight").startswith("Enfield commissioners pay 58% of every invoice")
    assert said_of(enfield, "deal.funders[0].weight").startswith("Life Chances Fund pays 42% of every invoice")
    assert said_of(enfield, "deal.costs[2].timing").startswith("Other costs of finance are paid at settlement")


def test_what_is_left_out_and_what_is_a_rule_are_counted_apart(deal: Scenario) -> None:
    left_out = sum(each.source == "the file has no such term" for each in explain(deal))
    lines = explanation(deal).splitlines()
    assert lines[-2:] == [f"  - left out of the file: {left_out}", "  - rules of this model: 2"]


@pytest.mark.parametrize(
    ("edits", "path", "words"),
    [
        (
            (("from: referral", "from: achievement"),),
            "deal.lags",
            "achieved on 1 April 2021 is payable on 1 October 2021",
        ),
        ((("from: referral", "from: none"),), "deal.lags", "the months of the price list do not matter"),
        ((("draw: as_needed", "draw: day_one"),), "deal.investment.draw", "all on the first day of service"),
        ((("fraction: 0.0", "fraction: 0.2"),), "deal.audit", "20% of each quarter's claims, rounded up, are verified"),
        ((), "deal.audit", "Claims are not verified before payment."),
        ((("shortfall: defer", "shortfall: terminate"),), "deal.investment.shortfall", "the contract ends on that day"),
        ((("policy: partial", "policy: whole"),), "deal.total_cap.policy", "is not paid at all"),
        ((("days: 30}", "days: 0}"),), "deal.funders[1].days", "on the day of the confirmation of the invoice"),
        (
            (("claims_tail_months: 9", "claims_tail_months: 0"),),
            "deal.term.claims_tail_months",
            "by 31 March 2022; later",
        ),
    ],
)
def test_choices_of_a_term_are_told_apart(tmp_path: Path, edits: tuple[Edit, ...], path: str, words: str) -> None:
    assert words in said_of(tiny_scenario(tmp_path, *edits), path)


TIERS = Tiered(
    tiers=(
        Tier(price=200, share_of_target=0.25, rounding="ceil"),
        Tier(price=150, share_of_target=0.6, rounding="floor"),
        Tier.model_validate({"price": "50.50"}),
    )
)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (56900, "£569"),
        (ByYear.model_validate({"by_contract_year": ["600", 620]}), "£600 and £620 in contract years 1 to 2"),
        (ByYear.model_validate({"by_contract_year": [600, 600]}), "£600 in every contract year"),
    ],
)
def test_a_price_in_a_few_words(price: Price, words: str) -> None:
    assert say_price(price, 10) == words


def test_tiers_are_numbered_without_gap() -> None:
    assert say_price(TIERS, 10) == ("£200 for the first 3, £150 for number 4 to 6 and £50.50 for each after that")
    full = price_in_full(TIERS, 10, date(2021, 4, 1))
    assert full.endswith("(counted as paid so far; the tiers end at 25% of 10, rounded up and 60% of 10, rounded down)")


def test_milestones_in_words() -> None:
    assert milestone_in_words(Reached(reached="job_start", hours_from=16)) == "started a job, 16 hours a week or more"
    assert milestone_in_words(InWork(in_work_after_months=1.5, hours_below=16)) == (
        "in work on the day 1.5 months after the first job start, fewer than 16 hours a week"
    )
    assert milestone_in_words(InWork(in_work_after_months=1)).startswith("in work on the day 1 month after")


def test_the_terminal_gets_sections_within_its_width(deal: Scenario, full: Scenario) -> None:
    for scenario in (deal, full):
        lines = explanation(scenario).splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert max(map(len, explanation(scenario, 80).splitlines())) <= 80
        assert {each.section.upper() for each in explain(scenario)} <= set(lines)
    marked = [line for line in explanation(deal).splitlines() if line.startswith("  ! ")]
    assert len(marked) == sum(each.is_choice for each in explain(deal))


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("100", WIDTH), ("200", WIDTH)])
def test_the_command_keeps_within_the_terminal(
    deal: Scenario, monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = CliRunner().invoke(app, ["explain", "haringey_barnet"])
    assert shown.exit_code == 0
    assert shown.stdout == explanation(deal, width) + "\n"


def test_the_command_prints_data(deal: Scenario) -> None:
    data = json.loads(CliRunner().invoke(app, ["explain", "haringey_barnet", "--json"]).stdout)
    assert [tuple(each.values()) for each in data] == [tuple(each) for each in explain(deal)]
    assert list(data[0]) == ["section", "text", "path", "source", "quality"]
    assert CliRunner().invoke(app, ["explain", "nowhere"]).exit_code == 2
