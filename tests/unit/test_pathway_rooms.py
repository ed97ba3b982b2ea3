"""The compiled engine's rooms: where one is too small the replication is said to be unfinished, and is never cut short unsaid."""

from datetime import date, timedelta

import numpy as np
import pytest

from simulator.kernel import kernel
from simulator.pathway.compiled.engine import Log, copy_log, days_of_referral, pass_days, simulate_batch
from simulator.pathway.compiled.world import Records, Rooms, new_rooms
from simulator.pathway.plan import Plan, pathway_factors, pathway_values, plan_pathway
from simulator.scenario.draws import draw
from tests.strategies import Plain, fix, scenario_of, tiny_document

SEED = 11


@kernel
def lived(plan: Plan, values: Records, rooms: Rooms, log: Log) -> int:
    """Return the rows of the first replication, copied to a log, or -1 where there was no room."""
    row = values[0]
    referred = days_of_referral(plan, row, SEED, 0)
    if not pass_days(plan, row, SEED, 0, referred, rooms):
        return -1
    copy_log(rooms, referred.size, log, 0)
    return int(rooms.now[0].rows)


def busy() -> Plain:
    """Return a deal in which many things happen: five posts that are often left, and sixty people."""
    document = tiny_document()
    document["deal"]["staffing"]["specialists"] = [{"posts": 5, "from": date(2021, 4, 1)}]
    fix(document, referrals_over_term=50, specialist_turnover=12, vacancy_median=0.1, job_rate=2, reemployment_rate=2)
    return document


def posts(opens: int) -> Plain:
    """Return a deal of nothing but many posts that open on one day."""
    document = tiny_document()
    first = date(2021, 4, 1) + timedelta(days=opens)
    document["deal"]["staffing"]["specialists"] = [{"posts": 60, "from": first}]
    fix(document, referrals_over_term=0, specialist_turnover=0)
    return document


@pytest.mark.parametrize("room", ["entries", "today", "unallocated", "log"])
@pytest.mark.parametrize("document", [busy(), posts(0), posts(3)], ids=["busy", "posts", "later posts"])
def test_a_room_that_is_too_small_says_so(document: Plain, room: str) -> None:
    scenario = scenario_of(document)
    draws = draw(scenario, SEED, 0, 1)
    plan, values = plan_pathway(scenario), pathway_values(draws)
    _, whole = simulate_batch(plan, values, pathway_factors(scenario, draws), SEED, 0)
    rows, enough = whole.day.size, new_rooms(plan, 200, 4096)
    log = Log(*(np.empty(4096, dtype=column.dtype) for column in whole))
    finished = []
    for size in range(1, 1200):
        found = lived(plan, values, enough._replace(**{room: getattr(enough, room)[:size]}), log)
        finished.append(found >= 0)
        if found >= 0:
            assert found == rows
            assert all(np.array_equal(getattr(log, name)[:rows], getattr(whole, name)) for name in Log._fields)
    assert finished[-1]
    assert finished == sorted(finished), "once there is room enough, more room is enough too"
    if room == "log":
        assert finished.index(True) == rows - 1
