"""Runs: the same numbers whatever the batches and workers; what a run refuses; what it holds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.batch import run_batch, tables
from simulator.monte_carlo import Run
from simulator.records import Purpose
from tests.tiny import TINY, tiny_scenario

SCENARIO = sib.load_scenario(TINY)


def same(one: Run, other: Run) -> bool:
    values = all(
        np.array_equal(one.returns.values[n], other.returns.values[n], equal_nan=True) for n in one.returns.values
    )
    series = all(np.array_equal(one.returns.series[n], other.returns.series[n]) for n in one.returns.series)
    return values and series and np.array_equal(one.returns.flows, other.returns.flows)


def test_nothing_depends_on_batches_or_executors() -> None:
    whole = sib.run(SCENARIO, replications=30, seed=3, workers=1)
    small = replace(
        SCENARIO,
        description=SCENARIO.description.model_copy(
            update={"settings": SCENARIO.settings.model_copy(update={"batch": 7})}
        ),
    )
    assert same(whole, sib.run(small, replications=30, seed=3, workers=1))
    assert same(whole, sib.run(small, replications=30, seed=3, workers=2))
    few = sib.run(SCENARIO, replications=8, seed=3, workers=1)
    assert same(few, sib.run(small, replications=8, seed=3, workers=1, engine="simpy"))
    with ThreadPoolExecutor(2) as threads:
        assert same(whole, sib.run(small, replications=30, seed=3, executor=threads))


def test_any_replication_is_reproducible_alone() -> None:
    whole = sib.run(SCENARIO, replications=12, seed=3, workers=1)
    alone = run_batch(SCENARIO, 3, 9, 1)
    for name, values in whole.returns.values.items():
        assert np.array_equal(values[9:10], alone.values[name], equal_nan=True), name


def test_progress_counts_every_replication() -> None:
    for workers in (1, 2):
        told: list[int] = []
        sib.run(SCENARIO, replications=11, seed=3, workers=workers, progress=told.append)
        assert sum(told) == 11


def test_another_seed_gives_other_people() -> None:
    assert not same(
        sib.run(SCENARIO, replications=10, seed=1, workers=1), sib.run(SCENARIO, replications=10, seed=2, workers=1)
    )


def test_a_run_refuses_what_it_cannot_do() -> None:
    with pytest.raises(sib.SibError, match="replications must be 1 or more, not 0"):
        sib.run(SCENARIO, replications=0)
    with pytest.raises(sib.SibError, match="a seed is a whole number from 0"):
        sib.run(SCENARIO, seed=-1)
    with pytest.raises(sib.SibError, match="workers must be 1 or more, not 0"):
        sib.run(SCENARIO, workers=0)


def test_a_new_price_simulates_nobody_again(tmp_path: Path) -> None:
    dearer = tiny_scenario(tmp_path, ("price: 4224", "price: 4999"))
    one, other = tables(SCENARIO, 3, 0, 5), tables(dearer, 3, 0, 5)
    for name in ("participant", "day", "event", "spell", "hours", "slot_weight", "starts"):
        assert np.array_equal(getattr(one.events, name), getattr(other.events, name))
    assert one.claims.price_pence.sum() < other.claims.price_pence.sum()


def test_termination_ends_costs_and_outcomes_on_the_day_of_the_shortfall(tmp_path: Path) -> None:
    poor = ("commitment: 7000", "commitment: 3000")
    waiting = tables(tiny_scenario(tmp_path, poor), 3, 0, 20)
    ended = tables(tiny_scenario(tmp_path, poor, ("shortfall: defer", "shortfall: terminate")), 3, 0, 20)
    for i in range(20):
        missing = waiting.shortfalls.day[waiting.shortfalls.rows_of(i)]
        if missing.size == 0:
            assert ended.end_day[i] == 365
            continue
        assert ended.end_day[i] == missing.min()
        assert ended.shortfalls.day[ended.shortfalls.rows_of(i)][0] == missing.min()
        assert (ended.events.day[ended.events.rows_of(i)] < missing.min()).all()
        assert (ended.claims.achieved_day[ended.claims.rows_of(i)] < missing.min()).all()
        blocks = ended.cashflows.rows_of(i)
        block_days = ended.cashflows.cause[blocks][ended.cashflows.purpose[blocks] == Purpose.PROVIDER_BLOCK]
        assert (block_days * 91 < missing.min() + 92).all()
    assert (ended.end_day < 365).any()


def test_the_table_has_every_estimate() -> None:
    run = sib.run(SCENARIO, replications=10, seed=3, workers=1)
    assert list(run.table().index) == sorted(run.estimates)
    assert run.estimates["investor.expected_shortfall_multiple"].status == "insufficient_replications"
    assert len(run.draws()) == 10
