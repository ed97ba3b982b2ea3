"""Where a quantity meets a level as a lever is turned: on the same people, bracketed, with its error (docs/studies.md §4)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.errors import refuse
from simulator.records import Returns
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment
from simulator.studies.lever import Lever
from simulator.studies.levers import at
from simulator.studies.quantities import Quantity, paired_error

Floats = NDArray[np.float64]
Status = Literal["ok", "throughout", "no_bracket", "not_monotone", "undefined"]
POINTS = 7
"""Values of the lever, ends included, at which it is seen whether the quantity rises or falls."""
SURE = 3.0
"""Standard errors of a paired difference beyond which a turn is not taken for chance."""
TRIFLE = 0.01
"""Part of all that a quantity moves over the range below which a turn is none: pennies that rounding moves."""
FINE = 1e-3
"""Tolerance of a root, as a part of the range searched, where the lever has no step of its own."""


@dataclass(frozen=True)
class Point:
    """What was seen at a value of the lever."""

    value: float
    figure: float | None
    se: float | None


@dataclass(frozen=True)
class Root:
    """Where a quantity meets a level, or why it cannot be said."""

    lever: Lever
    quantity: Quantity
    level: float
    status: Status
    points: tuple[Point, ...]
    """All that was seen, in order of the lever."""
    value: float | None = None
    """The lever where the level is met; of whole numbers, the neighbour at which the quantity is at least the level."""
    bracket: tuple[float, float] | None = None
    """Values between which it is met; where it cannot be said, those between which it turns or has no figure."""
    error: float | None = None
    """Monte Carlo standard error of the value: that of the quantity over its slope."""
    rising: bool | None = None
    """Whether the quantity rises with the lever."""
    tolerance: float = 0.0

    def why(self) -> str:
        """Return in a sentence why there is no value; nothing where there is one."""
        unit, low, high = self.quantity.unit, self.points[0], self.points[-1]
        said = f"{self.quantity.name} = {unit.say(self.level)}"
        if self.status == "no_bracket":
            ends = " and ".join(f"{unit.say(end.figure or 0.0)} at {self.lever.say(end.value)}" for end in (low, high))
            return f"NO_BRACKET: {said} is not met between the ends of {self.lever.title}: it is {ends}"
        between = " and ".join(self.lever.say(end) for end in self.bracket or ())
        if self.status == "not_monotone":
            return f"NOT_MONOTONE: {self.quantity.name} turns between {between} of {self.lever.title}: give a narrower range"
        if self.status == "throughout":
            return f"THROUGHOUT: {said} at every value of {self.lever.title} that was simulated"
        if self.status == "undefined":
            return f"UNDEFINED: {self.quantity.name} has no figure at {between} of {self.lever.title}"
        return ""


class Response:
    """A quantity as a function of a lever, from an experiment; each value is run once."""

    def __init__(self, experiment: Experiment, scenario: Scenario, lever: Lever) -> None:
        self._trials = experiment
        self._scenario = scenario
        self._lever = lever
        self._seen: dict[float, Returns] = {}

    def see(self, values: Sequence[float]) -> list[Returns]:
        """Return the returns at each value of the lever."""
        new = [value for value in dict.fromkeys(values) if value not in self._seen]
        versions = [at(self._scenario, (self._lever, value)) for value in new]
        self._seen |= dict(zip(new, self._trials.returns(versions), strict=True))
        return [self._seen[value] for value in values]

    @property
    def values(self) -> list[float]:
        """Return all values seen so far, in order."""
        return sorted(self._seen)

    def point(self, value: float, quantity: Quantity) -> Point:
        """Return what a quantity is at a value."""
        return Point(value, *quantity.of(self.see([value])[0]))

    def points(self, quantity: Quantity) -> tuple[Point, ...]:
        """Return what a quantity is at all values seen so far, in order."""
        return tuple(self.point(value, quantity) for value in self.values)


def spread_values(lever: Lever, low: float, high: float, points: int = POINTS) -> list[float]:
    """Return values of a lever from end to end: evenly, or by equal factors over a wide range; whole where they must be.

    Args:
        lever: the lever.
        low: lowest value, in the lever's unit.
        high: highest; above the lowest.
        points: how many values; fewer where whole numbers coincide.
    """
    refuse(not low < high, f"the range of {lever.title} ends ({high:g}) before it begins ({low:g})")
    wide = low > 0 and high / low > 3
    found = np.geomspace(low, high, points) if wide else np.linspace(low, high, points)
    places = 4 - math.floor(math.log10(high - low))
    values = [float(low), *(round(float(value), places) for value in found[1:-1]), float(high)]
    return sorted({float(round(value)) for value in values}) if lever.whole else values


def usual_range(lever: Lever, low: float | None, high: float | None) -> tuple[float, float]:
    """Return the range that is searched: as given, or from a third to three times where the lever stands, within its limits.

    Args:
        lever: the lever.
        low: lowest value searched, in the lever's unit; None for the usual one.
        high: highest; None for the usual one.
    """
    base = lever.base or 1.0
    ends = [end for end in (low, high) if end is not None]
    refuse(not all(map(math.isfinite, ends)), "the ends of a range are finite numbers")
    least = max(lever.low, base / 3) if low is None else low
    most = (3 * base if lever.high is None else min(lever.high, 3 * base)) if high is None else high
    return (np.ceil(least), np.floor(most)) if lever.whole else (least, most)


def solve(
    response: Response,
    lever: Lever,
    quantity: Quantity,
    level: float,
    low: float,
    high: float,
    tolerance: float | None = None,
) -> Root:
    """Return where a quantity meets a level between two values of a lever.

    It is looked at in `POINTS` places first; a level that is not among what is seen there, a turn by more than `SURE` standard
    errors, and a place without figure are said and not passed over. Then the root is bracketed by Chandrupatla's method down to
    the tolerance, on the same people throughout.

    Args:
        response: what happens as the lever is turned.
        lever: the lever.
        quantity: the quantity.
        level: the level, in the quantity's own unit.
        low: the lowest value.
        high: the highest.
        tolerance: width of the bracket at which it is enough; the lever's step, or a thousandth of the range, if none is given.
    """
    refuse_tolerance(tolerance)
    grid = spread_values(lever, low, high)
    seen = response.see(grid)
    figures = [quantity.of(returns)[0] for returns in seen]
    fine = tolerance or lever.step or FINE * (high - low)

    def root(status: Status, **more: Any) -> Root:  # noqa: ANN401 - fields of the result
        return Root(
            lever, quantity, level, status, response.points(quantity), tolerance=1.0 if lever.whole else fine, **more
        )

    without = [value for value, figure in zip(grid, figures, strict=True) if figure is None or not np.isfinite(figure)]
    if without:
        return root("undefined", bracket=(without[0], without[-1]))
    known = np.array(figures, dtype=np.float64)
    rising, gaps = (
        bool(known[-1] >= known[0]),
        np.where(np.abs(known - level) <= quantity.slack(level), 0.0, known - level),
    )
    if not gaps.any():
        return root("throughout", rising=rising)
    if gaps.min() > 0 or gaps.max() < 0:
        return root("no_bracket", rising=rising)
    turn = turning_place(quantity, seen, known, rising)
    if turn is not None:
        return root("not_monotone", bracket=(grid[turn[0]], grid[turn[1]]))
    ends = _stretch(gaps, grid, lever.base)
    return root("ok", rising=rising, **_narrowed(response, quantity, level, ends, lever, fine))


def refuse_tolerance(tolerance: float | None) -> None:
    """Refuse a tolerance that is not above 0.

    Raises:
        SibError: saying what it is.
    """
    refuse(tolerance is not None and not tolerance > 0, f"a tolerance is above 0 and cannot be {tolerance}")


def turning_place(quantity: Quantity, seen: Sequence[Returns], figures: Floats, rising: bool) -> tuple[int, int] | None:
    """Return the places between which a quantity goes back by more than chance, and by more than a trifle, if it does.

    Each place is held against the one before it at which the quantity went furthest, so that a long slide counts as a whole.

    Args:
        quantity: the quantity.
        seen: returns at each value of the lever, in its order.
        figures: the quantity at each value, shape (values,).
        rising: whether the quantity rises over the range as a whole.
    """
    trifle, furthest = TRIFLE * float(np.ptp(figures)), 0
    for place in range(1, len(figures)):
        back = (figures[furthest] - figures[place]) * (1 if rising else -1)
        if back <= 0:
            furthest = place
        elif back > trifle:
            error = paired_error(quantity, quantity.column(seen[furthest]), quantity.column(seen[place]))
            if not back <= SURE * error:
                return furthest, place
    return None


def _stretch(gaps: Floats, grid: Sequence[float], base: float) -> tuple[float, float]:
    """Return neighbouring values between which a monotone gap becomes nothing or changes its sign.

    Where it is nothing over a stretch, the level is met all along it, and its edge is sought: of two, the nearer to the base.
    """
    changes = [place for place, (one, other) in enumerate(pairwise(np.sign(gaps))) if one != other]
    place = min(changes, key=lambda place: abs((grid[place] + grid[place + 1]) / 2 - base))
    return grid[place], grid[place + 1]


def _narrowed(
    response: Response, quantity: Quantity, level: float, ends: tuple[float, float], lever: Lever, tolerance: float
) -> dict[str, Any]:
    """Return value, bracket and error of a root between two values."""

    def gap(value: float) -> float:
        figure = response.point(value, quantity).figure
        off = float("nan") if figure is None else figure - level
        return 0.0 if abs(off) <= quantity.slack(level) else off

    first, last = gap(ends[0]), gap(ends[1])
    if first == 0 or last == 0:
        low, high = edge(lambda value: gap(value) == 0, ends, tolerance, lever.whole)
    elif lever.whole:
        low, high = whole_between(gap, ends)
    else:
        low, high = between(gap, ends, tolerance)
    met = [end for end in (low, high) if gap(end) == 0] or [end for end in (low, high) if lever.whole and gap(end) > 0]
    value = met[0] if met else (low + high) / 2
    slope = slope_at(response.points(quantity), (low + high) / 2, 0.02 * (ends[1] - ends[0]))
    se = response.point(min((low, high), key=lambda end: abs(gap(end))), quantity).se
    error = None if se is None or slope == 0 else abs(se / slope)
    return {"value": value, "bracket": (low, high), "error": error}


def slope_at(points: Sequence[Point], root: float, apart: float) -> float:
    """Return how fast a quantity moves at a root: between the nearest points on both sides that are at least so far from it.

    Args:
        points: values of the lever with their figures, in order.
        root: the value of the lever at which the slope is wanted.
        apart: least distance from it, in the lever's unit, of the points that are compared.
    """
    known = [point for point in points if point.figure is not None]
    below = [point for point in known if point.value <= root - apart]
    above = [point for point in known if point.value >= root + apart]
    if not below or not above:
        return 0.0
    first, last = below[-1], above[0]
    return ((last.figure or 0.0) - (first.figure or 0.0)) / (last.value - first.value)


def between(gap: Callable[[float], float], ends: tuple[float, float], tolerance: float) -> tuple[float, float]:
    """Return values no further apart than the tolerance between which the gap changes its sign; twice the same where it is 0.

    Args:
        gap: distance of the quantity from its level, by value of the lever.
        ends: two values of the lever at which the gap has different signs.
        tolerance: greatest distance between the two values, in the lever's unit.
    """
    from scipy.optimize import elementwise  # noqa: PLC0415 - takes most of a second, only where a root is sought

    def each(values: Floats) -> Floats:
        return np.array([gap(float(value)) for value in np.atleast_1d(values).ravel()]).reshape(np.shape(values))

    found = elementwise.find_root(each, ends, tolerances={"xatol": tolerance, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0})
    if float(found.f_x) == 0.0:
        return float(found.x), float(found.x)
    low, high = sorted(float(end) for end in found.bracket)
    return low, high


def edge(
    holds: Callable[[float], bool], ends: tuple[float, float], tolerance: float, whole: bool = False
) -> tuple[float, float]:
    """Return values no further apart than the tolerance, or neighbouring whole numbers, of which only one holds, by halving.

    Args:
        holds: whether a requirement is met, by value of the lever.
        ends: two values of the lever, the lower first, of which it is met at only one.
        tolerance: greatest distance between the two values, in the lever's unit.
        whole: whether the lever takes whole numbers only; the tolerance does not count then.
    """
    low, high = ends
    at_low = holds(low)
    while high - low > (1 if whole else tolerance):
        middle = float((low + high) // 2) if whole else (low + high) / 2
        low, high = (middle, high) if holds(middle) == at_low else (low, middle)
    return low, high


def whole_between(gap: Callable[[float], float], ends: tuple[float, float]) -> tuple[float, float]:
    """Return neighbouring whole numbers between which the gap changes its sign."""
    side = gap(ends[0]) >= 0
    return edge(lambda value: (gap(value) >= 0) == side, ends, 1.0, whole=True)
