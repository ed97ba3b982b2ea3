"""The compiled engine: days pass, rules apply, and the logs of a batch of replications stand one after another."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel, rule
from simulator.pathway.compiled.calendar import call, cancel, enter, is_due, next_today, open_day
from simulator.pathway.compiled.carried import carry_over, people_carried
from simulator.pathway.compiled.caseload import fits, next_unallocated, next_waiting
from simulator.pathway.compiled.participant import allocation, carried_over, happen, reallocation, referral
from simulator.pathway.compiled.staff import post_happen
from simulator.pathway.compiled.world import (
    NOBODY,
    OUT,
    WAITING,
    Records,
    Rooms,
    World,
    clear,
    expect,
    new_rooms,
    write,
)
from simulator.pathway.laws import pool_referral_days, referral_days
from simulator.pathway.plan import Plan, set_factors
from simulator.records import EVENT

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Log(NamedTuple):
    """Columns of the event log, in the order of `records.Events`."""

    participant: NDArray[np.int32]
    day: NDArray[np.int32]
    event: NDArray[np.uint8]
    spell: NDArray[np.int16]
    hours: Floats
    slot_weight: NDArray[np.int32]


@kernel
def simulate_batch(plan: Plan, values: Records, factors: Floats, seed: int, first: int) -> tuple[Ints, Log]:
    """Return where replications start, shape (n + 1,), and the log, sorted by participant.

    Args:
        plan: the scenario's constants.
        values: one row of `plan.VALUES` per replication, shape (n,).
        factors: the uncertain factors of windows, shape (n, factors).
        seed: seed of all random numbers.
        first: number of the first replication.
    """
    starts = np.zeros(values.size + 1, dtype=np.int64)
    log, rooms = _new_log(0), new_rooms(plan, 64, 1024)
    for r in range(values.size):
        row = values[r]
        set_factors(plan, factors[r])
        referred = days_of_referral(plan, row, seed, first + r)
        people = referred.size + people_carried(row)
        if people > rooms.people.size:
            rooms = new_rooms(plan, 2 * people, 16 * people)
        while not pass_days(plan, row, seed, first + r, referred, rooms):
            rooms = new_rooms(plan, rooms.people.size, 2 * rooms.log.size)
        starts[r + 1] = starts[r] + rooms.now[0].rows
        if starts[r + 1] > log.day.size:
            log = _grown(log, starts[r], starts[r + 1] + starts[r + 1] * (values.size - r) // (r + 1) * 5 // 4)
        copy_log(rooms, people, log, starts[r])
    return starts, _cut(log, starts[-1])


@kernel
def days_of_referral(plan: Plan, values: np.record, seed: int, replication: int) -> Ints:
    """Return the day of each referral, in order, from the closed pool or the open inflow.

    Args:
        plan: the scenario's constants.
        values: the replication's draws, a row of `plan.VALUES`.
        seed: seed of all random numbers.
        replication: number of the replication.
    """
    cv, ramp = values.referral_quarter_cv, values.referral_ramp
    if plan.pool_is_closed:
        size, rate, entrants = values.pool_size, values.pool_referral_rate, values.pool_entrants
        return pool_referral_days(seed, replication, plan, size, rate, entrants, cv, ramp)
    return referral_days(seed, replication, plan, values.referrals_over_term, cv, ramp)


@kernel
def _new_log(rows: int) -> Log:
    return Log(
        np.empty(rows, dtype=np.int32),
        np.empty(rows, dtype=np.int32),
        np.empty(rows, dtype=np.uint8),
        np.empty(rows, dtype=np.int16),
        np.empty(rows, dtype=np.float64),
        np.empty(rows, dtype=np.int32),
    )


@kernel
def _grown(log: Log, used: int, rows: int) -> Log:
    more = _new_log(rows)
    more.participant[:used], more.day[:used], more.event[:used] = (
        log.participant[:used],
        log.day[:used],
        log.event[:used],
    )
    more.spell[:used], more.hours[:used], more.slot_weight[:used] = (
        log.spell[:used],
        log.hours[:used],
        log.slot_weight[:used],
    )
    return more


@kernel
def _cut(log: Log, rows: int) -> Log:
    return Log(
        log.participant[:rows],
        log.day[:rows],
        log.event[:rows],
        log.spell[:rows],
        log.hours[:rows],
        log.slot_weight[:rows],
    )


@rule
def pass_days(plan: Plan, values: np.record, seed: int, replication: int, referred: Ints, rooms: Rooms) -> bool:
    """Let all days of a replication pass; return whether there was room for all that happened.

    Args:
        plan: the scenario's constants.
        values: the replication's draws, a row of `plan.VALUES`.
        seed: seed of all random numbers.
        replication: number of the replication.
        referred: day of each referral, in order.
        rooms: memory, which is filled anew.
    """
    clear(rooms, seed, replication)
    now, people = rooms.now[0], rooms.people
    world = World(
        plan,
        values,
        now,
        rooms.people,
        rooms.posts,
        rooms.freest,
        rooms.days,
        rooms.entries,
        rooms.today,
        rooms.unallocated,
        rooms.waiting,
        rooms.log,
    )
    for number in range(rooms.posts.size):
        enter(world, rooms.posts[number], EVENT.SPECIALIST_STARTED, plan.post_start[number])
    carry_over(world, referred.size)
    arrived = 0
    for day in range(plan.term_days):
        open_day(world, day)
        while arrived < referred.size and referred[arrived] == day:
            expect(people, now, arrived, arrived)
            call(world, EVENT.REFERRAL, arrived)
            arrived += 1
        while now.due_today > 0 and now.full == 0:
            _meet(world)
    now.today = plan.term_days
    for number in range(referred.size + now.people_carried):
        if people[number].state != OUT or people[number].employed == 1:
            write(world, people[number], EVENT.TERM_END, people[number].spells, 0.0, people[number].weight)
    return bool(now.full == 0)


@rule
def _meet(world: World) -> None:
    """Apply the first thing that is due today, if it still is."""
    event, number = next_today(world)
    if event == EVENT.ALLOCATION:
        _allocate(world)
    elif event == EVENT.REFERRAL:
        referral(world, world.people[number])
    elif event <= EVENT.SPECIALIST_RAMPED:
        _meet_post(world, world.posts[number], event)
    elif event == EVENT.CARRIED_OVER:
        carried_over(world, world.people[number])
    elif is_due(world.people[number], event, world.now.today):
        cancel(world.people[number], event)
        happen(world, world.people[number], event)


@rule
def _meet_post(world: World, post: np.record, event: int) -> None:
    if is_due(post, event, world.now.today):
        cancel(post, event)
        post_happen(world, post, event)


@rule
def _allocate(world: World) -> None:
    """Fill free slots: first those to be reallocated, then the waiting list; who does not fit blocks those behind."""
    now = world.now
    now.reviewed = -1
    first = next_unallocated(world)
    while first != NOBODY and fits(world, world.people[first].weight):
        now.first_unallocated += 1
        reallocation(world, world.people[first])
        first = next_unallocated(world)
    while now.people_waiting > 0 and first == NOBODY and fits(world, world.plan.weight_engaging):
        person = world.people[next_waiting(world)]
        if person.state == WAITING:
            allocation(world, person)


@rule
def copy_log(rooms: Rooms, people: int, log: Log, start: int) -> None:
    """Copy a replication's rows to the batch's log from a row on: posts, the last first, then participants.

    Args:
        rooms: the memory of the replication.
        people: how many participants it has.
        log: columns of the batch's log, which are written.
        start: row of the log from which to write.
    """
    row = start
    for number in range(rooms.posts.size - 1, -1, -1):
        row = _copy_rows(rooms, rooms.posts[number].first_row, -1 - number, log, row)
    for number in range(people):
        row = _copy_rows(rooms, rooms.people[number].first_row, rooms.people[number].participant, log, row)


@rule
def _copy_rows(rooms: Rooms, place: int, participant: int, log: Log, row: int) -> int:
    """Copy the rows of one participant or post, in order of time; return the next row."""
    while place >= 0:
        found = rooms.log[place]
        log.participant[row], log.day[row], log.event[row] = participant, found.day, found.event
        log.spell[row], log.hours[row], log.slot_weight[row] = found.spell, found.hours, found.slot_weight
        place = found.next
        row += 1
    return row
