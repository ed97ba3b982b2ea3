"""Tables of published figures: comma-separated text, in which every value has a kind; all that is wrong is named at once.

This module must never know what a figure means: it reads values, or says on which line they are none.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from simulator.errors import Problem, nearest

Kind = Literal["text", "whole", "number", "day", "month", "quarter"]
Value = str | int | float | date | None
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "whole": re.compile(r"\d+", re.ASCII),
    "number": re.compile(r"-?\d+(\.\d+)?", re.ASCII),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    "month": re.compile(r"\d{4}-\d{2}", re.ASCII),
    "quarter": re.compile(r"\d{4}-Q[1-4]", re.ASCII),
}
_RULES: dict[Kind, str] = {
    "whole": "a whole number in digits alone, such as 1081038",
    "number": "a number in digits alone, such as 23.9",
    "day": "a day such as 2021-12-31",
    "month": "a month such as 2019-04",
    "quarter": "a calendar quarter such as 2021-Q4",
}
_CODES: dict[Kind, str] = {"day": "DATE_INVALID", "month": "DATE_INVALID", "quarter": "DATE_INVALID"}


@dataclass(frozen=True)
class Column:
    """What a column of a table holds.

    Attributes:
        name: as in the first line of the file.
        kind: text; a whole number or any number; a day; a month or a calendar quarter, read as its first day.
        choices: the only texts allowed; any if empty.
        optional: whether a cell may be empty.
        money: whether it holds pounds.
    """

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    optional: bool = False
    money: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table whose values are of the kinds that its columns say."""

    line: int
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return a text, empty where the cell is."""
        value = self.values[name]
        return "" if value is None else str(value)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def number(self, name: str) -> float:
        """Return a number."""
        value = self.values[name]
        assert isinstance(value, int | float)
        return value

    def number_or_none(self, name: str) -> float | None:
        """Return a number, or none where the cell is empty."""
        return None if self.values[name] is None else self.number(name)

    def day(self, name: str) -> date:
        """Return a day: of a month or a quarter the first."""
        value = self.values[name]
        assert isinstance(value, date)
        return value


@dataclass(frozen=True)
class Table:
    """The rows of a file that are right, by its name under the folder of the sources."""

    file: str
    rows: tuple[Row, ...]
    whole: bool
    """Whether nothing was wrong with the file, so that a row that is not here is missing from it."""

    def problem(self, row: Row, name: str, message: str, code: str) -> Problem:
        """Return a problem with one cell of the table.

        Args:
            row: its row.
            name: its column.
            message: what is wrong, in words that follow the place.
            code: what kind of problem it is.
        """
        return Problem(self.file, row.line, name, message, code)


def read_table(
    folder: Path, file: str, columns: Sequence[Column], keys: Sequence[str], problems: list[Problem]
) -> Table:
    """Return a table of published figures; what is wrong with it is added to `problems`, and its bad rows are left out.

    A byte-order mark, line ends of either kind and blank lines are accepted.

    Args:
        folder: the folder of the sources.
        file: the file's name under it.
        columns: those that the file must have, in any order, and no others.
        keys: the columns that tell rows apart.
        problems: what was found wrong so far.
    """
    try:
        text = (folder / file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(file, 0, "", "there is no such file that can be read as UTF-8 text", "FILE"))
        return Table(file, (), whole=False)
    lines = csv.reader(text.splitlines(keepends=True))
    header = next(lines, [])
    wrong = list(_wrong_names(file, header, columns))
    rows = () if wrong else tuple(_rows(file, header, lines, columns, keys, wrong))
    problems += wrong
    return Table(file, rows, whole=not wrong)


def _wrong_names(file: str, header: Sequence[str], columns: Sequence[Column]) -> Iterator[Problem]:
    names = [column.name for column in columns]
    for name in header:
        if name not in names:
            yield Problem(file, 1, name, f"is no column of this table{nearest(name, names)}", "UNKNOWN_FIELD")
        elif header.count(name) > 1:
            yield Problem(file, 1, name, "is the name of more than one column", "DUPLICATE_KEY")
    for name in names:
        if name not in header:
            yield Problem(file, 1, name, "is a column that this table must have", "MISSING_FIELD")


def _rows(
    file: str,
    header: Sequence[str],
    lines: Iterator[list[str]],
    columns: Sequence[Column],
    keys: Sequence[str],
    problems: list[Problem],
) -> Iterator[Row]:
    """Yield the rows that are right; `lines` is a reader of the standard library, which counts lines."""
    seen: dict[tuple[Value, ...], int] = {}
    for cells in lines:
        line: int = lines.line_num  # type: ignore[attr-defined]
        if not any(cells):
            continue
        if len(cells) != len(header):
            message = f"has {len(cells)} values under {len(header)} columns"
            problems.append(Problem(file, line, "", message, "TYPE"))
            continue
        found = dict(zip(header, cells, strict=True))
        wrong = [problem for column in columns for problem in _wrong_value(file, line, column, found[column.name])]
        problems += wrong
        if wrong:
            continue
        values = {column.name: _value(column, found[column.name]) for column in columns}
        key = tuple(values[name] for name in keys)
        if key in seen:
            shown = ", ".join(str(part) for part in key)
            problems.append(Problem(file, line, "", f"repeats line {seen[key]}: {shown}", "DUPLICATE_KEY"))
            continue
        seen[key] = line
        yield Row(line, values)


def _wrong_value(file: str, line: int, column: Column, cell: str) -> Iterator[Problem]:
    if not cell:
        if not column.optional:
            yield Problem(file, line, column.name, "is empty", "MISSING_FIELD")
    elif column.choices and cell not in column.choices:
        allowed = f"is {cell!r}, not one of {', '.join(column.choices)}"
        yield Problem(file, line, column.name, allowed + nearest(cell, column.choices), "CHOICE")
    elif column.kind != "text" and not _is(column.kind, cell):
        money = column.money or "£" in cell or "," in cell
        code = _CODES.get(column.kind, "MONEY_FORMAT" if money else "TYPE")
        yield Problem(file, line, column.name, f"is {cell!r}, not {_RULES[column.kind]}", code)


def _is(kind: Kind, cell: str) -> bool:
    if not _PATTERNS[kind].fullmatch(cell):
        return False
    try:
        _value(Column("", kind), cell)
    except ValueError:
        return False
    return True


def _value(column: Column, cell: str) -> Value:
    return _READERS[column.kind](cell) if cell else None


_READERS: dict[Kind, Callable[[str], Value]] = {
    "text": str,
    "whole": int,
    "number": float,
    "day": date.fromisoformat,
    "month": lambda cell: date.fromisoformat(f"{cell}-01"),
    "quarter": lambda cell: date(int(cell[:4]), 3 * int(cell[-1]) - 2, 1),
}
