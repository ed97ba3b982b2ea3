"""How all figures look: palette, type, scales, bands of percentiles. No global state outlives a `with looks():`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from simulator.dates import add_months
from simulator.words import MONEY, PERCENT, RATE, Unit, say_month, tick_pounds

Floats = NDArray[np.float64]
INK, GREY, FAINT, WHITE = "#1f2933", "#6b7680", "#d5dade", "#ffffff"
BLUE, BLUE_MID, BLUE_PALE = "#005b96", "#8ab8da", "#d3e5f2"
ORANGE, ORANGE_MID, ORANGE_PALE = "#b85c00", "#e9b47c", "#f8e3cc"
GREEN, GREEN_MID = "#00755e", "#8fcdbb"
RED, RED_MID = "#a8321e", "#e3a297"
WIDTH = 9.0
"""Inches."""
KEY_ROOM = 26.0
"""Points between axes and title where a key stands between them."""
_LOOKS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 12.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "outcomes contract",
    "path.simplify": False,
}


def looks() -> AbstractContextManager[None]:
    """Return the context in which figures are made and written; matplotlib's settings are as before after it."""
    settings: dict[Any, Any] = dict(mpl.rcParamsDefault)
    return mpl.rc_context({name: value for name, value in settings.items() if name != "backend"} | _LOOKS)


def new_figure(height: float) -> Figure:
    """Return an empty figure of the usual width, `height` inches high."""
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    return Figure(figsize=(WIDTH, height), layout=layout, facecolor=WHITE)


def pounds_scale(axes: Axes, which: str = "y") -> None:
    """Write an axis in pounds, all marks in one unit."""
    axis, largest = (axes.yaxis, axes.get_ylim()) if which == "y" else (axes.xaxis, axes.get_xlim())
    top = max(abs(edge) for edge in largest)
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_pounds(float(f"{value:.9g}"), top)))


def scale(axes: Axes, which: Literal["x", "y"], unit: Unit) -> None:
    """Write an axis in a unit: pounds all in one size, shares in per cent, anything else in plain numbers.

    Args:
        axes: the panel; its limits have to be final.
        which: which of its two axes.
        unit: unit of the values.
    """
    if unit is MONEY:
        pounds_scale(axes, which)
        return
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    if unit is PERCENT or unit is RATE:
        low, high = axes.get_ylim() if which == "y" else axes.get_xlim()
        axis.set_major_formatter(PercentFormatter(1, decimals=0 if high - low > 0.05 else 1))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{unit.prefix}{value:.6g}"))


def date_scale(axes: Axes, start: date, end: date, most: int = 8) -> None:
    """Write the x axis in months of a term, counted from its first day.

    Args:
        axes: the panel.
        start: first day of the term, at the left edge.
        end: last date shown, at the right edge.
        most: stretches between marks, at most.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((s for s in (3, 6, 12, 24) if months / s <= most), 60)
    days = [add_months(start, step * i) for i in range(months // step + 1)]
    axes.set_xticks([number(day) for day in days], labels=[say_month(day) for day in days])
    axes.set_xlim(number(start), number(end))


def number(day: date) -> float:
    """Return a date's place on an axis."""
    return float(day.toordinal())


def places(days: Sequence[date]) -> Floats:
    """Return dates' places on an axis, shape (dates,)."""
    return np.array([number(day) for day in days])


def band_key(axes: Axes, others: Sequence[Line2D] = ()) -> None:
    """Say above the axes what the two bands are, and other lines that have no room for a label of their own."""
    handles: list[Artist] = [
        Patch(color=BLUE_MID, label="middle half of replications"),
        Patch(color=BLUE_PALE, label="nine in ten (5th to 95th percentile)"),
        *others,
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=9,
        borderpad=0.2,
        borderaxespad=0.2,
        handlelength=1.6,
        columnspacing=1.6,
    )


def end_labels(axes: Axes, labels: Sequence[tuple[float, str, str]]) -> None:
    """Write labels of (height, text, colour) to the right of the axes, moved apart where they would touch."""
    low, high = axes.get_ylim()
    gap = (high - low) * 0.062 * max(1.0, 4.2 / _height(axes))
    ranked = sorted(labels, key=lambda label: label[0])
    heights = [height for height, _, _ in ranked]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    over = max(0.0, heights[-1] - high)
    for i in reversed(range(len(heights))):
        ceiling = heights[i + 1] - gap if i + 1 < len(heights) else high
        heights[i] = min(heights[i], ceiling) if over else heights[i]
    right = axes.get_xlim()[1]
    for height, (_, text, colour) in zip(heights, ranked, strict=True):
        axes.annotate(text, (right, height), (6, 0), textcoords="offset points", va="center", color=colour, fontsize=9)


def _height(axes: Axes) -> float:
    """Return an axes' share of its figure's height, in inches."""
    figure = axes.get_figure(root=True)
    rows = axes.get_subplotspec()
    return 4.2 if figure is None or rows is None else figure.get_size_inches()[1] / rows.get_geometry()[0]
