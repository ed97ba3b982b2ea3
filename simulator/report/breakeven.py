"""The break-even study in words, a table and a figure."""

from collections.abc import Sequence
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes

from simulator.report.study import Asked, Picture, ShownTable, Study, conduct
from simulator.report.style import BLUE, GREY, ORANGE, RED, looks, new_figure, scale
from simulator.studies.breakeven import BreakEven
from simulator.studies.breakeven import breakeven as find
from simulator.studies.solving import Root
from simulator.studies.trials import Trials
from simulator.words import Unit, a_number, listed, say


def breakeven(
    asked: Asked,
    until: str,
    levers: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    tolerance: float | None = None,
) -> bool:
    """Do, write and show the study; return whether any lever can meet the level."""
    ends = {"--from": low, "--to": high, "--tolerance": tolerance}
    options = (
        f'--until "{until}"', *(f"--lever {name}" for name in levers),
        *(f"{name} {value:.12g}" for name, value in ends.items() if value is not None),
    )  # fmt: skip

    def make(trials: Trials) -> Study:
        found = find(trials, asked.scenario, until, levers, low, high, tolerance)
        return told(found, asked, trials, options)

    return conduct(asked, "breakeven", options, make)


def told(found: BreakEven, asked: Asked, trials: Trials, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures."""
    return Study(
        "breakeven", "Break-even", f"Where does each thing have to be for {found.quantity.name} to be {_level(found)}?",
        asked.scenario, trials.seed, trials.replications, trials.lived, trials.settled, answer(found), (_table(found),),
        (_picture(found),), _how(found), data(found), {"breakeven.csv": frame(found)}, options, found.can,
    )  # fmt: skip


def answer(found: BreakEven) -> tuple[str, ...]:
    """Return the answer in sentences."""
    value, se = found.quantity.of(found.base)
    unit = found.quantity.unit
    now = f"As the scenario stands, {found.quantity.name} is {say(unit, value)}{_error(unit, se)}."
    met = [root for root in found.roots if root.status == "ok"]
    if not met:
        return (f"Cannot be met: no lever, turned alone, brings {found.quantity.name} to {_level(found)}.", now)
    each = [f"{root.lever.title} at {_value(root)} (it stands at {root.lever.say(root.lever.base)})" for root in met]
    return (now, f"It is {_level(found)} with {listed(each)}, each turned alone.")


def _level(found: BreakEven) -> str:
    return found.quantity.unit.say(found.level)


def _error(unit: Unit, se: float | None) -> str:
    return "" if se is None else f" ± {unit.say_error(se)}"


def _value(root: Root) -> str:
    if root.lever.whole and root.bracket is not None:
        return f"between {root.lever.say(root.bracket[0])} and {root.lever.say(root.bracket[1])}"
    return "" if root.value is None else root.lever.say(root.value)


def _table(found: BreakEven) -> ShownTable:
    rows = tuple(_row(root) for root in found.roots)
    title = f"{found.quantity.name} = {_level(found)}"
    note = "Each lever is turned alone, all else as it stands, on the same people. The error is that of chance."
    return ShownTable(title, ("Lever", "Stands at", "Break-even at", "± its error", "Room"), rows, note)


def _row(root: Root) -> tuple[str, str, str, str, str]:
    name, base = root.lever.title, root.lever.say(root.lever.base)
    if root.value is None:
        ends = f"{root.lever.say(root.points[0].value)} to {root.lever.say(root.points[-1].value)}"
        return (
            name,
            base,
            f"not met from {ends}" if root.status == "no_bracket" else root.status.replace("_", " "),
            "",
            "",
        )
    error = "" if root.error is None or root.lever.whole else root.lever.unit.say_error(root.error)
    room = f"{(root.value / root.lever.base - 1) * 100:+.1f}%" if root.lever.base else ""
    return name, base, _value(root), error, room


def _how(found: BreakEven) -> tuple[str, ...]:
    why = [f"{root.why()}." for root in found.roots if root.value is None]
    return (
        "Each value of a lever is run with the same seed, so that the same people meet other terms. A lever is looked at over "
        "its whole range first: a turn that is more than luck, or ends on one side of the level, are said and not passed over. "
        "Then the place is bracketed by Chandrupatla's method until the bracket is as narrow as the tolerance.",
        *why,
    )


def _picture(found: BreakEven) -> Picture:
    with looks():
        columns = min(3, len(found.roots))
        lines = -(-len(found.roots) // columns)
        figure = new_figure(0.7 + 2.4 * lines)
        axes = figure.subplots(lines, columns, sharey=True, squeeze=False)
        for each, root in zip(axes.flat, found.roots, strict=False):
            _curve(each, root, found)
        for spare in axes.flat[len(found.roots) :]:
            spare.set_visible(False)
    return Picture(
        "breakeven", figure,
        f"{found.quantity.name} as each lever is turned alone. Points: values tried. Red line: the level sought. Grey line: "
        "where the lever stands. Orange line: break-even.",
        f"{found.quantity.name} against {a_number(len(found.roots), 'lever')}.",
    )  # fmt: skip


def _curve(axes: Axes, root: Root, found: BreakEven) -> None:
    """Draw the response to a lever with the level, where the lever stands and where it breaks even."""
    seen = [point for point in root.points if point.figure is not None]
    axes.plot(
        [point.value for point in seen], [point.figure or 0.0 for point in seen], color=BLUE, marker="o", markersize=3.5
    )
    axes.axhline(found.level, color=RED, linewidth=1.0)
    axes.axvline(root.lever.base, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    if root.value is not None:
        axes.axvline(root.value, color=ORANGE, linewidth=1.4)
    axes.set_title("\n".join(wrap(root.lever.title[:1].upper() + root.lever.title[1:], 30)), fontsize=9.5)
    axes.margins(x=0.03)
    scale(axes, "x", root.lever.unit)
    scale(axes, "y", found.quantity.unit)


def frame(found: BreakEven) -> pd.DataFrame:
    """Return one row for each value of each lever that was tried."""
    return pd.DataFrame(
        {"lever": root.lever.name, "value": point.value, "figure": point.figure, "se": point.se}
        for root in found.roots
        for point in root.points
    )


def data(found: BreakEven) -> dict[str, object]:
    """Return the study's own part of its JSON document."""
    value, se = found.quantity.of(found.base)
    return {
        "quantity": found.quantity.name,
        "level": found.level,
        "base": {"value": value, "se": se},
        "levers": [_root_data(root) for root in found.roots],
    }


def _root_data(root: Root) -> dict[str, object]:
    bracket = None if root.bracket is None else list(root.bracket)
    return {
        "lever": root.lever.name, "base": root.lever.base, "status": root.status, "value": root.value, "se": root.error,
        "bracket": bracket, "tolerance": root.tolerance, "rising": root.rising, "why": root.why(),
    }  # fmt: skip
