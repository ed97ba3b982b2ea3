"""The dates and percentiles of a run's quarterly series."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simulator.batch import quarter_marks
from simulator.columns import each_quarter
from simulator.dates import contract_quarters, day_date
from simulator.estimates import Estimate, estimate
from simulator.monte_carlo import Run, blocks
from simulator.scenario.deal import Deal

Floats = NDArray[np.float64]
INVOICED, RECEIVED, POSITION = "payments.invoiced_gbp", "payments.received_gbp", "investor.net_position_gbp"


def quarter_ends(deal: Deal) -> list[date]:
    """Return the last day of every quarter of the cumulative series, the claims tail and payment delays included."""
    return [day_date(int(mark) - 1, deal.term.service_start) for mark in quarter_marks(deal)[1:]]


def term_edges(deal: Deal) -> list[date]:
    """Return the first day of every quarter of the term, and the day after its last: the edges of the caseload series."""
    term = deal.term
    return [*contract_quarters(term.service_start, term.term_end)[:-1], term.term_end]


def invoices(deal: Deal) -> int:
    """Return how many quarters may have an invoice."""
    return len(deal.term.invoice_quarters()) - 1


def bands(run: Run, name: str) -> Floats:
    """Return the percentiles of `LEVELS` of a series at each quarter, shape (5, quarters)."""
    return np.array([found.quantiles for found in run.quarters[name]], dtype=np.float64).T


def from_nothing(run: Run, name: str, quarters: int | None = None) -> tuple[list[date], Floats]:
    """Return dates and percentiles (5, dates) of a cumulative series, from zero on the first day to each quarter's end.

    Args:
        run: the run.
        name: name of the series.
        quarters: how many quarters from the first; all if None.
    """
    found = bands(run, name)[:, :quarters]
    days = [run.scenario.deal.term.service_start, *quarter_ends(run.scenario.deal)[:quarters]]
    return days, np.column_stack([np.zeros(len(found)), found])


def by_quarter(run: Run, name: str) -> tuple[list[Estimate], list[Estimate]]:
    """Return the estimates of a cumulative series' change in each invoice quarter, and of its level at each one's end."""
    count = invoices(run.scenario.deal)
    return list(islice(_changes(run, name), count)), run.quarters[name][:count]


def _changes(run: Run, name: str) -> Iterator[Estimate]:
    before: Floats | float = 0.0
    for total in each_quarter(run.returns.series, name):
        yield estimate(total - before, blocks=blocks(run.points))
        before = total


def day_reached(run: Run, name: str, share: float) -> date | None:
    """Return the first quarter's end at which a series' median is a share of its last median, if that is above zero.

    Args:
        run: the run.
        name: name of the series.
        share: part of its last median, between 0 and 1.
    """
    median = bands(run, name)[2]
    if median[-1] <= 0:
        return None
    return quarter_ends(run.scenario.deal)[int(np.argmax(median >= share * median[-1]))]
