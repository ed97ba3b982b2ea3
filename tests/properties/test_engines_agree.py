"""The compiled engine gives the SimPy engine's event log, event for event, on deals that nobody thought of."""

import copy
from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import strategies as st

import simulator as sib
from simulator.pathway.engine import simulate
from simulator.records import Event, Events
from simulator.scenario.draws import draw
from simulator.scenario.model import Scenario
from tests.strategies import Plain, documents, fix, promise, scenario_of

RATES = ("referral", "engagement", "job", "disengagement", "job_loss", "reemployment")


def first_difference(simpy: Events, compiled: Events) -> str:
    """Return the first participant's two histories that differ, in words, or nothing."""
    for i in range(simpy.replications):
        one, other = (events.frame().iloc[events.rows_of(i)].reset_index(drop=True) for events in (simpy, compiled))
        for who in sorted(set(one.participant) | set(other.participant)):
            lives = [frame[frame.participant == who].reset_index(drop=True) for frame in (one, other)]
            if not lives[0].equals(lives[1]):
                told = "\n\n".join(
                    f"{name}\n{_words(life)}" for name, life in zip(("simpy", "compiled"), lives, strict=True)
                )
                return f"replication {simpy.first + i}, participant {who}\n{told}"
    return ""


def _words(life: object) -> str:
    frame = life.assign(event=[Event(e).name for e in life["event"]])  # type: ignore[attr-defined, index]
    return str(frame.drop(columns=["replication", "participant"]).to_string(index=False))


def check(scenario: Scenario, seed: int, first: int, count: int) -> None:
    draws = draw(scenario, seed, first, count)
    simpy, compiled = simulate(scenario, draws, seed, "simpy"), simulate(scenario, draws, seed)
    names = [f.name for f in fields(Events) if f.name != "first"]
    if not all(np.array_equal(getattr(simpy, name), getattr(compiled, name)) for name in names):
        pytest.fail(first_difference(simpy, compiled))


@dataclass(frozen=True)
class Case:
    """A random deal, widened where the engines could part, and its luck."""

    document: Plain
    seed: int
    first: int


@st.composite
def cases(draw_from: st.DrawFn) -> Case:
    """Return random deals: crowded, empty, with windows, tapering, early job loss, many or hurried specialists."""
    document = copy.deepcopy(draw_from(documents()))
    deal, assumptions = document["deal"], document["assumptions"]
    fix(
        document,
        referrals_over_term=draw_from(st.sampled_from([0, 3, 60, 400])),
        referral_quarter_cv=draw_from(st.sampled_from([0.0, 0.25, 1.5])),
        referral_ramp=draw_from(st.sampled_from([0, 6])),
        patience=draw_from(st.sampled_from([1, 20, 100_000])),
        job_loss_early_factor=draw_from(st.sampled_from([1.0, 0.0, 4.0])),
        job_loss_early_period=draw_from(st.sampled_from([0, 2, 300])),
        specialist_turnover=draw_from(st.sampled_from([0.0, 0.3, 12.0])),
        unallocated_disengagement_factor=draw_from(st.sampled_from([0.0, 1.0, 1.5, 8.0])),
        reemployment_rate=draw_from(st.sampled_from([0.0, 0.045, 3.0])),
    )
    assumptions["rules"]["patience"] = draw_from(st.sampled_from(["exponential", "fixed"]))
    deal["staffing"]["caseload_limit"] = draw_from(st.sampled_from([1, 3.5, 25]))
    deal["staffing"]["specialists"][0]["posts"] = draw_from(st.sampled_from([1, 4, 150]))
    start = deal["term"]["service_start"]
    for rate in draw_from(st.lists(st.sampled_from(RATES), max_size=4)):
        begin = start.replace(
            day=1, month=draw_from(st.integers(1, 12)), year=start.year + draw_from(st.integers(0, 1))
        )
        window = {
            "rate": rate,
            "from": begin,
            "to": begin.replace(year=begin.year + 1),
            "source": "Random",
            "quality": "E",
        }
        assumptions.setdefault("windows", []).append(window | {"multiply": draw_from(st.sampled_from([0.0, 0.5, 3.0]))})
    return Case(document, draw_from(st.integers(0, 2**63 - 1)), draw_from(st.integers(0, 2**40)))


@promise(cases(), examples=60)
def test_the_engines_agree_on_any_deal(case: Case) -> None:
    check(scenario_of(case.document), case.seed, case.first, 2)


def test_the_engines_agree_on_haringey_and_barnet() -> None:
    check(sib.load_scenario("haringey_barnet"), 2026, 0, 25)


@pytest.mark.slow
def test_the_engines_agree_on_any_deal_at_length() -> None:
    test_the_engines_agree_on_any_deal.at_length()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_engines_agree_on_haringey_and_barnet_a_thousand_times() -> None:
    scenario = sib.load_scenario("haringey_barnet")
    for first in range(0, 1000, 100):
        check(scenario, 2026, first, 100)


def test_a_difference_is_told_with_both_histories() -> None:
    scenario = sib.load_scenario("haringey_barnet")
    one = simulate(scenario, draw(scenario, 1, 0, 1), 1)
    other = simulate(scenario, draw(scenario, 1, 0, 1), 1)
    row = int(np.flatnonzero(other.event == Event.ENGAGEMENT)[3])
    other.day[row] += 1
    told = first_difference(one, other)
    assert f"participant {one.participant[row]}\n" in told
    assert told.count("ENGAGEMENT") == 2
