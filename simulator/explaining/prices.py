"""Prices of every kind in words, short for tables and in full for sentences."""

from datetime import date
from itertools import pairwise

from simulator.dates import add_months
from simulator.scenario.rate_card import ByYear, Price, Tiered
from simulator.words import listed, say_date, say_pence


def say_price(price: Price, target: int) -> str:
    """Return a price in a few words; tiers end at shares of the line's target.

    >>> say_price(56900, 799)
    '£569'
    """
    if isinstance(price, Tiered):
        return _tiers(price, target)
    if isinstance(price, ByYear):
        return _years(price)
    return say_pence(price)


def _years(price: ByYear) -> str:
    amounts = price.by_contract_year
    if len(set(amounts)) == 1:
        return f"{say_pence(amounts[0])} in every contract year"
    return f"{listed([say_pence(amount) for amount in amounts])} in contract years 1 to {len(amounts)}"


def _tiers(price: Tiered, target: int) -> str:
    ends = [tier.end(target) for tier in price.tiers[:-1]]
    parts = [f"{say_pence(price.tiers[0].price)} for the first {ends[0]:,}"]
    parts += [
        f"{say_pence(tier.price)} for number {low + 1:,} to {high:,}"
        for tier, (low, high) in zip(price.tiers[1:-1], pairwise(ends), strict=True)
    ]
    return listed([*parts, f"{say_pence(price.tiers[-1].price)} for each after that"])


def price_in_full(price: Price, target: int, start: date) -> str:
    """Return a price in words, with the first day of each contract year or the share of the target at which a tier ends.

    Args:
        price: the price.
        target: number of outcomes that shares of the target are of.
        start: first day of service.
    """
    if isinstance(price, ByYear) and len(set(price.by_contract_year)) > 1:
        years = [
            f"{say_pence(amount)} if achieved from {say_date(add_months(start, 12 * i))}"
            for i, amount in enumerate(price.by_contract_year)
        ]
        return listed(years)
    return say_price(price, target) + (_shares(price, target) if isinstance(price, Tiered) else "")


def _shares(price: Tiered, target: int) -> str:
    """Return how the ends of tiers follow from the target."""
    rounded = {"floor": "rounded down", "ceil": "rounded up", None: "a whole number"}
    ends = [
        f"{tier.share_of_target:.0%} of {target:,}, {rounded[tier.rounding]}"
        for tier in price.tiers
        if tier.share_of_target is not None
    ]
    noun = "the tier ends" if len(ends) == 1 else "the tiers end"
    return f" (counted as paid so far; {noun} at {listed(ends)})"
