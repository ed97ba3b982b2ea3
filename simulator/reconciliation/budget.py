"""Who pays how much, and what it is to be spent on, beside what is printed."""

from dataclasses import dataclass
from typing import NamedTuple

from simulator.scenario.deal import Deal


@dataclass(frozen=True)
class Share:
    """One funder's part."""

    funder: str
    weight: int
    cap_pence: int
    due_pence: float
    """Its weight's part of all caps together."""
    due_of_printed_pence: float | None
    """Its weight's part of the printed total outcome payment."""


class Entry(NamedTuple):
    """A line of the budget."""

    name: str
    pence: int


@dataclass(frozen=True)
class Budget:
    """Funders, the deal's own budget, and the printed one."""

    funders: tuple[Share, ...]
    caps_pence: int
    """All funders' caps together."""
    printed_total_pence: int | None
    entries: tuple[Entry, ...]
    """What the cap is for: costs, the investor's maximum return, what is left over."""
    printed_stack_pence: int | None
    stack_less_printed_pence: int | None
    """The printed budget lines less the printed total."""


def budget(deal: Deal) -> Budget:
    """Return who pays and for what."""
    caps = sum(funder.cap for funder in deal.funders)
    total = deal.printed.total_outcome_payment if deal.printed else None
    stack = deal.printed.cost_stack if deal.printed and deal.printed.cost_stack != "none" else None
    return Budget(
        funders=tuple(
            Share(
                each.title,
                each.weight,
                each.cap,
                caps * each.weight / 100,
                None if total is None else total * each.weight / 100,
            )
            for each in deal.funders
        ),
        caps_pence=caps,
        printed_total_pence=total,
        entries=_entries(deal),
        printed_stack_pence=stack,
        stack_less_printed_pence=None if stack is None or total is None else stack - total,
    )


def maximum_return(deal: Deal) -> int | None:
    """Return pence: the most the investor gets above its capital, all of it drawn; None if there is no such limit."""
    cap, capital = deal.investment.return_cap, deal.investment.commitment
    limits = [] if cap.pence == "none" else [cap.pence]
    limits += [] if cap.multiple == "none" else [round(capital * (cap.multiple - 1))]
    return min(limits, default=None)


def _entries(deal: Deal) -> tuple[Entry, ...]:
    spent = [Entry("delivery", deal.provider.contract_value), *(Entry(cost.name, cost.total) for cost in deal.costs)]
    most = maximum_return(deal)
    spent += [] if most is None else [Entry("investor's maximum return", most)]
    return (*spent, Entry("left over", deal.total_cap.pence - sum(entry.pence for entry in spent)))
