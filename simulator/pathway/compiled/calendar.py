"""The calendar, compiled: see `pathway/calendar.py`.

Each day has a list of entries; those of today are a heap, so that events of one day happen by kind, then by participant.
"""

import numpy as np

from simulator.dates import NEVER
from simulator.kernel import rule
from simulator.pathway.compiled.world import PLACE, World
from simulator.records import EVENT

_NONE = -1
_NUMBER_BITS = 32
_NUMBERS = (1 << _NUMBER_BITS) - 1


@rule
def enter(world: World, who: np.record, event: int, day: int) -> None:
    """Make an event of somebody due on a day, instead of any earlier date for it.

    Args:
        world: the state of the replication.
        who: the participant or the post, by record.
        event: the event.
        day: the day on which it is due.
    """
    who.due[PLACE[event]] = day
    if day == world.now.today:
        call(world, event, who.number)
    elif day < world.plan.term_days:
        place = _free_entry(world)
        if place != _NONE:
            world.entries[place].key = (event << _NUMBER_BITS) | who.number
            world.entries[place].next = world.days[day]
            world.days[day] = place


@rule
def _free_entry(world: World) -> int:
    """Return the place of an entry that is free, or -1 where there is no room."""
    now, place = world.now, world.now.free_entry
    if place != _NONE:
        now.free_entry = world.entries[place].next
    elif now.entries < world.entries.size:
        place = now.entries
        now.entries += 1
    else:
        now.full = 1
    return int(place)


@rule
def cancel(who: np.record, event: int) -> None:
    """Take an event of somebody off the calendar."""
    who.due[PLACE[event]] = NEVER


@rule
def is_due(who: np.record, event: int, day: int) -> bool:
    """Return whether an event of somebody is due on a day.

    Args:
        who: the participant or the post, by record.
        event: the event.
        day: the day.
    """
    return bool(who.due[PLACE[event]] == day)


@rule
def call(world: World, event: int, number: int) -> None:
    """Have something happen today, in the place that an event's kind has in the day.

    Args:
        world: the state of the replication.
        event: the event.
        number: number of the participant or the post.
    """
    heap, place, key = world.today, world.now.due_today, (event << _NUMBER_BITS) | number
    if place == heap.size:
        world.now.full = 1
        return
    world.now.due_today += 1
    while place > 0 and heap[(place - 1) >> 1] > key:
        heap[place] = heap[(place - 1) >> 1]
        place = (place - 1) >> 1
    heap[place] = key


@rule
def open_day(world: World, day: int) -> None:
    """Make a day today: what was entered for it, and is still due, happens."""
    world.now.today = day
    place = world.days[day]
    while place != _NONE:
        entry = world.entries[place]
        event, number, following = int(entry.key >> _NUMBER_BITS), int(entry.key & _NUMBERS), int(entry.next)
        if (
            is_due(world.posts[number], event, day)
            if event <= EVENT.SPECIALIST_RAMPED
            else is_due(world.people[number], event, day)
        ):
            call(world, event, number)
        entry.next = world.now.free_entry
        world.now.free_entry = place
        place = following


@rule
def next_today(world: World) -> tuple[int, int]:
    """Take the first of what is due today and return its event and whose it is."""
    heap = world.today
    first: int = heap[0]
    size = int(world.now.due_today) - 1
    world.now.due_today = size
    key, place = heap[size], 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = key
    return first >> _NUMBER_BITS, first & _NUMBERS
