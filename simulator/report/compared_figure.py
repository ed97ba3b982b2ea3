"""The figure of a comparison: one small panel for each measure, a row for each scenario, intervals of replications in each."""

from collections.abc import Sequence
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from simulator.comparison import Comparison
from simulator.estimates import LEVELS, Estimate
from simulator.report.style import BLUE, BLUE_MID, INK, ORANGE, RED, looks, new_figure, pounds_scale
from simulator.words import MONEY, MULTIPLE, PERCENT, RATE, Unit, say, short_pounds

_PANELS: tuple[tuple[str, str, Unit], ...] = (
    ("payments.total_gbp", "Outcome payments", MONEY),
    ("payments.cap_use", "Share of the cap used", PERCENT),
    ("investor.multiple", "Money multiple", MULTIPLE),
    ("investor.irr", "IRR, a year", RATE),
    ("investor.probability_of_loss", "Probability of loss", PERCENT),
    ("spv.shortfall_gbp", "Size of shortfalls", MONEY),
)
_COLUMNS = 2
_SURE = 1.96
"""Standard errors each way of a probability's bar."""


def compared(made: Comparison) -> Figure:
    """Return the scenarios side by side: median, middle half and nine in ten of each measure; of a probability, its error."""
    with looks():
        lines = len(_PANELS) // _COLUMNS
        figure = new_figure(0.9 + lines * (0.75 + 0.42 * len(made.runs)))
        axes = figure.subplots(lines, _COLUMNS, sharey=True)
        for panel, (measure, title, unit) in zip(axes.flat, _PANELS, strict=True):
            _panel(panel, [run.estimates[measure] for run in made.runs], title, unit)
        names = ["\n".join(wrap(label, 26, max_lines=2, placeholder=" ...")) for label in made.labels]
        for first in axes[:, 0]:
            first.set_yticks(range(len(names)), labels=names)
        axes[0, 0].set_ylim(len(names) - 0.5, -0.5)
        figure.supxlabel(
            f"point = median, thick = middle half, thin = nine in ten of {made.replications:,} replications; of a "
            "probability: mean ± 1.96 errors",
            fontsize=9,
        )
        return figure


def _panel(axes: Axes, found: Sequence[Estimate], title: str, unit: Unit) -> None:
    axes.set_title(title, fontsize=10.5)
    for row, estimate in enumerate(found):
        _interval(axes, row, estimate, unit)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    _scale(axes, title, unit)


def _interval(axes: Axes, row: int, found: Estimate, unit: Unit) -> None:
    """Draw an estimate's spread over replications, or a probability with its own error."""
    levels = found.quantiles
    if all(level is None for level in levels):
        if found.mean is None:
            axes.annotate("does not exist", (0.02, row), xycoords=axes.get_yaxis_transform(), va="center", fontsize=8)
            return
        error = _SURE * (found.se or 0.0)
        axes.plot([max(0.0, found.mean - error), min(1.0, found.mean + error)], [row, row], color=BLUE_MID, linewidth=6)
        _point(axes, row, found.mean, unit)
        return
    known = [level for level in levels if level is not None]
    if len(known) == len(levels):
        axes.plot([known[0], known[4]], [row, row], color=BLUE_MID, linewidth=2.0, solid_capstyle="butt")
        axes.plot([known[1], known[3]], [row, row], color=BLUE_MID, linewidth=7, solid_capstyle="butt")
    middle = levels[LEVELS.index(0.5)]
    if middle is not None:
        _point(axes, row, middle, unit)


def _point(axes: Axes, row: int, value: float, unit: Unit) -> None:
    axes.plot([value], [row], color=BLUE, marker="o", markersize=6, markeredgecolor="white")
    text = short_pounds(value) if unit is MONEY else say(unit, value)
    axes.annotate(text, (value, row), (0, 7), textcoords="offset points", ha="center", fontsize=8, color=INK)


def _scale(axes: Axes, title: str, unit: Unit) -> None:
    """Write the horizontal axis in the measure's own unit, and mark where loss begins or the cap is."""
    low, high = axes.get_xlim()
    if unit is MONEY:
        axes.set_xlim(min(0.0, low), high + 0.06 * (high - min(0.0, low)))
        pounds_scale(axes, "x")
        return
    axes.xaxis.set_major_locator(MaxNLocator(5))
    if unit is MULTIPLE:
        axes.set_xlim(0.0, max(1.1, 1.05 * high))
        axes.axvline(1, color=RED, linewidth=1.0)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.1f}"))
        return
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    if unit is PERCENT:
        axes.set_xlim(0.0, max(1.0, high) + 0.08)
        axes.axvline(1, color=ORANGE, linewidth=1.0) if "cap" in title else None
    else:
        axes.axvline(0, color=RED, linewidth=1.0)
