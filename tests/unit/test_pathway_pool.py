"""Closed pools and delays of the search: how gaps are spent, who is left, and what never changes."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.pathway.engine import Engine, simulate
from simulator.pathway.laws import first_job_day, hazard_day, pool_referral_days
from simulator.pathway.plan import Plan, plan_pathway
from simulator.records import Event
from simulator.scenario.draws import draw
from simulator.streams import Decision, Entity, exponential, uniforms
from tests.strategies import Plain, close_pool, fix, scenario_of, tiny_document

ENGINES: tuple[Engine, ...] = ("simpy", "compiled")


def pool_plan(years: int = 1, windows: tuple[Plain, ...] = ()) -> Plan:
    """Return the tiny deal's plan over some years, with a closed pool."""
    document = tiny_document()
    document["deal"]["term"]["term_end"] = date(2021 + years, 4, 1)
    document["assumptions"]["windows"] = list(windows)
    document["deal"]["referral_target"] = 0
    for line in document["deal"]["rate_card"]:
        line["target"] = 0
    close_pool(document, 1.0, 1.0, 0.0)
    return plan_pathway(scenario_of(document))


def no_referrals(first: date, last: date) -> Plain:
    return {"rate": "referral", "from": first, "to": last, "multiply": 0.0, "source": "Test", "quality": "E"}


PLAN = pool_plan()
YEARS = pool_plan(4)


def gap(replication: int, number: int) -> float:
    block = uniforms(3, replication, Entity.ARRIVALS, 0, Decision.GAP, number // 4)
    return exponential(block[number % 4])


def by_hand(replication: int, size: int, rate: float, days: int) -> list[int]:
    """Return the days of referral of a pool at a constant hazard: each gap is spent at rate x people left, without a calendar."""
    time, found = 0.0, []
    for number in range(size):
        time += gap(replication, number) / (rate * (size - number))
        if time > days:
            break
        found.append(math.ceil(time) - 1)
    return found


@pytest.mark.parametrize("rate", [0.0005, 0.004, 0.3, 40.0])
def test_each_gap_is_spent_at_the_hazard_of_who_is_left(rate: float) -> None:
    for replication in range(200):
        days = pool_referral_days(3, replication, PLAN, 25.0, rate, 0.0, 0.0, 0.0)
        assert days.tolist() == by_hand(replication, 25, rate, 365)


def test_a_pool_without_people_or_without_hazard_refers_nobody() -> None:
    assert pool_referral_days(3, 0, PLAN, 0.4, 1.0, 0.0, 0.0, 0.0).size == 0
    assert pool_referral_days(3, 0, PLAN, 50.0, 0.0, 0.0, 0.0, 0.0).size == 0


@given(
    st.floats(0, 300), st.floats(0, 3), st.floats(0, 30), st.sampled_from([0.0, 0.25, 2.0]),
    st.sampled_from([0.0, 200.0]), st.integers(0, 2**40),
)  # fmt: skip
def test_nobody_is_referred_who_is_not_in_the_pool(
    size: float, rate: float, entrants: float, cv: float, ramp: float, replication: int
) -> None:
    """Metamorphic relation: a closed pool never refers more than there are in it, on any day."""
    days = pool_referral_days(3, replication, YEARS, size, rate, entrants, cv, ramp)
    assert (np.diff(days) >= 0).all()
    for year in range(4):
        pool = math.floor(size + year * entrants + 0.5)
        assert np.count_nonzero(days < [365, 730, 1096, 1461][year]) <= pool


def test_people_join_on_anniversaries() -> None:
    assert YEARS.anniversaries.tolist() == [365, 730, 1096]
    days = pool_referral_days(3, 0, YEARS, 10.0, 50.0, 2.5, 0.0, 0.0)
    counts: NDArray[Any] = np.bincount(days, minlength=1461)
    assert counts.nonzero()[0].tolist() == [0, 365, 730, 1096]
    assert counts[counts > 0].tolist() == [10, 3, 2, 3], "12.5 are 13, 15 are 15, 17.5 are 18"


def test_a_window_on_referral_acts_on_the_pool() -> None:
    closed = pool_plan(1, (no_referrals(date(2021, 5, 1), date(2021, 8, 1)),))
    plain = pool_referral_days(3, 0, PLAN, 60.0, 0.02, 0.0, 0.0, 0.0)
    days = pool_referral_days(3, 0, closed, 60.0, 0.02, 0.0, 0.0, 0.0)
    assert not ((days >= 30) & (days < 122)).any()
    assert ((plain >= 30) & (plain < 122)).any()
    assert days[days < 30].tolist() == plain[plain < 30].tolist()
    later = plain[plain >= 30] + 92
    assert days[days >= 122].tolist() == later[later < 365].tolist(), "the window stops the clock and nothing else"


def delayed(days: float, engine: Engine) -> Any:  # noqa: ANN401 - a frame of pandas
    document = tiny_document()
    fix(document, search_delay=days, referrals_over_term=80, search_limit=4, specialist_turnover=0)
    document["deal"]["staffing"]["caseload_limit"] = 500
    scenario = scenario_of(document)
    return simulate(scenario, draw(scenario, 1, 0, 20), 1, engine).frame()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_delay_moves_first_jobs_and_nothing_of_leaving(engine: Engine) -> None:
    plain, later = delayed(0, engine), delayed(29.5, engine)
    keys = ["replication", "participant"]
    engaged = {name: each[each.event == Event.ENGAGEMENT].set_index(keys).day for name, each in
               (("plain", plain), ("later", later))}  # fmt: skip
    assert engaged["plain"].equals(engaged["later"])
    first = {
        name: each[(each.event == Event.JOB_START) & (each.spell == 1)].set_index(keys).day
        for name, each in (("plain", plain), ("later", later))
    }
    both = first["later"].index.intersection(first["plain"].index)
    assert ((first["later"] - engaged["later"]).dropna() > 30).all()
    assert len(both) > 100
    assert set(first["later"].loc[both] - first["plain"].loc[both]) == {30}
    gone = {
        name: each[each.event.isin([Event.DISENGAGED, Event.SEARCH_ENDED]) & (each.spell == 0)].set_index(keys)
        for name, each in (("plain", plain), ("later", later))
    }
    assert gone["plain"].day.equals(gone["later"].day.loc[gone["plain"].index]), "leaving is counted from engagement"
    assert len(gone["later"]) > len(gone["plain"])


def test_a_search_that_would_begin_after_the_term_finds_nothing() -> None:
    clock = np.arange(366, dtype=np.float64)
    assert first_job_day(clock, 10, 0.0, 1.0, 0.5) == hazard_day(clock, 10, 1.0, 0.5) == 12
    assert first_job_day(clock, 10, 3.2, 1.0, 0.5) == 16
    for delay in (354.5, 356.0, 1e9, 1e300):
        assert first_job_day(clock, 10, delay, 1.0, 0.5) == 2**30


ACTS = {
    "referral": Event.REFERRAL, "engagement": Event.ENGAGEMENT, "job": Event.JOB_START,
    "disengagement": Event.DISENGAGED, "job_loss": Event.JOB_END, "reemployment": Event.JOB_START,
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rate", ACTS)
def test_a_window_of_each_rate_acts(rate: str, engine: Engine) -> None:
    """With a rate at nothing in a window, what it brings about does not happen there, and does before it."""
    document = tiny_document()
    fix(document, referrals_over_term=150, job_rate=1, reemployment_rate=1, disengagement_rate=0.5, job_loss_rate=1)
    fix(document, engagement_time_median=1, engagement_time_sigma=0, contact_probability=1)
    document["deal"]["staffing"]["caseload_limit"] = 500
    window = {"rate": rate, "from": date(2021, 10, 1), "to": date(2022, 1, 1), "multiply": 0.0}
    document["assumptions"]["windows"] = [window | {"source": "Test", "quality": "E"}]
    scenario = scenario_of(document)
    frame = simulate(scenario, draw(scenario, 1, 0, 10), 1, engine).frame()
    mine = frame[frame.event == ACTS[rate]]
    if ACTS[rate] == Event.JOB_START:
        mine = mine[(mine.spell == 1) == (rate == "job")]
    # a duration that ends on a window's first day was used up on the day before; engaging takes a day from the allocation
    first, last = (183, 275) if rate == "referral" else (184, 276)
    assert not mine.day.between(first, last - 1).any()
    assert mine.day.between(first - 60, first - 1).any()
    assert (mine.day >= last).any()
