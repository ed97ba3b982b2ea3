"""Reads a scenario: its file, the deal and assumptions it names, overlays; refuses it with every problem at once."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

import simulator
from simulator.errors import Problem, ScenarioError
from simulator.scenario import checks
from simulator.scenario.model import Description, Overlay, Scenario
from simulator.scenario.overlay import OverlayFile, apply
from simulator.scenario.wording import place_of, problems_of
from simulator.scenario.yaml_text import Document, Key, dotted, read

M = TypeVar("M", bound=BaseModel)


def load_scenario(path: str | Path, overlays: Sequence[str | Path] = ()) -> Scenario:
    """Return the frozen scenario of a file, with overlays applied after those that it names itself.

    Args:
        path: a scenario file, or the name of one that comes with the package.
        overlays: overlay files, in order.

    Raises:
        ScenarioError: naming every problem of every file, with lines.
    """
    file = find_file(path)
    base = read(file, str(path))
    problems = base.problems
    if base.problems or not isinstance(base.value, dict):
        raise ScenarioError(problems or [Problem(str(path), 0, "", "holds no names and values", "YAML")])
    own = base.value.pop("overlays", [])
    _join_parts(base, file)
    wanted = [*(((file.parent / str(name)), str(name)) for name in own), *((find_file(name), str(name)) for name in overlays)]
    files = [_read_overlay(each, shown, problems) for each, shown in wanted]
    document = apply(base, [overlay for overlay in files if overlay])
    description = _validate(Description, document)
    warnings = _cross_check(description, document)
    return Scenario(str(path), description, tuple(o.overlay for o in files if o), warnings)


def bundled_folder() -> Path:
    """Return the folder of the scenarios that come with the package: in a checkout, or in an installed wheel."""
    package = Path(simulator.__file__).parent
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
    raise ScenarioError([Problem(str(path), 0, "", "there is no such file, here or among the bundled scenarios", "FILE")])


def _join_parts(base: Document, file: Path) -> None:
    """Put the deal and the assumptions in the place of the file names that stand for them."""
    deal = base.value.get("deal")
    if isinstance(deal, str):
        base.value["deal"] = _graft(base, file, deal, ("deal",))
    parts = base.value.get("assumptions")
    if isinstance(parts, str | list):
        merged: dict[str, Any] = {}
        for number, part in enumerate([parts] if isinstance(parts, str) else parts):
            where: Key = ("assumptions",) if isinstance(parts, str) else ("assumptions", number)
            _merge(base, merged, part, file, where)
        base.value["assumptions"] = merged


def _merge(base: Document, merged: dict[str, Any], part: object, file: Path, where: Key) -> None:
    values = _graft(base, file, part, ("assumptions",)) if isinstance(part, str) else part
    if not isinstance(values, dict):
        return
    for name, value in values.items():
        if name in merged:
            shown, line = place_of(where, base.places)
            base.problems.append(Problem(shown, line, f"assumptions.{name}", f"is given by more than one part ({part})", "DUPLICATE_KEY"))
        merged[name] = value
        if not isinstance(part, str):
            _move(base, (*where, name), ("assumptions", name))


def _move(base: Document, old: Key, new: Key) -> None:
    for key in [key for key in base.places if key[: len(old)] == old]:
        base.places[(*new, *key[len(old) :])] = base.places[key]


def _graft(base: Document, file: Path, name: str, key: Key) -> Any:  # noqa: ANN401
    shown, line = place_of(key, base.places)
    path = file.parent / name
    if not path.is_file():
        base.problems.append(Problem(shown, line, dotted(key), f'there is no file "{name}" beside the scenario', "FILE"))
        return None
    part = read(path, str(Path(shown).parent / name))
    base.problems += part.problems
    base.places |= {(*key, *place): where for place, where in part.places.items() if place}
    return part.value


def _read_overlay(file: Path, shown: str, problems: list[Problem]) -> OverlayFile | None:
    document = read(file, shown)
    try:
        return OverlayFile(_validate(Overlay, document), document, shown)
    except ScenarioError as error:
        problems += error.problems
        return None


def _validate(model: type[M], document: Document) -> M:
    """Return the model of a document's value, or raise with its own problems and the model's."""
    try:
        made = model.model_validate(document.value)
    except ValidationError as error:
        raise ScenarioError([*document.problems, *problems_of(error, document.value, document.places, model)]) from None
    if document.problems:
        raise ScenarioError(document.problems)
    return made


def _cross_check(description: Description, document: Document) -> tuple[Problem, ...]:
    """Return the warnings of a description that is right field by field, or raise its errors."""
    found = list(_located(checks.findings(description), document))
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise ScenarioError(errors)
    return tuple(sorted(found))


def _located(findings: Iterable[checks.Finding], document: Document) -> Iterable[Problem]:
    for finding in findings:
        file, line = place_of(finding.key, document.places)
        yield Problem(file, line, dotted(finding.key), finding.message, finding.code, finding.severity)
