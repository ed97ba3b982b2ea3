"""Where a deal stood on the day of the last printed figures: outcomes, payments, and what they had to pay for by then."""

from dataclasses import dataclass
from datetime import date, timedelta

from simulator.reconciliation.investor import multiple_of
from simulator.scenario.deal import Deal, Position
from simulator.scenario.worth import counts_worth
from simulator.studies.plan import running_costs


@dataclass(frozen=True)
class Count:
    """One number as reported and as planned."""

    name: str
    actual: int
    target: int

    @property
    def success(self) -> float | None:
        """Return the reported number by the planned one."""
        return self.actual / self.target if self.target else None


@dataclass(frozen=True)
class Standing:
    """The deal's position."""

    as_of: date
    quarters: int
    """Contract quarters gone, to the nearest."""
    term_quarters: int
    counts: tuple[Count, ...]
    paid_pence: int
    target_pence: int
    """Target payment as printed; no cap applies to it."""
    target_worth_pence: float
    """Target counts at the rate card's prices, uncapped."""
    cost_pence: float
    """Costs before settlement in proportion to quarters gone."""
    paid_to_cap: float
    actual_worth_pence: float | None
    """Reported counts at the rate card's prices; None where people carried over earn outcomes that the counts leave out."""
    full_term_worth_pence: float | None
    """The same at that pace to the end of the term."""
    full_term_multiple: float | None
    """What the investor would get on that, its cap and the contract's applied."""


def standing(deal: Deal) -> Standing | None:
    """Return a deal's position as printed; None if none is printed."""
    position = deal.printed.position if deal.printed else None
    if position is None:
        return None
    quarters = len(deal.term.quarters()) - 1
    gone = _gone(deal, position, quarters)
    actual = None if deal.carried_over_outcomes else _worth(deal, position, actual=True)
    full = None if actual is None or gone == 0 else actual * quarters / gone
    cap = deal.total_cap.pence
    return Standing(
        as_of=position.as_of,
        quarters=gone,
        term_quarters=quarters,
        counts=tuple(_counts(position)),
        paid_pence=position.payments.actual * 100,
        target_pence=position.payments.target * 100,
        target_worth_pence=_worth(deal, position, actual=False),
        cost_pence=running_costs(deal) * gone / quarters,
        paid_to_cap=position.payments.actual * 100 / cap,
        actual_worth_pence=actual,
        full_term_worth_pence=full,
        full_term_multiple=None if full is None else multiple_of(deal, min(full, cap), running_costs(deal)),
    )


def _gone(deal: Deal, position: Position, quarters: int) -> int:
    term = deal.term
    days = (position.as_of + timedelta(days=1) - term.service_start).days
    return round(days / (term.term_end - term.service_start).days * quarters)


def _counts(position: Position) -> list[Count]:
    names = ("referral", "engagement", "job_start", "sustainment")
    return [Count(name, getattr(position, name).actual, getattr(position, name).target) for name in names]


def _worth(deal: Deal, position: Position, *, actual: bool) -> float:
    """Return pence: reported or planned counts at the rate card's prices."""
    counts = {count.name: count.actual if actual else count.target for count in _counts(position)}
    return counts_worth(deal, {group: counts.get(group, 0) for group in deal.groups})
