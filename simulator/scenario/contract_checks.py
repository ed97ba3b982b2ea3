"""Rules of the outcomes contract that tie its parts together (docs/model.md §15.4)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from simulator.dates import last_anniversary
from simulator.errors import nearest
from simulator.money import pounds, running_split
from simulator.scenario.constants import ACTIVITY, ORIGINAL
from simulator.scenario.deal import Deal
from simulator.scenario.findings import Finding, warn
from simulator.scenario.rate_card import ByYear, Index, Outcome, Price, Regime, Tiered
from simulator.scenario.yaml_text import Key
from simulator.words import listed

_A_POUND = 100
"""Pence by which a funder's part of what was paid may lie above its cap: the running split is to the penny, and caps are not."""
_CALENDARS: dict[Key, str] = {
    ("schedule_calendar",): "the schedule calendar",
    ("provider", "schedule_calendar"): "the provider's calendar",
}


def _prices(deal: Deal) -> Iterator[tuple[Key, Outcome, Price]]:
    """Yield every price with where it stands and the line that it is of."""
    for position, outcome in enumerate(deal.rate_card):
        yield ("deal", "rate_card", position, "price"), outcome, outcome.price
    lines = {outcome.outcome: outcome for outcome in deal.rate_card}
    for position, schedule in enumerate(deal.schedules):
        for name, price in schedule.prices.items():
            if name in lines:
                yield ("deal", "schedules", position, "prices", name), lines[name], price


def _tiers_end_at_whole_claims(deal: Deal) -> Iterator[Finding]:
    for key, outcome, price in _prices(deal):
        for position, tier in enumerate(price.tiers if isinstance(price, Tiered) else ()):
            exact = 0.0 if tier.share_of_target is None else round(tier.share_of_target * outcome.target, 9)
            if not exact.is_integer() and tier.rounding is None:
                message = (
                    f"{tier.share_of_target:.4g} of the target of {outcome.target} is {exact:g} claims; "
                    "say `rounding: floor` or `ceil`"
                )
                yield Finding((*key, "tiers", position), message, "TIER_ROUNDING_UNSPECIFIED")


def _tiers_reachable(deal: Deal) -> Iterator[Finding]:
    for key, outcome, price in _prices(deal):
        for position, tier in enumerate(price.tiers[:-1] if isinstance(price, Tiered) else ()):
            end = tier.end(outcome.target)
            if end >= outcome.limit:
                message = f"nothing is paid beyond this tier: it ends at {end}, and the count cap is {outcome.limit}"
                yield warn((*key, "tiers", position), message, "TIER_UNREACHABLE")
            if tier.price == 0 and end > 0:
                message = "no claim gets beyond this tier: at a price of 0 none is paid, and only paid ones are counted"
                yield warn((*key, "tiers", position), message, "TIER_UNREACHABLE")


def _a_price_for_every_year(deal: Deal) -> Iterator[Finding]:
    years = len(deal.term.anniversaries())
    for key, _, price in _prices(deal):
        if isinstance(price, ByYear) and len(price.by_contract_year) < years:
            message = f"{len(price.by_contract_year)} prices for a term of {years} contract years; give one for each"
            yield Finding((*key, "by_contract_year"), message, "PRICE_YEARS")


def _indices_known(deal: Deal) -> Iterator[Finding]:
    """Whatever follows an index, a price or a cost, names one that there is."""
    known = [index.name for index in deal.indices]
    requested: list[tuple[Key, str | None]] = [(("provider",), deal.provider.indexed_by)]
    requested += [(("rate_card", position), outcome.indexed_by) for position, outcome in enumerate(deal.rate_card)]
    requested += [(("costs", position), cost.indexed_by) for position, cost in enumerate(deal.costs)]
    for key, name in requested:
        if name is not None and name not in known:
            message = f'no index "{name}"{nearest(name, known)}'
            yield Finding(("deal", *key, "indexed_by"), message, "UNKNOWN_INDEX")


def _indices_reach(deal: Deal) -> Iterator[Finding]:
    for position, index in enumerate(deal.indices):
        key: Key = ("deal", "indices", position, "values")
        starts = [value.start for value in index.values]
        if starts != sorted(set(starts)):
            yield Finding(key, "the days of an index must rise", "WINDOW_ORDER")
            continue
        yield from _index_short(deal, index, key)


def _index_short(deal: Deal, index: Index, key: Key) -> Iterator[Finding]:
    first, last = index.values[0].start, index.values[-1].start
    needed_from = min(index.base, deal.term.service_start)
    if first > needed_from:
        yield Finding(key, f"the first value is of {first}, but one is needed for {needed_from}", "INDEX_SHORT")
    until, why = max(_index_is_used(deal, index))
    if last < until:
        yield Finding(key, f"the last value is of {last}, before {why} {until}", "INDEX_SHORT")


def _index_is_used(deal: Deal, index: Index) -> Iterator[tuple[date, str]]:
    """Yield the last days whose value is needed: of the base, of the term, of costs that fall due later."""
    start = deal.term.service_start
    yield index.base, "its base day"
    yield deal.term.anniversaries()[-1], "the term's last anniversary on"
    for cost in deal.costs:
        days = [each.on for each in cost.dates] if cost.timing == "dated" else []
        if cost.timing == "at_settlement":
            days = [deal.investment.settlement_date]
        for day in days if cost.indexed_by == index.name else []:
            yield last_anniversary(start, day), f'the last anniversary before "{cost.name}" falls due, that of'


def _schedules_named(deal: Deal) -> Iterator[Finding]:
    names, lines = [schedule.name for schedule in deal.schedules], [outcome.outcome for outcome in deal.rate_card]
    for position, schedule in enumerate(deal.schedules):
        key: Key = ("deal", "schedules", position)
        if schedule.name in (ORIGINAL, ACTIVITY, *names[:position]):
            taken = "has a meaning of its own" if schedule.name in (ORIGINAL, ACTIVITY) else "is used twice"
            yield Finding((*key, "name"), f'the name "{schedule.name}" {taken}', "DUPLICATE_NAME")
        for name in schedule.prices:
            if name not in lines:
                message = f'no outcome "{name}"{nearest(name, lines)}'
                yield Finding((*key, "prices", name), message, "UNKNOWN_OUTCOME")
        if all(regime.use != schedule.name for calendar in _calendars(deal).values() for regime in calendar):
            yield warn(key, f'no day of a calendar uses the schedule "{schedule.name}"', "SCHEDULE_UNUSED")


def _calendars(deal: Deal) -> dict[Key, Sequence[Regime]]:
    return {
        ("schedule_calendar",): deal.schedule_calendar,
        ("provider", "schedule_calendar"): deal.provider.schedule_calendar,
    }


def _calendar_names(deal: Deal) -> Iterator[Finding]:
    known = [ORIGINAL, ACTIVITY, *(schedule.name for schedule in deal.schedules)]
    for key, calendar in _calendars(deal).items():
        for position, regime in enumerate(calendar):
            if regime.use not in known:
                message = f'no schedule "{regime.use}"{nearest(regime.use, known)}'
                yield Finding(("deal", *key, position, "use"), message, "UNKNOWN_SCHEDULE")


def _calendars_cover_the_term(deal: Deal) -> Iterator[Finding]:
    for key, calendar in _calendars(deal).items():
        if calendar:
            yield from _covers_the_term(deal, ("deal", *key), calendar)


def _covers_the_term(deal: Deal, key: Key, calendar: Sequence[Regime]) -> Iterator[Finding]:
    """Yield where a calendar's windows, in order of their first days, leave a day of the term out, share one or go beyond."""
    words, start, end = _CALENDARS[key[1:]], deal.term.service_start, deal.term.term_end
    order = sorted(range(len(calendar)), key=lambda i: calendar[i].start)
    for i in order:
        if calendar[i].end <= calendar[i].start:
            yield Finding(
                (*key, i), f"a window from {calendar[i].start} to {calendar[i].end} has no day", "WINDOW_ORDER"
            )
    first, last = calendar[order[0]], calendar[order[-1]]
    yield from _edge((*key, order[0]), words, start, first.start)
    for before, after in pairwise(order):
        stops, begins = calendar[before].end, calendar[after].start
        if begins < stops:
            message = f"this window of {words} begins on {begins}, before the one before it ends on {stops}"
            yield Finding((*key, after), message, "WINDOW_OVERLAP")
        if begins > stops:
            yield Finding((*key, after), f"{words} says nothing of the days from {stops} to {begins}", "WINDOW_GAP")
    yield from _edge((*key, order[-1]), words, last.end, end)


def _edge(key: Key, words: str, one: date, other: date) -> Iterator[Finding]:
    """Yield whether a calendar falls short of an edge of the term, or goes beyond it."""
    if one < other:
        yield Finding(key, f"{words} says nothing of the days from {one} to {other}", "WINDOW_GAP")
    if one > other:
        yield Finding(key, f"{words} covers days from {other} to {one}, outside the term", "WINDOW_OUTSIDE")


def _activity_quarters(deal: Deal) -> Iterator[Finding]:
    start, end = deal.term.service_start, deal.term.invoice_quarters()[-1]
    for position, payment in enumerate(deal.activity_payments):
        if not start <= payment.quarter_of < end:
            message = f"{payment.quarter_of} is in no quarter that has an invoice: those are from {start} to {end}"
            yield Finding(("deal", "activity_payments", position, "quarter_of"), message, "ACTIVITY_QUARTER")


def _activity_both_ways(deal: Deal) -> Iterator[Finding]:
    windows = [i for i, regime in enumerate(deal.schedule_calendar) if regime.use == ACTIVITY]
    if windows and not deal.activity_payments:
        message = "outcomes of these days are not priced, and there are no activity payments in their place"
        yield warn(("deal", "schedule_calendar", windows[0]), message, "ACTIVITY_UNPAID")
    if deal.activity_payments and not windows:
        message = "there are activity payments, but no `activity` window: outcomes are priced on all days"
        yield warn(("deal", "activity_payments"), message, "ACTIVITY_WITHOUT_WINDOW")


def _years_have_invoices(deal: Deal) -> Iterator[Finding]:
    """Point out limits of years in which no invoice is issued; the last one given also holds for all later years."""
    cap = deal.annual_cap
    years = cap.years(deal.term.invoice_quarters()) if cap else []
    limits = deal.annual_limits
    for position in range(len(limits)):
        last = position == len(limits) - 1
        if position not in years and not (last and years[-1] > position):
            message = f"is the limit of year {position + 1}, in which no invoice has its last day"
            yield warn(("deal", "annual_cap", "pounds", position), message, "YEAR_WITHOUT_INVOICE")


def _activity_pays_every_quarter(deal: Deal) -> Iterator[Finding]:
    """Yield activity windows with a quarter in them for which nothing is paid, where something is for others."""
    quarters = list(pairwise(deal.term.quarters()))
    paid = [payment.quarter_of for payment in deal.activity_payments]
    for position, regime in enumerate(deal.schedule_calendar):
        within = [(start, end) for start, end in quarters if regime.start < end and start < regime.end]
        bare = [str(start) for start, end in within if not any(start <= day < end for day in paid)]
        if regime.use == ACTIVITY and paid and bare:
            message = (
                f"outcomes of these days are not priced, and no activity payment is for the quarter from {listed(bare)}"
            )
            yield warn(("deal", "schedule_calendar", position), message, "ACTIVITY_UNPAID")


def _carried_over_known(deal: Deal) -> Iterator[Finding]:
    known = list(dict.fromkeys(name for outcome in deal.rate_card for name in (outcome.outcome, outcome.group)))
    for position, name in enumerate(deal.carried_over_outcomes):
        if name not in known:
            message = f'no outcome "{name}"{nearest(name, known)}'
            yield Finding(("deal", "carried_over_outcomes", position), message, "UNKNOWN_OUTCOME")


def _settled_quarters(deal: Deal) -> Iterator[Finding]:
    """Invoices that were paid are those of the first contract quarters, one after another."""
    quarters = deal.term.invoice_quarters()[:-1]
    for position, invoice in enumerate(deal.settled):
        key: Key = ("deal", "settled", position, "quarter_of")
        if position >= len(quarters):
            message = f"there are only {len(quarters)} quarters that have an invoice, the claims tail included"
            yield Finding(key, message, "SETTLED_QUARTER")
        elif invoice.quarter_of != quarters[position]:
            message = (
                f"is {invoice.quarter_of}, but entry {position + 1} must be for the contract quarter that begins on "
                f"{quarters[position]}: settled invoices are those of the first quarters, without gaps"
            )
            yield Finding(key, message, "SETTLED_QUARTER")


def _settled_within_caps(deal: Deal) -> Iterator[Finding]:
    """What was paid lies within the caps: on the total and of the funders, or else the deal is not that which was paid on."""
    total, key = sum(invoice.pence for invoice in deal.settled), ("deal", "settled")
    if total > deal.total_cap.pence:
        message = f"{pounds(total)} were paid, more than the total cap of {pounds(deal.total_cap.pence)}"
        yield Finding(key, message, "SETTLED_ABOVE_CAP")
    elif deal.over_funder_cap == "gross_up":
        caps = sum(funder.cap for funder in deal.funders)
        if total > caps:
            message = f"{pounds(total)} were paid, more than the funders' caps of {pounds(caps)} together"
            yield Finding(key, message, "SETTLED_ABOVE_CAP")
    else:
        shares = running_split([invoice.pence for invoice in deal.settled], [funder.weight for funder in deal.funders])
        for funder, share in zip(deal.funders, shares, strict=True):
            if share > funder.cap + _A_POUND:
                message = f"{funder.name} paid {pounds(share)} of it, more than its cap of {pounds(funder.cap)}"
                yield Finding(key, message, "SETTLED_ABOVE_CAP")


def _settled_within_years(deal: Deal) -> Iterator[Finding]:
    cap, quarters = deal.annual_cap, deal.term.invoice_quarters()
    if cap is None or cap.unused_headroom == "carry":
        return
    years = cap.years(quarters)
    for year in sorted(set(years[: len(deal.settled)])):
        paid = sum(invoice.pence for invoice, each in zip(deal.settled, years, strict=False) if each == year)
        limit = deal.annual_limits[min(year, len(deal.annual_limits) - 1)]
        if paid > limit:
            message = f"{pounds(paid)} were paid in year {year + 1}, more than its limit of {pounds(limit)}"
            yield warn(("deal", "settled"), message, "SETTLED_ABOVE_CAP")


CONTRACT_RULES = (
    _tiers_end_at_whole_claims, _tiers_reachable, _a_price_for_every_year, _indices_known, _indices_reach, _schedules_named,
    _calendar_names, _calendars_cover_the_term, _activity_quarters, _activity_both_ways, _activity_pays_every_quarter,
    _years_have_invoices,
    _carried_over_known, _settled_quarters, _settled_within_caps, _settled_within_years,
)  # fmt: skip
