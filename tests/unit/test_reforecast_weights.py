"""Weights of replications: kernel, effective size, widening, and counts that are not used twice; against closed forms."""

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.estimates import LEVELS, estimate
from simulator.studies.actuals import Actuals, Series
from simulator.studies.double_use import LEAST, log_likelihood, regression
from simulator.studies.spread import share, spread, weighted_quantiles
from simulator.studies.weighting import H_TARGET, LADDER, effective_size, log_kernel, matched, normalised

DAY, BEFORE = date(2021, 9, 30), date(2021, 6, 30)
DAYS = (BEFORE, DAY, date(2021, 12, 31))
Ints = NDArray[np.int64]


def actuals(**totals: tuple[int, ...]) -> Actuals:
    """Return actuals by name, each known on the last of the days before the as-of date, itself included."""
    series = {name: Series(date(2021, 4, 1), (BEFORE, DAY)[-len(each) :], each) for name, each in totals.items()}
    return Actuals("actuals.csv", DAY, (), series)


def progress(*columns: Ints) -> Ints:
    return np.column_stack(columns)


def test_effective_size_of_equal_weights_is_their_number() -> None:
    assert effective_size(np.full(50, 0.02)) == pytest.approx(50)
    assert effective_size(normalised(np.array([0.0, -1e6, -1e6]))) == pytest.approx(1)
    assert normalised(np.array([-1e5, -1e5 - np.log(3)])).tolist() == pytest.approx([0.75, 0.25])


def test_gaps_are_of_square_roots_in_spreads() -> None:
    simulated = np.array([4, 9, 16, 25])
    (found,) = matched(actuals(referral=(9,)), {"referral": progress(simulated, simulated, simulated)}, DAYS)
    spread_of_roots = np.std([2, 3, 4, 5])
    assert (found.measure, found.days, found.actual) == ("referral", (DAY,), (9,))
    assert found.gap[:, 0].tolist() == pytest.approx((np.array([-1, 0, 1, 2]) / spread_of_roots).tolist())
    weights = normalised(log_kernel([found], 0.5))
    assert weights.argmax() == 1
    assert weights[0] / weights[1] == pytest.approx(np.exp(-0.5 * (1 / spread_of_roots / 0.5) ** 2))


def test_earlier_days_count_together_as_much_as_the_last() -> None:
    early, late = np.array([1, 4, 1, 4]), np.array([4, 9, 16, 25])
    known = actuals(referral=(4, 9))
    last, before = matched(known, {"referral": progress(early, late, late)}, DAYS)
    assert (last.days, before.days) == ((DAY,), (BEFORE,))
    assert before.distance.tolist() == pytest.approx([4, 0, 4, 0])


def test_what_tells_nothing_is_left_out() -> None:
    same, late = np.array([3, 3, 3]), np.array([4, 9, 16])
    table = {"referral": progress(same, late, late), "job_start": progress(same, same, same)}
    found = matched(
        actuals(referral=(5, 9), job_start=(1,), payments_gbp=(7,)), table | {"payments_gbp": table["referral"]}, DAYS
    )
    assert [(each.measure, each.days) for each in found] == [("referral", (DAY,))]


def test_a_wider_kernel_keeps_more() -> None:
    luck = np.random.default_rng(1)
    simulated = luck.poisson(100, 5_000)
    found = matched(actuals(referral=(120,)), {"referral": progress(simulated, simulated, simulated)}, DAYS)
    sizes = [effective_size(normalised(log_kernel(found, h))) for h in LADDER]
    assert LADDER[0] == H_TARGET
    assert LADDER[8] == 2 * H_TARGET
    assert sizes == sorted(sizes)
    assert sizes[0] < 1_000 < sizes[-1]


def test_weighted_quantiles_are_ranks() -> None:
    luck = np.random.default_rng(2)
    values = luck.integers(0, 30, 400).astype(np.float64)
    values[:30] = np.nan
    equal = np.full(400, 1 / 400)
    assert tuple(weighted_quantiles(values, equal)[1:]) == estimate(values).quantiles[1:]
    assert np.isnan(weighted_quantiles(values, equal)[0])
    times = luck.integers(1, 5, 400)
    repeated = estimate(np.repeat(values, times)).quantiles
    weighted = weighted_quantiles(values, times / times.sum())
    assert [None if np.isnan(value) else value for value in weighted] == list(repeated)
    assert len(LEVELS) == len(weighted)


def test_means_have_errors_and_what_is_undefined_has_no_mean() -> None:
    values = np.column_stack([np.arange(400.0), np.where(np.arange(400) < 40, np.nan, 1.0)])
    found = spread(values, np.full(400, 1 / 400))
    whole = estimate(values[:, 0])
    assert found.mean[0] == whole.mean
    assert found.se[0] == pytest.approx(whole.se, rel=0.01)
    assert np.isnan(found.mean[1])
    assert found.undefined.tolist() == pytest.approx([0, 0.1])
    chance, error = share(np.arange(400) < 100, np.full(400, 1 / 400))
    assert (chance, error) == pytest.approx((0.25, 0.0216), abs=0.0005)
    assert share(np.zeros(400, dtype=bool), np.full(400, 1 / 400))[1] > 0


def fitted_toy(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return scores of draws, what was counted, and what comes after, of a belief that was fitted to a count of 1.5.

    Before: z ~ N(0, 1). Counted: s ~ N(z, 1), seen to be 1.5. So z ~ N(0.75, 1/2) after it. To come: f ~ N(s + 2 z, 1).
    """
    luck = np.random.default_rng(seed)
    scores = luck.standard_normal((n, 2))
    z = 0.75 + np.sqrt(0.5) * scores[:, 0]
    counted = z + luck.standard_normal(n)
    return scores, counted, counted + 2 * z + luck.standard_normal(n)


def test_what_a_belief_was_fitted_to_is_not_used_twice() -> None:
    scores, counted, later = fitted_toy(40_000, 3)
    h, gap = 0.1, (counted - 1.5) / counted.std()
    kernel = -0.5 * (gap / h) ** 2
    once = normalised(kernel - log_likelihood(*regression(gap[:, None], scores), h))
    twice = normalised(kernel)
    mean, again = float(once @ later), float(twice @ later)
    deviation = float(np.sqrt(once @ (later - mean) ** 2))
    assert mean == pytest.approx(1.5 + 2 * 0.75, abs=0.08)
    assert deviation == pytest.approx(np.sqrt(4 * 0.5 + 1), abs=0.08)
    assert again == pytest.approx(1.5 + 2 * 1.0, abs=0.08)
    assert float(once @ scores[:, 0]) == pytest.approx(0, abs=0.05)


def test_a_belief_fitted_to_an_earlier_day_learns_from_what_came_since() -> None:
    luck = np.random.default_rng(6)
    scores, first, _ = fitted_toy(60_000, 6)
    z = 0.75 + np.sqrt(0.5) * scores[:, 0]
    second = first + z + luck.standard_normal(len(z))
    h, gaps = 0.2, [(first - 1.5) / first.std(), (second - 4.0) / second.std()]
    kernel = -0.5 * sum(gap**2 for gap in gaps) / h**2
    once = normalised(kernel - log_likelihood(*regression(gaps[0][:, None], scores), h))
    mean = float(once @ z)
    assert mean == pytest.approx((1.5 + 2.5) / 3, abs=0.06)
    assert float(np.sqrt(once @ (z - mean) ** 2)) == pytest.approx(np.sqrt(1 / 3), abs=0.06)
    assert float(normalised(kernel) @ z) > mean + 0.02


def test_the_regression_tells_means_and_what_is_left() -> None:
    luck = np.random.default_rng(4)
    scores = luck.standard_normal((20_000, 3))
    rest = luck.multivariate_normal([0, 0], [[1.0, 0.3], [0.3, 0.5]], 20_000)
    mean = np.column_stack([1 + scores[:, 0], scores[:, 1] ** 2 - 2 * scores[:, 2]])
    found, covariance = regression(mean + rest, scores)
    assert np.abs(found - mean).max() < 0.25
    assert covariance == pytest.approx(np.array([[1.0, 0.3], [0.3, 0.5]]), abs=0.03)


def test_no_weight_is_raised_beyond_the_limit() -> None:
    scores, counted, _ = fitted_toy(2_000, 5)
    found = log_likelihood(*regression((10 * counted)[:, None], scores), 0.01)
    assert found.max() - found.min() <= -np.log(LEAST) + 1e-9
