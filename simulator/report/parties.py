"""What every party pays and receives in all, beside the investor: one row each, from the run's own measures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.composer import Run, blocks
from simulator.estimates import LEVELS, Estimate, estimate
from simulator.report.headlines import Cell
from simulator.words import MONEY, say

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Party:
    """One row: a party, what it is in the contract, and its estimates in pounds."""

    title: str
    role: str
    pays: Estimate
    receives: Estimate
    net: Estimate

    def cells(self) -> list[Cell]:
        """Return what it pays, receives and keeps: median and nine in ten each; and the mean it keeps, with its error."""
        mean = "" if self.net.se is None else f"± {MONEY.say_error(self.net.se)}"
        return [
            *(_spread(each) for each in (self.pays, self.receives, self.net)),
            Cell(say(MONEY, self.net.mean), mean),
        ]


def _spread(found: Estimate) -> Cell:
    low, middle, high = (found.quantiles[LEVELS.index(level)] for level in (0.05, 0.5, 0.95))
    if low == high:
        return Cell(say(MONEY, middle) if middle else "nothing")
    return Cell(say(MONEY, middle), f"{say(MONEY, low)} to {say(MONEY, high)}")


def parties(run: Run) -> list[Party]:
    """Return all parties: funders one by one, investor, provider, intermediary, and whoever else is paid or pays."""
    return [Party(title, role, *_estimates(run, pays, receives)) for title, role, pays, receives in _flows(run)]


def _estimates(run: Run, pays: Floats, receives: Floats) -> tuple[Estimate, Estimate, Estimate]:
    pays_in, gets, keeps = (estimate(values, blocks=blocks(run.points)) for values in (pays, receives, receives - pays))
    return pays_in, gets, keeps


Flow = tuple[str, str, Floats, Floats]
"""Title, role, pounds paid and received by replication."""


def _flows(run: Run) -> Iterator[Flow]:
    deal, nothing = run.scenario.deal, np.zeros(run.replications)
    yield from _funders(run)
    if deal.investment.commitment:
        yield deal.investment.title, "investor", _of(run, "investor.drawn_gbp"), _of(run, "investor.received_gbp")
    yield deal.provider.title, "provider", nothing, _of(run, "provider.income_gbp")
    for cost in deal.costs:
        yield cost.title, "cost line", nothing, _of(run, f"costs.{cost.name}_gbp")
    profit = _of(run, "intermediary.income_gbp")
    if profit.any():
        yield deal.intermediary, "intermediary, beside its cost lines", nothing, profit
    if deal.investment.first_loss is not None:
        yield deal.investment.first_loss.guarantor, "guarantor", _of(run, "guarantor.paid_gbp"), nothing


def _funders(run: Run) -> Iterator[Flow]:
    """Yield each funder: what comes back is its part of the residual, in proportion to what it has paid (docs/model.md §12)."""
    total, residual = _of(run, "payments.total_gbp"), _of(run, "commissioner.residual_gbp")
    for funder in run.scenario.deal.funders:
        paid = _of(run, f"payments.{funder.name}_gbp")
        share = np.divide(paid, total, out=np.zeros_like(paid), where=total > 0)
        yield funder.title, f"funder, {funder.weight}% of each payment", paid, residual * share


def _of(run: Run, measure: str) -> Floats:
    """Return a measure of every replication; nothing where the run does not know it."""
    values = run.returns.values
    return np.asarray(values[measure]) if measure in values else np.zeros(run.replications)
