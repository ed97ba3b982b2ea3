"""The compiled engine: a heap of days, the rules, and one sorted log for a batch of replications."""

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel, rule
from simulator.pathway.compiled.caseload import fits, next_unallocated
from simulator.pathway.compiled.participant import allocation, happen, reallocation, referral
from simulator.pathway.compiled.staff import post_happen
from simulator.pathway.compiled.world import (
    DAY_BITS,
    EMPLOYED,
    ENTRIES,
    EVENT_BITS,
    FIRST_UNALLOCATED,
    FIRST_WAITING,
    FULL,
    OUT,
    PEOPLE_WAITING,
    REVIEWED,
    ROWS,
    SPELLS,
    STATE,
    TODAY,
    WAITING,
    WEIGHT,
    World,
    cancel,
    enter,
    is_due,
    new_world,
    pop,
    write,
)
from simulator.pathway.laws import referral_days
from simulator.pathway.plan import Plan, Values
from simulator.records import Event

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_REFERRAL, _ALLOCATION, _STARTED, _RAMPED, _TERM_END = (
    int(Event.REFERRAL), int(Event.ALLOCATION), int(Event.SPECIALIST_STARTED), int(Event.SPECIALIST_RAMPED),
    int(Event.TERM_END),
)  # fmt: skip
_LAST = 2**62
_ENTITY = (1 << EVENT_BITS) - 1
_EVENT = (1 << (DAY_BITS - EVENT_BITS)) - 1


@kernel
def simulate_batch(plan: Plan, values: Floats, seed: int, first: int) -> tuple[Ints, Ints, Floats]:
    """Return starts (n + 1,), rows of participant, day, event, spells, weight, and hours, sorted by participant.

    Args:
        plan: the scenario's constants.
        values: one row of `Values` per replication, shape (n, values).
        seed: seed of all luck.
        first: number of the first replication.
    """
    n = values.shape[0]
    starts = np.zeros(n + 1, dtype=np.int64)
    rows, hours = np.empty((1024, 5), dtype=np.int64), np.empty(1024)
    for r in range(n):
        world = run_replication(plan, _row_values(values[r]), seed, first + r)
        size, begin = world.now[ROWS], starts[r]
        starts[r + 1] = begin + size
        if starts[r + 1] > rows.shape[0]:
            more = 2 * starts[r + 1]
            rows, hours = _grown(rows, hours, begin, more)
        place = np.zeros(plan.post_start.size + world.people.shape[0] + 1, dtype=np.int64)
        _sort_into(world, place, rows[begin : begin + size], hours[begin : begin + size])
    return starts, rows[: starts[n]].copy(), hours[: starts[n]].copy()


@kernel
def _grown(rows: Ints, hours: Floats, used: int, room: int) -> tuple[Ints, Floats]:
    more_rows, more_hours = np.empty((room, 5), dtype=np.int64), np.empty(room)
    more_rows[:used], more_hours[:used] = rows[:used], hours[:used]
    return more_rows, more_hours


@kernel
def _row_values(v: Floats) -> Values:
    return Values(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15], v[16],
        v[17], v[18], v[19], v[20],
    )  # fmt: skip


@kernel
def run_replication(plan: Plan, values: Values, seed: int, replication: int) -> World:
    """Return the world after the term, its log in order of time."""
    referred = referral_days(seed, replication, plan, values)
    room = 16 * referred.size + 64 * (plan.post_start.size + 1)
    world = new_world(plan, values, seed, replication, referred.size, room)
    pass_days(world, referred)
    while world.now[FULL] == 1:
        room *= 2
        world = new_world(plan, values, seed, replication, referred.size, room)
        pass_days(world, referred)
    return world


@rule
def pass_days(world: World, referred: Ints) -> None:
    """Let all days pass: referrals in order of arrival, and whatever is due on the calendar."""
    days, people, arrived = world.plan.term_days, world.people.shape[0], 0
    for post in range(world.plan.post_start.size):
        enter(world, people + post, post, _STARTED, world.plan.post_start[post])
    while world.now[FULL] == 0:
        arrival = (referred[arrived] << DAY_BITS) | (_REFERRAL << EVENT_BITS) | arrived if arrived < people else _LAST
        due = world.calendar[0] if world.now[ENTRIES] > 0 else _LAST
        entry = min(arrival, due)
        if entry >> DAY_BITS >= days:
            break
        world.now[TODAY] = entry >> DAY_BITS
        if arrival < due:
            referral(world, arrived)
            arrived += 1
        else:
            pop(world)
            _meet(world, (entry >> EVENT_BITS) & _EVENT, entry & _ENTITY)
    world.now[TODAY] = days
    for person in range(people):
        if world.people[person, STATE] != OUT or world.people[person, EMPLOYED] == 1:
            write(world, person, _TERM_END, world.people[person, SPELLS], 0.0, world.people[person, WEIGHT])


@rule
def _meet(world: World, event: int, number: int) -> None:
    """Apply what the calendar holds for today, if it is still due."""
    if event == _ALLOCATION:
        allocate(world)
        return
    of_post = event <= _RAMPED
    who = world.people.shape[0] + number if of_post else number
    if not is_due(world, who, event, world.now[TODAY]):
        return
    cancel(world, who, event)
    if of_post:
        post_happen(world, number, event)
    else:
        happen(world, number, event)


@rule
def allocate(world: World) -> None:
    """Fill free slots: first those to be reallocated, then the waiting list; who does not fit blocks those behind."""
    world.now[REVIEWED] = -1
    person = next_unallocated(world)
    while person >= 0 and fits(world, world.people[person, WEIGHT]):
        world.now[FIRST_UNALLOCATED] += 1
        reallocation(world, person)
        person = next_unallocated(world)
    while world.now[PEOPLE_WAITING] > 0 and person < 0 and fits(world, world.plan.weight_engaging):
        head = world.waiting[world.now[FIRST_WAITING]]
        world.now[FIRST_WAITING] += 1
        if world.people[head, STATE] == WAITING:
            allocation(world, head)


@rule
def _sort_into(world: World, place: Ints, rows: Ints, hours: Floats) -> None:
    """Write the log's rows in order of participant, those of one participant in order of time."""
    posts, size = world.plan.post_start.size, world.now[ROWS]
    for i in range(size):
        place[world.log[i, 0] + posts + 1] += 1
    for i in range(1, place.size):
        place[i] += place[i - 1]
    for i in range(size):
        key = world.log[i, 0] + posts
        row = place[key]
        for column in range(5):
            rows[row, column] = world.log[i, column]
        hours[row] = world.log_hours[i]
        place[key] += 1
