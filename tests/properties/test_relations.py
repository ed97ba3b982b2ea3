"""Metamorphic relations (docs/model.md §16): what a change of the deal must do to its results, and what it must not."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from simulator.dates import add_months
from simulator.finance.irr import IrrStatus
from simulator.money import pence, pounds_plain
from simulator.records import Purpose, Status
from simulator.scenario.rate_card import worth
from tests.contract_strategies import one_price
from tests.properties.test_luck_is_keyed import same_table, same_tables
from tests.strategies import Logged, Plain, World, fix, leave_empty, logs, promise, tiny_document, worlds

MONEY = (
    "by_contract_year", "price", "pounds", "cap", "contract_value", "total", "commitment", "min_cash",
    "expected_outcome_payments", "arrangement", "redraw_cap", "wind_down_cost",
)  # fmt: skip
YEARS_OF_A_CALENDAR = 400


def scale_money(part: Any, factor: int) -> None:  # noqa: ANN401 - plain data of any shape
    """Multiply every amount of money in plain data by a whole number."""
    if isinstance(part, list):
        for item in part:
            scale_money(item, factor)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in MONEY and value is not None and not isinstance(value, dict):
                part[name] = _scaled(value, factor)
            elif name == "prices":
                part[name] = {each: _scaled(price, factor) for each, price in value.items()}
            else:
                scale_money(value, factor)


def _scaled(amount: Any, factor: int) -> Any:  # noqa: ANN401 - an amount, several, a price of any kind, or `none`
    if isinstance(amount, dict):
        scale_money(amount, factor)
    if amount == "none" or isinstance(amount, dict):
        return amount
    if isinstance(amount, list):
        return [_scaled(each, factor) for each in amount]
    return pounds_plain(pence(amount) * factor)


def move_dates(part: Any, years: int) -> Any:  # noqa: ANN401 - plain data of any shape
    """Return plain data with every date some years later."""
    if isinstance(part, list):
        return [move_dates(item, years) for item in part]
    if isinstance(part, dict):
        return {name: move_dates(value, years) for name, value in part.items()}
    return part.replace(year=part.year + years) if isinstance(part, date) else part


def in_full(document: Plain) -> None:
    """Take every cap off a contract, evidence everything and sample nothing."""
    deal = document["deal"]
    for line in deal["rate_card"]:
        line["count_cap"] = "none"
    deal["total_cap"] = {"pounds": 10_000_000, "policy": "partial"}
    deal.pop("annual_cap", None)
    deal.pop("settled", None)
    for schedule in deal.get("schedules", []):
        schedule["cap"] = "none"
    for funder in deal["funders"]:
        funder["cap"] = 10_000_000
    certain(document)


def certain(document: Plain) -> None:
    """Evidence everything and sample nothing."""
    fix(document, certificate_probability=1, other_route_probability=1)
    document["deal"]["audit"]["fraction"] = 0.0
    windows = document["assumptions"].get("windows", [])
    document["assumptions"]["windows"] = [window for window in windows if window["rate"] != "evidence"]


def paid(log: Logged) -> int:
    """Return the pence paid to a log's contract."""
    return int(log.settled[1].paid_pence.sum())


def without_rounding(document: Plain) -> None:
    """Let nothing be rounded to the penny that decides what is paid: by an index, equal parts of the cap, or an audit."""
    deal = document["deal"]
    for line in deal["rate_card"]:
        line.pop("indexed_by", None)
    deal["audit"]["mode"] = "void_only"
    if deal.get("annual_cap", {}).get("pounds") == "equal":
        deal["annual_cap"]["pounds"] = [1000]


@promise(st.tuples(worlds(), st.integers(2, 7)), examples=25)
def test_scaling_all_money_scales_all_money(pair: tuple[World, int]) -> None:
    """(i) In pence, up to the pennies that splits and instalments round."""
    world, factor = pair[0].changed(without_rounding), pair[1]
    scaled = world.changed(lambda document: scale_money(document["deal"], factor))
    same_table(world.tables.events, scaled.tables.events)
    before, after = world.tables, scaled.tables
    assert (before.claims.status == after.claims.status).all()
    for name in ("price_pence", "paid_pence", "refused_pence"):
        apart = np.abs(getattr(before.claims, name) * factor - getattr(after.claims, name))
        assert apart.max(initial=0) <= factor * len(world.scenario.deal.funders)
    rows = 40 * factor * max(1, before.cashflows.day.size)
    for replication in range(world.count):
        drawn = [_posted(each, replication, Purpose.DRAW) for each in (world, scaled)]
        assert abs(drawn[0] * factor - drawn[1]) <= rows
        received = [_posted(each, replication, Purpose.CAPITAL_RETURN, Purpose.PROFIT) for each in (world, scaled)]
        assert abs(received[0] * factor - received[1]) <= rows


def test_scaling_all_money_leaves_multiple_and_rate_unchanged() -> None:
    """(i) For the investor, where an amount is large against a penny."""
    world = World(tiny_document(), 5, 0, 20)
    scaled = world.changed(lambda document: scale_money(document["deal"], 100))
    for name in ("investor.multiple", "investor.irr", "investor.payback_years", "payments.cap_use"):
        assert np.allclose(world.returns.values[name], scaled.returns.values[name], rtol=0, atol=1e-5, equal_nan=True)
    gained = world.returns.values["investor.net_gbp"] * 100
    assert np.allclose(gained, scaled.returns.values["investor.net_gbp"], rtol=0, atol=10)


def _posted(world: World, replication: int, *purposes: Purpose) -> int:
    flows = world.tables.cashflows
    rows = flows.rows_of(replication)
    return int(flows.amount_pence[rows][np.isin(flows.purpose[rows], purposes)].sum())


@promise(worlds(), examples=15)
def test_four_hundred_years_later_everything_is_the_same(world: World) -> None:
    """(ii) 146,097 days are 20,871 weeks: the calendar is the same."""
    later = World(move_dates(world.document, YEARS_OF_A_CALENDAR), world.seed, world.first)
    same_tables(world.tables, later.tables)
    for name, column in world.returns.values.items():
        assert column.tobytes() == later.returns.values[name].tobytes(), name


@promise(logs(), examples=40)
def test_a_split_among_funders_of_one_kind_is_one_payer(log: Logged) -> None:
    """(v) What is paid in all does not depend on who pays, where no funder's own cap binds."""

    def many(document: Plain) -> None:
        for funder in document["deal"]["funders"]:
            funder |= {"cap": 10_000_000, "days": 30, "pays_after": "confirmation"}

    def single(document: Plain) -> None:
        only = {
            "name": "all",
            "title": "All",
            "weight": 100,
            "cap": 10_000_000,
            "days": 30,
            "pays_after": "confirmation",
        }
        document["deal"]["funders"] = [only]
        document["deal"]["provider"]["in_house_of"] = None

    split, one = log.changed(many), log.changed(single)
    same_table(split.settled[0], one.settled[0])
    assert paid(split) == paid(one)
    together = {
        int(d): int(split.settled[1].paid_pence[split.settled[1].paid_day == d].sum())
        for d in split.settled[1].paid_day
    }
    alone = {int(d): int(p) for d, p in zip(one.settled[1].paid_day, one.settled[1].paid_pence, strict=True)}
    assert together == alone


@promise(logs(), examples=40)
def test_without_caps_everything_evidenced_is_paid_at_its_price(log: Logged) -> None:
    """(vi) and (vii)."""
    full = log.changed(in_full)
    claims, deal = full.settled[0], full.scenario.deal
    counted = ~np.isin(claims.status, (Status.DUPLICATE, Status.OUT_OF_TERM))
    assert set(claims.status[counted]) <= {Status.PAID, Status.PAID_BY_ACTIVITY}
    assert paid(full) == claims.price_pence[counted].sum() + sum(each.pence for each in deal.activity_payments)


@promise(logs(), examples=40)
def test_at_one_price_everything_is_paid_at_price_times_number(log: Logged) -> None:
    """(vi)."""
    full = log.changed(in_full).changed(one_price)
    claims = full.settled[0]
    card = full.scenario.deal.rate_card
    number = np.bincount(claims.outcome[claims.status == Status.PAID], minlength=len(card))
    assert paid(full) == sum(worth(each.price, 0, int(n)) for each, n in zip(card, number, strict=True))


@promise(logs(), examples=40)
def test_tiers_and_years_of_equal_prices_are_one_price(log: Logged) -> None:
    """(iv)."""

    def flat(document: Plain) -> None:
        one_price(document)

    def tiered(document: Plain) -> None:
        one_price(document)
        for number, line in enumerate(document["deal"]["rate_card"]):
            first = {"price": line["price"], "share_of_target": 0.5, "rounding": "floor"}
            many = {"by_contract_year": [line["price"]] * 5}
            line["price"] = many if number == 1 else {"tiers": [first, {"price": line["price"]}]}

    one, other = log.changed(flat), log.changed(tiered)
    same_table(one.settled[0], other.settled[0])
    same_table(one.settled[1], other.settled[1])


@promise(logs(), examples=40)
def test_with_certain_evidence_and_no_audit_all_achieved_is_claimed(log: Logged) -> None:
    """(vii)."""
    sure = log.changed(certain)
    claims = sure.settled[0]
    assert not np.isin(claims.status, (Status.UNEVIDENCED, Status.REJECTED, Status.EXPIRED)).any()
    counted = np.isin(claims.status, (Status.DUPLICATE, Status.OUT_OF_TERM))
    assert ((claims.invoice >= 0) == ~counted).all()


@promise(worlds(), examples=25)
def test_without_referrals_the_loss_is_the_capital_or_the_costs(world: World) -> None:
    """(viii)."""

    def nobody(document: Plain) -> None:
        document["deal"].pop("activity_payments", None)
        document["deal"].pop("settled", None)
        leave_empty(document)
        document["deal"]["investment"] |= {
            "min_cash": 0, "shortfall": "defer", "draw": "as_needed", "draw_schedule": [], "redraw": False, "fees": None,
            "first_loss": None, "distribution": "hold_to_settlement", "distribution_schedule": [],
            "preferred_return": None,
        }  # fmt: skip
        document["deal"].pop("early_termination", None)
        for each in (document["deal"]["provider"], *document["deal"]["costs"]):
            each["indexed_by"] = None
        after_all_costs = add_months(document["deal"]["term"]["term_end"], 36)
        document["deal"]["investment"]["settlement_date"] = after_all_costs

    empty = world.changed(nobody)
    deal = empty.scenario.deal
    dated = sum(cost.total for cost in deal.costs if cost.timing != "at_settlement")
    costs = round(deal.provider.contract_value * deal.provider.block_share) + dated
    assert (empty.returns.values["payments.total_gbp"] == 0).all()
    expected = -min(deal.investment.commitment, costs) / 100
    assert np.allclose(empty.returns.values["investor.net_gbp"], expected, rtol=0, atol=1e-6)
    status = IrrStatus.TOTAL_LOSS if costs else IrrStatus.ZERO_FLOWS
    assert (empty.returns.irr_status == status).all()


@promise(st.tuples(logs(), st.integers(1, 2_000_000)), examples=60)
def test_a_higher_total_cap_never_pays_less(pair: tuple[Logged, int]) -> None:
    """(ix) Under the partial policy, without count caps, annual caps, tiers and schedules."""
    log, more = pair

    def partial(document: Plain) -> None:
        one_price(document)
        certain(document)
        document["deal"]["total_cap"]["policy"] = "partial"
        for line in document["deal"]["rate_card"]:
            line["count_cap"] = "none"

    def higher(document: Plain) -> None:
        partial(document)
        cap = document["deal"]["total_cap"]
        cap["pounds"] = pounds_plain(pence(cap["pounds"]) + more)

    assert paid(log.changed(higher)) >= paid(log.changed(partial))


@promise(st.tuples(logs(), st.integers(0, 3), st.integers(1, 12)), examples=60)
def test_a_longer_lag_never_pays_more(triple: tuple[Logged, int, int]) -> None:
    """(x) Under the partial policy, without count caps, annual caps, tiers and schedules."""
    log, line, months = triple

    def prompt(document: Plain) -> None:
        one_price(document)
        certain(document)
        document["deal"]["total_cap"]["policy"] = "partial"
        for each in document["deal"]["rate_card"]:
            each["count_cap"] = "none"

    def late(document: Plain) -> None:
        prompt(document)
        document["deal"]["rate_card"][line]["paid_after_months"] += months

    assert paid(log.changed(late)) <= paid(log.changed(prompt))


@promise(logs(), examples=25)
def test_people_in_another_order_bring_the_same_money(log: Logged) -> None:
    """(iii) Where no tie at a cap and no luck decides: nothing capped, everything evidenced on the day."""
    in_touch = tuple(replace(life, contact_lost=None) for life in log.lives)
    full = replace(log, lives=in_touch, carried_over=()).changed(in_full).changed(one_price)
    other = replace(full, lives=in_touch[::-1])
    assert paid(other) == paid(full)
    assert sorted(other.settled[1].paid_pence) == sorted(full.settled[1].paid_pence)


@promise(worlds(), examples=30)
def test_what_is_undefined_has_a_status_and_no_number(world: World) -> None:
    """P8: no guess, no zero, no infinity."""
    values, status = world.returns.values, world.returns.irr_status
    assert (np.isnan(values["investor.multiple"]) == (values["investor.drawn_gbp"] == 0)).all()
    rate = values["investor.irr"]
    assert (np.isnan(rate) == ~np.isin(status, (IrrStatus.OK, IrrStatus.TOTAL_LOSS))).all()
    assert (rate[status == IrrStatus.TOTAL_LOSS] == -1).all()
    nothing_drawn = np.isin(status, (IrrStatus.ZERO_FLOWS, IrrStatus.NO_OUTFLOW))
    assert nothing_drawn[values["investor.drawn_gbp"] == 0].all()
    assert (values["investor.net_gbp"][nothing_drawn] >= 0).all()
    defined = status == IrrStatus.OK
    with np.errstate(invalid="ignore"):
        assert ((rate < 0) == (values["investor.multiple"] < 1))[defined & (np.abs(rate) > 1e-9)].all()
    for name, column in values.items():
        assert not np.isinf(column).any(), name
