"""New values by path in Python, and levers by name: what they come to, what they are called, and what is refused."""

import pickle
import re
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pytest

import simulator as sib
from simulator.errors import ScenarioError, SibError
from simulator.scenario.distributions import Beta, Lognormal
from simulator.scenario.load import document_of, load_scenario
from simulator.scenario.model import Overlay, Scenario
from simulator.scenario.value_names import LONGEST_NAME, heading_of, name_of
from tests.tiny import TINY

PRICE = "deal.rate_card.job_start.price"


def changing(name: str, compose: Literal["multiply", "replace"] | None = None, **changes: Any) -> Overlay:  # noqa: ANN401 - what an overlay takes
    return Overlay(overlay=name, title=name, description="D", source="A test", compose=compose, **changes)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario(TINY)


def refusal(base: Scenario, values: dict[str, Any]) -> list[str]:
    """Return what is said of values that are refused, without their places."""
    with pytest.raises(ScenarioError) as refused:
        base.with_values(values)
    return [f"{each.path}: {each.message}" for each in refused.value.problems]


def test_a_number_fixes_an_assumption_in_its_own_unit(base: Scenario) -> None:
    made = base.with_values({"assumptions.patience": 120, "assumptions.job_rate": np.float64(0.07)})
    assert made.assumptions.patience.model_dump() == {
        "value": 120, "unit": "days", "source": "Set in Python", "quality": "D", "multiply": 1.0,
    }  # fmt: skip
    assert made.assumptions.job_rate.support() == (0.07, 0.07)
    assert made.assumptions.job_rate.unit == "per month"
    assert base.assumptions.patience.support() == (180.0, 180.0)


def test_nothing_new_is_the_scenario_itself(base: Scenario) -> None:
    assert base.with_values({}) is base


@pytest.mark.parametrize(
    ("amount", "pence"),
    [
        (4500, 450000), ("4500.50", 450050), (4500.5, 450050), (Decimal("4500.50"), 450050), (Decimal(4500), 450000),
        (np.float64(0.29), 29), (np.int64(7), 700),
    ],
)  # fmt: skip
def test_money_is_in_pounds(base: Scenario, amount: object, pence: int) -> None:
    assert base.with_values({"deal.rate_card.job_start.price": amount}).deal.rate_card[1].price == pence


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (4500.005, "4500.005 has fractions of a penny"),
        (Decimal("0.001"), "0.001 has fractions of a penny"),
        ("4,500", '"4,500" is not an amount of money; write 4500.00'),
        (-1, "an amount of money cannot be -1.00; it must be 0 or more"),
        (float("inf"), "inf is not an amount of money"),
    ],
)
def test_what_is_no_amount_of_whole_pennies_is_refused(base: Scenario, amount: object, message: str) -> None:
    assert refusal(base, {"deal.total_cap.pounds": amount}) == [f"deal.total_cap.pounds: {message}"]


def test_money_within_lists_is_in_pounds_too(base: Scenario) -> None:
    price = {"by_contract_year": (500.5, Decimal("600.25"))}
    made = base.with_values({"deal.rate_card.engagement.price": price})
    assert made.deal.rate_card[0].price.by_contract_year == (50050, 60025)  # type: ignore[union-attr]


def test_dates_are_dates(base: Scenario) -> None:
    day = date(2022, 6, 30)
    made = base.with_values({"deal.investment.settlement_date": day})
    assert made.deal.investment.settlement_date == day
    assert made.title.endswith("; investment: settlement date set to 2022-06-30")


def test_distributions_take_unit_source_and_grade_from_where_they_are_set(base: Scenario) -> None:
    values = {
        "assumptions.patience": sib.lognormal(median=180, sigma=0.5),
        "assumptions.engagement_probability": sib.beta(0.6, concentration=40, source="Smith 2020", quality="C"),
        "assumptions.vacancy_median": sib.uniform(4, 8, unit="weeks"),
        "assumptions.confirmation_median": sib.triangular(10, 20, 40),
        "assumptions.job_loss_rate": sib.fixed(0.03),
    }
    found = base.with_values(values).assumptions
    assert found.patience == Lognormal(
        distribution="lognormal", median=180, sigma=0.5, unit="days", source="Set in Python", quality="D"
    )
    assert found.engagement_probability == Beta(
        distribution="beta", mean=0.6, concentration=40, unit="probability", source="Smith 2020", quality="C"
    )
    assert (found.vacancy_median.unit, found.vacancy_median.support()) == ("weeks", (4.0, 8.0))
    assert found.confirmation_median.support() == (10.0, 40.0)
    assert found.job_loss_rate.support() == (0.03, 0.03)


def test_an_overlay_takes_distributions_too_with_its_own_source(base: Scenario) -> None:
    overlay = Overlay(
        overlay="o",
        title="T",
        description="D",
        source="A paper",
        quality="C",
        set={"assumptions.patience": sib.uniform(1, 2)},
    )
    found = sib.with_overlays(base, [overlay]).assumptions.patience
    assert (found.unit, found.source, found.quality) == ("days", "A paper", "C")


def test_patterns_stand_for_all_that_they_match(base: Scenario) -> None:
    made = base.with_values({"deal.rate_card.*.price": 100, "assumptions.job_loss_*rate": sib.fixed(0.01)})
    assert [each.price for each in made.deal.rate_card] == [10000] * 4
    assert made.assumptions.job_loss_rate.support() == (0.01, 0.01)
    assert made.title.endswith("rate card: each: price at £100.00, job loss *rate at 0.01 per month")


def test_every_wrong_path_and_value_is_named_with_the_nearest_right_name(base: Scenario) -> None:
    values = {
        "assumptions.patiense": 90,
        "patience": 90,
        "deal.rate_card.job_strat.price": 1,
        "assumptions.engagement_probability": 29,
        "assumptions.job_rate": sib.lognormal(median=-1, sigma=0.5),
        "deal.term.term_end": "soon",
        "deal.costs": object(),
    }
    assert refusal(base, values) == [
        "assumptions.engagement_probability: a probability cannot be 29; did you mean 0.29?",
        "assumptions.job_rate.median: cannot be -1; it must be above 0",
        'assumptions.patiense: unknown parameter: there is no "patiense" in assumptions; did you mean "patience"?',
        "deal.costs: a value of the type object cannot stand in a scenario: give a number, text, a date, a list, names and "
        "values, or a distribution, as `simulator.lognormal(...)`",
        'deal.rate_card.job_strat.price: unknown parameter: there is no "job_strat" in deal.rate_card; did you mean '
        '"job_start"?',
        'deal.term.term_end: "soon" is not a date; write year-month-day, for example 2021-04-01',
        'patience: unknown parameter: there is no "patience" in the scenario; did you mean "assumptions.patience"?',
    ]


def test_a_refusal_names_the_values_and_no_file(base: Scenario) -> None:
    with pytest.raises(ScenarioError) as refused:
        base.with_values({"assumptions.pateince": 3})
    assert str(refused.value) == (
        "with_values has 1 problem\n"
        '  assumptions.pateince: unknown parameter: there is no "pateince" in assumptions; did you mean "patience"?'
    )


def test_a_value_within_one_that_is_set_too_is_refused(base: Scenario) -> None:
    values = {"deal.total_cap": 5, "deal.total_cap.pounds": 6}
    assert 'deal.total_cap.pounds: "deal.total_cap" changes this value too; keep one' in refusal(base, values)


@pytest.mark.parametrize("value", [sib.lognormal(median=3, sigma=1), sib.fixed(3)])
@pytest.mark.parametrize("path", [PRICE, "deal.rate_card.0.target", "settings.seed"])
def test_only_assumptions_take_distributions(base: Scenario, path: str, value: object) -> None:
    said = "is no assumption, and only assumptions take distributions; give a number"
    assert refusal(base, {path: value}) == [f"{path}: {said}"]
    with pytest.raises(ScenarioError) as refused:
        sib.with_overlays(base, [changing("odd", set={path: value})])
    assert str(refused.value) == f'overlay "odd" has 1 problem\n  set.{path}: {said}'


def test_a_distribution_is_not_within_anything(base: Scenario) -> None:
    said = "a distribution is set on the path of an assumption, not within a list or names and values"
    assert refusal(base, {PRICE: {"by_contract_year": [sib.fixed(3)]}}) == [f"{PRICE}: {said}"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (sib.fixed("abc"), 'value: "abc" is not a number'),  # type: ignore[arg-type]
        (sib.lognormal(median="a", sigma=0.5), 'median: "a" is not a number'),  # type: ignore[arg-type]
        (sib.beta([0.5], sd=0.1), "mean: a list is not a number"),  # type: ignore[arg-type]
    ],
)
def test_a_parameter_that_is_no_number_is_said_where_it_is_set(base: Scenario, value: object, said: str) -> None:
    assert refusal(base, {"assumptions.patience": value}) == [f"assumptions.patience.{said}"]


def test_parameters_may_be_numbers_of_numpy(base: Scenario) -> None:
    made = base.with_values({"assumptions.patience": sib.uniform(np.int64(3), np.float64(4))})  # type: ignore[arg-type]
    assert made.assumptions.patience.support() == (3.0, 4.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([("a", 1)], 'new values are given by path, as {"assumptions.patience": 90}, not as a list'),
        ([], 'new values are given by path, as {"assumptions.patience": 90}, not as a list'),
        ({3: 0.5}, 'with_values has 1 problem\n  3: a path is text, as "assumptions.patience"'),
    ],
)
def test_values_go_by_path(base: Scenario, values: Any, said: str) -> None:  # noqa: ANN401 - of any kind
    with pytest.raises(SibError) as refused:
        base.with_values(values)
    assert str(refused.value) == said


@pytest.mark.parametrize("name", ["scenario", "title", "description", "running", "overlays"])
def test_values_do_not_say_which_scenario_it_is(base: Scenario, name: str) -> None:
    said = "says which scenario this is; new values are for the deal, assumptions and settings"
    assert refusal(base, {name: "other"}) == [f"{name}: {said}"]


LEFT_OUT = ("search_delay", "carried_over_waiting", "job_loss_early_factor", "job_loss_early_period")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Return the tiny scenario without some that may be left out."""
    file = tmp_path_factory.mktemp("bare") / "bare.yaml"
    lines = [
        line for line in TINY.read_text(encoding="utf-8").splitlines() if line.strip().split(":")[0] not in LEFT_OUT
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return load_scenario(file)


def test_what_is_left_out_takes_the_only_unit_that_there_is(bare: Scenario) -> None:
    made = bare.with_values({
        "assumptions.carried_over_waiting": 3, "assumptions.job_loss_early_factor": sib.uniform(1, 2),
        "assumptions.job_loss_early_period": sib.fixed(6, unit="weeks"),
        "assumptions.carried_over_period": sib.fixed(9, unit="weeks"),
    }).assumptions  # fmt: skip
    assert made.carried_over_waiting is not None
    assert made.job_loss_early_factor is not None
    assert (made.carried_over_waiting.unit, made.job_loss_early_factor.unit) == ("people", "factor")
    assert "carried over waiting at 3 people" in bare.with_values({"assumptions.carried_over_waiting": 3}).title


def test_what_is_left_out_or_none_needs_a_unit_where_several_are_right(bare: Scenario) -> None:
    said = "has no unit here that a number could take: say whether it is in days or weeks or months or years, as"
    assert refusal(bare, {"assumptions.search_delay": 3}) == [
        f'assumptions.search_delay: {said} simulator.fixed(3, unit="days")'
    ]
    spread = sib.uniform(1, 2)
    assert refusal(bare, {"assumptions.search_delay": spread}) == [f'assumptions.search_delay: {said} unit="days"']
    assert (
        bare.with_values({"assumptions.search_delay": sib.fixed(3, unit="days")}).assumptions.search_delay is not None
    )
    none = bare.with_values({"assumptions.search_limit": "none"})
    assert refusal(none, {"assumptions.search_limit": 9})[0].startswith(f"assumptions.search_limit: {said}")
    assert bare.with_values({"assumptions.pool_size": "none"}).digest == bare.digest


@pytest.mark.parametrize(
    ("name", "which", "unit"),
    [
        ("search_delay", "left out", "days"),
        ("carried_over_waiting", "left out", "people"),
        ("pool_size", "none", "people"),
    ],
)
def test_what_is_left_out_or_none_is_no_lever_and_how_to_make_it_one_is_said(
    bare: Scenario, name: str, which: str, unit: str
) -> None:
    path = f"assumptions.{name}"
    with pytest.raises(SibError) as refused:
        sib.with_levers(bare, {path: 3})
    assert str(refused.value) == (
        f'"{path}" is {which}, so that there is no number to turn: set one first, as '
        f'`with_values({{"{path}": simulator.fixed(..., unit="{unit}")}})`'
    )


def test_a_rule_that_ties_parts_together_is_said_of_the_values(base: Scenario) -> None:
    with pytest.raises(ScenarioError) as refused:
        base.with_values({"deal.funders.lcf.weight": 43})
    (problem,) = refused.value.problems
    assert problem.message == "the funders' weights add up to 101, not 100"
    assert problem.file == base.file


def test_names_and_headings_say_what_was_set(base: Scenario) -> None:
    made = base.with_values({
        "assumptions.patience": sib.lognormal(median=180, sigma=0.5), "deal.rate_card.job_start.price": 4500,
    })  # fmt: skip
    assert made.title == (
        f"{base.title}; patience at lognormal (median 180, sigma 0.5) days, rate card: job start: price at £4,500.00"
    )
    assert made.name == "tiny+patience_lognormal_median_180_sigma_0_5_job_start_price_4500"
    many = base.with_values(
        {f"deal.rate_card.{number}.price": number for number in range(4)} | {"deal.lags.preset": "C"}
    )
    assert many.title == (
        f"{base.title}; rate card: engagement: price at £0.00, rate card: job start: price at £1.00, "
        "rate card: sustainment under 16: price at £2.00, 2 more"
    )


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("deal.total_cap", {"pounds": 90_000, "policy": "none"}, "total cap changed"),
        ("deal.costs", [], "costs set to none"),
        ("deal.lags.from", "none", "lags: from set to none"),
        ("deal.staffing.specialists.0.posts", 2, "staffing: specialists: number 1: posts at 2"),
        ("assumptions.patience.value", 100, "patience at 100 days"),
        ("assumptions.patience", sib.fixed(6, unit="months"), "patience at 6 months"),
        ("assumptions.job_rate", 0.05940001, "job rate at 0.05940001 per month"),
        ("deal.rate_card.*.price", "12.50", "rate card: each: price at £12.50"),
    ],
)
def test_headings_read_well(base: Scenario, path: str, value: object, said: str) -> None:
    assert heading_of(document_of(base).value, {path: value}) == said


DIFFERENT: list[dict[str, Any]] = [
    {"assumptions.patience": 6}, {"assumptions.patience": sib.fixed(6, unit="months")}, {"assumptions.patience": -6},
    {"assumptions.patience": sib.fixed(6, source="Smith 2020")}, {"assumptions.patience": 6.000000000001},
    {"assumptions.patience": sib.lognormal(median=6, sigma=0.5)},
    {"assumptions.patience": sib.lognormal(median=6.000000000001, sigma=0.5)},
    {"assumptions.job_rate": 0.05940001}, {"assumptions.job_rate": 0.05940002},
    {"deal.lags.from": "B"}, {"deal.lags.from": "b"}, {"deal.costs": []}, {"deal.costs": None}, {"deal.costs": "none"},
    {"deal.costs": [1]}, {"deal.costs": [2]}, {"deal.costs": {"a": 1}},
    {"deal.rate_card.*.price": 1}, {"deal.rate_card.s*.price": 1}, {"deal.rate_card.s.price": 1}, {"deal.schedules.s.price": 1},
    {"deal.investment.tranches.1": 5}, {"deal.investment.tranches": 1.5},
    {"deal.term.term_end": date(2021, 1, 1)}, {"settings.seed": True}, {"settings.seed": 1},
]  # fmt: skip


def test_different_values_have_different_names() -> None:
    names = [name_of(each) for each in DIFFERENT]
    assert len(set(names)) == len(DIFFERENT)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) and len(name) <= LONGEST_NAME for name in names)


@pytest.mark.parametrize("file", [str(TINY), "haringey_barnet", "running/shropshire", "enfield"])
def test_different_paths_have_different_names(file: str) -> None:
    paths = sib.lever_names(load_scenario(file))
    assert len({name_of({path: 1}) for path in paths}) == len(paths)


def test_versions_with_different_values_are_compared(base: Scenario) -> None:
    made = [base.with_values({"assumptions.job_rate": rate}) for rate in (0.05940001, 0.0594000100000001)]
    assert made[0].name != made[1].name
    assert len(sib.compare(made, replications=5, workers=1).names) == 2


def test_names_are_short_and_differ_as_values_do() -> None:
    paths = [f"deal.rate_card.outcome_{number}.price" for number in range(8)]
    one, two = name_of(dict.fromkeys(paths, 1)), name_of(dict.fromkeys(paths, 2))
    assert max(len(one), len(two)) <= LONGEST_NAME
    assert one != two
    assert name_of({"deal.rate_card.0.price": 1}) == "set_0_price_1"


def test_what_is_given_later_applies_to_what_stands_then(base: Scenario) -> None:
    a_tenth = changing("a_tenth", multiply={"assumptions.job_rate": 0.1})
    made = sib.with_overlays(base.with_values({"assumptions.job_rate": 0.06}), [a_tenth])
    assert made.assumptions.job_rate.support() == pytest.approx((0.006, 0.006))
    assert made.name == "tiny+job_rate_0_06+a_tenth"
    for earlier in (base.with_values({PRICE: 4500}), sib.with_levers(base, {"prices": 1.5})):
        later = sib.with_overlays(earlier, [changing("low", set={PRICE: 100})])
        assert later.deal.rate_card[1].price == 10000
        assert later.with_values({PRICE: 200}).deal.rate_card[1].price == 20000
        assert sib.with_levers(later, {"prices": 2}).deal.rate_card[1].price == 20000


def test_overlays_given_at_loading_apply_in_order_whatever_made_them(base: Scenario) -> None:
    lever = sib.lever(base, "prices").overlay(2.0)
    low = changing("low", set={PRICE: 100})
    assert load_scenario(TINY, [lever, low]).deal.rate_card[1].price == 10000
    assert load_scenario(TINY, [low, lever]).deal.rate_card[1].price == 20000


@pytest.mark.parametrize("between", [{}, {"assumptions.patience": 90}, {PRICE: 300}])
def test_overlays_are_in_conflict_whatever_values_stand_between_them(base: Scenario, between: dict[str, Any]) -> None:
    first = sib.with_overlays(base, [changing("first", set={PRICE: 100})]).with_values(between)
    with pytest.raises(ScenarioError) as refused:
        sib.with_overlays(first, [changing("second", set={PRICE: 200})])
    (problem,) = refused.value.problems
    assert problem.message == (
        'overlay "first" changes this value too; keep one, or let the later one `compose: replace`'
    )
    replaced = sib.with_overlays(first, [changing("second", "replace", set={PRICE: 200})])
    assert replaced.deal.rate_card[1].price == 20000


def test_windows_are_in_conflict_whatever_values_stand_between_them(base: Scenario) -> None:
    window = {
        "rate": "job", "from": date(2021, 7, 1), "to": date(2021, 9, 1), "multiply": 0.5, "source": "A test", "quality": "D"
    }  # fmt: skip
    first = sib.with_overlays(base, [changing("first", windows=(window,))]).with_values({"assumptions.patience": 90})
    with pytest.raises(ScenarioError, match='overlay "first" changes this rate on the same days'):
        sib.with_overlays(first, [changing("second", windows=(window,))])


def test_a_stress_on_new_values_changes_what_they_come_to(base: Scenario) -> None:
    made = base.with_values({"assumptions.job_rate": 0.06})
    never = changing("never", multiply={"assumptions.job_rate": 0.001})
    (found,) = sib.stress(made, [never], replications=20, workers=1).tested
    assert found.changes
    assert found.version.scenario.assumptions.job_rate.support()[1] == pytest.approx(0.00006)


def test_levers_are_found_and_turned_by_name(base: Scenario) -> None:
    assert {"prices", "specialists", "rates.job", "assumptions.patience"} <= set(sib.lever_names(base))
    capital = sib.lever(base, "capital")
    assert (capital.base, capital.title, capital.say(8000)) == (7000.0, "capital committed", "£8,000")
    made = sib.with_levers(base, {"prices": 1.1, "specialists": 2})
    assert [each.price for each in made.deal.rate_card] == [62590, 464640, 701690, 862950]
    assert made.deal.staffing.specialists[0].posts == 2
    assert made.name == "tiny+prices_1_1+specialists_2"
    assert made.title == (
        f"{base.title}; level of all prices at \N{MULTIPLICATION SIGN}1.100; specialists, delivery costing as much for each at 2"
    )
    assert sib.with_levers(base, {}) is base


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"price": 1.1}, 'there is no lever "price"; did you mean "prices"?'),
        ({"specialists": 2.5}, '"specialists" takes whole numbers only, not 2.5'),
        ({"specialists": 0}, '"specialists" must be 1 or more, not 0'),
        ({"block_share": 1.5}, '"block_share" must be from 0 to 1, not 1.5'),
        ({"prices": "a"}, '"prices" takes a number, not "a"'),
        ({"prices": True}, '"prices" takes a number, not True'),
        ({"prices": None}, '"prices" takes a number, not None'),
        (
            {"assumptions.job_rate": sib.lognormal(median=0.1, sigma=0.5)},
            '"assumptions.job_rate" takes a number, not a distribution; set it with `with_values({"assumptions.job_rate": ...})`',
        ),
        ({3: 1}, 'a lever is named in text, as "prices", not 3'),
        ([("prices", 1)], 'levers are given by name, as {"prices": 1.1}, not as a list'),
        ({"prices": float("nan")}, '"prices" must be a number, not nan'),
        (
            {"prices": 1.1, "deal.rate_card.job_start.price": 1},
            '"prices" and "deal.rate_card.job_start.price" turn the same term; take two levers that do not',
        ),
    ],
)
def test_a_lever_that_is_none_or_a_value_beyond_it_is_refused(base: Scenario, values: Any, message: str) -> None:  # noqa: ANN401 - of any kind
    with pytest.raises(SibError) as refused:
        sib.with_levers(base, values)
    assert str(refused.value) == message


@pytest.mark.parametrize("file", [str(TINY), "haringey_barnet", "running/shropshire"])
def test_every_lever_can_be_sent_to_another_process(file: str) -> None:
    scenario = load_scenario(file)
    for name in sib.lever_names(scenario):
        lever = sib.lever(scenario, name)
        assert pickle.loads(pickle.dumps(lever)).overlay(lever.base) == lever.overlay(lever.base)
