"""What the rate card is worth at its targets, and where on the way to them the contract's cap is reached."""

from dataclasses import dataclass

from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import Outcome, steps
from simulator.scenario.worth import scale_worth
from simulator.studies.plan import running_costs


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
    costs_pence: int
    """Delivery and the vehicle, the investor's return left out."""
    costs_reached_at: float | None
    """Share of the high case that pays for them; None if the high case does not."""


def prices(deal: Deal) -> Prices:
    """Return what a deal's rate card comes to."""
    value, cap = sum(outcome.high_case for outcome in deal.rate_card), deal.total_cap.pence
    return Prices(
        lines=tuple(_line(outcome) for outcome in deal.rate_card),
        value_pence=value,
        cap_pence=cap,
        value_to_cap=value / cap,
        value_to_printed=value / deal.printed.total_outcome_payment if deal.printed else None,
        cap_reached_at=scale_worth(deal, cap),
        costs_pence=running_costs(deal),
        costs_reached_at=scale_worth(deal, running_costs(deal)),
    )


def _line(outcome: Outcome) -> Line:
    tiers = steps(outcome.price, outcome.target)
    return Line(
        outcome=outcome.outcome,
        target=outcome.target,
        prices=tuple(sum(tier.by_year) / len(tier.by_year) for tier in tiers),
        tier_ends=tuple(tier.end for tier in tiers[:-1]),
        value_pence=outcome.high_case,
    )
