"""The priority of payments: who comes before whom, up to what, in one distribution and in several."""

from datetime import date

import numpy as np
import pytest

from simulator.finance.agreement import Agreement, Distribution, money_terms
from simulator.finance.book import Book, open_book
from simulator.finance.capital import room_for_gain
from simulator.finance.waterfall import distribute_cash, waterfall
from simulator.records import Account, Purpose
from simulator.scenario.constants import NO_LIMIT
from tests.strategies import Plain, scenario_of, tiny_document

SETTLEMENT = 364
NOTHING = np.empty((0, 6), dtype=np.int64)
NO_PAY = np.empty((0, 3), dtype=np.int64)


def agreed(document: Plain) -> Agreement:
    """Return the money terms of a deal."""
    return money_terms(scenario_of(document).deal)


def opened(agreement: Agreement, drawn: int, returned: int, gained: int, last: tuple[int, ...]) -> Book:
    """Return a book in which so many pounds are drawn, returned and gained, and so many paid of the lines paid last."""
    book = open_book(100, NOTHING, NO_PAY, agreement.last.amount, agreement.funder_weight.size)
    position = book.position[0]
    position["drawn"], position["returned"], position["gained"] = drawn * 100, returned * 100, gained * 100
    position["cash"] = 10**9
    for line, paid in enumerate(last):
        book.last_left[line] -= paid * 100
    return book


def posted(book: Book, *purposes: Purpose) -> int:
    """Return pounds posted for some purposes."""
    rows = book.rows[: book.position[0]["entries"]]
    return int(rows[np.isin(rows[:, 4], purposes), 3].sum()) // 100


def with_last_costs() -> Plain:
    """Return a deal with two cost lines that come last, and profit up to £300 or 0.4 of what was drawn."""
    document = tiny_document()
    document["deal"]["investment"]["return_cap"] = {"pounds": 300, "multiple": 1.4}
    document["deal"]["costs"] = [
        {"name": "fee", "title": "Fee", "total": 100, "timing": "at_settlement"},
        {"name": "bonus", "title": "Bonus", "total": 50, "timing": "at_settlement"},
    ]
    return document


@pytest.mark.parametrize(
    ("available", "drawn", "returned", "profit", "last", "expected", "last_after"),
    [
        (500, 1000, 0, 0, (0, 0), (500, 0, 0), (0, 0)),
        (1000, 1000, 0, 0, (0, 0), (1000, 0, 0), (0, 0)),
        (1120, 1000, 0, 0, (0, 0), (1000, 0, 0), (100, 20)),
        (1400, 1000, 0, 0, (0, 0), (1000, 250, 0), (100, 50)),
        (1500, 1000, 0, 0, (0, 0), (1000, 300, 50), (100, 50)),
        (100, 1000, 900, 0, (0, 0), (100, 0, 0), (0, 0)),
        (100, 1000, 1000, 250, (100, 50), (0, 50, 50), (100, 50)),
        (100, 1000, 1000, 300, (100, 30), (0, 0, 80), (100, 50)),
        (100, 0, 0, 0, (0, 0), (0, 0, 0), (100, 0)),
        (500, 0, 0, 0, (0, 0), (0, 0, 350), (100, 50)),
    ],
)
def test_capital_comes_first_then_last_costs_then_profit_to_its_cap(
    available: int, drawn: int, returned: int, profit: int, last: tuple[int, int],
    expected: tuple[int, int, int], last_after: tuple[int, int],
) -> None:  # fmt: skip
    agreement = agreed(with_last_costs())
    book = opened(agreement, drawn, returned, profit, last)
    waterfall(book, agreement, SETTLEMENT, available * 100)
    assert tuple(posted(book, p) for p in (Purpose.CAPITAL_RETURN, Purpose.PROFIT, Purpose.RESIDUAL)) == expected
    assert tuple((agreement.last.amount - book.last_left) // 100) == last_after


def test_before_settlement_the_costs_paid_last_are_kept_in_hand() -> None:
    agreement = agreed(with_last_costs())
    book = opened(agreement, 1000, 0, 0, (0, 0))
    waterfall(book, agreement, SETTLEMENT - 1, 1200_00)
    assert posted(book, Purpose.CAPITAL_RETURN) == 1000
    assert posted(book, Purpose.COST) == 0
    assert posted(book, Purpose.PROFIT) == 50


@pytest.mark.parametrize(("drawn", "limit"), [(0, 0), (10_000, 4_000), (75_000, 30_000), (80_000, 30_000), (1, 0)])
def test_the_return_is_capped_in_pounds_and_by_the_multiple(drawn: int, limit: int) -> None:
    """In pence; of a fraction of a penny nothing."""
    assert room_for_gain(agreed(with_last_costs()).sharing, drawn, 0, 0, 0) == limit


def test_the_multiple_is_exact_to_six_decimals() -> None:
    document = tiny_document()
    document["deal"]["investment"]["return_cap"] = {"pounds": 10_000_000, "multiple": 1.872299}
    sharing = agreed(document).sharing
    assert sharing.multiple_cap == 1_872_299
    assert room_for_gain(sharing, 22_700_000, 0, 0, 0) == 22_700_000 * 1_872_299 // 1_000_000 - 22_700_000


def test_without_caps_there_is_room_for_any_gain() -> None:
    document = tiny_document()
    document["deal"]["investment"]["return_cap"] = {"pounds": "none", "multiple": "none"}
    assert room_for_gain(agreed(document).sharing, 22_700_000_000, 0, 5, 0) == NO_LIMIT - 5


SHARES = {"investor": 0.5, "provider": 0.3, "commissioners": 0.2, "intermediary": 0.0}


@pytest.mark.parametrize(
    ("residual", "account"), [("provider", Account.PROVIDER), ("intermediary", Account.INTERMEDIARY)]
)
def test_what_the_cap_refuses_goes_to_the_residual_party(residual: str, account: Account) -> None:
    document = tiny_document()
    document["deal"]["investment"] |= {
        "profit_share": SHARES, "residual": residual, "return_cap": {"pounds": 40, "multiple": "none"},
    }  # fmt: skip
    agreement = agreed(document)
    book = opened(agreement, 100, 100, 0, ())
    waterfall(book, agreement, SETTLEMENT, 200_00)
    assert posted(book, Purpose.PROFIT) == 40
    assert posted(book, Purpose.PROFIT_SHARE) == 100
    rows = book.rows[: book.position[0]["entries"]]
    assert rows[rows[:, 4] == Purpose.RESIDUAL].tolist() == [
        [SETTLEMENT, account, Account.CASH, 60_00, Purpose.RESIDUAL, SETTLEMENT]
    ]


def test_shares_of_profit_do_not_drift_over_many_distributions() -> None:
    """A penny at a time: after ten pence the parties have 5, 3 and 2."""
    document = tiny_document()
    document["deal"]["investment"] |= {"profit_share": SHARES}
    agreement = agreed(document)
    book = opened(agreement, 0, 0, 0, ())
    book.paid_by[:] = [1, 0]
    document["deal"]["investment"]["return_cap"] = {"pounds": "none", "multiple": "none"}
    agreement = agreed(document)
    for _ in range(10):
        waterfall(book, agreement, SETTLEMENT, 1)
    assert book.pools.tolist() == [5, 3, 2, 0]


def test_a_preferred_return_beyond_the_cap_goes_to_the_residual_party_and_is_not_due_again() -> None:
    document = tiny_document()
    document["deal"]["investment"] |= {
        "preferred_return": 0.08, "profit_share": SHARES, "residual": "provider",
        "return_cap": {"pounds": 600, "multiple": "none"},
    }  # fmt: skip
    agreement = agreed(document)
    book = opened(agreement, 1000, 0, 0, ())
    book.position[0]["hurdle"] = 2000_00
    book.position[0]["valued"] = SETTLEMENT
    waterfall(book, agreement, SETTLEMENT, 2000_00)
    assert [posted(book, p) for p in (Purpose.CAPITAL_RETURN, Purpose.PREFERRED_RETURN, Purpose.RESIDUAL)] == [
        1000,
        600,
        400,
    ]
    waterfall(book, agreement, SETTLEMENT, 100_00)
    assert posted(book, Purpose.PROFIT_SHARE) == 50
    assert posted(book, Purpose.RESIDUAL) == 450


@pytest.mark.parametrize(
    ("terms", "policy", "expected"),
    [
        ({"distribution": "hold_to_settlement"}, Distribution.HOLD, [(SETTLEMENT, 500)]),
        ({"distribution": "sweep", "reserve_quarters": 0}, Distribution.SWEEP, [(90, 500)]),
        (
            {"distribution": "schedule", "distribution_schedule": [{"on": date(2021, 7, 20), "pounds": 300}]},
            Distribution.DATED,
            [(110, 300), (SETTLEMENT, 200)],
        ),
    ],
)
def test_before_settlement_cash_goes_out_as_the_policy_says(
    terms: Plain, policy: Distribution, expected: list[tuple[int, int]]
) -> None:
    document = tiny_document()
    document["deal"]["investment"] |= terms
    agreement = agreed(document)
    book = opened(agreement, 1000, 0, 0, ())
    book.position[0]["cash"] = 500_00
    for day in range(SETTLEMENT + 1):
        distribute_cash(book, agreement, day)
    rows = book.rows[: book.position[0]["entries"]]
    assert agreement.payout.policy == policy
    assert [(int(row[0]), int(row[3]) // 100) for row in rows] == expected
