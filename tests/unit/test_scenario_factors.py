"""Uncertain factors of windows: drawn, correlated, overlaid like all that is believed; one for all windows that name it."""

import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.batch import tables
from simulator.contract.terms import contract_terms
from simulator.explaining.explanation import explain
from simulator.pathway.engine import Engine, simulate
from simulator.pathway.plan import pathway_factors, plan_pathway, set_factors
from simulator.report.terms import assumption_lines, rule_lines
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.constants import Rate
from simulator.scenario.draws import draw, draw_places, draw_table
from simulator.scenario.model import Scenario
from simulator.scenario.windows import uncertain_factors
from simulator.tracing.case import open_case
from tests.bad_inputs import Case, assert_refused, assert_warned, case_id
from tests.strategies import scenario_of, tiny_document
from tests.tiny import Edit, tiny_scenario
from tests.unit.test_scenario_correlations import LAST

SHOCK = "{distribution: lognormal, median: 0.7, sigma: 0.35, unit: factor, source: A choice, quality: E}"
FROM, TO = date(2021, 6, 1), date(2021, 9, 1)


def window(rate: Rate, factor: object) -> str:
    return f"    - {{rate: {rate}, from: {FROM}, to: {TO}, multiply: {factor}, source: A choice, quality: D}}\n"


def with_factor(belief: str = SHOCK, *windows: str, name: str = "shock") -> Edit:
    """Return the edit that adds a factor, on line 162, and windows from line 164 on."""
    lines = windows or (window("job", name),)
    return LAST, f"{LAST}  factors:\n    {name}: {belief}\n  windows:\n{''.join(lines)}"


def fixed(value: float) -> str:
    return f"{{value: {value}, unit: factor, source: A choice, quality: E}}"


ALL = tuple(
    window(rate, "shock") for rate in ("referral", "engagement", "job", "disengagement", "job_loss", "evidence")
)


def test_a_factor_is_drawn_like_all_that_is_believed(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, with_factor())
    assert list(scenario.assumptions.beliefs())[-1] == "shock"
    drawn = draw(scenario, 3, 0, 4000).values["shock"]
    assert np.median(drawn) == pytest.approx(0.7, rel=0.03)
    assert np.std(np.log(drawn)) == pytest.approx(0.35, rel=0.05)
    table = draw_table(scenario, 3, 4000)
    assert np.array_equal(table["shock"], drawn)


def test_a_factor_moves_no_other_draw_and_none_is_as_before(tmp_path: Path) -> None:
    plain = draw(tiny_scenario(tmp_path), 3, 0, 50)
    more = draw(tiny_scenario(tmp_path, with_factor()), 3, 0, 50)
    assert more.values.keys() - plain.values.keys() == {"shock"}
    for name, column in plain.values.items():
        assert column.tobytes() == more.values[name].tobytes(), name


def test_a_factor_has_its_own_dimension_after_the_assumptions(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, with_factor())
    assert scenario.assumptions.names() == (*Assumptions.numbers(), "shock")
    places = draw_places(scenario, 3, 0, 256, "sobol")
    assert len({column.tobytes() for column in places.values()}) == len(places)
    for block in range(16):
        assert sorted(np.floor(16 * places["shock"][block::16])) == list(range(16))


def test_a_factor_is_correlated_with_what_it_is_said_to_be(tmp_path: Path) -> None:
    pair = "  correlations:\n    - {between: [shock, job_rate], rho: 0.8}\n"
    old, new = with_factor()
    scenario, plain = tiny_scenario(tmp_path, (old, new + pair)), tiny_scenario(tmp_path, (old, new))
    moved, before = draw(scenario, 3, 0, 4000).values, draw(plain, 3, 0, 4000).values
    assert np.corrcoef(np.log(moved["shock"]), np.log(moved["job_rate"]))[0, 1] == pytest.approx(0.8, abs=0.03)
    assert np.array_equal(moved["job_rate"], before["job_rate"]), "the first in the order of the model keeps its place"


def overlaid(folder: Path, change: str) -> Scenario:
    path = folder / "overlay.yaml"
    head = "overlay: other\ntitle: Other\ndescription: Other.\nsource: A stress\nquality: E\n"
    path.write_text(head + change, encoding="utf-8")
    return tiny_scenario(folder, with_factor(), overlays=[path])


def test_overlays_set_and_multiply_factors_and_their_windows_name_them(tmp_path: Path) -> None:
    plain = draw(tiny_scenario(tmp_path, with_factor()), 3, 0, 20).values["shock"]
    doubled = overlaid(tmp_path, "multiply: {assumptions.factors.shock: 2}\n")
    assert np.array_equal(draw(doubled, 3, 0, 20).values["shock"], 2 * plain)
    known = overlaid(tmp_path, "set: {assumptions.factors.shock: 0.4}\n")
    assert set(draw(known, 3, 0, 20).values["shock"]) == {0.4}
    assert uncertain_factors(known.assumptions) == []
    more = overlaid(tmp_path, "windows:\n" + window("engagement", "shock"))
    assert [each.multiply for each in more.assumptions.windows] == ["shock", "shock"]


def test_only_what_is_said_of_factors_changes_the_digest(tmp_path: Path) -> None:
    plain, shock = tiny_scenario(tmp_path), tiny_scenario(tmp_path, with_factor())
    empty = tiny_scenario(tmp_path, (LAST, LAST + "  factors: {}\n"))
    assert plain.digest == empty.digest != shock.digest
    assert shock.digest != tiny_scenario(tmp_path, with_factor(SHOCK.replace("0.35", "0.36"))).digest


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_factor_of_one_value_gives_what_its_number_gives(tmp_path: Path, engine: Engine) -> None:
    named = tiny_scenario(tmp_path, with_factor(fixed(0.37), *ALL))
    numbers = [each.replace("multiply: shock", "multiply: 0.37") for each in ALL]
    plain = tiny_scenario(tmp_path, (LAST, f"{LAST}  windows:\n{''.join(numbers)}"))
    one, other = (tables(scenario, 11, 0, 6, engine) for scenario in (named, plain))
    for table in ("events", "claims", "payments", "cashflows"):
        frames = getattr(one, table).frame(), getattr(other, table).frame()
        assert frames[0].equals(frames[1]), table


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_each_replication_is_lived_and_settled_with_its_own_factor(tmp_path: Path, engine: Engine) -> None:
    """Replication i of the uncertain scenario is replication i of one whose factor is the number drawn for it."""
    scenario = tiny_scenario(tmp_path, with_factor(SHOCK, *ALL))
    factors = draw(scenario, 11, 4, 5).values["shock"]
    assert len(set(factors)) == 5
    made = tables(scenario, 11, 4, 5, engine)
    for i, factor in enumerate(factors):
        numbers = [each.replace("multiply: shock", f"multiply: {float(factor)!r}") for each in ALL]
        alone = tables(tiny_scenario(tmp_path, (LAST, f"{LAST}  windows:\n{''.join(numbers)}")), 11, 4 + i, 1, engine)
        for table in ("events", "claims", "payments"):
            whole, one = getattr(made, table), getattr(alone, table)
            for column in type(whole).columns():
                assert np.array_equal(getattr(whole, column)[whole.rows_of(i)], getattr(one, column)), (table, column)


def test_a_traced_replication_is_told_with_its_own_factor(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, with_factor(SHOCK, *ALL))
    case = open_case(scenario, 11, 7)
    factor = draw(scenario, 11, 7, 1).values["shock"][0]
    day = (FROM - scenario.deal.term.service_start).days
    assert case.plan.multiplier[:, day].tolist() == [factor] * 5 + [1.0, factor]
    assert case.terms.evidence_multiplier[day - 1 : day + 1].tolist() == [1.0, factor]
    assert case.made.events.frame().equals(simulate(scenario, draw(scenario, 11, 7, 1), 11).frame())


def test_clocks_are_sums_of_multipliers_and_windows_of_one_rate_multiply(tmp_path: Path) -> None:
    scenario = tiny_scenario(
        tmp_path, with_factor(SHOCK, window("job", "shock"), window("job", 0.5), window("job", "shock"))
    )
    plan, draws = plan_pathway(scenario), draw(scenario, 2, 0, 3)
    first, last = (FROM - scenario.deal.term.service_start).days, (TO - scenario.deal.term.service_start).days
    assert plan.multiplier[2, first] == pytest.approx(0.7 * 0.5 * 0.7), "at its median until a replication's own is set"
    for factors in pathway_factors(scenario, draws):
        set_factors(plan, factors)
        expected = np.ones(plan.term_days)
        expected[first:last] = factors[0] * 0.5 * factors[0]
        assert plan.multiplier[2].tolist() == expected.tolist()
        assert plan.clock[2].tolist() == [0.0, *np.cumsum(expected)]
    assert (plan.multiplier[[0, 1, 3, 4, 5, 6]] == 1.0).all()


def test_windows_are_cut_to_the_term() -> None:
    document: dict[str, Any] = copy.deepcopy(tiny_document())
    start = document["deal"]["term"]["service_start"]
    stretch = {"from": start - timedelta(days=30), "to": start + timedelta(days=4000)}
    document["assumptions"]["windows"] = [
        {"rate": rate, **stretch, "multiply": 0.5, "source": "Whole", "quality": "E"} for rate in ("job", "evidence")
    ]
    scenario = scenario_of(document)
    assert (plan_pathway(scenario).multiplier[2] == 0.5).all()
    assert (contract_terms(scenario).evidence_multiplier == 0.5).all()


BAD = [
    Case(
        "name", *with_factor(SHOCK, window("job", "shok")), "UNKNOWN_FACTOR", 164, "assumptions.windows[0].multiply",
        'no factor "shok"; did you mean "shock"?',
    ),
    Case(
        "taken", *with_factor(SHOCK, window("job", "job_rate"), name="job_rate"), "DUPLICATE_NAME", 162,
        "assumptions.factors.job_rate", 'the name "job_rate" has a meaning of its own',
    ),
    Case(
        "table", *with_factor(SHOCK, name="replication"), "DUPLICATE_NAME", 162,
        "assumptions.factors.replication", 'the name "replication" has a meaning of its own',
    ),
    Case(
        "negative", *with_factor(fixed(-0.5)), "NEGATIVE", 162, "assumptions.factors.shock",
        "a factor cannot be -0.5; it must be zero or more",
    ),
    Case(
        "unit", *with_factor(SHOCK.replace("unit: factor", "unit: people")), "UNIT", 162, "assumptions.factors.shock",
        '"people" is not a unit of this; write factor',
    ),
    Case(
        "number", *with_factor(SHOCK, window("job", -0.5), window("job", "shock")), "RANGE", 164,
        "assumptions.windows[0].multiply", "cannot be -0.5; it must be 0 or more",
    ),
    Case(
        "text", *with_factor(SHOCK, window("job", '"0.5"'), window("job", "shock")), "TYPE", 164,
        "assumptions.windows[0].multiply", '"0.5" is not a number; write it without quotes',
    ),
    Case(
        "no name", *with_factor(SHOCK, window("job", "Shock"), window("job", "shock")), "TYPE", 164,
        "assumptions.windows[0].multiply", '"Shock" is not a name: small letters, digits and _, a letter first',
    ),
    Case(
        "bare", *with_factor("0.7"), "TYPE", 162, "assumptions.factors.shock",
        "a number needs its unit and source; write {value: 0.7, unit: ..., source: ..., quality: ...}",
    ),
]  # fmt: skip


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("each", BAD, ids=case_id)
def test_what_is_wrong_with_a_factor_is_said_with_its_line(each: Case) -> None:
    assert_refused(each)


@pytest.mark.usefixtures("in_folder")
def test_a_factor_that_no_window_uses_is_a_warning() -> None:
    old, new = with_factor(SHOCK, window("job", 0.5))
    message = 'no window uses the factor "shock"'
    assert_warned(Case("-", old, new, "FACTOR_UNUSED", 162, "assumptions.factors.shock", message))


def test_a_factor_is_said_with_how_far_it_is_known(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, with_factor())
    said = {sentence.path: sentence.text for sentence in explain(scenario)}
    spread = "0.7 (0.394 to 1.24)"
    assert said["assumptions.windows[0]"] == (
        f"The rate of first jobs is, from 1 June 2021 until 1 September 2021, multiplied by shock, {spread}."
    )
    assert rule_lines(scenario.assumptions)[-1].value == f"multiplied by shock, {spread}"
    line = assumption_lines(scenario.assumptions)[-1]
    assert (line.name, line.value, line.unit, line.quality) == ("Shock", spread, "factor", "E")
