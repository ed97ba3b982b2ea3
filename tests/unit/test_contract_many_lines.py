"""A rate card may pay for one event on many lines: each person has a claim on each."""

import numpy as np

from simulator.contract.settlement import settle
from simulator.pathway.engine import Row, event_table
from simulator.records import Event
from simulator.scenario.draws import draw
from tests.strategies import scenario_of, tiny_document

PEOPLE, LINES = 500, 40


def test_one_event_may_reach_many_lines() -> None:
    document = tiny_document()
    line = {**document["deal"]["rate_card"][0], "milestone": {"reached": "referral"}, "count_cap": "none"}
    document["deal"]["rate_card"] = [{**line, "outcome": f"referral_{i}", "price": 1} for i in range(LINES)]
    scenario = scenario_of(document)
    rows: list[Row] = [(person, 0, Event.REFERRAL, 0, 0.0, 0) for person in range(PEOPLE)]
    claims, _ = settle(scenario, draw(scenario, 1, 0, 1), 1, event_table(0, [rows]))
    assert np.bincount(claims.outcome).tolist() == [PEOPLE] * LINES
    assert np.array_equal(np.unique(claims.participant), np.arange(PEOPLE))
