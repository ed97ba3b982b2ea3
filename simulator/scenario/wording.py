"""Turns what pydantic says of a value into the problem a user reads: place, rule, value, nearest right name."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from simulator.errors import Problem, nearest
from simulator.scenario.distributions import FAMILIES
from simulator.scenario.yaml_text import Key, dotted

_CODES = {"missing": "MISSING_FIELD", "extra_forbidden": "UNKNOWN_FIELD", "literal_error": "CHOICE", "finite_number": "NOT_FINITE"}
_CODES_BY_FIELD = {
    ("missing", "preset"): "LAG_ORIGIN_MISSING", ("missing", "unit"): "RATE_UNIT_MISSING", ("missing", "lags"): "LAG_ORIGIN_MISSING",
    ("greater_than_equal", "paid_after_months"): "LAG_NEGATIVE", ("greater_than", "caseload_limit"): "CAPACITY",
    ("missing", "calendar"): "QUARTER_CALENDAR_MISSING",
}  # fmt: skip


def problems_of(error: ValidationError, value: Any, places: dict[Key, tuple[str, int]], root: type[BaseModel]) -> Iterator[Problem]:  # noqa: ANN401
    """Yield a problem for each error that pydantic found in `value`, a tree read from files."""
    for found in error.errors(include_url=False):
        key = _key_in(value, found["loc"])
        parent = key[:-1] if found["type"] == "extra_forbidden" else key
        if found["type"] == "missing":
            key = (*key, str(found["loc"][-1]))
        file, line = place_of(key, places)
        yield Problem(file, line, dotted(key), _message(found, parent, value, root), _code(found))


def place_of(key: Key, places: dict[Key, tuple[str, int]]) -> tuple[str, int]:
    """Return the file and line of the longest known beginning of a key."""
    while key and key not in places:
        key = key[:-1]
    return places.get(key, ("scenario", 0))


def _key_in(value: Any, location: tuple[str | int, ...]) -> Key:  # noqa: ANN401
    """Drop from pydantic's location the names of union members, which stand in no file."""
    key: list[str | int] = []
    for part in location:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        key.append(part)
    return tuple(key)


def _code(found: Any) -> str:  # noqa: ANN401
    kind, field = found["type"], str(found["loc"][-1]) if found["loc"] else ""
    if field == "seed":
        return "SEED"
    if field == "replications":
        return "REPLICATIONS"
    return _CODES_BY_FIELD.get((kind, field)) or _CODES.get(kind) or (kind if kind.isupper() else "TYPE")


def _message(found: Any, parent: Key, value: Any, root: type[BaseModel]) -> str:  # noqa: ANN401
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    if kind == "missing":
        return "is missing" + (" (a rate needs its unit, for example `per month`)" if found["loc"][-1] == "unit" else "")
    if kind == "extra_forbidden":
        return f"unknown name{nearest(str(found['loc'][-1]), _names_at(root, value, parent))}"
    if kind == "union_tag_invalid":
        tag = str(context.get("tag"))
        return f'"{tag}" is not a family of distributions ({", ".join(FAMILIES[1:])}){nearest(tag, FAMILIES)}'
    if kind == "literal_error":
        return f"{_shown(given)} is not {context['expected']}{nearest(str(given), _choices(context['expected']))}"
    return _RULES[kind].format(given=_shown(given), **context) if kind in _RULES else _plain(found)


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
    "greater_than": "{given} must be above {gt}",
    "greater_than_equal": "{given} must be {ge} or more",
    "less_than": "{given} must be below {lt}",
    "less_than_equal": "{given} must be {le} or less",
    "too_short": "needs {min_length} entries or more and has {actual_length}",
    "too_long": "takes {max_length} entries at most and has {actual_length}",
    "string_too_short": "cannot be empty",
    "string_pattern_mismatch": "{given} is not a name: small letters, digits and _, a letter first",
}


def _plain(found: Any) -> str:  # noqa: ANN401
    message = str(found["msg"])
    return message[0].lower() + message[1:] if message[:2].istitle() else message


def _shown(given: object) -> str:
    if isinstance(given, str):
        return f'"{given}"'
    return f"{given:g}" if isinstance(given, float) else str(given)


def _choices(expected: str) -> list[str]:
    return [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]


def _names_at(root: type[BaseModel], value: Any, key: Key) -> list[str]:  # noqa: ANN401
    """Return the names that are right at a key of the model."""
    models = [root]
    for part in key:
        if isinstance(part, str):
            found = [child for model in models for name, child in _children(model) if name == part]
            models = found or models
    return [_alias(model, name) for model in models for name in model.model_fields]


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
