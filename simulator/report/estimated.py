"""Estimates of studies as figures of findings."""

import numpy as np
from numpy.typing import NDArray

from simulator.estimates import Estimate
from simulator.measures.measure import Measure
from simulator.studies.paired import Paired, mean_of
from simulator.table import Figure
from simulator.words import Unit


def figure(found: Paired, unit: Unit | None = None) -> Figure:
    """Return a mean, or a mean difference, as a figure.

    Args:
        found: the mean and its error.
        unit: its unit, where it is not its column's.
    """
    return Figure(found.mean, found.se, "ok" if found.mean is not None else "undefined", unit)


def mean(values: NDArray[np.generic], unit: Unit | None = None) -> Figure:
    """Return the mean of values with its error as a figure.

    Args:
        values: one for each replication, shape (n,).
        unit: its unit, where it is not its column's.
    """
    return figure(mean_of(np.asarray(values, dtype=np.float64)), unit)


def mean_of_measure(found: Estimate, measure: Measure) -> Figure:
    """Return a measure's mean with its error as a figure; rates of return are never averaged.

    Args:
        found: its estimate.
        measure: the measure.
    """
    averaged = found.mean is not None or found.status != "ok" or not measure.is_rate
    return Figure(found.mean, found.se, found.status if averaged else "not_averaged", measure.unit)
