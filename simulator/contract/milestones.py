"""From the event log to what was achieved: one function for events reached, one for jobs kept (docs/model.md §6)."""

import numpy as np
from numpy.typing import NDArray

from simulator.contract.terms import IN_WORK, SUSTAINED, Terms
from simulator.dates import NEVER
from simulator.kernel import rule
from simulator.records import EVENT, Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
MAX_SPELLS = 64
"""Job spells looked at per person; nobody has nearly as many in a term."""


@rule
def read_life(
    day: Numbers, event: Numbers, hours: Floats, start: int, stop: int, spells: Floats
) -> tuple[int, int, int]:
    """Return a person's day of referral, of losing contact, and number of jobs, from the log's rows start to stop.

    Start, end and weekly hours of each job are written into `spells`.

    Args:
        day: day of each row of the log.
        event: `Event` of each row of the log.
        hours: weekly hours of each row of the log.
        start: first row of the person in the log.
        stop: row after the last.
        spells: where start, end and weekly hours of each job are written, shape (MAX_SPELLS, 3).
    """
    referred, lost, count = 0, NEVER, 0
    for i in range(start, stop):
        if event[i] == EVENT.REFERRAL:
            referred = day[i]
        elif event[i] == EVENT.CONTACT_LOST:
            lost = day[i]
        elif event[i] == EVENT.JOB_START and count < MAX_SPELLS:
            spells[count, 0], spells[count, 1], spells[count, 2] = day[i], NEVER, hours[i]
            count += 1
        elif event[i] == EVENT.JOB_END and count > 0:
            spells[count - 1, 1] = day[i]
    return referred, lost, count


@rule
def counted_weeks(spells: Floats, count: int, start: float, weeks: int, days_needed: int) -> tuple[int, float]:
    """Return the weeks from `start` that count, and the sum of their weekly hours.

    A week counts if one job covers at least `days_needed` of its seven days.

    Args:
        spells: start, end and weekly hours of each job, shape (MAX_SPELLS, 3).
        count: how many jobs there are.
        start: first day of the first week.
        weeks: how many weeks are looked at.
        days_needed: days of a week that one job has to cover.
    """
    counted, hours = 0, 0.0
    for week in range(weeks):
        first = start + 7 * week
        for spell in range(count):
            covered = min(first + 7, spells[spell, 1]) - max(first, spells[spell, 0])
            if covered >= days_needed:
                counted += 1
                hours += spells[spell, 2]
                break
    return counted, hours


@rule
def achievements(
    terms: Terms, day: Numbers, event: Numbers, start: int, stop: int, spells: Floats, count: int, found: Ints
) -> int:
    """Write what one person achieved into `found` (outcome, day, whether a duplicate); return how many.

    Later job starts, and later windows once the first is sustained, are duplicates: a person is paid for once per outcome.

    Args:
        terms: the contract's terms.
        day: day of each row of the log.
        event: `Event` of each row of the log.
        start: first row of the person in the log.
        stop: row after the last.
        spells: start, end and weekly hours of each job, shape (MAX_SPELLS, 3).
        count: how many jobs there are.
        found: where outcome, day and whether a duplicate are written, a row for each achievement.
    """
    number = 0
    for outcome in range(terms.event.size):
        if terms.event[outcome] == SUSTAINED:
            number = _sustained(terms, outcome, spells, count, found, number)
        elif terms.event[outcome] == IN_WORK:
            number = _in_work(terms, outcome, spells, count, found, number)
        elif terms.event[outcome] == EVENT.JOB_START:
            number = _job_starts(terms, outcome, spells, count, found, number)
        else:
            for i in range(start, stop):
                if event[i] == terms.event[outcome]:
                    found[number, 0], found[number, 1], found[number, 2] = outcome, day[i], 0
                    number += 1
                    break
    return number


@rule
def _job_starts(terms: Terms, outcome: int, spells: Floats, count: int, found: Ints, number: int) -> int:
    for spell in range(count):
        if terms.hours_from[outcome] <= spells[spell, 2] < terms.hours_below[outcome]:
            found[number, 0], found[number, 1], found[number, 2] = outcome, int(spells[spell, 0]), 1 if spell > 0 else 0
            number += 1
    return number


@rule
def _sustained(terms: Terms, outcome: int, spells: Floats, count: int, found: Ints, number: int) -> int:
    weeks, needed = terms.window_weeks[outcome], terms.weeks_counted[outcome]
    for spell in range(count):
        start = spells[spell, 0]
        measured = int(start) + 7 * weeks
        counted, hours = counted_weeks(spells, count, start, weeks, terms.days_for_a_week[outcome])
        if counted < needed or measured >= terms.term_days:
            if spell == 0:
                break
            continue
        if terms.hours_from[outcome] * counted <= hours < terms.hours_below[outcome] * counted:
            found[number, 0], found[number, 1], found[number, 2] = outcome, measured, 1 if spell > 0 else 0
            number += 1
    return number


@rule
def _in_work(terms: Terms, outcome: int, spells: Floats, count: int, found: Ints, number: int) -> int:
    """Look at the day of measurement: who is in a job of the right hours has achieved it, once and on that day."""
    if count == 0:
        return number
    measured = int(spells[0, 0]) + terms.days_after_start[outcome]
    if measured >= terms.term_days:
        return number
    for spell in range(count):
        if spells[spell, 0] <= measured < spells[spell, 1]:
            if terms.hours_from[outcome] <= spells[spell, 2] < terms.hours_below[outcome]:
                found[number, 0], found[number, 1], found[number, 2] = outcome, measured, 0
                number += 1
            break
    return number
