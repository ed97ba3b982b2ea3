"""What a scenario says, once it is checked: its words, the deal, the assumptions and how to run it."""

import json
from hashlib import sha256
from typing import Any

from pydantic import Field

from simulator.scenario.assumptions import PARAMETERS, Assumptions
from simulator.scenario.base import AS_KEPT, Name, Record, Several
from simulator.scenario.deal import Deal


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


def kept(description: Description) -> dict[str, Any]:
    """Return a description as results keep it: plain data, money in pence, days as ISO text."""
    return description.model_dump(mode="json", by_alias=True)


def read_back(data: object) -> Description:
    """Return the description that a result keeps, field by field as it was.

    Raises:
        pydantic.ValidationError: for what no description of this version is.
    """
    return Description.model_validate(data, context=AS_KEPT)


def digest(description: Description) -> str:
    """Return the SHA-256 of everything that can change a result, settings aside; the same for what may be left out and is."""
    assumptions = description.assumptions
    off = {name for name in PARAMETERS if assumptions.is_off(name)}
    parts = {
        "deal": description.deal.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "assumptions": assumptions.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=off),
    }
    return sha256(json.dumps(_numbers_only(parts), sort_keys=True).encode()).hexdigest()


_WORDS_ONLY = {"sources", "printed", "inconsistencies", "source", "quality", "fitted_to", "strand"}


def _numbers_only(content: Any) -> Any:  # noqa: ANN401 - plain data of any shape
    """Return plain data without what documents a number and changes none."""
    if isinstance(content, dict):
        return {name: _numbers_only(value) for name, value in content.items() if name not in _WORDS_ONLY}
    return [_numbers_only(value) for value in content] if isinstance(content, list) else content
