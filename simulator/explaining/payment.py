"""How outcomes become payments: schedules, activity payments, invoices, caps, the check, and who pays what share when."""

from collections.abc import Iterator, Sequence

from simulator.dates import add_months
from simulator.explaining.outcomes import stretch
from simulator.explaining.prices import price_in_full
from simulator.explaining.said import NOT_IN_FILE, RULE, Said
from simulator.scenario.constants import ACTIVITY, ORIGINAL
from simulator.scenario.deal import Deal, Funder
from simulator.scenario.rate_card import AnnualCap, Index, Regime, Schedule
from simulator.words import a_number, listed, name_within, say_date, say_pence, verb

_POLICY = {
    "partial": "the claim that crosses it is paid in part",
    "whole": "the claim that crosses it is not paid at all",
}
_YEARS = {
    "contract": "contract year, counted from the first day of service",
    "uk_fy": "financial year, from April to March",
    "calendar": "calendar year",
}


def schedules(deal: Deal) -> Iterator[Said]:
    """Yield which prices hold when, and payments without outcomes."""
    if not deal.schedule_calendar:
        yield Said(
            "schedule_calendar",
            "The prices of the price list hold on all days; no others replace them.",
            NOT_IN_FILE,
        )
    for i, regime in enumerate(deal.schedule_calendar):
        yield Said(f"schedule_calendar[{i}]", f"Outcomes achieved {_regime(regime)}.")
    for i, schedule in enumerate(deal.schedules):
        yield from _schedule(deal, schedule, f"schedules[{i}]")
    yield from _activity(deal)
    for i, index in enumerate(deal.indices):
        yield Said(f"indices[{i}]", _index(index))


def _regime(regime: Regime) -> str:
    days = stretch(regime.start, regime.end)
    if regime.use == ORIGINAL:
        return f"{days} have the prices of the price list"
    if regime.use == ACTIVITY:
        return f"{days} have no price: activity payments take their place, and they use up count caps and tiers"
    return f'{days} have the prices of the schedule "{name_within(regime.use)}"'


def _schedule(deal: Deal, schedule: Schedule, path: str) -> Iterator[Said]:
    targets = {outcome.outcome: outcome.target for outcome in deal.rate_card}
    prices = [
        f"{name_within(name)} {price_in_full(price, targets.get(name, 0), deal.term.service_start)}"
        for name, price in schedule.prices.items()
    ]
    said = listed(prices) or "the price list's own prices"
    rest = " Other outcomes keep the price list's." if prices and set(targets) - set(schedule.prices) else ""
    yield Said(f"{path}.prices", f'Schedule "{name_within(schedule.name)}": {said}.{rest}')
    if schedule.cap != "none":
        cap = f"{say_pence(schedule.cap.pence)}; {_POLICY[schedule.cap.policy]}"
        yield Said(f"{path}.cap", f'Under the schedule "{name_within(schedule.name)}" at most {cap}.')


def _activity(deal: Deal) -> Iterator[Said]:
    quarters = deal.term.quarters()
    for i, payment in enumerate(deal.activity_payments):
        start = max((day for day in quarters if day <= payment.quarter_of), default=quarters[0])
        yield Said(
            f"activity_payments[{i}]",
            f"An activity payment of {say_pence(payment.pence)}, detached from outcomes, stands on the invoice of the quarter "
            f"{stretch(start, add_months(start, 3))}; it counts towards the caps and is split between the funders.",
        )
    if not deal.activity_payments:
        yield Said("activity_payments", "Nothing is paid that is detached from outcomes.", NOT_IN_FILE)


def settled(deal: Deal) -> Iterator[Said]:
    """Yield the invoices that were paid, if the deal says so of any."""
    for i, invoice in enumerate(deal.settled):
        yield Said(
            f"settled[{i}]",
            f"The invoice of the quarter {stretch(invoice.quarter_of, add_months(invoice.quarter_of, 3))} was paid: it is for "
            f"{say_pence(invoice.pence)}, whatever is on it. Claims on it have no price, are not verified and are on no later "
            "invoice; they count towards the limits on numbers, and what was paid towards the caps.",
        )


def _index(index: Index) -> str:
    values = [f"{value.index:g} from {say_date(value.start)}" for value in index.values]
    return (
        f'The index "{name_within(index.name)}" counts as 1 at its value of {say_date(index.base)}: {listed(values)}.'
    )


def caps(deal: Deal) -> Iterator[Said]:
    """Yield up to what is paid, in all and in each year."""
    cap = deal.total_cap
    yield Said("total_cap.pounds", f"In all at most {say_pence(cap.pence)} is paid.")
    yield Said("total_cap.policy", f"At that cap {_POLICY[cap.policy]}.")
    if deal.annual_cap is None:
        yield Said("annual_cap", "There is no limit on what is paid in one year.", NOT_IN_FILE)
    else:
        yield from _annual(deal.annual_cap, deal.annual_limits)


def _annual(cap: AnnualCap, limits: Sequence[int]) -> Iterator[Said]:
    amounts = [say_pence(amount) for amount in limits]
    year = _YEARS[cap.year]
    several = year.replace(" year", " years", 1)
    if cap.pence == "equal":
        kinds = list(dict.fromkeys(amounts))
        each = f"an equal part of that in each of the {len(limits)} {several} of the term, {listed(kinds)},"
    elif len(amounts) == 1:
        each = f"{amounts[0]} in every {year},"
    else:
        each = f"{listed(amounts)} (the last from then on) in successive {several},"
    yield Said(
        "annual_cap", f"At most {each} activity payments included; an invoice counts in the year of its last day."
    )
    yield Said("annual_cap.policy", f"At the limit of a year {_POLICY[cap.policy]}.")
    unused = (
        "is added to the next year's limit"
        if cap.unused_headroom == "carry"
        else "is lost and does not raise the next year's"
    )
    yield Said("annual_cap.unused_headroom", f"What a year leaves unused {unused}.")
    excess = (
        "waits whole for the next year's first invoice, and is refused in the last year"
        if cap.excess_claims == "defer"
        else "is refused for good"
    )
    yield Said("annual_cap.excess_claims", f"A claim beyond the limit of a year {excess}.")


def invoices(deal: Deal) -> Iterator[Said]:
    """Yield how claims are invoiced and verified, who pays what share, up to what and when."""
    yield Said(
        "rate_card",
        "What has become payable is invoiced on the last day of each contract quarter, in order of the day it became payable.",
        RULE,
    )
    yield Said("audit", _audit(deal))
    titles = {funder.name: funder.title for funder in deal.funders}
    for i, funder in enumerate(deal.funders):
        yield from _funder(funder, f"funders[{i}]", titles)
    others = (
        "is paid by the others instead, by their weights and up to their own caps"
        if deal.over_funder_cap == "gross_up"
        else "stays unpaid: no other funder steps in"
    )
    if len(deal.funders) > 1:
        yield Said("over_funder_cap", f"What a funder's own cap refuses {others}.")


def _audit(deal: Deal) -> str:
    if deal.audit.fraction == 0:
        return "Claims are not verified before payment."
    others = (
        "and the other claims that might have been sampled lose the share of their value that failed in the sample"
        if deal.audit.mode == "extrapolate"
        else "and nothing is extrapolated to the other claims"
    )
    return (
        f"Before payment {deal.audit.fraction:.0%} of each quarter's claims, rounded up, are verified. Those that fail "
        f"are disallowed, {others}; those that can be resubmitted come again a quarter later."
    )


def _funder(funder: Funder, path: str, titles: dict[str, str]) -> Iterator[Said]:
    pays = f"{funder.title} {verb(funder.title, 'pays', 'pay')}"
    yield Said(f"{path}.weight", f"{pays} {funder.weight}% of every invoice, counted on the running total.")
    yield Said(f"{path}.cap", f"{pays} at most {say_pence(funder.cap)}.")
    before = titles.get(funder.pays_after)
    clock = f"the payment of {before}" if before else "the confirmation of the invoice"
    when = f"{a_number(funder.days, 'day')} after {clock}" if funder.days else f"on the day of {clock}"
    yield Said(f"{path}.days", f"{pays} {when}.")
