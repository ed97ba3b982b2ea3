"""Where replications stand at the end of each contract year: outcomes and payments so far."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.measures.of_deal import key
from simulator.progress import PAYMENTS
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.studies.plan import REFERRAL

Floats = NDArray[np.float64]
QUARTERS = 4
"""Contract quarters of a contract year."""


def year_ends(deal: Deal) -> tuple[date, ...]:
    """Return the last day of each contract year, and of the term, which the last year may end with before its time."""
    firsts = deal.term.quarters()
    after = [*firsts[QUARTERS:-1:QUARTERS], deal.term.term_end]
    return tuple(day - timedelta(days=1) for day in after)


def cumulative(deal: Deal, returns: Returns) -> dict[str, Floats]:
    """Return what each replication has reached by the end of each contract year, by measure, each of shape (n, years).

    Outcomes are achieved and evidenced, by the day achieved, those of people carried over among them; payments are by invoice,
    in pounds. The last column is all there is: of payments, with the invoices of the claims tail. Referrals are known for the
    whole term alone, and NaN before.
    """
    years = len(year_ends(deal))
    columns = [QUARTERS * (year + 1) - 1 for year in range(years - 1)]
    referrals = np.full((returns.replications, years), np.nan)
    referrals[:, -1] = returns.values["outcomes.referral"]
    found = {REFERRAL: referrals}
    for group in deal.groups:
        counted = key("outcomes.{}", group)
        found[group] = _with_last(returns.series[counted][:, columns], returns.values[counted])
    found[PAYMENTS] = _with_last(
        returns.series["payments.invoiced_gbp"][:, columns], returns.values["payments.total_gbp"]
    )
    return found


def _with_last(before: Floats, last: Floats) -> Floats:
    return np.column_stack([before, last])
