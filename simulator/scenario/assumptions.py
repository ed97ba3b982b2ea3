"""The uncertainties: every number of the pathway, the evidence and the delays that is believed rather than agreed.

The meaning of each is in docs/model.md §3 to §9.
"""

import math
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from simulator.dates import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR
from simulator.scenario.base import Day, Name, OrNone, Positive, Record, Several, percent_hint, problem
from simulator.scenario.constants import Rate
from simulator.scenario.distributions import Assumption, Belief, Quality

RATE_UNITS = {"per day": 1.0, "per week": DAYS_PER_WEEK, "per month": DAYS_PER_MONTH, "per year": DAYS_PER_YEAR}
TIME_UNITS = {"days": 1.0, "weeks": DAYS_PER_WEEK, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}


def _probability(belief: Assumption) -> Assumption:
    low, high = belief.support()
    if high == math.inf:
        raise problem("PROB_RANGE", "this distribution has no upper limit, and a probability cannot be above 1")
    if high > 1 and belief.multiply > 1 and high / belief.multiply <= 1:
        if not belief.is_fixed:
            return _unit(belief, {"probability": 1.0}, "PROB_UNIT")  # what a factor takes above 1 is drawn as 1
        message = f"multiplied by {belief.multiply:g} it could be {high:g}, and a probability cannot be above 1"
        raise problem("PROB_RANGE", message)
    if low < 0 or high > 1:
        wrong = high if high > 1 else low
        raise problem("PROB_RANGE", f"a probability cannot be {wrong:g}{percent_hint(wrong)}")
    return _unit(belief, {"probability": 1.0}, "PROB_UNIT")


def _unit(belief: Assumption, units: dict[str, float], code: str) -> Assumption:
    if belief.unit not in units:
        raise problem(code, f'"{belief.unit}" is not a unit of this; write {" or ".join(units)}')
    return belief


def _not_negative(belief: Assumption, what: str) -> Assumption:
    if belief.support()[0] < 0:
        raise problem("NEGATIVE", f"{what} cannot be {belief.support()[0]:g}; it must be zero or more")
    return belief


def _rate(belief: Assumption) -> Assumption:
    return _unit(_not_negative(belief, "a rate"), RATE_UNITS, "RATE_UNIT_MISSING")


def _duration(belief: Assumption) -> Assumption:
    return _unit(_not_negative(belief, "a duration"), TIME_UNITS, "TIME_UNIT")


def _number(belief: Assumption) -> Assumption:
    return _unit(_not_negative(belief, "this number"), {"people": 1.0, "factor": 1.0}, "UNIT")


def _factor(belief: Assumption) -> Assumption:
    return _unit(_not_negative(belief, "a factor"), {"factor": 1.0}, "UNIT")


def _number_or_name(value: object) -> str:
    return "name" if isinstance(value, str) and not re.match(r"[-+.\d]", value) else "number"


Probability = Annotated[Assumption, AfterValidator(_probability)]
RateBelief = Annotated[Assumption, AfterValidator(_rate)]
Duration = Annotated[Assumption, AfterValidator(_duration)]
Number = Annotated[Assumption, AfterValidator(_number)]
Factor = Annotated[Assumption, AfterValidator(_factor)]
FactorOrName = Annotated[
    Annotated[float, Field(ge=0), Tag("number")] | Annotated[Name, Tag("name")], Discriminator(_number_or_name)
]
"""A factor, or the name of an uncertain one."""


class Window(Record):
    """A stretch of days [from, to) in which a rate is multiplied."""

    rate: Rate
    """Which rate."""
    start: Day = Field(alias="from")
    """First day."""
    end: Day = Field(alias="to")
    """First day after it."""
    multiply: FactorOrName
    """The factor: a number, or the name of one of `factors`."""
    power: float = 1.0
    """The power to which the factor is taken: several rates, each with a power of its own, can so share one factor."""
    source: str = Field(min_length=3)
    """Where the factor comes from."""
    quality: Quality
    """Its quality, A to E."""

    @model_validator(mode="after")
    def _ordered(self) -> "Window":
        if self.end <= self.start:
            raise problem("WINDOW_ORDER", f"the window ends ({self.end}) before it begins ({self.start})")
        return self

    @model_validator(mode="after")
    def _finite(self) -> "Window":
        if self.multiply == 0 and self.power < 0:
            raise problem("POWER", f"a factor of 0 to the power {self.power:g} is no number")
        return self


class Profile(Record):
    """How referrals are spread over the quarters of a year."""

    calendar: Literal["calendar", "uk_fy", "contract"]
    """Which quarters: from January, from April, or from the first day of service."""
    weights: Several[Positive] = Field(min_length=4, max_length=4)
    """Weight of each quarter; only their proportions matter."""


class Rules(Record):
    """The shape of the model where there is a choice of shape and not of number."""

    patience: Literal["exponential", "fixed"]
    """Whether waiting people give up at random with the mean given, or all after exactly that long."""
    referral_profile: Profile
    """Seasons of referral."""


class Correlation(Record):
    """Two assumptions whose places in their distributions go together: a Gaussian copula (docs/model.md §2)."""

    between: Several[str] = Field(min_length=2, max_length=2)
    """Names of the two."""
    rho: float = Field(gt=-1, lt=1)
    """Correlation of the normal scores of their places."""


_NO_NUMBERS = {"fitted_to", "rules", "factors", "windows", "correlations"}


class FittedTo(Record):
    """What a calibrated set of assumptions was fitted to."""

    deal: str
    """Name of the deal."""
    service_start: Day
    """Its first day of service."""
    term_end: Day
    """The end of its term then: referrals of the set are those from the first day to it, whatever became of the term since."""
    as_of: Day
    """Last day of the results that were looked at."""
    counts: dict[Name, Annotated[int, Field(ge=0)]]
    """Cumulative numbers on that day, of people referred since the first day of service, by what is counted."""


class Assumptions(Record):
    """Everything believed."""

    fitted_to: FittedTo | None = None
    """What the set was fitted to, if it was: results of one deal up to a day."""
    rules: Rules
    """Choices of shape."""
    referrals_over_term: OrNone[Number]
    """Expected referrals over the whole term, before windows and the ramp; `none` with a closed pool."""
    referral_quarter_cv: Number
    """Coefficient of variation of the factor that each quarter's referrals share; its mean is 1."""
    referral_ramp: Duration
    """Time over which referrals rise evenly from nothing to their full rate."""
    patience: Duration
    """How long a person waits for a slot before giving up."""
    engagement_probability: Probability
    """Chance that an allocated person engages."""
    engagement_time_median: Duration
    """Median time from allocation to engagement."""
    engagement_time_sigma: Number
    """Log standard deviation of that time."""
    not_engaged_hold: Duration
    """How long those who will not engage hold a slot."""
    job_rate: RateBelief
    """Hazard of the first job while searching."""
    disengagement_rate: RateBelief
    """Hazard of leaving the service while searching."""
    unallocated_disengagement_factor: Number
    """Factor on that hazard while the person's specialist has left and nobody has taken over."""
    search_limit: OrNone[Duration]
    """Longest search before the service closes the case, or `none`."""
    job_loss_rate: RateBelief
    """Hazard of losing a job."""
    job_loss_early_factor: Number
    """Factor on that hazard in the first weeks of a job."""
    job_loss_early_period: Duration
    """How long those first weeks are."""
    reemployment_rate: RateBelief
    """Hazard of a further job while searching again with support; without support there is none."""
    hours_16_plus_share: Probability
    """Share of people whose jobs are of 16 hours a week or more."""
    contact_probability: Probability
    """Chance of still being in contact on day 91 after the first job start."""
    specialist_turnover: RateBelief
    """Hazard of a specialist leaving."""
    vacancy_median: Duration
    """Median length of a vacancy."""
    vacancy_sigma: Number
    """Log standard deviation of that length."""
    certificate_probability: Probability
    """Chance that an engagement or a job start can be evidenced."""
    other_route_probability: Probability
    """Chance that a sustained job is evidenced by an employer or a payslip after contact was lost."""
    audit_failure_probability: Probability
    """Chance that a sampled claim fails verification."""
    curable_probability: Probability
    """Chance that a failed claim can be mended and submitted again."""
    confirmation_median: Duration
    """Median time a commissioner takes to confirm a quarter's invoice."""
    confirmation_p95: Duration
    """95th percentile of that time."""
    search_delay: Duration
    """Time from engagement to the first day of the search for a first job; the slot is held meanwhile."""
    pool_size: OrNone[Number]
    """People who can ever be referred, those referred before the first day not among them; `none` is an open inflow."""
    pool_referral_rate: OrNone[RateBelief]
    """Hazard of referral of each person of the pool; `none` with an open inflow."""
    pool_entrants: OrNone[Number]
    """People who join the pool on each anniversary of the first day; `none` with an open inflow."""
    carried_over_waiting: Number
    """People referred before the first day who wait for a slot on it."""
    carried_over_searching: Number
    """People engaged before the first day who search for a job on it."""
    carried_over_in_work: Number
    """People who started a job before the first day and are in it, supported, on that day."""
    carried_over_period: Duration
    """How long before the first day those people were referred at the most; each day is as likely."""
    factors: dict[Name, Factor] = Field(default_factory=dict)
    """Uncertain factors of windows, by name; each is drawn once a replication, for all windows that name it."""
    windows: Several[Window] = ()
    """Stretches of days in which a rate is multiplied."""
    correlations: Several[Correlation] = ()
    """Assumptions that are drawn together."""

    @classmethod
    def numbers(cls) -> tuple[str, ...]:
        """Return the names of all assumptions that are numbers, or may be, in the order of the model; not those of factors."""
        return tuple(name for name in cls.model_fields if name not in _NO_NUMBERS)

    def names(self) -> tuple[str, ...]:
        """Return the names of all that is drawn, or may be: the assumptions that are numbers, then the factors."""
        return (*self.numbers(), *self.factors)

    def beliefs(self) -> dict[str, Belief]:
        """Return the assumptions that are numbers, by name, in the order of the model, and after them the factors."""
        values = {name: getattr(self, name) for name in self.numbers()}
        return {name: value for name, value in values.items() if isinstance(value, Belief)} | self.factors


def in_days(belief: Assumption) -> float:
    """Return a fixed duration in days."""
    return belief.support()[0] * TIME_UNITS[belief.unit]


def per_unit(belief: Belief) -> float:
    """Return what turns a drawn value into days, or into a rate per day, or leaves it alone."""
    if belief.unit in RATE_UNITS:
        return 1.0 / RATE_UNITS[belief.unit]
    return TIME_UNITS.get(belief.unit, 1.0)
