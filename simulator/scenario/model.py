"""The scenario itself, and where in its files each value stands."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from pydantic import Field

from simulator.errors import Problem
from simulator.scenario.assumptions import PARAMETERS, Assumptions
from simulator.scenario.base import Name, Record, Several
from simulator.scenario.deal import Deal
from simulator.scenario.distributions import Quality


class Settings(Record):
    """How to run it, where the command line does not say."""

    replications: int = Field(ge=1)
    """How many replications."""
    seed: int = Field(ge=0, lt=2**63)
    """Seed of all luck."""
    batch: int = Field(ge=1)
    """Replications worked on together; no result depends on it."""


class Description(Record):
    """The scenario's own words and parts."""

    scenario: Name
    """Name: also the folder of its results."""
    title: str
    """One line for headings."""
    description: str
    """What this scenario is and what it is not."""
    deal: Deal
    """What was agreed."""
    assumptions: Assumptions
    """What is believed."""
    settings: Settings
    """How to run it."""
    overlays: Several[str] = ()
    """Overlay files that it applies itself, in order, named from beside it."""
    running: str | None = None
    """The scenario of the same deal as it runs, with its history, named from beside it: a forecast from a date starts there."""


class Overlay(Record):
    """A named change to a scenario: it sets values, multiplies them or adds windows, and does nothing cleverer."""

    overlay: Name
    """Name."""
    title: str
    """One line for headings."""
    description: str
    """What it stands for."""
    deal: str | None = None
    """The deal that it is for, by name; it is refused for another. Without it, it is for any."""
    source: str = Field(min_length=3)
    """Where its numbers come from."""
    quality: Quality = "D"
    """How good that is, A to E."""
    compose: Literal["multiply", "replace"] | None = None
    """`multiply` lets it multiply a value that another overlay multiplies too; `replace` lets it set what an earlier one sets."""
    set: dict[str, Any] = Field(default_factory=dict)
    """New values by path."""
    multiply: dict[str, float] = Field(default_factory=dict)
    """Factors by path."""
    windows: Several[dict[str, Any]] = ()
    """Windows to add to the assumptions."""


class Form(Record):
    """One size of an overlay: what it changes beside what is common to all its forms."""

    title: str
    """The form in words, for headings, after the overlay's own title."""
    description: str | None = None
    """What it stands for, where that is not the overlay's own."""
    source: str | None = Field(default=None, min_length=3)
    """Where its numbers come from, where that is not the overlay's own."""
    quality: Quality | None = None
    """How good that is, where that is not the overlay's own."""
    set: dict[str, Any] = Field(default_factory=dict)
    """New values by path."""
    multiply: dict[str, float] = Field(default_factory=dict)
    """Factors by path."""
    windows: Several[dict[str, Any]] = ()
    """Windows to add to the assumptions."""
    combine: Several[str] = ()
    """Overlay files beside this one, with their forms, that it stands for, in order."""


class WrittenOverlay(Overlay):
    """An overlay as a file holds it: in forms of different size if it has them, or standing for several others."""

    forms: dict[Literal["mild", "severe", "extreme"], Form] = Field(default_factory=dict)
    """Its forms; one of them is named with the file, as `stress.yaml:severe`, and all else in the file is common to them."""
    combine: Several[str] = ()
    """Overlay files beside this one, with their forms, that it stands for, in order."""


class OnTop(Overlay):
    """An overlay that a study makes: it changes whatever all others have made of a value, and no change of it is a conflict."""


@dataclass(frozen=True)
class Scenario:
    """A frozen scenario: description, the overlays applied in order, and warnings that every report carries."""

    file: str
    description: Description
    overlays: tuple[Overlay, ...] = ()
    warnings: tuple[Problem, ...] = field(default=())
    given: tuple[str | Overlay, ...] = ()
    """Overlays as they were given, in order, files by name; not those that the scenario's own file names."""

    @property
    def name(self) -> str:
        """Return the scenario's name, with the overlays it carries."""
        return "+".join([self.description.scenario, *(overlay.overlay for overlay in self.overlays)])

    @property
    def title(self) -> str:
        """Return the scenario's heading, with those of the overlays it carries."""
        return "; ".join([self.description.title, *(overlay.title for overlay in self.overlays)])

    @property
    def overlay_files(self) -> tuple[str, ...]:
        """Return the names of the overlay files that were given, in order."""
        return tuple(each for each in self.given if isinstance(each, str))

    @property
    def deal(self) -> Deal:
        """Return what was agreed."""
        return self.description.deal

    @property
    def assumptions(self) -> Assumptions:
        """Return what is believed."""
        return self.description.assumptions

    @property
    def settings(self) -> Settings:
        """Return how to run it."""
        return self.description.settings

    @property
    def digest(self) -> str:
        """Return the SHA-256 of everything that can change a result, settings aside; the same for what may be left out and is."""
        off = {name for name in PARAMETERS if self.assumptions.is_off(name)}
        parts = {
            "deal": self.deal.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "assumptions": self.assumptions.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=off),
        }
        return sha256(json.dumps(_numbers_only(parts), sort_keys=True).encode()).hexdigest()


_WORDS_ONLY = {"sources", "printed", "inconsistencies", "source", "quality", "fitted_to", "strand"}


def _numbers_only(content: Any) -> Any:  # noqa: ANN401 - plain data of any shape
    """Return plain data without what documents a number and changes none."""
    if isinstance(content, dict):
        return {name: _numbers_only(value) for name, value in content.items() if name not in _WORDS_ONLY}
    return [_numbers_only(value) for value in content] if isinstance(content, list) else content
