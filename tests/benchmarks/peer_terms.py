"""The peer's inputs: the numbers of a scenario in plain form, and a refusal of what the peer was not written for."""

import math
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.scenario.deal import Deal
from simulator.scenario.distributions import Belief, Beta, Fixed, Lognormal
from simulator.scenario.model import Scenario
from simulator.scenario.parameters import per_unit
from simulator.scenario.rate_card import InWork, Reached, Sustained

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Beliefs:
    """What one replication believes: rates per day, durations in days."""

    referrals_over_term: float
    referral_quarter_cv: float
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
    reemployment_rate: float
    hours_16_plus_share: float
    contact_probability: float
    certificate_probability: float
    other_route_probability: float
    specialist_turnover: float
    vacancy_median: float
    vacancy_sigma: float
    audit_failure_probability: float
    curable_probability: float
    confirmation_median: float
    confirmation_p95: float


@dataclass(frozen=True)
class Line:
    """A line of the rate card; money in pence."""

    outcome: str
    milestone: Reached | Sustained
    price: int
    count_cap: int
    lag_months: int


@dataclass(frozen=True)
class Terms:
    """The deal: days from the start of service, money in pence."""

    start: date
    term_days: int
    tail_end: int
    quarter_starts: frozenset[int]
    invoice_days: list[int]
    posts: int
    ramp: list[tuple[int, float]]
    weight_engaging: float
    weight_searching: float
    weights_in_work: list[tuple[int, float]]
    support_days: int
    grace_days: int
    lines: list[Line]
    evidence_window: int
    total_cap: int
    weights: list[int]
    funder_caps: list[int]
    funder_days: list[int]
    audit_fraction: float
    block: int
    outcome_pay: int
    expected_payments: int
    outcome_pay_days: int
    costs: list[int]
    commitment: int
    settlement_day: int
    profit_cap: int
    multiple_cap: int
    """In millionths."""

    def months_after(self, day: int, months: int) -> int:
        """Return the day a number of calendar months after a day."""
        then = date.fromordinal(self.start.toordinal() + day)
        return (add_months(then, months) - self.start).days


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def quarters(start: date, end: date) -> list[int]:
    """Return the first day of each quarter before an end, and of the next one."""
    days = [0]
    while days[-1] < (end - start).days:
        days.append((add_months(start, 3 * len(days)) - start).days)
    return days


def read_terms(scenario: Scenario) -> Terms:
    """Return the terms of a scenario's deal, if the peer can do it.

    Raises:
        ValueError: naming what the peer lacks.
    """
    lacking = [what for what, asked in _not_in_the_peer(scenario).items() if asked]
    if lacking:
        raise ValueError(f"the peer was written for one deal and lacks: {', '.join(lacking)}")
    deal = scenario.deal
    start, staffing, provider, investment = deal.term.service_start, deal.staffing, deal.provider, deal.investment
    tail = add_months(deal.term.term_end, deal.term.claims_tail_months)
    block = round(provider.contract_value * provider.block_share)
    return Terms(
        start=start,
        term_days=(deal.term.term_end - start).days,
        tail_end=(tail - start).days,
        quarter_starts=frozenset(quarters(start, deal.term.term_end)[:-1]),
        invoice_days=[day - 1 for day in quarters(start, tail)[1:]],
        posts=sum(each.posts for each in staffing.specialists),
        ramp=[(math.ceil(m * DAYS_PER_MONTH), staffing.caseload_limit * s) for m, s in enumerate(staffing.ramp)],
        weight_engaging=staffing.slot_weights.engaging,
        weight_searching=staffing.slot_weights.searching,
        weights_in_work=[(7 * step.from_week, step.weight) for step in staffing.slot_weights.in_work],
        support_days=7 * staffing.in_work_support_weeks,
        grace_days=staffing.contact_grace_days,
        lines=_lines(deal),
        evidence_window=deal.evidence_window_days,
        total_cap=deal.total_cap.pence,
        weights=[funder.weight for funder in deal.funders],
        funder_caps=[funder.cap for funder in deal.funders],
        funder_days=_funder_days(deal),
        audit_fraction=deal.audit.fraction,
        block=block,
        outcome_pay=provider.contract_value - block,
        expected_payments=provider.expected_outcome_payments,
        outcome_pay_days=provider.pays_after_invoice_days,
        costs=[cost.total for cost in deal.costs],
        commitment=investment.commitment,
        settlement_day=(investment.settlement_date - start).days,
        profit_cap=round(_number(investment.return_cap.pence)),
        multiple_cap=round(1_000_000 * _number(investment.return_cap.multiple)),
    )


def _lines(deal: Deal) -> list[Line]:
    return [
        Line(
            o.outcome, _milestone(o.milestone), round(_number(o.price)), 10**9 if o.count_cap == "none" else o.count_cap,
            o.paid_after_months,
        )
        for o in deal.rate_card
    ]  # fmt: skip


def _number(term: object) -> float:
    if not isinstance(term, int | float):
        raise TypeError(f"the peer knows only numbers here, not {term}")
    return term


def _milestone(term: object) -> Reached | Sustained:
    if not isinstance(term, Reached | Sustained):
        raise TypeError(f"the peer does not know the milestone {term}")
    return term


def _funder_days(deal: Deal) -> list[int]:
    """Return days from confirmation to payment; a funder may wait for another one."""
    days = {"confirmation": 0}
    while len(days) <= len(deal.funders):
        days |= {f.name: days[f.pays_after] + f.days for f in deal.funders if f.pays_after in days}
    return [days[funder.name] for funder in deal.funders]


def _not_in_the_peer(scenario: Scenario) -> dict[str, bool]:
    deal, beliefs = scenario.deal, scenario.assumptions
    term, weights = deal.term, beliefs.rules.referral_profile.weights
    return {
        "windows": bool(beliefs.windows),
        "fixed patience": beliefs.rules.patience != "exponential",
        "seasons": len(set(weights)) > 1,
        "a referral ramp": not beliefs.is_off("referral_ramp"),
        "an early period of job loss": not beliefs.is_off("job_loss_early_period"),
        "searches without limit": beliefs.search_limit == "none",
        "specialists with the ramp behind them": bool(deal.staffing.already_running),
        "posts for a part of the term": any(
            p.start != term.service_start or p.end not in (None, term.term_end) for p in deal.staffing.specialists
        ),
        "milestones other than engagement, job start and sustainment": not all(map(_is_known, deal.rate_card)),
        "prices that change": any(not isinstance(o.price, int) or o.indexed_by for o in deal.rate_card),
        "schedules or activity payments": bool(
            deal.schedule_calendar or deal.provider.schedule_calendar or deal.activity_payments
        ),
        "caps on years": deal.annual_cap is not None,
        "funders who pay for others": deal.over_funder_cap != "unpaid",
        "outcomes of people carried over": bool(deal.carried_over_outcomes),
        "lags that do not run from referral": deal.lags.origin != "referral",
        "whole claims at the total cap": deal.total_cap.policy != "partial",
        "other than two funders": len(deal.funders) != 2,
        "costs other than quarterly in advance": any(c.timing != "quarterly_in_advance" for c in deal.costs),
        **_other_money(deal),
        "distributions other than beta and lognormal": not all(
            isinstance(each, Fixed | Beta | Lognormal) for each in beliefs.beliefs().values()
        ),
        "rates, medians or patience of 0": any(
            isinstance(each, Fixed) and each.value == 0
            for name, each in beliefs.beliefs().items()
            if name.endswith(("rate", "median", "turnover", "patience", "unallocated_disengagement_factor"))
        ),
        "certain contact": isinstance(beliefs.contact_probability, Fixed),
    }


def _other_money(deal: Deal) -> dict[str, bool]:
    investment, cap = deal.investment, deal.investment.return_cap
    return {
        "a minimum of cash": investment.min_cash > 0,
        "an early end": investment.shortfall != "defer" or deal.early_termination is not None,
        "an investment agreement with more than one settlement": (
            investment.draw != "as_needed" or investment.redraw or investment.distribution != "hold_to_settlement"
        ),
        "fees, tranches and guarantees": bool(investment.fees or investment.tranches or investment.first_loss),
        "preferred return and shares of profit": bool(investment.preferred_return or investment.profit_share),
        "caps other than in pounds and by multiple": "none" in (cap.pence, cap.multiple) or cap.irr != "none",
        "a residual party other than the commissioners": investment.residual != "commissioners",
        "pay at risk": deal.provider.outcome_part != "senior",
        "indices": bool(deal.indices),
    }


def _is_known(outcome: object) -> bool:
    milestone, evidence = getattr(outcome, "milestone", None), getattr(outcome, "evidence", "")
    if isinstance(milestone, Reached):
        no_band = milestone.hours_from is None and milestone.hours_below is None
        return evidence == "certificate" and no_band and milestone.reached in ("engagement", "job_start")
    return evidence == "contact" and not isinstance(milestone, InWork)


def draw_beliefs(scenario: Scenario, rng: np.random.Generator) -> Beliefs:
    """Return one draw of everything believed."""
    beliefs = scenario.assumptions.beliefs()
    return Beliefs(**{name: _draw(beliefs[name], rng) for name in Beliefs.__dataclass_fields__})


def _draw(belief: Belief, rng: np.random.Generator) -> float:
    if isinstance(belief, Beta):
        value = rng.beta(*belief.shapes())
    elif isinstance(belief, Lognormal):
        median, sigma = belief.parameters()
        value = rng.lognormal(math.log(median), sigma)
    elif isinstance(belief, Fixed):
        value = belief.value
    else:
        raise ValueError(f"the peer knows no {type(belief).__name__}")
    value *= belief.multiply
    return min(value, 1.0) if belief.unit == "probability" else value * per_unit(belief)
