"""A deal's reconciliation as a terminal shows it, in 100 columns."""

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.money import pounds
from simulator.reconciliation.caseload import GUIDANCE
from simulator.reconciliation.investor import Investor
from simulator.reconciliation.sheet import Sheet

WIDTH = 100
Row = tuple[str, ...]


def show_sheet(title: str, sheet: Sheet) -> None:
    """Print a reconciliation on standard output."""
    console = Console(highlight=False, width=max(WIDTH, Console().width))
    console.print(Text(f"{title}: the deal's own figures beside what is printed", style="bold"))
    for table in _tables(sheet):
        console.print(table)
    if sheet.inconsistencies:
        console.print(Text("What does not agree in the sources, and how it is read", style="bold"))
    for number, each in enumerate(sheet.inconsistencies, 1):
        console.print(Padding(Text(f"{number}. {each.what}"), (0, 4, 0, 0)))
        console.print(Padding(Text(f"Read: {each.read}", style="italic"), (0, 4, 0, 3)))


def _tables(sheet: Sheet) -> Iterator[Table]:
    yield _table("Prices at the targets", ("Outcome", "Target", "Price", "Worth"), price_rows(sheet))
    yield _table("Limits on the way to the high case", ("", "Amount", "High case"), limit_rows(sheet))
    yield _table("Funders", ("Funder", "Weight", "Cap", "Due of all caps", "Due of printed"), funder_rows(sheet))
    yield _table("What the cap is for", ("", "Amount"), budget_rows(sheet))
    if sheet.investor is not None:
        yield _table("Investor", ("", "Deal's own", "Printed"), investor_rows(sheet.investor))
        rows = [(each.case, number(each.multiple), percent(each.irr)) for each in sheet.investor.payoffs]
        yield _table("What moves the return", ("All capital drawn first, one settlement", "Multiple", "IRR"), rows)
    if sheet.peak_need is not None:
        yield _table("Peak funding need by capital", ("Reading of the lags", "Even intake", "Ramp"), need_rows(sheet))
    if sheet.feasibility is not None:
        yield _table("Caseload", ("", "Figure"), caseload_rows(sheet))
    if sheet.position is not None:
        yield _table(
            f"Position on {sheet.position.as_of}", ("", "Reported", "Target", "Reported/target"), position_rows(sheet)
        )
        yield _table("Money on that day", ("", "Figure"), money_rows(sheet))


def money(pence: float | None) -> str:
    """Return pence as whole pounds, with pence only where there are any."""
    if pence is None:
        return "none"
    exact = round(pence)
    sign = "-" if exact < 0 else ""
    return sign + pounds(abs(exact)).removesuffix(".00")


def percent(value: float | None) -> str:
    """Return a share or a rate as a percentage."""
    return "none" if value is None else f"{value:.1%}"


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
        ("Cap of the contract", money(found.cap_pence), percent(found.cap_reached_at)),
        ("Costs before the investor's return", "", percent(found.costs_reached_at)),
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
        ("Costs in proportion", money(round(found.cost_pence, -2))),
        ("Paid less costs", money(round(found.paid_pence - found.cost_pence, -2))),
        ("Target counts at the rate card's prices", money(round(found.target_worth_pence, -2))),
        ("Reported counts at the rate card's prices", _rounded(found.actual_worth_pence)),
        ("The same at that pace to the end of the term", _rounded(found.full_term_worth_pence)),
        ("Investor's multiple on that, caps applied", number(found.full_term_multiple)),
    ]


def _rounded(pence: float | None) -> str:
    return "not shown: people carried over earn more" if pence is None else money(round(pence, -2))


def _table(title: str, headings: Sequence[str], rows: Iterable[Row]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i else "left")
    for row in rows:
        table.add_row(*row)
    return table
