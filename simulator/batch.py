"""The unit of work of every run and study: one batch of replications through the four verbs.

Only this module knows pathway, contract and finance together: here the verbs learn of an early end. An end by notice is known
from the deal. An end by a shortfall is not known before the money is distributed: only `follow`, which settles again
after the cut, deals with it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.contract import settlement
from simulator.contract.counts import claim_measures
from simulator.dates import NEVER, add_months, contract_quarters, day_number
from simulator.errors import refuse
from simulator.finance import accounts
from simulator.finance.agreement import planned_end
from simulator.finance.provider import provider_arrears, provider_cash
from simulator.finance.returns import money_measures
from simulator.pathway.engine import Engine, simulate
from simulator.pathway.occupancy import caseload
from simulator.pathway.termination import cut
from simulator.readable import frame
from simulator.records import Cashflows, Claims, Events, Payments, Returns, Shortfalls, Table, group_starts
from simulator.scenario.deal import Deal
from simulator.scenario.draws import Draws, Points, draw
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
PAYMENT_QUARTERS = 4
"""Quarters shown after the last invoice, for delays."""


Made = tuple[Events, Claims, Payments, Cashflows, Shortfalls]
"""The tables that the verbs made one after another."""


@dataclass(frozen=True)
class Tables:
    """All tables of a batch; events are cut where the contract ended early."""

    events: Events
    claims: Claims
    payments: Payments
    cashflows: Cashflows
    shortfalls: Shortfalls
    end_day: Ints
    """The day the service ended, for each replication, shape (n,)."""

    def by_name(self) -> dict[str, Table]:
        """Return the tables by name, in the order in which they are made."""
        return {
            "events": self.events,
            "claims": self.claims,
            "payments": self.payments,
            "cashflows": self.cashflows,
            "shortfalls": self.shortfalls,
        }

    def frames(self, scenario: Scenario) -> dict[str, pd.DataFrame]:
        """Return the tables as frames by name: the numeric columns of each, then names, dates and pounds (results/README.md)."""
        return {name: frame(scenario, table) for name, table in self.by_name().items()}


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
    """Return all tables that follow from a batch's event log: `settle` and `distribute` in one, whatever ends the contract.

    Where the contract ends early, by notice or by a shortfall, the event log is cut at the day of the end. What a shortfall ends
    is then settled and distributed again.

    Args:
        scenario: the deal and the assumptions.
        draws: the batch's parameter draws.
        seed: seed of all luck.
        events: the batch's event log, not cut.
    """
    deal, ended = scenario.deal, _notice_ends(scenario.deal, events.replications)
    made = _ended(scenario, draws, seed, events, ended)
    if deal.investment.shortfall == "terminate" and made.shortfalls.day.size:
        broken = first_shortfalls(made.shortfalls, made.end_day)
        later = _ended(scenario, draws, seed, events, np.minimum(ended, broken))
        return replace(later, shortfalls=wound_up(deal, made.shortfalls, later.shortfalls, broken))
    return made


def _ended(scenario: Scenario, draws: Draws, seed: int, events: Events, ended: Ints) -> Tables:
    """Return the tables if the contract ends on these days, one for each replication, or never; shape (n,)."""
    events, end_day = _cut(events, ended), np.minimum(ended, _term_days(scenario.deal))
    claims, payments = settlement.settle(scenario, draws, seed, events, end_day, no_invoice_from(scenario.deal, ended))
    return Tables(events, claims, payments, *accounts.distribute(scenario, payments, ended), end_day)


def settle(
    scenario: Scenario, draws: Draws, seed: int, events: Events, end_day: Ints | None = None
) -> tuple[Claims, Payments]:
    """Return the claims of a batch of event logs and the funders' payments on them.

    Args:
        scenario: the deal whose contract it is, and the assumptions on evidence and delays.
        draws: the batch's parameter draws.
        seed: seed of all luck.
        events: the batch's event log; any log in this format will do.
        end_day: the day on which each contract ended early, or NEVER, shape (n,); that of the deal's notice if none is given.

    Raises:
        SibError: where no day is given and a shortfall ends a contract: `follow` gives the tables then.
    """
    ended = _notice_ends(scenario.deal, events.replications) if end_day is None else end_day
    made = _ended(scenario, draws, seed, events, ended)
    if end_day is None:
        _refuse_shortfall_ends(scenario.deal, made.shortfalls)
    return made.claims, made.payments


def distribute(scenario: Scenario, payments: Payments, end_day: Ints | None = None) -> tuple[Cashflows, Shortfalls]:
    """Return the postings of a batch, and the days on which costs could not be paid.

    Args:
        scenario: the deal whose money it is.
        payments: the funders' payments.
        end_day: the day on which each contract ended early, or NEVER, shape (n,); that of the deal's notice if none is given.

    Raises:
        SibError: where no day is given and a shortfall ends a contract: `follow` gives the tables then.
    """
    ended = _notice_ends(scenario.deal, payments.replications) if end_day is None else end_day
    cashflows, shortfalls = accounts.distribute(scenario, payments, ended)
    if end_day is None:
        _refuse_shortfall_ends(scenario.deal, shortfalls)
    return cashflows, shortfalls


def _refuse_shortfall_ends(deal: Deal, shortfalls: Shortfalls) -> None:
    """Refuse tables made as if a contract went on that a shortfall ends."""
    if deal.investment.shortfall == "terminate" and shortfalls.day.size:
        ends = np.minimum(_notice_ends(deal, shortfalls.replications), _term_days(deal))
        broken = int((first_shortfalls(shortfalls, ends) < NEVER).sum())
        refuse(
            broken > 0,
            f"a shortfall ends the contract in {broken} of {shortfalls.replications} replications (deal.investment.shortfall: "
            "terminate), and changes what was settled before it: use sib.follow(scenario, draws, seed, events), which "
            "settles again after the cut",
        )


def _notice_ends(deal: Deal, replications: int) -> Ints:
    """Return the day on which notice ends each contract, if it does so before its term; else NEVER; shape (replications,)."""
    day = planned_end(deal)
    return np.full(replications, day if day < _term_days(deal) else NEVER, dtype=np.int64)


def _cut(events: Events, ended: Ints) -> Events:
    return cut(events, ended) if (ended < NEVER).any() else events


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


def measure(scenario: Scenario, made: Tables | Made) -> Returns:
    """Return the measures and quarterly series of a batch's tables.

    Args:
        scenario: the deal.
        made: all tables, as `follow` returns them; or events, claims, payments, cash flows and shortfalls, as the verbs return
            them, of contracts that end by notice if at all.

    Raises:
        SibError: where a shortfall ends a contract, and the tables are not those of `follow`.
    """
    if isinstance(made, tuple):
        made = _all_tables(scenario.deal, made)
    deal, marks = scenario.deal, quarter_marks(scenario.deal)
    slots, slots_by_quarter = caseload(made.events, made.end_day, _term_marks(deal))
    claimed, claimed_by_quarter = claim_measures(deal, made.claims, made.payments, marks)
    money, money_by_quarter, status, flows = money_measures(deal, made.cashflows, made.shortfalls, marks)
    series = claimed_by_quarter | money_by_quarter | slots_by_quarter
    money |= provider_cash(deal, made.cashflows, made.end_day)
    money |= provider_arrears(deal, made.payments, made.cashflows, made.end_day)
    return Returns(made.events.first, slots | claimed | money, status, series, flows)


def _all_tables(deal: Deal, made: Made) -> Tables:
    """Return what the verbs made as all tables of a batch."""
    events, *_, shortfalls = made
    _refuse_shortfall_ends(deal, shortfalls)
    ended = _notice_ends(deal, events.replications)
    return Tables(_cut(events, ended), *made[1:], np.minimum(ended, _term_days(deal)))


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
