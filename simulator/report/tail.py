"""The worst replications in words, tables and a chart."""

from collections.abc import Sequence

from simulator.charts import Axis, Bars, Chart, Layer, Panel, Rule, numbers
from simulator.scenario.assumptions import label
from simulator.studies.tail import SCORE, LosingTail, Shift, Together
from simulator.table import Cell, Column, Figure, Table
from simulator.words import MINUS, PERCENT, Unit, a_number, listed, name_within

_SHOWN = 8
"""Inputs in the chart: those that are shifted most."""
_WORTH_A_WORD = 3.0
"""Standard errors beyond which a shift is named in a sentence."""
_TIMES = Unit(decimals=1, name="times")
_SURE = 1.96
"""Standard errors each way of an error bar."""


def tail_sentence(tail: LosingTail) -> str:
    """Return in a sentence what lies behind the worst replications."""
    shifted = [each for each in tail.inputs if abs(each.shift) > _WORTH_A_WORD * each.se][:3]
    who = f"Behind the {_who(tail)}"
    if not shifted:
        return f"{who} lies no input in particular: chance, and all of them a little."
    named = [f"{label(each.name)} ({_signed(each.shift)} standard deviations)" for each in shifted]
    return f"{who} lie, most of all, {listed(named)}."


def _who(tail: LosingTail) -> str:
    return a_number(tail.replications, "replication") + (" with a loss" if tail.kind == "loss" else " that end worst")


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else MINUS}{abs(value):.2f}"


def tail_tables(tail: LosingTail) -> tuple[Table, Table, Table]:
    """Return what is shifted in the worst replications, inputs and what came of them, and which inputs are bad together."""
    return _inputs(tail), _happened(tail), _together(tail)


def _inputs(tail: LosingTail) -> Table:
    columns = (
        Column("name"), Column("title", "Input"), _SHIFT, Column("of_all", "", SCORE), Column("of_tail", "", SCORE), _KIND,
    )  # fmt: skip
    rows = tuple(
        (each.name, label(each.name), Figure(each.shift, each.se), each.of_all, each.of_tail, tail.kind)
        for each in tail.inputs
    )
    note = "Of the place of each uncertain assumption in its distribution, as a normal score."
    return Table("tail_inputs", f"Inputs of the {_who(tail)}", columns, rows, note, where="page")


_SHIFT = Column("shift", "Shift in standard deviations", SCORE, change=True)
_KIND = Column("tail")
"""Whether these are all replications with a loss, or the worst."""


def _happened(tail: LosingTail) -> Table:
    columns = (
        Column("name"), Column("title", "On the way"), _SHIFT, Column("of_all", "Mean of all"),
        Column("of_tail", "Mean of these"), _KIND,
    )  # fmt: skip
    rows = tuple(
        (each.name, name_within(each.name), Figure(each.shift, each.se), Figure(each.of_all, unit=each.unit),
         Figure(each.of_tail, unit=each.unit), tail.kind)
        for each in tail.happened
    )  # fmt: skip
    return Table("tail_happened", f"What came about in the {_who(tail)}", columns, rows, where="page")


def _together(tail: LosingTail) -> Table:
    columns = (
        Column("first"), Column("second"), Column("title", "Two inputs, each in its bad third"),
        Column("of_all", "Of all", PERCENT), Column("of_tail", "Of these", PERCENT), Column("times", "Times as often", _TIMES),
    )  # fmt: skip
    title = f"Bad together in the {_who(tail)}"
    return Table("tail_together", title, columns, tuple(map(_pair, tail.together)), where="page")


def _pair(each: Together) -> tuple[Cell, ...]:
    times = Figure(each.of_tail / each.of_all) if each.of_all else Figure(None, status="none")
    return *each.names, listed([label(name) for name in each.names]), each.of_all, Figure(each.of_tail, each.se), times


def tail_chart(tail: LosingTail) -> Chart:
    """Return the chart of the shifts: inputs, and below them what came about on the way."""
    inputs, happened = tail.inputs[:_SHOWN], tail.happened
    names = [label(each.name) for each in (*inputs, *happened)]
    layers: tuple[Layer, ...] = (
        Rule("x", 0.0),
        *([_bars(inputs, 0, "uncertain assumptions", happened=False)] if inputs else []),
        *([_bars(happened, len(inputs), "what came about on the way", happened=True)] if happened else []),
    )
    x = Axis("Mean of these replications less the mean of all, in standard deviations over all", grid=True)
    y = Axis(ticks=tuple(enumerate(names)), downward=True)
    return Chart(
        "tail", (Panel(layers, x, y, f"What is different in the {_who(tail)}"),),
        "Blue: uncertain assumptions, by their places in their distributions. Orange: what came about on the way. The line over "
        "each bar is ± 1.96 standard errors.",
        tail_sentence(tail), height=1.4 + 0.3 * len(names), key="below",
    )  # fmt: skip


def _bars(shifts: Sequence[Shift], first: int, name: str, *, happened: bool) -> Bars:
    """Return the bars of some shifts with their errors, from a row on."""
    return Bars(
        numbers(range(first, first + len(shifts))), numbers(each.shift for each in shifts), thick=0.66, label=name,
        look="second" if happened else "first", pale=True, sideways=True,
        errors=numbers(_SURE * each.se for each in shifts),
    )  # fmt: skip
