"""What the event log says of the caseload: use of slots, waiting, people held (docs/model.md §4). No simulation here."""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import quarters_by_day
from simulator.kernel import kernel, rule
from simulator.records import CLOSING, EVENT, Events, Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LINES = ("caseload.slots_used", "caseload.slots_available", "caseload.people_held", "caseload.people_waiting")
"""Measures of each quarter, in the order of `_slot_days`."""
_USED, _AVAILABLE, _HELD, _WAITING = range(len(LINES))
_CHANGES = np.zeros((256, 2), dtype=np.int64)
"""What each event changes in the people held and in those waiting."""
_CHANGES[EVENT.ALLOCATION] = 1, -1
_CHANGES[EVENT.REFERRAL, 1], _CHANGES[EVENT.LAPSED, 1] = 1, -1
_CHANGES[list(CLOSING), 0] = -1
_SCALE = np.array([1000.0, 1000.0, 1.0, 1.0])
"""Slots are kept in thousandths, people are whole."""


def caseload(events: Events, end_day: Ints, marks: Ints) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return caseload measures per replication, each of shape (n,), and means over each quarter, shape (n, quarters).

    Utilisation is weighted use over capacity; both are averages of slots; waiting times are of those allocated. The
    averages of the measures are over the days before `end_day`; a quarter's are over all its days. People carried over were
    referred before the first day, and count as waiting, or held, from it on.

    Args:
        events: a batch of event logs.
        end_day: the day on which the service ended, shape (n,).
        marks: first day of each quarter of the term, and the day after its last, shape (quarters + 1,).
    """
    days, people = _slot_days(
        events.starts, events.participant, events.day, events.event, events.slot_weight, end_day, marks
    )
    used, available, held, waiting = days.sum(axis=2).T
    referred, carried, wait, allocated, lapsed = people.T
    with np.errstate(invalid="ignore", divide="ignore"):
        values = {
            "outcomes.referral": referred.astype(np.float64),
            "caseload.utilisation": used / available,
            "caseload.capacity_slots": available / end_day / 1000,
            "caseload.people_held": held / end_day,
            "caseload.people_waiting": waiting / end_day,
            "caseload.carried_over": carried.astype(np.float64),
            "caseload.allocated": allocated.astype(np.float64),
            "caseload.lapsed": lapsed.astype(np.float64),
            "caseload.wait_days": wait / allocated,
        }
    means = days / np.diff(marks)
    return values, {name: means[:, line] / _SCALE[line] for line, name in enumerate(LINES)}


@kernel
def _slot_days(
    starts: Ints, participant: Numbers, day: Numbers, event: Numbers, weight: Numbers, end_day: Ints, marks: Ints
) -> tuple[Ints, Ints]:
    """Return sums over the days of each quarter of what LINES names, shape (n, lines, quarters), and counts, shape (n, 5).

    A level is that at the end of a day; nothing counts from `end_day` on. The counts are people referred, and those referred
    before day 0, days waited by those allocated, people allocated, and people whose patience ran out.
    """
    n, quarters = starts.size - 1, marks.size - 1
    sums, people = np.zeros((n, 4, quarters), dtype=np.int64), np.zeros((n, 5), dtype=np.int64)
    steps, ends = np.zeros((4, quarters), dtype=np.int64), np.empty(quarters, dtype=np.int64)
    seen = np.zeros(_CHANGES.shape[0], dtype=np.int64)
    quarter_of = quarters_by_day(marks)
    for r in range(n):
        steps[:], seen[:] = 0, 0
        ends[:] = np.minimum(marks[1:], end_day[r])
        mine, referred, carried, waited, last = sums[r], 0, 0, 0, min(end_day[r], marks[-1])
        for i in range(starts[r], starts[r + 1]):
            what, fresh = event[i], i == starts[r] or participant[i] != participant[i - 1]
            seen[what] += 1
            referred = day[i] if fresh else referred
            waited += day[i] - referred if what == EVENT.ALLOCATION else 0
            carried += 1 if day[i] < 0 and what == EVENT.REFERRAL else 0
            since = max(day[i], 0)
            if since < last:
                quarter = quarter_of[since]
                left = ends[quarter] - since
                line = _USED if participant[i] >= 0 else _AVAILABLE
                _step(mine, steps, quarter, left, line, weight[i] - (0 if fresh else weight[i - 1]))
                counted_as = EVENT.ALLOCATION if what == EVENT.CARRIED_OVER and event[i - 1] != EVENT.REFERRAL else what
                _step(mine, steps, quarter, left, _HELD, _CHANGES[counted_as, 0])
                _step(mine, steps, quarter, left, _WAITING, _CHANGES[counted_as, 1])
        _carry(mine, steps, ends, marks)
        people[r, 0], people[r, 1], people[r, 2], people[r, 3], people[r, 4] = (
            seen[EVENT.REFERRAL] - carried,
            carried,
            waited,
            seen[EVENT.ALLOCATION],
            seen[EVENT.LAPSED],
        )
    return sums, people


@rule
def _step(sums: Ints, steps: Ints, quarter: int, left: int, line: int, change: int) -> None:
    """Change a level: it holds for the days that are left of the quarter, and in the quarters after it."""
    if change != 0:
        sums[line, quarter] += change * left
        steps[line, quarter] += change


@rule
def _carry(sums: Ints, steps: Ints, ends: Ints, marks: Ints) -> None:
    """Add what each quarter has from the quarters before it: their level for all its days."""
    for line in range(steps.shape[0]):
        level = 0
        for quarter in range(ends.size):
            sums[line, quarter] += level * max(0, ends[quarter] - marks[quarter])
            level += steps[line, quarter]
