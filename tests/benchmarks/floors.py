"""What the compiled pathway cannot do without: its random numbers, and the calendar and the log without any rule."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

import simulator as sib
from simulator.contract.settlement import settle
from simulator.pathway.compiled.engine import Log
from simulator.pathway.engine import Replication
from simulator.pathway.luck import Four, KeyedLuck
from simulator.pathway.plan import Values, pathway_factors, pathway_values, plan_pathway, set_factors
from simulator.records import Claims, Event, Events, Payments, Status
from tests.benchmarks.clock import Contender, Figure, every_turn, interleaved, number
from tests.benchmarks.replay import random_blocks, replay
from tests.benchmarks.sizes import Size
from tests.benchmarks.speed import SEED
from tests.benchmarks.tables import Table

PATHWAY, BLOCKS, LOOP, WRITTEN = "pathway", "blocks", "loop", "written"


class CountingLuck(KeyedLuck):
    """Luck that counts how often it is asked once per decision: searches, spells and incumbents."""

    asked = 0

    def search(self, participant: int, number: int) -> Four:
        """Return uniforms for a search."""
        CountingLuck.asked += 1
        return super().search(participant, number)

    def spell(self, participant: int, number: int) -> Four:
        """Return uniforms for a spell."""
        CountingLuck.asked += 1
        return super().spell(participant, number)

    def tenure(self, post: int, incumbent: int) -> Four:
        """Return uniforms for a tenure."""
        CountingLuck.asked += 1
        return super().tenure(post, incumbent)


class Counts(NamedTuple):
    """What one replication of the pathway does, on average."""

    blocks: float
    """Blocks of four random numbers."""
    dates: float
    """Dates entered in the calendar within the term."""
    rows: float
    """Rows of the log."""
    happened: float
    """Rows of the log that stand for a date that came true, or for a place on the waiting list that came up."""


def count(scenario: sib.Scenario, replications: int) -> Counts:
    """Return what a replication asks for, counted in the readable engine, whose luck and log are those of the compiled one."""
    draws = sib.draw(scenario, SEED, 0, replications)
    plan, values, factors = plan_pathway(scenario), pathway_values(draws), pathway_factors(scenario, draws)
    CountingLuck.asked, blocks, dates, rows, happened = 0, 0, 0, 0, 0
    for i, row in enumerate(values.tolist()):
        set_factors(plan, factors[i])
        run = Replication(plan, Values(*row), CountingLuck(SEED, i))
        log = run.run()
        people, quarters = len(run.participants), len(np.unique(plan.quarter))
        blocks += people + people // 4 + 1 + (quarters if Values(*row).referral_quarter_cv > 0 else 0)
        dates += next(run.calendar.environment._eid) - 1  # the first event is the end of the term
        rows += len(log)
        happened += sum(each[2] != Event.TERM_END for each in log)
    per = 1.0 / replications
    return Counts((blocks + CountingLuck.asked) * per, dates * per, rows * per, happened * per)


def contract_blocks(claims: Claims, payments: Payments) -> float:
    """Return blocks of random numbers per replication in settlement: evidence, the sample, and each invoice's delay."""
    billed = claims.paid_pence + claims.over_funder_cap_pence > 0
    sampled = billed | np.isin(claims.status, (Status.REJECTED, Status.EXPIRED))
    invoices = int(np.sum(payments.funder == 0))
    return float(claims.status.size + np.sum(sampled) + invoices) / claims.replications


def contenders(scenario: sib.Scenario, counts: Counts, settled: float) -> dict[str, Contender]:
    """Return the pathway, and what does as much as it of one thing only."""
    size = scenario.settings.batch
    draws = sib.draw(scenario, SEED, 0, size)
    events = sib.simulate(scenario, draws, SEED)
    log = _empty_log(events.day.size)
    extra = max(0.0, counts.dates - counts.happened) / counts.rows
    again = partial(
        replay, plan_pathway(scenario), pathway_values(draws), events.starts, events.participant, events.day
    )
    works: dict[str, Callable[[], object]] = {
        PATHWAY: partial(sib.simulate, scenario, draws, SEED),
        BLOCKS: partial(random_blocks, SEED, 0, size, round(counts.blocks)),
        LOOP: partial(again, events.event, extra, log, True),
        WRITTEN: partial(again, events.event, extra, log, False),
        "settle": partial(settle, scenario, draws, SEED, events),
        "settled": partial(random_blocks, SEED, 0, size, round(settled)),
    }
    for work in works.values():
        work()
    _check(events, log)
    return {name: (every_turn(work), float(size)) for name, work in works.items()}


def _empty_log(rows: int) -> Log:
    ints, days = np.empty(rows, dtype=np.int32), np.empty(rows, dtype=np.int32)
    events, spells = np.empty(rows, dtype=np.uint8), np.empty(rows, dtype=np.int16)
    return Log(ints, days, events, spells, np.empty(rows), np.empty(rows, dtype=np.int32))


def _check(events: Events, log: Log) -> None:
    """Raise unless what was replayed is what had happened."""
    if not np.array_equal(np.sort(events.day), np.sort(log.day)):
        message = "the log that was replayed is another one"
        raise ValueError(message)


def measured(scenario: sib.Scenario, size: Size) -> list[Table]:
    """Return the table of floors."""
    counts = count(scenario, size.counted)
    draws = sib.draw(scenario, SEED, 0, scenario.settings.batch)
    settled = contract_blocks(*sib.settle(scenario, draws, SEED, sib.simulate(scenario, draws, SEED)))
    times = interleaved(contenders(scenario, counts, settled), 2 * size.rounds)
    whole, loop, written, blocks = (times[name] for name in (PATHWAY, LOOP, WRITTEN, BLOCKS))
    copied = _minus(loop, written)
    rest = _minus(_minus(whole, loop), blocks)
    rows = [
        _row(f"random numbers: {counts.blocks:,.0f} blocks of four", blocks, whole),
        _row(
            f"calendar and log: {max(counts.dates, counts.happened):,.0f} dates, {counts.rows:,.0f} rows",
            written,
            whole,
        ),
        _row("the log put in order of people", copied, whole),
        _row("the rest: rules, distributions, days on which nothing happens", rest, whole),
        _row("compiled pathway", whole, whole),
        _row(f"random numbers of settle: {settled:,.0f} blocks", times["settled"], times["settle"]),
        _row("settle", times["settle"], times["settle"]),
    ]
    return [
        Table(
            "Floors: microseconds for one replication",
            ["what", "median", "lowest", "highest", "share"],
            rows,
            "Random numbers alone, drawn one after another; and the log of a batch replayed through the calendar, without a "
            "rule. The rest is a difference.",
        )
    ]


def _minus(one: Figure, other: Figure) -> Figure:
    return Figure(tuple(a - b for a, b in zip(one.rounds, other.rounds, strict=True)))


def _row(name: str, each: Figure, whole: Figure) -> list[str]:
    return [name, *each.times(1e6).cells(), f"{number(100 * each.over(whole).median)}%"]
