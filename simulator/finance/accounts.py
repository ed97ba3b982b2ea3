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
from simulator.kernel import constant, kernel
from simulator.money import proportion, split
from simulator.records import Account, Cashflows, Numbers, Payments, Purpose, Shortfalls
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
_CASH, _INVESTOR, _PROVIDER, _FUNDERS = (constant(account) for account in Account)
_DRAW, _OUTCOME_PAYMENT, _PROVIDER_BLOCK, _PROVIDER_OUTCOMES, _COST, _CAPITAL_RETURN, _PROFIT, _RESIDUAL = (
    constant(purpose) for purpose in Purpose
)


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
    paid = (payments.paid_day, payments.issue_day, payments.invoice, payments.funder, payments.paid_pence)
    starts, flows, amounts, missing_starts, missing, lacking, unpaid = _distribute_batch(
        agreement, ends, payments.starts, *paid
    )
    day, debit, credit, purpose, cause = flows
    return Cashflows(payments.first, starts, day, debit, credit, amounts, purpose, cause), Shortfalls(
        payments.first, missing_starts, missing, lacking, unpaid
    )


@kernel
def _distribute_batch(
    agreement: Agreement, end_day: Ints, starts: Ints, paid_day: Numbers, issue_day: Numbers, invoice: Numbers,
    funder: Numbers, paid_pence: Numbers,
) -> tuple[Ints, Numbers, Ints, Ints, Numbers, Ints, Ints]:  # fmt: skip
    """Return starts, numbers (5, entries) and pence of the postings; starts, days and pence of shortfalls; what is never paid.

    The numbers are day, debit, credit, purpose and cause.
    """
    n = starts.size - 1
    room = _most_entries(agreement, starts)
    flow_starts, missing_starts = np.zeros((2, n + 1), dtype=np.int64)
    unpaid = np.zeros(n, dtype=np.int64)
    flows, amounts = np.empty((5, room), dtype=np.int32), np.empty(room, dtype=np.int64)
    missing, lacking = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
    for r in range(n):
        rows = slice(starts[r], starts[r + 1])
        receipts = _receipts(paid_day[rows], issue_day[rows], invoice[rows], funder[rows], paid_pence[rows])
        posted, short, unpaid[r] = keep_accounts(agreement, receipts, end_day[r])
        a, b = flow_starts[r], missing_starts[r]
        for i in range(posted.shape[0]):
            for column in range(3):
                flows[column, a + i] = posted[i, column]
            amounts[a + i], flows[3, a + i], flows[4, a + i] = posted[i, 3], posted[i, 4], posted[i, 5]
        for i in range(short.shape[0]):
            missing[b + i], lacking[b + i] = short[i, 0], short[i, 1]
        flow_starts[r + 1], missing_starts[r + 1] = a + posted.shape[0], b + short.shape[0]
    a, b = flow_starts[n], missing_starts[n]
    return flow_starts, flows[:, :a], amounts[:a], missing_starts, missing[:b], lacking[:b], unpaid


@kernel
def _most_entries(agreement: Agreement, starts: Ints) -> int:
    """Return the most postings that a batch can have."""
    n, receipts = starts.size - 1, int(starts[-1])
    days = 2 * receipts + n * (agreement.cost_day.size + 1)
    each = 5 + agreement.funder_weight.size + agreement.last_amount.size
    return days * each + 3 * (n * agreement.cost_day.size + receipts) + receipts


@kernel
def _receipts(paid_day: Numbers, issue_day: Numbers, invoice: Numbers, funder: Numbers, paid_pence: Numbers) -> Ints:
    """Return receipts as rows: paid day, issue day, invoice, funder, pence; by invoice and funder."""
    rows = np.empty((paid_day.size, 5), dtype=np.int64)
    for i in range(paid_day.size):
        rows[i, 0], rows[i, 1], rows[i, 2] = paid_day[i], issue_day[i], invoice[i]
        rows[i, 3], rows[i, 4] = funder[i], paid_pence[i]
    return rows


@kernel
def keep_accounts(agreement: Agreement, receipts: Ints, end_day: int) -> tuple[Ints, Ints, int]:
    """Return one replication's postings (entries, 6), shortfalls (days, 2), and what is never paid.

    Args:
        agreement: the money terms.
        receipts: rows of paid day, issue day, invoice, funder, pence; by invoice and funder.
        end_day: first day from which dated costs no longer fall due.
    """
    due = _costs_due(agreement, receipts, end_day)
    arriving = np.argsort(receipts[:, 0], kind="mergesort")
    days = np.unique(np.concatenate((receipts[:, 0], due[:, 0], np.array([agreement.settlement_day]))))
    funders = agreement.funder_weight.size
    book = _open_book(days.size * (5 + funders + agreement.last_amount.size) + 3 * due.shape[0] + receipts.shape[0])
    last_paid, paid_by = np.zeros_like(agreement.last_amount), np.zeros(funders, dtype=np.int64)
    shortfalls = np.empty((days.size, 2), dtype=np.int64)
    drawn, returned, profit, received, settled, reached, owed, missing = 0, 0, 0, 0, 0, 0, 0, 0
    for day in days:
        received = _receive(book, receipts, arriving, received, day, paid_by)
        today = 0
        while reached < due.shape[0] and due[reached, 0] <= day:
            today += due[reached, 5]
            reached += 1
        owed += today
        if day <= agreement.settlement_day:
            kept = agreement.min_cash if day < agreement.settlement_day else 0
            draw = max(0, min(agreement.commitment - drawn, kept + owed - book.cash[0]))
            _post(book, day, _CASH, _INVESTOR, draw, _DRAW, day)
            drawn += draw
        settled, payment = _pay(book, due, settled, reached, day)
        owed -= payment
        if min(owed, today) > 0:
            shortfalls[missing, 0], shortfalls[missing, 1] = day, min(owed, today)
            missing += 1
        if day >= agreement.settlement_day:
            available = book.cash[0] - _reserve(due, settled, day)
            capital, share = _distribute_cash(
                book, agreement, day, available, drawn, returned, profit, last_paid, paid_by
            )
            returned, profit = returned + capital, profit + share
    return book.rows[: book.size[0]], shortfalls[:missing], due[:, 5].sum()


@kernel
def _distribute_cash(
    book: Book, agreement: Agreement, day: int, available: int, drawn: int, returned: int, profit: int,
    last_paid: Ints, paid_by: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Post what one distribution gives to whom; return capital returned and profit."""
    if available <= 0:
        return 0, 0
    before = last_paid.copy()
    capital, share, residual = waterfall(agreement, available, drawn, returned, profit, last_paid)
    _post(book, day, _INVESTOR, _CASH, capital, _CAPITAL_RETURN, day)
    for line in range(last_paid.size):
        payment = last_paid[line] - before[line]
        _post(book, day, agreement.last_account[line], _CASH, payment, _COST, agreement.last_cause[line])
    _post(book, day, _INVESTOR, _CASH, share, _PROFIT, day)
    _post_residual(book, agreement, day, residual, paid_by)
    return capital, share


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
def _receive(book: Book, receipts: Ints, arriving: Ints, received: int, day: int, paid_by: Ints) -> int:
    """Post what arrives on a day, the first `received` having arrived before; return how many have now."""
    while received < arriving.size and receipts[arriving[received], 0] == day:
        i = arriving[received]
        _post(book, day, _CASH, _FUNDERS + receipts[i, 3], receipts[i, 4], _OUTCOME_PAYMENT, receipts[i, 2])
        paid_by[receipts[i, 3]] += receipts[i, 4]
        received += 1
    return received


@kernel
def _pay(book: Book, due: Ints, settled: int, reached: int, day: int) -> tuple[int, int]:
    """Pay what is owed, oldest first, as far as cash goes; return how many costs are settled, and what was paid.

    Of the costs in `due` the first `reached` have fallen due and the first `settled` are paid; what is left of each stands
    in the last column.
    """
    paid = 0
    while settled < reached:
        payment = min(due[settled, 5], book.cash[0])
        _post(book, day, due[settled, 1], _CASH, payment, due[settled, 2], due[settled, 3])
        due[settled, 5] -= payment
        paid += payment
        if due[settled, 5] > 0:
            break
        settled += 1
    return settled, paid


@kernel
def _reserve(due: Ints, settled: int, day: int) -> int:
    """Return what is owed, or will be for reasons that are known by this day."""
    reserve = 0
    for i in range(settled, due.shape[0]):
        if due[i, 4] <= day:
            reserve += due[i, 5]
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
