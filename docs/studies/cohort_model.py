"""A monthly cohort model of an outcomes contract, as a spreadsheet has it: expected numbers by month, no person and no luck.

A column is a month of 30.4375 days. People who enter a stage in a month do so in its middle (`MIDDLE`); a cruder sheet, in
which they begin to move in the month after, has them enter at its end. What a person does after being
allocated is a table by months since then (`Profile`); how many are allocated each month is what the caseload leaves room
for. Everything is done for many parameter draws at once: the first dimension of every array is the draw.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

import simulator as sib
from simulator.batch import quarter_marks
from simulator.contract.funders import payment_days
from simulator.dates import DAYS_PER_MONTH, day_number
from simulator.finance.returns import money_measures
from simulator.records import Payments, group_starts
from simulator.scenario.draws import Draws
from simulator.scenario.rate_card import InWork, Outcome, Reached, steps

Floats = NDArray[np.float64]
MONTHS = 48
NORMAL_95 = 1.6449
MIDDLE, END = 0.5, 0.0
"""What is left of the month in which a stage is entered: half of it, or, in a cruder sheet, nothing."""
ROUNDS = 4
"""Jobs per person that the table goes through."""


@dataclass(frozen=True)
class Profile:
    """What one allocated person comes to, by months since allocation; each of shape (draws, months)."""

    slots: Floats
    """Slots used at the end of the month."""
    engaged: Floats
    """Engagements within the month."""
    first_jobs: Floats
    """First job starts within the month."""


def by_month(chance_by: Floats) -> Floats:
    """Return the chance of each month since entry from the cumulative chance at its end."""
    return np.asarray(np.diff(chance_by, axis=1, prepend=0.0), dtype=np.float64)


def ends(first: float = MIDDLE) -> Floats:
    """Return days from an entry to the end of its month, of which `first` is left, and to the ends of the later ones."""
    return np.asarray((np.arange(MONTHS) + first) * DAYS_PER_MONTH, dtype=np.float64)


def within(limit: Floats, first: float) -> Floats:
    """Return the share of those who entered in a month for whom a fixed time is not over at the end of it and of later ones.

    Entries are spread evenly over the month, or all at its end.
    """
    months = np.arange(MONTHS)
    if first == END:
        return np.asarray(months * DAYS_PER_MONTH < limit, dtype=np.float64)
    return np.asarray(np.clip(limit / DAYS_PER_MONTH - months, 0.0, 1.0), dtype=np.float64)


def chain(first: Floats, then: Floats) -> Floats:
    """Return months from entry to the end of a second stage: the convolution of two tables by month."""
    both = np.zeros_like(first)
    for month in range(first.shape[1]):
        both[:, month:] += first[:, [month]] * then[:, : first.shape[1] - month]
    return both


def column(draws: Draws, name: str) -> Floats:
    """Return a parameter of all draws, shape (draws, 1)."""
    return draws.values[name][:, None]


def exits(first: float, rate: Floats, other: Floats, limit: Floats) -> tuple[Floats, Floats]:
    """Return exits by a rate in each month, against another rate and up to a limit, and who is left at its end."""
    days = np.minimum(ends(first), limit)
    both = rate + other
    left = within(limit, first) * np.exp(-both * days)
    return by_month(rate / both * (1.0 - np.exp(-both * days))), left


def profile(scenario: sib.Scenario, draws: Draws, first: float) -> Profile:
    """Return the table of one allocated person: engaging, searching, in work with support, searching again."""
    weights = scenario.deal.staffing.slot_weights
    engages, hold = column(draws, "engagement_probability"), column(draws, "not_engaged_hold")
    median, sigma = column(draws, "engagement_time_median"), column(draws, "engagement_time_sigma")
    engaged_by = engages * lognormal_by(ends(first), median, sigma)
    entering = engaged = by_month(engaged_by)
    slots = weights.engaging * (engages - engaged_by + (1.0 - engages) * within(hold, first))
    loss_of_contact = -np.log(column(draws, "contact_probability")) / 90.0
    jobs = np.zeros_like(engaged)
    for job in range(ROUNDS):
        rate = column(draws, "reemployment_rate" if job else "job_rate")
        leaving = column(draws, "disengagement_rate") + (loss_of_contact if job else 0.0)
        found, left = exits(first, rate, leaving, column(draws, "search_limit"))
        started = chain(entering, found)
        lost, in_work = working(scenario, draws, first, loss_of_contact, again=job > 0)
        slots = slots + weights.searching * chain(entering, left) + chain(started, in_work)
        jobs = jobs if job else started
        entering = chain(started, lost)
    return Profile(slots, engaged, jobs)


def lognormal_by(days: Floats, median: Floats, sigma: Floats) -> Floats:
    """Return the share of lognormal times that are over by some days."""
    with np.errstate(divide="ignore"):
        return np.asarray(norm.cdf(np.log(days / median) / sigma), dtype=np.float64)


def working(
    scenario: sib.Scenario, draws: Draws, first: float, loss_of_contact: Floats, *, again: bool
) -> tuple[Floats, Floats]:
    """Return supported job losses by month of the job, and the slots used at each month's end.

    Whoever is out of touch for the days of grace is closed; contact can first be lost when the first job starts.
    """
    staffing, loss = scenario.deal.staffing, column(draws, "job_loss_rate")
    support = np.array([[7.0 * staffing.in_work_support_weeks]])
    days = np.minimum(ends(first), support)
    before = np.minimum(days, 0.0 if again else staffing.contact_grace_days)
    both = loss + loss_of_contact
    lost_by = 1.0 - np.exp(-loss * before)
    lost_by = lost_by + np.exp(-loss * before) * loss / both * (1.0 - np.exp(-both * (days - before)))
    left = within(support, first) * np.exp(-loss * before - both * (days - before))
    steps = staffing.slot_weights.in_work
    step = np.searchsorted([7 * each.from_week for each in steps], ends(first), side="right") - 1
    return by_month(lost_by), left * np.array([each.weight for each in steps])[step]


def capacity(scenario: sib.Scenario, draws: Draws) -> Floats:
    """Return expected slots at the end of each month: posts fall vacant, are filled, and build up a caseload."""
    staffing = scenario.deal.staffing
    posts = sum(each.posts for each in staffing.specialists)
    ramp = np.array([staffing.ramp[min(month, len(staffing.ramp) - 1)] for month in range(MONTHS)])
    turnover = column(draws, "specialist_turnover")
    filled = by_month(lognormal_by(ends(), column(draws, "vacancy_median"), column(draws, "vacancy_sigma")))
    in_post = ends(1.0)  # the first specialists start with the term
    left = posts * by_month(1.0 - np.exp(-turnover * in_post))
    leaving = by_month(1.0 - np.exp(-turnover * ends()))
    starts: Floats = np.zeros_like(left)
    for month in range(MONTHS):
        starts[:, month] = (left[:, : month + 1] * filled[:, month::-1]).sum(axis=1)
        left[:, month:] += starts[:, [month]] * leaving[:, : MONTHS - month]
    slots = posts * np.exp(-turnover * in_post) * ramp + chain(starts, np.exp(-turnover * ends()) * ramp)
    return np.asarray(staffing.caseload_limit * slots, dtype=np.float64)


def allocate(scenario: sib.Scenario, draws: Draws, slots: Floats) -> tuple[Floats, Floats]:
    """Return people allocated in each month and the months they waited: as many as wait and as there is room for."""
    room, referred = capacity(scenario, draws), draws.values["referrals_over_term"] / MONTHS
    patience = draws.values["patience"] / DAYS_PER_MONTH
    allocated, waited = np.zeros_like(room), np.zeros_like(room)
    waiting = np.zeros(len(draws))
    for month in range(MONTHS):
        used = (allocated[:, :month] * slots[:, month:0:-1]).sum(axis=1)
        there = waiting * np.exp(-1.0 / patience) + referred * np.exp(-0.5 / patience)
        most = np.maximum(0.0, room[:, month] - used) / slots[:, 0]
        fits = waiting + referred <= most
        allocated[:, month] = np.where(fits, waiting + referred, np.minimum(there, most))
        waiting = np.where(fits, 0.0, there - allocated[:, month])
        waited[:, month] = waiting / np.maximum(allocated[:, month], 1e-9)
    return allocated, waited


def outcome_months(
    scenario: sib.Scenario, draws: Draws, table: Profile, allocated: Floats, waited: Floats
) -> tuple[Floats, Floats]:
    """Return evidenced outcomes by rate-card line and month: when achieved, and when payable.

    Shapes are (lines, draws, months) and (lines, draws, months with the claims tail).
    """
    evidenced = [line_profile(outcome, draws, table) for outcome in scenario.deal.rate_card]
    lags = [outcome.paid_after_months for outcome in scenario.deal.rate_card]
    width = MONTHS + scenario.deal.term.claims_tail_months
    achieved = [chain(allocated, line) for line in evidenced]
    payable = [when_payable(allocated, waited, line, lag, width) for line, lag in zip(evidenced, lags, strict=True)]
    return np.array(achieved), np.array(payable)


def line_profile(outcome: Outcome, draws: Draws, table: Profile) -> Floats:
    """Return evidenced outcomes of a line per allocated person, by months since allocation."""
    rule = outcome.milestone
    if isinstance(rule, Reached):
        reached = table.engaged if rule.reached == "engagement" else table.first_jobs
        return reached * column(draws, "certificate_probability")
    if isinstance(rule, InWork):
        raise TypeError(outcome.outcome)
    needed = 7 * (rule.weeks_counted - 1) + rule.days_for_a_week - 1
    contact, upper = column(draws, "contact_probability"), column(draws, "hours_16_plus_share")
    share = np.exp(-column(draws, "job_loss_rate") * needed)
    share = share * (contact + (1.0 - contact) * column(draws, "other_route_probability"))
    share = share * (upper if rule.hours_from is not None else 1.0 - upper)
    months = round(7 * rule.sustained_weeks / DAYS_PER_MONTH)
    kept = np.zeros_like(table.first_jobs)
    kept[:, months:] = table.first_jobs[:, :-months] * share
    return kept


def when_payable(allocated: Floats, waited: Floats, line: Floats, lag: int, width: int) -> Floats:
    """Return outcomes by the month they become payable: achieved, and `lag` months after the referral; (draws, width)."""
    payable = np.zeros((allocated.shape[0], width))
    wait = np.minimum(np.rint(waited), lag)
    for months in range(lag + 1):
        people, least = np.where(wait == months, allocated, 0.0), lag - months
        later = line.copy()
        later[:, :least] = 0.0
        payable[:, :MONTHS] += chain(people, later)
        for early in range(least):
            payable[:, least : least + MONTHS - early] += people[:, : MONTHS - early] * line[:, [early]]
    return payable


def payments(scenario: sib.Scenario, draws: Draws, paid_by: Floats) -> Payments:
    """Return the funders' payments on quarterly invoices, after the mean time to confirmation.

    Args:
        scenario: the deal.
        draws: the parameters.
        paid_by: all that is claimed by the end of each month, in pounds, shape (draws, months).
    """
    deal, n = scenario.deal, len(draws)
    issued = [day_number(day, deal.term.service_start) - 1 for day in deal.term.invoice_quarters()[1:]]
    median, p95 = draws.values["confirmation_median"], draws.values["confirmation_p95"]
    confirmed = np.ceil(median * np.exp((np.log(p95 / median) / NORMAL_95) ** 2 / 2.0)).astype(np.int64)
    rows = np.zeros((n, len(issued), len(deal.funders), 7), dtype=np.int64)
    for i, (funder, days) in enumerate(zip(deal.funders, payment_days(deal.funders), strict=True)):
        share = np.minimum(paid_by[:, 2::3] * funder.weight, funder.cap).astype(np.int64)
        rows[:, :, i, 1] = i
        rows[:, :, i, 3] = np.array(issued) + confirmed[:, None] + days
        rows[:, :, i, 4] = rows[:, :, i, 5] = rows[:, :, i, 6] = np.diff(share, axis=1, prepend=0)
    rows[:, :, :, 0] = np.arange(len(issued))[:, None]
    rows[:, :, :, 2] = np.array(issued)[:, None]
    return Payments(0, group_starts([rows[0, :, :, 0].size] * n), *rows.reshape(-1, 7).T)


def run_cohorts(scenario: sib.Scenario, draws: Draws, first: float = MIDDLE) -> dict[str, Floats]:
    """Return the measures of the cohort model for each draw, shape (draws,), under the simulator's names.

    Args:
        scenario: the deal.
        draws: the parameters.
        first: what is left of the month in which a stage is entered, `MIDDLE` or `END`.
    """
    table, room = profile(scenario, draws, first), capacity(scenario, draws)
    allocated, waited = allocate(scenario, draws, table.slots)
    achieved, payable = outcome_months(scenario, draws, table, allocated, waited)
    card, totals = scenario.deal.rate_card, achieved.sum(axis=2)
    prices = np.array([steps(outcome.price, outcome.target)[0].by_year[0] / 100 for outcome in card])[:, None]
    caps = np.array([math.inf if o.count_cap == "none" else o.count_cap for o in card])[:, None, None]
    failing = column(draws, "audit_failure_probability") * (1.0 - column(draws, "curable_probability"))
    counted = np.minimum(np.cumsum(payable * (1.0 - scenario.deal.audit.fraction * failing), axis=2), caps)
    paid_by = np.minimum((prices[:, :, None] * counted).sum(axis=0), scenario.deal.total_cap.pence / 100)
    postings = sib.distribute(scenario, payments(scenario, draws, paid_by))
    investor, *_ = money_measures(scenario.deal, *postings, quarter_marks(scenario.deal))
    return {
        "caseload.allocated": allocated.sum(axis=1),
        "caseload.utilisation": chain(allocated, table.slots).sum(axis=1) / room.sum(axis=1),
        "outcomes.engagement": totals[0],
        "outcomes.job_start": totals[1],
        "outcomes.sustainment": totals[2] + totals[3],
        "payments.uncapped_gbp": (totals * prices).sum(axis=0),
        "payments.total_gbp": paid_by[:, -1],
        **investor,
    }


def offered_load(scenario: sib.Scenario, draws: Draws) -> float:
    """Return the slots that all referred people would use if none waited, over the slots there are, at the first draw."""
    referred = np.full((len(draws), MONTHS), draws.values["referrals_over_term"][:, None] / MONTHS)
    used = chain(referred, profile(scenario, draws, MIDDLE).slots)
    return float(used[0].sum() / capacity(scenario, draws)[0].sum())
