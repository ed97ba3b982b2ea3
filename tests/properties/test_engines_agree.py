"""The compiled engine gives the SimPy engine's event log, event for event, on deals that nobody thought of."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.batch import measure, tables
from simulator.pathway.engine import simulate
from simulator.records import Events, Table
from simulator.scenario.draws import draw
from simulator.scenario.load import bundled_folder
from simulator.scenario.model import Scenario
from tests.engine_cases import PROFILES, Case, cases
from tests.engine_conditions import conditions
from tests.engine_logs import first_difference
from tests.engine_met import MET
from tests.strategies import PATIENT, SEED, run_property, scenario_of

EXAMPLES = 80
"""Deals of each profile in an ordinary run."""
ATTEMPTS = 5
"""At most so many times as many, where a rare condition is not met: Hypothesis takes values from all code that is loaded."""
KNOWN = frozenset().union(*MET.values())


def check(scenario: Scenario, seed: int, first: int, count: int) -> Events:
    """Return the log of both engines, which must be one."""
    draws = draw(scenario, seed, first, count)
    simpy, compiled = simulate(scenario, draws, seed, "simpy"), simulate(scenario, draws, seed)
    if not same(simpy, compiled):
        raise AssertionError(first_difference(simpy, compiled))
    return compiled


def same(one: Table, other: Table) -> bool:
    """Return whether two tables are the same to the byte: every column, its type, and what replication it is of."""
    pairs = [(np.asarray(getattr(one, f.name)), np.asarray(getattr(other, f.name))) for f in fields(one)]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def check_profile(profile: str, missing: set[str], examples: int, chosen: int | None) -> None:
    """Check that the engines agree on so many deals of a profile, and take out of the missing conditions those that are met."""

    def check_case(case: Case) -> None:
        scenario = scenario_of(case.document)
        events = check(scenario, case.seed, case.first, case.count)
        if missing:
            found = conditions(case, scenario, events)
            assert found.keys() <= KNOWN
            missing.difference_update(name for name, met in found.items() if met)

    run_property(cases(PROFILES[profile]), check_case, examples, chosen)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_engines_agree_on_any_deal_and_any_deal_comes_up(profile: str) -> None:
    """The deals on which they agree meet every condition there is a name for, so that they cannot become tame unnoticed."""
    missing = set(MET[profile])
    for more in range(ATTEMPTS):
        if more == 0 or missing:
            check_profile(profile, missing, EXAMPLES, SEED + more)
    assert sorted(missing) == []


def test_every_kind_of_deal_has_conditions_to_meet() -> None:
    assert MET.keys() == PROFILES.keys()
    assert sum(map(len, MET.values())) == len(KNOWN)


@pytest.mark.explore
@pytest.mark.parametrize("profile", PROFILES)
def test_the_engines_agree_on_any_deal_at_length(profile: str) -> None:
    check_profile(profile, set(), PATIENT, None)


def check_tables(scenario: Scenario, seed: int, first: int, count: int) -> None:
    """Check that claims, payments, cashflows, shortfalls and returns are the same from either engine's log."""
    simpy, compiled = (tables(scenario, seed, first, count, engine) for engine in ("simpy", "compiled"))
    if not same(simpy.events, compiled.events):
        raise AssertionError(first_difference(simpy.events, compiled.events))
    for name in ("claims", "payments", "cashflows", "shortfalls"):
        assert same(getattr(simpy, name), getattr(compiled, name)), name
    np.testing.assert_array_equal(simpy.end_day, compiled.end_day)
    one, other = measure(scenario, simpy), measure(scenario, compiled)
    for kind in ("values", "series"):
        figures = getattr(one, kind), getattr(other, kind)
        assert figures[0].keys() == figures[1].keys()
        for name in figures[0]:
            np.testing.assert_array_equal(figures[0][name], figures[1][name], err_msg=name)
    np.testing.assert_array_equal(one.irr_status, other.irr_status)
    np.testing.assert_array_equal(one.flows, other.flows)


def test_the_engines_agree_on_haringey_and_barnet() -> None:
    check_tables(sib.load_scenario("haringey_barnet"), 2026, 0, 10)


FOLDER = bundled_folder()
DEALS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


SHOCKS = (
    "st_01_referral_shortfall:severe", "st_03_engagement_shortfall:severe", "st_04_slow_job_search:severe",
    "st_05_jobs_lost_sooner:severe", "st_08_lost_evidence:severe",
)  # fmt: skip
"""A shock of each rate, as in the library of stresses."""
OTHERS = ("st_06_lockdown:severe", "st_18_recession:severe", "st_18b_recession_drawn")


def shocks(deal: str) -> list[tuple[str | Path, ...]]:
    """Return what a deal is run under: nothing, its history, a shock of each kind, what is for it alone, all shocks at once."""
    single = tuple(f"stresses/{name}" for name in SHOCKS)
    alone: list[str | Path] = [*single, *(f"stresses/{name}" for name in OTHERS)]
    alone += sorted((FOLDER / "stresses").glob(f"{deal}*.yaml"))
    return [(), (FOLDER / "history" / f"{deal}.yaml",), *((each,) for each in alone), single]


@pytest.mark.parametrize("deal", DEALS)
def test_the_engines_agree_on_every_deal_with_and_without_every_shock(deal: str) -> None:
    for overlays in shocks(deal):
        check(sib.load_scenario(deal, overlays), 2026, 0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("deal", DEALS)
def test_the_engines_agree_on_every_deal_with_and_without_every_shock_many_times(deal: str) -> None:
    for overlays in shocks(deal):
        check_tables(sib.load_scenario(deal, overlays), 2026, 0, 50)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_the_engines_agree_on_haringey_and_barnet_a_thousand_times(first: int) -> None:
    check_tables(sib.load_scenario("haringey_barnet"), 2026, first, 100)
