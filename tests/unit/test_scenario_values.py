"""New values by path in Python: what they come to, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pytest

import simulator as sib
from simulator.errors import ScenarioError, SibError
from simulator.scenario.distributions import Beta, Lognormal
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Overlay, Scenario
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
