"""The fields of a scenario's models, for what is written from them: names as in a file, docstrings, and what they may hold."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from simulator.scenario.base import Record

Model = type[BaseModel]


class Field(NamedTuple):
    """A field as it stands in a file."""

    name: str
    meaning: str
    required: bool
    models: tuple[Model, ...]
    """Records that its value may be, or may be a list of."""


def fields_of(model: Model) -> list[Field]:
    """Return the fields of a model in order."""
    return [
        Field(
            found.alias or name,
            " ".join((found.description or "").split()),
            found.is_required(),
            tuple(dict.fromkeys(_models_in(found.annotation))),
        )
        for name, found in model.model_fields.items()
    ]


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


def _models_in(annotation: Any) -> Iterator[Model]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
