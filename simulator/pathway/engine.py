"""The readable engine: SimPy keeps the calendar, participants and posts hold the rules, the log holds what happened."""

from collections.abc import Iterable

import numpy as np

from simulator.pathway.calendar import Calendar
from simulator.pathway.caseload import Caseload
from simulator.pathway.luck import KeyedLuck, Luck
from simulator.pathway.participant import Participant, State
from simulator.pathway.plan import Plan, Values, pathway_values, plan_pathway
from simulator.pathway.staff import Post
from simulator.records import Event, Events, group_starts
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario

Row = tuple[int, int, Event, int, float, int]
"""Participant, day, event, spells, hours, weight."""


class Replication:
    """One run of the service from its first day to the end of its term."""

    def __init__(self, plan: Plan, values: Values, luck: Luck) -> None:
        self.plan = plan
        self.values = values
        self.luck = luck
        self.calendar = Calendar(plan.term_days)
        self.caseload = Caseload(self.calendar, len(plan.post_start), plan.weight_engaging)
        self.posts = [Post(post, self) for post in range(len(plan.post_start))]
        self.participants: list[Participant] = []
        self.rows: list[Row] = []

    def run(self) -> list[Row]:
        """Return everything that happened, in order of time."""
        for post in self.posts:
            self.calendar.enter(post, Event.SPECIALIST_STARTED, int(self.plan.post_start[post.post]))
        for number, day in enumerate(self.luck.referral_days(self.plan, self.values)):
            self.participants.append(Participant(number, self))
            self.calendar.enter(self.participants[-1], Event.REFERRAL, int(day))
        self.calendar.run()
        for person in self.participants:
            if person.state != State.OUT or person.employed:
                self.rows.append(
                    (person.number, self.plan.term_days, Event.TERM_END, person.spells, 0.0, person.weight)
                )
        return self.rows

    def log(self, participant: int, event: Event, spells: int, hours: float, weight: int) -> None:
        """Write down what happened today."""
        self.rows.append((participant, self.calendar.today, event, spells, hours, weight))


def simulate(scenario: Scenario, draws: Draws, seed: int) -> Events:
    """Return the event log of the replications that the draws are for."""
    plan = plan_pathway(scenario)
    rows = pathway_values(draws).tolist()
    runs = (Replication(plan, Values(*row), KeyedLuck(seed, draws.first + i)).run() for i, row in enumerate(rows))
    return event_table(draws.first, runs)


def event_table(first: int, runs: Iterable[list[Row]]) -> Events:
    """Return the rows of successive replications as a table, each participant's together in order of time."""
    sorted_runs = [sorted(rows, key=lambda row: row[0]) for rows in runs]
    rows = [row for run in sorted_runs for row in run]
    participant, day, event, spell, hours, weight = zip(*rows, strict=True) if rows else ((),) * 6
    starts = group_starts([len(run) for run in sorted_runs])
    people = np.array(participant, dtype=np.int64)
    return Events(
        first, starts, people, _sequence(people, starts), np.array(day, dtype=np.int64), np.array(event, dtype=np.int64),
        np.array(spell, dtype=np.int64), np.array(hours, dtype=np.float64), np.array(weight, dtype=np.int64),
    )  # fmt: skip


def _sequence(
    participant: np.ndarray[tuple[int], np.dtype[np.int64]], starts: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number each participant's rows from 0."""
    index = np.arange(len(participant))
    new = np.ones(len(participant), dtype=bool)
    new[1:] = participant[1:] != participant[:-1]
    new[starts[:-1][starts[:-1] < len(participant)]] = True
    return index - np.maximum.accumulate(np.where(new, index, 0)) if len(index) else index
