"""Scenarios side by side, with as many replications each, and those of one deal on the same luck, paired to the first.

Luck is keyed by the seed, the replication and whom it is for, so that scenarios run with one seed have the same participants
(docs/model.md §2). Differences of one deal's scenarios are then taken replication by replication, and are far more precise
than each figure alone. Different deals have luck of their own, each a seed made of the one given and the deal's name: their
figures are independent. They stand beside one another without differences.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.errors import refuse
from simulator.estimates import Estimate, estimate
from simulator.monte_carlo import Run, chosen_seed
from simulator.monte_carlo import run as run_scenario
from simulator.presented import Presented
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario

Floats = NDArray[np.float64]
_SEED_BYTES = 6
"""Of a deal's seed: spreadsheets and JSON readers keep its 15 digits."""


class Difference(NamedTuple):
    """A measure of a run less that of the first run, replication by replication."""

    estimate: Estimate
    """Its mean and quantiles, with the paired error."""
    compared: float
    """Share of replications in which both runs have the measure; the others are left out."""


@dataclass(frozen=True, repr=False)
class Comparison(Presented):
    """Runs of several scenarios with as many replications each; those of one deal have one seed."""

    _told_by: ClassVar[str] = "compared"
    runs: tuple[Run, ...]
    seed: int
    """The seed given: of all runs where they are of one deal; else each deal's seed is made of it."""

    @property
    def asked(self) -> Asked:
        """Return what was asked of which scenarios, and how much was run for it."""
        scenarios, done = [run.scenario for run in self.runs], len(self.runs) * self.replications
        seeds = tuple(run.seed for run in self.runs)
        return Asked(scenarios[0], self.seed, self.replications, done, done, (), tuple(scenarios[1:]), own_seeds=seeds)

    @property
    def own_luck(self) -> bool:
        """Return whether there are several deals, with luck of their own each."""
        return len({run.scenario.deal.name for run in self.runs}) > 1

    @property
    def replications(self) -> int:
        """Return how many replications each run has."""
        return self.runs[0].replications

    @property
    def names(self) -> tuple[str, ...]:
        """Return the scenarios' names, in order."""
        return tuple(run.scenario.name for run in self.runs)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return short titles: of one scenario under several overlays, after the first, the overlays' alone."""
        first = self.runs[0].scenario
        return (first.title, *(_label(run.scenario, first) for run in self.runs[1:]))

    def paired(self, position: int) -> bool:
        """Return whether a run is another scenario of the first one's deal: not the first itself."""
        return position > 0 and self.runs[position].scenario.deal.name == self.runs[0].scenario.deal.name

    def difference(self, position: int, measure: str) -> Difference | None:
        """Return a measure's difference to the first run; None where it is not paired, or not a measure of both."""
        first, other = self.runs[0].returns.values, self.runs[position].returns.values
        if not self.paired(position) or measure not in first or measure not in other:
            return None
        return paired_difference(np.asarray(first[measure]), np.asarray(other[measure]))


def _label(scenario: Scenario, first: Scenario) -> str:
    same = scenario.has_files_of(first) and scenario.overlays[: len(first.overlays)] == first.overlays
    more = [overlay.title for overlay in scenario.overlays[len(first.overlays) :]]
    return "; ".join(more) if same and more else scenario.title


def paired_difference(first: Floats, other: Floats) -> Difference | None:
    """Return the estimate of the second less the first, both of shape (n,); None where no replication has both."""
    both = ~(np.isnan(first) | np.isnan(other))
    if not both.any():
        return None
    return Difference(estimate(other[both] - first[both]), float(both.mean()))


def compare(
    scenarios: Sequence[Scenario | str | Path],
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Return runs of several scenarios: those of one deal on the same luck, different deals on luck of their own.

    Args:
        scenarios: two or more, loaded or by file or bundled name; differences are taken to the first.
        replications: how many of each; the first scenario's own number if none is given.
        seed: seed of all luck; the first scenario's own if none is given. Of several deals, each has a seed made of it.
        workers: processes, as for `run`.
        executor: runs the batches instead of processes of our own; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done.

    Raises:
        SibError: for fewer than two scenarios, for two of one name, and as `load_scenario` and `run` do.
    """
    refuse(len(scenarios) < 2, "a comparison takes two scenarios or more")
    loaded = [each if isinstance(each, Scenario) else load_scenario(each) for each in scenarios]
    check_names([scenario.name for scenario in loaded])
    count = loaded[0].settings.replications if replications is None else replications
    luck = chosen_seed(loaded[0], seed)
    seeds = deal_seeds(luck, [scenario.deal.name for scenario in loaded])
    runs = [
        run_scenario(scenario, replications=count, seed=own, workers=workers, executor=executor, progress=progress)
        for scenario, own in zip(loaded, seeds, strict=True)
    ]
    return Comparison(tuple(runs), luck)


def deal_seeds(seed: int, deals: Sequence[str]) -> list[int]:
    """Return a seed for each of several deals, by name: of one deal alone the seed itself, else one made of it and the name.

    >>> deal_seeds(2026, ["Enfield", "Enfield"])
    [2026, 2026]
    >>> one, other, again = deal_seeds(2026, ["Enfield", "Barnet", "Enfield"])
    >>> one == again, one == other, 2026 in {one, other}
    (True, False, False)
    """
    if len(set(deals)) == 1:
        return [seed] * len(deals)
    return [int.from_bytes(sha256(f"deal {deal} of {seed}".encode()).digest()[:_SEED_BYTES]) for deal in deals]


def versions(files: Sequence[str | Path], overlays: Sequence[str | Path]) -> list[Scenario]:
    """Return scenarios to compare: several files, or one file as it stands and under each of the overlays alone.

    Raises:
        SibError: for overlays beside several files, and as `load_scenario` does.
    """
    refuse(
        bool(overlays) and len(files) > 1,
        "overlays are for comparing one scenario with itself; give one scenario, or leave them out",
    )
    return [*(load_scenario(file) for file in files), *(load_scenario(files[0], [overlay]) for overlay in overlays)]


def check_names(names: Sequence[str]) -> None:
    """Refuse two scenarios of one name: no row of a table could be told from another.

    Raises:
        SibError: naming them.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    refuse(bool(twice), f'two scenarios are named "{", ".join(twice)}"; each needs its own name')
