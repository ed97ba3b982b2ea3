"""Evidence before a claim, a sample after it (docs/model.md §7 to §9)."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.contract.terms import Terms
from simulator.dates import whole_days
from simulator.kernel import kernel, rule
from simulator.streams import DECISION, ENTITY, lognormal, uniforms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_NO_EVIDENCE = -1
_OUTCOMES = 64
"""More than a rate card has lines: separates participants in the audit's draws."""
_NORMAL_95 = 1.6448536269514722


@rule
def evidence_day(
    terms: Terms,
    seed: int,
    replication: int,
    participant: int,
    outcome: int,
    achieved: int,
    lost: int,
    certificate: float,
    other_route: float,
) -> int:
    """Return the day on which an achieved outcome can be evidenced, or -1.

    A certificate is obtained on the day or not at all. A sustained job is evidenced on the day if the person is still in
    contact, and otherwise by another route on some day of the window, or not at all. A window of the scenario in which
    evidence fails takes its share of either.

    Args:
        terms: the contract's terms.
        seed: seed of all random numbers.
        replication: number of the replication.
        participant: number of the participant.
        outcome: line of the rate card.
        achieved: day achieved.
        lost: day on which the person lost contact, or NEVER.
        certificate: probability of a certificate.
        other_route: probability of evidence by another route.
    """
    first, second, third, fourth = uniforms(
        seed, replication, ENTITY.PARTICIPANT, participant, DECISION.EVIDENCE, outcome
    )
    if fourth >= terms.evidence_multiplier[achieved]:
        return _NO_EVIDENCE
    if not terms.by_contact[outcome]:
        return achieved if first < certificate else _NO_EVIDENCE
    if lost >= achieved:
        return achieved
    return achieved + 1 + int(third * terms.evidence_window) if second < other_route else _NO_EVIDENCE


@rule
def confirmation_days(seed: int, replication: int, invoice: int, median: float, p95: float) -> int:
    """Return the days a commissioner takes to confirm an invoice: lognormal by median and 95th percentile, in whole days.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        invoice: number of the quarter.
        median: median of the days; 0 or less for no delay.
        p95: their 95th percentile.
    """
    if median <= 0.0:
        return 0
    u = uniforms(seed, replication, ENTITY.INVOICE, invoice, DECISION.CONFIRMATION, 0)[0]
    return whole_days(lognormal(u, median, math.log(p95 / median) / _NORMAL_95))


@rule
def sample_size(fraction: float, claims: int) -> int:
    """Return how many of so many claims are sampled: the fraction, rounded up to whole claims, so at least one."""
    return min(claims, math.ceil(fraction * claims - 1e-9))


@kernel
def audit_sample(
    fraction: float,
    seed: int,
    replication: int,
    invoice: int,
    participants: Ints,
    outcomes: Ints,
    failing: float,
    resubmission: float,
) -> Ints:
    """Return what the sample finds of each submitted claim: 0 nothing, 1 disallowed for good, 2 disallowed and resubmitted.

    A simple random sample of the size that `sample_size` gives.

    Args:
        fraction: share of the claims that is sampled.
        seed: seed of all random numbers.
        replication: number of the replication.
        invoice: number of the quarter.
        participants: whose each submitted claim is, shape (claims,).
        outcomes: its line of the rate card, shape (claims,).
        failing: probability that a sampled claim is disallowed.
        resubmission: probability that a disallowed claim is resubmitted.
    """
    verdict = np.zeros(participants.size, dtype=np.int64)
    size = sample_size(fraction, participants.size)
    if size == 0 or failing <= 0.0:
        return verdict
    lowest = np.full(size, np.inf)
    place = np.empty(participants.size)
    for i in range(participants.size):
        draw = participants[i] * _OUTCOMES + outcomes[i]
        place[i], failed, resubmitted, _ = uniforms(seed, replication, ENTITY.AUDIT, invoice, DECISION.SAMPLE, draw)
        verdict[i] = 0 if failed >= failing else 2 if resubmitted < resubmission else 1
        _keep_lowest(lowest, place[i])
    for i in range(participants.size):
        if place[i] > lowest[-1]:
            verdict[i] = 0
    return verdict


@rule
def _keep_lowest(lowest: Floats, number: float) -> None:
    """Keep the lowest numbers seen so far, in order."""
    place = lowest.size - 1
    if number >= lowest[place]:
        return
    while place > 0 and lowest[place - 1] > number:
        lowest[place] = lowest[place - 1]
        place -= 1
    lowest[place] = number
