"""One replication laid open: its draws, its diary and its tables, with rows as plain whole numbers."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from simulator.batch import Tables, follow, no_invoice_from
from simulator.contract.journal import Journal
from simulator.contract.settlement import settle_one
from simulator.contract.terms import Terms, contract_terms
from simulator.contract.terms import set_factors as set_contract_factors
from simulator.dates import NEVER, day_date, day_number
from simulator.finance.agreement import Agreement, account_names, money_terms, planned_end
from simulator.pathway.engine import event_table
from simulator.pathway.plan import Plan, Values, pathway_factors, pathway_values, plan_pathway, set_factors
from simulator.records import Event, Table
from simulator.scenario.deal import Deal, EarlyTermination
from simulator.scenario.draws import Draws, draw
from simulator.scenario.model import Scenario
from simulator.tracing.diary import Moment, keep_diary


class EventRow(NamedTuple):
    """A row of the event log."""

    participant: int
    day: int
    event: int
    spell: int
    hours: float


class ClaimRow(NamedTuple):
    """A row of the claims."""

    participant: int
    outcome: int
    achieved_day: int
    payable_day: int
    invoice: int
    price_pence: int
    paid_pence: int
    refused_pence: int
    over_funder_cap_pence: int
    status: int


class PaymentRow(NamedTuple):
    """A row of the payments."""

    invoice: int
    funder: int
    issue_day: int
    paid_day: int
    claimed_pence: int
    paid_pence: int
    basis_pence: int


class PostingRow(NamedTuple):
    """A row of the cash flows."""

    day: int
    debit: int
    credit: int
    amount_pence: int
    purpose: int
    cause: int


@dataclass(frozen=True)
class Case:
    """Everything known of one replication."""

    scenario: Scenario
    seed: int
    replication: int
    draws: Draws
    plan: Plan
    values: Values
    diary: dict[int, list[Moment]]
    made: Tables
    terms: Terms
    agreement: Agreement

    @property
    def deal(self) -> Deal:
        """Return what was agreed."""
        return self.scenario.deal

    @property
    def end_day(self) -> int:
        """Return the day from which nothing counts any more: the term's end, or an early one."""
        return int(self.made.end_day[0])

    @property
    def ended_early(self) -> bool:
        """Return whether notice or a shortfall ended the contract before its term."""
        return self.end_day < self.plan.term_days

    @property
    def ended_by_notice(self) -> EarlyTermination | None:
        """Return what is agreed for an end by notice, if one ended the contract."""
        return self.deal.early_termination if self.ended_early and self.end_day == planned_end(self.deal) else None

    def on(self, day: int) -> date:
        """Return the date of a day."""
        return day_date(day, self.deal.term.service_start)

    @cached_property
    def events(self) -> list[EventRow]:
        """Return the event log."""
        return _rows(self.made.events, EventRow)

    @cached_property
    def claims(self) -> list[ClaimRow]:
        """Return the claims, in the order in which quarters take them."""
        return _rows(self.made.claims, ClaimRow)

    @cached_property
    def payments(self) -> list[PaymentRow]:
        """Return the funders' payments."""
        return _rows(self.made.payments, PaymentRow)

    @cached_property
    def postings(self) -> list[PostingRow]:
        """Return the postings."""
        return _rows(self.made.cashflows, PostingRow)

    @cached_property
    def journal(self) -> Journal:
        """Return what each claim met on the invoices that took it."""
        made, deal = self.made, self.deal
        early = made.end_day < day_number(deal.term.term_end, deal.term.service_start)
        silent = no_invoice_from(deal, np.where(early, made.end_day, NEVER))
        return settle_one(self.scenario, self.draws, self.seed, made.events, made.end_day, silent)[2]

    @cached_property
    def referred(self) -> int:
        """Return how many people were referred from the first day on."""
        return sum(row.event == Event.REFERRAL and row.day >= 0 for row in self.events)

    @cached_property
    def carried_over(self) -> int:
        """Return how many people were referred before the first day."""
        return sum(row.event == Event.REFERRAL and row.day < 0 for row in self.events)

    def life(self, participant: int) -> list[EventRow]:
        """Return the events of one person."""
        return [row for row in self.events if row.participant == participant]

    @cached_property
    def accounts(self) -> list[str]:
        """Return the short names of all accounts, by number."""
        return account_names(self.deal)


def open_case(scenario: Scenario, seed: int, replication: int) -> Case:
    """Return a replication laid open; it is the one that a run of this seed counts under this number.

    Args:
        scenario: the deal and the assumptions.
        seed: seed of all random numbers.
        replication: number of the replication.
    """
    draws, plan, terms = draw(scenario, seed, replication, 1), plan_pathway(scenario), contract_terms(scenario)
    values, factors = Values(*pathway_values(draws)[0].tolist()), pathway_factors(scenario, draws)[0]
    set_factors(plan, factors)
    set_contract_factors(terms, factors)
    simulated = keep_diary(plan, values, seed, replication)
    return Case(
        scenario=scenario,
        seed=seed,
        replication=replication,
        draws=draws,
        plan=plan,
        values=values,
        diary=simulated.diary,
        made=follow(scenario, draws, seed, event_table(replication, [simulated.rows])),
        terms=terms,
        agreement=money_terms(scenario.deal),
    )


R = TypeVar("R", EventRow, ClaimRow, PaymentRow, PostingRow)


def _rows(table: Table, kind: type[R]) -> list[R]:
    """Return a table's rows as plain numbers."""
    columns = [getattr(table, name).tolist() for name in kind._fields]
    return [kind(*row) for row in zip(*columns, strict=True)]
