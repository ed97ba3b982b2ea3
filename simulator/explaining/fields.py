"""The fields of a scenario's models, for what is written from them: names as in a file, docstrings, and what they may hold."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.scenario.base import Record
from simulator.scenario.parameters import Parameter

Model = type[BaseModel]


class Field(NamedTuple):
    """A field as it stands in a file."""

    name: str
    meaning: str
    required: bool
    models: tuple[Model, ...]
    """Records that its value may be, or may be a list of."""
    left_out: str = ""
    """What it is when it is left out, where it may be and that is a value."""


def fields_of(model: Model) -> list[Field]:
    """Return the fields of a model in order."""
    return [
        Field(
            found.alias or name,
            " ".join((found.description or "").split()),
            found.is_required(),
            tuple(dict.fromkeys(models_in(found.annotation))),
            _left_out(found),
        )
        for name, found in model.model_fields.items()
    ]


def _left_out(field: FieldInfo) -> str:
    neutral = next((mark.neutral for mark in field.metadata if isinstance(mark, Parameter)), None)
    return "" if neutral is None else neutral if isinstance(neutral, str) else f"{neutral:g}"


def reachable(model: Model) -> Iterator[Model]:
    """Yield a model and all that stand in it, each once, in order of first mention."""
    seen: dict[Model, None] = {}
    waiting = [model]
    while waiting:
        each = waiting.pop(0)
        if each not in seen:
            seen[each] = None
            yield each
            waiting = [child for field in fields_of(each) for child in field.models] + waiting


def model_of(value: dict[str, Any], models: tuple[Model, ...]) -> Model | None:
    """Return the first of several models whose fields hold all names of a value."""
    return next((model for model in models if value.keys() <= {field.name for field in fields_of(model)}), None)


def models_in(annotation: Any) -> Iterator[Model]:  # noqa: ANN401 - any annotation
    """Yield the records that a value of an annotation may be, or may be a list of."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)
