"""The levers: every term that was agreed, in the words of outcomes contracts (docs/model.md §3 to §12)."""

from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from simulator.dates import add_months, contract_quarters
from simulator.scenario.base import Day, Name, OrNone, Pence, Positive, Record, Several, Share, problem
from simulator.scenario.distributions import Quality
from simulator.scenario.investment import DatedAmount, Investment
from simulator.scenario.rate_card import (
    ActivityPayment,
    AnnualCap,
    Cap,
    Count,
    Index,
    Lags,
    Outcome,
    Regime,
    Schedule,
    Settled,
)
from simulator.scenario.staffing import Staffing


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
    mode: Literal["void_only", "extrapolate"]
    """`void_only`: failed claims are disallowed, and no more; `extrapolate`: the quarter's other claims lose the same share."""


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
    outcome_part: Literal["senior", "at_risk"]
    """`senior`: its outcome part is a cost like any other; `at_risk`: paid at distributions, after the return of capital."""
    schedule_calendar: Several[Regime] = ()
    """By which schedules its outcome part is reckoned, where they are not those by which the funders pay."""
    indexed_by: Name | None = None
    """Index that its block instalments follow, if any."""
    in_house_of: Name | None = None
    """The funder whose own staff deliver, if so: what it pays for outcomes comes back to it as the provider's pay."""

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
    timing: Literal["quarterly_in_advance", "quarterly_in_arrears", "at_settlement", "dated"]
    """First day of each quarter, last day of each quarter, at settlement after the return of capital, or on dates given."""
    paid_to: Literal["intermediary", "others"] = "others"
    """Whose income it is: that of the intermediary who manages the contract, or of others."""
    dates: Several[DatedAmount] = ()
    """Amounts and days under `dated`; they add up to the total."""
    indexed_by: Name | None = None
    """Index that its instalments follow, if any."""


class EarlyTermination(Record):
    """How the contract ends before its term, if it does (docs/model.md §11.4)."""

    form: Literal["authority_convenience", "authority_default", "provider_default", "fund_exhausted"]
    """Whose doing it is; `fund_exhausted` happens on the first shortfall, the others when notice has run out."""
    notice_given: OrNone[Day]
    """Day of the notice; `none` where the fund is exhausted."""
    notice_months: int = Field(ge=0)
    """Months from the notice to the first day without service."""
    achieved_is_paid: bool
    """Whether outcomes achieved before the end, and not yet invoiced, are still paid."""
    compensation: Literal["none", "outstanding_capital", "capital_and_return"]
    """What the investor gets on the day of the end: cash in hand, and what that lacks from the funders, beside their caps."""
    compensation_return: Share
    """Under `capital_and_return`: what is paid on top, as a part of outstanding capital."""
    wind_down_cost: Pence
    """Cost of ending, due on the day of the end."""

    @property
    def notice_ends(self) -> date | None:
        """Return the first day without service when notice has run out; None if it is no notice that ends the contract."""
        if self.form == "fund_exhausted" or self.notice_given == "none":
            return None
        return add_months(self.notice_given, self.notice_months)


class Tally(Record):
    """A number of outcomes, or pounds, as reported and as planned."""

    actual: Count
    """As reported."""
    target: Count
    """As planned for that day."""


class Position(Record):
    """Where the deal stood at a day, as printed."""

    as_of: Day
    """The last day counted."""
    referral: Tally
    """People referred."""
    engagement: Tally
    """People engaged."""
    job_start: Tally
    """First jobs started."""
    sustainment: Tally
    """Jobs sustained, all hours together."""
    payments: Tally
    """Outcome payments in whole pounds; the target is uncapped."""


class Printed(Record):
    """Figures as printed in the sources, kept to be held against the model; nothing is computed from them."""

    total_outcome_payment: Pence
    """Total of outcome payments."""
    money_multiple: Positive
    """Investor's multiple."""
    irr: float
    """Investor's internal rate of return, per year."""
    irr_decimals: int | None = Field(default=None, ge=0, le=6)
    """Decimals of that rate as printed in per cent, where the number here does not show them all, as of 18.10 %."""
    max_return: OrNone[Pence]
    """Investor's maximum return, or `none` where it is not printed."""
    investment_costs: Pence
    """Budget line of that name."""
    cost_stack: OrNone[Pence]
    """Sum of the budget lines, or `none` where one of them is not printed."""
    delivery_cost: OrNone[Pence] = "none"
    """Budget line of that name, or `none` where it is not printed."""
    position: Position | None = None
    """Where the deal stood at a day."""


class Inconsistency(Record):
    """Printed figures that do not agree, and how they are read here."""

    what: str
    """What does not agree with what, with the figures."""
    read: str
    """How it is read."""


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

    @property
    def tail_end(self) -> date:
        """Return the first day on which nothing becomes payable any more."""
        return add_months(self.term_end, self.claims_tail_months)

    def quarters(self) -> list[date]:
        """Return the first days of the contract quarters of the term, and of the next one."""
        return list(_quarters(self.service_start, self.term_end))

    def invoice_quarters(self) -> list[date]:
        """Return the first days of all quarters that may have an invoice, the claims tail included, and of the next one."""
        return list(_quarters(self.service_start, self.tail_end))

    def anniversaries(self) -> list[date]:
        """Return the first days of the contract years that begin within the term, that of the first one included."""
        return self.quarters()[:-1:4]


@lru_cache(maxsize=64)
def _quarters(start: date, end: date) -> tuple[date, ...]:
    """Return `contract_quarters`, which every version of a scenario asks for many times."""
    return tuple(contract_quarters(start, end))


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
    cohort: Literal["severe mental illness", "learning disabilities"]
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
    total_cap: Cap
    """Up to what in all."""
    annual_cap: AnnualCap | None = None
    """Up to what in each year, if there is such a limit."""
    schedules: Several[Schedule] = ()
    """Prices other than the rate card's, for the days that the calendar gives them."""
    schedule_calendar: Several[Regime] = ()
    """Which prices hold when; it covers the term without gap or overlap. The rate card's hold throughout if there is none."""
    activity_payments: Several[ActivityPayment] = ()
    """Payments detached from outcomes."""
    settled: Several[Settled] = ()
    """Invoices that were paid: those from the first contract quarter on, without gaps. Claims on them are paid for by them."""
    carried_over_outcomes: Several[Name] = ()
    """Outcomes, or names counted together, that are paid for people who were referred before the first day of service."""
    indices: Several[Index] = ()
    """Series that prices and costs follow, if any do."""
    funders: Several[Funder] = Field(min_length=1)
    """By whom it is paid."""
    over_funder_cap: Literal["unpaid", "gross_up"]
    """What one funder's cap refuses: stays unpaid, or is paid by the others by their weights, up to their caps."""
    audit: Audit
    """Against what verification."""
    provider: Provider
    """Who delivers."""
    costs: Several[Cost] = ()
    """Other costs."""
    early_termination: EarlyTermination | None = None
    """How it ends early, if it does."""
    investment: Investment
    """Who pays up front, and what for."""
    printed: Printed | None = None
    """Figures in the sources to hold against the model."""
    inconsistencies: Several[Inconsistency] = ()
    """What does not agree in the sources."""
    sources: dict[str, Citation]
    """Citations by part of the deal; the longest name that a term begins with holds for it."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the names outcomes are counted under, in rate-card order."""
        return tuple(dict.fromkeys(outcome.group for outcome in self.rate_card))

    @property
    def may_stop_invoices(self) -> bool:
        """Return whether an early end is agreed on after which nothing is invoiced."""
        return self.early_termination is not None and not self.early_termination.achieved_is_paid

    @property
    def annual_limits(self) -> tuple[int, ...]:
        """Return pence: the annual cap of each year in turn, the last of which holds for all later years; () without one."""
        term, cap = self.term, self.annual_cap
        return cap.limits(self.total_cap.pence, term.service_start, term.term_end) if cap else ()

    def group_target(self, group: str) -> int:
        """Return the high-case target of the outcomes counted under a name."""
        return sum(outcome.target for outcome in self.rate_card if outcome.group == group)
