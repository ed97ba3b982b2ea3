"""The verb `settle`: achieved outcomes become claims, quarters become invoices, caps refuse, funders pay (docs/model.md §8).

Order within a quarter: payable day, achieved day, line of the rate card, participant. It decides whose claim takes the last
pound of a cap.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.milestones import achievements, read_life
from simulator.contract.terms import Terms, contract_terms
from simulator.contract.verification import audit_sample, confirmation_days, evidence_day
from simulator.kernel import append_rows, kernel, rule
from simulator.money import split_further
from simulator.records import Claims, Event, Events, Payments, Status, table_of
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
(
    _PAID,
    _DUPLICATE,
    _UNEVIDENCED,
    _OUT_OF_TERM,
    _OVER_COUNT_CAP,
    _OVER_TOTAL_CAP,
    _OVER_FUNDER_CAP,
    _REJECTED,
    _EXPIRED,
) = (int(status) for status in Status)
_PENDING = -1
_PARTICIPANT, _OUTCOME, _ACHIEVED, _PAYABLE, _INVOICE, _PRICE, _PAID_PENCE, _REFUSED, _OVER_FUNDER, _STATUS = range(10)
"""Columns of a claim while it is being settled, in the order of the table."""
_JOB_START = int(Event.JOB_START)


class Odds(NamedTuple):
    """One replication's chances and delays that the contract meets."""

    certificate: float
    other_route: float
    failing: float
    curable: float
    confirmation_median: float
    confirmation_p95: float


_ODDS = (
    "certificate_probability", "other_route_probability", "audit_failure_probability", "curable_probability",
    "confirmation_median", "confirmation_p95",
)  # fmt: skip


def settle(
    scenario: Scenario, draws: Draws, seed: int, events: Events, end_day: Ints | None = None
) -> tuple[Claims, Payments]:
    """Return the claims of a batch of event logs and the funders' payments on them.

    Args:
        scenario: the deal whose contract it is, and the assumptions on evidence and delays.
        draws: the batch's parameter draws.
        seed: seed of all luck.
        events: the batch's event log; any log in this format will do.
        end_day: the day from which nothing achieved counts, for each replication, shape (n,); the term's end if none.
    """
    terms = contract_terms(scenario)
    ends = np.full(events.replications, terms.term_days) if end_day is None else end_day
    odds = np.column_stack([draws.values[name] for name in _ODDS])
    log = (events.starts, events.participant, events.day, events.event, events.hours)
    claim_starts, claims, payment_starts, payments = _settle_batch(terms, odds, seed, events.first, ends, *log)
    return table_of(Claims, events.first, claim_starts, claims), table_of(
        Payments, events.first, payment_starts, payments
    )


@kernel
def _settle_batch(
    terms: Terms,
    odds: Floats,
    seed: int,
    first: int,
    end_day: Ints,
    starts: Ints,
    participant: Ints,
    day: Ints,
    event: Ints,
    hours: Floats,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return starts and rows of the claims, and starts and rows of the payments, of all replications."""
    n = starts.size - 1
    claim_starts, payment_starts = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    claims, payments = np.empty((0, 10), dtype=np.int64), np.empty((0, 6), dtype=np.int64)
    for r in range(n):
        chances = Odds(odds[r, 0], odds[r, 1], odds[r, 2], odds[r, 3], odds[r, 4], odds[r, 5])
        rows = slice(starts[r], starts[r + 1])
        found = claim_rows(
            terms, chances, seed, first + r, end_day[r], participant[rows], day[rows], event[rows], hours[rows]
        )
        paid = settle_claims(terms, chances, seed, first + r, found)
        claims = append_rows(claims, claim_starts[r], found)
        payments = append_rows(payments, payment_starts[r], paid)
        claim_starts[r + 1] = claim_starts[r] + found.shape[0]
        payment_starts[r + 1] = payment_starts[r] + paid.shape[0]
    return claim_starts, claims[: claim_starts[n]], payment_starts, payments[: payment_starts[n]]


@kernel
def claim_rows(
    terms: Terms,
    odds: Odds,
    seed: int,
    replication: int,
    end_day: int,
    participant: Ints,
    day: Ints,
    event: Ints,
    hours: Floats,
) -> Ints:
    """Return one replication's claims in the order in which a quarter takes them, not yet settled; shape (claims, 10)."""
    jobs = 0
    for i in range(event.size):
        jobs += event[i] == _JOB_START
    claims = np.zeros((event.size + jobs * terms.event.size, 10), dtype=np.int64)
    spells = np.empty((64, 3))
    found = np.empty((64 * (terms.event.size + 1), 3), dtype=np.int64)
    count, start = 0, 0
    while start < participant.size:
        stop = start
        while stop < participant.size and participant[stop] == participant[start]:
            stop += 1
        if participant[start] >= 0:
            referred, lost, jobs = read_life(day[start:stop], event[start:stop], hours[start:stop], spells)
            for k in range(achievements(terms, day[start:stop], event[start:stop], spells, jobs, found)):
                if found[k, 1] < end_day:
                    claims[count, _PARTICIPANT], claims[count, _OUTCOME], claims[count, _ACHIEVED] = (
                        participant[start],
                        found[k, 0],
                        found[k, 1],
                    )
                    _open_claim(terms, odds, seed, replication, claims[count], found[k, 2] == 1, referred, lost)
                    count += 1
        start = stop
    ordered: Ints = claims[:count][_order(claims[:count])]
    return ordered


@rule
def _open_claim(
    terms: Terms, odds: Odds, seed: int, replication: int, claim: Ints, duplicate: bool, referred: int, lost: int
) -> None:
    """Fill in price, evidence and the day from which a claim is payable, and whether it can be."""
    outcome, achieved = claim[_OUTCOME], claim[_ACHIEVED]
    claim[_PRICE] = 0 if duplicate else terms.price[outcome]
    claim[_REFUSED] = claim[_PRICE]
    claim[_INVOICE] = -1
    claim[_PAYABLE] = achieved
    evidenced = evidence_day(
        terms, seed, replication, claim[_PARTICIPANT], outcome, achieved, lost, odds.certificate, odds.other_route
    )
    if duplicate:
        claim[_STATUS] = _DUPLICATE
    elif evidenced < 0:
        claim[_STATUS] = _UNEVIDENCED
    else:
        origin = referred if terms.from_referral else achieved
        claim[_PAYABLE] = max(evidenced, terms.payable_from[outcome, origin])
        claim[_STATUS] = _PENDING if claim[_PAYABLE] < terms.tail_end else _OUT_OF_TERM


@kernel
def _order(claims: Ints) -> Ints:
    """Return the order of claims: payable day, achieved day, line of the rate card, participant."""
    key = np.empty(claims.shape[0], dtype=np.int64)
    for i in range(claims.shape[0]):
        days = (claims[i, _PAYABLE] << 18) | claims[i, _ACHIEVED]
        key[i] = (((days << 6) | claims[i, _OUTCOME]) << 24) | claims[i, _PARTICIPANT]
    return np.argsort(key)


@kernel
def settle_claims(terms: Terms, odds: Odds, seed: int, replication: int, claims: Ints) -> Ints:
    """Settle one replication's ordered claims in place; return its payments, shape (payments, 6)."""
    funders = terms.funder_weight.size
    payments = np.empty((terms.issue_day.size * funders, 6), dtype=np.int64)
    paid_count = np.zeros(terms.event.size, dtype=np.int64)
    shares, funder_claimed, funder_paid = np.zeros((3, funders), dtype=np.int64)
    batch, resubmitted = np.empty(claims.shape[0], dtype=np.int64), np.empty(claims.shape[0], dtype=np.int64)
    again, following, total, rows = 0, 0, 0, 0
    for invoice in range(terms.issue_day.size):
        size = 0
        for i in range(again):
            batch[size] = resubmitted[i]
            size += 1
        fresh = size
        while following < claims.shape[0] and claims[following, _PAYABLE] <= terms.issue_day[invoice]:
            if claims[following, _STATUS] == _PENDING:
                batch[size] = following
                size += 1
            following += 1
        total = _apply_caps(terms, claims, batch[:size], invoice, paid_count, total)
        again, total = _verify(
            terms, odds, seed, replication, invoice, claims, batch[fresh:size], resubmitted, paid_count, total
        )
        issued = _split_invoice(
            terms, claims, batch[:size], total, shares, funder_claimed, funder_paid, payments[rows:]
        )
        if issued > 0:
            confirmed = confirmation_days(seed, replication, invoice, odds.confirmation_median, odds.confirmation_p95)
            for funder in range(funders):
                payments[rows, 0], payments[rows, 1], payments[rows, 2] = invoice, funder, terms.issue_day[invoice]
                payments[rows, 3] = terms.issue_day[invoice] + confirmed + terms.funder_days[funder]
                rows += 1
    for i in range(again):
        claims[resubmitted[i], _STATUS] = _EXPIRED
    return payments[:rows]


@rule
def _apply_caps(terms: Terms, claims: Ints, batch: Ints, invoice: int, paid_count: Ints, total: int) -> int:
    """Price the quarter's claims against the count caps and the total cap; return the running total claimed."""
    for i in batch:
        outcome, price = claims[i, _OUTCOME], claims[i, _PRICE]
        claims[i, _INVOICE] = invoice
        if paid_count[outcome] >= terms.count_cap[outcome]:
            claims[i, _STATUS] = _OVER_COUNT_CAP
            continue
        headroom = terms.total_cap - total
        paid = min(price, headroom) if terms.partial or price <= headroom else 0
        claims[i, _PAID_PENCE], claims[i, _REFUSED] = paid, price - paid
        claims[i, _STATUS] = _PAID if paid == price else _OVER_TOTAL_CAP
        paid_count[outcome] += paid > 0 or price == 0
        total += paid
    return total


@kernel
def _verify(
    terms: Terms, odds: Odds, seed: int, replication: int, invoice: int, claims: Ints, fresh: Ints, resubmitted: Ints,
    paid_count: Ints, total: int,
) -> tuple[int, int]:  # fmt: skip
    """Strike failed claims out of the invoice; return how many come again next quarter, and the running total.

    What is struck out gives back its room under the caps from the next quarter on. A mended claim is not sampled again.
    """
    submitted = fresh[claims[fresh, _PAID_PENCE] > 0]
    people, outcomes = claims[submitted, _PARTICIPANT], claims[submitted, _OUTCOME]
    verdict = audit_sample(
        terms.audit_fraction, seed, replication, invoice, people, outcomes, odds.failing, odds.curable
    )
    again = 0
    for k in range(submitted.size):
        i = submitted[k]
        if verdict[k] > 0:
            total -= claims[i, _PAID_PENCE]
            paid_count[claims[i, _OUTCOME]] -= 1
            claims[i, _PAID_PENCE], claims[i, _REFUSED], claims[i, _STATUS] = 0, claims[i, _PRICE], _REJECTED
            if verdict[k] == 2:
                resubmitted[again] = i
                again += 1
    return again, total


@kernel
def _split_invoice(
    terms: Terms, claims: Ints, batch: Ints, total: int, shares: Ints, claimed: Ints, paid: Ints, payments: Ints
) -> int:
    """Split the running total between the funders and apply their caps; return what the invoice claims.

    The split is of the cumulative total, so that nobody drifts by more than a penny. What a funder's cap refuses is charged
    to the invoice's last claims.
    """
    issued = total - int(claimed.sum())
    if issued <= 0:
        return 0
    split_further(total, terms.funder_weight, shares)
    refused = 0
    for funder in range(shares.size):
        claim = shares[funder] - claimed[funder]
        payment = min(claim, terms.funder_cap[funder] - paid[funder])
        payments[funder, 4], payments[funder, 5] = claim, payment
        claimed[funder], paid[funder] = shares[funder], paid[funder] + payment
        refused += claim - payment
    for k in range(batch.size - 1, -1, -1):
        charged = min(refused, claims[batch[k], _PAID_PENCE])
        if charged > 0:
            claims[batch[k], _PAID_PENCE] -= charged
            claims[batch[k], _OVER_FUNDER] += charged
            if claims[batch[k], _STATUS] == _PAID:
                claims[batch[k], _STATUS] = _OVER_FUNDER_CAP
            refused -= charged
    return issued
