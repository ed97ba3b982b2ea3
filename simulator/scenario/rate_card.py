"""What is paid for, at what price on which day, and up to what (docs/model.md §6 to §8)."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple

from pydantic import Discriminator, Field, Tag, model_validator

from simulator.dates import contract_quarters
from simulator.scenario.base import Day, Name, OrNone, Pence, Positive, Record, Several, Share, problem
from simulator.scenario.constants import NO_LIMIT


class Reached(Record):
    """A milestone that is reached on the day an event first happens."""

    reached: Literal["referral", "allocation", "engagement", "job_start"]
    """The event."""
    hours_from: float | None = None
    """Only jobs of at least these weekly hours."""
    hours_below: float | None = None
    """Only jobs of fewer weekly hours."""


class InWork(Record):
    """A milestone that is measured on one day some time after the first job start: in work on that day, in any job."""

    in_work_after_months: Positive
    """Months of 30.4375 days from the first job start to the day of measurement, rounded up to whole days."""
    hours_from: float | None = None
    """Weekly hours of the job of that day: at least."""
    hours_below: float | None = None
    """Weekly hours of the job of that day: fewer than."""


class Sustained(Record):
    """A milestone of keeping jobs through a window of weeks that begins with the first job (docs/model.md §6)."""

    sustained_weeks: int = Field(ge=1)
    """Length of the window in weeks of seven days."""
    weeks_counted: int = Field(ge=1)
    """Weeks that must count, in one job or several."""
    days_for_a_week: int = Field(ge=1, le=7)
    """Days in work that make a week count."""
    hours_from: float | None = None
    """Average weekly hours over the counted weeks: at least."""
    hours_below: float | None = None
    """Average weekly hours over the counted weeks: fewer than."""

    @model_validator(mode="after")
    def _possible(self) -> "Sustained":
        if self.weeks_counted > self.sustained_weeks:
            raise problem("SUSTAIN_RULE", f"{self.weeks_counted} of {self.sustained_weeks} weeks is impossible")
        return self


def _kind_of_milestone(value: object) -> str:
    if isinstance(value, Record):
        return {Sustained: "sustained", InWork: "in_work"}.get(type(value), "event")
    names = set(value) if isinstance(value, dict) else set()
    if names & (Sustained.model_fields.keys() - Reached.model_fields.keys()):
        return "sustained"
    return "in_work" if "in_work_after_months" in names else "event"


Milestone = Annotated[
    Annotated[Reached, Tag("event")] | Annotated[Sustained, Tag("sustained")] | Annotated[InWork, Tag("in_work")],
    Discriminator(_kind_of_milestone),
]
"""An event, jobs kept through a window of weeks, or work on the day of measurement."""
Count = Annotated[int, Field(ge=0)]
"""A number of people or outcomes."""


class ByYear(Record):
    """A price for each contract year, chosen by the day achieved; years run from anniversary to anniversary of the first day."""

    by_contract_year: Several[Pence] = Field(min_length=1)
    """Price in the first, second, ... year; one for every year of the term."""


class Tier(Record):
    """Some of a line's claims, in the order in which they are paid."""

    price: Pence
    """Price of each."""
    share_of_target: Share | None = None
    """The tier ends at this share of the line's target; the last tier has no end."""
    rounding: Literal["floor", "ceil"] | None = None
    """How that share of the target becomes a number of claims where it is not whole."""

    def end(self, target: int) -> int:
        """Return the number of the tier's last claim."""
        if self.share_of_target is None:
            return NO_LIMIT
        exact = round(self.share_of_target * target, 9)
        return math.ceil(exact) if self.rounding == "ceil" else math.floor(exact)


class Tiered(Record):
    """A price that depends on how many of the line have been paid."""

    tiers: Several[Tier] = Field(min_length=2)
    """Tiers in order; each but the last says where it ends."""

    @model_validator(mode="after")
    def _in_order(self) -> "Tiered":
        shares = [tier.share_of_target for tier in self.tiers]
        given = [share for share in shares[:-1] if share is not None]
        if len(given) < len(shares) - 1 or shares[-1] is not None or given != sorted(set(given)):
            raise problem("TIERS", "each tier but the last has a share_of_target, and the shares rise")
        return self


def _kind_of_price(value: object) -> str:
    if isinstance(value, ByYear) or (isinstance(value, dict) and "by_contract_year" in value):
        return "by_year"
    return "tiered" if isinstance(value, Tiered | dict) else "flat"


Price = Annotated[
    Annotated[Pence, Tag("flat")] | Annotated[ByYear, Tag("by_year")] | Annotated[Tiered, Tag("tiered")],
    Discriminator(_kind_of_price),
]
"""One price, a price for each contract year, or tiers by volume."""


class Step(NamedTuple):
    """What a tier of any price costs: every price is a list of these."""

    end: int
    """Number of the tier's last claim."""
    by_year: tuple[int, ...]
    """Pence in each contract year in turn; the last holds for all later years."""


def steps(price: Price, target: int) -> tuple[Step, ...]:
    """Return a price of any kind as tiers of yearly prices; tiers end at shares of the line's target."""
    if isinstance(price, int):
        return (Step(NO_LIMIT, (price,)),)
    if isinstance(price, ByYear):
        return (Step(NO_LIMIT, price.by_contract_year),)
    return tuple(Step(tier.end(target), (tier.price,)) for tier in price.tiers)


def worth(price: Price, target: int, count: int) -> int:
    """Return pence: what the first `count` claims of a line cost; of a price by year, at the mean of its years, rounded.

    Args:
        price: the price.
        target: number of outcomes that shares of the target are of.
        count: how many claims.
    """
    total, done = 0, 0
    for step in steps(price, target):
        here = max(0, min(count, step.end) - done)
        total += round(here * sum(step.by_year) / len(step.by_year))
        done += here
    return total


class Outcome(Record):
    """One line of the rate card."""

    outcome: Name
    """Name of the outcome."""
    counts_as: Name | None = None
    """Name under which several lines are counted together; the outcome's own name if none."""
    follows: Name | None = None
    """The outcome, or name counted together, that must come before it."""
    strand: Literal["service", "employment"] | None = None
    """The part of a person's life that it belongs to; nothing depends on it."""
    milestone: Milestone
    """What must happen."""
    evidence: Literal["certificate", "contact"]
    """`certificate`: obtained or not; `contact`: still in contact on the day, or another route within the window."""
    price: Price
    """Price of one: an amount, `by_contract_year` or `tiers`."""
    indexed_by: Name | None = None
    """Index that its prices follow, if any."""
    target: int = Field(ge=0)
    """High-case target over the term."""
    count_cap: OrNone[Count]
    """Outcomes beyond this number are not paid, or `none`."""
    paid_after_months: int = Field(ge=0)
    """Lag in months; `lags` says from when."""

    @property
    def group(self) -> str:
        """Return the name it is counted under."""
        return self.counts_as or self.outcome

    @property
    def high_case(self) -> int:
        """Return pence: what its target is worth at the rate card's prices."""
        return worth(self.price, self.target, self.target)

    @property
    def limit(self) -> int:
        """Return the most of it that is paid."""
        return NO_LIMIT if self.count_cap == "none" else self.count_cap


class Cap(Record):
    """A limit in pounds."""

    pence: Pence = Field(alias="pounds")
    """The limit."""
    policy: Literal["partial", "whole"]
    """Whether the claim that crosses it is paid in part or not at all."""


def _equal_or_not(value: object) -> str:
    return "equal" if isinstance(value, str) else "given"


YearlyLimits = Annotated[
    Annotated[Several[Pence], Field(min_length=1), Tag("given")] | Annotated[Literal["equal"], Tag("equal")],
    Discriminator(_equal_or_not),
]
"""Amounts by year, or the word `equal`."""


class AnnualCap(Record):
    """A limit on what is invoiced in each year, activity payments included."""

    year: Literal["contract", "uk_fy", "calendar"]
    """Which years: from the first day of service, from April or from January; an invoice counts in the year of its last day."""
    pence: YearlyLimits = Field(alias="pounds")
    """The limit of each year in turn, of which the last holds for all later years; or `equal`: the total cap in equal parts."""
    policy: Literal["partial", "whole"]
    """Whether the claim that crosses it is paid in part or not at all."""
    unused_headroom: Literal["lost", "carry"]
    """Whether what a year leaves unused is lost, or is added to the next year's limit."""
    excess_claims: Literal["lost", "defer"]
    """Whether a claim beyond it is refused, or waits whole for the next year's first invoice; in the last year it is refused."""

    def years(self, quarters: Sequence[date]) -> list[int]:
        """Return the number of each invoice's year: that of its last day, counted from the year of the first day of service.

        Args:
            quarters: first days of the quarters that may have an invoice, and of the next one.
        """
        if self.year == "contract":
            return [number // 4 for number in range(len(quarters) - 1)]
        return [self._years_between(quarters[0], following - timedelta(days=1)) for following in quarters[1:]]

    def limits(self, total: int, start: date, end: date) -> tuple[int, ...]:
        """Return pence: the limit of each year in turn; the last holds for all later years.

        Under `equal` each year has an equal part of the total cap, of as many years as there are, whole or in part, in the
        term; pence that are left over go to the first years.

        Args:
            total: the total cap in pence.
            start: first day of service.
            end: first day after the term.
        """
        if not isinstance(self.pence, str):
            return self.pence
        if self.year == "contract":
            years = math.ceil((len(contract_quarters(start, end)) - 1) / 4)
        else:
            years = 1 + self._years_between(start, end - timedelta(days=1))
        each, over = divmod(total, years)
        return tuple(each + (year < over) for year in range(years))

    def _years_between(self, first: date, last: date) -> int:
        """Return how many financial or calendar years begin after one day and no later than another."""
        april = self.year == "uk_fy"
        one, other = (day.year - (april and day.month < 4) for day in (first, last))
        return other - one


class Schedule(Record):
    """Prices that replace those of the rate card on some days."""

    name: Name
    """Its name in the schedule calendar."""
    prices: dict[str, Price]
    """New prices by outcome; an outcome that is not named keeps the rate card's."""
    cap: OrNone[Cap]
    """The most that is paid under this schedule, or `none`."""


class Regime(Record):
    """What holds for outcomes achieved in a stretch of days [from, to)."""

    use: Name
    """`original`: the rate card's prices; `activity`: no prices, activity payments instead; or the name of a schedule."""
    start: Day = Field(alias="from")
    """First day."""
    end: Day = Field(alias="to")
    """First day after it."""


class ActivityPayment(Record):
    """An amount that stands on a quarter's invoice without a claim."""

    quarter_of: Day
    """Any day of the contract quarter whose invoice carries it."""
    pence: Pence = Field(alias="pounds")
    """The amount."""


class Settled(Record):
    """An invoice whose amount is known, because it was paid."""

    quarter_of: Day
    """First day of its contract quarter."""
    pence: Pence = Field(alias="pounds")
    """What was paid in all: a fact, which no cap and no check changes."""


class IndexValue(Record):
    """An index from a day on."""

    start: Day = Field(alias="from")
    """First day on which it holds."""
    index: Positive
    """The value."""


class Index(Record):
    """A series of prices or wages that amounts can follow, applied on each anniversary of the first day of service."""

    name: Name
    """Short name."""
    base: Day
    """Day whose value counts as 1."""
    values: Several[IndexValue] = Field(min_length=1)
    """The series, in order of days."""

    def at(self, day: Day) -> float:
        """Return the value that holds on a day; the first one before it begins."""
        held = [value.index for value in self.values if value.start <= day]
        return held[-1] if held else self.values[0].index

    def applied(self, amount: int, day: date) -> int:
        """Return pence: an amount at the prices of the base, on a day; exactly, a half penny up."""
        now, base = (Fraction(str(self.at(each))) for each in (day, self.base))
        return math.floor(amount * now / base + Fraction(1, 2))


class Lags(Record):
    """From when the lags of the rate card run (docs/model.md §7)."""

    origin: Literal["referral", "achievement", "none"] = Field(alias="from")
    """`referral`: paid no earlier than that long after referral; `achievement`: that long after achievement; `none`: on
    achievement. In letters, `preset: A`, `B` or `C`."""
