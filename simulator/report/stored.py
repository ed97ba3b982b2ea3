"""Reads the folder of a run back: the same run, of the same scenario, whose results are held as a run's own are.

What is read must be what was written: every file that is read has the digest that the manifest gives it, and the scenario has
the digest that it had. The files are read a few thousand replications at a time and are not needed afterwards: what memory is
not to hold goes into a scratch file, as that of a run does.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from pyarrow import Table
from pyarrow.compute import is_valid
from pyarrow.parquet import ParquetFile, read_table
from pydantic import ValidationError

from simulator.columns import IN_MEMORY, Gathered, some_rows
from simulator.errors import Problem, SibError, refuse
from simulator.finance.irr import IrrStatus
from simulator.monte_carlo import Run, blocks, look_at
from simulator.precision import Convergence, Look, Wanted, what_is_wanted
from simulator.records import Returns
from simulator.report.archive import this_program
from simulator.report.made_from import from_the_root
from simulator.report.result_folder import MANIFEST, digest_of, owner_of, read_json
from simulator.scenario.description import read_back
from simulator.scenario.model import Overlay, ReadBack, Scenario
from simulator.words import listed

Floats = NDArray[np.float64]
SUMMARY, SCENARIO = "summary.json", "scenario.json"
RETURNS, QUARTERS, FLOWS = "returns.parquet", "quarters.parquet", "investor_flows.parquet"
READ = (SUMMARY, SCENARIO, RETURNS, QUARTERS, FLOWS)
"""Files that a run is read from. Any other may be deleted, or changed, and the run can still be read."""
_NO_MEASURES = ("replication", "investor.irr_status")
_NO_SERIES = ("replication", "quarter", "ends")


def load_run(folder: str | Path, *, scratch: Path | None = None, in_memory: int = IN_MEMORY) -> Run:
    """Return the run that a run folder holds: the same returns, estimates, draws, seed, points and looks, to the last bit.

    Its scenario has the values of the one that was run. No version of it can be made, because the folder keeps values and not
    files. A run that another program made can be read, looked at and compared; it can be neither extended nor written.

    Args:
        folder: the run folder, as `sib run` or `write_run` wrote it.
        scratch: folder for what memory is not to hold, while the run is in use; the system's own if none is given.
        in_memory: bytes of results that memory holds before the scratch folder takes them; no result depends on it.

    Raises:
        SibError: for what is no run folder or another kind of result, for files that were changed or are missing, and for a
            folder of a version whose files cannot be read.
    """
    place = Path(folder)
    manifest = _manifest(place)
    _refuse_changed(place, manifest)
    try:
        scenario = _scenario(place, manifest)
        with Gathered(scratch, in_memory) as gathered:
            for part in _parts(place):
                gathered.add(part)
        facts = json.loads((place / SUMMARY).read_text(encoding="utf-8"))
        run = Run(
            scenario, facts["seed"], gathered.returns(), facts.get("points", "random"), foreign=_otherness(manifest)
        )
        _refuse_incomplete(place, manifest, run, facts["replications"])
        return replace(run, convergence=_convergence(run, facts["precision"])) if "precision" in facts else run
    except (KeyError, TypeError, ValueError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else f"{type(error).__name__}: {error}"
        _refuse_version(place, manifest, said)


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder that holds a run."""
    refuse(not folder.is_dir(), f"{folder} is no folder; name the folder of a run")
    manifest = read_json(folder / MANIFEST)
    owner = owner_of(manifest)
    if owner is None:
        message = f"{folder} is no run folder: it has no {MANIFEST} that a run wrote"
        raise SibError(message)
    refuse(owner.kind != "run", f"{folder} holds another result ({owner}), not a run")
    found: dict[str, Any] = manifest
    return found


def _refuse_changed(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a folder in which a file that is to be read is not the one that the run wrote."""
    unknown = [name for name in READ if name not in manifest["files"]]
    if unknown:
        _refuse_version(folder, manifest, f"it wrote no {listed(unknown)}")
    missing = [name for name in READ if not (folder / name).is_file()]
    refuse(bool(missing), f"{folder} is not whole: it lacks {listed(missing)}")
    changed = [name for name in READ if digest_of(folder / name) != manifest["files"][name]]
    refuse(bool(changed), f"{folder} is not as the run wrote it; changed since: {listed(changed)}")


def _refuse_version(folder: Path, manifest: Mapping[str, Any], why: str) -> NoReturn:
    versions = manifest["versions"]
    version = versions.get("simulator", "unknown") if isinstance(versions, dict) else "unknown"
    message = f"{folder} was written by version {version}, whose run folders this one cannot read back"
    raise SibError(f"{message} ({why}); run the scenario again")


def _scenario(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """Return the scenario that was run: its values, what they are called, and the warnings that reports carry."""
    description = read_back(json.loads((folder / SCENARIO).read_text(encoding="utf-8")))
    origin = ReadBack(
        overlays=tuple(Overlay.model_validate(each) for each in manifest["overlays"]),
        overlay_files=tuple(manifest["overlay_files"]),
        made_from=tuple(from_the_root(source, folder) for source in manifest["made_from"]),
    )
    warnings = tuple(Problem(**each) for each in manifest["warnings"])
    found = Scenario(manifest["file"], description, warnings, read_back=origin)
    own, then = found.digest[:8], str(manifest["scenario_digest"])[:8]
    refuse(
        found.digest != manifest["scenario_digest"],
        f"{folder}: the scenario in {SCENARIO} has the digest {own}, and the run was of one with the digest {then}, made by a "
        "program that reads scenarios otherwise; run the scenario again",
    )
    return found


def _parts(folder: Path) -> Iterator[Returns]:
    """Yield the returns of the folder's replications, a row group of the quarters at a time."""
    with ParquetFile(folder / QUARTERS) as file, ParquetFile(folder / RETURNS) as returns:
        flows = read_table(folder / FLOWS, columns=["flow_pence"])["flow_pence"].to_numpy()
        first, rows = 0, _Rows(returns)
        for group in range(file.num_row_groups):
            series = _series(file.read_row_group(group))
            count = len(next(iter(series.values())))
            found = rows.take(count)
            names = [name for name in found.column_names if name not in _NO_MEASURES]
            values = {name: found[name].to_numpy() for name in names}
            statuses = [IrrStatus[name.upper()] for name in found["investor.irr_status"].to_pylist()]
            yield Returns(first, values, np.array(statuses, dtype=np.int64), series, flows if first == 0 else flows[:0])
            first += count


class _Rows:
    """The rows of a Parquet file in order, as many at a time as are asked for; one row group of it is in memory."""

    def __init__(self, file: ParquetFile) -> None:
        self._groups = (file.read_row_group(number) for number in range(file.num_row_groups))
        self._rest: Table = file.schema_arrow.empty_table()

    def take(self, count: int) -> Table:
        """Return the next rows, which lie in one row group."""
        if not self._rest.num_rows:
            self._rest = next(self._groups)
        found, self._rest = self._rest.slice(0, count), self._rest.slice(count)
        return found


def _series(rows: Table) -> dict[str, Floats]:
    """Return series by name, shape (n, quarters) each, without the quarters that one does not have."""
    most = max(rows["quarter"].to_pylist())
    found = {}
    for name in (each for each in rows.column_names if each not in _NO_SERIES):
        own = int(np.count_nonzero(is_valid(rows[name].slice(0, most)).to_numpy()))
        found[name] = np.ascontiguousarray(rows[name].to_numpy().reshape(-1, most)[:, :own])
    return found


def _refuse_incomplete(folder: Path, manifest: Mapping[str, Any], run: Run, replications: int) -> None:
    """Refuse what does not have a measure of this version, or not all replications."""
    missing = sorted({each.source for each in run.measures.values()} - set(run.returns.values))
    if missing:
        _refuse_version(folder, manifest, f"it has no {missing[0]}")
    if run.replications != replications:
        _refuse_version(folder, manifest, f"it has {run.replications} replications, and says {replications}")


def _convergence(run: Run, said: Mapping[str, Any]) -> Convergence:
    """Return what was wanted and what was seen at each look: seen again, in as many replications."""
    wanted = what_is_wanted(said["wanted"], run.measures)
    return Convergence(wanted, tuple(_seen_again(run, wanted, look["replications"]) for look in said["looks"]))


def _seen_again(run: Run, wanted: tuple[Wanted, ...], replications: int) -> Look:
    sources = dict.fromkeys(each.measure.source for each in wanted)
    values = {name: some_rows(run.returns.values, name, 0, replications) for name in sources}
    then = replace(run.returns, values=values, irr_status=run.returns.irr_status[:replications])
    return look_at(then, wanted, blocks(run.points))


def _otherness(manifest: Mapping[str, Any]) -> str | None:
    """Return in words what is other about the program that wrote a folder; None if nothing is."""
    own, then = this_program(), {name: manifest[name] for name in ("versions", "code_digest", "machine")}
    if then == own:
        return None
    known = {**own["versions"], **own["machine"]}
    found = {**then["versions"], **then["machine"]}
    names = [name for name in {**known, **found} if known.get(name) != found.get(name)]
    other = [f"{name} {found.get(name, 'not known')}, not {known.get(name, 'known')}" for name in names]
    code = [] if then["code_digest"] == own["code_digest"] else ["other code"]
    return "; ".join([*code, *other])
