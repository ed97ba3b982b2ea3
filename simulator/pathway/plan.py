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
from simulator.kernel import kernel
from simulator.scenario.constants import RATES
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario
from simulator.scenario.windows import Windows, drawn_factors, is_drawn, window_columns, write_multiplier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CONTACT_DAY = 91
"""The day after the first job start for which the chance of being in contact is given."""
REFERRAL_RATE, ENGAGEMENT_RATE, JOB_RATE, DISENGAGEMENT_RATE, LOSS_RATE, REEMPLOYMENT_RATE = range(6)
"""Rows of the plan's multipliers and clocks, in the order of RATES."""


class Plan(NamedTuple):
    """The pathway's constants: days from the start of service, weights in thousandths of a slot."""

    term_days: int
    referral_days: int
    """Days over which `referrals_over_term` are spread: the term, or that of the deal when the assumptions were fitted to it."""
    post_start: Ints
    """First day of each post, shape (posts,); never, if it closed before the service began."""
    post_end: Ints
    """First day after each post's last."""
    post_step: Ints
    """Step of the ramp with which each post's first specialist starts: the last where the service already runs, else 0."""
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
    """What windows do to each rate, by day, shape (rates, term_days); with uncertain factors, what they do in the replication
    that runs (`set_factors`)."""
    clock: Floats
    """Running sums of those multipliers before each day, shape (rates, term_days + 1)."""
    windows: Windows
    """The windows, for replications that have factors of their own."""


class Values(NamedTuple):
    """One replication's draws that the pathway meets, by the names of the assumptions: rates per day, durations in days."""

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
    """Return the draws that the pathway meets, one row of VALUES per replication; what is `none` is infinite.

    Raises:
        KeyError: for a name of `Values` that is no assumption.
    """
    rows = np.empty(len(draws), dtype=VALUES)
    for name in Values._fields:
        rows[name] = draws.values[name]
    return rows


def pathway_factors(scenario: Scenario, draws: Draws) -> Floats:
    """Return the uncertain factors of windows that the pathway meets, shape (n, factors), a row for each of VALUES."""
    return drawn_factors(scenario.assumptions, draws)


@kernel
def set_factors(plan: Plan, factors: Floats) -> None:
    """Write what windows do in a replication into its plan, in place: one row of `pathway_factors`; no row, no change."""
    if factors.size > 0:
        for rate in range(plan.multiplier.shape[0]):
            if is_drawn(plan.windows, rate):
                _write_clock(plan, factors, rate)


@kernel
def _write_clock(plan: Plan, factors: Floats, rate: int) -> None:
    write_multiplier(plan.windows, factors, rate, plan.multiplier[rate])
    for day in range(plan.term_days):
        plan.clock[rate, day + 1] = plan.clock[rate, day] + plan.multiplier[rate, day]


def plan_pathway(scenario: Scenario) -> Plan:
    """Return the constants of a scenario's pathway; what windows do is there with uncertain factors at their medians."""
    start, end = scenario.deal.term.service_start, scenario.deal.term.term_end
    days, staffing = day_number(end, start), scenario.deal.staffing
    posts = [
        (day_number(p.start, start), day_number(p.end or end, start))
        for p in staffing.specialists
        for _ in range(p.posts)
    ]
    steps, fitted = staffing.slot_weights.in_work, scenario.assumptions.fitted_to
    plan = Plan(
        term_days=days,
        referral_days=days if fitted is None else day_number(fitted.term_end, fitted.service_start),
        post_start=_column([max(0, first) if last > 0 else NEVER for first, last in posts]),
        post_end=_column([last for _, last in posts]),
        post_step=_column(
            [len(staffing.ramp) - 1 if staffing.already_running and first <= 0 else 0 for first, _ in posts]
        ),
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
        multiplier=np.empty((len(RATES), days)),
        clock=np.zeros((len(RATES), days + 1)),
        windows=window_columns(scenario.assumptions, start, days),
    )
    for rate in range(len(RATES)):
        _write_clock(plan, np.empty(0), rate)
    return plan


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
