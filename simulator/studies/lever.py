"""A lever: a single number that a study turns, and the overlay that sets it (docs/studies.md §2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.money import pounds_plain
from simulator.scenario.model import OnTop
from simulator.words import Unit

Change = tuple[dict[str, Any], dict[str, float], tuple[dict[str, Any], ...]]
"""What a lever sets, multiplies and adds as windows."""
FACTOR = Unit(prefix="\N{MULTIPLICATION SIGN}", decimals=3, error_prefix="", name="factor")
SHARE = Unit(decimals=3, name="share")
PLAIN = Unit(decimals=4, trim=True)
EXPECTED = "deal.provider.expected_outcome_payments"
"""A term that goes along with several levers, each in its own way: what the provider's outcome part is reckoned on."""
SOURCE = "Set by a study"


@dataclass(frozen=True)
class Lever:
    """A number that a study turns."""

    name: str
    """As it was asked for."""
    title: str
    """In words, as within a sentence."""
    unit: Unit
    base: float
    """Where it stands in the scenario."""
    change: Callable[[float], Change]
    """What a value of it changes: a function that can be sent to another process."""
    whole: bool = False
    """Whether it takes whole numbers only."""
    step: float | None = None
    """What its values are rounded to, where that is usual: a pound."""
    low: float = 0.0
    """The lowest value that has a meaning."""
    high: float | None = None
    """The highest, if there is one."""

    def overlay(self, value: float) -> OnTop:
        """Return the overlay that sets the lever."""
        return overlay_of(f"{self.title} at {self.say(value)}", *self.change(value))

    def say(self, value: float) -> str:
        """Return a value in words."""
        return self.unit.say(value)

    def say_error(self, error: float) -> str:
        """Return the standard error of a value in words; of a factor it is a plain number."""
        return self.unit.say_error(error)


def overlay_of(
    title: str, new: dict[str, Any], factors: dict[str, float], windows: tuple[dict[str, Any], ...]
) -> OnTop:
    """Return the overlay of what a lever changes, under a title.

    Args:
        title: what the overlay is called where it is listed.
        new: values that are set, by path.
        factors: factors by which present values are multiplied, by path.
        windows: windows in time that are added, as in the file of an overlay.
    """
    return OnTop(
        overlay="lever",
        title=title,
        description=f"{title}.",
        source=SOURCE,
        quality="D",
        set=new,
        multiply=factors,
        windows=windows,
    )


def factor_on(paths: Sequence[str], factor: float) -> Change:
    """Return the change that multiplies all values of some paths."""
    return {}, dict.fromkeys(paths, float(factor)), ()


def as_pounds(value: float) -> str:
    """Return pounds as a file has them: plain text to the penny."""
    return pounds_plain(round(value * 100))
