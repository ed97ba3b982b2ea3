"""The caseload against queueing theory: waiting with M/M/c, blocking with the Erlang loss formula (golden case G14 c)."""

from math import factorial
from pathlib import Path

import numpy as np

import simulator as sib
from simulator.records import Event, Events

HERE = Path(__file__).parent
WARM_UP = 10_000
"""Days not counted: the queue starts empty."""


def simulate(overlay: str, replications: int) -> Events:
    scenario = sib.load_scenario("scenarios/haringey_barnet.yaml", [HERE / overlay])
    return sib.simulate(scenario, sib.draw(scenario, 5, 0, replications), 5)


def waits(events: Events, index: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the days waited by those allocated after the warm-up."""
    rows = events.rows_of(index)
    day, event, who = events.day[rows], events.event[rows], events.participant[rows]
    referred = dict(zip(who[event == Event.REFERRAL], day[event == Event.REFERRAL], strict=True))
    allocated = event == Event.ALLOCATION
    return np.array(
        [d - referred[p] for p, d in zip(who[allocated], day[allocated], strict=True) if referred[p] > WARM_UP],
        dtype=np.float64,
    )


def erlang_c(servers: int, load: float) -> float:
    """Return the chance of waiting in M/M/c."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def check_waiting(replications: int) -> None:
    servers, load, holding = 5, 3.5, 601.5  # one day of engaging, and whole days: 600 and a half on average
    events = simulate("queue.yaml", replications)
    means = np.array([waits(events, i).mean() for i in range(replications)])
    load *= holding / 600
    theory = erlang_c(servers, load) * holding / (servers - load)
    error = means.std(ddof=1) / np.sqrt(replications)
    assert abs(means.mean() - theory) < 3 * error, f"{means.mean():.1f} ± {error:.1f} days, theory {theory:.1f}"


def test_waiting_times_are_those_of_a_plain_queue() -> None:
    check_waiting(400)


def check_blocking(replications: int) -> None:
    events = simulate("loss.yaml", replications)
    blocked = np.array([blocked_share(events, i) for i in range(replications)])
    error = blocked.std(ddof=1) / np.sqrt(replications)
    assert abs(blocked.mean() - 0.4) < 3 * error, f"{blocked.mean():.4f} ± {error:.4f}, theory 0.4"


def blocked_share(events: Events, index: int) -> float:
    """Return the share of people, after the warm-up, who found both slots taken for a whole day."""
    rows = events.rows_of(index)
    late = events.event[rows][events.day[rows] > WARM_UP]
    return float((late == Event.LAPSED).sum() / (late == Event.REFERRAL).sum())


def test_blocking_is_erlangs() -> None:
    check_blocking(1000)
