"""The priority of payments at a distribution (docs/model.md §12)."""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.finance.agreement import COMMISSIONERS, DISTRIBUTION, Agreement, Last
from simulator.finance.book import Book, post
from simulator.finance.capital import return_capital, room_for_gain, value
from simulator.finance.costs import reserve
from simulator.kernel import kernel, rule
from simulator.money import split, split_further
from simulator.records import ACCOUNT, PURPOSE

Ints = NDArray[np.int64]


@kernel
def distribute_cash(book: Book, agreement: Agreement, day: int) -> None:
    """Distribute a day's cash: from settlement on all that is not needed, before it by the deal's policy.

    Args:
        book: the replication's book.
        agreement: the terms.
        day: the day, once its receipts, draws and costs are posted.
    """
    payout = agreement.payout
    if day >= payout.settlement_day:
        waterfall(book, agreement, day, book.position[0].cash - reserve(book, day, NEVER))
        return
    if payout.policy == DISTRIBUTION.HOLD:
        return
    for i in range(payout.day.size):
        if payout.day[i] == day:
            sweeps = payout.policy == DISTRIBUTION.SWEEP
            waterfall(book, agreement, day, _swept(book, agreement, i) if sweeps else _dated(book, agreement, i))


@rule
def _swept(book: Book, agreement: Agreement, number: int) -> int:
    """Return pence to distribute at a quarter's end: all but the costs of the quarters reserved for and the least cash."""
    payout = agreement.payout
    kept: int = reserve(book, payout.day[number], payout.reserved_before[number]) + agreement.capital.min_cash
    return int(book.position[0].cash - kept)


@rule
def _dated(book: Book, agreement: Agreement, number: int) -> int:
    """Return pence to distribute on an agreed day: what was agreed, as far as cash beyond what is owed and the least goes."""
    payout = agreement.payout
    kept: int = reserve(book, payout.day[number], payout.day[number] + 1) + agreement.capital.min_cash
    return int(min(payout.most[number], book.position[0].cash - kept))


@kernel
def waterfall(book: Book, agreement: Agreement, day: int, available: int) -> None:
    """Distribute a sum: capital, costs paid last, the provider's pay at risk, preferred return, profit, residual.

    Args:
        book: the replication's book.
        agreement: the terms.
        day: the day.
        available: pence to distribute, what senior costs need set aside already.
    """
    if available <= 0:
        return
    left = return_capital(book, agreement.sharing, day, available)
    if day >= agreement.payout.settlement_day:
        left = _pay_last(book, agreement.last, day, left)
    else:
        left -= min(left, book.last_left.sum())
    left = _pay_at_risk(book, day, left)
    if left > 0:
        _share_profit(book, agreement, day, left)


@rule
def _pay_last(book: Book, last: Last, day: int, left: int) -> int:
    """Pay the cost lines that come last, in their order; return what is left."""
    for line in range(last.amount.size):
        payment = min(left, book.last_left[line])
        post(book, day, last.account[line], ACCOUNT.CASH, payment, PURPOSE.COST, last.cause[line])
        book.last_left[line] -= payment
        left -= payment
    return left


@rule
def _pay_at_risk(book: Book, day: int, left: int) -> int:
    """Pay what the provider has earned at its own risk, by invoices issued so far; return what is left."""
    position, at_risk = book.position[0], book.at_risk
    while position.at_risk_settled < at_risk.shape[0] and left > 0:
        row = at_risk[position.at_risk_settled]
        if row[0] > day:
            break
        payment = min(left, row[2])
        post(book, day, ACCOUNT.PROVIDER, ACCOUNT.CASH, payment, PURPOSE.PROVIDER_OUTCOMES, row[1])
        row[2] -= payment
        left -= payment
        position.at_risk_settled += row[2] == 0
    return left


@kernel
def _share_profit(book: Book, agreement: Agreement, day: int, left: int) -> None:
    """Share what is left: preferred return, then profit by shares; what the investor's caps refuse is residual."""
    position, sharing = book.position[0], agreement.sharing
    value(book, sharing, day, 0)
    outstanding = position.drawn - position.returned
    preferred = max(0, min(left, position.hurdle - outstanding)) if sharing.preferred > 0.0 else 0
    before = book.pools.copy()
    position.pooled += left - preferred
    split_further(position.pooled, sharing.weights, book.pools)
    pools = book.pools - before
    room = room_for_gain(sharing, position.drawn, position.returned, position.gained, position.ceiling)
    first = min(preferred, room)
    share = min(pools[0], room - first)
    post(book, day, ACCOUNT.INVESTOR, ACCOUNT.CASH, first, PURPOSE.PREFERRED_RETURN, day)
    post(book, day, ACCOUNT.INVESTOR, ACCOUNT.CASH, share, PURPOSE.PROFIT, day)
    position.hurdle -= preferred + share
    position.ceiling -= first + share
    position.gained += first + share
    post(book, day, ACCOUNT.PROVIDER, ACCOUNT.CASH, pools[1], PURPOSE.PROFIT_SHARE, day)
    _to_commissioners(book, agreement, day, pools[2], PURPOSE.PROFIT_SHARE)
    post(book, day, ACCOUNT.INTERMEDIARY, ACCOUNT.CASH, pools[3], PURPOSE.PROFIT_SHARE, day)
    residual = preferred - first + pools[0] - share
    if sharing.residual == COMMISSIONERS:
        _to_commissioners(book, agreement, day, residual, PURPOSE.RESIDUAL)
    else:
        post(book, day, sharing.residual, ACCOUNT.CASH, residual, PURPOSE.RESIDUAL, day)


@kernel
def _to_commissioners(book: Book, agreement: Agreement, day: int, amount: int, purpose: int) -> None:
    """Give a sum to the funders in proportion to what each has paid for outcomes; by weights if nobody has."""
    if amount <= 0:
        return
    shares = np.zeros(book.paid_by.size, dtype=np.int64)
    split(amount, book.paid_by if book.paid_by.sum() > 0 else agreement.funder_weight, shares)
    for funder in range(shares.size):
        post(book, day, ACCOUNT.FUNDERS + funder, ACCOUNT.CASH, shares[funder], purpose, day)
