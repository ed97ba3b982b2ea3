"""Quantities: the single numbers that a study asks about, and requirements on them (docs/studies.md §3).

A quantity is a statistic of a measure (`investor.multiple.mean`, `payments.total_gbp.q95`), a measure that is a single number
(`investor.probability_of_loss`), or the probability of reaching a level (`P(payments.total_gbp<=600000)`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SibError, nearest
from simulator.estimates import TAIL, probability
from simulator.measures.measure import QUANTILES, Measure, Party
from simulator.measures.names import Figure, read_figure
from simulator.measures.of_deal import named
from simulator.monte_carlo import estimate_of
from simulator.records import Returns
from simulator.scenario.base import percent_hint
from simulator.words import MONEY, PERCENT, Unit, a_number

Floats = NDArray[np.float64]
Side = Literal["<=", ">="]
Measures = Mapping[str, Measure]
"""Measures by key."""
CAP_USE, PENNIES = named("payments.cap_use"), 1e-5
"""The share of the cap that is used, and by how little it may lack a level: caps of whole pounds leave pennies when split."""
RESAMPLES = 200
"""Bootstrap samples of replications behind a standard error that has no formula."""
_PROBABILITY = re.compile(r"P\(\s*(?P<measure>[\w.]+)\s*(?P<side><=|>=)\s*(?P<level>[^)]+)\)")
_COMPARED = re.compile(r"(?P<quantity>.+?)\s*(?P<side><=|>=|=)\s*(?P<level>[^<>=()]+)")


@dataclass(frozen=True)
class Quantity:
    """A single number of many replications."""

    measure: Measure
    statistic: str
    """`mean`, `q05` to `q95`, or `probability`."""
    side: Side = ">="
    """Of a probability: that the measure is at most, or at least, the level."""
    level: float = 0.0
    """Of a probability: the level, in the measure's own unit."""

    @property
    def name(self) -> str:
        """Return it as it is asked for."""
        if self.statistic == "probability":
            return f"P({self.measure.key}{self.side}{self.level:.12g})"
        return Figure(self.measure, self.statistic).name

    @property
    def unit(self) -> Unit:
        """Return how it is written."""
        return PERCENT if self.statistic == "probability" else self.measure.unit

    @property
    def is_tail(self) -> bool:
        """Return whether it is the mean of a tail of its column."""
        return self.measure.definition.statistic == "tail mean" and self.statistic != "probability"

    def column(self, returns: Returns) -> Floats:
        """Return the values that it is the statistic of, one per replication, shape (n,); undefined values are NaN."""
        values = np.asarray(returns.values[self.measure.source])
        if self.statistic != "probability":
            return values
        values = self._placed(values)
        meets = values <= self.level if self.side == "<=" else values >= self.level - self._pennies
        return meets.astype(np.float64)

    def _placed(self, values: Floats) -> Floats:
        """Return values with what is undefined at the end where it ranks."""
        return np.where(np.isnan(values), np.inf if self.measure.undefined_ranks == "high" else -np.inf, values)

    def slack(self, level: float) -> float:
        """Return by how little a level may be missed and is met: pennies of rounding, of a share of the cap or of a multiple."""
        if self.statistic == "probability" or (self.unit is PERCENT and self.measure != CAP_USE):
            return 1e-12
        if self.measure == CAP_USE:
            return PENNIES
        return 0.011 if self.unit is MONEY else 1e-6 * max(1.0, abs(level))

    @property
    def _pennies(self) -> float:
        """Return what a share of the cap may lack and still be there: pennies that caps of whole pounds leave when split."""
        return PENNIES if self.measure == CAP_USE else 0.0

    def of(self, returns: Returns) -> tuple[float | None, float | None]:
        """Return the value and its standard error; None where there is none, as where a mean has undefined parts."""
        if self.statistic == "probability":
            found = probability(self.column(returns))
            return found.mean, found.se
        estimated = estimate_of(returns, self.measure)
        if self.statistic == "mean":
            return estimated.mean, estimated.se
        place = QUANTILES.index(self.statistic)
        return estimated.quantiles[place], estimated.quantile_errors[place]

    def at(self, column: Floats) -> float:
        """Return the value of it from its column alone, in the order of replications or resampled; NaN if undefined."""
        if self.is_tail:
            return float(np.sort(column)[: max(1, int(np.ceil(column.size * TAIL - 1e-9)))].mean())
        if self.statistic in {"mean", "probability"}:
            return float(column.mean())
        placed = np.sort(self._placed(column))
        return float(placed[max(0, int(np.ceil(column.size * int(self.statistic[1:]) / 100 - 1e-9)) - 1)])


@dataclass(frozen=True)
class Requirement:
    """What somebody asks of a quantity."""

    quantity: Quantity
    side: Side
    level: float

    @property
    def name(self) -> str:
        """Return it as it is asked for."""
        return f"{self.quantity.name}{self.side}{self.level:.12g}"

    @property
    def party(self) -> Party:
        """Return whose requirement it is."""
        return self.quantity.measure.definition.party

    def margin(self, returns: Returns) -> float:
        """Return by how much it is met, in the quantity's own unit; below 0 it is not; NaN counts as not met."""
        value, _ = self.quantity.of(returns)
        return self.margin_of(value)

    def margin_of(self, value: float | None) -> float:
        """Return by how much a value of the quantity meets it."""
        if value is None:
            return -np.inf
        room = self.level - value if self.side == "<=" else value - self.level
        return max(room, 0.0) if room >= -self.quantity.slack(self.level) else room


def at_most(quantity: str, level: float, *, probability: float | None = None) -> str:
    """Return a requirement: a quantity is at most a level; with a probability, a measure is, with this probability at least.

    >>> at_most("investor.probability_of_loss", 0.1), at_most("payments.total_gbp", 600_000, probability=0.9)
    ('investor.probability_of_loss<=0.1', 'P(payments.total_gbp<=600000)>=0.9')

    Args:
        quantity: a quantity; with a probability, a measure without a statistic.
        level: the highest value allowed, in the quantity's unit.
        probability: share of replications in which the measure has to be within the level; None for a requirement on the
            quantity itself.
    """
    return _required(quantity, "<=", level, probability)


def at_least(quantity: str, level: float, *, probability: float | None = None) -> str:
    """Return a requirement: a quantity is at least a level; with a probability, a measure is, with this probability at least.

    >>> at_least("investor.multiple.mean", 1)
    'investor.multiple.mean>=1'

    Args:
        quantity: a quantity; with a probability, a measure without a statistic.
        level: the lowest value allowed, in the quantity's unit.
        probability: share of replications in which the measure has to reach the level; None for a requirement on the
            quantity itself.
    """
    return _required(quantity, ">=", level, probability)


def _required(quantity: str, side: Side, level: float, probability: float | None) -> str:
    text = f"{quantity}{side}{level:.12g}"
    return text if probability is None else f"P({text})>={probability:.12g}"


def paired_error(quantity: Quantity, first: Floats, other: Floats, seed: int = 0) -> float:
    """Return the standard error of the second's value less the first's, both columns of the same replications, shape (n,).

    Of a mean it is the error of the mean difference; of a quantile or a tail, the spread over bootstrap samples of replications.

    Args:
        quantity: the quantity that is compared.
        first: its column in one version, shape (n,).
        other: its column in the other, replication by replication.
        seed: seed of the bootstrap samples.
    """
    n = first.size
    if quantity.statistic in {"mean", "probability"} and not quantity.is_tail:
        return float(np.std(other - first, ddof=1) / np.sqrt(n))
    luck = np.random.default_rng(seed)
    picks = luck.integers(0, n, size=(RESAMPLES, n))
    found = [quantity.at(other[pick]) - quantity.at(first[pick]) for pick in picks]
    finite = [value for value in found if np.isfinite(value)]
    return float(np.std(finite, ddof=1)) if len(finite) == RESAMPLES else float("nan")


def quantities(texts: Sequence[str], measures: Measures) -> list[Quantity]:
    """Return the quantities of texts.

    Raises:
        SibError: naming everything that is wrong, with the nearest right name.
    """
    found = [_quantity(text.strip(), measures) for text in texts]
    _refuse_wrong(texts, found)
    return [each for each in found if isinstance(each, Quantity)]


def requirements(texts: Sequence[str], measures: Measures) -> list[Requirement]:
    """Return the requirements of texts of the form QUANTITY<=NUMBER or QUANTITY>=NUMBER.

    Raises:
        SibError: naming everything that is wrong, with the nearest right name.
    """
    found = [_compared(text.strip(), measures, ("<=", ">=")) for text in texts]
    _refuse_wrong(texts, found)
    return [
        Requirement(each[0], ">=" if each[1] == ">=" else "<=", each[2]) for each in found if not isinstance(each, str)
    ]


def level_of(text: str, measures: Measures) -> tuple[Quantity, float]:
    """Return the quantity and the level of a text of the form QUANTITY=NUMBER.

    Raises:
        SibError: saying what is wrong, with the nearest right name.
    """
    found = _compared(text.strip(), measures, ("=",))
    if isinstance(found, str):
        message = f'"{text}": {found}'
        raise SibError(message)
    return found[0], found[2]


def _refuse_wrong(texts: Iterable[str], found: Iterable[object]) -> None:
    problems = [f"  {text}: {answer}" for text, answer in zip(texts, found, strict=True) if isinstance(answer, str)]
    if problems:
        raise SibError("\n".join([f"what is asked has {a_number(len(problems), 'problem')}", *problems]))


def _compared(text: str, measures: Measures, sides: Sequence[str]) -> tuple[Quantity, str, float] | str:
    match = _COMPARED.fullmatch(text)
    if match is None or match["side"] not in sides:
        return f"write QUANTITY{' or QUANTITY'.join(f'{side}NUMBER' for side in sides)}, as in {_example(sides)}"
    quantity = _quantity(match["quantity"], measures)
    level = _number(match["level"])
    if isinstance(quantity, str):
        return quantity
    if level is None:
        return f'"{match["level"]}" is not a finite number'
    is_share = quantity.statistic == "probability" or quantity.measure.definition.statistic == "probability"
    if is_share and not 0 <= level <= 1:
        return f"a probability lies between 0 and 1 and cannot be {level:g}{percent_hint(level)}"
    return quantity, match["side"], level


def _example(sides: Sequence[str]) -> str:
    return "investor.multiple.mean=1" if sides == ("=",) else "investor.probability_of_loss<=0.10"


def _quantity(text: str, measures: Measures) -> Quantity | str:
    """Return a text's quantity, or what is wrong with it."""
    chance = _PROBABILITY.fullmatch(text)
    if chance is None:
        figure = read_figure(text, measures, "quantity")
        return figure if isinstance(figure, str) else Quantity(figure.measure, figure.statistic)
    level = _number(chance["level"])
    if level is None:
        return f'"{chance["level"]}" is not a finite number'
    if chance["measure"] not in measures:
        return f"unknown quantity{nearest(chance['measure'], measures)}"
    return Quantity(measures[chance["measure"]], "probability", "<=" if chance["side"] == "<=" else ">=", level)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if np.isfinite(found) else None
