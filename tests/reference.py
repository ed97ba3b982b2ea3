"""Slow, plain re-implementations of the rules, written from the domain's words and not from the code, to hold it against."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from simulator.dates import add_months, day_date, day_number
from simulator.records import CLOSING, Event, Events
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import InWork, Outcome, Reached, Sustained

Row = tuple[int, int, int, float, int]
"""Participant, day, event, hours, slot weight."""


def rows_of(events: Events, replication: int) -> list[Row]:
    """Return one replication's rows as plain numbers."""
    rows = events.rows_of(replication)
    columns = (events.participant, events.day, events.event, events.hours, events.slot_weight)
    return [
        (int(p), int(d), int(e), float(h), int(w)) for p, d, e, h, w in zip(*(c[rows] for c in columns), strict=True)
    ]


Achieved = tuple[int, int, int, bool]
"""Participant, line of the rate card, day, whether a duplicate."""


def achieved(deal: Deal, events: Events, replication: int) -> Counter[Achieved]:
    """Return everything that was achieved, duplicates included."""
    term = day_number(deal.term.term_end, deal.term.service_start)
    found: Counter[Achieved] = Counter()
    for person, rows in groupby(rows_of(events, replication), key=lambda row: row[0]):
        life = list(rows)
        for line, outcome in enumerate(deal.rate_card):
            if life[0][1] < 0 and not {outcome.outcome, outcome.group} & set(deal.carried_over_outcomes):
                continue
            for number, day in enumerate(_days(outcome, life, term)):
                if day is not None and 0 <= day < term:
                    found[person, line, day, number > 0] += 1
    return found


def _days(outcome: Outcome, life: list[Row], term: int) -> Sequence[int | None]:
    """Return the days on which an outcome is achieved, the payable one or None first, then duplicates."""
    milestone, jobs = outcome.milestone, jobs_of(life)
    if isinstance(milestone, Sustained):
        checks = [sustained(milestone, jobs, first) for first, _, _ in jobs]
        first_window = any_band(milestone, jobs, jobs[0][0]) if jobs else None
        if first_window is None or first_window >= term:
            return []
        return checks
    if isinstance(milestone, InWork):
        return in_work(milestone, jobs, term)
    if milestone.reached == "job_start":
        fits = [_in_band(milestone, Fraction(hours)) for _, _, hours in jobs]
        return [first if fit else None for (first, _, _), fit in zip(jobs, fits, strict=True)]
    return [day for _, day, event, _, _ in life if Event(event).name.lower() == milestone.reached][:1]


def in_work(milestone: InWork, jobs: list[tuple[int, int, float]], term: int) -> list[int | None]:
    """Return the day of measurement, if there is a job of the right hours on it; nothing if it is not within the term."""
    if not jobs:
        return []
    exact = Fraction(str(milestone.in_work_after_months)) * Fraction("30.4375")
    day = jobs[0][0] + -int(-exact // 1)
    held = [hours for first, end, hours in jobs if first <= day < end]
    return [day] if day < term and held and _in_band(milestone, Fraction(held[0])) else []


def jobs_of(life: list[Row]) -> list[tuple[int, int, float]]:
    """Return a person's jobs: first day, first day after the last, weekly hours."""
    starts = [(day, hours) for _, day, event, hours, _ in life if event == Event.JOB_START]
    ends = [day for _, day, event, _, _ in life if event == Event.JOB_END]
    return [(day, ends[k] if k < len(ends) else 10**6, hours) for k, (day, hours) in enumerate(starts)]


def weeks(milestone: Sustained, jobs: list[tuple[int, int, float]], start: int) -> list[float]:
    """Return the weekly hours of the weeks from a day on that count, day by day: enough days of one job in the week."""
    counted = []
    for week in range(milestone.sustained_weeks):
        days = range(start + 7 * week, start + 7 * week + 7)
        for first, end, hours in jobs:
            if sum(first <= day < end for day in days) >= milestone.days_for_a_week:
                counted.append(hours)
                break
    return counted


def any_band(milestone: Sustained, jobs: list[tuple[int, int, float]], start: int) -> int | None:
    """Return the day of the check, if the window from a day on is sustained at whatever hours."""
    enough = len(weeks(milestone, jobs, start)) >= milestone.weeks_counted
    return start + 7 * milestone.sustained_weeks if enough else None


def sustained(milestone: Sustained, jobs: list[tuple[int, int, float]], start: int) -> int | None:
    """Return the day of the check, if the window from a day on is sustained in the milestone's band."""
    counted = weeks(milestone, jobs, start)
    day = any_band(milestone, jobs, start)
    average = Fraction(sum(map(Fraction, counted))) / max(1, len(counted))
    return day if day is not None and _in_band(milestone, average) else None


def _in_band(milestone: Reached | Sustained | InWork, hours: Fraction) -> bool:
    low, high = milestone.hours_from, milestone.hours_below
    return (low is None or hours >= Fraction(low)) and (high is None or hours < Fraction(high))


def split(amount: int, weights: list[int], before: list[int]) -> list[int]:
    """Return the largest-remainder split of a running total, by fractions, where nobody's share falls below what it was."""
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    shares = [max(int(each), was) for each, was in zip(exact, before, strict=True)]
    rounded_down = [i for i in range(len(weights)) if shares[i] <= exact[i]]
    order = sorted(rounded_down, key=lambda i: (int(exact[i]) - exact[i], i))
    for i in order[: amount - sum(shares)]:
        shares[i] += 1
    assert sum(shares) == amount
    return shares


def payable_day(deal: Deal, outcome: Outcome, referred: int, achieved_day: int) -> int:
    """Return the day from which an evidenced outcome can be claimed."""
    start, lags_from = deal.term.service_start, deal.lags.origin
    if lags_from == "none":
        return achieved_day
    origin = referred if lags_from == "referral" else achieved_day
    later = day_number(add_months(day_date(origin, start), outcome.paid_after_months), start)
    return max(achieved_day, later)


@dataclass
class Slots:
    """The caseload as a replay of the event log has it."""

    capacity: dict[int, int]
    weight: dict[int, int]
    held: set[int]

    @property
    def used(self) -> int:
        """Return thousandths of slots that specialists hold."""
        return sum(self.weight[person] for person in self.held)

    @property
    def available(self) -> int:
        """Return thousandths of slots that there are."""
        return sum(self.capacity.values())


def replay(events: Events, replication: int) -> list[tuple[Row, int, int]]:
    """Return all rows in order of time with slots used and available after each, the day's order being that of the numbers."""
    slots, seen, engaged = Slots({}, {}, set()), [], set[int]()
    for row in sorted(
        rows_of(events, replication), key=lambda row: (row[1], row[2], row[0] if row[0] >= 0 else -1 - row[0])
    ):
        who, _, event, _, weight = row
        if who < 0:
            slots.capacity[who] = weight
        else:
            slots.weight[who] = weight
            engaged |= {who} if event == Event.ENGAGEMENT else set()
            if event == Event.CARRIED_OVER and who in engaged and slots.capacity:
                slots.held.add(who)  # whoever is in the service on the first day has a specialist, if there is one
            elif event in (Event.ALLOCATION, Event.REALLOCATION):
                slots.held.add(who)
            elif event in (*CLOSING, Event.UNALLOCATED):
                slots.held.discard(who)
        seen.append((row, slots.used, slots.available))
    return seen
