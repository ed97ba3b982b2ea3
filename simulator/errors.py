"""What can be wrong with what a user gave, said in the user's words; all of it at once.

This module must never know what a deal is: it only holds, words and sorts problems.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong, or odd, in a file.

    Attributes:
        file: the file as the user named it.
        line: line number from 1; 0 where no line applies.
        path: where in the scenario, for example `deal.rate_card[1].price`.
        message: the rule that is broken and the value, in plain words.
        code: the name of the case, for programs (docs/model.md §15.4).
        severity: `error` refuses the scenario, `warning` is carried into every report.
    """

    file: str
    line: int
    path: str
    message: str
    code: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        if self.path and not self.line:
            return f"{self.path}: {self.message}"
        where = f"line {self.line}" if self.line else "whole file"
        return f"{where:<8} {self.path}: {self.message}" if self.path else f"{where:<8} {self.message}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the problem as plain data for `--json`."""
        return asdict(self)


class SibError(Exception):
    """Something that the user can mend; the message says what and how."""


def refuse(wrong: bool, message: str) -> None:
    """Raise a `SibError` with a message if something is wrong."""
    if wrong:
        raise SibError(message)


class ScenarioError(SibError):
    """A scenario has problems; all of them are named."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(word_problems(self.problems))


def word_problems(problems: Sequence[Problem]) -> str:
    """Return the problems as lines grouped by file, each file headed by its count."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    blocks = []
    for file, found in by_file.items():
        noun = found[0].severity if found[0].severity == "warning" else "problem"
        count = f"{len(found)} {noun}{'s' if len(found) > 1 else ''}"
        blocks.append("\n".join([f"{file} has {count}", *(f"  {problem}" for problem in found)]))
    return "\n".join(blocks)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest known name, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
