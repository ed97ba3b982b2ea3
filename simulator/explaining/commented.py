"""YAML with a comment above every field: what the field means, from its model, and what else could stand there."""

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from simulator.explaining.examples import EXAMPLES
from simulator.explaining.fields import Field, Model, fields_of, model_of

_WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z][\w £%()./'*,&;-]*")
_TAKEN = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_INLINE = 90
"""Values of no more characters than this stand on one line, if no comment belongs within them."""


def commented(value: dict[str, Any], model: Model) -> Iterator[str]:
    """Yield the lines of a value as YAML, each field with its meaning; fields that are left out, as comments at the end."""
    yield from _record(value, model, "", comments=True)


def _record(value: dict[str, Any], model: Model, indent: str, comments: bool) -> Iterator[str]:
    fields = {field.name: field for field in fields_of(model)}
    for name, part in value.items():
        if comments:
            yield from _comment(fields[name].meaning, indent)
        yield from _field(name, part, fields[name], indent, comments)
    if comments:
        for field in fields.values():
            if field.name not in value:
                yield from _left_out(field, indent)


def _field(name: str, value: Any, field: Field, indent: str, comments: bool) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:"
        yield from _dictionary(value, field, indent + "  ", comments)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{indent}{name}:"
        yield from _entries(value, field, indent + "  ", comments)
    else:
        yield f"{indent}{name}: {flow(value)}"


def _dictionary(value: dict[str, Any], field: Field, indent: str, comments: bool) -> Iterator[str]:
    model = model_of(value, field.models)
    if model is not None:
        yield from _record(value, model, indent, comments)
        return
    for name, part in value.items():
        yield f"{indent}{name}: {flow(part)}"


def _entries(value: list[Any], field: Field, indent: str, comments: bool) -> Iterator[str]:
    """Yield a list's entries; only the first has comments, and short ones after it stand on a line."""
    for position, item in enumerate(value):
        model = model_of(item, field.models) if isinstance(item, dict) else None
        if model is None or (position and len(flow(item)) <= _INLINE):
            yield f"{indent}- {flow(item)}"
            continue
        lines = list(_record(item, model, indent + "  ", comments and position == 0))
        first = next(i for i, line in enumerate(lines) if not line.lstrip().startswith("#"))
        yield from (line.removeprefix("  ") for line in lines[:first])
        yield f"{indent}- {lines[first].lstrip()}"
        yield from lines[first + 1 :]


def _comment(meaning: str, indent: str) -> Iterator[str]:
    if meaning:
        yield from wrap(meaning, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _left_out(field: Field, indent: str) -> Iterator[str]:
    """Yield an optional field as a comment, with an example where a record stands in it."""
    yield from _comment(f"May be added: `{field.name}`. {field.meaning}", indent)
    example = EXAMPLES.get(field.models[0].__name__, "") if len(field.models) == 1 else ""
    if example and "\n" not in example:
        yield f"{indent}#   for example {example}"


def flow(value: Any) -> str:  # noqa: ANN401 - plain values of a file
    """Return a value as YAML on one line.

    >>> flow({"posts": 2, "title": "A: one"})
    '{posts: 2, title: "A: one"}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    """Return text without quotes where no reader could take it for anything else."""
    plain = _PLAIN.fullmatch(value) and "," not in value and value.lower() not in _TAKEN and value == value.strip()
    return value if plain else json.dumps(value, ensure_ascii=False)
