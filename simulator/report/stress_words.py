"""How the figures of a stress are written: name of each quantity, figure, change with its error."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.studies.quantities import Quantity
from simulator.studies.stress import (
    AFTERWARDS,
    CAP_USE,
    EXPOSURE,
    GIVEN_BACK,
    LOSS,
    LOW,
    MEDIAN,
    MULTIPLE,
    NET_COST,
    OVER_CAP,
    PAID,
    RATES,
    SHORT,
    SHORT_SIZE,
    TAIL,
    UNEVIDENCED,
    WAIT,
    WAITING,
    Effect,
    UnderStress,
)
from simulator.words import MONEY, PERCENT, Unit, say, short_pounds
from simulator.words import MULTIPLE as RATIO

_WORDS: Mapping[str, str] = {
    MULTIPLE: "Multiple",
    MEDIAN: "Multiple, median",
    LOW: "Multiple, P5",
    LOSS: "P(loss)",
    TAIL: "Multiple, worst 5%",
    RATES[0]: "IRR, P5",
    RATES[1]: "IRR, median",
    RATES[2]: "IRR, P95",
    SHORT: "P(shortfall)",
    SHORT_SIZE: "Shortfall, mean",
    f"{EXPOSURE}.mean": "Peak exposure / commitment",
    PAID: "Payments",
    CAP_USE: "Paid / cap",
    OVER_CAP: "Unpaid over caps",
    UNEVIDENCED: "Achieved, not evidenced",
    WAIT: "Wait for a slot",
    WAITING: "People waiting",
    NET_COST: "Net cost",
    f"{AFTERWARDS}.mean": "After the term",
    f"{GIVEN_BACK}.mean": "Compensation less returns",
}
_IN_PERCENT = frozenset({EXPOSURE})
_STATUSES: Mapping[str, str] = {
    "insufficient_replications": "too few replications",
    "not_a_measure": "no such term",
    "partly_undefined": "partly undefined",
    "partly_not_drawn": "partly not drawn",
    "not_drawn": "not drawn",
}


def name_of(quantity: str) -> str:
    """Return a quantity's name for headings; that of a contract year by its number; its own where it has no other."""
    if quantity.startswith("commissioner.paid_in_year_"):
        return f"Year {quantity.removeprefix('commissioner.paid_in_year_').partition('_')[0]}"
    return _WORDS.get(quantity, quantity)


def unit(quantity: Quantity) -> Unit:
    """Return how a quantity is written."""
    return PERCENT if quantity.measure in _IN_PERCENT else quantity.unit


def figure(effect: Effect, form: Unit) -> str:
    """Return a figure, or in a word why there is none."""
    if effect.value is None:
        status = effect.status.removeprefix("base_")
        return _STATUSES.get(status, "undefined")
    return say(form, effect.value)


def change(effect: Effect, form: Unit) -> str:
    """Return a change with its error; nothing where there is none to tell."""
    if effect.difference is None:
        return ""
    if effect.difference == 0 and effect.difference_se == 0:
        return "none"
    bare = replace(form, suffix="", error_suffix="", decimals=3 if form is RATIO else form.decimals)
    sign = "+" if effect.difference > 0 else ""
    error = "" if effect.difference_se is None else f" ± {bare.say_error(effect.difference_se).replace('under ', '<')}"
    return f"{sign}{bare.say(effect.difference)}{error}"


def short_change(effect: Effect, form: Unit) -> str:
    """Return a change in as few characters as a cell of a figure has room for; nothing where nothing changes."""
    if effect.difference is None or effect.status == "no_change":
        return ""
    if form is MONEY:
        text = short_pounds(effect.difference)
    else:
        coarse = form is PERCENT and abs(effect.difference) >= 0.01
        text = replace(form, suffix="", decimals=0 if coarse else form.decimals).say(effect.difference)
    if not text.strip("\N{MINUS SIGN}£0."):
        return "≈ 0"
    return f"+{text}" if effect.difference > 0 else text


def is_told(effect: Effect) -> bool:
    """Return whether a change can be told from chance: it is larger than two of its errors, or has none to be held against."""
    if effect.difference is None:
        return effect.value is None or effect.status == "not_subtracted"
    return abs(effect.difference) > 2 * (effect.difference_se or 0.0)


def title_of(each: UnderStress) -> str:
    """Return what a stress is called in a table: in words, and as the command names it."""
    return f"{each.version.title} ({each.version.label})"
