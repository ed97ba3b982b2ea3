"""What the event log says of the caseload: use of slots, waiting, people held (docs/model.md §4). No simulation here."""

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel
from simulator.records import CLOSING, Event, Events

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_REFERRAL, _ALLOCATION, _LAPSED = int(Event.REFERRAL), int(Event.ALLOCATION), int(Event.LAPSED)
_FIRST_CLOSING, _LAST_CLOSING = int(min(CLOSING)), int(max(CLOSING))
_USED, _CAPACITY, _HELD, _WAITING = range(4)


def caseload_measures(events: Events, end_day: Ints, daily: Floats) -> dict[str, Floats]:
    """Return caseload measures per replication, each of shape (n,), over the days before `end_day`.

    Utilisation is weighted use over capacity; both are averages of slots; waiting times are of those allocated.
    """
    wait, allocated, lapsed = _waits(events.starts, events.participant, events.day, events.event)
    used, capacity, held, waiting = (daily[:, line].sum(axis=1) for line in range(4))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "outcomes.referral": _count(events, _REFERRAL),
            "caseload.utilisation": used / capacity,
            "caseload.capacity_slots": capacity / end_day / 1000,
            "caseload.people_held": held / end_day,
            "caseload.people_waiting": waiting / end_day,
            "caseload.allocated": allocated,
            "caseload.lapsed": lapsed,
            "caseload.wait_days": wait / allocated,
        }


def caseload_series(daily: Floats, marks: Ints) -> dict[str, Floats]:
    """Return means over each quarter, shape (n, quarters): slots used and available, people held and waiting.

    Args:
        daily: the caseload of each day, from `caseload_by_day`.
        marks: first day of each quarter, and the day after the last, shape (quarters + 1,).
    """
    means = np.add.reduceat(daily, marks[:-1], axis=2) / np.diff(marks)
    names = ("caseload.slots_used", "caseload.slots_available", "caseload.people_held", "caseload.people_waiting")
    scale = (1000.0, 1000.0, 1.0, 1.0)
    return {name: means[:, line] / scale[line] for line, name in enumerate(names)}


def _count(events: Events, event: int) -> Floats:
    found = np.concatenate([[0], np.cumsum(events.event == event)])
    return np.asarray(found[events.starts[1:]] - found[events.starts[:-1]], dtype=np.float64)


def caseload_by_day(events: Events, end_day: Ints, days: int) -> Floats:
    """Return thousandths of slots used and available, people held and waiting, at the end of each day; shape (n, 4, days).

    Days from `end_day` on, shape (n,), hold zeros.
    """
    return _daily(events.starts, events.participant, events.day, events.event, events.slot_weight, end_day, days)


@kernel
def _daily(starts: Ints, participant: Ints, day: Ints, event: Ints, weight: Ints, end_day: Ints, days: int) -> Floats:
    """Return thousandths used and available, people held and waiting at the end of each day, shape (n, 4, days)."""
    n = starts.size - 1
    level = np.zeros((n, 4, days))
    for r in range(n):
        for i in range(starts[r], starts[r + 1]):
            if day[i] >= end_day[r]:
                continue
            before = weight[i - 1] if i > starts[r] and participant[i] == participant[i - 1] else 0
            line = _USED if participant[i] >= 0 else _CAPACITY
            level[r, line, day[i]] += weight[i] - before
            if event[i] == _REFERRAL:
                level[r, _WAITING, day[i]] += 1
            elif event[i] in (_ALLOCATION, _LAPSED):
                level[r, _WAITING, day[i]] -= 1
                level[r, _HELD, day[i]] += event[i] == _ALLOCATION
            elif _FIRST_CLOSING <= event[i] <= _LAST_CLOSING:
                level[r, _HELD, day[i]] -= 1
        for line in range(4):
            for d in range(1, end_day[r]):
                level[r, line, d] += level[r, line, d - 1]
    return level


@kernel
def _waits(starts: Ints, participant: Ints, day: Ints, event: Ints) -> tuple[Floats, Floats, Floats]:
    """Return total days waited by those allocated, how many they are, and how many gave up; each of shape (n,)."""
    n = starts.size - 1
    wait, allocated, lapsed = np.zeros(n), np.zeros(n), np.zeros(n)
    for r in range(n):
        referred = 0
        for i in range(starts[r], starts[r + 1]):
            if event[i] == _REFERRAL:
                referred = day[i]
            elif event[i] == _ALLOCATION:
                wait[r] += day[i] - referred
                allocated[r] += 1
            elif event[i] == _LAPSED:
                lapsed[r] += 1
    return wait, allocated, lapsed
