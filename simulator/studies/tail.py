"""What lies behind the worst replications: how far inputs, and what came of them, are shifted there (docs/studies.md §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.estimates import TAIL
from simulator.measures.of_deal import key
from simulator.records import Returns
from simulator.scenario.draws import draw_places
from simulator.scenario.model import Scenario
from simulator.studies.plan import REFERRAL, stage_before
from simulator.words import COUNT, DAYS, PERCENT, Unit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FEWEST = 20
"""Replications that a tail has at least."""
MOST = 0.5
"""Share of replications with a loss above which they are no tail, and the worst of all are looked at instead."""
BAD = 1 / 3
"""The bad part of an input's distribution: that third of it towards which it is shifted."""
COMBINED = 6
"""Inputs of which combinations are looked at: those that are shifted most."""
SCORE = Unit(decimals=2, name="normal score")
_EDGE = 1e-9


@dataclass(frozen=True)
class Shift:
    """How far something lies from its mean in the tail."""

    name: str
    of_all: float
    """Mean over all replications; of an input, of its normal score."""
    of_tail: float
    """Mean over the tail."""
    shift: float
    """The difference in standard deviations over all replications."""
    se: float
    unit: Unit = SCORE
    """Of the means."""


@dataclass(frozen=True)
class Together:
    """Two inputs that are both in their bad third."""

    names: tuple[str, str]
    of_all: float
    """Share of all replications in which both are."""
    of_tail: float
    """Share of the tail."""
    se: float
    """Standard error of the tail's share."""


@dataclass(frozen=True)
class LosingTail:
    """The worst replications of a run and what is different in them."""

    kind: str
    """`loss`: those with a loss; `worst`: the worst twentieth, where there are hardly any with a loss, or hardly any without."""
    replications: int
    """How many there are."""
    inputs: tuple[Shift, ...]
    """Uncertain assumptions, by normal scores of their places in their distributions; most shifted first."""
    happened: tuple[Shift, ...]
    """What came of them on the way; most shifted first."""
    together: tuple[Together, ...]
    """Pairs of the inputs that are shifted most; most frequent, in relation to all replications, first."""


def losing_tail(scenario: Scenario, seed: int, returns: Returns) -> LosingTail:
    """Return what lies behind the worst of replications 0..n-1.

    With fewer than 400 replications and hardly a loss the tail holds the worst twenty.

    Args:
        scenario: the scenario.
        seed: seed of its parameter draws.
        returns: the returns of its replications.
    """
    n = returns.replications
    lost = np.asarray(returns.values["investor.probability_of_loss"]) > 0
    is_loss = FEWEST <= lost.sum() <= MOST * n
    tail = lost if is_loss else _worst(returns, max(FEWEST, round(TAIL * n)))
    scores = _scores(scenario, seed, n)
    inputs = _shifts({name: (SCORE, column) for name, column in scores.items()}, tail)
    return LosingTail(
        "loss" if is_loss else "worst",
        int(tail.sum()),
        inputs,
        _shifts(happened(scenario, returns), tail),
        _together(scores, inputs, tail),
    )


def happened(scenario: Scenario, returns: Returns) -> dict[str, tuple[Unit, Floats]]:
    """Return what came about in each replication, by name, shape (n,): the inflow, each step's share, evidence, the wait.

    Args:
        scenario: the scenario.
        returns: the returns of its replications.
    """
    values, deal = returns.values, scenario.deal
    reached = {REFERRAL: np.asarray(values["outcomes.referral"])}
    reached |= {group: np.asarray(values[key("achieved.{}", group)]) for group in deal.groups}
    found = {"referrals": (COUNT, reached[REFERRAL])}
    for group in deal.groups:
        before = stage_before(deal, group)
        if before in reached:
            found[f"{group} achieved per {before}"] = PERCENT, _part(reached[group], reached[before])
        evidenced = np.asarray(values[key("outcomes.{}", group)])
        found[f"evidenced part of {group}"] = PERCENT, _part(evidenced, reached[group])
    found["days of waiting for a place"] = DAYS, np.asarray(values["caseload.wait_days"])
    return found


def _part(some: Floats, of_all: Floats) -> Floats:
    return np.asarray(np.divide(some, of_all, out=np.full(some.shape, np.nan), where=of_all > 0))


def _worst(returns: Returns, count: int) -> Flags:
    """Return which replications are the worst: by multiple, then by what is paid; not drawn is no loss."""
    multiple = np.nan_to_num(np.asarray(returns.values["investor.multiple"]), nan=np.inf)
    order = np.lexsort((np.asarray(returns.values["payments.total_gbp"]), multiple))
    tail = np.zeros(multiple.size, dtype=bool)
    tail[order[:count]] = True
    return tail


def _scores(scenario: Scenario, seed: int, n: int) -> dict[str, Floats]:
    """Return the normal scores of the places of uncertain assumptions, by name, shape (n,)."""
    uncertain = [
        name for name, belief in scenario.assumptions.beliefs().items() if not getattr(belief, "is_fixed", True)
    ]
    places = draw_places(scenario, seed, 0, n)
    return {name: ndtri(np.clip(places[name], _EDGE, 1 - _EDGE)) for name in uncertain}


def _shifts(columns: Mapping[str, tuple[Unit, Floats]], tail: Flags) -> tuple[Shift, ...]:
    found = []
    for name, (unit, column) in columns.items():
        known = ~np.isnan(column)
        spread = float(np.std(column[known])) if known.any() else 0.0
        of_tail = column[known & tail]
        if spread > 0 and of_tail.size > 1:
            everywhere, there = float(column[known].mean()), float(of_tail.mean())
            error = float(np.std(of_tail, ddof=1) / np.sqrt(of_tail.size)) / spread
            found.append(Shift(name, everywhere, there, (there - everywhere) / spread, error, unit))
    return tuple(sorted(found, key=lambda each: -abs(each.shift)))


def _together(scores: Mapping[str, Floats], inputs: Sequence[Shift], tail: Flags) -> tuple[Together, ...]:
    bad = {}
    for each in inputs[:COMBINED]:
        score = scores[each.name] * np.sign(each.shift)
        bad[each.name] = score >= np.quantile(score, 1 - BAD)
    found, size = [], int(tail.sum())
    for one, other in combinations(bad, 2):
        both = bad[one] & bad[other]
        share = float(both[tail].mean())
        found.append(Together((one, other), float(both.mean()), share, float(np.sqrt(share * (1 - share) / size))))
    return tuple(sorted(found, key=lambda each: -each.of_tail / max(each.of_all, 1e-12)))
