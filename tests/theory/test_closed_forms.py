"""Means of the engine against integrals over the calendar, computed here without it."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import simulator as sib

HERE = Path(__file__).parent
DAYS, REFERRALS, MONTH = 1461, 985, 30.4375
P_ENGAGE, JOB, LEAVE, LOSS = 0.65, 0.0594 / MONTH, 0.09 / MONTH, 0.117 / MONTH
SEARCH_LIMIT = math.ceil(9 * MONTH)
DAYS_THAT_SUSTAIN = 8 * 7 + 4
"""Days in one job that make nine weeks count: eight whole weeks, and four days of the ninth."""


def expected() -> dict[str, float]:
    """Return expected outcomes on the calendar of whole days: sums over days of arrival, engagement and job start.

    A duration of at most n whole days has the chance of the continuous one of at most n days. Leaving and the end of the
    search come before a job that would start on the same day.
    """
    delay = np.arange(DAYS + 1)
    engaging = np.diff(stats.lognorm.cdf(delay, 0.7, scale=28))
    starting = -np.diff(np.exp(-JOB * delay)) * np.exp(-LEAVE * delay[1:]) * (delay[1:] < SEARCH_LIMIT)
    arrivals = np.full(DAYS, REFERRALS / DAYS)
    engaged = P_ENGAGE * _after(arrivals, engaging)
    started = _after(engaged, starting)
    sustained = started[: DAYS - 91].sum() * math.exp(-LOSS * (DAYS_THAT_SUSTAIN - 1))
    return {
        "outcomes.referral": REFERRALS,
        "achieved.engagement": engaged.sum(),
        "achieved.job_start": started.sum(),
        "achieved.sustainment": sustained,
    }


def _after(flow: NDArray[np.float64], delay: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the flow of each day after delays of 1, 2, ... days."""
    return np.concatenate([[0.0], np.convolve(flow, delay)])[:DAYS]


def check(replications: int) -> None:
    scenario = sib.load_scenario("scenarios/haringey_barnet.yaml", [HERE / "unlimited_caseload.yaml"])
    run = sib.run(scenario, replications=replications, seed=11)
    for name, mean in expected().items():
        found = run.estimates[name]
        assert found.mean is not None
        assert found.se is not None
        assert abs(found.mean - mean) < 3 * found.se, f"{name}: {found.mean:.2f} ± {found.se:.2f}, theory {mean:.2f}"
    assert run.estimates["caseload.wait_days"].mean == 0


def test_means_agree_with_integrals() -> None:
    check(2000)


@pytest.mark.slow
def test_means_agree_with_integrals_at_scale() -> None:
    check(20_000)


def test_the_textbook_integral_is_its_own_limit() -> None:
    """Golden case G14 b: arrivals 10 a month, half engage, hazard 0.1 a month, twelve months."""
    months = np.linspace(0, 12, 200_001)
    integral = np.trapezoid(5 * (1 - np.exp(-0.1 * (12 - months))), months)
    assert integral == pytest.approx(25.059711, abs=1e-6)


def test_keeping_work_across_jobs_is_a_two_state_process() -> None:
    """Nine of thirteen weeks with job loss 0.117 and re-employment 0.045 a month: published as 0.801 in continuous time."""
    check_two_states(300, 400_000)


@pytest.mark.slow
def test_keeping_work_across_jobs_is_a_two_state_process_at_scale() -> None:
    check_two_states(3000, 4_000_000)


def check_two_states(replications: int, people: int) -> None:
    scenario = sib.load_scenario("scenarios/haringey_barnet.yaml", [HERE / "two_states.yaml"])
    run = sib.run(scenario, replications=replications, seed=12, workers=1)
    starts, kept = (run.returns.values[name].sum() for name in ("achieved.job_start", "achieved.sustainment"))
    theory = two_state_share(people)
    error = math.sqrt(theory * (1 - theory) * (1 / starts + 1 / people))
    assert abs(kept / starts - theory) < 3 * error, f"{kept / starts:.4f}, theory {theory:.4f} ± {error:.4f}"
    assert theory == pytest.approx(0.801, abs=0.006)


def two_state_share(people: int) -> float:
    """Return the share of people with nine weeks of four days in one job, spells drawn in whole days, here and not there."""
    rng = np.random.default_rng(3)
    first, days = np.zeros(people, dtype=np.int64), 13 * 7
    weeks = np.zeros((people, 13), dtype=bool)
    for _ in range(20):
        last = first + np.ceil(rng.exponential(MONTH / 0.117, people)).astype(np.int64)
        for week in range(13):
            weeks[:, week] |= np.minimum(last, 7 * week + 7) - np.maximum(first, 7 * week) >= 4
        first = last + np.ceil(rng.exponential(MONTH / 0.045, people)).astype(np.int64)
        if (first >= days).all():
            break
    return float((weeks.sum(axis=1) >= 9).mean())
