"""What each claim met on the invoices that took it: written down while claims are settled, so that one can be followed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.caps import Used
from simulator.contract.terms import Terms
from simulator.kernel import rule

Ints = NDArray[np.int64]
COLUMNS = 10


class Journal(NamedTuple):
    """One replication's invoices as they were made; without room, nothing is written down."""

    rows: Ints
    """One row for each time that an invoice took a claim, shape (rows, COLUMNS): the fields of `Entry`."""
    size: Ints
    """Rows written, shape (1,)."""
    activity: Ints
    """What the caps let through of each invoice's activity payment, shape (invoices,)."""


class Entry(NamedTuple):
    """A claim on an invoice, when the caps were applied and before verification; sums include it and are in pence."""

    invoice: int
    claim: int
    """Row among the replication's claims."""
    status: int
    """What the caps made of it (`Status`), or `claims.PENDING` if it waits for the next year."""
    schedule: int
    """Number of the schedule (`pricing.Prices`)."""
    number: int
    """Place among the paid ones of its line, which decides the tier."""
    price: int
    within: int
    """What the caps let through."""
    counted: int
    """How many of its line have used up its count."""
    total: int
    """All that has been let through on all invoices."""
    year: int
    """What has been let through in the invoice's year."""


def no_journal() -> Journal:
    """Return a journal without room."""
    return Journal(np.empty((0, COLUMNS), dtype=np.int64), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64))


def journal_for(terms: Terms, claims: int) -> Journal:
    """Return a journal with room for so many claims.

    Each is taken once, again if it is resubmitted, and once for each year that it waits.
    """
    most = claims * (2 + terms.caps.annual.size)
    return Journal(
        np.empty((most, COLUMNS), dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros_like(terms.activity)
    )


def entries(journal: Journal) -> list[Entry]:
    """Return what was written down, in order."""
    return [Entry(*row) for row in journal.rows[: journal.size[0]].tolist()]


@rule
def note(
    journal: Journal, terms: Terms, used: Used, invoice: int, row: int, claim: np.record, schedule: int, within: int
) -> None:
    """Write down what became of a claim.

    Args:
        journal: where what became of claims is written, if it has room.
        terms: the contract's terms.
        used: what the replication has used of them so far.
        invoice: number of the quarter.
        row: row of the claim among the replication's claims.
        claim: the claim, as the caps left it.
        schedule: number of the schedule whose prices hold (`pricing.Prices`).
        within: what the caps let through, in pence.
    """
    if journal.rows.shape[0] == 0:
        return
    entry = journal.rows[journal.size[0]]
    entry[0], entry[1], entry[2], entry[3] = invoice, row, claim.status, schedule
    entry[4], entry[5], entry[6] = claim.number, claim.price_pence, within
    entry[7], entry[8] = used.counts[claim.outcome], used.total[0]
    entry[9] = used.year[terms.caps.year[invoice]]
    journal.size[0] += 1
