"""What a question returns: figures, tables of numbers, charts as data, the answer in sentences, the method, warnings.

Findings are data: nothing here draws, prints or writes. Renderers (`simulator.report`) turn them into a terminal's text, a page,
CSV and JSON, and all of them write a cell with `Column.say`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from textwrap import shorten
from typing import Any, Literal

import pandas as pd

from simulator.asked import Asked as Asked  # noqa: PLC0414 - it belongs to findings
from simulator.asked import file_in_words as file_in_words  # noqa: PLC0414 - the same
from simulator.charts import Chart
from simulator.errors import Problem, SibError, nearest
from simulator.words import MULTIPLE, PERCENT, RATE, Unit, a_number, listed, say, say_date, with_error

STATUSES: Mapping[str, str] = {
    "insufficient_replications": "too few replications",
    "not_a_measure": "no such term",
    "partly_undefined": "partly undefined",
    "partly_not_drawn": "partly not drawn",
    "not_drawn": "not drawn",
}
"""Why there is no figure, in words; `undefined` for any other status."""
_BRIEF = 160
"""Characters of a sentence in a few lines."""


@dataclass(frozen=True)
class Figure:
    """A number with its error, or why there is none."""

    value: float | None
    error: float | None = None
    """Standard error; None where there is none, or none is known."""
    status: str = "ok"
    unit: Unit | None = None
    """Its unit, where it is not its column's."""
    change: bool = False
    """Whether it is a difference, where not all figures of its column are."""


Cell = str | int | float | date | Figure | None
Record = dict[str, str | int | float | bool | date | None]


@dataclass(frozen=True)
class Column:
    """A column of a table: what its cells are, and how they are written."""

    key: str
    """Its name in CSV, JSON and pandas; of errors it is followed by `_se`, of statuses by `_status`."""
    heading: str = ""
    """Its name for readers; a column without one is in the data only."""
    unit: Unit | None = None
    """Unit of its numbers; None for texts, dates and whole numbers."""
    change: bool = False
    """Whether its figures are differences: written with their sign; what is the same in every replication is `none`."""
    spread: bool = False
    """Whether its numbers are errors or standard deviations: of shares written in percentage points."""
    statuses: Mapping[str, str] = field(default_factory=dict)
    """Words for statuses that mean something else here than `STATUSES` says."""

    def say(self, cell: Cell) -> str:
        """Return a cell in words.

        >>> from simulator.words import MONEY
        >>> Column("gbp", "Paid", MONEY).say(Figure(1234.4, 56.2)), Column("day", "Day").say(date(2021, 4, 1))
        ('£1,234 ± £56', '1 April 2021')
        >>> Column("share", "Change", PERCENT, change=True).say(Figure(0.031, 0.002))
        '+3.1 ± 0.2 points'
        """
        if isinstance(cell, Figure):
            return self._figure(cell)
        if isinstance(cell, bool):
            return "yes" if cell else "no"
        if isinstance(cell, int | float):
            return self._figure(Figure(cell)) if self.unit else f"{cell:,}"
        return say_date(cell) if isinstance(cell, date) else cell or ""

    def _figure(self, cell: Figure) -> str:
        unit = cell.unit or self.unit or Unit(decimals=2, trim=True)
        if cell.value is None:
            return "" if cell.status == "none" else {**STATUSES, **self.statuses}.get(cell.status, "undefined")
        if self.spread:
            return unit.say_error(cell.value)
        is_change = self.change or cell.change
        return say_change(unit, cell.value, cell.error) if is_change else with_error(unit, cell.value, cell.error)

    @property
    def is_number(self) -> bool:
        """Return whether its cells are numbers with a unit."""
        return self.unit is not None


def say_change(unit: Unit, value: float, error: float | None) -> str:
    """Return a difference with its sign and error; `none` where it is nothing in every replication.

    Args:
        unit: unit of what is compared: of shares a difference is in percentage points.
        value: the difference.
        error: its standard error; None if it has none.
    """
    if value == 0 and not error:
        return "none"
    form = (
        replace(unit, decimals=3)
        if unit is MULTIPLE
        else replace(unit, suffix="", error_suffix="")
        if _shares(unit)
        else unit
    )
    points = " points" if _shares(unit) else ""
    spread = "" if error is None else f" ± {form.say_error(error)}"
    return f"{'+' if value > 0 else ''}{say(form, value)}{spread}{points}"


def _shares(unit: Unit) -> bool:
    return unit is PERCENT or unit is RATE


@dataclass(frozen=True)
class Table:
    """A table of numbers, dates and texts; the first column that has a heading names the rows."""

    name: str
    """Its name in CSV files and JSON."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    """What a reader must know to read it."""
    where: Literal["everywhere", "page", "data"] = "everywhere"
    """`page`: not in a terminal; `data`: in CSV, JSON and pandas only."""

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns that readers see."""
        return tuple(column for column in self.columns if column.heading)

    def words(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows in words, in the columns that readers see."""
        return tuple(
            tuple(column.say(cell) for column, cell in zip(self.columns, row, strict=True) if column.heading)
            for row in self.rows
        )

    def records(self) -> list[Record]:
        """Return the rows as plain data: by column, and its errors and statuses where any cell has one."""
        wide = [self._has(place) for place in range(len(self.columns))]
        return [
            {
                name: value
                for place, cell in enumerate(row)
                for name, value in _spread(self.columns[place], cell, *wide[place])
            }
            for row in self.rows
        ]

    def frame(self) -> pd.DataFrame:
        """Return the rows with numbers as numbers, dates as dates, and nothing as `NaN`."""
        names = [name for place, each in enumerate(self.columns) for name, _ in _spread(each, None, *self._has(place))]
        frame = pd.DataFrame(self.records(), columns=names)
        for place, column in enumerate(self.columns):
            cells = [row[place] for row in self.rows]
            if any(isinstance(cell, date) for cell in cells):
                frame[column.key] = pd.to_datetime(frame[column.key])
            elif column.is_number or any(isinstance(cell, Figure) for cell in cells):
                frame[column.key] = pd.to_numeric(frame[column.key])
            if f"{column.key}_se" in frame:
                frame[f"{column.key}_se"] = pd.to_numeric(frame[f"{column.key}_se"])
        return frame

    def _has(self, place: int) -> tuple[bool, bool]:
        """Return whether any cell of a column has an error, and whether any has a status."""
        figures = [cell for row in self.rows if isinstance(cell := row[place], Figure)]
        return any(each.error is not None for each in figures), any(
            each.status not in ("ok", "none") for each in figures
        )


def _spread(column: Column, cell: Cell, errors: bool, statuses: bool) -> list[tuple[str, Any]]:
    """Return a cell as named values: itself, its error and its status."""
    found = cell if isinstance(cell, Figure) else Figure(None if isinstance(cell, str | date) else cell)
    value = found.value if isinstance(cell, Figure) else cell
    return [
        (column.key, _plain(value)),
        *([(f"{column.key}_se", _plain(found.error))] if errors else []),
        *([(f"{column.key}_status", found.status)] if statuses else []),
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a value as plain data: no number that is not finite, none of NumPy's types."""
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not isfinite(plain) else plain


@dataclass(frozen=True)
class Findings:
    """What a question found."""

    kind: str
    """Name of its command."""
    title: str
    question: str
    """What was asked, in one sentence."""
    asked: Asked
    answer: tuple[str, ...]
    """The answer in sentences: the first says it."""
    tables: tuple[Table, ...]
    """The main one first."""
    charts: tuple[Chart, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    """Single figures by name, each with its unit."""
    method: tuple[str, ...] = ()
    """How it was computed, in sentences."""
    warnings: tuple[Problem, ...] | None = None
    """What to know before relying on it; the scenarios' own if None."""
    can: bool = True
    """False where the answer is that it cannot be."""
    repeat: str = ""
    """The command that gives the same; made of `asked` if empty."""

    @property
    def command(self) -> str:
        """Return the command that gives the same figures."""
        return self.repeat or self.asked.command(self.kind)

    @property
    def warned(self) -> tuple[Problem, ...]:
        """Return what to know before relying on it."""
        return self.asked.warnings if self.warnings is None else self.warnings

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return tuple(each.name for each in self.tables)

    def table(self, name: str | None = None) -> Table:
        """Return a table by name; the main one if none is given.

        Raises:
            SibError: for a name that no table has.
        """
        found = next((each for each in self.tables if name in (None, each.name)), None)
        if found is None:
            message = f'no table is named "{name}"{nearest(name or "", self.names)}; there are {", ".join(self.names)}'
            raise SibError(message)
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the findings as plain data for JSON; dates in ISO form, what is undefined is null."""
        asked = self.asked
        return {
            "study": self.kind,
            "scenario": asked.scenario.name,
            "scenario_digest": asked.scenario.digest,
            **({"scenarios": asked.scenarios_data()} if asked.others else {}),
            "seed": asked.seed,
            "replications": asked.replications,
            "can": self.can,
            "answer": list(self.answer),
            "figures": {name: _figure_data(each) for name, each in self.figures.items()},
            "tables": {each.name: _table_data(each) for each in self.tables},
            "charts": {each.name: each.as_dict() for each in self.charts},
            "method": list(self.method),
            "warnings": [each.as_dict() for each in self.warned],
            "command": self.command,
        }

    def brief(self, name: str) -> str:
        """Return what it is, the first sentence of its answer and its tables, in a few lines.

        Args:
            name: what the result is called.
        """
        asked = self.asked
        names = listed([each.name for each in asked.scenarios])
        about = f"{name}: {names}, {a_number(asked.replications, 'replication')}, seed {asked.seed}"
        answer = [f"  {shorten(each, _BRIEF, placeholder=' ...')}" for each in self.answer[:1]]
        return "\n".join([about, *answer, f"  tables: {', '.join(self.names)}"])


def _figure_data(each: Figure) -> dict[str, Any]:
    found = {"value": _plain(each.value), "se": _plain(each.error)}
    return (
        found
        | ({"unit": each.unit.name} if each.unit else {})
        | ({} if each.status == "ok" else {"status": each.status})
    )


def _table_data(each: Table) -> dict[str, Any]:
    columns = [
        {"name": column.key, "heading": column.heading or None, "unit": column.unit.name if column.unit else None}
        for column in each.columns
    ]
    rows = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}
        for record in each.records()
    ]
    return {"title": each.title, "columns": columns, "rows": rows}


def number_rows(table: Table, texts: Sequence[str] = ()) -> tuple[bool, ...]:
    """Return for each column that readers see whether it is set as numbers: all but the first and those of texts.

    Args:
        table: the table.
        texts: keys of further columns of texts.
    """
    return tuple(
        place > 0 and column.key not in texts and not _of_texts(table, column)
        for place, column in enumerate(table.shown)
    )


def _of_texts(table: Table, column: Column) -> bool:
    place = table.columns.index(column)
    return column.unit is None and any(isinstance(row[place], str) for row in table.rows)
