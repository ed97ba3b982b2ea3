"""The kernels of milestones against slow rules, and golden case G14 (a): an exact chance of keeping a job."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.milestones import counted_weeks, read_life
from simulator.contract.settlement import settle
from simulator.dates import NEVER
from simulator.pathway.engine import Row, event_table
from simulator.records import Event, Status
from simulator.scenario.draws import draw
from simulator.scenario.rate_card import Sustained
from tests import reference
from tests.strategies import scenario_of, tiny_document

PEOPLE = 40_000
FIRST_DAY = 20


@st.composite
def job_spells(draw: st.DrawFn) -> list[tuple[int, int, float]]:
    """Return jobs one after the other: first day, first day after the last, weekly hours."""
    edges = sorted(draw(st.sets(st.integers(0, 150), min_size=2, max_size=8)))
    spells = list(zip(edges[::2], edges[1::2], strict=False))
    return [(first, end, draw(st.sampled_from([8.0, 15.5, 16.0, 30.0]))) for first, end in spells]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(job_spells(), st.integers(1, 20), st.integers(1, 7))
def test_weeks_are_counted_as_by_going_through_the_days(
    jobs: list[tuple[int, int, float]], weeks: int, days_needed: int
) -> None:
    spells = np.full((64, 3), np.nan)
    spells[: len(jobs)] = np.array(jobs)
    start = jobs[0][0]
    counted, hours = counted_weeks(spells, len(jobs), float(start), weeks, days_needed)
    milestone = Sustained(sustained_weeks=weeks, weeks_counted=1, days_for_a_week=days_needed)
    expected = reference.weeks(milestone, jobs, start)
    assert (counted, hours) == (len(expected), sum(expected))


def test_a_life_is_read_from_its_events() -> None:
    log = [
        (3, Event.REFERRAL, 0.0), (4, Event.ALLOCATION, 0.0), (9, Event.ENGAGEMENT, 0.0), (20, Event.JOB_START, 20.0),
        (30, Event.JOB_END, 20.0), (33, Event.CONTACT_LOST, 0.0), (40, Event.JOB_START, 12.0),
    ]  # fmt: skip
    spells = np.empty((64, 3))
    day = np.array([row[0] for row in log], dtype=np.int32)
    event = np.array([row[1] for row in log], dtype=np.uint8)
    found = read_life(day, event, np.array([row[2] for row in log]), 0, day.size, spells)
    assert found == (3, 33, 2)
    assert spells[:2].tolist() == [[20.0, 30.0, 20.0], [40.0, float(NEVER), 12.0]]


def test_somebody_to_whom_nothing_happens_never_loses_contact() -> None:
    nothing = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint8), np.empty(0)
    assert read_life(*nothing, 0, 0, np.empty((64, 3))) == (0, NEVER, 0)


@pytest.mark.parametrize(("weeks_counted", "days", "printed"), [(9, 60, 0.8410), (13, 88, 0.7757)])
def test_a_job_that_ends_at_two_per_cent_a_week_is_sustained_as_often_as_it_should(
    weeks_counted: int, days: int, printed: float
) -> None:
    """G14 (a). Weeks 1 to 8 are 56 days and four days make week 9, so 60 whole days; likewise 84 + 4 for all thirteen."""
    exact = 0.98 ** (days / 7)
    assert exact == pytest.approx(printed, abs=5e-5)
    document = tiny_document()
    for line in document["deal"]["rate_card"][2:]:
        line["milestone"]["weeks_counted"] = weeks_counted
    scenario = scenario_of(document)
    weeks_kept = np.random.default_rng(14).exponential(1 / -np.log(0.98), PEOPLE)
    events = event_table(0, [[row for person in range(PEOPLE) for row in _worker(person, int(7 * weeks_kept[person]))]])
    claims, _ = settle(scenario, draw(scenario, 1, 0, 1), 1, events)
    kept = int(((claims.outcome >= 2) & (claims.status != Status.DUPLICATE)).sum())
    assert abs(kept / PEOPLE - exact) < 4 * np.sqrt(exact * (1 - exact) / PEOPLE)


def _worker(person: int, days: int) -> list[Row]:
    """Return the rows of somebody who works for some whole days."""
    rows: list[Row] = [(person, 0, Event.REFERRAL, 0, 0.0, 0), (person, FIRST_DAY, Event.JOB_START, 1, 20.0, 1000)]
    return [*rows, (person, FIRST_DAY + days, Event.JOB_END, 1, 20.0, 1000)] if FIRST_DAY + days < 365 else rows


@pytest.mark.parametrize(("days", "sustained"), [(59, False), (60, True)])
def test_sixty_days_are_the_shortest_job_that_makes_nine_weeks(days: int, sustained: bool) -> None:
    scenario = scenario_of(tiny_document())
    claims, _ = settle(scenario, draw(scenario, 1, 0, 1), 1, event_table(0, [_worker(0, days)]))
    assert bool((claims.outcome >= 2).any()) == sustained


@pytest.mark.parametrize(("line", "hours", "paid"), [("hours_from", 16.0, True), ("hours_from", 15.9, False)])
def test_a_job_start_may_be_paid_by_hours(line: str, hours: float, paid: bool) -> None:
    """As in contracts that pay full-time and part-time starts differently; the only first job decides."""
    document = tiny_document()
    document["deal"]["rate_card"][1]["milestone"] = {"reached": "job_start", line: 16.0}
    other = {**document["deal"]["rate_card"][1], "outcome": "job_start_short", "counts_as": "job_start"}
    document["deal"]["rate_card"][1]["counts_as"] = "job_start"
    document["deal"]["rate_card"].insert(2, {**other, "milestone": {"reached": "job_start", "hours_below": 16.0}})
    scenario = scenario_of(document)
    rows: list[Row] = [(0, 0, Event.REFERRAL, 0, 0.0, 0), (0, 5, Event.JOB_START, 1, hours, 0)]
    claims, _ = settle(scenario, draw(scenario, 1, 0, 1), 1, event_table(0, [rows]))
    first = [
        line for line, status in zip(claims.outcome, claims.status, strict=True) if status == Status.PAID and line < 3
    ]
    assert first == ([1] if paid else [2])
