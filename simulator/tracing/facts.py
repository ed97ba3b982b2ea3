"""What a trace is made of, as plain values: luck, events, claims, invoices, postings. Money is pence, days are dates."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from simulator.tracing.diary import Block


@dataclass(frozen=True)
class Drawn:
    """One uniform, its key, and what it became (docs/model.md §2)."""

    kind: str
    """Whose luck."""
    entity: int
    decision: str
    draw: int
    place: int
    """Which of the block's four uniforms, from 0."""
    u: float
    decides: str
    became: str

    @property
    def name(self) -> str:
        """Return the decision and its draw number, as the model's table of luck has them."""
        return f"{self.decision.upper()} {self.draw}"


def drawn(block: Block, place: int, decides: str, became: str) -> Drawn:
    """Return one uniform of a block with what it became.

    Args:
        block: the block of four uniforms.
        place: which of the four, from 0.
        decides: what it decides, in words.
        became: what it became, in words.
    """
    return Drawn(
        kind=block.kind.name.lower(),
        entity=block.entity,
        decision=block.decision.name.lower(),
        draw=block.draw,
        place=place,
        u=block.uniforms[place],
        decides=decides,
        became=became,
    )


@dataclass(frozen=True)
class Happening:
    """One event of a person's life."""

    date: date
    event: str
    words: str
    why: tuple[str, ...]
    luck: tuple[Drawn, ...]
    """Luck met on this day, which decides later ones."""
    decided_by: Drawn | None
    """The luck that made it happen on this day, if it is luck that did."""


@dataclass(frozen=True)
class Taken:
    """A claim as one invoice took it. A claim that fails verification and is resubmitted is taken twice."""

    order: int
    """Place among the invoice's claims, from 1."""
    claim: int
    """Row among the replication's claims, from 0."""
    participant: int
    line: int
    outcome: str
    payable: date
    again: bool
    """Whether it was resubmitted after it was disallowed on the last invoice."""
    schedule: str
    """`original`, `activity` or the name of the schedule that gives its price."""
    number: int
    """Its place among the paid claims of its line, which decides the tier."""
    price_pence: int
    within_caps_pence: int
    """What all caps but the funders' let through."""
    count: int
    """How many of its line have used up its count so far, with this one."""
    count_cap: int | None
    total_pence: int
    """What has been let through so far on all invoices, with this one."""
    year_pence: int
    """What has been let through so far in the invoice's year, with this one."""
    check: str
    """What verification found: `not sampled`, `passed`, `failed` or `resubmitted`."""
    luck: tuple[Drawn, ...]
    extrapolated_pence: int
    """What is taken off it because others failed verification."""
    over_funder_cap_pence: int
    paid_pence: int
    result: str
    """What became of it on this invoice."""


@dataclass(frozen=True)
class Claimed:
    """One achieved outcome and what became of it."""

    claim: int
    participant: int
    line: int
    outcome: str
    achieved: date
    how: str
    evidence: str
    luck: tuple[Drawn, ...]
    payable: date | None
    clock: str
    invoices: tuple[int, ...]
    """Numbers of the quarterly invoices that took it, from 1."""
    taken: tuple[Taken, ...]
    price_pence: int
    paid_pence: int
    refused_pence: int
    over_funder_cap_pence: int
    status: str
    status_words: str


@dataclass(frozen=True)
class Share:
    """What one funder pays on an invoice."""

    funder: str
    title: str
    weight: int
    claimed_pence: int
    claimed_so_far_pence: int
    paid_pence: int
    paid_so_far_pence: int
    cap_pence: int
    pays: date


@dataclass(frozen=True)
class OutcomePay:
    """What the provider earns by outcomes because of an invoice."""

    due: date | None
    """None where it is at risk, and paid at distributions only."""
    pence: int
    earned_so_far_pence: int


@dataclass(frozen=True)
class Posted:
    """One entry of the ledger."""

    date: date
    giver: str
    receiver: str
    pence: int
    purpose: str
    cause: str


@dataclass(frozen=True)
class Invoice:
    """One quarterly invoice, from its claims to its postings."""

    invoice: int
    """Number of the contract quarter, from 1."""
    closes: date
    claims: tuple[Taken, ...]
    claims_pence: int
    """Prices of all claims taken, without those that wait for the next year."""
    over_count_cap_pence: int
    over_annual_cap_pence: int
    over_schedule_cap_pence: int
    over_total_cap_pence: int
    struck_out_pence: int
    """What verification disallowed of what the caps had let through."""
    extrapolated_pence: int
    """What was then taken off the other claims that might have been sampled: the share that failed."""
    activity_due_pence: int
    """The quarter's activity payment."""
    activity_pence: int
    """What the caps let through of it."""
    settled: bool
    """Whether it is for what was paid, whatever it carries."""
    settled_pence: int
    """What was paid, if so; else 0."""
    over_funder_cap_pence: int
    """What the funders' caps refuse, of claims and of the activity payment."""
    issued_pence: int
    """Within all caps but the funders', after verification, with the activity payment."""
    paid_pence: int
    issued_so_far_pence: int
    sampled: int
    luck: tuple[Drawn, ...]
    confirmed: date | None
    shares: tuple[Share, ...]
    outcome_pay: OutcomePay | None
    postings: tuple[Posted, ...]


def plain(value: Any) -> Any:  # noqa: ANN401 - facts of any shape become plain data
    """Return facts as plain data for JSON: dates as ISO text, records as dictionaries."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value
