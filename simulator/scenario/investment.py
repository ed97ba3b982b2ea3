"""The investment agreement: capital, what it costs, when it is drawn and returned, who bears a loss (docs/model.md §11, §12)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.base import Day, Name, OrNone, Pence, Positive, Record, Several, Share, problem

Party = Literal["commissioners", "provider", "intermediary"]


class DatedAmount(Record):
    """An amount on a day."""

    on: Day
    """The day."""
    pence: Pence = Field(alias="pounds")
    """The amount."""


class Fees(Record):
    """What the investor is paid for providing capital, beside its return; a cost that comes before any distribution."""

    arrangement: Pence
    """Due on the first day of service."""
    availability_per_year: Share
    """Part of the undrawn commitment a year, Act/365F, due on the last day of each quarter until settlement."""


class ProfitShare(Record):
    """How what is left after capital and preferred return is shared."""

    investor: Share
    """Part of the investor, up to its cap."""
    provider: Share
    """Part of the provider."""
    commissioners: Share
    """Part of the commissioners, in proportion to what each paid."""
    intermediary: Share
    """Part of the intermediary."""

    @model_validator(mode="after")
    def _whole(self) -> "ProfitShare":
        total = self.investor + self.provider + self.commissioners + self.intermediary
        if round(total, 9) != 1:
            raise problem("SHARE_SUM", f"the profit shares add up to {total:g}, not 1")
        return self


class ReturnCap(Record):
    """The most that the investor gets above its capital, whichever binds first (docs/model.md §12)."""

    pence: OrNone[Pence] = Field(alias="pounds")
    """In pounds, or `none`."""
    multiple: OrNone[Annotated[float, Field(ge=1)]]
    """As a multiple of what was drawn, capital included, six decimals count; or `none`."""
    irr: OrNone[Positive] = "none"
    """As a yearly rate of return, or `none`."""


class Tranche(Record):
    """A part of the capital with a rank of its own."""

    name: Name
    """Short name."""
    title: str
    """Who holds it."""
    commitment: Pence
    """Its part of the commitment; draws are shared in proportion."""
    rank: int = Field(ge=1)
    """Capital is returned to rank 1 first, then to rank 2; those of one rank share in proportion to what they have drawn."""


class FirstLoss(Record):
    """A guarantee of capital."""

    guarantor: str
    """Who gives it."""
    pence: Pence = Field(alias="pounds")
    """The most that it pays of the capital not returned when the last money has come."""


def _one_party(value: object) -> object:
    if isinstance(value, list):
        raise problem("RESIDUAL_AMBIGUOUS", f"one party gets what is left, not {len(value)}")
    return value


class Investment(Record):
    """The investment agreement (docs/model.md §11, §12)."""

    title: str
    """The investor."""
    commitment: Pence
    """Capital available."""
    fees: Fees | None = None
    """What providing it costs, if anything."""
    tranches: Several[Tranche] = ()
    """Parts of the commitment, if it has parts; they add up to it."""
    draw: Literal["as_needed", "day_one", "schedule"]
    """`as_needed`: on the day that cash falls short of costs due; `day_one`: all on the first day; `schedule`: on dated days."""
    draw_schedule: Several[DatedAmount] = ()
    """What is drawn when, under `schedule`."""
    min_cash: Pence
    """Cash that a draw leaves in hand."""
    recycling: Literal[True]
    """Receipts pay costs before any distribution."""
    redraw: bool
    """Whether returned capital can be drawn again."""
    redraw_cap: Pence | None = None
    """The most that is drawn in all, where returned capital can be drawn again."""
    shortfall: Literal["defer", "terminate"]
    """When the commitment is used up and costs are due: the provider waits, or the contract ends that day."""
    distribution: Literal["hold_to_settlement", "sweep", "schedule"]
    """`hold_to_settlement`: nothing until then; `sweep`: each quarter's last day, what exceeds the reserve; `schedule`: dated."""
    reserve_quarters: int | None = Field(default=None, ge=0)
    """Under `sweep`: quarters of known costs that are kept in hand."""
    distribution_schedule: Several[DatedAmount] = ()
    """Under `schedule`: what is distributed when, if there is so much cash."""
    settlement_date: Day
    """The day of settlement; later receipts are distributed as they come."""
    preferred_return: Positive | None = None
    """Yearly rate, compounded Act/365F, due on capital before any profit is shared."""
    profit_share: ProfitShare | None = None
    """How profit is shared; all of it is the investor's if not given."""
    return_cap: ReturnCap
    """Above which money goes to the residual party."""
    residual: Annotated[Party, BeforeValidator(_one_party)]
    """Who gets what is left; the commissioners in proportion to what each paid."""
    first_loss: FirstLoss | None = None
    """A guarantee of part of the capital, if there is one."""
