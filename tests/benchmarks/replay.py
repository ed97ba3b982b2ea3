"""Kernels that do one part of the pathway's work and nothing else."""

import numpy as np

from simulator.kernel import constant, kernel, rule
from simulator.pathway.compiled.calendar import cancel, enter, is_due, next_today, open_day
from simulator.pathway.compiled.engine import Log, copy_log
from simulator.pathway.compiled.world import Records, Rooms, World, clear, new_rooms, write
from simulator.pathway.plan import Plan
from simulator.records import Event, Numbers
from simulator.streams import uniforms

_NEXT, _NEVER_TRUE = constant(Event.JOB_START), constant(Event.LAPSED)


@kernel
def random_blocks(seed: int, first: int, replications: int, blocks: int) -> float:
    """Return the sum of as many blocks of random numbers, so that none of them goes undrawn."""
    total = 0.0
    for r in range(replications):
        for entity in range(blocks):
            a, b, c, d = uniforms(seed, first + r, 0, entity, 0, 0)
            total += a + b + c + d
    return total


@kernel
def replay(
    plan: Plan, values: Records, starts: Numbers, participant: Numbers, day: Numbers, event: Numbers, extra: float, log: Log,
    copies: bool,
) -> int:  # fmt: skip
    """Have everything in a batch's log happen again through the calendar, and write it down; return how many rows.

    Args:
        plan: the scenario's constants.
        values: one row of `plan.VALUES` per replication; nothing depends on them.
        starts: where each replication's rows begin.
        participant: whose row it is.
        day: when.
        event: what.
        extra: dates that never come true, for each row.
        log: is written, if there are copies.
        copies: whether rows are copied to the batch's log, one person's after another's.
    """
    most, rows = 0, 0
    for r in range(values.size):
        most = max(most, starts[r + 1] - starts[r])
    rooms = new_rooms(plan, most, 4 * most)
    for r in range(values.size):
        people = _people(rooms, r, starts[r], starts[r + 1], participant)
        _pass(plan, values[r], rooms, people, day, event, extra)
        if copies:
            copy_log(rooms, people, log, starts[r])
        rows += rooms.now[0].rows
    return rows


@rule
def _people(rooms: Rooms, replication: int, start: int, stop: int, participant: Numbers) -> int:
    """Make whoever the rows are of, posts among them; return how many. `searches` and `spells` are their first and last row."""
    clear(rooms, 0, replication)
    people = 0
    for row in range(start, stop):
        if row == start or participant[row] != participant[row - 1]:
            _clear_person(rooms, people)
            rooms.people[people].searches = row
            people += 1
        rooms.people[people - 1].spells = row
    return people


@rule
def _clear_person(rooms: Rooms, number: int) -> None:
    person = rooms.people[number]
    person.number, person.participant, person.first_row, person.last_row = number, number, -1, -1
    for place in range(person.due.size):
        person.due[place] = -1


@rule
def _pass(plan: Plan, values: np.record, rooms: Rooms, people: int, day: Numbers, event: Numbers, extra: float) -> None:
    """Let the days pass: each row happens on its day and enters the next one of the same person."""
    now = rooms.now[0]
    world = World(
        plan, values, now, rooms.people, rooms.posts, rooms.freest, rooms.days, rooms.entries, rooms.today,
        rooms.unallocated, rooms.waiting, rooms.log,
    )  # fmt: skip
    owed = 0.0
    for number in range(people):
        enter(world, rooms.people[number], _NEXT, day[rooms.people[number].searches])
    for today in range(plan.term_days):
        open_day(world, today)
        while now.due_today > 0 and now.full == 0:
            _, number = next_today(world)
            person = rooms.people[number]
            if is_due(person, _NEXT, today):
                owed += extra
                _happen(world, person, day, event)
            while owed >= 1.0:
                enter(world, person, _NEVER_TRUE, today + 1 + number % 256)
                cancel(person, _NEVER_TRUE)
                owed -= 1.0
    now.today = plan.term_days
    for number in range(people):
        if rooms.people[number].searches <= rooms.people[number].spells:
            write(world, rooms.people[number], event[rooms.people[number].searches], 0, 0.0, 0)


@rule
def _happen(world: World, person: np.record, day: Numbers, event: Numbers) -> None:
    row = person.searches
    cancel(person, _NEXT)
    write(world, person, event[row], 0, 0.0, 0)
    person.searches = row + 1
    if row < person.spells:
        enter(world, person, _NEXT, day[row + 1])
