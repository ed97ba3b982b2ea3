"""The money terms as numbers: costs with their days, capital, settlement and return cap."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import contract_quarters, day_number
from simulator.money import instalments
from simulator.records import Account, Purpose
from simulator.scenario.deal import Cost, Deal
from simulator.scenario.rate_card import NO_LIMIT

Ints = NDArray[np.int64]
MILLION = 1_000_000


class Agreement(NamedTuple):
    """What every replication's cash shares; days from the start of service, money in pence."""

    cost_day: Ints
    """Day each dated cost is due, in order of day and then of line; shape (costs,)."""
    cost_amount: Ints
    cost_account: Ints
    cost_purpose: Ints
    cost_cause: Ints
    last_amount: Ints
    """Costs paid at settlement after the return of capital, shape (lines,)."""
    last_account: Ints
    last_cause: Ints
    outcome_pay: int
    """What the provider earns by outcomes when outcome payments are as expected."""
    expected_payments: int
    outcome_pay_days: int
    """Days from an invoice to the provider's outcome part."""
    commitment: int
    min_cash: int
    settlement_day: int
    return_cap: int
    multiple_cap: int
    """In millionths, capital included."""
    funder_weight: Ints


def money_terms(deal: Deal) -> Agreement:
    """Return the terms of a deal's investment agreement and of its costs."""
    investment, provider = deal.investment, deal.provider
    block = round(provider.contract_value * provider.block_share)
    dated = sorted(_dated_costs(deal, block))
    columns = [np.array(column, dtype=np.int64) for column in zip(*dated, strict=True)] or [
        np.empty(0, dtype=np.int64)
    ] * 6
    last = [(c.total, payee(deal, i), i) for i, c in enumerate(deal.costs) if c.timing == "at_settlement"]
    return Agreement(
        cost_day=columns[0],
        cost_amount=columns[5],
        cost_account=columns[3],
        cost_purpose=columns[2],
        cost_cause=columns[4],
        last_amount=np.array([amount for amount, _, _ in last], dtype=np.int64),
        last_account=np.array([account for _, account, _ in last], dtype=np.int64),
        last_cause=np.array([cause for _, _, cause in last], dtype=np.int64),
        outcome_pay=provider.contract_value - block,
        expected_payments=max(1, provider.expected_outcome_payments),
        outcome_pay_days=provider.pays_after_invoice_days,
        commitment=investment.commitment,
        min_cash=investment.min_cash,
        settlement_day=day_number(investment.settlement_date, deal.term.service_start),
        return_cap=NO_LIMIT if investment.return_cap.pounds == "none" else investment.return_cap.pounds,
        multiple_cap=NO_LIMIT
        if investment.return_cap.multiple == "none"
        else round(investment.return_cap.multiple * MILLION),
        funder_weight=np.array([funder.weight for funder in deal.funders], dtype=np.int64),
    )


def payee(deal: Deal, line: int) -> int:
    """Return the account of a cost line's payee."""
    return Account.FUNDERS + len(deal.funders) + line


def account_names(deal: Deal) -> list[str]:
    """Return the names of all accounts, by number."""
    return ["cash", "investor", "provider", *(f.name for f in deal.funders), *(c.name for c in deal.costs)]


Due = tuple[int, int, int, int, int, int]
"""Day, order of the line, purpose, account, cause, amount."""


def _dated_costs(deal: Deal, block: int) -> list[Due]:
    quarters = contract_quarters(deal.term.service_start, deal.term.term_end)
    starts = [day_number(min(day, deal.term.term_end), deal.term.service_start) for day in quarters]
    count = len(starts) - 1
    rows: list[Due] = [
        (starts[q], -1, Purpose.PROVIDER_BLOCK, Account.PROVIDER, q, amount)
        for q, amount in enumerate(instalments(block, count))
    ]
    for line, cost in enumerate(deal.costs):
        days = _days(cost, starts)
        rows += [
            (day, line, Purpose.COST, payee(deal, line), line, amount)
            for day, amount in zip(days, instalments(cost.total, len(days) or 1), strict=False)
        ]
    return [row for row in rows if row[-1] > 0]


def _days(cost: Cost, starts: list[int]) -> list[int]:
    if cost.timing == "quarterly_in_advance":
        return starts[:-1]
    return [start - 1 for start in starts[1:]] if cost.timing == "quarterly_in_arrears" else []
