"""The contract's terms as numbers: what every replication's settlement shares."""

import math
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.caps import Caps, cap_terms
from simulator.contract.funders import Payers, payer_terms
from simulator.contract.pricing import RATE_CARD, Prices, price_terms
from simulator.dates import DAYS_PER_MONTH, day_number, months_later
from simulator.kernel import constant, kernel
from simulator.records import Event
from simulator.scenario.constants import RATES
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.scenario.rate_card import InWork, Outcome, Reached, Sustained
from simulator.scenario.windows import Windows, is_drawn, window_columns, write_multiplier

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SUSTAINED, IN_WORK = -1, -2
"""In place of an event, for milestones of keeping a job and of being in work on a day."""
LONGEST_MONTH = 31
_EVIDENCE = constant(RATES.index("evidence"))
_EVENTS = {
    "referral": Event.REFERRAL,
    "allocation": Event.ALLOCATION,
    "engagement": Event.ENGAGEMENT,
    "job_start": Event.JOB_START,
}


class Terms(NamedTuple):
    """Rate card, lags, caps, funders and audit; days from the start of service, money in pence."""

    event: Ints
    """Event that reaches each outcome, SUSTAINED or IN_WORK; shape (outcomes,), as all of the rate card."""
    window_weeks: Ints
    weeks_counted: Ints
    days_for_a_week: Ints
    days_after_start: Ints
    """Days from the first job start to the day of measurement, of outcomes IN_WORK."""
    hours_from: Floats
    hours_below: Floats
    by_contact: Flags
    """Whether the evidence is being in contact, or a certificate."""
    carried_over: Flags
    """Whether it is paid for people who came before the first day of service."""
    from_referral: bool
    """Whether lags run from the referral, or from the achievement."""
    first_origin: int
    """First day of `payable_from`, 0 or before it: what began earlier is payable by day 0."""
    payable_from: Ints
    """Day from which an outcome can be claimed, by outcome and day of origin, shape (outcomes, days)."""
    evidence_window: int
    evidence_multiplier: Floats
    """What windows do to evidence, by day; with uncertain factors, in the replication that is settled (`set_factors`)."""
    windows: Windows
    term_days: int
    tail_end: int
    """First day on which nothing becomes payable any more."""
    issue_day: Ints
    """Last day of each quarter, shape (invoices,)."""
    activity: Ints
    """Activity payment on each invoice, shape (invoices,); none on those that are settled."""
    settled: Ints
    """Pence paid on each invoice that is settled: the first ones, shape (settled,)."""
    settled_schedule: Ints
    """Schedule whose cap each of them counts towards: that of its last day; shape (settled,)."""
    prices: Prices
    caps: Caps
    payers: Payers
    audit_fraction: float
    audit_extrapolates: bool
    """Whether what fails in the sample is taken off the claims beside it too, in proportion."""


def contract_terms(scenario: Scenario) -> Terms:
    """Return the terms of a scenario's contract."""
    deal, start = scenario.deal, scenario.deal.term.service_start
    card, days = deal.rate_card, day_number(deal.term.term_end, start)
    quarters, first_origin = deal.term.invoice_quarters(), _first_origin(deal)
    prices, closes = price_terms(deal, days), [day_number(day, start) - 1 for day in quarters[1:]]
    terms = Terms(
        event=_column([_event(outcome) for outcome in card]),
        window_weeks=_column([_of_window(o, "sustained_weeks") for o in card]),
        weeks_counted=_column([_of_window(o, "weeks_counted") for o in card]),
        days_for_a_week=_column([_of_window(o, "days_for_a_week") for o in card]),
        days_after_start=_column(
            [days_after_start(o.milestone) if isinstance(o.milestone, InWork) else 0 for o in card]
        ),
        hours_from=np.array([o.milestone.hours_from or 0.0 for o in card], dtype=np.float64),
        hours_below=np.array(
            [np.inf if o.milestone.hours_below is None else o.milestone.hours_below for o in card], dtype=np.float64
        ),
        by_contact=np.array([outcome.evidence == "contact" for outcome in card]),
        carried_over=np.array([bool({o.outcome, o.group} & set(deal.carried_over_outcomes)) for o in card]),
        from_referral=deal.lags.origin == "referral",
        first_origin=first_origin,
        payable_from=_payable_from(deal, first_origin, days),
        evidence_window=deal.evidence_window_days,
        evidence_multiplier=np.empty(days),
        windows=window_columns(scenario.assumptions, start, days),
        term_days=days,
        tail_end=day_number(deal.term.tail_end, start),
        issue_day=_column(closes),
        activity=_activity(deal, quarters),
        settled=_column([invoice.pence for invoice in deal.settled]),
        settled_schedule=_column(
            [max(RATE_CARD, int(prices.schedule[min(day, days - 1)])) for day in closes[: len(deal.settled)]]
        ),
        prices=prices,
        caps=cap_terms(deal, quarters),
        payers=payer_terms(deal),
        audit_fraction=deal.audit.fraction,
        audit_extrapolates=deal.audit.mode == "extrapolate",
    )
    write_multiplier(terms.windows, np.empty(0), _EVIDENCE, terms.evidence_multiplier)
    return terms


@kernel
def set_factors(terms: Terms, factors: Floats) -> None:
    """Write what windows do to evidence in a replication into its terms, in place: with the uncertain factors drawn for it."""
    if factors.size > 0 and is_drawn(terms.windows, _EVIDENCE):
        write_multiplier(terms.windows, factors, _EVIDENCE, terms.evidence_multiplier)


def _activity(deal: Deal, quarters: list[date]) -> Ints:
    """Return the activity payment of each quarter; what was paid in one that is settled has it already."""
    pence = np.zeros(len(quarters) - 1, dtype=np.int64)
    for payment in deal.activity_payments:
        pence[sum(first <= payment.quarter_of for first in quarters) - 1] += payment.pence
    pence[: len(deal.settled)] = 0
    return pence


def _first_origin(deal: Deal) -> int:
    """Return the earliest day, 0 or before it, from which a lag can reach into the service."""
    if not deal.carried_over_outcomes:
        return 0
    return -LONGEST_MONTH * max(_lag_months(deal, outcome) for outcome in deal.rate_card)


def _payable_from(deal: Deal, first: int, days: int) -> Ints:
    """Return the day on which each outcome's lag is over, for origins from day `first` on; shape (outcomes, days - first)."""
    origin = deal.term.service_start + timedelta(days=first)
    lags = [_lag_months(deal, outcome) for outcome in deal.rate_card]
    return np.array([months_later(origin, days - first, lag) for lag in lags], dtype=np.int64) + first


def _lag_months(deal: Deal, outcome: Outcome) -> int:
    return 0 if deal.lags.origin == "none" else outcome.paid_after_months


def _event(outcome: Outcome) -> int:
    if isinstance(outcome.milestone, Reached):
        return int(_EVENTS[outcome.milestone.reached])
    return SUSTAINED if isinstance(outcome.milestone, Sustained) else IN_WORK


def _of_window(outcome: Outcome, field: str) -> int:
    """Return a number of a milestone of keeping jobs; 0 for others."""
    return getattr(outcome.milestone, field) if isinstance(outcome.milestone, Sustained) else 0


def days_after_start(milestone: InWork) -> int:
    """Return days from the first job start to the day of measurement."""
    return math.ceil(milestone.in_work_after_months * DAYS_PER_MONTH)


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
