"""What a deal's own terms add to the words of its measures, and of which subjects a measure is shown."""

from simulator.scenario.deal import Deal
from simulator.words import listed, say_pence


def what_is_paid(deal: Deal, _: str) -> str:
    """Return what is among the outcome payments, in a sentence; nothing where it is claims alone."""
    more = ["activity payments"] if deal.activity_payments else []
    more += ["what was paid on invoices already settled"] if deal.settled else []
    return f"They are verified claims within every cap, and {listed(more)}." if more else ""


def of_the_total_cap(deal: Deal, _: str) -> str:
    """Return the total cap in a sentence."""
    return f"The cap is {say_pence(deal.total_cap.pence)}."


def own_share(deal: Deal, payer: str) -> str:
    """Return a payer's share and cap in a sentence."""
    own = next(each for each in deal.funders if each.name == payer)
    return f"Its {own.weight}% of each payment, up to its own cap of {say_pence(own.cap)}."


def target_in_words(deal: Deal, group: str) -> str:
    """Return the high-case target of what is counted under a name, in a sentence."""
    target = deal.referral_target if group == "referral" else deal.group_target(group)
    return f"High-case target: {target:,}." if target else "There is no target."


def the_shortfall_policy(deal: Deal, _: str) -> str:
    """Return what becomes of a shortfall, in a sentence."""
    waits = deal.investment.shortfall == "defer"
    return "They are paid when money comes in." if waits else "The contract ends that day."


def is_group(deal: Deal, name: str) -> bool:
    """Return whether a name is one that outcomes are counted under together, and not of one of several lines."""
    return name in deal.groups


def with_a_step_before(deal: Deal, group: str) -> bool:
    """Return whether outcomes follow a paid step; of a deal in which none do, all are as good as following one."""
    after = {outcome.group for outcome in deal.rate_card if outcome.follows in deal.groups}
    return group in (after or set(deal.groups))
