"""Parameter draws: keyed by name and replication, through the inverse of each distribution."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.scenario.distributions import Beta, Fixed, Lognormal, Triangular, Uniform
from simulator.scenario.draws import draw, draw_table
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario
from simulator.streams import Decision, Entity, name_key, uniforms
from tests.tiny import TINY, Edit, tiny_scenario

BELIEF = {"unit": "per month", "source": "Test", "quality": "E"}
U = np.array([0.0001, 0.05, 0.3, 0.5, 0.77, 0.95, 0.9999])
SCENARIO = load_scenario(TINY)
FIXED_JOB_RATE: Edit = ("job_rate: {distribution: lognormal, mean: 0.0594, cv: 0.38", "job_rate: {value: 0.05")
UNCERTAIN_PATIENCE: Edit = ("patience: {value: 180", "patience: {distribution: uniform, low: 100, high: 200")


def same_values(one: Scenario, other: Scenario, names: set[str]) -> bool:
    """Return whether the draws of the named parameters are bit for bit the same."""
    first, second = draw(one, 5, 0, 30).values, draw(other, 5, 0, 30).values
    return all(np.array_equal(first[name], second[name]) for name in names)


@given(st.integers(0, 2**62), st.integers(0, 10**9), st.integers(1, 12), st.data())
def test_a_batch_may_be_cut_anywhere(seed: int, first: int, count: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, count))
    whole = draw(SCENARIO, seed, first, count).values
    parts = draw(SCENARIO, seed, first, cut).values, draw(SCENARIO, seed, first + cut, count - cut).values
    for name, values in whole.items():
        assert np.array_equal(values, np.concatenate([parts[0][name], parts[1][name]]))


@pytest.mark.parametrize("edit", [FIXED_JOB_RATE, UNCERTAIN_PATIENCE])
def test_fixing_or_freeing_one_parameter_moves_no_other(tmp_path: Path, edit: Edit) -> None:
    changed = tiny_scenario(tmp_path, edit)
    others = set(SCENARIO.assumptions.beliefs()) - {"job_rate", "patience"}
    assert same_values(SCENARIO, changed, others)
    assert not same_values(SCENARIO, changed, {"job_rate", "patience"})


def test_a_factor_keeps_a_parameters_place(tmp_path: Path) -> None:
    changed = tiny_scenario(tmp_path, ("job_rate: {distribution", "job_rate: {multiply: 2, distribution"))
    assert np.array_equal(draw(changed, 5, 0, 30).values["job_rate"], 2 * draw(SCENARIO, 5, 0, 30).values["job_rate"])


def test_what_a_factor_takes_above_one_is_drawn_as_one(tmp_path: Path) -> None:
    edit = ("engagement_probability: {distribution", "engagement_probability: {multiply: 1.4, distribution")
    raised = draw(tiny_scenario(tmp_path, edit), 5, 0, 300).values["engagement_probability"]
    plain = draw(SCENARIO, 5, 0, 300).values["engagement_probability"]
    assert np.array_equal(raised, np.minimum(1.0, plain * 1.4))
    assert 0 < (raised == 1.0).sum() < 300


def test_an_overlay_that_changes_nothing_changes_no_draw(tmp_path: Path) -> None:
    same = tmp_path / "same.yaml"
    body = "multiply: {assumptions.job_rate: 1}\nset: {assumptions.patience: 180, deal.rate_card.0.price: 569}\n"
    same.write_text(f"overlay: same\ntitle: T\ndescription: D\nsource: Somewhere\n{body}", encoding="utf-8")
    changed = tiny_scenario(tmp_path, overlays=[same])
    assert same_values(SCENARIO, changed, set(SCENARIO.assumptions.beliefs()))


def test_a_price_moves_no_draw(tmp_path: Path) -> None:
    changed = tiny_scenario(tmp_path, ("price: 569", "price: 600"))
    assert same_values(SCENARIO, changed, set(SCENARIO.assumptions.beliefs()))


def test_a_draw_is_the_quantile_at_its_keyed_place() -> None:
    place = uniforms(5, 17, Entity.PARAMETER, name_key("engagement_probability"), Decision.VALUE, 0)[0]
    drawn = draw(SCENARIO, 5, 17, 1).values["engagement_probability"][0]
    assert drawn == pytest.approx(float(stats.beta.ppf(place, 0.65 * 47, 0.35 * 47)), rel=1e-12)


def test_draws_are_in_days_and_rates_per_day() -> None:
    row = draw(SCENARIO, 5, 3, 2).row(1)
    assert row["patience"] == 180
    assert row["search_limit"] == 9 * 30.4375
    assert row["vacancy_median"] == 84
    assert row["disengagement_rate"] == pytest.approx(0.09 / 30.4375)
    assert row["specialist_turnover"] == pytest.approx(0.30 / 365.25)
    assert row["referrals_over_term"] == 10


def test_draws_know_their_replications() -> None:
    draws = draw(SCENARIO, 5, 3, 2)
    assert (draws.first, len(draws)) == (3, 2)
    assert draws.row(1) == draw(SCENARIO, 5, 4, 1).row(0)


def test_the_table_holds_what_is_uncertain_in_the_units_of_the_file() -> None:
    table = draw_table(SCENARIO, 5, 4)
    assert list(table.columns) == ["replication", "engagement_probability", "job_rate", "job_loss_rate"]
    assert list(table["replication"]) == [0, 1, 2, 3]
    assert table["job_rate"].to_numpy() / 30.4375 == pytest.approx(draw(SCENARIO, 5, 0, 4).values["job_rate"])


def test_means_and_spreads_are_those_believed() -> None:
    table = draw_table(SCENARIO, 5, 20_000)
    expected = {
        "engagement_probability": (0.65, math.sqrt(0.65 * 0.35 / 48)),
        "job_rate": (0.0594, 0.38 * 0.0594),
        "job_loss_rate": (0.377 / 3, float(stats.triang.std(0.057 / 0.14, 0.06, 0.14))),
    }
    for name, (mean, sd) in expected.items():
        assert table[name].mean() == pytest.approx(mean, abs=4 * sd / math.sqrt(20_000))
        assert table[name].std() == pytest.approx(sd, rel=0.04)


def test_parameters_are_drawn_independently() -> None:
    columns = draw_table(SCENARIO, 5, 5_000).drop(columns="replication")
    assert np.abs(np.corrcoef(columns.to_numpy().T) - np.eye(3)).max() < 4 / math.sqrt(5_000)


def quantiles(family: type, **fields: object) -> list[float]:
    """Return a family's values at the places U."""
    return [float(value) for value in family.model_validate(BELIEF | fields).quantile(U)]  # type: ignore[attr-defined]


def test_quantiles_are_scipys() -> None:
    beta = quantiles(Beta, distribution="beta", mean=0.6, concentration=30.0)
    assert beta == pytest.approx(stats.beta.ppf(U, 18, 12), rel=1e-12)
    wide = quantiles(Beta, distribution="beta", mean=0.5, sd=math.sqrt(1 / 12))
    assert wide == pytest.approx(U, abs=1e-12)
    uniform = quantiles(Uniform, distribution="uniform", low=2.0, high=5.0)
    assert uniform == pytest.approx(stats.uniform.ppf(U, 2, 3), rel=1e-12)
    triangle = quantiles(Triangular, distribution="triangular", low=1.0, mode=1.0, high=5.0)
    assert triangle == pytest.approx(stats.triang.ppf(U, 0, 1, 4), rel=1e-12)
    by_median = quantiles(Lognormal, distribution="lognormal", median=28.0, sigma=0.7)
    assert by_median == pytest.approx(28 * np.exp(0.7 * stats.norm.ppf(U)), rel=1e-12)
    assert quantiles(Fixed, value=3, multiply=2.0) == [6.0] * len(U)


def test_a_lognormal_by_mean_and_cv_has_them() -> None:
    belief = Lognormal.model_validate(BELIEF | {"distribution": "lognormal", "mean": 0.0594, "cv": 0.38})
    median, sigma = belief.parameters()
    mean, variance = stats.lognorm.stats(sigma, scale=median)
    assert (float(mean), math.sqrt(float(variance)) / float(mean)) == pytest.approx((0.0594, 0.38))
    assert belief.support() == (0.0, math.inf)


def test_multiplied_families_move_their_support_and_quantiles_together() -> None:
    triangle = BELIEF | {"distribution": "triangular", "low": 1.0, "mode": 2.0, "high": 5.0, "multiply": 3.0}
    belief = Triangular.model_validate(triangle)
    assert belief.support() == (3.0, 15.0)
    assert list(belief.quantile(np.array([0.0, 1.0]))) == pytest.approx([3.0, 15.0])
