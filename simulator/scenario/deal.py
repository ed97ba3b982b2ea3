"""The levers: every term that was agreed, in the words of outcomes contracts (docs/model.md §3 to §12)."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from simulator.scenario.base import Day, Name, OrNone, Pence, Positive, Record, Several, Share, problem
from simulator.scenario.distributions import Quality


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
    slot_weights: SlotWeights
    """What each person weighs."""
    in_work_support_weeks: int = Field(ge=0)
    """Weeks of support from each job start."""
    contact_grace_days: int = Field(ge=1)
    """Days after losing contact before the slot is freed."""


class Reached(Record):
    """A milestone that is reached on the day an event first happens."""

    reached: Literal["referral", "allocation", "engagement", "job_start"]
    """The event."""
    hours_from: float | None = None
    """Only jobs of at least these weekly hours."""
    hours_below: float | None = None
    """Only jobs of fewer weekly hours."""


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


def _sustained_or_event(value: object) -> str:
    names = set(value) if isinstance(value, dict) else set()
    sustained = isinstance(value, Sustained) or names & (Sustained.model_fields.keys() - Reached.model_fields.keys())
    return "sustained" if sustained else "event"


Milestone = Annotated[
    Annotated[Reached, Tag("event")] | Annotated[Sustained, Tag("sustained")], Discriminator(_sustained_or_event)
]
"""An event, or jobs kept through a window of weeks."""
Count = Annotated[int, Field(ge=0)]
"""A number of people or outcomes."""


class Outcome(Record):
    """One line of the rate card."""

    outcome: Name
    """Name of the outcome."""
    counts_as: Name | None = None
    """Name under which several lines are counted together; the outcome's own name if none."""
    follows: Name | None = None
    """The outcome, or name counted together, that must come before it."""
    strand: Literal["service", "employment"]
    """The part of a person's life that it belongs to."""
    milestone: Milestone
    """What must happen."""
    evidence: Literal["certificate", "contact"]
    """`certificate`: obtained or not; `contact`: still in contact on the day, or another route within the window."""
    price: Pence
    """Price of one."""
    target: int = Field(ge=0)
    """High-case target over the term."""
    count_cap: OrNone[Count]
    """Outcomes beyond this number are not paid, or `none`."""
    paid_after_months: int = Field(ge=0)
    """Lag in months; the preset says from when."""

    @property
    def group(self) -> str:
        """Return the name it is counted under."""
        return self.counts_as or self.outcome


class Lags(Record):
    """From when the lags of the rate card run (docs/model.md §7)."""

    preset: Literal["A", "B", "C"]
    """A: paid no earlier than that long after referral; B: that long after achievement; C: on achievement."""


class TotalCap(Record):
    """The limit on all outcome payments."""

    pounds: Pence
    """The limit."""
    policy: Literal["partial", "whole"]
    """Whether the claim that crosses it is paid in part or not at all."""


class Funder(Record):
    """Who pays for outcomes."""

    name: Name
    """Short name."""
    title: str
    """Full name."""
    weight: int = Field(gt=0)
    """Share of every payment, in proportion to the other weights, which add up to 100."""
    cap: Pence
    """The most that it pays."""
    pays_after: str
    """`confirmation`, or the name of the funder whose payment starts its clock."""
    days: int = Field(ge=0)
    """Days from then to its payment."""


class Audit(Record):
    """Verification by sample before payment (docs/model.md §8)."""

    fraction: Share
    """Share of a quarter's claims that is sampled, rounded up to whole claims."""
    mode: Literal["void_only"]
    """`void_only`: failed claims are struck out and nothing is extrapolated."""


class Provider(Record):
    """Who delivers, and what for (docs/model.md §10)."""

    title: str
    """Full name."""
    contract_value: Pence
    """What the provider earns if all goes as expected."""
    block_share: Share
    """Part paid in quarterly instalments in advance."""
    outcome_share: Share
    """Part paid in proportion to outcome payments."""
    expected_outcome_payments: Pence
    """Outcome payments at which the outcome part is worth its share; only used where that share is above 0."""
    pays_after_invoice_days: int = Field(ge=0)
    """Days from the quarter's invoice to the outcome part's payment."""

    @model_validator(mode="after")
    def _whole(self) -> "Provider":
        if round(self.block_share + self.outcome_share, 9) != 1:
            raise problem(
                "SHARE_SUM", f"block_share and outcome_share add up to {self.block_share + self.outcome_share:g}, not 1"
            )
        if self.outcome_share > 0 and self.expected_outcome_payments == 0:
            raise problem("PROVIDER_PRICE", "an outcome_share above 0 needs expected_outcome_payments above 0")
        return self


class Cost(Record):
    """A cost line beside delivery."""

    name: Name
    """What for."""
    title: str
    """In words."""
    total: Pence
    """Over the term."""
    timing: Literal["quarterly_in_advance", "quarterly_in_arrears", "at_settlement"]
    """First day of each quarter, last day of each quarter, or at settlement after the return of capital."""


class ReturnCap(Record):
    """The most that the investor gets above its capital, whichever binds first (docs/model.md §12)."""

    pounds: Pence
    """In pounds."""
    multiple: float = Field(ge=1)
    """As a multiple of what was drawn, capital included; six decimals count."""


class Investment(Record):
    """The investment agreement (docs/model.md §11, §12)."""

    title: str
    """The investor."""
    commitment: Pence
    """Capital available."""
    draw: Literal["as_needed"]
    """Drawn on the day that cash falls short of costs due, and no earlier."""
    min_cash: Pence
    """Cash that a draw leaves in hand."""
    recycling: Literal[True]
    """Receipts pay costs before any distribution."""
    redraw: Literal[False]
    """Distributions never restore the commitment."""
    shortfall: Literal["defer", "terminate"]
    """When the commitment is used up and costs are due: the provider waits, or the contract ends that day."""
    distribution: Literal["hold_to_settlement"]
    """Nothing until settlement; later receipts as they come."""
    settlement_date: Day
    """The day of settlement."""
    return_cap: ReturnCap
    """Above which money goes to the residual party."""
    residual: Literal["commissioners"]
    """Who gets what is left: the funders, in proportion to what each paid."""


class Printed(Record):
    """Figures as printed in the sources, kept to be held against the model; nothing is computed from them."""

    total_outcome_payment: Pence
    """Contract value."""
    money_multiple: Positive
    """Investor's multiple."""
    irr: float
    """Investor's internal rate of return, per year."""
    max_return: Pence
    """Investor's maximum return."""
    investment_costs: Pence
    """Budget line of that name."""
    cost_stack: Pence
    """Sum of the budget lines."""


class Term(Record):
    """When the service runs: [service_start, term_end)."""

    service_start: Day
    """First day: day 0."""
    term_end: Day
    """First day after the last."""
    claims_tail_months: int = Field(ge=0)
    """Months after the term in which outcomes achieved within it may still become payable."""

    @model_validator(mode="after")
    def _ordered(self) -> "Term":
        if self.term_end <= self.service_start:
            raise problem("TERM_ORDER", f"term_end ({self.term_end}) is not after service_start ({self.service_start})")
        return self


class Citation(Record):
    """Where a group of terms comes from, and how good that is."""

    source: str = Field(min_length=3)
    """Document, table, page."""
    quality: Quality
    """A printed, B derived, C literature, D a choice, E nobody's evidence."""
    note: str = ""
    """How it was read, where that is not obvious."""


class Deal(Record):
    """Everything agreed."""

    name: str
    """Name of the deal."""
    cohort: Literal["severe mental illness"]
    """Who is served."""
    commissioner: str
    """Who commissions the service."""
    intermediary: str
    """Who manages the contract."""
    term: Term
    """When."""
    staffing: Staffing
    """By whom."""
    referral_target: int = Field(ge=0)
    """High-case target for referrals over the term."""
    rate_card: Several[Outcome] = Field(min_length=1, max_length=64)
    """What is paid for; outcomes achieved on one day rank in this order."""
    lags: Lags
    """When it becomes payable."""
    evidence_window_days: int = Field(ge=1)
    """Days after the milestone in which another route to evidence counts."""
    total_cap: TotalCap
    """Up to what in all."""
    funders: Several[Funder] = Field(min_length=1)
    """By whom it is paid."""
    audit: Audit
    """Against what verification."""
    provider: Provider
    """Who delivers."""
    costs: Several[Cost] = ()
    """Other costs."""
    investment: Investment
    """Who pays up front, and what for."""
    printed: Printed | None = None
    """Figures in the sources to hold against the model."""
    sources: dict[str, Citation]
    """Citations by part of the deal; the longest name that a term begins with holds for it."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names outcomes are counted under, in rate-card order."""
        return tuple(dict.fromkeys(outcome.group for outcome in self.rate_card))

    def group_target(self, group: str) -> int:
        """Return the high-case target of the outcomes counted under a name."""
        return sum(outcome.target for outcome in self.rate_card if outcome.group == group)
