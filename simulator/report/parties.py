"""What every party pays and receives in all, beside the investor: one row each, from the run's own measures."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.estimates import LEVELS, Estimate, estimate
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run, blocks
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
    """Return all parties: outcome payers one by one, investor, provider, intermediary, and whoever else is paid or pays."""
    return [Party(title, role, *_estimates(run, pays, receives)) for title, role, pays, receives in _flows(run)]


def _estimates(run: Run, pays: Floats, receives: Floats) -> tuple[Estimate, Estimate, Estimate]:
    pays_in, gets, keeps = (estimate(values, blocks=blocks(run.points)) for values in (pays, receives, receives - pays))
    return pays_in, gets, keeps if receives.any() else _mirrored(pays_in)


def _mirrored(found: Estimate) -> Estimate:
    """Return the estimate of minus a measure, each percentile minus its opposite: ranks alone need not mirror one another."""
    turned = tuple(None if level is None else -level for level in reversed(found.quantiles))
    mean = None if found.mean is None else -found.mean
    return replace(found, mean=mean, quantiles=turned, quantile_errors=found.quantile_errors[::-1])


Flow = tuple[str, str, Floats, Floats]
"""Title, role, pounds paid and received by replication."""


def _flows(run: Run) -> Iterator[Flow]:
    deal, nothing = run.scenario.deal, np.zeros(run.replications)
    yield from _funders(run)
    yield from _investors(run)
    yield deal.provider.title, "provider", nothing, _of(run, "provider.income_gbp")
    yield deal.intermediary, "intermediary", nothing, _of(run, "intermediary.income_gbp")
    for cost in deal.costs:
        if cost.paid_to != "intermediary":
            yield cost.title, "cost line", nothing, _of(run, key("costs.{}_gbp", cost.name))
    if deal.investment.first_loss is not None:
        yield deal.investment.first_loss.guarantor, "guarantor", _of(run, "guarantor.paid_gbp"), nothing


def _funders(run: Run) -> Iterator[Flow]:
    """Yield each outcome payer, and with its own staff the one that delivers: compensation is in what is paid."""
    for funder in run.scenario.deal.funders:
        back = _of(run, key("commissioner.{}.residual_gbp", funder.name))
        paid = _of(run, key("commissioner.{}.net_cost_gbp", funder.name)) + back
        yield funder.title, f"outcome payer, {funder.weight}% of each payment", paid, back
        if run.scenario.deal.provider.in_house_of == funder.name:
            own = _of(run, "provider.income_gbp")
            yield f"{funder.title} with its own staff", "outcome payer and provider together", paid, back + own


def _investors(run: Run) -> Iterator[Flow]:
    """Yield the investor, and each tranche if there are tranches."""
    agreed = run.scenario.deal.investment
    if agreed.commitment:
        yield agreed.title, "investor", _of(run, "investor.drawn_gbp"), _of(run, "investor.received_gbp")
    for tranche in agreed.tranches:
        paid, got = (_of(run, key(each, tranche.name)) for each in ("tranche.{}.drawn_gbp", "tranche.{}.received_gbp"))
        yield tranche.title, f"of which tranche {tranche.name}, rank {tranche.rank}", paid, got


def _of(run: Run, measure: str) -> Floats:
    """Return a measure of every replication."""
    return np.asarray(run.returns.values[measure])
