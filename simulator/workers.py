"""Who does the work of a run: this process, processes of our own, or somebody's executor.

Batches are handed out a few at a time and taken back in order, so that neither what waits nor what is done piles up.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_all_start_methods, get_context
from types import TracebackType
from typing import Any, TypeVar

from simulator.batch import run_batch
from simulator.pathway.engine import Engine
from simulator.progress import Watched, watch
from simulator.records import Returns
from simulator.scenario.draws import Points
from simulator.scenario.model import Scenario

Made = TypeVar("Made")
Job = tuple[Scenario, int, int, int, Engine, Points]
"""Arguments of `run_batch`."""
WORTH_PROCESSES = 2_000
"""Compiled replications up to which one process is sooner done than several: starting one takes as long as thousands."""
WINDOW = 64
"""Batches that are under way at once, at least; two for each worker if that is more."""


@dataclass(frozen=True)
class Task:
    """What is done for any replication of a run."""

    scenario: Scenario
    seed: int
    engine: Engine
    points: Points = "random"

    def jobs(self, first: int, stop: int) -> Iterator[Job]:
        """Yield batches of the scenario's size that make up replications first..stop-1."""
        size, scenario = self.scenario.settings.batch, to_run(self.scenario)
        for start in range(first, stop, size):
            yield scenario, self.seed, start, min(size, stop - start), self.engine, self.points


def to_run(scenario: Scenario) -> Scenario:
    """Return a scenario without what versions of it are made from: a worker makes none, and is sent it with every batch."""
    return replace(scenario, content=None)


class WorkerPool:
    """Does batches of replications; the processes that it started end with it."""

    def __init__(self, workers: int | None = None, executor: Executor | None = None) -> None:
        self._workers = workers
        self._executor = executor
        self._processes = 0 if executor is None else None
        self._ours = ExitStack()
        self._window = max(WINDOW, 2 * (workers or processors()))

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ours.close()

    def work(self, task: Task, first: int, stop: int) -> Iterator[Returns]:
        """Return an iterator over the returns of replications first..stop-1, batch by batch in order, as they are done.

        Args:
            task: what is done for each replication.
            first: number of the first replication.
            stop: number of the replication after the last.
        """
        return self.each(run_batch, task, first, stop)

    def each(
        self, function: Callable[..., Made], task: Task, first: int, stop: int, window: int | None = None
    ) -> Iterator[Made]:
        """Return an iterator over what a function makes of replications first..stop-1, batch by batch in order.

        Args:
            function: takes the arguments of `run_batch`; in another process, so a function of a module.
            task: what is done for each replication.
            first: number of the first replication.
            stop: number of the replication after the last.
            window: most batches that are under way at once, where they are large; as many as of returns if not given.
        """
        self._see_to(stop - first, task.scenario, task.seed, task.engine, task.points)
        return self._do(function, task.jobs(first, stop), window)

    def watch(
        self, scenario: Scenario, seed: int, first: int, stop: int, days: Sequence[date], points: Points = "random"
    ) -> Iterator[Watched]:
        """Return an iterator over what `progress.watch` sees of replications first..stop-1, batch by batch in order.

        Args:
            scenario: the deal and the assumptions.
            seed: seed of all random numbers.
            first: number of the first replication.
            stop: number of the replication after the last.
            days: the days asked for.
            points: `random`, or `sobol`: where the draws of the assumptions come from.
        """
        self._see_to(stop - first, scenario, seed, "compiled", points)
        size, alone = scenario.settings.batch, to_run(scenario)
        jobs = (
            (alone, seed, start, min(size, stop - start), tuple(days), "compiled", points)
            for start in range(first, stop, size)
        )
        return self._do(watch, jobs)

    def _do(
        self, function: Callable[..., Made], jobs: Iterable[tuple[Any, ...]], window: int | None = None
    ) -> Iterator[Made]:
        if self._executor is None:
            return (function(*job) for job in jobs)
        return hand_out(function, jobs, self._executor, window or self._window)

    def _see_to(self, replications: int, scenario: Scenario, seed: int, engine: Engine, points: Points) -> None:
        """Start as many processes as there is work for, where nobody gave an executor and there are fewer."""
        workers = self._workers or _soonest(replications, engine)
        wanted = min(workers, math.ceil(replications / scenario.settings.batch))
        if self._processes is not None and wanted > max(1, self._processes):
            self._ours.close()
            run_batch(scenario, seed, 0, 1, engine, points)  # compiles once, not in every process
            self._executor = self._ours.enter_context(processes(wanted))
            self._processes = wanted


def processors() -> int:
    """Return how many processors this process may use, at most as many as a pool may have processes on any system."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, 61)


def _soonest(replications: int, engine: Engine) -> int:
    """Return how many processes are soonest done."""
    return 1 if engine == "compiled" and replications <= WORTH_PROCESSES else processors()


def processes(workers: int) -> ProcessPoolExecutor:
    """Return a pool of processes that inherit no thread: forking a process that has threads can hang it."""
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=get_context(method))


def hand_out(
    function: Callable[..., Made], jobs: Iterable[tuple[Any, ...]], executor: Executor, window: int = WINDOW
) -> Iterator[Made]:
    """Yield what the function makes of all jobs in order, with no more than `window` of them handed out and not taken back.

    Args:
        function: what does a job, in another process.
        jobs: the function's arguments, job by job.
        executor: where jobs are done.
        window: most jobs that are under way at once.
    """
    under_way: deque[Future[Made]] = deque()
    try:
        for job in jobs:
            under_way.append(executor.submit(function, *job))
            if len(under_way) == window:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
