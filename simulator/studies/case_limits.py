"""How many people a case may have: where money covers the costs, where the cap is rarely reached, how many there is room for.

Each is a factor on the reference path of outcomes, the scenario as it stands with the same mix and timing (docs/studies.md §10).
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.errors import refuse
from simulator.finance.agreement import money_terms
from simulator.measures.of_deal import key, named
from simulator.records import Account, Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.cases import cap_is_reached
from simulator.studies.lever import Change, Lever
from simulator.studies.levers import lever_of
from simulator.studies.quantities import Quantity
from simulator.studies.solving import Response, Root, solve
from simulator.words import MONEY, Unit

Floats = NDArray[np.float64]
LEAST, MOST = 1 / 3, 3.0
"""Factors on the reference path between which cases are sought."""
RARELY = 0.10
"""Probability up to which reaching the cap is taken to be rare."""
LimitStatus = Literal["ok", "never", "always", "not_monotone", "undefined"]


@dataclass(frozen=True, kw_only=True)
class Surplus(Quantity):
    """What the SPV gets from the outcome payers less what it owes before the investor's return, in pounds."""

    deal: Deal

    @property
    def name(self) -> str:
        """Return it in words."""
        return "mean receipts less mean costs"

    @property
    def unit(self) -> Unit:
        """Return pounds."""
        return MONEY

    def column(self, returns: Returns) -> Floats:
        """Return the surplus of each replication, shape (n,)."""
        return np.asarray(returns.values["payments.total_gbp"] - costs_due(self.deal, returns))

    def of(self, returns: Returns) -> tuple[float | None, float | None]:
        """Return the mean and its standard error."""
        return mean_and_error(self.column(returns))


@dataclass(frozen=True, kw_only=True)
class CapReached(Quantity):
    """The probability that payments are all that the caps on the whole contract allow."""

    deal: Deal

    @property
    def name(self) -> str:
        """Return it in words."""
        return "probability that payments reach the cap"

    def column(self, returns: Returns) -> Floats:
        """Return one for each replication in which they are, zero for the others, shape (n,)."""
        return cap_is_reached(self.deal, np.asarray(returns.values["payments.total_gbp"])).astype(np.float64)


@dataclass(frozen=True)
class Limit:
    """The largest factor on the reference path that something allows, or why there is none."""

    status: LimitStatus
    """`never`: no factor in the range searched is too large; `always`: all are."""
    factor: float | None = None
    error: float | None = None


def costs_due(deal: Deal, returns: Returns) -> Floats:
    """Return pounds: all that falls due before the investor's capital is returned, paid or not, shape (n,).

    The provider's pay, as far as it is not at risk, and the other costs but for those at settlement; what the provider gets of
    profit or as residual party is none of them.

    Raises:
        SibError: for a deal that may end early and whose provider shares in what is left: how much of its pay is a cost is not
            known then.
    """
    values, investment = returns.values, deal.investment
    shares = investment.residual == "provider" or (
        investment.profit_share is not None and investment.profit_share.provider
    )
    refuse(
        bool(shares) and deal.early_termination is not None,
        "the low case cannot be reckoned for a deal that may end early and whose provider shares in what is left",
    )
    dated = money_terms(deal).costs
    block = dated.amount[dated.account == Account.PROVIDER].sum() / 100
    by_outcomes = values["provider.outcome_income_gbp"]
    provider = np.minimum(values["provider.income_gbp"], block + by_outcomes + values.get("spv.wind_down_gbp", 0.0))
    if deal.provider.outcome_part == "at_risk":
        provider = provider - by_outcomes
    others = sum(values[key("costs.{}_gbp", cost.name)] for cost in deal.costs if cost.timing != "at_settlement")
    return np.asarray(provider + others + values["spv.unpaid_costs_gbp"])


def mean_and_error(values: Floats) -> tuple[float, float]:
    """Return the mean of values, shape (n,), and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def volume(scenario: Scenario) -> Lever:
    """Return the lever that scales the reference path: people and room for them."""
    return lever_of(scenario, "volume")


def inflow(scenario: Scenario) -> Lever:
    """Return the lever that scales people alone, with room as it is."""
    both = volume(scenario)

    def change(factor: float) -> Change:
        new, factors, windows = both.change(factor)
        return new, {path: each for path, each in factors.items() if path.startswith("assumptions.")}, windows

    return replace(both, name="inflow", title="people referred, with room as it is", change=change)


def break_even(response: Response, lever: Lever, deal: Deal) -> Root:
    """Return the factor on the reference path at which mean receipts are the mean costs before the investor's return.

    Args:
        response: the scenario's returns at factors on its reference path.
        lever: the factor on that path; see `volume`.
        deal: the deal whose costs are to be covered.
    """
    return solve(response, lever, Surplus(named("payments.total_gbp"), "mean", deal=deal), 0.0, LEAST, MOST)


def cap_limit(response: Response, lever: Lever, deal: Deal) -> tuple[Limit, Root]:
    """Return the largest factor at which payments reach the cap in at most a tenth of replications, and how it was found.

    Args:
        response: the scenario's returns at factors on its reference path.
        lever: the factor on that path; see `volume`.
        deal: the deal whose caps on the whole contract count.
    """
    rarely = CapReached(named("payments.total_gbp"), "probability", deal=deal)
    root = solve(response, lever, rarely, RARELY, LEAST, MOST)
    if root.status == "ok" and root.bracket is not None:
        return Limit("ok", root.bracket[0], root.error), root
    if root.status == "no_bracket":
        return Limit("never" if (root.points[0].figure or 0.0) < RARELY else "always"), root
    return Limit("not_monotone" if root.status == "not_monotone" else "undefined"), root


def room_limit(base: Returns) -> Limit:
    """Return how many times as many people there is room for, each holding a place as long as on the reference path.

    Places in use are people's arrivals times the time for which they hold them (Little 1961), both averages over the term; so
    the factor is the mean of places that there are over the mean of those in use.
    """
    available = base.values["caseload.capacity_slots"]
    used = places_used(base)
    if used.mean() == 0:
        return Limit("never")
    factor = float(available.mean() / used.mean())
    error = (available - factor * used).std(ddof=1) / used.mean() / np.sqrt(used.size)
    return Limit("ok", factor, float(error))


def places_used(returns: Returns) -> Floats:
    """Return the places in use on an average day, weighted, shape (n,)."""
    share = np.nan_to_num(returns.values["caseload.utilisation"], nan=0.0)
    return np.asarray(share * returns.values["caseload.capacity_slots"])
