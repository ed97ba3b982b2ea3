"""Costs with their days: instalments, dates, indices, fees (docs/model.md §10)."""

from collections.abc import Iterator

from simulator.dates import day_date, day_number, last_anniversary
from simulator.money import instalments
from simulator.records import Account, Purpose
from simulator.scenario.deal import Cost, Deal

Due = tuple[int, int, int, int, int, int]
"""Day, order of the line, purpose, account, cause, amount."""


def payee(deal: Deal, line: int) -> int:
    """Return the account of a cost line's payee."""
    return Account.FUNDERS + len(deal.funders) + line


def block_of(deal: Deal) -> int:
    """Return pence: the part of the provider's pay that comes in instalments."""
    return round(deal.provider.contract_value * deal.provider.block_share)


def dated_costs(deal: Deal) -> list[Due]:
    """Return all costs whose day and amount are known at the start, in order of day and of line; fees come last on a day."""
    rows = [*_block(deal), *_lines(deal)]
    if deal.investment.fees is not None:
        rows.append((0, len(deal.costs), Purpose.FEE, Account.INVESTOR, 0, deal.investment.fees.arrangement))
    return sorted(row for row in rows if row[-1] > 0)


def _block(deal: Deal) -> Iterator[Due]:
    starts = _quarter_starts(deal)[:-1]
    for quarter, (day, amount) in enumerate(zip(starts, instalments(block_of(deal), len(starts)), strict=True)):
        due = follow_index(deal, deal.provider.indexed_by, amount, day)
        yield day, -1, Purpose.PROVIDER_BLOCK, Account.PROVIDER, quarter, due


def _lines(deal: Deal) -> Iterator[Due]:
    for line, cost in enumerate(deal.costs):
        for day, amount in _instalments(deal, cost):
            due = follow_index(deal, cost.indexed_by, amount, day)
            yield day, line, Purpose.COST, payee(deal, line), line, due


def _instalments(deal: Deal, cost: Cost) -> Iterator[tuple[int, int]]:
    """Yield day and amount, before any index, of a cost line that is not left to the settlement."""
    starts = _quarter_starts(deal)
    days = {
        "quarterly_in_advance": starts[:-1],
        "quarterly_in_arrears": [start - 1 for start in starts[1:]],
    }.get(cost.timing)
    if days is not None:
        yield from zip(days, instalments(cost.total, len(days)), strict=True)
    for each in cost.dates if cost.timing == "dated" else ():
        yield day_number(each.on, deal.term.service_start), each.pence


def _quarter_starts(deal: Deal) -> list[int]:
    """Return the first day of each quarter of the term, and the day after its last."""
    quarters = deal.term.quarters()
    return [day_number(min(day, deal.term.term_end), deal.term.service_start) for day in quarters]


def costs_at_settlement(deal: Deal) -> list[tuple[int, int, int]]:
    """Return amount, account and cause of each cost line that is paid at settlement."""
    day = day_number(deal.investment.settlement_date, deal.term.service_start)
    return [
        (follow_index(deal, cost.indexed_by, cost.total, day), payee(deal, line), line)
        for line, cost in enumerate(deal.costs)
        if cost.timing == "at_settlement"
    ]


def follow_index(deal: Deal, name: str | None, amount: int, day: int) -> int:
    """Return pence: an amount due on a day at the index, if it follows one, of the anniversary that begins its contract year.

    Args:
        deal: the deal.
        name: name of the index, or none.
        amount: pence at the prices of the contract.
        day: day on which it is due, counted from the start of service.
    """
    if name is None:
        return amount
    index, start = next(index for index in deal.indices if index.name == name), deal.term.service_start
    return index.applied(amount, last_anniversary(start, day_date(day, start)))
