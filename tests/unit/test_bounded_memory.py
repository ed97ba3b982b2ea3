"""Runs of any length: batches are handed out a few at a time, and what they return is the same wherever it is held."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyarrow.parquet import ParquetFile

import simulator as sib
from simulator.batch import run_batch
from simulator.columns import BLOCK
from simulator.records import Returns
from simulator.report.archive import ROW_GROUP, scratch_folder, write_parquet, write_results, write_run
from simulator.scenario.model import Scenario
from simulator.workers import Job, hand_out
from tests.tiny import TINY
from tests.unit.test_columns import batch, scratch_files

SCENARIO = sib.load_scenario(TINY)
ALL_IN_A_FILE = 1


def in_batches_of(size: int) -> Scenario:
    settings = SCENARIO.settings.model_copy(update={"batch": size})
    return replace(SCENARIO, description=SCENARIO.description.model_copy(update={"settings": settings}))


class Answering(Executor):
    """Answers every job at once with made-up returns, and counts the jobs."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.submitted = 0
        self.fails_at = fails_at
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as in the standard library
        future: Future[Any] = Future()
        _, _, first, count, _, _ = args
        if self.fails_at is None or first < self.fails_at:
            future.set_result(batch(first, count))
        elif first == self.fails_at:
            future.set_exception(MemoryError("no room"))
        self.submitted += 1
        self.futures.append(future)
        return future


def jobs(count: int) -> Iterator[Job]:
    return ((SCENARIO, 1, number, 1, "compiled", "random") for number in range(count))


@pytest.mark.parametrize("window", [1, 8, 20_000])
def test_no_more_than_a_window_of_jobs_is_handed_out(window: int) -> None:
    executor = Answering()
    for number, returns in enumerate(hand_out(run_batch, jobs(10_000), executor, window)):
        assert executor.submitted - number <= window
        assert returns.first == number
    assert executor.submitted == 10_000


def test_a_run_hands_out_few_of_its_batches_at_once() -> None:
    executor, done = Answering(), []

    def progress(count: int) -> None:
        done.append(count)
        assert executor.submitted - len(done) <= 64

    made = sib.run(in_batches_of(1), replications=5_000, executor=executor, workers=1, progress=progress)
    assert made.replications == sum(done) == executor.submitted == 5_000


def test_what_waits_is_called_off_when_a_batch_fails() -> None:
    executor = Answering(fails_at=2)
    with pytest.raises(MemoryError, match="no room"):
        list(hand_out(run_batch, jobs(100), executor, 8))
    assert executor.submitted == 10
    assert all(future.cancelled() for future in executor.futures[3:])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks where Linux lists open files")
def test_nothing_is_left_of_a_run_that_fails(tmp_path: Path) -> None:
    executor = Answering(fails_at=3 * BLOCK)
    with pytest.raises(MemoryError, match="no room"):
        sib.run(
            in_batches_of(BLOCK), replications=4 * BLOCK, executor=executor, scratch=tmp_path, in_memory=ALL_IN_A_FILE
        )
    assert scratch_files(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def results(run: sib.Run, folder: Path) -> dict[Path, bytes]:
    """Return the files of what a run found, without its report."""
    folder.mkdir()
    write_results(run, folder)
    return files(folder)


def test_a_run_that_spills_writes_the_same_bytes(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    held = sib.run(SCENARIO, replications=BLOCK + 50, seed=3, workers=1)
    spilt = sib.run(SCENARIO, replications=BLOCK + 50, seed=3, workers=1, scratch=scratch, in_memory=ALL_IN_A_FILE)
    if sys.platform.startswith("linux"):
        assert len(scratch_files(scratch)) == 1
    one, other = results(held, tmp_path / "one"), results(spilt, tmp_path / "other")
    assert one.keys() == other.keys()
    assert [str(name) for name in one if one[name] != other[name]] == []
    del spilt
    gc.collect()
    assert scratch_files(scratch) == []
    assert list(scratch.iterdir()) == []


def test_returns_are_written_in_groups_of_a_fixed_size(tmp_path: Path) -> None:
    whole = batch(0, 2 * ROW_GROUP + 7)
    made = sib.Run(SCENARIO, 1, whole)
    bounds = [(0, ROW_GROUP), (ROW_GROUP, 2 * ROW_GROUP), (2 * ROW_GROUP, 2 * ROW_GROUP + 7)]
    write_parquet(tmp_path / "returns.parquet", (made.by_replication(first, stop) for first, stop in bounds))
    file = ParquetFile(tmp_path / "returns.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(3)] == [ROW_GROUP, ROW_GROUP, 7]
    read = pd.read_parquet(tmp_path / "returns.parquet")
    assert list(read.columns) == ["replication", "a.b", "a.c", "investor.irr_status"]
    assert np.array_equal(read["a.c"], whole.values["a.c"], equal_nan=True)
    assert (read["replication"] == np.arange(2 * ROW_GROUP + 7)).all()


def test_draws_are_written_as_they_were_drawn(tmp_path: Path) -> None:
    made = sib.run(SCENARIO, replications=5, seed=3, workers=1)
    read = pd.read_parquet(write_run(made, tmp_path / "run") / "draws.parquet")
    pd.testing.assert_frame_equal(read, made.draws())


def test_memory_is_relieved_beside_the_results(tmp_path: Path) -> None:
    assert scratch_folder(tmp_path / "run") == tmp_path
    assert scratch_folder(tmp_path / "not" / "there" / "run") == tmp_path
    assert scratch_folder(None).is_dir()


def test_one_batch_and_what_was_gathered_have_the_same_shapes() -> None:
    alone: Returns = run_batch(SCENARIO, 3, 0, 4)
    made = sib.run(SCENARIO, replications=4, seed=3, workers=1).returns
    assert {name: column.shape for name, column in made.series.items()} == {
        name: column.shape for name, column in alone.series.items()
    }
    assert list(made.values) == list(alone.values)
