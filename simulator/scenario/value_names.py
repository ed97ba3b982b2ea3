"""What new values are called: a short name for files and tables, and words for headings."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from re import fullmatch, sub
from typing import Any

from simulator.money import MoneyError, pence, pounds
from simulator.scenario.assumed import Assumed
from simulator.scenario.base import is_money
from simulator.scenario.description import Description
from simulator.scenario.overlay_paths import find_all, parts_of, stands, value_at
from simulator.scenario.wording import field_at
from simulator.words import name_within

SHOWN = 3
"""As many values are named in a heading."""
LONGEST_NAME = 60
_DIGITS = 8
_NO_UNIT = ("", "factor", "probability")


def name_of(values: Mapping[str, Any]) -> str:
    """Return a name for values by path: for all that words do not say exactly, with letters and digits made from the values.

    >>> name_of({"deal.rate_card.job_start.price": 4500}), name_of({"prices": 1.1})
    ('job_start_price_4500', 'prices_1_1')
    >>> name_of({"assumptions.patience": -5})
    'patience_5_0d009d7f'
    """
    words = [(_path_word(path), _value_word(value)) for path, value in values.items()]
    text = sub(r"[^a-z0-9]+", "_", " ".join(f"{path} {value}" for path, value in words).lower()).strip("_")
    exact = all(
        fullmatch(r"([a-z0-9_]+\.)*[a-z0-9_]*[a-z_]", path) and _is_exact(value) for path, value in values.items()
    )
    if not exact or len(text) > LONGEST_NAME:
        made = sha256(repr(sorted(values.items())).encode()).hexdigest()[:_DIGITS]
        text = f"{text[: LONGEST_NAME - _DIGITS - 1].rstrip('_')}_{made}"
    return text if text[:1].isalpha() else f"set_{text}"


def _path_word(path: str) -> str:
    """Return a path without the beginning that most have."""
    parts = parts_of(path)
    begins = next(
        (each for each in (["deal", "rate_card"], ["deal"], ["assumptions"]) if parts[: len(each)] == each), []
    )
    return " ".join(parts[len(begins) :] or parts)


def _is_exact(value: Any) -> bool:  # noqa: ANN401 - a value of any kind
    """Return whether the word for a value says exactly that value, and is no word for another one."""
    if isinstance(value, Assumed):
        bare = value.unit is value.source is value.quality is None
        return bare and all(_is_exact(each) for each in value.parameters.values())
    if isinstance(value, float) and float(_value_word(value)) != value:
        return False
    said = value is not None and not isinstance(value, Mapping | list)
    return said and fullmatch(r"[a-z]+|\d+([.-]\d+)*", _value_word(value)) is not None


def _value_word(value: Any) -> str:  # noqa: ANN401 - a value of any kind
    if isinstance(value, Assumed):
        return value.words()
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return "changed" if value else "none"
    return str(value)


def heading_of(scenario: Any, values: Mapping[str, Any]) -> str:  # noqa: ANN401 - a tree read from files
    """Return what is set to what, in words for a heading.

    Args:
        scenario: the values of the scenario as they are written, a tree.
        values: the new ones, by path.
    """
    said = [_said(scenario, path, value) for path, value in values.items()]
    rest = [f"{len(said) - SHOWN} more"] if len(said) > SHOWN + 1 else said[SHOWN:]
    return ", ".join([*said[:SHOWN], *rest]) or "nothing"


def holds_money(scenario: Any, path: str) -> bool:  # noqa: ANN401 - a tree read from files
    """Return whether what a path names is an amount of money, or may be one."""
    fields = [field_at(Description, key) for key in find_all(scenario, path, may_add=True)]
    return any(field is not None and is_money(field) for field in fields)


def _said(scenario: Any, path: str, value: Any) -> str:  # noqa: ANN401 - a tree read from files, a value of any kind
    what = ": ".join(_path_words(scenario, path)) or path
    if isinstance(value, Mapping | list) and value:
        return f"{what} changed"
    if holds_money(scenario, path):
        try:
            return f"{what} at {pounds(pence(value))}"
        except MoneyError:
            return f"{what} set to {_value_word(value)}"
    if isinstance(value, bool) or not isinstance(value, int | float | Assumed):
        return f"{what} set to {_value_word(value)}"
    unit = value.unit if isinstance(value, Assumed) and value.unit else _unit(scenario, path.removesuffix(".value"))
    return f"{what} at {_value_word(value)}{f' {unit}' if unit not in _NO_UNIT else ''}"


def _path_words(scenario: Any, path: str) -> Iterable[str]:  # noqa: ANN401 - a tree read from files
    """Yield the parts of a path in words, entries of lists by their names."""
    parts = parts_of(path)
    if parts[0] == "assumptions" and parts[2:] == ["value"]:
        parts.pop()
    for end, part in enumerate(parts[1:], start=1):
        found = find_all(scenario, ".".join(parts[: end + 1])) if part.isdecimal() else []
        entry = value_at(scenario, found[0]) if found else None
        names = [entry.get("outcome"), entry.get("name")] if isinstance(entry, dict) else []
        named = next(
            (each for each in names if isinstance(each, str)), f"number {int(part) + 1}" if part.isdecimal() else part
        )
        yield "each" if part == "*" else name_within(named)


def _unit(scenario: Any, path: str) -> str:  # noqa: ANN401 - a tree read from files
    """Return the unit of the assumptions that a path names, if there is one."""
    keys = [key for key in find_all(scenario, path) if stands(scenario, (*key, "unit"))]
    units = {str(value_at(scenario, key)["unit"]) for key in keys}
    return units.pop() if len(units) == 1 else ""
