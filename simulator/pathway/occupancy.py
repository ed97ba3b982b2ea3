"""What the event log says of the caseload: use of slots, waiting, people held (docs/model.md §4). No simulation here."""

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel
from simulator.records import CLOSING, Event, Events, Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_REFERRAL, _ALLOCATION, _LAPSED = int(Event.REFERRAL), int(Event.ALLOCATION), int(Event.LAPSED)
_FIRST_CLOSING, _LAST_CLOSING = int(min(CLOSING)), int(max(CLOSING))
LINES = ("slots_used", "slots_available", "people_held", "people_waiting")
_USED, _AVAILABLE, _HELD, _WAITING = range(len(LINES))
_SCALE = np.array([1000.0, 1000.0, 1.0, 1.0])
"""Slots are kept in thousandths, people are whole."""


def caseload(events: Events, end_day: Ints, marks: Ints) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return caseload measures per replication, each of shape (n,), and means over each quarter, shape (n, quarters).

    Utilisation is weighted use over capacity; both are averages of slots; waiting times are of those allocated. The
    averages of the measures are over the days before `end_day`; a quarter's are over all its days.

    Args:
        events: a batch of event logs.
        end_day: the day on which the service ended, shape (n,).
        marks: first day of each quarter of the term, and the day after its last, shape (quarters + 1,).
    """
    days, people = _slot_days(
        events.starts, events.participant, events.day, events.event, events.slot_weight, end_day, marks
    )
    used, available, held, waiting = days.sum(axis=2).T
    referred, wait, allocated, lapsed = people.T
    with np.errstate(invalid="ignore", divide="ignore"):
        values = {
            "outcomes.referral": referred.astype(np.float64),
            "caseload.utilisation": used / available,
            "caseload.capacity_slots": available / end_day / 1000,
            "caseload.people_held": held / end_day,
            "caseload.people_waiting": waiting / end_day,
            "caseload.allocated": allocated.astype(np.float64),
            "caseload.lapsed": lapsed.astype(np.float64),
            "caseload.wait_days": wait / allocated,
        }
    means = days / np.diff(marks)
    return values, {f"caseload.{name}": means[:, line] / _SCALE[line] for line, name in enumerate(LINES)}


@kernel
def _slot_days(
    starts: Ints, participant: Numbers, day: Numbers, event: Numbers, weight: Numbers, end_day: Ints, marks: Ints
) -> tuple[Ints, Ints]:
    """Return sums over the days of each quarter of what LINES names, shape (n, lines, quarters), and counts, shape (n, 4).

    A level is that at the end of a day; nothing counts from `end_day` on. The counts are people referred, days waited by
    those allocated, people allocated, and people who gave up waiting.
    """
    n, quarters = starts.size - 1, marks.size - 1
    sums, people = np.zeros((n, 4, quarters), dtype=np.int64), np.zeros((n, 4), dtype=np.int64)
    steps, ends = np.zeros((4, quarters), dtype=np.int64), np.empty(quarters, dtype=np.int64)
    quarter_of = np.searchsorted(marks, np.arange(marks[-1]), side="right") - 1
    for r in range(n):
        steps[:] = 0
        ends[:] = np.minimum(marks[1:], end_day[r])
        referred = 0
        for i in range(starts[r], starts[r + 1]):
            what = event[i]
            if what == _REFERRAL:
                referred = day[i]
                people[r, 0] += 1
            elif what == _ALLOCATION:
                people[r, 1] += day[i] - referred
                people[r, 2] += 1
            elif what == _LAPSED:
                people[r, 3] += 1
            if day[i] < end_day[r]:
                before = weight[i - 1] if i > starts[r] and participant[i] == participant[i - 1] else 0
                quarter = quarter_of[day[i]]
                left = ends[quarter] - day[i]
                _step(sums[r], steps, quarter, left, _USED if participant[i] >= 0 else _AVAILABLE, weight[i] - before)
                _step(
                    sums[r],
                    steps,
                    quarter,
                    left,
                    _WAITING,
                    (what == _REFERRAL) - (what == _ALLOCATION) - (what == _LAPSED),
                )
                _step(
                    sums[r],
                    steps,
                    quarter,
                    left,
                    _HELD,
                    (what == _ALLOCATION) - (_FIRST_CLOSING <= what <= _LAST_CLOSING),
                )
        for line in range(4):
            level = 0
            for quarter in range(quarters):
                sums[r, line, quarter] += level * max(0, ends[quarter] - marks[quarter])
                level += steps[line, quarter]
    return sums, people


@kernel
def _step(sums: Ints, steps: Ints, quarter: int, left: int, line: int, change: int) -> None:
    """Change a level: it holds for the days that are left of the quarter, and in the quarters after it."""
    if change != 0:
        sums[line, quarter] += change * left
        steps[line, quarter] += change
