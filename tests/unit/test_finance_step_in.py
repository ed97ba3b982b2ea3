"""The investor steps in: an overlay of posts and a dated cost, with no rule of its own."""

from pathlib import Path

import numpy as np

from simulator.batch import run_batch, tables
from simulator.dates import day_number
from simulator.records import Event, Purpose
from simulator.scenario.load import bundled_folder, load_scenario

OVERLAY = bundled_folder() / "stresses" / "haringey_barnet_step_in.yaml"


def test_a_new_provider_starts_after_the_gap_and_the_cost_is_paid() -> None:
    base, stepped = load_scenario("haringey_barnet"), load_scenario("haringey_barnet", [Path(OVERLAY)])
    made = tables(stepped, 3, 0, 3)
    start = stepped.deal.term.service_start
    before, after = stepped.deal.staffing.specialists
    assert before.end is not None
    closed, opened = day_number(before.end, start), day_number(after.start, start)
    allocated = made.events.day[made.events.event == Event.ALLOCATION]
    assert not ((allocated >= closed) & (allocated < opened)).any()
    assert (allocated < closed).any()
    assert (allocated >= opened).any()
    lines = {cost.name: number for number, cost in enumerate(stepped.deal.costs)}
    rows = (made.cashflows.purpose == Purpose.COST) & (made.cashflows.cause == lines["step_in"])
    assert made.cashflows.amount_pence[rows].sum() == 3 * 30_000_00
    paid = [run_batch(each, 3, 0, 20).values["payments.total_gbp"].mean() for each in (base, stepped)]
    assert np.less(paid[1], paid[0])
