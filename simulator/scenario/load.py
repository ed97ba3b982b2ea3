"""Reads a scenario: its file, the deal and assumptions it names, overlays; refuses it with every problem at once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError, nearest
from simulator.scenario.content import Given, Written, content_of, given_in_python, with_given
from simulator.scenario.model import Scenario, current
from simulator.scenario.overlay_file import Applied, read_overlay, split_form
from simulator.scenario.overlay_record import Overlay
from simulator.scenario.renamed import renew
from simulator.scenario.wording import place_of
from simulator.scenario.yaml_text import Document, Key, dotted, read


def load_scenario(path: str | Path, overlays: Sequence[str | Path | Overlay] = ()) -> Scenario:
    """Return the frozen scenario of a file, with overlays applied after those that it names itself.

    All that it is made from is read now and kept: what becomes of the files later changes neither it nor versions of it.

    Args:
        path: a scenario file, or the name of one that comes with the package.
        overlays: overlay files, and overlays made in Python, in the order in which they are applied.

    Raises:
        ScenarioError: naming every problem of every file, with lines.
    """
    written = _written(find_file(path), str(path))
    if "running" in written.files.value:
        written = replace(written, running=_running_beside(written, find_file(path)))
    given, problems = _read(overlays)
    return Scenario.of(written.shown, content_of(written, given, problems))


def _written(file: Path, shown: str) -> Written:
    """Return what the files of a scenario say, but for those of the deal as it runs."""
    base = read(file, shown)
    if not isinstance(base.value, dict):
        raise ScenarioError(base.problems or [Problem(shown, 0, "", "holds no names and values", "YAML")])
    _join_parts(base, file)
    renew(base)
    return Written(base, tuple(_own_overlays(base, file)), shown, file.absolute())


def _running_beside(signed: Written, file: Path) -> Written | tuple[Problem, ...]:
    """Return what the files of the running scenario say that one names, or what keeps them from being read."""
    name = str(signed.files.value["running"])
    path, beside = file.parent / name, Path(signed.shown) if Path(signed.shown).is_file() else file.absolute()
    if not path.is_file():
        message = f'there is no file "{name}" beside the scenario'
        return (Problem(signed.shown, 0, "running", message, "FILE"),)
    try:
        return _written(path, str(beside.parent / name))
    except ScenarioError as error:
        return error.problems


def document_of(scenario: Scenario) -> Document:
    """Return a scenario's values as they are written, with all its overlays applied; they are not to be changed.

    Raises:
        ScenarioError: if it was changed in Python.
    """
    return current(scenario).document


def with_overlays(scenario: Scenario, overlays: Sequence[str | Path | Overlay]) -> Scenario:
    """Return the scenario with further overlays after all that it has, new values and levers too; of files, only theirs are read.

    Raises:
        ScenarioError: as `load_scenario` does, and if the scenario was changed in Python.
    """
    return _with_more(scenario, *_read(overlays)) if overlays else scenario


def without_overlays(scenario: Scenario) -> Scenario:
    """Return the scenario as its own file has it: without the overlays that were given with it."""
    if not scenario.given:
        return scenario
    content = current(scenario)
    kept = [each for each in content.given if not each.listed]
    return Scenario.of(scenario.file, content_of(content.written, kept))


def _with_more(scenario: Scenario, given: Sequence[Given], problems: Sequence[Problem] = ()) -> Scenario:
    return Scenario.of(scenario.file, with_given(current(scenario), given, problems))


def load_running(scenario: Scenario, overlays: Sequence[str | Path | Overlay] = ()) -> Scenario:
    """Return the scenario of a deal as it runs, where the scenario names one, or else itself; with overlays.

    It is as it was when the scenario was loaded. Of the overlays, those that the running scenario names itself, with the very
    same content, are not applied twice.

    Args:
        scenario: the scenario as signed, or one that names no other; overlays given for it go on to the running one.
        overlays: further overlay files, in order, for the running scenario alone.

    Raises:
        ScenarioError: if it cannot be loaded, is of another deal, or names a running scenario again.
    """
    name = scenario.description.running
    if name is None:
        return with_overlays(scenario, overlays)
    written = _running_of(scenario)
    found = Scenario.of(written.shown, content_of(written, ()))
    more, problems = _read(overlays)
    more = [each for each in (*scenario.given, *more) if each.applied.overlay not in found.overlays]
    if more or problems:
        found = _with_more(found, more, problems)
    wrong = []
    if found.deal.name != scenario.deal.name:
        message = f'"{name}" is of the deal "{found.deal.name}", and this scenario of "{scenario.deal.name}"'
        wrong.append(Problem(scenario.file, 0, "running", message, "RUNNING_OF_ANOTHER_DEAL"))
    if found.description.running is not None:
        message = f'"{name}" is a running scenario and cannot name one itself'
        wrong.append(Problem(written.shown, 0, "running", message, "CHOICE"))
    if wrong:
        raise ScenarioError(wrong)
    return found


def _running_of(scenario: Scenario) -> Written:
    """Return what the files of the running scenario said when a scenario that names it was loaded."""
    written = current(scenario).written
    if isinstance(written.running, tuple):
        raise ScenarioError(written.running)
    if written.running is None or written.files.value["running"] != scenario.description.running:
        message = "is named by an overlay, and was not read with the scenario; name it in the scenario's own file"
        raise ScenarioError([Problem(scenario.file, 0, "running", message, "FILE")])
    return written.running


def bundled_folder() -> Path:
    """Return the folder of the scenarios that come with the package: in a checkout, or in an installed wheel."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "scenarios"
    return checkout if (package.parent / "pyproject.toml").exists() else package / "bundled_scenarios"


def find_file(path: str | Path) -> Path:
    """Return the file meant by a path or by the name of a bundled scenario.

    Raises:
        ScenarioError: if there is none.
    """
    given = Path(path)
    name = Path(*given.parts[1:]) if given.parts[:1] == ("scenarios",) else given
    for candidate in (given, bundled_folder() / name, bundled_folder() / f"{name}.yaml"):
        if candidate.is_file():
            return candidate
    message = f"there is no such file, here or among the bundled scenarios{nearest(str(path), _bundled_names())}"
    raise ScenarioError([Problem(str(path), 0, "", message, "FILE")])


def find_overlay(given: str | Path) -> tuple[Path, str, str | None]:
    """Return the file of an overlay, its name in messages, and the form that is named with it, as in `stress.yaml:severe`.

    Raises:
        ScenarioError: if there is no such file.
    """
    name, form = split_form(str(given))
    return find_file(name), name, form


def _bundled_names() -> Iterator[str]:
    """Yield what a bundled file may be called: scenarios by their names, and every file as in a checkout."""
    folder = bundled_folder()
    yield from (path.stem for path in sorted(folder.glob("*.yaml")))
    files = sorted([*folder.rglob("*.yaml"), *folder.rglob("*.csv")])
    yield from (f"scenarios/{path.relative_to(folder).as_posix()}" for path in files)


def _join_parts(base: Document, file: Path) -> None:
    """Put the deal and the assumptions in the place of the file names that stand for them."""
    deal = base.value.get("deal")
    if isinstance(deal, str):
        base.value["deal"] = _graft(base, file, deal, ("deal",), ("deal",))
    parts = base.value.get("assumptions")
    if isinstance(parts, str | list):
        merged: dict[str, Any] = {}
        for number, part in enumerate([parts] if isinstance(parts, str) else parts):
            where: Key = ("assumptions",) if isinstance(parts, str) else ("assumptions", number)
            _merge(base, merged, part, file, where)
        base.value["assumptions"] = merged


def _merge(base: Document, merged: dict[str, Any], part: object, file: Path, where: Key) -> None:
    values = _graft(base, file, part, ("assumptions",), where) if isinstance(part, str) else part
    if not isinstance(values, dict):
        if not isinstance(part, str):
            base.problems.append(_problem(base, where, where, "is neither a file nor names and values", "TYPE"))
        return
    replaced = () if isinstance(part, str) else _overridden(base, merged, values, where)
    for name, value in values.items():
        key: Key = ("assumptions", name)
        if isinstance(part, str) and name == "override":
            message = "stands in a file, and only a part that is names and values in the list itself overrides"
            base.problems.append(_problem(base, key, key, message, "OVERRIDE"))
            continue
        if name in merged and replaced is not None and name not in replaced:
            message = f"is given by an earlier part of the list{_way_out(part, name)}"
            base.problems.append(_problem(base, key, (*where, name), message, "DUPLICATE_KEY"))
        merged[name] = value
        if not isinstance(part, str):
            _move(base, (*where, name), key)


def _way_out(part: object, name: str) -> str:
    if isinstance(part, str):
        return " too; only names and values in the list itself may override it"
    return f"; if what this one says is to hold, add `override: [{name}]` to it"


def _overridden(base: Document, merged: dict[str, Any], values: dict[str, Any], where: Key) -> list[str] | None:
    """Return the names that a part of the list gives anew and says so; None if what it says cannot be read.

    `override` is taken from its values, and so what is nearest to a wrong name is not said to be given twice.
    """
    names = values.pop("override", [])
    key = (*where, "override")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        example = names if isinstance(names, str) else next(iter(values), "patience")
        message = f"is not a list of names; write `override: [{example}]`"
        base.problems.append(_problem(base, key, key, message, "TYPE"))
        return None
    meant = list(names)
    for number, name in enumerate(names):
        if name not in merged or name not in values:
            both = [each for each in values if each in merged]
            message = f'"{name}" is given {_not_by(name in merged, name in values)}{nearest(name, both)}'
            base.problems.append(_problem(base, (*key, number), (*key, number), message, "OVERRIDE"))
            meant += get_close_matches(name, both, n=1)
    return meant


def _not_by(earlier: bool, here: bool) -> str:
    """Return who does not give a name, by whether an earlier part does and this one does."""
    if earlier or here:
        return "by an earlier part of the list, and not by this one" if earlier else "by no earlier part of the list"
    return "neither by an earlier part of the list nor by this one"


def _move(base: Document, old: Key, new: Key) -> None:
    for key in [key for key in base.places if key[: len(old)] == old]:
        base.places[(*new, *key[len(old) :])] = base.places[key]


def _graft(base: Document, file: Path, name: str, key: Key, where: Key) -> Any:  # noqa: ANN401
    """Return the value of the file named at `where`, which will stand at `key`."""
    path = file.parent / name
    if not path.is_file():
        message = f'there is no file "{name}" beside the scenario'
        base.problems.append(_problem(base, key, where, message, "FILE"))
        return None
    part = read(path, str(Path(base.places[()][0]).parent / name), key)
    base.problems += part.problems
    if not isinstance(part.value, dict):
        base.problems.append(_problem(base, key, where, f'the file "{name}" holds no names and values', "FILE"))
        return None
    base.places |= part.places
    return part.value


def _problem(base: Document, key: Key, where: Key, message: str, code: str) -> Problem:
    shown, line = place_of(where, base.places)
    return Problem(shown, line, dotted(key), message, code)


def _own_overlays(base: Document, file: Path) -> Iterator[Applied]:
    """Yield the overlays that the scenario names; problems go to the scenario's own."""
    own = base.value.get("overlays")
    for text in own if isinstance(own, list) else []:
        if isinstance(text, str):
            name, form = split_form(text)
            try:
                yield read_overlay(file.parent / name, str(Path(base.places[()][0]).parent / name), form)
            except ScenarioError as error:
                base.problems += error.problems


def _read(overlays: Sequence[str | Path | Overlay]) -> tuple[list[Given], list[Problem]]:
    """Return overlays as they are given, and what is wrong with files of them."""
    found, problems = list[Given](), list[Problem]()
    for each in overlays:
        try:
            found.append(given_in_python(each) if isinstance(each, Overlay) else _read_given(each))
        except ScenarioError as error:
            problems += error.problems
    return found, problems


def _read_given(file: str | Path) -> Given:
    return Given(read_overlay(*find_overlay(file)), str(file))
