"""What every replication of a scenario shares: staffing and the calendar of assumptions as days, weights and clocks."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    NEVER,
    add_months,
    contract_quarter_numbers,
    day_number,
    quarters_of_year,
)
from simulator.scenario.assumptions import RATES, daily_multiplier
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CONTACT_DAY = 91
"""The day after the first job start for which the chance of being in contact is given."""
REFERRAL_RATE, ENGAGEMENT_RATE, JOB_RATE, LEAVING_RATE, LOSS_RATE, REEMPLOYMENT_RATE = range(6)
"""Rows of the plan's multipliers and clocks, in the order of RATES."""


class Plan(NamedTuple):
    """The pathway's constants: days from the start of service, weights in thousandths of a slot."""

    term_days: int
    post_start: Ints
    """First day of each post, shape (posts,); never, if it closed before the service began."""
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
    pool_is_closed: bool
    """Whether people are referred from a closed pool, and not by an open inflow."""
    anniversaries: Ints
    """Days of the term on which people join a closed pool: the anniversaries of its first."""
    quarter: Ints
    """Number of the contract quarter of each day, shape (term_days,)."""
    referral_profile: Floats
    """Season of each day, of mean 1, shape (term_days,)."""
    multiplier: Floats
    """What windows do to each rate, by day, shape (rates, term_days)."""
    clock: Floats
    """Running sums of those multipliers before each day, shape (rates, term_days + 1)."""


class Values(NamedTuple):
    """One replication's draws that the pathway meets: rates per day, durations in days."""

    referrals_over_term: float
    referral_quarter_cv: float
    referral_ramp: float
    patience: float
    engagement_probability: float
    engagement_time_median: float
    engagement_time_sigma: float
    not_engaged_hold: float
    job_rate: float
    disengagement_rate: float
    unallocated_disengagement_factor: float
    search_limit: float
    job_loss_rate: float
    job_loss_early_factor: float
    job_loss_early_period: float
    reemployment_rate: float
    hours_16_plus_share: float
    contact_probability: float
    specialist_turnover: float
    vacancy_median: float
    vacancy_sigma: float
    search_delay: float
    pool_size: float
    pool_referral_rate: float
    pool_entrants: float
    carried_over_waiting: float
    carried_over_searching: float
    carried_over_in_work: float
    carried_over_period: float


VALUES = np.dtype([(name, np.float64) for name in Values._fields])
"""A row of `Values`, as compiled code reads it."""


def pathway_values(draws: Draws) -> NDArray[np.void]:
    """Return the draws that the pathway meets, one row of VALUES per replication; what is `none` is infinite."""
    rows = np.empty(len(draws), dtype=VALUES)
    for name in Values._fields:
        rows[name] = draws.values.get(name, np.inf)
    return rows


def plan_pathway(scenario: Scenario) -> Plan:
    """Return the constants of a scenario's pathway."""
    start, end = scenario.deal.term.service_start, scenario.deal.term.term_end
    days, staffing = day_number(end, start), scenario.deal.staffing
    posts = [
        (day_number(p.start, start), day_number(p.end or end, start))
        for p in staffing.specialists
        for _ in range(p.posts)
    ]
    steps = staffing.slot_weights.in_work
    multiplier = np.array([daily_multiplier(scenario.assumptions.windows, rate, start, days) for rate in RATES])
    return Plan(
        term_days=days,
        post_start=_column([max(0, first) if last > 0 else NEVER for first, last in posts]),
        post_end=_column([last for _, last in posts]),
        ramp_days=_column([int(np.ceil(month * DAYS_PER_MONTH)) for month in range(len(staffing.ramp))]),
        ramp_capacity=_column([_thousandths(staffing.caseload_limit * share) for share in staffing.ramp]),
        weight_engaging=max(1, _thousandths(staffing.slot_weights.engaging)),
        weight_searching=_thousandths(staffing.slot_weights.searching),
        weight_days=_column([step.from_week * DAYS_PER_WEEK for step in steps]),
        weight_in_work=_column([_thousandths(step.weight) for step in steps]),
        support_days=max(1, staffing.in_work_support_weeks * DAYS_PER_WEEK),
        grace_days=staffing.contact_grace_days,
        patience_is_fixed=scenario.assumptions.rules.patience == "fixed",
        searches_end=scenario.assumptions.search_limit != "none",
        pool_is_closed=scenario.assumptions.referrals_over_term == "none",
        anniversaries=_anniversaries(start, days),
        quarter=contract_quarter_numbers(start, days),
        referral_profile=_profile(scenario, days),
        multiplier=multiplier,
        clock=np.column_stack([np.zeros(len(RATES)), np.cumsum(multiplier, axis=1)]),
    )


def _anniversaries(start: date, days: int) -> Ints:
    """Return the days within the term on which a year, two years, ... have passed since the first."""
    years = (day_number(add_months(start, 12 * year), start) for year in range(1, days // 365 + 1))
    return _column([day for day in years if day < days])


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _thousandths(share: float) -> int:
    return round(share * 1000)


def _profile(scenario: Scenario, days: int) -> Floats:
    profile = scenario.assumptions.rules.referral_profile
    weights = np.array(profile.weights)[quarters_of_year(scenario.deal.term.service_start, days, profile.calendar)]
    return np.asarray(weights / weights.mean(), dtype=np.float64)
