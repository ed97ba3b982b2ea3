"""One replication in the few figures that matter: its draws, its people, its invoices, its cash."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from simulator.batch import measure, quarter_marks
from simulator.dates import day_date
from simulator.finance.irr import IrrStatus
from simulator.records import Account, Event, Purpose
from simulator.scenario.distributions import Belief
from simulator.scenario.draws import draw_places
from simulator.tracing.case import Case, PostingRow
from simulator.tracing.facts import Invoice
from simulator.tracing.invoices import PURPOSES, invoices

COSTS = (Purpose.PROVIDER_BLOCK, Purpose.PROVIDER_OUTCOMES, Purpose.COST, Purpose.FEE, Purpose.WIND_DOWN)
"""Purposes of what the vehicle owes; all else that leaves it is distributed."""


@dataclass(frozen=True)
class Parameter:
    """An uncertain assumption as drawn for the replication, in the unit of the scenario."""

    name: str
    value: float
    median: float
    unit: str
    place: float
    """Share of draws below it: 0.5 is the median."""


@dataclass(frozen=True)
class OutcomeCount:
    """How often an outcome was achieved, evidenced and paid at least in part."""

    outcome: str
    target: int
    achieved: int
    evidenced: int
    paid: int


@dataclass(frozen=True)
class CashQuarter:
    """What the vehicle's cash did in a contract quarter."""

    quarter: int
    ends: date
    received_pence: int
    drawn_pence: int
    costs_pence: int
    distributed_pence: int
    shortfall_pence: int
    """Costs not paid on the day they fell due, all days of the quarter together."""
    cash_pence: int
    """At the end of the quarter."""


@dataclass(frozen=True)
class Flow:
    """A sum of postings of one kind."""

    words: str
    pence: int


@dataclass(frozen=True)
class Overview:
    """One replication."""

    parameters: tuple[Parameter, ...]
    people: dict[str, int]
    outcomes: tuple[OutcomeCount, ...]
    measures: dict[str, float | None]
    """Every measure of the replication by name, as `sib run` counts it."""
    irr_status: str
    invoices: tuple[Invoice, ...]
    cash: tuple[CashQuarter, ...]
    money_in: tuple[Flow, ...]
    money_out: tuple[Flow, ...]
    never_paid_pence: int


def overview(case: Case) -> Overview:
    """Return one replication in figures."""
    returns = measure(case.scenario, case.made)
    values = {name: float(column[0]) for name, column in returns.values.items()}
    outcomes = tuple(
        OutcomeCount(
            group,
            case.deal.group_target(group),
            *(int(values[f"{kind}.{group}"]) for kind in ("achieved", "outcomes", "paid")),
        )
        for group in case.deal.groups
    )
    return Overview(
        parameters=tuple(_parameters(case)),
        people=_people(case),
        outcomes=outcomes,
        measures={name: None if np.isnan(value) else value for name, value in sorted(values.items())},
        irr_status=IrrStatus(int(returns.irr_status[0])).name,
        invoices=invoices(case),
        cash=tuple(_cash(case)),
        money_in=_flows(case, into_cash=True),
        money_out=_flows(case, into_cash=False),
        never_paid_pence=int(case.made.shortfalls.unpaid_pence[0]),
    )


def _parameters(case: Case) -> Iterator[Parameter]:
    """Yield the uncertain assumptions with their places: where in its distribution each was drawn."""
    places = draw_places(case.scenario, case.seed, case.replication, 1)
    for name, belief in case.scenario.assumptions.beliefs().items():
        if not getattr(belief, "is_fixed", True):
            place = float(places[name][0])
            yield Parameter(name, _value(case, belief, place), _value(case, belief, 0.5), belief.unit, place)


def _value(case: Case, belief: Belief, place: float) -> float:
    """Return a belief's value at a place of its distribution; a probability is cut at 1."""
    value = float(belief.quantile(np.array([place]))[0])  # type: ignore[attr-defined]
    return min(value, 1.0) if belief.unit == "probability" else value


def _people(case: Case) -> dict[str, int]:
    """Return how many people came through each stage within the term, each counted once."""
    stages = {
        "carried over": Event.CARRIED_OVER,
        "referred": Event.REFERRAL,
        "lapsed while waiting": Event.LAPSED,
        "got a place": Event.ALLOCATION,
        "engaged": Event.ENGAGEMENT,
        "started a job": Event.JOB_START,
        "out of touch": Event.CONTACT_LOST,
    }
    counts = {
        words: len({row.participant for row in case.events if row.event == event and row.day >= 0})
        for words, event in stages.items()
    }
    return {words: count for words, count in counts.items() if count or words != "carried over"}


def _cash(case: Case) -> Iterator[CashQuarter]:
    """Yield each quarter up to that of the last posting."""
    marks, balance = [int(mark) for mark in quarter_marks(case.deal)], 0
    last = max([row.day for row in case.postings], default=0)
    marks[-1] = max(marks[-1], last + 1)
    missing = list(zip(case.made.shortfalls.day.tolist(), case.made.shortfalls.amount_pence.tolist(), strict=True))
    for quarter, (begin, end) in enumerate(pairwise(marks)):
        if begin > last:
            return
        rows = [row for row in case.postings if begin <= row.day < end]
        drawn = _sum(rows, Purpose.DRAW)
        came = sum(row.amount_pence for row in rows if row.debit == Account.CASH) - drawn
        costs = _sum(rows, *COSTS)
        out = sum(row.amount_pence for row in rows if row.credit == Account.CASH) - costs
        balance += came + drawn - costs - out
        short = sum(pence for day, pence in missing if begin <= day < end)
        ends = day_date(end - 1, case.deal.term.service_start)
        yield CashQuarter(quarter + 1, ends, came, drawn, costs, out, int(short), balance)


def _sum(rows: list[PostingRow], *purposes: Purpose) -> int:
    return sum(row.amount_pence for row in rows if row.purpose in purposes)


def _flows(case: Case, *, into_cash: bool) -> tuple[Flow, ...]:
    """Return what came in, or went out, by party and purpose, in the order of the ledger's accounts."""
    sums: dict[tuple[int, int], int] = {}
    for row in case.postings:
        if (row.debit == Account.CASH) == into_cash:
            key = (row.purpose, row.credit if into_cash else row.debit)
            sums[key] = sums.get(key, 0) + row.amount_pence
    return tuple(Flow(_flow_words(case, *key), pence) for key, pence in sorted(sums.items()))


def _flow_words(case: Case, purpose: int, account: int) -> str:
    name = case.accounts[account]
    if purpose in (Purpose.OUTCOME_PAYMENT, Purpose.RESIDUAL, Purpose.PROFIT_SHARE, Purpose.COMPENSATION):
        return f"{PURPOSES[Purpose(purpose)]}, {name}"
    return name if purpose == Purpose.COST else PURPOSES[Purpose(purpose)]
