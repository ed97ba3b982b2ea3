"""Random terms of outcomes contracts: prices of every kind, schedules, activity payments, caps on years and schedules."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from simulator.dates import add_months, contract_quarters
from simulator.money import pence

Plain = dict[str, Any]


def pounds(low: int, high: int) -> st.SearchStrategy[int | str]:
    """Return amounts in pounds, whole or with pence."""
    with_pence = st.integers(low * 100, high * 100).map(lambda p: f"{p // 100}.{p % 100:02d}")
    return st.one_of(st.integers(low, high), with_pence)


def prices(years: int) -> st.SearchStrategy[Any]:
    """Return prices of every kind for a term of so many contract years."""
    amount, rounding = pounds(0, 5000), st.sampled_from(["floor", "ceil"])
    shares_of_target = st.sets(st.sampled_from([0.1, 0.25, 0.5, 0.6, 1.0, 1.0 / 3]), min_size=1, max_size=2).map(sorted)
    tier = st.tuples(amount, rounding)
    tiered = st.tuples(shares_of_target, st.lists(tier, min_size=2, max_size=2), amount).map(
        lambda drawn: [
            *({"price": p, "rounding": r, "share_of_target": s} for s, (p, r) in zip(drawn[0], drawn[1], strict=False)),
            {"price": drawn[2]},
        ]
    )
    by_year = st.lists(amount, min_size=years, max_size=years)
    return st.one_of(
        amount, by_year.map(lambda each: {"by_contract_year": each}), tiered.map(lambda each: {"tiers": each})
    )


@st.composite
def random_prices(draw: st.DrawFn, document: Plain) -> None:
    """Prices by year and tier, indices, schedules by date, activity payments, an outcome of being in work on a day."""
    deal = document["deal"]
    start, end = deal["term"]["service_start"], deal["term"]["term_end"]
    years = -(-(end - start).days // 365)
    deal["rate_card"] += draw(st.sampled_from([[], [_in_work(draw(st.sampled_from([0.5, 1.5, 6])))]]))
    for line in deal["rate_card"]:
        line["price"] = draw(prices(years))
    names = [line["outcome"] for line in deal["rate_card"]]
    if draw(st.booleans()):
        values = [
            {"from": add_months(start, 12 * k), "index": draw(st.sampled_from([0.9, 1, 1.0333]))}
            for k in range(-1, years + 3)
        ]
        deal["indices"] = [{"name": "wages", "base": values[0]["from"], "values": values}]
        deal["rate_card"][draw(st.integers(0, 3))]["indexed_by"] = "wages"
    if draw(st.booleans()):
        deal["schedules"] = [
            {
                "name": name, "prices": {each: draw(prices(years)) for each in draw(st.sets(st.sampled_from(names)).map(sorted))},
                "cap": draw(st.one_of(st.just("none"), _caps(0, 20000))),
            }
            for name in ("adjusted", "other")
        ]  # fmt: skip
        deal["schedule_calendar"] = draw(_calendar(start, end))
        deal["provider"]["schedule_calendar"] = draw(st.one_of(st.just([]), _calendar(start, end)))
    if draw(st.booleans()):
        days = st.integers(0, (end - start).days - 1).map(lambda day: start + timedelta(days=day))
        payment = st.tuples(days, pounds(0, 4000)).map(lambda each: {"quarter_of": each[0], "pounds": each[1]})
        deal["activity_payments"] = draw(st.lists(payment, min_size=1, max_size=4))


def _in_work(months: float) -> Plain:
    return {
        "outcome": "in_work", "follows": "job_start", "strand": "employment", "evidence": "contact", "target": 1,
        "milestone": {"in_work_after_months": months, "hours_from": 16}, "count_cap": "none", "paid_after_months": 0,
    }  # fmt: skip


def _caps(low: int, high: int) -> st.SearchStrategy[Plain]:
    policy = st.sampled_from(["partial", "whole"])
    return st.tuples(pounds(low, high), policy).map(lambda each: {"pounds": each[0], "policy": each[1]})


@st.composite
def _calendar(draw: st.DrawFn, start: date, end: date) -> list[Plain]:
    """Return windows that cover the term, of all kinds."""
    inner = draw(st.sets(st.integers(1, (end - start).days - 1), max_size=4))
    edges = [start, *(start + timedelta(days=day) for day in sorted(inner)), end]
    use = st.sampled_from(["original", "activity", "adjusted", "other"])
    return [{"use": draw(use), "from": low, "to": high} for low, high in pairwise(edges)]


@st.composite
def random_limits(draw: st.DrawFn, document: Plain) -> None:
    """A cap on each year, what becomes of what one funder's cap refuses, and what an audit does to the claims it did not see."""
    deal = document["deal"]
    deal["audit"]["mode"] = draw(st.sampled_from(["void_only", "extrapolate"]))
    deal["over_funder_cap"] = draw(st.sampled_from(["unpaid", "gross_up"]))
    if draw(st.booleans()):
        deal["annual_cap"] = {
            "year": draw(st.sampled_from(["contract", "uk_fy", "calendar"])),
            "pounds": draw(st.one_of(st.lists(pounds(0, 15000), min_size=1, max_size=4), st.just("equal"))),
            "policy": draw(st.sampled_from(["partial", "whole"])),
            "unused_headroom": draw(st.sampled_from(["lost", "carry"])),
            "excess_claims": draw(st.sampled_from(["lost", "defer"])),
        }


@st.composite
def random_settled(draw: st.DrawFn, document: Plain) -> None:
    """Some first quarters' invoices that were paid, within the caps on the total and of the funders."""
    deal = document["deal"]
    term, caps = deal["term"], [pence(funder["cap"]) for funder in deal["funders"]]
    quarters = contract_quarters(term["service_start"], add_months(term["term_end"], term["claims_tail_months"]))[:-1]
    shares = [cap * 100 // funder["weight"] - 100 for cap, funder in zip(caps, deal["funders"], strict=True)]
    room = min(pence(deal["total_cap"]["pounds"]), sum(caps) if deal["over_funder_cap"] == "gross_up" else min(shares))
    invoices = []
    for first in quarters[: draw(st.sampled_from([0, 0, 1, 4, 12]))]:
        paid = int(max(0, room) * draw(st.sampled_from([0.0, 0.123, 0.5, 1.0])))
        invoices.append({"quarter_of": first, "pounds": f"{paid // 100}.{paid % 100:02d}"})
        room -= paid
    if invoices:
        deal["settled"] = invoices


NEW_TERMS = (
    "settled",
    "annual_cap",
    "schedules",
    "schedule_calendar",
    "activity_payments",
    "indices",
    "carried_over_outcomes",
)


def one_price(document: Plain) -> None:
    """Take everything off a contract that makes a price depend on time or number, and all caps but those on the total."""
    deal = document["deal"]
    for name in NEW_TERMS:
        deal.pop(name, None)
    deal["provider"].pop("schedule_calendar", None)
    for each in (deal["provider"], *deal["costs"], *deal["rate_card"]):
        each.pop("indexed_by", None)
    for number, line in enumerate(deal["rate_card"]):
        if isinstance(line["price"], dict):
            line["price"] = 100 * number + 50
