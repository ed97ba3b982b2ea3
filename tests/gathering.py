"""Batches put together, for tests that compare them with a whole."""

from collections.abc import Iterable
from pathlib import Path

from simulator.columns import IN_MEMORY, Gathered
from simulator.records import Returns


def join_returns(parts: Iterable[Returns], folder: Path | None = None, in_memory: int = IN_MEMORY) -> Returns:
    """Return the returns of successive batches as one."""
    gathered = Gathered(folder, in_memory)
    for part in parts:
        gathered.add(part)
    return gathered.returns()
