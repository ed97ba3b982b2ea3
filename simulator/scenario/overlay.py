"""Overlays: named changes to the values of a scenario, before it is checked and frozen.

Order of precedence: the scenario's files, then the overlays it names in their order, then the overlays given when it is
loaded in theirs. Two overlays never set the same value; they multiply the same value only if both say `compose: multiply`.
"""

import copy
from dataclasses import dataclass
from typing import Any

from simulator.errors import Problem, nearest
from simulator.money import MoneyError, pence, pounds_plain
from simulator.scenario.model import Overlay
from simulator.scenario.yaml_text import Document, Key, dotted


@dataclass(frozen=True)
class OverlayFile:
    """An overlay and the document it was read from, for lines in messages."""

    overlay: Overlay
    document: Document
    shown: str

    def problem(self, part: str, name: str | int, message: str, code: str) -> Problem:
        """Return a problem at one of the overlay's changes."""
        _, line = self.document.places.get((part, name), (self.shown, 0))
        return Problem(self.shown, line, f"{part}.{name}", message, code)


def apply(base: Document, files: list[OverlayFile]) -> Document:
    """Return the document with all overlays applied; problems are added to its own."""
    result = Document(copy.deepcopy(base.value), dict(base.places), list(base.problems))
    result.problems += _conflicts(result.value, files)
    for file in files:
        for path, value in file.overlay.set.items():
            _change(result, file, "set", path, value)
        for path, factor in file.overlay.multiply.items():
            _change(result, file, "multiply", path, factor)
        _add_windows(result, file)
    return result


def _conflicts(value: Any, files: list[OverlayFile]) -> list[Problem]:  # noqa: ANN401
    problems: list[Problem] = []
    seen: list[tuple[Key, str, OverlayFile]] = []
    for file in files:
        changes = [("set", path) for path in file.overlay.set] + [("multiply", path) for path in file.overlay.multiply]
        for part, path in changes:
            key = find(value, path)
            for other_key, other_part, other in seen if key else []:
                composed = part == other_part == "multiply" and file.overlay.compose and other.overlay.compose
                if other is not file and _overlap(key, other_key) and not composed:
                    message = f'overlay "{other.overlay.overlay}" changes this value too; keep one, or let both `compose: multiply`'
                    problems.append(file.problem(part, path, message, "STRESS_CONFLICT"))
            seen += [(key, part, file)] if key else []
    return problems + _window_conflicts(files)


def _overlap(one: Key | None, other: Key) -> bool:
    return one is not None and (one[: len(other)] == other or other[: len(one)] == one)


def _window_conflicts(files: list[OverlayFile]) -> list[Problem]:
    problems = []
    for position, file in enumerate(files):
        for other in files[:position]:
            for number, window in enumerate(file.overlay.windows):
                clash = any(_same_days(window, earlier) for earlier in other.overlay.windows)
                if clash and not (file.overlay.compose and other.overlay.compose):
                    message = f'overlay "{other.overlay.overlay}" changes this rate on the same days; let both `compose: multiply`'
                    problems.append(file.problem("windows", number, message, "STRESS_CONFLICT"))
    return problems


def _same_days(one: dict[str, Any], other: dict[str, Any]) -> bool:
    try:
        return bool(one["rate"] == other["rate"] and one["from"] < other["to"] and other["from"] < one["to"])
    except (KeyError, TypeError):
        return False


def find(value: Any, path: str) -> Key | None:  # noqa: ANN401
    """Return the key of a path such as `deal.rate_card.job_start.price`; entries of lists go by name or position."""
    key: list[str | int] = []
    for part in path.replace("[", ".").replace("]", "").split("."):
        step = _step(value, part)
        if step is None:
            return None
        value = value[step]
        key.append(step)
    return tuple(key)


def _step(value: Any, part: str) -> str | int | None:  # noqa: ANN401
    if isinstance(value, dict):
        return part if part in value else None
    if not isinstance(value, list):
        return None
    if part.isdigit():
        return int(part) if int(part) < len(value) else None
    named = [i for i, item in enumerate(value) if isinstance(item, dict) and part in (item.get("outcome"), item.get("name"))]
    return named[0] if named else None


def _change(result: Document, file: OverlayFile, part: str, path: str, given: Any) -> None:  # noqa: ANN401
    key = find(result.value, path)
    if key is None:
        known = [dotted(place) for place in result.places]
        result.problems.append(file.problem(part, path, f"unknown parameter{nearest(path, known)}", "UNKNOWN_PARAMETER"))
        return
    holder = result.value
    for step in key[:-1]:
        holder = holder[step]
    try:
        holder[key[-1]] = (_set if part == "set" else _multiplied)(holder[key[-1]], given, file.overlay)
    except (TypeError, MoneyError):
        result.problems.append(file.problem(part, path, f"{given} does not apply to {holder[key[-1]]!r}", "TYPE"))
    result.places[key] = (file.shown, file.document.places.get((part, path), (file.shown, 0))[1])


def _is_belief(value: object) -> bool:
    return isinstance(value, dict) and "unit" in value and ("value" in value or "distribution" in value)


def _set(old: Any, new: Any, overlay: Overlay) -> Any:  # noqa: ANN401
    """A plain number set on an assumption fixes it, in its own unit, with the overlay's source."""
    if _is_belief(old) and isinstance(new, int | float):
        return {"value": float(new), "unit": old["unit"], "source": overlay.source, "quality": "D"}
    return new


def _multiplied(old: Any, factor: float, _: Overlay) -> Any:  # noqa: ANN401
    if _is_belief(old):
        return {**old, "multiply": old.get("multiply", 1.0) * factor}
    if isinstance(old, str):
        return pounds_plain(round(pence(old) * factor))
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise TypeError
    scaled = old * factor
    return round(scaled) if isinstance(old, int) and scaled == round(scaled) else pounds_plain(round(scaled * 100)) if isinstance(old, int) else scaled


def _add_windows(result: Document, file: OverlayFile) -> None:
    if not file.overlay.windows or not isinstance(result.value.get("assumptions"), dict):
        return
    windows = result.value["assumptions"].setdefault("windows", [])
    for number, window in enumerate(file.overlay.windows):
        key: Key = ("assumptions", "windows", len(windows))
        result.places[key] = file.document.places[("windows", number)]
        for name in window:
            result.places[(*key, name)] = file.document.places[("windows", number, name)]
        windows.append(dict(window))
