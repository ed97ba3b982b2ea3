"""The run in figures: `summary.json`, and the few lines that a terminal shows."""

from typing import Any

from simulator.composer import Run
from simulator.estimates import LEVELS, Estimate, as_dicts


def summary(run: Run) -> dict[str, Any]:
    """Return what `summary.json` holds: scenario, replications, seed, and every measure's estimate by name."""
    return {
        "scenario": run.scenario.name,
        "replications": run.replications,
        "seed": run.seed,
        "measures": as_dicts(run.estimates),
    }


HEADLINES = (
    ("payments.total_gbp", "Outcome payments", "money"),
    ("payments.unpaid_over_cap_gbp", "Delivered, unpaid over caps", "money"),
    ("investor.multiple", "Investor's money multiple", "multiple"),
    ("investor.irr", "Investor's IRR, per year", "rate"),
    ("investor.probability_of_loss", "Probability of loss", "share"),
    ("investor.peak_exposure_gbp", "Peak exposure", "money"),
    ("spv.probability_of_shortfall", "Probability of a funding shortfall", "share"),
    ("spv.shortfall_gbp", "Size of shortfalls", "money"),
    ("caseload.utilisation", "Caseload utilisation", "share"),
)
"""Measures for a terminal: name, words, kind of figure."""


def headline_rows(run: Run) -> list[tuple[str, str, str, str, str]]:
    """Return rows of words for a terminal: measure, mean with its error, P5, median, P95."""
    groups = [("outcomes.referral", "Referrals", "count")]
    groups += [
        (f"outcomes.{group}", group.replace("_", " ").capitalize() + "s", "count") for group in run.scenario.deal.groups
    ]
    chosen = [*HEADLINES[:2], *groups, *HEADLINES[2:]]
    return [(words, *_row(run.estimates[name], kind)) for name, words, kind in chosen]


def _row(found: Estimate, kind: str) -> tuple[str, str, str, str]:
    low, middle, high = (found.quantiles[LEVELS.index(level)] for level in (0.05, 0.5, 0.95))
    mean = figure(found.mean, kind)
    error = f" ± {figure(found.se, kind)}" if found.se is not None else ""
    if kind == "share" and middle is None:
        return mean + error, "", "", ""
    return mean + error, figure(low, kind), figure(middle, kind), figure(high, kind)


def figure(value: float | None, kind: str) -> str:
    """Return a figure in words: `money`, `multiple`, `rate`, `share` or `count`; `none` where there is none."""
    if value is None:
        return "none"
    if kind == "rate" and value == -1.0:
        return "total loss"
    forms = {"money": f"£{value:,.0f}", "multiple": f"{value:.2f}x", "rate": f"{value:.1%}", "share": f"{value:.1%}"}
    return forms.get(kind, f"{value:,.1f}").replace("£-", "-£")
