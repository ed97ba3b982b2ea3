"""The investor's capital: drawn, returned, compounded, made good (docs/model.md §11, §12)."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.finance.agreement import MILLION, Agreement, Capital, Sharing
from simulator.finance.book import Book, post
from simulator.finance.costs import undrawn
from simulator.kernel import kernel, rule
from simulator.money import proportion, split
from simulator.records import ACCOUNT, PURPOSE
from simulator.scenario.constants import NO_LIMIT

Ints = NDArray[np.int64]
_MOST = float(NO_LIMIT)


@rule
def draw_capital(book: Book, agreement: Agreement, day: int, end_day: int) -> None:
    """Draw what the costs due lack, or what the day's date gives, as far as there is something to draw.

    Args:
        book: the postings of the replication, which are added to.
        agreement: the money terms.
        day: the day.
        end_day: the day on which the contract ends early, or NEVER.
    """
    capital, position, settlement = agreement.capital, book.position[0], agreement.payout.settlement_day
    if day > settlement:
        return
    wanted = 0
    if capital.as_needed:
        wanted = (capital.min_cash if day < settlement else 0) + position.owed - position.cash
    elif day < end_day:
        wanted = _dated(capital, day)
    amount = max(0, min(undrawn(book, capital), wanted))
    post(book, day, ACCOUNT.CASH, ACCOUNT.INVESTOR, amount, PURPOSE.DRAW, day)
    if amount > 0:
        value(book, agreement.sharing, day, amount)
        position.drawn += amount


@rule
def _dated(capital: Capital, day: int) -> int:
    total = 0
    for i in range(capital.day.size):
        if capital.day[i] == day:
            total += capital.amount[i]
    return total


@rule
def value(book: Book, sharing: Sharing, day: int, flow: int) -> None:
    """Bring the hurdle and the ceiling to a day, then add a flow: a draw, or what the investor gets, below zero.

    Args:
        book: the postings of the replication, which are added to.
        sharing: who shares what, and up to what.
        day: the day.
        flow: pence: a draw, or below zero what the investor gets.
    """
    position = book.position[0]
    position.hurdle = compounded(position.hurdle, sharing.preferred, day - position.valued) + flow
    position.ceiling = compounded(position.ceiling, sharing.rate_cap, day - position.valued) + flow
    position.valued = day


@rule
def compounded(balance: int, rate: float, days: int) -> int:
    """Return a balance some days later at a yearly rate, Act/365F, in whole pence: half a penny goes up.

    Args:
        balance: pence.
        rate: a year; 0 for none.
        days: days that pass.
    """
    if rate <= 0.0 or days <= 0 or balance == 0:
        return balance
    grown: float = balance * (1.0 + rate) ** (days / 365.0) + 0.5
    return math.floor(max(-_MOST, min(_MOST, grown)))


@rule
def room_for_gain(sharing: Sharing, drawn: int, returned: int, gained: int, ceiling: int) -> int:
    """Return what the investor may still get above its capital: by pounds, by multiple or by rate, whichever is least.

    Args:
        sharing: who shares what, and up to what.
        drawn: capital drawn, in pence.
        returned: capital returned, in pence.
        gained: what the investor has got above its capital, in pence.
        ceiling: draws less what it got, compounded at the cap's rate, in pence.
    """
    room = sharing.return_cap - gained
    if sharing.multiple_cap < NO_LIMIT:
        room = min(room, proportion(drawn, sharing.multiple_cap, MILLION)[0] - drawn - gained)
    if sharing.rate_cap > 0.0:
        room = min(room, ceiling - (drawn - returned))
    return max(0, room)


@rule
def return_capital(book: Book, sharing: Sharing, day: int, available: int) -> int:
    """Return capital that is out, as far as a sum goes; return what of the sum is left.

    Args:
        book: the postings of the replication, which are added to.
        sharing: who shares what, and up to what.
        day: the day.
        available: pence that can go into it.
    """
    position = book.position[0]
    amount: int = max(0, min(available, position.drawn - position.returned))
    if amount > 0:
        value(book, sharing, day, -amount)
        post(book, day, ACCOUNT.INVESTOR, ACCOUNT.CASH, amount, PURPOSE.CAPITAL_RETURN, day)
        position.returned += amount
    return available - amount


@kernel
def compensate(book: Book, agreement: Agreement, day: int) -> None:
    """Return the capital that is out when the contract ends, and what is due on top; nothing is drawn any more.

    The cash in hand goes into it first; what that lacks the funders make good, by their weights.

    Args:
        book: the postings of the replication, which are added to.
        agreement: the money terms.
        day: the day.
    """
    position, sharing = book.position[0], agreement.sharing
    outstanding = position.drawn - position.returned
    if not agreement.ending.compensates:
        return
    position.closed = 1
    if outstanding <= 0:
        return
    value(book, sharing, day, 0)
    room = room_for_gain(sharing, position.drawn, position.returned, position.gained, position.ceiling)
    on_top = min(room, proportion(outstanding, agreement.ending.on_top, MILLION)[0])
    shares = np.zeros(agreement.funder_weight.size, dtype=np.int64)
    split(max(0, outstanding - position.cash) + on_top, agreement.funder_weight, shares)
    for funder in range(shares.size):
        post(book, day, ACCOUNT.CASH, ACCOUNT.FUNDERS + funder, shares[funder], PURPOSE.COMPENSATION, day)
    return_capital(book, sharing, day, outstanding)
    post(book, day, ACCOUNT.INVESTOR, ACCOUNT.CASH, on_top, PURPOSE.PROFIT, day)
    value(book, sharing, day, -on_top)
    position.gained += on_top


@kernel
def guarantee(book: Book, sharing: Sharing, day: int) -> None:
    """Let the guarantor make good what it guarantees of the capital that no money is left to return.

    Args:
        book: the postings of the replication, which are added to.
        sharing: who shares what, and up to what.
        day: the day of the last money.
    """
    position = book.position[0]
    amount = min(sharing.guarantee, position.drawn - position.returned)
    if amount > 0:
        post(book, day, ACCOUNT.CASH, ACCOUNT.GUARANTOR, amount, PURPOSE.GUARANTEE, day)
        return_capital(book, sharing, day, amount)
