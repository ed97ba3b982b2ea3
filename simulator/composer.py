"""Joins the parts: draws, batches of replications, the four verbs, and a run that holds what came of it.

Every replication is a function of scenario, seed and its number alone, so that no result depends on batches, on workers, or
on the order in which they finish.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing import get_all_start_methods, get_context
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.batch import run_batch
from simulator.errors import SibError
from simulator.estimates import Estimate, estimate, probability, tail_mean
from simulator.finance.irr import IrrStatus, irr
from simulator.pathway.engine import Engine
from simulator.records import Returns
from simulator.scenario.draws import draw_table
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Progress = Callable[[int], None]
"""Called with the number of replications just done."""
Job = tuple[Scenario, int, int, int, Engine]
"""Arguments of `run_batch`."""
WORTH_PROCESSES = 2_000
"""Replications up to which one process is sooner done than several."""


@dataclass(frozen=True)
class Run:
    """What came of a run: the scenario, its seed, and the returns of all replications."""

    scenario: Scenario
    seed: int
    returns: Returns

    @property
    def replications(self) -> int:
        """Return how many replications were run."""
        return self.returns.replications

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Return every measure's estimate by name, in order of name."""
        values = self.returns.values
        found = {name: _estimate(name, column) for name, column in values.items()}
        found["investor.multiple"] = _named(found["investor.multiple"], "not_drawn")
        no_rate = float(np.mean(self.returns.irr_status != IrrStatus.OK))
        found["investor.irr"] = replace(found["investor.irr"], undefined_share=no_rate, always_share=True)
        found["investor.expected_shortfall_multiple"] = tail_mean(values["investor.multiple"])
        return dict(sorted(found.items()))

    @property
    def irr_of_mean_flows(self) -> float | None:
        """Return the investor's IRR on the mean of all replications' flows, if it has one."""
        day = np.flatnonzero(self.returns.flows)
        rate, _ = irr(np.array([0, day.size]), day, self.returns.flows[day])
        return None if np.isnan(rate[0]) else float(rate[0])

    def table(self) -> pd.DataFrame:
        """Return every measure with its Monte Carlo error, one row per measure."""
        return pd.DataFrame({name: each.as_dict() for name, each in self.estimates.items()}).T

    def draws(self) -> pd.DataFrame:
        """Return the uncertain assumptions' draws, one row per replication."""
        return draw_table(self.scenario, self.seed, self.replications)


def _named(found: Estimate, reason: str) -> Estimate:
    """Return the estimate with the reason for what is undefined in the place of the general word."""
    return replace(found, status=found.status.replace("undefined", reason))


def _estimate(name: str, values: Floats) -> Estimate:
    if ".probability_of_" in name:
        return probability(values)
    bad_end: Literal["low", "high"] = (
        "high" if "real_price" in name or "payback" in name or "wait" in name or "first" in name else "low"
    )
    return estimate(values, bad_end, averaged=name != "investor.irr")


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    engine: Engine = "compiled",
) -> Run:
    """Return a run of a scenario.

    Args:
        scenario: what to run.
        replications: how many; the scenario's own number if none is given.
        seed: seed of all luck; the scenario's own if none is given.
        workers: processes, 1 for this process alone. If none is given, one per processor, or this one alone where that is
            sooner done. A script that starts processes needs `if __name__ == "__main__":`.
        executor: runs the batches instead of processes of our own; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done.
        engine: `compiled`, or `simpy`, the readable one; no result depends on it.

    Raises:
        SibError: for numbers that make no sense.
    """
    count = scenario.settings.replications if replications is None else replications
    luck = scenario.settings.seed if seed is None else seed
    _refuse(count < 1, f"replications must be 1 or more, not {count}")
    _refuse(not 0 <= luck < 2**63, f"a seed is a whole number from 0 to 2**63 - 1, not {luck}")
    _refuse(workers is not None and workers < 1, f"workers must be 1 or more, not {workers}")
    size = min(count, scenario.settings.batch)
    jobs = [(scenario, luck, first, min(size, count - first), engine) for first in range(0, count, size)]
    wanted = min(len(jobs), _workers(count, engine) if workers is None else workers)
    parts = []
    for returns in _batches(jobs, wanted, executor):
        parts.append(returns)
        if progress:
            progress(returns.replications)
    return Run(scenario, luck, join_returns(parts))


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise SibError(message)


def _workers(count: int, engine: Engine) -> int:
    """Return how many processes are soonest done: starting one takes as long as thousands of compiled replications."""
    return 1 if engine == "compiled" and count <= WORTH_PROCESSES else os.cpu_count() or 1


def _batches(jobs: list[Job], workers: int, executor: Executor | None) -> Iterator[Returns]:
    """Yield the returns of all batches in order, as they are done."""
    if executor is None and workers == 1:
        yield from (run_batch(*job) for job in jobs)
        return
    if executor is None:
        run_batch(*jobs[0][:3], 1, jobs[0][4])  # compiles what is not compiled yet, once and not in every process
    with nullcontext(executor) if executor else _processes(workers) as pool:
        for future in [pool.submit(run_batch, *job) for job in jobs]:
            yield future.result()


def _processes(workers: int) -> ProcessPoolExecutor:
    """Return a pool of processes that inherit no thread: forking a process that has threads can hang it."""
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=get_context(method))


def join_returns(parts: list[Returns]) -> Returns:
    """Return the returns of successive batches as one."""
    days = max(part.flows.size for part in parts)
    return Returns(
        first=parts[0].first,
        values={name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values},
        irr_status=np.concatenate([part.irr_status for part in parts]),
        series={name: np.concatenate([part.series[name] for part in parts]) for name in parts[0].series},
        flows=np.sum([np.pad(part.flows, (0, days - part.flows.size)) for part in parts], axis=0),
    )
