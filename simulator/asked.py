"""What was asked of which scenarios, and the command that gives the same."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import Problem
from simulator.scenario.model import Scenario

_DIGITS = 12
"""Of a digest, in a comment."""


@dataclass(frozen=True)
class Asked:
    """What was asked of which scenario, and how much was run for it."""

    scenario: Scenario
    seed: int
    replications: int
    """Of each version; 0 where nothing is run."""
    simulated: int = 0
    """Replications whose people were simulated."""
    settled: int = 0
    """Replications whose money was reckoned."""
    options: tuple[str, ...] = ()
    """Options of the command, beside seed and replications, that give the same."""
    others: tuple[Scenario, ...] = ()
    """Further scenarios that it is about."""
    versions: bool = True
    """Whether several versions share simulated people; False where one scenario alone is run."""
    own_seeds: tuple[int, ...] = ()
    """Seeds of all scenarios, in order, where they have seeds of their own."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return all scenarios that it is about, the first one first."""
        return (self.scenario, *self.others)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seed of each scenario, in order."""
        return self.own_seeds or (self.seed,) * len(self.scenarios)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return what the checks of all scenarios warn of; what is said of several of them in the same words, once."""
        found: dict[tuple[str, str], Problem] = {}
        for each in (each for scenario in self.scenarios for each in scenario.warnings):
            found.setdefault((each.path, each.message), each)
        return tuple(found.values())

    def scenarios_data(self) -> list[dict[str, Any]]:
        """Return all scenarios as plain data for JSON."""
        return [
            {
                "scenario": each.name,
                "title": each.title,
                "deal": each.deal.name,
                "seed": seed,
                "file": file_in_words(each.file),
                "digest": each.digest,
                "overlays": [overlay.model_dump(mode="json", by_alias=True) for overlay in each.overlays],
                "warnings": [problem.as_dict() for problem in each.warnings],
            }
            for each, seed in zip(self.scenarios, self.seeds, strict=True)
        ]

    def command(self, kind: str) -> str:
        """Return the command that gives the same figures; no word of it depends on the folder that the project lies in.

        What was set in Python no command can say: a comment does.

        Args:
            kind: name of the command.
        """
        words = [f"sib {kind}", file_in_words(self.scenario.file)]
        words += [f"--overlay {file_in_words(file)}" for file in self.scenario.overlay_files]
        words += [*self.options, f"--replications {self.replications}", f"--seed {self.seed}"]
        return " ".join(words) + in_python_too(self.scenario)


def in_python_too(scenario: Scenario) -> str:
    """Return what a command lacks where something was set in Python: a comment that says so, with the digest it leads to."""
    if not scenario.is_set_in_python:
        return ""
    return f"  # and with what was set in Python: {scenario.title}; digest {scenario.digest[:_DIGITS]}"


def file_in_words(file: str) -> str:
    """Return a file's path from the folder of scenarios on, or its name where it lies elsewhere; bundled names as they are.

    >>> file_in_words("/home/me/scenarios/running/enfield.yaml"), file_in_words("/home/me/mine.yaml")
    ('scenarios/running/enfield.yaml', 'mine.yaml')
    >>> file_in_words("running/enfield")
    'running/enfield'
    """
    path = Path(file)
    if "scenarios" in path.parts:
        return "/".join(path.parts[path.parts.index("scenarios") :])
    return path.name if path.suffix or path.is_absolute() else path.as_posix()
