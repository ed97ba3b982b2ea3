"""Monte Carlo estimates: ranks, errors that cover as often as they say, undefined values that are never dropped."""

import numpy as np
import pytest
from scipy import stats

from simulator.estimates import LEVELS, Estimate, as_dicts, estimate, probability, tail_mean

COVER = 1.959963984540054
"""Standard errors each way that cover 95 times in 100."""
ROUNDS, N = 1500, 800


def test_quantiles_are_ranks_of_the_inverted_distribution_function() -> None:
    values = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    assert estimate(values).quantiles == (5.0, 25.0, 50.0, 75.0, 95.0)
    assert estimate(values[values <= 3]).quantiles == (1.0, 1.0, 2.0, 3.0, 3.0)
    assert estimate(np.array([7.0])).quantiles == (7.0,) * 5


@pytest.mark.parametrize("n", [1, 2, 3, 7, 20, 40, 101, 999])
def test_quantiles_are_those_of_numpy(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    assert estimate(values).quantiles == tuple(np.quantile(values, LEVELS, method="inverted_cdf"))


def test_undefined_values_rank_at_the_bad_end() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    low, high = estimate(values, "low"), estimate(values, "high")
    assert low.quantiles == (None, None, 1.0, 2.0, 3.0)
    assert high.quantiles == (1.0, 1.0, 2.0, 3.0, None)
    assert (low.undefined_share, low.status) == (0.25, "partly_undefined")


def test_a_mean_is_not_taken_where_some_values_are_undefined() -> None:
    found = estimate(np.array([1.0, 2.0, np.nan]))
    assert (found.mean, found.se) == (None, None)


def test_nothing_is_estimated_from_nothing_but_undefined_values() -> None:
    assert estimate(np.full(5, np.nan)) == Estimate(None, None, (None,) * 5, (None,) * 5, 1.0, "undefined")


def test_rates_of_return_are_not_averaged() -> None:
    found = estimate(np.array([-1.0, 0.1, 0.2]), averaged=False)
    assert (found.mean, found.se) == (None, None)
    assert found.quantiles[2] == 0.1


def test_the_mean_and_its_error_are_the_ordinary_ones() -> None:
    found = estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.mean == 2.5
    assert found.se == pytest.approx(np.sqrt(5 / 3) / 2)
    assert estimate(np.array([3.0])).se is None


def test_a_probability_and_its_error_are_binomial() -> None:
    found = probability(np.array([1.0] * 2000 + [0.0] * 8000))
    assert found.mean == 0.2
    assert found.se == pytest.approx(0.004, rel=1e-3)
    assert found.quantiles == (None,) * 5


def test_what_was_never_seen_still_has_an_error() -> None:
    for value in (0.0, 1.0):
        found = probability(np.full(100, value))
        assert found.mean == value
        assert found.se == pytest.approx(stats.beta.std(0.5, 100.5))


def coverage(inside: list[bool]) -> float:
    """Return how often intervals held the truth."""
    return float(np.mean(inside))


def test_errors_of_means_and_quantiles_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    means: list[bool] = []
    medians: list[bool] = []
    lows: list[bool] = []
    for _ in range(ROUNDS):
        found = estimate(rng.exponential(size=N))
        assert found.mean is not None
        assert found.se is not None
        means.append(abs(found.mean - 1.0) <= COVER * found.se)
        for place, held in ((2, medians), (0, lows)):
            value, error = found.quantiles[place], found.quantile_errors[place]
            assert value is not None
            assert error is not None
            held.append(abs(value + np.log1p(-LEVELS[place])) <= COVER * error)
    for held in (means, medians, lows):
        assert 0.92 < coverage(held) < 0.975


def test_the_error_of_a_tail_mean_covers_as_often_as_it_says() -> None:
    """The mean of the lowest twentieth of a uniform is a fortieth."""
    rng, held = np.random.default_rng(3), []
    for _ in range(ROUNDS):
        found = tail_mean(rng.uniform(size=N))
        assert found.mean is not None
        assert found.se is not None
        held.append(abs(found.mean - 0.025) <= COVER * found.se)
    assert 0.91 < coverage(held) < 0.98


def test_the_error_of_a_probability_covers_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(4), []
    for _ in range(ROUNDS):
        found = probability((rng.uniform(size=N) < 0.3).astype(np.float64))
        assert found.mean is not None
        assert found.se is not None
        held.append(abs(found.mean - 0.3) <= COVER * found.se)
    assert 0.92 < coverage(held) < 0.975


def test_a_tail_mean_is_that_of_the_worst_share() -> None:
    assert tail_mean(np.arange(1000.0)[::-1]).mean == np.arange(50.0).mean()


@pytest.mark.parametrize("n", range(400, 2000, 20))
def test_a_whole_number_of_values_in_the_tail_is_not_rounded_up(n: int) -> None:
    assert tail_mean(np.arange(float(n))).mean == np.arange(n // 20).mean()


def test_a_tail_of_fewer_than_twenty_is_refused() -> None:
    refused = tail_mean(np.arange(399.0))
    assert (refused.mean, refused.se, refused.status) == (None, None, "insufficient_replications")
    assert tail_mean(np.arange(400.0)).status == "ok"


def test_a_tail_with_undefined_values_is_refused() -> None:
    refused = tail_mean(np.append(np.arange(999.0), np.nan))
    assert (refused.mean, refused.status) == (None, "partly_undefined")


def test_an_estimate_without_neighbours_in_rank_has_no_error() -> None:
    assert estimate(np.arange(5.0)).quantile_errors == (None,) * 5
    assert estimate(np.arange(1000.0)).quantile_errors[2] == pytest.approx(np.sqrt(250), rel=0.05)


def test_plain_data_names_the_levels_and_leaves_out_what_is_not_there() -> None:
    whole = as_dicts({"a": estimate(np.array([1.0, 2.0]))})["a"]
    assert list(whole) == ["mean", "se", "q05", "q25", "q50", "q75", "q95"]
    part = estimate(np.array([1.0, np.nan])).as_dict()
    assert (part["undefined_share"], part["status"]) == (0.5, "partly_undefined")
