"""The cases of a deal in figures: what is predicted with the cases marked on it, in all and by contract year."""

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from simulator.estimates import LEVELS
from simulator.measures.catalogue import DATES
from simulator.measures.of_deal import measures_of
from simulator.progress import PAYMENTS
from simulator.report.study import Picture
from simulator.report.style import BLUE, BLUE_MID, BLUE_PALE, GREEN, INK, ORANGE, RED, fan, looks, new_figure, scale
from simulator.studies.deal_cases import DealCases
from simulator.studies.plan import REFERRAL
from simulator.words import COUNT, MONEY, name_in_words


class _Mark(NamedTuple):
    colour: str
    line: tuple[float, Sequence[float]] | None
    marker: str


_MARKS = {
    "low": _Mark(ORANGE, (0, (4, 2)), "v"),
    "medium": _Mark(BLUE, None, "o"),
    "high": _Mark(GREEN, (0, (6, 2, 1, 2)), "^"),
    "published": _Mark(RED, (0, (1, 1.2)), "X"),
}
"""Colour, line and marker of each case."""
_BINS = 30


def by_outcome(found: DealCases) -> Picture:
    """Return the figure of what is predicted for the whole term."""
    with looks():
        figure = new_figure(0.9 + 2.5 * -(-len(found.measures) // 2))
        panels = figure.subplots(-(-len(found.measures) // 2), 2, squeeze=False).flatten()
        for axes, measure in zip(panels, found.measures, strict=False):
            _distribution(axes, found, measure)
        for spare in panels[len(found.measures) :]:
            spare.set_visible(False)
        known = [case for case in found.cases if case.levels is not None]
        handles = [_key(case.name) for case in known]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, fontsize=9.5)
    return Picture(
        "cases",
        figure,
        "What is predicted for the whole term: share of replications by number, or by pounds. Lines: the cases; "
        "published is what "
        "the deal prints, of payments the most that its caps allow.",
        "Histograms of each outcome and of payments with the low, medium, high and published case as lines.",
    )


def _key(name: str, with_marker: bool = False) -> Line2D:
    """Return a case's entry in a legend."""
    mark = _MARKS[name]
    marker = mark.marker if with_marker else ""
    return Line2D([], [], color=mark.colour, linestyle=mark.line or "solid", marker=marker, label=name_in_words(name))


def _distribution(axes: Axes, found: DealCases, measure: str) -> None:
    values = found.predicted[measure][:, -1]
    marks = [case.ends()[measure] for case in found.cases if case.levels is not None]
    low, high = min(values.min(), *marks), max(values.max(), *marks)
    room = 0.03 * (high - low) or 1.0
    ends = (values.min(), values.max()) if np.ptp(values) > 0 else (low - room, high + room)
    axes.hist(values, bins=_BINS, range=ends, weights=np.full(values.size, 1 / values.size), color=BLUE_MID)
    for case in found.cases:
        if case.levels is not None:
            colour, line, _ = _MARKS[case.name]
            axes.axvline(case.ends()[measure], color=colour, linestyle=line or "solid", linewidth=1.8)
    axes.set_xlim(low - room, high + room)
    axes.set_title(_title(found, measure))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel("of replications")
    scale(axes, "x", MONEY if measure == PAYMENTS else COUNT)


def _title(found: DealCases, measure: str) -> str:
    return "\n".join(wrap(measures_of(found.scenario.deal, DATES)[measure].label, 34))


def by_year(found: DealCases) -> Picture:
    """Return the figure of what is predicted by contract year."""
    measures = [measure for measure in found.measures if measure != REFERRAL]
    with looks():
        figure = new_figure(0.9 + 2.7 * -(-len(measures) // 2))
        panels = figure.subplots(-(-len(measures) // 2), 2, squeeze=False).flatten()
        for axes, measure in zip(panels, measures, strict=False):
            _years(axes, found, measure)
        for spare in panels[len(measures) :]:
            spare.set_visible(False)
        known = [case for case in found.cases if case.levels is not None and case.name != "medium"]
        handles: list[Patch | Line2D] = [
            Patch(color=BLUE_MID, label="middle half"),
            Patch(color=BLUE_PALE, label="nine in ten"),
            Line2D([], [], color=BLUE, marker="o", markersize=3.2, label="Medium"),
        ]
        handles += [_key(case.name, with_marker=True) for case in known]
        figure.legend(handles=handles, loc="outside upper left", ncols=6, frameon=False, fontsize=9.5)
    return Picture(
        "cases_by_year",
        figure,
        "What is predicted by the end of each contract year, cumulative; the last point is all there is, of payments with the "
        "invoices of the claims tail. Bands: where replications lie. Markers: the cases; what the deal prints is for "
        "the whole term.",
        "Cumulative outcomes and payments by contract year with the cases marked.",
    )


def _years(axes: Axes, found: DealCases, measure: str) -> None:
    """Draw the fan of a measure by contract year, and the cases on it."""
    years = np.arange(1, len(found.years) + 1, dtype=np.float64)
    bands = np.quantile(found.predicted[measure], LEVELS, axis=0, method="inverted_cdf")
    if years.size == 1:
        years, bands = np.array([0.0, 1.0]), np.column_stack([np.zeros(len(LEVELS)), bands])
    fan(axes, years, bands)
    ends = np.arange(1, len(found.years) + 1)
    for case in found.cases:
        if case.levels is not None and case.name != "medium":
            colour, line, marker = _MARKS[case.name]
            axes.plot(
                ends,
                case.levels[measure],
                color=colour,
                linestyle=line or "solid",
                marker=marker,
                markersize=6,
                linewidth=1.2,
            )
    axes.set_xticks(ends, labels=[f"year {year}" if year < ends[-1] else "whole\nterm" for year in ends])
    axes.set_ylim(bottom=0)
    axes.set_title(_title(found, measure), color=INK)
    scale(axes, "y", MONEY if measure == PAYMENTS else COUNT)
