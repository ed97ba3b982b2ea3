"""What a deal plans, from its terms alone: posts, costs before the investor's return, and the stages that targets lie on."""

from collections.abc import Mapping
from datetime import date

from simulator.scenario.deal import Deal
from simulator.scenario.staffing import Posts

REFERRAL = "referral"
"""What the first outcomes follow."""


def running_costs(deal: Deal) -> int:
    """Return pence: what comes before the return of capital: the contract value, and all costs not due after it."""
    return deal.provider.contract_value + sum(cost.total for cost in deal.costs if cost.timing != "at_settlement")


def mean_posts(deal: Deal, lines: int | None = None) -> float:
    """Return the specialist posts that are open on an average day of the term; of the first lines alone, if so many are named."""
    start, end = deal.term.service_start, deal.term.term_end
    return sum(each.posts * _open(each, start, end) for each in deal.staffing.specialists[:lines]) / (end - start).days


def _open(posts: Posts, start: date, end: date) -> int:
    """Return the days of the term on which posts are open."""
    return max(0, (min(posts.end or end, end) - max(posts.start, start)).days)


def stage_before(deal: Deal, group: str) -> str | None:
    """Return what outcomes counted under a name follow: another such name, the referral, or None."""
    return next(outcome.follows for outcome in deal.rate_card if outcome.group == group)


def entered(deal: Deal, counts: Mapping[str, float]) -> float:
    """Return how many people enter the service by counts: outcomes that follow the referral directly."""
    return sum(counts[group] for group in deal.groups if stage_before(deal, group) == REFERRAL)


def targets(deal: Deal) -> dict[str, int]:
    """Return the targets of the deal: referrals, and outcomes by the name they are counted under."""
    return {REFERRAL: deal.referral_target} | {group: deal.group_target(group) for group in deal.groups}
