"""Who delivers: posts over time, and how many people each can hold (docs/model.md §4)."""

from itertools import pairwise

from pydantic import Field, model_validator

from simulator.scenario.base import Day, Record, Several, Share, problem


class Posts(Record):
    """Specialist posts that open on a day and close on another, or never."""

    posts: int = Field(ge=1)
    """How many posts."""
    start: Day = Field(alias="from")
    """First day."""
    end: Day | None = Field(default=None, alias="to")
    """First day after the last, or the end of the term."""


class WeightStep(Record):
    """What one person in work weighs from a week of the job on."""

    from_week: int = Field(ge=0)
    """Weeks since the job started."""
    weight: float = Field(ge=0, le=1)
    """Part of a slot."""


class SlotWeights(Record):
    """What one person weighs on the caseload, by state."""

    engaging: float = Field(gt=0, le=1)
    """From allocation to engagement."""
    searching: float = Field(gt=0, le=1)
    """While looking for a job, the first or a further one."""
    in_work: Several[WeightStep] = Field(min_length=1)
    """While in work and supported, by week of the job."""

    @model_validator(mode="after")
    def _steps_in_order(self) -> "SlotWeights":
        weeks = [step.from_week for step in self.in_work]
        if weeks[0] != 0 or any(late <= early for early, late in pairwise(weeks)):
            raise problem("WEIGHT_STEPS", "in_work begins at week 0 and its weeks rise")
        return self


class Staffing(Record):
    """Who delivers: specialists, how many people each can hold, and for how long a person is held."""

    specialists: Several[Posts]
    """Posts over time."""
    caseload_limit: float = Field(gt=0, le=1_000_000)
    """People per specialist, in slots of weight 1."""
    ramp: Several[Share] = Field(min_length=1)
    """Share of the limit in a specialist's first, second, ... month; the last holds from then on."""
    already_running: bool | None = None
    """Whether the service runs before the first day: in posts open on it the first specialist has the ramp behind them."""
    slot_weights: SlotWeights
    """What each person weighs."""
    in_work_support_weeks: int = Field(ge=0)
    """Weeks of support from each job start."""
    contact_grace_days: int = Field(ge=1)
    """Days after losing contact before the slot is freed."""
