"""One replication's state as arrays, its calendar and its log: the compiled counterpart of `pathway/calendar.py`."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.kernel import kernel, rule
from simulator.pathway.plan import Plan, Values
from simulator.records import Event

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TODAY, ENTRIES, ROWS, FULL, USED, CAPACITY, REVIEWED = range(7)
"""Places in `World.now`: the day, sizes of calendar and log, whether either is full, use of slots, last review."""
FIRST_WAITING, LAST_WAITING, PEOPLE_WAITING, FIRST_UNALLOCATED, LAST_UNALLOCATED, PEOPLE_UNALLOCATED = range(7, 13)
PLACES = 13
STATE, WEIGHT, SPECIALIST, SEARCHES, SPELLS, EMPLOYED, JOB_STARTED, LEAVE_SINCE = range(8)
"""Columns of `World.people`."""
POST_CAPACITY, POST_LOAD, INCUMBENTS, STEP = range(4)
"""Columns of `World.posts`."""
WAITING, ENGAGING, SEARCHING, IN_WORK, OUT = range(5)
"""States, in the order of `participant.State`."""

_TIMED = (
    Event.SPECIALIST_LEFT, Event.SPECIALIST_STARTED, Event.SPECIALIST_RAMPED, Event.NOT_ENGAGED, Event.DISENGAGED,
    Event.SEARCH_ENDED, Event.SUPPORT_ENDED, Event.CONTACT_GRACE_OVER, Event.WEIGHT_CHANGED, Event.JOB_END,
    Event.JOB_START, Event.ENGAGEMENT, Event.CONTACT_LOST, Event.LAPSED,
)  # fmt: skip
TIMED = len(_TIMED)
_COLUMN = np.array([_TIMED.index(Event(e)) if e in tuple(_TIMED) else -1 for e in range(100)], dtype=np.int64)
"""Column of `World.due` by event."""
_NEVER = NEVER
DAY_BITS, EVENT_BITS = 40, 32
"""An entry of the calendar is one number: day, event, participant or post; smaller ones come first."""


class World(NamedTuple):
    """Everything that changes while a replication runs, and what it runs on."""

    plan: Plan
    values: Values
    seed: int
    replication: int
    now: Ints
    """Single numbers, shape (PLACES,)."""
    calendar: Ints
    """Heap of entries."""
    people: Ints
    """Shape (people, 8)."""
    due: Ints
    """Day on which each timed event of a person is due, or never; shape (people + posts, TIMED), posts last."""
    hours: Floats
    leave_left: Floats
    entry: Floats
    """Uniforms of the entry decision, shape (people, 4)."""
    posts: Ints
    """Shape (posts, 4)."""
    waiting: Ints
    unallocated: Ints
    log: Ints
    """Rows of participant, day, event, spells, weight."""
    log_hours: Floats


class Rooms(NamedTuple):
    """Memory that one replication after another uses."""

    now: Ints
    calendar: Ints
    people: Ints
    due: Ints
    hours: Floats
    leave_left: Floats
    entry: Floats
    posts: Ints
    waiting: Ints
    unallocated: Ints
    log: Ints
    log_hours: Floats


@kernel
def new_rooms(plan: Plan, people: int, room: int) -> Rooms:
    """Return memory for so many people, and for so many entries in the calendar and rows in the log."""
    posts = plan.post_start.size
    return Rooms(
        np.empty(PLACES, dtype=np.int64), np.empty(room, dtype=np.int64), np.empty((people, 8), dtype=np.int64),
        np.empty((people + posts, TIMED), dtype=np.int64), np.empty(people), np.empty(people), np.empty((people, 4)),
        np.empty((posts, 4), dtype=np.int64), np.empty(people, dtype=np.int64), np.empty(room, dtype=np.int64),
        np.empty((room, 5), dtype=np.int64), np.empty(room),
    )  # fmt: skip


@kernel
def empty_world(plan: Plan, values: Values, seed: int, replication: int, people: int, rooms: Rooms) -> World:
    """Return the world before its first day, in memory that has room for its people."""
    posts = plan.post_start.size
    now, state, due = rooms.now, rooms.people[:people], rooms.due[: people + posts]
    now[:], state[:], due[:], rooms.posts[:] = 0, 0, _NEVER, 0
    state[:, SPECIALIST], now[REVIEWED] = -1, -1
    return World(
        plan, values, seed, replication, now, rooms.calendar, state, due, rooms.hours, rooms.leave_left, rooms.entry,
        rooms.posts, rooms.waiting, rooms.unallocated, rooms.log, rooms.log_hours,
    )  # fmt: skip


@rule
def enter(world: World, who: int, number: int, event: int, day: int) -> None:
    """Make an event of row `who` of `due` happen on a day, instead of any earlier date for it."""
    world.due[who, _COLUMN[event]] = day
    if day < world.plan.term_days:
        push(world, (day << DAY_BITS) | (event << EVENT_BITS) | number)


@rule
def cancel(world: World, who: int, event: int) -> None:
    """Take an event off the calendar."""
    world.due[who, _COLUMN[event]] = _NEVER


@rule
def is_due(world: World, who: int, event: int, day: int) -> bool:
    """Return whether an event is due on a day."""
    return bool(world.due[who, _COLUMN[event]] == day)


@rule
def push(world: World, entry: int) -> None:
    """Put an entry on the calendar."""
    heap, place = world.calendar, world.now[ENTRIES]
    if place == heap.size:
        world.now[FULL] = 1
        return
    world.now[ENTRIES] += 1
    while place > 0 and heap[(place - 1) >> 1] > entry:
        heap[place] = heap[(place - 1) >> 1]
        place = (place - 1) >> 1
    heap[place] = entry


@rule
def pop(world: World) -> int:
    """Take the first entry off the calendar and return it."""
    heap = world.calendar
    first: int = heap[0]
    world.now[ENTRIES] -= 1
    size = world.now[ENTRIES]
    entry, place = heap[size], 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= entry:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = entry
    return first


@rule
def write(world: World, participant: int, event: int, spells: int, hours: float, weight: int) -> None:
    """Write down what happened today."""
    row = world.now[ROWS]
    if row == world.log_hours.size:
        world.now[FULL] = 1
        return
    log = world.log[row]
    log[0], log[1], log[2], log[3], log[4] = participant, world.now[TODAY], event, spells, weight
    world.log_hours[row] = hours
    world.now[ROWS] += 1
