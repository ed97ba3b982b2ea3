"""The provider's purse: what it was paid to date less what delivery cost it to date (docs/model.md §13)."""

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

    Nobody publishes what delivery costs a provider: it is taken to be the contract value, evenly by day over the term, until the
    service ends. Below zero it is what the provider must finance itself.

    Args:
        deal: the deal.
        cashflows: the postings.
        end_day: the day the service ended, for each replication, shape (n,).
    """
    days = day_number(deal.term.term_end, deal.term.service_start)
    columns = (cashflows.starts, cashflows.day, cashflows.debit, cashflows.amount_pence)
    lowest = _lowest(*columns, deal.provider.contract_value, days, np.minimum(end_day, days))
    return {"provider.lowest_cash_gbp": lowest / 100}


@kernel
def _lowest(starts: Ints, day: Numbers, debit: Numbers, amount: Numbers, cost: int, days: int, stop: Ints) -> Ints:
    """Return pence: cash is lowest just before money comes, or when the last has come and all is spent."""
    lowest = np.zeros(stop.size, dtype=np.int64)
    for r in range(stop.size):
        income = 0
        for i in range(starts[r], starts[r + 1]):
            if debit[i] == _PROVIDER:
                spent = cost * min(day[i], stop[r]) // days
                lowest[r] = min(lowest[r], income - spent)
                income += amount[i]
        lowest[r] = min(lowest[r], income - cost * stop[r] // days)
    return lowest
