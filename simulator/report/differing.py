"""What a page says of further scenarios: the assumptions, rules and terms in which they differ from the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from simulator.explaining.explanation import explain
from simulator.explaining.said import Sentence
from simulator.report.terms import Line, assumption_lines, rule_lines
from simulator.scenario.model import Overlay, Scenario


@dataclass(frozen=True)
class Differing:
    """In what a scenario differs from the first."""

    scenario: Scenario
    overlays: tuple[Overlay, ...]
    """Overlays that the first does not have."""
    assumptions: tuple[Line, ...]
    rules: tuple[Line, ...]
    without: tuple[str, ...]
    """Assumptions and rules of the first that it does not have, by name."""
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """Sentences about its contract that do not hold for the first, by section."""

    @property
    def is_same(self) -> bool:
        """Return whether there is nothing to say."""
        return not (self.overlays or self.assumptions or self.rules or self.without or self.terms)


def what_differs(first: Scenario, other: Scenario) -> Differing:
    """Return in what another scenario differs from the first."""
    believed, own = assumption_lines(first.assumptions), assumption_lines(other.assumptions)
    chosen, ruled = rule_lines(first.assumptions), rule_lines(other.assumptions)
    names = {line.name for line in (*own, *ruled)}
    said = {(each.section, each.text) for each in explain(first)}
    return Differing(
        other,
        tuple(each for each in other.overlays if each not in first.overlays),
        tuple(line for line in own if line not in believed),
        tuple(line for line in ruled if line not in chosen),
        tuple(line.name for line in (*believed, *chosen) if line.name not in names),
        _by_section([each for each in explain(other) if (each.section, each.text) not in said]),
    )


def _by_section(terms: Sequence[Sentence]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return texts of sentences by section, in order."""
    groups = groupby(terms, key=lambda each: each.section)
    return tuple((section, tuple(each.text for each in group)) for section, group in groups)
