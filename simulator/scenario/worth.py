"""What counts of outcomes are worth at the rate card's prices, whole counts or not, and how many are worth an amount.

Tiers end here at their exact share of a target; at settlement they end at whole claims (`rate_card.worth`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import Outcome, Tiered, steps


class Stretch(NamedTuple):
    """A stretch of a line's target in which a claim costs the same."""

    start: float
    """Where it begins, as a share of the target."""
    end: float
    """Where it ends."""
    price: float
    """Pence, the mean of contract years where prices differ by year."""


def stretches(outcome: Outcome) -> tuple[Stretch, ...]:
    """Return a line's price by share of its target; tiers end at their exact share, not at whole claims."""
    tiers = steps(outcome.price, outcome.target)
    prices = [sum(tier.by_year) / len(tier.by_year) for tier in tiers]
    shares = [tier.share_of_target for tier in outcome.price.tiers] if isinstance(outcome.price, Tiered) else [None]
    ends = [float("inf") if share is None else share for share in shares]
    return tuple(Stretch(*each) for each in zip([0.0, *ends[:-1]], ends, prices, strict=True))


def line_worth(outcome: Outcome, count: float) -> float:
    """Return pence: what a number of a line's claims is worth, whole or not; count caps are left out."""
    if outcome.target == 0:
        return count * stretches(outcome)[0].price
    share = count / outcome.target
    each = (part.price * max(0.0, min(share, part.end) - part.start) for part in stretches(outcome))
    return outcome.target * sum(each)


def counts_worth(deal: Deal, counts: Mapping[str, float]) -> float:
    """Return pence: what counts by group are worth, lines of one group in the proportions of their targets."""
    return sum(
        line_worth(outcome, counts[outcome.group] * outcome.target / (deal.group_target(outcome.group) or 1))
        for outcome in deal.rate_card
    )


def scale_worth(deal: Deal, amount: int) -> float | None:
    """Return the share of the high case, every line scaled alike, that is worth an amount; None if all of it is worth less."""
    edges = sorted({part.end for outcome in deal.rate_card for part in stretches(outcome) if part.end < 1} | {0.0, 1.0})
    worth = [sum(line_worth(outcome, edge * outcome.target) for outcome in deal.rate_card) for edge in edges]
    for i in range(len(edges) - 1):
        if worth[i] < amount <= worth[i + 1]:
            return edges[i] + (edges[i + 1] - edges[i]) * (amount - worth[i]) / (worth[i + 1] - worth[i])
    return None
