"""The figure of a comparison: one small panel for each measure, a row for each scenario, intervals of replications in each."""

from collections.abc import Sequence
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from simulator.comparison import Comparison
from simulator.estimates import LEVELS, Estimate
from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.report.style import BLUE, BLUE_MID, INK, ORANGE, RED, WHITE, looks, new_figure, pounds_scale
from simulator.studies.quantities import CAP_USE
from simulator.words import MONEY, MULTIPLE, PERCENT, Unit, say, short_pounds

_PANELS = (
    "payments.total_gbp",
    "payments.cap_use",
    "investor.multiple",
    "investor.irr",
    "investor.probability_of_loss",
    "spv.shortfall_gbp",
)
_COLUMNS = 2
_NEAR = 0.06
"""Part of a panel's width from its ends within which a figure is not centred on its point."""
_SURE = 1.96
"""Standard errors each way of a probability's bar."""


def compared(made: Comparison) -> Figure:
    """Return the scenarios side by side: median, middle half and nine in ten of each measure; of a probability, its error."""
    with looks():
        lines = len(_PANELS) // _COLUMNS
        figure = new_figure(0.9 + lines * (0.75 + 0.42 * len(made.runs)))
        axes = figure.subplots(lines, _COLUMNS, sharey=True)
        for panel, key in zip(axes.flat, _PANELS, strict=True):
            _panel(panel, [run.estimates[key] for run in made.runs], named(key))
        names = ["\n".join(wrap(label, 26, max_lines=2, placeholder=" ...")) for label in made.labels]
        for first in axes[:, 0]:
            first.set_yticks(range(len(names)), labels=names)
        axes[0, 0].set_ylim(len(names) - 0.5, -0.5)
        figure.supxlabel(
            f"Point: median; thick bar: middle half; thin bar: nine in ten of {made.replications:,} replications. Of a "
            "probability: mean ± 1.96 errors.\nRed line: the investor just gets its money back. Orange line: the whole of the "
            "cap is paid.",
            fontsize=9,
        )
        return figure


def _panel(axes: Axes, found: Sequence[Estimate], measure: Measure) -> None:
    axes.set_title(measure.label, fontsize=10.5)
    points = [_interval(axes, row, estimate) for row, estimate in enumerate(found)]
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    _scale(axes, measure)
    for row, point in enumerate(points):
        if point is not None:
            _point(axes, row, point, measure.unit)


def _interval(axes: Axes, row: int, found: Estimate) -> float | None:
    """Draw an estimate's spread over replications, or a probability with its own error; return where its point belongs."""
    levels = found.quantiles
    if all(level is None for level in levels):
        if found.mean is None:
            axes.annotate("does not exist", (0.02, row), xycoords=axes.get_yaxis_transform(), va="center", fontsize=8)
            return None
        error = _SURE * (found.se or 0.0)
        ends = [max(0.0, found.mean - error), min(1.0, found.mean + error)]
        axes.plot(ends, [row, row], color=BLUE_MID, linewidth=6, solid_capstyle="butt")
        return found.mean
    known = [level for level in levels if level is not None]
    if len(known) == len(levels):
        axes.plot([known[0], known[4]], [row, row], color=BLUE_MID, linewidth=2.0, solid_capstyle="butt")
        axes.plot([known[1], known[3]], [row, row], color=BLUE_MID, linewidth=7, solid_capstyle="butt")
    return levels[LEVELS.index(0.5)]


def _point(axes: Axes, row: int, value: float, unit: Unit) -> None:
    """Draw a point and its figure above it, which stays within the panel and over its lines."""
    axes.plot([value], [row], color=BLUE, marker="o", markersize=6, markeredgecolor="white", zorder=4)
    low, high = axes.get_xlim()
    place = (value - low) / (high - low)
    side = "left" if place < _NEAR else "right" if place > 1 - _NEAR else "center"
    axes.annotate(
        short_pounds(value) if unit is MONEY else say(unit, value),
        (value, row),
        ({"left": -3, "right": 3, "center": 0}[side], 7),
        textcoords="offset points",
        ha=side,
        fontsize=8,
        color=INK,
        bbox={"facecolor": WHITE, "edgecolor": "none", "pad": 0.5},
        zorder=3,
    )


def _tick(value: float, _: object) -> str:
    """Return a mark of a scale with one decimal, or two where it has two.

    >>> _tick(0.5, None), _tick(0.25, None), _tick(2.0, None)
    ('0.5', '0.25', '2.0')
    """
    return f"{value:.1f}" if round(value, 1) == round(value, 6) else f"{value:.2f}"


def _scale(axes: Axes, measure: Measure) -> None:
    """Write the horizontal axis in the measure's own unit, and mark where loss begins or the cap is."""
    unit = measure.unit
    low, high = axes.get_xlim()
    if unit is MONEY:
        span = high - min(0.0, low)
        axes.set_xlim(min(0.0, low) - 0.02 * span, high + 0.06 * span)
        pounds_scale(axes, "x")
        return
    axes.xaxis.set_major_locator(MaxNLocator(5))
    if unit is MULTIPLE:
        most = max(1.1, 1.05 * high)
        axes.set_xlim(-0.02 * most, most)
        axes.axvline(1, color=RED, linewidth=1.0)
        axes.xaxis.set_major_formatter(FuncFormatter(_tick))
        return
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    if unit is PERCENT:
        axes.set_xlim(-0.02, max(1.0, high) + 0.08)
        if measure == CAP_USE:
            axes.axvline(1, color=ORANGE, linewidth=1.0)
    else:
        axes.axvline(0, color=RED, linewidth=1.0)
