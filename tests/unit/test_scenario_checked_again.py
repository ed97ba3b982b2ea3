"""A version made by checking only what changed is the one made by checking everything, and so is what is said of a wrong one."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator as sib
from simulator.errors import Problem, ScenarioError
from simulator.scenario.content import Content, content_of, given_in_python
from simulator.scenario.model import OnTop, Overlay, Scenario
from simulator.scenario.wording import place_of
from tests.tiny import TINY

DEALS = ("scenarios/haringey_barnet.yaml", "scenarios/running/shropshire.yaml", str(TINY))
load = cache(sib.load_scenario)


def anew(scenario: Scenario) -> Scenario:
    """Return the same scenario with everything checked, from its files and overlays as they were read."""
    assert scenario.content is not None
    return Scenario.of(scenario.file, content_of(scenario.content.written, scenario.content.given))


def in_full(scenario: Scenario, overlay: Overlay) -> Content:
    """Return what a scenario with one more overlay comes to, everything checked."""
    assert scenario.content is not None
    return content_of(scenario.content.written, [*scenario.content.given, given_in_python(overlay)])


def problems(make: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as refused:
        make()
    return refused.value.problems


def assert_same(made: Scenario) -> None:
    full = anew(made)
    assert made.description == full.description
    assert made.description.model_dump() == full.description.model_dump()
    assert (made.warnings, made.digest, made.name, made.title) == (full.warnings, full.digest, full.name, full.title)
    assert made.content is not None
    assert full.content is not None
    assert made.content.document == full.content.document


@pytest.mark.parametrize("file", DEALS)
def test_every_lever_makes_the_version_that_checking_everything_makes(file: str) -> None:
    base = load(file)
    for name in sib.lever_names(base):
        lever = sib.lever(base, name)
        value = lever.base + 1 if lever.whole else lever.base * 0.9
        try:
            made = sib.with_levers(base, {name: value})
        except ScenarioError as error:
            full = problems(partial(in_full, base, lever.overlay(value)))
            assert [each.message for each in error.problems] == [each.message for each in full]
        else:
            assert_same(made)


VALUES: dict[str, list[Any]] = {
    "assumptions.patience": [90, sib.lognormal(median=90, sigma=0.3), -1, "none"],
    "assumptions.*_probability": [0.5, 1.5, sib.beta(0.5, sd=0.1)],
    "assumptions.windows": [[], [{"rate": "job"}]],
    "assumptions.search_limit": ["none", sib.fixed(200, unit="days")],
    "deal.rate_card.*.price": [4500, "12.34", "12.345"],
    "deal.rate_card.0.target": [1, 10**6],
    "deal.funders.0.weight": [42, 43, 43.5],
    "deal.total_cap.pounds": [1, 10**7, "none"],
    "deal.staffing.caseload_limit": [3, 0],
    "deal.sources.costs": [{"source": "A test", "quality": "B"}, {"source": "A test", "quality": "F"}],
    "deal.costs": [[], [{"name": "odd"}]],
    "deal.annual_cap": [None],
    "settings.seed": [7, -7],
    "title": ["Other"],
    "deal.nothing": [1],
}
ONE = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 3), min_size=1, max_size=3)
KIND = st.sampled_from([OnTop, Overlay])
CHANGES = st.lists(st.tuples(KIND, ONE), min_size=1, max_size=4)


def overlay_of(kind: type[Overlay], values: Mapping[str, int]) -> Overlay:
    new = {path: VALUES[path][number % len(VALUES[path])] for path, number in values.items()}
    return kind(overlay="changed", title="T", description="D", source="A test", set=new)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DEALS), CHANGES)
def test_any_changes_one_after_another_are_as_good_as_all_at_once(
    file: str, changes: list[tuple[type[Overlay], dict[str, int]]]
) -> None:
    made = load(file)
    for kind, values in changes:
        overlay = overlay_of(kind, values)
        try:
            found = sib.with_overlays(made, [overlay])
        except ScenarioError as error:
            assert error.problems == problems(partial(in_full, made, overlay))
            return
        assert_same(found)
        made = found


def test_what_did_not_change_is_shared() -> None:
    base = load(DEALS[0])
    made = base.with_values({"deal.rate_card.job_start.price": 4500, "assumptions.patience": 90})
    assert made.deal.rate_card[0] is base.deal.rate_card[0]
    assert made.deal.rate_card[1] is not base.deal.rate_card[1]
    assert made.deal.investment is base.deal.investment
    assert made.assumptions.job_rate is base.assumptions.job_rate
    assert base.with_values({"assumptions.patience": 90}).deal is base.deal


def test_a_wrong_value_beside_unchanged_parts_is_said_where_it_stands() -> None:
    base = load(DEALS[0])
    overlay = Overlay(
        overlay="wrong", title="T", description="D", source="A test", multiply={"deal.funders.*.cap": 2.0},
        set={"deal.funders.0.weight": 1},
    )  # fmt: skip
    (problem,) = problems(lambda: sib.with_overlays(base, [overlay]))
    assert (problem.path, problem.code) == ("deal.funders", "WEIGHTS_SUM")
    assert base.content is not None
    assert (problem.file, problem.line) == place_of(("deal", "funders"), base.content.document.places)
