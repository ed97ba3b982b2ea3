"""What is known of the five deals to the end of 2021, and what the literature says, as typed values with their checks.

Every figure is that of a table under `calibration/sources/`, whose folders say how it is read. This module must never fit, weigh
or mend anything: figures that cannot be right are refused, those that are odd come with a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from calibration.deal_tables import DEALS, REPORT, STEPS, Book, applies, check_book, read_book, rows_of
from calibration.tables import Column, Row, Table, read_table
from simulator.dates import add_months
from simulator.errors import Problem, ScenarioError, nearest
from simulator.scenario.load import bundled_folder, load_scenario

__all__ = [
    "DEALS",
    "Counts",
    "Evidence",
    "EvidenceError",
    "Fact",
    "QuarterPayment",
    "WorkShare",
    "digest_of_sources",
    "read_evidence",
    "read_facts",
    "read_work_shares",
    "sources_folder",
]
Basis = Literal["activity", "outcomes"]
Regime = Literal["type_1", "type_2", "medium_scenario"]
QUARTER = timedelta(days=92)
"""The longest a calendar quarter can be."""


class EvidenceError(ScenarioError):
    """Tables of published figures have problems; all of them are named."""


@dataclass(frozen=True)
class Counts:
    """How many people reached each step."""

    referral: int
    engagement: int
    job_start: int
    sustainment: int


@dataclass(frozen=True)
class QuarterPayment:
    """What was paid for one calendar claim quarter.

    Attributes:
        quarter_start: its first day.
        quarter_end: its last day.
        pounds: whole pounds, as published.
        basis: `activity` for a grant detached from outcomes, or `outcomes`.
        regime: whose prices applied: `type_1` original, `type_2` adjusted, `medium_scenario` activity payment.
    """

    quarter_start: date
    quarter_end: date
    pounds: int
    basis: Basis
    regime: Regime


@dataclass(frozen=True)
class Evidence:
    """What is published of one deal to the end of its period.

    Attributes:
        deal: the name of its scenario.
        population: whom the service is for.
        counted: whose steps are in the counts.
        paid_for: what the payments are for.
        period_start: first day of the period of the counts.
        period_end: its last day, which is in it.
        counts: people who reached each step in the period.
        planned: the high case's targets for the same period.
        contracted: the high case's targets for the whole contract.
        payments: claim quarters of the period in order, without gaps.
        specialists: employment specialists.
        warnings: what is odd and was let pass.
    """

    deal: str
    population: str
    counted: str
    paid_for: str
    period_start: date
    period_end: date
    counts: Counts
    planned: Counts
    contracted: Counts
    payments: tuple[QuarterPayment, ...]
    specialists: int
    warnings: tuple[Problem, ...]

    @property
    def paid(self) -> int:
        """Pounds paid in the period."""
        return sum(payment.pounds for payment in self.payments)


@dataclass(frozen=True)
class Fact:
    """One published number: of what, after how many months where that is said, in what unit, of whom."""

    quantity: str
    at_months: float | None
    value: float
    unit: str
    population: str


@dataclass(frozen=True)
class WorkShare:
    """Share of people in competitive work, in percent, in a study of Individual Placement and Support and its comparison."""

    study: str
    months: float | None
    ips: float
    comparison: float | None
    note: str


def sources_folder() -> Path:
    """Return the folder of the published figures, which comes with the package."""
    return Path(__file__).parent / "sources"


def read_evidence(deal: str, folder: Path | None = None, service_start: date | None = None) -> Evidence:
    """Return what is published of a deal.

    Args:
        deal: one of `DEALS`.
        folder: the folder of the sources; those of the package if none is given.
        service_start: the first day of the model's service, that of the bundled scenario if none is given.

    Raises:
        EvidenceError: naming every problem of every table about the deals, with lines.
    """
    if deal not in DEALS:
        message = f"there is no evidence about {deal!r}{nearest(deal, DEALS)}"
        raise EvidenceError([Problem(deal, 0, "", message, "UNKNOWN_DEAL")])
    problems: list[Problem] = []
    book = read_book(sources_folder() if folder is None else folder, problems)
    problems += check_book(book)
    if problems:
        raise EvidenceError(problems)
    start = service_start or load_scenario(bundled_folder() / f"{deal}.yaml").deal.term.service_start
    return _evidence(book, deal, start)


def read_facts(source: str, folder: Path | None = None) -> tuple[Fact, ...]:
    """Return the single numbers of a source, by the name of its folder.

    Raises:
        EvidenceError: if there is no such source, or its table has problems.
    """
    home = sources_folder() if folder is None else folder
    known = sorted(path.parent.name for path in home.glob("*/facts.csv"))
    if source not in known:
        message = f"there is no source {source!r} with facts{nearest(source, known)}"
        raise EvidenceError([Problem(source, 0, "", message, "UNKNOWN_SOURCE")])
    columns = [
        Column("quantity"),
        Column("at_months", "number", optional=True),
        Column("value", "number"),
        Column("unit"),
        Column("population"),
    ]
    table = _one(home, f"{source}/facts.csv", columns, ("quantity", "at_months"))
    return tuple(
        Fact(
            row.text("quantity"),
            row.number_or_none("at_months"),
            row.number("value"),
            row.text("unit"),
            row.text("population"),
        )
        for row in table.rows
    )


def read_work_shares(folder: Path | None = None) -> tuple[WorkShare, ...]:
    """Return the shares in work that the report's table g gives, study by study.

    Raises:
        EvidenceError: if the table has problems.
    """
    columns = [
        Column("study"),
        Column("design"),
        Column("sample", optional=True),
        Column("months", "number", optional=True),
        Column("ips_pct", "number"),
        Column("tvr_pct", "number", optional=True),
        Column("note"),
    ]
    home = sources_folder() if folder is None else folder
    table = _one(home, f"{REPORT}/table_g_ips_studies.csv", columns, ("study", "design", "months", "note"))
    return tuple(
        WorkShare(
            row.text("study"),
            row.number_or_none("months"),
            row.number("ips_pct"),
            row.number_or_none("tvr_pct"),
            row.text("note"),
        )
        for row in table.rows
    )


def digest_of_sources(folder: Path | None = None) -> str:
    """Return the SHA-256 of the names and bytes of all tables of the sources, in the order of their names."""
    home = sources_folder() if folder is None else folder
    whole = sha256()
    for name in sorted(path.relative_to(home).as_posix() for path in home.rglob("*.csv")):
        data = (home / name).read_bytes()
        whole.update(f"{name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()


def _one(folder: Path, file: str, columns: list[Column], keys: tuple[str, ...]) -> Table:
    problems: list[Problem] = []
    table = read_table(folder, file, columns, keys, problems)
    if problems:
        raise EvidenceError(problems)
    return table


def _evidence(book: Book, deal: str, service_start: date) -> Evidence:
    """Return the evidence of a deal from tables that were found to be right."""
    target, period, staff = (rows_of(table, deal)[0] for table in (book.targets, book.periods, book.specialists))
    measures = {row.text("measure"): row for row in rows_of(book.performance, deal)}
    return Evidence(
        deal=deal,
        population=target.text("cohort"),
        counted=period.text("counted"),
        paid_for=period.text("paid_for"),
        period_start=period.day("from"),
        period_end=period.day("to"),
        counts=Counts(*(measures[step].whole("actual") for step in STEPS)),
        planned=Counts(*(measures[step].whole("target") for step in STEPS)),
        contracted=Counts(*(target.whole(step) for step in STEPS)),
        payments=tuple(_payment(row, rows_of(book.calendar, deal)) for row in rows_of(book.payments, deal)),
        specialists=staff.whole("employment_specialists"),
        warnings=tuple(_odd_window(book.periods, period, service_start)),
    )


def _payment(row: Row, calendar: list[Row]) -> QuarterPayment:
    start = row.day("claim_quarter")
    (regime,) = (each.text("regime") for each in calendar if applies(each, start))
    return QuarterPayment(
        quarter_start=start,
        quarter_end=add_months(start, 3) - timedelta(days=1),
        pounds=row.whole("paid_gbp"),
        basis=cast(Basis, row.text("basis")),
        regime=cast(Regime, regime),
    )


def _odd_window(periods: Table, period: Row, service_start: date) -> Iterator[Problem]:
    """Yield a warning if the period of the counts begins more than a quarter from the first day of the model's service."""
    counted = period.day("from")
    if abs(counted - service_start) > QUARTER:
        message = f"counts begin on {counted}, the service of the model on {service_start}: more than a quarter apart"
        yield Problem(periods.file, period.line, "from", message, "WINDOW_MISMATCH", "warning")
