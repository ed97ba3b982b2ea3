"""What caps cost: what they leave unpaid, who bears it, and how that changes with their level (docs/model.md §8, §20).

Every version has the same people, with the same outcomes, under other limits: nobody is simulated again.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.batch import Tables
from simulator.errors import ScenarioError, refuse
from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.load import with_overlays
from simulator.scenario.model import OnTop, Scenario, current
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.lever import SOURCE
from simulator.studies.levers import lever_of
from simulator.studies.nets import nets
from simulator.studies.paired import Paired, paired
from simulator.studies.refused import Refused, refused, together

Ints = NDArray[np.int64]
Kind = Literal["base", "lifted", "level", "annual"]
FACTORS = (0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.4, 1.6)
"""Levels of the total cap in the study's versions, as parts of the one agreed."""
UNCAPPED = "no caps at all"
BEYOND = 1000
"""Times the agreed cap at which it is as good as none."""
PAID, UNPAID = named("payments.total_gbp"), named("payments.unpaid_over_cap_gbp")
MULTIPLE, LOSS = named("investor.multiple"), named("investor.probability_of_loss")


class Version(NamedTuple):
    """The scenario under other caps."""

    name: str
    kind: Kind
    factor: float | None
    """Of a level: the total cap as a part of the one agreed; None is no total cap."""
    scenario: Scenario
    rules: str = ""
    """Of an annual cap: what becomes of unused headroom and of excess claims, in words."""


@dataclass(frozen=True)
class Tried:
    """What came of a version."""

    version: Version
    returns: Returns

    def mean(self, measure: Measure) -> float | None:
        """Return a measure's mean; None where it is not defined throughout."""
        value = float(np.mean(self.returns.values[measure.source]))
        return None if np.isnan(value) else value


@dataclass(frozen=True, repr=False)
class CapsCost(Presented):
    """What the caps of a scenario cost."""

    _told_by: ClassVar[str] = "caps"
    asked: Asked
    refused: Refused
    """As the scenario stands."""
    nets: Ints
    """What each account has in the end as the scenario stands, pence, shape (n, accounts)."""
    nets_uncapped: Ints
    """The same without any cap."""
    tried: tuple[Tried, ...]
    """The scenario as it stands first, then without any cap, then the other versions."""
    left_out: tuple[str, ...]
    """Levels that the deal cannot have, and why."""

    @property
    def scenario(self) -> Scenario:
        """Return the scenario as it stands."""
        return self.asked.scenario

    @property
    def base(self) -> Tried:
        """Return the scenario as it stands."""
        return self.tried[0]

    @property
    def uncapped(self) -> Tried:
        """Return the scenario without any cap."""
        return self.tried[1]

    def of_kind(self, kind: Kind) -> list[Tried]:
        """Return the versions of a kind, in order."""
        return [each for each in self.tried if each.version.kind == kind]

    def against_base(self, tried: Tried, measure: Measure) -> Paired:
        """Return a measure of a version less that of the scenario as it stands."""
        base, other = (each.returns.values[measure.source] for each in (self.base, tried))
        return paired(np.asarray(base), np.asarray(other))

    def borne(self) -> Ints:
        """Return what each account has with the caps less what it would have without any, shape (n, accounts).

        Of what is not a party's gain or loss nothing is left: each row adds up to nothing.
        """
        return np.asarray(self.nets - self.nets_uncapped)


def caps(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CapsCost:
    """Return what the caps of a scenario cost.

    Args:
        scenario: the base.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: where there is no total cap to begin with.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_caps(experiment, scenario)


def find_caps(experiment: Experiment, scenario: Scenario) -> CapsCost:
    """Return the same from an experiment that may have run some versions already."""
    refuse(scenario.deal.total_cap.pence == 0, "the total cap is 0: nothing is paid, and there is no level to vary")
    wanted, left_out = versions(scenario)
    returns = experiment.returns([each.scenario for each in wanted])
    base, uncapped = experiment.each([wanted[0].scenario, wanted[1].scenario], _look)
    return CapsCost(
        experiment.asked(scenario),
        together([part[0] for part in base]),
        np.concatenate([part[1] for part in base]),
        np.concatenate([part[1] for part in uncapped]),
        tuple(map(Tried, wanted, returns)),
        left_out,
    )


def _look(scenario: Scenario, made: Tables) -> tuple[Refused, Ints]:
    return refused(scenario, made), nets(scenario, made)


def how_many(scenario: Scenario) -> int:
    """Return how many versions are run; two of them twice, for what is left unpaid and who has what."""
    return len(versions(scenario)[0]) + 2


def versions(scenario: Scenario) -> tuple[list[Version], tuple[str, ...]]:
    """Return the versions, and what is left out because the deal cannot have it, with the reason.

    Raises:
        ScenarioError: for a scenario that no version can be made of, or that cannot be without caps.
    """
    current(scenario)
    found, left_out = [Version("as it stands", "base", 1.0, scenario)], []
    for each in _changes(scenario):
        try:
            changed = with_overlays(scenario, each.overlays)
            found.append(Version(each.name, each.kind, each.factor, changed, each.rules))
        except ScenarioError as error:
            if each.name == UNCAPPED:
                raise
            left_out.append(f"{each.name}: {error.problems[0].message}")
    return found, tuple(left_out)


class Change(NamedTuple):
    """What makes a version of the scenario; names are those of `Version`."""

    name: str
    kind: Kind
    factor: float | None
    overlays: list[OnTop]
    rules: str = ""


def _changes(scenario: Scenario) -> Iterator[Change]:
    """Yield what makes every version but the base; first of all that without any cap."""
    deal = scenario.deal
    lift = {"count caps": _no_counts(deal), "annual cap": _no_year(deal), "schedule caps": _no_schedules(deal)}
    money = _level(scenario, BEYOND)
    yield Change(UNCAPPED, "lifted", None, [money, *(each for each in lift.values() if each)])
    for name, overlay in lift.items():
        if overlay:
            yield Change(f"without the {name}", "lifted", 1.0, [overlay])
    for factor in FACTORS:
        yield Change(f"total cap \N{MULTIPLICATION SIGN} {factor:g}", "level", factor, [_level(scenario, factor)])
    yield Change("no total cap", "level", None, [money])
    for unused, excess in product(("lost", "carry"), ("lost", "defer")):
        rules = f"unused {'lost' if unused == 'lost' else 'carried over'}, excess {_EXCESS[excess]}"
        yield Change(f"annual cap: {rules}", "annual", 1.0, [_annual(unused, excess)], rules)


_EXCESS = {"lost": "refused", "defer": "deferred"}


def _level(scenario: Scenario, factor: float) -> OnTop:
    """Return the total cap at a part of the one agreed, the outcome payers' own caps in proportion, to the pound."""
    lever = lever_of(scenario, "cap")
    return lever.overlay(lever.base * factor)


def _set(name: str, title: str, values: dict[str, Any]) -> OnTop:
    return OnTop(overlay=name, title=title, description=f"{title}.", source=SOURCE, quality="D", set=values)


def _no_counts(deal: Deal) -> OnTop | None:
    capped = {
        f"deal.rate_card.{number}.count_cap": "none"
        for number, outcome in enumerate(deal.rate_card)
        if outcome.count_cap != "none"
    }
    return _set("no_count_caps", "no count caps", capped) if capped else None


def _no_year(deal: Deal) -> OnTop | None:
    return _set("no_annual_cap", "no annual cap", {"deal.annual_cap": None}) if deal.annual_cap else None


def _no_schedules(deal: Deal) -> OnTop | None:
    capped = {
        f"deal.schedules.{number}.cap": "none" for number, each in enumerate(deal.schedules) if each.cap != "none"
    }
    return _set("no_schedule_caps", "no caps on schedules", capped) if capped else None


def _annual(unused: str, excess: str) -> OnTop:
    """Return an annual cap of equal parts of the total cap; years of the claims tail have as much again."""
    cap = {
        "year": "contract",
        "pounds": "equal",
        "policy": "partial",
        "unused_headroom": unused,
        "excess_claims": excess,
    }
    return _set(
        f"annual_cap_{unused}_{excess}", f"annual cap, unused {unused}, excess {excess}", {"deal.annual_cap": cap}
    )
