"""A comparison, as findings: the same measures of every scenario, and paired differences to the first."""

from collections.abc import Iterator
from dataclasses import replace

from simulator.comparison import Comparison, Difference
from simulator.estimates import LEVELS, Estimate
from simulator.findings import Findings
from simulator.measures.catalogue import RETURNS
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.report.compared_charts import chart
from simulator.report.compared_words import answer, command, method, question
from simulator.report.distributions import counted
from simulator.report.estimated import mean_of_measure
from simulator.table import Cell, Column, Figure, Table
from simulator.words import PERCENT

_SHOWN = {"q05": "P5", "q50": "Median", "q95": "P95"}
"""Percentiles that readers see, with their headings."""
_QUANTILES = tuple(f"q{round(level * 100):02d}" for level in LEVELS)


def findings(made: Comparison) -> Findings:
    """Return how the scenarios compare."""
    return Findings(
        "comparison", "Comparison", question(made), made.asked, answer(made),
        (_table(made), _side_by_side(made)), (chart(made),),
        method=method(made), repeat=command(made),
    )  # fmt: skip


def measures(made: Comparison) -> list[Measure]:
    """Return the measures of a comparison in the order of the catalogue: those that at least one of the runs shows."""
    shown: dict[str, Measure] = {}
    for run in made.runs:
        shown |= {name: each for name, each in run.measures.items() if each.is_shown("compare", run.scenario.deal)}
    place = {each.key: number for number, each in enumerate(RETURNS)}
    return sorted(shown.values(), key=lambda each: place[each.definition.key])


def target_of(run: Run, measure: str) -> int | None:
    """Return the high-case target of a count of outcomes, if the deal has one."""
    targets = {key("outcomes.{}", name): target for name, target in counted(run.scenario.deal)}
    return targets.get(measure)


def difference_to_first(made: Comparison, position: int, measure: Measure) -> Difference | None:
    """Return a measure's paired difference to the first run; rates of return are never averaged, nor are their differences.

    Args:
        made: the comparison.
        position: place of the run, from 0.
        measure: what is compared.
    """
    return None if measure.is_rate else made.difference(position, measure.key)


def _table(made: Comparison) -> Table:
    columns = (
        Column("measure"), Column("title", "Measure"), Column("scenario"), Column("label", "Scenario"),
        Column("seed"), Column("mean", "Mean"),
        *(Column(name, _SHOWN.get(name, "")) for name in _QUANTILES), Column("undefined_share"),
        Column("target", "High-case target"), Column("difference", "Less the first", change=True),
        Column("compared_share"),
    )  # fmt: skip
    rows = tuple(row for measure in measures(made) for row in _rows(made, measure))
    note = "Means with their standard errors; percentiles over replications."
    paired = f" {paired_note(made)}" if any(map(made.paired, range(len(made.runs)))) else ""
    part = _left_out(made)
    return Table("comparison", "Every figure of every scenario", columns, rows, f"{note}{paired}{part}", where="data")


def _side_by_side(made: Comparison) -> Table:
    """Return one row for each measure, with a column for each scenario and for its difference to the first."""
    columns = [Column("measure"), Column("title", "Measure")]
    for position, label in enumerate(made.labels):
        columns.append(Column(f"scenario_{position + 1}", label))
        if made.paired(position):
            columns.append(Column(f"scenario_{position + 1}_difference", "Less the first", change=True))
    rows = tuple(
        (
            measure.key,
            measure.label,
            *(cell for place in range(len(made.runs)) for cell in _cells(made, place, measure)),
        )
        for measure in measures(made)
    )
    note = (
        "Means with their standard errors, and nine replications in ten; of what is not averaged, the median. "
        f"{paired_note(made) if any(map(made.paired, range(len(made.runs)))) else ''}{_left_out(made)}"
    )
    return Table("side_by_side", "Side by side", tuple(columns), rows, note.strip())


def _cells(made: Comparison, position: int, measure: Measure) -> Iterator[Cell]:
    """Yield a measure's figure in a scenario, and its difference to the first where they are paired."""
    found = made.runs[position].estimates.get(measure.key)
    yield None if found is None else _ranged(found, measure)
    if made.paired(position):
        yield _change(difference_to_first(made, position, measure), measure)


def _ranged(found: Estimate, measure: Measure) -> Figure:
    """Return a mean, or a median where there is none, with the 5th and the 95th percentile around it."""
    low, middle, high = (found.quantiles[LEVELS.index(level)] for level in (0.05, 0.5, 0.95))
    if found.mean is None and middle is not None:
        return Figure(middle, unit=measure.unit, low=low, high=high)
    shown = mean_of_measure(found, measure)
    return replace(shown, low=low, high=high)


def paired_note(made: Comparison) -> str:
    """Return in a sentence what differences are."""
    return f"Less the first: less {made.labels[0]}, replication by replication on the same luck."


def _left_out(made: Comparison) -> str:
    """Return in sentences which differences leave replications out."""
    found = (
        (made.labels[position], measure, difference_to_first(made, position, measure))
        for measure in measures(made)
        for position in range(len(made.runs))
    )
    return "".join(
        f" {measure.label} of {label}: the difference is over the {PERCENT.say(each.compared)} of replications in which both "
        "have one."
        for label, measure, each in found
        if each is not None and each.compared < 1
    )


def _rows(made: Comparison, measure: Measure) -> Iterator[tuple[Cell, ...]]:
    """Yield a measure's row of each scenario that has it."""
    for position, run in enumerate(made.runs):
        found = run.estimates.get(measure.key)
        if found is None:
            continue
        difference = difference_to_first(made, position, measure)
        yield (
            measure.key, measure.label, made.names[position], made.labels[position], run.seed, mean_of_measure(found, measure),
            *(Figure(level, None, "none", measure.unit) for level in found.quantiles), found.undefined_share,
            target_of(run, measure.key), _change(difference, measure), None if difference is None else difference.compared,
        )  # fmt: skip


def _change(found: Difference | None, measure: Measure) -> Figure:
    if found is None:
        return Figure(None, status="none")
    return Figure(found.estimate.mean, found.estimate.se, "none", measure.unit)
