"""Posts, compiled: see `pathway/staff.py`."""

import numpy as np

from simulator.dates import NEVER
from simulator.kernel import rule
from simulator.pathway.compiled.calendar import cancel, enter
from simulator.pathway.compiled.caseload import review, set_capacity
from simulator.pathway.compiled.participant import unallocated
from simulator.pathway.compiled.world import NOBODY, World, write
from simulator.pathway.laws import exponential_days, lognormal_days
from simulator.records import EVENT
from simulator.streams import DECISION, ENTITY, uniforms


@rule
def post_happen(world: World, post: np.record, event: int) -> None:
    """Apply the rule of an event.

    Args:
        world: the state of the replication.
        post: the post, by record.
        event: the event.
    """
    if event == EVENT.SPECIALIST_STARTED:
        started(world, post)
    elif event == EVENT.SPECIALIST_RAMPED:
        ramped(world, post)
    else:
        left(world, post)


@rule
def started(world: World, post: np.record) -> None:
    """A specialist starts, the first one with the post's step of the ramp, and will leave some day, at the latest with it."""
    now, turnover = world.now, world.values.specialist_turnover
    u = uniforms(now.seed, now.replication, ENTITY.SPECIALIST, post.number, DECISION.TENURE, post.incumbents)[0]
    tenure = exponential_days(u, 1.0 / turnover) if turnover > 0.0 else NEVER
    step = world.plan.post_step[post.number] if post.incumbents == 0 else 0
    post.incumbents += 1
    enter(world, post, EVENT.SPECIALIST_LEFT, min(now.today + tenure, world.plan.post_end[post.number]))
    _ramp_to(world, post, step)
    _log(world, post, EVENT.SPECIALIST_STARTED)


@rule
def ramped(world: World, post: np.record) -> None:
    """The specialist can hold more people."""
    _ramp_to(world, post, post.step + 1)
    _log(world, post, EVENT.SPECIALIST_RAMPED)


@rule
def left(world: World, post: np.record) -> None:
    """The specialist leaves: nobody is ejected, their people wait to be taken over; the post is filled after a vacancy."""
    now = world.now
    cancel(post, EVENT.SPECIALIST_RAMPED)
    set_capacity(world, post, 0)
    _log(world, post, EVENT.SPECIALIST_LEFT)
    number = post.first_person
    while number != NOBODY:
        person = world.people[number]
        number = person.after
        unallocated(world, person)
    review(world)
    u = uniforms(now.seed, now.replication, ENTITY.SPECIALIST, post.number, DECISION.TENURE, post.incumbents - 1)[1]
    again = now.today + lognormal_days(u, world.values.vacancy_median, world.values.vacancy_sigma)
    if again < world.plan.post_end[post.number]:
        enter(world, post, EVENT.SPECIALIST_STARTED, again)


@rule
def _ramp_to(world: World, post: np.record, step: int) -> None:
    """Give a post the capacity of a step of the ramp, and enter the next step."""
    plan = world.plan
    post.step = step
    set_capacity(world, post, plan.ramp_capacity[step])
    if step + 1 < plan.ramp_days.size:
        enter(world, post, EVENT.SPECIALIST_RAMPED, world.now.today + plan.ramp_days[step + 1] - plan.ramp_days[step])


@rule
def _log(world: World, post: np.record, event: int) -> None:
    """Write down what happened to a post today."""
    write(world, post, event, post.incumbents, 0.0, post.capacity)
