"""The low, medium and high case of a deal, as findings: what each comes to, and the closed form beside it."""

from collections.abc import Iterator
from math import isnan

from simulator.findings import Findings
from simulator.progress import PAYMENTS
from simulator.report.case_chances import chances, chances_by_year, targets, together
from simulator.report.case_charts import charts
from simulator.report.case_columns import MEASURE, NO_CASE, NOTHING, measures, named, of_cases
from simulator.report.case_service import implied, room_percentiles, with_room
from simulator.report.case_words import FACTOR, answer, method
from simulator.studies.case_limits import Limit
from simulator.studies.deal_cases import Case, DealCases
from simulator.studies.plan import REFERRAL
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, MONEY, PERCENT


def findings(found: DealCases) -> Findings:
    """Return what the cases are, how likely each is, and what each asks of the service."""
    return Findings(
        "cases", "Low, medium and high", "What are the low, the medium and the high case, and how likely is each?",
        found.asked, answer(found), tuple(_tables(found)), charts(found), _figures(found), method(found),
        can=found.can, reprices=True,
    )  # fmt: skip


def _figures(found: DealCases) -> dict[str, Figure]:
    by_prices = found.by_prices
    return {
        "published_worth_gbp": Figure(by_prices.worth, unit=MONEY),
        "costs_before_return_gbp": Figure(by_prices.costs, unit=MONEY),
        "low_by_prices": Figure(by_prices.low, status="out_of_reach" if by_prices.low is None else "ok", unit=PERCENT),
    }


def _tables(found: DealCases) -> Iterator[Table]:
    yield from (_levels(found), chances(found), targets(found), together(found), implied(found), with_room(found))
    yield from (_levels_by_year(found), chances_by_year(found), _limits(found), room_percentiles(found))


def _levels(found: DealCases) -> Table:
    """Return what each case comes to."""
    columns = (
        MEASURE, Column("title", "Whole term"), *of_cases(found), Column("by_prices", "Low by prices", statuses=NO_CASE),
    )  # fmt: skip
    last = len(found.years) - 1
    rows: list[tuple[Cell, ...]] = [
        (*named(found, each), *(_level(found, case, each, last) for case in found.cases), _by_prices(found, each))
        for each in found.measures
    ]
    rows.append(("factor", "Of the path", *map(_factor, found.cases), NOTHING))
    rows.append(("cap_reached", "Cap reached", *map(_cap_reached, found.cases), NOTHING))
    worth = (_worth_the_cap(found, each) for each in found.cases)
    rows.append(("worth_the_cap", "Part worth the cap", *worth, NOTHING))
    note = (
        "Low and high are means at a multiple of the scenario's path of outcomes, medium is made of medians, published is what "
        f"the deal prints, worth {MONEY.say(found.by_prices.worth)} without any cap. The last column is the printed high case, "
        "scaled down until it is worth the costs at the rate card's prices: its mix is the printed one, and it knows of no lags, "
        "schedules, activity payments or lost claims."
    )
    return Table("cases", "The cases", columns, tuple(rows), note)


def _level(found: DealCases, case: Case, measure: str, year: int) -> Figure:
    """Return a case's level by the end of a contract year; why there is no such case, or nothing where it is not known.

    Args:
        found: the study.
        case: the case.
        measure: what is counted.
        year: number of the contract year, from 0.
    """
    if case.levels is None:
        return Figure(None, status=case.status)
    level, error = float(case.levels[measure][year]), float((case.errors or {})[measure][year])
    if isnan(level):
        return NOTHING
    return Figure(level, None if isnan(error) else error, unit=measures(found)[measure].unit)


def _factor(case: Case) -> Figure:
    if case.factor is None:
        return Figure(None, status=case.status) if case.levels is None else NOTHING
    return Figure(case.factor, case.factor_error, unit=FACTOR)


def _cap_reached(case: Case) -> Figure:
    if case.cap_reached is None:
        return Figure(None, status=case.status) if case.levels is None else NOTHING
    return Figure(*case.cap_reached, unit=PERCENT)


def _worth_the_cap(found: DealCases, case: Case) -> Figure:
    """Return what part of the printed high case is worth the total cap; nothing for the other cases."""
    if case.name != "published":
        return NOTHING
    at = found.by_prices.cap
    return Figure(at, status="worth_less" if at is None else "ok", unit=PERCENT)


def _by_prices(found: DealCases, measure: str) -> Figure:
    """Return what the closed form comes to."""
    by_prices = found.by_prices
    if measure == PAYMENTS:
        return NOTHING if by_prices.low is None else Figure(by_prices.costs, unit=MONEY)
    count = by_prices.counts.get(measure)
    return Figure(count, status="no_case" if count is None else "ok", unit=COUNT)


def _levels_by_year(found: DealCases) -> Table:
    """Return what each case comes to by the end of each contract year."""
    columns = (MEASURE, Column("title", "Cumulative"), Column("by", "By the end of"), *of_cases(found))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (*named(found, each), day, *(_level(found, case, each, year) for case in found.cases))
        for each in found.measures
        if each != REFERRAL
        for year, day in enumerate(found.years)
    )
    note = (
        "The last line of each is all there is, of payments with the invoices of the claims tail. What the deal prints is for "
        "the whole term."
    )
    return Table("cases_by_year", "Each case by contract year", columns, rows, note, where="page")


def _limits(found: DealCases) -> Table:
    """Return the largest multiples of the path that cap and room allow, and which of them makes the high case."""
    limits: dict[str, Limit] = {"cap": found.cap, "room": found.room}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, Figure(each.factor, each.error, each.status), name == found.binds) for name, each in limits.items()
    )
    columns = (Column("limit"), Column("factor", unit=FACTOR), Column("binds"))
    return Table("limits", "Largest multiples of the path", columns, rows, where="data")
