"""What a report says of how it came about: the overlays that were given, and the command that gives the same figures."""

from simulator.asked import file_in_words, in_python_too
from simulator.monte_carlo import Run
from simulator.scenario.model import Overlay, Scenario


def given_overlays(scenario: Scenario) -> tuple[Overlay, ...]:
    """Return the overlays that were given when the scenario was loaded: those it names itself come before them."""
    return scenario.overlays[len(scenario.description.overlays) :]


def command(run: Run) -> str:
    """Return the command that gives the same figures; no word of it depends on the folder that the project lies in."""
    words = [
        "sib run",
        file_in_words(run.scenario.file),
        *(f"--overlay {file_in_words(file)}" for file in run.scenario.overlay_files),
    ]
    words += [f"--replications {run.replications}", f"--seed {run.seed}"]
    words += [] if run.points == "random" else [f"--points {run.points}"]
    return " ".join(words) + in_python_too(run.scenario)


def in_python(scenario: Scenario) -> str:
    """Return the Python that loads a scenario, with the overlays that were given with it."""
    overlays = ", ".join(f'"{file_in_words(file)}"' for file in scenario.overlay_files)
    return f'sib.load_scenario("{file_in_words(scenario.file)}"{f", [{overlays}]" if overlays else ""})'
