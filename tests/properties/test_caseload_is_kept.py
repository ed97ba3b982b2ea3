"""P6: admissions never exceed capacity, nothing is negative, and the counts of people add up, read from the event log alone."""

from itertools import groupby

import numpy as np

from simulator.records import CARRIED, CLOSING, Event, Status
from tests import reference
from tests.strategies import World, promise, worlds

AFTER = {
    Event.ALLOCATION: {Event.REFERRAL},
    Event.LAPSED: {Event.REFERRAL},
    Event.ENGAGEMENT: {Event.ALLOCATION},
    Event.JOB_START: {Event.ENGAGEMENT},
    Event.JOB_END: {Event.JOB_START},
    Event.CONTACT_LOST: {Event.JOB_START},
    Event.WEIGHT_CHANGED: {Event.JOB_START},
    Event.SUPPORT_ENDED: {Event.JOB_START},
    Event.REALLOCATION: {Event.UNALLOCATED},
}
"""What must have happened to a person before an event."""
AFTER_BEFORE = {Event.REFERRAL: set[Event](), Event.ENGAGEMENT: {Event.REFERRAL}, Event.JOB_START: {Event.ENGAGEMENT}}
"""The same before the first day, for people carried over; their allocation is not told."""
ONCE = (
    Event.CARRIED_OVER,
    Event.REFERRAL,
    Event.ALLOCATION,
    Event.LAPSED,
    Event.ENGAGEMENT,
    Event.CONTACT_LOST,
    Event.TERM_END,
)


@promise(worlds(), examples=40)
def test_nobody_is_admitted_beyond_capacity_and_no_slot_is_negative(world: World) -> None:
    for replication in range(world.count):
        for (who, _, event, _, weight), used, available in reference.replay(world.tables.events, replication):
            assert weight >= 0
            assert used >= 0
            assert available >= 0
            if event in (Event.ALLOCATION, Event.REALLOCATION):
                assert who >= 0
                assert used <= available


def sustained(world: World, replication: int) -> int:
    """Return how many people sustained a job, from the claims."""
    claims, card = world.tables.claims, world.scenario.deal.rate_card
    rows = claims.rows_of(replication)
    lines = [i for i, outcome in enumerate(card) if outcome.group == "sustainment"]
    kept = np.isin(claims.outcome[rows], lines) & (claims.status[rows] != Status.DUPLICATE)
    return len(set(map(int, claims.participant[rows][kept])))


@promise(worlds(), examples=40)
def test_people_add_up(world: World) -> None:
    events = world.tables.events
    for replication in range(world.count):
        people = [
            [Event(row[2]) for row in life]
            for who, life in groupby(reference.rows_of(events, replication), key=lambda row: row[0])
            if who >= 0
        ]
        rows = reference.rows_of(events, replication)
        referred = sum(row[1] >= 0 and row[2] == Event.REFERRAL for row in rows)
        carried = [life for life in people if Event.CARRIED_OVER in life]
        assert len(people) == referred + len(carried)
        ever = [life for life in people if {Event.ALLOCATION, Event.ENGAGEMENT} & set(life)]
        lapsed = [life for life in people if Event.LAPSED in life]
        waiting = [life for life in people if not {Event.ALLOCATION, Event.ENGAGEMENT, Event.LAPSED} & set(life)]
        assert len(people) == len(waiting) + len(lapsed) + len(ever)
        closed = [life for life in ever if set(CLOSING) & set(life)]
        assert all(sum(event in CLOSING for event in life) == 1 for life in closed)
        inside = [life for life in ever if not set(CLOSING) & set(life)]
        if world.scenario.deal.investment.shortfall == "defer":
            assert all(life[-1] == Event.TERM_END for life in [*inside, *waiting])
        engaged = [life for life in people if Event.ENGAGEMENT in life]
        started = [life for life in people if Event.JOB_START in life]
        assert len(ever) >= len(engaged) >= len(started) >= sustained(world, replication)


@promise(worlds(), examples=40)
def test_lives_are_legal(world: World) -> None:
    events = world.tables.events
    for replication in range(world.count):
        for who, rows in groupby(reference.rows_of(events, replication), key=lambda row: row[0]):
            life = list(rows)
            days = [day for _, day, _, _, _ in life]
            assert days == sorted(days)
            if who < 0:
                continue
            happened: set[Event] = set()
            for _, day, number, _, _ in life:
                event = Event(number)
                before = AFTER.get(event, set()) if day >= 0 else AFTER_BEFORE[event]
                assert (
                    before - ({Event.ALLOCATION, Event.UNALLOCATED} if Event.CARRIED_OVER in happened else set())
                    <= happened
                )
                assert not (event in ONCE and event in happened)
                happened.add(event)
            assert life[0][2] == Event.REFERRAL
            assert (life[0][1] < 0) == (who >= CARRIED)
            if who >= CARRIED:
                told = [event for _, day, event, _, _ in life if day < 0]
                assert told == [Event.REFERRAL, Event.ENGAGEMENT, Event.JOB_START][: len(told)]
                assert life[len(told)][1:3] == (0, Event.CARRIED_OVER)
            jobs = [Event(row[2]) for row in life if row[2] in (Event.JOB_START, Event.JOB_END)]
            assert jobs == [Event.JOB_START, Event.JOB_END] * (len(jobs) // 2) + [Event.JOB_START] * (len(jobs) % 2)


@promise(worlds(), examples=25)
def test_whoever_is_referred_first_is_admitted_first(world: World) -> None:
    """First come, first served: of two people who wait, the earlier is never passed over by the later."""
    for replication in range(world.count):
        rows = reference.rows_of(world.tables.events, replication)
        admitted = {who: day for who, day, event, _, _ in rows if event == Event.ALLOCATION}
        lapsed = {who: day for who, day, event, _, _ in rows if event == Event.LAPSED}
        last, inside = 0, {who for who, day, event, _, _ in rows if event == Event.ENGAGEMENT and day < 0}
        queue = [
            (day, who) for who, day, event, _, _ in rows if event == Event.REFERRAL and not (day < 0 and who in inside)
        ]
        for _, who in sorted(queue):
            gone = lapsed.get(who, 10**9)
            day = admitted.get(who, 10**9 if gone == 10**9 else None)
            if day is not None:
                assert day >= last
                last = day
