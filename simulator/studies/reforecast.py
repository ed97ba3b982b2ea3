"""How a running deal ends: the actual to a date, and on top of it what whole replications that match it add later.

Replications are never restarted half-way. Each is weighted by how well it matches what is reported, so that the state of the
pipeline on the date, which nobody reports, is inferred from what is (docs/model.md §19).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked, file_in_words
from simulator.compilation import compile_first
from simulator.errors import Problem, refuse
from simulator.measures.measure import Measure
from simulator.monte_carlo import Progress, chosen_seed
from simulator.presented import Presented
from simulator.progress import PAYMENTS
from simulator.scenario.deal import Deal
from simulator.scenario.load import load_running, load_scenario, without_overlays
from simulator.scenario.model import Scenario
from simulator.studies.actuals import Actuals, read_actuals
from simulator.studies.cases import Reach, cap_is_reached, reaches
from simulator.studies.double_use import (
    enough_to_correct,
    fitted_gaps,
    fitted_to_others,
    is_taken_out,
    log_likelihood,
    normal_scores,
    regression,
    shared_counts,
)
from simulator.studies.past import with_past_paid
from simulator.studies.projection import later_quarters, project, quarter_name
from simulator.studies.sample import KEPT, LOSS, Sample, forecast_measures, sample_replications
from simulator.studies.spread import MEDIAN, Spread, share, spread, weighted_quantiles
from simulator.studies.weighting import (
    H_TARGET,
    LADDER,
    Matched,
    effective_size,
    log_kernel,
    matched,
    normalised,
)
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
WANTED, LIMIT, AT_FIRST = 1_000, 40_000, 4_000
"""The effective number of replications that is aimed at, the most that are run, and how many are run at first."""
MOST_OF_THEM = 0.1
"""Part of the replications run that is as many effective ones as can be aimed at."""


@dataclass(frozen=True)
class Kernel:
    """How replications were weighted."""

    h: float
    """Width, in spreads of each matched figure over all replications."""
    replications: int
    wanted: int
    """The effective number aimed at."""
    effective_sample_size: float
    fitted: bool
    """Whether the assumptions were fitted to counts that are reported too, and that was taken out of the weights."""


@dataclass(frozen=True, repr=False)
class Reforecast(Presented):
    """The forecast of a running deal."""

    _told_by: ClassVar[str] = "forecast"
    asked: Asked
    """Of the scenario that was run: as it runs, with its past invoices as they were paid."""
    given: Scenario
    """The scenario asked for."""
    actuals: Actuals
    kernel: Kernel
    matched: tuple[Matched, ...]
    sample: Sample
    weights: Floats
    """Adding up to one, shape (n,)."""
    past_is_paid: bool
    days: tuple[date, ...]
    """Last days of the calendar quarters after the date."""
    measures: dict[str, Spread]
    """Cumulative figures at the end of each quarter, by measure; money in pounds."""
    final: dict[str, Spread]
    """What comes of the investment, by measure, of one column each."""
    probabilities: tuple[Reach, ...]
    cap_binds: Floats
    """Weight of the replications in which the total cap is first reached by each quarter: before it, or in it; (quarters,)."""
    warnings: tuple[Problem, ...]

    @property
    def scenario(self) -> Scenario:
        """Return the scenario that was run."""
        return self.asked.scenario

    @property
    def seed(self) -> int:
        """Return the seed of all luck."""
        return self.asked.seed

    @property
    def as_of(self) -> date:
        """Return the last day of what is known."""
        return self.actuals.as_of

    @cached_property
    def catalogue(self) -> dict[str, Measure]:
        """Return the measures of the forecast by key."""
        return forecast_measures(self.scenario.deal)

    @property
    def quarters(self) -> list[str]:
        """Return the names of the calendar quarters after the date, as in `2022-Q1`."""
        return [quarter_name(day) for day in self.days]


def options(actuals: str, as_of: date, effective: int) -> tuple[str, ...]:
    """Return the options of the command that give the same forecast, beside scenario, overlays, replications and seed.

    Args:
        actuals: the file of what is reported.
        as_of: the last day of what is known.
        effective: the effective number of replications aimed at.
    """
    return (f"--actuals {file_in_words(actuals)}", f"--as-of {as_of}", f"--effective {effective}")


def reforecast(
    scenario: Scenario | str | Path,
    actuals: Actuals | str | Path,
    as_of: str | date | None = None,
    *,
    overlays: Sequence[str | Path] = (),
    replications: int | None = None,
    effective: int = WANTED,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Reforecast:
    """Return the forecast of a running deal from a date on.

    What is not compiled yet is compiled first, with a bar on standard error.

    Args:
        scenario: of the deal, loaded or by file or bundled name; where it names a running scenario, that one is run, with the
            overlays that this one was given.
        actuals: what is reported, read or by file.
        as_of: the last day of what is known; not needed with actuals that are read.
        overlays: further overlay files, in order, for the scenario that is run; what was signed is as it was without any.
        replications: how many to run; if none is given, as many as the effective number takes, at most 40,000.
        effective: the effective number of replications aimed at.
        seed: seed of all luck; the scenario's own if none is given.
        workers: processes, as for `run`; a script that starts processes needs `if __name__ == "__main__":`.
        executor: runs the batches instead of processes of our own.
        progress: called with the number of replications that have just been done.

    Raises:
        ScenarioError: naming every problem of the actuals or of the running scenario.
        SibError: for numbers that make no sense.
    """
    refuse(replications is not None and replications < 2, f"replications must be 2 or more, not {replications}")
    refuse(effective < 1, f"the effective number of replications must be 1 or more, not {effective}")
    refuse(workers is not None and workers < 1, f"workers must be 1 or more, not {workers}")
    given = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    running = load_running(given, overlays)
    known = actuals if isinstance(actuals, Actuals) else read_actuals(actuals, running.deal, as_of or "")
    luck = chosen_seed(running, seed)
    run, past_is_paid, odd = with_past_paid(running, known)
    days = _days(run, known)
    compile_first(run)
    with WorkerPool(workers, executor) as pool:
        sample, log_weights, h = _rounds(pool, run, known, luck, days, replications, effective, progress)
        signed = None if given.description.running is None else _as_signed(pool, given, seed, progress)
    weights = normalised(log_weights)
    found = tuple(matched(known, sample.progress, sample.days))
    kernel = Kernel(h, sample.replications, effective, effective_size(weights), is_taken_out(running, known, sample))
    later = later_quarters(run.deal, known.as_of)
    ahead = project(run.deal, known, sample, later)
    ends = {name: values[:, -1] for name, values in ahead.items()}
    n = sample.replications
    return Reforecast(
        Asked(run, luck, n, n, n, options(known.file, known.as_of, effective), versions=False),
        given,
        known,
        kernel,
        found,
        sample,
        weights,
        past_is_paid,
        tuple(later),
        {name: spread(values, weights) for name, values in ahead.items()},
        _final(sample, weights),
        tuple(reaches(run.deal, ends, sample, weights, signed)),
        _cap_binds(run.deal, ahead[PAYMENTS], weights),
        (*running.warnings, *known.warnings, *odd, *_doubts(running, known, kernel, found)),
    )


def _final(sample: Sample, weights: Floats) -> dict[str, Spread]:
    """Return what comes of the investment; the error of the probability of loss is not nothing where nothing was seen."""
    found = {name: spread(sample.ends[name][:, None], weights) for name in KEPT}
    chance, error = share(sample.ends[LOSS] > 0, weights)
    return found | {LOSS: replace(found[LOSS], mean=np.array([chance]), se=np.array([error]))}


def _days(scenario: Scenario, actuals: Actuals) -> tuple[date, ...]:
    """Return the days on which it matters where replications stand, in order."""
    known = {day for each in actuals.series.values() for day in each.days}
    fitted = scenario.assumptions.fitted_to
    if fitted is not None and shared_counts(scenario, actuals):
        known.add(fitted.as_of)
    return tuple(sorted({*known, actuals.as_of, *later_quarters(scenario.deal, actuals.as_of)}))


def _rounds(
    pool: WorkerPool,
    scenario: Scenario,
    actuals: Actuals,
    seed: int,
    days: Sequence[date],
    replications: int | None,
    wanted: int,
    progress: Progress | None,
) -> tuple[Sample, Floats, float]:
    """Simulate replications until enough count at the width aimed at, or the limit is reached; then widen until enough do.

    Return them, the logarithms of their weights, and the width. How many there are depends on no worker and no batch.
    """
    sample, target = None, replications or AT_FIRST
    while True:
        sample = sample_replications(pool, scenario, seed, days, target, sample, progress)
        weigh = _weights_by_width(scenario, actuals, sample, seed)
        found = weigh(H_TARGET)
        size = effective_size(normalised(found))
        if replications is not None or size >= wanted or target >= LIMIT:
            break
        target = min(LIMIT, 4 * target, ceil(1.1 * target * wanted / size / 1_000) * 1_000)
    enough = min(wanted, MOST_OF_THEM * sample.replications)
    for h in LADDER:
        found = weigh(float(h))
        if effective_size(normalised(found)) >= enough:
            break
    return sample, found, float(h)


def _weights_by_width(scenario: Scenario, actuals: Actuals, sample: Sample, seed: int) -> Callable[[float], Floats]:
    """Return the function that gives the logarithms of all weights at a width of the kernel."""
    found = matched(actuals, sample.progress, sample.days)
    if not found:
        return lambda h: np.zeros(sample.replications)
    if not is_taken_out(scenario, actuals, sample):
        return lambda h: log_kernel(found, h)
    mean, covariance = regression(
        fitted_gaps(scenario, actuals, sample), normal_scores(scenario, seed, sample.replications)
    )
    return lambda h: log_kernel(found, h) - log_likelihood(mean, covariance, h)


def _as_signed(pool: WorkerPool, given: Scenario, seed: int | None, progress: Progress | None) -> dict[str, float]:
    """Return the medians of counts and payments, in pounds, at the end of a scenario as signed, without overlays given for it."""
    scenario = without_overlays(given)
    seed = chosen_seed(scenario, seed)
    day = later_quarters(scenario.deal, scenario.deal.term.service_start)[-1]
    sample = sample_replications(pool, scenario, seed, [day], scenario.settings.replications, progress=progress)
    equal = np.full(sample.replications, 1 / sample.replications)
    middle = {
        name: float(weighted_quantiles(values[:, 0].astype(np.float64), equal)[MEDIAN])
        for name, values in sample.progress.items()
    }
    return middle | {PAYMENTS: middle[PAYMENTS] / 100}


def _cap_binds(deal: Deal, payments: Floats, weights: Floats) -> Floats:
    """Return the weight of the replications whose cumulative payments in pounds first reach the cap in each quarter."""
    reached = cap_is_reached(deal, payments)
    first = reached & ~np.column_stack([np.zeros(len(reached), dtype=bool), reached[:, :-1]])
    return np.asarray(weights @ first)


def _doubts(scenario: Scenario, actuals: Actuals, kernel: Kernel, found: Sequence[Matched]) -> list[Problem]:
    """Return what makes the forecast less sure than it looks."""
    doubts = (*_few_count(kernel), *_outside_all(actuals, found), *_used_twice(scenario, actuals, kernel))
    return [Problem(scenario.file, 0, "", message, code, "warning") for code, message in doubts]


def _few_count(kernel: Kernel) -> Iterator[tuple[str, str]]:
    """Yield code and message where few replications match the actuals closely."""
    if kernel.effective_sample_size < kernel.wanted:
        yield (
            "EFFECTIVE_SIZE",
            f"only {kernel.effective_sample_size:,.0f} effective replications out of {kernel.replications:,}, not the "
            f"{kernel.wanted:,} wanted: run more of them",
        )
    if kernel.h > H_TARGET:
        unlikely = ", which lie far from what the scenario makes likely" if kernel.h > 1 else ""
        yield (
            "KERNEL_WIDENED",
            f"the kernel had to be widened to {kernel.h:.2f} spreads from {H_TARGET}: fewer replications match the actuals "
            f"more closely{unlikely}",
        )


def _outside_all(actuals: Actuals, found: Sequence[Matched]) -> Iterator[tuple[str, str]]:
    """Yield code and message for each count that lies outside all replications."""
    for each in found:
        ends = each.gap[:, -1]
        if each.days[-1] == actuals.series[each.measure].last_day and (ends.min() > 0 or ends.max() < 0):
            side = "above" if ends.min() > 0 else "below"
            yield (
                "OUTSIDE_ALL",
                f"all replications are {side} the {each.actual[-1]:,} of {each.measure} reported by {each.days[-1]}: the "
                "assumptions do not make it possible",
            )


def _used_twice(scenario: Scenario, actuals: Actuals, kernel: Kernel) -> Iterator[tuple[str, str]]:
    """Yield code and message where the assumptions were fitted to what is reported here too."""
    fitted = scenario.assumptions.fitted_to
    if fitted is not None and fitted_to_others(scenario, actuals):
        yield (
            "FITTED_TO_OTHERS",
            f"the assumptions were fitted to counts up to {fitted.as_of} that are not those reported here: what both have in "
            "common is used twice, and what came after the as-of date is known to them",
        )
    if fitted is not None and shared_counts(scenario, actuals) and not kernel.fitted:
        yield (
            "TOO_FEW_TO_CORRECT",
            f"the assumptions were fitted to counts up to {fitted.as_of} that are matched too, and are used twice: to take "
            f"them out takes {enough_to_correct(scenario):,} replications, not {kernel.replications:,}",
        )
