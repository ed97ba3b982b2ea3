"""How many people are expected, and when it is otherwise, which no contract says: the assumptions beside the targets."""

from collections.abc import Iterator

from simulator.explaining.said import Sentence
from simulator.scenario.assumptions import Assumptions, Window, label
from simulator.scenario.constants import Rate
from simulator.scenario.distributions import Belief
from simulator.words import capital, say_date

_TOLD = (
    "referrals_over_term", "pool_size", "pool_referral_rate", "pool_entrants",
    "carried_over_waiting", "carried_over_searching", "carried_over_in_work",
)  # fmt: skip
_RATES: dict[Rate, str] = {
    "referral": "Referrals are,",
    "engagement": "The chance of engaging is,",
    "job": "The rate of first jobs is,",
    "disengagement": "The rate of disengagement from the service is,",
    "job_loss": "The rate of losing a job is,",
    "reemployment": "The rate of further jobs is,",
    "evidence": "The chance of evidence is,",
}
"""What a window changes, as a sentence begins."""


def expected(assumptions: Assumptions, section: str) -> Iterator[Sentence]:
    """Yield how many people are expected, nothing of what is off; then the windows in which a rate is otherwise."""
    for name in _TOLD:
        belief = getattr(assumptions, name)
        if isinstance(belief, Belief) and not assumptions.is_off(name):
            value = str(belief.words()) if hasattr(belief, "words") else ""
            unit = "" if belief.unit == "people" else f" {belief.unit}"
            text = f"{capital(label(name))}: {value}{unit}."
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
    return f"{label(window.multiply)}, {assumptions.factors[window.multiply].words()}{',' * bool(power)}{power}"
