"""A folder of a run's tables: every row of every replication, with names, dates and pounds, as Parquet files."""

from concurrent.futures import Executor
from pathlib import Path

from simulator.errors import refuse
from simulator.monte_carlo import Progress, Run, refuse_foreign
from simulator.report.archive import scenario_facts, write_manifest
from simulator.report.made_from import made_by
from simulator.report.result_folder import ResultFolder
from simulator.report.table_files import write_table_files


def write_tables(
    run: Run,
    folder: str | Path,
    *,
    replications: range | None = None,
    replace: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the tables of a run's replications into a folder of their own, and return it.

    Luck is keyed, so that they are made again, batch by batch: no more than a few batches are ever in memory. Files:
    `events.parquet`, `claims.parquet`, `payments.parquet`, `cashflows.parquet`, `shortfalls.parquet` and `manifest.json`; the
    columns are said in results/README.md.

    Args:
        run: the run, or one that `load_run` read back.
        folder: where; an earlier folder of tables of the same scenario file makes way.
        replications: which, as in `range(100)` or `range(500, 600)`; all that the run has if not given.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.
        workers: processes that make them, as for `run`.
        executor: makes them instead of processes of our own.
        progress: is told how many replications have just been written.

    Raises:
        SibError: for replications that the run does not have, for a run that another program made, and where the folder
            holds something else.
    """
    refuse_foreign(run, "its tables cannot be made again")
    chosen = range(run.replications) if replications is None else replications
    refuse(
        chosen.step != 1 or not 0 <= chosen.start < chosen.stop <= run.replications,
        f"replications are a range of those that the run has, 0 to {run.replications - 1}, one after another; not {chosen}",
    )
    place = Path(folder)
    owner = made_by("tables", [run.scenario], place)
    own = {"seed": run.seed, "first": chosen.start, "replications": len(chosen), "points": run.points}

    def write(new: Path) -> None:
        write_table_files(run, new, chosen, workers=workers, executor=executor, progress=progress)
        write_manifest(new, owner, scenario_facts(run.scenario, own, run.scenario.warnings))

    return ResultFolder(place, owner, replace).write(write)
