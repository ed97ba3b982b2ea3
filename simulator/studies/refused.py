"""What caps leave unpaid of what was delivered and evidenced: by outcome, contract year, kind of cap and outcome payer.

All of it is whole pence of each replication and adds up to what the claims say was refused (docs/model.md §8).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.batch import Tables
from simulator.dates import day_number
from simulator.money import split
from simulator.records import Claims, Payments, Status
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
KINDS = ("count", "year", "schedule", "total", "funder")
"""Kinds of cap: on a number of outcomes, on a year, on a schedule, on the whole, of one outcome payer."""
FUNDER = KINDS.index("funder")
_KIND_OF = {
    Status.OVER_COUNT_CAP: 0,
    Status.OVER_ANNUAL_CAP: 1,
    Status.OVER_SCHEDULE_CAP: 2,
    Status.OVER_TOTAL_CAP: 3,
    Status.OVER_FUNDER_CAP: FUNDER,
}
_KINDS_BY_STATUS = np.array([_KIND_OF.get(status, -1) for status in Status], dtype=np.int64)


@dataclass(frozen=True)
class Refused:
    """What caps refuse in n replications.

    Of a claim that meets several caps the kind is the last one that took something, the tightest, but for what a payer's own cap
    refuses of it, which is that payer's. Years are contract years, of the day achieved.
    """

    pence: Ints
    """Shape (n, groups, years, kinds)."""
    outcomes: Ints
    """Claims of which a cap leaves all or some unpaid, by the kind of their status; the same shape."""
    wholly: Ints
    """Those of them of which nothing is paid; the same shape."""
    evidenced_pence: Ints
    """Price of all that was achieved and evidenced, shape (n, groups, years)."""
    paid_pence: Ints
    """What is paid on claims, shape (n, groups, years)."""
    common: Ints
    """What caps that are nobody's own refuse, split by the outcome payers' weights, shape (n, funders)."""
    own: Ints
    """What each outcome payer is asked for and does not pay, shape (n, funders); below 0 where it pays for another."""

    @property
    def total(self) -> Ints:
        """Return all that caps refuse of claims, shape (n,)."""
        return np.asarray(self.pence.sum(axis=(1, 2, 3)))

    @property
    def of_activity(self) -> Ints:
        """Return what outcome payers' own caps refuse of activity payments, which no claim stands behind, shape (n,)."""
        return np.asarray(self.own.sum(axis=1) - self.pence[..., FUNDER].sum(axis=(1, 2)))


def refused(scenario: Scenario, made: Tables) -> Refused:
    """Return what caps refuse in a batch."""
    deal, claims = scenario.deal, made.claims
    status = claims.status.astype(np.int64)
    kind, rows = _KINDS_BY_STATUS[status], _cells(deal, claims)
    over = kind >= 0
    size = (claims.replications, len(deal.groups), len(deal.term.anniversaries()))
    by_kind = (*size, len(KINDS))
    pence, outcomes, wholly = (np.zeros(by_kind, dtype=np.int64) for _ in range(3))
    place = (*(column[over] for column in rows), kind[over])
    np.add.at(pence, place, claims.refused_pence[over])
    np.add.at(pence[..., FUNDER], rows, claims.over_funder_cap_pence)
    np.add.at(outcomes, place, 1)
    np.add.at(wholly, place, (claims.paid_pence[over] == 0).astype(np.int64))
    evidenced, paid = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    known = (status != Status.DUPLICATE) & (status != Status.UNEVIDENCED)
    np.add.at(evidenced, tuple(column[known] for column in rows), claims.price_pence[known])
    np.add.at(paid, rows, claims.paid_pence)
    common = _by_weights(deal, np.asarray(pence[..., :FUNDER].sum(axis=(1, 2, 3))))
    return Refused(pence, outcomes, wholly, evidenced, paid, common, _own(deal, made.payments))


def _cells(deal: Deal, claims: Claims) -> tuple[Ints, Ints, Ints]:
    """Return each claim's replication, group and contract year of the day achieved, from 0."""
    group_of = np.array([deal.groups.index(outcome.group) for outcome in deal.rate_card], dtype=np.int64)
    starts = np.array([day_number(day, deal.term.service_start) for day in deal.term.anniversaries()], dtype=np.int64)
    year = np.searchsorted(starts, claims.achieved_day, side="right") - 1
    return claims.owners(), group_of[claims.outcome], np.maximum(0, year)


def _by_weights(deal: Deal, amounts: Ints) -> Ints:
    """Return amounts, shape (n,), split to the penny by the outcome payers' weights, shape (n, funders)."""
    weights = np.array([funder.weight for funder in deal.funders], dtype=np.int64)
    shares = np.zeros((amounts.size, weights.size), dtype=np.int64)
    for amount, row in zip(amounts, shares, strict=True):
        split(int(amount), weights, row)
    return shares


def _own(deal: Deal, payments: Payments) -> Ints:
    """Return what each outcome payer is asked for less what it pays, shape (n, funders)."""
    found = np.zeros((payments.replications, len(deal.funders)), dtype=np.int64)
    np.add.at(found, (payments.owners(), payments.funder), payments.claimed_pence - payments.paid_pence)
    return found


def together(parts: Sequence[Refused]) -> Refused:
    """Return successive batches as one."""
    return Refused(*(np.concatenate([getattr(part, name) for part in parts]) for name in Refused.__annotations__))
