"""The run folder: everything a run found, written under a temporary name and renamed when it is whole.

The folder's files depend on scenario, seed, replications, versions and machine, and on nothing else: two runs of the same
give the same bytes, whatever the number of workers. Only the manifest also says where the scenario's file stands from the folder.
"""

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import Array, Table, array
from pyarrow.parquet import ParquetWriter

import simulator
from simulator.batch import quarter_marks
from simulator.columns import BLOCK, some_rows
from simulator.dates import day_date
from simulator.errors import Problem
from simulator.monte_carlo import Progress, Run, refuse_foreign
from simulator.report.convergence import looks_table
from simulator.report.document import render, svg
from simulator.report.figures import draw_figures
from simulator.report.made_from import made_by
from simulator.report.of_run import quarters
from simulator.report.result_folder import MANIFEST, Owner, ResultFolder, file_digests
from simulator.report.style import looks
from simulator.report.summary import as_data, summary
from simulator.report.table_files import write_table_files
from simulator.scenario.description import kept
from simulator.scenario.draws import Points, draw_table
from simulator.scenario.model import Scenario
from simulator.studies.code import code_digest

Floats = NDArray[np.float64]
LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "matplotlib", "jinja2")
_DPI = 144
TABLES = "tables"
"""Folder of the tables in a run folder."""
ROW_GROUP = 16_384
"""Rows of a Parquet file that stand together: a fixed number, so that the file does not depend on how the rows came."""


def default_folder(run: Run) -> Path:
    """Return the run folder under `results`: named by scenario, seed, replications, points if not random, and digest."""
    return _own_folder(run.scenario, run.seed, run.replications, run.points)


def _own_folder(scenario: Scenario, seed: int, replications: int, points: Points) -> Path:
    even = "" if points == "random" else f"-{points}"
    return Path("results") / scenario.name / f"seed{seed}-n{replications}{even}-{scenario.digest[:8]}"


def scratch_folder(out: Path | None) -> Path:
    """Return the folder for what memory is not to hold: the nearest that exists above the run folder."""
    return next(folder for folder in (out or Path("results") / "run").absolute().parents if folder.is_dir())


def check_run_folder(
    scenario: Scenario,
    out: Path | None,
    replications: int | None,
    seed: int | None,
    points: Points,
    *,
    to_precision: bool,
    replace: bool,
) -> None:
    """Refuse a folder that a run may not take, before anything is computed.

    Args:
        scenario: what is to be run.
        out: the folder; the run's own under `results` if none is given.
        replications: how many; the scenario's own number if none is given.
        seed: seed of all luck; the scenario's own if none is given.
        points: where the places of uncertain parameters come from.
        to_precision: whether the run goes on to a precision: the number in its own folder's name is not known before.
        replace: whether another result makes way, and files that are no result's own are allowed.

    Raises:
        SibError: as `ResultFolder.check` does.
    """
    count = scenario.settings.replications if replications is None else replications
    own = _own_folder(scenario, scenario.settings.seed if seed is None else seed, count, points)
    if to_precision:
        own = own.with_name("run")
    folder = out or own
    ResultFolder(folder, _owner(scenario, folder), replace).check()


def write_run(
    run: Run,
    folder: Path,
    *,
    replace: bool = False,
    csv: bool = False,
    tables: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the run folder, in the place of an earlier run of the same scenario file, and return it.

    Args:
        run: the run.
        folder: where.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.
        csv: whether `replications.csv` is written too: what `returns.parquet` holds, as text.
        tables: whether the tables of all replications are written too, as `tables/*.parquet`; they are made again.
        workers: processes that make the tables, as for `run`.
        executor: makes the tables instead of processes of our own.
        progress: is told of how many replications the tables have just been written.

    Raises:
        SibError: where the folder holds something else, and for a run that another program made.
    """
    refuse_foreign(run, "it cannot be written as one of this program; copy its folder")
    owner = _owner(run.scenario, folder)
    make_tables = partial(write_table_files, run, workers=workers, executor=executor, progress=progress)

    def write(new: Path) -> None:
        if tables:
            (new / TABLES).mkdir()
            make_tables(new / TABLES, range(run.replications))
        if csv:
            write_csv(new / "replications.csv", run)
        _write_report(run, new)
        write_results(run, new)
        write_run_manifest(run, new, owner)

    return ResultFolder(folder, owner, replace).write(write)


def _owner(scenario: Scenario, folder: Path) -> Owner:
    return made_by("run", [scenario], folder)


def _write_report(run: Run, folder: Path) -> None:
    drawn = draw_figures(run)
    text = render(run, {name: svg(figure) for name, figure in drawn.items()})
    (folder / "report.html").write_text(text, encoding="utf-8", newline="\n")
    (folder / "figures").mkdir()
    for name, figure in drawn.items():  # after the page: layouts move a little each time they are written
        with looks():
            figure.savefig(folder / "figures" / f"{name}.png", dpi=_DPI, metadata={"Software": None})


def write_results(run: Run, folder: Path) -> None:
    """Write what a run found, and of which scenario, into a folder that is there: all that is needed to read it back."""
    texts = {
        "summary.json": json_text(summary(run)),
        "scenario.json": json_text(kept(run.scenario.description)),
        "summary.csv": run.table().to_csv(index_label="measure", lineterminator="\n"),
        "quarters.csv": quarters(run).frame().to_csv(index=False, lineterminator="\n"),
    }
    if run.convergence is not None:
        texts["convergence.csv"] = looks_table(run.convergence).frame().to_csv(index=False, lineterminator="\n")
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_parquet(folder / "returns.parquet", (run.by_replication(*rows) for rows in _row_groups(run)))
    write_parquet(folder / "draws.parquet", (draws_rows(run, *rows) for rows in _row_groups(run)))
    write_parquet(folder / "quarters.parquet", (quarters_rows(run, *rows) for rows in _row_groups(run, BLOCK)))
    write_parquet(folder / "investor_flows.parquet", iter([flows_rows(run)]))


def write_run_manifest(run: Run, folder: Path, owner: Owner) -> None:
    """Write the manifest of a run's folder whose other files are all there.

    Args:
        run: the run.
        folder: where it is.
        owner: whose result it is.
    """
    own = {
        "overlay_files": list(run.scenario.overlay_files),
        "seed": run.seed,
        "replications": run.replications,
        "points": run.points,
        "precision": None if run.convergence is None else as_data(run.convergence),
    }
    write_manifest(folder, owner, scenario_facts(run.scenario, own, run.scenario.warnings))


def json_text(value: Any) -> str:  # noqa: ANN401 - plain data of any shape
    """Return plain data as JSON text; a number that is not finite is refused."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row_groups(run: Run, size: int = ROW_GROUP) -> Iterator[tuple[int, int]]:
    """Yield the first replication of each row group and the one after its last."""
    return ((first, min(first + size, run.replications)) for first in range(0, run.replications, size))


def write_csv(path: Path, run: Run) -> None:
    """Write every measure of every replication as CSV, one row each, what is undefined as nothing; in parts, never whole."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for first, stop in _row_groups(run):
            run.by_replication(first, stop).to_csv(file, index=False, header=first == 0, lineterminator="\n")


def write_parquet(path: Path, groups: Iterator[pd.DataFrame | Table]) -> None:
    """Write rows as one Parquet file, a row group for each table, with no more than one of them in memory."""
    tables = (group if isinstance(group, Table) else Table.from_pandas(group, preserve_index=False) for group in groups)
    start = next(tables)
    with ParquetWriter(path, start.schema) as file:
        for table in chain([start], tables):
            file.write_table(table)


def draws_rows(run: Run, first: int, stop: int) -> pd.DataFrame:
    """Return the uncertain assumptions' draws of replications first..stop-1, one row per replication.

    Args:
        run: the run.
        first: number of the first replication, from 0.
        stop: number of the replication after the last.
    """
    return draw_table(run.scenario, run.seed, stop - first, first, run.points)


def quarters_rows(run: Run, first: int, stop: int) -> Table:
    """Return every series of replications first..stop-1, a row for each replication and quarter.

    Beside the series: the replication's number, the quarter's from 1 and its last day. A series that ends before the others is
    null in the quarters that it does not have, and NaN where it is undefined.

    Args:
        run: the run.
        first: number of the first replication, from 0.
        stop: number of the replication after the last.
    """
    series = {name: some_rows(run.returns.series, name, first, stop) for name in run.returns.series}
    most, n = max(each.shape[1] for each in series.values()), stop - first
    start, marks = run.scenario.deal.term.service_start, quarter_marks(run.scenario.deal)
    ends = np.array([day_date(int(mark) - 1, start) for mark in marks[1 : most + 1]], dtype="datetime64[D]")
    columns = {
        "replication": array(np.repeat(np.arange(first, stop), most)),
        "quarter": array(np.tile(np.arange(1, most + 1), n)),
        "ends": array(np.tile(ends, n)),
        **{name: _to_quarters(each, most) for name, each in series.items()},
    }
    return Table.from_pydict(columns)


def _to_quarters(series: Floats, most: int) -> Array:
    """Return a series row by row, null in the quarters that it does not have."""
    n, own = series.shape
    missing = np.tile(np.arange(most) >= own, n)
    return array(np.pad(series, ((0, 0), (0, most - own))).ravel(), mask=missing, from_pandas=False)


def flows_rows(run: Run) -> pd.DataFrame:
    """Return the investor's flows of each day summed over all replications, in pence, a row for each day from day 0."""
    flows, start = run.returns.flows, run.scenario.deal.term.service_start
    dates = [day_date(day, start) for day in range(flows.size)]
    return pd.DataFrame({"day": np.arange(flows.size), "date": dates, "flow_pence": flows})


def scenario_facts(scenario: Scenario, own: Mapping[str, Any], warnings: Iterable[Problem]) -> dict[str, Any]:
    """Return what is kept of the scenario of a result: its digest and overlays, what is the result's own, and warnings.

    Args:
        scenario: the scenario.
        own: what only this kind of result has, by key; it comes between overlays and warnings.
        warnings: what the checks of the scenario warn of.
    """
    return {
        "scenario": scenario.name,
        "file": scenario.file,
        "scenario_digest": scenario.digest,
        "overlays": [overlay.model_dump(mode="json", by_alias=True) for overlay in scenario.overlays],
        **own,
        "warnings": [problem.as_dict() for problem in warnings],
    }


def this_program() -> dict[str, Any]:
    """Return what a manifest says of the program that made a result: versions, the digest of its code, and the machine."""
    return {
        "versions": {"simulator": simulator.__version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "code_digest": code_digest(),
        "machine": {"system": platform.system(), "architecture": platform.machine()},
    }


def write_manifest(folder: Path, owner: Owner, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose other files are all there: whose they are, how they came about, their digests.

    Args:
        folder: the folder.
        owner: whose result it is.
        facts: what is kept of how it came about.
    """
    made = {
        "kind": owner.kind,
        "of": list(owner.of),
        "made_from": list(owner.made_from),
        **facts,
        **this_program(),
        "files": file_digests(folder),
    }
    (folder / MANIFEST).write_text(json_text(made), encoding="utf-8", newline="\n")
