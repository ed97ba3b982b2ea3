"""Posts, compiled: see `pathway/staff.py`."""

import numpy as np

from simulator.dates import NEVER
from simulator.kernel import constant, rule
from simulator.pathway.compiled.calendar import cancel, enter
from simulator.pathway.compiled.caseload import review, set_capacity
from simulator.pathway.compiled.participant import unallocated
from simulator.pathway.compiled.world import NOBODY, World, write
from simulator.pathway.laws import exponential_days, lognormal_days
from simulator.records import Event
from simulator.streams import Decision, Entity, uniforms

_SPECIALIST, _TENURE, _NEVER = constant(Entity.SPECIALIST), constant(Decision.TENURE), NEVER
_LEFT, _STARTED, _RAMPED = (
    constant(Event.SPECIALIST_LEFT), constant(Event.SPECIALIST_STARTED), constant(Event.SPECIALIST_RAMPED),
)  # fmt: skip


@rule
def post_happen(world: World, post: np.record, event: int) -> None:
    """Apply the rule of an event."""
    if event == _STARTED:
        started(world, post)
    elif event == _RAMPED:
        ramped(world, post)
    else:
        left(world, post)


@rule
def started(world: World, post: np.record) -> None:
    """A specialist starts, the first one with the post's step of the ramp, and will leave some day, at the latest with it."""
    now, turnover = world.now, world.values.specialist_turnover
    u = uniforms(now.seed, now.replication, _SPECIALIST, post.number, _TENURE, post.incumbents)[0]
    tenure = exponential_days(u, 1.0 / turnover) if turnover > 0.0 else _NEVER
    step = world.plan.post_step[post.number] if post.incumbents == 0 else 0
    post.incumbents += 1
    enter(world, post, _LEFT, min(now.today + tenure, world.plan.post_end[post.number]))
    ramp_to(world, post, step)
    log(world, post, _STARTED)


@rule
def ramped(world: World, post: np.record) -> None:
    """The specialist can hold more people."""
    ramp_to(world, post, post.step + 1)
    log(world, post, _RAMPED)


@rule
def left(world: World, post: np.record) -> None:
    """The specialist leaves: nobody is ejected, their people wait to be taken over; the post is filled after a vacancy."""
    now = world.now
    cancel(post, _RAMPED)
    set_capacity(world, post, 0)
    log(world, post, _LEFT)
    number = post.first_person
    while number != NOBODY:
        person = world.people[number]
        number = person.after
        unallocated(world, person)
    review(world)
    u = uniforms(now.seed, now.replication, _SPECIALIST, post.number, _TENURE, post.incumbents - 1)[1]
    again = now.today + lognormal_days(u, world.values.vacancy_median, world.values.vacancy_sigma)
    if again < world.plan.post_end[post.number]:
        enter(world, post, _STARTED, again)


@rule
def ramp_to(world: World, post: np.record, step: int) -> None:
    """Give a post the capacity of a step of the ramp, and enter the next step."""
    plan = world.plan
    post.step = step
    set_capacity(world, post, plan.ramp_capacity[step])
    if step + 1 < plan.ramp_days.size:
        enter(world, post, _RAMPED, world.now.today + plan.ramp_days[step + 1] - plan.ramp_days[step])


@rule
def log(world: World, post: np.record, event: int) -> None:
    """Write down what happened to a post today."""
    write(world, post, event, post.incumbents, 0.0, post.capacity)
