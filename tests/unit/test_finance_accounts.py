"""The vehicle's cash: what is paid when, in what order, out of what, and what is left for whom."""

from collections.abc import Callable
from datetime import date

import numpy as np

from simulator.batch import tables
from simulator.contract.settlement import settle
from simulator.finance.accounts import distribute
from simulator.pathway.engine import simulate
from simulator.records import Account, Cashflows, Event, Payments, Purpose, Shortfalls
from simulator.scenario.draws import draw
from tests.strategies import Plain, World, fix, scenario_of, tiny_document

Receipt = tuple[int, int, int]
"""Day of the invoice, day of the payment, pounds."""
SETTLEMENT = 364
"""31 March 2022."""
SECOND_DAY = date(2021, 4, 2)


def distributed(receipts: list[Receipt], *changes: Callable[[Plain], object]) -> tuple[Cashflows, Shortfalls]:
    """Return the postings and shortfalls of the tiny deal, changed, on receipts from its second funder."""
    document = tiny_document()
    for change in changes:
        change(document["deal"])
    issued, paid, pounds = (np.array([r[i] for r in receipts], dtype=np.int64) for i in range(3))
    number, starts = np.arange(len(receipts), dtype=np.int64), np.array([0, len(receipts)], dtype=np.int64)
    payments = Payments(0, starts, number, np.ones_like(number), issued, paid, *[pounds * 100] * 3)
    return distribute(scenario_of(document), payments)


def posted(flows: Cashflows, *purposes: Purpose) -> list[tuple[int, int]]:
    """Return day and pounds of the postings for some purposes."""
    chosen = np.isin(flows.purpose, purposes)
    return [(int(d), int(a) // 100) for d, a in zip(flows.day[chosen], flows.amount_pence[chosen], strict=True)]


def block_only(deal: Plain) -> None:
    """Leave no cost but the provider's four instalments of £2,500."""
    deal["costs"] = []


def half_by_outcomes(deal: Plain) -> None:
    """Pay the provider £5,000 in instalments and £1 for every £2 of outcome payments."""
    deal["costs"] = []
    deal["provider"] |= {"block_share": 0.5, "outcome_share": 0.5, "expected_outcome_payments": 10000}


def test_capital_is_drawn_on_the_day_and_no_earlier() -> None:
    flows, _ = distributed([], block_only)
    assert posted(flows, Purpose.DRAW) == [(0, 2500), (91, 2500), (183, 2000)]


def test_minimum_cash_is_drawn_with_the_first_cost_and_not_for_settlement() -> None:
    flows, _ = distributed([(90, 100, 9000)], block_only, lambda deal: deal["investment"].update(min_cash=300))
    assert posted(flows, Purpose.DRAW) == [(0, 2800), (91, 2500)]
    flows, _ = distributed(
        [], block_only, lambda deal: deal["investment"].update(min_cash=300, settlement_date=SECOND_DAY)
    )
    assert posted(flows, Purpose.DRAW) == [(0, 2800)]
    assert posted(flows, Purpose.CAPITAL_RETURN) == []


def test_a_shortfall_is_the_unpaid_part_of_the_days_costs_and_arrears_are_paid_first() -> None:
    flows, shortfalls = distributed([(200, 230, 1000), (200, 300, 6000)], block_only)
    assert [(int(d), int(a) // 100) for d, a in zip(shortfalls.day, shortfalls.amount_pence, strict=True)] == [
        (183, 500),
        (275, 2000),
    ]
    assert posted(flows, Purpose.PROVIDER_BLOCK) == [
        (0, 2500),
        (91, 2500),
        (183, 2000),
        (230, 500),
        (275, 500),
        (300, 2000),
    ]
    causes = flows.cause[flows.purpose == Purpose.PROVIDER_BLOCK]
    assert causes.tolist() == [0, 1, 2, 2, 3, 3]
    assert shortfalls.unpaid_pence.tolist() == [0]


def test_arrears_are_no_shortfall_a_second_time() -> None:
    """£2,500 a quarter on a commitment of £3,000, and £100 on a day on which nothing falls due."""
    _, shortfalls = distributed([(90, 100, 100)], block_only, lambda deal: deal["investment"].update(commitment=3000))
    found = [(int(d), int(a) // 100) for d, a in zip(shortfalls.day, shortfalls.amount_pence, strict=True)]
    assert found == [(91, 2000), (183, 2500), (275, 2500)]
    assert shortfalls.unpaid_pence.tolist() == [6900_00]


def test_capital_is_still_drawn_for_costs_of_the_day_of_settlement_and_not_for_later_ones() -> None:
    flows, _ = distributed([], lambda deal: deal["investment"].update(commitment=20000))
    assert posted(flows, Purpose.DRAW)[-1] == (SETTLEMENT, 250)
    flows, shortfalls = distributed(
        [], lambda deal: deal["investment"].update(commitment=20000, settlement_date=SECOND_DAY)
    )
    assert posted(flows, Purpose.DRAW) == [(0, 2500)]
    assert shortfalls.day[0] == 90


def test_what_is_never_paid_is_said() -> None:
    flows, shortfalls = distributed([], block_only)
    assert shortfalls.unpaid_pence.tolist() == [3000_00]
    assert posted(flows, Purpose.CAPITAL_RETURN, Purpose.PROFIT, Purpose.RESIDUAL) == []


def test_the_provider_earns_by_outcomes_from_the_day_of_the_invoice() -> None:
    flows, _ = distributed([(90, 150, 1000), (182, 240, 3001)], half_by_outcomes)
    assert posted(flows, Purpose.PROVIDER_OUTCOMES) == [(120, 500), (212, 1500)]
    assert flows.cause[flows.purpose == Purpose.PROVIDER_OUTCOMES].tolist() == [0, 1]
    exact = flows.amount_pence[flows.purpose == Purpose.PROVIDER_OUTCOMES]
    assert exact.tolist() == [500_00, 1500_50]


def test_outcome_pay_is_rounded_on_the_running_total() -> None:
    """A third of 1p, three times, is a penny at the third."""
    document = tiny_document()
    document["deal"]["provider"] |= {
        "contract_value": 3, "block_share": 0.0, "outcome_share": 1.0, "expected_outcome_payments": 9,
    }  # fmt: skip
    number = np.arange(3, dtype=np.int64)
    one = np.ones_like(number)
    payments = Payments(0, np.array([0, 3]), number, one, number * 90 + 10, number * 90 + 11, one, one, one)
    flows, _ = distribute(scenario_of(document), payments)
    assert flows.amount_pence[flows.purpose == Purpose.PROVIDER_OUTCOMES].tolist() == [1]
    assert flows.cause[flows.purpose == Purpose.PROVIDER_OUTCOMES].tolist() == [2]


def test_outcome_pay_known_at_settlement_is_set_aside_and_later_money_follows() -> None:
    flows, _ = distributed([(300, 310, 10000), (360, 362, 4000), (400, 420, 1000)], half_by_outcomes)
    held = posted(flows, Purpose.CAPITAL_RETURN, Purpose.PROFIT)
    assert posted(flows, Purpose.PROVIDER_OUTCOMES) == [(330, 5000), (390, 2000), (430, 500)]
    drawn = sum(pounds for _, pounds in posted(flows, Purpose.DRAW))
    assert sum(pounds for day, pounds in held if day == SETTLEMENT) == 14000 + drawn - 5000 - 5000 - 2000
    assert [(day, pounds) for day, pounds in held if day > SETTLEMENT] == [(420, 500)]


def test_nothing_is_distributed_before_settlement_and_all_of_it_after() -> None:
    flows, _ = distributed([(90, 100, 20000), (340, 380, 700)], block_only)
    assert posted(flows, Purpose.CAPITAL_RETURN, Purpose.PROFIT) == [
        (SETTLEMENT, 5000),
        (SETTLEMENT, 10000),
        (380, 700),
    ]


def test_the_residual_goes_to_the_funders_as_each_has_paid() -> None:
    flows, _ = distributed(
        [(90, 100, 20000)], block_only, lambda deal: deal["investment"].update(return_cap={"pounds": 0, "multiple": 1})
    )
    assert posted(flows, Purpose.RESIDUAL) == [(SETTLEMENT, 10000)]
    assert flows.debit[flows.purpose == Purpose.RESIDUAL].tolist() == [Account.FUNDERS + 1]


def broke(shortfall: str) -> World:
    """Return a deal whose commitment is used up on 1 October 2021, day 183."""
    document = tiny_document()
    document["deal"]["investment"] |= {"commitment": 6000, "shortfall": shortfall}
    fix(document, referrals_over_term=60, job_rate=1.0)
    document["deal"]["rate_card"][0]["price"] = 1
    document["deal"]["rate_card"][1]["price"] = 1
    return World(document, 3)


def test_termination_ends_the_service_on_the_first_day_of_a_shortfall() -> None:
    ended, waiting = broke("terminate").tables, broke("defer").tables
    assert waiting.end_day.tolist() == [365, 365]
    for i in range(2):
        first = int(waiting.shortfalls.day[waiting.shortfalls.rows_of(i)][0])
        assert ended.end_day[i] == first == 183
        rows, claims = ended.events.rows_of(i), ended.claims.rows_of(i)
        assert (ended.events.day[rows] < first).all()
        assert (ended.claims.achieved_day[claims] < first).all()
        dated = np.isin(ended.cashflows.purpose, (Purpose.PROVIDER_BLOCK, Purpose.COST))[ended.cashflows.rows_of(i)]
        assert (ended.cashflows.day[ended.cashflows.rows_of(i)][dated] < first).all()


def test_until_the_contract_ends_nothing_is_changed_by_its_end() -> None:
    ended, waiting = broke("terminate").tables, broke("defer").tables
    for table, column in (("events", "participant"), ("cashflows", "amount_pence")):
        one, other = getattr(ended, table), getattr(waiting, table)
        for i in range(2):
            early = [each.day[each.rows_of(i)] < 183 for each in (one, other)]
            values = [
                getattr(each, column)[each.rows_of(i)][kept] for each, kept in zip((one, other), early, strict=True)
            ]
            assert sorted(values[0].tolist()) == sorted(values[1].tolist())


def test_what_was_achieved_before_the_end_is_still_paid() -> None:
    world = broke("terminate")
    made = world.tables
    assert (made.payments.issue_day > 183).any()
    assert (made.cashflows.day[made.cashflows.purpose == Purpose.OUTCOME_PAYMENT] > 183).any()


def test_the_verbs_by_hand_are_what_the_run_does() -> None:
    world = World(tiny_document(), 11, 4)
    scenario, draws = world.scenario, draw(world.scenario, 11, 4, 2)
    events = simulate(scenario, draws, 11)
    claims, payments = settle(scenario, draws, 11, events)
    flows, _ = distribute(scenario, payments)
    made = tables(scenario, 11, 4, 2)
    assert made.cashflows.frame().equals(flows.frame())
    assert made.claims.frame().equals(claims.frame())
    assert (events.event == Event.REFERRAL).any()
