"""P2 and P5: every achieved outcome ends in one status, every penny of its price is paid or refused, no cap is exceeded."""

from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np

from simulator.batch import Tables
from simulator.contract.terms import contract_terms, invoice_quarters
from simulator.dates import day_number
from simulator.records import Claims, Event, Status
from simulator.scenario.model import Scenario
from tests import reference
from tests.strategies import Logged, World, logs, promise, worlds

PAID_IN_PART = (Status.OVER_TOTAL_CAP, Status.OVER_FUNDER_CAP)
NEVER_CLAIMED = (Status.DUPLICATE, Status.UNEVIDENCED, Status.OUT_OF_TERM)


def of(claims: Claims, replication: int) -> Claims:
    """Return one replication of a table of claims."""
    rows = claims.rows_of(replication)
    columns = {name: column[rows] for name, column in vars(claims).items() if name not in ("first", "starts")}
    return Claims(claims.first + replication, np.array([0, rows.stop - rows.start]), **columns)


def quarter_ends(scenario: Scenario) -> list[int]:
    """Return the last day of each quarter that may have an invoice."""
    start = scenario.deal.term.service_start
    return [day_number(day, start) - 1 for day in invoice_quarters(scenario.deal)[1:]]


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
        elif status != Status.OVER_TOTAL_CAP:
            assert refused == claims.price_pence[i]
        assert (claims.invoice[i] == -1) == (status in NEVER_CLAIMED)
        assert status != Status.DUPLICATE or claims.price_pence[i] == 0


def check_once_each(claims: Claims) -> None:
    """Assert that nobody is paid twice for an outcome, and that nothing but duplicates is claimed twice."""
    keys = [
        (int(p), int(o))
        for p, o, s in zip(claims.participant, claims.outcome, claims.status, strict=True)
        if s != Status.DUPLICATE
    ]
    assert len(keys) == len(set(keys))


def check_invoices(made: Tables, scenario: Scenario, replication: int) -> None:
    """Assert that payments are the invoice's claims, and that the running split is within a penny of exact."""
    claims, payments = of(made.claims, replication), made.payments
    rows, weights = payments.rows_of(replication), [funder.weight for funder in scenario.deal.funders]
    paid, claimed = Counter[int](), Counter[int]()
    for i in range(claims.status.size):
        paid[int(claims.invoice[i])] += int(claims.paid_pence[i])
        claimed[int(claims.invoice[i])] += int(claims.paid_pence[i] + claims.over_funder_cap_pence[i])
    assert {number for number, pence in claimed.items() if pence} == set(map(int, payments.invoice[rows]))
    shares, total = [0] * len(weights), 0
    for number in sorted(set(map(int, payments.invoice[rows]))):
        mine = [i for i in range(rows.start, rows.stop) if payments.invoice[i] == number]
        assert [int(payments.funder[i]) for i in mine] == list(range(len(weights)))
        assert sum(int(payments.paid_pence[i]) for i in mine) == paid[number]
        assert sum(int(payments.claimed_pence[i]) for i in mine) == claimed[number]
        total += claimed[number]
        for funder, i in enumerate(mine):
            shares[funder] += int(payments.claimed_pence[i])
            assert 0 <= payments.paid_pence[i] <= payments.claimed_pence[i]
            assert payments.issue_day[i] <= payments.paid_day[i]
            assert abs(shares[funder] - Fraction(total * weights[funder], 100)) < 1


def check_caps(made: Tables, scenario: Scenario, replication: int) -> None:
    """Assert that no cap is exceeded at any point of the order in which claims are settled."""
    deal, claims, payments = scenario.deal, of(made.claims, replication), made.payments
    order = sorted(range(claims.status.size), key=lambda i: (claims.invoice[i], i))
    counts, total = Counter[int](), 0
    for i in order:
        pence = int(claims.paid_pence[i] + claims.over_funder_cap_pence[i])
        total += pence
        assert total <= deal.total_cap.pounds
        counts[int(claims.outcome[i])] += pence > 0
    for outcome, number in counts.items():
        cap = deal.rate_card[outcome].count_cap
        assert cap == "none" or number <= cap
    rows, paid = payments.rows_of(replication), defaultdict[int, int](int)
    for funder, pence in zip(payments.funder[rows], payments.paid_pence[rows], strict=True):
        paid[int(funder)] += int(pence)
        assert paid[int(funder)] <= deal.funders[int(funder)].cap


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


@promise(logs(), examples=80)
def test_without_an_audit_claims_are_settled_as_by_the_slow_rules(log: Logged) -> None:
    plain = log.changed(lambda document: document["deal"]["audit"].update(fraction=0.0))
    claims = plain.settled[0]
    columns = (claims.paid_pence, claims.refused_pence, claims.over_funder_cap_pence, claims.status)
    found = [reference.Line(int(p), int(r), int(o), Status(s)) for p, r, o, s in zip(*columns, strict=True)]
    assert found == reference.settled(plain.scenario.deal, claims, quarter_ends(plain.scenario))


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
