"""One person's rules, compiled: see `pathway/participant.py`."""

from simulator.dates import NEVER
from simulator.kernel import rule
from simulator.pathway.compiled.caseload import assign, let_go, review, take
from simulator.pathway.compiled.world import (
    EMPLOYED,
    ENGAGING,
    IN_WORK,
    JOB_STARTED,
    LAST_WAITING,
    LEAVE_SINCE,
    OUT,
    PEOPLE_UNALLOCATED,
    PEOPLE_WAITING,
    SEARCHES,
    SEARCHING,
    SPECIALIST,
    SPELLS,
    STATE,
    TODAY,
    WEIGHT,
    World,
    cancel,
    enter,
    is_due,
    write,
)
from simulator.pathway.laws import (
    contact_loss_days,
    day_reached,
    exponential_days,
    hazard_day,
    job_end_day,
    lognormal_days,
    weekly_hours,
    whole_days,
)
from simulator.pathway.plan import CONTACT_DAY, ENGAGEMENT_RATE, JOB_RATE, LEAVING_RATE, LOSS_RATE, REEMPLOYMENT_RATE
from simulator.records import Event
from simulator.streams import Decision, Entity, exponential, uniforms

_PARTICIPANT, _ENTRY, _SEARCH, _SPELL = (
    int(Entity.PARTICIPANT), int(Decision.ENTRY), int(Decision.SEARCH), int(Decision.SPELL),
)  # fmt: skip
_NEVER = NEVER
_NOT_ENGAGED, _DISENGAGED, _SEARCH_ENDED, _SUPPORT_ENDED, _CONTACT_GRACE_OVER, _WEIGHT_CHANGED = (
    int(Event.NOT_ENGAGED), int(Event.DISENGAGED), int(Event.SEARCH_ENDED), int(Event.SUPPORT_ENDED),
    int(Event.CONTACT_GRACE_OVER), int(Event.WEIGHT_CHANGED),
)  # fmt: skip
_JOB_END, _JOB_START, _ENGAGEMENT, _CONTACT_LOST, _REFERRAL, _REALLOCATION, _ALLOCATION, _LAPSED, _UNALLOCATED = (
    int(Event.JOB_END), int(Event.JOB_START), int(Event.ENGAGEMENT), int(Event.CONTACT_LOST), int(Event.REFERRAL),
    int(Event.REALLOCATION), int(Event.ALLOCATION), int(Event.LAPSED), int(Event.UNALLOCATED),
)  # fmt: skip


@rule
def happen(world: World, person: int, event: int) -> None:
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


@rule
def referral(world: World, person: int) -> None:
    """A referred person joins the waiting list and waits for as long as their patience lasts."""
    today, patience = world.now[TODAY], world.values.patience
    world.entry[person] = uniforms(world.seed, world.replication, _PARTICIPANT, person, _ENTRY, 0)
    days = whole_days(patience) if world.plan.patience_is_fixed else exponential_days(world.entry[person, 0], patience)
    log(world, person, _REFERRAL, 0.0)
    world.waiting[world.now[LAST_WAITING]] = person
    world.now[LAST_WAITING] += 1
    world.now[PEOPLE_WAITING] += 1
    enter(world, person, person, _LAPSED, today + days)
    review(world)


@rule
def lapsed(world: World, person: int) -> None:
    """Patience is over: the person leaves the waiting list."""
    world.now[PEOPLE_WAITING] -= 1
    world.people[person, STATE] = OUT
    log(world, person, _LAPSED, 0.0)


@rule
def allocation(world: World, person: int) -> None:
    """A slot is free: it is held from today; the person will engage after a while, or will not."""
    today, values = world.now[TODAY], world.values
    world.now[PEOPLE_WAITING] -= 1
    cancel(world, person, _LAPSED)
    world.people[person, STATE] = ENGAGING
    world.people[person, WEIGHT] = world.plan.weight_engaging
    assign(world, person)
    log(world, person, _ALLOCATION, 0.0)
    engages, time = world.entry[person, 1], world.entry[person, 2]
    if engages < min(1.0, values.engagement_probability * world.plan.multiplier[ENGAGEMENT_RATE, today]):
        days = lognormal_days(time, values.engagement_time_median, values.engagement_time_sigma)
        enter(world, person, person, _ENGAGEMENT, today + days)
    else:
        enter(world, person, person, _NOT_ENGAGED, today + whole_days(values.not_engaged_hold))


@rule
def reallocation(world: World, person: int) -> None:
    """Another specialist takes the person over; leaving is no longer more likely."""
    spend_leave(world, person)
    world.now[PEOPLE_UNALLOCATED] -= 1
    assign(world, person)
    log(world, person, _REALLOCATION, 0.0)
    enter_leave(world, person)


@rule
def unallocated(world: World, person: int) -> None:
    """The person's specialist leaves; while nobody takes over, leaving is more likely."""
    spend_leave(world, person)
    let_go(world, person)
    log(world, person, _UNALLOCATED, 0.0)
    enter_leave(world, person)


@rule
def engagement(world: World, person: int) -> None:
    """Third appointment or vocational profile: the search begins."""
    search(world, person)
    log(world, person, _ENGAGEMENT, 0.0)


@rule
def search(world: World, person: int) -> None:
    """A search ends with a job, with leaving, or at its longest length."""
    today, values, people = world.now[TODAY], world.values, world.people
    people[person, STATE] = SEARCHING
    take(world, person, world.plan.weight_searching)
    job, leave, _, _ = uniforms(world.seed, world.replication, _PARTICIPANT, person, _SEARCH, people[person, SEARCHES])
    people[person, SEARCHES] += 1
    again = people[person, SPELLS] > 0
    rate = values.reemployment_rate if again else values.job_rate
    clock = world.plan.clock[REEMPLOYMENT_RATE if again else JOB_RATE]
    enter(world, person, person, _JOB_START, hazard_day(clock, today, exponential(job), rate))
    leaving = values.disengagement_rate
    world.leave_left[person] = exponential(leave) / leaving if leaving > 0.0 else float(_NEVER)
    people[person, LEAVE_SINCE] = today
    enter_leave(world, person)
    if world.plan.searches_end:
        enter(world, person, person, _SEARCH_ENDED, today + whole_days(values.search_limit))


@rule
def job_start(world: World, person: int) -> None:
    """A job starts: supported from today, its end and the loss of contact take their course."""
    today, plan, values, people = world.now[TODAY], world.plan, world.values, world.people
    cancel(world, person, _DISENGAGED)
    cancel(world, person, _SEARCH_ENDED)
    loss, hours, contact, _ = uniforms(
        world.seed, world.replication, _PARTICIPANT, person, _SPELL, people[person, SPELLS]
    )
    upper = world.entry[person, 3] < values.hours_16_plus_share
    people[person, STATE], people[person, EMPLOYED], people[person, JOB_STARTED] = IN_WORK, 1, today
    world.hours[person] = weekly_hours(hours, upper)
    people[person, SPELLS] += 1
    take(world, person, plan.weight_in_work[0])
    early_days = int(values.job_loss_early_period)
    end = job_end_day(
        plan.clock[LOSS_RATE], today, exponential(loss), values.job_loss_rate, values.job_loss_early_factor, early_days
    )
    enter(world, person, person, _JOB_END, end)
    enter(world, person, person, _SUPPORT_ENDED, today + plan.support_days)
    enter_weight_change(world, person, 1)
    log(world, person, _JOB_START, world.hours[person])
    if people[person, SPELLS] == 1:
        days = contact_loss_days(contact, values.contact_probability, CONTACT_DAY)
        enter(world, person, person, _CONTACT_LOST, today + days)


@rule
def job_end(world: World, person: int) -> None:
    """A job ends; whoever is still supported searches again."""
    world.people[person, EMPLOYED] = 0
    if world.people[person, STATE] == IN_WORK:
        cancel(world, person, _SUPPORT_ENDED)
        cancel(world, person, _WEIGHT_CHANGED)
        search(world, person)
    log(world, person, _JOB_END, world.hours[person])


@rule
def weight_changed(world: World, person: int) -> None:
    """Support tapers: from this week of the job on the person weighs less."""
    step = weight_step(world, person)
    take(world, person, world.plan.weight_in_work[step])
    log(world, person, _WEIGHT_CHANGED, 0.0)
    enter_weight_change(world, person, step + 1)


@rule
def contact_lost(world: World, person: int) -> None:
    """The person is out of touch; the slot is kept for the days of grace."""
    log(world, person, _CONTACT_LOST, 0.0)
    if world.people[person, STATE] in (SEARCHING, IN_WORK):
        enter(world, person, person, _CONTACT_GRACE_OVER, world.now[TODAY] + world.plan.grace_days)


@rule
def close(world: World, person: int, reason: int) -> None:
    """The service ends for this person and frees the slot; a job goes on."""
    for event in (_DISENGAGED, _SEARCH_ENDED, _JOB_START, _SUPPORT_ENDED, _WEIGHT_CHANGED, _CONTACT_GRACE_OVER):
        cancel(world, person, event)
    world.people[person, STATE] = OUT
    take(world, person, 0)
    if world.people[person, SPECIALIST] < 0:
        world.now[PEOPLE_UNALLOCATED] -= 1
        review(world)
    world.people[person, SPECIALIST] = -1
    log(world, person, reason, 0.0)


@rule
def leave_factor(world: World, person: int) -> float:
    """Return the factor on leaving: above 1 while no specialist has the person."""
    return world.values.unallocated_disengagement_factor if world.people[person, SPECIALIST] < 0 else 1.0


@rule
def spend_leave(world: World, person: int) -> None:
    """Use up the threshold of leaving at the rate so far, up to today."""
    if world.people[person, STATE] == SEARCHING:
        clock, today = world.plan.clock[LEAVING_RATE], world.now[TODAY]
        world.leave_left[person] -= leave_factor(world, person) * (
            clock[today] - clock[world.people[person, LEAVE_SINCE]]
        )
        world.people[person, LEAVE_SINCE] = today


@rule
def enter_leave(world: World, person: int) -> None:
    """Enter the day of leaving at the present rate; what is due today stays due today."""
    today, factor = world.now[TODAY], leave_factor(world, person)
    if world.people[person, STATE] == SEARCHING and not is_due(world, person, _DISENGAGED, today):
        clock = world.plan.clock[LEAVING_RATE]
        day = day_reached(clock, today, world.leave_left[person] / factor) if factor > 0.0 else _NEVER
        enter(world, person, person, _DISENGAGED, day)


@rule
def weight_step(world: World, person: int) -> int:
    """Return the step of the in-work weights that holds today."""
    days, step = world.now[TODAY] - world.people[person, JOB_STARTED], 0
    while step + 1 < world.plan.weight_days.size and world.plan.weight_days[step + 1] <= days:
        step += 1
    return step


@rule
def enter_weight_change(world: World, person: int, step: int) -> None:
    """Enter the day from which a step of the in-work weights holds."""
    if step < world.plan.weight_days.size:
        day = world.people[person, JOB_STARTED] + world.plan.weight_days[step]
        enter(world, person, person, _WEIGHT_CHANGED, day)


@rule
def log(world: World, person: int, event: int, hours: float) -> None:
    """Write down what happened to a person today."""
    write(world, person, event, world.people[person, SPELLS], hours, world.people[person, WEIGHT])
