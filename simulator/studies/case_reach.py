"""How likely it is that a deal reaches a level, by outcome, by year and in money; and levels set backwards from a likelihood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SibError
from simulator.estimates import probability
from simulator.progress import PAYMENTS
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.studies.plan import REFERRAL
from simulator.words import a_number

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TOGETHER, MULTIPLE = "all outcomes together", "investor.multiple"
"""Names beside the measures: all outcomes at once, which no outcome can be called, and the investor's money coming back."""
ENOUGH = 10
"""Replications that must lie on the rarer side of a level that is set backwards."""


@dataclass(frozen=True)
class Reached:
    """How likely it is that a case's level is reached, or more."""

    case: str
    measure: str
    """A measure; `TOGETHER`: all outcomes; `investor.multiple`: the investor gets its money back."""
    year: int
    """Number of the contract year by whose end it is, from 1."""
    level: float | None
    """Counts, pounds, or a multiple; none for all outcomes together."""
    probability: float
    se: float


@dataclass(frozen=True)
class TargetSet:
    """Targets that are reached with a probability, each by itself."""

    chance: float
    levels: Mapping[str, Floats]
    """The highest whole count, or pounds, by measure and contract year, shape (years,); NaN where it is not known by year."""
    chances: Mapping[str, Floats]
    """With what probability each is reached: `chance` or more, as counts are whole."""
    errors: Mapping[str, Floats]
    """Standard errors of these."""
    together: Floats
    """With what probability all outcomes reach theirs by the end of each year, shape (years,)."""
    together_errors: Floats
    throughout: tuple[float, float]
    """With what probability they do so at the end of every year, and its error."""


def checked(probabilities: Sequence[float], replications: int) -> tuple[float, ...]:
    """Return probabilities, the highest first, each once.

    Raises:
        SibError: naming every one that is no probability between 0 and 1, or takes more replications.
    """
    problems = [problem for each in probabilities if (problem := _wrong(each, replications))]
    if not probabilities:
        problems = ["name at least one probability"]
    if problems:
        raise SibError("\n".join([f"the probabilities have {a_number(len(problems), 'problem')}", *problems]))
    return tuple(sorted(set(probabilities), reverse=True))


def _wrong(chance: float, replications: int) -> str:
    if not 0 < chance < 1:
        hint = f"; did you mean {chance / 100:g}?" if 1 < chance < 100 else ""
        return f"  {chance:g} is not a probability between 0 and 1{hint}"
    needed = int(np.ceil(ENOUGH / min(chance, 1 - chance) - 1e-9))
    if replications < needed:
        return f"  {chance:g} takes {needed:,} replications or more, {ENOUGH} of them beyond its level, not {replications:,}"
    return ""


def reached(
    case: str, levels: Mapping[str, Floats], predicted: Mapping[str, Floats], base: Returns, deal: Deal
) -> list[Reached]:
    """Return how likely a case's levels are, by measure and contract year; where a level is not known there is no row.

    Args:
        case: its name.
        levels: by measure, shape (years,).
        predicted: what each replication reaches, by measure, shape (n, years).
        base: the returns of the same replications.
        deal: the deal.
    """
    found = []
    hits = {measure: predicted[measure] >= level - tolerance(measure, deal) for measure, level in levels.items()}
    for measure, level in levels.items():
        found += [
            Reached(case, measure, year + 1, float(level[year]), *_chance(hits[measure][:, year]))
            for year in np.flatnonzero(~np.isnan(level)).tolist()
        ]
    outcomes = [hits[group] for group in deal.groups]
    for year in np.flatnonzero(~np.isnan(levels[deal.groups[0]])).tolist():
        found.append(
            Reached(case, TOGETHER, year + 1, None, *_chance(np.all([hit[:, year] for hit in outcomes], axis=0)))
        )
    if case == "low":
        multiple = np.nan_to_num(base.values[MULTIPLE], nan=np.inf)  # where nothing is drawn, nothing is lost
        found.append(Reached(case, MULTIPLE, len(levels[PAYMENTS]), 1.0, *_chance(multiple >= 1)))
    return found


def tolerance(measure: str, deal: Deal) -> float:
    """Return by how little a level may be missed: of payments, a penny for each outcome payer, which splitting may leave."""
    return len(deal.funders) / 100 if measure == PAYMENTS else 1e-9


def target_set(chance: float, predicted: Mapping[str, Floats]) -> TargetSet:
    """Return the targets that are reached with a probability: the highest level that so many replications reach.

    Args:
        chance: the probability.
        predicted: what each replication reaches, by measure, shape (n, years).
    """
    levels = {measure: _highest(values, chance) for measure, values in predicted.items()}
    hits = {measure: predicted[measure] >= level for measure, level in levels.items()}
    outcomes = np.array([hits[measure] for measure in predicted if measure not in {REFERRAL, PAYMENTS}])
    found = {measure: [_chance(column) for column in hit.T] for measure, hit in hits.items()}
    at_once = np.logical_and.reduce(outcomes, axis=0)
    together = np.array([_chance(column) for column in at_once.T])
    unknown = {measure: np.where(np.isnan(level), np.nan, 0.0) for measure, level in levels.items()}
    return TargetSet(
        chance,
        levels,
        {measure: np.array([p for p, _ in each]) + unknown[measure] for measure, each in found.items()},
        {measure: np.array([se for _, se in each]) + unknown[measure] for measure, each in found.items()},
        together[:, 0],
        together[:, 1],
        _chance(np.logical_and.reduce(at_once, axis=1)),
    )


def _highest(values: Floats, chance: float) -> Floats:
    """Return the highest levels, of counts or whole pounds, that a share of replications reaches, shape (years,)."""
    n = values.shape[0]
    place = n - int(np.ceil(n * chance - 1e-9))
    return np.asarray(np.floor(np.sort(values, axis=0)[place] + 1e-9))


def _chance(happened: Flags) -> tuple[float, float]:
    """Return the share of replications in which something happened, and its standard error."""
    found = probability(happened.astype(np.float64))
    return found.mean or 0.0, found.se or 0.0
