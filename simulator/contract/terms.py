"""The contract's terms as numbers: what every replication's settlement shares."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import add_months, contract_quarters, day_number, months_later
from simulator.records import Event
from simulator.scenario.assumptions import daily_multiplier
from simulator.scenario.deal import Deal, Funder
from simulator.scenario.model import Scenario
from simulator.scenario.rate_card import Outcome, Reached, Sustained, steps

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SUSTAINED = -1
"""In place of an event, for milestones of keeping a job."""
NO_CAP = 2**62
_EVENTS = {
    "referral": Event.REFERRAL,
    "allocation": Event.ALLOCATION,
    "engagement": Event.ENGAGEMENT,
    "job_start": Event.JOB_START,
}


class Terms(NamedTuple):
    """Rate card, lags, caps, funders and audit; days from the start of service, money in pence."""

    event: Ints
    """Event that reaches each outcome, or SUSTAINED; shape (outcomes,), as all of the rate card."""
    window_weeks: Ints
    weeks_counted: Ints
    days_for_a_week: Ints
    hours_from: Floats
    hours_below: Floats
    by_contact: NDArray[np.bool_]
    """Whether the evidence is being in contact, or a certificate."""
    price: Ints
    count_cap: Ints
    from_referral: bool
    """Whether lags run from the referral, or from the achievement."""
    payable_from: Ints
    """Day from which an outcome can be claimed, by outcome and day of origin, shape (outcomes, days)."""
    evidence_window: int
    evidence_multiplier: Floats
    """What windows do to evidence, by day."""
    term_days: int
    tail_end: int
    """First day on which nothing becomes payable any more."""
    issue_day: Ints
    """Last day of each quarter, shape (invoices,)."""
    total_cap: int
    partial: bool
    """Whether the claim that crosses the total cap is paid in part."""
    funder_weight: Ints
    funder_cap: Ints
    funder_days: Ints
    """Days from the commissioner's confirmation to each funder's payment."""
    audit_fraction: float


def contract_terms(scenario: Scenario) -> Terms:
    """Return the terms of a scenario's contract."""
    deal, start = scenario.deal, scenario.deal.term.service_start
    card, days = deal.rate_card, day_number(deal.term.term_end, start)
    tail_end = add_months(deal.term.term_end, deal.term.claims_tail_months)
    return Terms(
        event=_column([_event(outcome) for outcome in card]),
        window_weeks=_column([_sustained(o).sustained_weeks if _sustains(o) else 0 for o in card]),
        weeks_counted=_column([_sustained(o).weeks_counted if _sustains(o) else 0 for o in card]),
        days_for_a_week=_column([_sustained(o).days_for_a_week if _sustains(o) else 0 for o in card]),
        hours_from=np.array([o.milestone.hours_from or 0.0 for o in card], dtype=np.float64),
        hours_below=np.array(
            [np.inf if o.milestone.hours_below is None else o.milestone.hours_below for o in card], dtype=np.float64
        ),
        by_contact=np.array([outcome.evidence == "contact" for outcome in card]),
        price=_column([steps(outcome.price, outcome.target)[0].by_year[0] for outcome in card]),
        count_cap=_column([NO_CAP if outcome.count_cap == "none" else outcome.count_cap for outcome in card]),
        from_referral=deal.lags.preset == "A",
        payable_from=np.array(
            [months_later(start, days, _lag_months(deal, outcome)) for outcome in card], dtype=np.int64
        ),
        evidence_window=deal.evidence_window_days,
        evidence_multiplier=daily_multiplier(scenario.assumptions.windows, "evidence", start, days),
        term_days=days,
        tail_end=day_number(tail_end, start),
        issue_day=_column([day_number(day, start) - 1 for day in invoice_quarters(deal)[1:]]),
        total_cap=deal.total_cap.pounds,
        partial=deal.total_cap.policy == "partial",
        funder_weight=_column([funder.weight for funder in deal.funders]),
        funder_cap=_column([funder.cap for funder in deal.funders]),
        funder_days=_column(payment_days(deal.funders)),
        audit_fraction=deal.audit.fraction,
    )


def invoice_quarters(deal: Deal) -> list[date]:
    """Return the first days of all quarters that may have an invoice, the claims tail included, and of the next one."""
    return contract_quarters(
        deal.term.service_start, max(deal.term.term_end, add_months(deal.term.term_end, deal.term.claims_tail_months))
    )


def payment_days(funders: tuple[Funder, ...]) -> list[int]:
    """Return days from confirmation to payment: a funder's own, after those of whom it waits for."""
    by_name = {funder.name: funder for funder in funders}

    def days(funder: Funder) -> int:
        before = by_name.get(funder.pays_after)
        return funder.days + (days(before) if before else 0)

    return [days(funder) for funder in funders]


def _lag_months(deal: Deal, outcome: Outcome) -> int:
    return 0 if deal.lags.preset == "C" else outcome.paid_after_months


def _event(outcome: Outcome) -> int:
    return int(_EVENTS[outcome.milestone.reached]) if isinstance(outcome.milestone, Reached) else SUSTAINED


def _sustains(outcome: Outcome) -> bool:
    return isinstance(outcome.milestone, Sustained)


def _sustained(outcome: Outcome) -> Sustained:
    milestone = outcome.milestone
    if not isinstance(milestone, Sustained):
        raise TypeError(outcome.outcome)
    return milestone


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
