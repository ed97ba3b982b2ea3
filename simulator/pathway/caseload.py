"""Slots, pooled and weighted: for those whose specialist left first, then for the longest waiting (docs/model.md §4)."""

from collections import deque
from typing import TYPE_CHECKING

from simulator.pathway.calendar import Calendar
from simulator.records import Event

if TYPE_CHECKING:
    from simulator.pathway.participant import Participant

NOBODY = -1
"""The specialist of somebody whom no specialist has."""


class Caseload:
    """Capacity and use of slots, in thousandths; the waiting list; the list of those to be reallocated."""

    def __init__(self, calendar: Calendar, posts: int, weight_engaging: int) -> None:
        self.calendar = calendar
        self.weight_engaging = weight_engaging
        self.capacity = [0] * posts
        self.load = [0] * posts
        self.total_capacity = 0
        self.used = 0
        self.waiting: deque[Participant] = deque()
        self.unallocated: deque[Participant] = deque()
        self._reviewed = -1

    def set_capacity(self, post: int, capacity: int) -> None:
        """Give a post a new capacity; less than its load ejects nobody."""
        self.total_capacity += capacity - self.capacity[post]
        self.capacity[post] = capacity
        self.review()

    def take(self, participant: "Participant", weight: int) -> None:
        """Change what a participant weighs, whether a specialist has them or not."""
        change = weight - participant.weight
        participant.weight = weight
        if participant.specialist != NOBODY:
            self.used += change
            self.load[participant.specialist] += change
        if change < 0:
            self.review()

    def assign(self, participant: "Participant") -> None:
        """Give a participant and their weight to the specialist with the most free capacity, the first of equals."""
        free = [capacity - load for capacity, load in zip(self.capacity, self.load, strict=True)]
        self._give(participant, free.index(max(free)))

    def carry(self, participant: "Participant", staffed: list[int]) -> None:
        """Give somebody carried over to the freest specialist in post, full or not; to be reallocated where there is none."""
        if staffed:
            self._give(participant, max(staffed, key=lambda post: self.capacity[post] - self.load[post]))
        else:
            self.unallocated.append(participant)

    def wait_on(self, participant: "Participant") -> None:
        """Put somebody carried over on the waiting list, in order of referral; the first day's referrals come after them."""
        before = sum(other.referred <= participant.referred for other in self.waiting)
        self.waiting.insert(before, participant)

    def let_go(self, participant: "Participant") -> None:
        """Take a participant from their specialist, who is leaving: the slot is not freed but waits to be taken over."""
        self.used -= participant.weight
        self.load[participant.specialist] -= participant.weight
        participant.specialist = NOBODY
        self.unallocated.append(participant)

    def review(self) -> None:
        """Have today's allocation made, once, at its place in the day."""
        if self._reviewed != self.calendar.today and (self.waiting or self.unallocated):
            self._reviewed = self.calendar.today
            self.calendar.call(Event.ALLOCATION, self._allocate)

    def _allocate(self) -> None:
        """Fill free slots: first those to be reallocated, then the waiting list; who does not fit blocks those behind."""
        self._reviewed = -1
        while self.unallocated and self._fits(self.unallocated[0].weight):
            self.unallocated.popleft().happen(Event.REALLOCATION)
        while self.waiting and not self.unallocated and self._fits(self.weight_engaging):
            self.waiting.popleft().happen(Event.ALLOCATION)

    def _give(self, participant: "Participant", post: int) -> None:
        participant.specialist = post
        self.used += participant.weight
        self.load[post] += participant.weight

    def _fits(self, weight: int) -> bool:
        return self.used + weight <= self.total_capacity > 0
