"""What the claims and payments add up to, per replication: outcomes, money by reason, real prices."""

import numpy as np
from numpy.typing import NDArray

from simulator.records import Claims, Payments, Status
from simulator.scenario.deal import Deal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_OVER_CAP = (Status.OVER_COUNT_CAP, Status.OVER_TOTAL_CAP, Status.OVER_FUNDER_CAP)
_REASONS = {
    "unevidenced": (Status.UNEVIDENCED,),
    "rejected": (Status.REJECTED,),
    "out_of_term": (Status.OUT_OF_TERM, Status.EXPIRED),
}


def claim_measures(deal: Deal, claims: Claims, payments: Payments) -> dict[str, Floats]:
    """Return outcome and payment measures per replication, each of shape (n,); money in pounds.

    `outcomes` are achieved and evidenced, `achieved` all that happened, `paid` those paid at least in part.
    """
    owner = claims.owners()
    achieved = claims.status != Status.DUPLICATE
    evidenced = achieved & (claims.status != Status.UNEVIDENCED)
    masks = {"outcomes": evidenced, "achieved": achieved, "paid": claims.paid_pence > 0}
    values: dict[str, Floats] = {}
    for kind, mask in masks.items():
        for name, lines in _counted(deal).items():
            values[f"{kind}.{name}"] = _sum(owner, mask & np.isin(claims.outcome, lines), claims.replications)
    return values | _money(deal, claims, payments, owner, evidenced) | _real_prices(deal, claims, owner, values)


def _counted(deal: Deal) -> dict[str, list[int]]:
    """Return the rate-card lines counted under each name: groups, and the lines of groups that have several."""
    counted = {group: [i for i, o in enumerate(deal.rate_card) if o.group == group] for group in deal.groups}
    return counted | {o.outcome: [i] for i, o in enumerate(deal.rate_card) if o.outcome != o.group}


def _money(
    deal: Deal, claims: Claims, payments: Payments, owner: Ints, evidenced: NDArray[np.bool_]
) -> dict[str, Floats]:
    n = claims.replications
    paid_to = payments.owners()
    over_cap = claims.over_funder_cap_pence + np.where(np.isin(claims.status, _OVER_CAP), claims.refused_pence, 0)
    total = _sum(owner, claims.paid_pence, n) / 100
    values = {
        "payments.total_gbp": total,
        "payments.cap_use": total / (deal.total_cap.pounds / 100) if deal.total_cap.pounds else np.full(n, np.nan),
        "payments.uncapped_gbp": _sum(owner, np.where(evidenced, claims.price_pence, 0), n) / 100,
        "payments.unpaid_over_cap_gbp": _sum(owner, over_cap, n) / 100,
    }
    for reason, statuses in _REASONS.items():
        values[f"payments.{reason}_gbp"] = (
            _sum(owner, np.where(np.isin(claims.status, statuses), claims.refused_pence, 0), n) / 100
        )
    for i, funder in enumerate(deal.funders):
        values[f"payments.{funder.name}_gbp"] = (
            _sum(paid_to, np.where(payments.funder == i, payments.paid_pence, 0), n) / 100
        )
    return values


def _real_prices(deal: Deal, claims: Claims, owner: Ints, counts: dict[str, Floats]) -> dict[str, Floats]:
    """Return what one outcome really cost: payments for it and for all that must come before it, per outcome."""
    prices = {}
    for group in deal.groups:
        lines = [i for i, o in enumerate(deal.rate_card) if o.group in _path_to(deal, group)]
        spent = _sum(owner, np.where(np.isin(claims.outcome, lines), claims.paid_pence, 0), claims.replications) / 100
        for kind, suffix in (("outcomes", "gbp"), ("paid", "per_paid_gbp")):
            with np.errstate(invalid="ignore", divide="ignore"):
                number = counts[f"{kind}.{group}"]
                prices[f"commissioner.real_price_{group}_{suffix}"] = np.where(number > 0, spent / number, np.nan)
    return prices


def _path_to(deal: Deal, group: str) -> set[str]:
    """Return a group and the groups that must come before it."""
    follows = {outcome.group: outcome.follows for outcome in deal.rate_card}
    path: set[str] = set()
    step: str | None = group
    while step is not None and step not in path:
        path.add(step)
        step = follows.get(step)
    return path


def claim_series(deal: Deal, claims: Claims, marks: Ints) -> dict[str, Floats]:
    """Return cumulative figures at quarter ends, shape (n, quarters): outcomes by day achieved, payments by invoice.

    Args:
        deal: the deal.
        claims: a batch of claims.
        marks: first day of each quarter, and the day after the last, shape (quarters + 1,).
    """
    counts = ~np.isin(claims.status, (Status.DUPLICATE, Status.UNEVIDENCED))
    quarter = np.searchsorted(marks, claims.achieved_day, side="right") - 1
    series = {
        f"outcomes.{group}": _cumulative(
            claims, quarter, (counts & np.isin(claims.outcome, lines)).astype(np.float64), marks.size - 1
        )
        for group, lines in _counted(deal).items()
        if group in deal.groups
    }
    return series | {
        "payments.invoiced_gbp": _cumulative(claims, claims.invoice, claims.paid_pence / 100, marks.size - 1)
    }


def _cumulative(claims: Claims, quarter: Ints, amount: Floats, quarters: int) -> Floats:
    counted = (quarter >= 0) & (quarter < quarters)
    cell = claims.owners()[counted] * quarters + quarter[counted]
    table = np.bincount(cell, weights=amount[counted], minlength=claims.replications * quarters)
    return np.asarray(table.reshape(claims.replications, quarters).cumsum(axis=1), dtype=np.float64)


def _sum(owner: Ints, amount: Ints | NDArray[np.bool_], n: int) -> Floats:
    return np.bincount(owner, weights=amount, minlength=n).astype(np.float64)
