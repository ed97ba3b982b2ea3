"""Columns of returns: the same whether memory or a scratch file holds them, and nothing of the file is left."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator.columns import BLOCK, Columns, Gathered, Key, each_quarter, some_rows
from simulator.records import Returns
from tests.gathering import join_returns

ALL_IN_A_FILE = 1
DAYS = 5


def batch(first: int, count: int) -> Returns:
    """Return made-up returns of some replications, each a function of its number."""
    number = np.arange(first, first + count)
    return Returns(
        first=first,
        values={"a.b": np.sin(number), "a.c": np.where(number % 7 == 0, np.nan, number / 3)},
        irr_status=number % 4,
        series={"s.t": np.outer(number, [1.0, 2.0, 3.0])},
        flows=np.full(1 + first % DAYS, count),
    )


def batches(*sizes: int) -> Iterator[Returns]:
    first = 0
    for size in sizes:
        yield batch(first, size)
        first += size


def same(one: Returns, other: Returns) -> None:
    assert one.replications == other.replications
    for name in other.values:
        assert one.values[name].tobytes() == other.values[name].tobytes()
    for name in other.series:
        assert one.series[name].tobytes() == other.series[name].tobytes()
    assert one.irr_status.tobytes() == other.irr_status.tobytes()


@pytest.mark.parametrize("in_memory", [ALL_IN_A_FILE, 200_000, 2**30])
@pytest.mark.parametrize("size", [1, 250, BLOCK - 1, BLOCK, BLOCK + 1, 20_000])
def test_what_is_read_is_what_was_added(tmp_path: Path, in_memory: int, size: int) -> None:
    total = 3 * size if size < BLOCK - 1 else 20_000
    sizes = [min(size, total - first) for first in range(0, total, size)]
    found, whole = join_returns(batches(*sizes), tmp_path, in_memory), batch(0, total)
    same(found, whole)
    assert (list(found.values), list(found.series)) == (list(whole.values), list(whole.series))
    assert found.flows.sum() == sum(part.flows.sum() for part in batches(*sizes))


@pytest.mark.parametrize("in_memory", [ALL_IN_A_FILE, 2**30])
def test_parts_are_read_alone(tmp_path: Path, in_memory: int) -> None:
    found, whole = join_returns(batches(9_000, 1_000), tmp_path, in_memory), batch(0, 10_000)
    for first, stop in [(0, 1), (0, 10_000), (BLOCK - 1, BLOCK + 1), (9_999, 10_000), (5_000, 5_000)]:
        for returns in (found, whole):
            assert some_rows(returns.values, "a.b", first, stop).tobytes() == whole.values["a.b"][first:stop].tobytes()
    for returns in (found, whole):
        quarters = list(each_quarter(returns.series, "s.t"))
        assert [quarter.tobytes() for quarter in quarters] == [q.tobytes() for q in whole.series["s.t"].T.copy()]


def test_what_was_returned_stays_as_it_was_when_more_is_added() -> None:
    gathered = Gathered(in_memory=ALL_IN_A_FILE)
    gathered.add(batch(0, 3_000))
    early = gathered.returns()
    gathered.add(batch(3_000, 3_000))
    same(early, batch(0, 3_000))
    same(gathered.returns(), batch(0, 6_000))


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        join_returns([batch(0, 3)]).values["a.d"]
    with pytest.raises(ValueError, match="nothing was gathered"):
        join_returns([])


def scratch_files(folder: Path) -> list[str]:
    """Return the files in a folder that this process holds open, those without a name included."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [str(link.readlink()) for link in links if str(link.readlink()).startswith(str(folder))]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks where Linux lists open files")
def test_the_scratch_file_is_used_and_goes_when_what_it_holds_is_used_no_more(tmp_path: Path) -> None:
    found = join_returns(batches(BLOCK), tmp_path, ALL_IN_A_FILE)
    assert len(scratch_files(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == []
    assert found.replications == BLOCK
    del found
    gc.collect()
    assert scratch_files(tmp_path) == []


def test_columns_can_be_closed_at_once(tmp_path: Path) -> None:
    columns = Columns(tmp_path, ALL_IN_A_FILE)
    columns.append({Key("values", "a"): np.zeros(2 * BLOCK)})
    columns.close()
    with pytest.raises(ValueError, match="closed file"):
        columns.read(Key("values", "a"), 0, 1)
    assert list(tmp_path.iterdir()) == []
