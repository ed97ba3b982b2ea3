"""Specialists and caseload limit against waiting, outcomes, cost and return; where another one pays (docs/studies.md §12)."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.errors import SibError
from simulator.estimates import Estimate, estimate
from simulator.measures.of_deal import key, measures_of
from simulator.monte_carlo import estimate_of
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.case_limits import costs_due, mean_and_error
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.lever import Lever
from simulator.studies.levers import at, lever_of
from simulator.words import a_number

Floats = NDArray[np.float64]
COSTS, PAID, WORTH, OVER_CAP, NET, VALUE = (
    "spv.costs_before_return_gbp",
    "payments.total_gbp",
    "payments.uncapped_gbp",
    "payments.unpaid_over_cap_gbp",
    "investor.net_gbp",
    "spv.payments_less_costs_gbp",
)
"""Names of money: costs that fall due before the investor's return, payments, what outcomes are worth without caps, what caps
leave unpaid, what the investor gains; and, of another specialist, payments less costs."""
SEEN = (
    "caseload.wait_days",
    "caseload.people_waiting",
    "caseload.lapsed",
    "caseload.utilisation",
    PAID,
    "investor.multiple",
    "investor.probability_of_loss",
    "spv.shortfall_gbp",
    "spv.probability_of_shortfall",
)
"""Measures of each setting beside outcomes and costs."""
AROUND, SURE = 2, 2.0
"""Posts fewer and more than there are, where none are named; standard errors beyond which a difference is told from nothing."""
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True)
class Setting:
    """A number of specialists and a caseload limit, and what comes of them."""

    posts: int
    limit: float
    seen: Mapping[str, Estimate]
    """By measure: those of `SEEN`, outcomes, and costs before the investor's return."""


@dataclass(frozen=True)
class Step:
    """What one more specialist brings between two numbers of them, on the same people."""

    fewer: int
    more: int
    limit: float
    gains: Mapping[str, tuple[float, float]]
    """Mean difference for each post more, and its standard error, by measure: outcomes and money."""

    @property
    def verdict(self) -> Literal["pays", "costs", "not_told"]:
        """Return whether payments grow by more than costs, by less, or by so little that chance may do it."""
        value, error = self.gains[VALUE]
        if abs(value) <= SURE * error:
            return "not_told"
        return "pays" if value > 0 else "costs"


@dataclass(frozen=True, repr=False)
class StaffingGrid(Presented):
    """Every number of specialists with every caseload limit."""

    _told_by: ClassVar[str] = "staffing"
    asked: Asked
    posts: tuple[int, ...]
    limits: tuple[float, ...]
    base_posts: int
    """Present number."""
    base_limit: float
    """Present limit."""
    settings: tuple[Setting, ...]
    steps: tuple[Step, ...]

    @property
    def scenario(self) -> Scenario:
        """Return the scenario as it stands."""
        return self.asked.scenario

    def setting(self, posts: int, limit: float) -> Setting:
        """Return the setting of a number of specialists and a limit."""
        return next(each for each in self.settings if (each.posts, each.limit) == (posts, limit))

    def line(self, limit: float) -> list[Setting]:
        """Return the settings of a limit, in order of specialists."""
        return [self.setting(posts, limit) for posts in self.posts]


def staffing(
    scenario: Scenario,
    specialists: Sequence[float] = (),
    caseload: Sequence[float] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> StaffingGrid:
    """Return what numbers of specialists and caseload limits bring.

    Args:
        scenario: the deal and what is believed.
        specialists: posts of its first line of specialists; from two fewer to two more than now if none are given.
        caseload: people per specialist; the present limit if none is given.
        replications: how many of each version; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: naming every number that makes no sense.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_staffing(experiment, scenario, specialists, caseload)


def find_staffing(
    experiment: Experiment, scenario: Scenario, specialists: Sequence[float] = (), caseload: Sequence[float] = ()
) -> StaffingGrid:
    """Return what numbers of specialists and caseload limits bring; see `staffing`.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        specialists: posts of the first line of specialists; the usual numbers if none are given.
        caseload: people per specialist; the present limit if none is given.
    """
    people, room, deal = lever_of(scenario, "specialists"), _limit_lever(scenario), scenario.deal
    base = int(people.base)
    posts, limits = grid(base, room.base, specialists, caseload)
    pairs = [(number, limit) for limit in limits for number in posts]
    versions = [at(scenario, (people, float(number)), (room, limit)) for number, limit in pairs]
    found = dict(zip(pairs, zip(versions, experiment.returns(versions), strict=True), strict=True))
    columns = {pair: _columns(version.deal, returns) for pair, (version, returns) in found.items()}
    return StaffingGrid(
        experiment.asked(scenario, options(specialists, caseload)),
        posts,
        limits,
        base,
        room.base,
        tuple(Setting(*pair, _seen(deal, returns, columns[pair])) for pair, (_, returns) in found.items()),
        tuple(
            _step(one, other, limit, columns[one, limit], columns[other, limit])
            for limit in limits
            for one, other in pairwise(posts)
        ),
    )


def options(specialists: Sequence[float] = (), caseload: Sequence[float] = ()) -> tuple[str, ...]:
    """Return the options of the command that try the same numbers, as they are written; none for the usual ones."""
    return tuple(
        f"--{name} {','.join(f'{each:.12g}' for each in values)}"
        for name, values in (("specialists", specialists), ("caseload", caseload))
        if values
    )


def how_many(scenario: Scenario, specialists: Sequence[float] = (), caseload: Sequence[float] = ()) -> int:
    """Return how many versions are run.

    Args:
        scenario: the base.
        specialists: posts of the first line of specialists; the usual numbers if none are given.
        caseload: people per specialist; the present limit if none is given.

    Raises:
        SibError: naming every number that makes no sense.
    """
    base, limit = int(lever_of(scenario, "specialists").base), _limit_lever(scenario).base
    posts, limits = grid(base, limit, specialists, caseload)
    return len(posts) * len(limits)


def grid(
    base: int, limit: float, specialists: Sequence[float], caseload: Sequence[float]
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return numbers of specialists and caseload limits, in order, each once; the usual ones where none are named.

    Args:
        base: present number of posts.
        limit: present caseload limit, people per specialist.
        specialists: numbers of posts, in any order; from two fewer to two more than now if there are none.
        caseload: caseload limits, people per specialist; the present one if there are none.

    Raises:
        SibError: naming every number that makes no sense.
    """
    problems = [
        f"  specialists {each:g}: not a whole number of 1 or more"
        for each in specialists
        if each < 1 or each != round(each)
    ]
    problems += [
        f"  caseload {each:g}: not a number above 0 and up to {MOST_PEOPLE:,}"
        for each in caseload
        if not 0 < each <= MOST_PEOPLE
    ]
    if problems:
        raise SibError("\n".join([f"what is to be tried has {a_number(len(problems), 'problem')}", *problems]))
    posts = specialists or range(max(1, base - AROUND), base + AROUND + 1)
    return tuple(sorted({int(each) for each in posts})), tuple(sorted({float(each) for each in caseload or (limit,)}))


def numbers(text: str | None, what: str) -> tuple[float, ...]:
    """Return the numbers of a text that has commas between them; none of None.

    Raises:
        SibError: for what is no number.
    """
    found = []
    for part in (text or "").split(",") if text is not None else ():
        try:
            found.append(float(part))
        except ValueError:
            message = f'{what} are numbers with commas between them, as in 4,5,6; "{part.strip()}" is none'
            raise SibError(message) from None
    return tuple(found)


def _limit_lever(scenario: Scenario) -> Lever:
    path = "deal.staffing.caseload_limit"
    return replace(lever_of(scenario, path), whole=False, change=lambda people: ({path: float(people)}, {}, ()))


def _columns(deal: Deal, returns: Returns) -> dict[str, Floats]:
    """Return the values, one per replication, of which differences are taken, by name."""
    names = (*(key("outcomes.{}", group) for group in deal.groups), PAID, WORTH, OVER_CAP, NET)
    found = {name: np.asarray(returns.values[name]) for name in names} | {COSTS: costs_due(deal, returns)}
    return found | {VALUE: found[PAID] - found[COSTS]}


def _seen(deal: Deal, returns: Returns, columns: Mapping[str, Floats]) -> dict[str, Estimate]:
    names, measures = (*SEEN, *(key("outcomes.{}", group) for group in deal.groups)), measures_of(deal)
    return {name: estimate_of(returns, measures[name]) for name in names} | {COSTS: estimate(columns[COSTS])}


def _step(fewer: int, more: int, limit: float, one: Mapping[str, Floats], other: Mapping[str, Floats]) -> Step:
    gains = {name: mean_and_error((other[name] - one[name]) / (more - fewer)) for name in one}
    return Step(fewer, more, limit, gains)
