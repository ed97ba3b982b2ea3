"""Beliefs written as an assumption set are those that were meant, and can be held together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calibration.assumption_set import Fitted, belief, correlations
from calibration.design import running_scenario, set_for_a_run
from calibration.priors import Parameter
from calibration.scales import mean_and_sd, to_scale
from simulator.scenario.correlations import contradictory
from simulator.scenario.draws import draw_table
from tests.calibrating import setup_of

DEAL = "tower_hamlets_smi"
"""It has people carried over, whose two numbers go together."""


def fitted(seed: int, factors: int, own: tuple[Parameter, ...]) -> Fitted:
    """Return beliefs with correlations that are possible, the stronger the fewer factors are behind them."""
    luck = np.random.default_rng(seed)
    loadings = luck.normal(size=(len(own), factors))
    covariance = loadings @ loadings.T + 0.05 * np.eye(len(own))
    sd = np.sqrt(np.diag(covariance))
    return Fitted(
        own,
        np.array([each.centre for each in own]) + 0.3 * luck.normal(size=len(own)),
        np.array([each.spread for each in own]) * luck.uniform(0.2, 0.9, len(own)),
        covariance / np.outer(sd, sd),
        {each.name: ("For a test", "E") for each in own},
    )


OWN = setup_of((DEAL,)).parameters[DEAL]
WINDOWS = setup_of((DEAL,)).priors.windows


def matrix_of(found: list[tuple[str, str, float]]) -> NDArray[np.float64]:
    names = sorted({name for one, other, _ in found for name in (one, other)})
    matrix = np.eye(len(names))
    for one, other, rho in found:
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = rho
    return matrix


@given(seed=st.integers(0, 2**32 - 1), factors=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_correlations_written_down_can_all_hold(seed: int, factors: int) -> None:
    believed = fitted(seed, factors, OWN)
    found = correlations(believed)
    assert np.linalg.eigvalsh(matrix_of(found)).min() > 0
    assert len({frozenset((one, other)) for one, other, _ in found}) == len(found)
    assert ("carried_over_searching", "carried_over_in_work") in [tuple(sorted(p[:2], reverse=True)) for p in found]
    names = [each.name for each in OWN]
    for one, other, rho in found:
        if one in names and other in names:
            meant = believed.correlation[names.index(one), names.index(other)]
            assert abs(rho) <= abs(meant) + 5e-4
            assert rho * meant > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_set_loads_and_draws_are_as_believed(seed: int, tmp_path: Path) -> None:
    believed = fitted(seed, 6, OWN)
    text = set_for_a_run(DEAL, believed, WINDOWS)
    assert text == set_for_a_run(DEAL, believed, WINDOWS)
    scenario = running_scenario(DEAL, text, tmp_path)
    assert not contradictory(scenario.assumptions)
    drawn = draw_table(scenario, 5, 8_192, points="sobol")
    for number, each in enumerate(OWN):
        values, most = drawn[each.name].to_numpy(), each.most
        mean, sd = float(believed.mean[number]), float(believed.sd[number])
        if each.prior.scale == "log":
            places = to_scale("log", values)
            assert (places.mean(), places.std()) == pytest.approx((mean, sd), abs=0.01), each.name
        else:
            centre, width = mean_and_sd(each.prior.scale, mean, sd)
            assert values.mean() / most == pytest.approx(centre, abs=0.01), each.name
            assert values.std() / most == pytest.approx(width, abs=0.01), each.name
    meant = {frozenset(pair[:2]): pair[2] for pair in correlations(believed)}
    lognormal = [each.name for each in OWN if each.prior.scale == "log"]
    for pair, rho in meant.items():
        one, other = tuple(pair)
        if one in lognormal and other in lognormal:
            found = np.corrcoef(np.log(drawn[one]), np.log(drawn[other]))[0, 1]
            assert found == pytest.approx(rho, abs=0.03), pair


@pytest.mark.parametrize("name", ["job_rate", "engagement_probability", "carried_over_searching"])
def test_a_belief_has_the_moments_of_its_scale(name: str) -> None:
    (parameter,) = (each for each in OWN if each.name == name)
    found = belief(parameter, parameter.centre, 0.4)
    if parameter.prior.scale == "log":
        assert found == {"distribution": "lognormal", "median": 0.065, "sigma": 0.4}
    else:
        mean, sd = mean_and_sd(parameter.prior.scale, parameter.centre, 0.4)
        assert found["distribution"] == "beta"
        assert (found["mean"], found["sd"]) == pytest.approx((mean, sd), rel=1e-3)
        assert found.get("multiply", 1.0) == parameter.most


def test_what_is_certain_to_go_together_is_tied(tmp_path: Path) -> None:
    drawn = draw_table(
        running_scenario(DEAL, set_for_a_run(DEAL, fitted(4, 6, OWN), WINDOWS), tmp_path), 5, 2_048, points="sobol"
    )
    shares = drawn["carried_over_searching"] / 124, drawn["carried_over_in_work"] / 24
    assert np.corrcoef(*shares)[0, 1] > 0.99
    assert np.abs(shares[0] - shares[1]).max() < 0.1
