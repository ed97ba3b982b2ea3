"""The provider's purse: what it was paid to date less what delivery cost it, and what it is owed (docs/model.md §13)."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER, day_number
from simulator.finance.accounts import receipts_of
from simulator.finance.agreement import Agreement, money_terms
from simulator.finance.costs import costs_due, outcome_pay
from simulator.kernel import constant, kernel
from simulator.records import Account, Cashflows, Numbers, Payments, Purpose
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PROVIDER = constant(Account.PROVIDER)
_BLOCK, _OUTCOMES, _WIND_DOWN = (
    constant(Purpose.PROVIDER_BLOCK),
    constant(Purpose.PROVIDER_OUTCOMES),
    constant(Purpose.WIND_DOWN),
)


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


def provider_arrears(deal: Deal, payments: Payments, cashflows: Cashflows, end_day: Ints) -> dict[str, Floats]:
    """Return the largest arrears to the provider in pounds, shape (n,), by the measure's name.

    Arrears are what has fallen due to the provider and is not paid at the end of a day. Pay at the provider's own risk is not
    due before it is distributed, and is none.

    Args:
        deal: the deal.
        payments: the payments on which outcome pay is reckoned.
        cashflows: the postings.
        end_day: the day the service ended, for each replication, shape (n,).
    """
    term = day_number(deal.term.term_end, deal.term.service_start)
    paid = (payments.paid_day, payments.issue_day, payments.invoice, payments.funder, payments.paid_pence)
    postings = (cashflows.starts, cashflows.day, cashflows.debit, cashflows.amount_pence, cashflows.purpose)
    ended = np.where(end_day < term, end_day, NEVER)
    found = _largest_arrears(money_terms(deal), ended, payments.starts, *paid, payments.basis_pence, *postings)
    return {"provider.largest_arrears_gbp": found / 100}


@kernel
def _largest_arrears(
    agreement: Agreement, end_day: Ints, rows: Ints, paid_day: Numbers, issue_day: Numbers, invoice: Numbers,
    funder: Numbers, paid_pence: Numbers, basis_pence: Numbers, starts: Ints, day: Numbers, debit: Numbers,
    amount: Numbers, purpose: Numbers,
) -> Ints:  # fmt: skip
    """Return pence: arrears grow on the days on which something falls due, and are looked at when those days are over."""
    largest, at_risk = np.zeros(end_day.size, dtype=np.int64), agreement.outcome_pay.at_risk
    for r in range(end_day.size):
        mine = slice(rows[r], rows[r + 1])
        receipts = receipts_of(
            paid_day[mine], issue_day[mine], invoice[mine], funder[mine], paid_pence[mine], basis_pence[mine]
        )
        earned = outcome_pay(agreement.outcome_pay, receipts)
        due = costs_due(agreement, earned[:0] if at_risk else earned, end_day[r])
        owed, place = 0, starts[r]
        for i in range(due.shape[0]):
            owed += due[i, 5] if due[i, 1] == _PROVIDER else 0
            if i + 1 < due.shape[0] and due[i + 1, 0] == due[i, 0]:
                continue
            while place < starts[r + 1] and day[place] <= due[i, 0]:
                of_due = purpose[place] in (_BLOCK, _WIND_DOWN) or (purpose[place] == _OUTCOMES and not at_risk)
                owed -= amount[place] if debit[place] == _PROVIDER and of_due else 0
                place += 1
            largest[r] = max(largest[r], owed)
    return largest
