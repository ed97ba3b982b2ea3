"""Findings as HTML: one document that needs nothing else, or a few lines for a notebook."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

import simulator
from simulator.asked import file_in_words
from simulator.findings import Findings
from simulator.report.captions import Caption
from simulator.report.differing import what_differs
from simulator.report.document import pages, shown, svg
from simulator.report.drawing import draw
from simulator.report.terms import assumption_lines, rule_lines
from simulator.table import number_rows


def page(found: Findings, drawn: Mapping[str, Figure] | None = None) -> str:
    """Return the report of findings as one HTML document.

    Args:
        found: the findings.
        drawn: figures of their charts by name, where they are drawn already.
    """
    figures = {each.name: draw(each) for each in found.charts} if drawn is None else drawn
    captions = [Caption(each.name, each.caption, each.alternative) for each in found.charts]
    scenario = found.asked.scenario
    return pages().get_template("study.html").render(
        found=found,
        scenario=scenario,
        file=Path(scenario.file).name,
        version=simulator.__version__,
        figures=shown(captions, {name: svg(figure) for name, figure in figures.items()}),
        tables=[(each, number_rows(each)) for each in found.tables if each.where != "data"],
        assumptions=assumption_lines(scenario.assumptions),
        rules=rule_lines(scenario.assumptions),
        files=[file_in_words(each.file) for each in found.asked.scenarios],
        differing=[what_differs(scenario, each) for each in found.asked.others],
    )  # fmt: skip


def short_page(found: Findings) -> str:
    """Return the answer and the main table as HTML, for a notebook."""
    main = next((each for each in found.tables if each.where != "data"), None)
    return pages().get_template("short.html").render(found=found, table=main, numbers=number_rows(main) if main else ())
