"""From people's event logs to outcome claims: evidenced or not, payable from a day on, and in order (docs/model.md §6, §7)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.milestones import MAX_SPELLS, achievements, read_life
from simulator.contract.pricing import price_of
from simulator.contract.terms import Terms
from simulator.contract.verification import evidence_day
from simulator.kernel import kernel, rule
from simulator.records import EVENT, STATUS, Numbers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Records = NDArray[Any]
CLAIM = np.dtype(
    [
        ("participant", np.int32),
        ("outcome", np.int32),
        ("achieved_day", np.int32),
        ("payable_day", np.int32),
        ("invoice", np.int32),
        ("status", np.int32),
        ("price_pence", np.int64),
        ("paid_pence", np.int64),
        ("refused_pence", np.int64),
        ("over_funder_cap_pence", np.int64),
        ("number", np.int64),
        ("disallowed", np.int64),
    ]
)
"""A claim while it is being settled: the columns of `records.Claims`, and two that are only used here.

Its number is that at which it was priced, among the paid ones of its line; disallowed is 1 once verification has disallowed it.
"""
PENDING = -1
"""Status of a claim that has still to be settled."""


class Odds(NamedTuple):
    """One replication's chances and delays that the contract meets, by the names of the assumptions."""

    certificate_probability: float
    other_route_probability: float
    audit_failure_probability: float
    curable_probability: float
    confirmation_median: float
    confirmation_p95: float


class Room(NamedTuple):
    """Memory for the claims of one replication after another."""

    claims: Records
    sorted: Records
    achieved: Ints
    """Outcome, day and whether a duplicate, of one person's achievements."""
    spells: Floats
    """Start, end and weekly hours of one person's jobs."""


@kernel
def most_claims(lines: int, starts: Ints, participant: Numbers, event: Numbers) -> Ints:
    """Return the most claims that each replication can have, shape (n,): on every line one for each person and each job.

    Args:
        lines: how many lines the rate card has.
        starts: where each replication begins in the log, shape (n + 1,).
        participant: who each row of the log is about.
        event: `Event` of each row of the log.
    """
    most = np.empty(starts.size - 1, dtype=np.int64)
    for r in range(most.size):
        people_and_jobs = 0
        for i in range(starts[r], starts[r + 1]):
            people_and_jobs += i == starts[r] or participant[i] != participant[i - 1]
            people_and_jobs += event[i] == EVENT.JOB_START
        most[r] = people_and_jobs * lines
    return most


@kernel
def new_room(lines: int, claims: int) -> Room:
    """Return memory for so many claims of a replication."""
    return Room(
        np.empty(claims, dtype=CLAIM),
        np.empty(claims, dtype=CLAIM),
        np.empty((MAX_SPELLS * (lines + 1), 3), dtype=np.int64),
        np.empty((MAX_SPELLS, 3)),
    )


@rule
def find_claims(
    terms: Terms,
    odds: Odds,
    seed: int,
    replication: int,
    end_day: int,
    first: int,
    last: int,
    participant: Numbers,
    day: Numbers,
    event: Numbers,
    hours: Floats,
    room: Room,
) -> int:
    """Write the claims of the log's rows from `first` to `last`, one replication's, into `room.claims`; return how many.

    People whose log begins before day 0 claim only what the deal pays for people carried over, and nothing achieved before.

    Args:
        terms: the contract's terms.
        odds: the replication's probabilities and delays.
        seed: seed of all random numbers.
        replication: number of the replication.
        end_day: day from which nothing achieved counts.
        first: first row of the replication in the log.
        last: row after its last.
        participant: who each row of the log is about.
        day: day of each row of the log.
        event: `Event` of each row of the log.
        hours: weekly hours of each row of the log.
        room: working memory; its `claims` are written.
    """
    count, start = 0, first
    while start < last:
        stop = start
        while stop < last and participant[stop] == participant[start]:
            stop += 1
        if participant[start] >= 0:
            early = day[start] < 0
            referred, lost, jobs = read_life(day, event, hours, start, stop, room.spells)
            for k in range(achievements(terms, day, event, start, stop, room.spells, jobs, room.achieved)):
                due = not early or (room.achieved[k, 1] >= 0 and terms.carried_over[room.achieved[k, 0]])
                if due and room.achieved[k, 1] < end_day:
                    claim = room.claims[count]
                    claim.participant, claim.outcome = participant[start], room.achieved[k, 0]
                    claim.achieved_day = room.achieved[k, 1]
                    _open_claim(terms, odds, seed, replication, claim, room.achieved[k, 2] == 1, referred, lost)
                    count += 1
        start = stop
    return count


@rule
def _open_claim(
    terms: Terms, odds: Odds, seed: int, replication: int, claim: np.record, duplicate: bool, referred: int, lost: int
) -> None:
    """Fill in price, evidence and the day from which a claim is payable, and whether it can be."""
    outcome, achieved = claim.outcome, claim.achieved_day
    price = price_of(terms.prices, terms.prices.schedule[achieved], outcome, achieved, 1)
    claim.price_pence, claim.number, claim.disallowed = 0 if duplicate else price, 1, 0
    claim.paid_pence, claim.refused_pence, claim.over_funder_cap_pence = 0, claim.price_pence, 0
    claim.invoice, claim.payable_day = -1, achieved
    evidenced = evidence_day(
        terms, seed, replication, claim.participant, outcome, achieved, lost, odds.certificate_probability,
        odds.other_route_probability,
    )  # fmt: skip
    if duplicate:
        claim.status = STATUS.DUPLICATE
    elif evidenced < 0:
        claim.status = STATUS.UNEVIDENCED
    else:
        origin = max(referred if terms.from_referral else achieved, terms.first_origin)
        claim.payable_day = max(evidenced, int(terms.payable_from[outcome, origin - terms.first_origin]))
        claim.status = PENDING if claim.payable_day < terms.tail_end else STATUS.OUT_OF_TERM


@kernel
def sort_claims(lines: int, count: int, room: Room) -> Records:
    """Return a replication's claims in the order of a quarter: payable day, achieved day, line of the rate card, participant.

    They come in order of participant; a counting sort by line, by day achieved and by day payable keeps the order of equals.

    Args:
        lines: how many lines the rate card has.
        count: how many claims `room.claims` holds.
        room: working memory.
    """
    one: Any = room.claims[:count]
    other, horizon = room.sorted[:count], 0
    for i in range(count):
        horizon = max(horizon, one[i].payable_day, one[i].achieved_day)
    places = np.empty(max(horizon, lines) + 2, dtype=np.int64)
    _sort_by(one, other, 0, places)
    _sort_by(other, one, 1, places)
    _sort_by(one, other, 2, places)
    return other


@rule
def _sort_by(claims: Records, into: Records, column: int, places: Ints) -> None:
    """Sort claims by outcome (0), day achieved (1) or day payable (2); `places` is working memory."""
    places[:] = 0
    for i in range(claims.size):
        places[_key(claims[i], column) + 1] += 1
    for key in range(1, places.size):
        places[key] += places[key - 1]
    for i in range(claims.size):
        key = _key(claims[i], column)
        into[places[key]] = claims[i]
        places[key] += 1


@rule
def _key(claim: np.record, column: int) -> int:
    if column == 0:
        return int(claim.outcome)
    return int(claim.achieved_day) if column == 1 else int(claim.payable_day)
