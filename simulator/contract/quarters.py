"""One replication's quarters: claims become invoices, caps refuse, verification disallows, funders pay (docs/model.md §8).

Order within a quarter: payable day, achieved day, line of the rate card, participant. It decides whose claim takes the last
pound of a cap.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.caps import Used, begins_year, new_used, pay_within_caps, use, waits_for_next_year
from simulator.contract.claims import PENDING, Odds, Records
from simulator.contract.funders import ask_funders, charge_refused, new_purse, reckon_basis
from simulator.contract.journal import Journal, note
from simulator.contract.pricing import NO_PRICE, RATE_CARD, price_of
from simulator.contract.terms import Terms
from simulator.contract.verification import audit_sample, confirmation_days, sample_size
from simulator.kernel import kernel, rule
from simulator.records import STATUS, Numbers

Ints = NDArray[np.int64]
_RESUBMITTED, _WAITING, _SEEN = range(3)


class Queue(NamedTuple):
    """Claims, by row, on their way to an invoice."""

    batch: Ints
    """Those of the quarter."""
    resubmitted: Ints
    """Those that are resubmitted in the next quarter."""
    waiting: Ints
    """Those that wait for the next year's first invoice."""
    size: Ints
    """How many are resubmitted, how many wait, and how many of all claims have been looked at; shape (3,)."""


@kernel
def _new_queue(terms: Terms, claims: int) -> Queue:
    return Queue(
        np.empty(claims, dtype=np.int64),
        np.empty(claims, dtype=np.int64),
        np.empty(claims if terms.caps.defer else 0, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
    )


@kernel
def settle_claims(
    terms: Terms,
    odds: Odds,
    seed: int,
    replication: int,
    end_day: int,
    silent: int,
    claims: Records,
    payments: tuple[Numbers, Ints],
    start: int,
    journal: Journal,
) -> int:
    """Settle one replication's ordered claims in place; write its payments from row `start` on and return how many.

    Settled invoices are for what was paid. From the day `silent` on no other is issued; what should still have been on one is
    not invoiced then.

    Args:
        terms: the contract's terms.
        odds: the replication's probabilities and delays.
        seed: seed of all random numbers.
        replication: number of the replication.
        end_day: the day on which the service ended.
        silent: day from which no invoice is issued, apart from settled ones; or NEVER.
        claims: the replication's claims in order, which are settled in place.
        payments: columns of the payments: numbers, shape (4, rows), and pence, shape (3, rows).
        start: row of the payments from which to write.
        journal: where what became of claims is written, if it has room.
    """
    funders, row = terms.payers.weight.size, start
    small, pence = payments
    used, purse, queue = new_used(terms.caps), new_purse(funders), _new_queue(terms, claims.size)
    for invoice in range(terms.issue_day.size):
        if terms.issue_day[invoice] >= silent and invoice >= terms.settled.size:
            break
        batch = queue.batch[: _collect(terms, claims, invoice, queue)]
        if invoice < terms.settled.size:
            _take_as_paid(terms, used, claims, batch, invoice, journal)
        else:
            _pay_activity(terms, used, invoice, end_day, journal)
            _apply_caps(terms, used, claims, batch, invoice, queue, journal)
            _verify(terms, odds, seed, replication, invoice, claims, batch, queue, used)
        issued, refused = ask_funders(terms.payers, purse, used.total[0], pence[:, row:])
        if issued > 0:
            charge_refused(claims, batch, refused)
            reckon_basis(terms.payers, terms.prices, claims, batch, pence[:, row:])
            confirmed = confirmation_days(seed, replication, invoice, odds.confirmation_median, odds.confirmation_p95)
            for funder in range(funders):
                small[0, row], small[1, row], small[2, row] = invoice, funder, terms.issue_day[invoice]
                small[3, row] = terms.issue_day[invoice] + confirmed + terms.payers.days[funder]
                row += 1
    for i in queue.resubmitted[: queue.size[_RESUBMITTED]]:
        claims[i].status = PENDING if terms.issue_day[-1] >= silent else STATUS.EXPIRED
    for claim in claims:
        if claim.status == PENDING:
            _leave_out(terms, claim)
    return row - start


@rule
def _take_as_paid(terms: Terms, used: Used, claims: Records, batch: Ints, invoice: int, journal: Journal) -> None:
    """Put what was paid on a settled invoice, where it uses up room under the caps; it pays for the quarter's claims."""
    use(terms.caps, used, terms.settled_schedule[invoice], invoice, terms.settled[invoice])
    for i in batch:
        claim = claims[i]
        outcome = claim.outcome
        claim.invoice, claim.number, claim.status = invoice, used.counts[outcome] + 1, STATUS.SETTLED
        claim.price_pence, claim.paid_pence, claim.refused_pence = 0, 0, 0
        used.counts[outcome] += used.counts[outcome] < terms.caps.counts[outcome]
        note(journal, terms, used, invoice, i, claim, terms.prices.schedule[claim.achieved_day], 0)


@rule
def _leave_out(terms: Terms, claim: np.record) -> None:
    """Refuse a claim that no invoice takes any more, at the price of the first of its line."""
    day = claim.achieved_day
    claim.price_pence = price_of(terms.prices, terms.prices.schedule[day], claim.outcome, day, 1)
    claim.paid_pence, claim.refused_pence = 0, claim.price_pence
    claim.invoice, claim.number, claim.status = -1, 1, STATUS.NOT_INVOICED


@rule
def _pay_activity(terms: Terms, used: Used, invoice: int, end_day: int, journal: Journal) -> None:
    """Put the quarter's activity payment on its invoice, as far as the caps allow; none once the contract has ended early."""
    amount = terms.activity[invoice]
    begins = terms.issue_day[invoice - 1] + 1 if invoice > 0 else 0
    if amount == 0 or (end_day < terms.term_days and begins >= end_day):
        return
    within, _ = pay_within_caps(terms.caps, used, RATE_CARD, invoice, amount, True)
    if journal.rows.shape[0] > 0:
        journal.activity[invoice] = within


@rule
def _collect(terms: Terms, claims: Records, invoice: int, queue: Queue) -> int:
    """Write the quarter's claims into the batch, those resubmitted and those that waited too, by row; return how many."""
    size = 0
    for k in range(queue.size[_RESUBMITTED]):
        queue.batch[size] = queue.resubmitted[k]
        size += 1
    queue.size[_RESUBMITTED] = 0
    if begins_year(terms.caps, invoice):
        for k in range(queue.size[_WAITING]):
            queue.batch[size] = queue.waiting[k]
            size += 1
        queue.size[_WAITING] = 0
    _by_row(queue.batch[:size])
    following = queue.size[_SEEN]
    while following < claims.size and claims[following].payable_day <= terms.issue_day[invoice]:
        if claims[following].status == PENDING:
            queue.batch[size] = following
            size += 1
        following += 1
    queue.size[_SEEN] = following
    return size


@rule
def _by_row(rows: Ints) -> None:
    """Sort rows, most of which are in order; new claims come after all of them anyway."""
    for i in range(1, rows.size):
        row, place = rows[i], i
        while place > 0 and rows[place - 1] > row:
            rows[place] = rows[place - 1]
            place -= 1
        rows[place] = row


@rule
def _apply_caps(
    terms: Terms, used: Used, claims: Records, batch: Ints, invoice: int, queue: Queue, journal: Journal
) -> None:
    """Price the quarter's claims and take them against the caps, in order."""
    for i in batch:
        claim = claims[i]
        schedule = terms.prices.schedule[claim.achieved_day]
        within = _take(terms, used, invoice, schedule, claim)
        if claim.status == PENDING:
            queue.waiting[queue.size[_WAITING]] = i
            queue.size[_WAITING] += 1
        note(journal, terms, used, invoice, i, claim, schedule, within)


@rule
def _take(terms: Terms, used: Used, invoice: int, schedule: int, claim: np.record) -> int:
    """Give a claim its price, what the caps let through, which is returned, and its status; PENDING if it has to wait."""
    outcome, caps = claim.outcome, terms.caps
    number, full = used.counts[outcome] + 1, used.counts[outcome] >= caps.counts[outcome]
    price = price_of(terms.prices, schedule, outcome, claim.achieved_day, number)
    claim.invoice, claim.number = invoice, number
    claim.price_pence, claim.paid_pence, claim.refused_pence = price, 0, price
    if schedule == NO_PRICE:
        claim.status = STATUS.PAID_BY_ACTIVITY
        used.counts[outcome] += not full
        return 0
    if full:
        claim.status = STATUS.OVER_COUNT_CAP
        return 0
    if waits_for_next_year(caps, used, invoice, price):
        claim.status, claim.invoice = PENDING, -1
        return 0
    within, claim.status = pay_within_caps(caps, used, schedule, invoice, price, False)
    claim.paid_pence, claim.refused_pence = within, price - within
    used.counts[outcome] += within > 0
    return within


@kernel
def _verify(
    terms: Terms,
    odds: Odds,
    seed: int,
    replication: int,
    invoice: int,
    claims: Records,
    batch: Ints,
    queue: Queue,
    used: Used,
) -> None:
    """Disallow the claims that fail verification; those that can be resubmitted are on the next quarter's invoice.

    A disallowed claim gives back its room under the caps from the next quarter on. A resubmitted one is not sampled again.
    """
    submitted, count, failed = np.empty((3, batch.size), dtype=np.int64), 0, 0
    for i in batch:
        if claims[i].paid_pence > 0 and claims[i].disallowed == 0:
            submitted[0, count], submitted[1, count], submitted[2, count] = i, claims[i].participant, claims[i].outcome
            count += 1
    people, outcomes = submitted[1, :count], submitted[2, :count]
    verdict = audit_sample(
        terms.audit_fraction, seed, replication, invoice, people, outcomes, odds.audit_failure_probability,
        odds.curable_probability,
    )  # fmt: skip
    for k in range(count):
        if verdict[k] > 0:
            failed += 1
            claim = claims[submitted[0, k]]
            use(terms.caps, used, terms.prices.schedule[claim.achieved_day], invoice, -claim.paid_pence)
            used.counts[claim.outcome] -= 1
            claim.paid_pence, claim.refused_pence, claim.status = 0, claim.price_pence, STATUS.REJECTED
            claim.disallowed = 1
            if verdict[k] == 2:
                queue.resubmitted[queue.size[_RESUBMITTED]] = submitted[0, k]
                queue.size[_RESUBMITTED] += 1
    if terms.audit_extrapolates and failed > 0:
        sampled = sample_size(terms.audit_fraction, count)
        _extrapolate(terms, used, invoice, claims, submitted[0, :count], failed, sampled)


@rule
def _extrapolate(
    terms: Terms, used: Used, invoice: int, claims: Records, rows: Ints, failed: int, sampled: int
) -> None:
    """Take the share of the sample that failed off what is left of the claims that it was drawn from.

    In their order: each loses what the running total of what is left has to lose, a half penny up, less what those before it
    lost. So their loss is in all the exact share, rounded once. Their room under the caps is
    free again as that of a disallowed claim is; so is the place of a claim that loses everything.
    """
    left, lost = 0, 0
    for i in rows:
        claim = claims[i]
        left += claim.paid_pence
        loss = (2 * left * failed + sampled) // (2 * sampled) - lost
        if loss > 0:
            lost += loss
            use(terms.caps, used, terms.prices.schedule[claim.achieved_day], invoice, -loss)
            claim.paid_pence, claim.refused_pence = claim.paid_pence - loss, claim.refused_pence + loss
            claim.status = STATUS.EXTRAPOLATED
            used.counts[claim.outcome] -= claim.paid_pence == 0
