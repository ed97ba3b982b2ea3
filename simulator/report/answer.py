"""The deal in a paragraph and the answer in three sentences, generated from the terms and the estimates."""

from simulator.composer import Run
from simulator.dates import day_date, day_number
from simulator.report.quarters import RECEIVED, day_reached
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import Milestone, Outcome, Reached
from simulator.words import (
    MULTIPLE,
    PERCENT,
    a_number,
    listed,
    say_date,
    say_pence,
    short_pounds,
)

_REACHED = {
    "referral": "referred to the service",
    "allocation": "given a place on the caseload",
    "engagement": "engaged with the service",
    "job_start": "started a job",
}
_LAGS = {
    "A": "no earlier than {months} after the person's referral",
    "B": "{months} after it is achieved",
    "C": "when it is achieved",
}


def deal_in_a_paragraph(deal: Deal) -> list[str]:
    """Return the deal in sentences: who, when, what is paid for, up to what, by whom, with whose capital."""
    start, end = deal.term.service_start, deal.term.term_end
    last = day_date(day_number(end, start) - 1, start)
    investment = deal.investment
    funders = [f"{f.title} ({f.weight}% of each payment, at most {say_pence(f.cap)})" for f in deal.funders]
    sentences = [
        f"{deal.commissioner}: a service for people with {deal.cohort}, delivered by {deal.provider.title} from "
        f"{say_date(start)} to {say_date(last)}.",
        f"The contract is managed by {deal.intermediary}.",
        f"It pays for outcomes, each at a fixed price and once a person, up to {say_pence(deal.total_cap.pounds)} in all.",
        f"The outcomes are paid for by {listed(funders)}.",
    ]
    if investment.commitment == 0:
        return [*sentences, "No investor's capital is committed."]
    cap = investment.return_cap
    return [
        *sentences,
        f"Capital: {investment.title}, up to {say_pence(investment.commitment)}, paid in when the money in hand falls short "
        f"of the costs due; outcome payments then pay further costs.",
        f"The investor is paid from {say_date(investment.settlement_date)} on: first its capital, then a profit of at most "
        f"{say_pence(cap.pounds)}, and no more than {cap.multiple:g} times its capital in all; what is left goes back to "
        "the commissioners.",
    ]


def milestone_in_words(milestone: Milestone) -> str:
    """Return what must happen for an outcome."""
    hours = [
        f"{milestone.hours_from:g} hours a week or more" if milestone.hours_from is not None else "",
        f"fewer than {milestone.hours_below:g} hours a week" if milestone.hours_below is not None else "",
    ]
    limits = " and ".join(filter(None, hours))
    if isinstance(milestone, Reached):
        return _REACHED[milestone.reached] + (f", {limits}" if limits else "")
    first = (
        f"in work in at least {milestone.weeks_counted} of the first {a_number(milestone.sustained_weeks, 'week')} from "
        f"the first job start ({a_number(milestone.days_for_a_week, 'day')} in work make a week)"
    )
    return first + (f", on average {limits}" if limits else "")


def payable_in_words(deal: Deal, outcome: Outcome) -> str:
    """Return from when an outcome can be claimed."""
    if outcome.paid_after_months == 0:
        return _LAGS["C"]
    return _LAGS[deal.lags.preset].format(months=a_number(outcome.paid_after_months, "month"))


def answer_sentences(run: Run) -> list[str]:
    """Return how much the funders pay, when, what the investor gets back, and who bridges the gaps in between."""
    return [_how_much(run), _when(run), _what_back(run), _gaps(run)]


def _gaps(run: Run) -> str:
    often = run.estimates["spv.probability_of_shortfall"].mean or 0.0
    if often == 0.0:
        return "Cash and capital pay every cost on the day it falls due."
    size = run.estimates["spv.shortfall_gbp"]
    waits = run.scenario.deal.investment.shortfall == "defer"
    then = "those who are owed wait, and so finance the gap" if waits else "the contract then ends"
    return (
        f"In {PERCENT.say(often)} of cases costs fall due that neither cash nor the committed capital can pay that day, "
        f"{short_pounds(size.mean or 0.0)} on average and {short_pounds(size.quantiles[4] or 0.0)} or more in one case in "
        f"twenty; {then}."
    )


def _how_much(run: Run) -> str:
    low, _, median, _, high = (level or 0.0 for level in run.estimates["payments.total_gbp"].quantiles)
    return (
        f"The funders pay {short_pounds(median)} in the middle case, {_of_cap(run)}, and between {short_pounds(low)} and "
        f"{short_pounds(high)} in nine cases out of ten."
    )


def _of_cap(run: Run) -> str:
    cap = short_pounds(run.scenario.deal.total_cap.pounds / 100)
    use = run.estimates["payments.cap_use"].quantiles[2] or 0.0
    return f"the whole of the cap of {cap}" if use >= 0.9995 else f"{PERCENT.say(use)} of the cap of {cap}"


def _when(run: Run) -> str:
    half, most = day_reached(run, RECEIVED, 0.5), day_reached(run, RECEIVED, 0.9)
    if half is None or most is None:
        return "In the middle case there are no outcome payments, and so no dates to give."
    return f"In the middle case half of the money has been received by {say_date(half)}, and nine tenths by {say_date(most)}."


def _what_back(run: Run) -> str:
    found, loss = run.estimates["investor.multiple"], run.estimates["investor.probability_of_loss"]
    drawn = 1 - found.undefined_share
    if drawn == 0:
        return "No capital is drawn in any replication, so the investor has nothing at risk and nothing to gain."
    median = found.quantiles[2]
    back = f"gets back £{MULTIPLE.say(median)} for each £1 it pays in" if median is not None else "pays nothing in"
    often = "In" if drawn == 1 else f"Capital is drawn in {PERCENT.say(drawn)} of cases; in"
    total = run.estimates["investor.probability_of_total_loss"].mean or 0.0
    return (
        f"{often} the middle case the investor {back}; the probability that it loses money is "
        f"{PERCENT.say(loss.mean or 0.0)} (± {PERCENT.say_error(loss.se or 0.0)}), and that it loses everything "
        f"{PERCENT.say(total)}."
    )
