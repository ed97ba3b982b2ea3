"""Where a deal stands on given days: cumulative counts and payments, as those who run it report them (docs/model.md §19).

Counted are people referred since the service began. What people carried over from before it achieve is paid for where the deal
says so, and is in the payments, but it is not in the counts: referrals, of which all other counts are parts, are those since
the beginning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.batch import Tables, measure, tables
from simulator.contract.counts import OVER_CAP
from simulator.dates import add_months, day_number
from simulator.measures.of_deal import key
from simulator.pathway.engine import Engine
from simulator.records import CARRIED, Claims, Event, Events, Payments, Returns, Status
from simulator.scenario.deal import Deal
from simulator.scenario.draws import Points
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
REFERRAL, PAYMENTS, UNPAID, CASELOAD = "referral", "payments_gbp", "unpaid_over_cap_gbp", "caseload"
"""Names of what is counted beside the outcomes; money is in pounds in files and in pence here."""
_WITHOUT_PAY = (Status.DUPLICATE, Status.UNEVIDENCED)
_PAID_WITHOUT_PRICE = (Status.PAID_BY_ACTIVITY, Status.SETTLED)


@dataclass(frozen=True)
class Watched:
    """A batch's returns, and where each of its replications stood on the days asked for."""

    returns: Returns
    progress: dict[str, Ints]
    """Cumulative numbers, of money pence, by the end of each day; by name, shape (n, days)."""


def watch(
    scenario: Scenario,
    seed: int,
    first: int,
    count: int,
    days: Sequence[date],
    engine: Engine = "compiled",
    points: Points = "random",
) -> Watched:
    """Return the returns of `count` replications from number `first` on, and where they stood at the end of each day.

    Args:
        scenario: the deal and the assumptions.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        days: the days asked for.
        engine: `compiled`, or `simpy`, the readable one; both give the same.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    made = tables(scenario, seed, first, count, engine, points)
    return Watched(measure(scenario, made), progress(scenario.deal, made, days))


def measures(deal: Deal) -> tuple[str, ...]:
    """Return the names of what is counted: referrals, outcomes achieved and paid for, money paid and not, the caseload."""
    return (REFERRAL, *deal.groups, *(key("paid.{}", group) for group in deal.groups), PAYMENTS, UNPAID, CASELOAD)


def progress(deal: Deal, made: Tables, days: Sequence[date]) -> dict[str, Ints]:
    """Return what had been reached by the end of each day, by name, each of shape (n, days).

    Referrals; outcomes achieved and evidenced, on the day achieved; `paid.` ones, payments, and what caps leave unpaid, in pence,
    by claim quarter: that of the quarter whose invoice carries them, if it had ended; and the people who held a slot at the end
    of the day.

    Args:
        deal: the deal.
        made: the tables of a batch.
        days: the days asked for.
    """
    numbers = np.array([day_number(day, deal.term.service_start) for day in days], dtype=np.int64)
    settled = _invoices_settled(deal, days)
    found = {REFERRAL: _referrals(made.events, numbers)}
    found |= _outcomes(deal, made.claims, numbers, settled)
    found[PAYMENTS] = _payments(made.payments, settled)
    found[UNPAID] = _unpaid_over_caps(made.claims, settled)
    found[CASELOAD] = _on_the_caseload(made.events, numbers, made.end_day)
    return {name: found[name] for name in measures(deal)}


def claim_quarters(deal: Deal) -> list[date]:
    """Return the last day of each invoice's claim quarter: the calendar quarter in which the middle of its own quarter lies."""
    firsts = deal.term.invoice_quarters()
    middles = [first + (after - first) / 2 for first, after in pairwise(firsts)]
    return [quarter_end(middle) for middle in middles]


def quarter_end(day: date) -> date:
    """Return the last day of the calendar quarter of a day."""
    return add_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3) - timedelta(days=1)


def quarter_ends(first: date, last: date) -> list[date]:
    """Return the last days of the calendar quarters from that of one day to that of another."""
    ends = [quarter_end(first)]
    while ends[-1] < last:
        ends.append(quarter_end(ends[-1] + timedelta(days=1)))
    return ends


def _invoices_settled(deal: Deal, days: Iterable[date]) -> Ints:
    """Return how many invoices' claim quarters had ended by each day."""
    ends = claim_quarters(deal)
    return np.array([sum(end <= day for end in ends) for day in days], dtype=np.int64)


def _by_then(owners: Ints, place: Ints, n: int, limits: Ints, weights: Ints | None = None) -> Ints:
    """Return how many rows, or how much of their weights, have a place up to each limit; shape (n, limits)."""
    order = np.argsort(limits, kind="stable")
    column = np.searchsorted(limits[order], place)
    within = column < limits.size
    cell = owners[within] * limits.size + column[within]
    found = np.zeros(n * limits.size, dtype=np.int64)
    np.add.at(found, cell, 1 if weights is None else weights[within])
    summed = found.reshape(n, limits.size).cumsum(axis=1)
    return np.ascontiguousarray(summed[:, np.argsort(order, kind="stable")])


def _ours(participant: NDArray[np.integer]) -> Flags:
    """Return which rows are of people referred since the service began."""
    return np.asarray((participant >= 0) & (participant < CARRIED))


def _referrals(events: Events, numbers: Ints) -> Ints:
    rows = np.flatnonzero((events.event == Event.REFERRAL) & _ours(events.participant))
    return _by_then(events.owners()[rows], events.day[rows].astype(np.int64), events.replications, numbers)


def _outcomes(deal: Deal, claims: Claims, numbers: Ints, settled: Ints) -> dict[str, Ints]:
    group_of = np.array([deal.groups.index(outcome.group) for outcome in deal.rate_card])
    ours, owners = _ours(claims.participant), claims.owners()
    evidenced = ours & ~np.isin(claims.status, _WITHOUT_PAY)
    paid = ours & ((claims.paid_pence > 0) | np.isin(claims.status, _PAID_WITHOUT_PRICE))
    found = {}
    for number, group in enumerate(deal.groups):
        of_group = group_of[claims.outcome] == number
        rows, on_invoices = np.flatnonzero(evidenced & of_group), np.flatnonzero(paid & of_group)
        achieved, invoice = claims.achieved_day[rows].astype(np.int64), claims.invoice[on_invoices].astype(np.int64)
        found[group] = _by_then(owners[rows], achieved, claims.replications, numbers)
        found[key("paid.{}", group)] = _by_then(owners[on_invoices], invoice, claims.replications, settled - 1)
    return found


def _payments(payments: Payments, settled: Ints) -> Ints:
    invoice = payments.invoice.astype(np.int64)
    return _by_then(
        payments.owners(), invoice, payments.replications, settled - 1, payments.paid_pence.astype(np.int64)
    )


def _unpaid_over_caps(claims: Claims, settled: Ints) -> Ints:
    over_cap = np.where(np.isin(claims.status, OVER_CAP), claims.refused_pence, 0) + claims.over_funder_cap_pence
    rows = np.flatnonzero(over_cap)
    invoice, unpaid = claims.invoice[rows].astype(np.int64), over_cap[rows].astype(np.int64)
    return _by_then(claims.owners()[rows], invoice, claims.replications, settled - 1, unpaid)


def _on_the_caseload(events: Events, numbers: Ints, end_day: Ints) -> Ints:
    """Return how many people hold a slot at the end of each day, those carried over among them; nobody once the service ends."""
    held = ((events.slot_weight > 0) & (events.participant >= 0)).astype(np.int64)
    before = np.zeros_like(held)
    before[1:] = np.where(events.sequence[1:] > 0, held[:-1], 0)
    rows = np.flatnonzero(held != before)
    changes = held[rows] - before[rows]
    people = _by_then(events.owners()[rows], events.day[rows].astype(np.int64), events.replications, numbers, changes)
    return np.where(numbers < end_day[:, None], people, 0)
