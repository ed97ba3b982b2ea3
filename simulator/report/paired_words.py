"""Paired differences in words."""

from simulator.studies.paired import Paired
from simulator.words import Unit, with_error


def signed(found: Paired, unit: Unit, same: str = "none") -> str:
    """Return a difference with its sign and error, or the word for one that is nothing in every replication.

    Args:
        found: the paired difference.
        unit: unit in which it is written.
        same: the word for a difference of 0 in every replication.
    """
    if found.mean is None:
        return "undefined"
    if found.mean == 0 and not found.se:
        return same
    return f"{'+' if found.mean > 0 else ''}{with_error(unit, found.mean, found.se)}"


def say_mean(found: Paired, unit: Unit) -> str:
    """Return a mean with its error."""
    return with_error(unit, found.mean, found.se)
