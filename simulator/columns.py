"""Holds what a run returns, column by column: in memory while it is little, in a scratch file when it is much.

A million replications have some hundreds of columns of eight megabytes each. No more of them than a reader asks for, one at
a time, are ever in memory. What is read never depends on where it was held, nor on how it came in.
"""

from collections.abc import Iterator, Mapping
from os import SEEK_END
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, NamedTuple
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from simulator.records import Returns

Array = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
BLOCK = 4096
"""Rows that are written together, column after column."""
IN_MEMORY = 64 * 2**20
"""Bytes that are held in memory before a scratch file takes them."""


class Key(NamedTuple):
    """Name of a column: what it belongs to, the measure or series, and the quarter of a series."""

    kind: str
    name: str
    quarter: int = 0


class Columns:
    """Columns of equal length that grow by rows and are read one at a time.

    The scratch file is written and read, not mapped, so that it takes none of the process's memory. It has no name where the
    system allows that, and is gone when this object or its process is.
    """

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self.rows = 0
        self._file = SpooledTemporaryFile(  # noqa: SIM115 - `close` closes it
            max_size=max(1, in_memory), dir=None if folder is None else str(folder)
        )
        self._open: dict[Key, Array] = {}
        self._place: dict[Key, int] = {}
        self.close = finalize(self, self._file.close)

    def append(self, more: Mapping[Key, Array]) -> None:
        """Add rows: arrays of one length by key, the same keys each time."""
        self._open = self._open or {key: np.empty(BLOCK, column.dtype) for key, column in more.items()}
        count, done = len(next(iter(more.values()))), 0
        while done < count:
            used = self.rows % BLOCK
            take = min(BLOCK - used, count - done)
            for key, room in self._open.items():
                room[used : used + take] = more[key][done : done + take]
            self.rows, done = self.rows + take, done + take
            if self.rows % BLOCK == 0:
                self._write()

    def _write(self) -> None:
        start = self._file.seek(0, SEEK_END)
        for key, room in self._open.items():
            self._place.setdefault(key, self._file.tell() - start)
            self._file.write(room.tobytes())

    def read(self, key: Key, first: int, stop: int) -> Array:
        """Return rows first..stop-1 of a column.

        Args:
            key: of which measure the column is.
            first: number of the first row, from 0.
            stop: number of the row after the last.
        """
        room = self._open[key]
        found = np.empty(stop - first, room.dtype)
        for block in range(first // BLOCK, -(-stop // BLOCK)):
            start = block * BLOCK
            low, high = max(first, start), min(stop, start + BLOCK)
            whole = start + BLOCK <= self.rows
            found[low - first : high - first] = (
                self._read_block(block, key, low - start, high - start) if whole else room[low - start : high - start]
            )
        return found

    def _read_block(self, block: int, key: Key, low: int, high: int) -> Array:
        size, row_bytes = self._open[key].itemsize, sum(room.itemsize for room in self._open.values())
        self._file.seek(block * BLOCK * row_bytes + self._place[key] + low * size)
        return np.frombuffer(self._file.read((high - low) * size), self._open[key].dtype)


class Stored(Mapping[str, Floats]):
    """Columns by name, shape (n,), or (n, quarters) for a series; each is read when it is asked for."""

    def __init__(self, columns: Columns, kind: str, quarters: Mapping[str, int | None]) -> None:
        self._columns, self._kind, self._quarters, self._rows = columns, kind, quarters, columns.rows

    def __getitem__(self, name: str) -> Floats:
        return self.part(name, 0, self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._quarters)

    def __len__(self) -> int:
        return len(self._quarters)

    def __reduce__(self) -> tuple[type[dict[str, Floats]], tuple[dict[str, Floats]]]:
        """Travel to another process as plain columns: the scratch file stays behind."""
        return dict, ({name: self[name] for name in self},)

    def part(self, name: str, first: int, stop: int) -> Floats:
        """Return rows first..stop-1 of a column.

        Args:
            name: name of the measure.
            first: number of the first row, from 0.
            stop: number of the row after the last.
        """
        quarters = self._quarters[name]
        if quarters is None:
            return self._columns.read(Key(self._kind, name), first, stop)
        whole = np.empty((stop - first, quarters))
        for quarter in range(quarters):
            whole[:, quarter] = self._columns.read(Key(self._kind, name, quarter), first, stop)
        return whole

    def each_quarter(self, name: str) -> Iterator[Floats]:
        """Yield a series quarter by quarter, shape (n,) each."""
        for quarter in range(self._quarters[name] or 0):
            yield self._columns.read(Key(self._kind, name, quarter), 0, self._rows)


def each_quarter(series: Mapping[str, Floats], name: str) -> Iterator[Floats]:
    """Yield a series quarter by quarter, shape (n,) each; of what is stored, only one of them is in memory."""
    if isinstance(series, Stored):
        yield from series.each_quarter(name)
    else:
        yield from np.ascontiguousarray(series[name].T)


def some_rows(values: Mapping[str, Floats], name: str, first: int, stop: int) -> Floats:
    """Return rows first..stop-1 of a column; of what is stored, the others are not read.

    Args:
        values: columns by name, in memory or stored.
        name: name of the measure.
        first: number of the first row, from 0.
        stop: number of the row after the last.
    """
    return values.part(name, first, stop) if isinstance(values, Stored) else values[name][first:stop]


def in_blocks(returns: Returns, rows: int = BLOCK) -> Iterator[Returns]:
    """Yield returns as batches of some rows, in order; of what is stored, no more than one of them is in memory."""
    for first in range(0, returns.replications, rows):
        stop = min(first + rows, returns.replications)
        yield Returns(
            returns.first + first,
            {name: some_rows(returns.values, name, first, stop) for name in returns.values},
            returns.irr_status[first:stop],
            {name: some_rows(returns.series, name, first, stop) for name in returns.series},
            returns.flows if first == 0 else returns.flows[:0],
        )


class Gathered:
    """The returns of successive batches, taken in one by one; what holds them is closed if a `with` of it fails."""

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self.columns = Columns(folder, in_memory)
        self._flows: Ints = np.zeros(0, dtype=np.int64)
        self._first: Returns | None = None

    def __enter__(self) -> "Gathered":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self.columns.close()

    @property
    def replications(self) -> int:
        """Return how many replications are held."""
        return self.columns.rows

    def add(self, part: Returns) -> None:
        """Take in the next batch."""
        self._first = self._first or _outline(part)
        self.columns.append(_by_key(part))
        days = max(self._flows.size, part.flows.size)
        self._flows = _to_length(self._flows, days) + _to_length(part.flows, days)

    def returns(self) -> Returns:
        """Return all that was taken in so far; its columns are read when they are asked for."""
        if self._first is None:
            message = "nothing was gathered"
            raise ValueError(message)
        series = self._first.series
        return Returns(
            first=self._first.first,
            values=Stored(self.columns, "values", dict.fromkeys(self._first.values)),
            irr_status=self.columns.read(Key("status", "irr"), 0, self.columns.rows),
            series=Stored(self.columns, "series", {name: series[name].shape[1] for name in series}),
            flows=self._flows,
        )


def _outline(part: Returns) -> Returns:
    """Return a batch without its rows: names and shapes."""
    none = slice(0, 0)
    return Returns(
        part.first,
        {name: column[none].copy() for name, column in part.values.items()},
        part.irr_status[none].copy(),
        {name: column[none].copy() for name, column in part.series.items()},
        part.flows[none].copy(),
    )


def _by_key(part: Returns) -> dict[Key, Array]:
    columns: dict[Key, Array] = {Key("values", name): column for name, column in part.values.items()}
    for name, column in part.series.items():
        columns |= {Key("series", name, quarter): column[:, quarter] for quarter in range(column.shape[1])}
    return columns | {Key("status", "irr"): part.irr_status}


def _to_length(flows: Ints, days: int) -> Ints:
    return np.pad(flows, (0, days - flows.size))
