"""People carried over from before the service began: their true days, their place on the first day, and nobody else's luck."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import simulator as sib
from simulator.batch import quarter_marks
from simulator.pathway.engine import Engine, simulate
from simulator.pathway.laws import day_between, referred_before, whole_people
from simulator.pathway.occupancy import caseload
from simulator.pathway.termination import cut
from simulator.records import CARRIED, Event, Events
from simulator.scenario.draws import draw
from simulator.streams import Decision, Entity, uniforms
from tests.strategies import Plain, fix, scenario_of, tiny_document

ENGINES: tuple[Engine, ...] = ("simpy", "compiled")
COUNT = 30


def carrying(waiting: float, searching: float, in_work: float, **others: float) -> Plain:
    """Return the tiny deal with people carried over from up to six months before."""
    document = tiny_document()
    fix(
        document, carried_over_waiting=waiting, carried_over_searching=searching, carried_over_in_work=in_work, **others
    )
    return document


def lived(document: Plain, engine: Engine = "compiled") -> Events:
    scenario = scenario_of(document)
    return simulate(scenario, draw(scenario, 1, 0, COUNT), 1, engine)


def frame_of(events: Events) -> pd.DataFrame:
    frame = events.frame()
    return frame[frame.participant >= CARRIED]


def test_numbers_of_people_are_whole_half_a_person_up() -> None:
    assert [whole_people(x) for x in (0.0, 0.4, 0.5, 1.49, 2.5, 7.0)] == [0, 0, 1, 1, 3, 7]


def test_a_day_between_is_any_of_them_and_the_first_where_there_is_none() -> None:
    assert [day_between(u, -5, -1) for u in (0.0, 0.3, 0.6, 0.99)] == [-4, -3, -2, -1]
    assert [day_between(0.5, after, -2) for after in (-2, -1)] == [-2, -1]
    assert [referred_before(u, 100.0) for u in (0.0, 0.005, 0.011, 0.999)] == [-1, -1, -2, -100]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_had_happened_stands_on_its_true_days(engine: Engine) -> None:
    events = lived(carrying(2, 2.5, 1), engine)
    frame = frame_of(events)
    for replication, who in sorted(set(zip(frame.replication.tolist(), frame.participant.tolist(), strict=True))):
        life, place = frame[(frame.replication == replication) & (frame.participant == who)], who - CARRIED
        kinds = [Event.REFERRAL, Event.ENGAGEMENT, Event.JOB_START][: 1 if place < 2 else 2 if place < 5 else 3]
        before = life[life.day < 0]
        assert before.event.tolist() == kinds
        assert before.slot_weight.tolist() == [0] * len(kinds)
        luck = uniforms(1, replication, Entity.PARTICIPANT, who, Decision.CARRIED, 0)
        days = before.day.tolist()
        assert days[0] == -max(1, int(np.ceil(luck[0] * 6 * 30.4375)))
        assert days == sorted(days)
        if days[0] <= -3:
            assert len(set(days)) == len(days), "there was room for a day each"
        first = life.iloc[len(kinds)]
        assert (first.day, first.event) == (0, Event.CARRIED_OVER)
        assert first.slot_weight == (0 if place < 2 else 500 if place == 5 and days[2] <= -13 * 7 else 1000)
    assert set(frame.participant) == set(range(CARRIED, CARRIED + 6))


@pytest.mark.parametrize("engine", ENGINES)
def test_in_work_they_weigh_by_the_week_of_the_job_and_are_supported_from_its_start(engine: Engine) -> None:
    frame = frame_of(lived(carrying(0, 0, 20, job_loss_rate=0), engine))
    started = frame[frame.event == Event.JOB_START].set_index(["replication", "participant"]).day
    for event, wanted in (
        (Event.CARRIED_OVER, lambda days: np.where(days <= -13 * 7, 500, 1000)),
        (Event.WEIGHT_CHANGED, lambda days: np.full(days.size, 500)),
    ):
        found = frame[frame.event == event].set_index(["replication", "participant"]).slot_weight
        assert found.tolist() == wanted(started.loc[found.index].to_numpy()).tolist()
    ended = frame[frame.event == Event.SUPPORT_ENDED].set_index(["replication", "participant"]).day
    assert ended.tolist() == np.maximum(1, started.loc[ended.index] + 17 * 7).tolist()
    assert len(ended) == 20 * COUNT
    assert (started <= -17 * 7).any()


def test_the_end_of_a_job_and_the_loss_of_contact_are_of_those_still_in_it() -> None:
    """Memoryless: from the first day on as from a job's start, whenever that was."""
    frame = frame_of(lived(carrying(0, 0, 400, job_loss_rate=0.6, contact_probability=0.5)))
    frame = frame[frame.replication < 10]
    first = frame[frame.spell == 1]
    ends = first[first.event == Event.JOB_END].drop_duplicates(["replication", "participant"]).day
    assert len(ends) / 4000 == pytest.approx(1 - np.exp(-0.6 / 30.4375 * 364), abs=0.01)
    assert ends.mean() == pytest.approx(30.4375 / 0.6 + 0.5, rel=0.06)
    lost = frame[(frame.event == Event.CONTACT_LOST) & (frame.day < 91)]
    assert len(lost) / 4000 == pytest.approx(0.5, abs=0.025)


def test_the_early_weeks_of_a_job_that_are_over_do_not_come_again() -> None:
    """A job is lost in its first 50 days or never; who is past them keeps it."""
    document = carrying(0, 0, 60, job_loss_rate=4, job_loss_early_factor=1, contact_probability=1)
    fix(document, job_loss_early_period=50 / 7, job_loss_early_factor=1e6, job_loss_rate=1e-5)
    frame = frame_of(lived(document))
    started = frame[frame.event == Event.JOB_START].drop_duplicates(["replication", "participant"])
    early = started[started.day > -49].set_index(["replication", "participant"]).index
    late = started[started.day < -51].set_index(["replication", "participant"]).index
    ended = frame[frame.event == Event.JOB_END].set_index(["replication", "participant"])
    ended = ended[ended.day < 50]
    assert not ended.index.isin(late).any()
    assert ended.index.drop_duplicates().isin(early).sum() > 0.6 * len(early)


@pytest.mark.parametrize("engine", ENGINES)
def test_whoever_waits_comes_before_those_referred_later_in_order_of_referral(engine: Engine) -> None:
    document = carrying(12, 0, 0, patience=100_000, referrals_over_term=200)
    document["deal"]["staffing"]["caseload_limit"] = 2
    events = lived(document, engine).frame()
    for _, rows in events.groupby("replication"):
        referred = rows[rows.event == Event.REFERRAL].set_index("participant").day
        got = rows[rows.event == Event.ALLOCATION].sort_values(["day"], kind="stable")
        assert got.participant.iloc[:2].min() >= CARRIED
        early = got[got.participant >= CARRIED]
        queue = referred[referred.index >= CARRIED].reset_index().sort_values(["day", "participant"]).participant
        assert set(early.participant) == set(queue[: len(early)])
        days = early.set_index("participant").day
        assert [days[who] for who in queue[: len(early)]] == sorted(days)
        assert got[got.participant < CARRIED].day.min() >= early.day.max() or len(early) < 12


@pytest.mark.parametrize("engine", ENGINES)
def test_more_people_than_slots_put_nobody_out_and_let_nobody_in(engine: Engine) -> None:
    document = carrying(3, 10, 0, job_rate=0, disengagement_rate=0, specialist_turnover=0)
    document["assumptions"]["search_limit"] = "none"
    document["deal"]["staffing"]["caseload_limit"] = 4
    events = lived(document, engine)
    assert not (events.event == Event.ALLOCATION).any()
    assert (frame_of(events).event == Event.TERM_END).sum() >= 10 * COUNT


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_specialist_on_the_first_day_they_wait_to_be_taken_over(engine: Engine) -> None:
    document = carrying(2, 3, 3, job_loss_rate=0, disengagement_rate=0)
    document["deal"]["staffing"]["specialists"] = [{"posts": 1, "from": date(2021, 4, 11)}]
    frame = frame_of(lived(document, engine))
    taken = frame[frame.event == Event.REALLOCATION].drop_duplicates(["replication", "participant"])
    assert (taken.day >= 10).all()
    assert len(taken) > 4 * COUNT
    assert (taken[taken.day == 10].participant >= CARRIED + 2).all()
    assert not (frame.event == Event.ALLOCATION)[frame.day < 10].any()


@pytest.mark.parametrize("engine", ENGINES)
def test_where_there_is_no_post_nobody_is_taken_over_however_little_they_weigh(engine: Engine) -> None:
    document = carrying(0, 0, 3, job_loss_rate=0)
    deal = document["deal"]
    deal["staffing"]["specialists"], deal["referral_target"] = [], 0
    deal["staffing"]["slot_weights"]["in_work"] = [{"from_week": 0, "weight": 0.0}]
    for line in deal["rate_card"]:
        line["target"] = 0
    frame = frame_of(lived(document, engine))
    assert (frame.event == Event.SUPPORT_ENDED).any()
    assert not (frame.event == Event.REALLOCATION).any()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_carried_over_has_no_delay_left(engine: Engine) -> None:
    frame = frame_of(lived(carrying(0, 30, 0, search_delay=90, job_rate=2, referrals_over_term=0), engine))
    assert frame[(frame.event == Event.JOB_START)].day.min() < 10


@pytest.mark.parametrize("engine", ENGINES)
def test_they_move_nobody_elses_luck(engine: Engine) -> None:
    """With slots for all, those referred later live the same lives to the day, whoever is carried over."""
    document = tiny_document()
    document["deal"]["staffing"]["caseload_limit"] = 1000
    fix(document, specialist_turnover=0)
    plain = lived(document, engine).frame()
    fix(document, carried_over_waiting=5, carried_over_searching=5, carried_over_in_work=5)
    more = lived(document, engine).frame()
    pd.testing.assert_frame_equal(plain, more[more.participant < CARRIED].reset_index(drop=True))
    fix(document, carried_over_in_work=0)
    fewer = lived(document, engine).frame()
    pd.testing.assert_frame_equal(
        fewer.reset_index(drop=True), more[more.participant < CARRIED + 10].reset_index(drop=True)
    )


def measured(document: Plain) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return the means of the first quarter, and the counts of people, in all replications."""
    scenario, events = scenario_of(document), lived(document)
    values, means = caseload(events, np.full(COUNT, 365, dtype=np.int64), quarter_marks(scenario.deal))
    return values | {f"{name}.first": column[:, 0] for name, column in means.items()}


def test_the_caseload_counts_them_from_the_first_day() -> None:
    found = measured(
        carrying(
            0, 3, 2, referrals_over_term=0, job_rate=0, job_loss_rate=0, disengagement_rate=0, specialist_turnover=0,
            carried_over_period=0,
        )
    )  # fmt: skip
    assert set(found["caseload.carried_over"]) == {5}
    assert set(found["outcomes.referral"]) == {0}
    assert set(found["caseload.people_held.first"]) == {5}
    assert set(found["caseload.slots_used.first"]) == {5 - 2 * 0.5 * 1 / 91}, "weight halves on day 90 of the 91"
    assert set(found["caseload.people_waiting.first"]) == {0}


def test_people_carried_over_who_wait_are_counted_as_waiting() -> None:
    document = carrying(4, 0, 0, referrals_over_term=0, patience=100_000)
    document["deal"]["staffing"]["ramp"] = [0.0]
    found = measured(document)
    assert set(found["caseload.people_waiting.first"]) == {4}
    assert set(found["caseload.people_held.first"]) == {0}


@pytest.mark.parametrize("engine", ENGINES)
def test_where_the_service_already_runs_its_first_specialists_have_the_ramp_behind_them(engine: Engine) -> None:
    document = carrying(0, 0, 0, specialist_turnover=12, vacancy_median=0.5)
    start = document["deal"]["term"]["service_start"]
    document["deal"]["staffing"] |= {
        "specialists": [{"posts": 1, "from": start}, {"posts": 1, "from": start + timedelta(days=40)}],
        "caseload_limit": 8, "ramp": [0.25, 0.5, 1.0], "already_running": True,
    }  # fmt: skip
    frame = lived(document, engine).frame()
    started = frame[frame.event == Event.SPECIALIST_STARTED]
    first, later = started[started.spell == 1], started[started.spell > 1]
    capacity = {post: set(first[first.participant == -1 - post].slot_weight) for post in (0, 1)}
    assert capacity == {0: {8000}, 1: {2000}}, "a post that opens later has a new specialist"
    assert set(later.slot_weight) == {2000}, "so has one that is filled again"
    ramped = frame[(frame.event == Event.SPECIALIST_RAMPED) & (frame.participant == -1) & (frame.spell == 1)]
    assert ramped.empty


def test_an_early_end_keeps_the_days_before_the_first() -> None:
    events = cut(lived(carrying(1, 1, 1)), np.zeros(COUNT, dtype=np.int64))
    assert (events.day < 0).all()
    assert events.day.size == 6 * COUNT


def test_a_trace_tells_the_life_of_somebody_carried_over() -> None:
    scenario = scenario_of(carrying(1, 1, 1))
    told = {k: sib.trace(scenario, replication=0, seed=1, participant=CARRIED + k) for k in range(3)}
    lives = {k: each.facts["life"] for k, each in told.items()}
    assert [len([row for row in lives[k] if row.date < date(2021, 4, 1)]) for k in range(3)] == [1, 2, 3]
    assert "Number 2 of 3 people carried over" in str(told[2])
    assert "Referred, before the service begins" in str(told[0])
    begins = [next(row.words for row in lives[k] if row.event == "CARRIED_OVER") for k in range(3)]
    assert begins == [
        "The service begins; goes on waiting for a place",
        "The service begins; searches for a job, with the specialist in post 0",
        "The service begins; is in work, with the specialist in post 0",
    ]
    assert [row.decided_by.decision for row in lives[2][:3]] == ["carried"] * 3
    assert "3 carried over" in str(sib.trace(scenario, replication=0, seed=1))
    with pytest.raises(sib.SibError, match=r"and 3 carried over, numbered 16777216 to 16777218"):
        sib.trace(scenario, replication=0, seed=1, participant=CARRIED + 3)
