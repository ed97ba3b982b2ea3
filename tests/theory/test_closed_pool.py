"""A closed pool against its closed form: referrals are exponential, so that a binomial number of people come by a day."""

import math

import numpy as np
import pytest

import simulator as sib
from simulator.records import Event
from simulator.scenario.model import Scenario
from tests.strategies import close_pool, fix, scenario_of, tiny_document

PEOPLE, RATE = 300, 0.08
"""People of the pool, and the hazard of referral of each, per month."""


def pool() -> Scenario:
    document = tiny_document()
    close_pool(document, PEOPLE, RATE, 0.0)
    fix(document, patience=1)
    return scenario_of(document)


def check_pool(replications: int) -> None:
    """Check the mean and the variance of the number ever referred, at several days of the year."""
    scenario = pool()
    events = sib.simulate(scenario, sib.draw(scenario, 8, 0, replications), 8)
    referred = events.event == Event.REFERRAL
    owners = events.owners()
    for day in (30, 121, 365):
        counts = np.bincount(owners[referred & (events.day < day)], minlength=replications)
        share = 1 - math.exp(-RATE / 30.4375 * day)
        mean, variance = PEOPLE * share, PEOPLE * share * (1 - share)
        error = math.sqrt(variance / replications)
        assert abs(counts.mean() - mean) < 3 * error, f"day {day}: {counts.mean():.2f} ± {error:.2f}, theory {mean:.2f}"
        assert counts.var(ddof=1) == pytest.approx(variance, rel=4 * math.sqrt(2 / replications))


def test_the_number_ever_referred_is_binomial() -> None:
    check_pool(1000)


@pytest.mark.slow
def test_the_number_ever_referred_is_binomial_at_scale() -> None:
    check_pool(20_000)
