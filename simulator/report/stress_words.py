"""How the effects of a stress are told: whether they are more than chance, and in as few characters as a cell has."""

from dataclasses import replace

from simulator.studies.stress import Effect, UnderStress
from simulator.words import MONEY, PERCENT, Unit, short_pounds


def short_change(effect: Effect, form: Unit) -> str:
    """Return a change in as few characters as a cell of a chart has room for; nothing where nothing changes."""
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
