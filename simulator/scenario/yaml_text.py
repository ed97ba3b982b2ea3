"""YAML read strictly: plain values with the line of each; whatever other programs would read otherwise is refused.

The document is composed by ruamel (YAML 1.2) and its scalars are taken by the few rules here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from simulator.errors import Problem

Key = tuple[str | int, ...]
"""Where a value stands: names and list positions from the root."""


@dataclass
class Document:
    """A file's plain values, the file and line of each, and what is wrong with it as YAML."""

    value: Any
    places: dict[Key, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, shown: str) -> Document:
    """Return a YAML file's document; `shown` is the name used in messages."""
    document = Document(None)
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = YAML(typ="rt").compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        document.problems.append(Problem(shown, line, "", f"not YAML: {error.problem}", "YAML"))
        return document
    except (OSError, UnicodeDecodeError) as error:
        document.problems.append(Problem(shown, 0, "", f"cannot be read: {error}", "FILE"))
        return document
    if root is not None:
        document.value = _Reader(shown, document).take(root, ())
    return document


class _Reader:
    """Walks the nodes of one file and notes lines and problems in its document."""

    def __init__(self, shown: str, document: Document) -> None:
        self.shown = shown
        self.document = document

    def take(self, node: Node, key: Key) -> Any:  # noqa: ANN401 - a file may hold anything
        """Return the plain value of a node."""
        self.document.places[key] = (self.shown, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, key)
        if isinstance(node, SequenceNode):
            return [self.take(child, (*key, position)) for position, child in enumerate(node.value)]
        return self._scalar(node, key)

    def _mapping(self, node: MappingNode, key: Key) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name_node, child in node.value:
            name = str(name_node.value)
            if name in values:
                self._wrong(name_node, (*key, name), "DUPLICATE_KEY", f"stands here again; it was given on line {self.document.places[(*key, name)][1]}")
                continue
            values[name] = self.take(child, (*key, name))
            self.document.places[(*key, name)] = (self.shown, name_node.start_mark.line + 1)
        return values

    def _scalar(self, node: ScalarNode, key: Key) -> Any:  # noqa: ANN401
        kind = str(node.tag).rsplit(":", maxsplit=1)[-1]
        if kind == "null":
            return None
        if kind == "bool":
            return str(node.value).lower() == "true"
        take = _TAKE.get(kind)
        if take is None:
            return str(node.value)
        value, code, message = take(str(node.value))
        if code:
            self._wrong(node, key, code, message)
        return value

    def _wrong(self, node: Node, key: Key, code: str, message: str) -> None:
        self.document.problems.append(Problem(self.shown, node.start_mark.line + 1, dotted(key), message, code))


Taken = tuple[Any, str, str]


def _whole(text: str) -> Taken:
    if re.fullmatch(r"[-+]?(0|[1-9]\d*)", text):
        return int(text), "", ""
    return 0, "TYPE", f'"{text}" is read as different numbers by different programs; write it in plain digits'


def _real(text: str) -> Taken:
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return 0.0, "NOT_FINITE", f'"{text}" is not a finite number'
    if re.fullmatch(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?", text):
        return float(text), "", ""
    return 0.0, "TYPE", f'"{text}" is read as different numbers by different programs; write it in plain digits'


def _day(text: str) -> Taken:
    try:
        return date.fromisoformat(text), "", ""
    except ValueError:
        return date(1, 1, 1), "DATE_INVALID", f'"{text}" is not a day of the calendar'


_TAKE: dict[str, Callable[[str], Taken]] = {"int": _whole, "float": _real, "timestamp": _day}


def dotted(key: Key) -> str:
    """Return a key as people write it: `deal.rate_card[1].price`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
