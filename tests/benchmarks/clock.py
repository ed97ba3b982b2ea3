"""Times: seconds of processor per replication, of contenders that take turns, and ratios within a turn."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import ParamSpec

P = ParamSpec("P")

Contender = tuple[Callable[[int], object], float]
"""What is timed, called with the number of the round, and how much of what is counted it does."""


@dataclass(frozen=True)
class Figure:
    """One figure of several rounds."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle one of the rounds."""
        return median(self.rounds)

    def times(self, factor: float) -> "Figure":
        """Return the figure in another unit."""
        return Figure(tuple(factor * value for value in self.rounds))

    def per_second(self) -> "Figure":
        """Return how many there are in a second, of seconds for each."""
        return Figure(tuple(1.0 / value for value in self.rounds))

    def over(self, other: "Figure") -> "Figure":
        """Return the ratio to another figure, round by round."""
        return Figure(tuple(a / b for a, b in zip(self.rounds, other.rounds, strict=True)))

    def cells(self) -> list[str]:
        """Return the median, the lowest and the highest, as a table shows them."""
        return [number(self.median), number(min(self.rounds)), number(max(self.rounds))]


def total(figures: list[Figure]) -> Figure:
    """Return the sum of figures, round by round."""
    return Figure(tuple(sum(values) for values in zip(*(each.rounds for each in figures), strict=True)))


def number(value: float) -> str:
    """Return a number to about three digits."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, Figure]:
    """Return seconds of processor time per unit of work, by contender.

    In every round each contender has one turn, so that what slows the machine down for a while slows all of them.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name, (work, count) in contenders.items():
            gc.collect()
            start = process_time()
            work(turn)
            seconds[name].append((process_time() - start) / count)
    return {name: Figure(tuple(values)) for name, values in seconds.items()}


def every_turn(function: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> Callable[[int], object]:
    """Return the function with its arguments, the same in every round."""
    return lambda _: function(*arguments, **named)
