"""One person's rules, compiled: see `pathway/participant.py`."""

import math

import numpy as np

from simulator.dates import NEVER, whole_days
from simulator.kernel import rule
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
from simulator.pathway.plan import (
    CONTACT_DAY,
    DISENGAGEMENT_RATE,
    ENGAGEMENT_RATE,
    JOB_RATE,
    LOSS_RATE,
    REEMPLOYMENT_RATE,
)
from simulator.records import EVENT
from simulator.streams import DECISION, ENTITY, exponential, uniforms


@rule
def happen(world: World, person: np.record, event: int) -> None:
    """Apply the rule of a timed event.

    Args:
        world: the state of the replication.
        person: the participant, by record.
        event: the event.
    """
    if event == EVENT.ENGAGEMENT:
        engagement(world, person)
    elif event == EVENT.JOB_START:
        job_start(world, person)
    elif event == EVENT.JOB_END:
        job_end(world, person)
    elif event == EVENT.WEIGHT_CHANGED:
        weight_changed(world, person)
    elif event == EVENT.CONTACT_LOST:
        contact_lost(world, person)
    elif event == EVENT.LAPSED:
        lapsed(world, person)
    else:
        close(world, person, event)


# The first day, for those carried over; the waiting list and allocation


@rule
def carried_over(world: World, person: np.record) -> None:
    """Somebody referred before the first day goes on waiting, searching or working; what can end that is drawn anew."""
    if person.state == WAITING:
        wait_on(world, person)
        _wait(world, person)
    else:
        carry(world, person)
        if person.state == SEARCHING:
            _search(world, person, 0.0)
        else:
            now = world.now
            luck = uniforms(now.seed, now.replication, ENTITY.PARTICIPANT, person.participant, DECISION.SPELL, 0)
            _work(world, person, luck[0], luck[2])
    _log(world, person, EVENT.CARRIED_OVER, 0.0)
    review(world)


@rule
def referral(world: World, person: np.record) -> None:
    """A referred person joins the waiting list."""
    _log(world, person, EVENT.REFERRAL, 0.0)
    world.now.referred += 1
    _wait(world, person)
    review(world)


@rule
def _wait(world: World, person: np.record) -> None:
    """Wait from today for as long as patience lasts."""
    now, patience, u = world.now, world.values.patience, person.entry[0]
    days = whole_days(patience) if world.plan.patience_is_fixed else exponential_days(u, patience)
    now.people_waiting += 1
    enter(world, person, EVENT.LAPSED, now.today + days)


@rule
def lapsed(world: World, person: np.record) -> None:
    """Patience is over: the person leaves the waiting list."""
    world.now.people_waiting -= 1
    person.state = OUT
    _log(world, person, EVENT.LAPSED, 0.0)


@rule
def allocation(world: World, person: np.record) -> None:
    """A slot is free: it is held from today; the person will engage after a while, or will not."""
    today, values = world.now.today, world.values
    world.now.people_waiting -= 1
    cancel(person, EVENT.LAPSED)
    person.state = ENGAGING
    person.weight = world.plan.weight_engaging
    assign(world, person)
    _log(world, person, EVENT.ALLOCATION, 0.0)
    engages, time = person.entry[1], person.entry[2]
    if engages < min(1.0, values.engagement_probability * world.plan.multiplier[ENGAGEMENT_RATE, today]):
        days = lognormal_days(time, values.engagement_time_median, values.engagement_time_sigma)
        enter(world, person, EVENT.ENGAGEMENT, today + days)
    else:
        enter(world, person, EVENT.NOT_ENGAGED, today + whole_days(values.not_engaged_hold))


@rule
def reallocation(world: World, person: np.record) -> None:
    """Another specialist takes the person over; disengagement is no longer more likely."""
    _spend_disengagement(world, person)
    world.now.people_unallocated -= 1
    assign(world, person)
    _log(world, person, EVENT.REALLOCATION, 0.0)
    _enter_disengagement(world, person)


@rule
def unallocated(world: World, person: np.record) -> None:
    """The person's specialist leaves; while nobody takes over, disengagement is more likely."""
    _spend_disengagement(world, person)
    let_go(world, person)
    _log(world, person, EVENT.UNALLOCATED, 0.0)
    _enter_disengagement(world, person)


# Engagement, search and work


@rule
def engagement(world: World, person: np.record) -> None:
    """Third appointment or vocational profile: the search begins, at once or after a delay."""
    _search(world, person, world.values.search_delay)
    _log(world, person, EVENT.ENGAGEMENT, 0.0)


@rule
def _search(world: World, person: np.record, delay: float) -> None:
    """A search ends with a job, after a delay at the earliest, with disengagement, or at its longest length."""
    now, values = world.now, world.values
    person.state = SEARCHING
    take(world, person, world.plan.weight_searching)
    job, threshold, _, _ = uniforms(
        now.seed, now.replication, ENTITY.PARTICIPANT, person.participant, DECISION.SEARCH, person.searches
    )
    person.searches += 1
    again = person.spells > 0
    rate = values.reemployment_rate if again else values.job_rate
    clock = world.plan.clock[REEMPLOYMENT_RATE if again else JOB_RATE]
    enter(world, person, EVENT.JOB_START, first_job_day(clock, now.today, delay, exponential(job), rate))
    disengagement = values.disengagement_rate
    person.disengagement_left = exponential(threshold) / disengagement if disengagement > 0.0 else math.inf
    person.disengagement_since = now.today
    _enter_disengagement(world, person)
    if world.plan.searches_end:
        enter(world, person, EVENT.SEARCH_ENDED, now.today + whole_days(values.search_limit))


@rule
def job_start(world: World, person: np.record) -> None:
    """A job starts, and is supported."""
    now = world.now
    cancel(person, EVENT.DISENGAGED)
    cancel(person, EVENT.SEARCH_ENDED)
    luck = uniforms(now.seed, now.replication, ENTITY.PARTICIPANT, person.participant, DECISION.SPELL, person.spells)
    upper = person.entry[3] < world.values.hours_16_plus_share
    person.state, person.employed, person.job_started = IN_WORK, 1, now.today
    person.hours = weekly_hours(luck[1], upper)
    person.spells += 1
    _work(world, person, luck[0], luck[2])
    _log(world, person, EVENT.JOB_START, person.hours)


@rule
def _work(world: World, person: np.record, loss: float, contact: float) -> None:
    """From today the end of the job and the loss of contact take their course; support counts from the job's start."""
    today, plan, values = world.now.today, world.plan, world.values
    step = _weight_step(world, person)
    take(world, person, plan.weight_in_work[step])
    early_days = int(values.job_loss_early_period) - (today - person.job_started)
    end = job_end_day(
        plan.clock[LOSS_RATE], today, exponential(loss), values.job_loss_rate, values.job_loss_early_factor, early_days
    )
    enter(world, person, EVENT.JOB_END, end)
    enter(world, person, EVENT.SUPPORT_ENDED, max(today + 1, person.job_started + plan.support_days))
    _enter_weight_change(world, person, step + 1)
    if person.spells == 1:
        days = contact_loss_days(contact, values.contact_probability, CONTACT_DAY)
        enter(world, person, EVENT.CONTACT_LOST, today + days)


@rule
def job_end(world: World, person: np.record) -> None:
    """A job ends; a person still supported searches again."""
    person.employed = 0
    if person.state == IN_WORK:
        cancel(person, EVENT.SUPPORT_ENDED)
        cancel(person, EVENT.WEIGHT_CHANGED)
        _search(world, person, 0.0)
    _log(world, person, EVENT.JOB_END, person.hours)


@rule
def weight_changed(world: World, person: np.record) -> None:
    """Support tapers: from this week of the job on the person weighs less."""
    step = _weight_step(world, person)
    take(world, person, world.plan.weight_in_work[step])
    _log(world, person, EVENT.WEIGHT_CHANGED, 0.0)
    _enter_weight_change(world, person, step + 1)


@rule
def contact_lost(world: World, person: np.record) -> None:
    """The person is out of touch; the slot is kept for the days of grace."""
    _log(world, person, EVENT.CONTACT_LOST, 0.0)
    if person.state in (SEARCHING, IN_WORK):
        enter(world, person, EVENT.CONTACT_GRACE_OVER, world.now.today + world.plan.grace_days)


@rule
def close(world: World, person: np.record, reason: int) -> None:
    """The service ends for this person and frees the slot; a job goes on.

    Args:
        world: the state of the replication.
        person: the participant, by record.
        reason: the event that ends the service.
    """
    for event in (
        EVENT.DISENGAGED,
        EVENT.SEARCH_ENDED,
        EVENT.JOB_START,
        EVENT.SUPPORT_ENDED,
        EVENT.WEIGHT_CHANGED,
        EVENT.CONTACT_GRACE_OVER,
    ):
        cancel(person, event)
    person.state = OUT
    take(world, person, 0)
    if person.specialist == NOBODY:
        world.now.people_unallocated -= 1
        review(world)
    forget(world, person)
    _log(world, person, reason, 0.0)


# Disengagement: a threshold used up at a rate that depends on whether a specialist has the person


@rule
def _disengagement_factor(world: World, person: np.record) -> float:
    """Return the factor on disengagement: above 1 while no specialist has the person."""
    return world.values.unallocated_disengagement_factor if person.specialist == NOBODY else 1.0


@rule
def _spend_disengagement(world: World, person: np.record) -> None:
    """Use up the threshold of disengagement at the rate so far, up to today."""
    if person.state == SEARCHING:
        clock, today = world.plan.clock[DISENGAGEMENT_RATE], world.now.today
        person.disengagement_left -= _disengagement_factor(world, person) * (
            clock[today] - clock[person.disengagement_since]
        )
        person.disengagement_since = today


@rule
def _enter_disengagement(world: World, person: np.record) -> None:
    """Enter the day of disengagement at the present rate; what is due today stays due today."""
    today, factor = world.now.today, _disengagement_factor(world, person)
    if person.state == SEARCHING and not is_due(person, EVENT.DISENGAGED, today):
        clock = world.plan.clock[DISENGAGEMENT_RATE]
        day = day_reached(clock, today, person.disengagement_left / factor) if factor > 0.0 else NEVER
        enter(world, person, EVENT.DISENGAGED, day)


# In-work weight


@rule
def _weight_step(world: World, person: np.record) -> int:
    """Return the step of the in-work weights that holds today."""
    days, step = world.now.today - person.job_started, 0
    while step + 1 < world.plan.weight_days.size and world.plan.weight_days[step + 1] <= days:
        step += 1
    return step


@rule
def _enter_weight_change(world: World, person: np.record, step: int) -> None:
    """Enter the day from which a step of the in-work weights holds."""
    if step < world.plan.weight_days.size:
        enter(world, person, EVENT.WEIGHT_CHANGED, person.job_started + world.plan.weight_days[step])


@rule
def _log(world: World, person: np.record, event: int, hours: float) -> None:
    """Write down what happened to a person today."""
    write(world, person, event, person.spells, hours, person.weight)
