"""A quantity drawn over levers: scales, colours, and the line of a level."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from simulator.report.style import BLUE, INK, ORANGE, WHITE, scale
from simulator.studies.lever import Lever
from simulator.studies.maps import Grid
from simulator.words import MONEY, Unit, capital, say, short_pounds

Floats = NDArray[np.float64]
_COLOURS = LinearSegmentedColormap.from_list("levels", [ORANGE, WHITE, BLUE])


def surface(axes: Axes, drawn: Grid, figures: Floats, level: float, unit: Unit) -> bool:
    """Draw a quantity over two levers, blue above the level and orange below it; return whether the level is met anywhere.

    Args:
        axes: where.
        drawn: the levers and their values: the first upwards, the second to the right.
        figures: the quantity, shape (values of the first, values of the second); NaN where it has no figure.
        level: the level.
        unit: the quantity's.
    """
    one, other = drawn.levers
    rows, columns = (np.array(values) for values in drawn.values)
    if np.isnan(figures).all():
        axes.annotate("no figure", (0.5, 0.5), xycoords="axes fraction", ha="center", fontsize=9)
        return False
    least, most = float(np.nanmin(figures)), float(np.nanmax(figures))
    met = least < level < most
    ends = (least, most) if met else (least - 1e-9, most + 1e-9)
    filled = axes.contourf(
        columns,
        rows,
        figures,
        levels=np.linspace(*ends, 21),
        cmap=_COLOURS,
        norm=TwoSlopeNorm(vcenter=level, vmin=min(ends[0], level - 1e-9), vmax=max(ends[1], level + 1e-9)),
    )
    if met:
        axes.contour(columns, rows, figures, levels=[level], colors=[INK], linewidths=1.8)
    across, up = np.meshgrid(columns, rows)
    axes.plot(across.ravel(), up.ravel(), color=INK, marker=".", markersize=2.5, linestyle="none", alpha=0.5)
    axes.set_xlabel(capital(other.title))
    axes.set_ylabel(capital(one.title))
    lever_scale(axes, other, columns[0], columns[-1], "x")
    lever_scale(axes, one, rows[0], rows[-1], "y")
    figure = axes.get_figure(root=True)
    if figure is not None:
        form = FuncFormatter(lambda value, _: short_pounds(value) if unit is MONEY else say(unit, value))
        figure.colorbar(filled, ax=axes, format=form, shrink=0.9, ticks=MaxNLocator(6))
    return met


def lever_scale(axes: Axes, lever: Lever, low: float, high: float, which: Literal["x", "y"] = "x") -> None:
    """Write an axis in a lever's unit; over a wide range equal factors are equally far apart.

    Args:
        axes: the panel.
        lever: the lever whose values the axis shows.
        low: lowest value shown, in the lever's unit.
        high: highest value shown.
        which: which of the two axes.
    """
    if lever.whole or lever.base <= 0 or low <= 0 or high / low <= 3:
        scale(axes, which, lever.unit)
        return
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    around = (1 / 3, 1, 3) if high / low > 5 else (1 / 2, 1, 2)
    marks = [lever.base * mark for mark in around if 0.99 * low <= lever.base * mark <= 1.01 * high]
    axis.set_major_locator(FixedLocator(marks))
    axis.set_minor_locator(NullLocator())
    money = lever.unit is MONEY
    axis.set_major_formatter(FuncFormatter(lambda v, _: short_pounds(v) if money else f"{lever.unit.prefix}{v:.2g}"))
