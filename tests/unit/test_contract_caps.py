"""The caps on money: one function for claims, which can be all or nothing, and for activity payments, which never are."""

import numpy as np
import pytest

from simulator.contract.caps import Caps, Used, new_used, pay_within_caps
from simulator.contract.pricing import RATE_CARD
from simulator.records import Status
from simulator.scenario.constants import NO_LIMIT

OWN = 1
"""A schedule with a cap of its own."""


def limits(partial: bool) -> Caps:
    """Return caps of 300 a year, 200 on a schedule and 400 in all, that let through what fits, or all or nothing."""
    return Caps(
        counts=np.array([NO_LIMIT]),
        year=np.array([0, 1]),
        annual=np.array([300, 300]),
        annual_partial=partial,
        carry=False,
        defer=False,
        schedule=np.array([NO_LIMIT, 200]),
        schedule_partial=np.array([True, partial]),
        total=400,
        total_partial=partial,
    )


def spent(used: Used) -> tuple[list[int], list[int], int]:
    """Return what is used of the caps of the years, of the schedules and in all."""
    return used.year.tolist(), used.schedule.tolist(), int(used.total[0])


@pytest.mark.parametrize(
    ("schedule", "asked", "partly", "status"),
    [
        (RATE_CARD, 300, 300, Status.PAID),
        (RATE_CARD, 301, 300, Status.OVER_ANNUAL_CAP),
        (OWN, 201, 200, Status.OVER_SCHEDULE_CAP),
        (OWN, 350, 200, Status.OVER_SCHEDULE_CAP),
    ],
)
@pytest.mark.parametrize("divisible", [False, True])
@pytest.mark.parametrize("partial", [False, True])
def test_a_claim_above_a_cap_is_paid_by_its_policy_and_an_activity_payment_in_part(
    schedule: int, asked: int, partly: int, status: Status, divisible: bool, partial: bool
) -> None:
    caps = limits(partial)
    used = new_used(caps)
    paid, found = pay_within_caps(caps, used, schedule, 0, asked, divisible)
    expected = partly if divisible or partial or status == Status.PAID else 0
    assert paid == expected
    assert spent(used) == ([expected, 0], [expected * (number == schedule) for number in range(2)], expected)
    if status == Status.PAID or divisible or partial:
        assert found == status


def test_the_total_cap_meets_what_the_years_leave() -> None:
    caps = limits(partial=False)
    used = new_used(caps)
    assert pay_within_caps(caps, used, RATE_CARD, 0, 300, False) == (300, Status.PAID)
    assert pay_within_caps(caps, used, RATE_CARD, 1, 150, False) == (0, Status.OVER_TOTAL_CAP)
    assert pay_within_caps(caps, used, RATE_CARD, 1, 150, True) == (100, Status.OVER_TOTAL_CAP)
    assert spent(used) == ([300, 100], [400, 0], 400)
