"""Bridge: why B differs from A, cause by cause, in pounds and in multiple (docs/model.md §14, §20).

Each cause is applied to A alone, with the same people. With few causes each two of them are applied together: what they do
together beyond the sum of both alone is their interaction. Whatever is left of the difference is what three and more do together.
In pounds all of it is whole pence of each replication, so that the parts add up to the difference exactly.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked, file_in_words
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Overlay, Scenario
from simulator.studies.causes import Cause, mixed, of_overlays, of_scenarios, that_hold
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.paired import Paired, mean_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Kind = Literal["cause", "two together", "rest"]
IN_PENCE = {
    "payments": "payments.total_gbp",
    "investor": "investor.net_gbp",
    "funders": "commissioner.net_cost_gbp",
}
"""What is bridged in pounds: outcome payments, the investor's gain or loss, the outcome payers' net cost."""
MULTIPLE = "investor.multiple"
MOST_IN_PAIRS = 6
"""Number of causes up to which each two are applied together."""


@dataclass(frozen=True)
class Figures:
    """What is bridged, of a version or of a difference, by replication."""

    pence: dict[str, Ints]
    """By the names of `IN_PENCE`, each of shape (n,)."""
    multiple: Floats
    """The investor's money multiple, shape (n,); NaN where it is not defined."""

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(
            {name: self.pence[name] - other.pence[name] for name in IN_PENCE}, self.multiple - other.multiple
        )

    def gbp(self, name: str) -> Paired:
        """Return the mean in pounds, with its error."""
        return mean_of(self.pence[name] / 100)


@dataclass(frozen=True)
class Part:
    """A part of the difference."""

    title: str
    kind: Kind
    figures: Figures
    of: tuple[int, ...] = ()
    """The places of its causes; none of the rest, which is of all."""


@dataclass(frozen=True, repr=False)
class Bridge(Presented):
    """Why B differs from A."""

    _told_by: ClassVar[str] = "bridge"
    asked: Asked
    """Of A; B is its other scenario."""
    from_first: Figures
    """A's figures."""
    to_other: Figures
    """B's."""
    causes: tuple[Cause, ...]
    parts: tuple[Part, ...]
    """They add up to the difference: exactly in pence, in multiples but for the rounding of floating point."""

    @property
    def first(self) -> Scenario:
        """Return A."""
        return self.asked.scenario

    @property
    def other(self) -> Scenario:
        """Return B."""
        return self.asked.others[0]

    @property
    def difference(self) -> Figures:
        """Return B less A, replication by replication."""
        return self.to_other - self.from_first

    @property
    def in_common(self) -> NDArray[np.bool_]:
        """Return the replications in which A, B and every part have a multiple, shape (n,): multiples are over these."""
        tried = [self.from_first, self.to_other, *(part.figures for part in self.parts)]
        return np.asarray(~np.isnan([each.multiple for each in tried]).any(axis=0))

    def multiple(self, figures: Figures) -> Paired:
        """Return the mean multiple over the replications in which all have one, with its error."""
        return mean_of(np.where(self.in_common, figures.multiple, np.nan))


def bridge(
    first: Scenario | str | Path,
    other: Scenario | str | Path | None = None,
    *,
    overlays: Sequence[str | Path | Overlay] = (),
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Bridge:
    """Return why one scenario differs from another of the same deal, or from itself under overlays.

    Args:
        first: A, loaded or by file or bundled name.
        other: B; the groups of terms in which it differs from A are the causes.
        overlays: in the place of B: each is a cause, and B is A with all of them.
        replications: how many of each version; A's own number if None.
        seed: seed of all luck; A's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: unless there is either a B of the same deal or an overlay, and as `load_scenario` does.
    """
    ends = ends_of(first, other, overlays)
    experiment = Experiment(
        ends.first, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_bridge(experiment, ends)


class Ends(NamedTuple):
    """What is bridged."""

    first: Scenario
    """A."""
    causes: Sequence[Cause]
    """What makes B of A, each holding alone."""
    other: Scenario
    """B, which is A with all causes."""
    options: tuple[str, ...]
    """Options of `sib compare` that lead from A to B, as they are written."""


def ends_of(
    first: Scenario | str | Path, other: Scenario | str | Path | None, overlays: Sequence[str | Path | Overlay]
) -> Ends:
    """Return A, the causes and B of what is asked for; causes that hold only together are joined.

    Args:
        first: A, or the name or file of its scenario.
        other: B, likewise; None where overlays on A make it.
        overlays: the causes, in order, each an overlay or its file; none where B is given.
    """
    one = _loaded(first)
    if other is None:
        causes, two = of_overlays(one, overlays)
    else:
        two = _loaded(other)
        causes = of_scenarios(one, two, overlays)
    return Ends(one, that_hold(one, causes, MOST_IN_PAIRS), two, options(None if other is None else two, overlays))


def options(other: Scenario | None, overlays: Sequence[str | Path | Overlay]) -> tuple[str, ...]:
    """Return the options of the command that give the same bridge, as they are written.

    Args:
        other: B, if it is a scenario of its own.
        overlays: what leads from A to B otherwise; one that was made in Python stands by its name.
    """
    named = [each.overlay if isinstance(each, Overlay) else file_in_words(str(each)) for each in overlays]
    ends = () if other is None else (file_in_words(other.file),)
    return (*ends, *(f"--overlay {each}" for each in named), "--bridge")


def _loaded(scenario: Scenario | str | Path) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)


def how_many(causes: Sequence[Cause]) -> int:
    """Return how many versions are run: A, B, each cause alone and, of few, each two."""
    return 2 + len(causes) + len(_pairs(causes))


def find_bridge(experiment: Experiment, ends: Ends) -> Bridge:
    """Return why B differs from A, from an experiment that may have run some versions already.

    Args:
        experiment: runs versions of A; what it has run before is reused.
        ends: A, B, and what makes one of the other.
    """
    first, causes, other, written = ends
    pairs = _pairs(causes)
    mixes = [mixed(first, [cause]) for cause in causes] + [mixed(first, [causes[i] for i in pair]) for pair in pairs]
    one, two, *tried = map(_figures, experiment.returns([first, other, *mixes]))
    alone = [each - one for each in tried[: len(causes)]]
    parts = [
        Part(cause.title, "cause", effect, (place,))
        for place, (cause, effect) in enumerate(zip(causes, alone, strict=True))
    ]
    for pair, seen in zip(pairs, tried[len(causes) :], strict=True):
        name = f"{causes[pair[0]].title} with {causes[pair[1]].title}"
        parts.append(Part(name, "two together", seen - one - alone[pair[0]] - alone[pair[1]], pair))
    asked = experiment.asked(first, written, [other])
    return Bridge(asked, one, two, tuple(causes), (*parts, *_rest(len(causes), bool(pairs), two - one, parts)))


def _pairs(causes: Sequence[Cause]) -> list[tuple[int, int]]:
    """Return the places of each two causes that are applied together."""
    return list(combinations(range(len(causes)), 2)) if len(causes) <= MOST_IN_PAIRS else []


def _rest(causes: int, in_pairs: bool, difference: Figures, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return what is left of the difference, where something can be."""
    if causes <= (2 if in_pairs else 1):
        return ()
    left = difference
    for part in parts:
        left = left - part.figures
    return (Part("three and more together" if in_pairs else "interaction of all", "rest", left),)


def _figures(returns: Returns) -> Figures:
    pence = {
        name: np.rint(np.asarray(returns.values[measure]) * 100).astype(np.int64) for name, measure in IN_PENCE.items()
    }
    return Figures(pence, np.asarray(returns.values[MULTIPLE], dtype=np.float64))


def by_size(found: Bridge, name: str) -> list[Part]:
    """Return the parts, the largest in pounds first, by a name of `IN_PENCE`."""
    return sorted(found.parts, key=lambda part: -abs(int(part.figures.pence[name].sum())))
