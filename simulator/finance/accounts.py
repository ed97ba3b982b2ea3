"""The verb `distribute`: the SPV's cash, day by day, as postings (docs/model.md §11, §12).

On each day receipts come first, then a draw, then the costs, then what an early end brings, then any distribution. Costs
wait in the order in which they fell due; cash is never below zero.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.finance.agreement import Agreement, money_terms
from simulator.finance.book import Book, open_book, post
from simulator.finance.capital import compensate, draw_capital, guarantee
from simulator.finance.costs import costs_due, ends_as_agreed, fall_due, outcome_pay, pay
from simulator.finance.waterfall import distribute_cash
from simulator.kernel import kernel, rule
from simulator.records import ACCOUNT, PURPOSE, Cashflows, Numbers, Payments, Shortfalls
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]


def distribute(scenario: Scenario, payments: Payments, end_day: Ints | None = None) -> tuple[Cashflows, Shortfalls]:
    """Return the postings of a batch, and the days on which costs could not be paid.

    Args:
        scenario: the deal whose money it is.
        payments: the funders' payments.
        end_day: the day on which the contract ended early, for each replication, shape (n,), or NEVER: no dated cost falls
            due from then on, and what is agreed for an early end comes about. An end by notice is one of these days too:
            `simulator.batch.follow` finds it, nothing here does.
    """
    agreement = money_terms(scenario.deal)
    ends = np.full(payments.replications, NEVER) if end_day is None else end_day
    paid = (payments.paid_day, payments.issue_day, payments.invoice, payments.funder, payments.paid_pence)
    starts, flows, amounts, missing_starts, missing, lacking, unpaid = _distribute_batch(
        agreement, ends, payments.starts, *paid, payments.basis_pence
    )
    day, debit, credit, purpose, cause = flows
    return Cashflows(payments.first, starts, day, debit, credit, amounts, purpose, cause), Shortfalls(
        payments.first, missing_starts, missing, lacking, *unpaid
    )


@kernel
def _distribute_batch(
    agreement: Agreement, end_day: Ints, starts: Ints, paid_day: Numbers, issue_day: Numbers, invoice: Numbers,
    funder: Numbers, paid_pence: Numbers, basis_pence: Numbers,
) -> tuple[Ints, Numbers, Ints, Ints, Numbers, Ints, Ints]:  # fmt: skip
    """Return starts, numbers (5, entries) and pence of the postings; starts, days and pence of shortfalls; what is never paid.

    The numbers are day, debit, credit, purpose and cause. What is never paid is of shape (2, n): of costs, and of pay at risk.
    """
    n = starts.size - 1
    room = _most_entries(agreement, starts[-1], n)
    flow_starts, missing_starts = np.zeros((2, n + 1), dtype=np.int64)
    unpaid = np.zeros((2, n), dtype=np.int64)
    flows, amounts = np.empty((5, room), dtype=np.int32), np.empty(room, dtype=np.int64)
    missing, lacking = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
    for r in range(n):
        rows = slice(starts[r], starts[r + 1])
        receipts = receipts_of(
            paid_day[rows], issue_day[rows], invoice[rows], funder[rows], paid_pence[rows], basis_pence[rows]
        )
        posted, short, unpaid[0, r], unpaid[1, r] = keep_accounts(agreement, receipts, end_day[r])
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
def _most_entries(agreement: Agreement, receipts: int, n: int) -> int:
    """Return the most postings that `n` replications with so many receipts in all can have.

    A day can have a draw, a payment of each kind of distribution, and a part of one cost and of one pay at risk; all other
    payments settle a receipt, a cost, or a pay at risk for good.
    """
    costs = agreement.costs.day.size + agreement.capital.fee_day.size + 1
    dated = agreement.capital.day.size + agreement.payout.day.size + 2
    days = 2 * receipts + n * (costs + dated)
    each = 12 + 3 * agreement.funder_weight.size + agreement.last.amount.size
    return days * each + 3 * (n * costs + receipts) + receipts


@kernel
def receipts_of(
    paid_day: Numbers, issue_day: Numbers, invoice: Numbers, funder: Numbers, paid_pence: Numbers, basis_pence: Numbers
) -> Ints:
    """Return receipts as rows: paid day, issue day, invoice, funder, pence, and those that count for the provider's pay.

    Args:
        paid_day: day on which each arrives, shape (receipts,), as are all others.
        issue_day: day on which its invoice was issued.
        invoice: number of the invoice.
        funder: place of the outcome payer in the deal.
        paid_pence: what is paid.
        basis_pence: what counts for the provider's pay.
    """
    rows = np.empty((paid_day.size, 6), dtype=np.int64)
    for i in range(paid_day.size):
        rows[i, 0], rows[i, 1], rows[i, 2] = paid_day[i], issue_day[i], invoice[i]
        rows[i, 3], rows[i, 4], rows[i, 5] = funder[i], paid_pence[i], basis_pence[i]
    return rows


@kernel
def keep_accounts(agreement: Agreement, receipts: Ints, end_day: int) -> tuple[Ints, Ints, int, int]:
    """Return one replication's postings (entries, 6), shortfalls (days, 2), unpaid costs, and unpaid pay at risk.

    Args:
        agreement: the money terms.
        receipts: rows of paid day, issue day, invoice, funder, pence, pence that count for the provider; by invoice and funder.
        end_day: the day on which the contract ends early, or NEVER.
    """
    earned = outcome_pay(agreement.outcome_pay, receipts)
    none = earned[:0]
    at_risk = agreement.outcome_pay.at_risk
    due = costs_due(agreement, none if at_risk else earned, end_day)
    arriving = np.argsort(receipts[:, 0], kind="mergesort")
    days = _days(agreement, receipts, due, end_day)
    most = _most_entries(agreement, receipts.shape[0], 1)
    book = open_book(most, due, earned if at_risk else none, agreement.last.amount, agreement.funder_weight.size)
    position = book.position[0]
    shortfalls, missing = np.empty((days.size, 2), dtype=np.int64), 0
    for day in days:
        _receive(book, receipts, arriving, day)
        today = fall_due(book, agreement.capital, day)
        draw_capital(book, agreement, day, end_day)
        pay(book, day)
        if min(position.owed, today) > 0:
            shortfalls[missing, 0], shortfalls[missing, 1] = day, min(position.owed, today)
            missing += 1
        if day == end_day and ends_as_agreed(agreement.ending, end_day):
            compensate(book, agreement, day)
        distribute_cash(book, agreement, day)
    guarantee(book, agreement.sharing, days[-1])
    return book.rows[: position.entries], shortfalls[:missing], due[:, 5].sum(), book.at_risk[:, 2].sum()


@kernel
def _days(agreement: Agreement, receipts: Ints, due: Ints, end_day: int) -> Ints:
    """Return the days on which something may happen, in order."""
    settlement = agreement.payout.settlement_day
    ends = end_day if ends_as_agreed(agreement.ending, end_day) else settlement
    dated = (receipts[:, 0], due[:, 0], agreement.capital.day, agreement.payout.day, np.array([settlement, ends]))
    return np.unique(np.concatenate(dated))


@rule
def _receive(book: Book, receipts: Ints, arriving: Ints, day: int) -> None:
    """Post what arrives on a day."""
    position = book.position[0]
    while position.received < arriving.size and receipts[arriving[position.received], 0] == day:
        row = receipts[arriving[position.received]]
        post(book, day, ACCOUNT.CASH, ACCOUNT.FUNDERS + row[3], row[4], PURPOSE.OUTCOME_PAYMENT, row[2])
        book.paid_by[row[3]] += row[4]
        position.received += 1
