"""Posts, compiled: see `pathway/staff.py`."""

from simulator.dates import NEVER
from simulator.kernel import rule
from simulator.pathway.compiled.caseload import review, set_capacity
from simulator.pathway.compiled.participant import unallocated
from simulator.pathway.compiled.world import (
    INCUMBENTS,
    POST_CAPACITY,
    SPECIALIST,
    STEP,
    TODAY,
    World,
    cancel,
    enter,
    write,
)
from simulator.pathway.laws import exponential_days, lognormal_days
from simulator.records import Event
from simulator.streams import Decision, Entity, uniforms

_SPECIALIST, _TENURE, _NEVER = int(Entity.SPECIALIST), int(Decision.TENURE), NEVER
_LEFT, _STARTED, _RAMPED = (
    int(Event.SPECIALIST_LEFT), int(Event.SPECIALIST_STARTED), int(Event.SPECIALIST_RAMPED),
)  # fmt: skip


@rule
def post_happen(world: World, post: int, event: int) -> None:
    """Apply the rule of an event."""
    if event == _STARTED:
        started(world, post)
    elif event == _RAMPED:
        ramped(world, post)
    else:
        left(world, post)


@rule
def started(world: World, post: int) -> None:
    """A specialist starts with the capacity of the first step, and will leave some day, at the latest with the post."""
    turnover = world.values.specialist_turnover
    u = uniforms(world.seed, world.replication, _SPECIALIST, post, _TENURE, world.posts[post, INCUMBENTS])[0]
    tenure = exponential_days(u, 1.0 / turnover) if turnover > 0.0 else _NEVER
    world.posts[post, INCUMBENTS] += 1
    leaves = min(world.now[TODAY] + tenure, world.plan.post_end[post])
    enter(world, _row(world, post), post, _LEFT, leaves)
    ramp_to(world, post, 0)
    log(world, post, _STARTED)


@rule
def ramped(world: World, post: int) -> None:
    """The specialist can hold more people."""
    ramp_to(world, post, world.posts[post, STEP] + 1)
    log(world, post, _RAMPED)


@rule
def left(world: World, post: int) -> None:
    """The specialist leaves: nobody is ejected, their people wait to be taken over; the post is filled after a vacancy."""
    cancel(world, _row(world, post), _RAMPED)
    set_capacity(world, post, 0)
    log(world, post, _LEFT)
    for person in range(world.people.shape[0]):
        if world.people[person, SPECIALIST] == post:
            unallocated(world, person)
    review(world)
    u = uniforms(world.seed, world.replication, _SPECIALIST, post, _TENURE, world.posts[post, INCUMBENTS] - 1)[1]
    again = world.now[TODAY] + lognormal_days(u, world.values.vacancy_median, world.values.vacancy_sigma)
    if again < world.plan.post_end[post]:
        enter(world, _row(world, post), post, _STARTED, again)


@rule
def ramp_to(world: World, post: int, step: int) -> None:
    """Give a post the capacity of a step of the ramp, and enter the next step."""
    plan = world.plan
    world.posts[post, STEP] = step
    set_capacity(world, post, plan.ramp_capacity[step])
    if step + 1 < plan.ramp_days.size:
        day = world.now[TODAY] + plan.ramp_days[step + 1] - plan.ramp_days[step]
        enter(world, _row(world, post), post, _RAMPED, day)


@rule
def log(world: World, post: int, event: int) -> None:
    """Write down what happened to a post today."""
    write(world, -1 - post, event, world.posts[post, INCUMBENTS], 0.0, world.posts[post, POST_CAPACITY])


@rule
def _row(world: World, post: int) -> int:
    return int(world.people.shape[0] + post)
