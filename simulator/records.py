"""The five tables: columns, units, keys. Documented, public formats; nothing here computes.

A table holds a batch of replications first..first+n-1 as columns; `starts` (shape (n + 1,)) says where each replication's
rows begin. Days are whole days since the service began, money is pence, weights are thousandths of a slot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.kernel import constants

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]
"""Whole numbers of any width: a table gives its columns the width in TYPES."""
TYPES: dict[str, type[np.generic]] = {
    "event": np.uint8,
    "spell": np.int16,
    "hours": np.float64,
    **dict.fromkeys(("participant", "day", "slot_weight", "outcome", "achieved_day", "payable_day"), np.int32),
    **dict.fromkeys(("invoice", "status", "funder", "issue_day", "paid_day"), np.int32),
    **dict.fromkeys(("debit", "credit", "purpose", "cause"), np.int32),
}
"""Types of the columns by name, in every table; what is not named here is money, of eight bytes."""


class Event(IntEnum):
    """What happens on a day; events of one day happen in the order of their numbers, then of participants (docs/model.md §1)."""

    SPECIALIST_LEFT = 20
    SPECIALIST_STARTED = 21
    SPECIALIST_RAMPED = 22
    UNALLOCATED = 23
    CARRIED_OVER = 24
    NOT_ENGAGED = 30
    DISENGAGED = 31
    SEARCH_ENDED = 32
    SUPPORT_ENDED = 33
    CONTACT_GRACE_OVER = 34
    WEIGHT_CHANGED = 35
    JOB_END = 40
    JOB_START = 45
    ENGAGEMENT = 50
    CONTACT_LOST = 60
    REFERRAL = 65
    REALLOCATION = 69
    ALLOCATION = 70
    LAPSED = 72
    TERM_END = 99


CLOSING = (Event.NOT_ENGAGED, Event.DISENGAGED, Event.SEARCH_ENDED, Event.SUPPORT_ENDED, Event.CONTACT_GRACE_OVER)
"""Events that free a person's slot for good."""
CARRIED = 2**24
"""Number of the first participant who was referred before the service began; those referred later count from 0."""


class Status(IntEnum):
    """Where a claim ended: each ends in exactly one."""

    PAID = 0
    DUPLICATE = 1
    UNEVIDENCED = 2
    OUT_OF_TERM = 3
    OVER_COUNT_CAP = 4
    OVER_TOTAL_CAP = 5
    OVER_FUNDER_CAP = 6
    REJECTED = 7
    EXPIRED = 8
    PAID_BY_ACTIVITY = 9
    OVER_ANNUAL_CAP = 10
    OVER_SCHEDULE_CAP = 11
    NOT_INVOICED = 12
    SETTLED = 13
    EXTRAPOLATED = 14


class Account(IntEnum):
    """Parties of the ledger; the funders follow from FUNDERS on in the order of the deal, the cost lines' payees after them."""

    CASH = 0
    INVESTOR = 1
    PROVIDER = 2
    GUARANTOR = 3
    INTERMEDIARY = 4
    FUNDERS = 5


class Purpose(IntEnum):
    """What a posting is for, and so what its cause refers to."""

    DRAW = 0
    """Cause: the day's costs."""
    OUTCOME_PAYMENT = 1
    """Cause: number of the invoice."""
    PROVIDER_BLOCK = 2
    """Cause: number of the quarter."""
    PROVIDER_OUTCOMES = 3
    """Cause: number of the invoice."""
    COST = 4
    """Cause: number of the cost line."""
    CAPITAL_RETURN = 5
    """Cause: the day of the distribution."""
    PROFIT = 6
    """The investor's share of profit. Cause: the day of the distribution."""
    RESIDUAL = 7
    """Cause: the day of the distribution."""
    FEE = 8
    """What the investor is paid for providing capital. Cause: the day it fell due."""
    PREFERRED_RETURN = 9
    """Cause: the day of the distribution."""
    PROFIT_SHARE = 10
    """The share of profit of anybody but the investor. Cause: the day of the distribution."""
    COMPENSATION = 11
    """What funders pay because the contract ends early. Cause: the day of the end."""
    WIND_DOWN = 12
    """Cost of ending early. Cause: the day of the end."""
    GUARANTEE = 13
    """What the guarantor of a first loss pays. Cause: the day of the last money."""


EVENT, STATUS, ACCOUNT, PURPOSE = constants(Event), constants(Status), constants(Account), constants(Purpose)
"""The same names as plain numbers, for compiled code."""


@dataclass(frozen=True)
class Table:
    """Columns of equal length for a batch of replications."""

    first: int
    starts: Ints

    def __post_init__(self) -> None:
        for name in self.columns():
            column = np.asarray(getattr(self, name)).astype(TYPES.get(name, np.int64), casting="same_kind", copy=False)
            object.__setattr__(self, name, np.ascontiguousarray(column))

    @classmethod
    def columns(cls) -> list[str]:
        """Return the names of the columns, in their order."""
        return [f.name for f in fields(cls) if f.name not in ("first", "starts")]

    @property
    def replications(self) -> int:
        """Return how many replications the table holds."""
        return len(self.starts) - 1

    def rows_of(self, index: int) -> slice:
        """Return the rows of the replication at a position in the batch."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def owners(self) -> Ints:
        """Return the position in the batch of each row's replication, shape (rows,)."""
        return np.repeat(np.arange(self.replications), np.diff(self.starts))

    def frame(self) -> pd.DataFrame:
        """Return the table with its replication numbers, for looking at and for files."""
        columns = {name: getattr(self, name) for name in self.columns()}
        return pd.DataFrame({"replication": self.first + self.owners(), **columns})


@dataclass(frozen=True)
class Events(Table):
    """Who, what, which day. Key: replication, participant, sequence.

    Rows of one participant stand together in order of time; days never decrease. A negative participant -1 - p is the
    specialist in post p, and its slot weight is the capacity the post gives after the event. People still inside when the
    term ends have a last row TERM_END; a log cut by early termination ends at its day without one.

    People carried over from before the service began have rows on their true days, which are negative, of what had happened
    by then (REFERRAL, ENGAGEMENT, JOB_START, with a slot weight of 0), and on day 0 a row CARRIED_OVER with what they weigh.
    """

    participant: Numbers
    """From 0 in order of referral, from CARRIED for people carried over; negative for specialists."""
    day: Numbers
    """Days since the service began; negative before it."""
    event: Numbers
    """`Event`."""
    spell: Numbers
    """Job spells so far; for a specialist, incumbents of the post so far."""
    hours: Floats
    """Weekly hours of the job at JOB_START and JOB_END, else 0."""
    slot_weight: Numbers
    """Thousandths of a slot held after the event."""

    @property
    def sequence(self) -> Ints:
        """Return each row's place among its participant's, from 0; shape (rows,)."""
        rows = np.arange(self.day.size)
        first = np.ones(rows.size, dtype=bool)
        first[1:] = self.participant[1:] != self.participant[:-1]
        first[self.starts[:-1][np.diff(self.starts) > 0]] = True
        return rows - np.maximum.accumulate(np.where(first, rows, 0))

    def frame(self) -> pd.DataFrame:
        """Return the table with its replication numbers and each row's place among its participant's."""
        frame = super().frame()
        frame.insert(2, "sequence", self.sequence)
        return frame


@dataclass(frozen=True)
class Claims(Table):
    """What was achieved and what became of it. Key: replication, claim. One claim per person per outcome is ever paid."""

    participant: Numbers
    """Who."""
    outcome: Numbers
    """Line of the rate card."""
    achieved_day: Numbers
    """Day of the milestone."""
    payable_day: Numbers
    """Day from which it can be claimed."""
    invoice: Numbers
    """Number of the quarter whose invoice carries it, or -1."""
    price_pence: Numbers
    """Price when invoiced, or of the first of its line if it never is: paid plus refused plus what is over a funder's cap."""
    paid_pence: Numbers
    """What the funders pay."""
    refused_pence: Numbers
    """What is not paid for the reason that the status gives."""
    over_funder_cap_pence: Numbers
    """What is not paid because a funder's own cap is reached."""
    status: Numbers
    """`Status`."""


@dataclass(frozen=True)
class Payments(Table):
    """Invoices and their payment, by funder. Key: replication, invoice, funder. Only invoices above zero are rows.

    An invoice is of its claims and of the quarter's activity payment, which no claim stands behind.
    """

    invoice: Numbers
    """Number of the quarter."""
    funder: Numbers
    """Position among the deal's funders."""
    issue_day: Numbers
    """Last day of the quarter."""
    paid_day: Numbers
    """Day the money arrives."""
    claimed_pence: Numbers
    """The funder's share of what is claimed within the caps that are not its own."""
    paid_pence: Numbers
    """Claimed less what the funder's own cap refuses, and with what it pays for others whose cap is reached, if it does."""
    basis_pence: Numbers
    """What the provider's outcome pay is reckoned on: what is paid, or that at the provider's own schedules."""


@dataclass(frozen=True)
class Cashflows(Table):
    """Dated double-entry postings. Key: replication, entry. Every entry takes from one account and gives to another."""

    day: Numbers
    """Day of the posting."""
    debit: Numbers
    """Account that receives (`Account`)."""
    credit: Numbers
    """Account that gives."""
    amount_pence: Numbers
    """Above zero."""
    purpose: Numbers
    """`Purpose`."""
    cause: Numbers
    """What caused it; see `Purpose`."""


@dataclass(frozen=True)
class Shortfalls(Table):
    """Days on which costs were due and neither cash nor commitment could pay them. Key: replication, row."""

    day: Numbers
    """Day the costs were due."""
    amount_pence: Numbers
    """What stayed unpaid that day."""
    unpaid_pence: Numbers
    """What was never paid at all, for each replication, shape (n,)."""
    at_risk_pence: Numbers
    """What the provider earned at its own risk and never got, for each replication, shape (n,)."""

    def frame(self) -> pd.DataFrame:
        """Return the days with their replication numbers."""
        return pd.DataFrame(
            {"replication": self.first + self.owners(), "day": self.day, "amount_pence": self.amount_pence}
        )


@dataclass(frozen=True)
class Returns:
    """Measures of a batch, per replication. An undefined measure is NaN; of the IRR, `irr_status` says why."""

    first: int
    values: Mapping[str, Floats]
    """Measures by name, shape (n,)."""
    irr_status: Ints
    """`IrrStatus` of the investor's IRR, shape (n,)."""
    series: Mapping[str, Floats]
    """Figures by quarter, by name, shape (n, quarters)."""
    flows: Ints
    """The investor's flows of each day summed over the batch, pence, shape (days,)."""

    @property
    def replications(self) -> int:
        """Return how many replications there are."""
        return len(self.irr_status)


def group_starts(counts: list[int]) -> Ints:
    """Return where each replication's rows start, from the number of rows of each; shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))]).astype(np.int64)
