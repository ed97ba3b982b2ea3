"""A quantity over two levers at once (docs/studies.md §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.errors import refuse
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment
from simulator.studies.lever import Lever
from simulator.studies.levers import apart, at
from simulator.studies.solving import spread_values

Floats = NDArray[np.float64]
CELLS = 7
"""Values of each lever."""


@dataclass(frozen=True)
class Grid:
    """Returns at every pair of values of two levers."""

    levers: tuple[Lever, Lever]
    values: tuple[tuple[float, ...], tuple[float, ...]]
    returns: tuple[tuple[Returns, ...], ...]
    """A row for each value of the first lever, with the second's values in turn."""


def grid(
    experiment: Experiment,
    scenario: Scenario,
    levers: Sequence[Lever],
    values: Sequence[Sequence[float] | None] = (None, None),
) -> Grid:
    """Return what two levers do together: at the values given, or at `CELLS` each from a half to twice where they stand.

    Versions that change nothing for participants are settled on one event log, whatever the order of the levers.

    Args:
        experiment: runs versions of the scenario, with one seed and the same people; what it has run before is reused.
        scenario: the base.
        levers: the two levers: rows, then columns.
        values: values of each, in the lever's unit, in the same order; None for the usual ones.

    Raises:
        SibError: for anything but two different levers.
    """
    refuse(len(levers) != 2, "a map has two different levers")
    apart(levers)
    one, other = levers
    rows, columns = (tuple(_values(lever, given)) for lever, given in zip(levers, values, strict=True))
    found = experiment.returns([at(scenario, (one, row), (other, column)) for row, column in product(rows, columns)])
    width = len(columns)
    return Grid(
        (one, other), (rows, columns), tuple(tuple(found[i * width : (i + 1) * width]) for i in range(len(rows)))
    )


def _values(lever: Lever, given: Sequence[float] | None) -> Sequence[float]:
    if given is not None:
        return sorted(set(given))
    base = lever.base or 1.0
    low, high = max(lever.low, base / 2), 2 * base if lever.high is None else min(lever.high, 2 * base)
    low, high = (np.ceil(low), np.floor(high)) if lever.whole else (low, high)
    return spread_values(lever, low, high, CELLS)
