"""Quantities and requirements as a reader says them."""

from simulator.studies.quantities import CAP_USE, Quantity, Requirement
from simulator.words import verb

CAP_REACHED = Quantity(CAP_USE, "probability", ">=", 1.0)
_STATISTICS = {
    "mean": "mean",
    "q05": "5th percentile of",
    "q25": "25th percentile of",
    "q50": "median",
    "q75": "75th percentile of",
    "q95": "95th percentile of",
}
_IN_HEADINGS = {"mean": "", "q05": ", P5", "q25": ", P25", "q50": ", median", "q75": ", P75", "q95": ", P95"}


def heading_of(quantity: Quantity) -> str:
    """Return a quantity as it stands over a column.

    >>> from simulator.measures.of_deal import named
    >>> heading_of(Quantity(named("investor.multiple"), "q05"))
    'Money multiple, P5'
    """
    if quantity.statistic == "probability":
        return quantity_in_words(quantity)
    return f"{quantity.measure.short}{_IN_HEADINGS[quantity.statistic]}"


def quantity_in_words(quantity: Quantity) -> str:
    """Return a quantity as it stands within a sentence.

    >>> from simulator.measures.of_deal import named
    >>> quantity_in_words(Quantity(named("investor.multiple"), "mean"))
    'mean money multiple'
    >>> quantity_in_words(Quantity(named("payments.total_gbp"), "probability", "<=", 600_000))
    'probability that outcome payments are at most £600,000'
    """
    measure = quantity.measure
    if quantity == CAP_REACHED:
        return "probability that the cap is reached"
    if quantity.statistic == "probability":
        side = "at most" if quantity.side == "<=" else "at least"
        is_or_are = verb(measure.within, "is", "are")
        return f"probability that {measure.within} {is_or_are} {side} {measure.unit.say(quantity.level)}"
    return measure.within if measure.is_single else f"{_STATISTICS[quantity.statistic]} {measure.within}"


def requirement_in_words(requirement: Requirement) -> str:
    """Return a requirement as it stands within a sentence.

    >>> from simulator.measures.of_deal import named
    >>> requirement_in_words(Requirement(Quantity(named("investor.probability_of_loss"), "mean"), "<=", 0.1))
    'probability of loss at most 10.0%'
    """
    side = "at most" if requirement.side == "<=" else "at least"
    return f"{quantity_in_words(requirement.quantity)} {side} {requirement.quantity.unit.say(requirement.level)}"
