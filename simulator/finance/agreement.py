"""The money terms as numbers: costs with their days, capital, distributions, who shares what, and an early end."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER, add_months, contract_quarters, day_number
from simulator.finance.dated import block_of, costs_at_settlement, dated_costs
from simulator.kernel import constants
from simulator.records import Account
from simulator.scenario.constants import NO_LIMIT
from simulator.scenario.deal import Deal, EarlyTermination

Ints = NDArray[np.int64]
MILLION = 1_000_000
SHARES = 1_000_000_000
"""What profit shares are whole parts of."""
COMMISSIONERS = -1
"""In place of the account of the residual party, where the funders are."""


class Costs(NamedTuple):
    """Costs whose day is known at the start, in order of day and then of line; all of shape (costs,)."""

    day: Ints
    amount: Ints
    account: Ints
    purpose: Ints
    cause: Ints


class Last(NamedTuple):
    """Cost lines that are paid at settlement, after the return of capital; all of shape (lines,)."""

    amount: Ints
    account: Ints
    cause: Ints


class OutcomePay(NamedTuple):
    """The provider's pay by outcomes."""

    expected: int
    """What it earns when outcome payments are as expected."""
    expected_payments: int
    days: int
    """Days from an invoice to its payment, where it is a cost like any other."""
    at_risk: bool
    """Whether it is paid at distributions only, after the return of capital."""


class Capital(NamedTuple):
    """What can be drawn when."""

    commitment: int
    min_cash: int
    as_needed: bool
    day: Ints
    """Days of draws that are not as needed, shape (draws,)."""
    amount: Ints
    redraw: bool
    most: int
    """The most that is drawn in all."""
    fee_rate: int
    """Millionths a year of what is not drawn."""
    fee_day: Ints
    """Days on which that fee is due."""


class Distribution(IntEnum):
    """What happens before settlement to cash that is not needed; from settlement on all of it is distributed."""

    HOLD = 0
    """The SPV holds it."""
    SWEEP = 1
    """At the end of each quarter it is distributed, but for what the next quarters' costs need."""
    DATED = 2
    """On agreed days it is distributed, up to an agreed sum."""


DISTRIBUTION = constants(Distribution)
"""The same names as plain numbers, for compiled code."""


class Payout(NamedTuple):
    """When cash is distributed before settlement, by the deal's policy."""

    policy: int
    """`Distribution`."""
    settlement_day: int
    day: Ints
    """Days of distributions before settlement; shape (distributions,)."""
    most: Ints
    """The most of each dated one, in pence; shape (distributions,), or (0,) where there is no such sum."""
    reserved_before: Ints
    """What is kept in hand at each sweep: known costs that fall due before this day; shape (distributions,) or (0,)."""


class Sharing(NamedTuple):
    """Who gets what is left after the return of capital and the costs paid last."""

    preferred: float
    """Yearly rate, or 0."""
    weights: Ints
    """Parts of the profit of investor, provider, commissioners and intermediary."""
    return_cap: int
    multiple_cap: int
    """In millionths, capital included."""
    rate_cap: float
    """Yearly rate, or 0 for none."""
    residual: int
    """Account, or COMMISSIONERS."""
    guarantee: int
    """The most that a guarantor pays of capital not returned."""


class Ending(NamedTuple):
    """What an early end costs."""

    day: int
    """The day it is due to come; NEVER where a shortfall brings it, or where there is no agreement on an end."""
    by_shortfall: bool
    compensates: bool
    on_top: int
    """Millionths of outstanding capital."""
    wind_down: int


class Agreement(NamedTuple):
    """What every replication's cash shares; days from the start of service, money in pence."""

    costs: Costs
    last: Last
    outcome_pay: OutcomePay
    capital: Capital
    payout: Payout
    sharing: Sharing
    ending: Ending
    funder_weight: Ints


def money_terms(deal: Deal) -> Agreement:
    """Return the terms of a deal's investment agreement and of its costs."""
    provider, costs = deal.provider, dated_costs(deal)
    return Agreement(
        costs=Costs(*(_column([row[place] for row in costs]) for place in (0, 5, 3, 2, 4))),
        last=Last(*(_column([row[place] for row in costs_at_settlement(deal)]) for place in range(3))),
        outcome_pay=OutcomePay(
            expected=provider.contract_value - block_of(deal),
            expected_payments=max(1, provider.expected_outcome_payments),
            days=provider.pays_after_invoice_days,
            at_risk=provider.outcome_part == "at_risk",
        ),
        capital=_capital(deal),
        payout=_payout(deal),
        sharing=_sharing(deal),
        ending=_ending(deal, deal.early_termination),
        funder_weight=_column([funder.weight for funder in deal.funders]),
    )


def account_names(deal: Deal) -> list[str]:
    """Return the names of all accounts, by number."""
    parties = [account.name.lower() for account in Account if account < Account.FUNDERS]
    return [*parties, *(f.name for f in deal.funders), *(c.name for c in deal.costs)]


def planned_end(deal: Deal) -> int:
    """Return the day on which an agreed early end comes by notice: the first day without service; NEVER if none does."""
    ends = deal.early_termination.notice_ends if deal.early_termination else None
    return NEVER if ends is None else day_number(ends, deal.term.service_start)


def _capital(deal: Deal) -> Capital:
    investment, start = deal.investment, deal.term.service_start
    dated = [(0, investment.commitment)] if investment.draw == "day_one" else []
    if investment.draw == "schedule":
        dated = [(day_number(each.on, start), each.pence) for each in investment.draw_schedule]
    quarters = contract_quarters(start, investment.settlement_date)
    closes = [day_number(day, start) - 1 for day in quarters[1:]]
    settlement = day_number(investment.settlement_date, start)
    return Capital(
        commitment=investment.commitment,
        min_cash=investment.min_cash,
        as_needed=investment.draw == "as_needed",
        day=_column([day for day, _ in dated]),
        amount=_column([amount for _, amount in dated]),
        redraw=investment.redraw,
        most=investment.commitment if not investment.redraw else investment.redraw_cap or 0,
        fee_rate=round((investment.fees.availability_per_year if investment.fees else 0) * MILLION),
        fee_day=_column([day for day in closes if day < settlement] + [settlement]),
    )


def _payout(deal: Deal) -> Payout:
    investment, start, none = deal.investment, deal.term.service_start, _column([])
    settlement = day_number(investment.settlement_date, start)
    if investment.distribution == "hold_to_settlement":
        return Payout(Distribution.HOLD, settlement, none, none, none)
    if investment.distribution == "schedule":
        dated = sorted((day_number(each.on, start), each.pence) for each in investment.distribution_schedule)
        days, most = _column([day for day, _ in dated]), _column([pence for _, pence in dated])
        return Payout(Distribution.DATED, settlement, days, most, none)
    ahead = investment.reserve_quarters or 0
    quarters = contract_quarters(start, add_months(investment.settlement_date, 3 * (ahead + 1)))
    marks = [day_number(day, start) for day in quarters]
    ends = [place for place, mark in enumerate(marks) if 0 < mark <= settlement]
    days, before = _column([marks[place] - 1 for place in ends]), _column([marks[place + ahead] for place in ends])
    return Payout(Distribution.SWEEP, settlement, days, none, before)


def _sharing(deal: Deal) -> Sharing:
    investment, share = deal.investment, deal.investment.profit_share
    cap = investment.return_cap
    accounts = {"commissioners": COMMISSIONERS, "provider": Account.PROVIDER, "intermediary": Account.INTERMEDIARY}
    weights = [1, 0, 0, 0]
    if share is not None:
        parts = (share.investor, share.provider, share.commissioners, share.intermediary)
        weights = [round(part * SHARES) for part in parts]
    return Sharing(
        preferred=float(investment.preferred_return or 0.0),
        weights=_column(weights),
        return_cap=NO_LIMIT if cap.pence == "none" else cap.pence,
        multiple_cap=NO_LIMIT if cap.multiple == "none" else round(cap.multiple * MILLION),
        rate_cap=0.0 if cap.irr == "none" else float(cap.irr),
        residual=int(accounts[investment.residual]),
        guarantee=investment.first_loss.pence if investment.first_loss else 0,
    )


def _ending(deal: Deal, ending: EarlyTermination | None) -> Ending:
    if ending is None:
        return Ending(NEVER, False, False, 0, 0)
    on_top = ending.compensation_return if ending.compensation == "capital_and_return" else 0.0
    return Ending(
        day=planned_end(deal),
        by_shortfall=ending.form == "fund_exhausted",
        compensates=ending.compensation != "none",
        on_top=round(on_top * MILLION),
        wind_down=ending.wind_down_cost,
    )


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
