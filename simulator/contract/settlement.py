"""The verb `settle`: achieved outcomes become claims, quarters become invoices, caps refuse, funders pay (docs/model.md §8).

Order within a quarter: payable day, achieved day, line of the rate card, participant. It decides whose claim takes the last
pound of a cap.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.contract.claims import PENDING, Odds, Records, find_claims, most_claims, new_room, sort_claims
from simulator.contract.terms import Terms, contract_terms
from simulator.contract.verification import audit_sample, confirmation_days
from simulator.dates import NEVER
from simulator.kernel import constant, kernel, rule
from simulator.money import split_further
from simulator.records import Claims, Events, Numbers, Payments, Status
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PAID, _OVER_COUNT_CAP, _OVER_TOTAL_CAP, _OVER_FUNDER_CAP, _REJECTED, _EXPIRED, _OUT_OF_TERM = (
    constant(Status.PAID), constant(Status.OVER_COUNT_CAP), constant(Status.OVER_TOTAL_CAP), constant(Status.OVER_FUNDER_CAP),
    constant(Status.REJECTED), constant(Status.EXPIRED), constant(Status.OUT_OF_TERM),
)  # fmt: skip
ClaimColumns = tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Ints, Ints, Ints, Ints, Numbers]
"""The columns of `records.Claims`."""
PaymentColumns = tuple[Numbers, Numbers, Numbers, Numbers, Ints, Ints]
"""The columns of `records.Payments`."""
_ODDS = (
    "certificate_probability", "other_route_probability", "audit_failure_probability", "curable_probability",
    "confirmation_median", "confirmation_p95",
)  # fmt: skip


def settle(
    scenario: Scenario, draws: Draws, seed: int, events: Events, end_day: Ints | None = None,
    no_invoice_from: Ints | None = None,
) -> tuple[Claims, Payments]:  # fmt: skip
    """Return the claims of a batch of event logs and the funders' payments on them.

    Args:
        scenario: the deal whose contract it is, and the assumptions on evidence and delays.
        draws: the batch's parameter draws.
        seed: seed of all luck.
        events: the batch's event log; any log in this format will do.
        end_day: the day from which nothing achieved counts, for each replication, shape (n,); the term's end if none.
        no_invoice_from: the day from which no invoice is issued any more, for each replication, shape (n,).
    """
    terms = contract_terms(scenario)
    ends = np.full(events.replications, terms.term_days) if end_day is None else end_day
    silent = np.full(events.replications, NEVER) if no_invoice_from is None else no_invoice_from
    odds = np.column_stack([draws.values[name] for name in _ODDS])
    most = most_claims(terms.event.size, events.starts, events.participant, events.event)
    log = (events.participant, events.day, events.event, events.hours)
    claim_starts, claims, payment_starts, payments = _settle_batch(
        terms, odds, seed, events.first, ends, silent, events.starts, *log, most
    )
    return Claims(events.first, claim_starts, *claims), Payments(events.first, payment_starts, *payments, payments[-1])


@kernel
def _settle_batch(
    terms: Terms, odds: Floats, seed: int, first: int, end_day: Ints, silent: Ints, starts: Ints, participant: Numbers,
    day: Numbers, event: Numbers, hours: Floats, most: Ints,
) -> tuple[Ints, ClaimColumns, Ints, PaymentColumns]:  # fmt: skip
    """Return starts and columns of the claims, and starts and columns of the payments, of all replications."""
    n = starts.size - 1
    claim_starts, payment_starts = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    claims = np.empty((6, most.sum()), dtype=np.int32), np.empty((4, most.sum()), dtype=np.int64)
    lines = terms.issue_day.size * terms.funder_weight.size * n
    payments = np.empty((4, lines), dtype=np.int32), np.empty((2, lines), dtype=np.int64)
    room = new_room(terms.event.size, most.max() if n else 0)
    for r in range(n):
        chances = Odds(odds[r, 0], odds[r, 1], odds[r, 2], odds[r, 3], odds[r, 4], odds[r, 5])
        count = find_claims(
            terms, chances, seed, first + r, end_day[r], starts[r], starts[r + 1], participant, day, event, hours, room
        )
        ordered = sort_claims(terms.event.size, count, room)
        rows = settle_claims(terms, chances, seed, first + r, silent[r], ordered, payments, payment_starts[r])
        _copy_claims(ordered, claims, claim_starts[r])
        claim_starts[r + 1], payment_starts[r + 1] = claim_starts[r] + count, payment_starts[r] + rows
    return (
        claim_starts,
        _claim_columns(claims, claim_starts[n]),
        payment_starts,
        _payment_columns(payments, payment_starts[n]),
    )


@rule
def _copy_claims(ordered: Records, claims: tuple[Numbers, Ints], start: int) -> None:
    small, pence = claims
    for i in range(ordered.size):
        claim, row = ordered[i], start + i
        small[0, row], small[1, row], small[2, row] = claim.participant, claim.outcome, claim.achieved_day
        small[3, row], small[4, row], small[5, row] = claim.payable_day, claim.invoice, claim.status
        pence[0, row], pence[1, row] = claim.price_pence, claim.paid_pence
        pence[2, row], pence[3, row] = claim.refused_pence, claim.over_funder_cap_pence


@kernel
def _claim_columns(claims: tuple[Numbers, Ints], rows: int) -> ClaimColumns:
    small, pence = claims
    return (
        small[0, :rows], small[1, :rows], small[2, :rows], small[3, :rows], small[4, :rows],
        pence[0, :rows], pence[1, :rows], pence[2, :rows], pence[3, :rows], small[5, :rows],
    )  # fmt: skip


@kernel
def _payment_columns(payments: tuple[Numbers, Ints], rows: int) -> PaymentColumns:
    small, pence = payments
    return small[0, :rows], small[1, :rows], small[2, :rows], small[3, :rows], pence[0, :rows], pence[1, :rows]


@kernel
def settle_claims(
    terms: Terms, odds: Odds, seed: int, replication: int, silent: int, claims: Records, payments: tuple[Numbers, Ints],
    start: int,
) -> int:  # fmt: skip
    """Settle one replication's ordered claims in place; write its payments from row `start` on and return how many.

    From the day `silent` on no invoice is issued; what is still pending then is out of term.
    """
    funders = terms.funder_weight.size
    small, pence = payments
    paid_count = np.zeros(terms.event.size, dtype=np.int64)
    shares, funder_claimed, funder_paid = np.zeros((3, funders), dtype=np.int64)
    batch, resubmitted = np.empty(claims.size, dtype=np.int64), np.empty(claims.size, dtype=np.int64)
    again, following, total, row = 0, 0, 0, start
    for invoice in range(terms.issue_day.size):
        if terms.issue_day[invoice] >= silent:
            break
        size = again
        batch[:again] = resubmitted[:again]
        while following < claims.size and claims[following].payable_day <= terms.issue_day[invoice]:
            if claims[following].status == PENDING:
                batch[size] = following
                size += 1
            following += 1
        fresh, total = again, _apply_caps(terms, claims, batch[:size], invoice, paid_count, total)
        again, total = _verify(
            terms, odds, seed, replication, invoice, claims, batch[fresh:size], resubmitted, paid_count, total
        )
        issued = _split_invoice(terms, claims, batch[:size], total, shares, funder_claimed, funder_paid, pence[:, row:])
        if issued > 0:
            confirmed = confirmation_days(seed, replication, invoice, odds.confirmation_median, odds.confirmation_p95)
            for funder in range(funders):
                small[0, row], small[1, row], small[2, row] = invoice, funder, terms.issue_day[invoice]
                small[3, row] = terms.issue_day[invoice] + confirmed + terms.funder_days[funder]
                row += 1
    for i in range(again):
        claims[resubmitted[i]].status = _EXPIRED
    for i in range(following, claims.size):
        if claims[i].status == PENDING:
            claims[i].status = _OUT_OF_TERM
    return row - start


@rule
def _apply_caps(terms: Terms, claims: Records, batch: Ints, invoice: int, paid_count: Ints, total: int) -> int:
    """Price the quarter's claims against the count caps and the total cap; return the running total claimed."""
    for i in batch:
        claim = claims[i]
        outcome, price = claim.outcome, claim.price_pence
        claim.invoice = invoice
        if paid_count[outcome] >= terms.count_cap[outcome]:
            claim.status = _OVER_COUNT_CAP
            continue
        headroom = terms.total_cap - total
        paid = min(price, headroom) if terms.partial or price <= headroom else 0
        claim.paid_pence, claim.refused_pence = paid, price - paid
        claim.status = _PAID if paid == price else _OVER_TOTAL_CAP
        paid_count[outcome] += paid > 0 or price == 0
        total += paid
    return total


@kernel
def _verify(
    terms: Terms, odds: Odds, seed: int, replication: int, invoice: int, claims: Records, fresh: Ints,
    resubmitted: Ints, paid_count: Ints, total: int,
) -> tuple[int, int]:  # fmt: skip
    """Strike failed claims out of the invoice; return how many come again next quarter, and the running total.

    What is struck out gives back its room under the caps from the next quarter on. A mended claim is not sampled again.
    """
    submitted, count = np.empty((3, fresh.size), dtype=np.int64), 0
    for i in fresh:
        if claims[i].paid_pence > 0:
            submitted[0, count], submitted[1, count], submitted[2, count] = i, claims[i].participant, claims[i].outcome
            count += 1
    people, outcomes = submitted[1, :count], submitted[2, :count]
    verdict = audit_sample(
        terms.audit_fraction, seed, replication, invoice, people, outcomes, odds.failing, odds.curable
    )
    again = 0
    for k in range(count):
        if verdict[k] > 0:
            claim = claims[submitted[0, k]]
            total -= claim.paid_pence
            paid_count[claim.outcome] -= 1
            claim.paid_pence, claim.refused_pence, claim.status = 0, claim.price_pence, _REJECTED
            if verdict[k] == 2:
                resubmitted[again] = submitted[0, k]
                again += 1
    return again, total


@kernel
def _split_invoice(
    terms: Terms, claims: Records, batch: Ints, total: int, shares: Ints, claimed: Ints, paid: Ints, pence: Ints
) -> int:
    """Split the running total between the funders and apply their caps; return what the invoice claims.

    The split is of the cumulative total, so that nobody drifts by more than a penny. What a funder's cap refuses is charged
    to the invoice's last claims. What each funder is asked for, and pays, is written into `pence`, shape (2, funders or more).
    """
    issued = total - int(claimed.sum())
    if issued <= 0:
        return 0
    split_further(total, terms.funder_weight, shares)
    refused = 0
    for funder in range(shares.size):
        claim = shares[funder] - claimed[funder]
        payment = min(claim, terms.funder_cap[funder] - paid[funder])
        pence[0, funder], pence[1, funder] = claim, payment
        claimed[funder], paid[funder] = shares[funder], paid[funder] + payment
        refused += claim - payment
    for k in range(batch.size - 1, -1, -1):
        last = claims[batch[k]]
        charged = min(refused, last.paid_pence)
        if charged > 0:
            last.paid_pence -= charged
            last.over_funder_cap_pence += charged
            if last.status == _PAID:
                last.status = _OVER_FUNDER_CAP
            refused -= charged
    return issued
