"""The caseload against queueing theory: waiting with M/M/c, blocking with the Erlang loss formula (golden case G14 c)."""

from collections.abc import Iterator
from datetime import date
from math import exp, factorial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy import stats

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


# At scale: many loads, and theory exact to the day. Arrivals are Poisson by day and stays whole days, so the queue is a chain
# from day to day, of people who leave, then of people who arrive, then of the day's allocation.

Chain = NDArray[np.float64]
DAYS_OF_GEOMETRIC = 1
"""The day of engaging that comes before the stay in which leaving is possible."""


def stay(mean: float) -> tuple[float, float]:
    """Return mean and squared coefficient of variation of a stay: a day of engaging, then whole days of an exponential."""
    leaving = 1 - exp(-1 / mean)
    days = DAYS_OF_GEOMETRIC + 1 / leaving
    return days, (1 - leaving) / leaving**2 / days**2


def steady(chain: Chain) -> NDArray[np.float64]:
    """Return the stationary distribution of a chain."""
    equations = np.vstack([chain.T - np.eye(len(chain)), np.ones(len(chain))])
    solution, *_ = np.linalg.lstsq(equations, np.r_[np.zeros(len(chain)), 1.0])
    return np.asarray(solution)


def mean_wait(servers: int, arrivals: float, mean: float) -> float:
    """Return the mean wait in days, by Little's law from the people waiting at the end of a day.

    The chain has geometric stays of the same mean; stays that vary a little less make waits shorter by (1 + c²) / 2, which is
    exact for one server and within a thousandth for the stays here.
    """
    days, variation = stay(mean)
    most = servers + round(60 * servers / (servers - arrivals * days))
    chain = np.zeros((most + 1, most + 1))
    arriving = stats.poisson.pmf(np.arange(most + 1), arrivals)
    for people in range(most + 1):
        busy = min(people, servers)
        for leaving, chance in enumerate(stats.binom.pmf(np.arange(busy + 1), busy, 1 / days)):
            chain[people, people - leaving :] += chance * arriving[: most + 1 - people + leaving]
        chain[people, most] += 1 - chain[people].sum()
    waiting = steady(chain) @ np.maximum(0, np.arange(most + 1) - servers)
    return float(waiting / arrivals * (1 + variation) / (1 + (1 - 1 / days)))


def blocking(servers: int, arrivals: float, mean: float) -> float:
    """Return the share who find no slot on their day nor on the next, from the chain of people held and people waiting.

    How long a stay is matters by its mean alone, as in Erlang's formula.
    """
    most = 8
    chain, lost = np.zeros(((servers + 1) * most,) * 2), np.zeros((servers + 1) * most)
    for held in range(servers + 1):
        for waiting in range(most):
            for leaving, chance in enumerate(stats.binom.pmf(np.arange(held + 1), held, 1 / stay(mean)[0])):
                free = servers - held + leaving
                lost[held * most + waiting] += chance * max(0, waiting - free)
                for new, weight in enumerate(stats.poisson.pmf(np.arange(most), arrivals)):
                    after = held - leaving + min(free, waiting + new)
                    left = min(most - 1, max(0, new - max(0, free - waiting)))
                    chain[held * most + waiting, after * most + left] += chance * weight
    return float(steady(chain / chain.sum(axis=1, keepdims=True)) @ lost / arrivals)


def system(folder: Path, overlay: str, servers: int, load: float, mean: float) -> tuple[sib.Scenario, float]:
    """Return a century of a queue or loss system with other servers, load and stay, and its arrivals a day."""
    days, arrivals = 36_524, load / stay(mean)[0]
    yaml, path = YAML(typ="safe", pure=True), folder / overlay
    system = yaml.load((HERE / overlay).read_text(encoding="utf-8"))
    end = date(2119, 4, 1)
    system["set"] |= {
        "deal.term.term_end": end,
        "deal.investment.settlement_date": end,
        "deal.staffing.caseload_limit": servers,
        "assumptions.referrals_over_term": round(arrivals * days, 9),
    }
    system["set"]["assumptions.disengagement_rate"]["value"] = round(365.25 / mean, 12)
    yaml.dump(system, path)
    scenario = sib.load_scenario("scenarios/haringey_barnet.yaml", [path])
    assert (scenario.deal.term.term_end - scenario.deal.term.service_start).days == days
    return scenario, arrivals


def batches(scenario: sib.Scenario, replications: int) -> Iterator[Events]:
    """Yield the event logs of so many replications, a hundred at a time."""
    for first in range(0, replications, 100):
        yield sib.simulate(scenario, sib.draw(scenario, 5, first, min(100, replications - first)), 5)


def waited(events: Events) -> NDArray[np.float64]:
    """Return days waited and people, by replication: of those referred after the warm-up and early enough to be served."""
    allocated = np.flatnonzero(events.event == Event.ALLOCATION)
    referred = events.day[allocated - 1].astype(np.int64)
    owner = events.owners()[allocated]
    counted = (referred > WARM_UP) & (referred < events.day.max() - 3000)
    days = (events.day[allocated] - referred)[counted]
    return np.array([np.bincount(owner[counted], weight, events.replications) for weight in (days, np.ones(days.size))])


def blocked(events: Events) -> NDArray[np.float64]:
    """Return people who found no slot, and people referred, by replication, after the warm-up."""
    late = events.day > WARM_UP
    kinds = (late & (events.event == kind) for kind in (Event.LAPSED, Event.REFERRAL))
    return np.array([np.bincount(events.owners(), kind, events.replications) for kind in kinds])


def assert_near(found: list[NDArray[np.float64]], theory: float) -> None:
    """Assert that a ratio of totals agrees with theory.

    A mean of the replications' own ratios would be too low by about one part in the people of one: where more happen to
    arrive, all wait longer.
    """
    above, below = np.concatenate(found, axis=1)
    ratio = above.sum() / below.sum()
    error = (above - ratio * below).std(ddof=1) / below.mean() / np.sqrt(above.size)
    assert abs(ratio - theory) < 3 * error, f"{ratio:.4f} ± {error:.4f}, theory {theory:.4f}"
    print(f"{ratio:.5g} ± {error:.2g}, theory {theory:.5g}, {(ratio - theory) / error:+.2f} SE")


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load", "mean"), [(1, 0.5, 60.0), (5, 3.5, 100.0), (20, 18.0, 150.0)])
def test_waits_are_those_of_the_queue_at_scale(servers: int, load: float, mean: float, tmp_path: Path) -> None:
    scenario, arrivals = system(tmp_path, "queue.yaml", servers, load, mean)
    assert_near([waited(events) for events in batches(scenario, 4000)], mean_wait(servers, arrivals, mean))


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load"), [(1, 1.0), (2, 2.0), (10, 8.0)])
def test_blocking_is_erlangs_at_scale(servers: int, load: float, tmp_path: Path) -> None:
    scenario, arrivals = system(tmp_path, "loss.yaml", servers, load, 500.0)
    assert_near([blocked(events) for events in batches(scenario, 10_000)], blocking(servers, arrivals, 500.0))


def test_the_chains_by_day_are_the_textbook_in_the_limit() -> None:
    for servers, load in ((1, 0.5), (5, 3.5), (20, 18.0)):
        continuous = erlang_c(servers, load) / (servers - load) * 2000
        assert mean_wait(servers, load / stay(2000.0)[0], 2000.0) == pytest.approx(continuous, rel=0.004)
    for servers, load, loss in ((1, 1.0, 0.5), (2, 2.0, 0.4), (10, 8.0, 0.12166)):
        assert blocking(servers, load / stay(50_000.0)[0], 50_000.0) == pytest.approx(loss, rel=0.001)
