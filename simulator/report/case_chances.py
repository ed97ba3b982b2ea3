"""How likely the cases of a deal are, and targets set backwards from a likelihood, as tables."""

from math import isnan

from simulator.report.case_columns import MEASURE, NOTHING, measures, named, of_cases
from simulator.studies.case_reach import MULTIPLE, TOGETHER, TargetSet
from simulator.studies.deal_cases import DealCases
from simulator.studies.plan import REFERRAL
from simulator.table import Cell, Column, Figure, Table
from simulator.words import PERCENT, say_date


def chances(found: DealCases) -> Table:
    """Return how likely each case's levels are over the whole term."""
    last = len(found.years)
    columns = (MEASURE, Column("title", "Or more"), *of_cases(found, PERCENT))
    names = (*found.measures, TOGETHER, MULTIPLE)
    rows = tuple((*named(found, each), *_chances(found, each, last)) for each in names)
    note = (
        "Chance of that many or more, with its error. Medium, made of medians, is reached half of the time by each measure "
        "alone."
    )
    return Table("chances", "Chance of reaching each case by the end", columns, rows, note)


def chances_by_year(found: DealCases) -> Table:
    """Return how likely each case's levels are by the end of each contract year."""
    columns = (MEASURE, Column("title", "Or more"), Column("by", "By the end of"), *of_cases(found, PERCENT))
    rows = tuple(
        (*named(found, each), day, *_chances(found, each, year + 1))
        for each in (*found.measures, TOGETHER)
        if each != REFERRAL
        for year, day in enumerate(found.years)
    )
    note = "Chance of each case's number, or more, by the end of each contract year; what the deal prints is for the whole term."
    return Table("chances_by_year", "Chance of each case by contract year", columns, rows, note, where="page")


def _chances(found: DealCases, measure: str, year: int) -> list[Cell]:
    """Return how likely each case's level is by the end of a contract year; nothing where there is none.

    Args:
        found: the study.
        measure: what is to be reached.
        year: number of the contract year, from 1.
    """
    seen = {each.case: each for each in found.reached if each.measure == measure and each.year == year}
    cells = [seen.get(case.name) for case in found.cases]
    return [NOTHING if each is None else Figure(each.probability, each.se) for each in cells]


def targets(found: DealCases) -> Table:
    """Return targets set backwards from probabilities, by contract year; how likely each is stands in the data."""
    columns = (
        MEASURE, Column("title", "Target"), Column("by", "By the end of"),
        *(Column(_key("level", each), f"Reached with {PERCENT.say(each.chance)}") for each in found.targets),
        *(Column(_key("reached", each), "", PERCENT) for each in found.targets),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (*named(found, measure), day, *(_level(found, each, measure, year) for each in found.targets),
         *(_reached(each, measure, year) for each in found.targets))
        for measure in found.measures
        for year, day in enumerate(found.years)
        if measure != REFERRAL or year == len(found.years) - 1
    )  # fmt: skip
    note = (
        "Each target by itself is reached with the probability above it or a little more, for counts are whole; all of them at "
        "once, less often."
    )
    return Table("targets", "Targets set backwards from a probability", columns, rows, note)


def _key(what: str, each: TargetSet) -> str:
    return f"{what}_{each.chance:.12g}"


def _level(found: DealCases, each: TargetSet, measure: str, year: int) -> Figure:
    """Return the target of a measure by the end of a contract year, from 0."""
    level = float(each.levels[measure][year])
    return NOTHING if isnan(level) else Figure(level, unit=measures(found)[measure].unit)


def _reached(each: TargetSet, measure: str, year: int) -> Figure:
    chance, error = float(each.chances[measure][year]), float(each.errors[measure][year])
    return NOTHING if isnan(chance) else Figure(chance, error)


def together(found: DealCases) -> Table:
    """Return how likely all outcomes' targets are together, by the end of each contract year and of every one of them."""
    columns = (
        Column("by"), Column("title", "All outcomes' targets"),
        *(Column(_key("reached", each), f"With {PERCENT.say(each.chance)} each", PERCENT) for each in found.targets),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (day, f"By {say_date(day)}", *(_at_once(each, year) for each in found.targets))
        for year, day in enumerate(found.years)
    ]
    rows.append((None, "By the end of every year", *(Figure(*each.throughout) for each in found.targets)))
    return Table("targets_together", "Chance of reaching all outcomes' targets together", columns, tuple(rows))


def _at_once(each: TargetSet, year: int) -> Figure:
    return Figure(float(each.together[year]), float(each.together_errors[year]))
