"""Who pays an invoice: the running split, the funders' own caps, what the provider's pay is reckoned on (docs/model.md §8)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.contract.pricing import Prices, price_of
from simulator.kernel import kernel, rule
from simulator.money import proportion, split, split_further
from simulator.records import STATUS
from simulator.scenario.deal import Deal, Funder

Ints = NDArray[np.int64]
Records = NDArray[Any]
CLAIMED, PAID, BASIS = range(3)
"""Rows of an invoice's pence by funder: asked for, paid, and what the provider's pay is reckoned on."""


class Payers(NamedTuple):
    """The funders in the deal's order, each field of shape (funders,)."""

    weight: Ints
    cap: Ints
    days: Ints
    """Days from the commissioner's confirmation to each funder's payment."""
    gross_up: bool
    """Whether the others pay what one funder's cap refuses."""


class Purse(NamedTuple):
    """What the funders have been asked for and have paid so far, each of shape (funders,)."""

    shares: Ints
    claimed: Ints
    paid: Ints


def payer_terms(deal: Deal) -> Payers:
    """Return a deal's funders."""
    return Payers(
        weight=np.array([funder.weight for funder in deal.funders], dtype=np.int64),
        cap=np.array([funder.cap for funder in deal.funders], dtype=np.int64),
        days=np.array(payment_days(deal.funders), dtype=np.int64),
        gross_up=deal.over_funder_cap == "gross_up",
    )


def payment_days(funders: tuple[Funder, ...]) -> list[int]:
    """Return days from confirmation to payment: a funder's own, after those of whom it waits for."""
    by_name = {funder.name: funder for funder in funders}

    def days(funder: Funder) -> int:
        before = by_name.get(funder.pays_after)
        return funder.days + (days(before) if before else 0)

    return [days(funder) for funder in funders]


@kernel
def new_purse(funders: int) -> Purse:
    """Return purses of which nothing has been asked."""
    shares, claimed, paid = np.zeros((3, funders), dtype=np.int64)
    return Purse(shares, claimed, paid)


@kernel
def ask_funders(payers: Payers, purse: Purse, total: int, pence: Ints) -> tuple[int, int]:
    """Return what an invoice asks for in all, and what the funders' caps refuse of it.

    The split is of the running total, so that nobody drifts by more than a penny. What each funder is asked for and pays is
    written into `pence`, shape (3, funders or more).

    Args:
        payers: the funders.
        purse: what they have been asked for and have paid so far; this invoice is added.
        total: all that has been let through by the caps on all invoices so far, in pence.
        pence: where what each is asked for and pays is written, shape (3, funders or more): rows CLAIMED and PAID.
    """
    issued, refused = total - int(purse.claimed.sum()), 0
    if issued <= 0:
        return 0, 0
    split_further(total, payers.weight, purse.shares)
    for funder in range(payers.weight.size):
        claim = purse.shares[funder] - purse.claimed[funder]
        payment = min(claim, payers.cap[funder] - purse.paid[funder])
        pence[CLAIMED, funder], pence[PAID, funder] = claim, payment
        purse.claimed[funder] = purse.shares[funder]
        purse.paid[funder] += payment
        refused += claim - payment
    return issued, _paid_by_the_others(payers, purse, refused, pence) if payers.gross_up else refused


@kernel
def _paid_by_the_others(payers: Payers, purse: Purse, refused: int, pence: Ints) -> int:
    """Let funders below their caps pay by weight what others refused, until nothing or nobody is left; return the rest."""
    weight, shares = np.zeros_like(payers.weight), np.zeros_like(payers.weight)
    while refused > 0:
        for funder in range(weight.size):
            weight[funder] = payers.weight[funder] if purse.paid[funder] < payers.cap[funder] else 0
        if weight.sum() == 0:
            break
        split(refused, weight, shares)
        for funder in range(weight.size):
            more = min(shares[funder], payers.cap[funder] - purse.paid[funder])
            pence[PAID, funder] += more
            purse.paid[funder] += more
            refused -= more
    return refused


@rule
def charge_refused(claims: Records, batch: Ints, refused: int) -> None:
    """Charge what the funders refused to the invoice's claims, the last ones first; an activity payment bears the rest.

    Args:
        claims: the replication's claims, which are changed.
        batch: rows of the claims on the invoice.
        refused: pence that the funders refused.
    """
    for k in range(batch.size - 1, -1, -1):
        last = claims[batch[k]]
        charged = min(refused, last.paid_pence)
        if charged > 0:
            last.paid_pence -= charged
            last.over_funder_cap_pence += charged
            if last.status == STATUS.PAID:
                last.status = STATUS.OVER_FUNDER_CAP
            refused -= charged


@kernel
def reckon_basis(payers: Payers, prices: Prices, claims: Records, batch: Ints, pence: Ints) -> None:
    """Write what the provider's pay is reckoned on, by funder: what they pay, or that at the provider's schedules.

    Args:
        payers: the funders.
        prices: the prices by schedule.
        claims: the replication's claims, as records of `CLAIM`.
        batch: rows of the claims on the invoice.
        pence: what each funder pays, in row PAID; the basis is written into row BASIS.
    """
    funders = payers.weight.size
    if prices.provider_schedule.size == 0:
        pence[BASIS, :funders] = pence[PAID, :funders]
        return
    total = int(pence[PAID, :funders].sum())
    for i in batch:
        claim = claims[i]
        if claim.paid_pence > 0:
            day, schedule = claim.achieved_day, prices.provider_schedule[claim.achieved_day]
            price = price_of(prices, schedule, claim.outcome, day, claim.number)
            total += proportion(claim.paid_pence, price, claim.price_pence)[0] - claim.paid_pence
    split(total, payers.weight, pence[BASIS, :funders])
