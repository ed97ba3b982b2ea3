"""Limits on what is paid: on numbers of outcomes, on each year, on schedules and on the whole (docs/model.md §8)."""

from datetime import date
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel, rule
from simulator.records import STATUS
from simulator.scenario.constants import NO_LIMIT
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]


class Caps(NamedTuple):
    """The limits, in pence; `partial` says whether the claim that crosses a limit is paid in part."""

    counts: Ints
    """Claims of each line, shape (outcomes,)."""
    year: Ints
    """Year of each invoice, from 0; shape (invoices,)."""
    annual: Ints
    """Of each year, or, where unused headroom is carried over, of all years up to it; shape (years,)."""
    annual_partial: bool
    carry: bool
    """Whether what a year leaves unused is added to the next."""
    defer: bool
    """Whether a claim that a year has no room for waits for the next."""
    schedule: Ints
    """Of each schedule, the rate card's own first; shape (schedules,)."""
    schedule_partial: NDArray[np.bool_]
    total: int
    total_partial: bool


class Used(NamedTuple):
    """What one replication has used of them so far."""

    counts: Ints
    year: Ints
    schedule: Ints
    total: Ints
    """Shape (1,)."""


def cap_terms(deal: Deal, quarters: list[date]) -> Caps:
    """Return a deal's limits.

    Args:
        deal: the deal.
        quarters: first days of the quarters that may have an invoice, and of the next one.
    """
    annual = deal.annual_cap
    year = annual.years(quarters) if annual else [0] * (len(quarters) - 1)
    pounds = deal.annual_limits or (NO_LIMIT,)
    limits = [pounds[min(number, len(pounds) - 1)] for number in range(year[-1] + 1)]
    carry = annual is not None and annual.unused_headroom == "carry"
    schedules = [schedule.cap for schedule in deal.schedules]
    return Caps(
        counts=np.array([outcome.limit for outcome in deal.rate_card], dtype=np.int64),
        year=np.array(year, dtype=np.int64),
        annual=np.array(list(accumulate(limits)) if carry else limits, dtype=np.int64),
        annual_partial=annual is None or annual.policy == "partial",
        carry=carry,
        defer=annual is not None and annual.excess_claims == "defer",
        schedule=np.array([NO_LIMIT, *(NO_LIMIT if cap == "none" else cap.pence for cap in schedules)], dtype=np.int64),
        schedule_partial=np.array([True, *(cap == "none" or cap.policy == "partial" for cap in schedules)]),
        total=deal.total_cap.pence,
        total_partial=deal.total_cap.policy == "partial",
    )


@kernel
def new_used(caps: Caps) -> Used:
    """Return a replication's use of the limits at its beginning: nothing."""
    return Used(
        np.zeros(caps.counts.size, dtype=np.int64),
        np.zeros(caps.annual.size, dtype=np.int64),
        np.zeros(caps.schedule.size, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@rule
def annual_headroom(caps: Caps, used: Used, invoice: int) -> int:
    """Return what is left of the limit of an invoice's year; nothing where settled invoices were above it.

    Args:
        caps: the limits.
        used: what the replication has used of them so far.
        invoice: number of the quarter.
    """
    year = caps.year[invoice]
    return max(0, int(caps.annual[year] - (used.total[0] if caps.carry else used.year[year])))


@rule
def waits_for_next_year(caps: Caps, used: Used, invoice: int, price: int) -> bool:
    """Return whether a claim that its year has no room for waits for the first invoice of the next year, if there is one.

    Args:
        caps: the limits.
        used: what the replication has used of them so far.
        invoice: number of the quarter.
        price: price of the claim, in pence.
    """
    if not caps.defer or caps.year[invoice] == caps.year[-1]:
        return False
    return price > annual_headroom(caps, used, invoice)


@rule
def begins_year(caps: Caps, invoice: int) -> bool:
    """Return whether an invoice is the first of its year."""
    return invoice > 0 and caps.year[invoice] != caps.year[invoice - 1]


@rule
def pay_within_caps(
    caps: Caps, used: Used, schedule: int, invoice: int, asked: int, divisible: bool
) -> tuple[int, int]:
    """Return what the caps on money let through of a claim or an activity payment, and a claim's status; use up their room.

    Each cap meets what the one before has left: the year's, the schedule's, the total. The status is that of the last one
    that took something, which is the tightest.

    Args:
        caps: the limits.
        used: what has been used of them; what is let through is added.
        schedule: number of the schedule whose prices hold.
        invoice: number of the quarter.
        asked: pence of the claim's price or of the activity payment.
        divisible: whether it is paid in part where it crosses a cap, whatever the cap's policy for claims.
    """
    status = STATUS.PAID
    left = _within(asked, annual_headroom(caps, used, invoice), divisible or caps.annual_partial)
    if left < asked:
        status = STATUS.OVER_ANNUAL_CAP
    headroom = max(0, caps.schedule[schedule] - used.schedule[schedule])
    after = _within(left, headroom, divisible or caps.schedule_partial[schedule])
    if after < left:
        left, status = after, STATUS.OVER_SCHEDULE_CAP
    after = _within(left, caps.total - used.total[0], divisible or caps.total_partial)
    if after < left:
        left, status = after, STATUS.OVER_TOTAL_CAP
    use(caps, used, schedule, invoice, left)
    return left, status


@rule
def _within(asked: int, headroom: int, partial: bool) -> int:
    """Return what a cap lets through: all of it, what fits, or nothing."""
    if asked <= headroom:
        return asked
    return headroom if partial else 0


@rule
def use(caps: Caps, used: Used, schedule: int, invoice: int, pence: int) -> None:
    """Use up room under the caps on money; give it back if the pence are below 0.

    Args:
        caps: the limits.
        used: what the replication has used of them so far; the pence are added.
        schedule: number of the schedule whose prices hold (`pricing.Prices`).
        invoice: number of the quarter.
        pence: what is used, or below 0 what is given back.
    """
    used.year[caps.year[invoice]] += pence
    used.schedule[schedule] += pence
    used.total[0] += pence
