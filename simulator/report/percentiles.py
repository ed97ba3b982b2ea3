"""Percentiles of estimates as columns of a table that is in the data only."""

from collections.abc import Iterable

from simulator.estimates import LEVELS, Estimate
from simulator.table import Cell, Column, Figure, Table
from simulator.words import Unit

COLUMNS = (*(Column(f"q{round(level * 100):02d}") for level in LEVELS), Column("undefined_share"))


def estimated(found: Estimate, unit: Unit | None = None) -> Figure:
    """Return the mean of an estimate as a figure, with its error or why there is none.

    Args:
        found: the estimate.
        unit: its unit, where it is not its column's.
    """
    return Figure(found.mean, found.se, found.status, unit)


def percentiles(columns: tuple[Column, ...], rows: Iterable[tuple[tuple[Cell, ...], Estimate]]) -> Table:
    """Return the percentiles of estimates, and in what share of replications each is undefined.

    Args:
        columns: what names an estimate.
        rows: names of each, and the estimate.
    """
    cells = tuple((*names, *found.quantiles, found.undefined_share) for names, found in rows)
    return Table("percentiles", "Percentiles over replications", (*columns, *COLUMNS), cells, where="data")
