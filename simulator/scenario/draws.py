"""Parameter draws: every uncertain assumption, drawn up front, one row per replication (docs/model.md §2).

A parameter's place in its distribution depends on (seed, replication, name) alone: adding, fixing or stressing one
parameter moves no other. Places are independent random numbers, or those of Sobol points; correlations move
the places of what they name, and of nothing else.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from simulator.kernel import kernel
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.correlations import correlated, matrix
from simulator.scenario.model import Scenario
from simulator.scenario.parameters import per_unit
from simulator.scenario.points import sobol_places
from simulator.streams import DECISION, ENTITY, name_key, uniforms

Floats = NDArray[np.float64]
Points = Literal["random", "sobol"]
"""Where places come from: independent random numbers of their own, or Sobol points, one dimension for each assumption."""
_LOWEST, _HIGHEST = 2.0**-54, 1.0 - 2.0**-53
"""Places between which normal scores are finite, and so is what becomes of them."""


@dataclass(frozen=True)
class Draws:
    """Values of all assumptions for replications first..first+n-1: rates per day, durations in days.

    What is `none` is infinite, and what is left out has its neutral value.
    """

    first: int
    values: dict[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def row(self, index: int) -> dict[str, float]:
        """Return one replication's values by name."""
        return {name: float(column[index]) for name, column in self.values.items()}


def draw(scenario: Scenario, seed: int, first: int, count: int, points: Points = "random") -> Draws:
    """Return the parameter draws of `count` replications from number `first` on, in days and rates per day.

    Args:
        scenario: the scenario whose assumptions they are.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    beliefs = scenario.assumptions.beliefs()
    written = _as_written(scenario, seed, first, count, points)
    values = {name: column * per_unit(beliefs[name]) for name, column in written.items()}
    for name, belief in beliefs.items():
        if belief.unit == "probability":
            values[name] = np.minimum(values[name], 1.0)
    same = {name: np.full(count, value) for name, value in scenario.assumptions.not_believed().items()}
    return Draws(first, values | same)


def draw_table(
    scenario: Scenario, seed: int, replications: int, first: int = 0, points: Points = "random"
) -> pd.DataFrame:
    """Return the uncertain assumptions' draws in the units of the scenario file, one row per replication from `first` on.

    Args:
        scenario: the scenario whose assumptions they are.
        seed: seed of all random numbers.
        replications: how many replications.
        first: number of the first replication.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    beliefs = scenario.assumptions.beliefs()
    uncertain = {name for name, belief in beliefs.items() if not getattr(belief, "is_fixed", True)}
    written = _as_written(scenario, seed, first, replications, points)
    columns = {name: column for name, column in written.items() if name in uncertain}
    return pd.DataFrame({"replication": np.arange(first, first + replications), **columns})


def _as_written(scenario: Scenario, seed: int, first: int, count: int, points: Points) -> dict[str, Floats]:
    beliefs: dict[str, Any] = scenario.assumptions.beliefs()
    places = draw_places(scenario, seed, first, count, points)
    return {name: belief.quantile(places[name]) for name, belief in beliefs.items()}


def draw_places(scenario: Scenario, seed: int, first: int, count: int, points: Points = "random") -> dict[str, Floats]:
    """Return the places of assumptions in their distributions by name, each of shape (count,), on [0, 1).

    Named are all that are numbers, and what correlations name even if it is `none`, so that this moves no other place.

    Args:
        scenario: the scenario whose assumptions they are.
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        points: `random`, or `sobol`: where the draws of the assumptions come from.
    """
    assumptions = scenario.assumptions
    names = list(dict.fromkeys([*assumptions.beliefs(), *correlated(assumptions)]))
    if points == "sobol":
        dimensions = assumptions.names()
        together = sobol_places(seed, first, count, len(dimensions))
        places = {name: np.ascontiguousarray(together[:, dimensions.index(name)]) for name in names}
    else:
        places = {name: _places(seed, first, count, name_key(name)) for name in names}
    return places | _together(places, assumptions)


def _together(places: dict[str, Floats], assumptions: Assumptions) -> dict[str, Floats]:
    """Return the places that correlations move: a Gaussian copula, by the Cholesky factor in the order of the model.

    Of numbers that hang together the first keeps its place, as its row of the factor has nothing beside the diagonal.
    """
    names = correlated(assumptions)
    factor = np.linalg.cholesky(matrix(names, assumptions.correlations)) if names else np.zeros((0, 0))
    scores = [ndtri(np.clip(places[name], _LOWEST, _HIGHEST)) for name in names]
    moved = {}
    for row, name in enumerate(names):
        if factor[row, :row].any():
            score = sum(factor[row, column] * scores[column] for column in range(row + 1))
            moved[name] = np.clip(ndtr(score), 0.0, _HIGHEST)
    return moved


@kernel
def _places(seed: int, first: int, count: int, parameter: int) -> Floats:
    places = np.empty(count)
    for i in range(count):
        places[i] = uniforms(seed, first + i, ENTITY.PARAMETER, parameter, DECISION.VALUE, 0)[0]
    return places
