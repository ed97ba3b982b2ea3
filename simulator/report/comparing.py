"""The folder of a comparison, and its table for a terminal."""

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.comparison import Comparison
from simulator.report.archive import check_folder, json_text
from simulator.report.compared import as_data, rows, table
from simulator.report.compared_figure import compared

_DPI = 144


def default_folder(made: Comparison) -> Path:
    """Return the folder under `results/comparisons`: named by seed, replications and the digest of all scenarios."""
    together = sha256("".join(run.scenario.name + run.scenario.digest for run in made.runs).encode()).hexdigest()
    return Path("results") / "comparisons" / f"seed{made.seed}-n{made.replications}-{together[:8]}"


def check_comparison_folder(folder: Path) -> None:
    """Refuse a folder that holds something other than an earlier comparison, or cannot be written.

    Raises:
        SibError: saying which folder, before anything is computed or lost.
    """
    check_folder(folder, "comparison.json", "comparison")


def write_comparison(made: Comparison, folder: Path) -> Path:
    """Write table, figure and data, in the place of an earlier comparison, and return the folder.

    Raises:
        SibError: where the folder holds something other than earlier results.
    """
    check_comparison_folder(folder)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.absolute().parent) as scratch:
        new = Path(scratch) / "new"
        _write_all(made, new)
        if folder.exists():
            folder.rename(Path(scratch) / "old")
        new.rename(folder)
    return folder


def _write_all(made: Comparison, folder: Path) -> None:
    folder.mkdir()
    figure = compared(made)
    figure.savefig(folder / "comparison.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        "comparison.csv": table(made).to_csv(index=False, lineterminator="\n"),
        "comparison.json": json_text(as_data(made)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    shutil.copymode(folder.parent.parent, folder)


def show_comparison(made: Comparison, folder: Path) -> None:
    """Print the scenarios side by side, each figure with its error, and where the folder is."""
    console = Console(highlight=False, width=max(80, Console().width))
    title = f"{len(made.runs)} scenarios: {made.replications:,} replications of each, seed {made.seed}"
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    shown.add_column("Mean ± its error\nP5 to P95", justify="left", min_width=26)
    for label in made.labels:
        shown.add_column(Text(label), justify="right", max_width=34)
    subject = ""
    for measure, cells in rows(made):
        if measure.subject != subject:
            subject = measure.subject
            shown.add_row(Text(subject, style="bold"))
        shown.add_row(f"  {measure.words}", *(_cell(*cell) for cell in cells))
    console.print(shown)
    if any(made.paired(position) for position in range(len(made.runs))):
        told = f"Δ: less {made.labels[0]}, replication by replication on the same luck."
        console.print(told, markup=False)
    console.print("Counts stand beside the high-case target.", markup=False)
    console.print(f"Written to {folder}", soft_wrap=True, markup=False)


def _cell(figure: str, spread: str, difference: str) -> str:
    return "\n".join(filter(None, [figure, spread, f"Δ {difference}" if difference else ""]))
