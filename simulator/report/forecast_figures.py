"""The figures of a forecast: a fan for each measure that begins at the actual, and how the investor ends."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from simulator.progress import CASELOAD, PAYMENTS
from simulator.report.captions import Caption
from simulator.report.distributions import bins
from simulator.report.forecast_words import (
    HIGH,
    LOW,
    answer,
    at_date,
    shown_measures,
    target_of,
    to_date,
)
from simulator.report.style import (
    BLUE,
    BLUE_MID,
    BLUE_PALE,
    GREY,
    INK,
    ORANGE,
    RED,
    RED_MID,
    date_scale,
    end_labels,
    fan,
    looks,
    new_figure,
    number,
    places,
    pounds_scale,
)
from simulator.studies.reforecast import Reforecast
from simulator.studies.sample import MULTIPLE
from simulator.studies.spread import MEDIAN
from simulator.words import short_pounds

_ROW = 2.75
"""Height of a row of panels, in inches."""


def forecast_figures(made: Reforecast) -> dict[str, Figure]:
    """Return the figures of a forecast by name."""
    with looks():
        return {"forecast": fans(made), "ends": multiple(made)}


def fans(made: Reforecast) -> Figure:
    """Return a panel for each measure: the actual to date, then the median, the middle half and nine in ten."""
    names = [*shown_measures(made.scenario.deal)]
    names += [CASELOAD] if len(names) % 2 else []
    rows = len(names) // 2
    figure = new_figure(0.5 + _ROW * rows)
    panels = figure.subplots(rows, 2, squeeze=False)
    start = at_date(made)
    for name, axes in zip(names, panels.flat, strict=True):
        _panel(axes, made, name, start[name].quantiles)
    _key(figure)
    return figure


def _key(figure: Figure) -> None:
    """Say above all panels what their lines and bands are."""
    handles: list[Artist] = [
        Line2D([], [], color=INK, marker="D", markersize=4.2, label="reported"),
        Line2D([], [], color=BLUE, marker="o", markersize=3.2, label="median"),
        Patch(color=BLUE_MID, label="middle half"),
        Patch(color=BLUE_PALE, label="nine in ten (5th to 95th percentile)"),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, fontsize=9)


def _panel(axes: Axes, made: Reforecast, name: str, at_the_date: np.ndarray) -> None:
    deal, bands = made.scenario.deal, np.column_stack([at_the_date, made.measures[name].quantiles])
    days = [made.as_of, *made.days]
    fan(axes, places(days), bands)
    _so_far(axes, made, name)
    target = target_of(deal, name)
    top = max(float(bands.max()), target or 0.0, 1.0)
    axes.set_ylim(0, 1.12 * top)
    axes.axvline(number(made.as_of), color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
    if name == PAYMENTS:
        pounds_scale(axes)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    date_scale(axes, deal.term.service_start, days[-1])
    axes.set_xticks(axes.get_xticks()[::2], labels=[each.get_text() for each in axes.get_xticklabels()][::2])
    axes.set_title(made.catalogue[name].label)
    last = [float(level) for level in bands[:, -1]]
    labels = [(last[LOW], _short(made, name, last[LOW]), GREY), (last[MEDIAN], _short(made, name, last[MEDIAN]), BLUE)]
    end_labels(axes, [*labels, (last[HIGH], _short(made, name, last[HIGH]), GREY)])
    if target is not None:
        axes.axhline(target, color=ORANGE, linewidth=1.2, linestyle=(0, (4, 3)))
        word = "cap" if name == PAYMENTS else "target"
        axes.annotate(
            f"{word} {_short(made, name, target)}",
            (0.015, target),
            (0, -11 if target > 0.5 * top else 4),
            axes.get_yaxis_transform(),
            "offset points",
            color=ORANGE,
            fontsize=9,
        )


def _short(made: Reforecast, name: str, value: float) -> str:
    return short_pounds(value) if name == PAYMENTS else made.catalogue[name].unit.say(value)


def _so_far(axes: Axes, made: Reforecast, name: str) -> None:
    """Draw what is reported, from nothing on the first day on; of the caseload, as points."""
    series = made.actuals.series.get(name)
    if series is None:
        return
    days = places(series.days)
    totals = np.array(series.totals) / (100 if name == PAYMENTS else 1)
    if name != CASELOAD:
        first = number(max(series.start, made.scenario.deal.term.service_start))
        days, totals = np.concatenate([[first], days]), np.concatenate([[0.0], totals])
    axes.plot(days, totals, color=INK, linewidth=1.6 if name != CASELOAD else 0)
    axes.plot(
        days[-len(series.days) :],
        totals[-len(series.days) :],
        color=INK,
        linewidth=0,
        marker="D",
        markersize=4.2,
        zorder=5,
    )


def multiple(made: Reforecast) -> Figure:
    """Return the distribution of the money multiple, and how likely it is that the cap has bound by each quarter."""
    figure = new_figure(3.4)
    left, right = figure.subplots(1, 2)
    _multiples(left, made)
    _binding(right, made)
    return figure


def _multiples(axes: Axes, made: Reforecast) -> None:
    axes.set_title("What the investor gets back for each £1")
    values = made.sample.ends[MULTIPLE]
    known = ~np.isnan(values)
    if not known.any() or float(made.weights[known].sum()) <= 0:
        axes.set_axis_off()
        axes.text(0.02, 0.5, "No capital is drawn, so there is no multiple.", transform=axes.transAxes)
        return
    edges = bins(float(values[known].max()))
    shares = np.histogram(values[known], edges, weights=made.weights[known])[0]
    colours = np.where(edges[:-1] < 1 - 1e-9, RED_MID, BLUE_MID)
    axes.bar(edges[:-1], shares, np.diff(edges), align="edge", color=colours, edgecolor="white")
    axes.axvline(1, color=RED, linewidth=1.0)
    axes.set_xlim(0, max(1.1, float(edges[-1])))
    axes.set_ylim(0, 1.1 * float(shares.max()))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    axes.set_ylabel("share of weight")
    axes.set_xlabel("money multiple (1.00 = money back)")


def _binding(axes: Axes, made: Reforecast) -> None:
    axes.set_title("Cases in which the cap is reached")
    days = [made.as_of, *made.days]
    reached = np.concatenate([[0.0], np.cumsum(made.cap_binds)])
    axes.step(places(days), reached, where="post", color=BLUE, linewidth=1.8)
    axes.set_ylim(-0.02, 1.05)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    date_scale(axes, made.scenario.deal.term.service_start, days[-1])
    axes.set_xticks(axes.get_xticks()[::2], labels=[each.get_text() for each in axes.get_xticklabels()][::2])
    end_labels(axes, [(float(reached[-1]), f"{reached[-1]:.0%}", BLUE)])
    axes.set_xlabel("by claim quarter")


def forecast_captions(made: Reforecast) -> list[Caption]:
    """Return what stands under the figures of a forecast, and what is read out in their place."""
    paid = to_date(made, PAYMENTS)
    so_far = "" if paid is None else f" {short_pounds(paid)} had been paid by the as-of date."
    reached = float(made.cap_binds.sum())
    return [
        Caption("forecast", _FORECAST, f"Fan charts by measure. {' '.join(answer(made)[:2])}{so_far}"),
        Caption("ends", _ENDS, f"{answer(made)[3]} The cap is reached in {reached:.0%} of cases."),
    ]


_FORECAST = (
    "Black: what is reported, with a point on each day for which it is. Blue: the forecast at the end of "
    "each calendar quarter; the "
    "line with points is the median, the dark band holds the middle half of the weighted replications, "
    "the light band nine in ten. "
    "The numbers on the right are the 5th percentile, the median and the 95th percentile at the end. The "
    "dotted line stands at the "
    "as-of date. Outcomes are those achieved and evidenced, by the day achieved; payments are by claim "
    "quarter, before the delays of "
    "confirmation and payment."
)
_ENDS = (
    "Left: the money multiple is all that the investor is paid, divided by all that it pays in; below "
    "1.00, where the bars are red, it "
    "makes a loss. Right: how likely it is that payments have reached the total cap by the end of each claim quarter."
)
