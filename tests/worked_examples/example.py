"""Reads a worked example and works it: from what is given, through the project's own verbs, to what came of it."""

import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from simulator.batch import Tables, follow, measure
from simulator.contract.settlement import settle
from simulator.dates import day_number
from simulator.finance.accounts import distribute
from simulator.finance.agreement import planned_end
from simulator.pathway.engine import Replication, event_table
from simulator.pathway.plan import Values, pathway_factors, pathway_values, plan_pathway, set_factors
from simulator.records import Events, Payments, Returns
from simulator.scenario.draws import draw
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario
from tests.tiny import TINY
from tests.worked_examples.feed import CARRIED_OVER, Counts, Job, Life, events_of, fed_events
from tests.worked_examples.scripted import ScriptedLuck

FOLDER = Path(__file__).parent
SEED = 1
Plain = Any
"""What YAML holds."""


@dataclass(frozen=True)
class Case:
    """One case of a worked example: what is given, as values, and what is expected, as text that keeps every digit."""

    name: str
    given: dict[str, Plain]
    expected: dict[str, Plain]


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a worked example; what the whole file gives holds in each."""
    values, texts = (YAML(typ=typ, pure=True).load(path.read_text(encoding="utf-8")) for typ in ("safe", "base"))
    common = values.get("given", {})
    return [
        Case(f"{path.stem}: {case['name']}", _merged(common, case.get("given", {})), text["expected"])
        for case, text in zip(values["cases"], texts["cases"], strict=True)
    ]


def _merged(common: dict[str, Plain], own: dict[str, Plain]) -> dict[str, Plain]:
    changes = {**common.get("changes", {}), **own.get("changes", {})}
    return {**common, **own, "changes": changes}


def load(given: dict[str, Plain]) -> Scenario:
    """Return the scenario of a case: the tiny one or the one it names, with its overlays and changes."""
    overlays: list[str | Path] = list(given.get("overlays", []))
    base = given.get("scenario", TINY)
    if not given["changes"]:
        return load_scenario(base, overlays)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "changes.yaml"
        path.write_text(_overlay_text(given["changes"]), encoding="utf-8")
        return load_scenario(base, [*overlays, path])


def _overlay_text(changes: dict[str, Plain]) -> str:
    words = {"overlay": "example", "title": "Example", "description": "Given by the example", "source": "The example"}
    text = StringIO()
    YAML(typ="safe", pure=True).dump({**words, "set": changes}, text)
    return text.getvalue()


@dataclass(frozen=True)
class Worked:
    """What came of a case, one replication; each part is made from the one before, when it is asked for."""

    given: dict[str, Plain]

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return load(self.given)

    @property
    def start(self) -> date:
        """Return day 0."""
        return self.scenario.deal.term.service_start

    @cached_property
    def people(self) -> dict[int, str]:
        """Return the people's names by number, where they have names."""
        early = enumerate(self.given.get("carried_over", {}), start=CARRIED_OVER)
        return {**dict(enumerate(self.given.get("people", {}))), **dict(early)}

    @cached_property
    def events(self) -> Events:
        """Return the event log: of the people given, of the counts given, or of the service run on written luck."""
        term = self.scenario.deal.term
        if "people" in self.given:
            people, early = (
                [_life(each) for each in self.given.get(name, {}).values()] for name in ("people", "carried_over")
            )
            return events_of(people, term.service_start, term.term_end, early)
        if "counts" in self.given:
            counts = {name: value for name, value in self.given["counts"].items() if name not in ("from", "to")}
            window = self.given["counts"]
            return fed_events(Counts(**counts), window["from"], window["to"], term.service_start, term.term_end)
        return self._simulated()

    def _simulated(self) -> Events:
        draws, plan = draw(self.scenario, SEED, 0, 1), plan_pathway(self.scenario)
        values = Values(*pathway_values(draws)[0].tolist())
        set_factors(plan, pathway_factors(self.scenario, draws)[0])
        script = self.given["service"]
        luck = ScriptedLuck(
            tuple(person["referred"] for person in script.values()),
            tuple(person.get("job_after") for person in script.values()),
            values.job_rate,
        )
        return event_table(0, [Replication(plan, values, luck).run()])

    @cached_property
    def tables(self) -> Tables:
        """Return all tables; where payments are given, no claim stands behind them."""
        draws = draw(self.scenario, SEED, 0, 1)
        if "receipts" not in self.given:
            return follow(self.scenario, draws, SEED, self.events)
        events, ended = event_table(0, [[]]), np.array([planned_end(self.scenario.deal)])
        claims, _ = settle(self.scenario, draws, SEED, events)
        payments = _payments(self.given["receipts"], self.start)
        cashflows, shortfalls = distribute(self.scenario, payments, ended)
        end = np.minimum(ended, day_number(self.scenario.deal.term.term_end, self.start))
        return Tables(events, claims, payments, cashflows, shortfalls, end)

    @cached_property
    def returns(self) -> Returns:
        """Return the measures."""
        return measure(self.scenario, self.tables)


def _life(given: dict[str, Plain]) -> Life:
    jobs = tuple(Job(job["first"], float(job["hours"]), job.get("last")) for job in given.get("jobs", []))
    return Life(given["referred"], given.get("engaged"), jobs, given.get("contact_lost"))


def _payments(receipts: list[list[Plain]], start: date) -> Payments:
    """Return payments of the first funder: each receipt a day and pounds, invoiced on the day it is paid."""
    days = np.array([day_number(day, start) for day, _ in receipts], dtype=np.int64)
    amounts = np.array([round(pounds * 100) for _, pounds in receipts], dtype=np.int64)
    numbers = np.arange(days.size, dtype=np.int64)
    starts = np.array([0, days.size], dtype=np.int64)
    return Payments(0, starts, numbers, np.zeros_like(numbers), days, days, amounts, amounts, amounts)
