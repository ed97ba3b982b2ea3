"""Turns what pydantic says of a value into the problem a user reads: place, rule, value, nearest right name."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from simulator.errors import Problem, nearest
from simulator.scenario.distributions import FAMILIES
from simulator.scenario.yaml_text import Key, dotted

_CODES = {
    "missing": "MISSING_FIELD", "extra_forbidden": "UNKNOWN_FIELD", "finite_number": "NOT_FINITE",
    "literal_error": "CHOICE", "union_tag_invalid": "CHOICE",
    "greater_than": "RANGE", "greater_than_equal": "RANGE", "less_than": "RANGE", "less_than_equal": "RANGE",
}  # fmt: skip
_CODES_BY_FIELD = {
    ("missing", "lags.from"): "LAG_ORIGIN_MISSING", ("missing", "unit"): "RATE_UNIT_MISSING",
    ("missing", "lags"): "LAG_ORIGIN_MISSING", ("missing", "calendar"): "QUARTER_CALENDAR_MISSING",
    ("greater_than_equal", "paid_after_months"): "LAG_NEGATIVE", ("greater_than", "caseload_limit"): "CAPACITY",
    ("greater_than_equal", "posts"): "NO_STAFF",
}  # fmt: skip
_CODES_OF_FIELD = {"seed": "SEED", "replications": "REPLICATIONS"}
_MISSING = {
    "unit": " (for example `per month`, `days` or `probability`)",
    "lags.from": " (it says from when the lags run: referral, achievement or none)",
    "lags": " (they say from when the lags of the rate card run)",
    "calendar": " (it says which quarters: calendar, uk_fy or contract)",
}
_NO_CHILD = object()


def problems_of(
    error: ValidationError, value: object, places: dict[Key, tuple[str, int]], root: type[BaseModel]
) -> Iterator[Problem]:
    """Yield a problem for each error that pydantic found in `value`, a tree read from files.

    Args:
        error: what pydantic found.
        value: the tree of values that was read.
        places: file and line of each key.
        root: the model that was to be made of the tree.
    """
    for found in error.errors(include_url=False):
        if _only_follows(found):
            continue
        key = _key_in(value, found["loc"])
        parent = key[:-1] if found["type"] == "extra_forbidden" else key
        if found["type"] == "missing":
            key = (*key, str(found["loc"][-1]))
        file, line = place_of(key, places)
        yield Problem(file, line, dotted(key), _message(found, parent, root), _code(found))


def place_of(key: Key, places: dict[Key, tuple[str, int]]) -> tuple[str, int]:
    """Return the file and line of the longest known beginning of a key."""
    while key and key not in places:
        key = key[:-1]
    return places.get(key, ("scenario", 0))


def _only_follows(found: Any) -> bool:  # noqa: ANN401 - pydantic's own record
    """Return whether a list is called too short only because its wrong entries, named already, were not counted."""
    return bool(found["type"] == "too_short" and len(found["input"]) >= found["ctx"]["min_length"])


def _key_in(value: object, location: tuple[str | int, ...]) -> Key:
    """Drop from pydantic's location the names of union members, which stand in no file."""
    key: list[str | int] = []
    for part in location:
        child = _child(value, part)
        if child is not _NO_CHILD:
            value = child
            key.append(part)
    return tuple(key)


def _child(value: object, part: str | int) -> object:
    if isinstance(value, dict):
        return value.get(part, _NO_CHILD)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return _NO_CHILD


def _field(location: tuple[str | int, ...]) -> str:
    """Return a field's name; that of a name which several parts of a scenario have, with its part where that matters."""
    return "lags.from" if location[-2:] == ("lags", "from") else str(location[-1]) if location else ""


def _code(found: Any) -> str:  # noqa: ANN401
    kind, field = found["type"], _field(found["loc"])
    if found["input"] is None and kind != "extra_forbidden":
        kind = "missing"
    known = _CODES_OF_FIELD.get(field) or _CODES_BY_FIELD.get((kind, field)) or _CODES.get(kind)
    return known or (kind if kind.isupper() else "TYPE")


def _message(found: Any, parent: Key, root: type[BaseModel]) -> str:  # noqa: ANN401
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    last = found["loc"][-1] if found["loc"] else ""
    if kind == "missing":
        return "is missing" + _MISSING.get(_field(found["loc"]), "")
    if kind == "extra_forbidden":
        return f"unknown name{nearest(str(last), names_at(root, parent) - {last})}"
    if given is None:
        return "has no value"
    if kind in _WORDED:
        return _WORDED[kind](given, context)
    if kind == "model_type" and last == "fixed" and _is_number(given):
        return f"a number needs its unit and source; write {{value: {given}, unit: ..., source: ..., quality: ...}}"
    return _by_rule(kind, given, context) if kind in _RULES else _plain(found)


def _by_rule(kind: str, given: object, context: dict[str, Any]) -> str:
    limits = {name: f"{limit:.15g}" if isinstance(limit, float) else limit for name, limit in context.items()}
    return _RULES[kind].format(given=_shown(given), **limits) + _quotes_hint(kind, given)


def _wrong_family(_: object, context: dict[str, Any]) -> str:
    tag = str(context["tag"])
    return f'"{tag}" is not a family of distributions ({", ".join(FAMILIES)}){nearest(tag, FAMILIES)}'


def _wrong_choice(given: object, context: dict[str, Any]) -> str:
    expected = str(context["expected"])
    choices = re.findall(r"'([^']*)'", expected)
    right = expected.replace("'", '"').replace("True", "true").replace("False", "false")
    right = "a number or none" if choices == ["none"] else right
    return f"must be {right}, not {_shown(given)}{nearest(str(given), choices)}"


_WORDED = {"union_tag_invalid": _wrong_family, "literal_error": _wrong_choice}


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _quotes_hint(kind: str, given: object) -> str:
    quoted = kind in ("int_type", "float_type") and isinstance(given, str) and re.fullmatch(r"-?\d+(\.\d+)?", given)
    return "; write it without quotes" if quoted else ""


_RULES = {
    "int_type": "{given} is not a whole number",
    "int_from_float": "{given} is not a whole number",
    "int_parsing": "{given} is not a whole number",
    "float_type": "{given} is not a number",
    "string_type": "{given} is not text",
    "bool_type": "{given} is neither true nor false",
    "dict_type": "{given} is not a set of names and values",
    "model_type": "{given} is not a set of names and values",
    "model_attributes_type": "{given} is not a set of names and values",
    "tuple_type": "{given} is not a list",
    "finite_number": "{given} is not a finite number",
    "greater_than": "cannot be {given}; it must be above {gt}",
    "greater_than_equal": "cannot be {given}; it must be {ge} or more",
    "less_than": "cannot be {given}; it must be below {lt}",
    "less_than_equal": "cannot be {given}; it must be {le} or less",
    "too_short": "needs {min_length} or more entries and has {actual_length}",
    "too_long": "takes at most {max_length} entries and has {actual_length}",
    "string_too_short": "needs {min_length} or more characters",
    "string_pattern_mismatch": "{given} is not a name: small letters, digits and _, a letter first",
}


def _plain(found: Any) -> str:  # noqa: ANN401
    message = str(found["msg"])
    return message[0].lower() + message[1:] if message[:2].istitle() else message


def _shown(given: object) -> str:
    if isinstance(given, str):
        return f'"{given}"'
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int | float | date):
        return str(given)
    return "a list" if isinstance(given, list | tuple) else "a set of names and values"


def names_at(root: type[BaseModel], key: Key) -> frozenset[str]:
    """Return the names that are right at a key of the model."""
    return _names_at(root, tuple(part for part in key if isinstance(part, str)))


@lru_cache(maxsize=4096)
def _names_at(root: type[BaseModel], names: tuple[str, ...]) -> frozenset[str]:
    models = [root]
    for part in names:
        found = [child for model in models for name, child in _children(model) if name == part]
        models = found or models
    return frozenset(_alias(model, name) for model in models for name in model.model_fields)


def field_at(root: type[BaseModel], key: Key) -> FieldInfo | None:
    """Return the field of the model at a key, or the one whose list or mapping it is in; None where there is none."""
    return _field_at(root, tuple(part for part in key if isinstance(part, str)))


@lru_cache(maxsize=4096)
def _field_at(root: type[BaseModel], names: tuple[str, ...]) -> FieldInfo | None:
    models, field = [root], None
    for part in names:
        here = [each for model in models for name, each in model.model_fields.items() if (each.alias or name) == part]
        if here:
            field, models = here[0], [child for each in here for child in _models_in(each.annotation)]
    return field


def _alias(model: type[BaseModel], name: str) -> str:
    return model.model_fields[name].alias or name


def _children(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for child in _models_in(field.annotation):
            yield field.alias or name, child


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
