"""Versions of a scenario on the same people, who are simulated again only if a version changes what they do (docs/studies.md §1).

A price, a cap or another waterfall changes nothing that the pathway reads, so that all such versions are settled on one event
log. Event logs are kept in memory for the next versions, up to a limit. Returns of versions are kept in a folder, if one is
named: an interrupted study resumes where it stopped.
"""

import csv
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Generic, NamedTuple, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.batch import Tables, follow, measure
from simulator.compilation import compile_first
from simulator.errors import refuse
from simulator.monte_carlo import chosen_seed
from simulator.pathway.engine import simulate
from simulator.pathway.plan import pathway_factors, pathway_values, plan_pathway
from simulator.records import Events, Returns
from simulator.scenario.constants import RATES
from simulator.scenario.draws import Draws, draw
from simulator.scenario.model import Scenario
from simulator.studies.code import code_digest
from simulator.studies.sample import end_to_end
from simulator.workers import WINDOW, hand_out, processors, to_run

Made = TypeVar("Made")
Look = Callable[[Scenario, Tables], Made]
"""What is to be known of a batch of a version: a function of its tables."""
Progress = Callable[[int], None]
"""Called with the number of replications just done; what it raises ends the study, with nothing half-written."""
IN_MEMORY = 2 * 2**30
"""Bytes of event logs that are kept."""
_TABLE = "tried.csv"
_KEPT = re.compile(r"[0-9a-f]{24}\.npz|\.[a-z0-9_]{8}\.npz")
"""Names of what is kept of a version, and of what is not whole."""
NOTED = ("payments.total_gbp", "investor.multiple", "investor.probability_of_loss")
"""Measures whose means are noted as versions are run; where one is not defined throughout, `nan`."""
_EVIDENCE = RATES.index("evidence")
"""The rate that the pathway never reads: what windows do to it is for the contract."""


@dataclass(frozen=True)
class Work(Generic[Made]):
    """One batch of replications of some versions."""

    versions: tuple[Scenario, ...]
    seed: int
    luck: int
    """Which set of random events."""
    first: int
    count: int
    look: Look[Made]


class Done(NamedTuple, Generic[Made]):
    """What came of it."""

    seen: list[Made]
    """By version."""
    simulated: int
    """Replications whose people were simulated."""


class Experiment:
    """Runs versions of scenarios with one seed and as many replications each.

    Attributes:
        seed: seed of all luck.
        replications: how many of each version.
        simulated: replications whose people were simulated so far.
        settled: replications whose money was reckoned so far.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        replications: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        folder: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Make ready to run versions of a scenario.

        Args:
            scenario: the base: its own number of replications and seed hold where none are given, and its batches.
            replications: how many of each version.
            seed: seed of all luck.
            workers: threads; one for each processor if none is given.
            executor: does the batches instead of threads of our own; any `concurrent.futures.Executor` does.
            folder: where returns of versions are kept, and looked for; with a table, `tried.csv`, that grows by a line for each.
            progress: called, by whoever asks, with the number of replications that have just been done; what it raises ends
                the study.
        """
        self.replications = scenario.settings.replications if replications is None else replications
        refuse(self.replications < 2, f"replications must be 2 or more, not {self.replications}")
        refuse(workers is not None and workers < 1, f"workers must be 1 or more, not {workers}")
        self.seed = chosen_seed(scenario, seed)
        self.simulated = 0
        self.settled = 0
        self._scenario = scenario
        self._size = scenario.settings.batch
        self._workers = workers or processors()
        self._executor = executor
        self._folder = folder
        self._progress = progress
        self._kept: dict[int, OrderedDict[bytes, Events]] = {first: OrderedDict() for first, _ in self._batches()}

    def asked(self, scenario: Scenario, options: Sequence[str] = (), others: Sequence[Scenario] = ()) -> Asked:
        """Return what was asked, and how much has been run for it so far.

        Args:
            scenario: what it is about.
            options: options of the command that gives the same, beside seed and replications.
            others: further scenarios that it is about.
        """
        return Asked(
            scenario, self.seed, self.replications, self.simulated, self.settled, tuple(options), tuple(others)
        )

    def returns(self, versions: Sequence[Scenario], luck: int = 0) -> list[Returns]:
        """Return the returns of all replications of each version, in their order; what the folder has is not run again.

        Args:
            versions: the versions.
            luck: which set of random events: 0 is that of a run with the seed; any other number is another set, independent of
                it, with the same parameter draws.
        """
        if self._executor is not None and self._folder is None:
            return [joined(parts) for parts in self.each(versions, measure, luck)]
        found: dict[int, Returns] = {}
        for place in self.in_order(versions):
            file = self._file(versions[place], luck)
            kept = None if file is None else self._read(file)
            found[place] = kept or joined(self.each([versions[place]], measure, luck)[0])
            if file is not None and kept is None:
                _write(file, versions[place], found[place])
        return [found[place] for place in range(len(versions))]

    def each(self, versions: Sequence[Scenario], look: Look[Made], luck: int = 0) -> list[list[Made]]:
        """Return what a look sees of each version, batch by batch in order; `luck` as for `returns`.

        Args:
            versions: the versions.
            look: what is kept of a version: a function of the version and one batch of its tables. For an executor whose
                workers are other processes it stands at the top level of a module.
            luck: which set of random events, as for `returns`.
        """
        if self._executor is None:
            compile_first(self._scenario)
        works = [Work(tuple(versions), self.seed, luck, first, count, look) for first, count in self._batches()]
        by_batch = [self._count(work, done) for work, done in zip(works, self._hand_out(works), strict=True)]
        return [[seen[number] for seen in by_batch] for number in range(len(versions))]

    def _hand_out(self, works: Sequence[Work[Made]]) -> Iterator[Done[Made]]:
        """Yield what comes of each batch, in order: from threads that keep event logs, or from the executor."""
        if self._executor is not None:
            alone = ((replace(work, versions=tuple(map(to_run, work.versions))),) for work in works)
            yield from hand_out(do, alone, self._executor, max(WINDOW, 2 * self._workers))
            return
        room = IN_MEMORY // max(1, len(self._kept))
        with ThreadPoolExecutor(self._workers) as threads:
            yield from hand_out(do, ((work, self._kept[work.first], room) for work in works), threads)

    def _count(self, work: Work[Made], done: Done[Made]) -> list[Made]:
        """Count what was done, and tell of it; return what was seen."""
        self.simulated += done.simulated
        self.settled += len(work.versions) * work.count
        if self._progress:
            self._progress(len(work.versions) * work.count)
        return done.seen

    def _batches(self) -> list[tuple[int, int]]:
        """Return first replication and number of replications of each batch."""
        stop = self.replications
        return [(first, min(self._size, stop - first)) for first in range(0, stop, self._size)]

    def in_order(self, versions: Sequence[Scenario]) -> list[int]:
        """Return the places of versions, those with one event log one after another, by the first replication's."""
        groups: dict[bytes, list[int]] = {}
        for place, version in enumerate(versions):
            groups.setdefault(people_key(version, draw(version, self.seed, 0, 1)), []).append(place)
        return [place for group in groups.values() for place in group]

    def _file(self, version: Scenario, luck: int) -> Path | None:
        if self._folder is None:
            return None
        people = people_key(version, draw(version, self.seed, 0, 1)).hex()
        made_from = f"{version.digest} {people} {self.seed} {luck} {self.replications} {code_digest()}"
        return self._folder / f"{sha256(made_from.encode()).hexdigest()[:24]}.npz"

    def _read(self, file: Path) -> Returns | None:
        found = read_returns(file) if file.exists() else None
        if found is not None and self._progress:
            self._progress(self.replications)
        return found


def do(work: Work[Made], kept: OrderedDict[bytes, Events] | None = None, room: int = IN_MEMORY // 8) -> Done[Made]:
    """Return what a look sees of a batch of some versions; people are simulated once for all that treat them alike.

    Args:
        work: the batch.
        kept: event logs of this batch that are there already, by what the pathway read; new ones are added. If None, those
            of this process, which a worker of an executor keeps from one batch to the next.
        room: bytes of them that are kept.
    """
    logs = _ELSEWHERE if kept is None else kept
    seen, simulated, seed = [], 0, luck_seed(work.seed, work.luck)
    for version in work.versions:
        draws = draw(version, work.seed, work.first, work.count)
        key = people_key(version, draws) + f"{seed} {work.luck}".encode()
        with _ORDER:
            events = logs.get(key)
        if events is None:
            events = simulate(version, draws, seed)
            simulated += work.count
        _keep(logs, key, events, room)
        seen.append(work.look(version, follow(version, draws, seed, events)))
    return Done(seen, simulated)


_ELSEWHERE = OrderedDict[bytes, Events]()
"""Event logs that a worker of somebody's executor has made, for the next versions that it is handed."""
_ORDER = threading.Lock()


def _keep(logs: OrderedDict[bytes, Events], key: bytes, events: Events, room: int) -> None:
    """Keep an event log as the one used last; those used longest ago go where there is no room for all."""
    with _ORDER:
        logs[key] = events
        logs.move_to_end(key)
        while len(logs) > 1 and sum(map(_bytes, logs.values())) > room:
            logs.popitem(last=False)


def forget_tried(folder: Path) -> None:
    """Remove what experiments have kept in a folder, and the folder too if nothing else is in it."""
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.name == _TABLE or _KEPT.fullmatch(file.name):
            file.unlink()
    with suppress(OSError):
        folder.rmdir()


def _write(file: Path, version: Scenario, returns: Returns) -> None:
    """Keep what came of a version, and a line on it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_returns(file, returns)
    _note(file.parent / _TABLE, version, returns)


def _note(file: Path, version: Scenario, returns: Returns) -> None:
    """Add a line on a version to the table of versions run so far, for those who follow the study."""
    with file.open("a", encoding="utf-8", newline="") as table:
        lines = csv.writer(table)
        if table.tell() == 0:
            lines.writerow(["version", *NOTED])
        lines.writerow([version.title, *(f"{np.mean(returns.values[name]):.6g}" for name in NOTED)])


def luck_seed(seed: int, luck: int) -> int:
    """Return the seed of a set of random events, whose parameter draws are the seed's: for 0 the seed itself, else one of both.

    >>> luck_seed(2026, 0), luck_seed(2026, 1) == luck_seed(2026, 1), luck_seed(2026, 1) == luck_seed(2026, 2)
    (2026, True, False)
    """
    if luck == 0:
        return seed
    return int.from_bytes(sha256(f"luck {luck} of {seed}".encode()).digest()[:8]) >> 1


def people_key(version: Scenario, draws: Draws) -> bytes:
    """Return a digest of all that the pathway reads: versions with one key have the same event log, event for event.

    That is the plan, the draws that people meet and the factors of windows; not prices, caps, evidence, delays or money.
    """
    plan, digest = plan_pathway(version), sha256(str(draws.first).encode())
    windows, factors = plan.windows, pathway_factors(version, draws)
    of_people = windows.rate != _EVIDENCE
    for name, value in plan._asdict().items():
        read = np.delete(value, _EVIDENCE, axis=0) if name in {"multiplier", "clock"} else value
        if name != "windows":
            digest.update(name.encode() + np.ascontiguousarray(read).tobytes())
    for column in windows:
        digest.update(np.ascontiguousarray(column[of_people]).tobytes())
    drawn = np.unique(windows.drawn[of_people & (windows.drawn >= 0)])
    digest.update(np.ascontiguousarray(factors[:, drawn]).tobytes())
    digest.update(pathway_values(draws).tobytes())
    return digest.digest()


def joined(parts: Sequence[Returns]) -> Returns:
    """Return successive batches as one."""
    days = max(part.flows.size for part in parts)
    return Returns(
        parts[0].first,
        end_to_end([part.values for part in parts]),
        np.concatenate([part.irr_status for part in parts]),
        end_to_end([part.series for part in parts]),
        np.sum([np.pad(part.flows, (0, days - part.flows.size)) for part in parts], axis=0),
    )


def write_returns(file: Path, returns: Returns) -> None:
    """Write returns under a temporary name and rename the file when it is whole."""
    columns: dict[str, Any] = {f"values {name}": column for name, column in returns.values.items()}
    columns |= {f"series {name}": column for name, column in returns.series.items()}
    with NamedTemporaryFile(dir=file.parent, prefix=".", suffix=".npz", delete=False) as scratch:
        try:
            np.savez(scratch, first=np.array(returns.first), status=returns.irr_status, flows=returns.flows, **columns)
        except BaseException:
            Path(scratch.name).unlink()
            raise
    Path(scratch.name).replace(file)


def read_returns(file: Path) -> Returns | None:
    """Return what `write_returns` wrote; None where the file is not whole."""
    try:
        with file.open("rb") as whole, np.load(whole) as found:
            columns = {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, BadZipFile):
        return None

    def of(kind: str) -> dict[str, NDArray[np.float64]]:
        return {
            name.removeprefix(f"{kind} "): column for name, column in columns.items() if name.startswith(f"{kind} ")
        }

    return Returns(int(columns["first"]), of("values"), columns["status"], of("series"), columns["flows"])


def _bytes(events: Events) -> int:
    return sum(getattr(events, name).nbytes for name in events.columns())
