"""The split of a running total between funders: exact to the penny, and nobody is ever asked for less than before."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.money import split_further, split_pence
from tests import reference
from tests.strategies import weights

PARADOX = [3, 2, 56, 39]
"""Of 1,575p the second gets 32p, of 1,576p by itself only 31p."""


def running(shares_of: list[int], totals: list[int]) -> list[list[int]]:
    """Return the shares of each of successive totals."""
    shares, found = np.zeros(len(shares_of), dtype=np.int64), []
    for total in totals:
        split_further(total, np.array(shares_of, dtype=np.int64), shares)
        found.append([int(share) for share in shares])
    return found


def test_a_penny_more_takes_no_penny_from_anybody() -> None:
    assert [split_pence(1575, PARADOX), split_pence(1576, PARADOX)] == [[47, 32, 882, 614], [47, 31, 883, 615]]
    assert running(PARADOX, [1575, 1576]) == [[47, 32, 882, 614], [47, 32, 882, 615]]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(weights(), st.integers(0, 10**6), st.lists(st.integers(1, 40), max_size=30))
def test_shares_never_fall_and_are_within_a_penny_of_exact(parts: list[int], first: int, steps: list[int]) -> None:
    totals = [first + sum(steps[:number]) for number in range(len(steps) + 1)]
    before = [0] * len(parts)
    for total, shares in zip(totals, running(parts, totals), strict=True):
        assert sum(shares) == total
        assert all(late >= early for early, late in zip(before, shares, strict=True))
        assert all(abs(100 * share - total * part) < 100 for share, part in zip(shares, parts, strict=True))
        assert shares == reference.split(total, parts, before)
        before = shares


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 99), st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_between_two_the_running_split_is_the_split_of_the_total(part: int, steps: list[int]) -> None:
    totals = [sum(steps[: number + 1]) for number in range(len(steps))]
    assert running([part, 100 - part], totals) == [split_pence(total, [part, 100 - part]) for total in totals]


def test_invoices_may_be_split_over_more_of_them_without_changing_the_running_total() -> None:
    """(xii) Where everybody's share of each part is above a penny."""
    assert running(PARADOX, [50_000, 100_000])[-1] == running(PARADOX, [100_000])[-1]
