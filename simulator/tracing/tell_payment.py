"""The words of an invoice's trace: claims against caps, verification, split, dates, postings."""

from simulator.explaining.prices import say_price
from simulator.money import pounds
from simulator.tracing.case import Case
from simulator.tracing.facts import Invoice, Posted
from simulator.tracing.lines import NONE, amount, heading, luck_lines, paragraph, table
from simulator.words import a_number, name_within


def payment_lines(case: Case, invoice: Invoice) -> list[str]:
    """Return an invoice's trace in words."""
    quarters = len(case.terms.issue_day)
    lines = heading(
        f"Invoice {invoice.invoice}",
        f"It closed on {invoice.closes}, the last day of contract quarter {invoice.invoice}; there are {quarters} such "
        "quarters, the claims tail included.",
    )
    if not invoice.claims and not invoice.activity_pence and not invoice.settled_pence:
        return [*lines, *paragraph("No claim was payable in this quarter, so that there is no invoice.")]
    if invoice.activity_due_pence:
        lines += heading("Activity payment", _activity_words(invoice))
    if invoice.settled:
        lines += heading("Settled", _settled_words(invoice))
    if invoice.claims:
        lines += _claim_lines(case, invoice)
        lines += [] if invoice.settled else _verification_lines(case, invoice)
    lines += heading("What is paid", _SPLIT)
    lines += _sum_lines(invoice)
    lines += money_lines(case, invoice)
    return lines + posting_lines(invoice.postings)


_SPLIT = (
    "The running total of all invoices is split by the payers' weights; each pays what its share has grown by, up to "
    "its own cap."
)


def _settled_words(invoice: Invoice) -> str:
    return (
        f"This invoice was paid: it is for {pounds(invoice.settled_pence)}, whatever was achieved. It pays for the claims on it, "
        "which have no price and are not verified; they use the counts of their lines, and what was paid uses the caps."
    )


def _activity_words(invoice: Invoice) -> str:
    return (
        f"{pounds(invoice.activity_due_pence)} are due for this quarter without a claim, of which the caps let through "
        f"{pounds(invoice.activity_pence)}. It stands before all claims."
    )


def _claim_lines(case: Case, invoice: Invoice) -> list[str]:
    lines = heading(
        "Claims in the order taken",
        "By payable day, day achieved, line and participant, also those that come again. In caps: what the cap on the "
        "line's count and the cap on the total let through; both run over all invoices."
        + (_ANNUAL if case.deal.annual_cap else ""),
    )
    used = sorted({each.line for each in invoice.claims})
    for line in used:
        outcome = case.deal.rate_card[line]
        cap = "no cap on its count" if outcome.count_cap == "none" else f"at most {outcome.count_cap:,} are paid"
        lines.append(
            f"  Line {line}  {name_within(outcome.outcome)}, {say_price(outcome.price, outcome.target)}; {cap}"
        )
    various = _prices_vary(case)
    rows = [
        [
            str(each.order),
            str(each.participant),
            str(each.line),
            str(each.payable),
            *([each.schedule, pounds(each.price_pence)] if various else []),
            amount(each.within_caps_pence),
            f"{each.count:,}",
            pounds(each.total_pence),
            *([pounds(each.year_pence)] if case.deal.annual_cap else []),
            each.result + (", verified" if (each.result, each.check) == ("paid", "passed") else ""),
        ]
        for each in invoice.claims
    ]
    heads = [
        "#",
        "Who",
        "Line",
        "Payable",
        *(["Prices", "Price"] if various else []),
        "In caps",
        "Count",
        "Total so far",
    ]
    heads += [*(["Year so far"] if case.deal.annual_cap else []), "Result"]
    return [*lines, "", *table(heads, rows, "".join("l" if head in _WORDS else "r" for head in heads))]


_ANNUAL = " The cap on the year comes before that on the total, and runs over the year's invoices."
_EXTRAPOLATED = " The quarter's other new claims lose as large a part of their money as failed of the sample."
_WORDS = ("Payable", "Prices", "Result")


def _prices_vary(case: Case) -> bool:
    """Return whether a line can have more than one price."""
    deal = case.deal
    return bool(deal.schedules or deal.schedule_calendar) or any(
        not isinstance(outcome.price, int) or outcome.indexed_by for outcome in deal.rate_card
    )


def _verification_lines(case: Case, invoice: Invoice) -> list[str]:
    failing, curable = (
        f"{float(case.draws.values[name][0]):.4f}" for name in ("audit_failure_probability", "curable_probability")
    )
    share = f"{case.terms.audit_fraction:.0%} of the quarter's new claims with money, rounded up"
    lines = heading(
        "Verification by sample",
        f"{share}: {a_number(invoice.sampled, 'claim')}. Each claim has numbers u between 0 and 1. Those with the lowest "
        f"place are in the sample; one whose second is below {failing} fails, and can be resubmitted if its third is below "
        f"{curable}.{_EXTRAPOLATED if case.terms.audit_extrapolates else ''}",
    )
    rows = [
        [
            str(each.order),
            str(each.participant),
            each.luck[0].name,
            *(f"{each.luck[place].u:.4f}" if place < len(each.luck) else NONE for place in range(3)),
            each.check,
        ]
        for each in invoice.claims
        if each.luck
    ]
    heads = ["#", "Who", "Luck", "Place", "Fails", "Resubmitted", "Found"]
    return [*lines, *table(heads, rows, "rrlrrrl")] if rows else lines


def _sum_lines(invoice: Invoice) -> list[str]:
    parts = [
        ("Claims, at their prices", invoice.claims_pence),
        ("less over the cap on a line's count", -invoice.over_count_cap_pence),
        ("less over the cap on the year", -invoice.over_annual_cap_pence),
        ("less over the cap on a schedule", -invoice.over_schedule_cap_pence),
        ("less over the cap on the total", -invoice.over_total_cap_pence),
        ("less disallowed at verification", -invoice.struck_out_pence),
        ("less extrapolated from the sample", -invoice.extrapolated_pence),
        ("and the activity payment", invoice.activity_pence),
        ("and what was paid", invoice.settled_pence),
        ("Invoiced", invoice.issued_pence),
        ("less above a payer's own cap", -invoice.over_funder_cap_pence),
        ("Paid", invoice.paid_pence),
        ("Invoiced so far, on all invoices", invoice.issued_so_far_pence),
    ]
    shown = [(words, pence) for words, pence in parts if pence or not words.startswith(("less", "and"))]
    return table(["", "Amount"], [[words, pounds(pence)] for words, pence in shown], "lr")


def money_lines(case: Case, invoice: Invoice) -> list[str]:
    """Return an invoice's confirmation, its funders' shares and the provider's outcome pay in words."""
    if not invoice.shares:
        return ["", *paragraph(f"Invoice {invoice.invoice} is of nothing, and is not issued.", 2, "  ")]
    lines = ["", *paragraph(f"Invoice {invoice.invoice}: confirmed on {invoice.confirmed}.", 2, "  ")]
    lines += luck_lines(invoice.luck, 4)
    rows = [
        [
            each.funder,
            f"{each.weight}%",
            amount(each.claimed_pence),
            amount(each.paid_pence),
            pounds(each.paid_so_far_pence),
            pounds(each.cap_pence),
            str(each.pays),
        ]
        for each in invoice.shares
    ]
    lines += table(["Payer", "Share", "Asked", "Pays", "Paid so far", "Its cap", "Cash on"], rows, "lrrrrrl")
    if invoice.outcome_pay:
        due = f"due on {invoice.outcome_pay.due}" if invoice.outcome_pay.due else "at risk until a distribution"
        lines += paragraph(
            f"By it the provider earns {pounds(invoice.outcome_pay.pence)} of outcome pay, {due}; "
            f"{pounds(invoice.outcome_pay.earned_so_far_pence)} so far.",
            2,
            "  ",
        )
    return lines


def posting_lines(postings: tuple[Posted, ...]) -> list[str]:
    """Return entries of the ledger as a table."""
    lines = heading(
        "Postings",
        "The entries of the ledger that these invoices caused. Costs that cash cannot pay on their day wait.",
    )
    rows = [
        [str(each.date), each.giver, each.receiver, pounds(each.pence), f"{each.purpose}, {each.cause}"]
        for each in postings
    ]
    return [*lines, *(table(["Date", "From", "To", "Amount", "For"], rows, "lllrl") if rows else ["  None."])]
