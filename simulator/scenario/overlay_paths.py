"""Paths of values in a scenario: parts joined by dots, of which some may be patterns, as in `deal.rate_card.*.price`.

Entries of lists go by position or by name. A part with `*` stands for every name of a mapping that it matches, and for every
entry of a list whose `outcome`, `counts_as` or `name` it matches; `*` alone for every entry.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from simulator.scenario.description import Description
from simulator.scenario.renamed import new_name
from simulator.scenario.wording import names_at
from simulator.scenario.yaml_text import Key, undotted


def parts_of(path: str) -> list[str]:
    """Return the parts of a path, with names as they are now called; a position may stand in brackets.

    >>> parts_of("deal.costs[0].total"), parts_of("deal.lags.preset")
    (['deal', 'costs', '0', 'total'], ['deal', 'lags', 'from'])
    """
    return undotted(new_name(path))


def value_at(value: Any, key: Key) -> Any:  # noqa: ANN401 - a tree read from files
    """Return what stands at a key."""
    for step in key:
        value = value[step]
    return value


def with_value(value: Any, key: Key, new: object) -> Any:  # noqa: ANN401 - a tree read from files
    """Return a tree with a new value at a key, in which everything else is shared with the old one, which stays as it is.

    Args:
        value: a tree read from files.
        key: the steps to the value: names, and places in lists; none for the whole tree.
        new: the value that is put there.
    """
    if not key:
        return new
    step, rest = key[0], key[1:]
    if isinstance(value, list):
        return [with_value(each, rest, new) if place == step else each for place, each in enumerate(value)]
    return {**value, step: with_value(value.get(step), rest, new)}


def stands(value: object, key: Key) -> bool:
    """Return whether there is a value at a key."""
    try:
        value_at(value, key)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def find_all(value: object, path: str, *, may_add: bool = False) -> list[Key]:
    """Return the keys of all values that a path names, in their order.

    Args:
        value: a tree read from files.
        path: the path.
        may_add: count also what the scenario may say in that place and does not, for example a cap that the deal has not.
    """
    return list(_keys(value, (), parts_of(path), may_add=may_add))


def is_left_out(value: object, path: str) -> bool:
    """Return whether a path with a pattern names nothing only because a list is empty, or left out as it may be."""
    return _ends_in_nothing(value, (), parts_of(path))


def _keys(here: Any, key: Key, parts: list[str], *, may_add: bool) -> Iterator[Key]:  # noqa: ANN401
    if not parts:
        yield key
        return
    part, rest = parts[0], parts[1:]
    found = _steps(here, part)
    for step in found:
        yield from _keys(here[step], (*key, step), rest, may_add=may_add)
    if may_add and not found and not rest and isinstance(here, dict) and _may_stand(key, part):
        yield (*key, part)


def _ends_in_nothing(here: Any, key: Key, parts: list[str]) -> bool:  # noqa: ANN401
    if not parts:
        return False
    part, rest = parts[0], parts[1:]
    if "*" in part and isinstance(here, dict | list) and not here:
        return True
    found = _steps(here, part)
    if not found:
        more = any("*" in each for each in rest)
        return more and isinstance(here, dict) and "*" not in part and _may_stand(key, part)
    return all(_ends_in_nothing(here[step], (*key, step), rest) for step in found)


def _may_stand(key: Key, name: str) -> bool:
    """Return whether a mapping of a scenario may have a name."""
    free = key in (("deal", "sources"), ("assumptions", "factors"))
    return "*" not in name and (free or name in names_at(Description, key))


def _steps(here: object, part: str) -> list[str | int]:
    """Return the names or positions that a part of a path stands for."""
    if isinstance(here, dict):
        return [name for name in here if name == part or ("*" in part and fnmatchcase(name, part))]
    if not isinstance(here, list):
        return []
    if part.isdecimal():
        return [int(part)] if int(part) < len(here) else []
    if "*" in part:
        return [place for place, entry in enumerate(here) if part == "*" or _matches(entry, part)]
    named = [
        i
        for i, entry in enumerate(here)
        if isinstance(entry, dict) and part in (entry.get("outcome"), entry.get("name"))
    ]
    return list(named[:1])


def _matches(entry: object, part: str) -> bool:
    names = [entry.get(field) for field in ("outcome", "counts_as", "name")] if isinstance(entry, dict) else []
    return any(isinstance(name, str) and fnmatchcase(name, part) for name in names)
