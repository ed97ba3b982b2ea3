"""P1, P10 and the money side of P5 and P6: cash in equals cash out to the penny, every day, in every replication."""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from simulator.batch import Tables
from simulator.dates import contract_quarters, day_number
from simulator.records import Account, Cashflows, Purpose, Table
from simulator.scenario.deal import Deal
from tests.strategies import Logged, World, logs, promise, worlds

DISTRIBUTIONS = (Purpose.CAPITAL_RETURN, Purpose.PROFIT, Purpose.RESIDUAL)
COSTS = (Purpose.PROVIDER_BLOCK, Purpose.PROVIDER_OUTCOMES, Purpose.COST)
Posting = tuple[int, int, int, int, Purpose, int]
"""Day, debit, credit, pence, purpose, cause."""


def postings(flows: Cashflows, replication: int) -> list[Posting]:
    """Return one replication's postings as plain numbers."""
    rows = flows.rows_of(replication)
    columns = (flows.day, flows.debit, flows.credit, flows.amount_pence, flows.purpose, flows.cause)
    return [
        (int(d), int(to), int(by), int(a), Purpose(p), int(c))
        for d, to, by, a, p, c in zip(*(column[rows] for column in columns), strict=True)
    ]


def total(found: list[Posting], *purposes: Purpose) -> int:
    """Return the pence posted for some purposes."""
    return sum(posting[3] for posting in found if posting[4] in purposes)


def paid_by_day(made: Tables, replication: int) -> dict[int, int]:
    """Return what the funders pay on each day, from the table of payments."""
    rows, paid = made.payments.rows_of(replication), defaultdict[int, int](int)
    for day, pence in zip(made.payments.paid_day[rows], made.payments.paid_pence[rows], strict=True):
        paid[int(day)] += int(pence)
    return paid


def check_conserved(made: Tables) -> None:
    """Assert, for every day of every replication, that receipts and draws are costs, distributions and cash, exactly."""
    for replication in range(made.cashflows.replications):
        found, received = postings(made.cashflows, replication), paid_by_day(made, replication)
        for day in sorted({posting[0] for posting in found} | set(received)):
            so_far = [posting for posting in found if posting[0] <= day]
            income = sum(pence for when, pence in received.items() if when <= day)
            cash = sum(p[3] for p in so_far if p[1] == Account.CASH) - sum(p[3] for p in so_far if p[2] == Account.CASH)
            assert income + total(so_far, Purpose.DRAW) == total(so_far, *COSTS) + total(so_far, *DISTRIBUTIONS) + cash
        assert total(found, Purpose.OUTCOME_PAYMENT) == sum(received.values())
        assert not found or cash == 0, "money is left behind"


@promise(worlds(), examples=40)
def test_cash_is_conserved_every_day_in_simulated_deals(world: World) -> None:
    check_conserved(world.tables)


@promise(logs(), examples=40)
def test_cash_is_conserved_every_day_in_any_event_log(log: Logged) -> None:
    check_conserved(log.tables)


@promise(worlds(), examples=40)
def test_cash_is_never_below_zero_not_even_between_two_postings(world: World) -> None:
    flows = world.tables.cashflows
    for replication in range(flows.replications):
        cash, last_day = 0, 0
        for day, debit, credit, pence, _, _ in postings(flows, replication):
            assert pence > 0
            assert day >= last_day
            assert (debit == Account.CASH) != (credit == Account.CASH)
            cash, last_day = cash + (pence if debit == Account.CASH else -pence), day
            assert cash >= 0


@promise(worlds(), examples=40)
def test_capital_is_drawn_only_for_a_gap_and_never_beyond_the_commitment(world: World) -> None:
    deal, flows = world.scenario.deal, world.tables.cashflows
    settlement = day_number(deal.investment.settlement_date, deal.term.service_start)
    for replication in range(flows.replications):
        found = postings(flows, replication)
        assert total(found, Purpose.DRAW) <= deal.investment.commitment
        for day in {posting[0] for posting in found if posting[4] == Purpose.DRAW}:
            assert day <= settlement
            today, before = [p for p in found if p[0] == day], [p for p in found if p[0] < day]
            cash = sum(p[3] if p[1] == Account.CASH else -p[3] for p in before)
            needed = total(today, *COSTS) + (deal.investment.min_cash if day < settlement else 0)
            assert total(today, Purpose.DRAW) <= needed - cash - total(today, Purpose.OUTCOME_PAYMENT)


@promise(worlds(), examples=40)
def test_the_investor_gets_capital_first_and_no_more_than_its_cap(world: World) -> None:
    deal, flows = world.scenario.deal, world.tables.cashflows
    settlement = day_number(deal.investment.settlement_date, deal.term.service_start)
    for replication in range(flows.replications):
        found = postings(flows, replication)
        drawn = total(found, Purpose.DRAW)
        profit, returned = total(found, Purpose.PROFIT), total(found, Purpose.CAPITAL_RETURN)
        assert returned <= drawn
        assert profit <= deal.investment.return_cap.pounds
        assert profit <= drawn * round(deal.investment.return_cap.multiple * 1_000_000) // 1_000_000 - drawn
        assert all(posting[0] >= settlement for posting in found if posting[4] in DISTRIBUTIONS)
        if profit or total(found, Purpose.RESIDUAL):
            assert returned == drawn


def due(deal: Deal, ends: int, made: Tables, replication: int) -> dict[tuple[Purpose, int], int]:
    """Return what falls due by purpose and cause, dated costs counted again from the words of the deal."""
    quarters = contract_quarters(deal.term.service_start, deal.term.term_end)
    starts = [day_number(day, deal.term.service_start) for day in quarters]
    owed = defaultdict[tuple[Purpose, int], int](int)
    block = round(deal.provider.contract_value * deal.provider.block_share)
    for number, (start, following) in enumerate(pairwise(starts)):
        count = len(starts) - 1
        if start < ends:
            owed[Purpose.PROVIDER_BLOCK, number] += block * (number + 1) // count - block * number // count
        for line, cost in enumerate(deal.costs):
            day = start if cost.timing == "quarterly_in_advance" else following - 1
            if cost.timing != "at_settlement" and day < ends:
                owed[Purpose.COST, line] += cost.total * (number + 1) // count - cost.total * number // count
    earned, paid, rows = 0, 0, made.payments.rows_of(replication)
    for invoice in sorted(set(map(int, made.payments.invoice[rows]))):
        paid += int(made.payments.paid_pence[rows][made.payments.invoice[rows] == invoice].sum())
        now = paid * (deal.provider.contract_value - block) // max(1, deal.provider.expected_outcome_payments)
        owed[Purpose.PROVIDER_OUTCOMES, invoice] += now - earned
        earned = now
    return owed


@promise(worlds(), examples=40)
def test_every_cost_is_paid_as_it_is_due_or_counted_as_unpaid(world: World) -> None:
    deal, made = world.scenario.deal, world.tables
    at_settlement = {line for line, cost in enumerate(deal.costs) if cost.timing == "at_settlement"}
    for replication in range(made.cashflows.replications):
        paid = defaultdict[tuple[Purpose, int], int](int)
        for _, _, _, pence, purpose, cause in postings(made.cashflows, replication):
            if purpose in COSTS:
                paid[purpose, cause] += pence
        last = {line: paid.pop((Purpose.COST, line), 0) for line in at_settlement}
        assert all(pence <= deal.costs[line].total for line, pence in last.items())
        ended = made.end_day[replication] < day_number(deal.term.term_end, deal.term.service_start)
        owed = due(deal, int(made.end_day[replication]) if ended else 10**9, made, replication)
        assert all(pence <= owed[key] for key, pence in paid.items())
        assert sum(owed.values()) - sum(paid.values()) == made.shortfalls.unpaid_pence[replication]


@promise(worlds(), examples=20)
def test_shortfalls_are_of_costs_and_only_with_the_commitment_used_up(world: World) -> None:
    deal, made = world.scenario.deal, world.tables
    settlement = day_number(deal.investment.settlement_date, deal.term.service_start)
    for replication in range(made.shortfalls.replications):
        found, rows = postings(made.cashflows, replication), made.shortfalls.rows_of(replication)
        for day, pence in zip(made.shortfalls.day[rows], made.shortfalls.amount_pence[rows], strict=True):
            assert pence > 0
            if deal.investment.shortfall == "terminate" and day == made.end_day[replication]:
                continue  # it ended the contract: the costs of that day are no longer due in these postings
            so_far = [posting for posting in found if posting[0] <= day]
            cash = sum(p[3] if p[1] == Account.CASH else -p[3] for p in so_far)
            assert cash == 0
            assert day > settlement or total(so_far, Purpose.DRAW) == deal.investment.commitment
        if made.shortfalls.unpaid_pence[replication] > 0:
            assert rows.stop > rows.start


def check_whole_numbers(table: Table, *floats: str) -> None:
    """Assert that every column of a table is of whole numbers, those named excepted, and money of 64 bits."""
    for name, column in vars(table).items():
        if isinstance(column, np.ndarray) and name not in floats:
            assert np.issubdtype(column.dtype, np.integer), name
            assert column.dtype == np.int64 or not name.endswith("_pence"), name


@promise(worlds(), examples=10)
def test_no_float_is_in_a_ledger(world: World) -> None:
    made = world.tables
    for table in (made.claims, made.payments, made.cashflows, made.shortfalls):
        check_whole_numbers(table)
    check_whole_numbers(made.events, "hours")
    assert made.end_day.dtype == np.int64
    assert world.returns.flows.dtype == np.int64
