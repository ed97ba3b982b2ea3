"""What is known of an assumption beside its value: it stands on its field in `Assumptions`, and nowhere else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from simulator.dates import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR
from simulator.scenario.base import percent_hint, problem
from simulator.scenario.distributions import Assumption, Belief, Fixed

RATE_UNITS = {"per day": 1.0, "per week": DAYS_PER_WEEK, "per month": DAYS_PER_MONTH, "per year": DAYS_PER_YEAR}
TIME_UNITS = {"days": 1.0, "weeks": DAYS_PER_WEEK, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}
Group = Literal[
    "referrals", "engagement", "finding jobs and disengagement", "keeping jobs", "windows of changed rates",
    "people carried over", "staffing and caseload", "evidence and audit", "lags and delays", "prices and schedules",
    "caps and funders", "provider and costs", "capital and return", "term and early end",
]  # fmt: skip
"""Groups of terms and assumptions, by which one scenario is explained by another."""
GROUP_NAMES: tuple[Group, ...] = get_args(Group)
"""In the order in which they are told."""
Neutral = float | Literal["none"]
"""A value that changes nothing: `none`, a time of 0, nobody, or a factor of 1."""


@dataclass(frozen=True)
class Grouped:
    """The group that a field belongs to, for one that is no single number."""

    group: Group


@dataclass(frozen=True)
class Parameter(Grouped):
    """What is known of an assumption that is a number; its unit is its type."""

    label: str
    """In plain words, as within a sentence."""
    reader: Literal["pathway", "contract"]
    """The part of the simulator that reads it."""
    none: str | None = None
    """What it says by being `none`, if it may be."""
    neutral: Neutral | None = None
    """What it is when it is left out, if it may be: only what changes nothing."""


def parameters_of(model: type[BaseModel]) -> Mapping[str, Parameter]:
    """Return what is known of the fields of a model that are numbers, by name, in the order of the model."""
    found = {name: _mark(field) for name, field in model.model_fields.items()}
    return {name: mark for name, mark in found.items() if isinstance(mark, Parameter)}


def groups_of(model: type[BaseModel]) -> Mapping[str, Group]:
    """Return the group that each field of a model belongs to, by name; not of fields that are taken apart further."""
    found = {name: _mark(field) for name, field in model.model_fields.items()}
    return {name: mark.group for name, mark in found.items() if mark is not None}


def _mark(field: FieldInfo) -> Grouped | None:
    return next((each for each in field.metadata if isinstance(each, Grouped)), None)


def is_neutral(parameter: Parameter, value: object) -> bool:
    """Return whether a value of an assumption changes nothing: left out as it may be, or the same as if it were."""
    if isinstance(value, Fixed):
        return value.value * value.multiply == parameter.neutral
    return value is None or value == parameter.neutral


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


def _unit(belief: Assumption, units: Mapping[str, float], code: str) -> Assumption:
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


Probability = Annotated[Assumption, AfterValidator(_probability)]
RateBelief = Annotated[Assumption, AfterValidator(_rate)]
Duration = Annotated[Assumption, AfterValidator(_duration)]
Number = Annotated[Assumption, AfterValidator(_number)]
Factor = Annotated[Assumption, AfterValidator(_factor)]


def in_days(belief: Assumption) -> float:
    """Return a fixed duration in days."""
    return belief.support()[0] * TIME_UNITS[belief.unit]


def per_unit(belief: Belief) -> float:
    """Return what turns a drawn value into days, or into a rate per day, or leaves it alone."""
    if belief.unit in RATE_UNITS:
        return 1.0 / RATE_UNITS[belief.unit]
    return TIME_UNITS.get(belief.unit, 1.0)
