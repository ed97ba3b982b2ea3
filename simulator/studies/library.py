"""The library of stresses that comes with the package: which there are for a deal, in which forms, and how each is named.

A stress is an overlay file of `scenarios/stresses`, in one of its forms if it has some. Its number is the beginning of its
name: `st_01` stands for `st_01_referral_shortfall`.
"""

from dataclasses import dataclass
from pathlib import Path

from simulator.errors import SibError, nearest
from simulator.scenario.load import bundled_folder, find_overlay
from simulator.scenario.model import Scenario, WrittenOverlay
from simulator.scenario.overlay_file import read_overlay, split_form
from simulator.scenario.validation import validate
from simulator.scenario.yaml_text import read


@dataclass(frozen=True)
class Stress:
    """An overlay file in one of its forms."""

    name: str
    """Name of the overlay, with its form: `st_01_referral_shortfall_severe`."""
    title: str
    """One line for headings, with the form in words."""
    description: str
    """What it stands for, and what it does not."""
    form: str | None
    """`mild`, `severe` or `extreme`; None of a file without forms."""
    reference: str
    """What `load_scenario` and `--overlay` take for it: the file, and its form after a colon."""


def stresses(scenario: Scenario) -> list[Stress]:
    """Return every stress of the library that is for a scenario's deal, in the order of the files and of their forms.

    Overlays that are for another deal are left out. One that a deal's terms do not allow, as an end of the contract in a
    month that its term does not have, is refused when it is loaded.

    Raises:
        ScenarioError: if a file of the library is wrong.
    """
    return [stress for file in _files() for stress in _forms(file, _shown(file), scenario)]


def find(text: str, scenario: Scenario) -> list[Stress]:
    """Return the stresses that a text names: one, or all forms of a file if it names none of them.

    Args:
        text: a number (`st_01`), a name (`st_01_referral_shortfall`) or the path of an overlay file; a form may follow, as in
            `st_01:severe`.
        scenario: the scenario that is to be stressed.

    Raises:
        SibError: if nothing in the library has that name, or if it is for another deal.
        ScenarioError: if the file is not there, is wrong, or has no such form.
    """
    name, form = split_form(text)
    known = {file.stem: file for file in _files()}
    named = [file for stem, file in known.items() if stem == name or stem.startswith(f"{name}_")]
    if len(named) == 1:
        file, shown = named[0], _shown(named[0])
    elif "/" in name or Path(name).suffix:
        file, shown, _ = find_overlay(text)
    else:
        names = [*known, *(_number(stem) for stem in known)]
        raise SibError(f'there is no stress "{name}"{nearest(name, names)}')
    found = _forms(file, shown, scenario, form)
    if not found:
        raise SibError(f'the stress "{name}" is for another deal than "{scenario.deal.name}"')
    return found


def _files() -> list[Path]:
    return sorted((bundled_folder() / "stresses").glob("*.yaml"))


def _shown(file: Path) -> str:
    return f"scenarios/stresses/{file.name}"


def _number(stem: str) -> str:
    return "_".join(stem.split("_")[:2])


def _forms(file: Path, shown: str, scenario: Scenario, only: str | None = None) -> list[Stress]:
    """Return a file's stresses, or the one of a form; none if the file is for another deal."""
    written = validate(WrittenOverlay, read(file, shown))
    if written.deal not in (None, scenario.deal.name):
        return []
    forms: list[str | None] = [only] if only else [*written.forms]
    return [_stress(file, shown, form) for form in forms or [None]]


def _stress(file: Path, shown: str, form: str | None) -> Stress:
    overlay = read_overlay(file, shown, form).overlay
    reference = f"{shown}:{form}" if form else shown
    return Stress(overlay.overlay, overlay.title, overlay.description, form, reference)
