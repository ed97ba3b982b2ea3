"""Random money: the provider's pay, costs, the investment agreement, an early end. Parts of the random deals of `strategies`."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from simulator.dates import add_months
from simulator.money import pence, pounds_plain, split_pence
from tests.contract_strategies import pounds

Plain = dict[str, Any]
SOURCE = {"source": "Random", "quality": "D"}
PARTIES = ["commissioners", "provider", "intermediary"]


def _days(start: date, end: date) -> st.SearchStrategy[date]:
    """Return days from the first to the one before the last."""
    return st.integers(0, (end - start).days - 1).map(lambda day: start + timedelta(days=day))


@st.composite
def _dated(draw: st.DrawFn, total: int | str, days: st.SearchStrategy[date]) -> list[Plain]:
    """Return dated amounts that add up to a total."""
    weights = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    return [{"on": draw(days), "pounds": pounds_plain(part)} for part in split_pence(pence(total), weights)]


@st.composite
def provider_pay(draw: st.DrawFn, document: Plain) -> None:
    """Give the provider a block and an outcome part, a cost or at risk, indexed or not, its own or a funder's staff."""
    deal = document["deal"]
    start = deal["term"]["service_start"]
    block = draw(st.sampled_from([1.0, 0.75, 0.5, 0.0]))
    if draw(st.booleans()):
        values = [{"from": add_months(start, 12 * year), "index": 100 + 3.5 * year} for year in range(9)]
        deal["indices"] = [*deal.get("indices", []), {"name": "pay", "base": start, "values": values}]
        deal["sources"]["indices"] = SOURCE
    names = st.sampled_from([None, *(index["name"] for index in deal.get("indices", []))])
    deal["provider"] |= {
        "contract_value": draw(pounds(0, 40000)),
        "block_share": block,
        "outcome_share": 1.0 - block,
        "expected_outcome_payments": draw(pounds(1, 60000)),
        "pays_after_invoice_days": draw(st.integers(0, 120)),
        "outcome_part": draw(st.sampled_from(["senior", "at_risk"])),
        "indexed_by": draw(names),
        "in_house_of": draw(st.sampled_from([None, deal["funders"][0]["name"]])),
    }
    deal["costs"] = [draw(_cost(deal, number, names)) for number in range(draw(st.integers(0, 3)))]


@st.composite
def _cost(draw: st.DrawFn, deal: Plain, number: int, names: st.SearchStrategy[str | None]) -> Plain:
    timing = draw(st.sampled_from(["quarterly_in_advance", "quarterly_in_arrears", "at_settlement", "dated"]))
    total = draw(pounds(0, 5000))
    cost = {
        "name": f"line_{number}", "title": "A line", "total": total, "timing": timing, "indexed_by": draw(names),
    }  # fmt: skip
    term = deal["term"]
    last = max(add_months(term["term_end"], term["claims_tail_months"]), deal["investment"]["settlement_date"])
    days = _days(term["service_start"], last)
    return cost | ({"dates": draw(_dated(total, days))} if timing == "dated" else {})


@st.composite
def capital(draw: st.DrawFn, document: Plain) -> None:
    """Give the investor terms of drawing, fees, tranches and a guarantee."""
    investment, start = document["deal"]["investment"], document["deal"]["term"]["service_start"]
    commitment, redraw = draw(pounds(1, 20000)), draw(st.sampled_from([False, False, True]))
    policy = draw(st.sampled_from(["as_needed", "as_needed", "day_one", "schedule"]))
    days = _days(start, investment["settlement_date"])
    investment |= {
        "commitment": commitment,
        "draw": policy,
        "draw_schedule": draw(_dated(commitment, days)) if policy == "schedule" else [],
        "redraw": redraw,
        "redraw_cap": pounds_plain(pence(commitment) + draw(st.integers(0, 10**6))) if redraw else None,
        "min_cash": draw(st.sampled_from([0, 0, 100])),
        "shortfall": draw(st.sampled_from(["defer", "defer", "terminate"])),
        "fees": draw(st.one_of(st.none(), _fees())),
        "tranches": draw(_tranches(commitment)),
        "first_loss": draw(st.one_of(st.none(), pounds(0, 5000).map(lambda p: {"guarantor": "A fund", "pounds": p}))),
    }


def _fees() -> st.SearchStrategy[Plain]:
    rates = st.sampled_from([0.0, 0.01, 0.123456])
    return st.tuples(pounds(0, 500), rates).map(lambda f: {"arrangement": f[0], "availability_per_year": f[1]})


@st.composite
def _tranches(draw: st.DrawFn, commitment: int | str) -> list[Plain]:
    weights = draw(st.lists(st.integers(1, 9), max_size=3))
    parts = split_pence(pence(commitment), weights) if weights else []
    return [
        {
            "name": f"tranche_{number}", "title": "A holder", "commitment": pounds_plain(part),
            "rank": draw(st.integers(1, 2)),
        }
        for number, part in enumerate(parts)
    ]  # fmt: skip


@st.composite
def returns(draw: st.DrawFn, document: Plain) -> None:
    """Give the investor terms of distribution, preferred return, profit share and caps."""
    investment, start = document["deal"]["investment"], document["deal"]["term"]["service_start"]
    distribution = draw(st.sampled_from(["hold_to_settlement", "hold_to_settlement", "sweep", "schedule"]))
    dated = _dated(draw(pounds(1, 20000)), _days(start, investment["settlement_date"]))
    preferred = draw(st.sampled_from([None, None, 0.04, 0.1]))
    caps = {"pounds": draw(pounds(0, 5000)), "multiple": draw(st.sampled_from([1.0, 1.2, 1.8723, 50.0])), "irr": "none"}
    high = {"pounds": draw(st.sampled_from(["none", 60000])), "multiple": draw(st.sampled_from(["none", 4.0]))}
    rate = st.sampled_from(["none", (preferred or 0.02) + 0.01])
    investment |= {
        "distribution": distribution,
        "reserve_quarters": draw(st.integers(0, 3)) if distribution == "sweep" else None,
        "distribution_schedule": draw(dated) if distribution == "schedule" else [],
        "preferred_return": preferred,
        "profit_share": draw(st.one_of(st.none(), _profit_share())),
        "return_cap": high | {"irr": draw(rate)} if preferred else draw(st.sampled_from([caps, high | {"irr": 0.12}])),
        "residual": draw(st.sampled_from(PARTIES)),
    }


def _profit_share() -> st.SearchStrategy[Plain]:
    names = ["investor", "provider", "commissioners", "intermediary"]
    parts = st.sampled_from(
        [(0.5, 0.3, 0.2, 0.0), (0.25, 0.25, 0.25, 0.25), (0.0, 0.0, 0.9, 0.1), (0.333, 0.333, 0.334, 0.0)]
    )
    return parts.map(lambda shares: dict(zip(names, shares, strict=True)))


@st.composite
def early_end(draw: st.DrawFn, document: Plain) -> None:
    """Let some contracts end by notice, and some agree on what a shortfall brings."""
    deal = document["deal"]
    start, end = deal["term"]["service_start"], deal["term"]["term_end"]
    if draw(st.integers(0, 2)) > 0:
        return
    by_shortfall = draw(st.booleans())
    forms = ["authority_convenience", "authority_default", "provider_default"]
    compensation = draw(st.sampled_from(["none", "outstanding_capital", "capital_and_return"]))
    deal["investment"]["shortfall"] = "terminate" if by_shortfall else deal["investment"]["shortfall"]
    deal["early_termination"] = {
        "form": "fund_exhausted" if by_shortfall else draw(st.sampled_from(forms)),
        "notice_given": "none" if by_shortfall else draw(_days(start + timedelta(days=1), end - timedelta(days=100))),
        "notice_months": draw(st.integers(0, 3)),
        "achieved_is_paid": draw(st.booleans()),
        "compensation": compensation,
        "compensation_return": draw(st.sampled_from([0.0, 0.05])) if compensation == "capital_and_return" else 0.0,
        "wind_down_cost": draw(pounds(0, 2000)),
    }
    deal["sources"]["early_termination"] = SOURCE


MONEY: tuple[Callable[[Plain], st.SearchStrategy[None]], ...] = (provider_pay, capital, returns, early_end)
"""Parts of a random deal, in the order in which they are drawn."""
