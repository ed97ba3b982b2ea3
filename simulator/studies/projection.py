"""What comes after the date: the actual, and on top of it what each replication adds (docs/model.md §19.5)."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.measures.of_deal import key
from simulator.progress import CASELOAD, PAYMENTS, REFERRAL, UNPAID, claim_quarters, quarter_end, quarter_ends
from simulator.scenario.constants import NO_LIMIT
from simulator.scenario.deal import Deal
from simulator.studies.actuals import Actuals
from simulator.studies.sample import Sample

Floats = NDArray[np.float64]


def later_quarters(deal: Deal, as_of: date) -> list[date]:
    """Return the last days of the calendar quarters that end after a date, to that of the last claim quarter and of the term.

    Where none does, because the date is that day or a later one, it is the date.
    """
    last = max(claim_quarters(deal)[-1], quarter_end(deal.term.term_end - timedelta(days=1)))
    return [day for day in quarter_ends(as_of, last) if day > as_of] or [as_of]


def quarter_name(day: date) -> str:
    """Return the name of the calendar quarter of a day.

    >>> quarter_name(date(2022, 3, 31))
    '2022-Q1'
    """
    return f"{day.year}-Q{(day.month + 2) // 3}"


def project(deal: Deal, actuals: Actuals, sample: Sample, days: Sequence[date]) -> dict[str, Floats]:
    """Return the forecast of every replication on some days from the date on, by measure, each of shape (n, days).

    Cumulative counts; payments and what is unpaid over caps in pounds; and people on the caseload. What is reported is taken as
    reported, and a replication adds what it adds after the measure's last known day. What is not reported is as simulated.
    Payments are those of the replication, whose past invoices are what was paid, and never below what was paid in all.

    Args:
        deal: the deal.
        actuals: what is reported.
        sample: the replications.
        days: the date itself, or later ones.
    """
    shifts = {name: _shift(name, actuals, sample) for name in (REFERRAL, *deal.groups)}
    found = {name: sample.on(name, days) + shifts[name] for name in (REFERRAL, *deal.groups)}
    for group in deal.groups:
        most = min(NO_LIMIT, sum(outcome.limit for outcome in deal.rate_card if outcome.group == group))
        found[key("paid.{}", group)] = np.clip(sample.on(key("paid.{}", group), days) + shifts[group], 0, most)
    paid = actuals.series.get(PAYMENTS)
    found[PAYMENTS] = np.maximum(sample.on(PAYMENTS, days), 0 if paid is None else paid.total)
    money = {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}
    money[PAYMENTS] /= 100
    return money | {UNPAID: sample.on(UNPAID, days) / 100, CASELOAD: sample.on(CASELOAD, days).astype(np.float64)}


def _shift(name: str, actuals: Actuals, sample: Sample) -> NDArray[np.int64]:
    """Return what the actual has over each replication on its last known day, shape (n, 1)."""
    series = actuals.series.get(name)
    if series is None:
        return np.zeros((sample.replications, 1), dtype=np.int64)
    return series.total - sample.on(name, [series.last_day])
