"""People referred before the first day, compiled: see `pathway/carried.py`."""

import numpy as np

from simulator.kernel import constant, rule
from simulator.pathway.compiled.calendar import call
from simulator.pathway.compiled.world import IN_WORK, SEARCHING, WAITING, World, expect, write_on
from simulator.pathway.laws import day_between, referred_before, weekly_hours, whole_people
from simulator.records import CARRIED, Event
from simulator.streams import Decision, Entity, uniforms

_PARTICIPANT, _CARRIED_LUCK, _SPELL = (
    constant(Entity.PARTICIPANT), constant(Decision.CARRIED), constant(Decision.SPELL),
)  # fmt: skip
_REFERRAL, _ENGAGEMENT, _JOB_START, _CARRIED_OVER = (
    constant(Event.REFERRAL), constant(Event.ENGAGEMENT), constant(Event.JOB_START), constant(Event.CARRIED_OVER),
)  # fmt: skip
_FIRST_CARRIED = CARRIED


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
    carry_over_in(world, first, WAITING, whole_people(values.carried_over_waiting))
    carry_over_in(world, first, SEARCHING, whole_people(values.carried_over_searching))
    carry_over_in(world, first, IN_WORK, whole_people(values.carried_over_in_work))


@rule
def carry_over_in(world: World, first: int, state: int, count: int) -> None:
    """Make so many more people carried over who are in a state on the first day."""
    now = world.now
    for _ in range(count):
        number = first + now.people_carried
        expect(world.people, now, number, _FIRST_CARRIED + now.people_carried)
        live_before(world, world.people[number], state)
        call(world, _CARRIED_OVER, number)
        now.people_carried += 1


@rule
def live_before(world: World, person: np.record, state: int) -> None:
    """Log what happened to somebody before the first day, on which they are in a state."""
    now = world.now
    referral, engagement, job, _ = uniforms(
        now.seed, now.replication, _PARTICIPANT, person.participant, _CARRIED_LUCK, 0
    )
    person.state = state
    referred = referred_before(referral, world.values.carried_over_period)
    write_on(world, person, referred, _REFERRAL, 0, 0.0, 0)
    if state == SEARCHING:
        write_on(world, person, day_between(engagement, referred, -1), _ENGAGEMENT, 0, 0.0, 0)
    elif state == IN_WORK:
        engaged = day_between(engagement, referred, -2)
        write_on(world, person, engaged, _ENGAGEMENT, 0, 0.0, 0)
        work_before(world, person, day_between(job, engaged, -1))


@rule
def work_before(world: World, person: np.record, started: int) -> None:
    """Log the start, before the first day, of the job that somebody is in."""
    now = world.now
    _, hours, _, _ = uniforms(now.seed, now.replication, _PARTICIPANT, person.participant, _SPELL, 0)
    upper = person.entry[3] < world.values.hours_16_plus_share
    person.employed, person.job_started, person.hours = 1, started, weekly_hours(hours, upper)
    person.searches, person.spells = 1, 1
    write_on(world, person, started, _JOB_START, 1, person.hours, 0)
