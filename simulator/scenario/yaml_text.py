"""YAML read strictly: plain values with the line of each; whatever other programs would read otherwise is refused.

The document is composed by ruamel (YAML 1.2) and its scalars are taken by the few rules here.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from simulator.errors import Problem

Key = tuple[str | int, ...]
"""Where a value stands: names and list positions from the root."""
FORMAT = 1
"""The format of files that this version reads: what `format` says at the top of a file, if it says anything."""


@dataclass
class Document:
    """A file's plain values, the file and line of each, and what is wrong with it as YAML."""

    value: Any
    places: dict[Key, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, shown: str, root_key: Key = ()) -> Document:
    """Return a YAML file's document.

    Args:
        path: the file.
        shown: its name in messages.
        root_key: where its values will stand in the whole scenario.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Document(None, {root_key: (shown, 0)}, [Problem(shown, *_unreadable(error))])
    found = _document(text, shown, root_key)
    document = Document(deepcopy(found.value), dict(found.places), list(found.problems))
    if isinstance(document.value, dict) and "format" in document.value:
        _check_format(document, document.value.pop("format"), document.places.pop((*root_key, "format")))
    return document


def _check_format(document: Document, given: object, place: tuple[str, int]) -> None:
    if type(given) is not int or given != FORMAT:
        message = (
            f"this version reads format {FORMAT}, and this file is of another: write `format: {FORMAT}`, or nothing"
        )
        document.problems.append(Problem(*place, "format", message, "FORMAT"))


@lru_cache(maxsize=64)
def _document(text: str, shown: str, root_key: Key) -> Document:
    """Return the document of a text; a study reads the same files many times."""
    document = Document(None, {root_key: (shown, 0)})
    try:
        root = YAML(typ="rt").compose(text)
        document.value = None if root is None else _Reader(shown, document).take(root, root_key)
    except (YAMLError, RecursionError) as error:
        document.problems.append(Problem(shown, *_unreadable(error)))
    return document


def _unreadable(error: Exception) -> tuple[int, str, str, str]:
    """Return line, path, message and code for a file that yields no values."""
    if isinstance(error, MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        said = ", ".join(part for part in (error.context, error.problem) if part)
        return line, "", f"not YAML: {said}", "YAML"
    if isinstance(error, YAMLError):
        return 0, "", f"not YAML: {' '.join(str(error).split())}", "YAML"
    if isinstance(error, RecursionError):
        return 0, "", "a value stands within itself", "YAML"
    if isinstance(error, OSError):
        return 0, "", f"cannot be read: {error.strerror}", "FILE"
    return 0, "", "cannot be read: it is not UTF-8 text; save it as UTF-8", "FILE"


class _Reader:
    """Walks the nodes of one file and notes lines and problems in its document."""

    def __init__(self, shown: str, document: Document) -> None:
        self.shown = shown
        self.document = document

    def take(self, node: Node, key: Key) -> Any:  # noqa: ANN401 - a file may hold anything
        """Return the plain value of a node; what is wrong with it goes to the document's problems."""
        self.document.places[key] = (self.shown, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, key)
        if isinstance(node, SequenceNode):
            return [self.take(child, (*key, position)) for position, child in enumerate(node.value)]
        return self._scalar(node, key)

    def _mapping(self, node: MappingNode, key: Key) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name_node, child in node.value:
            if not isinstance(name_node, ScalarNode):
                self._wrong(name_node, key, "TYPE", "a name must be plain text")
                continue
            name = str(name_node.value)
            if name in values:
                self._wrong(
                    name_node,
                    (*key, name),
                    "DUPLICATE_KEY",
                    f"stands here again; it was given on line {self.document.places[(*key, name)][1]}",
                )
                continue
            values[name] = self.take(child, (*key, name))
            self.document.places[(*key, name)] = (self.shown, name_node.start_mark.line + 1)
        return values

    def _scalar(self, node: Node, key: Key) -> Any:  # noqa: ANN401
        kind = str(node.tag).rsplit(":", maxsplit=1)[-1]
        if kind == "null":
            return None
        if kind == "bool":
            return str(node.value).lower() == "true"
        take = _TAKE.get(kind)
        if take is None:
            self._wrong(node, key, "TYPE", f"the tag {node.tag} has no meaning here")
            return str(node.value)
        value, code, message = take(str(node.value))
        if code:
            self._wrong(node, key, code, message)
        return value

    def _wrong(self, node: Node, key: Key, code: str, message: str) -> None:
        self.document.problems.append(Problem(self.shown, node.start_mark.line + 1, dotted(key), message, code))


Taken = tuple[Any, str, str]
"""The value, and the code and message if it is none; what cannot be taken stays text, which no number or date is."""


def _ambiguous(text: str) -> Taken:
    message = f'"{text}" is read differently by different programs; write plain digits, or quotes if it is text'
    return text, "TYPE", message


def _text(text: str) -> Taken:
    return text.replace("\a", ""), "", ""  # ruamel marks the folds of a folded text with this character


def _whole(text: str) -> Taken:
    return (int(text), "", "") if re.fullmatch(r"[-+]?(0|[1-9]\d*)", text) else _ambiguous(text)


def _real(text: str) -> Taken:
    if re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", text) and isfinite(float(text)):
        return float(text), "", ""
    if re.fullmatch(r"[-+]?\.?(inf|nan|[\d.]+e[+\d]+)", text, re.IGNORECASE):
        return text, "NOT_FINITE", f'"{text}" is not a finite number'
    return _ambiguous(text)


def _day(text: str) -> Taken:
    try:
        return date.fromisoformat(text), "", ""
    except ValueError:
        message = f'"{text}" is not a day of the calendar; write year-month-day, for example 2021-04-01'
        return text, "DATE_INVALID", message


_TAKE: dict[str, Callable[[str], Taken]] = {"str": _text, "int": _whole, "float": _real, "timestamp": _day}


def undotted(path: str) -> list[str]:
    """Return the parts of a path; a position may stand in brackets.

    >>> undotted("deal.costs[0].total")
    ['deal', 'costs', '0', 'total']
    """
    return path.replace("[", ".").replace("]", "").split(".")


def dotted(key: Key) -> str:
    """Return a key as people write it: `deal.rate_card[1].price`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
