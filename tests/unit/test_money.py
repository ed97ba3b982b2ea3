"""Pence from text, exactly or not at all; shares and instalments that add up (docs/model.md §8, §10, golden case G6)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.money import MoneyError, instalments, pence, pounds, pounds_plain, split, split_pence

AMOUNTS = st.integers(0, 10**13)
WEIGHTS = st.lists(st.integers(1, 10**6), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (569, 56900), (0, 0), (-569, -56900), ("569", 56900), ("569.00", 56900), ("4224.5", 422450), ("0.07", 7),
        ("-0.50", -50), ("1421234", 142123400), ("007", 700),
    ],
)  # fmt: skip
def test_pounds_become_pence(amount: object, expected: int) -> None:
    assert pence(amount) == expected


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        (568.99, "MONEY_NOT_DECIMAL", '568.99 is not exact; write whole pounds or quoted text, "568.99"'),
        (569.0, "MONEY_NOT_DECIMAL", '569.0 is not exact; write whole pounds or quoted text, "569.00"'),
        (569.005, "MONEY_SUBPENNY", "569.005 has fractions of a penny"),
        ("569.005", "MONEY_SUBPENNY", '"569.005" has fractions of a penny'),
        ("£4,224", "MONEY_FORMAT", '"£4,224" is not an amount of money; write 4224.00'),
        (" 4 224.50 ", "MONEY_FORMAT", '" 4 224.50 " is not an amount of money; write 4224.50'),
        ("1e3", "MONEY_FORMAT", '"1e3" is not an amount of money'),
        ("569.", "MONEY_FORMAT", '"569." is not an amount of money'),
        ("", "MONEY_FORMAT", '"" is not an amount of money'),
        (float("nan"), "MONEY_FORMAT", "nan is not an amount of money"),
        (float("inf"), "MONEY_FORMAT", "inf is not an amount of money"),
        (True, "MONEY_FORMAT", "True is not an amount of money"),
        (None, "MONEY_FORMAT", "None is not an amount of money"),
    ],
)
def test_what_is_not_whole_pence_is_refused(amount: object, code: str, said: str) -> None:
    with pytest.raises(MoneyError) as refused:
        pence(amount)
    assert (refused.value.code, str(refused.value)) == (code, said)


@given(st.integers(-(10**13), 10**13))
def test_pence_written_as_pounds_are_read_back(amount: int) -> None:
    assert pence(pounds_plain(amount)) == amount


def test_pounds_for_readers() -> None:
    assert [pounds(142123400), pounds(-5), pounds_plain(-123456)] == [
        "£1,421,234.00",
        "\N{MINUS SIGN}£0.05",
        "-1234.56",
    ]


@pytest.mark.parametrize(
    ("amount", "shares"),
    [
        (56900, [23898, 33002]),
        (72133, [30296, 41837]),
        (1, [0, 1]),
        (0, [0, 0]),
        (142123400, [59691828, 82431572]),
        (30, [13, 17]),
    ],
)
def test_split_of_golden_case_6(amount: int, shares: list[int]) -> None:
    assert split_pence(amount, [42, 58]) == shares


def test_a_split_of_the_cumulative_total_does_not_drift() -> None:
    paid = [split_pence(total, [42, 58])[0] for total in (0, 10, 20, 30)]
    assert list(np.diff(paid)) == [4, 4, 5]
    assert [split_pence(10, [42, 58])[0] for _ in range(3)] == [4, 4, 4]


def test_of_equal_remainders_the_first_gets_the_penny() -> None:
    assert split_pence(1, [50, 50]) == [1, 0]
    assert split_pence(5, [1, 1, 1]) == [2, 2, 1]


def test_a_refund_is_split_as_its_payment_was() -> None:
    assert [split_pence(-1, [42, 58]), split_pence(-56900, [42, 58])] == [[0, -1], [-23898, -33002]]


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_and_are_within_a_penny_of_exact(amount: int, weights: list[int]) -> None:
    shares = split_pence(amount, weights)
    assert sum(shares) == amount
    assert all(abs(share * sum(weights) - amount * w) < sum(weights) for share, w in zip(shares, weights, strict=True))


@given(AMOUNTS, WEIGHTS, st.integers(1, 5))
def test_only_proportions_of_weights_matter(amount: int, weights: list[int], factor: int) -> None:
    assert split_pence(amount, [factor * weight for weight in weights]) == split_pence(amount, weights)


@given(st.lists(st.integers(0, 10**9), max_size=12), WEIGHTS)
def test_differences_of_cumulative_splits_add_up_to_each_payment(payments: list[int], weights: list[int]) -> None:
    shares = np.array([split_pence(int(total), weights) for total in np.cumsum([0, *payments])])
    assert list(np.diff(shares, axis=0).sum(axis=1)) == payments


def test_split_writes_into_the_array_given() -> None:
    shares = np.full(2, -1, dtype=np.int64)
    split(56900, np.array([42, 58]), shares)
    assert list(shares) == [23898, 33002]


@given(AMOUNTS, st.integers(1, 100))
def test_instalments_add_up_and_running_sums_stay_within_a_penny(total: int, count: int) -> None:
    parts = instalments(total, count)
    assert len(parts) == count
    running = np.cumsum(np.array(parts, dtype=object))
    assert running[-1] == total
    assert all(0 <= total * (i + 1) - sum_so_far * count < count for i, sum_so_far in enumerate(running))
    assert max(parts) - min(parts) <= 1


def test_instalments_of_a_contract() -> None:
    assert instalments(1000000, 4) == [250000] * 4
    assert instalments(10, 4) == [2, 3, 2, 3]
