"""The charts of the design of prices and terms."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from simulator.charts import Axis, Band, Chart, Dash, Layer, Line, Look, Panel, Rule, Stretch, numbers, wrapped
from simulator.report.lever_axis import lever_axis
from simulator.report.quantity_words import requirement_in_words
from simulator.studies.targets import Frontier, Targets
from simulator.words import a_number, capital

_ACROSS = 3
"""Panels side by side, at most."""
_CHARACTERS = 84
"""Of the titles of all panels side by side."""
_LINES: tuple[tuple[Look, Dash], ...] = (
    ("first", "solid"), ("second", "dashed"), ("third", "dotted"), ("fourth", "mixed"), ("ink", "dotted"),
)  # fmt: skip
"""Looks of requirements in turn, so that none depends on its colour alone."""


def charts(found: Targets) -> tuple[Chart, ...]:
    """Return the charts; that of a frontier only where one was asked for."""
    return (_targets(found), *([] if found.frontier is None else [_frontier(found, found.frontier)]))


def _targets(found: Targets) -> Chart:
    """Return the chart of each requirement's quantity against the lever, and where all hold."""
    count = len(found.requirements)
    lines = -(-count // _ACROSS)
    across = -(-count // lines)
    panels = tuple(_panel(found, number, across, labelled=number + across >= count) for number in range(count))
    return Chart(
        "targets", panels,
        "Each requirement's quantity as the lever is turned. Red line: what is required. Grey line: where the lever stands. Blue "
        "band: where all requirements hold. Points: values that were simulated.",
        f"{a_number(count, 'requirement')} against the {found.lever.title}.",
        height=1.1 + 2.7 * lines, rows=lines, key="below", key_columns=4,
    )  # fmt: skip


def _panel(found: Targets, number: int, across: int, *, labelled: bool) -> Panel:
    requirement, room = found.requirements[number], _CHARACTERS // across
    x = lever_axis(found.lever, *found.searched, wrapped(capital(found.lever.title), room) if labelled else "")
    y = Axis(unit=requirement.quantity.unit)
    return Panel(tuple(_layers(found, number)), x, y, wrapped(capital(requirement_in_words(requirement)), room, 4))


def _layers(found: Targets, number: int) -> Iterator[Layer]:
    for each in found.feasible:
        yield Stretch("x", each.low, each.high, "all requirements hold", "first")
    figures = zip(found.values, found.figures[number], strict=True)
    known = [(x, y) for x, y in figures if y is not None and np.isfinite(y)]
    yield Line(numbers(x for x, _ in known), numbers(y for _, y in known), "simulated", marker="circle", size=3.5)
    yield Rule("y", found.requirements[number].level, "required", "risk")
    yield Rule("x", found.lever.base, "as it stands", dash="dashed")


def _frontier(found: Targets, more: Frontier) -> Chart:
    """Return the chart of the stretches that all requirements leave, and of the edge of each requirement alone."""
    lever, second = found.lever, more.second
    x = lever_axis(second, more.values[0], more.values[-1], capital(second.title))
    y = lever_axis(lever, *found.searched, capital(lever.title))
    return Chart(
        "frontier", (Panel(tuple(_edges(found, more)), x, replace(y, low=found.searched[0], high=found.searched[1])),),
        f"Lines: edges of what each requirement allows of the {lever.title}, at each {second.title}. Band: where all "
        "hold. Diamond: where both levers stand.",
        f"What the {lever.title} may be at {a_number(len(more.values), 'value')} of {second.title}.", height=5.2, key="above",
    )  # fmt: skip


def _edges(found: Targets, more: Frontier) -> Iterator[Layer]:
    low = tuple(held.feasible[0].low if held.feasible else None for held in more.held)
    high = tuple(held.feasible[0].high if held.feasible else None for held in more.held)
    if any(held.feasible for held in more.held):
        yield Band(more.values, low, high, "all requirements hold")
    for number, requirement in enumerate(found.requirements):
        look, dash = _LINES[number % len(_LINES)]
        for edge, name in ((_low, requirement_in_words(requirement)), (_high, "")):
            edges = tuple(edge(more, number))
            yield Line(more.values, edges, name, look, dash, "circle", size=3.0, width=1.8)
    yield Line((more.second.base,), (found.lever.base,), "as it stands", "ink", "none", "diamond", size=7.0)


def _low(more: Frontier, number: int) -> Iterator[float | None]:
    """Yield the first low edge of a requirement that is no end of the range, at each value of the second lever."""
    for held in (each.each[number] for each in more.held):
        yield held[0].low if held and held[0].low_binds else None


def _high(more: Frontier, number: int) -> Iterator[float | None]:
    """Yield the last high edge of a requirement that is no end of the range, at each value of the second lever."""
    for held in (each.each[number] for each in more.held):
        yield held[-1].high if held and held[-1].high_binds else None
