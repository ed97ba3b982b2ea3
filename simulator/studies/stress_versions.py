"""Which stresses a study runs: those of the library, overlay files and overlays made in Python, alone or together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from simulator.errors import ScenarioError, nearest, refuse
from simulator.scenario.load import with_overlays
from simulator.scenario.model import Overlay, Scenario, current
from simulator.studies.asking import all_of
from simulator.studies.library import Stress, find, stresses
from simulator.words import listed

Named = str | Path | Overlay
"""A stress by its number, name or file, or an overlay made in Python."""
FORMS = ("mild", "severe", "extreme")
"""Forms of a stress, the smallest first."""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Version:
    """A scenario under a stress, or under several at once."""

    name: str
    """Of the overlays, with their forms, joined by `+`."""
    title: str
    """What happens, in words."""
    subject: str
    """What all forms of it have in common, in words."""
    form: str | None
    """`mild`, `severe` or `extreme`; None where there is only one size of it."""
    label: str
    """What names it on the command line: `st_01:severe`, or a file."""
    scenario: Scenario
    """The scenario with the stress on top of it."""


@dataclass(frozen=True)
class NotFor:
    """A stress of the library that the terms of a deal have no room for."""

    label: str
    title: str
    why: str


@dataclass(frozen=True)
class Chosen:
    """What a study of stresses runs."""

    base: Scenario
    versions: tuple[Version, ...]
    left_out: tuple[NotFor, ...] = ()
    options: tuple[str, ...] = ()
    """Options of the command that choose the same."""
    unwritten: tuple[str, ...] = ()
    """Files that these options name and that must be written first: overlays that were made in Python."""


def choose(scenario: Scenario, named: Sequence[Named | Sequence[Named]] = (), forms: Sequence[str] = ()) -> Chosen:
    """Return the versions of a scenario that a study runs.

    Args:
        scenario: the base.
        named: stresses: each in all of its forms if none is named, and several in one sequence all at once; the whole library
            for the scenario's deal if there are none. Of the library, what the deal's terms have no room for is left out.
        forms: only these forms of stresses that have forms; all if there are none.

    Raises:
        SibError: for names that are none, with the nearest right name; where nothing is left to run.
        ScenarioError: naming every problem of stresses that the scenario does not take, alone or together.
    """
    current(scenario)
    wrong = [form for form in forms if form not in FORMS]
    refuse(bool(wrong), f'there is no form "{wrong[0] if wrong else ""}"{nearest(wrong[0] if wrong else "", FORMS)}')
    if not named:
        versions, left_out = _library(scenario, forms)
    else:
        versions, left_out = _named(scenario, named, forms), []
    refuse(not versions, "there is nothing to try: no stress that is named has the forms that are asked for")
    kept = {version.scenario.digest + version.name: version for version in versions}
    names = [version.name for version in kept.values()]
    twice = sorted({name for name in names if names.count(name) > 1})
    refuse(bool(twice), f"two different stresses are named {listed(twice)}; each needs a name of its own")
    alone, together = _alone(named), _together(named)
    made = {_written(each): None for each in (*alone, *chain(*together)) if isinstance(each, Overlay)}
    options = _options(alone, together, forms)
    return Chosen(scenario, tuple(kept.values()), tuple(left_out), options, tuple(made))


def _alone(named: Sequence[Named | Sequence[Named]]) -> list[Named]:
    return [each for each in named if isinstance(each, Named)]


def _together(named: Sequence[Named | Sequence[Named]]) -> list[Sequence[Named]]:
    return [each for each in named if not isinstance(each, Named)]


def _options(alone: Sequence[Named], together: Sequence[Sequence[Named]], forms: Sequence[str]) -> tuple[str, ...]:
    """Return the options of the command that choose the same stresses."""
    return (
        *(f"--stress {_written(each)}" for each in alone),
        *(f"--combine {'+'.join(map(_written, several))}" for several in together),
        *(f"--form {form}" for form in forms),
    )


def _written(named: Named) -> str:
    """Return how the command is given a stress: an overlay made in Python as a file of its name."""
    return f"{named.overlay}.yaml" if isinstance(named, Overlay) else str(named)


def _library(scenario: Scenario, forms: Sequence[str]) -> tuple[list[Version], list[NotFor]]:
    """Return all of the library on a scenario, and what its terms have no room for, with the reason."""
    versions, left_out = list[Version](), list[NotFor]()
    for stress in _of_forms(stresses(scenario), forms):
        try:
            version = _version(scenario, (stress,))
            same = [each for each in versions if each.scenario.digest == version.scenario.digest != scenario.digest]
            if same:
                left_out.append(NotFor(_label(stress), stress.title, f"it is the same as {same[0].name} here"))
            else:
                versions.append(version)
        except ScenarioError as error:
            reasons = listed([problem.message for problem in error.problems if problem.severity == "error"])
            left_out.append(NotFor(_label(stress), stress.title, reasons))
    return versions, left_out


def _named(scenario: Scenario, named: Sequence[Named | Sequence[Named]], forms: Sequence[str]) -> list[Version]:
    """Return the versions of what is named, or raise with all that is wrong with any of it."""
    parts = all_of(partial(_parts, each, scenario, forms) for each in named)
    return all_of(partial(_version, scenario, together) for group in parts for together in group)


def _parts(
    named: Named | Sequence[Named], scenario: Scenario, forms: Sequence[str]
) -> list[tuple[Stress | Overlay, ...]]:
    """Return the stresses of each version that one entry names: one of each form, or several that are applied together."""
    if isinstance(named, Named):
        return [(stress,) for stress in _of_forms(_find(named, scenario), forms)]
    refuse(len(named) < 2, "a combination is of two stresses or more, as in st_01:severe+st_04:mild")
    return [tuple(_only(each, scenario) for each in named)]


def _only(named: Named, scenario: Scenario) -> Stress | Overlay:
    """Return the one stress that a part of a combination names."""
    found = _find(named, scenario)
    several = listed([_label(each) for each in found])
    refuse(len(found) > 1, f'"{named}" has forms, and a combination is of one of each; write one of {several}')
    return found[0]


def _find(named: Named, scenario: Scenario) -> Sequence[Stress | Overlay]:
    return [named] if isinstance(named, Overlay) else find(str(named), scenario)


def _of_forms(found: Sequence[Stress | Overlay], forms: Sequence[str]) -> list[Stress | Overlay]:
    """Return those of some forms, and those without forms, which have only one size."""
    return [each for each in found if not forms or _form(each) is None or _form(each) in forms]


def _form(stress: Stress | Overlay) -> str | None:
    return stress.form if isinstance(stress, Stress) else None


def _version(scenario: Scenario, parts: tuple[Stress | Overlay, ...]) -> Version:
    """Return the scenario under stresses that are applied together, in order."""
    given = [part.reference if isinstance(part, Stress) else part for part in parts]
    names = [part.name if isinstance(part, Stress) else part.overlay for part in parts]
    title = "; ".join(part.title for part in parts)
    form = _form(parts[0]) if len(parts) == 1 else None
    subject = title.rpartition(": ")[0] if form and ": " in title else title
    return Version("+".join(names), title, subject, form, "+".join(map(_label, parts)), with_overlays(scenario, given))


def _label(stress: Stress | Overlay) -> str:
    """Return what names a stress on the command line, as short as it can be.

    A stress of the library goes by its number or name, another file by its path, and an overlay made in Python by its name.
    """
    if isinstance(stress, Overlay):
        return stress.overlay
    path = Path(stress.reference.removesuffix(f":{stress.form}") if stress.form else stress.reference)
    known = path.stem if path.parent == Path("scenarios/stresses") else path.as_posix()
    name = "_".join(known.split("_")[:2]) if known.startswith("st_") else known
    return f"{name}:{stress.form}" if stress.form else name
