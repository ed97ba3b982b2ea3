"""What is paid for: what must happen, on what evidence, at what price, how many, and from when it can be claimed."""

from collections.abc import Iterator
from datetime import date

from simulator.dates import add_months
from simulator.explaining.prices import price_in_full
from simulator.explaining.said import RULE, Said, citation
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import InWork, Milestone, Outcome, Reached
from simulator.words import a_number, name_in_words, name_within, say_date

_REACHED = {
    "referral": "referred to the service",
    "allocation": "given a place on the caseload",
    "engagement": "engaged with the service",
    "job_start": "started a job",
}
_LAGS = {
    "referral": "no earlier than {months} after the person's referral",
    "achievement": "{months} after it is achieved",
    "none": "when it is achieved",
}
_ORIGINS = {
    "referral": "The months of the price list run from the person's referral: an outcome is payable on the day it is achieved, "
    "but not before those months are over.",
    "achievement": "The months of the price list run from the achievement: an outcome is payable when they are over.",
    "none": "An outcome is payable on the day it is achieved; the months of the price list do not matter.",
}


def outcomes(deal: Deal) -> Iterator[Said]:
    """Yield the rate card line by line."""
    for i, outcome in enumerate(deal.rate_card):
        yield from _line(deal, outcome, f"rate_card[{i}]")
    yield Said(
        "rate_card",
        "Each outcome is paid for once a person; with several jobs, the first job start and the time from it count.",
        RULE,
    )


def _line(deal: Deal, outcome: Outcome, path: str) -> Iterator[Said]:
    name = name_in_words(outcome.outcome)
    after = f", after {a_or_an(name_within(outcome.follows))}" if outcome.follows else ""
    yield Said(f"{path}.milestone", f"{name}: {milestone_in_words(outcome.milestone)}{after}.")
    price = price_in_full(outcome.price, outcome.target, deal.term.service_start)
    yield Said(f"{path}.price", f"{name}: each is paid {price}.")
    if outcome.indexed_by:
        yield Said(f"{path}.indexed_by", _indexed(deal, f"The price of {name_within(outcome.outcome)}", outcome))
    yield Said(f"{path}.target", f"{name}: {outcome.target:,} are planned for in the high case.")
    limit = "their number is not limited" if outcome.count_cap == "none" else f"at most {outcome.count_cap:,} are paid"
    yield Said(f"{path}.count_cap", f"{name}: {limit}.")
    yield Said(f"{path}.evidence", f"{name}: {_evidence(deal, outcome)}.")
    yield Said(
        _sourced_apart(deal, path, "paid_after_months"), f"{name}: can be claimed {payable_in_words(deal, outcome)}."
    )


def _sourced_apart(deal: Deal, path: str, field: str) -> str:
    """Return the path of the lag: the line's own where it has months, else that of the lags."""
    own = f"{path}.{field}"
    return own if citation(deal, own) is not None and deal.lags.origin != "none" else "lags"


def _indexed(deal: Deal, what: str, outcome: Outcome) -> str:
    base = next((index.base for index in deal.indices if index.name == outcome.indexed_by), None)
    since = f", which counts as 1 on {say_date(base)}" if base else ""
    return f'{what} follows the index "{outcome.indexed_by}"{since}, changed on each anniversary of the first day.'


def _evidence(deal: Deal, outcome: Outcome) -> str:
    if outcome.evidence == "certificate":
        return "evidenced by a certificate, which is obtained on the day or not at all"
    days = a_number(deal.evidence_window_days, "day")
    return f"evidenced if the person is still in contact on that day, or by an employer or a payslip within {days} after it"


def lags(deal: Deal) -> Iterator[Said]:
    """Yield from when the months of the price list run, with an example."""
    yield Said(
        "lags", f"{_ORIGINS[deal.lags.origin]} Nothing is payable before it is evidenced. {_example(deal)}".strip()
    )
    yield Said("evidence_window_days", _window(deal))


def _example(deal: Deal) -> str:
    """Return the first outcome with a lag as an example in dates."""
    late = max(deal.rate_card, key=lambda outcome: outcome.paid_after_months)
    if not late.paid_after_months or deal.lags.origin == "none":
        return ""
    name, start = a_or_an(name_within(late.outcome)), deal.term.service_start
    then = say_date(add_months(start, late.paid_after_months))
    if deal.lags.origin == "referral":
        return f"Example: of somebody referred on {say_date(start)}, {name} is payable on {then} at the earliest."
    return f"Example: {name} achieved on {say_date(start)} is payable on {then}."


def _window(deal: Deal) -> str:
    return (
        f"Where contact has been lost, other evidence can be found within {a_number(deal.evidence_window_days, 'day')} of "
        "the day of measurement."
    )


def milestone_in_words(milestone: Milestone) -> str:
    """Return what must happen for an outcome."""
    hours = [
        f"{milestone.hours_from:g} hours a week or more" if milestone.hours_from is not None else "",
        f"fewer than {milestone.hours_below:g} hours a week" if milestone.hours_below is not None else "",
    ]
    limits = " and ".join(filter(None, hours))
    if isinstance(milestone, Reached):
        return _REACHED[milestone.reached] + (f", {limits}" if limits else "")
    if isinstance(milestone, InWork):
        return f"in work on the day {_months(milestone)} after the first job start" + (f", {limits}" if limits else "")
    first = (
        f"in work in at least {milestone.weeks_counted} of the first {a_number(milestone.sustained_weeks, 'week')} from "
        f"the first job start ({a_number(milestone.days_for_a_week, 'day')} in work make a week)"
    )
    return first + (f", on average {limits}" if limits else "")


def _months(milestone: InWork) -> str:
    months = milestone.in_work_after_months
    return "1 month" if months == 1 else f"{months:g} months"


def payable_in_words(deal: Deal, outcome: Outcome) -> str:
    """Return from when an outcome can be claimed."""
    if outcome.paid_after_months == 0:
        return _LAGS["none"]
    return _LAGS[deal.lags.origin].format(months=a_number(outcome.paid_after_months, "month"))


def a_or_an(noun: str) -> str:
    """Return a noun with its article.

    >>> a_or_an("job start"), a_or_an("engagement")
    ('a job start', 'an engagement')
    """
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def stretch(start: date, end: date) -> str:
    """Return a stretch of days [start, end) in words, its last day named."""
    return f"from {say_date(start)} to {say_date(date.fromordinal(end.toordinal() - 1))}"
