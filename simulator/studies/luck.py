"""Chance and parameter uncertainty: how much of a measure's variance each of them makes.

Each of N rows of parameters is simulated with m independent sets of random events. With MSB and MSW the mean squares
between and within rows of a balanced one-way random-effects analysis of variance, E[MSW] is the mean variance at given
parameters, which is chance, and E[(MSB - MSW) / m] is the variance of the mean at given parameters, which is their uncertainty
(Searle, Casella and McCulloch 1992, Variance Components, section 3.5).
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.errors import refuse
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key, measures_of
from simulator.presented import Presented
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment, Progress

Floats = NDArray[np.float64]
_INVESTOR = ("investor.multiple", "investor.probability_of_loss", "investor.npv_gbp", "spv.shortfall_gbp")
LUCKS = 4
"""Sets of random events for each row of parameters, where no number is given."""


PENNIES = 1e-5
"""Part of its mean up to which a measure's spread is that of pennies, which rounding moves: it does not vary."""


@dataclass(frozen=True)
class Parts:
    """A measure's variance in two parts; errors are of the jackknife over rows."""

    measure: Measure
    rows: int
    """Rows of parameters in which the measure is defined in every set of random events; the others are left out."""
    left_out: float
    """Their share."""
    mean: float
    """None of the figures is defined where no two rows are left; they are NaN then."""
    mean_se: float
    parameters: float
    """Variance of the mean at given parameters; as it is estimated, which can be below 0."""
    parameters_se: float
    chance: float
    """Mean variance at given parameters."""
    chance_se: float
    share: float
    """That of the parameters as a part of both together; as it is estimated. NaN where the measure never varies."""
    share_se: float

    @property
    def variance(self) -> float:
        """Return the estimated variance of both parts together."""
        return self.parameters + self.chance

    @property
    def clipped(self) -> float:
        """Return the share within 0 to 1."""
        return float(np.clip(self.share, 0.0, 1.0))

    @property
    def status(self) -> str:
        """Return `ok`; `negative` where the estimate is below 0; `constant` or `undefined` where there is no share."""
        if np.isnan(self.mean):
            return "undefined"
        if np.isnan(self.share) or np.sqrt(max(0.0, self.variance)) <= PENNIES * abs(self.mean):
            return "constant"
        return "negative" if self.parameters < 0 else "ok"


@dataclass(frozen=True, repr=False)
class LuckStudy(Presented):
    """How much of each main measure's variance is parameter uncertainty, and how much is chance."""

    _told_by: ClassVar[str] = "luck"
    asked: Asked
    lucks: int
    parts: tuple[Parts, ...]

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.asked.scenario

    @property
    def rows(self) -> int:
        """Return how many rows of parameters there are."""
        return self.asked.replications

    def of(self, key: str) -> Parts:
        """Return the parts of a measure by its key."""
        return next(each for each in self.parts if each.measure.key == key)


def luck(
    scenario: Scenario,
    *,
    lucks: int = LUCKS,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> LuckStudy:
    """Return how much of each main measure's variance is uncertainty of parameters, and how much is chance.

    Args:
        scenario: the scenario.
        lucks: independent sets of random events for each row of parameters, 2 or more.
        replications: how many rows of parameters; the scenario's own number if None.
        seed: seed of parameters and random events; the scenario's own if None.
        workers: threads; one for each processor if None.
        executor: does the batches instead of threads; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done; what it raises ends the study.

    Raises:
        SibError: for fewer than two sets of random events or three rows, which allow no estimate.
    """
    experiment = Experiment(
        scenario, replications=replications, seed=seed, workers=workers, executor=executor, progress=progress
    )
    return find_luck(experiment, scenario, lucks)


def options(lucks: int) -> tuple[str, ...]:
    """Return the options of the command that give the same study, as they are written."""
    return (f"--lucks {lucks}",)


def find_luck(experiment: Experiment, scenario: Scenario, lucks: int = LUCKS) -> LuckStudy:
    """Return the same from an experiment that may have run some versions already.

    Args:
        experiment: runs the scenario; its replications are the rows of parameters.
        scenario: the scenario.
        lucks: independent sets of random events for each row of parameters, 2 or more.
    """
    refuse(
        lucks < 2,
        f"lucks must be 2 or more, not {lucks}: with one, chance and parameter uncertainty cannot be told apart",
    )
    refuse(
        experiment.replications < 3,
        f"replications must be 3 or more, not {experiment.replications}: the errors are taken over rows",
    )
    met = [experiment.returns([scenario], number)[0] for number in range(lucks)]
    found = tuple(parts(each, _table(met, each.key)) for each in main_measures(scenario.deal))
    return LuckStudy(experiment.asked(scenario, options(lucks)), lucks, found)


def main_measures(deal: Deal) -> list[Measure]:
    """Return the main measures: payments, outcomes by what they are counted under, and the investor's."""
    known = measures_of(deal)
    outcomes = [key("outcomes.{}", group) for group in deal.groups]
    return [known[each] for each in ("payments.total_gbp", *outcomes, *_INVESTOR)]


def _table(met: list[Returns], name: str) -> Floats:
    """Return a measure by row and set of random events, shape (rows, lucks)."""
    return np.column_stack([np.asarray(returns.values[name], dtype=np.float64) for returns in met])


def parts(measure: Measure, values: Floats) -> Parts:
    """Return the parts of a measure's variance from its values by row and set of random events, shape (rows, lucks)."""
    whole = values[~np.isnan(values).any(axis=1)]
    rows = len(whole)
    if rows < 3:
        return Parts(measure, rows, 1 - rows / len(values), *(float("nan"),) * 8)
    figures = _figures(whole.mean(axis=1), whole.var(axis=1, ddof=1), values.shape[1])
    means, within = whole.mean(axis=1), whole.var(axis=1, ddof=1)
    without = _without_each(means, within, values.shape[1])
    errors = np.sqrt((rows - 1) / rows * ((without - without.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))
    found = [float(each) for pair in zip(figures, errors, strict=True) for each in pair]
    return Parts(measure, rows, 1 - rows / len(values), *found)


def _figures(means: Floats, within: Floats, lucks: int) -> Floats:
    """Return mean, variance of parameters and of chance, and the share of parameters, shape (4,)."""
    inside = within.mean()
    between = means.var(ddof=1) - inside / lucks
    return np.array([means.mean(), between, inside, _share(between, inside)])


def _without_each(means: Floats, within: Floats, lucks: int) -> Floats:
    """Return the same figures without each row in turn, shape (4, rows)."""
    rows = means.size
    left = rows - 1
    mean = (means.sum() - means) / left
    square = ((means - means.mean()) ** 2).sum() - (means - means.mean()) ** 2 * rows / left
    inside = (within.sum() - within) / left
    between = square / (left - 1) - inside / lucks
    return np.array([mean, between, inside, _share(between, inside)])


def _share(between: Floats | float, inside: Floats | float) -> Floats:
    together = np.asarray(between) + np.asarray(inside)
    return np.asarray(np.divide(between, together, out=np.full(together.shape, np.nan), where=together > 0))
