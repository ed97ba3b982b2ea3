"""One replication simulated again by the readable engine, with everything written down as it happens.

For each event of a person's life: what luck was asked for, what then stood on their calendar, and how full the caseload was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.pathway.caseload import NOBODY
from simulator.pathway.engine import Replication
from simulator.pathway.luck import Four, KeyedLuck
from simulator.pathway.participant import Participant
from simulator.pathway.plan import Plan, Values
from simulator.records import Event
from simulator.streams import Decision, Entity


@dataclass(frozen=True)
class Block:
    """Four uniforms and their key (docs/model.md §2)."""

    kind: Entity
    entity: int
    decision: Decision
    draw: int
    uniforms: Four


@dataclass(frozen=True)
class Moment:
    """One event of a person's life, as the engine met it."""

    day: int
    event: Event
    blocks: tuple[Block, ...]
    """The luck that the event's rule asked for."""
    due: dict[Event, int]
    """What stood on the person's calendar afterwards, by day."""
    post: int
    """The post whose specialist had the person before, or NOBODY."""
    new_post: int
    """The post whose specialist has the person afterwards, or NOBODY."""
    incumbent: int
    """Which incumbent of the post before, from 0."""
    spells: int
    hours: float
    weight: int
    waiting: int
    """People on the waiting list afterwards."""
    unallocated: int
    """People to be reallocated before it."""
    used: int
    """Slots used, in thousandths."""
    capacity: int
    """Slots there are, in thousandths."""


@dataclass
class HeardLuck:
    """Keyed luck that writes down what it is asked."""

    luck: KeyedLuck
    heard: list[Block] = field(default_factory=list)

    def referral_days(self, plan: Plan, values: Values) -> NDArray[np.int64]:
        """Return the day of each referral in order."""
        return self.luck.referral_days(plan, values)

    def carried(self, participant: int) -> Four:
        """Return uniforms for the days on which somebody carried over was referred, engaged and started a job."""
        return self._hear(Entity.PARTICIPANT, participant, Decision.CARRIED, 0, self.luck.carried(participant))

    def entry(self, participant: int) -> Four:
        """Return uniforms for patience, engaging, engagement time, hours band."""
        return self._hear(Entity.PARTICIPANT, participant, Decision.ENTRY, 0, self.luck.entry(participant))

    def search(self, participant: int, number: int) -> Four:
        """Return uniforms for the job threshold and the disengagement threshold of a search."""
        uniforms = self.luck.search(participant, number)
        return self._hear(Entity.PARTICIPANT, participant, Decision.SEARCH, number, uniforms)

    def spell(self, participant: int, number: int) -> Four:
        """Return uniforms for job loss, hours and, in the first spell, contact loss."""
        uniforms = self.luck.spell(participant, number)
        return self._hear(Entity.PARTICIPANT, participant, Decision.SPELL, number, uniforms)

    def tenure(self, post: int, incumbent: int) -> Four:
        """Return uniforms for a specialist's time in post and the vacancy after it."""
        return self.luck.tenure(post, incumbent)

    def _hear(self, kind: Entity, entity: int, decision: Decision, draw: int, uniforms: Four) -> Four:
        self.heard.append(Block(kind, entity, decision, draw, uniforms))
        return uniforms


class FollowedParticipant(Participant):
    """A person whose every event is written down."""

    world: "FollowedReplication"

    def happen(self, event: Event) -> None:
        """Apply the rule of an event, and write down what it met."""
        with self.world.moment(self, event):
            super().happen(event)

    def log_before(self, day: int, event: Event, hours: float = 0.0) -> None:
        """Write down what happened to the person on a day before the first, and the luck asked for since the last such.

        Args:
            day: the day, before 0.
            event: the event.
            hours: weekly hours of a job that starts, else 0.
        """
        super().log_before(day, event, hours)
        self.world.note(self, event, day, NOBODY)
        self.world.listener.heard = []


class FollowedReplication(Replication):
    """A run of the service that keeps a diary of each person."""

    person = FollowedParticipant

    def __init__(self, plan: Plan, values: Values, luck: KeyedLuck) -> None:
        self.listener = HeardLuck(luck)
        self.diary: dict[int, list[Moment]] = {}
        super().__init__(plan, values, self.listener)

    @contextmanager
    def moment(self, who: Participant, event: Event) -> Iterator[None]:
        """Write down what happens to somebody within."""
        self.listener.heard = []
        post = who.specialist
        yield
        self.note(who, event, self.calendar.today, post)

    def note(self, who: Participant, event: Event, day: int, post: int) -> None:
        """Write down what has happened to somebody whom a specialist had before, and the luck that was asked for.

        Args:
            who: the participant.
            event: the event.
            day: its day.
            post: the post whose specialist had the person before it, or NOBODY.
        """
        moment = Moment(
            day=day,
            event=event,
            blocks=tuple(self.listener.heard),
            due=dict(who.due),
            post=post,
            new_post=who.specialist,
            incumbent=self.posts[post].incumbents - 1 if post != NOBODY else 0,
            spells=who.spells,
            hours=who.hours,
            weight=who.weight,
            waiting=len(self.caseload.waiting),
            unallocated=len(self.caseload.unallocated),
            used=self.caseload.used,
            capacity=self.caseload.total_capacity,
        )
        self.diary.setdefault(who.number, []).append(moment)


def keep_diary(plan: Plan, values: Values, seed: int, replication: int) -> FollowedReplication:
    """Return a replication, run to its end, with the diary of each person by number.

    Args:
        plan: the scenario's constants, with the factors of the replication.
        values: the replication's draws.
        seed: seed of all random numbers.
        replication: number of the replication.
    """
    world = FollowedReplication(plan, values, KeyedLuck(seed, replication))
    world.run()
    return world
