"""The verb `distribute`: the vehicle's cash, day by day, as postings (docs/model.md §11, §12).

On each day receipts come first, then a draw for what the costs due lack, then the costs, then any distribution. Costs
wait in the order in which they fell due; cash is never below zero.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.finance.agreement import Agreement, money_terms
from simulator.finance.waterfall import waterfall
from simulator.kernel import kernel
from simulator.money import proportion, split
from simulator.records import Account, Cashflows, Payments, Purpose, Shortfalls, group_starts, table_of
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
_CASH, _INVESTOR, _PROVIDER, _FUNDERS = (int(account) for account in Account)
_DRAW, _OUTCOME_PAYMENT, _PROVIDER_BLOCK, _PROVIDER_OUTCOMES, _COST, _CAPITAL_RETURN, _PROFIT, _RESIDUAL = (
    int(purpose) for purpose in Purpose
)
_NEVER = NEVER


class Book(NamedTuple):
    """A replication's postings being written; `cash[0]` is the balance, `size[0]` the number of rows."""

    rows: Ints
    size: Ints
    cash: Ints


def distribute(scenario: Scenario, payments: Payments, end_day: Ints | None = None) -> tuple[Cashflows, Shortfalls]:
    """Return the postings of a batch, and the days on which costs could not be paid.

    Args:
        scenario: the deal whose money it is.
        payments: the funders' payments.
        end_day: the day on which the contract ended early, for each replication, shape (n,): no dated cost falls due from
            then on.
    """
    agreement = money_terms(scenario.deal)
    ends = np.full(payments.replications, NEVER) if end_day is None else end_day
    flows, shortfalls, unpaid = [], [], []
    for i in range(payments.replications):
        rows = payments.rows_of(i)
        receipts = np.column_stack(
            (
                payments.paid_day[rows],
                payments.issue_day[rows],
                payments.invoice[rows],
                payments.funder[rows],
                payments.paid_pence[rows],
            )
        )
        posted, missing, owed = keep_accounts(agreement, receipts, int(ends[i]))
        flows.append(posted)
        shortfalls.append(missing)
        unpaid.append(owed)
    return table_of(
        Cashflows, payments.first, group_starts([len(part) for part in flows]), np.concatenate(flows)
    ), _shortfall_table(payments.first, shortfalls, unpaid)


def _shortfall_table(first: int, parts: list[Ints], unpaid: list[int]) -> Shortfalls:
    rows, starts = np.concatenate(parts), group_starts([len(part) for part in parts])
    return Shortfalls(first, starts, rows[:, 0].copy(), rows[:, 1].copy(), np.array(unpaid, dtype=np.int64))


@kernel
def keep_accounts(agreement: Agreement, receipts: Ints, end_day: int) -> tuple[Ints, Ints, int]:
    """Return one replication's postings (entries, 6), shortfalls (days, 2), and what is never paid.

    Args:
        agreement: the money terms.
        receipts: rows of paid day, issue day, invoice, funder, pence; by invoice and funder.
        end_day: first day from which dated costs no longer fall due.
    """
    due = _costs_due(agreement, receipts, end_day)
    days = np.unique(np.concatenate((receipts[:, 0], due[:, 0], np.array([agreement.settlement_day]))))
    funders = agreement.funder_weight.size
    book = _open_book(days.size * (5 + 2 * funders + agreement.last_amount.size) + 3 * due.shape[0] + receipts.shape[0])
    owed, last_paid, paid_by = due[:, 5].copy(), np.zeros_like(agreement.last_amount), np.zeros(funders, dtype=np.int64)
    shortfalls = np.empty((days.size, 2), dtype=np.int64)
    drawn, returned, profit, reached, missing = 0, 0, 0, 0, 0
    for day in days:
        _receive(book, receipts, day, paid_by)
        today = 0
        while reached < due.shape[0] and due[reached, 0] <= day:
            today += owed[reached]
            reached += 1
        if day <= agreement.settlement_day:
            kept = agreement.min_cash if day < agreement.settlement_day else 0
            wanted = kept + owed[:reached].sum() - book.cash[0]
            draw = max(0, min(agreement.commitment - drawn, wanted))
            _post(book, day, _CASH, _INVESTOR, draw, _DRAW, day)
            drawn += draw
        unpaid = _pay(book, due[:reached], owed[:reached], day)
        if min(unpaid, today) > 0:
            shortfalls[missing, 0], shortfalls[missing, 1] = day, min(unpaid, today)
            missing += 1
        available = book.cash[0] - _reserve(due, owed, day)
        if day >= agreement.settlement_day and available > 0:
            before = last_paid.copy()
            capital, share, residual = waterfall(agreement, available, drawn, returned, profit, last_paid)
            returned, profit = returned + capital, profit + share
            _post(book, day, _INVESTOR, _CASH, capital, _CAPITAL_RETURN, day)
            for line in range(last_paid.size):
                _post(
                    book,
                    day,
                    agreement.last_account[line],
                    _CASH,
                    last_paid[line] - before[line],
                    _COST,
                    agreement.last_cause[line],
                )
            _post(book, day, _INVESTOR, _CASH, share, _PROFIT, day)
            _post_residual(book, agreement, day, residual, paid_by)
    return book.rows[: book.size[0]].copy(), shortfalls[:missing].copy(), owed.sum()


@kernel
def _costs_due(agreement: Agreement, receipts: Ints, end_day: int) -> Ints:
    """Return all costs in the order they fall due: day, account, purpose, cause, day known, pence; shape (costs, 6)."""
    dated = agreement.cost_day.size
    rows = np.empty((dated + receipts.shape[0], 6), dtype=np.int64)
    size = 0
    for i in range(dated):
        if agreement.cost_day[i] < end_day:
            rows[size, 0], rows[size, 1], rows[size, 2] = (
                agreement.cost_day[i],
                agreement.cost_account[i],
                agreement.cost_purpose[i],
            )
            rows[size, 3], rows[size, 4], rows[size, 5] = agreement.cost_cause[i], -1, agreement.cost_amount[i]
            size += 1
    paid, earned = 0, 0
    for i in range(receipts.shape[0]):
        paid += receipts[i, 4]
        if i + 1 < receipts.shape[0] and receipts[i + 1, 2] == receipts[i, 2]:
            continue
        now = proportion(paid, agreement.outcome_pay, agreement.expected_payments)[0]
        if now > earned:
            rows[size, 0], rows[size, 1], rows[size, 2] = (
                receipts[i, 1] + agreement.outcome_pay_days,
                _PROVIDER,
                _PROVIDER_OUTCOMES,
            )
            rows[size, 3], rows[size, 4], rows[size, 5] = receipts[i, 2], receipts[i, 1], now - earned
            size += 1
            earned = now
    order = np.argsort(rows[:size, 0], kind="mergesort")
    return rows[:size][order]


@kernel
def _open_book(most: int) -> Book:
    return Book(np.empty((most, 6), dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))


@kernel
def _post(book: Book, day: int, debit: int, credit: int, amount: int, purpose: int, cause: int) -> None:
    """Write one entry, if it is of any money, and keep the cash balance."""
    if amount <= 0:
        return
    row = book.rows[book.size[0]]
    row[0], row[1], row[2], row[3], row[4], row[5] = day, debit, credit, amount, purpose, cause
    book.size[0] += 1
    book.cash[0] += amount if debit == _CASH else -amount


@kernel
def _receive(book: Book, receipts: Ints, day: int, paid_by: Ints) -> None:
    for i in range(receipts.shape[0]):
        if receipts[i, 0] == day:
            _post(book, day, _CASH, _FUNDERS + receipts[i, 3], receipts[i, 4], _OUTCOME_PAYMENT, receipts[i, 2])
            paid_by[receipts[i, 3]] += receipts[i, 4]


@kernel
def _pay(book: Book, due: Ints, owed: Ints, day: int) -> int:
    """Pay what is owed, oldest first, as far as cash goes; return what stays unpaid."""
    for i in range(owed.size):
        payment = min(owed[i], book.cash[0])
        _post(book, day, due[i, 1], _CASH, payment, due[i, 2], due[i, 3])
        owed[i] -= payment
    return int(owed.sum())


@kernel
def _reserve(due: Ints, owed: Ints, day: int) -> int:
    """Return what is owed, or will be for reasons that are known by this day."""
    reserve = 0
    for i in range(owed.size):
        if due[i, 4] <= day:
            reserve += owed[i]
    return reserve


@kernel
def _post_residual(book: Book, agreement: Agreement, day: int, residual: int, paid_by: Ints) -> None:
    """Give the residual to the funders in proportion to what each has paid."""
    if residual <= 0:
        return
    shares = np.zeros(paid_by.size, dtype=np.int64)
    split(residual, paid_by if paid_by.sum() > 0 else agreement.funder_weight, shares)
    for funder in range(shares.size):
        _post(book, day, _FUNDERS + funder, _CASH, shares[funder], _RESIDUAL, day)
