"""Checking a changed scenario: what did not change is taken as it was checked before."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.scenario.assumptions import Assumptions
from simulator.scenario.deal import Deal
from simulator.scenario.description import Description
from simulator.scenario.validation import validate
from simulator.scenario.yaml_text import Document

_TAKEN_APART = (Description, Deal, Assumptions)
"""Models whose parts are looked at one by one; any other is checked whole, or taken whole."""


def validate_again(document: Document, before: Document, made: Description) -> Description:
    """Return the description of a document without problems of its own, or raise with every problem.

    Parts of it that are the very same objects in a document that was checked before are the records made then, which are
    frozen. That is a matter of time alone: if anything is wrong, the whole is checked as if it were new.

    Args:
        document: what is to be checked.
        before: a document of which it is a changed version.
        made: the description of that one.
    """
    try:
        return Description.model_validate(_with_records(document.value, before.value, made))
    except ValidationError:
        return validate(Description, document)


def _with_records(value: Any, before: Any, made: Any) -> Any:  # noqa: ANN401 - a tree read from files, and what was made of it
    """Return a tree in which unchanged parts are the records made of them."""
    if value is before and isinstance(made, BaseModel):
        return made
    if isinstance(value, dict) and isinstance(before, dict) and isinstance(made, (*_TAKEN_APART, Mapping)):
        records = _by_name(made)
        return {name: _with_records(each, before.get(name), records.get(name)) for name, each in value.items()}
    if isinstance(value, list) and isinstance(before, list) and isinstance(made, tuple):
        known = [*zip(before, made, strict=False), *[(None, None)] * len(value)]
        return [_with_records(each, *old) for each, old in zip(value, known, strict=False)]
    return value


def _by_name(made: BaseModel | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts of a record by the names that they have in files."""
    if isinstance(made, Mapping):
        return made
    return {name: getattr(made, field) for name, field in _fields(type(made))}


@cache
def _fields(model: type[BaseModel]) -> list[tuple[str, str]]:
    return [(field.alias or name, name) for name, field in model.model_fields.items()]
