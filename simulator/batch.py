"""The unit of work of every run and study: one batch of replications through the four verbs.

Only this module knows pathway, contract and finance together.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.contract.counts import claim_measures
from simulator.contract.settlement import settle
from simulator.dates import NEVER, add_months, contract_quarters, day_number
from simulator.finance.accounts import distribute
from simulator.finance.agreement import planned_end
from simulator.finance.provider import provider_cash
from simulator.finance.returns import money_measures
from simulator.pathway.engine import Engine, simulate
from simulator.pathway.occupancy import caseload
from simulator.pathway.termination import cut
from simulator.records import Cashflows, Claims, Events, Payments, Returns, Shortfalls, group_starts
from simulator.scenario.deal import Deal
from simulator.scenario.draws import Draws, Points, draw
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
PAYMENT_QUARTERS = 4
"""Quarters shown after the last invoice, for delays."""


@dataclass(frozen=True)
class Tables:
    """All tables of a batch."""

    events: Events
    claims: Claims
    payments: Payments
    cashflows: Cashflows
    shortfalls: Shortfalls
    end_day: Ints
    """The day the service ended, for each replication, shape (n,)."""


def tables(
    scenario: Scenario, seed: int, first: int, count: int, engine: Engine = "compiled", points: Points = "random"
) -> Tables:
    """Return the tables of `count` replications from number `first` on.

    Args:
        scenario: the deal and the assumptions.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        engine: `compiled`, or `simpy`, the readable one; both give the same.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    draws = draw(scenario, seed, first, count, points)
    return follow(scenario, draws, seed, simulate(scenario, draws, seed, engine))


def follow(scenario: Scenario, draws: Draws, seed: int, events: Events) -> Tables:
    """Return the tables that follow from a batch's event log.

    Where the contract ends early, by notice or by a shortfall, the event log is cut at the day of the end and everything
    after it is done again.

    Args:
        scenario: the scenario, whose money terms may differ from those of the log.
        draws: the batch's parameter draws.
        seed: seed of all random numbers.
        events: the batch's event log.
    """
    deal = scenario.deal
    ended = np.full(events.replications, _notice_ends(deal), dtype=np.int64)
    made = _ended(scenario, draws, seed, events, ended)
    if deal.investment.shortfall == "terminate" and made.shortfalls.day.size:
        broken = first_shortfalls(made.shortfalls, made.end_day)
        later = _ended(scenario, draws, seed, events, np.minimum(ended, broken))
        return replace(later, shortfalls=wound_up(deal, made.shortfalls, later.shortfalls, broken))
    return made


def _ended(scenario: Scenario, draws: Draws, seed: int, events: Events, ended: Ints) -> Tables:
    """Return the tables if the contract ends on these days, one for each replication, or never; shape (n,)."""
    end_day = np.minimum(ended, _term_days(scenario.deal))
    if (ended < NEVER).any():
        events = cut(events, ended)
    claims, payments = settle(scenario, draws, seed, events, end_day, no_invoice_from(scenario.deal, ended))
    return Tables(events, claims, payments, *distribute(scenario, payments, ended), end_day)


def _notice_ends(deal: Deal) -> int:
    """Return the day on which notice ends the contract, if it does so before its term; else NEVER."""
    day = planned_end(deal)
    return day if day < _term_days(deal) else NEVER


def no_invoice_from(deal: Deal, ended: Ints) -> Ints | None:
    """Return the days from which no invoice is issued, where what is achieved and not yet invoiced at the end is not paid.

    That holds for an end of the form that the deal has agreed on; after any other, invoices are issued to the last.
    """
    ending = deal.early_termination
    if ending is None or not deal.may_stop_invoices:
        return None
    return ended if ending.form == "fund_exhausted" else np.where(ended == planned_end(deal), ended, NEVER)


def first_shortfalls(shortfalls: Shortfalls, end_day: Ints) -> Ints:
    """Return each replication's first day of shortfall, or never where there is none before its end."""
    firsts = np.full(shortfalls.replications, NEVER, dtype=np.int64)
    np.minimum.at(firsts, shortfalls.owners(), shortfalls.day)
    return np.where(firsts < end_day, firsts, NEVER)


def wound_up(deal: Deal, ending: Shortfalls, later: Shortfalls, broken: Ints) -> Shortfalls:
    """Return each contract's shortfalls with those of its winding up, where a shortfall ended it.

    On the day of the end it is what ended the contract, and what could not be paid of the cost of winding up.

    Args:
        deal: the deal.
        ending: the shortfalls if nothing ends for lack of money.
        later: the shortfalls of the contracts that end.
        broken: the day on which a shortfall ended each contract, or never, shape (n,).
    """
    agreed = deal.early_termination
    winding = agreed.wind_down_cost if agreed and agreed.form == "fund_exhausted" else 0
    days, amounts = [], []
    for i, day in enumerate(broken):
        rows, ends = later.rows_of(i), day < NEVER
        first, after = slice(ending.starts[i], ending.starts[i] + ends), later.day[rows] > (day if ends else -1)
        amount = later.amount_pence[rows]
        on_top = np.minimum(amount[later.day[rows] == day], winding).sum()
        days.append(np.concatenate((ending.day[first], later.day[rows][after])))
        amounts.append(np.concatenate((ending.amount_pence[first] + on_top, amount[after])))
    starts = group_starts([len(part) for part in days])
    return Shortfalls(
        later.first, starts, np.concatenate(days), np.concatenate(amounts), later.unpaid_pence, later.at_risk_pence
    )


def measure(scenario: Scenario, made: Tables) -> Returns:
    """Return the measures and quarterly series of a batch's tables."""
    deal, marks = scenario.deal, quarter_marks(scenario.deal)
    slots, slots_by_quarter = caseload(made.events, made.end_day, _term_marks(deal))
    claimed, claimed_by_quarter = claim_measures(deal, made.claims, made.payments, marks)
    money, money_by_quarter, status, flows = money_measures(deal, made.cashflows, made.shortfalls, marks)
    series = claimed_by_quarter | money_by_quarter | slots_by_quarter
    money |= provider_cash(deal, made.cashflows, made.end_day)
    return Returns(made.events.first, slots | claimed | money, status, series, flows)


def quarter_marks(deal: Deal) -> Ints:
    """Return the first day of each quarter shown, the claims tail and payment delays included, and the day after the last."""
    start = deal.term.service_start
    end = add_months(deal.term.invoice_quarters()[-1], 3 * PAYMENT_QUARTERS)
    return np.array([day_number(day, start) for day in contract_quarters(start, end)], dtype=np.int64)


def _term_marks(deal: Deal) -> Ints:
    quarters = deal.term.quarters()
    days = [day_number(day, deal.term.service_start) for day in quarters]
    return np.array([*days[:-1], _term_days(deal)], dtype=np.int64)


def _term_days(deal: Deal) -> int:
    return day_number(deal.term.term_end, deal.term.service_start)


def run_batch(
    scenario: Scenario, seed: int, first: int, count: int, engine: Engine = "compiled", points: Points = "random"
) -> Returns:
    """Return the returns of `count` replications from number `first` on: the unit of work of every run and study.

    Args:
        scenario: the deal and the assumptions.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        engine: `compiled`, or `simpy`, the readable one; both give the same.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    return measure(scenario, tables(scenario, seed, first, count, engine, points))
