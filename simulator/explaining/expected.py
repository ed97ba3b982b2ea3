"""How many people are expected, and when it is otherwise, which no contract says: the assumptions beside the targets."""

from collections.abc import Iterator

from simulator.explaining.said import Sentence
from simulator.scenario.assumptions import Assumptions, Window
from simulator.scenario.constants import Rate
from simulator.scenario.distributions import Belief
from simulator.words import name_within, say_date

_SAID = {
    "referrals_over_term": "Expected referrals over the whole term: {value}.",
    "pool_size": "People who can ever be referred, in a closed pool: {value}.",
    "pool_referral_rate": "Each of them is referred at a rate of {value} {unit}.",
    "pool_entrants": "People who join the pool on each anniversary of the first day: {value}.",
    "carried_over_waiting": "Referred before the first day and waiting for a place on it: {value} {unit}.",
    "carried_over_searching": "Engaged before the first day and searching for a job on it: {value} {unit}.",
    "carried_over_in_work": "In a job, supported, on the first day, which they started before it: {value} {unit}.",
}

_RATES: dict[Rate, str] = {
    "referral": "Referrals are,",
    "engagement": "The chance of engaging is,",
    "job": "The rate of first jobs is,",
    "disengagement": "The rate of leaving the service is,",
    "job_loss": "The rate of losing a job is,",
    "reemployment": "The rate of further jobs is,",
    "evidence": "The chance of evidence is,",
}
"""What a window changes, as a sentence begins."""


def expected(assumptions: Assumptions, section: str) -> Iterator[Sentence]:
    """Yield how many people are expected, what is `none`, or nobody, left out; then the windows in which a rate is otherwise."""
    for name, words in _SAID.items():
        belief = getattr(assumptions, name)
        if isinstance(belief, Belief) and not _nobody(belief):
            value = str(belief.words()) if hasattr(belief, "words") else ""
            text = words.format(value=value, unit=belief.unit)
            yield Sentence(section, text, f"assumptions.{name}", belief.source, belief.quality)

    for i, window in enumerate(assumptions.windows):
        days = f"from {say_date(window.start)} until {say_date(window.end)}"
        text = f"{_RATES[window.rate]} {days}, multiplied by {factor_in_words(assumptions, window)}."
        yield Sentence(section, text, f"assumptions.windows[{i}]", window.source, window.quality)


def factor_in_words(assumptions: Assumptions, window: Window) -> str:
    """Return a window's factor: its number, or its name and how far it is known."""
    power = "" if window.power == 1 else f" to the power {window.power:g}"
    if not isinstance(window.multiply, str):
        return f"{window.multiply:g}{power}"
    return f"{name_within(window.multiply)}, {assumptions.factors[window.multiply].words()}{',' * bool(power)}{power}"


def _nobody(belief: Belief) -> bool:
    return getattr(belief, "value", None) == 0
