"""Draws the layers of a chart, each onto its panel."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from numpy.typing import NDArray

from simulator.charts import (
    Band,
    Bars,
    Contours,
    Dash,
    Ends,
    Fan,
    Layer,
    Line,
    Look,
    Marker,
    Numbers,
    Rule,
    Shades,
    Stretch,
    Words,
)
from simulator.report.style import (
    BLUE,
    BLUE_MID,
    BLUE_PALE,
    FAINT,
    GREEN,
    GREEN_MID,
    GREY,
    INK,
    ORANGE,
    ORANGE_MID,
    ORANGE_PALE,
    RED,
    RED_MID,
    WHITE,
    end_labels,
    scale,
)

Floats = NDArray[np.float64]
_COLOURS: dict[Look, tuple[str, str]] = {
    "first": (BLUE, BLUE_MID), "second": (ORANGE, ORANGE_MID), "third": (GREEN, GREEN_MID), "fourth": (RED, RED_MID),
    "fifth": (BLUE_MID, BLUE), "sixth": (ORANGE_MID, ORANGE), "seventh": (GREEN_MID, GREEN), "eighth": (RED_MID, RED),
    "risk": (RED, RED_MID), "quiet": (GREY, FAINT), "ink": (INK, GREY), "blank": (WHITE, WHITE),
}  # fmt: skip
"""Each look's colour, and its pale one."""
_PALE: dict[Look, str] = {"first": BLUE_PALE, "second": ORANGE_PALE}
"""Of the wider band of a fan."""
_DASHES: dict[Dash, Any] = {
    "solid": "solid", "dashed": (0, (4, 3)), "dotted": (0, (1, 2)), "mixed": (0, (6, 2, 1, 2)), "none": "none",
}  # fmt: skip
_MARKERS: dict[Marker, str] = {"none": "", "circle": "o", "square": "s", "triangle": "^", "diamond": "D"}
_APART = LinearSegmentedColormap.from_list("apart", [ORANGE, WHITE, BLUE])
"""Colours of values on both sides of one that is left white."""
_NARROW = 1e-9
"""Least distance between levels that are filled."""
_ACROSS: dict[str, Any] = {"left": "left", "centre": "center", "right": "right"}
_UP: dict[str, Any] = {"below": "top", "middle": "center", "above": "bottom"}


def _line(axes: Axes, layer: Line) -> None:
    if layer.pale:
        axes.plot(
            _array(layer.x), _array(layer.y), color=_COLOURS[layer.look][1], linestyle=_DASHES[layer.dash],
            linewidth=layer.width, label=layer.label or None, zorder=1,
        )  # fmt: skip
        return
    colour = _COLOURS[layer.look][0]
    x, y = _array(layer.x), _array(layer.y)
    if layer.steps:
        axes.stairs(y, x, baseline=None, color=colour, linewidth=layer.width, label=layer.label or None)
        return
    if layer.low:
        axes.fill_between(x, _array(layer.low), _array(layer.high), color=colour, alpha=0.18, linewidth=0)
    axes.plot(
        x, y, color=colour, linestyle=_DASHES[layer.dash], linewidth=layer.width, marker=_MARKERS[layer.marker],
        markersize=layer.size, label=layer.label or None, zorder=3, markerfacecolor="none" if layer.hollow else colour,
        markeredgecolor=colour if layer.hollow else WHITE, markeredgewidth=1.5 if layer.hollow else 0.5,
    )  # fmt: skip
    if layer.errors:
        errors = np.nan_to_num(_array(layer.errors))
        along_x, along_y = (errors, None) if layer.sideways else (None, errors)
        axes.errorbar(x, y, along_y, along_x, fmt="none", ecolor=colour, elinewidth=1.3, zorder=2.5)


def _bars(axes: Axes, layer: Bars) -> None:
    colour, pale = _COLOURS[layer.look]
    base = _array(layer.base) if layer.base else np.zeros(len(layer.at))
    at, size = _array(layer.at), np.nan_to_num(_array(layer.size))
    edge = GREY if layer.look == "blank" else WHITE if layer.hatch or not layer.pale else colour
    fill, label = pale if layer.pale else colour, layer.label or None
    if layer.sideways:
        bars = axes.barh(
            at, size, left=base, height=layer.thick, color=fill, edgecolor=edge, linewidth=0.8, label=label
        )
    else:
        bars = axes.bar(
            at, size, bottom=base, width=layer.thick, color=fill, edgecolor=edge, linewidth=0.8, label=label
        )
    for bar in bars:
        bar.set_hatch(layer.hatch or None)
    if layer.errors:
        _errors_of_bars(axes, layer, at, base + size)


def _errors_of_bars(axes: Axes, layer: Bars, at: Floats, ends: Floats) -> None:
    errors = np.nan_to_num(_array(layer.errors))
    for line, width in ((WHITE, 4.0), (INK, 1.6)):
        if layer.sideways:
            axes.errorbar(ends, at, xerr=errors, fmt="none", ecolor=line, elinewidth=width, capsize=4)
        else:
            axes.errorbar(at, ends, yerr=errors, fmt="none", ecolor=line, elinewidth=width, capsize=4)


def _rule(axes: Axes, layer: Rule) -> None:
    draw_line = axes.axvline if layer.axis == "x" else axes.axhline
    draw_line(
        layer.at, color=_COLOURS[layer.look][0], linewidth=layer.width, linestyle=_DASHES[layer.dash], label=layer.label or None,
    )  # fmt: skip


def _stretch(axes: Axes, layer: Stretch) -> None:
    shade = axes.axvspan if layer.axis == "x" else axes.axhspan
    shade(layer.low, layer.high, color=_COLOURS[layer.look][1], alpha=0.35, linewidth=0, label=layer.label or None)


def _band(axes: Axes, layer: Band) -> None:
    x, low, high = _array(layer.x), _array(layer.low), _array(layer.high)
    colour, label = _COLOURS[layer.look][1], layer.label or None
    axes.fill_between(x, low, high, color=colour, alpha=0.35, linewidth=0, label=label)


def _fan(axes: Axes, layer: Fan) -> None:
    (dark, mid), pale = _COLOURS[layer.look], _PALE.get(layer.look, FAINT)
    x, levels = _array(layer.x), np.array([_array(level) for level in layer.levels])
    bands = [(levels[0], levels[4], pale), *([(levels[1], levels[3], mid)] if layer.inner else [])]
    for low, high, colour in bands:
        if layer.steps:
            axes.stairs(high, x, baseline=low, fill=True, color=colour)
        else:
            axes.fill_between(x, low, high, color=colour, linewidth=0)
    if layer.steps:
        axes.stairs(levels[2], x, baseline=None, color=dark, linewidth=1.8)
    else:
        axes.plot(x, levels[2], color=dark, linewidth=1.8, marker="o", markersize=3.2)
    if layer.label:
        *_, wide, narrow = axes.collections
        wide.set_label("nine in ten (5th to 95th percentile)")
        narrow.set_label("middle half")
        axes.lines[-1].set_label(layer.label)


def _shades(axes: Axes, layer: Shades) -> None:
    values = np.nan_to_num(np.array([_array(row) for row in layer.values]))
    colours = LinearSegmentedColormap.from_list("change", [BLUE, WHITE, ORANGE])
    axes.imshow(values, cmap=colours, vmin=-1.4, vmax=1.4, aspect="auto")
    for row, texts in enumerate(layer.texts):
        for column, text in enumerate(texts):
            axes.text(column, row, text, ha="center", va="center", fontsize=8)
    axes.set_yticks(np.arange(len(layer.texts) - 1) + 0.5, minor=True)
    axes.grid(which="minor", axis="y", color=FAINT)
    axes.tick_params(which="minor", length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _contours(axes: Axes, layer: Contours) -> None:
    x, y, z = _array(layer.x), _array(layer.y), np.array([_array(row) for row in layer.values])
    shades = LinearSegmentedColormap.from_list("level", [RED_MID, WHITE, BLUE_MID])
    if layer.centre is None:
        filled = axes.contourf(x, y, z, levels=12, cmap=shades)
    else:
        least, most = float(np.nanmin(z)), float(np.nanmax(z))
        norm = TwoSlopeNorm(layer.centre, min(least, layer.centre) - _NARROW, max(most, layer.centre) + _NARROW)
        levels = np.linspace(least - _NARROW, most + _NARROW, 21)
        filled = axes.contourf(x, y, z, levels=levels, cmap=_APART, norm=norm)
    if layer.lines:
        lines = axes.contour(x, y, z, levels=sorted(_array(layer.lines)), colors=INK, linewidths=1.2)
        axes.clabel(lines, fmt=layer.unit.say, fontsize=8.5)
    bar = axes.figure.colorbar(filled, ax=axes, label=layer.label)
    scale(bar.ax, "y", layer.unit)


def _words(axes: Axes, layer: Words) -> None:
    shares = (layer.across_is == "share", layer.up_is == "share")
    at: Any = {
        (False, False): axes.transData, (True, False): axes.get_yaxis_transform(), (False, True): axes.get_xaxis_transform(),
        (True, True): axes.transAxes,
    }[shares]  # fmt: skip
    axes.annotate(
        layer.text, (layer.x, layer.y), layer.apart, at, "offset points", ha=_ACROSS[layer.across], va=_UP[layer.up],
        fontsize=9 if any(shares) else 8.5, color=_COLOURS[layer.look][0], fontweight="bold" if layer.bold else "normal",
        annotation_clip=False, zorder=2.9 if layer.covers else 3.0,
        bbox={"facecolor": WHITE, "edgecolor": "none", "pad": 0.5} if layer.covers else None,
    )  # fmt: skip


def end_texts(axes: Axes, layer: Ends) -> None:
    """Write texts to the right of a panel, whose ends are known."""
    texts = zip(layer.heights, layer.texts, layer.looks, strict=True)
    end_labels(axes, [(height or 0.0, text, _COLOURS[look][0]) for height, text, look in texts])


DRAWERS: dict[type[Layer], Callable[[Axes, Any], None]] = {
    Line: _line, Bars: _bars, Rule: _rule, Stretch: _stretch, Band: _band, Fan: _fan, Shades: _shades,
    Contours: _contours, Words: _words,
}  # fmt: skip
"""What draws each kind of layer; `Ends` are drawn when all else is."""


def _array(values: Numbers) -> Floats:
    """Return numbers as an array, shape (n,); NaN where there is none."""
    return np.array([np.nan if each is None else each for each in values], dtype=np.float64)
