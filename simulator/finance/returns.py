"""What the postings mean to each party: multiples, IRR, NPV, exposure, loss (docs/model.md §13)."""

import numpy as np
from numpy.typing import NDArray

from simulator.finance.agreement import account_names
from simulator.finance.irr import IrrStatus, irr
from simulator.kernel import kernel
from simulator.records import Account, Cashflows, Purpose, Shortfalls
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DISCOUNT_RATE = 0.035
"""Per year, Act/365F, to day 0 (docs/model.md §13)."""
_INVESTOR = int(Account.INVESTOR)


def investor_flows(cashflows: Cashflows) -> tuple[Ints, Ints, Ints]:
    """Return the investor's net flow of each day that has one: starts (n + 1,), days, pence (draws below zero)."""
    mine = (cashflows.debit == _INVESTOR) | (cashflows.credit == _INVESTOR)
    kept = np.concatenate([[0], np.cumsum(mine)])
    signed = np.where(cashflows.debit == _INVESTOR, cashflows.amount_pence, -cashflows.amount_pence)[mine]
    return _net_by_day(kept[cashflows.starts], cashflows.day[mine], signed)


@kernel
def _net_by_day(starts: Ints, day: Ints, amount: Ints) -> tuple[Ints, Ints, Ints]:
    n = starts.size - 1
    out_starts, out_day, out_amount = np.zeros(n + 1, dtype=np.int64), np.empty_like(day), np.empty_like(amount)
    size = 0
    for r in range(n):
        first = size
        for i in range(starts[r], starts[r + 1]):
            if size > first and out_day[size - 1] == day[i]:
                out_amount[size - 1] += amount[i]
            else:
                out_day[size], out_amount[size] = day[i], amount[i]
                size += 1
        out_starts[r + 1] = size
    return out_starts, out_day[:size].copy(), out_amount[:size].copy()


def investor_measures(deal: Deal, cashflows: Cashflows) -> tuple[dict[str, Floats], Ints]:
    """Return the investor's measures per replication, each of shape (n,), and its `IrrStatus`; money in pounds."""
    starts, day, amount = investor_flows(cashflows)
    rate, status = irr(starts, day, amount)
    drawn = _sum_by(cashflows, credit=_INVESTOR)
    received = _sum_by(cashflows, debit=_INVESTOR)
    peak, payback, risk, worth = _exposure(starts, day, amount, DISCOUNT_RATE)
    net = received - drawn
    commitment = np.float64(deal.investment.commitment / 100)
    with np.errstate(invalid="ignore", divide="ignore"):
        multiple = np.where(drawn > 0, received / drawn, np.nan)
        values = {
            "investor.multiple": multiple,
            "investor.multiple_peak": np.where(peak > 0, 1 + net / (peak / 100), np.nan),
            "investor.multiple_commitment": np.where(commitment > 0, 1 + net / commitment, np.nan),
            "investor.irr": np.where(status == IrrStatus.TOTAL_LOSS, -1.0, rate),
            "investor.npv_gbp": worth / 100,
            "investor.drawn_gbp": drawn,
            "investor.received_gbp": received,
            "investor.net_gbp": net,
            "investor.probability_of_loss": (net < 0).astype(np.float64),
            "investor.probability_of_total_loss": ((drawn > 0) & (received == 0)).astype(np.float64),
            "investor.peak_exposure_gbp": peak / 100,
            "investor.payback_years": payback / 365,
            "investor.capital_at_risk_gbp_years": risk / 100 / 365,
        }
    return values, status


@kernel
def _exposure(starts: Ints, day: Ints, amount: Ints, rate: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return peak exposure, first day of net zero or more, pence-days at risk and present value; each of shape (n,)."""
    n = starts.size - 1
    peak, payback, risk, worth = np.zeros(n), np.full(n, np.nan), np.zeros(n), np.zeros(n)
    for r in range(n):
        balance, last = 0, 0
        for i in range(starts[r], starts[r + 1]):
            risk[r] += max(0, -balance) * (day[i] - last)
            last = day[i]
            balance += amount[i]
            peak[r] = max(peak[r], -balance)
            worth[r] += amount[i] * (1.0 + rate) ** (-day[i] / 365.0)
            if balance >= 0 and np.isnan(payback[r]):
                payback[r] = day[i]
    return peak, payback, risk, worth


def party_measures(deal: Deal, cashflows: Cashflows, shortfalls: Shortfalls) -> dict[str, Floats]:
    """Return what every other party gets per replication, each of shape (n,), in pounds.

    Args:
        deal: the deal.
        cashflows: the postings.
        shortfalls: days on which costs could not be paid.
    """
    names = account_names(deal)
    missing = np.bincount(shortfalls.owners(), weights=shortfalls.amount_pence, minlength=shortfalls.replications)
    paid = {
        name: _sum_by(cashflows, debit=account) for account, name in enumerate(names) if account >= Account.PROVIDER
    }
    residual = _sum_by(cashflows, purpose=Purpose.RESIDUAL)
    costs = {name: paid[name] for name in (c.name for c in deal.costs)}
    values: dict[str, Floats] = {
        "provider.income_gbp": paid["provider"],
        "provider.outcome_income_gbp": _sum_by(cashflows, purpose=Purpose.PROVIDER_OUTCOMES),
        "spv.probability_of_shortfall": (missing > 0).astype(np.float64),
        "spv.shortfall_gbp": missing / 100,
        "spv.first_shortfall_day": _first_day(shortfalls),
        "spv.unpaid_costs_gbp": np.asarray(shortfalls.unpaid_pence / 100, dtype=np.float64),
        "spv.closing_cash_gbp": _sum_by(cashflows, debit=Account.CASH) - _sum_by(cashflows, credit=Account.CASH),
        "commissioner.residual_gbp": residual,
        "commissioner.net_cost_gbp": _sum_by(cashflows, purpose=Purpose.OUTCOME_PAYMENT) - residual,
    }
    return values | {f"costs.{name}_gbp": amount for name, amount in costs.items()}


def _first_day(shortfalls: Shortfalls) -> Floats:
    """Return the day of each replication's first shortfall, or NaN."""
    some = np.diff(shortfalls.starts) > 0
    days = np.full(shortfalls.replications, np.nan)
    days[some] = shortfalls.day[shortfalls.starts[:-1][some]]
    return days


def money_series(deal: Deal, cashflows: Cashflows, marks: Ints) -> dict[str, Floats]:
    """Return balances at quarter ends, shape (n, quarters): investor's net position, cash, payments received; in pounds.

    Args:
        deal: the deal.
        cashflows: the postings.
        marks: first day of each quarter, and the day after the last, shape (quarters + 1,).
    """
    amount = cashflows.amount_pence / 100
    sides = {
        "investor.net_position_gbp": _signed(cashflows, _INVESTOR, amount),
        "spv.cash_gbp": _signed(cashflows, Account.CASH, amount),
        "payments.received_gbp": np.where(cashflows.purpose == Purpose.OUTCOME_PAYMENT, amount, 0.0),
    }
    quarters = marks.size - 1
    quarter = np.minimum(np.searchsorted(marks, cashflows.day, side="right") - 1, quarters)
    cell = cashflows.owners() * (quarters + 1) + quarter
    shape = (cashflows.replications, quarters + 1)
    tables = {
        name: np.bincount(cell, weights=side, minlength=shape[0] * shape[1]).reshape(shape)
        for name, side in sides.items()
    }
    return {name: table[:, :quarters].cumsum(axis=1) for name, table in tables.items()}


def _signed(cashflows: Cashflows, account: int, amount: Floats) -> Floats:
    return np.where(cashflows.debit == account, amount, 0.0) - np.where(cashflows.credit == account, amount, 0.0)


def _sum_by(
    cashflows: Cashflows, debit: int | None = None, credit: int | None = None, purpose: int | None = None
) -> Floats:
    """Return the pounds of postings with a given debit or credit account or purpose, shape (n,)."""
    chosen = np.ones(cashflows.day.size, dtype=bool)
    for column, wanted in ((cashflows.debit, debit), (cashflows.credit, credit), (cashflows.purpose, purpose)):
        if wanted is not None:
            chosen &= column == wanted
    weights = np.where(chosen, cashflows.amount_pence, 0)
    pence = np.bincount(cashflows.owners(), weights=weights, minlength=cashflows.replications)
    return np.asarray(pence / 100, dtype=np.float64)
