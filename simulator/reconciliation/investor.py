"""The investor's numbers: capital, multiple and rate as printed and as the deal's own terms give them, and what moves them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from simulator.dates import add_months
from simulator.reconciliation.budget import maximum_return
from simulator.reconciliation.own_terms import Return, bullet_return, draws, own_return
from simulator.scenario.deal import Deal, Printed
from simulator.scenario.model import Scenario
from simulator.studies.plan import running_costs

CUTS = (0.05, 0.10, 0.15, 0.20, 0.30)
"""Parts of the cap that are not received."""
OVERRUN = 0.10


@dataclass(frozen=True)
class Holding:
    """For how long capital is out."""

    implied_years: float | None
    """Term of one payment with the printed rate and the multiple of the maximum return."""
    implied_low: float | None
    """The same at the ends of what the printed digits stand for."""
    implied_high: float | None
    to_settlement_years: float
    runway_quarters: float
    """Quarters of costs that the capital pays."""
    mean_draw_years: float
    """Mean time from the first day to a draw, capital drawn as even quarterly costs fall due in advance."""

    @property
    def structure_years(self) -> float:
        """Return the mean time from draw to settlement."""
        return self.to_settlement_years - self.mean_draw_years


class Payoff(NamedTuple):
    """The return in one case."""

    case: str
    multiple: float | None
    irr: float | None


@dataclass(frozen=True)
class Investor:
    """Everything about the investor."""

    capital_pence: int
    maximum_return_pence: int | None
    maximum_multiple: float | None
    """Capital and maximum return, by capital."""
    printed_multiple: float | None
    printed_irr: float | None
    investment_costs_to_capital: float | None
    """The printed budget line, by capital."""
    other_finance_pence: int | None
    """That line less the maximum return."""
    holding: Holding
    own: Return
    """What the deal's own terms give."""
    receipts_to_capital: float
    costs_to_capital: float
    break_even: float
    """Receipts by the cap at which capital just comes back."""
    wipe_out: float
    """Receipts by the cap at which nothing comes back."""
    payoffs: tuple[Payoff, ...]
    provider_at_cap_pence: int | None
    """What the provider earns by its outcome terms if receipts are the cap; None where that is its contract value."""
    multiple_at_outcome_terms: float | None
    """The multiple if receipts are the cap and the provider earns that."""


def investor(scenario: Scenario) -> Investor:
    """Return the investor's numbers of a deal."""
    deal, printed = scenario.deal, scenario.deal.printed
    capital, costs, cap, most = (
        deal.investment.commitment,
        running_costs(deal),
        deal.total_cap.pence,
        maximum_return(deal),
    )
    at_cap = provider_at_cap(deal)
    return Investor(
        capital_pence=capital,
        maximum_return_pence=most,
        maximum_multiple=None if most is None else 1 + most / capital,
        printed_multiple=printed.money_multiple if printed else None,
        printed_irr=printed.irr if printed else None,
        investment_costs_to_capital=printed.investment_costs / capital if printed else None,
        other_finance_pence=printed.investment_costs - most if printed and most is not None else None,
        holding=_holding(deal, most),
        own=own_return(scenario),
        receipts_to_capital=cap / capital,
        costs_to_capital=costs / capital,
        break_even=costs / cap,
        wipe_out=(costs - capital) / cap,
        payoffs=tuple(_payoffs(deal)),
        provider_at_cap_pence=None if at_cap == deal.provider.contract_value else at_cap,
        multiple_at_outcome_terms=None if at_cap == deal.provider.contract_value else _multiple_at_cap(deal),
    )


def provider_at_cap(deal: Deal) -> int:
    """Return pence: what the provider earns by its outcome terms if receipts are the cap."""
    return _fixed_part(deal) + _outcome_part(deal)


def _fixed_part(deal: Deal) -> int:
    return round(deal.provider.contract_value * deal.provider.block_share)


def _outcome_part(deal: Deal) -> int:
    agreed = deal.provider
    if not agreed.outcome_share:
        return 0
    part = agreed.contract_value * agreed.outcome_share
    return round(part * deal.total_cap.pence / agreed.expected_outcome_payments)


def _multiple_at_cap(deal: Deal) -> float:
    """Return the multiple if receipts are the cap; an outcome part at risk is paid out of what capital leaves."""
    cap, earned = deal.total_cap.pence, _outcome_part(deal)
    others = running_costs(deal) - deal.provider.contract_value + _fixed_part(deal)
    paid = min(earned, max(0, cap - others)) if deal.provider.outcome_part == "at_risk" else earned
    return multiple_of(deal, cap, others + paid)


def multiple_of(deal: Deal, received: float, costs: float) -> float:
    """Return the multiple of receipts and costs in pence, between nothing and the investor's cap, all capital drawn.

    Args:
        deal: the deal.
        received: outcome payments in pence.
        costs: costs in pence, before any return to the investor.
    """
    capital, most = deal.investment.commitment, maximum_return(deal)
    return 1 + max(-capital, min(received - costs, math.inf if most is None else most)) / capital


def _payoffs(deal: Deal) -> Iterator[Payoff]:
    """Yield returns when all capital is drawn before the first receipt, costs are as planned and one payment settles."""
    cap, costs, settled = deal.total_cap.pence, running_costs(deal), deal.investment.settlement_date
    for part in (0.0, *CUTS):
        case = f"receipts {part:.0%} below the cap" if part else "receipts at the cap"
        yield Payoff(case, *bullet_return(deal, multiple_of(deal, cap * (1 - part), costs), settled))
    dearer = multiple_of(deal, cap, costs * (1 + OVERRUN))
    yield Payoff(f"costs {OVERRUN:.0%} above plan", *bullet_return(deal, dearer, settled))
    for words, months in (("a quarter", 3), ("a year", 12)):
        late = bullet_return(deal, multiple_of(deal, cap, costs), add_months(settled, months))
        yield Payoff(f"settlement {words} later", *late)


def _holding(deal: Deal, most: int | None) -> Holding:
    capital, settled = deal.investment.commitment, deal.investment.settlement_date
    quarters = len(deal.term.quarters()) - 1
    low, high = _interval(deal.printed) if deal.printed else (None, None)
    exact = None if most is None or deal.printed is None else years(1 + most / capital, deal.printed.irr)
    return Holding(
        implied_years=exact,
        implied_low=low,
        implied_high=high,
        to_settlement_years=(settled - deal.term.service_start).days / 365,
        runway_quarters=capital * quarters / running_costs(deal),
        mean_draw_years=_mean_draw(deal),
    )


def _mean_draw(deal: Deal) -> float:
    drawn = draws(deal)
    return sum((day - deal.term.service_start).days / 365 * amount for day, amount in drawn) / sum(
        amount for _, amount in drawn
    )


def years(multiple: float, irr: float) -> float:
    """Return the years after which one payment with this multiple has this yearly rate.

    >>> round(years(1.8723, 0.185), 3)
    3.695
    """
    return math.log(multiple) / math.log1p(irr)


def _interval(printed: Printed) -> tuple[float, float]:
    """Return the shortest and longest term that the printed digits allow."""
    multiple, rate = half_digit(printed.money_multiple, 2), _half_of_the_rate(printed)
    return (
        years(printed.money_multiple - multiple, printed.irr + rate),
        years(printed.money_multiple + multiple, printed.irr - rate),
    )


def _half_of_the_rate(printed: Printed) -> float:
    decimals = 1 if printed.irr_decimals is None else printed.irr_decimals
    return half_digit(printed.irr * 100, decimals) / 100


def half_digit(number: float, digits: int) -> float:
    """Return half of the last decimal of a number that is printed with at least so many.

    >>> half_digit(1.87, 2), half_digit(18.5, 1), half_digit(11.49, 1)
    (0.005, 0.05, 0.005)
    """
    shown = f"{number:.6f}".rstrip("0").partition(".")[2]
    return float(f"5e-{max(digits, len(shown)) + 1}")
