"""P1, P10 and the money side of P5 and P6: cash in equals cash out to the penny, every day, in every replication."""

import math
from collections import defaultdict
from fractions import Fraction
from itertools import combinations

import numpy as np

from simulator.batch import Tables
from simulator.dates import add_months, contract_quarters, day_number
from simulator.finance.tranches import tranche_flows
from simulator.money import split_pence
from simulator.records import Account, Cashflows, Purpose, Table
from simulator.scenario.deal import Deal
from tests.strategies import Funded, Logged, World, ledgers, logs, promise, worlds

COSTS = (Purpose.PROVIDER_BLOCK, Purpose.PROVIDER_OUTCOMES, Purpose.COST, Purpose.FEE, Purpose.WIND_DOWN)
GAINS = (Purpose.PREFERRED_RETURN, Purpose.PROFIT)
DISTRIBUTIONS = (Purpose.CAPITAL_RETURN, *GAINS, Purpose.PROFIT_SHARE, Purpose.RESIDUAL)
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
            income += total(so_far, Purpose.COMPENSATION, Purpose.GUARANTEE)
            assert income + total(so_far, Purpose.DRAW) == total(so_far, *COSTS) + total(so_far, *DISTRIBUTIONS) + cash
        assert total(found, Purpose.OUTCOME_PAYMENT) == sum(received.values())
        assert not found or cash == 0, "money is left behind"


@promise(ledgers(), examples=90)
def test_cash_is_conserved_every_day_whatever_comes(world: World | Funded) -> None:
    check_conserved(world.tables)


@promise(logs(), examples=40)
def test_cash_is_conserved_every_day_in_any_event_log(log: Logged) -> None:
    check_conserved(log.tables)


@promise(ledgers(), examples=90)
def test_cash_is_never_below_zero_not_even_between_two_postings(world: World | Funded) -> None:
    flows = world.tables.cashflows
    for replication in range(flows.replications):
        cash, last_day = 0, 0
        for day, debit, credit, pence, _, _ in postings(flows, replication):
            assert pence > 0
            assert day >= last_day
            assert (debit == Account.CASH) != (credit == Account.CASH)
            cash, last_day = cash + (pence if debit == Account.CASH else -pence), day
            assert cash >= 0


def closes(deal: Deal, made: Tables, replication: int) -> int:
    """Return the day of an agreed and compensated early end, after which nothing is drawn; a day far off if there is none."""
    ending, ended = deal.early_termination, int(made.end_day[replication])
    early = ended < day_number(deal.term.term_end, deal.term.service_start)
    if ending is None or ending.compensation == "none" or not early:
        return 10**9
    return ended if ending.form == "fund_exhausted" or ended == noticed(deal) else 10**9


def noticed(deal: Deal) -> int:
    """Return the day on which notice has run out."""
    ending = deal.early_termination
    assert ending is not None
    assert ending.notice_given != "none"
    return day_number(add_months(ending.notice_given, ending.notice_months), deal.term.service_start)


def needs_of(deal: Deal, found: list[Posting], day: int, settlement: int) -> int:
    """Return what a draw as needed may come to on a day: what is paid that day that day's receipts and older cash lack."""
    today, before = [p for p in found if p[0] == day], [p for p in found if p[0] < day]
    cash = sum(p[3] if p[1] == Account.CASH else -p[3] for p in before)
    at_risk = deal.provider.outcome_part == "at_risk"
    costs = [p for p in today if p[4] in COSTS and not (at_risk and p[4] == Purpose.PROVIDER_OUTCOMES)]
    needed = sum(p[3] for p in costs) + (deal.investment.min_cash if day < settlement else 0)
    return needed - cash - total(today, Purpose.OUTCOME_PAYMENT)


@promise(ledgers(), examples=90)
def test_capital_is_drawn_as_agreed_and_never_beyond_the_commitment(world: World | Funded) -> None:
    deal, flows = world.scenario.deal, world.tables.cashflows
    investment, start = deal.investment, deal.term.service_start
    settlement = day_number(investment.settlement_date, start)
    dated = {day_number(each.on, start) for each in investment.draw_schedule}
    for replication in range(flows.replications):
        found, out, drawn = postings(flows, replication), 0, 0
        for posting in found:
            drawn += posting[3] * (posting[4] == Purpose.DRAW)
            out += posting[3] * ((posting[4] == Purpose.DRAW) - (posting[4] == Purpose.CAPITAL_RETURN))
            assert 0 <= out <= investment.commitment, "capital out of bounds"
        assert drawn <= ((investment.redraw_cap or 0) if investment.redraw else investment.commitment)
        for day in {posting[0] for posting in found if posting[4] == Purpose.DRAW}:
            assert day <= min(settlement, closes(deal, world.tables, replication))
            if investment.draw == "as_needed":
                today = total([p for p in found if p[0] == day], Purpose.DRAW)
                assert today <= needs_of(deal, found, day, settlement)
            else:
                assert day in (dated if investment.draw == "schedule" else {0})


def distribution_days(deal: Deal) -> set[int]:
    """Return the days before settlement on which something may be distributed."""
    start, investment = deal.term.service_start, deal.investment
    if investment.distribution == "sweep":
        return {day_number(day, start) - 1 for day in contract_quarters(start, investment.settlement_date)[1:]}
    return {day_number(each.on, start) for each in investment.distribution_schedule}


@promise(ledgers(), examples=90)
def test_the_investor_gets_capital_first_and_no_more_than_its_caps(world: World | Funded) -> None:
    deal, made = world.scenario.deal, world.tables
    investment, cap = deal.investment, deal.investment.return_cap
    settlement = day_number(investment.settlement_date, deal.term.service_start)
    days = distribution_days(deal)
    for replication in range(made.cashflows.replications):
        out, drawn, gained = 0, 0, 0
        for day, _, _, pence, purpose, _ in postings(made.cashflows, replication):
            out += pence * ((purpose == Purpose.DRAW) - (purpose == Purpose.CAPITAL_RETURN))
            drawn += pence * (purpose == Purpose.DRAW)
            gained += pence * (purpose in GAINS)
            if purpose in DISTRIBUTIONS and made.end_day[replication] != day:
                assert day >= settlement or day in days
            if purpose in (*GAINS, Purpose.PROFIT_SHARE, Purpose.RESIDUAL):
                assert out == 0, "capital comes first"
            if purpose in GAINS:
                assert cap.pence == "none" or gained <= cap.pence
                assert cap.multiple == "none" or gained <= drawn * round(cap.multiple * 1_000_000) // 1_000_000 - drawn


@promise(ledgers(), examples=90)
def test_the_rate_of_return_without_fees_is_within_its_cap(world: World | Funded) -> None:
    """Within the pennies that compounding rounds: at the cap's rate the flows are worth no more than one for each."""
    cap = world.scenario.deal.investment.return_cap.irr
    if cap == "none":
        return
    for replication in range(world.count):
        found = [p for p in postings(world.tables.cashflows, replication) if p[4] != Purpose.FEE]
        flows = [(p[0], p[3] if p[1] == Account.INVESTOR else -p[3]) for p in found if Account.INVESTOR in p[1:3]]
        if any(p[4] in GAINS for p in found):
            last = max(p[0] for p in found if p[4] in GAINS)
            worth = sum(pence * (1 + cap) ** ((last - day) / 365) for day, pence in flows if day <= last)
            assert worth <= len(flows) * (1 + cap) ** (last / 365)


@promise(ledgers(), examples=90)
def test_fees_accrue_on_what_is_not_drawn_to_the_penny(world: World | Funded) -> None:
    deal = world.scenario.deal
    fees, investment = deal.investment.fees, deal.investment
    if fees is None or investment.redraw:
        return
    settlement = day_number(investment.settlement_date, deal.term.service_start)
    for replication in range(world.count):
        found = postings(world.tables.cashflows, replication)
        drawn = np.zeros(settlement + 1, dtype=np.int64)
        for day, _, _, pence, purpose, _ in found:
            drawn[day:] += pence * (purpose == Purpose.DRAW)
        last = min(settlement, closes(deal, world.tables, replication))
        idle = sum(investment.commitment - int(pence) for pence in drawn[:last])
        arranged = fees.arrangement if world.tables.end_day[replication] > 0 else 0
        charged = arranged + idle * round(fees.availability_per_year * 1_000_000) // (365 * 1_000_000)
        paid = total(found, Purpose.FEE)
        assert paid <= charged
        if world.tables.shortfalls.unpaid_pence[replication] == 0:
            assert paid == charged


@promise(ledgers(), examples=90)
def test_the_tranches_add_up_to_the_investor_posting_by_posting(world: World | Funded) -> None:
    deal, flows = world.scenario.deal, world.tables.cashflows
    tranches = deal.investment.tranches
    if not tranches:
        return
    parts = tranche_flows(deal, flows)
    whole = np.where(flows.debit == Account.INVESTOR, flows.amount_pence, 0)
    whole -= np.where(flows.credit == Account.INVESTOR, flows.amount_pence, 0)
    assert (parts.sum(axis=0) == whole).all()
    returns = (flows.purpose == Purpose.CAPITAL_RETURN) & (flows.debit == Account.INVESTOR)
    for replication in range(world.count):
        rows = flows.rows_of(replication)
        out = -np.where((flows.credit == Account.INVESTOR) | returns, parts, 0)[:, rows].cumsum(axis=1)
        assert (out >= 0).all()
        paid = (parts[:, rows] > 0) & returns[rows]
        for low, high in combinations(range(len(tranches)), 2):
            first, second = sorted((low, high), key=lambda place: tranches[place].rank)
            if tranches[first].rank < tranches[second].rank:
                assert (out[first][paid[second]] == 0).all(), "a lower rank is paid first"


@promise(ledgers(), examples=90)
def test_the_guarantor_pays_what_is_lost_up_to_its_guarantee(world: World | Funded) -> None:
    first_loss = world.scenario.deal.investment.first_loss
    for replication in range(world.count):
        found = postings(world.tables.cashflows, replication)
        lost = total(found, Purpose.DRAW) - total(found, Purpose.CAPITAL_RETURN)
        paid = total(found, Purpose.GUARANTEE)
        assert paid == min(first_loss.pence if first_loss else 0, lost + paid)


@promise(ledgers(), examples=90)
def test_compensation_makes_capital_good_on_the_day_of_the_end(world: World | Funded) -> None:
    ending, made = world.scenario.deal.early_termination, world.tables
    weights = [funder.weight for funder in world.scenario.deal.funders]
    for replication in range(world.count):
        found = postings(made.cashflows, replication)
        paid = [p for p in found if p[4] == Purpose.COMPENSATION]
        assert ending is not None or not paid
        if ending is None or not paid:
            continue
        day, whole = paid[0][0], sum(p[3] for p in paid)
        assert day == made.end_day[replication] == closes(world.scenario.deal, made, replication)
        rest = [p for p in found if p[0] == day and p[4] == Purpose.CAPITAL_RETURN]
        held = sum((p[3] if p[1] == Account.CASH else -p[3]) for p in found[: found.index(paid[0])])
        gain = total([p for p in found[found.index(paid[0]) :] if p[0] == day], Purpose.PROFIT)
        assert whole == max(0, total(rest[:1], Purpose.CAPITAL_RETURN) - held) + gain
        so_far = [p for p in found if p[0] <= day]
        out = total(so_far, Purpose.DRAW) - total(so_far, Purpose.CAPITAL_RETURN)
        assert out == 0
        shares = dict(
            zip(range(Account.FUNDERS, Account.FUNDERS + len(weights)), split_pence(whole, weights), strict=True)
        )
        assert {p[2]: p[3] for p in paid} == {account: share for account, share in shares.items() if share}


def indexed(deal: Deal, name: str | None, pence: int, day: int) -> int:
    """Return an amount raised with its index to the contract year of a day."""
    if name is None:
        return pence
    index = next(each for each in deal.indices if each.name == name)
    start, years = deal.term.service_start, 0
    while day_number(add_months(start, 12 * (years + 1)), start) <= day:
        years += 1
    factor = Fraction(str(index.at(add_months(start, 12 * years)))) / Fraction(str(index.at(index.base)))
    return math.floor(pence * factor + Fraction(1, 2))


def due(deal: Deal, ends: int, made: Tables, replication: int) -> dict[tuple[Purpose, int], int]:
    """Return what falls due by purpose and cause, dated costs counted again from the words of the deal; fees apart."""
    start_date, provider = deal.term.service_start, deal.provider
    quarters = contract_quarters(start_date, deal.term.term_end)
    starts = [day_number(day, start_date) for day in quarters[:-1]]
    owed = defaultdict[tuple[Purpose, int], int](int)
    block = round(provider.contract_value * provider.block_share)
    ends_of = [*starts[1:], day_number(min(quarters[-1], deal.term.term_end), start_date)]
    for number, (start, following) in enumerate(zip(starts, ends_of, strict=True)):
        count = len(starts)
        if start < ends:
            even = block * (number + 1) // count - block * number // count
            owed[Purpose.PROVIDER_BLOCK, number] += indexed(deal, provider.indexed_by, even, start)
        for line, cost in enumerate(deal.costs):
            day = start if cost.timing == "quarterly_in_advance" else following - 1
            if cost.timing.startswith("quarterly") and day < ends:
                even = cost.total * (number + 1) // count - cost.total * number // count
                owed[Purpose.COST, line] += indexed(deal, cost.indexed_by, even, day)
    for line, cost in enumerate(deal.costs):
        for each in cost.dates:
            day = day_number(each.on, start_date)
            owed[Purpose.COST, line] += indexed(deal, cost.indexed_by, each.pence, day) if day < ends else 0
    earned, counted, rows = 0, 0, made.payments.rows_of(replication)
    for invoice in sorted(set(map(int, made.payments.invoice[rows]))):
        counted += int(made.payments.basis_pence[rows][made.payments.invoice[rows] == invoice].sum())
        now = counted * (provider.contract_value - block) // max(1, provider.expected_outcome_payments)
        owed[Purpose.PROVIDER_OUTCOMES, invoice] += now - earned
        earned = now
    return owed


def wound_up(deal: Deal, made: Tables, replication: int) -> int:
    """Return what winding up costs a replication."""
    ending, term = deal.early_termination, deal.term
    ended = int(made.end_day[replication])
    if ending is None or ended == day_number(term.term_end, term.service_start):
        return 0
    if ending.form == "fund_exhausted":
        return ending.wind_down_cost
    return ending.wind_down_cost if ended == noticed(deal) else 0


@promise(ledgers(), examples=90)
def test_every_cost_is_paid_as_it_is_due_or_counted_as_unpaid(world: World | Funded) -> None:
    deal, made = world.scenario.deal, world.tables
    settles = day_number(deal.investment.settlement_date, deal.term.service_start)
    at_settlement = {
        line: indexed(deal, cost.indexed_by, cost.total, settles)
        for line, cost in enumerate(deal.costs)
        if cost.timing == "at_settlement"
    }
    for replication in range(made.cashflows.replications):
        paid, found = defaultdict[tuple[Purpose, int], int](int), postings(made.cashflows, replication)
        for _, _, _, pence, purpose, cause in found:
            if purpose in COSTS and purpose not in (Purpose.FEE, Purpose.WIND_DOWN):
                paid[purpose, cause] += pence
        assert all(paid.pop((Purpose.COST, line), 0) <= most for line, most in at_settlement.items())
        ended = made.end_day[replication] < day_number(deal.term.term_end, deal.term.service_start)
        owed = due(deal, int(made.end_day[replication]) if ended else 10**9, made, replication)
        assert all(pence <= owed[key] for key, pence in paid.items())
        unpaid = made.shortfalls.unpaid_pence[replication] + made.shortfalls.at_risk_pence[replication]
        ending = wound_up(deal, made, replication) - total(found, Purpose.WIND_DOWN)
        assert ending >= 0
        missing = sum(owed.values()) - sum(paid.values()) + ending
        if deal.investment.fees is None:
            assert missing == unpaid
        else:
            assert missing <= unpaid


@promise(ledgers(), examples=90)
def test_pay_at_risk_is_never_paid_while_capital_is_out(world: World | Funded) -> None:
    deal, made = world.scenario.deal, world.tables
    at_risk = deal.provider.outcome_part == "at_risk"
    for replication in range(world.count):
        out, days = 0, distribution_days(deal)
        settles = day_number(deal.investment.settlement_date, deal.term.service_start)
        assert at_risk or made.shortfalls.at_risk_pence[replication] == 0
        for day, _, _, pence, purpose, _ in postings(made.cashflows, replication):
            out += pence * ((purpose == Purpose.DRAW) - (purpose == Purpose.CAPITAL_RETURN))
            if at_risk and purpose == Purpose.PROVIDER_OUTCOMES:
                assert out == 0
                assert day >= settles or day in days


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
            open_to = min(settlement, closes(deal, made, replication))
            if deal.investment.draw == "as_needed" and day <= open_to and not deal.investment.redraw:
                assert total(so_far, Purpose.DRAW) == deal.investment.commitment
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
