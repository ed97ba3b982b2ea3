"""What the provider is paid for, and what else the contract costs."""

from collections.abc import Iterator

from simulator.explaining.outcomes import stretch
from simulator.explaining.said import NOT_IN_FILE, Said
from simulator.scenario.constants import ACTIVITY, ORIGINAL
from simulator.scenario.deal import Cost, Deal, Provider
from simulator.scenario.rate_card import Regime
from simulator.words import a_number, listed, name_within, say_date, say_pence, verb

_TIMING = {
    "quarterly_in_advance": "in even instalments on the first day of each quarter",
    "quarterly_in_arrears": "in even instalments on the last day of each quarter",
    "at_settlement": "at settlement, after the return of capital",
}


def provider(deal: Deal) -> Iterator[Said]:
    """Yield what the provider earns, and when."""
    agreed = deal.provider
    value = say_pence(agreed.contract_value)
    yield Said(
        "provider.contract_value",
        f"{agreed.title} {verb(agreed.title, 'earns', 'earn')} {value} if all goes as expected.",
    )
    if agreed.block_share:
        yield Said("provider.block_share", _block(deal))
    if agreed.outcome_share:
        yield from _outcome_part(agreed)
    if agreed.indexed_by:
        yield Said("provider.indexed_by", f'Its fixed part follows the index "{name_within(agreed.indexed_by)}".')
    if agreed.in_house_of:
        title = next((f.title for f in deal.funders if f.name == agreed.in_house_of), agreed.in_house_of)
        yield Said(
            "provider.in_house_of",
            f"{title}: its own staff deliver, so that what it pays for outcomes comes back to it as the provider's pay.",
        )
    for i, regime in enumerate(agreed.schedule_calendar):
        yield Said(
            f"provider.schedule_calendar[{i}]",
            f"For its own outcome part, outcomes achieved {_own_prices(regime)}.",
        )


def _own_prices(regime: Regime) -> str:
    """Return by which prices the provider's outcome part is reckoned on some days."""
    days = stretch(regime.start, regime.end)
    if regime.use == ACTIVITY:
        return f"{days} count for nothing: the activity payments stand in their place"
    if regime.use == ORIGINAL:
        return f"{days} count at the prices of the price list"
    return f'{days} count at the prices of the schedule "{name_within(regime.use)}"'


def _block(deal: Deal) -> str:
    agreed = deal.provider
    quarters = len(deal.term.quarters()) - 1
    amount = say_pence(round(agreed.contract_value * agreed.block_share))
    return (
        f"{agreed.block_share:.0%} of it, {amount}, is fixed and paid on the first day of each of {quarters} quarters."
    )


def _outcome_part(agreed: Provider) -> Iterator[Said]:
    worth = say_pence(round(agreed.contract_value * agreed.outcome_share))
    full = say_pence(agreed.expected_outcome_payments)
    yield Said("provider.outcome_share", f"{agreed.outcome_share:.0%} of it is earned by outcomes.")
    yield Said(
        "provider.expected_outcome_payments",
        f"That part is worth {worth} when outcome payments come to {full}, and more or less in proportion.",
    )
    if agreed.outcome_part == "at_risk":
        yield Said(
            "provider.outcome_part",
            "That part is at risk: it is paid at distributions, after the investor's capital has been returned.",
        )
        return
    yield Said("provider.outcome_part", "That part is a cost like any other, and comes before the investor.")
    days = a_number(agreed.pays_after_invoice_days, "day")
    yield Said("provider.pays_after_invoice_days", f"That part is due {days} after each quarter's invoice.")


_PAYEE = {"intermediary": "income of the intermediary who manages the contract", "others": "income of others"}


def costs(deal: Deal) -> Iterator[Said]:
    """Yield every other cost with its dates."""
    for i, cost in enumerate(deal.costs):
        title, path = cost.title, f"costs[{i}]"
        yield Said(f"{path}.total", f"{title}: {say_pence(cost.total)} over the term.")
        yield Said(f"{path}.timing", f"{title} {verb(title, 'is', 'are')} paid {_when(cost)}.")
        yield Said(f"{path}.paid_to", f"{title} {verb(title, 'is', 'are')} {_PAYEE[cost.paid_to]}.")
        if cost.indexed_by:
            follows = f'{verb(title, "follows", "follow")} the index "{name_within(cost.indexed_by)}"'
            yield Said(f"{path}.indexed_by", f"{title} {follows}.")
    if not deal.costs:
        yield Said("costs", "There are no costs beside delivery.", NOT_IN_FILE)


def _when(cost: Cost) -> str:
    if cost.timing == "dated":
        return "on these days: " + listed([f"{say_pence(part.pence)} on {say_date(part.on)}" for part in cost.dates])
    return _TIMING[cost.timing]
