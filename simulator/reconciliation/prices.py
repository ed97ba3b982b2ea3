"""What the rate card is worth at its targets, and where on the way to them the contract's cap is reached."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Line:
    """One line of the rate card at its target."""

    outcome: str
    target: int
    prices: tuple[float, ...]
    """Pence, one for each tier."""
    tier_ends: tuple[int, ...]
    """The last claim of each tier but the last."""
    value_pence: int


@dataclass(frozen=True)
class Prices:
    """All lines, what they come to, and shares of the high case at which money limits are reached."""

    lines: tuple[Line, ...]
    value_pence: int
    cap_pence: int
    value_to_cap: float
    value_to_printed: float | None
    """The same against the printed total outcome payment."""
    cap_reached_at: float | None
    """Share of the high case, every line scaled alike; None if the cap is not reached."""
    costs_reached_at: float | None
    """Share of the high case that pays for delivery and the vehicle, the investor's return left out."""


def prices(deal: Deal) -> Prices:
    """Return what a deal's rate card comes to."""
    value, cap = sum(outcome.high_case for outcome in deal.rate_card), deal.total_cap.pounds
    return Prices(
        lines=tuple(_line(outcome) for outcome in deal.rate_card),
        value_pence=value,
        cap_pence=cap,
        value_to_cap=value / cap,
        value_to_printed=value / deal.printed.total_outcome_payment if deal.printed else None,
        cap_reached_at=scale_worth(deal, cap),
        costs_reached_at=scale_worth(deal, running_cost(deal)),
    )


def running_cost(deal: Deal) -> int:
    """Return pence: the provider's contract value and all costs that are due before settlement."""
    return deal.provider.contract_value + sum(cost.total for cost in deal.costs if cost.timing != "at_settlement")


def _line(outcome: Outcome) -> Line:
    tiers = steps(outcome.price, outcome.target)
    return Line(
        outcome=outcome.outcome,
        target=outcome.target,
        prices=tuple(sum(tier.by_year) / len(tier.by_year) for tier in tiers),
        tier_ends=tuple(tier.end for tier in tiers[:-1]),
        value_pence=outcome.high_case,
    )


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
