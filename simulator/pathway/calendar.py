"""The replication's calendar in SimPy: events of one day happen by kind, then by participant, never by who scheduled first."""

from collections.abc import Callable
from typing import Protocol

import simpy

from simulator.dates import NEVER
from simulator.records import Event

_ENTITIES = 2**32
"""More than there are participants or posts: separates kinds in SimPy's priority."""


class Happens(Protocol):
    """Somebody to whom things happen: a participant or a post."""

    number: int
    due: dict[Event, int]

    def happen(self, event: Event) -> None:
        """Apply the rule of an event."""


class Calendar:
    """Days and what is due on them. An event happens only if it is still due on its day; cancelling it takes it off."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.environment = simpy.Environment()

    @property
    def today(self) -> int:
        """Return the current day."""
        return int(self.environment.now)

    def enter(self, who: Happens, event: Event, day: int) -> None:
        """Make an event of somebody due on a day, instead of any earlier date for it.

        Args:
            who: whom it happens to.
            event: the event.
            day: the day on which it is due.
        """
        who.due[event] = day
        if day < self.days:
            self._schedule(day, event, who.number, lambda _: self._meet(who, event, day))

    def cancel(self, who: Happens, *events: Event) -> None:
        """Take events of somebody off the calendar."""
        for event in events:
            who.due[event] = NEVER

    def call(self, event: Event, then: Callable[[], None]) -> None:
        """Do something today, in the place that an event's kind has in the day."""
        self._schedule(self.today, event, 0, lambda _: then())

    def run(self) -> None:
        """Let all days pass."""
        self.environment.run(until=self.days)

    def _meet(self, who: Happens, event: Event, day: int) -> None:
        if who.due.get(event) == day:
            who.due[event] = NEVER
            who.happen(event)

    def _schedule(self, day: int, event: Event, number: int, callback: Callable[[simpy.Event], None]) -> None:
        happening = simpy.Event(self.environment)
        happening._ok, happening._value = True, None
        happening.callbacks = [callback]
        self.environment.schedule(happening, priority=event * _ENTITIES + number, delay=day - self.today)  # type: ignore[arg-type]
