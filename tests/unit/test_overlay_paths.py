"""Overlays that fit any deal: patterns in paths, prices of every kind, days that count from the first one, new factors."""

from datetime import date
from pathlib import Path

import pytest

from simulator.explaining.explanation import explain
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Overlay, Scenario
from simulator.scenario.rate_card import ByYear, Tiered
from tests.tiny import tiny_file, tiny_scenario
from tests.unit.test_scenario_overlays import COMPOSE, overlaid, refusal, write

pytestmark = pytest.mark.usefixtures("in_folder")

SCHEDULES = """\
set:
  deal.schedules:
    - {name: early, prices: {engagement: 700, job_start: {by_contract_year: [4000, 5000]}}, cap: none}
    - {name: late, prices: {}, cap: none}
  deal.schedule_calendar: [{use: early, from: 2021-04-01, to: 2021-10-01}, {use: late, from: 2021-10-01, to: 2022-04-01}]
"""
KINDS = """\
set:
  deal.rate_card.engagement.price: {by_contract_year: [569, "600.50"]}
  deal.rate_card.job_start.price: {tiers: [{price: 4224, share_of_target: 0.5, rounding: floor}, {price: "99.99"}]}
"""
TENTH = COMPOSE + 'multiply: {"deal.rate_card.*.price": 1.1, "deal.schedules.*.prices.*": 1.1}\n'


def with_own(own: str, *given: str) -> Scenario:
    """Return the tiny scenario that names an overlay `own` itself, with overlays `a`, `b`, ... given."""
    write("own", own)
    files = [write("abc"[i], body) for i, body in enumerate(given)]
    return tiny_scenario(Path(), ("scenario: tiny", "scenario: tiny\noverlays: [own.yaml]"), overlays=files)


def prices(scenario: Scenario) -> list[object]:
    return [outcome.price for outcome in scenario.deal.rate_card]


def test_a_pattern_stands_for_every_entry_of_a_list() -> None:
    assert prices(overlaid('multiply: {"deal.rate_card.*.price": 2}\n')) == [113800, 844800, 1275800, 1569000]
    assert [
        each.paid_after_months for each in overlaid("set: {'deal.rate_card.*.paid_after_months': 2}\n").deal.rate_card
    ] == [2] * 4
    assert [each.days for each in overlaid("set: {'deal.funders[*].days': 7}\n").deal.funders] == [7, 7]


@pytest.mark.parametrize(
    ("pattern", "changed"),
    [("sustain*", [2, 3]), ("*16*", [2, 3]), ("*_under_*", [2]), ("sustainment*", [2, 3]), ("*", [0, 1, 2, 3]), ("[0]", [0])],
)  # fmt: skip
def test_a_pattern_matches_an_outcome_or_what_it_counts_as(pattern: str, changed: list[int]) -> None:
    before, path = prices(overlaid("")), f"deal.rate_card.{pattern}.price".replace(".[", "[")
    after = prices(overlaid(f'set: {{"{path}": 1}}\n'))
    assert [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == changed


def test_a_factor_multiplies_every_amount_of_a_price() -> None:
    engagement, job, *_ = prices(overlaid(COMPOSE + KINDS))
    assert isinstance(engagement, ByYear)
    assert isinstance(job, Tiered)
    engagement, job, *_ = prices(with_own(KINDS, TENTH))
    assert isinstance(engagement, ByYear)
    assert engagement.by_contract_year == (62590, 66055)
    assert isinstance(job, Tiered)
    assert [(tier.price, tier.share_of_target) for tier in job.tiers] == [(464640, 0.5), (10999, None)]


def test_factors_on_prices_of_any_kind_compose() -> None:
    twice = prices(with_own(KINDS, TENTH, TENTH))[0]
    assert isinstance(twice, ByYear)
    assert twice.by_contract_year == (68849, 72660)  # quoted text is rounded at each factor


def test_what_an_overlay_of_its_own_sets_is_the_scenarios_to_those_given() -> None:
    early, late = with_own(SCHEDULES, TENTH).deal.schedules
    assert early.prices["engagement"] == 77000
    assert early.prices["job_start"] == ByYear(by_contract_year=[4400, 5500])  # type: ignore[arg-type]
    assert late.prices == {}
    with pytest.raises(Exception, match='overlay "own" changes this value too'):
        with_own(SCHEDULES, TENTH.removeprefix(COMPOSE))
    with pytest.raises(Exception, match='overlay "a" changes this value too'):
        with_own("", "set: {deal.rate_card.0.price: 5}\n", TENTH)


@pytest.mark.parametrize(
    "path", ["deal.schedules.*.prices.*", "deal.investment.tranches.*.commitment", "deal.indices.*.base"]
)
def test_a_pattern_changes_nothing_where_a_list_is_left_out(path: str) -> None:
    assert overlaid(f'multiply: {{"{path}": 2}}\n').digest == overlaid().digest


def test_a_pattern_changes_nothing_where_a_list_is_empty() -> None:
    assert with_own("set: {deal.costs: []}\n", 'multiply: {"deal.costs.*.total": 2}\n').deal.costs == ()


UNKNOWN = [
    ("deal.rate_card.jub*.price", 'there is no "jub*" in deal.rate_card'),
    ("deal.rate_card.*.pirce", 'there is no "pirce" in deal.rate_card.*; did you mean "price"?'),
    ("deal.schedlues.*.prices.*", 'there is no "schedlues" in deal'),
    ("rate_card.*.price", 'there is no "rate_card" in the scenario; did you mean "deal.rate_card.*.price"?'),
    ("assumptions.*_rat", 'there is no "*_rat" in assumptions; did you mean "job_rate"?'),
    ("deal.costs.*.total.pounds", 'there is no "pounds" in deal.costs.*.total'),
]


@pytest.mark.parametrize(("path", "said"), UNKNOWN)
def test_a_pattern_that_fits_nothing_is_refused(path: str, said: str) -> None:
    found = refusal(f'multiply: {{"{path}": 2}}\n')
    assert found[0] == "a.yaml has 1 problem"
    assert found[1].startswith(f"  line 5   multiply.{path}: unknown parameter: {said}")


def test_what_patterns_match_is_changed_once() -> None:
    both = 'set: {"deal.rate_card.*.price": 5, "deal.rate_card.sustain*.price": 6}\n'
    assert refusal(both) == [
        "a.yaml has 1 problem",
        "  line 5   set.deal.rate_card.sustain*.price: this overlay changes this value too; keep one",
    ]
    named, way_out = "set: {deal.rate_card.job_start.price: 5}\n", ", or let the later one `compose: replace`"
    said = f'set.deal.rate_card.job_start.price: overlay "a" changes this value too; keep one{way_out}'
    assert refusal('set: {"deal.rate_card.*.price": 5}\n', named) == ["b.yaml has 1 problem", f"  line 5   {said}"]
    assert prices(overlaid('set: {"deal.rate_card.*.price": 5}\n', "compose: replace\n" + named))[:2] == [500, 500]


def test_only_numbers_that_a_pattern_matches_can_be_multiplied() -> None:
    found = refusal('multiply: {"deal.rate_card.*.count_cap": 2}\n')
    assert found[1:] == ["  line 5   multiply.deal.rate_card.*.count_cap: only a number can be multiplied"]


def test_a_term_that_patterns_change_is_said_to_be_the_overlays() -> None:
    said = [each for each in explain(overlaid(TENTH)) if each.source.startswith('overlay "T"')]
    assert {each.path.split(".")[1] for each in said} >= {f"rate_card[{i}]" for i in range(4)}
    assert all(each.path.startswith("deal.rate_card") for each in said)


def test_an_optional_term_is_set_on_every_entry() -> None:
    index = "{name: wages, base: 2021-04-01, values: [{from: 2021-04-01, index: 100}]}"
    body = f'set: {{"deal.rate_card.*.indexed_by": wages, deal.indices: [{index}]}}\n'
    assert [each.indexed_by for each in overlaid(body).deal.rate_card] == ["wages"] * 4


def test_a_day_may_count_months_from_the_first_day_of_service() -> None:
    ending = (
        "{form: authority_convenience, notice_given: month 3, notice_months: 3, achieved_is_paid: true, compensation: none, "
        "compensation_return: 0, wind_down_cost: 0}"
    )
    window = "windows: [{rate: job, from: month 0, to: month 6, multiply: 0.5, source: Choice, quality: E}]\n"
    scenario = overlaid(f"set: {{deal.early_termination: {ending}}}\n{window}")
    assert scenario.deal.early_termination is not None
    assert scenario.deal.early_termination.notice_given == date(2021, 7, 1)
    (found,) = scenario.assumptions.windows
    assert (found.start, found.end) == (date(2021, 4, 1), date(2021, 10, 1))
    assert scenario.overlays[0].windows[0]["from"] == "month 0"


def test_days_that_count_months_are_within_lists_and_clamp() -> None:
    scenario = tiny_scenario(
        Path(), ("service_start: 2021-04-01", "service_start: 2021-03-31"),
        overlays=[write("a", "set: {deal.staffing.specialists: [{posts: 1, from: month 0}, {posts: 1, from: month 1}]}\n")],
    )  # fmt: skip
    assert [posts.start for posts in scenario.deal.staffing.specialists] == [date(2021, 3, 31), date(2021, 4, 30)]


@pytest.mark.parametrize("text", ["month", "month -1", "Month 3", "month 3.5", "in month 3"])
def test_other_words_are_no_days(text: str) -> None:
    found = refusal(f"windows: [{{rate: job, from: {text}, to: month 9, multiply: 1, source: Some, quality: E}}]\n")
    assert found == [
        "a.yaml has 1 problem",
        f'  line 5   assumptions.windows[0].from: "{text}" is not a date; write year-month-day, for example 2021-04-01',
    ]


def test_windows_that_count_months_conflict_by_their_days() -> None:
    body = "windows: [{rate: job, from: %s, to: %s, multiply: 0.5, source: Choice, quality: E}]\n"
    assert (
        "changes this rate on the same days"
        in refusal(body % ("month 0", "month 3"), body % ("2021-06-30", "2022-01-01"))[1]
    )
    assert len(overlaid(body % ("month 0", "month 3"), body % ("2021-07-01", "2022-01-01")).assumptions.windows) == 2


FACTOR = "{distribution: lognormal, median: 1, sigma: 1, unit: factor, source: A choice, quality: E}"


def test_an_overlay_brings_its_own_uncertain_factor() -> None:
    window = "windows: [{rate: job, from: month 0, to: month 6, multiply: slump, power: -0.25, source: Choice, quality: E}]\n"
    scenario = overlaid(f"set: {{assumptions.factors.slump: {FACTOR}}}\n{window}", "set: {assumptions.job_rate: 0.1}\n")
    assert list(scenario.assumptions.factors) == ["slump"]
    assert scenario.assumptions.windows[0].power == -0.25
    two = [
        f"set: {{assumptions.factors.{name}: {FACTOR}}}\n{window.replace('slump', name)}" for name in ("one", "other")
    ]
    assert list(overlaid(*(COMPOSE + each for each in two)).assumptions.factors) == ["one", "other"]
    assert overlaid("set: {assumptions.job_rate: 0.1}\n").assumptions.factors == {}


def test_overlays_made_in_python_have_patterns_and_months() -> None:
    window = {"rate": "job", "from": "month 0", "to": "month 6", "multiply": 0.5, "source": "Choice", "quality": "E"}
    made = Overlay(
        overlay="a", title="T", description="D", source="Here", multiply={"deal.rate_card.*.price": 2.0}, windows=(window,)
    )  # fmt: skip
    scenario = load_scenario(tiny_file(Path()), [made])
    assert prices(scenario)[0] == 113800
    assert scenario.assumptions.windows[0].end == date(2021, 10, 1)


def test_a_source_goes_with_the_term_that_is_set_to_nothing() -> None:
    calendar = "[{use: original, from: 2021-04-01, to: 2022-04-01}]"
    own = f"set: {{deal.provider.schedule_calendar: {calendar}}}\n"
    assert "provider.schedule_calendar" in with_own(own).deal.sources
    bare = with_own(own, "compose: replace\nset: {deal.provider.schedule_calendar: []}\n")
    assert bare.deal.provider.schedule_calendar == ()
    assert "provider.schedule_calendar" not in bare.deal.sources
    assert bare.digest == tiny_scenario(Path()).digest


@pytest.mark.parametrize("order", [1, -1])
def test_patterns_of_factors_stand_for_what_there_is_when_all_is_set(order: int) -> None:
    none = 'compose: replace\nset: {"deal.schedules.*.prices": {}}\n'
    bodies = [none, TENTH][::order]
    early, _ = with_own(SCHEDULES, *bodies).deal.schedules
    assert early.prices == {}
    assert with_own(SCHEDULES, *bodies).deal.rate_card[0].price == 62590
    gone = ["compose: replace\nset: {deal.schedules: [], deal.schedule_calendar: []}\n", TENTH][::order]
    assert with_own(SCHEDULES, *gone).deal.schedules == ()
