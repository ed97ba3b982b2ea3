"""The uncertainties: every number of the pathway, the evidence and the delays that is believed rather than agreed.

The meaning of each is in docs/model.md §3 to §9.
"""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from simulator.scenario.base import Day, Name, OrNone, Positive, Record, Several, problem
from simulator.scenario.constants import Rate
from simulator.scenario.distributions import Belief, Quality
from simulator.scenario.parameters import (
    Duration,
    Factor,
    Grouped,
    Number,
    Parameter,
    Probability,
    RateBelief,
    is_neutral,
    parameters_of,
)
from simulator.words import name_within


def _number_or_name(value: object) -> str:
    return "name" if isinstance(value, str) and not re.match(r"[-+.\d]", value) else "number"


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

    patience: Annotated[Literal["exponential", "fixed"], Grouped("engagement")]
    """Whether waiting people give up at random with the mean given, or all after exactly that long."""
    referral_profile: Annotated[Profile, Grouped("referrals")]
    """Seasons of referral."""


class Correlation(Record):
    """Two assumptions whose places in their distributions go together: a Gaussian copula (docs/model.md §2)."""

    between: Several[str] = Field(min_length=2, max_length=2)
    """Names of the two."""
    rho: float = Field(gt=-1, lt=1)
    """Correlation of the normal scores of their places."""


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

    fitted_to: Annotated[FittedTo | None, Grouped("referrals")] = None
    """What the set was fitted to, if it was: results of one deal up to a day."""
    rules: Rules
    """Choices of shape."""
    referrals_over_term: Annotated[
        OrNone[Number],
        Parameter("referrals", "expected referrals over the term", "pathway", none="a closed pool instead"),
    ]
    """Expected referrals over the whole term, before windows and the ramp; `none` with a closed pool."""
    referral_quarter_cv: Annotated[
        Number, Parameter("referrals", "coefficient of variation of quarterly referrals", "pathway")
    ]
    """Coefficient of variation of the factor that each quarter's referrals share; its mean is 1."""
    referral_ramp: Annotated[
        Duration | None,
        Parameter("referrals", "time over which referrals rise to their full rate", "pathway", neutral=0.0),
    ] = None
    """Time over which referrals rise evenly from nothing to their full rate."""
    patience: Annotated[Duration, Parameter("engagement", "patience", "pathway")]
    """How long a person waits for a place before lapsing."""
    engagement_probability: Annotated[Probability, Parameter("engagement", "engagement probability", "pathway")]
    """Chance that an allocated person engages."""
    engagement_time_median: Annotated[Duration, Parameter("engagement", "median time to engagement", "pathway")]
    """Median time from allocation to engagement."""
    engagement_time_sigma: Annotated[
        Number, Parameter("engagement", "log standard deviation of the time to engagement", "pathway")
    ]
    """Log standard deviation of that time."""
    not_engaged_hold: Annotated[Duration, Parameter("engagement", "time on the caseload without engaging", "pathway")]
    """How long those who will not engage hold a slot."""
    job_rate: Annotated[RateBelief, Parameter("finding jobs and disengagement", "job rate", "pathway")]
    """Hazard of the first job while searching."""
    disengagement_rate: Annotated[
        RateBelief, Parameter("finding jobs and disengagement", "disengagement rate", "pathway")
    ]
    """Rate of disengagement from the service while searching."""
    unallocated_disengagement_factor: Annotated[
        Number | None,
        Parameter(
            "finding jobs and disengagement", "factor on disengagement while unallocated", "pathway", neutral=1.0
        ),
    ] = None
    """Factor on that hazard while the person's specialist has left and nobody has taken over."""
    search_limit: Annotated[
        OrNone[Duration],
        Parameter("finding jobs and disengagement", "search limit", "pathway", none="no limit", neutral="none"),
    ] = "none"
    """Longest search before the service closes the case, or `none`."""
    job_loss_rate: Annotated[RateBelief, Parameter("keeping jobs", "job loss rate", "pathway")]
    """Hazard of losing a job."""
    job_loss_early_factor: Annotated[
        Number | None,
        Parameter("keeping jobs", "factor on job loss in the first weeks of a job", "pathway", neutral=1.0),
    ] = None
    """Factor on that hazard in the first weeks of a job."""
    job_loss_early_period: Annotated[
        Duration | None, Parameter("keeping jobs", "length of the first weeks of a job", "pathway", neutral=0.0)
    ] = None
    """How long those first weeks are."""
    reemployment_rate: Annotated[RateBelief, Parameter("keeping jobs", "re-employment rate", "pathway")]
    """Hazard of a further job while searching again with support; without support there is none."""
    hours_16_plus_share: Annotated[
        Probability, Parameter("keeping jobs", "share of people in jobs of 16 hours a week or more", "pathway")
    ]
    """Share of people whose jobs are of 16 hours a week or more."""
    contact_probability: Annotated[Probability, Parameter("evidence and audit", "contact probability", "pathway")]
    """Chance of still being in contact on day 91 after the first job start."""
    specialist_turnover: Annotated[RateBelief, Parameter("staffing and caseload", "specialist turnover", "pathway")]
    """Hazard of a specialist leaving."""
    vacancy_median: Annotated[Duration, Parameter("staffing and caseload", "median length of a vacancy", "pathway")]
    """Median length of a vacancy."""
    vacancy_sigma: Annotated[
        Number, Parameter("staffing and caseload", "log standard deviation of the length of a vacancy", "pathway")
    ]
    """Log standard deviation of that length."""
    certificate_probability: Annotated[
        Probability, Parameter("evidence and audit", "certificate probability", "contract")
    ]
    """Chance that an engagement or a job start can be evidenced."""
    other_route_probability: Annotated[
        Probability, Parameter("evidence and audit", "probability of evidence by another route", "contract")
    ]
    """Chance that a sustained job is evidenced by an employer or a payslip after contact was lost."""
    audit_failure_probability: Annotated[
        Probability, Parameter("evidence and audit", "probability of failing verification", "contract")
    ]
    """Chance that a sampled claim fails verification."""
    curable_probability: Annotated[
        Probability, Parameter("evidence and audit", "probability that a failed claim can be resubmitted", "contract")
    ]
    """Chance that a disallowed claim can be resubmitted."""
    confirmation_median: Annotated[Duration, Parameter("lags and delays", "median time to confirmation", "contract")]
    """Median time a commissioner takes to confirm a quarter's invoice."""
    confirmation_p95: Annotated[
        Duration, Parameter("lags and delays", "95th percentile of the time to confirmation", "contract")
    ]
    """95th percentile of that time."""
    search_delay: Annotated[
        Duration | None, Parameter("finding jobs and disengagement", "search delay", "pathway", neutral=0.0)
    ] = None
    """Time from engagement to the first day of the search for a first job; the slot is held meanwhile."""
    pool_size: Annotated[
        OrNone[Number],
        Parameter("referrals", "people in the closed pool", "pathway", none="an open inflow", neutral="none"),
    ] = "none"
    """People who can ever be referred, those referred before the first day not among them; `none` is an open inflow."""
    pool_referral_rate: Annotated[
        OrNone[RateBelief],
        Parameter(
            "referrals", "referral rate of each person of the pool", "pathway", none="an open inflow", neutral="none"
        ),
    ] = "none"
    """Hazard of referral of each person of the pool; `none` with an open inflow."""
    pool_entrants: Annotated[
        OrNone[Number],
        Parameter("referrals", "people who join the pool each year", "pathway", none="an open inflow", neutral="none"),
    ] = "none"
    """People who join the pool on each anniversary of the first day; `none` with an open inflow."""
    carried_over_waiting: Annotated[
        Number | None,
        Parameter("people carried over", "people waiting for a place on the first day", "pathway", neutral=0.0),
    ] = None
    """People referred before the first day who wait for a slot on it."""
    carried_over_searching: Annotated[
        Number | None,
        Parameter("people carried over", "people searching for a job on the first day", "pathway", neutral=0.0),
    ] = None
    """People engaged before the first day who search for a job on it."""
    carried_over_in_work: Annotated[
        Number | None, Parameter("people carried over", "people in a job on the first day", "pathway", neutral=0.0)
    ] = None
    """People who started a job before the first day and are in it, supported, on that day."""
    carried_over_period: Annotated[
        Duration | None,
        Parameter("people carried over", "longest time since their referral", "pathway", neutral=0.0),
    ] = None
    """How long before the first day those people were referred at the most; each day is as likely."""
    factors: Annotated[dict[Name, Factor], Grouped("windows of changed rates")] = Field(default_factory=dict)
    """Uncertain factors of windows, by name; each is drawn once a replication, for all windows that name it."""
    windows: Annotated[Several[Window], Grouped("windows of changed rates")] = ()
    """Stretches of days in which a rate is multiplied."""
    correlations: Annotated[Several[Correlation], Grouped("windows of changed rates")] = ()
    """Assumptions that are drawn together."""

    @classmethod
    def numbers(cls) -> tuple[str, ...]:
        """Return the names of all assumptions that are numbers, or may be, in the order of the model; not those of factors."""
        return tuple(PARAMETERS)

    def names(self) -> tuple[str, ...]:
        """Return the names of all that is drawn, or may be: the assumptions that are numbers, then the factors."""
        return (*self.numbers(), *self.factors)

    def beliefs(self) -> dict[str, Belief]:
        """Return the assumptions that are given as numbers, by name, in the order of the model, and after them the factors."""
        values = {name: getattr(self, name) for name in PARAMETERS}
        return {name: value for name, value in values.items() if isinstance(value, Belief)} | self.factors

    def is_off(self, name: str) -> bool:
        """Return whether a number is left out, or given as what it is then: it changes nothing."""
        return is_neutral(PARAMETERS[name], getattr(self, name))

    def not_believed(self) -> dict[str, float]:
        """Return what the numbers that are no beliefs are to the engines: infinite for `none`, and neutral if left out."""
        values: dict[str, Any] = {name: getattr(self, name) or mark.neutral for name, mark in PARAMETERS.items()}
        return {
            name: math.inf if value == "none" else value
            for name, value in values.items()
            if not isinstance(value, Belief)
        }


PARAMETERS: Mapping[str, Parameter] = parameters_of(Assumptions)
"""What is known of each assumption that is a number, by name, in the order of the model."""


def label(name: str) -> str:
    """Return an assumption's name, or a factor's, in plain words as within a sentence.

    >>> label("referral_quarter_cv"), label("a_bad_winter")
    ('coefficient of variation of quarterly referrals', 'a bad winter')
    """
    return PARAMETERS[name].label if name in PARAMETERS else name_within(name)
