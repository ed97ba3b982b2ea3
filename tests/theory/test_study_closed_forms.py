"""Studies against closed forms: where nothing is capped, lagged or lost, what a study finds is what can be worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.scenario.model import Scenario
from simulator.studies.breakeven import find_breakeven
from simulator.studies.closed_forms import by_hand, price_level
from simulator.studies.experiment import Experiment
from simulator.studies.levers import at
from simulator.studies.plan import running_costs
from simulator.studies.targets import find_targets
from tests.tiny import tiny_scenario

PROPORTIONAL = (
    ("  total_cap: {pounds: 40000, policy: partial}", "  total_cap: {pounds: 1000000, policy: partial}"),
    ("weight: 42, cap: 16800", "weight: 42, cap: 420000"),
    ("weight: 58, cap: 23200", "weight: 58, cap: 580000"),
    ("  lags: {from: referral}", "  lags: {from: none}"),
    ("    commitment: 7000\n    draw: as_needed\n", "    commitment: 11000\n    draw: day_one\n"),
    ("  other_route_probability: {value: 0.20,", "  other_route_probability: {value: 1.0,"),
)
"""Nothing binds, and all capital is drawn on the first day: it pays all costs, so that receipts are what comes back."""
PRINTED = {
    # target volume, and at the pace to the end of 2021: break-even job starts per engagement; break-even engagements
    "haringey_barnet": (0.124, 610, 0.186, 0.296, 428),
    "shropshire": (0.382, 486, 0.311, 0.275, 528),
    "enfield": (0.180, 235, 0.577, 0.364, 338),
    "tower_hamlets_smi": (0.115, 1244, 0.348, 0.285, 1379),
}
"""By hand from the printed terms; 0.487 sustainments for each job start, as reported of the four deals together."""


def proportional(folder: Path) -> Scenario:
    return tiny_scenario(folder, *PROPORTIONAL)


@pytest.mark.parametrize("deal", PRINTED)
def test_break_even_by_hand_is_that_of_the_printed_terms(deal: str) -> None:
    terms = sib.load_scenario(deal).deal
    at_target, pace, at_pace, observed, volume = PRINTED[deal]
    target = terms.group_target("engagement")
    for engagements, conversion in ((target, at_target), (pace, at_pace)):
        found = by_hand(terms, engagements, 100, 48.7)
        assert found is not None
        assert found.job_starts_per_engagement == pytest.approx(conversion, abs=0.0006)
    found = by_hand(terms, 1000, 1000 * observed, 487 * observed)
    assert found is not None
    assert found.engagements == pytest.approx(volume, rel=0.005)


def test_the_price_level_that_a_study_finds_is_the_one_worked_out(tmp_path: Path) -> None:
    base = proportional(tmp_path)
    experiment = Experiment(base, replications=200, seed=11, workers=1)
    paid = experiment.returns([base])[0].values["payments.total_gbp"]
    for multiple in (1.0, 1.5):
        found = find_breakeven(experiment, base, f"investor.multiple.mean={multiple}", ["prices"]).roots[0]
        by_formula = price_level(running_costs(base.deal) / 100, 11_000, multiple, float(np.mean(paid)))
        assert found.bracket is not None
        low, high = found.bracket
        assert low - 1e-4 <= by_formula <= high + 1e-4
        assert found.error == pytest.approx(by_formula * np.std(paid, ddof=1) / np.sqrt(200) / np.mean(paid), rel=0.25)
    assert experiment.simulated == 200
    targets = find_targets(experiment, base, "prices", [sib.at_least("investor.multiple.mean", 1.0)])
    at_one = price_level(running_costs(base.deal) / 100, 11_000, 1.0, float(np.mean(paid)))
    assert targets.feasible[0].low == pytest.approx(at_one, abs=0.005)


def test_a_probability_of_loss_is_met_where_that_share_of_receipts_covers_costs(tmp_path: Path) -> None:
    base = proportional(tmp_path)
    experiment = Experiment(base, replications=200, seed=11, workers=1)
    paid = np.sort(experiment.returns([base])[0].values["payments.total_gbp"])
    found = find_breakeven(experiment, base, "investor.probability_of_loss=0.5", ["prices"]).roots[0]
    levels = running_costs(base.deal) / 100 / paid[[99, 100]]
    assert found.bracket is not None
    assert levels[1] - 0.003 <= found.bracket[0] <= found.bracket[1] <= levels[0] + 0.003


def test_break_even_volume_agrees_with_the_formula_within_error(tmp_path: Path) -> None:
    base = proportional(tmp_path)
    experiment = Experiment(base, replications=400, seed=11, workers=1)
    values = experiment.returns([base])[0].values
    counts = [float(np.mean(values[f"paid.{group}"])) for group in base.deal.groups]
    found = by_hand(base.deal, *counts)
    root = find_breakeven(experiment, base, "investor.multiple.mean=1", ["volume"]).roots[0]
    assert found is not None and root.value is not None and root.error is not None
    assert counts[0] * root.value == pytest.approx(found.engagements, abs=4 * counts[0] * root.error)


def test_break_even_conversion_agrees_with_the_formula_within_error(tmp_path: Path) -> None:
    base = proportional(tmp_path)
    experiment = Experiment(base, replications=400, seed=11, workers=1)
    root = find_breakeven(experiment, base, "investor.multiple.mean=1", ["rates.job"]).roots[0]
    assert root.value is not None and root.error is not None

    def counts(factor: float) -> list[float]:
        values = experiment.returns([at(base, (root.lever, factor))])[0].values
        return [float(np.mean(values[f"paid.{group}"])) for group in base.deal.groups]

    engagements, job_starts, sustainments = counts(root.value)
    by_formula = by_hand(base.deal, engagements, job_starts, sustainments)
    assert by_formula is not None
    more = counts(root.value + root.error)
    error = abs(more[1] / more[0] - job_starts / engagements)
    assert job_starts / engagements == pytest.approx(by_formula.job_starts_per_engagement, abs=4 * error)
