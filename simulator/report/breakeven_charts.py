"""The charts of break-even: the quantity against each lever, over two levers, and what lies behind the worst replications."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Chart, Contours, Layer, Line, Panel, Rule, Words, numbers, wrapped
from simulator.report.breakeven_words import asked_for, level
from simulator.report.lever_axis import lever_axis
from simulator.report.tail import tail_chart
from simulator.studies.breakeven import BreakEven
from simulator.studies.lever import Lever
from simulator.studies.maps import Grid
from simulator.studies.solving import Point, Root
from simulator.words import a_number, capital

Floats = NDArray[np.float64]
_ACROSS = 3
"""Panels side by side."""


def charts(found: BreakEven) -> tuple[Chart, ...]:
    """Return the charts; a map only where one was asked for."""
    return (_curves(found), *([] if found.map is None else [_map(found, found.map)]), tail_chart(found.tail))


def _curves(found: BreakEven) -> Chart:
    lines = -(-len(found.roots) // _ACROSS)
    return Chart(
        "breakeven", tuple(_curve(root, found) for root in found.roots),
        f"The {asked_for(found)} as each lever is turned alone. Points: values simulated. Red line: the level sought. Grey "
        "line: where the lever stands. Orange line: break-even.",
        f"The {asked_for(found)} against {a_number(len(found.roots), 'lever')}.",
        height=1.0 + 2.4 * lines, rows=lines, share_y=True, key="below", key_columns=4,
    )  # fmt: skip


def _curve(root: Root, found: BreakEven) -> Panel:
    """Return the response to a lever with the level, where the lever stands and where it breaks even."""
    seen = [point for point in root.points if point.figure is not None]
    x = lever_axis(root.lever, seen[0].value, seen[-1].value) if seen else Axis(unit=root.lever.unit)
    layers = tuple(_layers(root, found, seen))
    return Panel(layers, x, Axis(unit=found.quantity.unit), wrapped(capital(root.lever.title), 30))


def _layers(root: Root, found: BreakEven, seen: list[Point]) -> Iterator[Layer]:
    if seen:
        values, figures = numbers(point.value for point in seen), numbers(point.figure for point in seen)
        yield Line(values, figures, "simulated", marker="circle", size=3.5)
    else:
        yield Words(root.lever.base, found.level, "no figure")
    yield Rule("y", found.level, "level sought", "risk")
    yield Rule("x", root.lever.base, "as it stands", dash="dashed")
    if root.value is not None:
        yield Rule("x", root.value, "break-even", "second")


def _map(found: BreakEven, drawn: Grid) -> Chart:
    """Return the chart of a quantity over two levers, with the line on which the level is met."""
    one, other = drawn.levers
    figures = np.array([[found.quantity.of(cell)[0] for cell in row] for row in drawn.returns], dtype=np.float64)
    known = figures[np.isfinite(figures)]
    met = bool(known.size and known.min() < found.level < known.max())
    line = "" if met else f" It is {level(found)} nowhere on this map."
    where = f"the line is where it is {level(found)}" if met else f"nowhere {level(found)}"
    x, y = (lever_axis(each, values[0], values[-1], capital(each.title)) for each, values in _axes(drawn))
    title = f"{capital(asked_for(found))}: {where}"
    return Chart(
        "map", (Panel(tuple(_surface(found, drawn, figures, met)), x, y, title),),
        f"The {asked_for(found)} as {one.title} and {other.title} are turned together. Diamond: where both stand. Black line: "
        f"where it is {level(found)}.{line} Dots: the values that were simulated; between them colours are interpolated.",
        f"Map of the {asked_for(found)} over {one.title} and {other.title}.", height=5.0,
    )  # fmt: skip


def _axes(drawn: Grid) -> tuple[tuple[Lever, tuple[float, ...]], ...]:
    """Return the levers with their values: the second to the right, the first upwards."""
    return tuple(zip(drawn.levers, drawn.values, strict=True))[::-1]


def _surface(found: BreakEven, drawn: Grid, figures: Floats, met: bool) -> Iterator[Layer]:
    """Yield the quantity, above the level and below it in two colours, what was simulated, and where both levers stand."""
    (other, columns), (one, rows) = _axes(drawn)
    if np.isfinite(figures).any():
        lines = (found.level,) if met else ()
        values, label = tuple(map(numbers, figures)), capital(asked_for(found))
        yield Contours(columns, rows, values, found.quantity.unit, lines, label, centre=found.level)
    else:
        yield Words(other.base, one.base, "no figure", apart=(0.0, 8.0))
    across, up = np.meshgrid(columns, rows)
    yield Line(numbers(across.ravel()), numbers(up.ravel()), look="quiet", dash="none", marker="circle", size=2.5)
    yield Line((other.base,), (one.base,), look="ink", dash="none", marker="diamond", size=7.0)
