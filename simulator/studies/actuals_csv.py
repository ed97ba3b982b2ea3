"""Reads the CSV file of a deal's actuals cell by cell: what is not plainly one thing is refused, with its line.

Columns may stand in any order; a byte order mark, spaces around cells, lines ended in any way and blank lines are no problem.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulator.errors import Problem, ScenarioError, nearest
from simulator.money import MoneyError, pence

COLUMNS = ("measure", "period_start", "period_end", "value")
_LARGEST = 10**12
"""No count, and no amount in pence, is larger."""


@dataclass(frozen=True)
class Row:
    """A line of the file: what was counted from one day to another, both included."""

    line: int
    measure: str
    start: date
    end: date
    value: int
    """A number of people or outcomes, or pence."""


class _WrongError(ValueError):
    """What is wrong with a cell."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def read_rows(path: Path, shown: str, measures: Mapping[str, bool]) -> tuple[list[Row], list[Problem], set[str]]:
    """Return the rows of a file that can be read, everything that is wrong with the others, and whose these are.

    Args:
        path: the file.
        shown: its name, for messages.
        measures: the names that are known, and whether each is money.

    Raises:
        ScenarioError: where it is no such table at all.
    """
    lines = list(_lines(path, shown))
    if not lines:
        raise ScenarioError([Problem(shown, 0, "", f"is empty; its first line names {_names()}", "MISSING_FIELD")])
    number, header = lines[0]
    problems = [Problem(shown, number, *each) for each in _wrong_header(header)]
    if problems:
        raise ScenarioError(problems)
    rows, unread = list[Row](), set[str]()
    for number, cells in lines[1:]:
        named = dict(zip(header, cells, strict=False))
        found, wrong = _row(number, named, len(cells), measures)
        problems += [Problem(shown, number, *each) for each in wrong]
        rows += found
        unread |= {named.get("measure", "")} if wrong else set()
    return rows, problems, unread


def _names() -> str:
    return ", ".join(COLUMNS)


def _lines(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank, cells without spaces around them, with their numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                stripped = [cell.strip() for cell in cells]
                if any(stripped):
                    yield reader.line_num, stripped
    except UnicodeDecodeError:
        raise ScenarioError([Problem(shown, 0, "", "is not text in UTF-8; save it as CSV UTF-8", "FILE")]) from None
    except csv.Error as error:
        message = f"cannot be read as CSV: {error}"
        raise ScenarioError([Problem(shown, reader.line_num, "", message, "FILE")]) from None


def _wrong_header(header: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield path, message and code of what is wrong with the names of the columns."""
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            yield "", f"columns are separated by {name}; separate them by commas", "UNKNOWN_FIELD"
            return
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield (
                column,
                f"unknown column{nearest(column, COLUMNS) or f'; the columns are {_names()}'}",
                "UNKNOWN_FIELD",
            )
        if header.count(column) > 1:
            yield column, "this column is there twice", "DUPLICATE_KEY"
    for column in COLUMNS:
        if column not in header:
            yield column, "this column is missing from the first line", "MISSING_FIELD"


def _row(
    line: int, cells: Mapping[str, str], width: int, measures: Mapping[str, bool]
) -> tuple[list[Row], list[tuple[str, str, str]]]:
    """Return the row of a line, if it is one, and path, message and code of what is wrong with it."""
    if width != len(COLUMNS):
        hint = "; write numbers without commas" if width > len(COLUMNS) else ""
        return [], [("", f"has {width} cells, not {len(COLUMNS)}{hint}", "CELLS")]
    wrong: list[tuple[str, str, str]] = []
    read: dict[str, date | int] = {}
    measure = cells["measure"]
    if measure not in measures:
        known = nearest(measure, measures) or f"; those of this deal are {', '.join(measures)}"
        wrong.append(("measure", f'"{measure}" is no measure{known}', "UNKNOWN_MEASURE"))
    for column in COLUMNS[1:]:
        try:
            read[column] = _day(cells[column]) if column != "value" else _value(cells[column], measures.get(measure))
        except (_WrongError, MoneyError) as error:
            wrong.append((column, str(error), error.code))
    start, end = read.get("period_start"), read.get("period_end")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        wrong.append(("period_end", f"the period ends on {end}, before it begins on {start}", "PERIOD_ORDER"))
    if wrong or not isinstance(start, date) or not isinstance(end, date):
        return [], wrong
    value = read["value"]
    return ([Row(line, measure, start, end, value)] if isinstance(value, int) else []), []


def _day(text: str) -> date:
    if not text:
        raise _WrongError("is empty; a period has a first and a last day", "PERIOD_OPEN")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _WrongError(f'"{text}" is not a day of the calendar', "DATE_INVALID") from None
    hint = "write year-month-day, for example 2021-04-01"
    if re.fullmatch(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}", text):
        raise _WrongError(f'"{text}" could be read in two ways; {hint}', "DATE_AMBIGUOUS")
    if re.search(r"Q[1-4]", text, re.IGNORECASE):
        raise _WrongError(f'"{text}" names no calendar; write the first and the last day', "QUARTER_CALENDAR_MISSING")
    raise _WrongError(f'"{text}" is not a date; {hint}', "DATE_INVALID")


def _value(text: str, money: bool | None) -> int:
    """Return a count, or pence; of a measure that nobody knows only what no measure's value can be is wrong."""
    if not text:
        raise _WrongError("is empty; write 0 if there was nothing, and leave the line out if it is not known", "TYPE")
    if re.fullmatch(r"[-\N{MINUS SIGN}]\s*£?[\d,.]+", text) and text.strip("-\N{MINUS SIGN}£0,. "):
        raise _WrongError(f'"{text}" is below 0; values are per period, and none is below 0', "NEGATIVE")
    plain = re.sub(r"(\.\d*?)0+$", r"\1", text).removesuffix(".") if re.fullmatch(r"\d+\.\d+", text) else text
    found = pence(plain) if money else _count(text, plain) if money is not None else 0
    if found > _LARGEST:
        raise _WrongError(f'"{text}" is larger than any such number can be', "RANGE")
    return found


def _count(text: str, plain: str) -> int:
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    bare = re.sub(r"[£,\s\N{NO-BREAK SPACE}']", "", text)
    hint = f"; write {bare}" if re.fullmatch(r"\d+", bare) else ""
    raise _WrongError(f'"{text}" is not a whole number{hint}', "COUNT_FORMAT")
