"""What the postings mean: the investor's multiples, IRR, NPV, exposure and loss, and balances by quarter (docs/model.md §13)."""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import quarters_by_day
from simulator.finance.agreement import account_names
from simulator.finance.irr import IrrStatus, irr
from simulator.finance.parties import Sums, party_measures
from simulator.finance.tranches import tranche_measures
from simulator.kernel import kernel
from simulator.records import Account, Cashflows, Numbers, Purpose, Shortfalls
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DISCOUNT_RATE = 0.035
"""Per year, Act/365F, to day 0 (docs/model.md §13)."""
_INVESTOR, _CASH, _OUTCOME_PAYMENT = int(Account.INVESTOR), int(Account.CASH), int(Purpose.OUTCOME_PAYMENT)
_PURPOSES = len(Purpose)
_CENTURY = 36_525


@kernel
def _sums(
    accounts: int, starts: Ints, day: Numbers, debit: Numbers, credit: Numbers, amount: Numbers, purpose: Numbers,
    marks: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    """Return the four parts of `Sums`."""
    n, quarters = starts.size - 1, marks.size - 1
    received, given = np.zeros((n, accounts), dtype=np.int64), np.zeros((n, accounts), dtype=np.int64)
    purposes, quarterly = np.zeros((n, _PURPOSES), dtype=np.int64), np.zeros((n, 3, quarters), dtype=np.int64)
    quarter_of = quarters_by_day(marks)
    for r in range(n):
        for i in range(starts[r], starts[r + 1]):
            received[r, debit[i]] += amount[i]
            given[r, credit[i]] += amount[i]
            purposes[r, purpose[i]] += amount[i]
            if day[i] < quarter_of.size:
                quarter = quarter_of[day[i]]
                quarterly[r, 0, quarter] += amount[i] * ((debit[i] == _INVESTOR) - (credit[i] == _INVESTOR))
                quarterly[r, 1, quarter] += amount[i] * ((debit[i] == _CASH) - (credit[i] == _CASH))
                quarterly[r, 2, quarter] += amount[i] * (purpose[i] == _OUTCOME_PAYMENT)
    return received, given, purposes, quarterly


def money_measures(
    deal: Deal, cashflows: Cashflows, shortfalls: Shortfalls, marks: Ints
) -> tuple[dict[str, Floats], dict[str, Floats], Ints, Ints]:
    """Return what the postings mean to every party: measures, balances by quarter, `IrrStatus`, and the investor's flows.

    Measures are of shape (n,), balances at quarter ends of shape (n, quarters), both in pounds; the flows are each day's
    pence summed over the batch, shape (days,).

    Args:
        deal: the deal.
        cashflows: the postings.
        shortfalls: days on which costs could not be paid.
        marks: first day of each quarter, and the day after the last, shape (quarters + 1,).
    """
    columns = (cashflows.day, cashflows.debit, cashflows.credit, cashflows.amount_pence, cashflows.purpose)
    sums = Sums(*_sums(len(account_names(deal)), cashflows.starts, *columns, marks))
    flows = investor_flows(cashflows)
    investor, status = investor_measures(deal, sums, flows)
    balances = sums.quarterly.cumsum(axis=2) / 100
    names = ("investor.net_position_gbp", "spv.cash_gbp", "payments.received_gbp")
    series = {name: balances[:, line] for line, name in enumerate(names)}
    values = investor | party_measures(deal, sums, shortfalls)
    if deal.investment.tranches:
        values |= tranche_measures(deal, cashflows)
    return values, series, status, flows_by_day(flows)


Flows = tuple[Ints, Ints, Ints]
"""The investor's net flow of each day that has one: starts (n + 1,), days, pence (draws below zero)."""


def investor_flows(cashflows: Cashflows) -> Flows:
    """Return the investor's net flow of each day that has one."""
    return _net_by_day(cashflows.starts, cashflows.day, cashflows.debit, cashflows.credit, cashflows.amount_pence)


@kernel
def _net_by_day(starts: Ints, day: Numbers, debit: Numbers, credit: Numbers, amount: Numbers) -> Flows:
    n = starts.size - 1
    out_starts = np.zeros(n + 1, dtype=np.int64)
    out_day, out_amount = np.empty(day.size, dtype=np.int64), np.empty(day.size, dtype=np.int64)
    size = 0
    for r in range(n):
        first = size
        for i in range(starts[r], starts[r + 1]):
            if debit[i] != _INVESTOR and credit[i] != _INVESTOR:
                continue
            if size == first or out_day[size - 1] != day[i]:
                out_day[size], out_amount[size] = day[i], 0
                size += 1
            out_amount[size - 1] += amount[i] if debit[i] == _INVESTOR else -amount[i]
        out_starts[r + 1] = size
    return out_starts, out_day[:size].copy(), out_amount[:size].copy()


def flows_by_day(flows: Flows) -> Ints:
    """Return the pence of each day summed over all replications, shape (days,); what comes after a century, on its last day."""
    _, day, amount = flows
    within = np.minimum(day, _CENTURY)
    summed = np.zeros(int(within.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(summed, within, amount)
    return summed


def investor_measures(deal: Deal, sums: Sums, flows: Flows) -> tuple[dict[str, Floats], Ints]:
    """Return the investor's measures per replication, each of shape (n,), and its `IrrStatus`; money in pounds.

    Args:
        deal: the deal.
        sums: what the postings add up to.
        flows: the investor's flows by day.
    """
    rate, status = irr(*flows)
    drawn, received = sums.given[:, _INVESTOR] / 100, sums.received[:, _INVESTOR] / 100
    peak, payback, risk, worth = _exposure(*flows, DISCOUNT_RATE)
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
