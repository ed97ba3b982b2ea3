"""Quantities and requirements as a reader says them."""

from simulator.report.compared import measure_words
from simulator.studies.quantities import CAP_USE, Quantity, Requirement, is_single, unit_of
from simulator.words import RATE, name_within

CAP_REACHED = Quantity(CAP_USE, "probability", ">=", 1.0)
_STATISTICS = {
    "mean": "mean", "q05": "5th percentile of", "q25": "25th percentile of", "q50": "median", "q75": "75th percentile of",
    "q95": "95th percentile of",
}  # fmt: skip


def quantity_in_words(quantity: Quantity) -> str:
    """Return a quantity as it stands within a sentence.

    >>> quantity_in_words(Quantity("investor.multiple", "mean"))
    'mean money multiple'
    >>> quantity_in_words(Quantity("payments.total_gbp", "probability", "<=", 600_000))
    'probability that outcome payments are at most £600,000'
    """
    measure = measure_in_words(quantity.measure)
    if quantity == CAP_REACHED:
        return "probability that the cap is reached"
    if quantity.statistic == "probability":
        side = "at most" if quantity.side == "<=" else "at least"
        verb = "are" if measure.endswith("s") and not measure.endswith("loss") else "is"
        return f"probability that {measure} {verb} {side} {unit_of(quantity.measure).say(quantity.level)}"
    return measure if is_single(quantity.measure) else f"{_STATISTICS[quantity.statistic]} {measure}"


def requirement_in_words(requirement: Requirement) -> str:
    """Return a requirement as it stands within a sentence.

    >>> requirement_in_words(Requirement(Quantity("investor.probability_of_loss", "mean"), "<=", 0.1))
    'probability of loss at most 10.0%'
    """
    side = "at most" if requirement.side == "<=" else "at least"
    return f"{quantity_in_words(requirement.quantity)} {side} {requirement.quantity.unit.say(requirement.level)}"


def measure_in_words(measure: str) -> str:
    """Return a measure as it stands within a sentence: as comparisons name it, or its own name with its party.

    >>> measure_in_words("investor.irr"), measure_in_words("paid.job_start"), measure_in_words("provider.lowest_cash_gbp")
    ('IRR, a year', 'job start paid', "provider's lowest cash")
    """
    known = measure_words(measure)
    if known is not None:
        return known if unit_of(measure) is RATE or known[:2].isupper() else known[:1].lower() + known[1:]
    head, _, name = measure.partition(".")
    plain = name_within(name.removesuffix("_gbp")).replace(".", " ")
    if head in {"outcomes", "achieved", "paid"}:
        return plain if head == "outcomes" else f"{plain} {head}"
    return f"{head}'s {plain}" if head in {"provider", "investor", "intermediary", "guarantor"} else f"{plain} ({head})"
