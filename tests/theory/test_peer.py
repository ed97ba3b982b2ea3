"""The simulator against a peer written apart from it, in plain SimPy: the same deal, other code, other luck, the same answers."""

from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from tests.benchmarks.peer import SCENARIO, replicate, run_peer
from tests.benchmarks.peer_terms import read_terms

SAME = {
    "referrals": "outcomes.referral",
    "allocated": "caseload.allocated",
    "lapsed": "caseload.lapsed",
    "utilisation": "caseload.utilisation",
    "engagements": "outcomes.engagement",
    "job_starts": "outcomes.job_start",
    "sustainments": "outcomes.sustainment",
    "payments": "payments.total_gbp",
    "over_cap": "payments.unpaid_over_cap_gbp",
    "multiple": "investor.multiple",
    "loss": "investor.probability_of_loss",
    "drawn": "investor.drawn_gbp",
    "outcome_income": "provider.outcome_income_gbp",
    "has_shortfall": "spv.probability_of_shortfall",
    "shortfall": "spv.shortfall_gbp",
}
"""Measures of the peer and the simulator's names for them."""
FULLER_CASELOAD = """
overlay: fuller_caseload
title: Half as many referrals again
description: The caseload is full, the waiting list long, and people give up.
source: A test of the simulator
multiply:
  assumptions.referrals_over_term: 1.5
"""


def distances(scenario: sib.Scenario, replications: int, seed: int) -> dict[str, float]:
    """Return the difference of the two means in standard errors, by measure; the simulator has ten times the replications."""
    peers = replicate(scenario, replications, seed)
    values = sib.run(scenario, replications=10 * replications, seed=seed, workers=1).returns.values
    return {name: distance(peers[name], values[measure]) for name, measure in SAME.items()}


def distance(a: np.ndarray[tuple[int], np.dtype[np.float64]], b: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    error = np.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
    return float((a.mean() - b.mean()) / error)


def check(scenario: sib.Scenario, replications: int, seed: int, limit: float) -> None:
    found = distances(scenario, replications, seed)
    assert {name: round(z, 2) for name, z in found.items() if not abs(z) < limit} == {}


def test_the_peer_agrees() -> None:
    check(sib.load_scenario(SCENARIO), 60, 5, limit=4.0)


@pytest.mark.slow
def test_the_peer_agrees_at_full_size() -> None:
    check(sib.load_scenario(SCENARIO), 2000, 6, limit=4.0)


@pytest.mark.slow
def test_the_peer_agrees_where_the_caseload_is_full(tmp_path: Path) -> None:
    overlay = tmp_path / "fuller_caseload.yaml"
    overlay.write_text(FULLER_CASELOAD, encoding="utf-8")
    check(sib.load_scenario(SCENARIO, [overlay]), 1000, 7, limit=4.0)


def test_the_peers_summary_depends_on_the_seed_alone() -> None:
    scenario = sib.load_scenario(SCENARIO)
    once, again, other = (run_peer(scenario, 2, seed) for seed in (1, 1, 2))
    assert once == again != other
    assert set(once["multiple"]) == {"mean", "se", "q05", "q50", "q95"}
    assert set(once["irr"]) == {"q05", "q50", "q95"}


def test_the_peer_refuses_what_it_lacks(tmp_path: Path) -> None:
    overlay = tmp_path / "other.yaml"
    overlay.write_text(
        "overlay: other\ntitle: Other terms\ndescription: Terms that the peer lacks.\nsource: A test\n"
        "set: {deal.lags.preset: B, deal.investment.shortfall: terminate}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match=r"lacks: lags that do not run from referral, an early end$"):
        read_terms(sib.load_scenario(SCENARIO, [overlay]))
