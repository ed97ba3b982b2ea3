"""What a report says of how it came about: the overlays that were given, and the command that gives the same figures."""

from simulator.composer import Run
from simulator.scenario.model import Overlay, Scenario


def given_overlays(scenario: Scenario) -> tuple[Overlay, ...]:
    """Return the overlays that were given when the scenario was loaded: those it names itself come before them."""
    return scenario.overlays[len(scenario.description.overlays) :]


def command(run: Run) -> str:
    """Return the command that gives the same figures, with the files as they were given."""
    words = ["sib run", run.scenario.file, *(f"--overlay {file}" for file in run.scenario.overlay_files)]
    words += [f"--replications {run.replications}", f"--seed {run.seed}"]
    return " ".join([*words, *([] if run.points == "random" else [f"--points {run.points}"])])
