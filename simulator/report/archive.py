"""The run folder: everything a run found, written under a temporary name and renamed when it is whole.

The folder's files depend on scenario, seed, replications, versions and machine, and on nothing else: two runs of the same
give the same bytes, whatever the number of workers.
"""

import json
import platform
import shutil
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import simulator
from simulator.batch import quarter_marks
from simulator.composer import Run
from simulator.dates import day_date
from simulator.errors import SibError
from simulator.estimates import LEVELS
from simulator.finance.irr import IrrStatus
from simulator.report.document import render, svg
from simulator.report.figures import draw_figures
from simulator.report.summary import summary

LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "pyarrow", "pydantic", "ruamel.yaml", "matplotlib", "jinja2")
_DPI = 144


def default_folder(run: Run) -> Path:
    """Return the run folder under `results`: named by scenario, seed, replications and digest."""
    return Path("results") / run.scenario.name / f"seed{run.seed}-n{run.replications}-{run.scenario.digest[:8]}"


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something other than an earlier run.

    Raises:
        SibError: saying which folder, before anything is computed or lost.
    """
    if folder.exists() and not (folder / "manifest.json").exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} exists and is not a run folder; name another, or remove it"
        raise SibError(message)


def write_run(run: Run, folder: Path) -> Path:
    """Write the run folder, in the place of an earlier one, and return it.

    Raises:
        SibError: where the folder holds something other than an earlier run.
    """
    check_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made = Path(scratch) / "new"
        _write_all(run, made)
        if folder.exists():
            folder.rename(Path(scratch) / "old")
        made.rename(folder)
    return folder


def _write_all(run: Run, folder: Path) -> None:
    (folder / "figures").mkdir(parents=True)
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
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    returns_table(run).to_parquet(folder / "returns.parquet", index=False)
    run.draws().to_parquet(folder / "draws.parquet", index=False)
    (folder / "manifest.json").write_text(json_text(_manifest(run, folder)), encoding="utf-8", newline="\n")
    shutil.copymode(folder.parent.parent, folder)


def json_text(value: Any) -> str:  # noqa: ANN401 - plain data of any shape
    """Return plain data as JSON text; a number that is not finite is refused."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def returns_table(run: Run) -> pd.DataFrame:
    """Return every measure of every replication, one row per replication."""
    statuses = [IrrStatus(status).name.lower() for status in run.returns.irr_status]
    return pd.DataFrame(
        {"replication": np.arange(run.replications), **run.returns.values, "investor.irr_status": statuses}
    )


def quarter_table(run: Run) -> pd.DataFrame:
    """Return mean and quantiles of every series at each quarter: cumulative figures at its end, caseload over its days."""
    start = run.scenario.deal.term.service_start
    marks = quarter_marks(run.scenario.deal)
    rows = []
    for name, values in run.returns.series.items():
        quantiles = np.quantile(values, LEVELS, axis=0, method="inverted_cdf")
        for quarter in range(values.shape[1]):
            ends = day_date(int(marks[quarter + 1]) - 1, start).isoformat()
            levels = {f"q{round(level * 100):02d}": quantiles[i, quarter] for i, level in enumerate(LEVELS)}
            rows.append(
                {"series": name, "quarter": quarter + 1, "ends": ends, "mean": values[:, quarter].mean(), **levels}
            )
    return pd.DataFrame(rows)


def _manifest(run: Run, folder: Path) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "scenario": run.scenario.name,
        "file": run.scenario.file,
        "scenario_digest": run.scenario.digest,
        "overlays": [overlay.model_dump(mode="json", by_alias=True) for overlay in run.scenario.overlays],
        "seed": run.seed,
        "replications": run.replications,
        "warnings": [problem.as_dict() for problem in run.scenario.warnings],
        "versions": {"simulator": simulator.__version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "code_digest": _code_digest(),
        "machine": {"system": platform.system(), "architecture": platform.machine()},
        "files": {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files},
    }


def _code_digest() -> str:
    """Return the SHA-256 of the package's own source."""
    package = Path(simulator.__file__).parent
    together = sha256()
    for path in sorted(package.rglob("*.py")):
        together.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return together.hexdigest()
