"""How the figures of a stress are written: figure, change with its error, and what a stress is called."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.studies.stress import Effect, UnderStress
from simulator.words import MONEY, PERCENT, Unit, say, short_pounds
from simulator.words import MULTIPLE as RATIO

_STATUSES: Mapping[str, str] = {
    "insufficient_replications": "too few replications",
    "not_a_measure": "no such term",
    "partly_undefined": "partly undefined",
    "partly_not_drawn": "partly not drawn",
    "not_drawn": "not drawn",
}


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
