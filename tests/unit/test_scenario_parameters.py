"""What is known of an assumption stands on its field; what changes nothing may be left out, and is then as if it were given."""

import re
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import pytest

from simulator.contract.claims import Odds
from simulator.errors import ScenarioError
from simulator.explaining.expected import expected
from simulator.pathway import plan
from simulator.report.terms import assumption_lines, in_work_before
from simulator.scenario.assumptions import PARAMETERS, Assumptions, Rules, label
from simulator.scenario.draws import Draws, draw
from simulator.scenario.load import load_scenario
from simulator.scenario.parameters import GROUP_NAMES, groups_of
from simulator.studies.causes import of_scenarios
from simulator.studies.levers import lever_of
from tests.tiny import TINY, Edit, tiny_scenario, tiny_text

pytestmark = pytest.mark.usefixtures("in_folder")

MAY_BE_LEFT_OUT = {
    "referral_ramp": 0.0, "unallocated_disengagement_factor": 1.0, "search_limit": "none", "job_loss_early_factor": 1.0,
    "job_loss_early_period": 0.0, "search_delay": 0.0, "pool_size": "none", "pool_referral_rate": "none",
    "pool_entrants": "none", "carried_over_waiting": 0.0, "carried_over_searching": 0.0, "carried_over_in_work": 0.0,
    "carried_over_period": 0.0,
}  # fmt: skip
"""All that has a neutral value. No probability, price, spread or rate is among them."""


def line_of(name: str) -> str:
    found = re.search(rf"^  {name}: .*\n", tiny_text(), re.MULTILINE)
    assert found is not None
    return found[0]


def given(name: str) -> str:
    """Return the line that gives an assumption as what it is when it is left out."""
    neutral = MAY_BE_LEFT_OUT[name]
    unit = "factor" if neutral == 1.0 else "people" if name.startswith("carried_over_") else "days"
    unit = "days" if name == "carried_over_period" else unit
    value = "none" if neutral == "none" else f"{{value: {neutral}, unit: {unit}, quality: B, source: Test}}"
    return f"  {name}: {value}\n"


def folder(name: str) -> Path:
    Path(name).mkdir()
    return Path(name)


def without(*names: str) -> list[Edit]:
    return [(line_of(name), "") for name in names]


def test_every_field_says_what_it_is() -> None:
    other = groups_of(Assumptions).keys() - PARAMETERS.keys()
    assert other == {"fitted_to", "factors", "windows", "correlations"}
    assert set(Assumptions.model_fields) == {*PARAMETERS, *other, "rules"}
    assert groups_of(Rules).keys() == Rules.model_fields.keys()
    assert {each.group for each in PARAMETERS.values()} <= set(GROUP_NAMES)
    labels = [each.label for each in PARAMETERS.values()]
    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9 -]+", each) for each in labels)


def test_engines_read_what_the_fields_say_that_they_read() -> None:
    readers = {
        reader: {n for n, each in PARAMETERS.items() if each.reader == reader} for reader in ("pathway", "contract")
    }
    assert readers == {"pathway": set(plan.Values._fields), "contract": set(Odds._fields)}


def test_what_may_be_none_says_what_that_means() -> None:
    may_be_none = {
        name for name in PARAMETERS if Literal["none"] in _members(Assumptions.model_fields[name].annotation)
    }
    assert may_be_none == {name for name, each in PARAMETERS.items() if each.none is not None}
    assert len(may_be_none) == 5


def _members(annotation: object) -> set[object]:
    found = set()
    for each in get_args(annotation):
        found |= {each, *_members(each)} if get_args(each) else {each}
    return found


def test_only_what_changes_nothing_may_be_left_out() -> None:
    assert {n: each.neutral for n, each in PARAMETERS.items() if each.neutral is not None} == MAY_BE_LEFT_OUT
    left_out = {name for name in PARAMETERS if not Assumptions.model_fields[name].is_required()}
    assert left_out == MAY_BE_LEFT_OUT.keys()


def test_a_misspelt_name_is_no_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    class Values(NamedTuple):
        job_rat: float

    monkeypatch.setattr(plan, "Values", Values)
    monkeypatch.setattr(plan, "VALUES", np.dtype([("job_rat", np.float64)]))
    with pytest.raises(KeyError, match="job_rat"):
        plan.pathway_values(draw(load_scenario(TINY), 1, 0, 2))


def test_engines_get_what_is_none_as_infinite_and_what_is_left_out_as_neutral() -> None:
    scenario = tiny_scenario(
        Path(), *without("search_limit", "search_delay", "job_loss_early_factor", "job_loss_early_period")
    )
    rows = plan.pathway_values(draw(scenario, 1, 0, 2))
    names = ["search_limit", "search_delay", "job_loss_early_factor", "job_loss_early_period", "pool_size"]
    assert rows[names][1].tolist() == (np.inf, 0.0, 1.0, 0.0, np.inf)


@pytest.mark.parametrize("name", MAY_BE_LEFT_OUT)
def test_left_out_is_as_if_it_were_given(name: str) -> None:
    one = tiny_scenario(folder("one"), (line_of(name), given(name)))
    other = tiny_scenario(folder("other"), (line_of(name), ""))
    assert one.assumptions.is_off(name)
    assert other.assumptions.is_off(name)
    assert one.digest == other.digest
    assert _same(draw(one, 5, 0, 20), draw(other, 5, 0, 20))
    assert name not in other.assumptions.beliefs()
    assert of_scenarios(one, other) == of_scenarios(other, one) == []


def _same(one: Draws, other: Draws) -> bool:
    return one.values.keys() == other.values.keys() and all(
        np.array_equal(column, other.values[name]) for name, column in one.values.items()
    )


def test_what_is_left_out_has_no_grade_and_is_not_told() -> None:
    names = [name for name, neutral in MAY_BE_LEFT_OUT.items() if neutral != "none"]
    assumptions = tiny_scenario(Path(), *without(*names)).assumptions
    lines = [line.name.lower() for line in assumption_lines(assumptions)]
    assert not set(lines) & {label(name) for name in names}
    assert ("size of the pool" in lines, "people in the closed pool" in lines) == (False, True)
    assert in_work_before(assumptions) == ""
    assert not any("first day" in said.text for said in expected(assumptions, "Numbers"))


def test_a_bridge_from_what_is_on_to_what_is_left_out() -> None:
    on = tiny_scenario(folder("on"), (line_of("search_delay"), given("search_delay").replace("0.0", "30")))
    off = tiny_scenario(folder("off"), *without("search_delay"))
    for one, other in ((on, off), (off, on)):
        assert [cause.title for cause in of_scenarios(one, other)] == ["finding jobs and disengagement"]


def test_a_time_is_left_out_only_with_what_it_is_the_time_of() -> None:
    early = (line_of("job_loss_early_factor"), given("job_loss_early_factor").replace("1.0", "2"))
    carried = (line_of("carried_over_waiting"), given("carried_over_waiting").replace("0.0", "3"))
    work = (line_of("carried_over_in_work"), given("carried_over_in_work").replace("0.0", "3"))
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), early, carried, work, *without("job_loss_early_period", "carried_over_period"))
    assert [str(each).split("assumptions.")[1] for each in refused.value.problems] == [
        "carried_over_period: is missing: carried_over_waiting and carried_over_in_work need it",
        "job_loss_early_period: is missing: job_loss_early_factor needs it",
    ]


OVERLAY = "overlay: more\ntitle: More\ndescription: More.\nsource: A test\n"


def test_an_overlay_multiplies_what_is_left_out() -> None:
    edits = without("job_loss_early_factor", "carried_over_waiting")
    Path("more.yaml").write_text(
        f"{OVERLAY}multiply: {{assumptions.job_loss_early_factor: 2, assumptions.carried_over_waiting: 3}}\n",
        encoding="utf-8",
    )
    assumptions = tiny_scenario(Path(), *edits, overlays=["more.yaml"]).assumptions
    assert assumptions.job_loss_early_factor is not None
    assert (assumptions.job_loss_early_factor.support(), assumptions.job_loss_early_factor.source) == (
        (2.0, 2.0),
        "A test",
    )
    assert assumptions.carried_over_waiting is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("set: {assumptions.search_delay: 3}\n",
         "assumptions.search_delay: a number needs its unit and source; write {value: 3, unit: ..., source: ..., quality: ...}"),
        ("multiply: {assumptions.search_limit: 2}\n",
         "multiply.assumptions.search_limit: only a number can be multiplied"),
    ],
)  # fmt: skip
def test_an_overlay_says_the_unit_of_what_is_left_out(body: str, message: str) -> None:
    Path("more.yaml").write_text(OVERLAY + body, encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(message)):
        tiny_scenario(Path(), *without("search_delay", "search_limit"), overlays=["more.yaml"])


def test_people_served_are_a_lever_where_nobody_is_carried_over() -> None:
    scenario = tiny_scenario(Path(), *without("carried_over_waiting", "carried_over_searching", "carried_over_in_work"))
    assert set(lever_of(scenario, "volume").change(1.5)[1]) == {
        "assumptions.referrals_over_term", "deal.staffing.caseload_limit",
    }  # fmt: skip


def test_a_lever_is_called_as_the_field_says() -> None:
    lever = lever_of(load_scenario(TINY), "assumptions.referral_quarter_cv")
    assert lever.title == "coefficient of variation of quarterly referrals"
