"""What every replication of a scenario shares: the deal's staffing and the assumptions' calendar as days, weights and clocks."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulator.dates import DAYS_PER_MONTH, DAYS_PER_WEEK, contract_quarters, day_date, day_number, quarter_of_year
from simulator.scenario.assumptions import RATES, Rate
from simulator.scenario.model import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CONTACT_DAY = 91
"""The day after the first job start for which the chance of being in contact is given."""


@dataclass(frozen=True)
class Plan:
    """The pathway's constants: days from the start of service, weights in thousandths of a slot."""

    term_days: int
    post_start: Ints
    """First day of each post, shape (posts,)."""
    post_end: Ints
    """First day after each post's last."""
    ramp_days: Ints
    """Days in post at which each step of the ramp begins, shape (steps,)."""
    ramp_capacity: Ints
    """Capacity at each step, in thousandths of a slot."""
    weight_engaging: int
    weight_searching: int
    weight_days: Ints
    """Days in a job at which each in-work weight begins."""
    weight_in_work: Ints
    """Those weights."""
    support_days: int
    grace_days: int
    patience_is_fixed: bool
    searches_end: bool
    """Whether a search has a longest length."""
    quarter: Ints
    """Number of the contract quarter of each day, shape (term_days,)."""
    referral_profile: Floats
    """Season of each day, of mean 1, shape (term_days,)."""
    multiplier: dict[Rate, Floats]
    """What windows do to each rate, by day."""
    clock: dict[Rate, Floats]
    """Running sum of those multipliers before each day, shape (term_days + 1,)."""


def plan_pathway(scenario: Scenario) -> Plan:
    """Return the constants of a scenario's pathway."""
    deal, start, end = scenario.deal, scenario.deal.term.service_start, scenario.deal.term.term_end
    days, staffing = day_number(end, start), scenario.deal.staffing
    posts = [
        (day_number(p.start, start), day_number(p.end or end, start))
        for p in staffing.specialists
        for _ in range(p.posts)
    ]
    multiplier = {rate: _multiplier(scenario, rate, days) for rate in RATES}
    return Plan(
        term_days=days,
        post_start=np.array([max(0, first) for first, _ in posts], dtype=np.int64),
        post_end=np.array([last for _, last in posts], dtype=np.int64),
        ramp_days=np.array(
            [int(np.ceil(month * DAYS_PER_MONTH)) for month in range(len(staffing.ramp))], dtype=np.int64
        ),
        ramp_capacity=np.array(
            [_thousandths(staffing.caseload_limit * share) for share in staffing.ramp], dtype=np.int64
        ),
        weight_engaging=_thousandths(staffing.slot_weights.engaging),
        weight_searching=_thousandths(staffing.slot_weights.searching),
        weight_days=np.array([s.from_week * DAYS_PER_WEEK for s in staffing.slot_weights.in_work], dtype=np.int64),
        weight_in_work=np.array([_thousandths(s.weight) for s in staffing.slot_weights.in_work], dtype=np.int64),
        support_days=max(1, staffing.in_work_support_weeks * DAYS_PER_WEEK),
        grace_days=staffing.contact_grace_days,
        patience_is_fixed=scenario.assumptions.rules.patience == "fixed",
        searches_end=scenario.assumptions.search_limit != "none",
        quarter=_quarters(deal.term.service_start, deal.term.term_end),
        referral_profile=_profile(scenario, days),
        multiplier=multiplier,
        clock={rate: np.concatenate([[0.0], np.cumsum(values)]) for rate, values in multiplier.items()},
    )


def _thousandths(share: float) -> int:
    return round(share * 1000)


def _quarters(start: date, end: date) -> Ints:
    marks = [day_number(day, start) for day in contract_quarters(start, end)]
    return np.searchsorted(np.array(marks), np.arange(day_number(end, start)), side="right").astype(np.int64) - 1


def _profile(scenario: Scenario, days: int) -> Floats:
    profile, start = scenario.assumptions.rules.referral_profile, scenario.deal.term.service_start
    weights = np.array(
        [profile.weights[quarter_of_year(day_date(d, start), profile.calendar, start)] for d in range(days)]
    )
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def _multiplier(scenario: Scenario, rate: Rate, days: int) -> Floats:
    factor, start = np.ones(days), scenario.deal.term.service_start
    for window in scenario.assumptions.windows:
        if window.rate == rate:
            factor[max(0, day_number(window.start, start)) : max(0, day_number(window.end, start))] *= window.multiply
    return factor
