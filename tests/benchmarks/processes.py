"""What fresh processes take: memory at its peak, and the time until they are done."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import simulator as sib
from tests.benchmarks.clock import Figure
from tests.benchmarks.sizes import Size
from tests.benchmarks.tables import Table

ROOT = Path(__file__).parents[2]
_IMPORTS = (
    "import simulator as sib; scenario = sib.load_scenario('scenarios/haringey_barnet.yaml'); sib.run; sib.measure"
)
_RUN = _IMPORTS + "; sib.run(scenario, replications={}, workers=1).estimates"
_HELP = "import sys; from simulator.cli import app; sys.argv = ['sib', '--help']; app()"
_PEAK = """
import pathlib, re, resource, sys
status = pathlib.Path('/proc/self/status')
own = re.search(r'VmHWM:\\s+(\\d+) kB', status.read_text()) if status.exists() else None
unit = 1 if sys.platform == 'darwin' else 1024
print(int(own[1]) * 1024 if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""
"""Prints the most memory that the process has held, in bytes. Where the system tells it, that of the process alone is
taken: `getrusage` begins with what the process that started it held."""


def fresh(code: str) -> str:
    """Return what a fresh process prints."""
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def peak_megabytes(code: str) -> float:
    """Return the most memory that a fresh process holds while it runs some code."""
    return int(fresh(f"{code}\n{_PEAK}").split()[-1]) / 1e6


def seconds(code: str, rounds: int) -> Figure:
    """Return the seconds that pass until a fresh process is done; of several, files are read once before."""
    if rounds > 1:
        fresh(code)
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        fresh(code)
        taken.append(perf_counter() - start)
    return Figure(tuple(taken))


def memory(_: sib.Scenario, size: Size) -> list[Table]:
    """Return the table of memory."""
    imports = peak_megabytes(_IMPORTS)
    rows = [["imports and the scenario", f"{imports:.0f}", ""]]
    for count in (1, *size.memory):
        held = peak_megabytes(_RUN.format(count))
        rows.append([f"{count:,} replication{'s' if count > 1 else ''}", f"{held:.0f}", f"{held - imports:.0f}"])
    return [
        Table(
            "Memory at its peak, one process, a run with its summary: megabytes",
            ["what", "megabytes", "beyond imports"],
            rows,
            "A fresh process each, with compiled code on disk.",
        )
    ]


def start_up(_: sib.Scenario, size: Size) -> list[Table]:
    """Return the table of how soon a fresh process is done."""
    shown = {
        "python -c pass": "pass",
        "sib --help": _HELP,
        "imports and the scenario": _IMPORTS,
        "10 replications with their summary": _RUN.format(10),
    }
    rows = [[name, *seconds(code, max(1, size.rounds // 2)).cells()] for name, code in shown.items()]
    return [
        Table(
            "From a standing start: seconds that pass until a fresh process is done",
            ["what", "median", "lowest", "highest"],
            rows,
            "With compiled code on disk; the clock on the wall, so that it is the machine's as much as the simulator's.",
        )
    ]
