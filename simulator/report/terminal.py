"""What a terminal shows: progress and warnings on standard error, the answer on standard output."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from simulator.errors import Problem, word_problems
from simulator.monte_carlo import Run
from simulator.report.convergence import looks_table, verdict
from simulator.report.of_run import headlines
from simulator.scenario.model import Scenario

_ENDLESS = 100_000
"""Columns of a terminal that no table fills."""
_NAMES = 34
"""Columns up to which the names of measures do not wrap."""


@contextmanager
def progress_bar(replications: int | None, doing: str = "Simulating") -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of replications done; shows a bar on standard error meanwhile.

    Without a number of replications the bar does not say how far there is to go.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=replications)
        yield lambda done: bar.update(task, advance=done)


def show_warnings(scenario: Scenario) -> None:
    """Print the scenario's warnings on standard error."""
    show_problems(scenario.warnings)


def show_problems(problems: Sequence[Problem]) -> None:
    """Print problems on standard error, by file."""
    if problems:
        Console(stderr=True, highlight=False, soft_wrap=True).print(word_problems(problems), markup=False)


def show_run(run: Run, folder: Path) -> None:
    """Print the headlines of a run and where its report is."""
    found = headlines(run)
    show_table(table(found.title, [column.heading for column in found.shown], found.words(), _NAMES))
    if run.convergence is not None:
        found = looks_table(run.convergence)
        show_table(table(found.title, [column.heading for column in found.shown], found.words()))
    Console(highlight=False).print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)


def show_table(table: Table) -> None:
    """Print a table whose number columns have their widths: as wide as it must be, however narrow the terminal is."""
    console = Console(highlight=False)
    needed = console.measure(table, options=console.options.update(max_width=_ENDLESS)).minimum
    console.width = max(console.width, needed)
    console.print(table)


def show_missed(run: Run) -> bool:
    """Say on standard error, and return, whether a precision was wanted and not reached."""
    missed = run.convergence is not None and not run.convergence.reached
    if missed:
        Console(stderr=True, highlight=False, soft_wrap=True).print(verdict(run), markup=False)
    return missed


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], names: int = 0) -> Table:
    """Return a table in which names may wrap, beyond a width of `names` columns, and numbers never do.

    Args:
        title: line above the table.
        headings: heading of each column; the first is that of the names.
        rows: cells of each row, as many as headings, the name first.
        names: width in characters up to which a name does not wrap.
    """
    table, lines = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)), list(rows)
    for i, heading in enumerate(headings):
        longest = max(len(cell) for cell in (heading, *(line[i] for line in lines)))
        width = longest if i else min(names, longest)
        table.add_column(heading, justify="right" if i else "left", no_wrap=bool(i), min_width=width)
    for line in lines:
        table.add_row(*line)
    return table
