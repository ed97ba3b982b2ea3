"""Rates of return: a status for every kind of flows, and the same rates as another program where there is one rate."""

from datetime import date, timedelta

import numpy as np
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.finance.irr import IrrStatus, irr, roots

Flow = tuple[int, int]
"""Day and pence."""


def one(*flows: Flow) -> tuple[float, IrrStatus]:
    """Return the rate and the status of one series of flows."""
    day, amount = (np.array([flow[i] for flow in flows], dtype=np.int64) for i in (0, 1))
    rates, status = irr(np.array([0, len(flows)]), day, amount)
    return float(rates[0]), IrrStatus(status[0])


@pytest.mark.parametrize(
    ("flows", "status"),
    [
        ([], IrrStatus.ZERO_FLOWS),
        ([(0, 0), (9, 0)], IrrStatus.ZERO_FLOWS),
        ([(0, -100)], IrrStatus.TOTAL_LOSS),
        ([(0, -100), (400, -5), (800, 0)], IrrStatus.TOTAL_LOSS),
        ([(0, 100)], IrrStatus.NO_OUTFLOW),
        ([(3, 100), (4, 7)], IrrStatus.NO_OUTFLOW),
        ([(5, -250000), (5, 250000)], IrrStatus.SAME_DAY),
        ([(5, -250000), (5, 260000)], IrrStatus.SAME_DAY),
        ([(5, -250000), (5, 260000), (9, 0)], IrrStatus.SAME_DAY),
        ([(0, -10000), (365, 23000), (730, -13200)], IrrStatus.MULTIPLE_ROOTS),
        ([(0, -100), (365, 150), (730, -100)], IrrStatus.NO_ROOT),
        ([(0, -(10**9)), (1, 1)], IrrStatus.OUT_OF_RANGE),
        ([(0, -1), (1, 10**6)], IrrStatus.OUT_OF_RANGE),
        ([(0, -100), (365, 110)], IrrStatus.OK),
        ([(0, 0), (100, -100), (465, 110)], IrrStatus.OK),
        ([(0, 100), (365, -110)], IrrStatus.OK),
        ([(0, -100), (100, 50), (200, -10), (300, 90)], IrrStatus.OK),
    ],
)
def test_every_kind_of_flows_has_its_status(flows: list[Flow], status: IrrStatus) -> None:
    rate, found = one(*flows)
    assert found == status
    assert np.isnan(rate) == (status != IrrStatus.OK)


def test_series_of_one_batch_do_not_touch_one_another() -> None:
    starts = np.array([0, 2, 2, 3, 6, 8])
    day = np.array([0, 365, 0, 0, 365, 730, 10, 375])
    amount = np.array([-100, 110, -50, -10000, 23000, -13200, -100, 120])
    rates, status = irr(starts, day, amount)
    assert [IrrStatus(each).name for each in status] == ["OK", "ZERO_FLOWS", "TOTAL_LOSS", "MULTIPLE_ROOTS", "OK"]
    assert rates[[0, 4]] == pytest.approx([0.10, 0.20], abs=1e-12)
    assert np.isnan(rates[1:4]).all()


@st.composite
def plain_flows(draw: st.DrawFn) -> list[Flow]:
    """Return draws followed by receipts, on successive days."""
    days = sorted(draw(st.sets(st.integers(0, 3000), min_size=2, max_size=12)))
    turn = draw(st.integers(1, len(days) - 1))
    pence = [draw(st.integers(1, 10**9)) for _ in days]
    return [(day, -amount if i < turn else amount) for i, (day, amount) in enumerate(zip(days, pence, strict=True))]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(plain_flows())
def test_one_change_of_sign_has_the_rate_that_another_program_finds(flows: list[Flow]) -> None:
    rate, status = one(*flows)
    days = [date(2020, 1, 1) + timedelta(days=day) for day, _ in flows]
    if status == IrrStatus.OUT_OF_RANGE:
        assert worth(flows, -0.999999) * worth(flows, 1e6) > 0
        return
    assert status == IrrStatus.OK
    to_the_last = (1 + min(0.0, rate)) ** ((flows[-1][0] - flows[0][0]) / 365)
    assert abs(worth(flows, rate)) * to_the_last <= 0.5 * len(flows)
    if -0.9 < rate < 10:
        expected = pyxirr.xirr(days, [float(amount) for _, amount in flows], guess=rate)
        assert expected is not None
        assert rate == pytest.approx(expected, rel=1e-6, abs=1e-8)


def worth(flows: list[Flow], rate: float) -> float:
    """Return what flows are worth on the day of the first at a rate."""
    return sum(amount * float((1 + rate) ** (-(day - flows[0][0]) / 365)) for day, amount in flows)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.floats(-0.5, 1.0), st.floats(0.0005, 0.2))
def test_both_of_two_rates_are_found_however_close(low: float, apart: float) -> None:
    """-1, then the sum of the two growth factors, then minus their product: worth nothing at both rates."""
    first, second = 1 + low, 1 + low + apart
    scale = 10**12
    flows = [(0, -scale), (365, round(scale * (first + second))), (730, -round(scale * first * second))]
    day, amount = (np.array([flow[i] for flow in flows], dtype=np.int64) for i in (0, 1))
    assert roots(day, amount) == pytest.approx([low, low + apart], abs=1e-6)
    assert one(*flows)[1] == IrrStatus.MULTIPLE_ROOTS


def test_a_series_begins_on_any_day() -> None:
    assert one((1000, -100), (1365, 110))[0] == pytest.approx(0.10, abs=1e-12)
