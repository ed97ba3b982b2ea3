"""The provider's purse: what it was paid to date less what delivery cost it to date (docs/model.md §13)."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.dates import day_number
from simulator.kernel import constant, kernel
from simulator.records import Account, Cashflows, Numbers
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PROVIDER = constant(Account.PROVIDER)


def provider_cash(deal: Deal, cashflows: Cashflows, end_day: Ints) -> dict[str, Floats]:
    """Return the provider's lowest cash in pounds, shape (n,), by the measure's name.

    Nobody publishes what delivery costs a provider: it is taken to be the contract value, as much in each contract quarter,
    evenly by day within it, until the service ends. Below zero it is what the provider must finance itself.

    Args:
        deal: the deal.
        cashflows: the postings.
        end_day: the day the service ended, for each replication, shape (n,).
    """
    columns = (cashflows.starts, cashflows.day, cashflows.debit, cashflows.amount_pence)
    lowest = _lowest(*columns, spent_by_day(deal), end_day)
    return {"provider.lowest_cash_gbp": lowest / 100}


def spent_by_day(deal: Deal) -> Ints:
    """Return pence: what delivery has cost before each day of the term, and in all at its end; shape (days + 1,)."""
    days = [day_number(day, deal.term.service_start) for day in deal.term.quarters()]
    days[-1] = day_number(deal.term.term_end, deal.term.service_start)
    spent = np.zeros(days[-1] + 1, dtype=np.int64)
    for quarter, (first, after) in enumerate(pairwise(days)):
        within = np.arange(1, after - first + 1)
        parts = quarter * (after - first) + within
        spent[first + 1 : after + 1] = deal.provider.contract_value * parts // ((len(days) - 1) * (after - first))
    return spent


@kernel
def _lowest(starts: Ints, day: Numbers, debit: Numbers, amount: Numbers, spent: Ints, stop: Ints) -> Ints:
    """Return pence: cash is lowest just before money comes, or when the last has come and all is spent."""
    lowest = np.zeros(stop.size, dtype=np.int64)
    for r in range(stop.size):
        income, last = 0, min(stop[r], spent.size - 1)
        for i in range(starts[r], starts[r + 1]):
            if debit[i] == _PROVIDER:
                lowest[r] = min(lowest[r], income - spent[min(day[i], last)])
                income += amount[i]
        lowest[r] = min(lowest[r], income - spent[last])
    return lowest
