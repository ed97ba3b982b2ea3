"""Draws charts: the one place that turns their data into matplotlib's figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from simulator.charts import (
    Axis,
    Chart,
    Ends,
    Panel,
)
from simulator.report.layers import DRAWERS, end_texts
from simulator.report.style import (
    KEY_ROOM,
    band_key,
    date_scale,
    looks,
    new_figure,
    scale,
)
from simulator.words import MINUS, MONEY


def draw(chart: Chart) -> Figure:
    """Return the figure of a chart."""
    with looks():
        figure = new_figure(chart.height)
        columns = -(-len(chart.panels) // chart.rows)
        widths = [panel.wide for panel in chart.panels[:columns]]
        heights = [panel.tall for panel in chart.panels[::columns]]
        grid = figure.subplots(
            chart.rows, columns, sharey=chart.share_y, sharex=chart.share_x, squeeze=False, width_ratios=widths,
            height_ratios=heights,
        )  # fmt: skip
        drawn = list(grid.flat)
        for axes, panel in zip(drawn, chart.panels, strict=False):
            _layers(axes, panel)
        for axes, panel in zip(drawn, chart.panels, strict=False):
            _panel(axes, panel)
        for axes in drawn[len(chart.panels) :]:
            axes.set_visible(False)
        if chart.title:
            figure.suptitle(chart.title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
        if chart.key != "none":
            _key_of_all(figure, drawn, chart)
    return figure


def _key_of_all(figure: Figure, drawn: Sequence[Axes], chart: Chart) -> None:
    """Explain the labels of all panels, each once."""
    found: dict[str, Any] = {}
    for axes in drawn:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if found:
        place: Literal["outside lower center", "outside upper left"]
        place = "outside lower center" if chart.key == "below" else "outside upper left"
        figure.legend(list(found.values()), list(found), loc=place, ncols=chart.key_columns, frameon=False, fontsize=9)


def _layers(axes: Axes, panel: Panel) -> None:
    """Draw all that is in a panel; of panels that share an axis, the ends are known when all are drawn."""
    if panel.x.log:
        axes.set_xscale("log")
    if panel.y.log:
        axes.set_yscale("log")
    for layer in panel.layers:
        if not isinstance(layer, Ends):
            DRAWERS[type(layer)](axes, layer)


def _panel(axes: Axes, panel: Panel) -> None:
    _ends(axes, panel)
    _axis(axes, "x", panel.x)
    _axis(axes, "y", panel.y)
    for layer in panel.layers:
        if isinstance(layer, Ends):
            end_texts(axes, layer)
    if panel.title:
        room = KEY_ROOM if panel.key == "bands" else panel.room
        longest = max(map(len, panel.title.split("\n")))
        size = 11.5 if room is not None else 10.5 if longest < 60 else 9.5
        axes.set_title(panel.title, fontsize=size, pad=room)
    if panel.x.blank and panel.y.blank:
        axes.set_axis_off()
    if panel.key == "below":
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=9, handlelength=1.6
        )
    elif panel.key == "above":
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False, fontsize=9, handlelength=1.6)
    elif panel.key == "bands":
        band_key(axes, [line for line in axes.lines if not str(line.get_label()).startswith("_")])
    elif panel.key == "inside":
        axes.legend(loc="best", frameon=False, fontsize=9, handlelength=1.6)


def _ends(axes: Axes, panel: Panel) -> None:
    """Set where the axes end, before their marks are chosen."""
    for which, axis in (("x", panel.x), ("y", panel.y)):
        get, put = (axes.get_xlim, axes.set_xlim) if which == "x" else (axes.get_ylim, axes.set_ylim)
        low, high = sorted(get())
        if axis.from_zero:
            low, high = min(low, 0.0), max(high, 0.0)
        low, high = low if axis.low is None else axis.low, high if axis.high is None else axis.high
        put(*((high, low) if axis.downward else (low, high)))


def _axis(axes: Axes, which: Literal["x", "y"], axis: Axis) -> None:
    own = axes.xaxis if which == "x" else axes.yaxis
    if axis.ticks is not None:
        own.set_ticks([place for place, _ in axis.ticks], labels=[text for _, text in axis.ticks], fontsize=8.5)
        own.set_tick_params(length=0, pad=6 if which == "x" else 4)
        if axis.log:
            own.set_minor_locator(NullLocator())
        for place, mark in enumerate(own.get_ticklabels()):
            mark.set_fontweight("bold" if place in axis.heads else "normal")
    elif axis.dates:
        low, high = sorted(axes.get_xlim())
        date_scale(axes, date.fromordinal(round(low)), date.fromordinal(round(high)), axis.marks or 8)
    elif axis.signed:
        _signed(own, axis)
    elif axis.unit is not None:
        scale(axes, which, axis.unit)
    if axis.marks and axis.ticks is None and not axis.dates:
        own.set_major_locator(MaxNLocator(axis.marks))
    if axis.grid:
        axes.grid(axis=which)
    if axis.bare:
        axes.spines["bottom" if which == "x" else "left"].set_visible(False)
    if axis.on_top:
        axes.xaxis.tick_top()
        own.set_tick_params(length=0, pad=6 if which == "x" else 4)
    own.set_label_text(axis.label)


def _signed(own: Any, axis: Axis) -> None:  # noqa: ANN401 - matplotlib's x or y axis
    """Write an axis of changes: with signs, of shares in points."""
    factor = axis.unit.factor if axis.unit else 1.0
    prefix = axis.unit.prefix if axis.unit else ""
    own.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    if axis.unit is MONEY:
        scale(own.axes, own.axis_name, MONEY)
        return

    def say(value: float, _: int | None) -> str:
        return f"{value * factor:+.3g}".replace("-", MINUS).replace("+", f"+{prefix}") if value else "0"

    own.set_major_formatter(FuncFormatter(say))
