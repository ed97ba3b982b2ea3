"""How many people are expected, which no contract says: the assumptions beside the targets."""

from collections.abc import Iterator

from simulator.explaining.said import Sentence
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.distributions import Belief

_SAID = {
    "referrals_over_term": "Expected referrals over the whole term: {value}.",
    "pool_size": "People who can ever be referred, in a closed pool: {value}.",
    "pool_referral_rate": "Each of them is referred at a rate of {value} {unit}.",
    "pool_entrants": "People who join the pool on each anniversary of the first day: {value}.",
    "carried_over_waiting": "Referred before the first day and waiting for a place on it: {value} {unit}.",
    "carried_over_searching": "Engaged before the first day and searching for a job on it: {value} {unit}.",
    "carried_over_in_work": "In a job, supported, on the first day, which they started before it: {value} {unit}.",
}


def expected(assumptions: Assumptions, section: str) -> Iterator[Sentence]:
    """Yield how many people are expected; what is `none`, or nobody, is left out."""
    for name, words in _SAID.items():
        belief = getattr(assumptions, name)
        if isinstance(belief, Belief) and not _nobody(belief):
            value = str(belief.words()) if hasattr(belief, "words") else ""
            text = words.format(value=value, unit=belief.unit)
            yield Sentence(section, text, f"assumptions.{name}", belief.source, belief.quality)


def _nobody(belief: Belief) -> bool:
    return getattr(belief, "value", None) == 0
