"""What each tranche of the capital pays in and gets, penny by penny, from the investor's postings (docs/model.md §12)."""

import numpy as np
from numpy.typing import NDArray

from simulator.finance.irr import IrrStatus, irr
from simulator.kernel import constant, kernel
from simulator.measures.of_deal import key
from simulator.money import split, split_further
from simulator.records import Account, Cashflows, Numbers, Purpose
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_INVESTOR, _CAPITAL_RETURN = constant(Account.INVESTOR), constant(Purpose.CAPITAL_RETURN)


def tranche_flows(deal: Deal, cashflows: Cashflows) -> Ints:
    """Return each tranche's part of each posting, in pence, what is paid in below zero; shape (tranches, postings).

    The tranches' parts of a posting of the investor add up to it; of other postings they are 0. Draws, fees, preferred return
    and profit are shared by commitments, with largest remainders of the running total; returned capital goes by rank, and
    within a rank in proportion to what is out.
    """
    tranches = deal.investment.tranches
    weights = np.array([tranche.commitment for tranche in tranches], dtype=np.int64)
    rank = np.array([tranche.rank for tranche in tranches], dtype=np.int64)
    columns = (cashflows.debit, cashflows.credit, cashflows.amount_pence, cashflows.purpose)
    return _shared(weights, rank, cashflows.starts, *columns)


@kernel
def _shared(
    weights: Ints, rank: Ints, starts: Ints, debit: Numbers, credit: Numbers, amount: Numbers, purpose: Numbers
) -> Ints:
    flows, ranks = np.zeros((weights.size, amount.size), dtype=np.int64), np.unique(rank)
    for r in range(starts.size - 1):
        drawn, returned, income = np.zeros((3, weights.size), dtype=np.int64)
        paid_in, gained = 0, 0
        for i in range(starts[r], starts[r + 1]):
            if credit[i] == _INVESTOR:
                paid_in += amount[i]
                flows[:, i] = -_further(paid_in, weights, drawn)
            elif debit[i] == _INVESTOR and purpose[i] == _CAPITAL_RETURN:
                flows[:, i] = _by_rank(amount[i], rank, ranks, drawn - returned)
                returned += flows[:, i]
            elif debit[i] == _INVESTOR:
                gained += amount[i]
                flows[:, i] = _further(gained, weights, income)
    return flows


@kernel
def _further(total: int, weights: Ints, shares: Ints) -> Ints:
    """Bring shares of a running total up to a larger one; return what each gets more."""
    before = shares.copy()
    split_further(total, weights, shares)
    return shares - before


@kernel
def _by_rank(amount: int, rank: Ints, ranks: Ints, out: Ints) -> Ints:
    """Return what each tranche gets of returned capital, given what each has out."""
    given, shares, left = np.zeros(out.size, dtype=np.int64), np.zeros(out.size, dtype=np.int64), amount
    for each in ranks:
        mine = np.where(rank == each, out, 0)
        here = min(left, mine.sum())
        if here > 0:
            split(here, mine, shares)
            given += shares
            left -= here
    return given


def tranche_measures(deal: Deal, cashflows: Cashflows) -> dict[str, Floats]:
    """Return each tranche's measures per replication, each of shape (n,); money in pounds."""
    flows = tranche_flows(deal, cashflows)
    found: dict[str, Floats] = {}
    for tranche, flow in zip(deal.investment.tranches, flows, strict=True):
        drawn, received = (_sums(cashflows, np.maximum(0, sign * flow)) for sign in (-1, 1))
        rate, status = irr(*by_day(cashflows.starts, cashflows.day, flow))
        with np.errstate(invalid="ignore", divide="ignore"):
            multiple = np.where(drawn > 0, received / drawn, np.nan)
        found |= {
            key("tranche.{}.multiple", tranche.name): multiple,
            key("tranche.{}.irr", tranche.name): np.where(status == IrrStatus.TOTAL_LOSS, -1.0, rate),
            key("tranche.{}.drawn_gbp", tranche.name): drawn,
            key("tranche.{}.received_gbp", tranche.name): received,
            key("tranche.{}.net_gbp", tranche.name): received - drawn,
            key("tranche.{}.probability_of_loss", tranche.name): (received < drawn).astype(np.float64),
        }
    return found


def _sums(cashflows: Cashflows, flow: Ints) -> Floats:
    """Return pounds per replication, shape (n,)."""
    total = np.concatenate([[0], np.cumsum(flow)])
    return np.asarray(np.diff(total[cashflows.starts]) / 100, dtype=np.float64)


@kernel
def by_day(starts: Ints, day: Numbers, flow: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the net flow of each day that has any: starts (n + 1,), days, pence.

    Args:
        starts: where each replication begins in the postings, shape (n + 1,).
        day: day of each posting.
        flow: pence of each posting, what is paid in below zero.
    """
    n, size = starts.size - 1, 0
    out_starts = np.zeros(n + 1, dtype=np.int64)
    out_day, out_flow = np.empty(day.size, dtype=np.int64), np.empty(day.size, dtype=np.int64)
    for r in range(n):
        first = size
        for i in range(starts[r], starts[r + 1]):
            if flow[i] == 0:
                continue
            if size == first or out_day[size - 1] != day[i]:
                out_day[size], out_flow[size] = day[i], 0
                size += 1
            out_flow[size - 1] += flow[i]
        out_starts[r + 1] = size
    return out_starts, out_day[:size].copy(), out_flow[:size].copy()
