"""P4 and P11: no result depends on how replications are cut into batches, and what changes nothing changes no draw."""

import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from simulator.batch import Tables, run_batch, tables
from simulator.monte_carlo import run
from simulator.pathway.engine import simulate
from simulator.records import Returns, Table
from simulator.scenario.draws import draw
from simulator.scenario.load import load_scenario
from tests.gathering import join_returns
from tests.strategies import Plain, World, fix, promise, tiny_document, worlds
from tests.tiny import TINY

NOTHING = """
overlay: nothing
title: Nothing
description: Sets a value to what it is, and multiplies others by one
source: None
set:
  deal.rate_card.engagement.price: 569
  deal.lags.preset: A
  assumptions.patience: 180
multiply:
  deal.rate_card.job_start.price: 1.0
  assumptions.job_rate: 1.0
  assumptions.job_loss_rate: 1.0
windows:
  - {rate: job, from: 2021-06-01, to: 2021-09-01, multiply: 1.0, source: Nothing, quality: D}
"""


def digest(returns: Returns) -> str:
    """Return a digest of every byte of a batch's returns."""
    columns = {**returns.values, **returns.series, "status": returns.irr_status, "flows": returns.flows}
    found = sha256()
    for name in sorted(columns):
        found.update(name.encode())
        found.update(np.ascontiguousarray(columns[name]).tobytes())
    return found.hexdigest()


def same_tables(one: Tables, other: Tables) -> None:
    """Assert that two sets of tables are the same to the byte."""
    for name in ("events", "claims", "payments", "cashflows", "shortfalls"):
        same_table(getattr(one, name), getattr(other, name))
    assert (one.end_day == other.end_day).all()


def same_table(one: Table, other: Table) -> None:
    """Assert that two tables are the same to the byte."""
    for name, column in vars(one).items():
        assert np.asarray(column).tobytes() == np.asarray(getattr(other, name)).tobytes(), name


@st.composite
def cuts(draw: st.DrawFn) -> tuple[World, list[int]]:
    """Return a world of seven replications and sizes of batches that make seven."""
    inner = sorted(draw(st.sets(st.integers(1, 6))))
    return draw(worlds()), [high - low for low, high in zip([0, *inner], [*inner, 7], strict=True)]


@promise(cuts(), examples=15)
def test_batches_of_any_size_give_the_same_bytes(pair: tuple[World, list[int]]) -> None:
    world, sizes = pair
    parts, first = [], world.first
    for size in sizes:
        parts.append(run_batch(world.scenario, world.seed, first, size))
        first += size
    whole = run_batch(world.scenario, world.seed, world.first, 7)
    assert digest(join_returns(parts)) == digest(whole)


def check_alone(world: World, position: int) -> None:
    """Assert that a replication by itself has the tables that it has in its batch."""
    alone = tables(world.scenario, world.seed, world.first + position, 1)
    assert alone.end_day[0] == world.tables.end_day[position]
    for name in ("events", "claims", "payments", "cashflows"):
        many, one = getattr(world.tables, name), getattr(alone, name)
        rows = many.rows_of(position)
        for column, values in vars(one).items():
            if column not in ("first", "starts"):
                assert getattr(many, column)[rows].tobytes() == values.tobytes(), f"{name}.{column}"


@promise(worlds(), examples=20)
def test_a_replication_alone_is_the_same_as_among_others(world: World) -> None:
    check_alone(world, 1)


def test_a_contract_goes_on_whether_or_not_others_of_the_batch_are_ended() -> None:
    document = tiny_document()
    document["deal"]["term"]["term_end"] = date(2022, 5, 1)
    document["deal"]["investment"] |= {"commitment": 7000, "shortfall": "terminate"}
    fix(document, referrals_over_term=20, job_rate=0.3)
    world = World(document, 2, 0, 12)
    ended = world.tables.end_day < 395
    assert ended.any()
    assert not ended.all()
    for position in range(world.count):
        check_alone(world, position)


@pytest.mark.parametrize("batch", [1, 3, 8, 100])
def test_threads_and_batches_change_nothing(batch: int) -> None:
    scenario = load_scenario(TINY)
    description = scenario.description.model_copy(
        update={"settings": scenario.settings.model_copy(update={"batch": batch})}
    )
    cut = replace(scenario, description=description)
    expected = digest(run(scenario, replications=8, seed=3, workers=1).returns)
    assert digest(run(cut, replications=8, seed=3, workers=1).returns) == expected
    with ThreadPoolExecutor(3) as pool:
        assert digest(run(cut, replications=8, seed=3, executor=pool).returns) == expected


def test_processes_change_nothing() -> None:
    scenario = load_scenario(TINY)
    expected = digest(run(scenario, replications=6, seed=3, workers=1).returns)
    with ProcessPoolExecutor(2) as pool:
        assert digest(run(scenario, replications=6, seed=3, executor=pool).returns) == expected


def test_another_seed_changes_everything() -> None:
    scenario = load_scenario(TINY)
    assert digest(run_batch(scenario, 1, 0, 3)) != digest(run_batch(scenario, 2, 0, 3))
    assert digest(run_batch(scenario, 1, 0, 3)) != digest(run_batch(scenario, 1, 1, 3))


def test_an_overlay_that_changes_nothing_changes_no_draw_and_no_table() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nothing.yaml"
        path.write_text(NOTHING, encoding="utf-8")
        plain, overlaid = load_scenario(TINY), load_scenario(TINY, [path])
    drawn, again = draw(plain, 5, 0, 20), draw(overlaid, 5, 0, 20)
    assert {name: column.tobytes() for name, column in drawn.values.items()} == {
        name: column.tobytes() for name, column in again.values.items()
    }
    same_tables(tables(plain, 5, 0, 20), tables(overlaid, 5, 0, 20))


def reprice(document: Plain) -> None:
    """Change every term of the deal that is about money."""
    deal = document["deal"]
    for line in deal["rate_card"]:
        line["price"], line["count_cap"], line["paid_after_months"] = 1234, 3, 2
    deal["total_cap"] = {"pounds": 12345, "policy": "whole"}
    deal["lags"]["from"] = "achievement"
    deal["audit"]["fraction"] = 0.5
    deal["funders"] = [
        {"name": "one", "title": "One", "weight": 100, "cap": 999, "days": 7, "pays_after": "confirmation"}
    ]
    deal["investment"] |= {"commitment": 777, "min_cash": 5, "shortfall": "defer", "tranches": [], "draw": "as_needed"}
    deal["investment"] |= {"draw_schedule": []}
    deal["provider"]["in_house_of"] = None
    deal.pop("early_termination", None)
    deal.pop("settled", None)
    document["assumptions"]["confirmation_median"]["value"] = 11


@promise(worlds(), examples=25)
def test_a_repriced_deal_has_the_same_event_log_to_the_byte(world: World) -> None:
    dearer = world.changed(reprice)
    logs = [simulate(each.scenario, draw(each.scenario, world.seed, 0, 2), world.seed) for each in (world, dearer)]
    same_table(*logs)
