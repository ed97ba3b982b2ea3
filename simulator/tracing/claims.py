"""What a person achieved: evidence, lag, invoices, caps, verification and pence (docs/model.md §6 to §8)."""

from datetime import date
from typing import NamedTuple

import numpy as np

from simulator.contract.milestones import MAX_SPELLS, counted_weeks, read_life
from simulator.contract.terms import days_after_start
from simulator.contract.verification import evidence_day
from simulator.dates import NEVER, add_months
from simulator.records import Status
from simulator.scenario.rate_card import InWork, Outcome, Reached, Sustained
from simulator.streams import Decision, Entity, uniforms
from simulator.tracing.case import Case, ClaimRow
from simulator.tracing.diary import Block
from simulator.tracing.facts import Claimed, Drawn, Invoice, drawn
from simulator.words import a_number, name_within

STATUSES = {
    Status.PAID: "paid in full",
    Status.DUPLICATE: "worth nothing: each person is paid for once per outcome",
    Status.UNEVIDENCED: "refused: no evidence was obtained",
    Status.OUT_OF_TERM: "refused: payable only after the claims tail",
    Status.OVER_COUNT_CAP: "refused: the cap on the number of this outcome was reached",
    Status.OVER_TOTAL_CAP: "the cap on all outcome payments was reached",
    Status.OVER_FUNDER_CAP: "a payer's own cap was reached",
    Status.REJECTED: "disallowed at verification, and could not be resubmitted",
    Status.EXTRAPOLATED: "reduced by the share that failed of the claims that were verified",
    Status.EXPIRED: "disallowed at verification, and resubmitted too late",
    Status.PAID_BY_ACTIVITY: "not priced: achieved in a window of activity payments",
    Status.OVER_ANNUAL_CAP: "the cap on the year's outcome payments was reached",
    Status.OVER_SCHEDULE_CAP: "the cap on this schedule's outcome payments was reached",
    Status.SETTLED: "not priced: on an invoice that was settled for what was paid",
    Status.NOT_INVOICED: "refused: not invoiced when the contract ended",
}


class Spells(NamedTuple):
    """A person's referral, loss of contact and jobs, as the contract reads them."""

    referred: int
    lost: int
    jobs: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    held: int


def spells_of(case: Case, participant: int) -> Spells:
    """Return what the contract reads of a person's life."""
    events, jobs = case.made.events, np.empty((MAX_SPELLS, 3))
    mine = np.flatnonzero(events.participant == participant)
    start, stop = int(mine[0]), int(mine[-1]) + 1
    referred, lost, count = read_life(events.day, events.event, events.hours, start, stop, jobs)
    return Spells(int(referred), int(lost), jobs, int(count))


def claims_of(case: Case, participant: int, quarters: tuple[Invoice, ...]) -> tuple[Claimed, ...]:
    """Return a person's claims in the order achieved.

    Args:
        case: the replication, laid open.
        participant: number of the participant.
        quarters: the replication's invoices.
    """
    spells = spells_of(case, participant)
    mine = [(i, row) for i, row in enumerate(case.claims) if row.participant == participant]
    mine.sort(key=lambda each: (each[1].achieved_day, each[1].outcome))
    return tuple(_claimed(case, i, row, spells, quarters) for i, row in mine)


def _claimed(case: Case, claim: int, row: ClaimRow, spells: Spells, quarters: tuple[Invoice, ...]) -> Claimed:
    status, outcome = Status(row.status), case.deal.rate_card[row.outcome]
    taken = [(quarter.invoice, each) for quarter in quarters for each in quarter.claims if each.claim == claim]
    evidence, luck = ("", ()) if status == Status.DUPLICATE else _evidence(case, row, spells)
    claimable = status not in (Status.DUPLICATE, Status.UNEVIDENCED)
    return Claimed(
        claim=claim,
        participant=row.participant,
        line=row.outcome,
        outcome=outcome.outcome,
        achieved=case.on(row.achieved_day),
        how=_how(case, row, outcome, spells),
        evidence=evidence,
        luck=luck,
        payable=case.on(row.payable_day) if claimable else None,
        clock=_clock(case, row, outcome, spells) if claimable else "",
        invoices=tuple(number for number, _ in taken),
        taken=tuple(each for _, each in taken),
        price_pence=row.price_pence,
        paid_pence=row.paid_pence,
        refused_pence=row.refused_pence,
        over_funder_cap_pence=row.over_funder_cap_pence,
        status=status.name,
        status_words=STATUSES[status],
    )


# Achievement


def _how(case: Case, row: ClaimRow, outcome: Outcome, spells: Spells) -> str:
    """Return in words how an outcome was achieved."""
    rule = outcome.milestone
    if isinstance(rule, Reached):
        return f"the day of the {name_within(rule.reached)}"
    if isinstance(rule, InWork):
        return f"in work on that day, {_months(rule)} after the first job start on {case.on(int(spells.jobs[0, 0]))}"
    start = row.achieved_day - 7 * rule.sustained_weeks
    weeks, hours = counted_weeks(spells.jobs, spells.held, float(start), rule.sustained_weeks, rule.days_for_a_week)
    return (
        f"{int(weeks)} of {a_number(rule.sustained_weeks, 'week')} from {case.on(start)} in work, at least "
        f"{rule.weeks_counted} needed; {hours / weeks:.1f} hours a week on average"
    )


def _months(rule: InWork) -> str:
    return f"{rule.in_work_after_months:g} months"


def not_achieved(case: Case, participant: int, claims: tuple[Claimed, ...]) -> tuple[str, ...]:
    """Return in words why groups of outcomes have no claim of this person, for the first line of each group.

    Args:
        case: the replication, laid open.
        participant: number of the participant.
        claims: the person's claims.
    """
    had, spells = {case.deal.rate_card[each.line].group for each in claims}, spells_of(case, participant)
    found = {}
    for outcome in case.deal.rate_card:
        if outcome.group not in had and outcome.group not in found:
            found[outcome.group] = f"{name_within(outcome.group)}: {_why_not(case, outcome, spells)}"
    return tuple(found.values())


def _why_not(case: Case, outcome: Outcome, spells: Spells) -> str:
    rule, by = outcome.milestone, case.on(case.end_day)
    if spells.referred < 0 and not {outcome.outcome, outcome.group} & set(case.deal.carried_over_outcomes):
        return "not paid for people referred before the service started"
    if isinstance(rule, Reached):
        return _why_not_reached(rule, spells, by)
    if not spells.held:
        return f"no job before {by}"
    if isinstance(rule, InWork):
        return _why_not_in_work(case, rule, int(spells.jobs[0, 0] + days_after_start(rule)), by)
    return _why_not_sustained(case, rule, spells, by)


def _why_not_reached(rule: Reached, spells: Spells, by: date) -> str:
    if rule.reached == "job_start" and spells.held:
        return "no job of these hours" if spells.jobs[0, 0] >= 0 else "the first job began before the service"
    if spells.referred < 0:
        return f"no {name_within(rule.reached)} between the start of the service and {by}"
    return f"no {name_within(rule.reached)} before {by}"


def _why_not_in_work(case: Case, rule: InWork, measured: int, by: date) -> str:
    if measured >= case.end_day:
        return f"{_months(rule)} from the first job start were not over before {by}"
    return f"not in a job of these hours on {case.on(measured)}, {_months(rule)} after the first job start"


def _why_not_sustained(case: Case, rule: Sustained, spells: Spells, by: date) -> str:
    start, length = spells.jobs[0, 0], 7 * rule.sustained_weeks
    weeks, _ = counted_weeks(spells.jobs, spells.held, start, rule.sustained_weeks, rule.days_for_a_week)
    if weeks < rule.weeks_counted:
        return f"{int(weeks)} of {rule.sustained_weeks} weeks from the first job start in work, {rule.weeks_counted} needed"
    if start + length >= case.end_day:
        return f"the {rule.sustained_weeks} weeks from the first job start were not over before {by}"
    return "the hours were outside the band"


# Evidence and lag


def _evidence(case: Case, row: ClaimRow, spells: Spells) -> tuple[str, tuple[Drawn, ...]]:
    """Return in words how an outcome was evidenced or why not, with the luck that was looked at."""
    terms, line = case.terms, row.outcome
    certificate, route = (
        float(case.draws.values[name][0]) for name in ("certificate_probability", "other_route_probability")
    )
    key = (case.seed, case.replication)
    day = int(evidence_day(terms, *key, row.participant, line, row.achieved_day, spells.lost, certificate, route))
    numbers = uniforms(*key, int(Entity.PARTICIPANT), row.participant, int(Decision.EVIDENCE), line)
    block = Block(Entity.PARTICIPANT, row.participant, Decision.EVIDENCE, line, numbers)
    share, got = float(terms.evidence_multiplier[row.achieved_day]), "obtained" if day >= 0 else "not obtained"
    stress = drawn(block, 3, "window on evidence", f"the window keeps a share of {share:g}")
    if numbers[3] >= share:
        return "none: lost to a window on evidence", (stress,)
    luck = (stress,) if share < 1.0 else ()
    if not terms.by_contact[line]:
        found = drawn(block, 0, "certificate", f"{got}: the chance is {certificate:.4f}")
        return f"a certificate {got}" + (" on the day" if day >= 0 else ""), (*luck, found)
    if spells.lost >= row.achieved_day:
        until = f"until {case.on(spells.lost)}" if spells.lost < NEVER else "throughout"
        return f"in contact on the day ({until})", luck
    lost = f"contact was lost on {case.on(spells.lost)}"
    another = drawn(block, 1, "another route", f"{got}: the chance is {route:.4f}")
    if day < 0:
        return f"none: {lost}, and no other route was found", (*luck, another)
    after = drawn(block, 2, "day of it", f"{day - row.achieved_day} days later")
    return f"by another route on {case.on(day)}: {lost}", (*luck, another, after)


def _clock(case: Case, row: ClaimRow, outcome: Outcome, spells: Spells) -> str:
    """Return in words what decides the day from which a claim is payable."""
    if case.deal.lags.origin == "none":
        return "the day of the evidence; there is no lag"
    origin, name = (spells.referred, "referral") if case.terms.from_referral else (row.achieved_day, "achievement")
    over = add_months(case.on(origin), outcome.paid_after_months)
    lag = f"{a_number(outcome.paid_after_months, 'month')} after the {name}"
    if case.on(row.payable_day) == over:
        return f"{lag} of {case.on(origin)}"
    return f"the day of the evidence; {lag} was {over}"
