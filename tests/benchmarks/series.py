"""How long the internal rates of return of many series of flows take."""

import numpy as np
from numpy.typing import NDArray

import simulator as sib
from simulator.finance.irr import IrrStatus, irr
from tests.benchmarks.clock import every_turn, interleaved
from tests.benchmarks.sizes import Size
from tests.benchmarks.tables import Table, verdict

Ints = NDArray[np.int64]
_TERM = 1500
"""Days within which all flows are."""


def flows(series: int) -> tuple[Ints, Ints, Ints]:
    """Return starts, days and pence of series of four to eight flows: two are paid in, and the rest comes back."""
    rng = np.random.default_rng(2026)
    counts = rng.integers(4, 9, series)
    starts = np.concatenate(([0], np.cumsum(counts)))
    day, pence = np.empty(starts[-1], dtype=np.int64), np.empty(starts[-1], dtype=np.int64)
    for i, count in enumerate(counts):
        rows = slice(starts[i], starts[i + 1])
        day[rows] = np.sort(rng.choice(_TERM, count, replace=False))
        pence[rows] = rng.integers(1_000_00, 60_000_00, count)
        pence[rows.start : rows.start + 2] *= -2
    return starts, day, pence


def measured(_: sib.Scenario, size: Size) -> list[Table]:
    """Return the table of rates of return."""
    starts, day, pence = flows(size.series)
    status = irr(starts, day, pence)[1]
    found = np.mean(status == IrrStatus.OK)
    taken = interleaved({"irr": (every_turn(irr, starts, day, pence), 1.0)}, size.rounds)["irr"]
    aim = f"about 1 second for 100,000: {verdict(taken.median <= 1.1 * size.series / 100_000)}"
    return [
        Table(
            f"Internal rates of return of {size.series:,} series of about 6 flows: seconds",
            ["what", "median", "lowest", "highest", "target"],
            [["all series", *taken.cells(), aim]],
            f"A rate was found for {100 * found:.1f}% of them.",
        )
    ]
