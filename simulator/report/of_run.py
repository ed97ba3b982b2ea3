"""A run as findings: every measure, the quarters, and the looks of a run to a precision."""

from collections.abc import Iterator

from simulator.asked import Asked
from simulator.batch import quarter_marks
from simulator.dates import day_date
from simulator.estimates import LEVELS, Estimate
from simulator.findings import Findings
from simulator.monte_carlo import Run
from simulator.report.answer import answer_sentences
from simulator.report.convergence import looks_table
from simulator.report.estimated import mean_of_measure
from simulator.report.repeat import command
from simulator.report.run_charts import charts
from simulator.table import Cell, Column, Figure, Table
from simulator.words import Unit

_LEVELS = tuple(f"q{round(level * 100):02d}" for level in LEVELS)
_HEADINGS = {"q05": "P5", "q50": "Median", "q95": "P95"}


def findings(run: Run) -> Findings:
    """Return what a run found."""
    asked = Asked(run.scenario, run.seed, run.replications, versions=False)
    figures = {name: mean_of_measure(each, run.measures[name]) for name, each in run.estimates.items()}
    return Findings(
        "run", "Run", "What is paid, when, and what does the investor get back?", asked, tuple(answer_sentences(run)),
        tuple(_tables(run)), charts(run), figures, repeat=command(run),
    )  # fmt: skip


def _tables(run: Run) -> Iterator[Table]:
    yield measures(run)
    yield headlines(run)
    yield quarters(run)
    if run.convergence is not None:
        yield looks_table(run.convergence)


def measures(run: Run) -> Table:
    """Return the table of every measure: mean with its error, quantiles, and the share of replications without it."""
    keys = ("measure", "mean", "se", *_LEVELS, "undefined_share", "status")
    rows = tuple(
        (name, each.mean, each.se, *each.quantiles, float(each.undefined_share), each.status)
        for name, each in run.estimates.items()
    )
    return Table("measures", "Every measure", tuple(map(Column, keys)), rows, where="data")


def headlines(run: Run) -> Table:
    """Return the few lines that a terminal shows: measure, mean with its error, P5, median, P95."""
    points = "" if run.points == "random" else ", Sobol points"
    title = f"{run.scenario.title}: {run.replications:,} replications, seed {run.seed}{points}"
    columns = (
        Column("measure"), Column("title", "Measure"), Column("mean", "Mean \N{PLUS-MINUS SIGN} its error"),
        *(Column(level, heading) for level, heading in _HEADINGS.items()),
    )  # fmt: skip
    chosen = [each for each in run.measures.values() if each.is_shown("run", run.scenario.deal)]
    rows = tuple((each.key, each.label, *_row(run.estimates[each.key], each.unit)) for each in chosen)
    return Table("headlines", title, columns, rows)


def _row(found: Estimate, unit: Unit) -> tuple[Cell, ...]:
    """Return mean, P5, median and P95; left out are a mean without an error, and percentiles of what has one figure."""
    mean = None if found.mean is None or found.se is None else Figure(found.mean, found.se, unit=unit)
    if found.mean is not None and not any(each is not None for each in found.quantiles):
        return mean, None, None, None
    return mean, *(_level(found.quantiles[_LEVELS.index(level)], unit) for level in _HEADINGS)


def _level(value: float | None, unit: Unit) -> Figure:
    return Figure(value, status="undefined" if value is None else "ok", unit=unit)


def quarters(run: Run) -> Table:
    """Return mean and quantiles of every series at each quarter: cumulative figures at its end, caseload over its days."""
    columns = (
        Column("series"), Column("quarter"), Column("ends"), Column("mean"), *(Column(level) for level in _LEVELS),
    )  # fmt: skip
    start, marks = run.scenario.deal.term.service_start, quarter_marks(run.scenario.deal)
    rows = tuple(
        (name, quarter + 1, day_date(int(marks[quarter + 1]) - 1, start), found.mean, *found.quantiles)
        for name, every in run.quarters.items()
        for quarter, found in enumerate(every)
    )
    return Table("quarters", "Every series, quarter by quarter", columns, rows, where="data")
