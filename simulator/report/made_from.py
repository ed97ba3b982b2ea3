"""Whose a result of scenarios is: their names, and where what they were made from stands (results/README.md)."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import ScenarioError
from simulator.report.result_folder import Owner
from simulator.scenario.load import bundled_folder, find_file
from simulator.scenario.model import Scenario
from simulator.scenario.overlay_file import split_form

_DIGITS = 12
"""Of the digest of values that were set in Python."""


def made_by(kind: str, scenarios: Sequence[Scenario], folder: Path) -> Owner:
    """Return whose a result of scenarios in a folder is.

    Args:
        kind: its kind.
        scenarios: its scenarios, in order.
        folder: where it stands, or is to stand.
    """
    place = folder.absolute().parent.resolve() / folder.name
    sources = (each for scenario in scenarios for each in _sources(scenario, place))
    return Owner(kind, tuple(each.name for each in scenarios), tuple(dict.fromkeys(sources)))


def _sources(scenario: Scenario, folder: Path) -> Iterator[str]:
    """Yield a scenario's file and those of the overlays given with it; of values set in Python the digest that they lead to."""
    if scenario.read_back is not None:
        yield from (_recorded_again(source, folder) for source in scenario.read_back.made_from)
        return
    yield recorded(_own_file(scenario), folder)
    for name in scenario.overlay_files:
        yield recorded(_found(split_form(name)[0]), folder)
    if scenario.is_set_in_python:
        yield f"values set in Python with the digest {scenario.digest[:_DIGITS]}"


def recorded(file: Path, folder: Path) -> str:
    """Return a file as a manifest in a folder records it.

    A file that comes with the package is recorded by its name there; any other by its path from the folder, so that the working
    directory does not matter, and a project may be moved as a whole.
    """
    file, bundled = file.resolve(), bundled_folder().resolve()
    if file.is_relative_to(bundled):
        return (Path("scenarios") / file.relative_to(bundled)).as_posix()
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return file.as_posix()


def from_the_root(source: str, folder: Path) -> str:
    """Return what the manifest of a folder records of a source, a path from that folder as one from the root."""
    return os.path.normpath(folder.resolve() / source) if Path(source).parts[:1] == ("..",) else source


def _recorded_again(source: str, folder: Path) -> str:
    return recorded(Path(source), folder) if Path(source).is_absolute() else source


def _own_file(scenario: Scenario) -> Path:
    """Return a scenario's file, where it stood when it was loaded."""
    if scenario.content is not None:
        return scenario.content.written.path
    return _found(scenario.file)


def _found(name: str) -> Path:
    try:
        return find_file(name)
    except ScenarioError:
        return Path(name)
