"""What the SPV owes: dated costs, the provider's pay by outcomes, fees, the cost of an early end; and their payment."""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.finance.agreement import MILLION, Agreement, Capital, Ending, OutcomePay
from simulator.finance.book import Book, post
from simulator.kernel import kernel, rule
from simulator.money import proportion
from simulator.records import ACCOUNT, PURPOSE

Ints = NDArray[np.int64]
_YEAR = 365 * MILLION
_NOT_YET_KNOWN = -1
"""In place of the pence of a fee that accrues until its day."""


@kernel
def outcome_pay(terms: OutcomePay, receipts: Ints) -> Ints:
    """Return what the provider earns by outcomes: day of the invoice, invoice, pence; shape (invoices with pay, 3).

    Args:
        terms: its terms.
        receipts: rows of paid day, issue day, invoice, funder, pence paid, pence that count here; by invoice and funder.
    """
    rows = np.empty((receipts.shape[0], 3), dtype=np.int64)
    size, counted, earned = 0, 0, 0
    for i in range(receipts.shape[0]):
        counted += receipts[i, 5]
        if i + 1 < receipts.shape[0] and receipts[i + 1, 2] == receipts[i, 2]:
            continue
        now = proportion(counted, terms.expected, terms.expected_payments)[0]
        if now > earned:
            rows[size, 0], rows[size, 1], rows[size, 2] = receipts[i, 1], receipts[i, 2], now - earned
            size += 1
            earned = now
    return rows[:size]


@rule
def ends_as_agreed(ending: Ending, end_day: int) -> bool:
    """Return whether a contract that ends on a day does so in the way for which terms are agreed."""
    return end_day < NEVER and (ending.by_shortfall or end_day == ending.day)


@kernel
def costs_due(agreement: Agreement, earned: Ints, end_day: int) -> Ints:
    """Return all costs in the order they fall due: day, account, purpose, cause, day known, pence; shape (costs, 6).

    Args:
        agreement: the money terms.
        earned: what the provider earns by outcomes as a cost like any other, as `outcome_pay` gives it.
        end_day: first day from which dated costs no longer fall due.
    """
    costs, fees = agreement.costs, agreement.capital.fee_day
    rows, size = np.empty((costs.day.size + earned.shape[0] + fees.size + 1, 6), dtype=np.int64), 0
    for i in range(costs.day.size):
        if costs.day[i] < end_day:
            size = _owe(
                rows, size, costs.day[i], costs.account[i], costs.purpose[i], costs.cause[i], -1, costs.amount[i]
            )
    for i in range(earned.shape[0]):
        day = earned[i, 0] + agreement.outcome_pay.days
        size = _owe(
            rows, size, day, ACCOUNT.PROVIDER, PURPOSE.PROVIDER_OUTCOMES, earned[i, 1], earned[i, 0], earned[i, 2]
        )
    if agreement.capital.fee_rate > 0:
        for day in fees:
            size = _owe(rows, size, day, ACCOUNT.INVESTOR, PURPOSE.FEE, day, day, _NOT_YET_KNOWN)
    if ends_as_agreed(agreement.ending, end_day) and agreement.ending.wind_down > 0:
        size = _owe(
            rows, size, end_day, ACCOUNT.PROVIDER, PURPOSE.WIND_DOWN, end_day, end_day, agreement.ending.wind_down
        )
    order = np.argsort(rows[:size, 0], kind="mergesort")
    return rows[:size][order]


@rule
def _owe(rows: Ints, size: int, day: int, account: int, purpose: int, cause: int, known: int, amount: int) -> int:
    """Write one cost; return how many there are."""
    row = rows[size]
    row[0], row[1], row[2], row[3], row[4], row[5] = day, account, purpose, cause, known, amount
    return size + 1


@rule
def undrawn(book: Book, capital: Capital) -> int:
    """Return what can still be drawn."""
    position = book.position[0]
    if position.closed == 1:
        return 0
    outstanding = position.drawn - position.returned if capital.redraw else position.drawn
    return int(min(capital.commitment - outstanding, capital.most - position.drawn))


@kernel
def fall_due(book: Book, capital: Capital, day: int) -> int:
    """Add the costs of a day to what is owed, accrued fees reckoned first; return their sum.

    Args:
        book: the replication's book, whose costs due become owed.
        capital: what can be drawn when.
        day: the day.
    """
    position, due, today = book.position[0], book.due, 0
    if capital.fee_rate > 0:
        position.idle += undrawn(book, capital) * (day - position.accrued)
        position.accrued = day
    while position.reached < due.shape[0] and due[position.reached, 0] <= day:
        row = due[position.reached]
        if row[5] == _NOT_YET_KNOWN:
            so_far = proportion(position.idle, capital.fee_rate, _YEAR)[0]
            row[5], position.charged = so_far - position.charged, so_far
        today += row[5]
        position.reached += 1
    position.owed += today
    return today


@rule
def pay(book: Book, day: int) -> None:
    """Pay what is owed, oldest first, as far as cash goes."""
    position, due = book.position[0], book.due
    while position.settled < position.reached:
        row = due[position.settled]
        payment = min(row[5], position.cash)
        post(book, day, row[1], ACCOUNT.CASH, payment, row[2], row[3])
        row[5] -= payment
        position.owed -= payment
        if row[5] > 0:
            break
        position.settled += 1


@kernel
def reserve(book: Book, day: int, before: int) -> int:
    """Return what is owed, or will be before a day for reasons that are known by now.

    Args:
        book: the replication's book.
        day: today: what is known by it counts.
        before: day before which costs count.
    """
    kept, due = 0, book.due
    for i in range(book.position[0].settled, due.shape[0]):
        if due[i, 0] >= before:
            break
        if due[i, 4] <= day:
            kept += max(0, due[i, 5])
    return kept
