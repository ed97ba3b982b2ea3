"""The tiny scenario of `worked_examples/tiny.yaml`, as it stands or with edits, for tests."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario

TINY = Path(__file__).parent / "worked_examples" / "tiny.yaml"

Edit = tuple[str, str]
"""Text of the tiny scenario and what to put in its place; the text must stand there exactly once."""


def tiny_text(*edits: Edit) -> str:
    """Return the text of the tiny scenario with edits applied in order."""
    text = TINY.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the tiny scenario"
        text = text.replace(old, new)
    return text


def tiny_file(folder: Path, *edits: Edit) -> Path:
    """Return the path of the tiny scenario, edited, written into a folder."""
    path = folder / "tiny.yaml"
    path.write_text(tiny_text(*edits), encoding="utf-8")
    return path


def tiny_scenario(folder: Path, *edits: Edit, overlays: Sequence[str | Path] = ()) -> Scenario:
    """Return the tiny scenario, edited, loaded from a folder, with overlays applied."""
    return load_scenario(tiny_file(folder, *edits), overlays)


def in_one_batch(scenario: Scenario) -> Scenario:
    """Return a scenario whose trials are worked on in one batch: many versions of few replications are sooner done so."""
    settings = scenario.settings.model_copy(update={"batch": 1_000})
    return replace(scenario, description=scenario.description.model_copy(update={"settings": settings}))
