"""What the claims and payments add up to, per replication: outcomes, money by reason, real prices, by quarter."""

import numpy as np
from numpy.typing import NDArray

from simulator.dates import quarters_by_day
from simulator.kernel import constant, kernel
from simulator.measures.of_deal import key
from simulator.records import Claims, Numbers, Payments, Status
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import steps

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OVER_CAP = (
    Status.OVER_COUNT_CAP, Status.OVER_ANNUAL_CAP, Status.OVER_SCHEDULE_CAP, Status.OVER_TOTAL_CAP, Status.OVER_FUNDER_CAP,
)  # fmt: skip
"""Statuses of claims of which a cap leaves all or some unpaid."""
_REASONS = {
    "payments.over_annual_cap_gbp": (Status.OVER_ANNUAL_CAP,),
    "payments.over_schedule_cap_gbp": (Status.OVER_SCHEDULE_CAP,),
    "payments.unevidenced_gbp": (Status.UNEVIDENCED,),
    "payments.rejected_gbp": (Status.REJECTED, Status.EXTRAPOLATED),
    "payments.out_of_term_gbp": (Status.OUT_OF_TERM, Status.EXPIRED),
    "payments.not_invoiced_gbp": (Status.NOT_INVOICED,),
}
"""Statuses whose refused pence each measure adds up."""
_REAL_PRICES = {
    "outcomes.{}": "commissioner.real_price_{}_gbp", "paid.{}": "commissioner.real_price_{}_per_paid_gbp",
}  # fmt: skip
"""The number that payments are divided by, and the measure that it gives."""
_DUPLICATE, _UNEVIDENCED, _STATUSES = constant(Status.DUPLICATE), constant(Status.UNEVIDENCED), len(Status)
_BY_ACTIVITY, _SETTLED = constant(Status.PAID_BY_ACTIVITY), constant(Status.SETTLED)
_ACHIEVED, _EVIDENCED, _PAID, _IN_WINDOWS, _ON_SETTLED = range(5)
_PRICE, _PAID_PENCE, _OVER_FUNDER = range(3)


def claim_measures(
    deal: Deal, claims: Claims, payments: Payments, marks: Ints
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return outcome and payment measures per replication, each of shape (n,), and cumulative figures by quarter, (n, quarters).

    Money is in pounds. `outcomes` are achieved and evidenced, `achieved` all that happened, `paid` those paid at least in
    part, by activity payments or by settled invoices. By quarter, outcomes stand on the day achieved and payments on the invoice.

    Args:
        deal: the deal.
        claims: a batch of claims.
        payments: the payments on them.
        marks: first day of each quarter, and the day after the last, shape (quarters + 1,).
    """
    counts, pence, refused, achieved = _sums(
        len(deal.rate_card), claims.starts, claims.outcome, claims.achieved_day, claims.status, claims.price_pence,
        claims.paid_pence, claims.refused_pence, claims.over_funder_cap_pence, marks,
    )  # fmt: skip
    counted, by_claims = _counted(deal), pence[:, _PAID_PENCE]
    invoiced = _invoiced(payments, marks.size - 1)
    settled = invoiced[:, : len(deal.settled)].sum(axis=1)
    activity = invoiced.sum(axis=1) - by_claims.sum(axis=1) - settled
    spent = by_claims + _allocated(deal, activity, counts[:, _IN_WINDOWS])
    spent += _allocated(deal, settled, counts[:, _ON_SETTLED])
    values = {
        key(template, name): counts[:, k][:, lines].sum(axis=1).astype(np.float64)
        for k, template in ((_EVIDENCED, "outcomes.{}"), (_ACHIEVED, "achieved.{}"), (_PAID, "paid.{}"))
        for name, lines in counted.items()
    }
    values |= (
        _money(deal, pence, refused, activity, settled) | _by_funder(deal, payments) | _real_prices(deal, spent, values)
    )
    series = {
        key("outcomes.{}", group): achieved[:, lines].sum(axis=1).cumsum(axis=1).astype(np.float64)
        for group, lines in counted.items()
        if group in deal.groups
    }
    return values, series | {"payments.invoiced_gbp": invoiced.cumsum(axis=1) / 100}


@kernel
def _sums(
    lines: int, starts: Ints, outcome: Numbers, achieved_day: Numbers, status: Numbers, price: Numbers, paid: Numbers,
    refused: Numbers, over_funder_cap: Numbers, marks: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    """Return what claims add up to in each of n replications.

    Numbers achieved, evidenced, paid, paid by activity payments, and by settled invoices, by line, shape (n, 5, lines); pence
    of evidenced prices, paid, and over a funder's cap, by line, shape (n, 3, lines); pence refused, by status, shape
    (n, statuses); evidenced outcomes by line and quarter achieved, shape (n, lines, quarters).
    """
    n, quarters = starts.size - 1, marks.size - 1
    counts, pence = np.zeros((n, 5, lines), dtype=np.int64), np.zeros((n, 3, lines), dtype=np.int64)
    reasons = np.zeros((n, _STATUSES), dtype=np.int64)
    achieved = np.zeros((n, lines, quarters), dtype=np.int64)
    quarter_of = quarters_by_day(marks)
    for r in range(n):
        for i in range(starts[r], starts[r + 1]):
            line, evidenced = outcome[i], status[i] != _DUPLICATE and status[i] != _UNEVIDENCED
            by_activity, on_settled = status[i] == _BY_ACTIVITY, status[i] == _SETTLED
            counts[r, _ACHIEVED, line] += status[i] != _DUPLICATE
            counts[r, _PAID, line] += paid[i] > 0 or by_activity or on_settled
            counts[r, _IN_WINDOWS, line] += by_activity
            counts[r, _ON_SETTLED, line] += on_settled
            pence[r, _PAID_PENCE, line] += paid[i]
            pence[r, _OVER_FUNDER, line] += over_funder_cap[i]
            reasons[r, status[i]] += refused[i]
            if evidenced:
                counts[r, _EVIDENCED, line] += 1
                pence[r, _PRICE, line] += price[i]
                if achieved_day[i] < quarter_of.size:
                    achieved[r, line, quarter_of[achieved_day[i]]] += 1
    return counts, pence, reasons, achieved


def _invoiced(payments: Payments, quarters: int) -> Ints:
    """Return pence paid on each invoice, activity payments included, shape (n, quarters)."""
    n = payments.replications
    cell = payments.owners() * quarters + payments.invoice
    found = np.bincount(cell, weights=payments.paid_pence, minlength=n * quarters)
    return found.astype(np.int64).reshape(n, quarters)


def _allocated(deal: Deal, paid: Ints, paid_for: Ints) -> Floats:
    """Return pence of activity payments, or settled invoices, by line, shape (n, lines): by what they pay for, at card prices.

    That is the price of the first claim in the first year [S App. V]. Where they pay for nothing, the value of the
    whole high case by line takes its place.
    """
    price = np.array([steps(o.price, o.target)[0].by_year[0] for o in deal.rate_card], dtype=np.float64)
    plan = np.array([outcome.high_case for outcome in deal.rate_card], dtype=np.float64)
    worth = paid_for * price
    weight = np.where(worth.sum(axis=1, keepdims=True) > 0, worth, plan)
    whole = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, whole, out=np.zeros_like(weight), where=whole > 0)
    return np.asarray(paid[:, None] * share)


def _counted(deal: Deal) -> dict[str, list[int]]:
    """Return the rate-card lines counted under each name: groups, and the lines of groups that have several."""
    counted = {group: [i for i, o in enumerate(deal.rate_card) if o.group == group] for group in deal.groups}
    return counted | {o.outcome: [i] for i, o in enumerate(deal.rate_card) if o.outcome != o.group}


def _money(deal: Deal, pence: Ints, refused: Ints, activity: Ints, settled: Ints) -> dict[str, Floats]:
    by_kind = pence.sum(axis=2)
    total = (by_kind[:, _PAID_PENCE] + activity + settled) / 100
    of_settled = {"payments.settled_gbp": settled / 100} if deal.settled else {}
    over_cap = by_kind[:, _OVER_FUNDER] + refused[:, list(OVER_CAP)].sum(axis=1)
    return {
        "payments.total_gbp": total,
        "payments.cap_use": total / (deal.total_cap.pence / 100)
        if deal.total_cap.pence
        else np.full(total.size, np.nan),
        "payments.uncapped_gbp": by_kind[:, _PRICE] / 100,
        "payments.unpaid_over_cap_gbp": over_cap / 100,
        "payments.activity_gbp": activity / 100,
        **{reason: refused[:, list(statuses)].sum(axis=1) / 100 for reason, statuses in _REASONS.items()},
        **of_settled,
    }


def _by_funder(deal: Deal, payments: Payments) -> dict[str, Floats]:
    """Return what each funder pays, shape (n,)."""
    funders = len(deal.funders)
    cell = payments.owners() * funders + payments.funder
    pence = np.bincount(cell, weights=payments.paid_pence, minlength=payments.replications * funders)
    paid = pence.reshape(payments.replications, funders) / 100
    return {key("payments.{}_gbp", funder.name): paid[:, i].copy() for i, funder in enumerate(deal.funders)}


def _real_prices(deal: Deal, paid: Floats, counts: dict[str, Floats]) -> dict[str, Floats]:
    """Return what one outcome really cost: payments for it and for all that must come before it, per outcome.

    Args:
        deal: the deal.
        paid: pence by line, activity payments included, shape (n, lines).
        counts: numbers of outcomes by name.
    """
    prices = {}
    for group in deal.groups:
        lines = [i for i, o in enumerate(deal.rate_card) if o.group in _path_to(deal, group)]
        spent = paid[:, lines].sum(axis=1) / 100
        for counted, price in _REAL_PRICES.items():
            with np.errstate(invalid="ignore", divide="ignore"):
                number = counts[key(counted, group)]
                prices[key(price, group)] = np.where(number > 0, spent / number, np.nan)
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
