"""One person's rules, compiled: see `pathway/participant.py`."""

import math

import numpy as np

from simulator.dates import NEVER, whole_days
from simulator.kernel import constant, rule
from simulator.pathway.compiled.calendar import cancel, enter, is_due
from simulator.pathway.compiled.caseload import assign, carry, forget, let_go, review, take, wait_on
from simulator.pathway.compiled.world import ENGAGING, IN_WORK, NOBODY, OUT, SEARCHING, WAITING, World, write
from simulator.pathway.laws import (
    contact_loss_days,
    day_reached,
    exponential_days,
    first_job_day,
    job_end_day,
    lognormal_days,
    weekly_hours,
)
from simulator.pathway.plan import CONTACT_DAY, ENGAGEMENT_RATE, JOB_RATE, LEAVING_RATE, LOSS_RATE, REEMPLOYMENT_RATE
from simulator.records import Event
from simulator.streams import Decision, Entity, exponential, uniforms

_PARTICIPANT, _SEARCH, _SPELL = constant(Entity.PARTICIPANT), constant(Decision.SEARCH), constant(Decision.SPELL)
_NEVER = NEVER
_NOT_ENGAGED, _DISENGAGED, _SEARCH_ENDED, _SUPPORT_ENDED, _CONTACT_GRACE_OVER, _WEIGHT_CHANGED = (
    constant(Event.NOT_ENGAGED), constant(Event.DISENGAGED), constant(Event.SEARCH_ENDED), constant(Event.SUPPORT_ENDED),
    constant(Event.CONTACT_GRACE_OVER), constant(Event.WEIGHT_CHANGED),
)  # fmt: skip
_JOB_END, _JOB_START, _ENGAGEMENT, _CONTACT_LOST = (
    constant(Event.JOB_END), constant(Event.JOB_START), constant(Event.ENGAGEMENT), constant(Event.CONTACT_LOST),
)  # fmt: skip
_CARRIED_OVER, _REFERRAL, _REALLOCATION, _ALLOCATION, _LAPSED, _UNALLOCATED = (
    constant(Event.CARRIED_OVER),
    constant(Event.REFERRAL), constant(Event.REALLOCATION), constant(Event.ALLOCATION), constant(Event.LAPSED),
    constant(Event.UNALLOCATED),
)  # fmt: skip


@rule
def happen(world: World, person: np.record, event: int) -> None:
    """Apply the rule of a timed event."""
    if event == _ENGAGEMENT:
        engagement(world, person)
    elif event == _JOB_START:
        job_start(world, person)
    elif event == _JOB_END:
        job_end(world, person)
    elif event == _WEIGHT_CHANGED:
        weight_changed(world, person)
    elif event == _CONTACT_LOST:
        contact_lost(world, person)
    elif event == _LAPSED:
        lapsed(world, person)
    else:
        close(world, person, event)


# The first day, for those carried over; the waiting list and allocation


@rule
def carried_over(world: World, person: np.record) -> None:
    """Somebody referred before the first day goes on waiting, searching or working; what can end that is new luck."""
    if person.state == WAITING:
        wait_on(world, person)
        wait(world, person)
    else:
        carry(world, person)
        if person.state == SEARCHING:
            search(world, person, 0.0)
        else:
            now = world.now
            luck = uniforms(now.seed, now.replication, _PARTICIPANT, person.participant, _SPELL, 0)
            work(world, person, luck[0], luck[2])
    log(world, person, _CARRIED_OVER, 0.0)
    review(world)


@rule
def referral(world: World, person: np.record) -> None:
    """A referred person joins the waiting list."""
    log(world, person, _REFERRAL, 0.0)
    world.now.referred += 1
    wait(world, person)
    review(world)


@rule
def wait(world: World, person: np.record) -> None:
    """Wait from today for as long as patience lasts."""
    now, patience, u = world.now, world.values.patience, person.entry[0]
    days = whole_days(patience) if world.plan.patience_is_fixed else exponential_days(u, patience)
    now.people_waiting += 1
    enter(world, person, _LAPSED, now.today + days)


@rule
def lapsed(world: World, person: np.record) -> None:
    """Patience is over: the person leaves the waiting list."""
    world.now.people_waiting -= 1
    person.state = OUT
    log(world, person, _LAPSED, 0.0)


@rule
def allocation(world: World, person: np.record) -> None:
    """A slot is free: it is held from today; the person will engage after a while, or will not."""
    today, values = world.now.today, world.values
    world.now.people_waiting -= 1
    cancel(person, _LAPSED)
    person.state = ENGAGING
    person.weight = world.plan.weight_engaging
    assign(world, person)
    log(world, person, _ALLOCATION, 0.0)
    engages, time = person.entry[1], person.entry[2]
    if engages < min(1.0, values.engagement_probability * world.plan.multiplier[ENGAGEMENT_RATE, today]):
        days = lognormal_days(time, values.engagement_time_median, values.engagement_time_sigma)
        enter(world, person, _ENGAGEMENT, today + days)
    else:
        enter(world, person, _NOT_ENGAGED, today + whole_days(values.not_engaged_hold))


@rule
def reallocation(world: World, person: np.record) -> None:
    """Another specialist takes the person over; leaving is no longer more likely."""
    spend_leave(world, person)
    world.now.people_unallocated -= 1
    assign(world, person)
    log(world, person, _REALLOCATION, 0.0)
    enter_leave(world, person)


@rule
def unallocated(world: World, person: np.record) -> None:
    """The person's specialist leaves; while nobody takes over, leaving is more likely."""
    spend_leave(world, person)
    let_go(world, person)
    log(world, person, _UNALLOCATED, 0.0)
    enter_leave(world, person)


# Engagement, search and work


@rule
def engagement(world: World, person: np.record) -> None:
    """Third appointment or vocational profile: the search begins, at once or after a delay."""
    search(world, person, world.values.search_delay)
    log(world, person, _ENGAGEMENT, 0.0)


@rule
def search(world: World, person: np.record, delay: float) -> None:
    """A search ends with a job, after a delay at the earliest, with leaving, or at its longest length."""
    now, values = world.now, world.values
    person.state = SEARCHING
    take(world, person, world.plan.weight_searching)
    job, leave, _, _ = uniforms(now.seed, now.replication, _PARTICIPANT, person.participant, _SEARCH, person.searches)
    person.searches += 1
    again = person.spells > 0
    rate = values.reemployment_rate if again else values.job_rate
    clock = world.plan.clock[REEMPLOYMENT_RATE if again else JOB_RATE]
    enter(world, person, _JOB_START, first_job_day(clock, now.today, delay, exponential(job), rate))
    leaving = values.disengagement_rate
    person.leave_left = exponential(leave) / leaving if leaving > 0.0 else math.inf
    person.leave_since = now.today
    enter_leave(world, person)
    if world.plan.searches_end:
        enter(world, person, _SEARCH_ENDED, now.today + whole_days(values.search_limit))


@rule
def job_start(world: World, person: np.record) -> None:
    """A job starts, and is supported."""
    now = world.now
    cancel(person, _DISENGAGED)
    cancel(person, _SEARCH_ENDED)
    luck = uniforms(now.seed, now.replication, _PARTICIPANT, person.participant, _SPELL, person.spells)
    upper = person.entry[3] < world.values.hours_16_plus_share
    person.state, person.employed, person.job_started = IN_WORK, 1, now.today
    person.hours = weekly_hours(luck[1], upper)
    person.spells += 1
    work(world, person, luck[0], luck[2])
    log(world, person, _JOB_START, person.hours)


@rule
def work(world: World, person: np.record, loss: float, contact: float) -> None:
    """From today the end of the job and the loss of contact take their course; support counts from the job's start."""
    today, plan, values = world.now.today, world.plan, world.values
    step = weight_step(world, person)
    take(world, person, plan.weight_in_work[step])
    early_days = int(values.job_loss_early_period) - (today - person.job_started)
    end = job_end_day(
        plan.clock[LOSS_RATE], today, exponential(loss), values.job_loss_rate, values.job_loss_early_factor, early_days
    )
    enter(world, person, _JOB_END, end)
    enter(world, person, _SUPPORT_ENDED, max(today + 1, person.job_started + plan.support_days))
    enter_weight_change(world, person, step + 1)
    if person.spells == 1:
        days = contact_loss_days(contact, values.contact_probability, CONTACT_DAY)
        enter(world, person, _CONTACT_LOST, today + days)


@rule
def job_end(world: World, person: np.record) -> None:
    """A job ends; whoever is still supported searches again."""
    person.employed = 0
    if person.state == IN_WORK:
        cancel(person, _SUPPORT_ENDED)
        cancel(person, _WEIGHT_CHANGED)
        search(world, person, 0.0)
    log(world, person, _JOB_END, person.hours)


@rule
def weight_changed(world: World, person: np.record) -> None:
    """Support tapers: from this week of the job on the person weighs less."""
    step = weight_step(world, person)
    take(world, person, world.plan.weight_in_work[step])
    log(world, person, _WEIGHT_CHANGED, 0.0)
    enter_weight_change(world, person, step + 1)


@rule
def contact_lost(world: World, person: np.record) -> None:
    """The person is out of touch; the slot is kept for the days of grace."""
    log(world, person, _CONTACT_LOST, 0.0)
    if person.state in (SEARCHING, IN_WORK):
        enter(world, person, _CONTACT_GRACE_OVER, world.now.today + world.plan.grace_days)


@rule
def close(world: World, person: np.record, reason: int) -> None:
    """The service ends for this person and frees the slot; a job goes on."""
    for event in (_DISENGAGED, _SEARCH_ENDED, _JOB_START, _SUPPORT_ENDED, _WEIGHT_CHANGED, _CONTACT_GRACE_OVER):
        cancel(person, event)
    person.state = OUT
    take(world, person, 0)
    if person.specialist == NOBODY:
        world.now.people_unallocated -= 1
        review(world)
    forget(world, person)
    log(world, person, reason, 0.0)


# Leaving: a threshold used up at a rate that depends on whether a specialist has the person


@rule
def leave_factor(world: World, person: np.record) -> float:
    """Return the factor on leaving: above 1 while no specialist has the person."""
    return world.values.unallocated_disengagement_factor if person.specialist == NOBODY else 1.0


@rule
def spend_leave(world: World, person: np.record) -> None:
    """Use up the threshold of leaving at the rate so far, up to today."""
    if person.state == SEARCHING:
        clock, today = world.plan.clock[LEAVING_RATE], world.now.today
        person.leave_left -= leave_factor(world, person) * (clock[today] - clock[person.leave_since])
        person.leave_since = today


@rule
def enter_leave(world: World, person: np.record) -> None:
    """Enter the day of leaving at the present rate; what is due today stays due today."""
    today, factor = world.now.today, leave_factor(world, person)
    if person.state == SEARCHING and not is_due(person, _DISENGAGED, today):
        clock = world.plan.clock[LEAVING_RATE]
        day = day_reached(clock, today, person.leave_left / factor) if factor > 0.0 else _NEVER
        enter(world, person, _DISENGAGED, day)


# In-work weight


@rule
def weight_step(world: World, person: np.record) -> int:
    """Return the step of the in-work weights that holds today."""
    days, step = world.now.today - person.job_started, 0
    while step + 1 < world.plan.weight_days.size and world.plan.weight_days[step + 1] <= days:
        step += 1
    return step


@rule
def enter_weight_change(world: World, person: np.record, step: int) -> None:
    """Enter the day from which a step of the in-work weights holds."""
    if step < world.plan.weight_days.size:
        enter(world, person, _WEIGHT_CHANGED, person.job_started + world.plan.weight_days[step])


@rule
def log(world: World, person: np.record, event: int, hours: float) -> None:
    """Write down what happened to a person today."""
    write(world, person, event, person.spells, hours, person.weight)
