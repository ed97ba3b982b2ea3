"""A replication's postings while they are written, and where its money stands."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel, rule
from simulator.records import ACCOUNT

Ints = NDArray[np.int64]
Records = NDArray[Any]
POSITION = np.dtype(
    [
        (name, np.int64)
        for name in (
            "cash",
            "entries",
            "drawn",
            "returned",
            "gained",
            "pooled",
            "hurdle",
            "ceiling",
            "valued",
            "idle",
            "accrued",
            "charged",
            "owed",
            "received",
            "reached",
            "settled",
            "at_risk_settled",
            "closed",
        )
    ]
)
"""Where a replication's money stands; pence, unless said otherwise.

- `cash`, `entries`: the balance, and the number of postings.
- `drawn`, `returned`, `gained`: capital drawn and returned; what the investor got above it, fees apart.
- `pooled`: profit shared so far, before any cap.
- `hurdle`, `ceiling`: the investor's draws less what it got, compounded at the preferred rate and at the cap's, on day `valued`.
- `idle`, `accrued`, `charged`: pence-days that could be drawn and were not, up to day `accrued`, and the fees charged for them.
- `owed`: costs that have fallen due and are not paid.
- `received`, `reached`, `settled`, `at_risk_settled`: how many receipts have come, costs have fallen due, costs are paid, and
  parts of the provider's pay at risk are paid.
- `closed`: 1 once an early end has been compensated, after which nothing is drawn.
"""


class Book(NamedTuple):
    """A replication's postings being written, and all that changes with them."""

    rows: Ints
    """Day, debit, credit, pence, purpose and cause of each posting."""
    position: Records
    """POSITION, shape (1,)."""
    due: Ints
    """Costs: day, account, purpose, cause, day known, and pence not yet paid; in the order in which they fall due."""
    at_risk: Ints
    """The provider's pay at risk: day of the invoice, invoice, pence not yet paid."""
    last_left: Ints
    """What is not yet paid of the cost lines paid last."""
    paid_by: Ints
    """What each funder has paid for outcomes."""
    pools: Ints
    """What investor, provider, commissioners and intermediary have had of `pooled`, before any cap."""


@kernel
def open_book(most: int, due: Ints, at_risk: Ints, last_amount: Ints, funders: int) -> Book:
    """Return a book with room for so many postings.

    Args:
        most: how many postings there is room for.
        due: the costs, as in `Book.due`.
        at_risk: the provider's pay at risk, as in `Book.at_risk`.
        last_amount: pence of each cost line paid last, shape (lines,).
        funders: how many funders there are.
    """
    position = np.zeros(1, dtype=POSITION)
    rows, paid_by, pools = np.empty((most, 6), np.int64), np.zeros(funders, np.int64), np.zeros(4, np.int64)
    return Book(rows, position, due, at_risk, last_amount.copy(), paid_by, pools)


@rule
def post(book: Book, day: int, debit: int, credit: int, amount: int, purpose: int, cause: int) -> None:
    """Write one entry, if it is of any money, and keep the cash balance.

    Args:
        book: the postings of the replication, which are added to.
        day: the day.
        debit: account that receives.
        credit: account that gives.
        amount: pence; nothing is posted for 0 or less.
        purpose: `Purpose`.
        cause: what caused it; see `Purpose`.
    """
    if amount <= 0:
        return
    position = book.position[0]
    row = book.rows[position.entries]
    row[0], row[1], row[2], row[3], row[4], row[5] = day, debit, credit, amount, purpose, cause
    position.entries += 1
    position.cash += amount if debit == ACCOUNT.CASH else -amount
