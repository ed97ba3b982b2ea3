"""Stress tests: what each of many bad turns does to a deal, on the same people (docs/studies.md §7)."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.measures.of_deal import key, measures_under_stress
from simulator.monte_carlo import estimate_of
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.asking import all_of
from simulator.studies.experiment import Experiment, Progress
from simulator.studies.quantities import Quantity, paired_error, quantities
from simulator.studies.stress_versions import Chosen, Named, NotFor, Version, choose

Floats = NDArray[np.float64]
RANKED_BY = "investor.multiple.mean"
"""What stresses are ranked by where nothing is named."""
MULTIPLE, MEDIAN, LOW = RANKED_BY, "investor.multiple.q50", "investor.multiple.q05"
LOSS, TAIL = "investor.probability_of_loss", "investor.expected_shortfall_multiple"
RATES = ("investor.irr.q05", "investor.irr.q50", "investor.irr.q95")
SHORT, SHORT_SIZE = "spv.probability_of_shortfall", "spv.shortfall_gbp.mean"
EXPOSURE = "investor.peak_exposure_share"
PAID, CAP_USE, OVER_CAP = "payments.total_gbp.mean", "payments.cap_use.mean", "payments.unpaid_over_cap_gbp.mean"
UNEVIDENCED, WAIT, WAITING = "payments.unevidenced_gbp.mean", "caseload.wait_days.mean", "caseload.people_waiting.mean"
NET_COST = "commissioner.net_cost_gbp.mean"
YEAR = "commissioner.paid_in_year_{}_gbp"
AFTERWARDS = "commissioner.paid_after_the_term_gbp"
GIVEN_BACK = "commissioner.net_of_payments_gbp"
OF_THE_DEAL = (
    MULTIPLE, MEDIAN, LOW, LOSS, TAIL, *RATES, SHORT, SHORT_SIZE, f"{EXPOSURE}.mean", PAID, CAP_USE, OVER_CAP, UNEVIDENCED,
    WAIT, WAITING, NET_COST,
)  # fmt: skip
"""What is shown of each stress, beside payments by year."""
_AT_A_TIME = 4
"""Versions whose returns are in memory."""


@dataclass(frozen=True)
class Effect:
    """A quantity under a stress, and how it differs from the base. None is what does not exist; `status` says why."""

    value: float | None
    se: float | None
    difference: float | None
    """To the base, from replication to replication the same people."""
    difference_se: float | None
    """Of the paired difference."""
    status: str
    """`ok`; `no_change` where no replication differs; `not_subtracted` of a rate of return; or why there is no figure."""


@dataclass(frozen=True)
class UnderStress:
    """What a stress does."""

    version: Version
    changes: bool
    """Whether anything at all differs from the base in any replication."""
    effects: Mapping[str, Effect]
    """By quantity."""
    harm: float
    """How much worse the quantity is that stresses are ranked by; infinite where it no longer exists."""


@dataclass(frozen=True, repr=False)
class Stressed(Presented):
    """A deal under stresses, the one that does most harm first; those that change nothing come last."""

    _told_by: ClassVar[str] = "stress"
    asked: Asked
    ranked_by: Quantity
    quantities: tuple[Quantity, ...]
    as_it_stands: Mapping[str, Effect]
    """The quantities of the base, without differences."""
    tested: tuple[UnderStress, ...]
    left_out: tuple[NotFor, ...]
    """Stresses of the library that the deal's terms have no room for."""
    unwritten: tuple[str, ...] = ()
    """Files that the command names and that must be written first: overlays that were made in Python."""

    @property
    def base(self) -> Scenario:
        """Return the deal as it stands."""
        return self.asked.scenario

    def quantity(self, name: str) -> Quantity:
        """Return the quantity of a name."""
        return next(each for each in self.quantities if each.name == name)


def stress(
    scenario: Scenario,
    overlays: Sequence[Named | Sequence[Named]] = (),
    *,
    forms: Sequence[str] = (),
    rank: str = RANKED_BY,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Stressed:
    """Return what stresses do to a deal, each alone unless they are combined, on the same people as the deal as it stands.

    Args:
        scenario: the deal as it stands.
        overlays: stresses by number (`st_01`, in all of its forms, or `st_01:severe`), overlay files, overlays made in Python,
            or sequences of these that are applied together; the whole library if there are none.
        forms: only these forms, of stresses that have forms: `mild`, `severe`, `extreme`.
        rank: the quantity that they are ranked by.
        replications: how many of each; the scenario's own number if None.
        seed: seed of all luck; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: before anything is simulated, for names that are none and stresses that the scenario does not take.
    """
    chosen, by = read(scenario, overlays, forms, rank)
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_stress(experiment, chosen, by)


def read(
    scenario: Scenario, overlays: Sequence[Named | Sequence[Named]], forms: Sequence[str], rank: str
) -> tuple[Chosen, Quantity]:
    """Return what is to be run, and the quantity that stresses are ranked by; arguments are those of `stress`.

    Args:
        scenario: the deal as it stands.
        overlays: the stresses.
        forms: only these forms.
        rank: name of the quantity.

    Raises:
        SibError: with all that is wrong with any of it.
    """
    chosen, by = list[Chosen](), list[Quantity]()
    all_of(
        (
            lambda: chosen.append(choose(scenario, overlays, forms)),
            lambda: by.extend(quantities([rank], measures_under_stress(scenario.deal))),
        )
    )
    return chosen[0], by[0]


def options(chosen: Chosen, by: Quantity) -> tuple[str, ...]:
    """Return the options of the command that give the same, beside seed and replications."""
    return (*chosen.options, *([] if by.name == RANKED_BY else [f'--rank "{by.name}"']))


def find_stress(experiment: Experiment, chosen: Chosen, by: Quantity) -> Stressed:
    """Return what stresses do.

    Args:
        experiment: runs versions of the base; what it has run before is reused.
        chosen: the base and its versions.
        by: the quantity that they are ranked by.
    """
    deal = chosen.base.deal
    base = with_stress_measures(chosen.base, experiment.returns([chosen.base])[0], deal)
    years = [f"{name}.mean" for name in (*year_names(deal), AFTERWARDS, GIVEN_BACK)]
    wanted = quantities(list(dict.fromkeys([*OF_THE_DEAL, *years, by.name])), measures_under_stress(deal))
    tested = [
        _tested(version, base, returns, wanted, by) for version, returns in _returns(experiment, chosen.versions, deal)
    ]
    tested.sort(key=lambda each: (not each.changes, -each.harm, each.version.name))
    stands = {quantity.name: Effect(*quantity.of(base), None, None, _status(base, quantity)) for quantity in wanted}
    asked = experiment.asked(chosen.base, options(chosen, by))
    return Stressed(asked, by, tuple(wanted), stands, tuple(tested), chosen.left_out, chosen.unwritten)


def _returns(experiment: Experiment, versions: Sequence[Version], deal: Deal) -> Iterator[tuple[Version, Returns]]:
    """Yield each version with its returns, a few in memory at a time; those with one event log together."""
    places = experiment.in_order([version.scenario for version in versions])
    for start in range(0, len(places), _AT_A_TIME):
        several = [versions[place] for place in places[start : start + _AT_A_TIME]]
        found = experiment.returns([version.scenario for version in several])
        for version, returns in zip(several, found, strict=True):
            yield version, with_stress_measures(version.scenario, returns, deal)


def with_stress_measures(scenario: Scenario, returns: Returns, deal: Deal) -> Returns:
    """Return returns with what is shown of a stress beside the usual measures: exposure over commitment, payments by year.

    Payments of a year are those that arrive in it; those after the term are apart. What compensation adds and what goes back
    to the outcome payers takes away is the net cost less the payments. All of them add up to the net cost.

    Args:
        scenario: whose returns they are.
        returns: the returns.
        deal: whose contract years are meant: those of the base.
    """
    values, commitment = dict(returns.values), scenario.deal.investment.commitment / 100
    arrived = returns.series["payments.received_gbp"]
    ends = [0.0 * arrived[:, 0], *(arrived[:, quarter - 1] for quarter in _year_ends(deal))]
    values |= {name: ends[year + 1] - ends[year] for year, name in enumerate(year_names(deal))}
    values[AFTERWARDS] = values["payments.total_gbp"] - ends[-1]
    values[GIVEN_BACK] = values["commissioner.net_cost_gbp"] - values["payments.total_gbp"]
    values[EXPOSURE] = values["investor.peak_exposure_gbp"] / (commitment or np.nan)
    return replace(returns, values=values)


_ROUNDING = 1e-10
"""Part of a value, and of a pound, by which two ways of reckoning the same may differ."""


def year_names(deal: Deal) -> list[str]:
    """Return the names of the measures of what the outcome payers pay in each contract year of the term."""
    return [key(YEAR, str(year + 1)) for year in range(len(_year_ends(deal)))]


def _year_ends(deal: Deal) -> list[int]:
    """Return how many quarters there are up to the end of each contract year, the last of which may be shorter."""
    quarters = len(deal.term.quarters()) - 1
    return [min(4 * (year + 1), quarters) for year in range(-(-quarters // 4))]


def _tested(version: Version, base: Returns, other: Returns, wanted: Sequence[Quantity], by: Quantity) -> UnderStress:
    effects = {quantity.name: effect(quantity, base, other) for quantity in wanted}
    return UnderStress(version, not same(base, other), effects, _harm(by, base, other))


def effect(quantity: Quantity, base: Returns, other: Returns) -> Effect:
    """Return a quantity of other returns, and its paired difference to the base's.

    Rates of return are shown and never subtracted: a total loss has no rate, and a mean of rates is that of nothing.

    Args:
        quantity: the quantity.
        base: returns of the scenario without the stress.
        other: returns of the same replications under it.
    """
    if not has(other, quantity):
        return Effect(None, None, None, None, "not_a_measure")
    value, se = quantity.of(other)
    before, _ = quantity.of(base)
    status = _status(other, quantity)
    if value is None or before is None:
        return Effect(value, se, None, None, status if value is None else f"base_{_status(base, quantity)}")
    first, second = quantity.column(base), quantity.column(other)
    if no_different(first, second):
        return Effect(value, se, 0.0, 0.0, "no_change")
    if quantity.measure.is_rate and quantity.statistic != "probability":
        return Effect(value, se, None, None, "not_subtracted")
    error = paired_error(quantity, first, second)
    return Effect(value, se, value - before, error if np.isfinite(error) else None, "ok")


def has(returns: Returns, quantity: Quantity) -> bool:
    """Return whether a deal has a measure: a stress may take away the term that it is of."""
    return quantity.measure.source in returns.values


def _status(returns: Returns, quantity: Quantity) -> str:
    """Return why a quantity does not exist, or `ok`."""
    if quantity.of(returns)[0] is not None:
        return "ok"
    status = estimate_of(returns, quantity.measure).status
    return "undefined" if status == "ok" else status


def _harm(by: Quantity, base: Returns, other: Returns) -> float:
    """Return how much worse a quantity is than in the base; infinite where it does not exist in the other alone."""
    before, after = by.of(base)[0], by.of(other)[0] if has(other, by) else None
    if after is None or before is None:
        return 0.0 if after is before else np.inf if after is None else -np.inf
    return (after - before) * worse(by)


def worse(quantity: Quantity) -> int:
    """Return 1 where more of a quantity is worse, -1 where less is.

    Of a probability, more is worse where it is that of a bad measure being high or of a good one being low.
    """
    bad = quantity.measure.adverse == "high"
    turned = quantity.statistic == "probability" and quantity.side == "<="
    return 1 if bad != turned else -1


def same(first: Returns, other: Returns) -> bool:
    """Return whether two returns do not differ in anything, in any replication."""
    names = (first.values.keys(), first.series.keys())
    if names != (other.values.keys(), other.series.keys()):
        return False
    pairs = [(first.values[name], other.values[name]) for name in first.values]
    pairs += [(first.series[name], other.series[name]) for name in first.series]
    alike = all(one.shape == two.shape and no_different(one, two) for one, two in pairs)
    return alike and np.array_equal(first.irr_status, other.irr_status)


def no_different(first: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Return whether values are the same but for rounding: what differs by less is no change of a penny or a person."""
    return bool(np.allclose(first, other, rtol=_ROUNDING, atol=_ROUNDING, equal_nan=True))
