"""What a scenario is made from, kept whole: its files as they were read, its overlays, and what they come to.

Versions of a scenario are made from this and from nothing else: no file is read again. What is given with a scenario is applied
in the order in which it is given. New values and changes of studies (`OnTop`) are made to what all before them has come to, and
only the parts that they change are checked anew.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from simulator.errors import Problem, ScenarioError
from simulator.scenario import checks
from simulator.scenario.description import Description
from simulator.scenario.findings import Finding, warn
from simulator.scenario.overlay import Done, apply
from simulator.scenario.overlay_file import Applied, in_parts, made_in_python
from simulator.scenario.overlay_record import OnTop, Overlay, Unlisted
from simulator.scenario.unchanged import validate_again
from simulator.scenario.validation import validate
from simulator.scenario.wording import place_of
from simulator.scenario.yaml_text import Document, dotted


class Given(NamedTuple):
    """An overlay that was given with a scenario, as it was then."""

    applied: Applied
    name: str | None = None
    """That of its file, if it was given as one."""

    @property
    def on_top(self) -> bool:
        """Return whether it changes what stands there, in conflict with no overlay."""
        return isinstance(self.applied.overlay, OnTop)

    @property
    def listed(self) -> bool:
        """Return whether it makes a version, which a scenario's name and heading tell of."""
        return not isinstance(self.applied.overlay, Unlisted)


def given_in_python(overlay: Overlay) -> Given:
    """Return an overlay made in Python as it is given, with values of its own."""
    return Given(made_in_python(overlay))


@dataclass(frozen=True)
class Written:
    """A scenario's own part of its content: what its files say."""

    files: Document
    """The scenario's file, with the deal and the assumptions in it, and the place of each value."""
    own: tuple[Applied, ...]
    """The overlays that it names itself."""
    shown: str
    """Name of the scenario's own file in messages and reports."""
    path: Path
    """Where that file stood when it was read, from the root. It is not read again."""
    running: "Written | tuple[Problem, ...] | None" = None
    """The scenario of the deal as it runs, if it names one, or why it cannot be read."""


@dataclass(frozen=True)
class Content:
    """All that a scenario is made from, and what it comes to."""

    written: Written
    given: tuple[Given, ...]
    """The overlays that were given with it, in order."""
    document: Document
    """The values with all overlays applied, as they are written."""
    description: Description
    """The same, checked."""
    warnings: tuple[Problem, ...]

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """Return the overlays in the order in which they are applied, but for those that are not listed."""
        return tuple(each.overlay for each in self.written.own) + tuple(
            each.applied.overlay for each in self.given if each.listed
        )


def content_of(written: Written, given: Sequence[Given], problems: Iterable[Problem] = ()) -> Content:
    """Return the content of a scenario with overlays, checked.

    Args:
        written: what its files say.
        given: the overlays given with it, in order.
        problems: what is wrong already, and is said with the rest.

    Raises:
        ScenarioError: with every problem.
    """
    return _checked(written, given, _merged(written, given, problems), None)


def with_given(content: Content, more: Sequence[Given], problems: Iterable[Problem] = ()) -> Content:
    """Return the content with more overlays after those that it has.

    Args:
        content: of the scenario.
        more: the overlays, in order.
        problems: what is wrong already, and is said with the rest.

    Raises:
        ScenarioError: with every problem.
    """
    given = (*content.given, *more)
    if not all(each.on_top for each in more):
        return _checked(content.written, given, _merged(content.written, given, problems), content)
    document = Document(content.document.value, content.document.places, [*content.document.problems, *problems])
    return _checked(content.written, given, _on_top(document, more), content)


def _merged(written: Written, given: Sequence[Given], problems: Iterable[Problem]) -> Document:
    """Return a scenario's values with overlays applied: its own, then those given, in order.

    Overlays of files are in conflict with one another even where new values stand between them.
    """
    files = written.files
    groups = [(kind, list(group)) for kind, group in groupby(given, lambda each: each.on_top)]
    first = groups.pop(0)[1] if groups and not groups[0][0] else []
    together = [each.applied for each in first]
    wrong = _of_another_deal(files.value.get("deal"), [*written.own, *together])
    base = Document(files.value, files.places, [*files.problems, *problems, *wrong])
    done = apply(Done(base), in_parts(written.own), in_parts(together))
    for is_on_top, group in groups:
        if is_on_top:
            done = done._replace(document=_on_top(done.document, group))
        else:
            later = [each.applied for each in group]
            done.document.problems += _of_another_deal(done.document.value.get("deal"), later)
            done = apply(done, (), in_parts(later))
    return done.document


def _on_top(document: Document, given: Sequence[Given]) -> Document:
    for each in given:
        document.problems += _of_another_deal(document.value.get("deal"), [each.applied])
        document = apply(Done(document), each.applied.parts).document
    return document


def _of_another_deal(deal: object, overlays: Sequence[Applied]) -> list[Problem]:
    name = deal.get("name") if isinstance(deal, dict) else None
    return [
        Problem(
            each.shown,
            each.document.places[("deal",)][1],
            "deal",
            f'this overlay is for the deal "{each.overlay.deal}"; the scenario\'s deal is "{name}"',
            "OVERLAY_OF_ANOTHER_DEAL",
        )
        for each in in_parts(overlays)
        if isinstance(name, str) and each.overlay.deal not in (None, name)
    ]


def _checked(written: Written, given: Sequence[Given], document: Document, before: Content | None) -> Content:
    """Return the content, or raise with every problem of it.

    Args:
        written: what the scenario's files say.
        given: the overlays given with it.
        document: what they come to.
        before: content that it shares parts with, if there is any.
    """
    if before is None or any(problem.severity == "error" for problem in document.problems):
        description = validate(Description, document)
    else:
        description = validate_again(document, before.document, before.description)
    parts = in_parts([*written.own, *(each.applied for each in given)])
    warnings = _cross_check(description, document, {part.shown for part in parts})
    return Content(written, tuple(given), document, description, warnings)


def _cross_check(description: Description, document: Document, overlays: Set[str]) -> tuple[Problem, ...]:
    """Return the warnings of a description that is right field by field, with those of its document, or raise its errors.

    Args:
        description: what is checked.
        document: where its values stand.
        overlays: names of the files that are overlays.
    """
    found = list(_located((_stressed(each, document, overlays) for each in checks.findings(description)), document))
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise ScenarioError(errors)
    return tuple(sorted([*found, *document.problems]))


def _stressed(finding: Finding, document: Document, overlays: Set[str]) -> Finding:
    """Return a finding, only as a warning if it is one that a stress may bring about and an overlay has."""
    if finding.code not in checks.STRESSES:
        return finding
    size = len(finding.key)
    files = {file for key, (file, _) in document.places.items() if key[:size] == finding.key}
    return warn(finding.key, finding.message, finding.code) if files & overlays else finding


def _located(findings: Iterable[Finding], document: Document) -> Iterable[Problem]:
    for finding in findings:
        file, line = place_of(finding.key, document.places)
        yield Problem(file, line, dotted(finding.key), finding.message, finding.code, finding.severity)
