"""JSON Schema (draft 2020-12) of the files of a scenario, for editors: made from the models, with their docstrings.

A schema says what one file may hold, field by field. Rules that tie fields together, and what is read from several files, are
for `sib check`.
"""

from collections.abc import Callable
from typing import Any, Literal, get_args

from simulator.explaining.fields import models_in
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.deal import Deal
from simulator.scenario.model import Description, WrittenOverlay
from simulator.scenario.renamed import RENAMED, Renamed
from simulator.scenario.wording import field_at
from simulator.scenario.yaml_text import FORMAT

Kind = Literal["scenario", "deal", "assumptions", "overlay"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What a file can be; the first when nobody says."""
Json = dict[str, Any]
_OVERRIDE: Json = {
    "description": "Names that an earlier part of the list gives too; what this part says of them holds.",
    "type": "array",
    "items": {"enum": list(Assumptions.model_fields)},
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES: dict[Kind, str] = {
    "scenario": "A scenario",
    "deal": "A deal: every term that was agreed",
    "assumptions": "Assumptions: what is believed",
    "overlay": "An overlay: named changes to a scenario",
}


def schema(kind: Kind) -> Json:
    """Return the JSON Schema of a kind of file, as plain data."""
    made = _tidy(_MAKERS[kind]())
    made["properties"] = {"format": _FORMAT} | made["properties"]
    for each in RENAMED:
        _take_old_name(made, each)
    return {"$schema": _DIALECT, "title": _TITLES[kind]} | {k: v for k, v in made.items() if k != "title"}


_FORMAT: Json = {"const": FORMAT, "description": "The format of the file; without it, the same."}


def _take_old_name(made: Json, renamed: Renamed) -> None:
    """Let a schema take a name that went, in the place of its new one, where the record that had it stands."""
    *above, old = renamed.parts
    field = field_at(Description, tuple(above))
    for model in models_in(None if field is None else field.annotation):
        part = made.get("$defs", {}).get(model.__name__)
        if part is not None:
            words = {"enum": list(renamed.values)} if renamed.values else {}
            part["properties"][old] = words | {"description": f"`{renamed.name}`, as it was written before."}
            part["required"] = [name for name in part.get("required", []) if name != renamed.name]
            part["oneOf"] = [{"required": [renamed.name]}, {"required": [old]}]


def _scenario() -> Json:
    """Return the scenario's schema: its deal and its assumptions may be names of files beside it."""
    made: Json = Description.model_json_schema(by_alias=True)
    properties, file = made["properties"], {"type": "string", "description": "A file beside this one."}
    part = {**made["$defs"]["Assumptions"], "required": []}
    part["properties"] = {"override": _OVERRIDE} | part["properties"]
    made["$defs"]["SomeAssumptions"] = part | {"description": "Some of the assumptions; the parts of a list add up."}
    properties["deal"] = {"description": "What was agreed.", "anyOf": [file, {"$ref": "#/$defs/Deal"}]}
    parts = {"type": "array", "items": {"anyOf": [file, {"$ref": "#/$defs/SomeAssumptions"}]}, "minItems": 1}
    properties["assumptions"] = {
        "description": "What is believed: a file, the assumptions themselves, or a list of both.",
        "anyOf": [file, parts, {"$ref": "#/$defs/Assumptions"}],
    }
    return made


def _assumptions() -> Json:
    """Return the schema of a file of assumptions: it may hold some of them, since a scenario can add the others."""
    return Assumptions.model_json_schema(by_alias=True) | {"required": []}


_MAKERS: dict[Kind, Callable[[], Json]] = {
    "scenario": _scenario,
    "deal": lambda: Deal.model_json_schema(by_alias=True),
    "assumptions": _assumptions,
    "overlay": lambda: WrittenOverlay.model_json_schema(by_alias=True),
}


def _tidy(part: Any) -> Any:  # noqa: ANN401 - plain data of any shape
    """Return a schema without what pydantic adds for programs: titles of fields, and null, which no file may say."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {name: value for name, value in part.items() if not _is_noise(name, value)}
    return _without_null({name: _tidy(value) for name, value in kept.items()})


def _is_noise(name: str, value: object) -> bool:
    return (name == "title" and isinstance(value, str)) or (name == "default" and value in (None, [], {}))


def _without_null(part: Json) -> Json:
    choices = part.get("anyOf")
    if not isinstance(choices, list) or {"type": "null"} not in choices:
        return part
    left = [choice for choice in choices if choice != {"type": "null"}]
    rest = {name: value for name, value in part.items() if name != "anyOf"}
    return {**left[0], **rest} if len(left) == 1 else {**rest, "anyOf": left}
