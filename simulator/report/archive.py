"""The run folder: everything a run found, written under a temporary name and renamed when it is whole.

The folder's files depend on scenario, seed, replications, versions and machine, and on nothing else: two runs of the same
give the same bytes, whatever the number of workers.
"""

import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import file_digest
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import Table
from pyarrow.parquet import ParquetWriter

import simulator
from simulator.batch import quarter_marks
from simulator.columns import some_rows
from simulator.dates import day_date
from simulator.errors import Problem, SibError
from simulator.estimates import LEVELS
from simulator.finance.irr import IrrStatus
from simulator.monte_carlo import Run
from simulator.report.convergence import looks_table
from simulator.report.document import render, svg
from simulator.report.figures import draw_figures
from simulator.report.summary import as_data, summary
from simulator.scenario.draws import draw_table
from simulator.scenario.model import Scenario
from simulator.studies.code import code_digest

LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "matplotlib", "jinja2")
_DPI = 144
ROW_GROUP = 16_384
"""Rows of a Parquet file that stand together: a fixed number, so that the file does not depend on how the rows came."""


def default_folder(run: Run) -> Path:
    """Return the run folder under `results`: named by scenario, seed, replications, points if not random, and digest."""
    points = "" if run.points == "random" else f"-{run.points}"
    name = f"seed{run.seed}-n{run.replications}{points}-{run.scenario.digest[:8]}"
    return Path("results") / run.scenario.name / name


def scratch_folder(out: Path | None) -> Path:
    """Return the folder for what memory is not to hold: the nearest that exists above the run folder."""
    return next(folder for folder in (out or Path("results") / "run").absolute().parents if folder.is_dir())


def check_folder(folder: Path, mark: str = "manifest.json", kind: str = "run") -> None:
    """Refuse a folder that holds something other than earlier results, or cannot be written; make the folder that it is in.

    Args:
        folder: the folder.
        mark: the file by which earlier results of its kind are known.
        kind: what they are, in a word.

    Raises:
        SibError: saying which folder, before anything is computed or lost.
    """
    if folder.exists() and not (folder / mark).exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} exists and is not a {kind} folder; name another, or remove it"
        raise SibError(message)
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder.absolute().parent).close()
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise SibError(message) from error


def write_run(run: Run, folder: Path) -> Path:
    """Write the run folder, in the place of an earlier one, and return it.

    Raises:
        SibError: where the folder holds something other than an earlier run.
    """
    check_folder(folder)
    return put_in_place(folder, lambda new: _write_all(run, new))


def put_in_place(folder: Path, write: Callable[[Path], None]) -> Path:
    """Have a folder written under a temporary name beside its own, rename it when it is whole, and return it.

    An earlier folder of the name makes way only then. Permissions are those of the folder that it is in.
    """
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.absolute().parent) as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        write(new)
        shutil.copymode(folder.absolute().parent, new)
        if folder.exists():
            folder.rename(Path(scratch) / "old")
        new.rename(folder)
    return folder


def _write_all(run: Run, folder: Path) -> None:
    (folder / "figures").mkdir()
    drawn = draw_figures(run)
    for name, figure in drawn.items():
        figure.savefig(folder / "figures" / f"{name}.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        "summary.json": json_text(summary(run)),
        "scenario.json": json_text(run.scenario.description.model_dump(mode="json", by_alias=True)),
        "report.html": render(run, {name: svg(figure) for name, figure in drawn.items()}),
        "summary.csv": run.table().to_csv(index_label="measure", lineterminator="\n"),
        "quarters.csv": quarter_table(run).to_csv(index=False, lineterminator="\n"),
    }
    if run.convergence is not None:
        texts["convergence.csv"] = looks_table(run.convergence).to_csv(index=False, lineterminator="\n")
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_parquet(folder / "returns.parquet", (returns_rows(run, *rows) for rows in _row_groups(run)))
    write_parquet(folder / "draws.parquet", (draws_rows(run, *rows) for rows in _row_groups(run)))
    (folder / "manifest.json").write_text(json_text(_manifest(run, folder)), encoding="utf-8", newline="\n")


def json_text(value: Any) -> str:  # noqa: ANN401 - plain data of any shape
    """Return plain data as JSON text; a number that is not finite is refused."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row_groups(run: Run) -> Iterator[tuple[int, int]]:
    """Yield the first row of each row group and the one after its last."""
    return ((first, min(first + ROW_GROUP, run.replications)) for first in range(0, run.replications, ROW_GROUP))


def write_parquet(path: Path, groups: Iterator[pd.DataFrame]) -> None:
    """Write rows as one Parquet file, a row group for each table, with no more than one of them in memory."""
    tables = (Table.from_pandas(group, preserve_index=False) for group in groups)
    start = next(tables)
    with ParquetWriter(path, start.schema) as file:
        for table in chain([start], tables):
            file.write_table(table)


def returns_rows(run: Run, first: int, stop: int) -> pd.DataFrame:
    """Return every measure of replications first..stop-1, one row per replication."""
    values, statuses = run.returns.values, run.returns.irr_status[first:stop]
    columns = {name: some_rows(values, name, first, stop) for name in values}
    names = [IrrStatus(status).name.lower() for status in statuses]
    return pd.DataFrame({"replication": np.arange(first, stop), **columns, "investor.irr_status": names})


def draws_rows(run: Run, first: int, stop: int) -> pd.DataFrame:
    """Return the uncertain assumptions' draws of replications first..stop-1, one row per replication."""
    return draw_table(run.scenario, run.seed, stop - first, first, run.points)


def quarter_table(run: Run) -> pd.DataFrame:
    """Return mean and quantiles of every series at each quarter: cumulative figures at its end, caseload over its days."""
    start = run.scenario.deal.term.service_start
    marks = quarter_marks(run.scenario.deal)
    rows = []
    for name, quarters in run.quarters.items():
        for quarter, found in enumerate(quarters):
            ends = day_date(int(marks[quarter + 1]) - 1, start).isoformat()
            levels = {f"q{round(level * 100):02d}": found.quantiles[i] for i, level in enumerate(LEVELS)}
            rows.append({"series": name, "quarter": quarter + 1, "ends": ends, "mean": found.mean, **levels})
    return pd.DataFrame(rows)


def _manifest(run: Run, folder: Path) -> dict[str, Any]:
    own = {
        "seed": run.seed,
        "replications": run.replications,
        "points": run.points,
        "precision": None if run.convergence is None else as_data(run.convergence),
    }
    return manifest(run.scenario, own, run.scenario.warnings, folder)


def manifest(scenario: Scenario, own: dict[str, Any], warnings: Iterable[Problem], folder: Path) -> dict[str, Any]:
    """Return what is kept of how results came about: scenario, what is their own, versions, and every file's digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "scenario": scenario.name,
        "file": scenario.file,
        "scenario_digest": scenario.digest,
        "overlays": [overlay.model_dump(mode="json", by_alias=True) for overlay in scenario.overlays],
        **own,
        "warnings": [problem.as_dict() for problem in warnings],
        "versions": {"simulator": simulator.__version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "code_digest": code_digest(),
        "machine": {"system": platform.system(), "architecture": platform.machine()},
        "files": {path.relative_to(folder).as_posix(): _file_digest(path) for path in files},
    }


def _file_digest(path: Path) -> str:
    """Return a file's SHA-256; it is never whole in memory."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
