"""The scenario itself, and versions of it with other values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from simulator.errors import Problem, ScenarioError
from simulator.presented import Presented
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.content import Content, Given, given_in_python, with_given
from simulator.scenario.deal import Deal
from simulator.scenario.description import Description, Settings, digest
from simulator.scenario.overlay_record import Form, OnTop, Overlay, Unlisted, WrittenOverlay
from simulator.scenario.value_overlay import overlay_of_values

__all__ = ["Description", "Form", "OnTop", "Overlay", "ReadBack", "Scenario", "Settings", "WrittenOverlay"]


@dataclass(frozen=True)
class ReadBack:
    """What a result says of its scenario beside its values: enough to name it, not to make versions of it."""

    overlays: tuple[Overlay, ...]
    """The overlays that its values hold already, in order."""
    overlay_files: tuple[str, ...]
    """Names of the overlay files that were given with it, in order."""
    made_from: tuple[str, ...]
    """Its files and those of overlays given with it: paths from the root, or bundled names; what was set in Python, in words."""


@dataclass(frozen=True, repr=False)
class Scenario(Presented):
    """A frozen scenario: what it says, warnings that every report carries, and all that versions of it are made from."""

    _told_by: ClassVar[str] = "of_scenario"
    file: str
    """Its file as it was named: a name for reports. Nothing is read from it again."""
    description: Description
    warnings: tuple[Problem, ...] = ()
    content: Content | None = None
    """What it is made from; None for one that was put together in Python, or read back from a result."""
    read_back: ReadBack | None = None
    """What is known of one that was read back from a result; else None."""

    @classmethod
    def of(cls, file: str, content: Content) -> "Scenario":
        """Return the scenario of a content, under the name of its file."""
        return cls(file, content.description, content.warnings, content)

    @property
    def name(self) -> str:
        """Return the scenario's name, with the overlays it carries."""
        return "+".join([self.description.scenario, *(overlay.overlay for overlay in self.overlays)])

    @property
    def title(self) -> str:
        """Return the scenario's heading, with those of the overlays it carries."""
        return "; ".join([self.description.title, *(overlay.title for overlay in self.overlays)])

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """Return the overlays that are applied, in order: its own, then those given."""
        return self.content.overlays if self.content else self.read_back.overlays if self.read_back else ()

    @property
    def given(self) -> tuple[Given, ...]:
        """Return the overlays as they were given, in order; not those that the scenario's own file names."""
        return tuple(each for each in self.content.given if each.listed) if self.content else ()

    @property
    def overlay_files(self) -> tuple[str, ...]:
        """Return the names of the overlay files that were given, in order."""
        if self.read_back is not None:
            return self.read_back.overlay_files
        return tuple(each.name for each in self.given if each.name is not None)

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

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of everything that can change a result, settings aside."""
        return digest(self.description)

    @property
    def is_set_in_python(self) -> bool:
        """Return whether something that changes results was set in Python, which no file tells of."""
        content = self.content
        if content is None or any(each.name is None for each in self.given):
            return True
        return self.description is not content.description and digest(content.description) != self.digest

    def has_files_of(self, other: "Scenario") -> bool:
        """Return whether it is made from the same files as another scenario, whatever was given with each."""
        if self.content is None or other.content is None:
            return False
        one, two = self.content.written, other.content.written
        same = [each.overlay for each in one.own] == [each.overlay for each in two.own]
        return same and one.files.value == two.files.value

    def with_values(self, values: Mapping[str, Any]) -> "Scenario":
        """Return the scenario with new values, by path, after all that it has; what is given later comes after them.

        A path is one of those that overlays take, patterns included: `assumptions.patience`, `deal.rate_card.*.price`. A number
        fixes an assumption, in its own unit; `simulator.lognormal` and the like spread it. Money is in pounds: a whole number,
        text or a `Decimal`, or a float of whole pennies. Dates are `datetime.date`.

        Raises:
            ScenarioError: naming every path that is none, and every value that cannot be.
            SibError: if they are not given by path.
        """
        if values == {}:
            return self
        content = current(self)
        overlay, problems = overlay_of_values(content.document.value, values)
        return Scenario.of(self.file, with_given(content, [given_in_python(overlay)], problems))


def current(scenario: Scenario) -> Content:
    """Return what a scenario is made from, with settings that were replaced in Python.

    Raises:
        ScenarioError: if it says something else than what it is made from: no version of it could be.
    """
    content, said = scenario.content, scenario.description
    if scenario.read_back is not None:
        message = (
            "was read back from a result, which keeps its values and not its files; load its file for versions of it"
        )
        raise ScenarioError([Problem(scenario.file, 0, "", message, "READ_BACK")])
    if content is not None and said is content.description:
        return content
    if content is None or said.model_copy(update={"settings": content.description.settings}) != content.description:
        message = (
            "this scenario was put together or changed in Python, so that no version of it can be made from its content; "
            "load it, and change it by `with_values` or by an overlay"
        )
        raise ScenarioError([Problem(scenario.file, 0, "", message, "NOT_AS_WRITTEN")])
    settings = {f"settings.{name}": value for name, value in said.settings.model_dump().items()}
    replaced = Unlisted(
        overlay="settings", title="Settings", description="As replaced in Python.", source="Set in Python", set=settings
    )
    return with_given(content, [given_in_python(replaced)])
