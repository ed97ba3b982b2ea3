"""People referred before the first day, compiled: see `pathway/carried.py`."""

import numpy as np

from simulator.kernel import rule
from simulator.pathway.compiled.calendar import call
from simulator.pathway.compiled.world import IN_WORK, SEARCHING, WAITING, World, expect, write_on
from simulator.pathway.laws import day_between, referred_before, weekly_hours, whole_people
from simulator.records import CARRIED, EVENT
from simulator.streams import DECISION, ENTITY, uniforms


@rule
def people_carried(values: np.record) -> int:
    """Return how many people are carried over."""
    return int(
        whole_people(values.carried_over_waiting)
        + whole_people(values.carried_over_searching)
        + whole_people(values.carried_over_in_work)
    )


@rule
def carry_over(world: World, first: int) -> None:
    """Make everybody carried over, as the people from a number on: who waits, who searches, who is in work."""
    values = world.values
    _carry_over_in(world, first, WAITING, whole_people(values.carried_over_waiting))
    _carry_over_in(world, first, SEARCHING, whole_people(values.carried_over_searching))
    _carry_over_in(world, first, IN_WORK, whole_people(values.carried_over_in_work))


@rule
def _carry_over_in(world: World, first: int, state: int, count: int) -> None:
    """Make so many more people carried over who are in a state on the first day."""
    now = world.now
    for _ in range(count):
        number = first + now.people_carried
        expect(world.people, now, number, CARRIED + now.people_carried)
        log_history(world, world.people[number], state)
        call(world, EVENT.CARRIED_OVER, number)
        now.people_carried += 1


@rule
def log_history(world: World, person: np.record, state: int) -> None:
    """Log what happened to somebody before the first day, on which they are in a state.

    Args:
        world: the state of the replication.
        person: the participant, by record.
        state: the state on the first day.
    """
    now = world.now
    referral, engagement, job, _ = uniforms(
        now.seed, now.replication, ENTITY.PARTICIPANT, person.participant, DECISION.CARRIED, 0
    )
    person.state = state
    referred = referred_before(referral, world.values.carried_over_period)
    write_on(world, person, referred, EVENT.REFERRAL, 0, 0.0, 0)
    if state == SEARCHING:
        write_on(world, person, day_between(engagement, referred, -1), EVENT.ENGAGEMENT, 0, 0.0, 0)
    elif state == IN_WORK:
        engaged = day_between(engagement, referred, -2)
        write_on(world, person, engaged, EVENT.ENGAGEMENT, 0, 0.0, 0)
        log_job_before(world, person, day_between(job, engaged, -1))


@rule
def log_job_before(world: World, person: np.record, started: int) -> None:
    """Log the start, before the first day, of the job that somebody is in.

    Args:
        world: the state of the replication.
        person: the participant, by record.
        started: day on which the job started, before day 0.
    """
    now = world.now
    _, hours, _, _ = uniforms(now.seed, now.replication, ENTITY.PARTICIPANT, person.participant, DECISION.SPELL, 0)
    upper = person.entry[3] < world.values.hours_16_plus_share
    person.employed, person.job_started, person.hours = 1, started, weekly_hours(hours, upper)
    person.searches, person.spells = 1, 1
    write_on(world, person, started, EVENT.JOB_START, 1, person.hours, 0)
