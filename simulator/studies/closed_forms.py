"""Break-even by hand: no cap, no lag, no chance, all of it proportional (docs/studies.md §4). Studies are held against it."""

from typing import NamedTuple

from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import worth
from simulator.studies.plan import running_costs


class ByHand(NamedTuple):
    """What a deal of engagements, job starts and sustainments must reach for receipts to cover costs."""

    job_starts_per_engagement: float
    """At the number of engagements given."""
    engagements: float
    """At the job starts per engagement given."""


def by_hand(deal: Deal, engagements: float, job_starts: float, sustainments: float) -> ByHand | None:
    """Return the break-even conversion and volume of a deal at given counts; None for a deal without these three outcomes.

    With C the costs that come before the return of capital, E engagements, p the prices and s sustainments per job start:
    J/E = (C - E p_E) / (E (p_J + s p_S)), and E = C / (p_E + (J/E) (p_J + s p_S)). The price of a sustainment is the mean over
    its lines by their targets; of a price by year it is the mean of its years.

    Args:
        deal: the deal.
        engagements: how many.
        job_starts: how many.
        sustainments: how many.
    """
    if deal.groups != ("engagement", "job_start", "sustainment") or not engagements or not job_starts:
        return None
    price = {group: _mean_price(deal, group) for group in deal.groups}
    after_start = price["job_start"] + sustainments / job_starts * price["sustainment"]
    cost = float(running_costs(deal))
    conversion = job_starts / engagements
    return ByHand(
        (cost - engagements * price["engagement"]) / (engagements * after_start),
        cost / (price["engagement"] + conversion * after_start),
    )


def price_level(cost: float, capital: float, multiple: float, receipts: float) -> float:
    """Return the factor on all prices at which capital earns a multiple: (C + K (MM - 1)) / receipts at the present prices.

    Args:
        cost: costs that come before the return of capital.
        capital: what is drawn.
        multiple: the money multiple wanted.
        receipts: expected outcome payments at the present prices, no cap binding.
    """
    return (cost + capital * (multiple - 1)) / receipts


def _mean_price(deal: Deal, group: str) -> float:
    """Return pence: what the target of an outcome is worth, over the target."""
    lines = [outcome for outcome in deal.rate_card if outcome.group == group]
    target = sum(outcome.target for outcome in lines)
    return sum(worth(outcome.price, outcome.target, outcome.target) for outcome in lines) / target
