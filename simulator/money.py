"""Money is whole pence. Text becomes pence exactly or not at all; shares of a sum add up to the sum."""

import math
import re
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.kernel import kernel

_AMOUNT = re.compile(r"-?\d+(\.\d{1,2})?")


class MoneyError(ValueError):
    """An amount that is not whole pence; carries the code of the case (docs/model.md §15.4)."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def pence(amount: object) -> int:
    """Return the pence in an amount in pounds given as a whole number or as text.

    Raises:
        MoneyError: for floats, fractions of a penny, signs, commas and whatever is not an amount.

    >>> pence("4224.50"), pence(569)
    (422450, 56900)
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        raise MoneyError("MONEY_FORMAT", f"{amount!r} is not an amount of money")
    if isinstance(amount, float):
        raise _inexact(amount)
    if isinstance(amount, int):
        return amount * 100
    return _pence_of_text(amount)


def _inexact(amount: float) -> MoneyError:
    if not math.isfinite(amount):
        return MoneyError("MONEY_FORMAT", f"{amount!r} is not an amount of money")
    if round(amount, 2) != amount:
        return MoneyError("MONEY_SUBPENNY", f"{amount!r} has fractions of a penny")
    message = f'{amount!r} is not exact; write whole pounds or quoted text, "{amount:.2f}"'
    return MoneyError("MONEY_NOT_DECIMAL", message)


def _pence_of_text(text: str) -> int:
    if _AMOUNT.fullmatch(text):
        pounds_text, _, fraction = text.partition(".")
        sign = -1 if text.startswith("-") else 1
        return int(pounds_text) * 100 + sign * int(fraction.ljust(2, "0") or "0")
    if re.fullmatch(r"-?\d+\.\d{3,}", text):
        raise MoneyError("MONEY_SUBPENNY", f'"{text}" has fractions of a penny')
    bare = re.sub(r"[£,\s]", "", text)
    hint = f"; write {pounds_plain(_pence_of_text(bare))}" if _AMOUNT.fullmatch(bare) else ""
    raise MoneyError("MONEY_FORMAT", f'"{text}" is not an amount of money{hint}')


def pounds_plain(amount: int) -> str:
    """Return pence as plain text in pounds, for example `4224.00`."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def pounds(amount: int) -> str:
    """Return pence as pounds for a reader, for example `£4,224.00`.

    >>> pounds(142123400)
    '£1,421,234.00'
    """
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}£{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


@kernel
def proportion(amount: int, part: int, whole: int) -> tuple[int, int]:
    """Return quotient and remainder of amount x part / whole, exactly, however large the product.

    Args:
        amount: pence, or any whole number.
        part: numerator, 0 or more.
        whole: denominator, above 0.
    """
    if part < 1 << 16 and amount < 1 << 46:
        return amount * part // whole, amount * part % whole
    quotient, remainder = 0, 0
    for bit in range(62, -1, -1):
        quotient, remainder = 2 * quotient, 2 * remainder
        if part >> bit & 1:
            quotient += amount // whole
            remainder += amount % whole
        quotient += remainder // whole
        remainder %= whole
    return quotient, remainder


@kernel
def split(amount: int, weights: NDArray[np.int64], shares: NDArray[np.int64]) -> None:
    """Write into `shares` the largest-remainder split of `amount` pence by integer weights.

    The shares add up to the amount and each is within a penny of exact; of equal remainders the first gets the penny.
    Applied to a cumulative total and differenced, nothing drifts (docs/model.md §8).

    Args:
        amount: pence.
        weights: whole numbers, shape (shares,).
        shares: where the pence of each are written, shape (shares,).
    """
    whole = weights.sum()
    remainders = np.empty(weights.size, dtype=np.int64)
    left = amount
    for i in range(weights.size):
        shares[i], remainders[i] = proportion(amount, weights[i], whole)
        left -= shares[i]
    for _ in range(left):
        best = np.argmax(remainders)
        shares[best] += 1
        remainders[best] = -1


@kernel
def split_further(amount: int, weights: NDArray[np.int64], shares: NDArray[np.int64]) -> None:
    """Bring `shares` of a running total up to the largest-remainder split of a larger one: nobody drifts (docs/model.md §8).

    Between three or more, a larger total can give somebody a penny less (the Alabama paradox). Nobody pays less than before:
    that one keeps the penny, and the smallest remainder that would have had one goes without.

    Args:
        amount: the running total, in pence.
        weights: whole numbers, shape (shares,).
        shares: the split so far, which is brought up to the total, shape (shares,).
    """
    whole, before = weights.sum(), shares.copy()
    remainders = np.empty(weights.size, dtype=np.int64)
    for i in range(weights.size):
        exact, remainder = proportion(amount, weights[i], whole)
        remainders[i] = remainder if exact >= before[i] else -1
        shares[i] = max(exact, before[i])
    left = amount - shares.sum()
    for _ in range(left):
        best = np.argmax(remainders)
        shares[best] += 1
        remainders[best] = -1
    for _ in range(-left):
        shares[np.argmax(shares - before)] -= 1


def split_pence(amount: int, weights: list[int]) -> list[int]:
    """Return the largest-remainder split of `amount` pence by integer weights.

    >>> split_pence(56900, [42, 58])
    [23898, 33002]
    """
    shares = np.zeros(len(weights), dtype=np.int64)
    split(amount, np.array(weights, dtype=np.int64), shares)
    return [int(share) for share in shares]


def running_split(amounts: list[int], weights: list[int]) -> list[int]:
    """Return what each has of several amounts of pence, when their running total is split by weights as it grows.

    >>> running_split([1, 1], [42, 58])
    [1, 1]
    """
    shares = np.zeros(len(weights), dtype=np.int64)
    for total in accumulate(amounts):
        split_further(total, np.array(weights, dtype=np.int64), shares)
    return [int(share) for share in shares]


def instalments(total: int, count: int) -> list[int]:
    """Return `count` whole-penny instalments of `total` whose running sums are within a penny of even."""
    marks = [total * i // count for i in range(count + 1)]
    return [late - early for early, late in pairwise(marks)]
