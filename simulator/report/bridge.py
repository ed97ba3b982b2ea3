"""The bridge from one scenario to another in words, tables and a figure."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from simulator.errors import refuse
from simulator.measures.of_deal import named
from simulator.report.paired_words import say_mean, signed
from simulator.report.repeat import place
from simulator.report.study import Picture, ShownTable, Study, StudyRequest, conduct
from simulator.report.style import BLUE, GREY, INK, RED_MID, looks, new_figure, scale
from simulator.report.terminal import show_warnings
from simulator.studies.bridge import (
    IN_PENCE,
    MOST_IN_PAIRS,
    Bridge,
    Figures,
    Part,
    by_size,
    ends_of,
    find_bridge,
    how_many,
)
from simulator.studies.experiment import Experiment
from simulator.studies.paired import Paired
from simulator.words import MINUS, MONEY, MULTIPLE, Unit, capital, listed, say, short_pounds

_MULTIPLE = named("investor.multiple").label
_POUNDS = {name: named(IN_PENCE[name]).label for name in ("payments", "funders", "investor")}
_SHORT = 26
"""Letters up to which the titles of two causes together fit on a line."""
_NAMED = 3
"""Largest parts that the answer names."""


def bridge_between(request: StudyRequest, others: Sequence[str], overlays: Sequence[str]) -> bool:
    """Do, write and show a bridge; return True, as there is always an answer.

    Args:
        request: what is asked for, of A.
        others: file or bundled name of B, if it is a scenario of its own.
        overlays: overlay files that lead from A to B otherwise.

    Raises:
        SibError: for more than two scenarios, and as `bridge` does.
    """
    refuse(len(others) > 1, f"a bridge is between two scenarios, not {len(others) + 1}")
    ends = ends_of(request.scenario, others[0] if others else None, overlays)
    options = (*(place(other) for other in others), *(f"--overlay {place(file)}" for file in overlays), "--bridge")
    show_warnings(ends[2])

    def make(experiment: Experiment) -> Study:
        return study_of(find_bridge(experiment, *ends), experiment, options)

    return conduct(request, "compare", options, make, how_many(ends[1]), ends[2])


def study_of(found: Bridge, experiment: Experiment, options: tuple[str, ...]) -> Study:
    """Return the bridge in words, tables and a figure.

    Args:
        found: the bridge.
        experiment: what ran the versions: its seed and numbers of replications are reported.
        options: the options of the command, as written.
    """
    question = f"Why does B, {found.other.title}, differ from A, {found.first.title}?"
    return Study(
        "compare",
        "Bridge",
        question,
        found.first,
        experiment.seed,
        experiment.replications,
        experiment.simulated,
        experiment.settled,
        answer(found),
        tables(found),
        (_picture(found),),
        how(found),
        data(found),
        {"bridge.csv": frame(found)},
        options,
        other=found.other,
    )


def answer(found: Bridge) -> tuple[str, ...]:
    """Return the answer in sentences."""
    if not found.parts:
        return ("There is no difference: the two scenarios agree in every term.",)
    difference = found.difference
    sentences = [
        f"A is “{found.first.title}”; B is “{found.other.title}”.",
        f"Outcome payments are {say(MONEY, found.to_other.gbp('payments').mean)} in B and "
        f"{say(MONEY, found.from_first.gbp('payments').mean)} in A: {signed(difference.gbp('payments'), MONEY)}."
        f"{_largest(found, 'payments')}",
        f"The investor's net is {say(MONEY, found.to_other.gbp('investor').mean)} in B and "
        f"{say(MONEY, found.from_first.gbp('investor').mean)} in A: {signed(difference.gbp('investor'), MONEY)}."
        f"{_largest(found, 'investor')}",
    ]
    if found.in_common.any():
        sentences.append(
            f"The investor's multiple is {say(MULTIPLE, found.multiple(found.to_other).mean)} in B and "
            f"{say(MULTIPLE, found.multiple(found.from_first).mean)} in A: {signed(found.multiple(difference), MULTIPLE)}."
        )
    return (*sentences, *_together(found))


def _largest(found: Bridge, name: str) -> str:
    moving = [part for part in by_size(found, name) if part.kind == "cause" and part.figures.pence[name].any()]
    words = [f"{_quoted(part.title)} ({signed(part.figures.gbp(name), MONEY)})" for part in moving[:_NAMED]]
    return f" Each alone, the most is done by {listed(words)}.{_jointly(found, name)}" if words else ""


def _jointly(found: Bridge, name: str) -> str:
    """Return what comes only of the causes together, where that is a third of the difference or more."""
    beyond = sum(int(part.figures.pence[name].sum()) for part in found.parts if part.kind != "cause")
    whole = int(found.difference.pence[name].sum())
    if len(found.causes) < 2 or 3 * abs(beyond) < abs(whole):
        return ""
    mean = beyond / found.from_first.multiple.size / 100
    sign = "+" if mean > 0 else MINUS
    return f" Single causes do not explain it: {sign}{MONEY.say(abs(mean))} comes only of the causes together."


def _quoted(title: str) -> str:
    """Return a cause within a sentence: the title of an overlay is a heading of its own, and stands in quotes."""
    return f'"{title}"' if title[:1].isupper() else title


def _together(found: Bridge) -> tuple[str, ...]:
    """Return what the causes do together beyond the sum of each alone."""
    beyond = sum(int(part.figures.pence["payments"].sum()) for part in found.parts if part.kind != "cause")
    if len(found.causes) < 2:
        return ()
    mean = beyond / found.from_first.multiple.size / 100
    if beyond == 0:
        return ("Together the causes do to payments what they do alone, added up.",)
    why = ", as happens where they meet a cap" if beyond < 0 < found.difference.pence["payments"].sum() else ""
    return (
        f"Together the causes do {MONEY.say(abs(mean))} {'more' if beyond > 0 else 'less'} to payments than each alone, "
        f"added up{why}.",
    )


def _lines(found: Bridge) -> list[tuple[str, Figures, bool]]:
    """Return the bridge from top to bottom: title, figures, and whether they are of a scenario itself."""
    numbered = any(part.kind == "two together" for part in found.parts) and any(
        len(cause.title) > _SHORT for cause in found.causes
    )
    parts = [(_heading(part, numbered), part.figures, False) for part in found.parts]
    return [("A", found.from_first, True), *parts, ("B", found.to_other, True)]


def _heading(part: Part, numbered: bool) -> str:
    """Return a part's title for a line of its own; of two causes together, their numbers, where titles are long."""
    title = capital(part.title)
    if not numbered or not part.of:
        return title
    numbers = [f"({place + 1})" for place in part.of]
    return f"{numbers[0]} {title}" if part.kind == "cause" else " with ".join(numbers)


def tables(found: Bridge) -> tuple[ShownTable, ...]:
    """Return the bridge in pounds and in multiples."""
    lines = _lines(found)
    rows = [
        (title, *(_cell(figures.gbp(name), MONEY, itself) for name in ("payments", "funders")))
        for title, figures, itself in lines
    ]
    investor = [
        (title, _cell(figures.gbp("investor"), MONEY, itself), _cell(found.multiple(figures), MULTIPLE, itself))
        for title, figures, itself in lines
    ]
    note = (
        "A and B as they are, the parts as differences on the same people, with their errors. Each cause is on A alone; the "
        "parts add up to B less A, in pence exactly, since the last one is what is left."
    )
    common = float(found.in_common.mean())
    more = "" if common == 1 else f" Multiples are over the {common * 100:.1f}% of replications in which all have one."
    return (
        ShownTable(
            "What the outcome payers pay", ("Cause", _POUNDS["payments"], _POUNDS["funders"]), tuple(rows), note
        ),
        ShownTable(
            "What the investor gets",
            ("Cause", _POUNDS["investor"], _MULTIPLE),
            tuple(investor),
            f"{note}{more}",
        ),
    )


def _cell(found: Paired, unit: Unit, itself: bool) -> str:
    if not itself or found.mean is None:
        return signed(found, unit)
    return say_mean(found, unit)


def how(found: Bridge) -> tuple[str, ...]:
    """Return how it was computed."""
    joined = [cause.title for cause in found.causes if not cause.single]
    pairs = (
        "each two causes are applied together too, and what they do beyond both alone is named for them; what is left is what "
        "three and more do together."
        if len(found.causes) <= MOST_IN_PAIRS
        else f"with more than {MOST_IN_PAIRS} causes, what they do together is one part, which is what is left of the difference."
    )
    return (
        "Each cause is put into A alone, on the same simulated participants as far as it does not change what happens to them, "
        f"and taken less A, replication by replication; {pairs} A cause that is first may do more, or less, than one that comes "
        "last: that is in the interaction, and not in the cause.",
        "Between two scenarios the causes are groups of terms, and each term is in one of them. Of windows of changed rates, "
        "uncertain factors and correlations are one group; a schedule's cap goes with its prices.",
        *(f"These hold only together, and are one cause: {title}." for title in joined),
    )


def _picture(found: Bridge) -> Picture:
    lines = _lines(found)
    with looks():
        figure = new_figure(1.6 + 0.42 * len(lines))
        axes = figure.subplots(1, 2, sharey=True)
        _waterfall(axes[0], [(found_mean(figures.gbp("payments")), itself) for _, figures, itself in lines], MONEY)
        _waterfall(axes[1], [(found_mean(found.multiple(figures)), itself) for _, figures, itself in lines], MULTIPLE)
        axes[0].set_title("Outcome payments, mean")
        axes[1].set_title("Money multiple, mean")
        names = [_named(title, found) for title, _, _ in lines]
        axes[0].set_yticks(
            range(len(names)),
            labels=["\n".join(wrap(name, 34, max_lines=2, placeholder=" ...")) for name in names],
            fontsize=8.5,
        )
        axes[0].set_ylim(len(names) - 0.4, -0.6)
    return Picture(
        "bridge",
        figure,
        "From A, above, to B, below: what each cause does alone on A, then what they do together beyond that. Each bar begins "
        "where the one before ends, and need not end where any scenario could be. Blue: more; red and hatched: less. The axes do "
        "not begin at 0.",
        f"Waterfall from A to B over {len(found.parts)} parts, of outcome payments and of the money multiple.",
    )


def found_mean(found: Paired) -> float:
    """Return a mean for drawing; nothing where there is none."""
    return found.mean or 0.0


def _named(title: str, found: Bridge) -> str:
    same = found.other.has_files_of(found.first) and found.parts
    ends = {"A": f"A: {found.first.title}", "B": "B: all of them" if same else f"B: {found.other.title}"}
    return ends.get(title, title)


def _waterfall(axes: Axes, lines: Sequence[tuple[float, bool]], unit: Unit) -> None:
    """Draw ends as marks and parts as bars, each from where the one before ends, with their figures beside them."""
    reached, edges = 0.0, []
    for row, (value, itself) in enumerate(lines):
        start, end = (value, value) if itself else (reached, reached + value)
        if itself:
            axes.plot([value], [row], marker="D", color=INK, markersize=7, linestyle="none", zorder=3)
        else:
            colour, hatch = (BLUE, "") if value >= 0 else (RED_MID, "//")
            axes.barh(row, value, left=start, height=0.62, edgecolor="white", color=colour, hatch=hatch)
        if row + 1 < len(lines):
            axes.plot([end, end], [row, row + 1], color=GREY, linewidth=0.8, zorder=1)
        short = short_pounds(value) if unit is MONEY else unit.say(value)
        text = short if itself else f"{'+' if value > 0 else ''}{short}"
        axes.annotate(text, (max(start, end), row), (6, 0), textcoords="offset points", va="center", fontsize=8.5)
        edges += [start, end]
        reached = end
    low, high = min(edges), max(edges)
    room = (high - low) or abs(high) or 1.0
    axes.set_xlim(low - 0.06 * room, high + 0.24 * room)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    scale(axes, "x", unit)


def frame(found: Bridge) -> pd.DataFrame:
    """Return one row for each line of the bridge: sums over replications in whole pence, means and errors."""
    return pd.DataFrame(
        {
            "part": title,
            "kind": kind,
            **{f"{name}.{column}": value for name in _POUNDS for column, value in _in_pounds(figures, name).items()},
            **{f"multiple.{column}": value for column, value in found.multiple(figures).as_dict().items()},
        }
        for title, kind, figures in _all(found)
    )


def _all(found: Bridge) -> list[tuple[str, str, Figures]]:
    ends = [
        ("A", "scenario", found.from_first),
        ("B", "scenario", found.to_other),
        ("B less A", "total", found.difference),
    ]
    return [ends[0], *((part.title, part.kind, part.figures) for part in found.parts), *ends[1:]]


def _in_pounds(figures: Figures, name: str) -> dict[str, float | None]:
    return {"pence_in_all": int(figures.pence[name].sum()), **figures.gbp(name).as_dict()}


def data(found: Bridge) -> dict[str, Any]:
    """Return the bridge's own part of its JSON document; sums over replications are whole pence and add up."""

    def told_of(figures: Figures) -> dict[str, Any]:
        return {
            **{name: _in_pounds(figures, name) for name in _POUNDS},
            "multiple": found.multiple(figures).as_dict(),
        }

    def part_data(part: Part) -> dict[str, object]:
        return {
            "part": part.title,
            "kind": part.kind,
            "causes": [place + 1 for place in part.of],
            **told_of(part.figures),
        }

    return {
        "first": {"scenario": found.first.name, "digest": found.first.digest, **told_of(found.from_first)},
        "other": {"scenario": found.other.name, "digest": found.other.digest, **told_of(found.to_other)},
        "difference": told_of(found.difference),
        "parts": [part_data(part) for part in found.parts],
        "multiples_compared_share": float(found.in_common.mean()),
    }
