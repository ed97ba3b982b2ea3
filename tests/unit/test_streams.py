"""Keyed luck: NumPy's Philox word for word, and inverse transforms that are right to the last digits."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import ndtri

from simulator.streams import Decision, Entity, exponential, lognormal, name_key, normal, uniforms, words

WORDS = st.integers(0, 2**63 - 1)
DRAWS = st.integers(0, 2**62)
OPEN = st.floats(0, 1, exclude_min=True, exclude_max=True, allow_subnormal=False)
GRID = (np.arange(20_000) + 0.5) / 20_000
"""Places evenly spread over (0, 1)."""
GOLDEN_WORDS = (863414763573281177, 17441561771149964019, 8621628851183586774, 10961654433994630542)
GOLDEN_UNIFORMS = (0.04680580812111046, 0.9455089581910456, 0.46737943654084735, 0.594232477568617)
GOLDEN_ZERO = (213000021201967259, 4455796210202625458, 2055444239878205049, 10411612076246414556)
GOLDEN_NAME = 4745463967110356341

Key = tuple[int, int, int, int, int, int]


def philox(key: Key) -> np.random.Philox:
    """Return NumPy's generator for (seed, replication, kind, entity, decision, draw)."""
    seed, replication, kind, entity, decision, draw = (np.uint64(part) for part in key)
    return np.random.Philox(
        key=np.array([seed, replication]), counter=np.array([draw, decision, entity, kind], dtype=np.uint64)
    )


@given(st.tuples(WORDS, WORDS, WORDS, WORDS, WORDS, DRAWS))
@example((0, 0, 0, 0, 0, 0))
@example((2**63 - 1, 2**63 - 1, 2**63 - 1, 2**63 - 1, 2**63 - 1, 2**62))
def test_words_are_numpys(key: Key) -> None:
    assert [int(word) for word in words(*key)] == [int(word) for word in philox(key).random_raw(4)]


@given(st.tuples(WORDS, WORDS, WORDS, WORDS, WORDS, DRAWS))
def test_uniforms_are_numpys(key: Key) -> None:
    assert list(uniforms(*key)) == list(np.random.Generator(philox(key)).random(4))


def test_golden_vectors_hold_on_every_machine() -> None:
    assert tuple(map(int, words(2026, 7, Entity.PARTICIPANT, 17, Decision.SEARCH, 3))) == GOLDEN_WORDS
    assert uniforms(2026, 7, Entity.PARTICIPANT, 17, Decision.SEARCH, 3) == GOLDEN_UNIFORMS
    assert tuple(map(int, words(0, 0, 0, 0, 0, 0))) == GOLDEN_ZERO


@pytest.mark.parametrize("place", range(6))
def test_every_part_of_the_key_matters(place: int) -> None:
    key = [2026, 7, 1, 17, 1, 3]
    other = [part + (i == place) for i, part in enumerate(key)]
    assert len({*words(*key), *words(*other)}) == 8


def test_uniforms_are_uniform_and_independent_of_their_neighbours() -> None:
    blocks = np.array([uniforms(1, 0, Entity.PARTICIPANT, person, Decision.ENTRY, 0) for person in range(5_000)])
    assert (blocks >= 0).all() and (blocks < 1).all()
    assert blocks.mean(axis=0) == pytest.approx([0.5] * 4, abs=4 * math.sqrt(1 / 12 / 5_000))
    correlations = np.corrcoef(np.hstack([blocks[:-1], blocks[1:]]).T)
    assert np.abs(correlations - np.eye(8)).max() < 4.5 / math.sqrt(5_000)


@given(OPEN)
@example(0.5)
@example(0.075)
@example(0.925)
@example(2.0**-53)
@example(1 - 2.0**-53)
@example(1e-300)
def test_normal_is_the_inverse_normal(u: float) -> None:
    assert normal(u) == pytest.approx(float(ndtri(u)), rel=4e-15, abs=1e-16)


def test_normal_at_the_ends_is_infinite() -> None:
    assert (normal(0.0), normal(1.0)) == (-math.inf, math.inf)


@given(st.floats(1e-12, 0.5))
def test_normal_is_symmetric(u: float) -> None:
    assert normal(1 - u) == pytest.approx(-normal(1 - (1 - u)), rel=1e-12, abs=1e-16)


def test_normal_moments() -> None:
    z = np.array([normal(u) for u in GRID])
    assert [z.mean(), (z**2).mean(), (z**4).mean()] == pytest.approx([0, 1, 3], abs=0.02)


def test_exponential_moments_and_ends() -> None:
    x = np.array([exponential(u) for u in GRID])
    assert [x.mean(), (x**2).mean()] == pytest.approx([1, 2], rel=2e-3)
    assert exponential(0.0) == 0.0
    assert exponential(1 - 2.0**-53) == pytest.approx(53 * math.log(2))


def test_exponential_of_a_small_uniform_is_not_lost() -> None:
    assert exponential(2.0**-53) > 0


@pytest.mark.parametrize(("median", "sigma"), [(28.0, 0.7), (30.0, math.log(4) / 1.6448536269514722), (84.0, 0.5)])
def test_lognormal_median_and_moments(median: float, sigma: float) -> None:
    x = np.array([lognormal(u, median, sigma) for u in GRID])
    assert lognormal(0.5, median, sigma) == median
    assert np.log(x).std() == pytest.approx(sigma, rel=1e-3)
    assert x.mean() == pytest.approx(median * math.exp(sigma**2 / 2), rel=5e-3)


def test_confirmation_delays_have_their_95th_percentile() -> None:
    """docs/model.md §9: median 30 days, 95th percentile 120 days."""
    assert lognormal(0.95, 30.0, math.log(120 / 30) / normal(0.95)) == pytest.approx(120)


def test_name_keys_are_the_same_everywhere_and_differ() -> None:
    assert name_key("job_rate") == GOLDEN_NAME
    assert len({name_key(name) for name in ("job_rate", "job_rat", "patience", "")}) == 4
    assert all(0 <= name_key(name) < 2**63 for name in ("job_rate", "patience"))
