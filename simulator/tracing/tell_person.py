"""The words of a person's trace: life, claims, the invoices that took them, the postings."""

from datetime import date

from simulator.money import pounds
from simulator.records import CARRIED
from simulator.tracing.case import Case
from simulator.tracing.facts import Claimed, Happening, Invoice, Posted, Taken
from simulator.tracing.invoices import WAITS
from simulator.tracing.lines import heading, luck_lines, paragraph, table
from simulator.tracing.tell_payment import money_lines, posting_lines
from simulator.words import a_number, name_in_words, name_within

_WORDS = 14


def person_lines(
    case: Case,
    participant: int,
    life: tuple[Happening, ...],
    claims: tuple[Claimed, ...],
    not_achieved: tuple[str, ...],
    invoices: tuple[Invoice, ...],
) -> list[str]:
    """Return a person's trace in words.

    Args:
        case: the replication, laid open.
        participant: number of the participant.
        life: the person's events, in order.
        claims: the person's claims.
        not_achieved: in words, why there is no claim for a group of outcomes.
        invoices: the invoices on which the claims are.
    """
    name = f"Participant {participant}"
    explained = (
        f"Number {participant} of {case.referred:,} people referred, counted from 0."
        if participant < CARRIED
        else f"Number {participant - CARRIED} of {case.carried_over:,} people carried over, counted from 0."
    )
    lines = [*heading(name, explained), *heading("Life", _LUCK)]
    for happening in life:
        lines += _happening_lines(happening)
    if case.ended_early:
        lines += paragraph(f"The contract ended on {case.on(case.end_day)}; nothing from that day on counts.", 2)
    lines += heading("Claims", f"{name} is worth {_worth(claims)}.")
    for claim in claims:
        lines += _claim_lines(case, claim, invoices)
    if not_achieved:
        lines += ["", "  Not achieved"]
    for words in not_achieved:
        lines += paragraph(words, 4)
    mine = tuple(each for each in invoices if any(each.invoice in claim.invoices for claim in claims))
    if mine:
        lines += heading("The pennies", "Payers pay whole invoices, of which these claims are a part.")
        lines += table(
            ["Invoice", "These claims", "Invoice in all"],
            [[str(each.invoice), pounds(_of_these(claims, each)), pounds(each.paid_pence)] for each in mine],
            "rrr",
        )
        for each in mine:
            lines += money_lines(case, each)
        lines += posting_lines(tuple(sorted((row for each in mine for row in each.postings), key=_day)))
    return lines


def _day(row: Posted) -> date:
    return row.date


_LUCK = (
    "Under each event: the luck met on that day, as its decision and draw number, what it decides, the number u drawn "
    "between 0 and 1, and what it became. What it became happens unless something else comes first."
)


def _worth(claims: tuple[Claimed, ...]) -> str:
    paid, price = (sum(getattr(each, name) for each in claims) for name in ("paid_pence", "price_pence"))
    return f"{pounds(paid)} of outcome payments, of {pounds(price)} achieved" if claims else "no outcome payments"


def _of_these(claims: tuple[Claimed, ...], invoice: Invoice) -> int:
    rows = {claim.claim for claim in claims}
    return sum(each.paid_pence for each in invoice.claims if each.claim in rows)


def _happening_lines(happening: Happening) -> list[str]:
    lines = paragraph(f"{happening.words}.", _WORDS, f"  {happening.date}")
    for why in happening.why:
        lines += paragraph(why, _WORDS)
    return lines + luck_lines(happening.luck, _WORDS)


def _claim_lines(case: Case, claim: Claimed, invoices: tuple[Invoice, ...]) -> list[str]:
    lines = ["", *paragraph(f"{name_in_words(claim.outcome)}, line {claim.line} of the rate card: {_ending(claim)}", 2)]
    lines += _labelled("achieved", f"{claim.achieved}: {claim.how}")
    if claim.evidence:
        lines += _labelled("evidence", claim.evidence)
        lines += luck_lines(claim.luck, _WORDS)
    if claim.payable:
        lines += _labelled("payable", f"from {claim.payable}: {claim.clock}")
    for number, taken in zip(claim.invoices, claim.taken, strict=True):
        lines += _labelled("invoice", _taken_words(case, invoices[number - 1], taken))
        if taken.result not in (WAITS, "paid by activity"):
            lines += _labelled("verified", _VERIFIED[taken.check])
        lines += luck_lines(taken.luck, _WORDS)
    if claim.status != "DUPLICATE":
        lines += _labelled("paid", f"{pounds(claim.paid_pence)} of {pounds(claim.price_pence)}")
    return lines


_VERIFIED = {
    "not sampled": "not in the sample",
    "passed": "in the sample, and passed",
    "failed": "in the sample, failed, and disallowed for good",
    "resubmitted": "in the sample, failed, disallowed, and resubmitted in the next quarter",
}


def _ending(claim: Claimed) -> str:
    part = f"{pounds(claim.paid_pence)} paid; " if claim.paid_pence and claim.status != "PAID" else ""
    return part + claim.status_words + "."


def _labelled(label: str, text: str) -> list[str]:
    return paragraph(text, _WORDS, f"    {label}")


def _taken_words(case: Case, invoice: Invoice, taken: Taken) -> str:
    """Return where a claim stood on an invoice when the caps were applied."""
    again = "again, resubmitted, " if taken.again else ""
    cap = "no cap" if taken.count_cap is None else f"at most {taken.count_cap:,}"
    if taken.result == WAITS:
        return (
            f"number {invoice.invoice}, closed {invoice.closes}: no room in the year's cap; it waits for the next year"
        )
    return (
        f"number {invoice.invoice}, closed {invoice.closes}: taken {again}as {taken.order} of "
        f"{a_number(len(invoice.claims), 'claim')}; {name_within(taken.outcome)} number {taken.count:,} ({cap}); total so "
        f"far {pounds(taken.total_pence)} (at most {pounds(case.deal.total_cap.pence)})"
        + (f"; year so far {pounds(taken.year_pence)}" if case.deal.annual_cap else "")
        + (f"; prices: {taken.schedule}" if case.deal.schedule_calendar else "")
    )
