"""The charts of the cases of a deal: what is predicted with the cases marked on it, in all and by contract year."""

from collections.abc import Iterator

import numpy as np

from simulator.charts import Axis, Bars, Chart, Dash, Fan, Layer, Line, Look, Marker, Panel, Rule, numbers, wrapped
from simulator.estimates import LEVELS
from simulator.report.case_columns import measures
from simulator.studies.deal_cases import Case, DealCases
from simulator.studies.plan import REFERRAL
from simulator.words import PERCENT, name_in_words

_MARKS: dict[str, tuple[Look, Dash, Marker]] = {
    "low": ("second", "dashed", "square"),
    "medium": ("first", "solid", "circle"),
    "high": ("third", "mixed", "triangle"),
    "published": ("fourth", "dotted", "diamond"),
}
"""Look, line and marker of each case."""
_BINS = 30


def charts(found: DealCases) -> tuple[Chart, ...]:
    """Return the charts: the whole term, and by contract year."""
    return _whole_term(found), _by_year(found)


def _whole_term(found: DealCases) -> Chart:
    """Return the chart of what is predicted for the whole term."""
    rows = -(-len(found.measures) // 2)
    return Chart(
        "cases", tuple(_distribution(found, measure) for measure in found.measures),
        "What is predicted for the whole term: share of replications by number, or by pounds. Lines: the cases; published is "
        "what the deal prints, of payments the most that its caps allow.",
        "Histograms of each outcome and of payments with the low, medium, high and published case as lines.",
        height=0.9 + 2.5 * rows, rows=rows, key="above", key_columns=4,
    )  # fmt: skip


def _known(found: DealCases) -> list[Case]:
    return [case for case in found.cases if case.levels is not None]


def _distribution(found: DealCases, measure: str) -> Panel:
    """Return a measure's distribution over replications, with a line for each case."""
    values, marks = found.predicted[measure][:, -1], [case.ends()[measure] for case in _known(found)]
    low, high = float(min(values.min(), *marks)), float(max(values.max(), *marks))
    room = 0.03 * (high - low) or 1.0
    ends = (float(values.min()), float(values.max())) if np.ptp(values) > 0 else (low - room, high + room)
    shares, edges = np.histogram(values, _BINS, ends, weights=np.full(values.size, 1 / values.size))
    bars = Bars(numbers((edges[:-1] + edges[1:]) / 2), numbers(shares), thick=float(edges[1] - edges[0]), look="fifth")
    x = Axis(unit=measures(found)[measure].unit, low=low - room, high=high + room)
    return Panel((bars, *_lines(found, measure)), x, Axis("of replications", PERCENT), _title(found, measure))


def _lines(found: DealCases, measure: str) -> Iterator[Rule]:
    for case in _known(found):
        look, dash, _ = _MARKS[case.name]
        yield Rule("x", case.ends()[measure], name_in_words(case.name), look, dash, width=1.8)


def _title(found: DealCases, measure: str) -> str:
    return wrapped(measures(found)[measure].label, 34)


def _by_year(found: DealCases) -> Chart:
    """Return the chart of what is predicted by contract year."""
    shown = [measure for measure in found.measures if measure != REFERRAL]
    rows = -(-len(shown) // 2)
    return Chart(
        "cases_by_year", tuple(_years(found, measure) for measure in shown),
        "What is predicted by the end of each contract year, cumulative; the last point is all there is, of payments with the "
        "invoices of the claims tail. Bands: where replications lie. Markers: the cases; what the deal prints is for the whole "
        "term.",
        "Cumulative outcomes and payments by contract year with the cases marked.",
        height=0.9 + 2.7 * rows, rows=rows, key="above", key_columns=3,
    )  # fmt: skip


def _years(found: DealCases, measure: str) -> Panel:
    """Return percentiles of a measure by contract year, and the cases on them."""
    years = np.arange(1, len(found.years) + 1, dtype=np.float64)
    bands = np.quantile(found.predicted[measure], LEVELS, axis=0, method="inverted_cdf")
    if years.size == 1:
        years, bands = np.array([0.0, 1.0]), np.column_stack([np.zeros(len(LEVELS)), bands])
    layers: list[Layer] = [Fan(numbers(years), tuple(map(numbers, bands)), "Medium"), *_points(found, measure)]
    last = len(found.years)
    ticks = tuple((float(year), f"year {year}" if year < last else "whole\nterm") for year in range(1, last + 1))
    y = Axis(unit=measures(found)[measure].unit, low=0.0)
    return Panel(tuple(layers), Axis(ticks=ticks), y, _title(found, measure))


def _points(found: DealCases, measure: str) -> Iterator[Line]:
    """Yield the cases by contract year; medium is the line of the percentiles."""
    years = numbers(range(1, len(found.years) + 1))
    for case in _known(found):
        if case.levels is not None and case.name != "medium":
            look, dash, marker = _MARKS[case.name]
            name = name_in_words(case.name)
            yield Line(years, numbers(case.levels[measure]), name, look, dash, marker, size=6.0, width=1.2)
