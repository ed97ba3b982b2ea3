"""The figures of the design of prices and terms."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.quantity_words import requirement_in_words
from simulator.report.study import Picture
from simulator.report.style import (
    BLUE,
    BLUE_PALE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    RED,
    WHITE,
    looks,
    new_figure,
    scale,
)
from simulator.report.surface import lever_scale
from simulator.studies.targets import Frontier, Targets
from simulator.words import a_number, capital

_LINES = (BLUE, ORANGE, GREEN, RED, INK)
_DASHES: tuple[tuple[float, Sequence[float]], ...] = (
    (0, (1, 0)),
    (0, (5, 2)),
    (0, (2, 1.5)),
    (0, (6, 2, 1.5, 2)),
    (0, (1, 1)),
)


def targets_picture(found: Targets) -> Picture:
    """Return the figure of each requirement's quantity against the lever, and where all hold."""
    with looks():
        count = len(found.requirements)
        columns = min(3, count)
        lines = -(-count // columns)
        figure = new_figure(0.8 + 2.7 * lines)
        axes = figure.subplots(lines, columns, squeeze=False)
        for panel, number in zip(axes.flat, range(count), strict=False):
            _panel(panel, found, number)
        for spare in axes.flat[count:]:
            spare.set_visible(False)
        figure.supxlabel(capital(found.lever.title), fontsize=9.5)
    return Picture(
        "targets",
        figure,
        "Each requirement's quantity as the lever is turned. Red line: what is required. Grey line: where the lever stands. Blue "
        "band: where all requirements hold. Points: values that were simulated.",
        f"{a_number(count, 'requirement')} against the {found.lever.title}.",
    )


def _panel(axes: Axes, found: Targets, number: int) -> None:
    requirement = found.requirements[number]
    known = [
        (x, y) for x, y in zip(found.values, found.figures[number], strict=True) if y is not None and np.isfinite(y)
    ]
    for each in found.feasible:
        axes.axvspan(each.low, each.high, color=BLUE_PALE, linewidth=0)
    axes.plot([x for x, _ in known], [y for _, y in known], color=BLUE, marker="o", markersize=3.5)
    axes.axhline(requirement.level, color=RED, linewidth=1.2)
    axes.axvline(found.lever.base, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.set_title("\n".join(wrap(requirement_in_words(requirement), 40)), fontsize=9)
    axes.margins(x=0.03)
    lever_scale(axes, found.lever, *found.searched)
    scale(axes, "y", requirement.quantity.unit)


def frontier_picture(found: Targets, more: Frontier) -> Picture:
    """Return the figure of the stretches that all requirements leave, and of the edge of each requirement alone."""
    handles: list[Line2D | Patch] = [Patch(color=BLUE_PALE, label="all requirements hold")]
    with looks():
        figure = new_figure(5.2)
        axes = figure.subplots()
        low = [each.feasible[0].low if each.feasible else np.nan for each in more.targets]
        high = [each.feasible[0].high if each.feasible else np.nan for each in more.targets]
        axes.fill_between(more.values, low, high, color=BLUE_PALE, linewidth=0)
        for number, requirement in enumerate(found.requirements):
            colour, dashes = _LINES[number % len(_LINES)], _DASHES[number % len(_DASHES)]
            for edge in ("low", "high"):
                edges = _edges(more, number, edge)
                axes.plot(more.values, edges, color=colour, linestyle=dashes, linewidth=1.8, marker="o", markersize=3)
            handles.append(Line2D([], [], color=colour, linestyle=dashes, label=requirement_in_words(requirement)))
        axes.plot(
            [more.second.base], [found.lever.base], color=INK, marker="D", markersize=7, markeredgecolor=WHITE, zorder=5
        )
        lever_scale(axes, more.second, more.values[0], more.values[-1])
        lever_scale(axes, found.lever, *found.searched, "y")
        axes.set_ylim(*found.searched)
        axes.set_xlabel(capital(more.second.title))
        axes.set_ylabel(capital(found.lever.title))
        figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False, fontsize=9)
    return Picture(
        "frontier",
        figure,
        f"Lines: edges of what each requirement allows of the {found.lever.title}, at each {more.second.title}. Band: where all "
        "hold. Diamond: where both levers stand.",
        f"What the {found.lever.title} may be at {a_number(len(more.values), 'value')} of {more.second.title}.",
    )


def _edges(more: Frontier, number: int, edge: str) -> list[float]:
    """Return the first low or last high edge of a requirement that is no end of the range, at each value of the second lever."""
    edges = []
    for each in more.targets:
        held = each.each[number]
        if not held:
            edges.append(np.nan)
        elif edge == "low":
            edges.append(held[0].low if held[0].low_binds else np.nan)
        else:
            edges.append(held[-1].high if held[-1].high_binds else np.nan)
    return edges
