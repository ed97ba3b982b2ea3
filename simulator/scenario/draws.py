"""Parameter draws: every uncertain assumption, drawn up front, one row per replication (docs/model.md §2).

A parameter's place in its distribution depends on (seed, replication, name) alone: adding, fixing or stressing one
parameter moves no other. Places are independent of one another, or those of Sobol points.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.kernel import constant, kernel
from simulator.scenario.assumptions import Assumptions, per_unit
from simulator.scenario.model import Scenario
from simulator.scenario.points import sobol_places
from simulator.streams import Decision, Entity, name_key, uniforms

Floats = NDArray[np.float64]
Points = Literal["random", "sobol"]
"""Where places come from: independent luck of their own, or Sobol points, one dimension for each assumption."""
_KIND, _DECISION = constant(Entity.PARAMETER), constant(Decision.VALUE)


@dataclass(frozen=True)
class Draws:
    """Values of all assumptions for replications first..first+n-1: rates per day, durations in days."""

    first: int
    values: dict[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def row(self, index: int) -> dict[str, float]:
        """Return one replication's values by name."""
        return {name: float(column[index]) for name, column in self.values.items()}


def draw(scenario: Scenario, seed: int, first: int, count: int, points: Points = "random") -> Draws:
    """Return the parameter draws of `count` replications from number `first` on, in days and rates per day."""
    beliefs = scenario.assumptions.beliefs()
    written = _as_written(scenario, seed, first, count, points)
    values = {name: column * per_unit(beliefs[name]) for name, column in written.items()}
    for name, belief in beliefs.items():
        if belief.unit == "probability":
            values[name] = np.minimum(values[name], 1.0)
    return Draws(first, values)


def draw_table(
    scenario: Scenario, seed: int, replications: int, first: int = 0, points: Points = "random"
) -> pd.DataFrame:
    """Return the uncertain assumptions' draws in the units of the scenario file, one row per replication from `first` on."""
    beliefs = scenario.assumptions.beliefs()
    uncertain = {name for name, belief in beliefs.items() if not getattr(belief, "is_fixed", True)}
    written = _as_written(scenario, seed, first, replications, points)
    columns = {name: column for name, column in written.items() if name in uncertain}
    return pd.DataFrame({"replication": np.arange(first, first + replications), **columns})


def _as_written(scenario: Scenario, seed: int, first: int, count: int, points: Points) -> dict[str, Floats]:
    names = list(scenario.assumptions.beliefs())
    if points == "sobol":
        numbers = Assumptions.numbers()
        together = sobol_places(seed, first, count, len(numbers))
        places = {name: np.ascontiguousarray(together[:, numbers.index(name)]) for name in names}
    else:
        places = {name: _places(seed, first, count, name_key(name)) for name in names}
    return {name: getattr(scenario.assumptions, name).quantile(place) for name, place in places.items()}


@kernel
def _places(seed: int, first: int, count: int, parameter: int) -> Floats:
    places = np.empty(count)
    for i in range(count):
        places[i] = uniforms(seed, first + i, _KIND, parameter, _DECISION, 0)[0]
    return places
