"""P3: every outcome payment leads back to an invoice, its claims, the events of a person, and the key of each draw."""

from collections import Counter
from dataclasses import fields

import numpy as np
import pytest

import simulator as sib
from simulator.batch import tables
from simulator.records import Event, Purpose, Status
from simulator.scenario.rate_card import Reached, Sustained
from simulator.streams import Decision, Entity, uniforms
from simulator.tracing.case import Case, open_case
from simulator.tracing.claims import claims_of
from simulator.tracing.facts import Claimed, Drawn, Happening, Invoice
from simulator.tracing.invoices import WAITS, invoices
from simulator.tracing.life import life
from tests.strategies import World, promise, worlds

BY_LUCK = {"REFERRAL", "NOT_ENGAGED", "DISENGAGED", "JOB_END", "JOB_START", "ENGAGEMENT", "CONTACT_LOST", "LAPSED"}
"""Events whose day is always drawn; that of a specialist who leaves may be the end of the post."""
FORETOLD = {"LAPSED", "ENGAGEMENT", "JOB_START", "JOB_END", "CONTACT_LOST"}
"""Events whose day is told when the luck is met, and that nothing can move."""
SETTLED = (Status.DUPLICATE, Status.UNEVIDENCED, Status.OUT_OF_TERM)
NO_EVIDENCE = ("none", "a certificate not obtained")


def check_same(case: Case, world: World) -> None:
    """Assert that the case is the replication that a run counts: the compiled engine's, in all tables."""
    made = tables(world.scenario, world.seed, case.replication, 1)
    for name in ("events", "claims", "payments", "cashflows", "shortfalls"):
        one, other = getattr(case.made, name), getattr(made, name)
        for column in fields(one):
            assert np.array_equal(getattr(one, column.name), getattr(other, column.name)), (name, column.name)
    assert case.end_day == made.end_day[0]


def check_luck(case: Case, luck: Drawn) -> None:
    """Assert that a number is the one that its key gives."""
    key = (int(Entity[luck.kind.upper()]), luck.entity, int(Decision[luck.decision.upper()]), luck.draw)
    assert uniforms(case.seed, case.replication, *key)[luck.place] == luck.u


def key_of(luck: Drawn) -> tuple[str, int, str, int, int]:
    return luck.kind, luck.entity, luck.decision, luck.draw, luck.place


def check_life(case: Case, participant: int, lived: tuple[Happening, ...]) -> None:
    """Assert that a life is that of the log, and that what luck decides was drawn before, for that day."""
    rows = [(case.on(row.day), Event(row.event).name) for row in case.life(participant)]
    assert [(each.date, each.event) for each in lived] == rows
    met: dict[tuple[str, int, str, int, int], Drawn] = {}
    for each in lived:
        for luck in each.luck:
            check_luck(case, luck)
        decided = each.decided_by
        assert decided is not None or each.event not in BY_LUCK
        if decided is not None:
            check_luck(case, decided)
            found = met if each.event not in ("REFERRAL", "UNALLOCATED") else {key_of(luck): luck for luck in each.luck}
            assert key_of(decided) in found
            assert each.event not in FORETOLD or str(each.date) in found[key_of(decided)].became
        met |= {key_of(luck): luck for luck in each.luck}


def check_claim(case: Case, claim: Claimed) -> None:
    """Assert that a claim leads to events of its person in the log, and that its evidence is that of its luck."""
    milestone = case.deal.rate_card[claim.line].milestone
    events = [(case.on(row.day), Event(row.event).name) for row in case.life(claim.participant)]
    if isinstance(milestone, Sustained):
        begun = case.on((claim.achieved - case.on(0)).days - 7 * milestone.sustained_weeks)
        assert (begun, "JOB_START") in events
    elif isinstance(milestone, Reached):
        assert (claim.achieved, milestone.reached.upper()) in events
    else:
        assert any(event == "JOB_START" and day <= claim.achieved for day, event in events)
    for luck in claim.luck:
        check_luck(case, luck)
    assert (claim.status == "UNEVIDENCED") == claim.evidence.startswith(NO_EVIDENCE)
    assert (claim.payable is None) == (claim.status in ("DUPLICATE", "UNEVIDENCED"))
    taken = [each for each in claim.taken if each.result != WAITS]
    if claim.status == "NOT_INVOICED":
        assert [each.check for each in taken] in ([], ["resubmitted"])
    else:
        assert len(taken) == (Status[claim.status] not in SETTLED) + any(each.again for each in taken)
    assert sum(each.paid_pence for each in claim.taken) == claim.paid_pence


def check_invoice(case: Case, invoice: Invoice) -> None:
    """Assert that an invoice's claims add up to what is claimed, paid and posted, and that it keeps within the caps."""
    without_price = invoice.activity_pence + invoice.settled_pence
    struck = {each.claim for each in invoice.claims if each.check in ("failed", "resubmitted")}
    within = sum(
        each.within_caps_pence - each.extrapolated_pence for each in invoice.claims if each.claim not in struck
    )
    kept = within + without_price
    assert kept == invoice.issued_pence == sum(share.claimed_pence for share in invoice.shares)
    of_claims = sum(each.paid_pence for each in invoice.claims)
    paid = invoice.paid_pence
    assert of_claims <= paid <= of_claims + without_price
    assert paid == of_claims + without_price or of_claims == 0
    assert not invoice.settled or paid == invoice.settled_pence == without_price
    assert paid == invoice.paid_pence == sum(share.paid_pence for share in invoice.shares)
    assert paid == sum(each.pence for each in invoice.postings if each.purpose == "outcome payment")
    assert kept - paid == invoice.over_funder_cap_pence
    lost = invoice.over_count_cap_pence + invoice.over_annual_cap_pence + invoice.over_schedule_cap_pence
    lost += invoice.over_total_cap_pence + invoice.struck_out_pence + invoice.extrapolated_pence
    assert invoice.claims_pence - lost + without_price == invoice.issued_pence
    for each in invoice.claims:
        assert each.extrapolated_pence >= 0
        assert each.paid_pence + each.over_funder_cap_pence + each.extrapolated_pence == (
            each.within_caps_pence if each.claim not in struck else 0
        )
        assert each.total_pence <= case.deal.total_cap.pence
        assert each.count_cap is None or each.count <= each.count_cap
    for luck in (*invoice.luck, *(luck for each in invoice.claims for luck in each.luck)):
        check_luck(case, luck)
    for share in invoice.shares:
        assert {share.pays} >= {
            each.date for each in invoice.postings if each.giver == share.funder and each.purpose == "outcome payment"
        }
    outcome_pay = sum(each.pence for each in invoice.postings if each.purpose == "provider's outcome pay")
    assert outcome_pay <= (invoice.outcome_pay.pence if invoice.outcome_pay else 0)


def check_orphans(case: Case, every: tuple[Invoice, ...], claims: list[Claimed]) -> None:
    """Assert that nothing stands alone: each posting is of one invoice, each claim of one person, each invoice of claims."""
    of_outcomes = (Purpose.OUTCOME_PAYMENT, Purpose.PROVIDER_OUTCOMES)
    postings = [row for row in case.postings if row.purpose in of_outcomes]
    assert len(postings) == sum(len(each.postings) for each in every)
    assert sorted(each.claim for each in claims) == list(range(len(case.claims)))
    taken = Counter(each.claim for invoice in every for each in invoice.claims)
    assert taken == Counter({each.claim: len(each.invoices) for each in claims if each.invoices})
    assert sum(each.paid_pence for each in claims) == sum(taken.paid_pence for each in every for taken in each.claims)
    assert all(each.claims or each.activity_pence or each.settled_pence for each in every if each.shares)


@promise(worlds(), examples=20)
def test_every_penny_leads_back_to_a_person_and_their_luck(world: World) -> None:
    for replication in range(world.first, world.first + world.count):
        case = open_case(world.scenario, world.seed, replication)
        check_same(case, world)
        every, claims = invoices(case), list[Claimed]()
        for participant in range(case.referred):
            check_life(case, participant, life(case, participant))
            claims += claims_of(case, participant, every)
        for claim in claims:
            check_claim(case, claim)
        for invoice in every:
            check_invoice(case, invoice)
        check_orphans(case, every, claims)


@promise(worlds(), examples=10)
def test_everything_can_be_told(world: World) -> None:
    told = sib.trace(world.scenario, replication=world.first, seed=world.seed)
    people, quarters = told.as_dict()["overview"]["people"]["referred"], len(told.as_dict()["overview"]["invoices"])
    for payment in (1, quarters):
        sib.trace(world.scenario, replication=world.first, seed=world.seed, payment=payment)
    for participant in {0, people - 1} if people else ():
        sib.trace(world.scenario, replication=world.first, seed=world.seed, participant=participant)
    with pytest.raises(sib.SibError, match=f"there is no invoice {quarters + 1}"):
        sib.trace(world.scenario, replication=world.first, seed=world.seed, payment=quarters + 1)
    with pytest.raises(sib.SibError, match=f"there is no participant {people} in replication"):
        sib.trace(world.scenario, replication=world.first, seed=world.seed, participant=people)
