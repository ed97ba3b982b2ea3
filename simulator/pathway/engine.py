"""The verb `simulate`, and the readable engine: SimPy keeps the calendar, participants and posts hold the rules.

The compiled engine, `pathway/compiled`, follows the same rules and gives the same log; it is what runs unless this one is
asked for.
"""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Literal

import numpy as np

from simulator.pathway.calendar import Calendar
from simulator.pathway.carried import carry_over
from simulator.pathway.caseload import Caseload
from simulator.pathway.compiled.engine import simulate_batch
from simulator.pathway.luck import KeyedLuck, Luck
from simulator.pathway.participant import Participant, State
from simulator.pathway.plan import Plan, Values, pathway_factors, pathway_values, plan_pathway, set_factors
from simulator.pathway.staff import Post
from simulator.records import TYPES, Event, Events, group_starts
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario

Engine = Literal["compiled", "simpy"]
Row = tuple[int, int, Event, int, float, int]
"""Participant, day, event, spells, hours, weight."""


class Replication:
    """One run of the service from its first day to the end of its term."""

    person: type[Participant] = Participant
    """What a person becomes; to follow people as things happen, use a subclass."""

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
            self.participants.append(self.person(number, self))
            self.calendar.enter(self.participants[-1], Event.REFERRAL, int(day))
        for person in carry_over(self):
            self.participants.append(person)
            self.calendar.enter(person, Event.CARRIED_OVER, 0)
        self.calendar.run()
        for person in self.participants:
            if person.state != State.OUT or person.employed:
                self.rows.append(
                    (person.number, self.plan.term_days, Event.TERM_END, person.spells, 0.0, person.weight)
                )
        return self.rows

    def log(self, participant: int, event: Event, spells: int, hours: float, weight: int) -> None:
        """Write down what happened today.

        Args:
            participant: number of the participant; -1 - p for the specialist in post p.
            event: the event.
            spells: job spells so far, or incumbents of the post.
            hours: weekly hours of a job that starts or ends, else 0.
            weight: thousandths of a place on the caseload held after it.
        """
        self.rows.append((participant, self.calendar.today, event, spells, hours, weight))


def simulate(scenario: Scenario, draws: Draws, seed: int, engine: Engine = "compiled") -> Events:
    """Return the event log of the replications that the draws are for.

    Args:
        scenario: the deal whose service it is, and the assumptions about the people.
        draws: the batch's parameter draws.
        seed: seed of all random numbers.
        engine: `compiled`, or `simpy`, the readable one; both give the same log.
    """
    if engine == "simpy":
        return event_table(draws.first, _runs(scenario, draws, seed))
    plan, values, factors = plan_pathway(scenario), pathway_values(draws), pathway_factors(scenario, draws)
    starts, log = simulate_batch(plan, values, factors, seed, draws.first)
    return Events(draws.first, starts, *log)


def _runs(scenario: Scenario, draws: Draws, seed: int) -> Iterator[list[Row]]:
    """Yield everything that happened in each replication, of the readable engine."""
    plan, rows = (
        plan_pathway(scenario),
        zip(pathway_values(draws).tolist(), pathway_factors(scenario, draws), strict=True),
    )
    for i, (values, factors) in enumerate(rows):
        set_factors(plan, factors)
        yield Replication(plan, Values(*values), KeyedLuck(seed, draws.first + i)).run()


def event_table(first: int, runs: Iterable[list[Row]]) -> Events:
    """Return the rows of successive replications as a table, each participant's together in order of time."""
    sorted_runs = [sorted(rows, key=itemgetter(0)) for rows in runs]
    rows = [row for run in sorted_runs for row in run]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 6
    cast = [np.array(column, dtype=TYPES[name]) for name, column in zip(Events.columns(), columns, strict=True)]
    return Events(first, group_starts([len(run) for run in sorted_runs]), *cast)
