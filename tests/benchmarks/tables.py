"""Tables in Markdown that line up in plain text, and what machine they were made on."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pandas")


@dataclass(frozen=True)
class Table:
    """A table with a title and a sentence on how to read it."""

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""

    def text(self) -> str:
        """Return the table in Markdown; the first column is text, the others are numbers."""
        widths = [max(3, *(len(row[i]) for row in [self.head, *self.rows])) for i in range(len(self.head))]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        lines = [_line(row, widths) for row in (self.head, rule, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *([self.note, ""] if self.note else []), *lines])


def _line(cells: list[str], widths: list[int]) -> str:
    first, *others = (
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join([first, *others])} |"


def verdict(met: bool) -> str:
    """Return whether a target is met, in words."""
    return "met" if met else "not met"


def machine() -> str:
    """Return date, machine and versions in one paragraph."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%d %B %Y}; {_processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {libraries}."
    )


def _processor() -> str:
    """Return the processor's name, where the system tells it."""
    found = Path("/proc/cpuinfo")
    names = list(_model_names(found.read_text(encoding="utf-8"))) if found.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def _model_names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("model name"):
            yield line.partition(":")[2].strip()
