"""The return that a deal's own terms give when receipts are certain: capital drawn as costs fall due, receipts even.

Receipts come in even amounts on the last day of each contract quarter from the third on. The provider is paid its contract
value in even instalments, and costs that are paid at settlement are left out, since they come before the investor's profit and
nothing printed says what they are.
"""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import day_number
from simulator.finance.accounts import distribute
from simulator.finance.irr import IrrStatus, irr
from simulator.finance.returns import investor_flows
from simulator.money import instalments
from simulator.records import Payments
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.plan import running_costs

Ints = NDArray[np.int64]
FIRST_RECEIPT = 3
"""The quarter of the first receipt."""


class Return(NamedTuple):
    """What the investor gets."""

    multiple: float | None
    """None where nothing is drawn."""
    irr: float | None
    """Per year; None where there is no such rate."""


def own_return(scenario: Scenario) -> Return:
    """Return what the investor gets from a scenario's deal if receipts are the total cap."""
    certain = _certain(scenario)
    cashflows, _ = distribute(certain, _payments(certain.deal))
    _, days, amounts = investor_flows(cashflows)
    return return_of(days, amounts)


def bullet_return(deal: Deal, multiple: float, settlement: date) -> Return:
    """Return the rate of one payment at settlement, a multiple of the capital, all drawn before as even costs fall due.

    Args:
        deal: the deal.
        multiple: the payment, as a multiple of the capital drawn.
        settlement: day of the payment.
    """
    start = deal.term.service_start
    drawn = [(day_number(day, start), -amount) for day, amount in draws(deal)]
    paid = round(multiple * sum(-amount for _, amount in drawn))
    flows = [*drawn, (day_number(settlement, start), paid)] if paid else drawn
    return return_of(*(np.array(column, dtype=np.int64) for column in zip(*flows, strict=True)))


def draws(deal: Deal) -> list[tuple[date, int]]:
    """Return days and pence: the commitment, drawn as even quarterly costs fall due in advance, until it is used up."""
    quarters = deal.term.quarters()[:-1]
    left, drawn = deal.investment.commitment, []
    for day, cost in zip(quarters, instalments(running_costs(deal), len(quarters)), strict=True):
        drawn.append((day, min(cost, left)))
        left -= drawn[-1][1]
    return [(day, amount) for day, amount in drawn if amount > 0]


def return_of(days: Ints, amounts: Ints) -> Return:
    """Return multiple and rate of an investor's dated flows, draws below zero."""
    rates, status = irr(np.array([0, days.size]), days, amounts)
    drawn = -int(amounts[amounts < 0].sum())
    multiple = int(amounts[amounts > 0].sum()) / drawn if drawn else None
    return Return(multiple, float(rates[0]) if status[0] == IrrStatus.OK else None)


def _certain(scenario: Scenario) -> Scenario:
    """Return a scenario whose provider is paid in even instalments and that has no costs at settlement."""
    deal = scenario.deal
    changes = {
        "provider": deal.provider.model_copy(update={"block_share": 1.0, "outcome_share": 0.0}),
        "costs": tuple(cost for cost in deal.costs if cost.timing != "at_settlement"),
    }
    changed = deal.model_copy(update=changes)
    return replace(scenario, description=scenario.description.model_copy(update={"deal": changed}))


def _payments(deal: Deal) -> Payments:
    """Return payments of the total cap by the first funder, one replication."""
    start, quarters = deal.term.service_start, deal.term.quarters()[1:]
    paying = quarters[min(FIRST_RECEIPT, len(quarters)) - 1 :]
    days = np.array([day_number(day, start) - 1 for day in paying], dtype=np.int64)
    amounts = np.array(instalments(deal.total_cap.pence, days.size), dtype=np.int64)
    numbers = np.arange(days.size, dtype=np.int64)
    return Payments(
        first=0,
        starts=np.array([0, days.size], dtype=np.int64),
        invoice=numbers,
        funder=np.zeros_like(numbers),
        issue_day=days,
        paid_day=days,
        claimed_pence=amounts,
        paid_pence=amounts,
        basis_pence=amounts,
    )
