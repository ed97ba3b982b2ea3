"""The quarterly invoices: claims in the order taken, caps, check, split, dates and postings (docs/model.md §8 to §10).

The claims' table holds what became of each claim at last. From it follows who was on which invoice and in what order; what
the check found is asked again of the function that holds the rule.
"""

from itertools import accumulate
from typing import NamedTuple

import numpy as np

from simulator.contract.terms import NO_CAP
from simulator.contract.verification import audit_sample, confirmation_days
from simulator.money import proportion
from simulator.records import Account, Purpose, Status
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


class Batch(NamedTuple):
    """The claims of one quarter as rows, those mended after the last quarter first; and what the check found of each."""

    rows: list[int]
    again: int
    """How many were mended."""
    within: list[int]
    """Pence that the caps on counts and on the total let through, before the check."""
    checked: dict[int, int]
    """Verdict of `audit_sample` on each claim sampled."""


def batches(case: Case) -> list[Batch]:
    """Return what each quarter took, in order."""
    issue, found = case.terms.issue_day, list[Batch]()
    first = [int(np.searchsorted(issue, row.payable_day)) if row.invoice >= 0 else -1 for row in case.claims]
    total = 0
    for quarter in range(issue.size):
        again = [i for i, row in enumerate(case.claims) if row.invoice == quarter > first[i] >= 0]
        rows = again + [i for i, place in enumerate(first) if place == quarter]
        within, reached = list[int](), total
        for i in rows:
            within.append(_let_through(case, case.claims[i], quarter, reached))
            reached += within[-1]
        fresh = [(i, pence) for i, pence in zip(rows, within, strict=True) if i not in again]
        checked = _check(case, quarter, [i for i, pence in fresh if pence > 0])
        total += sum(pence for i, pence in zip(rows, within, strict=True) if not checked.get(i))
        found.append(Batch(rows, len(again), within, checked))
    return found


def _let_through(case: Case, row: ClaimRow, quarter: int, total: int) -> int:
    """Return what the caps let through; of a claim struck out afterwards, what was left for it under the total cap."""
    if row.invoice > quarter or row.status in (Status.REJECTED, Status.EXPIRED):
        return min(row.price_pence, case.terms.total_cap - total)
    return row.paid_pence + row.over_funder_cap_pence


def _check(case: Case, quarter: int, submitted: list[int]) -> dict[int, int]:
    """Return the verdict on each claim that is sampled: 0 passed, 1 failed for good, 2 failed and mended."""
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
    issued = [sum(p for i, p in zip(b.rows, b.within, strict=True) if not b.checked.get(i)) for b in quarters]
    before = [0, *accumulate(issued)]
    counts: dict[int, int] = {}
    found = []
    for quarter, batch in enumerate(quarters):
        taken = _taken(case, quarter, batch, before[quarter], counts)
        found.append(_invoice(case, quarter, taken, issued[quarter], before[quarter + 1]))
    return tuple(found)


def _taken(case: Case, quarter: int, batch: Batch, total: int, counts: dict[int, int]) -> tuple[Taken, ...]:
    """Return an invoice's claims with the running totals that the caps met; keep the counts by line."""
    taken = []
    for order, (i, within) in enumerate(zip(batch.rows, batch.within, strict=True), start=1):
        row, verdict = case.claims[i], batch.checked.get(i)
        total += within
        counts[row.outcome] = counts.get(row.outcome, 0) + (within > 0 or row.status == Status.PAID)
        cap = int(case.terms.count_cap[row.outcome])
        taken.append(
            Taken(
                order=order,
                claim=i,
                participant=row.participant,
                line=row.outcome,
                outcome=case.deal.rate_card[row.outcome].outcome,
                payable=case.on(row.payable_day),
                again=order <= batch.again,
                price_pence=row.price_pence,
                within_caps_pence=within,
                count=counts[row.outcome],
                count_cap=cap if cap < NO_CAP else None,
                total_pence=total,
                check=_CHECKS[verdict],
                luck=_check_luck(case, quarter, row, verdict),
                over_funder_cap_pence=0 if verdict else row.over_funder_cap_pence,
                paid_pence=0 if verdict else row.paid_pence,
                result=_result(row, verdict),
            )
        )
    for i in batch.rows:
        counts[case.claims[i].outcome] -= bool(batch.checked.get(i))
    return tuple(taken)


_CHECKS = {None: "not checked", 0: "passed", 1: "failed", 2: "mended"}


def _result(row: ClaimRow, verdict: int | None) -> str:
    """Return in a word or two what an invoice did with a claim."""
    if verdict:
        return "to be mended" if verdict == 2 else "struck out"
    how = "part:" if row.paid_pence else "over"
    return {
        Status.PAID: "paid",
        Status.OVER_COUNT_CAP: "over count cap",
        Status.OVER_TOTAL_CAP: f"{how} total cap",
        Status.OVER_FUNDER_CAP: f"{how} funder cap",
    }[Status(row.status)]


def _check_luck(case: Case, quarter: int, row: ClaimRow, verdict: int | None) -> tuple[Drawn, ...]:
    """Return the luck of a claim in the check, as far as it was met."""
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
        mended = "yes" if verdict == 2 else "no"
        found.append(drawn(block, 2, "can be mended", f"{mended}: the chance is {curable:.4f}"))
    return tuple(found)


def _block(case: Case, kind: Entity, entity: int, decision: Decision, draw: int) -> Block:
    numbers = uniforms(case.seed, case.replication, int(kind), entity, int(decision), draw)
    return Block(kind, entity, decision, draw, numbers)


def _invoice(case: Case, quarter: int, taken: tuple[Taken, ...], issued: int, so_far: int) -> Invoice:
    closes = int(case.terms.issue_day[quarter])
    payments = [row for row in case.payments if row.invoice == quarter]
    over = {
        status: sum(
            case.claims[each.claim].refused_pence
            for each in taken
            if case.claims[each.claim].status == status and case.claims[each.claim].invoice == quarter
        )
        for status in (Status.OVER_COUNT_CAP, Status.OVER_TOTAL_CAP)
    }
    luck, confirmed = _confirmation(case, quarter)
    return Invoice(
        invoice=quarter + 1,
        closes=case.on(closes),
        claims=taken,
        claims_pence=sum(each.price_pence for each in taken),
        over_count_cap_pence=over[Status.OVER_COUNT_CAP],
        over_total_cap_pence=over[Status.OVER_TOTAL_CAP],
        struck_out_pence=sum(each.price_pence for each in taken if each.check in ("failed", "mended")),
        over_funder_cap_pence=sum(each.over_funder_cap_pence for each in taken),
        issued_pence=issued,
        paid_pence=sum(row.paid_pence for row in payments),
        issued_so_far_pence=so_far,
        sampled=sum(each.check != "not checked" for each in taken),
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
