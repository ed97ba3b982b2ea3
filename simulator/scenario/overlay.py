"""Overlays: named changes to the values of a scenario, before it is checked and frozen.

Order of precedence: the scenario's files, then the overlays it names in their order, then the overlays given when it is
loaded in theirs. No value is changed twice, except that overlays multiply the same value, or the same rate on the same
days, if all of them say `compose: multiply`, and that one which says `compose: replace` sets what an earlier one sets.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from simulator.errors import Problem, nearest
from simulator.money import MoneyError, pence, pounds_plain
from simulator.scenario.base import Scaled
from simulator.scenario.model import Description, Overlay
from simulator.scenario.wording import names_at
from simulator.scenario.yaml_text import Document, Key, dotted


@dataclass(frozen=True)
class OverlayFile:
    """An overlay and the document it was read from, for lines in messages."""

    overlay: Overlay
    document: Document
    shown: str

    def problem(self, part: str, name: str | int, message: str, code: str) -> Problem:
        """Return a problem at one of the overlay's changes."""
        path = f"{part}[{name}]" if isinstance(name, int) else f"{part}.{name}"
        return Problem(self.shown, self.document.places[(part, name)][1], path, message, code)


def made_in_python(overlay: Overlay) -> OverlayFile:
    """Return an overlay that no file holds; messages name it where a file would stand."""
    shown = f'overlay "{overlay.overlay}"'
    value = overlay.model_dump(exclude_unset=True)
    places: dict[Key, tuple[str, int]] = {(): (shown, 0), ("deal",): (shown, 0)}
    for part in ("set", "multiply"):
        places |= {(part, path): (shown, 0) for path in value.get(part, {})}
    places |= {("windows", number): (shown, 0) for number in range(len(overlay.windows))}
    return OverlayFile(overlay, Document(value, places), shown)


class Change(NamedTuple):
    """One value that an overlay sets or multiplies."""

    file: OverlayFile
    part: str
    path: str
    given: Any
    key: Key | None
    """Where the value stands in the scenario, or will stand if it may be left out and is; None if there is no such value."""


def apply(base: Document, files: list[OverlayFile]) -> Document:
    """Return the document with all overlays applied; problems are added to its own."""
    result = Document(copy.deepcopy(base.value), dict(base.places), list(base.problems))
    changes = [change for file in files for change in _changes(result.value, file)]
    result.problems += [*_unknown(result.value, changes), *_conflicts(changes), *_window_conflicts(files)]
    for change in changes:
        _make(result, change)
    for file in files:
        _add_windows(result, file)
    return result


def _changes(value: object, file: OverlayFile) -> Iterator[Change]:
    for path, new in file.overlay.set.items():
        yield Change(file, "set", path, new, find(value, path) or _left_out(value, path))
    for path, factor in file.overlay.multiply.items():
        yield Change(file, "multiply", path, factor, find(value, path))


def _left_out(value: object, path: str) -> Key | None:
    """Return the key of something that the scenario may say and does not, for example a cap that the deal has not."""
    parent, _, name = path.rpartition(".")
    key = find(value, parent) if parent else None
    known = key is not None and (key == ("deal", "sources") or name in names_at(Description, key))
    return (*key, name) if key is not None and known else None


def _unknown(value: dict[str, Any], changes: list[Change]) -> Iterator[Problem]:
    for change in changes:
        top = _parts(change.path)[0]
        unread = top in value and value[top] is None
        if change.key is None and not unread:
            message = f"unknown parameter: {_where_it_ends(value, change.path)}"
            yield change.file.problem(change.part, change.path, message, "UNKNOWN_PARAMETER")


def _where_it_ends(value: Any, path: str) -> str:  # noqa: ANN401 - a tree read from files
    """Return the first part of a path that names nothing, and the nearest right name."""
    right: list[str] = []
    for part in _parts(path):
        step = _step(value, part)
        if step is None:
            break
        value = value[step]
        right.append(part)
    wrong = _parts(path)[len(right)]
    return f'there is no "{wrong}" in {".".join(right) or "the scenario"}{_hint(value, path, wrong)}'


def _hint(value: object, path: str, wrong: str) -> str:
    """Return the nearest right name, or what the path lacks at its beginning."""
    full = [f"{top}.{path}" for top in ("deal", "assumptions") if find(value, f"{top}.{path}")]
    return f'; did you mean "{full[0]}"?' if full else nearest(wrong, _names(value))


def _names(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(name) for name in value]
    items = value if isinstance(value, list) else []
    return [str(item.get("outcome", item.get("name"))) for item in items if isinstance(item, dict)]


def _conflicts(changes: list[Change]) -> Iterator[Problem]:
    for earlier, later in combinations(changes, 2):
        if not _overlap(earlier.key, later.key) or _may_both(earlier, later):
            continue
        same = earlier.file is later.file
        who = "this overlay" if same else f'overlay "{earlier.file.overlay.overlay}"'
        message = f"{who} changes this value too; keep one{'' if same else _way_out(earlier.part, later.part)}"
        yield later.file.problem(later.part, later.path, message, "STRESS_CONFLICT")


def _may_both(earlier: Change, later: Change) -> bool:
    """Return whether two changes of one value are both meant: products, or a value that is set anew by a later overlay."""
    if earlier.part == later.part == "multiply":
        return _compose(earlier.file, later.file)
    replaces = earlier.file is not later.file and later.file.overlay.compose == "replace"
    return replaces and earlier.part == later.part == "set"


def _way_out(earlier: str, later: str) -> str:
    """Return what lets two overlays make their changes of one value, by kinds of change, if anything does."""
    if earlier != later:
        return ""
    return ", or let both `compose: multiply`" if later == "multiply" else ", or let the later one `compose: replace`"


def _overlap(one: Key | None, other: Key | None) -> bool:
    return one is not None and other is not None and (one[: len(other)] == other or other[: len(one)] == one)


def _compose(one: OverlayFile, other: OverlayFile) -> bool:
    return one is not other and one.overlay.compose == other.overlay.compose == "multiply"


def _window_conflicts(files: list[OverlayFile]) -> Iterator[Problem]:
    for earlier, later in combinations(files, 2):
        for number, window in enumerate(later.overlay.windows):
            clash = any(_same_days(window, other) for other in earlier.overlay.windows)
            if clash and not _compose(earlier, later):
                name = earlier.overlay.overlay
                message = f'overlay "{name}" changes this rate on the same days; let both `compose: multiply`'
                yield later.problem("windows", number, message, "STRESS_CONFLICT")


def _same_days(one: dict[str, Any], other: dict[str, Any]) -> bool:
    try:
        return bool(one["rate"] == other["rate"] and one["from"] < other["to"] and other["from"] < one["to"])
    except (KeyError, TypeError):
        return False


def find(value: Any, path: str) -> Key | None:  # noqa: ANN401 - a tree read from files
    """Return the key of a path such as `deal.rate_card.job_start.price`; entries of lists go by name or position."""
    key: list[str | int] = []
    for part in _parts(path):
        step = _step(value, part)
        if step is None:
            return None
        value = value[step]
        key.append(step)
    return tuple(key)


def _parts(path: str) -> list[str]:
    return path.replace("[", ".").replace("]", "").split(".")


def _step(value: object, part: str) -> str | int | None:
    if isinstance(value, dict):
        return part if part in value else None
    if not isinstance(value, list):
        return None
    if part.isdecimal():
        return int(part) if int(part) < len(value) else None
    items = [(i, item) for i, item in enumerate(value) if isinstance(item, dict)]
    return next((i for i, item in items if part in (item.get("outcome"), item.get("name"))), None)


def _make(result: Document, change: Change) -> None:
    key = find(result.value, change.path) or _left_out(result.value, change.path)
    if key is None:
        return
    holder = result.value
    for step in key[:-1]:
        holder = holder[step]
    overlay = change.file.overlay
    if isinstance(holder, dict) and key[-1] not in holder:
        if change.given not in ([], {}, None):
            _cite(result.value, key, overlay)
        holder[key[-1]] = None
    old = holder[key[-1]]
    try:
        holder[key[-1]] = _set(old, change.given, overlay) if change.part == "set" else _multiplied(old, change.given)
    except (TypeError, MoneyError):
        message = "only a number can be multiplied"
        result.problems.append(change.file.problem(change.part, change.path, message, "TYPE"))
    _note_places(result, change, key)


def _cite(scenario: dict[str, Any], key: Key, overlay: Overlay) -> None:
    """Give a term that the deal had not the overlay's source, unless the deal's sources or the overlay name one."""
    sources = scenario["deal"].get("sources") if key[0] == "deal" and isinstance(scenario.get("deal"), dict) else None
    name = dotted(key[1:])
    if isinstance(sources, dict) and key[1] != "sources":
        sources.setdefault(name, {"source": overlay.source, "quality": overlay.quality})


def _note_places(result: Document, change: Change, key: Key) -> None:
    """Let later messages about the value point to the overlay's line."""
    if change.part == "set":
        result.places = {place: where for place, where in result.places.items() if place[: len(key)] != key}
    _graft_places(result, change.file, (change.part, change.path), key)


def _graft_places(result: Document, file: OverlayFile, old: Key, new: Key) -> None:
    for place, where in file.document.places.items():
        if place[: len(old)] == old:
            result.places[(*new, *place[len(old) :])] = where


def _is_belief(value: object) -> bool:
    return isinstance(value, dict) and "unit" in value and ("value" in value or "distribution" in value)


def _set(old: Any, new: Any, overlay: Overlay) -> Any:  # noqa: ANN401 - values of a file
    """Return the new value; a plain number fixes an assumption, in its own unit, with the overlay's source."""
    if _is_belief(old) and isinstance(new, int | float) and not isinstance(new, bool):
        return {"value": new, "unit": old["unit"], "source": overlay.source, "quality": overlay.quality}
    return new


def _multiplied(old: Any, factor: float) -> Any:  # noqa: ANN401 - values of a file
    """Return the product; it is rounded only where money is due, and then to the penny."""
    if _is_belief(old):
        return {**old, "multiply": old.get("multiply", 1.0) * factor}
    if isinstance(old, str):
        return pounds_plain(round(pence(old) * factor))
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise TypeError
    product = float(old * factor)
    if isinstance(old, float) and not isinstance(old, Scaled):
        return product
    return int(product) if product.is_integer() else Scaled(product)


def _add_windows(result: Document, file: OverlayFile) -> None:
    assumptions = result.value.get("assumptions")
    windows = assumptions.setdefault("windows", []) if isinstance(assumptions, dict) else None
    if not isinstance(windows, list):
        return
    for number, window in enumerate(file.overlay.windows):
        _graft_places(result, file, ("windows", number), ("assumptions", "windows", len(windows)))
        windows.append(dict(window))
