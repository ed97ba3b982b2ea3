"""What an overlay says, by itself: named changes of values, in a file or made in Python."""

from typing import Any, Literal

from pydantic import Field

from simulator.scenario.base import Name, Record, Several
from simulator.scenario.distributions import Quality


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
    """New values, levers and changes of studies: they change what those before have made of a value, and conflict with none."""


class NewValues(OnTop):
    """Values by path that are set in Python: messages name them by their paths."""


class Unlisted(OnTop):
    """A change on top of those before that makes no version of its own: neither name nor heading of a scenario tells of it."""
