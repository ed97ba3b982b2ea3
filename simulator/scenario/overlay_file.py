"""Overlays as files hold them: plain, in forms of different size, or standing for several others."""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from re import fullmatch
from typing import Any, NamedTuple

from simulator.errors import Problem, ScenarioError, nearest
from simulator.scenario.overlay_record import Form, NewValues, Overlay, WrittenOverlay
from simulator.scenario.validation import validate
from simulator.scenario.yaml_text import Document, Key, read
from simulator.words import listed

_OF_BOTH = ("set", "multiply")
_CHANGES = (*_OF_BOTH, "windows")


class OverlayFile(NamedTuple):
    """An overlay and the document it was read from, for lines in messages."""

    overlay: Overlay
    document: Document
    shown: str

    def problem(self, part: str, name: str | int, message: str, code: str) -> Problem:
        """Return a problem at one of the overlay's changes.

        Args:
            part: the part of the overlay that the change is in.
            name: its key there, or its place in a list.
            message: what is wrong.
            code: code of the case (docs/model.md §15.4).
        """
        path = f"{part}[{name}]" if isinstance(name, int) else f"{part}.{name}"
        path = str(name) if isinstance(self.overlay, NewValues) else path
        return Problem(self.shown, self.document.places[(part, name)][1], path, message, code)


class Applied(NamedTuple):
    """An overlay under its own name, and the overlays whose changes it makes: itself, or those that it combines and itself."""

    overlay: Overlay
    parts: tuple[OverlayFile, ...]


def in_parts(overlays: Iterable[Applied]) -> list[OverlayFile]:
    """Return all overlays whose changes some overlays make, in order."""
    return [part for each in overlays for part in each.parts]


def made_in_python(overlay: Overlay) -> Applied:
    """Return an overlay that no file holds, with values of its own; messages name it where a file would stand."""
    shown = "with_values" if isinstance(overlay, NewValues) else f'overlay "{overlay.overlay}"'
    own = {part: deepcopy(getattr(overlay, part)) for part in _CHANGES}
    kept = overlay.model_copy(update=own)
    keys: list[Key] = [(), ("deal",), *((part, path) for part in _OF_BOTH for path in own[part])]
    keys += [("windows", number) for number in range(len(overlay.windows))]
    document = Document({}, dict.fromkeys(keys, (shown, 0)))
    return Applied(kept, (OverlayFile(kept, document, shown),))


def split_form(text: str) -> tuple[str, str | None]:
    """Return the name of an overlay's file, and the form that is named with it.

    >>> split_form("stress.yaml:severe")
    ('stress.yaml', 'severe')
    """
    name, _, form = text.rpartition(":")
    return (name, form) if len(name) > 1 and fullmatch(r"[A-Za-z_]+", form) else (text, None)


def read_overlay(path: Path, shown: str, form: str | None, inside: tuple[Path, ...] = ()) -> Applied:
    """Return the overlay of a file, in one of its forms if it has some.

    Args:
        path: the file.
        shown: its name in messages.
        form: the form that is named.
        inside: the files that combine it, one within another.

    Raises:
        ScenarioError: with every problem of the file, and of those it combines.
    """
    document = read(path, shown)
    written = validate(WrittenOverlay, document)
    chosen = _chosen(written, document, shown, form)
    plain = _plain(document, written, form)
    overlay = validate(Overlay, plain)
    own = OverlayFile(overlay, plain, shown)
    combined: list[tuple[Key, str]] = [(("combine", i), name) for i, name in enumerate(written.combine)]
    combined += [(("forms", str(form), "combine", i), name) for i, name in enumerate(chosen.combine if chosen else ())]
    if not combined:
        return Applied(overlay, (own,))
    parts, problems = list[OverlayFile](), list[Problem]()
    for key, text in combined:
        try:
            parts += _beside(path, shown, text, document.places[key][1], (*inside, path.resolve())).parts
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return Applied(_together([*parts, own], overlay), (*parts, own))


def _chosen(written: WrittenOverlay, document: Document, shown: str, form: str | None) -> Form | None:
    """Return the form that is named, or raise if it is not there or none is named."""
    forms: dict[str, Form] = {str(name): each for name, each in written.forms.items()}
    if not forms and form is None:
        return None
    if form in forms:
        return forms[form]
    if not forms:
        message = f'has no forms, so that "{form}" names none; leave it out'
        raise ScenarioError([Problem(shown, 0, "", message, "FORM")])
    line = document.places[("forms",)][1]
    have = f"name one of its forms, {listed(list(forms))}, for example `{shown}:{next(iter(forms))}`"
    message = f'has no form "{form}"{nearest(form, forms)}; {have}' if form else have
    raise ScenarioError([Problem(shown, line, "forms", message, "FORM")])


def _plain(document: Document, written: WrittenOverlay, form: str | None) -> Document:
    """Return the document of an overlay in one form, as if it had been written so, with the lines of its values."""
    value = {name: each for name, each in document.value.items() if name not in ("forms", "combine")}
    found = Document(value, dict(document.places))
    if form is None:
        return found
    given: dict[str, Any] = document.value["forms"][form]
    value["overlay"] = f"{written.overlay}_{form}"
    value["title"] = f"{written.title}: {given['title']}"
    value |= {name: given[name] for name in ("description", "source", "quality") if name in given}
    for part in _OF_BOTH:
        common, own = value.get(part, {}), given.get(part, {})
        _refuse_twice(document, form, part, [path for path in own if path in common])
        value[part] = {**common, **own}
        _move(found, ("forms", form, part), (part,))
    common_windows = value.get("windows", [])
    value["windows"] = [*common_windows, *given.get("windows", [])]
    for number in range(len(given.get("windows", []))):
        _move(found, ("forms", form, "windows", number), ("windows", len(common_windows) + number))
    return found


def _refuse_twice(document: Document, form: str, part: str, paths: list[str]) -> None:
    places = [(path, document.places[("forms", form, part, path)]) for path in paths]
    message = "is given outside of the forms already, which is common to all of them"
    if places:
        raise ScenarioError(
            Problem(file, line, f"forms.{form}.{part}.{path}", message, "DUPLICATE_KEY")
            for path, (file, line) in places
        )


def _move(document: Document, old: Key, new: Key) -> None:
    for key in [key for key in document.places if key[: len(old)] == old]:
        document.places[(*new, *key[len(old) :])] = document.places[key]


def _beside(path: Path, shown: str, text: str, line: int, inside: tuple[Path, ...]) -> Applied:
    """Return an overlay that another one combines, by its name from beside that one."""
    name, form = split_form(text)
    other = path.parent / name
    if other.resolve() in inside:
        raise ScenarioError([Problem(shown, line, "combine", f'"{name}" would stand within itself', "FILE")])
    if not other.is_file():
        hint = nearest(name, [each.name for each in sorted(path.parent.glob("*.yaml"))])
        raise ScenarioError(
            [Problem(shown, line, "combine", f'there is no file "{name}" beside this one{hint}', "FILE")]
        )
    return read_overlay(other, str(Path(shown).parent / name), form, inside)


def _together(parts: list[OverlayFile], overlay: Overlay) -> Overlay:
    """Return an overlay with the changes of all of its parts, for whoever asks what it changes; factors multiply."""
    factors: dict[str, float] = {}
    values: dict[str, Any] = {}
    for part in parts:
        values |= part.overlay.set
        factors |= {path: factors.get(path, 1.0) * factor for path, factor in part.overlay.multiply.items()}
    windows = tuple(window for part in parts for window in part.overlay.windows)
    return overlay.model_copy(update={"set": values, "multiply": factors, "windows": windows})
