"""The words of a replication's trace: what was drawn, who came through, what was invoiced, where the cash went."""

from simulator.finance.irr import IrrStatus
from simulator.measures.of_deal import named
from simulator.money import pounds
from simulator.records import CARRIED
from simulator.scenario.assumptions import label
from simulator.tracing.case import Case
from simulator.tracing.facts import Invoice
from simulator.tracing.lines import NONE, amount, heading, paragraph, table
from simulator.tracing.overview import Flow, Overview
from simulator.words import MULTIPLE, PERCENT, RATE, name_in_words, name_within, say


def replication_lines(case: Case, overview: Overview) -> list[str]:
    """Return a replication's trace in words."""
    return [
        *paragraph(_answer(case, overview)),
        *_parameter_lines(overview),
        *_people_lines(case, overview),
        *_invoice_lines(overview.invoices),
        *_date_lines(case, overview.invoices),
        *_cash_lines(overview),
        *_flow_lines(overview),
        "",
        *paragraph(
            f"Follow one person with --participant ({_numbers(case)}), one invoice with --payment (1 to "
            f"{len(overview.invoices)})."
            if case.referred or case.carried_over
            else "Nobody was referred."
        ),
    ]


def _answer(case: Case, overview: Overview) -> str:
    """Return what became of the investor, and what the funders paid, in sentences."""
    values = overview.measures
    drawn, received = (round((values[name] or 0.0) * 100) for name in ("investor.drawn_gbp", "investor.received_gbp"))
    rate = values["investor.irr"]
    says = (
        f"a rate of return of {say(RATE, rate)} a year"
        if overview.irr_status == IrrStatus.OK.name
        else "no rate of return"
    )
    if overview.irr_status == IrrStatus.TOTAL_LOSS.name:
        says = "a total loss"
    paid = round((values["payments.total_gbp"] or 0.0) * 100)
    worth = round((values["payments.uncapped_gbp"] or 0.0) * 100)
    result = (
        f"{case.deal.investment.title} paid in {pounds(drawn)} and got back {pounds(received)}: a money multiple of "
        f"{say(MULTIPLE, values['investor.multiple'])}, {says}."
        if drawn
        else f"Nothing was drawn from {case.deal.investment.title}."
    )
    costs = sum(each.costs_pence for each in overview.cash)
    unpaid = f", and {pounds(overview.never_paid_pence)} more was never paid" if overview.never_paid_pence else ""
    return (
        f"{result} Outcomes worth {pounds(worth)} were evidenced, and the outcome payers paid {pounds(paid)} for them; delivery "
        f"and other costs took {pounds(costs)}{unpaid}.{_end(case)}"
    )


def _end(case: Case) -> str:
    """Return how the contract ended before its term, if it did, in a sentence that follows others."""
    notice, day = case.ended_by_notice, case.on(case.end_day)
    if notice is not None:
        return f" Notice, given on {notice.notice_given} {_NOTICES[notice.form]}, ended the contract on {day}."
    return f" A shortfall ended the contract on {day}." if case.ended_early else ""


_NOTICES = {
    "authority_convenience": "by the commissioners for reasons of their own",
    "authority_default": "because the commissioners defaulted",
    "provider_default": "because the provider defaulted",
}


def _parameter_lines(overview: Overview) -> list[str]:
    lines = heading(
        "Drawn for this replication",
        "The assumptions that are uncertain. Place: the share of draws that are lower; 0.50 is the median.",
    )
    rows = [
        [label(each.name), f"{each.value:.4g}", f"{each.median:.4g}", each.unit, f"{each.place:.2f}"]
        for each in overview.parameters
    ]
    return [*lines, *(table(["Assumption", "Here", "Median", "Unit", "Place"], rows, "lrrlr") if rows else ["  None."])]


def _numbers(case: Case) -> str:
    """Return the numbers of people referred, and of those carried over."""
    numbers = [f"0 to {case.referred - 1}"] if case.referred else []
    numbers += [f"{CARRIED} to {CARRIED + case.carried_over - 1}"] if case.carried_over else []
    return ", ".join(numbers)


def _people_lines(case: Case, overview: Overview) -> list[str]:
    lines = heading("People")
    lines += paragraph(", ".join(f"{count:,} {words}" for words, count in overview.people.items()) + ".", 2, "  ")
    use, wait = overview.measures["caseload.utilisation"], overview.measures["caseload.wait_days"]
    if use is not None and wait is not None:
        lines += paragraph(
            f"{say(PERCENT, use)} of places used; {wait:.1f} days of waiting for a place on average.", 2, "  "
        )
    rows = [
        [name_within(each.outcome), *(f"{n:,}" for n in (each.target, each.achieved, each.evidenced, each.paid))]
        for each in overview.outcomes
    ]
    return [*lines, "", *table(["Outcome", "High-case target", "Achieved", "Evidenced", "Paid"], rows, "lrrrr")]


def _issued(invoices: tuple[Invoice, ...]) -> list[Invoice]:
    return [each for each in invoices if each.claims or each.activity_pence]


def _invoice_lines(invoices: tuple[Invoice, ...]) -> list[str]:
    lines = heading(
        "Invoices, one a quarter",
        "Q: contract quarter. Worth: the claims at their prices, and activity payments. Over caps: refused by the caps on "
        "counts, years, schedules, the total, and of each funder. Disallowed: at verification.",
    )
    rows = [
        [
            str(each.invoice),
            str(each.closes),
            f"{len(each.claims):,}",
            pounds(each.claims_pence + each.activity_due_pence),
            amount(each.claims_pence + each.activity_due_pence - each.paid_pence - each.struck_out_pence),
            amount(each.struck_out_pence),
            amount(each.paid_pence),
        ]
        for each in _issued(invoices)
    ]
    heads = ["Q", "Closed", "Claims", "Worth", "Over caps", "Disallowed", "Paid"]
    lines += table(heads, rows, "rlrrrrr") if rows else ["  None: there are no claims."]
    return lines


def _date_lines(case: Case, invoices: tuple[Invoice, ...]) -> list[str]:
    lines = heading("When the invoices were paid", "Confirmed by the commissioner; then the day of each payer's cash.")
    rows = [
        [
            str(each.invoice),
            str(each.closes),
            f"{each.confirmed or NONE}",
            *(str(share.pays) if share.paid_pence else NONE for share in each.shares),
        ]
        for each in _issued(invoices)
        if each.shares
    ]
    heads = ["Q", "Closed", "Confirmed", *(funder.name for funder in case.deal.funders)]
    return [*lines, *(table(heads, rows, "r") if rows else ["  None was issued."])]


def _cash_lines(overview: Overview) -> list[str]:
    lines = heading(
        "Cash by quarter",
        "Drawn: from the investor. Shortfall: costs that neither cash nor capital could pay on their day; they wait.",
    )
    rows = [
        [
            str(each.quarter),
            amount(each.received_pence),
            amount(each.drawn_pence),
            amount(each.costs_pence),
            amount(each.distributed_pence),
            amount(each.shortfall_pence),
            amount(each.cash_pence),
        ]
        for each in overview.cash
    ]
    return [
        *lines,
        *table(["Q", "Received", "Drawn", "Costs", "Distributed", "Shortfall", "Cash left"], rows, "rrrrrrr"),
    ]


def _flow_lines(overview: Overview) -> list[str]:
    lines = heading("Where the money came from and went")
    paid_in, paid_out = (sum(flow.pence for flow in flows) for flows in (overview.money_in, overview.money_out))
    rows = [*_flow_rows(overview.money_in), ["All money in", pounds(paid_in)]]
    rows += [*_flow_rows(overview.money_out), ["All money out", pounds(paid_out)]]
    rows.append(["Left in the vehicle", pounds(paid_in - paid_out)])
    if overview.never_paid_pence:
        rows.append([named("spv.unpaid_costs_gbp").label, pounds(overview.never_paid_pence)])
    return [*lines, *table(["", "Amount"], rows, "lr")]


def _flow_rows(flows: tuple[Flow, ...]) -> list[list[str]]:
    return [[name_in_words(flow.words), pounds(flow.pence)] for flow in flows]
