"""What the cases of a deal ask of the service, and what becomes of their people with the room there is, as tables."""

from collections.abc import Callable, Iterator

from simulator.measures.of_deal import named as measure_named
from simulator.report.case_columns import MEASURE, named, of_cases
from simulator.report.case_words import FACTOR, ONE
from simulator.report.percentiles import estimated, percentiles
from simulator.studies.case_flow import SEEN, Implied, Through
from simulator.studies.deal_cases import DealCases
from simulator.studies.plan import stage_before
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, PERCENT, Unit, name_in_words, name_within

_MONTHS: tuple[tuple[str, str, Callable[[Implied], float | None]], ...] = (
    ("months_at_limit", "Months a place may be held, at the limit", lambda each: each.months_at_limit),
    ("months_there_are", "Months it may be held, with vacancies", lambda each: each.months_there_are),
    ("months_needed", "Months it is held in the scenario", lambda each: each.months_needed),
)


def implied(found: DealCases) -> Table:
    """Return what each case asks of the service."""
    columns = (Column("what"), Column("outcome"), Column("title", "Of the service"), *of_cases(found))
    note = (
        "Months are for each person who engages, and a place is one of weight 1: it counts for less once somebody is settled in "
        "work. At the limit: all posts filled throughout. With vacancies: the places that there are in the scenario, new "
        "specialists' among them. There is room if a place may be held for as long as it is held."
    )
    return Table("service", "What each case asks of the service", columns, tuple(_implied_rows(found)), note)


def _implied_rows(found: DealCases) -> Iterator[tuple[Cell, ...]]:
    seen = {row.case: row for row in found.implied}
    cases = [seen.get(case.name) for case in found.cases]
    for group in found.scenario.deal.groups:
        title = f"{named(found, group)[1]} per {_before(found, group)}"
        yield (
            "conversion",
            group,
            title,
            *(_asked(each.conversions[group] if each else None, PERCENT) for each in cases),
        )
    for group in found.scenario.deal.groups:
        title = f"{named(found, group)[1]} per specialist and quarter"
        yield "throughput", group, title, *(_asked(each.throughput[group] if each else None, ONE) for each in cases)
    for key, title, months in _MONTHS:
        yield key, "", title, *(_asked(months(each) if each else None, ONE) for each in cases)
    yield "fits", "", "Room under the caseload limit", *(_fits(each) for each in cases)


def _asked(value: float | None, unit: Unit) -> Figure:
    return Figure(value, status="no_case" if value is None else "ok", unit=unit)


def _fits(each: Implied | None) -> Cell:
    return _asked(None, ONE) if each is None or each.fits is None else each.fits


def _before(found: DealCases, group: str) -> str:
    return name_within(stage_before(found.scenario.deal, group) or "person")


def with_room(found: DealCases) -> Table:
    """Return what becomes of each case's people with the room that there is."""
    columns = (
        MEASURE, Column("title", "With the room there is"),
        *(Column(each.case, name_in_words(each.case), statuses={"undefined": ""}) for each in found.through),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        ("factor", "Inflow, by the scenario's own", *(Figure(each.factor, unit=FACTOR) for each in found.through))
    ]
    for measure in map(measure_named, SEEN):
        cells = [estimated(each.seen[measure.key], measure.unit) for each in found.through]
        rows.append((measure.key, measure.label, *cells))
    for group in found.scenario.deal.groups:
        name, label = named(found, group)
        rows.append((name, label, *(estimated(each.outcomes[group][1], COUNT) for each in found.through)))
        part = (_of_case(each, group) for each in found.through)
        rows.append((f"{name} of the case", f"{label}: of the case", *part))
    note = (
        "The inflow alone is scaled, specialists and caseload limit stay: what comes of it, and what part of the case that "
        "is."
    )
    return Table("with_the_room_there_is", "The same people with the room that there is", columns, tuple(rows), note)


def _of_case(row: Through, group: str) -> Figure:
    """Return what part of the case's outcomes comes of its people."""
    wanted, got = row.outcomes[group]
    if not wanted or got.mean is None:
        return Figure(None, status="none", unit=PERCENT)
    return Figure(got.mean / wanted, unit=PERCENT)


def room_percentiles(found: DealCases) -> Table:
    """Return the percentiles of what becomes of each case's people with the room that there is."""
    return percentiles(
        (Column("case"), MEASURE),
        (
            ((each.case, name), seen)
            for each in found.through
            for name, seen in (*each.seen.items(), *((group, got) for group, (_, got) in each.outcomes.items()))
        ),
    )
