"""Weights, quantiles, scores and coverage, each against a slower or a closed form of the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.special import ndtri

from calibration.diagnostics.scoring import coverage_interval, normal_crps, percentile, quantiles, sample_crps, tempered
from simulator.studies.weighting import effective_size, normalised

Floats = NDArray[np.float64]
some = st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), min_size=1, max_size=12)


def brute_force(sample: Floats, weights: Floats, actual: float) -> float:
    """Return the score by its definition: the mean distance to the actual, less half of that between all pairs."""
    share = weights / weights.sum()
    apart = np.abs(sample[:, None] - sample[None, :])
    return float(share @ np.abs(sample - actual) - share @ apart @ share / 2)


def by_integral(sample: Floats, weights: Floats, actual: float) -> float:
    """Return the score as the integral of the squared difference of the two distribution functions, step by step."""
    edges = np.unique([*sample, actual])
    share = weights / weights.sum()
    below = np.array([share[sample <= edge].sum() for edge in edges[:-1]])
    return float((((below - (actual <= edges[:-1])) ** 2) * np.diff(edges)).sum())


@given(some, st.integers(-60, 60))
def test_the_score_of_a_sample_is_that_of_its_definition(rows: list[tuple[int, int]], actual: int) -> None:
    sample, weights = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    found = sample_crps(sample, weights, actual)
    assert found == pytest.approx(brute_force(sample, weights, actual), abs=1e-9)
    assert found == pytest.approx(by_integral(sample, weights, actual), abs=1e-9)


@given(some, st.integers(-60, 60))
def test_a_weight_is_as_good_as_so_many_copies(rows: list[tuple[int, int]], actual: int) -> None:
    sample, weights = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    copies = np.repeat(sample, weights.astype(np.int64))
    ones, shares = np.ones(len(copies)), np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    assert sample_crps(sample, weights, actual) == pytest.approx(sample_crps(copies, ones, actual), abs=1e-9)
    assert percentile(sample, weights, actual) == pytest.approx(percentile(copies, ones, actual), abs=1e-12)
    assert quantiles(sample, weights, shares).tolist() == quantiles(copies, ones, shares).tolist()
    assert quantiles(sample, weights, shares).tolist() == np.quantile(copies, shares, method="inverted_cdf").tolist()


@pytest.mark.parametrize("actual", [-2.0, 0.0, 3.0, 11.0])
def test_the_score_of_a_large_normal_sample_is_the_closed_form(actual: float) -> None:
    sample = 3.0 + 4.0 * ndtri((np.arange(20_000) + 0.5) / 20_000)
    assert sample_crps(sample, np.ones(20_000), actual) == pytest.approx(normal_crps(3.0, 4.0, actual), rel=1e-3)


def test_the_score_of_a_normal_is_known_at_its_middle() -> None:
    assert normal_crps(5.0, 2.0, 5.0) == pytest.approx(2.0 * (np.sqrt(2) - 1) / np.sqrt(np.pi))
    assert normal_crps(5.0, 0.0, 7.5) == 2.5
    assert normal_crps(5.0, 1e-9, 7.5) == pytest.approx(2.5)
    assert np.isnan(normal_crps(5.0, float("nan"), 7.5))


def test_a_single_number_is_scored_by_its_absolute_error() -> None:
    assert sample_crps(np.array([4.0]), np.array([1.0]), 1.5) == 2.5


def test_half_of_what_is_equal_lies_below() -> None:
    assert percentile(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0, 4.0]), 2.0) == pytest.approx(2.5 / 8)


def test_weights_are_tempered_to_what_they_are_to_be_worth() -> None:
    logs = Generator(Philox(1)).standard_normal(1_000) * 6
    assert effective_size(normalised(logs)) < 50
    weights, power = tempered(logs, 200.0)
    assert 0 < power < 1
    assert effective_size(weights) == pytest.approx(200.0, rel=1e-6)
    assert weights == pytest.approx(normalised(power * logs))


def test_weights_that_are_worth_enough_stay() -> None:
    logs = np.log(np.array([0.1, 0.2, 0.3, 0.4])) - 700.0
    weights, power = tempered(logs, 3.0)
    assert power == 1.0
    assert weights == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_an_interval_of_coverage_is_exact() -> None:
    assert coverage_interval(20, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))
    assert coverage_interval(0, 20) == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))
