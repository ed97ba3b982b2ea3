"""The deal in a paragraph and the answer in three sentences, generated from the terms and the estimates."""

from simulator.explaining.investment import RESIDUAL, distribution_in_words, draw_in_words, return_cap_in_words
from simulator.explaining.outcomes import stretch
from simulator.monte_carlo import Run
from simulator.report.quarters import RECEIVED, day_reached
from simulator.scenario.deal import Deal
from simulator.scenario.investment import Investment
from simulator.scenario.rate_card import ByYear, Tiered
from simulator.words import (
    MULTIPLE,
    PERCENT,
    listed,
    say_date,
    say_pence,
    short_pounds,
)


def deal_in_a_paragraph(deal: Deal) -> list[str]:
    """Return the deal in sentences: who, when, what is paid for, up to what, by whom, with whose capital."""
    start, end = deal.term.service_start, deal.term.term_end
    funders = [f"{f.title} ({f.weight}% of each payment, at most {say_pence(f.cap)})" for f in deal.funders]
    sentences = [
        f"{deal.commissioner}: a service for people with {deal.cohort}, delivered by {deal.provider.title} "
        f"{stretch(start, end)}.",
        f"The contract is managed by {deal.intermediary}.",
        f"It pays for outcomes, once a person and each {_priced(deal)}, up to {say_pence(deal.total_cap.pence)} in all"
        f"{_besides(deal)}.",
        f"The outcomes are paid for by {listed(funders)}.",
    ]
    if deal.investment.commitment == 0:
        return [*sentences, "No investor's capital is committed."]
    return [*sentences, *_investor(deal.investment)]


def _priced(deal: Deal) -> str:
    """Return how prices are set, in a few words."""
    prices = [outcome.price for outcome in deal.rate_card]
    ways = [
        "by contract year" if any(isinstance(price, ByYear) for price in prices) else "",
        "by volume" if any(isinstance(price, Tiered) for price in prices) else "",
        "by schedule" if deal.schedules else "",
        "by an index" if any(outcome.indexed_by for outcome in deal.rate_card) else "",
    ]
    changes = listed([way for way in ways if way])
    return f"at a price that changes {changes}" if changes else "at a fixed price"


def _besides(deal: Deal) -> str:
    """Return what else the contract pays, and whether there is a limit on a year."""
    activity = sum(payment.pence for payment in deal.activity_payments)
    paid = f", activity payments of {say_pence(activity)} among them" if activity else ""
    settled = sum(invoice.pence for invoice in deal.settled)
    paid += f", of which {say_pence(settled)} were paid on invoices already settled" if settled else ""
    return paid + ("" if deal.annual_cap is None else ", with a limit on each year")


def _investor(agreed: Investment) -> list[str]:
    """Return when capital is paid in and given back, and up to what."""
    parts = [tranche.title for tranche in agreed.tranches]
    shared = f" ({listed(parts)})" if parts else ""
    return [
        f"Capital: {agreed.title}{shared}, up to {say_pence(agreed.commitment)}, paid in {draw_in_words(agreed)}; outcome "
        "payments then pay further costs.",
        distribution_in_words(agreed)
        + f" Settlement is on {say_date(agreed.settlement_date)}. Capital comes first, then "
        f"{_profit(agreed)}.",
        f"{return_cap_in_words(agreed.return_cap)} What is left goes {RESIDUAL[agreed.residual]}.",
    ]


def _profit(agreed: Investment) -> str:
    preferred = (
        "" if agreed.preferred_return is None else f"a preferred return of {agreed.preferred_return:.2%} a year, then "
    )
    share = agreed.profit_share
    return preferred + ("profit" if share is None else f"profit, of which {share.investor:.0%} is the investor's")


def answer_sentences(run: Run) -> list[str]:
    """Return how much the outcome payers pay, when, what the investor gets back, and who bridges the gaps in between."""
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
        f"The outcome payers pay {short_pounds(median)} in the middle case, {_of_cap(run)}, and between {short_pounds(low)} and "
        f"{short_pounds(high)} in nine cases out of ten."
    )


def _of_cap(run: Run) -> str:
    cap = short_pounds(run.scenario.deal.total_cap.pence / 100)
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
