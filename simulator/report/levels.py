"""A quantity drawn over two levers: colours, and the line of a level."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from simulator.report.style import BLUE, INK, ORANGE, WHITE, scale
from simulator.studies.maps import Grid
from simulator.words import MONEY, Unit, say, short_pounds

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
    reach = float(np.nanmax(np.abs(figures - level))) or 1.0
    filled = axes.contourf(
        columns, rows, figures, levels=np.linspace(level - reach, level + reach, 21), cmap=_COLOURS, extend="both"
    )
    met = bool(np.nanmin(figures) < level < np.nanmax(figures))
    if met:
        axes.contour(columns, rows, figures, levels=[level], colors=[INK], linewidths=1.8)
    across, up = np.meshgrid(columns, rows)
    axes.plot(across.ravel(), up.ravel(), color=INK, marker=".", markersize=2.5, linestyle="none", alpha=0.5)
    axes.set_xlabel(other.title[:1].upper() + other.title[1:])
    axes.set_ylabel(one.title[:1].upper() + one.title[1:])
    scale(axes, "x", other.unit)
    scale(axes, "y", one.unit)
    figure = axes.get_figure(root=True)
    if figure is not None:
        form = FuncFormatter(lambda value, _: short_pounds(value) if unit is MONEY else say(unit, value))
        figure.colorbar(filled, ax=axes, format=form, shrink=0.9)
    return met
