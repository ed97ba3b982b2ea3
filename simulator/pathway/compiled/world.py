"""One replication's state: records of people and posts, the calendar's entries, the log; memory that replications share."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.kernel import kernel, rule
from simulator.pathway.plan import Plan
from simulator.records import Event
from simulator.streams import DECISION, ENTITY, uniforms

Ints = NDArray[np.int64]
Records = NDArray[Any]
WAITING, ENGAGING, SEARCHING, IN_WORK, OUT = range(5)
"""States, in the order of `participant.State`."""
NOBODY = -1
"""The specialist of somebody whom no specialist has."""

_TIMED = (
    Event.NOT_ENGAGED,
    Event.DISENGAGED,
    Event.SEARCH_ENDED,
    Event.SUPPORT_ENDED,
    Event.CONTACT_GRACE_OVER,
    Event.WEIGHT_CHANGED,
    Event.JOB_END,
    Event.JOB_START,
    Event.ENGAGEMENT,
    Event.CONTACT_LOST,
    Event.LAPSED,
)
_OF_POSTS = (Event.SPECIALIST_LEFT, Event.SPECIALIST_STARTED, Event.SPECIALIST_RAMPED)
PLACE = np.array(
    [next((kind.index(event) for kind in (_TIMED, _OF_POSTS) if event in kind), -1) for event in range(100)],
    dtype=np.int64,
)
"""Place of a timed event among the days due of whom it happens to."""
PERSON = np.dtype(
    [
        ("number", np.int32),
        ("participant", np.int32),
        ("state", np.int32),
        ("weight", np.int32),
        ("specialist", np.int32),
        ("searches", np.int32),
        ("spells", np.int32),
        ("employed", np.int32),
        ("job_started", np.int32),
        ("disengagement_since", np.int32),
        ("first_row", np.int32),
        ("last_row", np.int32),
        ("before", np.int32),
        ("after", np.int32),
        ("due", np.int32, len(_TIMED)),
        ("hours", np.float64),
        ("disengagement_left", np.float64),
        ("entry", np.float64, 4),
    ]
)
"""A participant: `number` is their place among the records, `participant` the number that the log and the random numbers
have for them; both are in the same order. `due` is the day of each timed event, `entry` the uniforms of that decision, the
rows are those of the log, and `before` and `after` are the neighbours among the people of the same specialist."""
POST = np.dtype(
    [
        ("number", np.int32),
        ("capacity", np.int32),
        ("load", np.int32),
        ("incumbents", np.int32),
        ("step", np.int32),
        ("first_row", np.int32),
        ("last_row", np.int32),
        ("first_person", np.int32),
        ("last_person", np.int32),
        ("due", np.int32, len(_OF_POSTS)),
    ]
)
"""A specialist's post, and the first and the last of the people that its specialist has, in order of number."""
NOW = np.dtype(
    [
        (name, np.int64)
        for name in (
            "seed",
            "replication",
            "today",
            "used",
            "capacity",
            "reviewed",
            "first_waiting",
            "people_waiting",
            "referred",
            "people_carried",
            "waiting_carried",
            "first_waiting_carried",
            "first_unallocated",
            "last_unallocated",
            "people_unallocated",
            "due_today",
            "free_entry",
            "entries",
            "rows",
            "full",
        )
    ]
)
"""Single numbers: seed and replication, the day, slots used and available, the day of the last review, lists, people carried
over, of them those on the waiting list, and how many of these have been taken off it in their turn, what is due today, the
first free entry of the calendar and how many there have been, rows of the log, and whether something had no room."""
ENTRY = np.dtype([("key", np.int64), ("next", np.int64)])
"""An entry of the calendar, and the next one of its day."""
ROW = np.dtype(
    [
        ("hours", np.float64),
        ("next", np.int32),
        ("day", np.int32),
        ("slot_weight", np.int32),
        ("spell", np.int16),
        ("event", np.uint8),
    ]
)
"""A row of the log, and the next one of the same participant."""
_NONE = -1


class Rooms(NamedTuple):
    """Memory that one replication after another uses."""

    now: Records
    people: Records
    posts: Records
    freest: Ints
    """The post with the most free capacity, of each part of the posts; see `caseload.compare`."""
    days: Ints
    """First entry of each day, or -1; shape (term_days,)."""
    entries: Records
    today: Ints
    """Heap of the keys of what is due today."""
    unallocated: Ints
    """People to be reallocated, in order; some of them may be out by now."""
    waiting: Ints
    """People carried over who wait, in order of referral; shape (people,)."""
    log: Records


class World(NamedTuple):
    """Everything that changes while a replication runs, and what it runs on."""

    plan: Plan
    values: np.record
    """One row of the plan's `VALUES`."""
    now: np.record
    people: Records
    posts: Records
    freest: Ints
    days: Ints
    entries: Records
    today: Ints
    unallocated: Ints
    waiting: Ints
    log: Records


@kernel
def new_rooms(plan: Plan, people: int, room: int) -> Rooms:
    """Return memory for so many people, and for so many entries of the calendar and rows of the log.

    Args:
        plan: the scenario's constants.
        people: how many people there is room for.
        room: how many entries of the calendar and rows of the log there is room for.
    """
    return Rooms(
        np.zeros(1, dtype=NOW),
        np.empty(people, dtype=PERSON),
        np.empty(plan.post_start.size, dtype=POST),
        np.empty(2 * _power_of_two(plan.post_start.size), dtype=np.int64),
        np.empty(plan.term_days, dtype=np.int64),
        np.empty(room, dtype=ENTRY),
        np.empty(room, dtype=np.int64),
        np.empty(room, dtype=np.int64),
        np.empty(people, dtype=np.int64),
        np.empty(room, dtype=ROW),
    )


@kernel
def _power_of_two(number: int) -> int:
    """Return the smallest power of two that is at least a number."""
    power = 1
    while power < number:
        power *= 2
    return power


@rule
def clear(rooms: Rooms, seed: int, replication: int) -> None:
    """Make the world what it is before its first day.

    Args:
        rooms: the memory, which is emptied.
        seed: seed of all random numbers.
        replication: number of the replication.
    """
    now = rooms.now[0]
    now.seed, now.replication, now.reviewed, now.free_entry = seed, replication, _NONE, _NONE
    now.today, now.used, now.capacity, now.due_today, now.entries, now.rows, now.full = 0, 0, 0, 0, 0, 0, 0
    now.first_waiting, now.people_waiting, now.referred = 0, 0, 0
    now.people_carried, now.waiting_carried, now.first_waiting_carried = 0, 0, 0
    now.first_unallocated, now.last_unallocated, now.people_unallocated = 0, 0, 0
    rooms.days[:] = _NONE
    for number in range(rooms.posts.size):
        _clear_post(rooms.posts[number], number)
    leaves = rooms.freest.size // 2
    for place in range(rooms.freest.size - 1, 0, -1):
        post = place - leaves if place >= leaves else rooms.freest[2 * place]
        rooms.freest[place] = post if post < rooms.posts.size else _NONE


@rule
def _clear_post(post: np.record, number: int) -> None:
    post.number, post.first_row, post.last_row, post.first_person, post.last_person = number, _NONE, _NONE, _NONE, _NONE
    post.capacity, post.load, post.incumbents, post.step = 0, 0, 0, 0
    for place in range(len(_OF_POSTS)):
        post.due[place] = NEVER


@rule
def expect(people: Records, now: np.record, number: int, participant: int) -> None:
    """Make somebody who is referred, with the uniforms of their entry.

    Args:
        people: the records of participants.
        now: single numbers of the replication.
        number: place among those records.
        participant: number of the participant.
    """
    person = people[number]
    person.number, person.participant, person.state, person.specialist = number, participant, WAITING, NOBODY
    person.weight, person.searches, person.spells, person.employed = 0, 0, 0, 0
    person.hours, person.first_row, person.last_row, person.before, person.after = 0.0, _NONE, _NONE, _NONE, _NONE
    for place in range(len(_TIMED)):
        person.due[place] = NEVER
    luck = uniforms(now.seed, now.replication, ENTITY.PARTICIPANT, participant, DECISION.ENTRY, 0)
    person.entry[0], person.entry[1], person.entry[2], person.entry[3] = luck


@rule
def write(world: World, who: np.record, event: int, spell: int, hours: float, weight: int) -> None:
    """Write down what happened to somebody today, after what happened to them before.

    Args:
        world: the state of the replication.
        who: the participant or the post, by record.
        event: the event.
        spell: job spells so far, or incumbents of a post.
        hours: weekly hours of a job that starts or ends, else 0.
        weight: thousandths of a place on the caseload held after it.
    """
    write_on(world, who, world.now.today, event, spell, hours, weight)


@rule
def write_on(world: World, who: np.record, day: int, event: int, spell: int, hours: float, weight: int) -> None:
    """Write down what happened to somebody on a day, after what happened to them before.

    Args:
        world: the state of the replication.
        who: the participant or the post, by record.
        day: the day; before 0 for what happened before the service began.
        event: the event.
        spell: job spells so far, or incumbents of a post.
        hours: weekly hours of a job that starts or ends, else 0.
        weight: thousandths of a place on the caseload held after it.
    """
    now = world.now
    if now.rows == world.log.size:
        now.full = 1
        return
    row = world.log[now.rows]
    row.next, row.day, row.event, row.spell, row.slot_weight, row.hours = _NONE, day, event, spell, weight, hours
    if who.last_row == _NONE:
        who.first_row = now.rows
    else:
        world.log[who.last_row].next = now.rows
    who.last_row = now.rows
    now.rows += 1
