"""The tables of published figures about the five deals, and what must hold between them.

This module must never choose between two published figures: it says that they disagree, and where.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from calibration.tables import Column, Row, Table, read_table
from simulator.dates import add_months
from simulator.errors import Problem

DEALS = ("haringey_barnet", "shropshire", "enfield", "tower_hamlets_smi", "tower_hamlets_ld")
"""The deals, by the names of their scenarios."""
STEPS = ("referral", "engagement", "job_start", "sustainment")
"""What is counted of a person, in the order in which it is reached: each count is part of the one before."""
PAID = "outcome_payment_gbp"
"""The measure of table 9 that is money: pounds."""
REPORT, DATASET = "HulseEtAl2023", "GOLab2022"
ACTIVITY, OUTCOMES = "activity", "outcomes"
REGIMES = ("type_1", "type_2", "medium_scenario")
_DEAL = Column("project", choices=DEALS)


@dataclass(frozen=True)
class Book:
    """The tables about the deals: whole-contract targets, periods and performance, payments and their regimes, staff."""

    targets: Table
    periods: Table
    performance: Table
    payments: Table
    calendar: Table
    specialists: Table


def read_book(folder: Path, problems: list[Problem]) -> Book:
    """Return the tables about the deals from the folder of the sources, adding what is wrong in one of them to `problems`."""

    def table(file: str, columns: list[Column], *keys: str) -> Table:
        return read_table(folder, f"{file}.csv", columns, keys, problems)

    numbers = [Column(step, "whole") for step in STEPS]
    launch = [Column("cohort"), Column("provider"), Column("launch", "month")]
    period = [Column("from", "day"), Column("to", "day"), Column("counted"), Column("paid_for")]
    measured = [
        Column("project", choices=(*DEALS, "smi_total")),
        Column("measure", choices=(*STEPS, PAID)),
        Column("actual", "whole"),
        Column("target", "whole"),
        Column("success_rate_pct", "whole"),
    ]
    paid = [
        Column("claim_quarter", "quarter"),
        Column("paid_gbp", "whole", money=True),
        Column("basis", choices=(ACTIVITY, OUTCOMES)),
    ]
    regime = [
        Column("regime", choices=REGIMES),
        Column("from", "day"),
        Column("to", "day", optional=True),
        Column("printed"),
    ]
    return Book(
        targets=table(f"{REPORT}/table03_targets", [_DEAL, *launch, *numbers], "project"),
        periods=table(f"{REPORT}/table09_periods", [_DEAL, *period], "project"),
        performance=table(f"{REPORT}/table09_performance", measured, "project", "measure"),
        payments=table(f"{DATASET}/quarterly_payments", [_DEAL, *paid], "project", "claim_quarter"),
        calendar=table(f"{REPORT}/table07_payment_calendar", [_DEAL, *regime], "project", "from"),
        specialists=table(
            f"{REPORT}/appendix_i_specialists", [_DEAL, Column("employment_specialists", "whole")], "project"
        ),
    )


def rows_of(table: Table, deal: str) -> list[Row]:
    """Return the rows of a deal, in the order of the file."""
    return [row for row in table.rows if row.text("project") == deal]


def applies(regime: Row, day: date) -> bool:
    """Return whether a row of the calendar holds for a day."""
    return regime.day("from") <= day and (regime.values["to"] is None or day < regime.day("to"))


def check_book(book: Book) -> Iterator[Problem]:
    """Yield what is wrong with tables each of whose values is right by itself.

    What is missing, and what disagrees, is asked only of files in which nothing else is wrong.
    """
    yield from _not_nested(book)
    yield from _missing(book)
    if all(table.whole for table in _tables(book)) and not list(_missing(book)):
        for deal in DEALS:
            yield from _wrong_quarters(book, deal)
            yield from _wrong_regimes(book, deal)
            yield from _wrong_sum(book, deal)


def _tables(book: Book) -> tuple[Table, ...]:
    return tuple(getattr(book, name) for name in book.__dataclass_fields__)


def _not_nested(book: Book) -> Iterator[Problem]:
    """Yield counts of which more people reached a step than the step before."""
    for row in book.targets.rows:
        for before, after in pairwise(STEPS):
            yield from _exceeds(book.targets, row, after, (before, row.whole(before)), (after, row.whole(after)))
    measured = {(row.text("project"), row.text("measure")): row for row in book.performance.rows}
    for project in dict.fromkeys(project for project, _ in measured):
        for before, after in pairwise(STEPS):
            if (project, before) in measured and (project, after) in measured:
                earlier, row = measured[project, before], measured[project, after]
                for column in ("actual", "target"):
                    counts = (before, earlier.whole(column)), (after, row.whole(column))
                    yield from _exceeds(book.performance, row, column, *counts)


def _exceeds(table: Table, row: Row, column: str, before: tuple[str, int], after: tuple[str, int]) -> Iterator[Problem]:
    if after[1] > before[1]:
        message = (
            f"{row.text('project')}: {after[0]} {after[1]} is above {before[0]} {before[1]}, of which it is a part"
        )
        yield table.problem(row, column, message, "DATA_NOT_NESTED")


def _missing(book: Book) -> Iterator[Problem]:
    """Yield rows that a deal must have and has not."""
    for table in (book.targets, book.periods, book.specialists, book.payments, book.calendar):
        for deal in DEALS if table.whole else ():
            if not rows_of(table, deal):
                yield Problem(table.file, 0, "", f"has no row of {deal}", "MISSING_ROW")
    for deal in DEALS if book.performance.whole else ():
        found = {row.text("measure") for row in rows_of(book.performance, deal)}
        for measure in (*STEPS, PAID):
            if measure not in found:
                yield Problem(book.performance.file, 0, "", f"has no {measure} of {deal}", "MISSING_ROW")


def _wrong_quarters(book: Book, deal: str) -> Iterator[Problem]:
    """Yield claim quarters that are not, one after another, those of the period of the counts."""
    (period,) = rows_of(book.periods, deal)
    if period.day("to") < period.day("from"):
        yield book.periods.problem(period, "to", f"{deal}: the period ends before it begins", "TERM_ORDER")
        return
    expected = period.day("from")
    for row in rows_of(book.payments, deal):
        quarter = row.day("claim_quarter")
        if quarter != expected:
            message = f"{deal}: the quarter from {quarter} stands where the one from {expected} is due"
            yield book.payments.problem(row, "claim_quarter", message, "QUARTER_GAP")
        expected = add_months(quarter, 3)
    if expected - timedelta(days=1) != period.day("to"):
        message = (
            f"{deal}: the last claim quarter ends on {expected - timedelta(days=1)}, the counts on {period.day('to')}"
        )
        yield book.payments.problem(rows_of(book.payments, deal)[-1], "claim_quarter", message, "QUARTER_GAP")


def _wrong_regimes(book: Book, deal: str) -> Iterator[Problem]:
    """Yield claim quarters for which not exactly one regime holds, or one that does not go with what was paid for."""
    calendar = rows_of(book.calendar, deal)
    for row in rows_of(book.payments, deal):
        found = [each.text("regime") for each in calendar if applies(each, row.day("claim_quarter"))]
        if len(found) != 1:
            message = f"{deal}: {len(found)} regimes of {book.calendar.file} hold in this quarter, not one"
            yield book.payments.problem(row, "claim_quarter", message, "WINDOW_OVERLAP" if found else "WINDOW_GAP")
        elif (found[0] == "medium_scenario") != (row.text("basis") == ACTIVITY):
            message = f"{deal}: paid for {row.text('basis')}, where {book.calendar.file} says {found[0]}"
            yield book.payments.problem(row, "basis", message, "DATA_DISAGREE")


def _wrong_sum(book: Book, deal: str) -> Iterator[Problem]:
    """Yield a total that is not the sum of the quarters' payments."""
    paid = sum(row.whole("paid_gbp") for row in rows_of(book.payments, deal))
    for row in rows_of(book.performance, deal):
        if row.text("measure") == PAID and row.whole("actual") != paid:
            message = (
                f"{deal}: is £{row.whole('actual'):,}, and the quarters of {book.payments.file} add up to £{paid:,}"
            )
            yield book.performance.problem(row, "actual", message, "DATA_DISAGREE")
