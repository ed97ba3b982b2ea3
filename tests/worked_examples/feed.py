"""Event logs made by hand: from people whose dates are given, or from counts spread evenly over a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.dates import day_number
from simulator.pathway.engine import Row, event_table
from simulator.records import Event, Events

CARRIED_OVER = 2**24
"""Number of the first person carried over."""
SLOT = 1000
"""What everybody weighs from allocation on; no contract looks at it."""
WINDOW_DAYS = 91
"""Days from a first job start to the check whether it was sustained."""
DAYS_BEFORE_A_JOB = 2
"""Referral, engagement and job start of a counted person are on successive days."""
SHORT_JOB_DAYS = 7
LOW_HOURS, HIGH_HOURS = 12.0, 20.0


@dataclass(frozen=True)
class Job:
    """A job from its first day to its last, both worked, or kept for good."""

    first: date
    hours: float
    last: date | None = None


@dataclass(frozen=True)
class Life:
    """A person's dates; what is None never happens."""

    referred: date
    engaged: date | None = None
    jobs: tuple[Job, ...] = ()
    contact_lost: date | None = None


@dataclass(frozen=True)
class Counts:
    """How many people get how far."""

    referred: int
    engaged: int
    job_starts: int
    sustained_under_16: int = 0
    sustained_16_plus: int = 0

    @property
    def sustained(self) -> int:
        """Return how many sustain a job in either band."""
        return self.sustained_under_16 + self.sustained_16_plus


def events_of(lives: list[Life], start: date, end: date, carried_over: Sequence[Life] = ()) -> Events:
    """Return the event log of people, one replication, from the start of service to the end of its term.

    People carried over were referred before the service started; their numbers begin at CARRIED_OVER.
    """
    numbered = [*enumerate(lives), *enumerate(carried_over, start=CARRIED_OVER)]
    return event_table(0, [[row for number, life in numbered for row in _rows(number, life, start, end)]])


def _rows(number: int, life: Life, start: date, end: date) -> list[Row]:
    dated = [(life.referred, Event.REFERRAL, 0.0), (life.referred, Event.ALLOCATION, 0.0)]
    dated += [(life.engaged, Event.ENGAGEMENT, 0.0)] if life.engaged else []
    dated += [(life.contact_lost, Event.CONTACT_LOST, 0.0)] if life.contact_lost else []
    for job in life.jobs:
        dated.append((job.first, Event.JOB_START, job.hours))
        dated += [(job.last + timedelta(days=1), Event.JOB_END, job.hours)] if job.last else []
    within = sorted((day, event, hours) for day, event, hours in dated if day < end)
    rows: list[Row] = []
    for day, event, hours in [*within, (end, Event.TERM_END, 0.0)]:
        spells = sum(row[2] == Event.JOB_START for row in rows) + (event == Event.JOB_START)
        rows.append((number, day_number(day, start), event, spells, hours, 0 if event == Event.REFERRAL else SLOT))
    return rows


def spread(count: int, first: date, end: date) -> list[date]:
    """Return `count` days spread evenly over [first, end).

    >>> spread(2, date(2021, 1, 1), date(2021, 1, 11))
    [datetime.date(2021, 1, 3), datetime.date(2021, 1, 8)]
    """
    length = (end - first).days
    return [first + timedelta(days=(2 * k + 1) * length // (2 * count)) for k in range(count)]


def lives_of(counts: Counts, first: date, end: date) -> list[Life]:
    """Return people in order of referral whose achievements, as many as counted, fall evenly within [first, end).

    Whoever sustains a job starts it early enough for the check to fall within the window; the other jobs last a week.
    """
    earliest = first + timedelta(days=DAYS_BEFORE_A_JOB)
    kept = spread(counts.sustained, earliest, end - timedelta(days=WINDOW_DAYS))
    hours = [HIGH_HOURS if _is_high(k, counts) else LOW_HOURS for k in range(counts.sustained)]
    lives = [_worker(Job(day, weekly)) for day, weekly in zip(kept, hours, strict=True)]
    lives += [
        _worker(Job(day, LOW_HOURS, day + timedelta(days=SHORT_JOB_DAYS - 1)))
        for day in spread(counts.job_starts - counts.sustained, earliest, end)
    ]
    only_engaged = spread(counts.engaged - counts.job_starts, first + timedelta(days=1), end)
    lives += [Life(day - timedelta(days=1), day) for day in only_engaged]
    lives += [Life(day) for day in spread(counts.referred - counts.engaged, first, end)]
    return sorted(lives, key=lambda life: life.referred)


def _is_high(position: int, counts: Counts) -> bool:
    """Return whether the sustained job at a position is of the upper band, the bands being mixed evenly."""
    total, high = counts.sustained, counts.sustained_16_plus
    return (position + 1) * high // total > position * high // total


def _worker(job: Job) -> Life:
    return Life(job.first - timedelta(days=2), job.first - timedelta(days=1), (job,))


def fed_events(counts: Counts, first: date, end: date, start: date, term_end: date) -> Events:
    """Return an event log in which people are referred, engage, start jobs and sustain them as counted.

    Args:
        counts: how many.
        first: first day of the window over which they are spread.
        end: first day after it.
        start: start of the service, day 0.
        term_end: end of the term.
    """
    return events_of(lives_of(counts, first, end), start, term_end)
