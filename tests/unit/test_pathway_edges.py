"""Deals at the edge of what a scenario can say: both engines do as docs/model.md §4 and §5 say."""

from datetime import date, timedelta

import numpy as np
import pytest

from simulator.pathway.engine import Engine, simulate
from simulator.records import Event, Events
from simulator.scenario.draws import draw
from tests.strategies import Plain, fix, scenario_of, tiny_document

START = date(2021, 4, 1)
ENGINES: tuple[Engine, ...] = ("simpy", "compiled")


def lived(document: Plain, engine: Engine) -> Events:
    scenario = scenario_of(document)
    return simulate(scenario, draw(scenario, 1, 0, 5), 1, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("closes", [-100, -1, 0])
def test_a_post_that_closes_before_the_service_begins_is_never_filled(closes: int, engine: Engine) -> None:
    document = tiny_document()
    document["deal"]["staffing"]["specialists"] = [
        {"posts": 1, "from": START - timedelta(days=300), "to": START + timedelta(days=closes)},
        {"posts": 1, "from": START},
    ]
    events = lived(document, engine)
    assert events.day.min() >= 0
    assert set(events.participant[events.participant < 0]) == {-2}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_post_open_on_the_first_day_alone_is_filled_for_that_day(engine: Engine) -> None:
    document = tiny_document()
    document["deal"]["staffing"]["specialists"] = [
        {"posts": 1, "from": START - timedelta(days=300), "to": START + timedelta(days=1)}
    ]
    events = lived(document, engine)
    mine = events.participant == -1
    assert events.day[mine].tolist() == [0, 1] * 5
    assert events.event[mine].tolist() == [Event.SPECIALIST_STARTED, Event.SPECIALIST_LEFT] * 5


@pytest.mark.parametrize("engine", ENGINES)
def test_where_nobody_leaves_no_factor_makes_anybody_leave(engine: Engine) -> None:
    document = tiny_document()
    fix(
        document,
        referrals_over_term=200,
        disengagement_rate=0,
        unallocated_disengagement_factor=1e12,
        specialist_turnover=20,
    )
    events = lived(document, engine)
    assert np.count_nonzero(events.event == Event.UNALLOCATED) > 100
    assert not (events.event == Event.DISENGAGED).any()


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_is_let_in_where_there_are_no_posts_however_little_they_weigh(engine: Engine) -> None:
    document = tiny_document()
    deal = document["deal"]
    deal["staffing"]["specialists"], deal["referral_target"] = [], 0
    deal["staffing"]["slot_weights"]["engaging"] = 0.0004
    for line in deal["rate_card"]:
        line["target"] = 0
    assert not (lived(document, engine).event == Event.ALLOCATION).any()
