"""The parts of a fit against what is known without them: closed forms, inverses, and truths that were made up."""

import numpy as np
import pytest
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.stats import chisquare

from calibration.design import simulate_design
from calibration.emulator import fit_emulator
from calibration.evidence import Counts
from calibration.observations import COUNTED, count_scores, counts_of_scores
from calibration.posterior import Sampling, sample
from calibration.scales import Scale, from_scale, mean_and_sd, to_scale
from simulator.workers import WorkerPool
from tests.calibrating import SHORT, Linear, likelihood, setup_of, straight

Floats = NDArray[np.float64]


@pytest.mark.parametrize("counts", [(672, 496, 147, 69), (36, 15, 8, 5), (10, 10, 0, 0), (1, 0, 0, 0)])
def test_counts_come_back_from_their_scores(counts: tuple[int, ...]) -> None:
    given = {name: np.array([value]) for name, value in zip(COUNTED, counts, strict=True)}
    assert counts_of_scores(count_scores(given))[0] == pytest.approx(counts, abs=1e-9)


def test_a_count_s_score_is_the_log_odds_of_having_followed() -> None:
    given = {name: np.array([value]) for name, value in zip(COUNTED, (100, 75, 25, 5), strict=True)}
    expected = [np.log(100), np.log(75.5 / 25.5), np.log(25.5 / 50.5), np.log(5.5 / 20.5)]
    assert count_scores(given)[0] == pytest.approx(expected)


@pytest.mark.parametrize(("scale", "value", "most"), [("log", 0.117, 1.0), ("logit", 0.6, 1.0), ("share", 20.0, 86.0)])
def test_a_scale_has_an_inverse(scale: Scale, value: float, most: float) -> None:
    assert from_scale(scale, to_scale(scale, np.array([value]), most), most)[0] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(("scale", "mean", "sd"), [("logit", 0.4, 0.8), ("logit", 2.2, 1.0), ("share", -0.3, 1.0)])
def test_moments_on_a_scale_are_those_of_draws(scale: Scale, mean: float, sd: float) -> None:
    draws = from_scale(scale, np.random.default_rng(1).normal(mean, sd, 400_000))
    assert mean_and_sd(scale, mean, sd) == pytest.approx((draws.mean(), draws.std()), abs=0.002)


def test_an_emulator_finds_a_quadratic_again() -> None:
    luck = np.random.default_rng(3)
    x = luck.normal([0.5, -2.0, 4.0], [0.3, 1.0, 2.0], (3_000, 3))

    def truth(at: Floats) -> Floats:
        one = 2 + 3 * at[:, 0] - at[:, 1] * at[:, 2] + 0.5 * at[:, 2] ** 2
        return np.column_stack([one, np.cos(1.0) - at[:, 0] ** 2])

    noise = luck.multivariate_normal([0, 0], [[0.04, 0.01], [0.01, 0.09]], len(x))
    found = fit_emulator(x, truth(x) + noise)
    fresh = luck.normal([0.5, -2.0, 4.0], [0.3, 1.0, 2.0], (200, 3))
    assert np.abs(found.mean(fresh) - truth(fresh)).max() < 0.15
    assert found.luck == pytest.approx(np.array([[0.04, 0.01], [0.01, 0.09]]), abs=0.006)
    exact = fit_emulator(x, truth(x))
    assert np.abs(exact.mean(fresh) - truth(fresh)).max() < 1e-5
    assert exact.explained == pytest.approx([1.0, 1.0])


def test_draws_are_from_the_posterior_that_is_known() -> None:
    luck = np.random.default_rng(5)
    toy = Linear(luck.normal(size=(5, 3)) * [1, 3, 10], np.array([0.5, 1.0, 0.2]), np.array([1.0, -2.0, 7.0]))
    drawn = sample(
        toy.log_likelihood, 5, Generator(Philox(11)), Sampling(chains=60, stages=3, warm_up=60, kept=25, apart=5)
    )
    mean, covariance = toy.posterior()
    sd = np.sqrt(np.diag(covariance))
    error = sd / np.sqrt(drawn.effective)
    assert np.all(drawn.effective > 300)
    assert np.all(drawn.shrink < 1.05)
    assert np.all(np.abs(drawn.scores.mean(axis=0) - mean) < 4.5 * error)
    assert drawn.scores.std(axis=0) == pytest.approx(sd, rel=0.15)
    assert np.corrcoef(drawn.scores.T) == pytest.approx(covariance / np.outer(sd, sd), abs=0.15)


def test_draws_are_the_same_for_the_same_seed_alone() -> None:
    toy = Linear(np.eye(2), np.ones(2), np.array([1.0, 2.0]))
    one, same, other = (sample(toy.log_likelihood, 2, Generator(Philox(seed)), SHORT).scores for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_deal_s_parameters_follow_from_the_unknowns() -> None:
    setup = setup_of(("shropshire", "enfield"), ("referrals_over_term", "patience", "job_rate"))
    unknowns = setup.unknowns
    assert tuple(each.name for each in unknowns.all) == (
        "referrals_over_term of shropshire", "patience", "mean of job_rate", "spread of job_rate", "job_rate of shropshire",
        "referrals_over_term of enfield", "job_rate of enfield",
    )  # fmt: skip
    scores = np.array([[0.5, -1.0, 2.0, -0.5, 3.0, 1.0, -2.0]])
    referrals, patience, rate = setup.parameters["shropshire"]
    expected = [
        referrals.centre + 0.5 * referrals.prior.sd,
        patience.centre - 1.0 * patience.prior.sd,
        rate.centre + 2.0 * rate.prior.sd + (rate.prior.between or 0) * 0.5 * 3.0,
    ]
    assert unknowns.of_deal(scores, "shropshire")[0] == pytest.approx(expected)
    others = unknowns.of_deal(scores, "enfield")[0]
    assert others[1] == pytest.approx(expected[1]), "what is common is the same for all deals"
    assert others[2] == pytest.approx(rate.centre + 2.0 * rate.prior.sd - (rate.prior.between or 0) * 0.5 * 2.0)


def test_the_spread_of_a_deal_s_parameter_is_that_of_its_prior() -> None:
    setup = setup_of(("enfield",))
    scores = np.random.default_rng(2).normal(size=(100_000, len(setup.unknowns.all)))
    places = setup.unknowns.of_deal(scores, "enfield")
    own = setup.parameters["enfield"]
    assert places.mean(axis=0) == pytest.approx([each.centre for each in own], abs=0.01)
    assert places.std(axis=0) == pytest.approx([each.spread for each in own], rel=0.02)


@pytest.mark.parametrize(("luck", "least", "most"), [(1e6, -0.15, 0.15), (0.01, 0.9, 1.0)])
def test_what_says_nothing_takes_no_variance_away(luck: float, least: float, most: float) -> None:
    setup = setup_of(("enfield",), ("referrals_over_term", "patience"))
    own = setup.parameters["enfield"]
    centre, spread = np.array([each.centre for each in own]), np.array([each.spread for each in own])
    emulator = straight(centre, spread, np.eye(2), np.full(2, luck))
    drawn = sample(
        likelihood(setup, "enfield", emulator, np.array([0.3, -0.4])), 2, Generator(Philox(1)),
        Sampling(chains=60, stages=2, warm_up=40, kept=20, apart=5),
    )  # fmt: skip
    told = 1 - (setup.unknowns.of_deal(drawn.scores, "enfield").std(axis=0) / spread) ** 2
    assert np.all((told >= least) & (told <= most)), told


def ranks_of_truth(times: int, seed: int) -> list[int]:
    """Return where made-up truths stand among draws of the posterior of figures that follow from them: 0 to 9, of ten."""
    setup = setup_of(("enfield",), ("referrals_over_term", "engagement_probability", "patience"))
    own, unknowns = setup.parameters["enfield"], setup.unknowns
    luck = Generator(Philox(seed))
    slopes = np.array([[1.0, 0.2, 0.0, 0.5], [0.0, 1.0, 0.5, 0.2], [0.1, 0.6, 0.3, 0.0]])
    emulator = straight(np.array([e.centre for e in own]), np.array([e.spread for e in own]), slopes, np.full(4, 0.4))
    found = []
    for number in range(times):
        truth = luck.standard_normal((1, len(unknowns.all)))
        seen = emulator.mean(unknowns.of_deal(truth, "enfield"))[0] + 0.4 * luck.standard_normal(4)
        density = likelihood(setup, "enfield", emulator, seen)
        drawn = sample(density, len(unknowns.all), Generator(Philox([seed, number])), SHORT)
        places, true = (unknowns.of_deal(each, "enfield") for each in (drawn.scores, truth))
        found += [int(10 * part) for part in np.minimum((places < true).mean(axis=0), 0.999)]
    return found


def test_truths_stand_anywhere_among_the_draws() -> None:
    counted = np.bincount(ranks_of_truth(24, 77), minlength=10)
    assert chisquare(counted).pvalue > 1e-3, counted


@pytest.mark.slow
def test_truths_stand_anywhere_among_the_draws_at_length() -> None:
    counted = np.bincount(ranks_of_truth(600, 78), minlength=10)
    assert chisquare(counted).pvalue > 1e-3, counted


def ranks_of_lives(times: int, replications: int) -> Floats:
    """Return where parameters of simulated lives stand among draws given what those lives reached, shape (times, parameters).

    The parameters are drawn from the priors, the emulator has not seen these lives, and what they reached is fitted to.
    """
    setup = setup_of(("enfield",))
    design = simulate_design("enfield", setup.prior("enfield"), setup.priors.windows, replications, 5, WorkerPool(1))
    reached = setup.scores("enfield", design)
    emulator = fit_emulator(design.parameters[times:], reached[times:])
    found = []
    for number in range(times):
        density = likelihood(setup, "enfield", emulator, reached[number])
        drawn = sample(density, len(setup.unknowns.all), Generator(Philox(number)), SHORT)
        places = setup.unknowns.of_deal(drawn.scores, "enfield")
        found.append((places < design.parameters[number]).mean(axis=0))
    return np.array(found)


def uneven(ranks: Floats, bins: int) -> float:
    """Return the p-value of ranks from 0 to 1 being even."""
    counted = np.bincount((bins * np.minimum(ranks, 0.999)).astype(int).ravel(), minlength=bins)
    return float(chisquare(counted).pvalue)


def test_parameters_of_simulated_lives_stand_anywhere_among_the_draws() -> None:
    ranks = ranks_of_lives(12, 1_536)
    assert uneven(ranks, 5) > 1e-4
    assert ranks.mean() == pytest.approx(0.5, abs=0.12)


@pytest.mark.slow
def test_parameters_of_simulated_lives_stand_anywhere_among_the_draws_at_length() -> None:
    ranks = ranks_of_lives(200, 8_192)
    assert uneven(ranks, 10) > 1e-3
    error = 1 / np.sqrt(12 * len(ranks))
    assert np.all(np.abs(ranks.mean(axis=0) - 0.5) < 4.5 * error), ranks.mean(axis=0)


def test_counts_of_evidence_are_named_as_those_of_the_fit() -> None:
    assert tuple(Counts.__dataclass_fields__) == COUNTED
