"""Overlays set, multiply and add windows, in order of precedence, and never silently undo one another."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.progress import quarter_ends, watch
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario
from tests.tiny import TINY, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

JOB_WINDOW = "windows:\n  - {rate: job, from: 2021-05-01, to: 2021-08-01, multiply: 0.5, source: Choice, quality: E}\n"
COMPOSE = "compose: multiply\n"
SLOWER = "multiply: {assumptions.job_rate: 0.8}\n"


def write(name: str, body: str) -> str:
    """Return the file name of an overlay of a body written into the working folder; its body begins on line 5."""
    path = Path(f"{name}.yaml")
    path.write_text(f"overlay: {name}\ntitle: T\ndescription: D\nsource: Somewhere\n{body}", encoding="utf-8")
    return str(path)


def overlaid(*bodies: str) -> Scenario:
    """Return the tiny scenario with overlays `a`, `b`, ... of these bodies."""
    return tiny_scenario(Path(), overlays=[write("abc"[i], body) for i, body in enumerate(bodies)])


def refusal(*bodies: str) -> list[str]:
    """Return the lines of what is said of overlays `a`, `b`, ..."""
    with pytest.raises(ScenarioError) as refused:
        overlaid(*bodies)
    return str(refused.value).splitlines()


def test_a_value_is_set_by_name_or_position() -> None:
    scenario = overlaid("set: {deal.rate_card.job_start.price: 5000, 'deal.rate_card[0].price': \"600.50\"}\n")
    assert [outcome.price for outcome in scenario.deal.rate_card[:2]] == [60050, 500000]


def test_a_number_set_on_an_assumption_fixes_it_with_the_overlays_source() -> None:
    job_rate = overlaid("set: {assumptions.job_rate: 0.05}\n").assumptions.job_rate
    assert job_rate.model_dump() == {
        "value": 0.05, "unit": "per month", "source": "Somewhere", "quality": "D", "multiply": 1.0,
    }  # fmt: skip


def test_a_list_is_set_whole() -> None:
    assert overlaid("set:\n  deal.costs: []\n").deal.costs == ()


@pytest.mark.parametrize("term", ["indices", "schedules", "activity_payments", "carried_over_outcomes"])
def test_a_list_that_the_deal_leaves_out_may_be_set_to_nothing(term: str) -> None:
    assert getattr(overlaid(f"set:\n  deal.{term}: []\n").deal, term) == ()


def test_money_is_multiplied_to_the_penny_and_other_numbers_exactly() -> None:
    scenario = overlaid("multiply: {deal.rate_card.engagement.price: 1.0333, deal.staffing.caseload_limit: 0.93}\n")
    assert scenario.deal.rate_card[0].price == 58795  # £587.9477
    assert scenario.deal.staffing.caseload_limit == 20 * 0.93


def test_a_distribution_is_multiplied_whole() -> None:
    job_rate = overlaid(SLOWER).assumptions.job_rate
    assert (job_rate.multiply, job_rate.distribution) == (0.8, "lognormal")  # type: ignore[union-attr]


def test_composed_products_are_rounded_once() -> None:
    third = COMPOSE + "multiply: {deal.rate_card.engagement.price: 0.333, assumptions.job_rate: 0.5}\n"
    scenario = overlaid(third, third)
    assert scenario.deal.rate_card[0].price == round(56900 * 0.333 * 0.333)
    assert scenario.assumptions.job_rate.multiply == 0.25


def test_windows_are_added_with_their_lines() -> None:
    scenario = overlaid(JOB_WINDOW, JOB_WINDOW.replace("2021", "2031"))
    assert [(window.rate, window.multiply) for window in scenario.assumptions.windows] == [("job", 0.5)] * 2
    assert str(scenario.warnings[0]) == (
        "line 6   assumptions.windows[1]: the window 2031-05-01 to 2031-08-01 lies outside the term and changes nothing"
    )
    assert (scenario.warnings[0].file, scenario.warnings[0].code) == ("b.yaml", "STRESS_NO_EFFECT")


def test_names_and_order_of_precedence() -> None:
    Path("stresses").mkdir()
    Path("stresses/own.yaml").write_text(Path(write("own", SLOWER)).read_text(encoding="utf-8"), encoding="utf-8")
    edits = [("scenario: tiny", "scenario: tiny\noverlays: [stresses/own.yaml]")]
    scenario = tiny_scenario(Path(), *edits, overlays=[write("later", "set: {deal.lags.preset: B}\n")])
    assert scenario.name == "tiny+own+later"
    assert (scenario.assumptions.job_rate.multiply, scenario.deal.lags.origin) == (0.8, "achievement")


def test_an_overlay_may_be_for_one_deal_alone() -> None:
    assert overlaid("deal: Tiny\n").overlays[0].deal == "Tiny"
    assert refusal("deal: Large\n") == [
        "a.yaml has 1 problem", '  line 5   deal: this overlay is for the deal "Large"; the scenario\'s deal is "Tiny"',
    ]  # fmt: skip


def test_a_scenario_keeps_the_overlay_files_it_was_given() -> None:
    write("own", SLOWER)
    edits = [("scenario: tiny", "scenario: tiny\noverlays: [own.yaml]")]
    given = [write("later", "set: {deal.lags.preset: B}\n")]
    assert tiny_scenario(Path(), *edits, overlays=given).overlay_files == ("later.yaml",)


def test_an_overlays_own_source_is_blamed_on_the_overlay() -> None:
    Path("a.yaml").write_text("overlay: a\ntitle: T\ndescription: D\nsource: x\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), overlays=["a.yaml"])
    assert str(refused.value).splitlines()[0] == "a.yaml has 1 problem"
    assert [(problem.line, problem.path) for problem in refused.value.problems] == [(4, "source")]


def test_the_scenarios_own_overlay_and_a_given_one_conflict_too() -> None:
    write("own", "set: {deal.lags.preset: C}\n")
    edits = [("scenario: tiny", "scenario: tiny\noverlays: [own.yaml]")]
    with pytest.raises(ScenarioError, match='overlay "own" changes this value too; keep one'):
        tiny_scenario(Path(), *edits, overlays=[write("later", "set: {deal.lags.preset: B}\n")])


REPLACE = ", or let the later one `compose: replace`"
CONFLICTS = [
    ("set: {deal.lags.preset: B}\n", "set: {deal.lags.preset: C}\n", "set.deal.lags.preset", REPLACE),
    ("compose: replace\nset: {deal.lags.preset: B}\n", "set:\n  deal.lags: {preset: C}\n", "set.deal.lags", REPLACE),
    ("set: {assumptions.job_rate: 1}\n", "compose: replace\n" + SLOWER, "multiply.assumptions.job_rate", ""),
    (SLOWER, "compose: replace\nset: {assumptions.job_rate: 1}\n", "set.assumptions.job_rate", ""),
    ("set: {assumptions.job_rate: 1}\n", SLOWER, "multiply.assumptions.job_rate", ""),
    ("set: {deal.rate_card.0.price: 1}\n", COMPOSE + "multiply: {deal.rate_card.engagement.price: 2}\n",
     "multiply.deal.rate_card.engagement.price", ""),
    ("set: {deal.costs: []}\n", "set: {deal.costs.0.total: 5}\n", "set.deal.costs.0.total", REPLACE),
    (SLOWER, SLOWER, "multiply.assumptions.job_rate", ", or let both `compose: multiply`"),
    (COMPOSE + SLOWER, SLOWER, "multiply.assumptions.job_rate", ", or let both `compose: multiply`"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "path", "way_out"), CONFLICTS)
def test_two_overlays_of_one_value_conflict(first: str, second: str, path: str, way_out: str) -> None:
    line = 4 + len(second.splitlines())
    said = f'  line {line:<3} {path}: overlay "a" changes this value too; keep one{way_out}'
    assert refusal(first, second) == ["b.yaml has 1 problem", said]


def test_an_overlay_that_replaces_has_the_last_word() -> None:
    price, fixed = "set: {deal.rate_card.0.price: %s}\n", "set: {assumptions.job_rate: %s}\n"
    replaced = overlaid(price % 700, "compose: replace\n" + price % 800, "compose: replace\n" + price % 900)
    assert replaced.deal.rate_card[0].price == 90000
    job_rate = overlaid(fixed % 0.05, "compose: replace\n" + fixed % 0.07).assumptions.job_rate
    assert getattr(job_rate, "value", None) == 0.07
    assert "or let the later one" in refusal("compose: replace\n" + price % 700, price % 800)[1]


LONGER = """\
deal: Haringey and Barnet
compose: replace
set:
  deal.term.term_end: 2024-04-01
  deal.schedule_calendar:
    - {use: original, from: 2019-04-01, to: 2020-04-01}
    - {use: activity, from: 2020-04-01, to: 2020-10-01}
    - {use: original, from: 2020-10-01, to: 2024-04-01}
"""


def test_a_running_deal_is_extended_over_its_history() -> None:
    name = "scenarios/running/haringey_barnet.yaml"
    running, longer = load_scenario(name), load_scenario(name, [write("longer", LONGER)])
    assert (running.deal.term.term_end, longer.deal.term.term_end) == (date(2023, 4, 1), date(2024, 4, 1))
    assert longer.deal.schedule_calendar[-1].end == date(2024, 4, 1)
    assert longer.deal.schedule_calendar[:-1] == running.deal.schedule_calendar[:-1]
    quarters = quarter_ends(date(2019, 4, 1), date(2023, 3, 31))
    before, after = (watch(each, 1, 0, 30, quarters).progress["referral"] for each in (running, longer))
    later = watch(longer, 1, 0, 30, quarter_ends(date(2023, 4, 1), date(2024, 3, 31))).progress["referral"]
    assert (before == after).all()
    assert (later[:, -1] > after[:, -1]).mean() > 0.9
    assert "or let the later one `compose: replace`" in str(_refused(name, LONGER.replace("compose: replace\n", "")))


def _refused(name: str, body: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(name, [write("longer", body)])
    return refused.value


def test_windows_of_one_rate_on_the_same_days_conflict_unless_composed() -> None:
    later = JOB_WINDOW.replace("2021-05-01", "2021-07-31")
    assert refusal(JOB_WINDOW, later) == [
        "b.yaml has 1 problem",
        '  line 6   windows[0]: overlay "a" changes this rate on the same days; let both `compose: multiply`',
    ]
    assert len(overlaid(COMPOSE + JOB_WINDOW, COMPOSE + later).assumptions.windows) == 2


@pytest.mark.parametrize(
    "second",
    [
        JOB_WINDOW.replace("to: 2021-08-01", "to: 2021-09-01").replace("from: 2021-05-01", "from: 2021-08-01"),
        JOB_WINDOW.replace("rate: job", "rate: job_loss"),
    ],
)
def test_windows_of_other_days_or_rates_do_not_conflict(second: str) -> None:
    assert len(overlaid(JOB_WINDOW, second).assumptions.windows) == 2


def test_one_overlay_changes_a_value_once() -> None:
    body = "set: {deal.rate_card.0.price: 5}\nmultiply: {deal.rate_card.engagement.price: 2}\n"
    assert refusal(COMPOSE + body) == [
        "a.yaml has 1 problem",
        "  line 7   multiply.deal.rate_card.engagement.price: this overlay changes this value too; keep one",
    ]


UNKNOWN = [
    ("deal.rate_card.job_strat.price", 'there is no "job_strat" in deal.rate_card; did you mean "job_start"?'),
    ("deal.rate_card.job_start.pirce", 'there is no "pirce" in deal.rate_card.job_start; did you mean "price"?'),
    ("rate_card.job_start.price",
     'there is no "rate_card" in the scenario; did you mean "deal.rate_card.job_start.price"?'),
    ("job_rate", 'there is no "job_rate" in the scenario; did you mean "assumptions.job_rate"?'),
    ("assumptions.job_rat", 'there is no "job_rat" in assumptions; did you mean "job_rate"?'),
    ("dael.term", 'there is no "dael" in the scenario; did you mean "deal"?'),
    ("deal.funders.locl.days", 'there is no "locl" in deal.funders; did you mean "local"?'),
    ("deal.rate_card[9].price", 'there is no "9" in deal.rate_card'),
    ("deal.term.term_end.day", 'there is no "day" in deal.term.term_end'),
    ("deal.foo", 'there is no "foo" in deal'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "said"), UNKNOWN)
def test_an_unknown_parameter_is_answered_with_the_nearest(path: str, said: str) -> None:
    body = f'multiply: {{"{path}": 2}}\n'
    assert refusal(body) == ["a.yaml has 1 problem", f"  line 5   multiply.{path}: unknown parameter: {said}"]


BAD = [
    ("sett: {a: 1}\n", 'sett: unknown name; did you mean "set"?'),
    ("set:\n", "set: has no value"),
    ("compose: add\n", 'compose: must be "multiply" or "replace", not "add"'),
    ("multiply: {deal.term: lots}\n", 'multiply.deal.term: "lots" is not a number'),
    ("multiply: {deal.name: 2}\n", "multiply.deal.name: only a number can be multiplied"),
    ("multiply: {deal.lags: 2}\n", "multiply.deal.lags: only a number can be multiplied"),
    ("multiply: {deal.investment.recycling: 2}\n",
     "multiply.deal.investment.recycling: only a number can be multiplied"),
    ("multiply: {deal.rate_card.0.count_cap: 2}\n",
     "multiply.deal.rate_card.0.count_cap: only a number can be multiplied"),
    ("multiply: {deal.staffing.specialists.0.posts: 1.5}\n",
     "deal.staffing.specialists[0].posts: 1.5 is not a whole number"),
    ("multiply: {assumptions.job_rate: -1}\n", "assumptions.job_rate.multiply: cannot be -1.0; it must be above 0"),
    ("multiply: {assumptions.certificate_probability: 1.1}\n",
     "assumptions.certificate_probability: multiplied by 1.1 it could be 1.1, and a probability cannot be above 1"),
    ("multiply: {deal.rate_card.0.price: -1}\n",
     "deal.rate_card[0].price: an amount of money cannot be -569.00; it must be 0 or more"),
    ("set: {deal.rate_card.0.price: 568.99}\n",
     'deal.rate_card[0].price: 568.99 is not exact; write whole pounds or quoted text, "568.99"'),
    ("set: {assumptions.job_rate: fast}\n", 'assumptions.job_rate: "fast" is not a set of names and values'),
    ("set: {assumptions.job_rate: true}\n", "assumptions.job_rate: true is not a set of names and values"),
    ("set: {deal.lags: {preset: D}}\n", 'deal.lags.from: must be "referral", "achievement" or "none", not "D"'),
    ("set: {deal.lags.preset: B, deal.lags.preset: C}\n",
     "set.deal.lags.preset: stands here again; it was given on line 5"),
    ("windows: [{rate: job, from: 2021-05-01, to: 2021-05-01, multiply: 1, source: abc, quality: E}]\n",
     "assumptions.windows[0]: the window ends (2021-05-01) before it begins (2021-05-01)"),
    ("windows: [{rate: jobs, from: 2021-05-01, to: 2021-06-01, multiply: 1, source: abc, quality: E}]\n",
     'assumptions.windows[0].rate: must be "referral", "engagement", "job", "disengagement", "job_loss", '
     '"reemployment" or "evidence", not "jobs"; did you mean "job"?'),
    ("windows: [{from: 2021-05-01, to: 2021-06-01, multiply: 1, source: abc, quality: E}]\n",
     "assumptions.windows[0].rate: is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), BAD)
def test_a_bad_overlay_is_named_with_its_own_line(body: str, said: str) -> None:
    assert refusal(body) == ["a.yaml has 1 problem", f"  line 5   {said}"]


def test_a_set_of_several_lines_points_to_the_wrong_one() -> None:
    body = "set:\n  deal.lags:\n    from: referral\n    until: now\n"
    assert refusal(body) == ["a.yaml has 1 problem", "  line 8   deal.lags.until: unknown name"]


def test_problems_of_scenario_and_overlays_are_said_at_once() -> None:
    given: Sequence[str] = ["nowhere.yaml", write("a", "compose: add\n"), write("b", "set: {deal.foo: 1}\n")]
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), ("seed: 2026", "seed: -1"), overlays=given)
    assert [(problem.file, problem.code) for problem in refused.value.problems] == [
        ("a.yaml", "CHOICE"),
        ("b.yaml", "UNKNOWN_PARAMETER"),
        ("nowhere.yaml", "FILE"),
        ("tiny.yaml", "SEED"),
    ]


def test_an_unread_deal_makes_no_parameter_unknown() -> None:
    text = TINY.read_text(encoding="utf-8")
    start, end = text.index("\ndeal:"), text.index("\nassumptions:")
    Path("tiny.yaml").write_text(text[:start] + "\ndeal: gone.yaml" + text[end:], encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario("tiny.yaml", [write("a", "set: {deal.lags.preset: B}\n")])
    assert [problem.code for problem in refused.value.problems] == ["FILE"]


def test_an_empty_overlay_file_has_no_value() -> None:
    Path("empty.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"empty\.yaml has 1 problem\n  whole file has no value"):
        tiny_scenario(Path(), overlays=["empty.yaml"])
