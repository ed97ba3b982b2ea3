"""The low, medium and high case of a deal, and how likely it is to reach each (docs/model.md §19.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.money import split_pence
from simulator.progress import PAYMENTS, REFERRAL
from simulator.scenario.deal import Deal
from simulator.scenario.worth import scale_worth
from simulator.studies.plan import running_costs
from simulator.studies.sample import MULTIPLE, Sample
from simulator.studies.spread import share

Floats = NDArray[np.float64]
Status = Literal["ok", "not_available", "out_of_reach"]


@dataclass(frozen=True)
class Reach:
    """How likely it is that a measure ends at a level or above."""

    case: Literal["low", "medium", "high"]
    measure: str
    level: float | None
    """Counts, pounds, or a multiple."""
    probability: float | None
    se: float | None
    status: Status = "ok"
    """`not_available`: no scenario as signed is named; `out_of_reach`: even the high case does not pay the costs."""


def reaches(
    deal: Deal, ends: Mapping[str, Floats], sample: Sample, weights: Floats, as_signed: Mapping[str, float] | None
) -> list[Reach]:
    """Return how likely each case is to be reached, by measure.

    Low: the investor gets its money back, and the counts at which the high case, scaled down as a whole, pays for delivery and
    the other costs at printed prices. Medium: the medians of the scenario as signed. High: the targets, and the total cap.

    Args:
        deal: the deal.
        ends: the forecast at the end, by measure, each of shape (n,).
        sample: the replications.
        weights: their weights, adding up to one, shape (n,).
        as_signed: the medians of the scenario as signed, by measure; None if there is none.
    """
    targets = {REFERRAL: deal.referral_target} | {group: deal.group_target(group) for group in deal.groups}
    scale = scale_worth(deal, running_costs(deal))
    multiple = np.nan_to_num(sample.ends[MULTIPLE], nan=-np.inf)
    found = [Reach("low", MULTIPLE, 1.0, *share(multiple >= 1, weights))]
    for name, target in targets.items():
        low = None if scale is None else scale * target
        found.append(_reach("low", name, low, ends[name], weights, "out_of_reach"))
    for name in (*targets, PAYMENTS):
        level = None if as_signed is None else as_signed[name]
        found.append(_reach("medium", name, level, ends[name], weights, "not_available"))
    for name, target in targets.items():
        found.append(_reach("high", name, float(target), ends[name], weights, "ok"))
    cap = deal.total_cap.pence / 100
    return [*found, Reach("high", PAYMENTS, cap, *share(cap_is_reached(deal, ends[PAYMENTS]), weights))]


def cap_is_reached(deal: Deal, payments: Floats) -> NDArray[np.bool_]:
    """Return whether cumulative payments in pounds, of any shape, are all that the caps on the whole contract allow.

    That is the total cap, or what the outcome payers' own caps let them pay of it, which may lie pennies below: a payer's share
    of the total cap is seldom whole pounds, and its cap is. Splitting may leave a penny for each payer.
    """
    return np.asarray(np.rint(payments * 100) >= all_that_caps_allow(deal) - len(deal.funders))


def all_that_caps_allow(deal: Deal) -> int:
    """Return pence: the total cap, or what the outcome payers' own caps let them pay of it."""
    shares = split_pence(deal.total_cap.pence, [funder.weight for funder in deal.funders])
    caps = [funder.cap for funder in deal.funders]
    most = sum(caps) if deal.over_funder_cap == "gross_up" else sum(map(min, shares, caps))
    return min(most, deal.total_cap.pence)


def _reach(
    case: Literal["low", "medium", "high"], name: str, level: float | None, ends: Floats, weights: Floats, why: Status
) -> Reach:
    if level is None:
        return Reach(case, name, None, None, None, why)
    return Reach(case, name, level, *share(ends >= level - 1e-9, weights))
