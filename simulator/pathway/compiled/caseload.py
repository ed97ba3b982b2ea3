"""Slots, compiled: see `pathway/caseload.py`."""

import numpy as np

from simulator.kernel import constant, rule
from simulator.pathway.compiled.calendar import call
from simulator.pathway.compiled.world import NOBODY, OUT, World
from simulator.records import Event

_ALLOCATION = constant(Event.ALLOCATION)


@rule
def set_capacity(world: World, post: np.record, capacity: int) -> None:
    """Give a post a new capacity; less than its load ejects nobody."""
    world.now.capacity += capacity - post.capacity
    post.capacity = capacity
    review(world)


@rule
def take(world: World, person: np.record, weight: int) -> None:
    """Change what a participant weighs, whether a specialist has them or not."""
    change = weight - person.weight
    person.weight = weight
    if person.specialist != NOBODY:
        world.now.used += change
        world.posts[person.specialist].load += change
    if change < 0:
        review(world)


@rule
def assign(world: World, person: np.record) -> None:
    """Give a participant and their weight to the specialist with the most free capacity, of equals the first."""
    best, most = 0, world.posts[0].capacity - world.posts[0].load
    for number in range(1, world.posts.size):
        free = world.posts[number].capacity - world.posts[number].load
        if free > most:
            best, most = number, free
    person.specialist = best
    world.now.used += person.weight
    world.posts[best].load += person.weight


@rule
def let_go(world: World, person: np.record) -> None:
    """Take a participant from their specialist, who is leaving: the slot is not freed but waits to be taken over."""
    now = world.now
    now.used -= person.weight
    world.posts[person.specialist].load -= person.weight
    person.specialist = NOBODY
    if now.last_unallocated == world.unallocated.size:
        now.full = 1
        return
    world.unallocated[now.last_unallocated] = person.number
    now.last_unallocated += 1
    now.people_unallocated += 1


@rule
def next_unallocated(world: World) -> int:
    """Return who is to be reallocated next, passing over those whose service ended meanwhile, or nobody."""
    now = world.now
    while now.people_unallocated > 0:
        number = world.unallocated[now.first_unallocated]
        if world.people[number].state != OUT:
            return int(number)
        now.first_unallocated += 1
    return NOBODY


@rule
def review(world: World) -> None:
    """Have today's allocation made, once, at its place in the day."""
    now = world.now
    if now.reviewed != now.today and (now.people_waiting > 0 or now.people_unallocated > 0):
        now.reviewed = now.today
        call(world, _ALLOCATION, 0)


@rule
def fits(world: World, weight: int) -> bool:
    """Return whether somebody of a weight can be admitted."""
    return bool(world.now.used + weight <= world.now.capacity)
