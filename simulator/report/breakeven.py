"""The break-even study in words, a table and a figure."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simulator.report.quantity_words import quantity_in_words
from simulator.report.study import Picture, ShownTable, Study, StudyRequest, conduct
from simulator.report.style import BLUE, GREY, INK, ORANGE, RED, WHITE, looks, new_figure, scale
from simulator.report.surface import lever_scale, surface
from simulator.report.tail import tail_data, tail_frame, tail_picture, tail_sentence, tail_tables
from simulator.studies.breakeven import BreakEven, find_breakeven
from simulator.studies.experiment import Experiment
from simulator.studies.maps import Grid
from simulator.studies.quantities import Quantity
from simulator.studies.solving import Root
from simulator.words import COUNT, PERCENT, a_number, capital, listed, say, with_error

_STATUS = {"not_monotone": "turns", "undefined": "no figure", "throughout": "met throughout"}


def breakeven(
    request: StudyRequest,
    until: str,
    levers: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    tolerance: float | None = None,
    together: Sequence[str] = (),
) -> bool:
    """Do, write and show the study; return whether any lever can meet the level.

    Args:
        request: what every study is asked for.
        until: quantity and level, as in `investor.multiple.mean=1`.
        levers: names of levers, each moved alone; the usual ones if there are none.
        low: lowest value searched, in the lever's unit; a third of where the lever stands if None.
        high: highest; three times where it stands if None.
        tolerance: width of the bracket at which the search for a root ends, in the lever's unit; the usual one if None.
        together: names of two levers moved together, for a map; none for no map.
    """
    ends = {"--from": low, "--to": high, "--tolerance": tolerance}
    options = (
        f'--until "{until}"',
        *(f"--lever {name}" for name in levers),
        *(f"{name} {value:.12g}" for name, value in ends.items() if value is not None),
        *([f"--map {','.join(together)}"] if together else []),
    )

    def make(experiment: Experiment) -> Study:
        found = find_breakeven(experiment, request.scenario, until, levers, low, high, tolerance, together)
        return study_of(found, request, experiment, options)

    return conduct(request, "breakeven", options, make)


def study_of(found: BreakEven, request: StudyRequest, experiment: Experiment, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures.

    Args:
        found: the result of the study.
        request: what was asked for.
        experiment: what ran the versions: its seed and numbers of replications are reported.
        options: the options of the command, as written.
    """
    return Study(
        "breakeven",
        "Break-even",
        f"Where does each thing have to be for the {_asked_for(found)} to be {_level(found)}?",
        request.scenario,
        experiment.seed,
        experiment.replications,
        experiment.simulated,
        experiment.settled,
        answer(found),
        (_table(found), *_by_hand(found), *tail_tables(found.tail)),
        (_picture(found), *([] if found.map is None else [_map(found, found.map)]), tail_picture(found.tail)),
        _how(found),
        data(found),
        frames(found),
        options,
        found.can,
    )


def frames(found: BreakEven) -> dict[str, pd.DataFrame]:
    """Return the tables of numbers by the name of their file."""
    tables = {"breakeven.csv": frame(found), "tail.csv": tail_frame(found.tail)}
    return tables if found.map is None else tables | {"map.csv": map_frame(found.map, found.quantity)}


def answer(found: BreakEven) -> tuple[str, ...]:
    """Return the answer in sentences."""
    value, se = found.quantity.of(found.base)
    unit = found.quantity.unit
    now = f"As the scenario stands, the {_asked_for(found)} is {with_error(unit, value, se)}."
    met = [root for root in found.roots if root.status == "ok"]
    if not met:
        no = f"Cannot be met: no lever, turned alone, brings the {_asked_for(found)} to {_level(found)}."
        return no, now, tail_sentence(found.tail)
    each = [f"{root.lever.title} at {_value(root)}" for root in met]
    alone = ", each turned alone" if len(each) > 1 else ""
    return (now, f"It is {_level(found)} with {listed(each)}{alone}.", *_safe(found), tail_sentence(found.tail))


def _safe(found: BreakEven) -> list[str]:
    """Return in a sentence which levers cannot bring the quantity to the level, if some cannot."""
    names = [root.lever.title for root in found.roots if root.status == "no_bracket"]
    if not names:
        return []
    return [f"Within the range that was searched it is never {_level(found)} by {listed(names)} alone."]


def _asked_for(found: BreakEven) -> str:
    return quantity_in_words(found.quantity)


def _level(found: BreakEven) -> str:
    return found.quantity.unit.say(found.level)


def _value(root: Root) -> str:
    if root.lever.whole and root.bracket is not None:
        return f"between {root.lever.say(root.bracket[0])} and {root.lever.say(root.bracket[1])}"
    return "" if root.value is None else root.lever.say(root.value)


def _table(found: BreakEven) -> ShownTable:
    rows = tuple(_row(found, root) for root in found.roots)
    title = f"Where the {_asked_for(found)} is {_level(found)}"
    note = "Each lever is turned alone, all else as it stands, on the same people. The error is that of chance."
    return ShownTable(title, ("Lever", "Stands at", "Break-even at", "± its error", "Room"), rows, note)


def _by_hand(found: BreakEven) -> list[ShownTable]:
    """Return what would be break-even without caps, lags and chance, beside what is simulated."""
    if found.hand is None:
        return []
    engagements, job_starts, _ = found.counts
    rows = (
        (
            "Job starts per engagement",
            PERCENT.say(found.hand.job_starts_per_engagement),
            PERCENT.say(job_starts / engagements),
        ),
        ("Engagements", COUNT.say(found.hand.engagements), COUNT.say(engagements)),
    )
    note = (
        "At the rate card's prices, with no cap, lag or luck: the job starts per engagement at which receipts cover what comes "
        "before the return of capital, at the engagements simulated; and the engagements, at the conversions simulated."
    )
    return [ShownTable("By hand", ("At break-even", "By hand", "Simulated"), rows, note, in_terminal=False)]


def _row(found: BreakEven, root: Root) -> tuple[str, str, str, str, str]:
    name, base = root.lever.title, root.lever.say(root.lever.base)
    if root.value is None:
        return name, base, _not_met(found, root), "", ""
    error = "" if root.error is None or root.lever.whole else root.lever.say_error(root.error)
    room = root.value / root.lever.base - 1 if root.lever.base else 0.0
    return name, base, _value(root), error, f"{'+' if room > 0 else ''}{PERCENT.say(room)}" if root.lever.base else ""


def _not_met(found: BreakEven, root: Root) -> str:
    """Return why a level is not met: on which side of it the quantity stays, and how near it comes."""
    known = [point for point in root.points if point.figure is not None and np.isfinite(point.figure)]
    if root.status != "no_bracket" or not known:
        return _STATUS.get(root.status, root.status)
    nearest = min(known, key=lambda point: abs((point.figure or 0.0) - found.level))
    side = "above" if (nearest.figure or 0.0) > found.level else "below"
    return f"stays {side}: {say(found.quantity.unit, nearest.figure)} at {root.lever.say(nearest.value)}"


def _how(found: BreakEven) -> tuple[str, ...]:
    why = [f"{root.why()}." for root in found.roots if root.value is None]
    return (
        "Each value of a lever is run with the same seed, so that the same people meet other terms. A lever is looked at over "
        "its whole range first: a turn that is more than chance, or ends on one side of the level, are said and not passed over. "
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
        "breakeven",
        figure,
        f"The {_asked_for(found)} as each lever is turned alone. Points: values simulated. Red line: the level sought. Grey "
        "line: where the lever stands. Orange line: break-even.",
        f"The {_asked_for(found)} against {a_number(len(found.roots), 'lever')}.",
    )


def _map(found: BreakEven, drawn: Grid) -> Picture:
    """Return the figure of a quantity over two levers, with the line on which the level is met."""
    one, other = drawn.levers
    figures = np.array([[found.quantity.of(cell)[0] for cell in row] for row in drawn.returns], dtype=np.float64)
    with looks():
        figure = new_figure(5.0)
        axes = figure.subplots()
        met = surface(axes, drawn, figures, found.level, found.quantity.unit)
        axes.plot([other.base], [one.base], color=INK, marker="D", markersize=7, markeredgecolor=WHITE, zorder=5)
        where = f"the line is where it is {_level(found)}" if met else f"nowhere {_level(found)}"
        axes.set_title(f"{capital(_asked_for(found))}: {where}")
    line = "" if met else f" It is {_level(found)} nowhere on this map."
    return Picture(
        "map",
        figure,
        f"The {_asked_for(found)} as {one.title} and {other.title} are turned together. Diamond: where both stand. Black line: "
        f"where it is {_level(found)}.{line} Dots: the values that were simulated; between them colours are interpolated.",
        f"Map of the {_asked_for(found)} over {one.title} and {other.title}.",
    )


def map_frame(drawn: Grid, quantity: Quantity) -> pd.DataFrame:
    """Return one row for each pair of values, with the quantity and its error."""
    rows = []
    for value, line in zip(drawn.values[0], drawn.returns, strict=True):
        for second, cell in zip(drawn.values[1], line, strict=True):
            figure, se = quantity.of(cell)
            rows.append({drawn.levers[0].name: value, drawn.levers[1].name: second, "figure": figure, "se": se})
    return pd.DataFrame(rows)


def map_data(drawn: Grid, quantity: Quantity) -> dict[str, object]:
    """Return a map as plain data: levers, their values, and the quantity, a row for each value of the first."""
    return {
        "levers": [lever.name for lever in drawn.levers],
        "values": [list(values) for values in drawn.values],
        "figures": [[quantity.of(cell)[0] for cell in row] for row in drawn.returns],
        "se": [[quantity.of(cell)[1] for cell in row] for row in drawn.returns],
    }


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
    axes.set_title("\n".join(wrap(capital(root.lever.title), 30)), fontsize=9.5)
    axes.margins(x=0.05)
    if not seen:
        axes.annotate("no figure", (0.5, 0.5), xycoords="axes fraction", ha="center", fontsize=9)
        return
    lever_scale(axes, root.lever, seen[0].value, seen[-1].value)
    scale(axes, "y", found.quantity.unit)


def frame(found: BreakEven) -> pd.DataFrame:
    """Return one row for each value of each lever that was run."""
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
        "by_hand": None if found.hand is None else found.hand._asdict(),
        "tail": tail_data(found.tail),
        "map": None if found.map is None else map_data(found.map, found.quantity),
    }


def _root_data(root: Root) -> dict[str, object]:
    bracket = None if root.bracket is None else list(root.bracket)
    return {
        "lever": root.lever.name,
        "base": root.lever.base,
        "status": root.status,
        "value": root.value,
        "se": root.error,
        "bracket": bracket,
        "tolerance": root.tolerance,
        "rising": root.rising,
        "why": root.why(),
    }
