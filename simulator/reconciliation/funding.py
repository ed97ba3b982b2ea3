"""The most that costs run ahead of receipts, against the capital, under two readings of the lags (docs/deals.md).

A monthly account without chance: people are referred evenly over the term, or with a ramp; each line's money is its part of the
high case, all lines scaled so that the contract's cap is paid in all, for outcomes achieved within the term; an invoice
closes with each contract quarter and is paid a month later. Delivery is paid quarterly in advance, all other costs monthly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dates import DAYS_PER_MONTH, DAYS_PER_WEEK
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import InWork, Outcome, Reached

Floats = NDArray[np.float64]
ENGAGED, IN_WORK = 1, 6
"""Months from referral to engagement and to the first job start, where lags are delays of payment and do not say."""
RAMP = 6
"""Months of a ramp."""


@dataclass(frozen=True)
class PeakNeed:
    """Peak funding need by capital."""

    since_referral: float
    """Reading A: the lags are months since the referral, in which the outcome is achieved."""
    since_referral_with_ramp: float
    after_achievement: float
    """Reading B: the lags are months after the achievement."""
    after_achievement_with_ramp: float


def peak_need(deal: Deal) -> PeakNeed:
    """Return a deal's peak funding need by its capital."""
    readings = [(after, ramp) for after in (False, True) for ramp in (0, RAMP)]
    return PeakNeed(*(_peak(deal, after, ramp) / deal.investment.commitment for after, ramp in readings))


def months_to(outcome: Outcome) -> int:
    """Return months from referral to achievement, as a plan would have them."""
    milestone = outcome.milestone
    if isinstance(milestone, Reached):
        return {"engagement": ENGAGED, "job_start": IN_WORK}.get(milestone.reached, 0)
    if isinstance(milestone, InWork):
        return IN_WORK + round(milestone.in_work_after_months)
    return IN_WORK + round(milestone.sustained_weeks * DAYS_PER_WEEK / DAYS_PER_MONTH)


def _peak(deal: Deal, after: bool, ramp: int) -> float:
    """Return pence: the most by which costs due exceed receipts, at the beginning of a month."""
    months = _months(deal)
    clocks = [(months_to(each), months_to(each) + each.paid_after_months) for each in deal.rate_card]
    if not after:
        clocks = [(each.paid_after_months,) * 2 for each in deal.rate_card]
    payable = np.zeros(months + max(paid for _, paid in clocks) + 3)
    referred = np.minimum(1.0, (np.arange(months) + 1) / ramp) if ramp else np.ones(months)
    value = sum(outcome.high_case for outcome in deal.rate_card)
    for outcome, (achieved, paid) in zip(deal.rate_card, clocks, strict=True):
        counted = referred[: max(1, months - achieved)]
        payable[paid : paid + counted.size] += (
            counted / counted.sum() * outcome.high_case / value * deal.total_cap.pence
        )
    return float((_costs(deal, months) - _received(payable, months)).max())


def _months(deal: Deal) -> int:
    start, end = deal.term.service_start, deal.term.term_end
    return (end.year - start.year) * 12 + end.month - start.month


def _costs(deal: Deal, months: int) -> Floats:
    """Return pence of costs due by the beginning of each month, its own included."""
    each = np.zeros(months)
    quarters = each[::3].size
    each[::3] += deal.provider.contract_value / quarters
    each += sum(cost.total for cost in deal.costs if cost.timing != "at_settlement") / months
    return each.cumsum()


def _received(payable: Floats, months: int) -> Floats:
    """Return pence received by the beginning of each month: a quarter's invoice is paid a month after the quarter."""
    closed = payable[: payable.size // 3 * 3].reshape(-1, 3).sum(axis=1)
    received = np.zeros(max(months, 3 * closed.size + 2))
    received[4 : 4 + 3 * closed.size : 3][: closed.size] = closed[: received[4 : 4 + 3 * closed.size : 3].size]
    return received.cumsum()[:months]
