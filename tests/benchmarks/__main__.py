"""How fast the simulator is: `python -m tests.benchmarks`."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import simulator as sib
from tests.benchmarks import floors, growth, processes, series, speed, versions
from tests.benchmarks.peer import SCENARIO
from tests.benchmarks.sizes import FULL, QUICK, Size
from tests.benchmarks.tables import Table, machine

PARTS: dict[str, Callable[[sib.Scenario, Size], list[Table]]] = {
    "speed": speed.measured,
    "floors": floors.measured,
    "growth": growth.measured,
    "memory": processes.memory,
    "series": series.measured,
    "versions": versions.measured,
    "start-up": processes.start_up,
}


def report(parts: Sequence[str], size: Size) -> Iterator[str]:
    """Yield the machine, then each table as it is done."""
    scenario = sib.load_scenario(SCENARIO)
    yield f"{scenario.title}. {machine()}"
    speed.warm_up(scenario)
    for name in parts:
        for table in PARTS[name](scenario, size):
            yield table.text()


def main(arguments: Sequence[str] | None = None, size: Size | None = None) -> None:
    """Measure, print, and write where a file is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="How fast the simulator is.")
    parser.add_argument("--quick", action="store_true", help="a small version, for a first look")
    parser.add_argument("--out", type=Path, help="also write the tables to this file")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="these parts alone")
    given = parser.parse_args(arguments)
    texts = []
    for text in report(given.only, size or (QUICK if given.quick else FULL)):
        print(text, end="\n\n", flush=True)
        texts.append(text)
    if given.out:
        given.out.write_text("\n\n".join(texts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
