"""The investor's capital: drawn, returned, compounded, made good (docs/model.md §11, §12)."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.finance.agreement import MILLION, Agreement, Capital, Sharing
from simulator.finance.book import Book, post
from simulator.finance.costs import undrawn
from simulator.kernel import constant, kernel, rule
from simulator.money import proportion, split
from simulator.records import Account, Purpose
from simulator.scenario.constants import NO_LIMIT

Ints = NDArray[np.int64]
_NO_LIMIT, _MILLION, _MOST = NO_LIMIT, MILLION, float(NO_LIMIT)
_CASH, _INVESTOR, _GUARANTOR, _FUNDERS = (
    constant(Account.CASH), constant(Account.INVESTOR), constant(Account.GUARANTOR), constant(Account.FUNDERS),
)  # fmt: skip
_DRAW, _CAPITAL_RETURN, _PROFIT, _COMPENSATION, _GUARANTEE = (
    constant(Purpose.DRAW), constant(Purpose.CAPITAL_RETURN), constant(Purpose.PROFIT), constant(Purpose.COMPENSATION),
    constant(Purpose.GUARANTEE),
)  # fmt: skip


@rule
def draw_capital(book: Book, agreement: Agreement, day: int, end_day: int) -> None:
    """Draw what the costs due lack, or what the day's date gives, as far as there is something to draw."""
    capital, position, settlement = agreement.capital, book.position[0], agreement.payout.settlement_day
    if day > settlement:
        return
    wanted = 0
    if capital.as_needed:
        wanted = (capital.min_cash if day < settlement else 0) + position.owed - position.cash
    elif day < end_day:
        wanted = _dated(capital, day)
    amount = max(0, min(undrawn(book, capital), wanted))
    post(book, day, _CASH, _INVESTOR, amount, _DRAW, day)
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
    """Bring the hurdle and the ceiling to a day, then add a flow: a draw, or what the investor gets, below zero."""
    position = book.position[0]
    position.hurdle = compounded(position.hurdle, sharing.preferred, day - position.valued) + flow
    position.ceiling = compounded(position.ceiling, sharing.rate_cap, day - position.valued) + flow
    position.valued = day


@rule
def compounded(balance: int, rate: float, days: int) -> int:
    """Return a balance some days later at a yearly rate, Act/365F, in whole pence: half a penny goes up."""
    if rate <= 0.0 or days <= 0 or balance == 0:
        return balance
    grown: float = balance * (1.0 + rate) ** (days / 365.0) + 0.5
    return math.floor(max(-_MOST, min(_MOST, grown)))


@rule
def room_for_gain(sharing: Sharing, drawn: int, returned: int, gained: int, ceiling: int) -> int:
    """Return what the investor may still get above its capital: by pounds, by multiple or by rate, whichever is least."""
    room = sharing.return_cap - gained
    if sharing.multiple_cap < _NO_LIMIT:
        room = min(room, proportion(drawn, sharing.multiple_cap, _MILLION)[0] - drawn - gained)
    if sharing.rate_cap > 0.0:
        room = min(room, ceiling - (drawn - returned))
    return max(0, room)


@rule
def return_capital(book: Book, sharing: Sharing, day: int, available: int) -> int:
    """Return capital that is out, as far as a sum goes; return what of the sum is left."""
    position = book.position[0]
    amount: int = max(0, min(available, position.drawn - position.returned))
    if amount > 0:
        value(book, sharing, day, -amount)
        post(book, day, _INVESTOR, _CASH, amount, _CAPITAL_RETURN, day)
        position.returned += amount
    return available - amount


@kernel
def compensate(book: Book, agreement: Agreement, day: int) -> None:
    """Return the capital that is out when the contract ends, and what is due on top; nothing is drawn any more.

    The cash in hand goes into it first; what that lacks the funders make good, by their weights.
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
    on_top = min(room, proportion(outstanding, agreement.ending.on_top, _MILLION)[0])
    shares = np.zeros(agreement.funder_weight.size, dtype=np.int64)
    split(max(0, outstanding - position.cash) + on_top, agreement.funder_weight, shares)
    for funder in range(shares.size):
        post(book, day, _CASH, _FUNDERS + funder, shares[funder], _COMPENSATION, day)
    return_capital(book, sharing, day, outstanding)
    post(book, day, _INVESTOR, _CASH, on_top, _PROFIT, day)
    value(book, sharing, day, -on_top)
    position.gained += on_top


@kernel
def guarantee(book: Book, sharing: Sharing, day: int) -> None:
    """Let the guarantor make good what it guarantees of the capital that no money is left to return."""
    position = book.position[0]
    amount = min(sharing.guarantee, position.drawn - position.returned)
    if amount > 0:
        post(book, day, _CASH, _GUARANTOR, amount, _GUARANTEE, day)
        return_capital(book, sharing, day, amount)
