"""Slots, compiled: see `pathway/caseload.py`."""

import numpy as np

from simulator.kernel import rule
from simulator.pathway.compiled.calendar import call
from simulator.pathway.compiled.world import NOBODY, OUT, World
from simulator.records import EVENT


@rule
def set_capacity(world: World, post: np.record, capacity: int) -> None:
    """Give a post a new capacity; less than its load ejects nobody.

    Args:
        world: the state of the replication.
        post: the post, by record.
        capacity: thousandths of a place on the caseload.
    """
    world.now.capacity += capacity - post.capacity
    post.capacity = capacity
    _compare(world, post.number)
    review(world)


@rule
def take(world: World, person: np.record, weight: int) -> None:
    """Change what a participant weighs, whether a specialist has them or not.

    Args:
        world: the state of the replication.
        person: the participant, by record.
        weight: thousandths of a place on the caseload.
    """
    change = weight - person.weight
    person.weight = weight
    if person.specialist != NOBODY and change != 0:
        world.now.used += change
        world.posts[person.specialist].load += change
        _compare(world, person.specialist)
    if change < 0:
        review(world)


@rule
def assign(world: World, person: np.record) -> None:
    """Give a participant and their weight to the specialist with the most free capacity, the first of equals."""
    _give(world, person, world.posts[world.freest[1]])


@rule
def carry(world: World, person: np.record) -> None:
    """Give somebody carried over to the freest specialist in post, full or not; to be reallocated where there is none."""
    freest = NOBODY
    for number in range(world.posts.size):
        staffed = world.posts[number].incumbents > 0
        if staffed and (freest == NOBODY or free(world, number) > free(world, freest)):
            freest = number
    if freest == NOBODY:
        _await_reallocation(world, person)
    else:
        _give(world, person, world.posts[freest])


@rule
def wait_on(world: World, person: np.record) -> None:
    """Put somebody carried over on the waiting list, in order of referral; the first day's referrals come after them."""
    place, referred = int(world.now.waiting_carried), world.log[person.first_row].day
    while place > 0 and world.log[world.people[world.waiting[place - 1]].first_row].day > referred:
        world.waiting[place] = world.waiting[place - 1]
        place -= 1
    world.waiting[place] = person.number
    world.now.waiting_carried += 1


@rule
def next_waiting(world: World) -> int:
    """Take the next person off the waiting list, whose patience may be over by now, and return them."""
    now, carried, referred = world.now, int(world.now.first_waiting_carried), int(world.now.first_waiting)
    if carried < now.waiting_carried:
        now.first_waiting_carried = carried + 1
        return int(world.waiting[carried])
    now.first_waiting = referred + 1
    return referred


@rule
def _give(world: World, person: np.record, post: np.record) -> None:
    """Give a participant and their weight to a specialist."""
    person.specialist = post.number
    world.now.used += person.weight
    post.load += person.weight
    _compare(world, post.number)
    _join(world, person, post)


@rule
def let_go(world: World, person: np.record) -> None:
    """Take a participant from their specialist, who is leaving: the slot is not freed but waits to be taken over."""
    now = world.now
    now.used -= person.weight
    world.posts[person.specialist].load -= person.weight
    _compare(world, person.specialist)
    forget(world, person)
    _await_reallocation(world, person)


@rule
def _await_reallocation(world: World, person: np.record) -> None:
    """Put a participant last among those to be reallocated."""
    now = world.now
    if now.last_unallocated == world.unallocated.size:
        now.full = 1
        return
    world.unallocated[now.last_unallocated] = person.number
    now.last_unallocated += 1
    now.people_unallocated += 1


@rule
def forget(world: World, person: np.record) -> None:
    """Take a participant off the list of their specialist, if one has them."""
    if person.specialist == NOBODY:
        return
    post = world.posts[person.specialist]
    if person.before == NOBODY:
        post.first_person = person.after
    else:
        world.people[person.before].after = person.after
    if person.after == NOBODY:
        post.last_person = person.before
    else:
        world.people[person.after].before = person.before
    person.specialist = NOBODY


@rule
def _join(world: World, person: np.record, post: np.record) -> None:
    """Put a participant on the list of a specialist, which is in order of number: mostly they come last."""
    before, after = post.last_person, NOBODY
    while before != NOBODY and before > person.number:
        before, after = world.people[before].before, before
    person.before, person.after = before, after
    if before == NOBODY:
        post.first_person = person.number
    else:
        world.people[before].after = person.number
    if after == NOBODY:
        post.last_person = person.number
    else:
        world.people[after].before = person.number


@rule
def _compare(world: World, number: int) -> None:
    """Find the post with the most free capacity anew, of equals the first, after that of one post has changed.

    `freest` is a knock-out of posts: place k holds the better of places 2k and 2k + 1, place 1 the best of all; the posts
    themselves are the second half.
    """
    place = (world.freest.size // 2 + number) // 2
    while place > 0:
        one, other, before = world.freest[2 * place], world.freest[2 * place + 1], world.freest[place]
        better = other if other != NOBODY and free(world, other) > free(world, one) else one
        if better == before != number:
            return
        world.freest[place] = better
        place //= 2


@rule
def free(world: World, number: int) -> int:
    """Return the free capacity of a post."""
    return int(world.posts[number].capacity - world.posts[number].load)


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
        call(world, EVENT.ALLOCATION, 0)


@rule
def fits(world: World, weight: int) -> bool:
    """Return whether somebody of a weight can be admitted."""
    return bool(world.now.used + weight <= world.now.capacity and world.now.capacity > 0)
