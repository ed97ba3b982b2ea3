"""Break-even, as findings."""

from collections.abc import Iterator

from simulator.findings import Findings
from simulator.report.breakeven_charts import charts
from simulator.report.breakeven_words import answer, asked_for, level, method, not_met, value_in_words
from simulator.report.tail import tail_tables
from simulator.studies.breakeven import BreakEven
from simulator.studies.maps import Grid
from simulator.studies.quantities import Quantity
from simulator.studies.solving import Root
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, PERCENT, Unit

_ROOM = Unit(suffix="%", decimals=1, factor=100, name="relative change")


def findings(found: BreakEven) -> Findings:
    """Return where each lever brings the quantity to the level, and what lies behind the worst replications."""
    question = f"Where does each thing have to be for the {asked_for(found)} to be {level(found)}?"
    return Findings(
        "breakeven", "Break-even", question, found.asked, answer(found), tuple(_tables(found)), charts(found), _figures(found),
        method(found), can=found.can, reprices=True,
    )  # fmt: skip


def _figures(found: BreakEven) -> dict[str, Figure]:
    unit = found.quantity.unit
    return {
        "base": _of(found.quantity.of(found.base), unit),
        "level": Figure(found.level, unit=unit),
        "tail_replications": Figure(found.tail.replications, unit=COUNT),
    }


def _of(pair: tuple[float | None, float | None], unit: Unit) -> Figure:
    return Figure(*pair, "undefined" if pair[0] is None else "ok", unit)


def _tables(found: BreakEven) -> Iterator[Table]:
    """Yield all tables: by hand only for deals with its three outcomes, a map only where one was asked for."""
    yield _levers(found)
    if found.hand is not None:
        yield _by_hand(found)
    yield from tail_tables(found.tail)
    yield _tried(found)
    if found.map is not None:
        yield _map(found.map, found.quantity)


def _levers(found: BreakEven) -> Table:
    columns = (
        Column("lever"), Column("title", "Lever"), Column("base", "Stands at"), Column("value", "Break-even at"),
        Column("room", "Room", _ROOM, change=True), Column("bracket_low"), Column("bracket_high"), Column("tolerance"),
        Column("rising"), Column("why"), Column("quantity"), Column("level", "", found.quantity.unit),
    )  # fmt: skip
    title = f"Where the {asked_for(found)} is {level(found)}"
    note = "Each lever is turned alone, all else as it stands, on the same people. The error is that of chance."
    return Table("levers", title, columns, tuple(_row(found, root) for root in found.roots), note)


def _row(found: BreakEven, root: Root) -> tuple[Cell, ...]:
    lever, unit = root.lever, root.lever.unit
    words = not_met(found, root) if root.value is None else value_in_words(root) if lever.whole else ""
    room = Figure(root.value / lever.base - 1) if root.value is not None and lever.base else Figure(None, status="none")
    low, high = root.bracket or (None, None)
    return (
        lever.name, lever.title, Figure(lever.base, unit=unit), Figure(root.value, root.error, root.status, unit, words), room,
        low, high, root.tolerance, root.rising, root.why(), root.quantity.name, root.level,
    )  # fmt: skip


def _by_hand(found: BreakEven) -> Table:
    """Return what would be break-even without caps, lags and chance, beside what is simulated."""
    (engagements, job_starts, _), hand = found.counts, found.hand
    columns = (
        Column("what"), Column("title", "Figure"), Column("by_hand", "Needed, by hand"),
        Column("simulated", "Simulated as it stands"),
    )  # fmt: skip
    started = job_starts / engagements
    both = () if hand is None else (
        ("job_starts_per_engagement", "Job starts per engagement", hand.job_starts_per_engagement, started, PERCENT),
        ("engagements", "Engagements", hand.engagements, engagements, COUNT),
    )  # fmt: skip
    rows = tuple(
        (key, title, Figure(one, unit=unit), Figure(other, unit=unit)) for key, title, one, other, unit in both
    )
    note = (
        "At the rate card's prices, with no cap, lag or luck: the job starts per engagement at which receipts cover what comes "
        "before the return of capital, at the engagements simulated; and the engagements, at the conversions simulated."
    )
    return Table("by_hand", "What break-even takes, by hand", columns, rows, note, where="page")


def _tried(found: BreakEven) -> Table:
    """Return one row for each value of each lever that was run."""
    unit = found.quantity.unit
    columns = (Column("lever"), Column("value"), Column("figure", "", unit))
    rows = tuple(
        (root.lever.name, Figure(point.value, unit=root.lever.unit), _of((point.figure, point.se), unit))
        for root in found.roots
        for point in root.points
    )
    title = f"The {asked_for(found)} at every value of each lever that was simulated"
    return Table("breakeven", title, columns, rows, where="data")


def _map(drawn: Grid, quantity: Quantity) -> Table:
    """Return one row for each pair of values."""
    one, other = drawn.levers
    columns = (
        Column(one.name, unit=one.unit), Column(other.name, unit=other.unit), Column("figure", "", quantity.unit),
    )  # fmt: skip
    rows = tuple(
        (value, second, _of(quantity.of(cell), quantity.unit))
        for value, line in zip(drawn.values[0], drawn.returns, strict=True)
        for second, cell in zip(drawn.values[1], line, strict=True)
    )
    return Table("map", f"{one.title} and {other.title} together", columns, rows, where="data")
