"""What a question returns: figures, tables of numbers, charts as data, the answer in sentences, the method, warnings.

Findings are data: nothing here draws, prints or writes. Renderers (`simulator.report`) turn them into a terminal's text, a page,
CSV and JSON, and all of them write a cell with `Column.say`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from textwrap import shorten
from typing import Any

from simulator.asked import Asked
from simulator.charts import Chart
from simulator.errors import Problem, SibError, nearest
from simulator.table import Column, Figure, Table, plain
from simulator.words import a_number, listed

_BRIEF = 160
"""Characters of a sentence in a few lines."""


@dataclass(frozen=True, repr=False)
class Findings:
    """What a question found."""

    kind: str
    """What kind of result it is: the name of its command, or `comparison` or `bridge`."""
    title: str
    question: str
    """What was asked, in one sentence."""
    asked: Asked
    answer: tuple[str, ...]
    """The answer in sentences."""
    tables: tuple[Table, ...]
    """The main one first."""
    charts: tuple[Chart, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    """Single figures by name, each with its unit."""
    method: tuple[str, ...] = ()
    """How it was computed, in sentences."""
    warnings: tuple[Problem, ...] | None = None
    """What to know before relying on it; the scenarios' own if None."""
    reprices: bool = False
    """Whether its versions differ in terms that do not change what happens to participants, who are then simulated once."""
    can: bool = True
    """False where the answer is that it cannot be."""
    repeat: str = ""
    """The command that gives the same; made of `asked` if empty."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else it rests on, by name: in JSON, in the manifest and where the report says how to repeat it."""

    @property
    def command(self) -> str:
        """Return the command that gives the same figures."""
        return self.repeat or self.asked.command(self.kind)

    @property
    def warned(self) -> tuple[Problem, ...]:
        """Return what to know before relying on it."""
        return self.asked.warnings if self.warnings is None else self.warnings

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return tuple(each.name for each in self.tables)

    def table(self, name: str | None = None) -> Table:
        """Return a table by name; the main one if none is given.

        Raises:
            SibError: for a name that no table has.
        """
        found = next((each for each in self.tables if name in (None, each.name)), None)
        if found is None:
            message = f'no table is named "{name}"{nearest(name or "", self.names)}; there are {", ".join(self.names)}'
            raise SibError(message)
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the findings as plain data for JSON; dates in ISO form, what is undefined is null."""
        asked = self.asked
        return {
            "study": self.kind,
            "scenario": asked.scenario.name,
            "scenario_digest": asked.scenario.digest,
            **({"scenarios": asked.scenarios_data()} if asked.others else {}),
            "seed": asked.seed,
            "replications": asked.replications,
            **self.facts,
            "can": self.can,
            "answer": list(self.answer),
            "figures": {name: _figure_data(each) for name, each in self.figures.items()},
            "tables": {each.name: _table_data(each) for each in self.tables if not each.long},
            "charts": {each.name: each.as_dict() for each in self.charts},
            "method": list(self.method),
            "warnings": [each.as_dict() for each in self.warned],
            "command": self.command,
        }

    def __repr__(self) -> str:
        return self.brief("Findings")

    def brief(self, name: str) -> str:
        """Return what it is, the first sentence of its answer and its tables, in a few lines.

        Args:
            name: what the result is called.
        """
        asked = self.asked
        names = listed([each.name for each in asked.scenarios])
        run = f", {a_number(asked.replications, 'replication')}, seed {asked.seed}" if asked.replications else ""
        about = f"{name}: {names}{run}"
        answer = [f"  {shorten(each, _BRIEF, placeholder=' ...')}" for each in self.answer[:1]]
        return "\n".join([about, *answer, f"  tables: {', '.join(self.names)}"])


def _figure_data(each: Figure) -> dict[str, Any]:
    found = {"value": plain(each.value), "se": plain(each.error)}
    return (
        found
        | ({"unit": each.unit.name} if each.unit else {})
        | ({} if each.status == "ok" else {"status": each.status})
    )


def _column_data(name: str, column: Column | None) -> dict[str, str | None]:
    """Return a plain column: its name, its heading if readers see it, and the unit of its numbers."""
    if column is None or name.endswith(("_status", "_unit")):
        return {"name": name, "heading": None, "unit": None}
    heading = column.heading if name == column.key else None
    return {"name": name, "heading": heading or None, "unit": column.unit.name if column.unit else None}


def _table_data(each: Table) -> dict[str, Any]:
    columns = [_column_data(name, column) for name, column in each.names()]
    rows = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}
        for record in each.records()
    ]
    return {"title": each.title, "columns": columns, "rows": rows}
