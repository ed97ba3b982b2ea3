"""The run folder: everything a run found, written under a temporary name and renamed when it is whole.

The folder's files depend on scenario, seed, replications, versions and machine, and on nothing else: two runs of the same
give the same bytes, whatever the number of workers. Only the manifest also says where the scenario's file stands from the folder.
"""

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
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
from simulator.errors import Problem
from simulator.estimates import LEVELS
from simulator.finance.irr import IrrStatus
from simulator.monte_carlo import Run
from simulator.report.convergence import looks_table
from simulator.report.document import render, svg
from simulator.report.figures import draw_figures
from simulator.report.made_from import made_by
from simulator.report.result_folder import MANIFEST, Owner, ResultFolder, file_digests
from simulator.report.summary import as_data, summary
from simulator.scenario.draws import Points, draw_table
from simulator.scenario.model import Scenario
from simulator.studies.code import code_digest

LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "matplotlib", "jinja2")
_DPI = 144
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


def write_run(run: Run, folder: Path, *, replace: bool = False) -> Path:
    """Write the run folder, in the place of an earlier run of the same scenario file, and return it.

    Args:
        run: the run.
        folder: where.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something else.
    """
    owner = _owner(run.scenario, folder)
    return ResultFolder(folder, owner, replace).write(lambda new: _write_all(run, new, owner))


def _owner(scenario: Scenario, folder: Path) -> Owner:
    return made_by("run", [scenario], folder)


def _write_all(run: Run, folder: Path, owner: Owner) -> None:
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
    own = {
        "seed": run.seed,
        "replications": run.replications,
        "points": run.points,
        "precision": None if run.convergence is None else as_data(run.convergence),
    }
    write_manifest(folder, owner, scenario_facts(run.scenario, own, run.scenario.warnings))


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
    """Return every measure of replications first..stop-1, one row per replication.

    Args:
        run: the run.
        first: number of the first replication, from 0.
        stop: number of the replication after the last.
    """
    values, statuses = run.returns.values, run.returns.irr_status[first:stop]
    columns = {name: some_rows(values, name, first, stop) for name in values}
    names = [IrrStatus(status).name.lower() for status in statuses]
    return pd.DataFrame({"replication": np.arange(first, stop), **columns, "investor.irr_status": names})


def draws_rows(run: Run, first: int, stop: int) -> pd.DataFrame:
    """Return the uncertain assumptions' draws of replications first..stop-1, one row per replication.

    Args:
        run: the run.
        first: number of the first replication, from 0.
        stop: number of the replication after the last.
    """
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
        "versions": {"simulator": simulator.__version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "code_digest": code_digest(),
        "machine": {"system": platform.system(), "architecture": platform.machine()},
        "files": file_digests(folder),
    }
    (folder / MANIFEST).write_text(json_text(made), encoding="utf-8", newline="\n")
