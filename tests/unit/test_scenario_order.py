"""What is given with a scenario applies in the order in which it is given, whatever kind it is."""

from datetime import date
from typing import Any, Literal

import pytest

import simulator as sib
from simulator.errors import ScenarioError
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Overlay, Scenario
from tests.tiny import TINY

PRICE = "deal.rate_card.job_start.price"


def changing(name: str, compose: Literal["multiply", "replace"] | None = None, **changes: Any) -> Overlay:  # noqa: ANN401 - what an overlay takes
    return Overlay(overlay=name, title=name, description="D", source="A test", compose=compose, **changes)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario(TINY)


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
