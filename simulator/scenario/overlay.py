"""Overlays: named changes to the values of a scenario, before it is checked and frozen.

Order of precedence: the scenario's files, then the overlays it names in their order, then all that is given with it, when it
is loaded or later, in the order in which it is given. No value is changed twice, except that overlays multiply the same value,
or the same rate on the same days, if all of them say `compose: multiply`, that one which says it multiplies what an overlay of
the scenario's own sets, and that one which says `compose: replace` sets what an earlier one sets.
"""

import copy
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, product
from re import fullmatch
from typing import Any, NamedTuple

from simulator.dates import add_months
from simulator.errors import Problem, nearest
from simulator.money import MoneyError, pence, pounds_plain
from simulator.scenario.assumed import Assumed
from simulator.scenario.assumptions import PARAMETERS
from simulator.scenario.base import Scaled
from simulator.scenario.overlay_file import OverlayFile
from simulator.scenario.overlay_paths import find_all, is_left_out, parts_of, stands, value_at, with_value
from simulator.scenario.overlay_record import NewValues, Overlay
from simulator.scenario.parameters import Neutral
from simulator.scenario.renamed import renamed_at, renew, touches_old_names
from simulator.scenario.yaml_text import Document, Key, dotted, undotted


class Change(NamedTuple):
    """One value that an overlay sets or multiplies."""

    file: OverlayFile
    part: str
    path: str
    given: Any
    key: Key | None
    """Where the value stands in the scenario, or will stand if it may be left out and is; None if there is no such value."""
    own: bool = False
    """Whether an overlay that the scenario names itself makes it."""


class Done(NamedTuple):
    """A document with overlays applied, and what of them a later overlay may be in conflict with."""

    document: Document
    changes: tuple[Change, ...] = ()
    files: tuple[OverlayFile, ...] = ()


def apply(done: Done, own: Sequence[OverlayFile], given: Sequence[OverlayFile] = ()) -> Done:
    """Return what is done with further overlays applied; problems are added to its own. Nothing that it holds is changed.

    Whatever no overlay changes is the very same object in both, by which it is known again (`validation.validate_again`).

    Args:
        done: the scenario's files, with the overlays that come before these.
        own: the overlays that the scenario names: what they set is its own to those given.
        given: overlays that are given together.
    """
    base = done.document
    result = Document(base.value, dict(base.places), list(base.problems))
    before = list(done.changes)
    days = _Days(result.value)
    files = [days.resolved(_renewed(file)) for file in own], [days.resolved(_renewed(file)) for file in given]
    result.problems += [problem for file in (*files[0], *files[1]) for problem in file.document.problems]
    for group in files:
        changes = _apply_group(result, group)
        result.problems += _conflicts(before, changes)
        before += [change._replace(own=group is files[0]) for change in changes]
    new = [*files[0], *files[1]]
    result.problems += _window_conflicts(done.files, new)
    for file in new:
        _add_windows(result, file)
    return Done(result, tuple(before), (*done.files, *new))


def _renewed(file: OverlayFile) -> OverlayFile:
    """Return an overlay that says what it sets in the names and words of today; its paths stay as they are written."""
    if not any(touches_old_names(undotted(path)) for path in (*file.overlay.set, *file.overlay.multiply)):
        return file
    values: dict[str, Any] = copy.deepcopy(dict(file.overlay.set))
    document = Document({**file.document.value, "set": values}, dict(file.document.places))
    for path in (*values, *file.overlay.multiply):
        went = renamed_at(undotted(path))
        if went is not None and went.warned:
            part = "set" if path in values else "multiply"
            document.problems.append(went.warning(document.places[(part, path)], f"{part}.{path}"))
        if went is not None and path in values:
            values[path] = went.value(values[path])
        elif path in values:
            renew(document, ("set", path), undotted(path))
    return file._replace(overlay=file.overlay.model_copy(update={"set": values}), document=document)


def _apply_group(result: Document, files: Sequence[OverlayFile]) -> list[Change]:
    """Make the changes of some overlays and return them in order.

    Patterns of what is multiplied are read when everything is set: they stand for whatever there is then.
    """
    _make_room(result, files)
    firm = [change for file in files for change in _changes(result.value, file, late=False)]
    result.problems += _unknown(result.value, firm)
    for change in firm:
        if change.part == "set":
            _make(result, change)
    late = [change for file in files for change in _changes(result.value, file, late=True)]
    result.problems += _unknown(result.value, late)
    changes = [change for file in files for change in (*firm, *late) if change.file is file]
    for change in changes:
        if change.part == "multiply":
            _make(result, change)
    return changes


def _make_room(result: Document, files: Sequence[OverlayFile]) -> None:
    """Let a scenario without uncertain factors take those that overlays add, and say what is multiplied and left out."""
    assumptions = result.value.get("assumptions")
    if not isinstance(assumptions, dict):
        return
    more: dict[str, Any] = {}
    if any(path.startswith("assumptions.factors.") for file in files for path in file.overlay.set):
        more["factors"] = assumptions.get("factors", {})
    for overlay in (file.overlay for file in files):
        for name, neutral in _left_out(assumptions).items():
            if neutral and f"assumptions.{name}" in overlay.multiply:
                given = {"value": neutral, "unit": "factor", "source": overlay.source, "quality": overlay.quality}
                more.setdefault(name, neutral if neutral == "none" else given)
    if more:
        result.value = with_value(result.value, ("assumptions",), {**assumptions, **more})


def _left_out(assumptions: dict[str, Any]) -> dict[str, Neutral]:
    """Return what the assumptions that may be left out, and are, are then, by name."""
    return {
        name: mark.neutral for name, mark in PARAMETERS.items() if mark.neutral is not None and name not in assumptions
    }


def _multiplies_nothing(value: Any, part: str, path: str) -> bool:  # noqa: ANN401 - a tree read from files
    """Return whether a change is a factor on what is left out and 0."""
    assumptions = value.get("assumptions")
    return (
        part == "multiply"
        and isinstance(assumptions, dict)
        and path.removeprefix("assumptions.") in _left_out(assumptions)
    )


def _changes(value: Any, file: OverlayFile, *, late: bool) -> Iterator[Change]:  # noqa: ANN401
    """Yield an overlay's changes: those that are made to what a pattern finds late, or all others."""
    for part, given in (("set", file.overlay.set), ("multiply", file.overlay.multiply)):
        for path, new in given.items():
            if late != (part == "multiply" and "*" in path):
                continue
            keys = find_all(value, path, may_add=part == "set")
            if keys or not (is_left_out(value, path) or _multiplies_nothing(value, part, path)):
                yield from (Change(file, part, path, new, key) for key in keys or _NO_KEY)


_NO_KEY: tuple[None] = (None,)


def _unknown(value: dict[str, Any], changes: list[Change]) -> Iterator[Problem]:
    for change in changes:
        top = parts_of(change.path)[0]
        unread = top in value and value[top] is None
        if change.key is None and not unread:
            message = f"unknown parameter: {_where_it_ends(value, change.path)}"
            yield change.file.problem(change.part, change.path, message, "UNKNOWN_PARAMETER")


def _where_it_ends(value: Any, path: str) -> str:  # noqa: ANN401 - a tree read from files
    """Return the first part of a path that names nothing, and the nearest right name."""
    parts = parts_of(path)
    right = [".".join(parts[:end]) for end in range(1, len(parts)) if find_all(value, ".".join(parts[:end]))]
    known, wrong = (right[-1] if right else ""), parts[len(right)]
    inside = find_all(value, known)[0] if known else ()
    return f'there is no "{wrong}" in {known or "the scenario"}{_hint(value, path, wrong, value_at(value, inside))}'


def _hint(value: object, path: str, wrong: str, inside: object) -> str:
    """Return the nearest right name, or what the path lacks at its beginning."""
    full = [f"{top}.{path}" for top in ("deal", "assumptions") if find_all(value, f"{top}.{path}")]
    return f'; did you mean "{full[0]}"?' if full else nearest(wrong, _names(inside))


def _names(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(name) for name in value]
    items = value if isinstance(value, list) else []
    return [str(item.get("outcome", item.get("name"))) for item in items if isinstance(item, dict)]


def _conflicts(before: list[Change], changes: list[Change]) -> Iterator[Problem]:
    """Yield the changes of which an earlier one changes the same value, each once for each overlay that does."""
    found = []
    for earlier, later in [*product(before, changes), *combinations(changes, 2)]:
        if not _overlap(earlier.key, later.key) or _may_both(earlier, later):
            continue
        same = earlier.file is later.file
        here = f'"{earlier.path}"' if isinstance(earlier.file.overlay, NewValues) else "this overlay"
        who = here if same else f'overlay "{earlier.file.overlay.overlay}"'
        message = f"{who} changes this value too; keep one{'' if same else _way_out(earlier.part, later.part)}"
        found.append(later.file.problem(later.part, later.path, message, "STRESS_CONFLICT"))
    yield from dict.fromkeys(found)


def _may_both(earlier: Change, later: Change) -> bool:
    """Return whether two changes of one value are both meant: products, or a value that is set anew by a later overlay."""
    if earlier.part == later.part == "multiply":
        return _compose(earlier.file, later.file)
    if (earlier.part, later.part) == ("set", "multiply"):
        return earlier.own and later.file.overlay.compose == "multiply"
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


def _window_conflicts(before: Sequence[OverlayFile], files: Sequence[OverlayFile]) -> Iterator[Problem]:
    for earlier, later in [*product(before, files), *combinations(files, 2)]:
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


def _make(result: Document, change: Change) -> None:
    key, overlay = change.key, change.file.overlay
    if key is None or not stands(result.value, key[:-1]):
        return  # what there is to say of it has been said
    holder = value_at(result.value, key[:-1])
    if not isinstance(holder, dict) and not (isinstance(holder, list) and stands(holder, key[-1:])):
        return
    if isinstance(change.given, Assumed) and not _takes_distributions(key):
        message = "is no assumption, and only assumptions take distributions; give a number"
        result.problems.append(change.file.problem(change.part, change.path, message, "TYPE"))
        return
    new = isinstance(holder, dict) and key[-1] not in holder
    if new and change.given not in ([], {}, None):
        _cite(result, key, overlay)
    old = None if new else value_at(result.value, key)
    try:
        made = _set(old, change.given, overlay) if change.part == "set" else _multiplied(old, change.given)
    except (TypeError, MoneyError):
        made = old
        message = "only a number can be multiplied"
        result.problems.append(change.file.problem(change.part, change.path, message, "TYPE"))
    result.value = with_value(result.value, key, made)
    if change.part == "set" and change.given in ([], {}, None):
        _cite_no_more(result, key)
    _note_places(result, change, key, old)


def _takes_distributions(key: Key) -> bool:
    return key[:1] == ("assumptions",) and (key[1:2] == ("factors",) or (len(key) == 2 and key[1] in PARAMETERS))


def _cite(result: Document, key: Key, overlay: Overlay) -> None:
    """Give a term that the deal had not the overlay's source, unless the deal's sources or the overlay name one."""
    sources, name = _sources(result, key), dotted(key[1:])
    if sources is not None and key[1] != "sources" and name not in sources:
        cited = {"source": overlay.source, "quality": overlay.quality}
        result.value = with_value(result.value, ("deal", "sources", name), cited)


def _cite_no_more(result: Document, key: Key) -> None:
    """Take away the source of a term within another that is set to nothing; the whole deal's lists may be cited empty."""
    sources, name = _sources(result, key), dotted(key[1:])
    if sources is not None and len(key) > 2 and name in sources:
        kept = {each: source for each, source in sources.items() if each != name}
        result.value = with_value(result.value, ("deal", "sources"), kept)


def _sources(result: Document, key: Key) -> dict[str, Any] | None:
    """Return the deal's sources, where a key is of a term of the deal."""
    deal = result.value.get("deal")
    sources = deal.get("sources") if key[0] == "deal" and isinstance(deal, dict) else None
    return sources if isinstance(sources, dict) else None


def _note_places(result: Document, change: Change, key: Key, old: object) -> None:
    """Let later messages about the value point to the overlay's line."""
    if change.part == "set" and isinstance(old, dict | list):
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
    if isinstance(new, Assumed):
        return new.written(old["unit"] if _is_belief(old) else None, overlay.source, overlay.quality)
    if _is_belief(old) and isinstance(new, int | float) and not isinstance(new, bool):
        return {"value": new, "unit": old["unit"], "source": overlay.source, "quality": overlay.quality}
    return new


def _multiplied(old: Any, factor: float) -> Any:  # noqa: ANN401 - values of a file
    """Return the product, of every amount of a price; it is rounded only where money is due, and then to the penny."""
    if _is_belief(old):
        return {**old, "multiply": old.get("multiply", 1.0) * factor}
    if isinstance(old, str):
        return pounds_plain(round(pence(old) * factor))
    if isinstance(old, dict) and isinstance(prices := old.get("by_contract_year"), list):
        return {**old, "by_contract_year": [_multiplied(price, factor) for price in prices]}
    if isinstance(old, dict) and isinstance(tiers := old.get("tiers"), list):
        return {**old, "tiers": [{**tier, "price": _multiplied(tier["price"], factor)} for tier in tiers]}
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise TypeError
    scaled = float(old * factor)
    if isinstance(old, float) and not isinstance(old, Scaled):
        return scaled
    return int(scaled) if scaled.is_integer() else Scaled(scaled)


class _Days:
    """Turns days of overlays that count from the first day of service, as `month 18`, into dates."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.start: date | None = None
        try:
            start = scenario["deal"]["term"]["service_start"]
        except (KeyError, TypeError):
            return
        self.start = start if isinstance(start, date) else None

    def resolved(self, file: OverlayFile) -> OverlayFile:
        """Return an overlay with dates in the place of such days, where the first day of service is known."""
        overlay = file.overlay
        changes = {"set": self._dated(overlay.set), "windows": tuple(self._dated(list(overlay.windows)))}
        return file._replace(overlay=overlay.model_copy(update=changes))

    def _dated(self, value: Any) -> Any:  # noqa: ANN401 - values of a file
        if isinstance(value, dict):
            return {name: self._dated(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._dated(each) for each in value]
        months = fullmatch(r"month (\d{1,4})", value) if isinstance(value, str) else None
        return add_months(self.start, int(months[1])) if months and self.start else value


def _add_windows(result: Document, file: OverlayFile) -> None:
    assumptions = result.value.get("assumptions")
    windows = assumptions.get("windows", []) if isinstance(assumptions, dict) else None
    if not isinstance(windows, list) or not file.overlay.windows:
        return
    for number in range(len(file.overlay.windows)):
        _graft_places(result, file, ("windows", number), ("assumptions", "windows", len(windows) + number))
    result.value = with_value(result.value, ("assumptions", "windows"), [*windows, *file.overlay.windows])
