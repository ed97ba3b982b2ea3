"""Joins the parts: draws, batches of replications, the four verbs, and a run that holds what came of it.

Every replication is a function of scenario, seed and its number alone, so that no result depends on batches, on workers, or
on the order in which they finish.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.batch import Tables, tables
from simulator.columns import IN_MEMORY, Gathered, each_quarter, in_blocks, some_rows
from simulator.compilation import compile_first
from simulator.errors import refuse
from simulator.estimates import Estimate, estimate, probability, tail_mean
from simulator.finance.irr import IrrStatus, irr
from simulator.measures.measure import QUANTILES, Measure
from simulator.measures.of_deal import measures_of
from simulator.pathway.engine import Engine
from simulator.precision import LIMIT, Convergence, Look, Seen, Wanted, next_look, rounded, what_is_wanted
from simulator.presented import Presented, report
from simulator.records import Returns
from simulator.scenario.draws import Points, draw_table
from simulator.scenario.model import Scenario
from simulator.scenario.points import SCRAMBLINGS
from simulator.words import TOTAL_LOSS
from simulator.workers import Task, WorkerPool

if TYPE_CHECKING:
    from simulator.report.figures import Plots

Floats = NDArray[np.float64]
Progress = Callable[[int], None]
"""Called with the number of replications just done."""
SURE = 1_000
"""Replications from which a mean that never varied is taken to have no error."""


@dataclass(frozen=True, repr=False)
class Run(Presented):
    """What came of a run: the scenario, its seed, and the returns of all replications."""

    _told_by: ClassVar[str] = "of_run"
    scenario: Scenario
    seed: int
    returns: Returns
    points: Points = "random"
    """Where the places of uncertain parameters came from."""
    convergence: Convergence | None = None
    """How the errors came down, where a precision was wanted."""
    foreign: str | None = None
    """Of a run that another program made: what is other about that, in words. It cannot be extended or written again."""

    @property
    def replications(self) -> int:
        """Return how many replications were run."""
        return self.returns.replications

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Return the measures of the deal by key, in the order in which they are shown."""
        return measures_of(self.scenario.deal)

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Return every measure's estimate by name, in order of name."""
        together = blocks(self.points)
        return {key: estimate_of(self.returns, self.measures[key], together) for key in sorted(self.measures)}

    @cached_property
    def quarters(self) -> dict[str, list[Estimate]]:
        """Return every series' estimate at each quarter, by name."""
        series, together = self.returns.series, blocks(self.points)
        return {name: [estimate(column, blocks=together) for column in each_quarter(series, name)] for name in series}

    @property
    def irr_of_mean_flows(self) -> float | None:
        """Return the investor's IRR on the mean of all replications' flows, if it has one."""
        day = np.flatnonzero(self.returns.flows)
        rate, _ = irr(np.array([0, day.size]), day, self.returns.flows[day])
        return None if np.isnan(rate[0]) else float(rate[0])

    def table(self, name: str | None = None) -> pd.DataFrame:
        """Return every measure with its Monte Carlo error, one row per measure, by its key; or another table of the findings.

        Args:
            name: name of another table: `headlines`, `quarters`, or `convergence` where a precision was wanted.

        Raises:
            SibError: for a name that no table has.
        """
        found = super().table(name)
        return found.set_index("measure") if name in (None, "measures") else found

    def html(self) -> str:
        """Return the report of the run as one HTML document that needs nothing else."""
        page: str = report("document").page_of_run(self)
        return page

    def save(
        self,
        folder: str | Path,
        *,
        replace: bool = False,
        csv: bool = False,
        tables: bool = False,
        workers: int | None = 1,
    ) -> Path:
        """Write the run folder, in the place of an earlier run of the same scenario file, and return it.

        Args:
            folder: where.
            replace: whether another result makes way, and files that are no result's own are allowed; they stay.
            csv: whether every measure of every replication is written as text too.
            tables: whether every event, claim, payment and posting is written too.
            workers: processes that make those tables, as for `run`.

        Raises:
            SibError: where the folder holds something else, or cannot be written.
        """
        place: Path = report("archive").write_run(
            self, Path(folder), replace=replace, csv=csv, tables=tables, workers=workers
        )
        return place

    @property
    def plot(self) -> "Plots":
        """Return what draws the figures of the report: `run.plot.payments()` and so on, each as a matplotlib figure."""
        plots: Plots = report("figures").Plots(self)
        return plots

    def draws(self) -> pd.DataFrame:
        """Return the uncertain assumptions' draws, one row per replication."""
        return draw_table(self.scenario, self.seed, self.replications, points=self.points)

    def by_replication(self, first: int = 0, stop: int | None = None) -> pd.DataFrame:
        """Return every measure of replications first..stop-1, one row per replication, as `returns.parquet` has them.

        Columns: the replication's number, every measure by name, in its unit (NaN where it is undefined), and the status of the
        investor's IRR in words.

        Args:
            first: number of the first replication, from 0.
            stop: number of the replication after the last; all that there are if not given.
        """
        end = self.replications if stop is None else stop
        refuse(
            not 0 <= first <= end <= self.replications,
            f"the run has replications 0 to {self.replications - 1}, and not {first} to {end - 1}",
        )
        values, statuses = self.returns.values, self.returns.irr_status[first:end]
        columns = {name: some_rows(values, name, first, end) for name in values}
        names = [IrrStatus(status).name.lower() for status in statuses]
        return pd.DataFrame({"replication": np.arange(first, end), **columns, "investor.irr_status": names})

    def tables(self, first: int = 0, count: int = 1) -> Tables:
        """Return all tables of `count` replications from number `first` on, made again: luck is keyed, so they are the same.

        Raises:
            SibError: for replications that the run does not have, and for a run that another program made.
        """
        refuse_foreign(self, "its tables cannot be made again")
        refuse(
            not 0 <= first < first + count <= self.replications,
            f"the run has replications 0 to {self.replications - 1}, and not {count} from {first} on",
        )
        return tables(self.scenario, self.seed, first, count, points=self.points)

    def extend(
        self,
        *,
        to: int,
        workers: int | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
        scratch: Path | None = None,
        in_memory: int = IN_MEMORY,
    ) -> "Run":
        """Return the run of `to` replications that begins with these: only those that are missing are run.

        It is what `run` gives from scratch for so many, to the last bit. This run stays as it is. What was wanted of a run
        to a precision was said of fewer replications, and is not kept.

        Args:
            to: how many replications there are to be.
            workers: processes, as for `run`.
            executor: runs the batches instead of processes of our own.
            progress: is told how many replications have just been done.
            scratch: folder for what memory is not to hold, while the run is in use; the system's own if none is given.
            in_memory: bytes of results that memory holds before the folder takes them; no result depends on it.

        Raises:
            SibError: for fewer replications than there are, and for a run that another program made.
        """
        refuse_foreign(self, "it cannot be extended")
        refuse(to < self.replications, f"the run has {self.replications} replications already, and cannot have {to}")
        refuse_workers(workers)
        task = Task(self.scenario, self.seed, "compiled", self.points)
        with WorkerPool(workers, executor) as pool, Gathered(scratch, in_memory) as gathered:
            for part in in_blocks(self.returns):
                gathered.add(part)
            _gather(task, to, pool, gathered, progress)
        return Run(self.scenario, self.seed, gathered.returns(), self.points)


def refuse_foreign(run: Run, so: str) -> None:
    """Refuse what cannot be done with a run that another program made.

    Raises:
        SibError: saying what is other, and so what cannot be done.
    """
    refuse(
        run.foreign is not None,
        f"this run was made by another program than this one ({run.foreign}), so {so}; run its scenario again",
    )


def refuse_workers(workers: int | None) -> None:
    """Refuse a number of processes that is none.

    Raises:
        SibError: saying so.
    """
    refuse(workers is not None and workers < 1, f"workers must be 1 or more, not {workers}")


def blocks(points: Points) -> int:
    """Return into how many independent blocks replications fall, in turn; 0 where each is independent of the others."""
    return SCRAMBLINGS if points == "sobol" else 0


def estimate_of(returns: Returns, measure: Measure, together: int = 0) -> Estimate:
    """Return the estimate of a measure.

    Args:
        returns: the returns of all replications.
        measure: the measure.
        together: into how many independent blocks replications fall, in turn; 0 where each is independent.
    """
    values = returns.values[measure.source]
    if measure.definition.statistic == "tail mean":
        return tail_mean(values, blocks=together)
    if measure.is_single:
        return probability(values, together)
    found = estimate(values, measure.undefined_ranks, averaged=not measure.is_rate, blocks=together)
    found = replace(found, status=found.status.replace("undefined", measure.definition.status))
    if measure.is_rate:
        no_rate = float(np.mean(np.isnan(values) | (values == TOTAL_LOSS)))
        return replace(found, undefined_share=no_rate, always_share=True)
    return found


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    engine: Engine = "compiled",
    points: Points = "random",
    precision: Mapping[str, float | str] | None = None,
    max_replications: int | None = None,
    scratch: Path | None = None,
    in_memory: int = IN_MEMORY,
) -> Run:
    """Return a run of a scenario.

    Args:
        scenario: what to run.
        replications: how many; the scenario's own number if none is given. With a precision, how many there are at first.
        seed: seed of all random numbers; the scenario's own if none is given.
        workers: processes, 1 for this process alone. If none is given, one per processor, or this one alone where that is
            sooner done. A script that starts processes needs `if __name__ == "__main__":`.
        executor: runs the batches instead of processes of our own; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done.
        engine: `compiled`, or `simpy`, the readable one; no result depends on it.
        points: `random`, or `sobol`: where the places of uncertain parameters in their distributions come from.
        precision: the largest standard error that will do, by estimate (`investor.multiple.mean`, `.q05` to `.q95`): the run
            goes on until all are reached.
        max_replications: where such a run stops; a million if none is given.
        scratch: folder for what memory is not to hold, while the run is in use; the system's own if none is given.
        in_memory: bytes of results that memory holds before the folder takes them; no result depends on it.

    Raises:
        SibError: for numbers that make no sense, and estimates that cannot be as precise as anyone likes.
    """
    count = min(scenario.settings.replications, max_replications or LIMIT) if replications is None else replications
    refuse(count < 1, f"replications must be 1 or more, not {count}")
    chosen = chosen_seed(scenario, seed)
    refuse_workers(workers)
    refuse(points not in get_args(Points), f'points are "random" or "sobol", not "{points}"')
    limit = _limit(count, precision, max_replications)
    task = Task(scenario, chosen, engine, points)
    wanted = what_is_wanted(precision, measures_of(scenario.deal)) if precision else ()
    if executor is None:
        compile_first(scenario)
    with WorkerPool(workers, executor) as pool, Gathered(scratch, in_memory) as gathered:
        looks = _until(wanted, count, limit, task, pool, gathered, progress)
    return Run(scenario, chosen, gathered.returns(), points, Convergence(wanted, looks) if wanted else None)


def chosen_seed(scenario: Scenario, seed: int | None) -> int:
    """Return the seed of all random numbers; the scenario's own if none is given.

    Raises:
        SibError: for a seed that is none.
    """
    chosen = scenario.settings.seed if seed is None else seed
    refuse(not 0 <= chosen < 2**63, f"a seed is a whole number from 0 to 2**63 - 1, not {chosen}")
    return chosen


def _until(
    wanted: tuple[Wanted, ...],
    count: int,
    limit: int,
    task: Task,
    pool: WorkerPool,
    gathered: Gathered,
    progress: Progress | None,
) -> tuple[Look, ...]:
    """Gather replications until what is wanted is reached, the limit is, or none is wanted; return all looks."""
    together, looks = blocks(task.points), list[Look]()
    target: int | None = min(limit, rounded(count, together)) if wanted and together else count
    while target is not None:
        _gather(task, target, pool, gathered, progress)
        looks.append(look_at(gathered.returns(), wanted, together))
        target = next_look(wanted, looks[-1], limit, together)
    return tuple(looks)


def _gather(task: Task, stop: int, pool: WorkerPool, gathered: Gathered, progress: Progress | None) -> None:
    """Gather the replications that are missing up to number stop-1."""
    for part in pool.work(task, gathered.replications, stop):
        gathered.add(part)
        if progress:
            progress(part.replications)


def _limit(count: int, precision: Mapping[str, float | str] | None, most: int | None) -> int:
    """Return the most replications of a run."""
    refuse(most is not None and not precision, "max_replications is for runs to a precision; give one, or leave it out")
    limit = max(LIMIT, count) if most is None else most
    refuse(limit < count, f"max_replications must be at least the {count} replications to begin with, not {limit}")
    return limit if precision else count


def look_at(returns: Returns, wanted: tuple[Wanted, ...], together: int) -> Look:
    """Return what is seen of the wanted estimates.

    Args:
        returns: the returns of all replications up to then.
        wanted: the estimates.
        together: into how many independent blocks replications fall, in turn; 0 where each is independent.
    """
    found = {each.measure.key: estimate_of(returns, each.measure, together) for each in wanted}
    return Look(
        returns.replications,
        tuple(_seen(found[each.measure.key], each.statistic, returns.replications) for each in wanted),
    )


def _seen(found: Estimate, statistic: str, replications: int) -> Seen:
    """Return a figure and its error; of a mean that has not varied yet, in few replications, the error is not known."""
    if statistic == "mean":
        value, error = found.mean, found.se
        error = None if error == 0.0 and replications < SURE else error
    else:
        place = QUANTILES.index(statistic)
        value, error = found.quantiles[place], found.quantile_errors[place]
    return Seen(value, error, value is None and found.status != "insufficient_replications")
