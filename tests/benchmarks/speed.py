"""How fast: the simulator against the peer, the compiled pathway against the readable one, and each verb."""

import simulator as sib
from simulator.batch import measure, run_batch, tables
from tests.benchmarks.clock import Contender, Figure, every_turn, interleaved, total
from tests.benchmarks.peer import run_peer
from tests.benchmarks.sizes import Size
from tests.benchmarks.tables import Table, verdict

SEED = 2026
PEER, SIMPY_PATHWAY, SIMPY_ALL = "peer, end to end", "SimPy pathway alone", "SimPy engine, end to end"
PATHWAY, BATCH, RUN = (
    "compiled pathway alone",
    "compiled, all verbs of a batch",
    "compiled, end to end with the summary",
)
DRAW, SETTLE, DISTRIBUTE, MEASURE = "draw", "settle", "distribute", "measure"
FASTER, PATHWAY_FASTER, AFTER = (
    "peer / compiled, end to end", "SimPy pathway / compiled pathway", "settle + distribute + measure / compiled pathway",
)  # fmt: skip


def warm_up(scenario: sib.Scenario) -> None:
    """Have everything compiled."""
    sib.run(scenario, replications=2, seed=SEED, workers=1).estimates  # noqa: B018 - estimates are made when asked for
    run_batch(scenario, SEED, 0, 1, "simpy")
    run_peer(scenario, 2, SEED)


def contenders(scenario: sib.Scenario, size: Size) -> dict[str, Contender]:
    """Return whom to time, with the replications of a turn.

    The slow ones do other replications in every round, the compiled ones a whole batch of them.
    """
    batch, slow = scenario.settings.batch, size.slow
    draws = sib.draw(scenario, SEED, 0, batch)
    some = [sib.draw(scenario, SEED, turn * slow, slow) for turn in range(size.rounds)]
    made = tables(scenario, SEED, 0, batch)
    return {
        PEER: (lambda turn: run_peer(scenario, max(2, slow), SEED + turn), max(2, slow)),
        SIMPY_PATHWAY: (lambda turn: sib.simulate(scenario, some[turn], SEED, "simpy"), slow),
        SIMPY_ALL: (lambda turn: run_batch(scenario, SEED, turn * slow, slow, "simpy"), slow),
        DRAW: (every_turn(sib.draw, scenario, SEED, 0, batch), batch),
        PATHWAY: (every_turn(sib.simulate, scenario, draws, SEED), batch),
        SETTLE: (every_turn(sib.settle, scenario, draws, SEED, made.events), batch),
        DISTRIBUTE: (every_turn(sib.distribute, scenario, made.payments), batch),
        MEASURE: (every_turn(measure, scenario, made), batch),
        BATCH: (every_turn(run_batch, scenario, SEED, 0, batch), batch),
        RUN: (lambda _: sib.run(scenario, replications=size.run, seed=SEED, workers=1).estimates, size.run),
    }


def ratios(times: dict[str, Figure]) -> dict[str, Figure]:
    """Return what is compared, by name."""
    return {
        FASTER: times[PEER].over(times[RUN]),
        "SimPy engine / compiled, end to end": times[SIMPY_ALL].over(times[RUN]),
        PATHWAY_FASTER: times[SIMPY_PATHWAY].over(times[PATHWAY]),
        AFTER: total([times[SETTLE], times[DISTRIBUTE], times[MEASURE]]).over(times[PATHWAY]),
    }


def targets(found: dict[str, Figure]) -> dict[str, str]:
    """Return each target and whether it is met, by the name of the ratio."""
    faster, pathway, after = (found[name].median for name in (FASTER, PATHWAY_FASTER, AFTER))
    return {
        FASTER: f"at least 80: {verdict(faster >= 80)}; 150: {verdict(faster >= 150)}",
        PATHWAY_FASTER: f"at least 80: {verdict(pathway >= 80)}",
        AFTER: f"at most 1: {verdict(after <= 1)}",
    }


def measured(scenario: sib.Scenario, size: Size) -> list[Table]:
    """Return the tables of speed."""
    warm_up(scenario)
    times = interleaved(contenders(scenario, size), size.rounds)
    found = ratios(times)
    aims = targets(found)
    return [_times(times, size), _verbs(times), _ratios(found, aims)]


def _times(times: dict[str, Figure], size: Size) -> Table:
    shown = (PEER, SIMPY_ALL, SIMPY_PATHWAY, PATHWAY, BATCH, RUN)
    return Table(
        "Replications a second",
        ["what", "median", "lowest", "highest", "ms for one"],
        [[name, *times[name].per_second().cells(), f"{1000 * times[name].median:.3f}"] for name in shown],
        f"Rounds: {size.rounds}; in each {size.slow} replications of the slow ones, a batch of the compiled ones, and a run "
        f"of {size.run:,} replications with its summary.",
    )


def _verbs(times: dict[str, Figure]) -> Table:
    verbs = {DRAW: DRAW, "simulate (compiled)": PATHWAY, SETTLE: SETTLE, DISTRIBUTE: DISTRIBUTE, MEASURE: MEASURE}
    run = times[RUN]
    rest = total([run, *(times[name].times(-1.0) for name in verbs.values())])
    figures = {shown: times[name] for shown, name in verbs.items()} | {"gathering and the summary": rest, RUN: run}
    rows = [[name, *each.times(1e6).cells(), f"{100 * each.over(run).median:.0f}%"] for name, each in figures.items()]
    return Table(
        "Where the time of a replication goes: microseconds for one replication",
        ["verb", "median", "lowest", "highest", "share"],
        rows,
        "Each verb by itself on one batch; the last row but one is what a run takes beyond them, so it holds their noise too.",
    )


def _ratios(found: dict[str, Figure], aims: dict[str, str]) -> Table:
    return Table(
        "Ratios",
        ["ratio", "median", "lowest", "highest", "target"],
        [[name, *each.cells(), aims.get(name, "")] for name, each in found.items()],
        "Taken within a round; then the median, lowest and highest of the rounds.",
    )
