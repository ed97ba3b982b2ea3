"""The tables of a run as Parquet files: made again batch by batch, and never all in memory.

A worker imports this module for every batch's sake, so it must never import figures or pages.
"""

from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from simulator.batch import tables
from simulator.monte_carlo import Progress, Run
from simulator.pathway.engine import Engine
from simulator.readable import readable
from simulator.scenario.draws import Points
from simulator.scenario.model import Scenario
from simulator.workers import Task, WorkerPool, processors

GROUP = 131_072
"""Rows of a file that stand together: a fixed number, so that the file does not depend on how the rows came."""
BATCH = 25
"""Most replications whose tables are made at once."""


class TableFile:
    """A Parquet file that takes rows as they come, and writes them in groups of one size."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = ParquetWriter(path, schema, compression="zstd")
        self._rest = schema.empty_table()

    def __enter__(self) -> "TableFile":
        return self

    def __exit__(self, *failure: object) -> None:
        if failure[0] is None and self._rest.num_rows:
            self._file.write_table(self._rest)
        self._file.close()

    def add(self, rows: pa.Table) -> None:
        """Take further rows."""
        held = pa.concat_tables([self._rest, rows])
        whole = held.num_rows - held.num_rows % GROUP
        for first in range(0, whole, GROUP):
            self._file.write_table(held.slice(first, GROUP).combine_chunks())
        self._rest = held.slice(whole).combine_chunks()


def write_table_files(
    run: Run,
    folder: Path,
    replications: range,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the tables of a run's replications into an empty folder, in order: the same bytes whoever makes them.

    Args:
        run: the run; of the program that is at work now.
        folder: where; it is there.
        replications: which, one after another.
        workers: processes, as for `run`.
        executor: makes the batches instead of processes of our own.
        progress: is told how many replications have just been written.
    """
    task = Task(_in_small_batches(run.scenario), run.seed, "compiled", run.points)
    with WorkerPool(workers, executor) as pool, ExitStack() as open_files:
        files: dict[str, TableFile] = {}
        first, stop, size = replications.start, replications.stop, task.scenario.settings.batch
        batches = pool.each(readable_batch, task, first, stop, 2 * (workers or processors()))
        for start, made in zip(range(first, stop, size), batches, strict=True):
            for name, rows in made.items():
                if name not in files:
                    files[name] = open_files.enter_context(TableFile(folder / f"{name}.parquet", rows.schema))
                files[name].add(rows)
            if progress:
                progress(min(size, stop - start))


def readable_batch(
    scenario: Scenario, seed: int, first: int, count: int, engine: Engine, points: Points
) -> dict[str, pa.Table]:
    """Return the tables of `count` replications from number `first` on, with names, dates and pounds; by name.

    Args:
        scenario: the deal and the assumptions.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        engine: `compiled`, or `simpy`, the readable one; both give the same.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    made = tables(scenario, seed, first, count, engine, points)
    return {name: readable(scenario, table) for name, table in made.by_name().items()}


def _in_small_batches(scenario: Scenario) -> Scenario:
    settings = scenario.settings.model_copy(update={"batch": min(BATCH, scenario.settings.batch)})
    return replace(scenario, description=scenario.description.model_copy(update={"settings": settings}))
