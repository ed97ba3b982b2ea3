"""Sobol points: functions of seed and replication alone, even, and with errors that tell how even."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.estimates import Estimate, estimate, probability, tail_mean
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.draws import draw, draw_table
from simulator.scenario.load import load_scenario
from simulator.scenario.points import SCRAMBLINGS, sobol_places
from tests.tiny import TINY, tiny_scenario

SCENARIO = load_scenario(TINY)
COVER = 1.959963984540054
N = 1024


@given(st.integers(0, 2**63 - 1), st.integers(0, 5000), st.integers(1, 60), st.integers(1, 40))
def test_any_cut_gives_the_same_places(seed: int, first: int, count: int, cut: int) -> None:
    cut = min(cut, count)
    whole = sobol_places(seed, first, count, 5)
    parts = [sobol_places(seed, first, cut, 5)]
    parts += [sobol_places(seed, first + cut, count - cut, 5)] if cut < count else []
    assert np.concatenate(parts).tobytes() == whole.tobytes()
    alone = sobol_places(seed, first + count - 1, 1, 5)
    assert alone.tobytes() == whole[-1:].tobytes()


def test_another_seed_gives_other_places() -> None:
    assert not np.isin(sobol_places(1, 0, 100, 3), sobol_places(2, 0, 100, 3)).any()


def test_scramblings_are_different_and_each_is_even() -> None:
    """Each block of 2^k points of a scrambling has one point in each of 2^k equal parts, in every dimension."""
    places = sobol_places(3, 0, 64 * SCRAMBLINGS, 24)
    assert ((places > 0) & (places < 1)).all()
    for block in range(SCRAMBLINGS):
        parts = np.sort(np.floor(64 * places[block::SCRAMBLINGS]), axis=0)
        assert (parts == np.arange(64)[:, None]).all()
    assert len({places[block::SCRAMBLINGS].tobytes() for block in range(SCRAMBLINGS)}) == SCRAMBLINGS


def test_every_assumption_that_is_a_number_has_its_dimension() -> None:
    assert set(SCENARIO.assumptions.beliefs()) <= set(Assumptions.numbers())
    assert len(Assumptions.numbers()) == len(
        set(Assumptions.model_fields) - {"fitted_to", "rules", "factors", "windows", "correlations"}
    )


def test_fixing_or_stressing_one_assumption_moves_no_other(tmp_path: Path) -> None:
    edits = (
        ("search_limit: {value: 9, unit: months, quality: D, source: Worked example}", "search_limit: none"),
        ("job_rate: {distribution: lognormal, mean: 0.0594, cv: 0.38", "job_rate: {value: 0.0594"),
    )
    plain, changed = draw(SCENARIO, 5, 3, 40, "sobol"), draw(tiny_scenario(tmp_path, *edits), 5, 3, 40, "sobol")
    assert np.isinf(changed.values["search_limit"]).all()
    assert np.ptp(changed.values["job_rate"]) == 0
    for name in changed.values.keys() - {"job_rate", "search_limit"}:
        assert plain.values[name].tobytes() == changed.values[name].tobytes(), name


def test_draws_are_those_of_their_places() -> None:
    belief = SCENARIO.assumptions.engagement_probability
    place = sobol_places(5, 7, 20, len(Assumptions.numbers()))[:, Assumptions.numbers().index("engagement_probability")]
    drawn = draw(SCENARIO, 5, 7, 20, points="sobol").values["engagement_probability"]
    assert np.array_equal(drawn, belief.quantile(place))
    table = draw_table(SCENARIO, 5, 20, 7, "sobol")
    assert list(table["replication"]) == list(range(7, 27))
    assert table["job_rate"].to_numpy() / 30.4375 == pytest.approx(draw(SCENARIO, 5, 7, 20, "sobol").values["job_rate"])
    assert not np.array_equal(table["job_rate"], draw_table(SCENARIO, 5, 20, 7)["job_rate"])


def outcome(seed: int, noise: float) -> NDArray[np.float64]:
    """Return normal values of variance 1: one part a sum over points, the other luck of its own."""
    parts = ndtri(sobol_places(seed, 0, N, 6)).sum(axis=1) / np.sqrt(6)
    own = np.random.default_rng(seed).normal(size=N)
    return np.asarray(np.sqrt(1 - noise) * parts + np.sqrt(noise) * own)


@pytest.mark.parametrize("noise", [0.05, 0.8])
def test_errors_from_blocks_cover_nearly_as_often_as_they_say(noise: float) -> None:
    """Errors from 16 blocks are themselves uncertain: 1.96 of them cover 93.1 % where blocks' means are normal."""
    held: dict[str, list[bool]] = {name: [] for name in ("mean", "q05", "q50", "q95", "share", "tail")}
    for seed in range(400):
        values = outcome(seed, noise)
        found = estimate(values, blocks=SCRAMBLINGS)
        checks = [("mean", found.mean, found.se, 0.0)]
        for name, place, level in (("q05", 0, 0.05), ("q50", 2, 0.5), ("q95", 4, 0.95)):
            checks.append((name, found.quantiles[place], found.quantile_errors[place], float(ndtri(level))))
        share = probability((values < 0.3).astype(np.float64), SCRAMBLINGS)
        checks.append(("share", share.mean, share.se, 0.6179114221889526))
        tail = tail_mean(values, blocks=SCRAMBLINGS)
        checks.append(("tail", tail.mean, tail.se, -2.0627128))
        for name, value, error, truth in checks:
            assert value is not None
            assert error is not None
            held[name].append(abs(value - truth) <= COVER * error)
    shares = {name: float(np.mean(inside)) for name, inside in held.items()}
    assert all(0.89 < share < 0.97 for share in shares.values()), shares


def test_points_pay_where_they_decide_and_their_error_says_so() -> None:
    random = estimate(np.random.default_rng(1).normal(size=N)).se
    even = estimate(outcome(1, 0.0), blocks=SCRAMBLINGS).se
    mixed = estimate(outcome(1, 0.5), blocks=SCRAMBLINGS).se
    assert random is not None
    assert even is not None
    assert mixed is not None
    assert even < random / 4
    assert random / 2 < mixed < random


def test_few_values_count_as_independent() -> None:
    values = np.random.default_rng(1).normal(size=31)
    assert estimate(values, blocks=16) == estimate(values)
    assert estimate(np.append(values, 0.0), blocks=16) != estimate(np.append(values, 0.0))
    assert estimate(np.array([3.0]), blocks=16) == Estimate(3.0, None, (3.0,) * 5, (None,) * 5)


def test_what_is_all_the_same_has_no_error_and_what_was_never_seen_has_one() -> None:
    same = estimate(np.full(100, 7.0), blocks=16)
    assert (same.mean, same.se, same.quantile_errors) == (7.0, 0.0, (0.0,) * 5)
    for value in (0.0, 1.0):
        assert probability(np.full(100, value), 16) == probability(np.full(100, value))


def test_the_error_of_a_quantile_sees_the_edge_of_what_many_values_share() -> None:
    """Half of the values are 1, the others lie below it: the median may be either, and both kinds of error know."""
    luck = np.random.default_rng(4)
    values = np.where(luck.uniform(size=1600) < 0.505, 1.0, luck.uniform(size=1600))
    for blocks in (0, 16):
        error = estimate(values, blocks=blocks).quantile_errors[2]
        assert error is not None
        assert error > 0.001
