"""The four verbs, called one after another, give what `run` gives: also where a contract ends early."""

from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.batch import tables
from simulator.records import Returns
from simulator.scenario.model import Scenario
from tests.tiny import Edit, tiny_scenario

SEED, COUNT = 2026, 6
POOR: tuple[Edit, ...] = (("commitment: 7000", "commitment: 3000"),)
TERMINATE: tuple[Edit, ...] = (("shortfall: defer", "shortfall: terminate"),)


def by_verbs(scenario: Scenario) -> tuple[sib.Tables, Returns]:
    """Return all tables and returns, made by the verbs in order with nothing but what the README gives them."""
    draws = sib.draw(scenario, seed=SEED, first=0, count=COUNT)
    events = sib.simulate(scenario, draws, seed=SEED)
    claims, payments = sib.settle(scenario, draws, SEED, events)
    cashflows, shortfalls = sib.distribute(scenario, payments)
    made = (events, claims, payments, cashflows, shortfalls)
    return sib.Tables(*made, np.zeros(COUNT, dtype=np.int64)), sib.measure(scenario, made)


def assert_run_gives(scenario: Scenario, found: Returns) -> None:
    run = sib.run(scenario, replications=COUNT, seed=SEED, workers=1)
    assert list(run.returns.values) == list(found.values)
    for name, values in found.values.items():
        np.testing.assert_array_equal(run.returns.values[name], values, name)
    for name, values in found.series.items():
        np.testing.assert_array_equal(run.returns.series[name], values, name)
    np.testing.assert_array_equal(run.returns.flows, found.flows)


@pytest.mark.parametrize(
    "overlays",
    [
        [],
        ["scenarios/stresses/st_14_ends_early.yaml:mild"],
        ["scenarios/stresses/st_14b_ends_early_compensated.yaml:severe"],
    ],
)
def test_the_verbs_in_order_give_the_run(overlays: list[str]) -> None:
    scenario = sib.load_scenario("scenarios/haringey_barnet.yaml", overlays)
    made, found = by_verbs(scenario)
    expected = tables(scenario, SEED, 0, COUNT)
    for name in ("claims", "payments", "cashflows", "shortfalls"):
        assert getattr(made, name).frame().equals(getattr(expected, name).frame()), name
    assert_run_gives(scenario, found)


def test_where_a_shortfall_ends_contracts_the_verbs_refuse_and_follow_gives_the_run(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, *POOR, *TERMINATE)
    draws = sib.draw(scenario, seed=SEED, first=0, count=COUNT)
    events = sib.simulate(scenario, draws, seed=SEED)
    made = sib.follow(scenario, draws, SEED, events)
    broken = int((made.end_day < 365).sum())
    assert broken > 0
    assert_run_gives(scenario, sib.measure(scenario, made))
    waiting = sib.follow(tiny_scenario(tmp_path, *POOR), draws, SEED, events)
    claims, payments, cashflows, shortfalls = waiting.claims, waiting.payments, waiting.cashflows, waiting.shortfalls
    words = (
        rf"ends the contract in {broken} of {COUNT} replications .* "
        r"use sib\.follow\(scenario, draws, seed, events\), which settles again after the cut$"
    )
    for verb in (
        lambda: sib.settle(scenario, draws, SEED, events),
        lambda: sib.distribute(scenario, payments),
        lambda: sib.measure(scenario, (events, claims, payments, cashflows, shortfalls)),
    ):
        with pytest.raises(sib.SibError, match=words):
            verb()


def test_where_no_shortfall_comes_terminate_changes_nothing(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, ("commitment: 7000", "commitment: 90000"), *TERMINATE)
    assert_run_gives(scenario, by_verbs(scenario)[1])


def test_a_given_day_holds(tmp_path: Path) -> None:
    """Whoever says on which day each contract ended gets the tables of that end, as `follow` made them."""
    scenario = tiny_scenario(tmp_path, *POOR, *TERMINATE)
    draws = sib.draw(scenario, seed=SEED, first=0, count=COUNT)
    events = sib.simulate(scenario, draws, seed=SEED)
    made = sib.follow(scenario, draws, SEED, events)
    ended = np.where(made.end_day < 365, made.end_day, 2**62)
    claims, payments = sib.settle(scenario, draws, SEED, events, ended)
    assert claims.frame().equals(made.claims.frame())
    assert sib.distribute(scenario, payments, ended)[0].frame().equals(made.cashflows.frame())
