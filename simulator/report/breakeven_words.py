"""Break-even in sentences."""

import numpy as np

from simulator.report.quantity_words import quantity_in_words
from simulator.report.tail import tail_sentence
from simulator.studies.breakeven import BreakEven
from simulator.studies.solving import Root
from simulator.words import listed, say, with_error

_STATUS = {"not_monotone": "turns", "undefined": "no figure", "throughout": "met throughout"}


def answer(found: BreakEven) -> tuple[str, ...]:
    """Return the answer in sentences."""
    value, se = found.quantity.of(found.base)
    unit = found.quantity.unit
    now = f"As the scenario stands, the {asked_for(found)} is {with_error(unit, value, se)}."
    met = [root for root in found.roots if root.status == "ok"]
    if not met:
        no = f"Cannot be met: no lever, turned alone, brings the {asked_for(found)} to {level(found)}."
        return no, now, tail_sentence(found.tail)
    each = [f"{root.lever.title} at {value_in_words(root)}" for root in met]
    alone = ", each turned alone" if len(each) > 1 else ""
    return (now, f"It is {level(found)} with {listed(each)}{alone}.", *_safe(found), tail_sentence(found.tail))


def _safe(found: BreakEven) -> list[str]:
    """Return in a sentence which levers cannot bring the quantity to the level, if some cannot."""
    names = [root.lever.title for root in found.roots if root.status == "no_bracket"]
    if not names:
        return []
    return [f"Within the range that was searched it is never {level(found)} by {listed(names)} alone."]


def asked_for(found: BreakEven) -> str:
    """Return the quantity as it stands within a sentence."""
    return quantity_in_words(found.quantity)


def level(found: BreakEven) -> str:
    """Return the level in words."""
    return found.quantity.unit.say(found.level)


def value_in_words(root: Root) -> str:
    """Return where a lever meets the level; of whole numbers, the two between which it does."""
    if root.lever.whole and root.bracket is not None:
        return f"between {root.lever.say(root.bracket[0])} and {root.lever.say(root.bracket[1])}"
    return "" if root.value is None else root.lever.say(root.value)


def not_met(found: BreakEven, root: Root) -> str:
    """Return why a level is not met: on which side of it the quantity stays, and how near it comes."""
    known = [point for point in root.points if point.figure is not None and np.isfinite(point.figure)]
    if root.status != "no_bracket" or not known:
        return _STATUS.get(root.status, root.status)
    nearest = min(known, key=lambda point: abs((point.figure or 0.0) - found.level))
    side = "above" if (nearest.figure or 0.0) > found.level else "below"
    return f"stays {side}: {say(found.quantity.unit, nearest.figure)} at {root.lever.say(nearest.value)}"


def method(found: BreakEven) -> tuple[str, ...]:
    """Return how it was computed, and why some levers have no value."""
    why = [f"{root.why()}." for root in found.roots if root.value is None]
    return (
        "Each value of a lever is run with the same seed, so that the same people meet other terms. A lever is looked at over "
        "its whole range first: a turn that is more than chance, or ends on one side of the level, are said and not passed over. "
        "Then the place is bracketed by Chandrupatla's method until the bracket is as narrow as the tolerance.",
        *why,
    )
