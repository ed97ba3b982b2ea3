"""Slots, compiled: see `pathway/caseload.py`."""

from simulator.kernel import rule
from simulator.pathway.compiled.world import (
    CAPACITY,
    DAY_BITS,
    EVENT_BITS,
    FIRST_UNALLOCATED,
    FULL,
    LAST_UNALLOCATED,
    OUT,
    PEOPLE_UNALLOCATED,
    PEOPLE_WAITING,
    POST_CAPACITY,
    POST_LOAD,
    REVIEWED,
    SPECIALIST,
    STATE,
    TODAY,
    USED,
    WEIGHT,
    World,
    push,
)
from simulator.records import Event

_ALLOCATION = int(Event.ALLOCATION)


@rule
def set_capacity(world: World, post: int, capacity: int) -> None:
    """Give a post a new capacity; less than its load ejects nobody."""
    world.now[CAPACITY] += capacity - world.posts[post, POST_CAPACITY]
    world.posts[post, POST_CAPACITY] = capacity
    review(world)


@rule
def take(world: World, person: int, weight: int) -> None:
    """Change what a participant weighs, whether a specialist has them or not."""
    change = weight - world.people[person, WEIGHT]
    world.people[person, WEIGHT] = weight
    specialist = world.people[person, SPECIALIST]
    if specialist >= 0:
        world.now[USED] += change
        world.posts[specialist, POST_LOAD] += change
    if change < 0:
        review(world)


@rule
def assign(world: World, person: int) -> None:
    """Give a participant and their weight to the specialist with the most free capacity, of equals the first."""
    best = 0
    for post in range(1, world.posts.shape[0]):
        if free(world, post) > free(world, best):
            best = post
    world.people[person, SPECIALIST] = best
    world.now[USED] += world.people[person, WEIGHT]
    world.posts[best, POST_LOAD] += world.people[person, WEIGHT]


@rule
def free(world: World, post: int) -> int:
    """Return the free capacity of a post."""
    return int(world.posts[post, POST_CAPACITY] - world.posts[post, POST_LOAD])


@rule
def let_go(world: World, person: int) -> None:
    """Take a participant from their specialist, who is leaving: the slot is not freed but waits to be taken over."""
    specialist = world.people[person, SPECIALIST]
    world.now[USED] -= world.people[person, WEIGHT]
    world.posts[specialist, POST_LOAD] -= world.people[person, WEIGHT]
    world.people[person, SPECIALIST] = -1
    if world.now[LAST_UNALLOCATED] == world.unallocated.size:
        world.now[FULL] = 1
        return
    world.unallocated[world.now[LAST_UNALLOCATED]] = person
    world.now[LAST_UNALLOCATED] += 1
    world.now[PEOPLE_UNALLOCATED] += 1


@rule
def next_unallocated(world: World) -> int:
    """Return who is to be reallocated next, passing over those whose service ended meanwhile, or -1."""
    while world.now[PEOPLE_UNALLOCATED] > 0:
        person = world.unallocated[world.now[FIRST_UNALLOCATED]]
        if world.people[person, STATE] != OUT:
            return int(person)
        world.now[FIRST_UNALLOCATED] += 1
    return -1


@rule
def review(world: World) -> None:
    """Have today's allocation made, once, at its place in the day."""
    somebody = world.now[PEOPLE_WAITING] > 0 or world.now[PEOPLE_UNALLOCATED] > 0
    if world.now[REVIEWED] != world.now[TODAY] and somebody:
        world.now[REVIEWED] = world.now[TODAY]
        push(world, (world.now[TODAY] << DAY_BITS) | (_ALLOCATION << EVENT_BITS))


@rule
def fits(world: World, weight: int) -> bool:
    """Return whether somebody of a weight can be admitted."""
    return bool(world.now[USED] + weight <= world.now[CAPACITY])
