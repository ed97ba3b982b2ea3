"""When to stop: replications go on until the errors of named estimates are as small as wanted (docs/model.md §14).

The rule sees nothing but the number of replications done and the errors so far, so that where it stops depends on the run
and on nothing else. This module must never run anything.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.errors import SibError
from simulator.measures.measure import Measure
from simulator.measures.names import Figure, read_figure

LIMIT = 1_000_000
"""Replications at which a run stops, unless it is told otherwise."""
STEP = 250
"""Looks are at whole multiples of this many replications."""
GROWTH = 4
"""The most by which one look has more replications than the one before it."""
UNKNOWN_GROWTH = 2
"""The same where an error is not known yet."""
MARGIN = 1.1
"""What the number of replications that seem to be needed is multiplied by."""


@dataclass(frozen=True)
class Wanted:
    """An estimate whose error is to be small."""

    figure: Figure
    error: float
    """The largest standard error that will do, in the measure's unit."""

    @property
    def measure(self) -> Measure:
        """Return the measure that it is of."""
        return self.figure.measure

    @property
    def statistic(self) -> str:
        """Return which figure of the measure it is."""
        return self.figure.statistic

    @property
    def name(self) -> str:
        """Return the estimate's full name."""
        return f"{self.measure.key}.{self.statistic}"


@dataclass(frozen=True)
class Seen:
    """An estimate at one look. None is what cannot be told from so many replications."""

    value: float | None
    error: float | None
    hopeless: bool = False
    """Whether more replications would not help: the figure is undefined in some of them."""


@dataclass(frozen=True)
class Look:
    """What was seen after some number of replications, in the order of what is wanted."""

    replications: int
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Convergence:
    """How the errors came down: what was wanted, and what was seen at each look."""

    wanted: tuple[Wanted, ...]
    looks: tuple[Look, ...]

    @property
    def missed(self) -> tuple[tuple[Wanted, Seen], ...]:
        """Return what is wanted and not reached, with what was seen of it last."""
        pairs = zip(self.wanted, self.looks[-1].seen, strict=True)
        return tuple((wanted, seen) for wanted, seen in pairs if not _enough(wanted, seen))

    @property
    def reached(self) -> bool:
        """Return whether every error is as small as wanted."""
        return not self.missed


def next_look(wanted: Sequence[Wanted], look: Look, limit: int, powers_of: int = 0) -> int | None:
    """Return how many replications the next look is to have; None where it is time to stop.

    An error falls as one over the square root of the number of replications, which says how many are needed. The rule goes
    there with a margin, but never more than four times as far as it is, because the error is an estimate itself.

    Args:
        wanted: the errors that will do.
        look: the last look.
        limit: the most replications.
        powers_of: where it is not 0, looks are at this number times a power of two.
    """
    missed = [(w, s) for w, s in zip(wanted, look.seen, strict=True) if not _enough(w, s)]
    if not missed or look.replications >= limit or any(seen.hopeless for _, seen in missed):
        return None
    factor = max(_factor(w, s) for w, s in missed)
    return min(limit, rounded(math.ceil(look.replications * min(factor, GROWTH)), powers_of))


def rounded(count: int, powers_of: int = 0) -> int:
    """Return a number of replications rounded up to a place for a look.

    >>> rounded(1001), rounded(1001, powers_of=16)
    (1250, 1024)
    """
    if powers_of:
        return powers_of << (math.ceil(count / powers_of) - 1).bit_length()
    return STEP * math.ceil(count / STEP)


def _enough(wanted: Wanted, seen: Seen) -> bool:
    return seen.error is not None and seen.error <= wanted.error


def _factor(wanted: Wanted, seen: Seen) -> float:
    return UNKNOWN_GROWTH if seen.error is None else MARGIN * min(seen.error / wanted.error, GROWTH) ** 2


def read_options(texts: Sequence[str]) -> dict[str, float | str]:
    """Return what is asked for in texts of the form NAME=NUMBER; what is wrong with it is said by `what_is_wanted`.

    Raises:
        SibError: where one name is given twice.
    """
    pairs = [text.partition("=")[::2] for text in texts]
    names = [name for name, _ in pairs]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        message = f"precision is given twice for {', '.join(twice)}"
        raise SibError(message)
    return dict(pairs)


def what_is_wanted(requested: Mapping[str, float | str], measures: Mapping[str, Measure]) -> tuple[Wanted, ...]:
    """Return the estimates asked for, in the order in which they are.

    Args:
        requested: the largest error that will do, by name of the estimate: MEASURE.mean or MEASURE.q05 to MEASURE.q95, or the
            measure alone where it is a single figure.
        measures: all measures, by key.

    Raises:
        SibError: naming everything that is wrong, with the nearest right name.
    """
    found = [_read(name, error, measures) for name, error in requested.items()]
    problems = [f"  {name}: {answer}" for name, answer in zip(requested, found, strict=True) if isinstance(answer, str)]
    wanted = tuple(answer for answer in found if isinstance(answer, Wanted))
    names = [each.name for each in wanted]
    problems += [f"  {name}: asked for twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        message = f"precision has {len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise SibError("\n".join([message, *problems]))
    return wanted


def _read(name: str, error: float | str, measures: Mapping[str, Measure]) -> Wanted | str:
    """Return the estimate of a name, or what is wrong with it."""
    figure = read_figure(name, measures, "estimate")
    if isinstance(figure, str):
        return figure
    size = _number(error)
    if size is None or not 0 < size < math.inf:
        return f"a precision is a number above 0, not {error}" if str(error) else "say how precise, as NAME=NUMBER"
    return Wanted(figure, size)


def _number(text: float | str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
