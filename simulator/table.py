"""Tables of findings: cells that are numbers with their errors, dates or texts; `Column.say` writes them, whoever shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import isfinite
from typing import Any, Literal

import pandas as pd

from simulator.words import MULTIPLE, PERCENT, RATE, Unit, say, say_date, with_error

STATUSES: Mapping[str, str] = {
    "insufficient_replications": "too few replications",
    "not_a_measure": "no such term",
    "partly_undefined": "partly undefined",
    "partly_not_drawn": "partly not drawn",
    "not_drawn": "not drawn",
    "not_averaged": "not averaged",
}
"""Why there is no figure, in words; `undefined` for any other status."""


@dataclass(frozen=True)
class Figure:
    """A number with its error, or why there is none."""

    value: float | None
    error: float | None = None
    """Standard error; None where there is none, or none is known."""
    status: str = "ok"
    unit: Unit | None = None
    """Its unit, where it is not its column's."""
    words: str = ""
    """What readers see in its place, where the number alone would mislead: numbers that it lies between, why there is none."""
    low: float | None = None
    """Lower end of a range around it; None where there is none."""
    high: float | None = None
    """Its upper end."""
    change: bool = False
    """Whether it is a difference, where not all figures of its column are."""

    def __post_init__(self) -> None:
        if self.value is None and self.status == "ok":
            object.__setattr__(self, "status", "undefined")


Cell = str | int | float | date | Figure | None
Record = dict[str, str | int | float | bool | date | None]


@dataclass(frozen=True)
class Column:
    """A column of a table: what its cells are, and how they are written."""

    key: str
    """Its name in CSV, JSON and pandas; followed by `_se` for errors, `_status`, `_low` and `_high` for ranges, and `_unit`
    where its rows have several units."""
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
        if cell.words:
            return cell.words
        unit = cell.unit or self.unit or Unit(decimals=2, trim=True)
        if cell.value is None:
            return "" if cell.status == "none" else {**STATUSES, **self.statuses}.get(cell.status, "undefined")
        if self.spread:
            return unit.say_error(cell.value)
        is_change = self.change or cell.change
        said = (say_change if is_change else with_error)(unit, cell.value, cell.error)
        if cell.low is None or cell.high is None:
            return said
        return f"{said} ({unit.say(cell.low)} to {unit.say(cell.high)})"

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
    shares = unit is PERCENT or unit is RATE
    form = replace(unit, suffix="", error_suffix="", trim=False, decimals=3 if unit is MULTIPLE else unit.decimals)
    spread = "" if error is None else f" ± {form.say_error(error)}"
    return f"{'+' if value > 0 else ''}{say(form, value)}{spread}{' points' if shares else unit.suffix}"


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
    long: bool = False
    """Whether it has a row for each replication: it is then not in JSON, and holds plain numbers and texts alone."""

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
        """Return the rows as plain data: by column, with errors, statuses, ranges and units where any cell has one."""
        parts = [self._parts(place) for place in range(len(self.columns))]
        return [
            {
                name: _PARTS[part](column, cell)
                for column, cell, own in zip(self.columns, row, parts, strict=True)
                for name, part in _names(column, own)
            }
            | ({"unit": next(iter(_units(self.columns, row)), None)} if self._one_unit else {})
            for row in self.rows
        ]

    def names(self) -> list[tuple[str, Column | None]]:
        """Return the names of all plain columns in order, each with the column that it is of; None for the unit of a row."""
        named = [
            (name, column)
            for place, column in enumerate(self.columns)
            for name, _ in _names(column, self._parts(place))
        ]
        return [*named, *([("unit", None)] if self._one_unit else [])]

    def frame(self) -> pd.DataFrame:
        """Return the rows with numbers as numbers, dates as dates, and nothing as `NaN`."""
        frame = pd.DataFrame(self.rows if self.long else self.records(), columns=[name for name, _ in self.names()])
        for place, column in enumerate(self.columns):
            cells = [row[place] for row in self.rows]
            if any(isinstance(cell, date) for cell in cells):
                frame[column.key] = pd.to_datetime(frame[column.key])
            elif any(isinstance(cell, bool) for cell in cells):
                continue
            elif column.is_number or frame[column.key].isna().all() or any(isinstance(cell, Figure) for cell in cells):
                frame[column.key] = pd.to_numeric(frame[column.key])
            if f"{column.key}_se" in frame:
                frame[f"{column.key}_se"] = pd.to_numeric(frame[f"{column.key}_se"])
        return frame

    @cached_property
    def _one_unit(self) -> bool:
        """Return whether rows have units of their own, each row one: they then stand in a column `unit`."""
        found = [_units(self.columns, row) for row in self.rows]
        named = any(column.key == "unit" for column in self.columns)
        return any(found) and not named and all(len(each) <= 1 for each in found)

    def _parts(self, place: int) -> tuple[str, ...]:
        """Return what any cell of a column has beside its value: error, status, range, a unit that its row does not say."""
        figures = [cell for row in self.rows if isinstance(cell := row[place], Figure)]
        said = self._one_unit or any(column.key == "unit" for column in self.columns)
        found = {
            "_se": any(each.error is not None for each in figures),
            "_status": any(each.status not in ("ok", "none") for each in figures),
            "_low": any(each.low is not None for each in figures),
            "_high": any(each.low is not None for each in figures),
            "_unit": not said and any(each.unit not in (None, self.columns[place].unit) for each in figures),
        }
        return tuple(part for part, has in found.items() if has)


def _names(column: Column, parts: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"{column.key}{part}", part) for part in ("", *parts)]


def _units(columns: Sequence[Column], row: Sequence[Cell]) -> set[str]:
    """Return the units of a row's cells that are not those of their columns."""
    own = [(cell.unit, column.unit) for column, cell in zip(columns, row, strict=True) if isinstance(cell, Figure)]
    return {unit.name for unit, usual in own if unit is not None and unit != usual}


def _figure_of(cell: Cell) -> Figure:
    """Return a cell as a figure; one that is empty has no status to tell."""
    if isinstance(cell, Figure):
        return cell
    return _NOTHING if cell is None or isinstance(cell, str | date) else Figure(cell)


_NOTHING = Figure(None, status="none")
_PARTS: Mapping[str, Callable[[Column, Cell], Any]] = {
    "": lambda _, cell: plain(cell.value if isinstance(cell, Figure) else cell),
    "_se": lambda _, cell: plain(_figure_of(cell).error),
    "_status": lambda _, cell: _figure_of(cell).status,
    "_low": lambda _, cell: plain(_figure_of(cell).low),
    "_high": lambda _, cell: plain(_figure_of(cell).high),
    "_unit": lambda column, cell: unit.name if (unit := _figure_of(cell).unit or column.unit) else None,
}
"""What a cell has, by the end of its plain column's name."""


def plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a value as plain data: no number that is not finite, none of NumPy's types."""
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not isfinite(plain) else plain


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
