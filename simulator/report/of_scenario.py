"""A scenario as findings: what is agreed, what is assumed, and how good each source is."""

from collections.abc import Iterator

import numpy as np

from simulator.asked import Asked
from simulator.explaining.explanation import explain
from simulator.findings import Findings
from simulator.report.answer import deal_in_a_paragraph
from simulator.scenario.assumptions import label
from simulator.scenario.distributions import Assumption, Belief
from simulator.scenario.model import Scenario
from simulator.table import Cell, Column, Figure, Table
from simulator.words import capital

_LARGE = 1_000
_PLACES = np.array([0.05, 0.5, 0.95])


def findings(scenario: Scenario) -> Findings:
    """Return what a scenario says."""
    settings = scenario.settings
    asked = Asked(scenario, settings.seed, 0, versions=False)
    overlays = "".join(f" --overlay {name}" for name in scenario.overlay_files)
    return Findings(
        "explain", "Scenario", "What is agreed, and what is assumed?", asked, tuple(deal_in_a_paragraph(scenario.deal)),
        tuple(_tables(scenario)), repeat=f"{asked.command('explain').partition(' --')[0]}{overlays}",
    )  # fmt: skip


def _tables(scenario: Scenario) -> Iterator[Table]:
    yield _assumptions(scenario)
    yield _terms(scenario)
    if scenario.warnings:
        yield _warnings(scenario)


def _assumptions(scenario: Scenario) -> Table:
    columns = (
        Column("assumption"), Column("title", "Assumption"), Column("q05", "P5"), Column("q50", "Median"), Column("q95", "P95"),
        Column("unit", "Unit"), Column("distribution", "Distribution"), Column("grade", "Grade"), Column("source", "Source"),
    )  # fmt: skip
    rows = tuple(_assumption(name, each) for name, each in scenario.assumptions.beliefs().items())
    return Table("assumptions", "Assumptions", columns, rows)


def _assumption(name: str, belief: Belief) -> tuple[Cell, ...]:
    found: Belief | Assumption = belief
    values = np.asarray(found.quantile(_PLACES))  # type: ignore[union-attr]
    low, middle, high = map(float, np.minimum(values, 1.0) if belief.unit == "probability" else values)
    family = str(getattr(belief, "distribution", "fixed"))
    levels = (
        Figure(each, words=f"{each:.3g}" if abs(each) < _LARGE else f"{each:,.0f}") for each in (low, middle, high)
    )
    return name, capital(label(name)), *levels, belief.unit, family, belief.quality, belief.source


def _terms(scenario: Scenario) -> Table:
    columns = (
        Column("section", "Section"), Column("term", "Term"), Column("text", "What it says"), Column("grade", "Grade"),
        Column("source", "Source"),
    )  # fmt: skip
    rows = tuple((each.section, each.path, each.text, each.quality, each.source) for each in explain(scenario))
    return Table("terms", "What is agreed", columns, rows, where="page")


def _warnings(scenario: Scenario) -> Table:
    columns = (Column("file"), Column("line"), Column("path"), Column("code"), Column("message"))
    rows = tuple((each.file, each.line, each.path, each.code, each.message) for each in scenario.warnings)
    return Table("warnings", "What the checks warn of", columns, rows, where="data")
