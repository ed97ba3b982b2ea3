"""The five tables: columns, units, keys. Documented, public formats; nothing here computes.

A table holds a batch of replications first..first+n-1 as columns; `starts` (shape (n + 1,)) says where each replication's
rows begin. Days are whole days since the service began, money is pence, weights are thousandths of a slot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Event(IntEnum):
    """What happens on a day; events of one day happen in the order of their numbers, then of participants (docs/model.md §1)."""

    SPECIALIST_LEFT = 20
    SPECIALIST_STARTED = 21
    SPECIALIST_RAMPED = 22
    UNALLOCATED = 23
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


class Account(IntEnum):
    """Parties of the ledger; the funders follow from FUNDERS on in the order of the deal, the cost lines' payees after them."""

    CASH = 0
    INVESTOR = 1
    PROVIDER = 2
    FUNDERS = 3


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
    """Cause: the day of the distribution."""
    RESIDUAL = 7
    """Cause: the day of the distribution."""


@dataclass(frozen=True)
class Table:
    """Columns of equal length for a batch of replications."""

    first: int
    starts: Ints

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
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("first", "starts")}
        return pd.DataFrame({"replication": self.first + self.owners(), **columns})


@dataclass(frozen=True)
class Events(Table):
    """Who, what, which day. Key: replication, participant, sequence.

    Rows of one participant stand together in order of time; days never decrease. A negative participant -1 - p is the
    specialist in post p, and its slot weight is the capacity the post gives after the event. People still inside when the
    term ends have a last row TERM_END; a log cut by early termination ends at its day without one.
    """

    participant: Ints
    """From 0 in order of referral; negative for specialists."""
    sequence: Ints
    """From 0 within the participant."""
    day: Ints
    """Days since the service began."""
    event: Ints
    """`Event`."""
    spell: Ints
    """Job spells so far; for a specialist, incumbents of the post so far."""
    hours: Floats
    """Weekly hours of the job at JOB_START and JOB_END, else 0."""
    slot_weight: Ints
    """Thousandths of a slot held after the event."""


@dataclass(frozen=True)
class Claims(Table):
    """What was achieved and what became of it. Key: replication, claim. One claim per person per outcome is ever paid."""

    participant: Ints
    """Who."""
    outcome: Ints
    """Line of the rate card."""
    achieved_day: Ints
    """Day of the milestone."""
    payable_day: Ints
    """Day from which it can be claimed."""
    invoice: Ints
    """Number of the quarter whose invoice carries it, or -1."""
    price_pence: Ints
    """Price: paid plus refused plus what is over a funder's cap."""
    paid_pence: Ints
    """What the funders pay."""
    refused_pence: Ints
    """What is not paid for the reason that the status gives."""
    over_funder_cap_pence: Ints
    """What is not paid because a funder's own cap is reached."""
    status: Ints
    """`Status`."""


@dataclass(frozen=True)
class Payments(Table):
    """Invoices and their payment, by funder. Key: replication, invoice, funder. Only invoices above zero are rows."""

    invoice: Ints
    """Number of the quarter."""
    funder: Ints
    """Position among the deal's funders."""
    issue_day: Ints
    """Last day of the quarter."""
    paid_day: Ints
    """Day the money arrives."""
    claimed_pence: Ints
    """The funder's share of what is claimed within the total cap."""
    paid_pence: Ints
    """Claimed less what the funder's own cap refuses."""


@dataclass(frozen=True)
class Cashflows(Table):
    """Dated double-entry postings. Key: replication, entry. Every entry takes from one account and gives to another."""

    day: Ints
    """Day of the posting."""
    debit: Ints
    """Account that receives (`Account`)."""
    credit: Ints
    """Account that gives."""
    amount_pence: Ints
    """Above zero."""
    purpose: Ints
    """`Purpose`."""
    cause: Ints
    """What caused it; see `Purpose`."""


@dataclass(frozen=True)
class Shortfalls(Table):
    """Days on which costs were due and neither cash nor commitment could pay them. Key: replication, row."""

    day: Ints
    """Day the costs were due."""
    amount_pence: Ints
    """What stayed unpaid that day."""
    unpaid_pence: Ints
    """What was never paid at all, for each replication, shape (n,)."""

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


T = TypeVar("T", bound=Table)


def table_of(kind: type[T], first: int, starts: Ints, rows: Ints) -> T:
    """Return a table of whole numbers from its rows, their columns in the order of the table's fields."""
    names = [f.name for f in fields(kind) if f.name not in ("first", "starts")]
    columns = {name: np.ascontiguousarray(rows[:, i]) for i, name in enumerate(names)}
    return kind(first=first, starts=starts, **columns)


def group_starts(counts: list[int]) -> Ints:
    """Return where each replication's rows start, from the number of rows of each; shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(np.array(counts, dtype=np.int64))]).astype(np.int64)
