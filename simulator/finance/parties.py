"""What every party but the investor pays and gets (docs/model.md §13)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.finance.dated import payee
from simulator.measures.of_deal import key
from simulator.records import Account, Purpose, Shortfalls
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """Pence of the postings of n replications."""

    received: Ints
    """By account that receives, shape (n, accounts)."""
    given: Ints
    """By account that gives."""
    purpose: Ints
    """By purpose, shape (n, purposes)."""
    quarterly: Ints
    """What comes to the investor, to cash, and from the funders, less what goes, by quarter; shape (n, 3, quarters)."""


def party_measures(deal: Deal, sums: Sums, shortfalls: Shortfalls) -> dict[str, Floats]:
    """Return what every other party gets per replication, each of shape (n,), in pounds.

    Args:
        deal: the deal.
        sums: what the postings add up to.
        shortfalls: the days on which costs could not be paid.
    """
    missing = np.bincount(shortfalls.owners(), weights=shortfalls.amount_pence, minlength=shortfalls.replications)
    values: dict[str, Floats] = {
        "provider.income_gbp": sums.received[:, Account.PROVIDER] / 100,
        "provider.outcome_income_gbp": sums.purpose[:, Purpose.PROVIDER_OUTCOMES] / 100,
        "spv.probability_of_shortfall": (missing > 0).astype(np.float64),
        "spv.shortfall_gbp": missing / 100,
        "spv.first_shortfall_day": _first_day(shortfalls),
        "spv.unpaid_costs_gbp": np.asarray(shortfalls.unpaid_pence / 100, dtype=np.float64),
        "spv.closing_cash_gbp": (sums.received[:, Account.CASH] - sums.given[:, Account.CASH]) / 100,
        "intermediary.income_gbp": _intermediary(deal, sums),
    }
    costs = {
        key("costs.{}_gbp", c.name): sums.received[:, payee(deal, line)] / 100 for line, c in enumerate(deal.costs)
    }
    return values | costs | _commissioners(deal, sums) | _by_terms(deal, sums, shortfalls)


def _intermediary(deal: Deal, sums: Sums) -> Floats:
    """Return what the intermediary gets of profit and residual, and for managing the contract."""
    lines = [payee(deal, line) for line, cost in enumerate(deal.costs) if cost.paid_to == "intermediary"]
    return np.asarray(sums.received[:, [Account.INTERMEDIARY, *lines]].sum(axis=1) / 100, dtype=np.float64)


def _commissioners(deal: Deal, sums: Sums) -> dict[str, Floats]:
    """Return what goes back to the funders, and what they pay less that; of all, and of each."""
    accounts = [Account.FUNDERS + place for place in range(len(deal.funders))]
    back, given = sums.received[:, accounts], sums.given[:, accounts]
    values: dict[str, Floats] = {
        "commissioner.residual_gbp": back.sum(axis=1) / 100,
        "commissioner.net_cost_gbp": (given - back).sum(axis=1) / 100,
    }
    for place, funder in enumerate(deal.funders):
        net = given[:, place] - back[:, place]
        values[key("commissioner.{}.residual_gbp", funder.name)] = back[:, place] / 100
        values[key("commissioner.{}.net_cost_gbp", funder.name)] = net / 100
        if deal.provider.in_house_of == funder.name:
            own = sums.received[:, Account.PROVIDER]
            values[key("commissioner.{}.net_of_delivery_gbp", funder.name)] = (net - own) / 100
    return values


def _by_terms(deal: Deal, sums: Sums, shortfalls: Shortfalls) -> dict[str, Floats]:
    """Return what exists only where the deal has the term that it belongs to."""
    values: dict[str, Floats] = {}
    if deal.provider.outcome_part == "at_risk":
        values["provider.at_risk_unpaid_gbp"] = np.asarray(shortfalls.at_risk_pence / 100, dtype=np.float64)
    if deal.investment.fees is not None:
        values["investor.fees_gbp"] = sums.purpose[:, Purpose.FEE] / 100
    if deal.investment.preferred_return is not None:
        values["investor.preferred_return_gbp"] = sums.purpose[:, Purpose.PREFERRED_RETURN] / 100
    if deal.investment.first_loss is not None:
        values["guarantor.paid_gbp"] = sums.given[:, Account.GUARANTOR] / 100
    if deal.early_termination is not None:
        values["commissioner.compensation_gbp"] = sums.purpose[:, Purpose.COMPENSATION] / 100
        values["spv.wind_down_gbp"] = sums.purpose[:, Purpose.WIND_DOWN] / 100
    return values


def _first_day(shortfalls: Shortfalls) -> Floats:
    """Return the day of each replication's first shortfall, or NaN."""
    some = np.diff(shortfalls.starts) > 0
    days = np.full(shortfalls.replications, np.nan)
    days[some] = shortfalls.day[shortfalls.starts[:-1][some]]
    return days
