"""What is believed before a deal's results are looked at: `priors.yaml` as typed records, and as the parameters of one deal."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from calibration.scales import Scale, to_scale
from simulator.scenario.base import Day, Name, Positive, Record, Several
from simulator.scenario.constants import Rate
from simulator.scenario.distributions import Quality
from simulator.scenario.validation import validate
from simulator.scenario.yaml_text import read

FILE = Path(__file__).parent / "priors.yaml"
Level = Literal["deal", "common", "pooled"]
"""Of each deal alone; one number for all deals; different, around a common mean."""


class Prior(Record):
    """A prior that is normal on its scale."""

    name: Name
    level: Level
    scale: Scale
    centre: Positive
    sd: Positive
    between: Positive | None = None
    """Scale of the half-normal spread between deals of what is pooled."""
    unit: str
    quality: Quality
    source: str = Field(min_length=3)
    of_plan: bool = False
    """Whether the centre is a part of the number planned."""
    most_of: dict[str, Positive] = Field(default_factory=dict)
    """The most there can be of a share, by deal; deals that are not named have none of it."""
    goes_with: dict[str, dict[str, Positive]] = Field(default_factory=dict, alias="with")
    """Assumptions that are the same share of a most of their own, by deal."""


class Window(Record):
    """Days in which a factor holds."""

    factor: Name
    rate: Rate
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")


class LeftOut(Record):
    """Claim quarters of a deal whose payments are not fitted to."""

    deal: Name
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    why: str


class PaymentsFitted(Record):
    """How payments by quarter are used."""

    error: Positive
    """Relative standard deviation of what the model does not know, of each quarter by itself."""
    shared: Positive
    """That of what it does not know of all quarters of a deal together."""
    source: str
    left_out: Several[LeftOut]

    @property
    def together(self) -> float:
        """Return the relative standard deviation of both together."""
        return float(np.hypot(self.error, self.shared))

    def uses(self, deal: str, quarter_end: date) -> bool:
        """Return whether the payment of a claim quarter is fitted to."""
        return not any(each.deal == deal and each.start <= quarter_end < each.end for each in self.left_out)


class Population(Record):
    """Deals that are fitted together."""

    base: str
    """Assumption set whose values hold where there is no prior, from the scenarios' folder."""
    deals: Several[Name]
    priors: Several[Prior]
    factors: Several[Prior]

    @property
    def all(self) -> tuple[Prior, ...]:
        """Return the priors of assumptions, and then those of factors."""
        return (*self.priors, *self.factors)


class Priors(Record):
    """The whole file."""

    severe_mental_illness: Population
    learning_disabilities: Population
    windows: Several[Window]
    payments: PaymentsFitted

    def populations(self) -> dict[str, Population]:
        """Return the populations by name."""
        names = ("severe_mental_illness", "learning_disabilities")
        return {name: getattr(self, name) for name in names}

    def population_of(self, deal: str) -> str:
        """Return the name of the population that a deal is of."""
        return next(name for name, population in self.populations().items() if deal in population.deals)


@dataclass(frozen=True)
class Parameter:
    """What one deal's fit is to find: a prior whose place on the scale is that of the deal."""

    prior: Prior
    centre: float
    """On the scale."""
    most: float
    """What a share is of; 1 for what is none."""

    @property
    def name(self) -> str:
        """Return the assumption's or factor's name."""
        return self.prior.name

    @property
    def spread(self) -> float:
        """Return the prior standard deviation of this deal's number, that between deals included, on the scale."""
        return float(np.hypot(self.prior.sd, self.prior.between or 0.0))


@cache
def read_priors(file: Path = FILE) -> Priors:
    """Return the priors.

    Raises:
        ScenarioError: naming every problem with its line.
    """
    return validate(Priors, read(file, file.name))


def parameters_of(population: Population, deal: str, planned_referrals: float) -> tuple[Parameter, ...]:
    """Return the parameters of a deal, in the order of the priors.

    Args:
        population: the deals it is fitted with, and their priors.
        deal: the deal.
        planned_referrals: referrals planned for its term, which some priors are a part of.
    """
    return tuple(
        _parameter(prior, deal, planned_referrals)
        for prior in population.all
        if prior.scale != "share" or deal in prior.most_of
    )


def _parameter(prior: Prior, deal: str, planned: float) -> Parameter:
    most = prior.most_of.get(deal, 1.0)
    centre = prior.centre * (planned if prior.of_plan else most)
    return Parameter(prior, float(to_scale(prior.scale, np.array([centre]), most)[0]), most)
