"""A trace as findings: its lines, and its records as tables."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from simulator.asked import Asked
from simulator.findings import Findings
from simulator.table import Cell, Column, Figure, Table
from simulator.tracing.trace import Trace
from simulator.words import say_pence

_UNDERLINE = re.compile("\n\N{BOX DRAWINGS LIGHT HORIZONTAL}+\n+")
"""Below a heading."""


def findings(trace: Trace) -> Findings:
    """Return what a trace tells, in its own lines, with a table for each kind of record in it."""
    asked = Asked(trace.scenario, trace.seed, 1, versions=False)
    return Findings(
        "trace", "Trace", "What happened in this replication, from days to pennies?", asked, _said(trace), tuple(_tables(trace)),
        repeat=_command(trace, asked), facts={"replication": str(trace.replication)},
    )  # fmt: skip


def _said(trace: Trace) -> tuple[str, ...]:
    """Return the first lines in sentences: whose trace it is, and what it tells first."""
    paragraphs = _UNDERLINE.sub(": ", "\n".join(trace.lines)).split("\n\n")
    return tuple(" ".join(each.split()) for each in paragraphs[:2])


def _command(trace: Trace, asked: Asked) -> str:
    followed = [f"--{name} {trace.facts[name]}" for name in ("participant", "payment") if name in trace.facts]
    command = asked.command("trace").partition(" --replications")[0]
    return " ".join([command, f"--replication {trace.replication}", *followed, f"--seed {trace.seed}"])


def _tables(trace: Trace) -> Iterator[Table]:
    lines = Table("lines", "As it is told", (Column("line"),), tuple((line,) for line in trace.lines), where="data")
    found = [table for name, value in trace.facts.items() for table in _of(name, value)]
    return iter([*found, lines])


def _of(name: str, value: Any) -> Iterator[Table]:  # noqa: ANN401 - facts of any shape
    """Yield a table for a list of records, and for each list within a record."""
    if is_dataclass(value) and not isinstance(value, type):
        yield from (table for each in fields(value) for table in _of(each.name, getattr(value, each.name)))
        if any(_is_cell(getattr(value, each.name)) for each in fields(value)):
            yield _table(name, [value])
    elif isinstance(value, Sequence) and not isinstance(value, str) and value and is_dataclass(value[0]):
        yield _table(name, value)


def _table(name: str, records: Iterable[Any]) -> Table:
    """Return records of one kind, one a row: what is a number, a date or a text."""
    rows = list(records)
    kept = [each.name for each in fields(rows[0]) if all(_is_cell(getattr(row, each.name)) for row in rows)]
    cells = tuple(tuple(_cell(each, getattr(row, each)) for each in kept) for row in rows)
    columns = tuple(Column(each, each.removesuffix("_pence").replace("_", " ").capitalize()) for each in kept)
    return Table(name, name.replace("_", " ").capitalize(), columns, cells)


def _cell(name: str, value: Any) -> Cell:  # noqa: ANN401 - a number, a date or a text
    """Return a value as a cell: money is written in pounds, a number of anything else without commas."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        plain: Cell = value
        return plain
    if name.endswith("_pence") or name == "pence":
        return Figure(value, words=say_pence(int(value)))
    return Figure(value, words=f"{value:.6g}" if isinstance(value, float) else str(value))


def _is_cell(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | date)
