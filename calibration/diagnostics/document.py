"""The report of the diagnostics: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd
from jinja2 import ChoiceLoader, PackageLoader
from matplotlib.figure import Figure

import simulator
from calibration.diagnostics import words
from calibration.diagnostics.captions import captions
from calibration.diagnostics.findings import Findings
from calibration.diagnostics.sensitivity import MOVES
from simulator.report.captions import Caption
from simulator.report.document import Shown, inline, pages, svg
from simulator.words import name_in_words


@dataclass(frozen=True)
class Section:
    """A part of the report that is made elsewhere."""

    name: str
    """For file names and links."""
    title: str
    sentences: Sequence[str]
    figures: Mapping[str, tuple[Figure, str]]
    """With the words under each, by name."""
    tables: Mapping[str, pd.DataFrame]
    """Each becomes a CSV file of its name; the first stands in the report as well."""


def render(
    found: Mapping[str, Findings], drawn: Mapping[str, Mapping[str, Figure]], more: Sequence[Section], command: str
) -> str:
    """Return the report as one HTML document.

    Args:
        found: the findings by population.
        drawn: the figures by population and name.
        more: parts that are made elsewhere, which come after those of each finding.
        command: what gives the same files again.
    """
    page = pages()
    page.loader = ChoiceLoader(
        [PackageLoader("calibration.diagnostics"), page.loader or PackageLoader("simulator.report")]
    )
    figures = {
        f"{name}-{key}": _shown(figure, captions(found[name], name)[key])
        for name, of in drawn.items()
        for key, figure in of.items()
    }
    for section in more:
        for key, (figure, text) in section.figures.items():
            figures[f"{section.name}-{key}"] = _shown(figure, Caption(f"{section.name}-{key}", text, text))
    whole: str = page.get_template("diagnostics.html").render(
        found=found, words=words, figures=figures, moves=tuple(MOVES), more=more, cell=_cell, command=command,
        version=simulator.__version__, seeds=sorted({each.fit.seed for each in found.values()}),
    )  # fmt: skip
    return whole


def _shown(figure: Figure, caption: Caption) -> Shown:
    return Shown(caption, inline(svg(figure), caption))


def _cell(value: object) -> str:
    """Return a value of a table made elsewhere, as a reader wants it."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return name_in_words(str(value)) if str(value).replace("_", "").isalpha() else str(value)
