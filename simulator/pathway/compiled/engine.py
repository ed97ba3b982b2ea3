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
    empty_world,
    enter,
    is_due,
    new_rooms,
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
    """Return where replications start, shape (n + 1,), the log's whole numbers, shape (6, rows), and hours, shape (rows,).

    The whole numbers are participant, sequence, day, event, spells and weight, sorted by participant.

    Args:
        plan: the scenario's constants.
        values: one row of `Values` per replication, shape (n, values).
        seed: seed of all luck.
        first: number of the first replication.
    """
    n = values.shape[0]
    starts = np.zeros(n + 1, dtype=np.int64)
    columns, hours = np.empty((6, 0), dtype=np.int64), np.empty(0)
    rooms = new_rooms(plan, 64, 1024)
    for r in range(n):
        row = _row_values(values[r])
        referred = referral_days(seed, first + r, plan, row)
        if referred.size > rooms.people.shape[0]:
            rooms = new_rooms(plan, 2 * referred.size, 32 * referred.size)
        world = empty_world(plan, row, seed, first + r, referred.size, rooms)
        pass_days(world, referred)
        while world.now[FULL] == 1:
            rooms = new_rooms(plan, rooms.people.shape[0], 2 * rooms.calendar.size)
            world = empty_world(plan, row, seed, first + r, referred.size, rooms)
            pass_days(world, referred)
        starts[r + 1] = starts[r] + world.now[ROWS]
        if starts[r + 1] > hours.size:
            columns, hours = _grown(columns, hours, starts[r], 2 * starts[r + 1])
        place = np.zeros((2, plan.post_start.size + referred.size + 1), dtype=np.int64)
        sort_into(world, place, columns[:, starts[r] :], hours[starts[r] :])
    return starts, columns[:, : starts[n]], hours[: starts[n]]


@kernel
def _grown(columns: Ints, hours: Floats, used: int, room: int) -> tuple[Ints, Floats]:
    more_columns, more_hours = np.empty((6, room), dtype=np.int64), np.empty(room)
    more_columns[:, :used], more_hours[:used] = columns[:, :used], hours[:used]
    return more_columns, more_hours


@kernel
def _row_values(v: Floats) -> Values:
    return Values(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15], v[16],
        v[17], v[18], v[19], v[20],
    )  # fmt: skip


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
def sort_into(world: World, place: Ints, columns: Ints, hours: Floats) -> None:
    """Write the log in order of participant, what is one participant's in order of time.

    Args:
        world: the world after its last day.
        place: zeros, shape (2, posts + people + 1): the next row of each participant, and the first.
        columns: room for the whole numbers, shape (6, rows).
        hours: room for the hours.
    """
    posts, size = world.plan.post_start.size, world.now[ROWS]
    for i in range(size):
        place[0, world.log[i, 0] + posts + 1] += 1
    for i in range(1, place.shape[1]):
        place[0, i] += place[0, i - 1]
        place[1, i] = place[0, i]
    for i in range(size):
        key = world.log[i, 0] + posts
        row = place[0, key]
        place[0, key] += 1
        columns[0, row], columns[1, row] = world.log[i, 0], row - place[1, key]
        for column in range(1, 5):
            columns[column + 1, row] = world.log[i, column]
        hours[row] = world.log_hours[i]
