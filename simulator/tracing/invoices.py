"""The quarterly invoices: claims in the order taken, caps, verification, split, dates and postings (docs/model.md §8 to §10).

What each claim met is what settlement writes down; which claims were sampled is asked again of the function that holds the rule.
"""

from collections import Counter
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from simulator.contract.claims import PENDING
from simulator.contract.journal import Entry, entries
from simulator.contract.pricing import NO_PRICE, RATE_CARD
from simulator.contract.verification import audit_sample, confirmation_days
from simulator.money import proportion
from simulator.records import Account, Purpose, Status
from simulator.scenario.constants import ACTIVITY, NO_LIMIT, ORIGINAL
from simulator.streams import Decision, Entity, uniforms
from simulator.tracing.case import Case, ClaimRow, PaymentRow, PostingRow
from simulator.tracing.diary import Block
from simulator.tracing.facts import Drawn, Invoice, OutcomePay, Posted, Share, Taken, drawn

PURPOSES = {
    Purpose.DRAW: "capital drawn",
    Purpose.OUTCOME_PAYMENT: "outcome payment",
    Purpose.PROVIDER_BLOCK: "provider's fixed pay",
    Purpose.PROVIDER_OUTCOMES: "provider's outcome pay",
    Purpose.COST: "cost",
    Purpose.CAPITAL_RETURN: "capital returned",
    Purpose.PROFIT: "investor's profit",
    Purpose.RESIDUAL: "residual",
    Purpose.FEE: "investor's fee",
    Purpose.PREFERRED_RETURN: "preferred return",
    Purpose.PROFIT_SHARE: "profit share",
    Purpose.COMPENSATION: "compensation for the early end",
    Purpose.WIND_DOWN: "cost of winding up",
    Purpose.GUARANTEE: "first-loss guarantee",
}
WAITS = "waits for next year"
"""Result of a claim that the year's cap has no room for, and that comes again in the next year."""


class Batch(NamedTuple):
    """What one quarter took: claims in order, as the caps met them, and what verification found of those sampled."""

    entries: list[Entry]
    again: set[int]
    """Claims that an earlier verification had found wanting."""
    verified: dict[int, int]
    """Verdict of `audit_sample` on each claim sampled."""
    activity: int
    """What the caps let through of the activity payment."""
    settled: int
    """What was paid, where the invoice is settled; else 0."""
    extrapolated: dict[int, int]
    """Pence that each claim loses because others failed verification."""

    @property
    def issued(self) -> int:
        """Return pence: what the funders are asked for."""
        kept = sum(each.within for each in self.entries if not self.verified.get(each.claim))
        return self.activity + self.settled + kept - sum(self.extrapolated.values())


def batches(case: Case) -> list[Batch]:
    """Return what each quarter took, in order, as settlement wrote it down."""
    every, found, wanting = entries(case.journal), list[Batch](), set[int]()
    settled = case.terms.settled.tolist()
    for quarter, activity in enumerate(case.journal.activity.tolist()):
        mine = [each for each in every if each.invoice == quarter]
        fresh = [each.claim for each in mine if each.within > 0 and each.claim not in wanting]
        verified = _verify(case, quarter, fresh)
        found.append(
            Batch(
                mine,
                wanting & {each.claim for each in mine},
                verified,
                activity,
                settled[quarter] if quarter < len(settled) else 0,
                _extrapolated(case, [each for each in mine if not verified.get(each.claim)]),
            )
        )
        wanting |= {claim for claim, verdict in verified.items() if verdict}
    return found


def _extrapolated(case: Case, kept: list[Entry]) -> dict[int, int]:
    """Return pence that each of the claims that an invoice kept lost because others failed verification."""
    rows = [(each, case.claims[each.claim]) for each in kept if each.status != PENDING]
    return {
        each.claim: each.within - row.paid_pence - row.over_funder_cap_pence
        for each, row in rows
        if row.status == Status.EXTRAPOLATED
    }


def _verify(case: Case, quarter: int, submitted: list[int]) -> dict[int, int]:
    """Return the verdict on each claim that is sampled: 0 passed, 1 failed for good, 2 failed and resubmitted."""
    if not submitted:
        return {}
    people = np.array([case.claims[i].participant for i in submitted], dtype=np.int64)
    lines = np.array([case.claims[i].outcome for i in submitted], dtype=np.int64)
    odds = [float(case.draws.values[name][0]) for name in ("audit_failure_probability", "curable_probability")]

    def verdicts(failing: float, curable: float) -> list[int]:
        sample = audit_sample(
            case.terms.audit_fraction, case.seed, case.replication, quarter, people, lines, failing, curable
        )
        return [int(verdict) for verdict in sample]

    everybody_fails = verdicts(1.0, 0.0)
    found = verdicts(*odds)
    return {i: verdict for i, sampled, verdict in zip(submitted, everybody_fails, found, strict=True) if sampled}


def invoices(case: Case) -> tuple[Invoice, ...]:
    """Return every quarter's invoice, those of nothing included."""
    quarters = batches(case)
    so_far = accumulate(batch.issued for batch in quarters)
    return tuple(_invoice(case, number, *each) for number, each in enumerate(zip(quarters, so_far, strict=True)))


def _taken(case: Case, order: int, entry: Entry, batch: Batch) -> Taken:
    """Return a claim as an invoice took it, with the running totals that the caps met."""
    row, verdict = case.claims[entry.claim], batch.verified.get(entry.claim)
    cap = int(case.terms.caps.counts[row.outcome])
    settled = not verdict and entry.status != PENDING
    return Taken(
        order=order,
        claim=entry.claim,
        participant=row.participant,
        line=row.outcome,
        outcome=case.deal.rate_card[row.outcome].outcome,
        payable=case.on(row.payable_day),
        again=entry.claim in batch.again,
        schedule=_schedule(case, entry.schedule),
        number=entry.number,
        price_pence=entry.price,
        within_caps_pence=entry.within,
        count=entry.counted,
        count_cap=cap if cap < NO_LIMIT else None,
        total_pence=entry.total,
        year_pence=entry.year,
        check=_VERDICTS[verdict],
        luck=_verification_luck(case, entry.invoice, row, verdict),
        extrapolated_pence=batch.extrapolated.get(entry.claim, 0),
        over_funder_cap_pence=row.over_funder_cap_pence if settled else 0,
        paid_pence=row.paid_pence if settled else 0,
        result=_result(row, entry, verdict),
    )


def _schedule(case: Case, number: int) -> str:
    """Return the name of the schedule with a number."""
    if number in (RATE_CARD, NO_PRICE):
        return ORIGINAL if number == RATE_CARD else ACTIVITY
    return case.deal.schedules[number - 1].name


_VERDICTS = {None: "not sampled", 0: "passed", 1: "failed", 2: "resubmitted"}


def _result(row: ClaimRow, entry: Entry, verdict: int | None) -> str:
    """Return in a word or two what an invoice did with a claim."""
    if verdict:
        return "to be resubmitted" if verdict == 2 else "disallowed"
    if entry.status == PENDING:
        return WAITS
    how = "part:" if row.paid_pence else "over"
    return {
        Status.PAID: "paid",
        Status.PAID_BY_ACTIVITY: "paid by activity",
        Status.SETTLED: "settled",
        Status.EXTRAPOLATED: "part: extrapolated" if row.paid_pence else "extrapolated",
        Status.OVER_COUNT_CAP: "over count cap",
        Status.OVER_ANNUAL_CAP: f"{how} annual cap",
        Status.OVER_SCHEDULE_CAP: f"{how} schedule cap",
        Status.OVER_TOTAL_CAP: f"{how} total cap",
        Status.OVER_FUNDER_CAP: f"{how} funder cap",
    }[Status(row.status)]


def _verification_luck(case: Case, quarter: int, row: ClaimRow, verdict: int | None) -> tuple[Drawn, ...]:
    """Return the luck of a claim in verification, as far as it was met."""
    if verdict is None:
        return ()
    block = _block(case, Entity.AUDIT, quarter, Decision.SAMPLE, row.participant * 64 + row.outcome)
    failing, curable = (
        float(case.draws.values[name][0]) for name in ("audit_failure_probability", "curable_probability")
    )
    found = [
        drawn(block, 0, "place in the sample", "in the sample"),
        drawn(block, 1, "fails", f"{'fails' if verdict else 'passes'}: the chance to fail is {failing:.4f}"),
    ]
    if verdict:
        again = "yes" if verdict == 2 else "no"
        found.append(drawn(block, 2, "can be resubmitted", f"{again}: the chance is {curable:.4f}"))
    return tuple(found)


def _block(case: Case, kind: Entity, entity: int, decision: Decision, draw: int) -> Block:
    numbers = uniforms(case.seed, case.replication, int(kind), entity, int(decision), draw)
    return Block(kind, entity, decision, draw, numbers)


def _invoice(case: Case, quarter: int, batch: Batch, so_far: int) -> Invoice:
    closes = int(case.terms.issue_day[quarter])
    payments = [row for row in case.payments if row.invoice == quarter]
    taken = tuple(_taken(case, order, entry, batch) for order, entry in enumerate(batch.entries, start=1))
    settled = [entry for entry in batch.entries if entry.status != PENDING]
    over = Counter[int]()
    for entry in settled:
        over[entry.status] += entry.price - entry.within
    luck, confirmed = _confirmation(case, quarter)
    paid = sum(row.paid_pence for row in payments)
    return Invoice(
        invoice=quarter + 1,
        closes=case.on(closes),
        claims=taken,
        claims_pence=sum(entry.price for entry in settled),
        over_count_cap_pence=over[Status.OVER_COUNT_CAP],
        over_annual_cap_pence=over[Status.OVER_ANNUAL_CAP],
        over_schedule_cap_pence=over[Status.OVER_SCHEDULE_CAP],
        over_total_cap_pence=over[Status.OVER_TOTAL_CAP],
        struck_out_pence=sum(each.within_caps_pence for each in taken if each.check in ("failed", "resubmitted")),
        extrapolated_pence=sum(batch.extrapolated.values()),
        activity_due_pence=int(case.terms.activity[quarter]),
        activity_pence=batch.activity,
        settled=quarter < case.terms.settled.size,
        settled_pence=batch.settled,
        over_funder_cap_pence=batch.issued - paid,
        issued_pence=batch.issued,
        paid_pence=paid,
        issued_so_far_pence=so_far,
        sampled=sum(each.check != "not sampled" for each in taken),
        luck=luck if payments else (),
        confirmed=case.on(closes + confirmed) if payments else None,
        shares=tuple(_share(case, row) for row in payments),
        outcome_pay=_outcome_pay(case, quarter, closes) if payments else None,
        postings=tuple(posted(case, row) for row in case.postings if _caused_by(row, quarter)),
    )


def _confirmation(case: Case, quarter: int) -> tuple[tuple[Drawn, ...], int]:
    """Return the luck of the commissioner's delay, and its days."""
    median, p95 = (float(case.draws.values[name][0]) for name in ("confirmation_median", "confirmation_p95"))
    days = int(confirmation_days(case.seed, case.replication, quarter, median, p95))
    if median <= 0.0:
        return (), days
    block = _block(case, Entity.INVOICE, quarter, Decision.CONFIRMATION, 0)
    return (drawn(block, 0, "confirmation", f"confirmed after {days} days; the median is {median:g} days"),), days


def _share(case: Case, row: PaymentRow) -> Share:
    funder = case.deal.funders[row.funder]
    mine = [each for each in case.payments if each.funder == row.funder and each.invoice <= row.invoice]
    return Share(
        funder=funder.name,
        title=funder.title,
        weight=funder.weight,
        claimed_pence=row.claimed_pence,
        claimed_so_far_pence=sum(each.claimed_pence for each in mine),
        paid_pence=row.paid_pence,
        paid_so_far_pence=sum(each.paid_pence for each in mine),
        cap_pence=funder.cap,
        pays=case.on(row.paid_day),
    )


def _outcome_pay(case: Case, quarter: int, closes: int) -> OutcomePay | None:
    """Return what the provider earns by outcomes because of an invoice, if it earns anything."""
    terms = case.agreement.outcome_pay

    def earned(last: int) -> int:
        basis = sum(row.basis_pence for row in case.payments if row.invoice <= last)
        return int(proportion(basis, terms.expected, terms.expected_payments)[0])

    so_far, before = earned(quarter), earned(quarter - 1)
    if so_far == before:
        return None
    due = None if terms.at_risk else case.on(closes + terms.days)
    return OutcomePay(due, so_far - before, so_far)


def _caused_by(row: PostingRow, quarter: int) -> bool:
    return row.purpose in (Purpose.OUTCOME_PAYMENT, Purpose.PROVIDER_OUTCOMES) and row.cause == quarter


def posted(case: Case, row: PostingRow) -> Posted:
    """Return an entry of the ledger in words."""
    return Posted(
        date=case.on(row.day),
        giver=case.accounts[row.credit],
        receiver=case.accounts[row.debit],
        pence=row.amount_pence,
        purpose=PURPOSES[Purpose(row.purpose)],
        cause=_cause(case, row),
    )


def _cause(case: Case, row: PostingRow) -> str:
    """Return in words what caused an entry."""
    if row.purpose in (Purpose.OUTCOME_PAYMENT, Purpose.PROVIDER_OUTCOMES):
        return f"invoice {row.cause + 1}"
    if row.purpose == Purpose.PROVIDER_BLOCK:
        return f"quarter {row.cause + 1}"
    if row.purpose == Purpose.COST:
        return case.accounts[Account.FUNDERS + len(case.deal.funders) + row.cause]
    return f"the day {case.on(row.cause)}"
