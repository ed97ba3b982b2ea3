"""People referred before the first day: who they are, and what had happened to them by then (docs/model.md §3.3)."""

from typing import TYPE_CHECKING

from simulator.pathway.laws import day_between, referred_before, weekly_hours, whole_people
from simulator.pathway.participant import Participant, State
from simulator.records import CARRIED, Event

if TYPE_CHECKING:
    from simulator.pathway.engine import Replication


def carry_over(world: "Replication") -> list[Participant]:
    """Return everybody carried over, in order of number: who waits, who searches, who is in work."""
    values, people = world.values, list[Participant]()
    counts = {
        State.WAITING: values.carried_over_waiting,
        State.SEARCHING: values.carried_over_searching,
        State.IN_WORK: values.carried_over_in_work,
    }
    for state, count in counts.items():
        for _ in range(whole_people(count)):
            people.append(world.person(CARRIED + len(people), world))
            log_history(people[-1], state)
    return people


def log_history(person: Participant, state: State) -> None:
    """Log what happened to somebody before the first day, on which they are in a state."""
    referral, engagement, job, _ = person.world.luck.carried(person.number)
    person.state = state
    person.referred = referred_before(referral, person.world.values.carried_over_period)
    person.log_before(person.referred, Event.REFERRAL)
    if state == State.SEARCHING:
        person.log_before(day_between(engagement, person.referred, -1), Event.ENGAGEMENT)
    elif state == State.IN_WORK:
        engaged = day_between(engagement, person.referred, -2)
        person.log_before(engaged, Event.ENGAGEMENT)
        log_job_before(person, day_between(job, engaged, -1))


def log_job_before(person: Participant, started: int) -> None:
    """Log the start, before the first day, of the job that somebody is in."""
    _, hours, _, _ = person.world.luck.spell(person.number, 0)
    upper = person.world.luck.entry(person.number)[3] < person.world.values.hours_16_plus_share
    person.employed, person.job_started, person.hours = True, started, weekly_hours(hours, upper)
    person.searches, person.spells = 1, 1
    person.log_before(started, Event.JOB_START, person.hours)
