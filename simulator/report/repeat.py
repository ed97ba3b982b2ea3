"""What a report says of how it came about: the overlays that were given, and the command that gives the same figures."""

from pathlib import Path

from simulator.composer import Run
from simulator.scenario.model import Overlay, Scenario
from simulator.words import listed


def given_overlays(scenario: Scenario) -> tuple[Overlay, ...]:
    """Return the overlays that were given when the scenario was loaded: those it names itself come before them."""
    return scenario.overlays[len(scenario.description.overlays) :]


def command(run: Run) -> str:
    """Return the command that gives the same figures; `FILE` stands for each overlay's file."""
    words = ["sib run", Path(run.scenario.file).name]
    words += ["--overlay FILE"] * len(given_overlays(run.scenario))
    words += [f"--replications {run.replications}", f"--seed {run.seed}"]
    return " ".join([*words, *([] if run.points == "random" else [f"--points {run.points}"])])


def overlays_in_order(scenario: Scenario) -> str:
    """Return the names of the overlays whose files the command takes, in order; nothing if it takes none."""
    return listed([overlay.overlay for overlay in given_overlays(scenario)])
