"""A deal's reconciliation as a terminal shows it: in 80 columns or more, as many as the terminal has."""

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.measures.of_deal import named
from simulator.money import pounds
from simulator.reconciliation.caseload import GUIDANCE
from simulator.reconciliation.funding import RAMP
from simulator.reconciliation.investor import Investor, Payoff
from simulator.reconciliation.sheet import Sheet

LEAST = 80
Row = tuple[str, ...]


def show_sheet(title: str, sheet: Sheet) -> None:
    """Print a reconciliation on standard output."""
    console = Console(highlight=False, width=max(LEAST, Console().width))
    console.print(Text(f"{title}: the deal's own figures beside what is printed", style="bold"))
    for table, notes in _tables(sheet):
        console.print(table)
        for note in notes:
            console.print(Padding(Text(note), (0, 1, 1, 1)))
    if sheet.inconsistencies:
        console.print(Text("What does not agree in the sources, and how it is read", style="bold"))
    for number, each in enumerate(sheet.inconsistencies, 1):
        console.print(Padding(Text(f"{number}. {each.what}"), (0, 4, 0, 0)))
        console.print(Padding(Text(f"Read: {each.read}", style="italic"), (0, 4, 0, 3)))


def _tables(sheet: Sheet) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Yield tables, each with the notes that stand under it."""
    yield _table("Prices at the targets", ("Outcome", "Target", "Price", "Worth"), price_rows(sheet)), ()
    yield _table("Limits on the way to the high case", ("", "Amount", "High case"), limit_rows(sheet)), ()
    yield (
        _table("Funders", ("Funder", "Weight", "Cap", "Due of all caps", "Due of printed total"), funder_rows(sheet)),
        (),
    )
    yield _table("What the cap is for", ("", "Amount"), budget_rows(sheet)), ()
    if sheet.investor is not None:
        yield from _investor_tables(sheet.investor)
    if sheet.peak_need is not None:
        headings = ("Reading of the lags", "Even intake", f"Ramp of {RAMP} months")
        yield _table("Peak funding need by capital", headings, need_rows(sheet)), ()
    if sheet.feasibility is not None:
        yield _table("Caseload", ("", "Figure"), caseload_rows(sheet)), ()
    if sheet.position is not None:
        title = f"Position on {sheet.position.as_of}"
        yield _table(title, ("", "Reported", "Target", "Reported/target"), position_rows(sheet)), ()
        hidden = (_NOT_SHOWN,) if sheet.position.actual_worth_pence is None else ()
        yield _table("Money on that day", ("", "Figure"), money_rows(sheet)), hidden


_CONTRACT_VALUE = "The provider is paid its contract value here, whatever the outcomes."
_EVEN = (
    "Even receipts begin in the third quarter and pay costs from then on. Below, all capital is drawn before any receipt, as "
    "even costs fall due: the same receipts then have another rate."
)
_NOT_SHOWN = "Not shown: payments also cover people carried over, whom the counts leave out."


def _investor_tables(found: Investor) -> Iterator[tuple[Table, tuple[str, ...]]]:
    at_cap = () if found.provider_at_cap_pence is None else (at_outcome_terms(found),)
    notes = (f"{_CONTRACT_VALUE} {_EVEN}", *at_cap)
    yield _table("Investor", ("", "Deal's own", "Printed"), investor_rows(found)), notes
    rows = [(each.case, number(each.multiple), _rate(each)) for each in found.payoffs]
    drawn = "Capital drawn as costs fall due, before any receipt; one settlement"
    yield _table("What moves the return", (drawn, "Multiple", "IRR"), rows), (_CONTRACT_VALUE, *at_cap)


def at_outcome_terms(found: Investor) -> str:
    """Return what the provider earns at the cap by its outcome terms, and what that leaves the investor, in a line."""
    multiple = number(found.multiple_at_outcome_terms)
    return (
        f"Provider by its outcome terms at the cap: {_whole(found.provider_at_cap_pence)}; multiple then: {multiple}."
    )


def _rate(found: Payoff) -> str:
    """Return the rate of a case; where nothing comes back there is none."""
    return "total loss" if found.irr is None and found.multiple == 0 else percent(found.irr)


def money(pence: float | None) -> str:
    """Return pence as whole pounds, with pence only where there are any."""
    if pence is None:
        return "none"
    exact = round(pence)
    sign = "-" if exact < 0 else ""
    return sign + pounds(abs(exact)).removesuffix(".00")


def percent(value: float | None) -> str:
    """Return a share or a rate as a percentage."""
    return "none" if value is None else f"{0.0 if abs(value) < 0.0005 else value:.1%}"


def number(value: float | None) -> str:
    """Return a number with two decimals."""
    return "none" if value is None else f"{value:.2f}"


def price_rows(sheet: Sheet) -> list[Row]:
    """Return each line of the rate card, and the sum."""
    rows = []
    for line in sheet.prices.lines:
        ends = [f" to {end}" for end in line.tier_ends] + [" beyond" if line.tier_ends else ""]
        price = ", ".join(money(each) + end for each, end in zip(line.prices, ends, strict=True))
        rows.append((line.outcome, f"{line.target:,}", price, money(line.value_pence)))
    return [*rows, ("all", "", "", money(sheet.prices.value_pence))]


def limit_rows(sheet: Sheet) -> list[Row]:
    """Return the money limits, and the share of the high case that each is worth."""
    found = sheet.prices
    to_printed = "" if found.value_to_printed is None else f"; {found.value_to_printed:.3f} times the printed total"
    return [
        (f"High case, {found.value_to_cap:.3f} times the cap{to_printed}", money(found.value_pence), "100.0%"),
        ("Cap", money(found.cap_pence), percent(found.cap_reached_at)),
        (named("spv.costs_before_return_gbp").label, money(found.costs_pence), percent(found.costs_reached_at)),
    ]


def funder_rows(sheet: Sheet) -> list[Row]:
    """Return each funder's cap beside its weight's part, and the sums."""
    rows: list[Row] = [
        (
            each.funder,
            f"{each.weight} %",
            money(each.cap_pence),
            money(each.due_pence),
            money(each.due_of_printed_pence),
        )
        for each in sheet.budget.funders
    ]
    caps = money(sheet.budget.caps_pence)
    return [*rows, ("all", "", caps, caps, money(sheet.budget.printed_total_pence))]


def budget_rows(sheet: Sheet) -> list[Row]:
    """Return what the cap is for, and the printed budget lines."""
    rows: list[Row] = [(entry.name.replace("_", " "), money(entry.pence)) for entry in sheet.budget.entries]
    if sheet.budget.printed_stack_pence is not None:
        rows.append(("printed budget lines together", money(sheet.budget.printed_stack_pence)))
        rows.append(("printed budget lines less printed total", money(sheet.budget.stack_less_printed_pence)))
    return rows


def investor_rows(found: Investor) -> list[Row]:
    """Return the investor's numbers, the deal's own beside the printed."""
    held = found.holding
    implied = "" if held.implied_low is None else f"{held.implied_low:.2f} to {held.implied_high:.2f}"
    return [
        ("Capital", money(found.capital_pence), ""),
        ("Maximum return", money(found.maximum_return_pence), ""),
        ("Investment costs, times the capital", "", number(found.investment_costs_to_capital)),
        ("Investment costs less maximum return", "", money(found.other_finance_pence)),
        ("Multiple: capital and maximum return", number(found.maximum_multiple), number(found.printed_multiple)),
        ("Multiple of even, certain receipts", number(found.own.multiple), number(found.printed_multiple)),
        ("IRR of even, certain receipts", percent(found.own.irr), percent(found.printed_irr)),
        ("Holding period of multiple and printed IRR, years", number(held.implied_years), implied),
        ("Mean draw to settlement, years", number(held.structure_years), ""),
        ("First day to settlement, years", number(held.to_settlement_years), ""),
        ("Quarters of costs that the capital pays", number(held.runway_quarters), ""),
        ("Receipts at the cap, times the capital", number(found.receipts_to_capital), ""),
        ("Costs, times the capital", number(found.costs_to_capital), ""),
        ("Capital just comes back at receipts of, by the cap", percent(found.break_even), ""),
        ("Nothing comes back at receipts of, by the cap", percent(found.wipe_out), ""),
    ]


def need_rows(sheet: Sheet) -> list[Row]:
    """Return the peak funding need under both readings of the lags."""
    need = sheet.peak_need
    if need is None:
        return []
    return [
        ("A: months since referral", number(need.since_referral), number(need.since_referral_with_ramp)),
        ("B: months after achievement", number(need.after_achievement), number(need.after_achievement_with_ramp)),
    ]


def caseload_rows(sheet: Sheet) -> list[Row]:
    """Return the caseload check."""
    found = sheet.feasibility
    if found is None:
        return []
    rows: list[Row] = [
        ("Target engagements per specialist and quarter", f"{found.engagements_per_specialist_quarter:.1f}"),
        ("The same, times the benchmark of IPS Grow", number(found.to_benchmark)),
    ]
    limits = [(found.caseload_limit, found.months_at_limit), *zip(GUIDANCE, found.months_at_guidance, strict=True)]
    words = "Months that a place may be held, at {:g} per specialist"
    return rows + [(words.format(limit), f"{months:.1f}") for limit, months in dict(limits).items()]


def position_rows(sheet: Sheet) -> list[Row]:
    """Return reported and planned numbers."""
    found = sheet.position
    if found is None:
        return []
    rows = [
        (each.name.replace("_", " "), f"{each.actual:,}", f"{each.target:,}", percent(each.success))
        for each in found.counts
    ]
    share = percent(found.paid_pence / found.target_pence if found.target_pence else None)
    return [*rows, ("payments", money(found.paid_pence), f"{money(found.target_pence)} uncapped", share)]


def money_rows(sheet: Sheet) -> list[Row]:
    """Return what had been paid and what it had to pay for."""
    found = sheet.position
    if found is None:
        return []
    return [
        ("Term gone, quarters", f"{found.quarters} of {found.term_quarters}"),
        ("Paid, by the cap", percent(found.paid_to_cap)),
        ("Costs in proportion", _whole(found.cost_pence)),
        ("Paid less costs", _whole(found.paid_pence - found.cost_pence)),
        ("Target counts at the rate card's prices", _whole(found.target_worth_pence)),
        ("Reported counts at the rate card's prices", _whole(found.actual_worth_pence)),
        ("The same at that pace to the end of the term", _whole(found.full_term_worth_pence)),
        (
            "Investor's multiple on that, caps applied",
            "not shown" if found.full_term_multiple is None else number(found.full_term_multiple),
        ),
    ]


def _whole(pence: float | None) -> str:
    """Return pence as pounds rounded to whole ones."""
    return "not shown" if pence is None else money(round(pence, -2))


def _table(title: str, headings: Sequence[str], rows: Iterable[Row]) -> Table:
    """Return a table in which names may wrap and figures never do; a heading over figures wraps at words."""
    table, lines = (
        Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)),
        [*rows],
    )
    for i, heading in enumerate(headings):
        width = max(len(part) for part in (*heading.split(), *(line[i] for line in lines))) if i else None
        table.add_column(heading, justify="right" if i else "left", min_width=width)
    for line in lines:
        table.add_row(*line)
    return table
