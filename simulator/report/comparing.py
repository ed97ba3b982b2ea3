"""The folder of a comparison, and its table for a terminal."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.comparison import Comparison
from simulator.measures.measure import Measure
from simulator.report.archive import json_text, write_manifest
from simulator.report.compared import as_data, rows, table
from simulator.report.compared_figure import compared
from simulator.report.made_from import made_by
from simulator.report.result_folder import Owner, ResultFolder
from simulator.report.terminal import show_table
from simulator.scenario.model import Scenario

_DPI = 144
_EDGES, _BETWEEN = 3, 2
"""Columns of a table's own: at both ends and after the names, and beside each scenario."""
_TITLE = 20
"""Columns up to which a title is not wrapped."""


def default_folder(made: Comparison) -> Path:
    """Return the folder under `results/comparisons`: named by seed, replications and the digest of all scenarios."""
    return _own_folder([run.scenario for run in made.runs], made.seed, made.replications)


def _own_folder(scenarios: Sequence[Scenario], seed: int, replications: int) -> Path:
    together = sha256("".join(each.name + each.digest for each in scenarios).encode()).hexdigest()
    return Path("results") / "comparisons" / f"seed{seed}-n{replications}-{together[:8]}"


def check_comparison_folder(
    scenarios: Sequence[Scenario], out: Path | None, replications: int | None, seed: int | None, replace: bool
) -> None:
    """Refuse a folder that a comparison may not take, before anything is computed.

    Args:
        scenarios: what is to be compared.
        out: the folder; the comparison's own under `results` if none is given.
        replications: how many; the first scenario's own number if none is given.
        seed: seed of all luck; the first scenario's own if none is given.
        replace: whether another result makes way, and files that are no result's own are allowed.

    Raises:
        SibError: as `ResultFolder.check` does.
    """
    own = scenarios[0].settings
    count, luck = own.replications if replications is None else replications, own.seed if seed is None else seed
    folder = out or _own_folder(scenarios, luck, count)
    ResultFolder(folder, _owner(scenarios, folder), replace).check()


def _owner(scenarios: Sequence[Scenario], folder: Path) -> Owner:
    return made_by("comparison", scenarios, folder)


def write_comparison(made: Comparison, folder: Path, *, replace: bool = False) -> Path:
    """Write table, figure and data, in the place of an earlier comparison of the same scenarios, and return the folder.

    Args:
        made: the comparison.
        folder: where.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something else.
    """
    owner = _owner([run.scenario for run in made.runs], folder)
    return ResultFolder(folder, owner, replace).write(lambda new: _write_all(made, new, owner))


def _write_all(made: Comparison, folder: Path, owner: Owner) -> None:
    figure = compared(made)
    figure.savefig(folder / "comparison.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        "comparison.csv": table(made).to_csv(index=False, lineterminator="\n"),
        "comparison.json": json_text(as_data(made)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    facts = {
        "scenario_digests": {run.scenario.name: run.scenario.digest for run in made.runs},
        "seed": made.seed,
        "seeds": {run.scenario.name: run.seed for run in made.runs},
        "replications": made.replications,
    }
    write_manifest(folder, owner, facts)


def show_comparison(made: Comparison, folder: Path) -> None:
    """Print the scenarios side by side, each figure with its error, and where the folder is."""
    console, lines = Console(highlight=False), [_line(measure, cells) for measure, cells in rows(made)]
    console.print(
        f"{len(made.runs)} scenarios: {made.replications:,} replications of each"
        f"{'' if made.own_luck else f', seed {made.seed}'}",
        markup=False,
    )
    for text in luck_lines(made):
        console.print(text, markup=False)
    widths = [_width(label, [line.cells[i] for line in lines]) for i, label in enumerate(made.labels)]
    for block in blocks_of(widths, console.width - _names_width(lines)):
        show_table(_block(made, lines, [(i, widths[i]) for i in block]))
    if any(made.paired(position) for position in range(len(made.runs))):
        text = f"Δ: less {made.labels[0]}, replication by replication on the same luck."
        console.print(text, markup=False)
    console.print("Counts stand beside the high-case target.", markup=False)
    console.print(f"Written to {folder}", soft_wrap=True, markup=False)


def luck_lines(made: Comparison) -> list[str]:
    """Return in a sentence that deals have seeds of their own, and which; nothing where there is one deal."""
    if not made.own_luck:
        return []
    seeds = {run.scenario.deal.name: run.seed for run in made.runs}
    return [
        f"Each deal has a seed of its own, made from {made.seed} and the deal's name, so that figures of different deals are "
        f"independent; scenarios of one deal share it. Seeds for sib run: "
        f"{', '.join(f'{deal} {seed}' for deal, seed in seeds.items())}."
    ]


class Line(NamedTuple):
    """A row of the table: the subject that it stands under, its name, and its cells, of several lines each."""

    subject: str
    name: str
    cells: list[str]


def _line(measure: Measure, cells: list[tuple[str, str, str]]) -> Line:
    return Line(str(measure.definition.section), f"  {measure.label}", [_cell(*cell) for cell in cells])


def _names_width(lines: list[Line]) -> int:
    """Return the columns that names and the table's edges take."""
    return max(len(heading) for line in lines for heading in (line.subject, line.name)) + _EDGES


def _width(label: str, cells: list[str]) -> int:
    """Return a scenario's columns: as many as its figures need, and more for a long title."""
    figures = max(len(part) for cell in cells for part in cell.split("\n"))
    return max(figures, *map(len, label.split()), min(len(label), _TITLE))


def blocks_of(widths: Sequence[int], room: int) -> list[list[int]]:
    """Return positions in blocks of as many as fit beside one another: at least one in each.

    >>> blocks_of([30, 30, 30], 64), blocks_of([30, 30], 10)
    ([[0, 1], [2]], [[0], [1]])
    """
    blocks: list[list[int]] = []
    left = 0
    for position, width in enumerate(widths):
        if not blocks or width + _BETWEEN > left:
            blocks.append([])
            left = room
        blocks[-1].append(position)
        left -= width + _BETWEEN
    return blocks


def _block(made: Comparison, lines: list[Line], columns: list[tuple[int, int]]) -> Table:
    """Return all measures of some of the scenarios, given their positions and widths."""
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    shown.add_column(
        "Mean ± its error\nP5 to P95", justify="left", no_wrap=True, min_width=_names_width(lines) - _EDGES
    )
    for position, width in columns:
        shown.add_column("\n".join(wrap(made.labels[position], width)), justify="right", no_wrap=True, min_width=width)
    subject = ""
    for line in lines:
        if line.subject != subject:
            subject = line.subject
            shown.add_row(Text(subject, style="bold"))
        shown.add_row(line.name, *(line.cells[position] for position, _ in columns))
    return shown


def _cell(figure: str, spread: str, difference: str) -> str:
    """Return a figure, its spread and its difference on lines of their own, and on one more what the difference leaves out."""
    text, _, part = difference.partition(", in ")
    lines = [figure, spread, f"Δ {text}" if text else "", f"in {part}" if part else ""]
    return "\n".join(filter(None, lines))
