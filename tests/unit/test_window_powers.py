"""A window takes its factor to a power: one factor is so the common cause of several rates."""

from pathlib import Path

import numpy as np
import pytest

from simulator.batch import tables
from simulator.contract.terms import contract_terms, set_factors
from simulator.explaining.explanation import explain
from simulator.pathway.engine import Engine
from simulator.pathway.plan import plan_pathway
from simulator.scenario.draws import draw
from simulator.scenario.windows import drawn_factors
from tests.bad_inputs import Case, assert_refused, case_id
from tests.tiny import Edit, tiny_scenario
from tests.unit.test_scenario_correlations import LAST
from tests.unit.test_scenario_factors import SHOCK, fixed, with_factor

JOB, EVIDENCE = 2, 6


def window(rate: str, factor: object, power: object) -> str:
    days = "from: 2021-06-01, to: 2021-09-01"
    return f"    - {{rate: {rate}, {days}, multiply: {factor}, power: {power}, source: A choice, quality: D}}\n"


def numbers(*windows: str) -> Edit:
    """Return the edit that adds windows with factors that are numbers."""
    return LAST, f"{LAST}  windows:\n{''.join(windows)}"


@pytest.mark.parametrize(
    ("factor", "power", "effect"), [(0.5, 2, 0.25), (4, -0.5, 0.5), (0.7, 0, 1.0), (0, 3, 0.0), (0.3, 1, 0.3)]
)
def test_a_number_is_taken_to_its_power(tmp_path: Path, factor: float, power: float, effect: float) -> None:
    scenario = tiny_scenario(tmp_path, numbers(window("job", factor, power), window("evidence", factor, power)))
    assert set(plan_pathway(scenario).multiplier[JOB]) == {1.0, effect}
    assert set(contract_terms(scenario).evidence_multiplier) == {1.0, effect}


def test_a_power_of_one_is_the_scenario_without(tmp_path: Path) -> None:
    one = numbers(window("job", 0.37, 1.0))
    plain = numbers(window("job", 0.37, 1.0).replace(", power: 1.0", ""))
    digests = {tiny_scenario(tmp_path, each).digest for each in (one, plain)}
    assert len(digests) == 1
    assert tiny_scenario(tmp_path, numbers(window("job", 0.37, 2))).digest not in digests


def test_one_drawn_factor_moves_several_rates_together(tmp_path: Path) -> None:
    both = (window("job", "shock", -0.25), window("evidence", "shock", 0.5))
    scenario = tiny_scenario(tmp_path, with_factor(SHOCK, *both))
    draws = draw(scenario, 3, 0, 8)
    terms = contract_terms(scenario)
    for drawn, factors in zip(draws.values["shock"], drawn_factors(scenario.assumptions, draws), strict=True):
        set_factors(terms, factors)
        assert terms.evidence_multiplier[70] == pytest.approx(np.sqrt(drawn))


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_engines_live_a_power_as_its_number(tmp_path: Path, engine: Engine) -> None:
    rates = ("referral", "engagement", "job", "disengagement", "job_loss", "evidence")
    named = tiny_scenario(tmp_path, with_factor(fixed(0.25), *(window(rate, "shock", 0.5) for rate in rates)))
    plain = tiny_scenario(tmp_path, numbers(*(window(rate, 0.5, 1) for rate in rates)))
    one, other = (tables(scenario, 11, 0, 6, engine) for scenario in (named, plain))
    for table in ("events", "claims", "payments", "cashflows"):
        assert getattr(one, table).frame().equals(getattr(other, table).frame()), table


def test_the_engines_agree_on_a_factor_that_is_drawn_and_has_powers(tmp_path: Path) -> None:
    windows = [
        window(rate, "shock", power)
        for rate, power in (("referral", 0.5), ("job", -1), ("job_loss", 2), ("evidence", 0.3))
    ]
    scenario = tiny_scenario(tmp_path, with_factor(SHOCK, *windows))
    one, other = (tables(scenario, 11, 0, 6, engine) for engine in ("compiled", "simpy"))
    for table in ("events", "claims", "payments", "cashflows"):
        assert getattr(one, table).frame().equals(getattr(other, table).frame()), table


def test_a_power_is_said(tmp_path: Path) -> None:
    scenario = tiny_scenario(
        tmp_path, with_factor(fixed(0.5), window("job", "shock", -0.25), window("evidence", 0.5, 2))
    )
    said = {sentence.path: sentence.text for sentence in explain(scenario)}
    assert said["assumptions.windows[0]"].endswith("multiplied by shock, 0.5, to the power -0.25.")
    assert said["assumptions.windows[1]"].endswith("multiplied by 0.5 to the power 2.")


UNIFORM = "{distribution: uniform, low: 0, high: 2, unit: factor, source: A choice, quality: E}"
FIRST = "assumptions.windows[0]"
BAD = [
    Case("zero", *numbers(window("job", 0, -1)), "POWER", 162, FIRST, "a factor of 0 to the power -1 is no number"),
    Case(
        "may be zero", *with_factor(UNIFORM, window("job", "shock", -0.5)), "POWER", 164, f"{FIRST}.power",
        'the factor "shock" may be 0, and 0 to the power -0.5 is no number',
    ),
    Case("infinite", *numbers(window("job", 1, ".inf")), "NOT_FINITE", 162, f"{FIRST}.power", '".inf" is not a finite number'),
    Case("text", *numbers(window("job", 1, "two")), "TYPE", 162, f"{FIRST}.power", '"two" is not a number'),
]  # fmt: skip


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("each", BAD, ids=case_id)
def test_a_power_without_a_number_is_refused(each: Case) -> None:
    assert_refused(each)


def test_a_lognormal_factor_may_have_a_power_below_zero(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, with_factor(SHOCK, window("job", "shock", -0.5)))
    assert scenario.assumptions.windows[0].power == -0.5
