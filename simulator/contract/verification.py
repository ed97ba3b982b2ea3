"""Evidence before a claim, a sample after it (docs/model.md §7 to §9)."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.contract.terms import Terms
from simulator.dates import whole_days
from simulator.kernel import constant, kernel, rule
from simulator.streams import Decision, Entity, lognormal, uniforms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_PARTICIPANT, _INVOICE, _AUDIT = constant(Entity.PARTICIPANT), constant(Entity.INVOICE), constant(Entity.AUDIT)
_EVIDENCE, _CONFIRMATION, _SAMPLE = (
    constant(Decision.EVIDENCE),
    constant(Decision.CONFIRMATION),
    constant(Decision.SAMPLE),
)
_NO_EVIDENCE = -1
_OUTCOMES = 64
"""More than a rate card has lines: separates participants in the audit's draws."""
_NORMAL_95 = 1.6448536269514722


@rule
def evidence_day(
    terms: Terms, seed: int, replication: int, participant: int, outcome: int, achieved: int, lost: int,
    certificate: float, other_route: float,
) -> int:  # fmt: skip
    """Return the day on which an achieved outcome can be evidenced, or -1.

    A certificate is obtained on the day or not at all. A sustained job is evidenced on the day by whoever is still in
    contact, and otherwise by another route on some day of the window, or not at all. A window of the scenario in which
    evidence fails takes its share of either.
    """
    first, second, third, fourth = uniforms(seed, replication, _PARTICIPANT, participant, _EVIDENCE, outcome)
    if fourth >= terms.evidence_multiplier[achieved]:
        return _NO_EVIDENCE
    if not terms.by_contact[outcome]:
        return achieved if first < certificate else _NO_EVIDENCE
    if lost >= achieved:
        return achieved
    return achieved + 1 + int(third * terms.evidence_window) if second < other_route else _NO_EVIDENCE


@rule
def confirmation_days(seed: int, replication: int, invoice: int, median: float, p95: float) -> int:
    """Return the days a commissioner takes to confirm an invoice: lognormal by median and 95th percentile, in whole days."""
    if median <= 0.0:
        return 0
    u = uniforms(seed, replication, _INVOICE, invoice, _CONFIRMATION, 0)[0]
    return whole_days(lognormal(u, median, math.log(p95 / median) / _NORMAL_95))


@rule
def sample_size(fraction: float, claims: int) -> int:
    """Return how many of so many claims are sampled: the fraction, rounded up to whole claims, so at least one."""
    return min(claims, math.ceil(fraction * claims - 1e-9))


@kernel
def audit_sample(
    fraction: float, seed: int, replication: int, invoice: int, participants: Ints, outcomes: Ints, failing: float,
    curable: float,
) -> Ints:  # fmt: skip
    """Return what the sample finds of each submitted claim: 0 nothing, 1 failed for good, 2 failed but curable.

    A simple random sample of the size that `sample_size` gives.
    """
    verdict = np.zeros(participants.size, dtype=np.int64)
    size = sample_size(fraction, participants.size)
    if size == 0 or failing <= 0.0:
        return verdict
    lowest = np.full(size, np.inf)
    place = np.empty(participants.size)
    for i in range(participants.size):
        draw = participants[i] * _OUTCOMES + outcomes[i]
        place[i], failed, cured, _ = uniforms(seed, replication, _AUDIT, invoice, _SAMPLE, draw)
        verdict[i] = 0 if failed >= failing else 2 if cured < curable else 1
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
