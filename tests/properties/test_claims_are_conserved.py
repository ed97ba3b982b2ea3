"""P2 and P5: every achieved outcome ends in one status, every penny of its price is paid or refused, no cap is exceeded."""

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from simulator.batch import Tables
from simulator.contract.terms import contract_terms
from simulator.contract.verification import audit_sample
from simulator.dates import day_number
from simulator.records import Claims, Event, Status
from simulator.scenario.deal import Deal
from simulator.scenario.draws import draw
from simulator.scenario.model import Scenario
from tests import reference
from tests.reference_contract import Settlement, no_audit, regime, yearly_limit
from tests.strategies import Logged, World, logs, promise, worlds

NEVER_CLAIMED = (Status.DUPLICATE, Status.UNEVIDENCED, Status.OUT_OF_TERM, Status.NOT_INVOICED)


def of(claims: Claims, replication: int) -> Claims:
    """Return one replication of a table of claims."""
    rows = claims.rows_of(replication)
    columns = {name: column[rows] for name, column in vars(claims).items() if name not in ("first", "starts")}
    return Claims(claims.first + replication, np.array([0, rows.stop - rows.start]), **columns)


def quarter_ends(scenario: Scenario) -> list[int]:
    """Return the last day of each quarter that may have an invoice."""
    start = scenario.deal.term.service_start
    return [day_number(day, start) - 1 for day in scenario.deal.term.invoice_quarters()[1:]]


def check_pennies(claims: Claims) -> None:
    """Assert that each claim's price is paid, refused, or over a funder's cap, in a way that its status allows."""
    assert (claims.price_pence == claims.paid_pence + claims.refused_pence + claims.over_funder_cap_pence).all()
    for column in (claims.price_pence, claims.paid_pence, claims.refused_pence, claims.over_funder_cap_pence):
        assert (column >= 0).all()
    for i in range(claims.status.size):
        status, refused = Status(claims.status[i]), claims.refused_pence[i]
        if status == Status.PAID:
            assert claims.paid_pence[i] == claims.price_pence[i]
        elif status == Status.OVER_FUNDER_CAP:
            assert refused == 0 < claims.over_funder_cap_pence[i]
        elif status == Status.EXTRAPOLATED:
            assert 0 < refused <= claims.price_pence[i]
        elif status not in (Status.OVER_ANNUAL_CAP, Status.OVER_SCHEDULE_CAP, Status.OVER_TOTAL_CAP):
            assert refused == claims.price_pence[i]
        assert (claims.invoice[i] == -1) == (status in NEVER_CLAIMED)
        assert status not in (Status.DUPLICATE, Status.PAID_BY_ACTIVITY, Status.SETTLED) or claims.price_pence[i] == 0


def check_once_each(claims: Claims) -> None:
    """Assert that nobody is paid twice for an outcome, and that nothing but duplicates is claimed twice."""
    keys = [
        (int(p), int(o))
        for p, o, s in zip(claims.participant, claims.outcome, claims.status, strict=True)
        if s != Status.DUPLICATE
    ]
    assert len(keys) == len(set(keys))


def activity(made: Tables, scenario: Scenario, replication: int) -> Counter[int]:
    """Return what stands on each invoice without a claim: what the funders are asked for beyond the claims."""
    claims, payments = of(made.claims, replication), made.payments
    found, rows = Counter[int](), payments.rows_of(replication)
    for number, pence in zip(payments.invoice[rows], payments.claimed_pence[rows], strict=True):
        found[int(number)] += int(pence)
    for i in range(claims.status.size):
        found[int(claims.invoice[i])] -= int(claims.paid_pence[i] + claims.over_funder_cap_pence[i])
    due, ends = Counter[int](), quarter_ends(scenario)
    for payment in scenario.deal.activity_payments:
        day = day_number(payment.quarter_of, scenario.deal.term.service_start)
        due[sum(end < day for end in ends)] += payment.pence
    settled = [invoice.pence for invoice in scenario.deal.settled]
    assert [found[number] for number in range(len(settled))] == settled
    assert all(0 <= pence <= due[number] for number, pence in found.items() if pence and number >= len(settled))
    return found


def check_on_settled(claims: Claims, deal: Deal) -> None:
    """Assert that a settled invoice's claims are settled by it, and no other's are."""
    on_settled = (claims.invoice >= 0) & (claims.invoice < len(deal.settled))
    assert ((claims.status == Status.SETTLED) == on_settled).all()


def check_invoices(made: Tables, scenario: Scenario, replication: int) -> None:
    """Assert that payments are the invoice's claims and activity payment, and that the split is within a penny of exact."""
    claims, payments = of(made.claims, replication), made.payments
    rows, weights = payments.rows_of(replication), [funder.weight for funder in scenario.deal.funders]
    paid, claimed, beside = Counter[int](), Counter[int](), activity(made, scenario, replication)
    for i in range(claims.status.size):
        paid[int(claims.invoice[i])] += int(claims.paid_pence[i])
        claimed[int(claims.invoice[i])] += int(claims.paid_pence[i] + claims.over_funder_cap_pence[i])
    claimed += beside
    assert {number for number, pence in claimed.items() if pence} == set(map(int, payments.invoice[rows]))
    shares, total, others_pay = [0] * len(weights), 0, scenario.deal.over_funder_cap == "gross_up"
    for number in sorted(set(map(int, payments.invoice[rows]))):
        mine = [i for i in range(rows.start, rows.stop) if payments.invoice[i] == number]
        assert [int(payments.funder[i]) for i in mine] == list(range(len(weights)))
        paid_in_all = sum(int(payments.paid_pence[i]) for i in mine)
        assert paid[number] <= paid_in_all <= paid[number] + beside[number]
        assert paid_in_all == paid[number] + beside[number] or claims_of_invoice_refused(claims, number)
        assert sum(int(payments.claimed_pence[i]) for i in mine) == claimed[number]
        total += claimed[number]
        for funder, i in enumerate(mine):
            shares[funder] += int(payments.claimed_pence[i])
            assert payments.paid_pence[i] >= 0
            assert others_pay or payments.paid_pence[i] <= payments.claimed_pence[i]
            assert payments.issue_day[i] <= payments.paid_day[i]
            assert abs(shares[funder] - Fraction(total * weights[funder], 100)) < 1
            if not scenario.deal.provider.schedule_calendar:
                assert payments.basis_pence[i] == payments.paid_pence[i]


def claims_of_invoice_refused(claims: Claims, number: int) -> bool:
    """Return whether nothing at all is paid for an invoice's claims: only then do the funders refuse its activity payment."""
    return int(claims.paid_pence[claims.invoice == number].sum()) == 0


def check_caps(made: Tables, scenario: Scenario, replication: int) -> None:
    """Assert that no cap is exceeded at any point of the order in which claims are settled."""
    deal, claims, payments = scenario.deal, of(made.claims, replication), made.payments
    order = sorted(range(claims.status.size), key=lambda i: (claims.invoice[i], i))
    beside = activity(made, scenario, replication)
    counts, total = Counter[int](), sum(beside.values())
    years, schedules = Counter[int](), Counter[str]()
    book = Settlement(deal, claims, quarter_ends(scenario))
    for number, pence in beside.items():
        years[book.year(number)] += pence
    for i in order:
        pence = int(claims.paid_pence[i] + claims.over_funder_cap_pence[i])
        total += pence
        assert total <= deal.total_cap.pence
        counts[int(claims.outcome[i])] += pence > 0
        schedules[regime(deal.schedule_calendar, book.achieved(i))] += pence
        if pence:
            years[book.year(int(claims.invoice[i]))] += pence
    for outcome, found in counts.items():
        assert found <= deal.rate_card[outcome].limit
    check_schedules(deal, book, schedules)
    check_years(deal, years, book)
    check_on_settled(claims, deal)
    rows, paid = payments.rows_of(replication), defaultdict[int, int](int)
    for funder, pence in zip(payments.funder[rows], payments.paid_pence[rows], strict=True):
        paid[int(funder)] += int(pence)
        assert paid[int(funder)] <= deal.funders[int(funder)].cap


def check_schedules(deal: Deal, book: Settlement, by_claims: Counter[str]) -> None:
    """Assert that no schedule is above its cap, but for what was paid: then nothing more is."""
    facts = Counter[str]()
    for number, invoice in enumerate(deal.settled):
        facts[book.schedule_of_settled(number)] += invoice.pence
    for schedule in deal.schedules:
        if schedule.cap != "none":
            together = facts[schedule.name] + by_claims[schedule.name]
            assert together <= max(schedule.cap.pence, facts[schedule.name])


def check_years(deal: Deal, years: Counter[int], book: Settlement) -> None:
    """Assert that no year is above its cap, with what earlier years left of theirs where that is carried over, but for facts."""
    cap, carried, facts = deal.annual_cap, 0, Counter[int]()
    for number, invoice in enumerate(deal.settled):
        facts[book.year(number)] += invoice.pence
    for year in range(max(years, default=-1) + 1 if cap else 0):
        assert cap is not None
        limit = yearly_limit(deal, cap, year) + carried
        assert years[year] <= max(limit, facts[year])
        carried = limit - years[year] if cap.unused_headroom == "carry" else 0


def check_settled(made: Tables, scenario: Scenario) -> None:
    """Assert all of it."""
    check_pennies(made.claims)
    for replication in range(made.claims.replications):
        check_once_each(of(made.claims, replication))
        check_invoices(made, scenario, replication)
        check_caps(made, scenario, replication)


@promise(worlds(), examples=40)
def test_claims_are_conserved_in_simulated_deals(world: World) -> None:
    check_settled(world.tables, world.scenario)


@promise(logs(), examples=80)
def test_claims_are_conserved_in_any_event_log(log: Logged) -> None:
    check_settled(log.tables, log.scenario)


@promise(logs(), examples=80)
def test_achievements_are_those_of_the_slow_rules(log: Logged) -> None:
    claims = log.settled[0]
    found = Counter(
        (int(p), int(o), int(d), s == Status.DUPLICATE)
        for p, o, d, s in zip(claims.participant, claims.outcome, claims.achieved_day, claims.status, strict=True)
    )
    assert found == reference.achieved(log.scenario.deal, log.events, 0)


@promise(worlds(), examples=25)
def test_achievements_in_simulated_deals_are_those_of_the_slow_rules(world: World) -> None:
    made, deal = world.tables, world.scenario.deal
    term = day_number(deal.term.term_end, deal.term.service_start)
    for replication in np.flatnonzero(made.end_day == term):
        claims = of(made.claims, int(replication))
        found = Counter(
            (int(p), int(o), int(d), s == Status.DUPLICATE)
            for p, o, d, s in zip(claims.participant, claims.outcome, claims.achieved_day, claims.status, strict=True)
        )
        assert found == reference.achieved(deal, made.events, int(replication))


def check_reference(log: Logged, audit: Callable[[int, list[int]], dict[int, int]] = no_audit) -> None:
    """Assert that claims and payments are those of the slow rules, given what an audit finds."""
    claims, payments = log.settled
    expected = Settlement(log.scenario.deal, claims, quarter_ends(log.scenario), audit).run()
    columns = (
        claims.price_pence, claims.paid_pence, claims.refused_pence, claims.over_funder_cap_pence, claims.status, claims.invoice,
    )  # fmt: skip
    found = [tuple(map(int, row)) for row in zip(*columns, strict=True)]
    assert found == [
        (each.price, each.paid, each.refused, each.over_funder_cap, each.status, each.invoice)
        for each in expected.lines
    ]
    money = (payments.claimed_pence, payments.paid_pence, payments.basis_pence)
    made = [(int(number), *map(int, row)) for number, *row in zip(payments.invoice, *money, strict=True)]
    assert made == [
        (number, *row)
        for number, each in expected.invoices.items()
        for row in zip(each.claimed, each.paid, each.basis, strict=True)
    ]


@promise(logs(), examples=80)
def test_without_an_audit_claims_are_settled_as_by_the_slow_rules(log: Logged) -> None:
    check_reference(log.changed(lambda document: document["deal"]["audit"].update(fraction=0.0)))


@promise(logs(), examples=80)
def test_with_an_audit_claims_are_settled_as_by_the_slow_rules(log: Logged) -> None:
    claims, luck = log.settled[0], draw(log.scenario, log.seed, 0, 1).values
    odds = [float(luck[name][0]) for name in ("audit_failure_probability", "curable_probability")]

    def found(invoice: int, rows: list[int]) -> dict[int, int]:
        who, line = (np.array(column[rows], dtype=np.int64) for column in (claims.participant, claims.outcome))
        sample = audit_sample(log.scenario.deal.audit.fraction, log.seed, 0, invoice, who, line, *odds)
        return dict(zip(rows, map(int, sample), strict=True))

    check_reference(log, found)


@promise(logs(), examples=60)
def test_payable_days_follow_the_lag_and_the_evidence(log: Logged) -> None:
    deal, claims, terms = log.scenario.deal, log.settled[0], contract_terms(log.scenario)
    referred = {
        int(p): int(d)
        for p, d, e in zip(log.events.participant, log.events.day, log.events.event, strict=True)
        if e == Event.REFERRAL
    }
    for i in range(claims.status.size):
        who, line, day = int(claims.participant[i]), int(claims.outcome[i]), int(claims.achieved_day[i])
        status, payable = Status(claims.status[i]), int(claims.payable_day[i])
        if status in (Status.DUPLICATE, Status.UNEVIDENCED):
            assert payable == day
            continue
        earliest = reference.payable_day(deal, deal.rate_card[line], referred[who], day)
        latest = (
            max(earliest, day + deal.evidence_window_days) if deal.rate_card[line].evidence == "contact" else earliest
        )
        assert earliest <= payable <= latest
        assert (status == Status.OUT_OF_TERM) == (payable >= terms.tail_end)
        if claims.invoice[i] >= 0:
            assert payable <= quarter_ends(log.scenario)[claims.invoice[i]]
