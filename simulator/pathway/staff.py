"""Posts: a specialist starts, ramps up, leaves; after a vacancy another one starts (docs/model.md §4.1)."""

from typing import TYPE_CHECKING

from simulator.dates import NEVER
from simulator.pathway.laws import exponential_days, lognormal_days
from simulator.records import Event

if TYPE_CHECKING:
    from simulator.pathway.engine import Replication


class Post:
    """One specialist post through its incumbents."""

    def __init__(self, post: int, world: "Replication") -> None:
        self.post = post
        self.number = post
        self.world = world
        self.due: dict[Event, int] = {}
        self.incumbents = 0
        self.step = 0

    def happen(self, event: Event) -> None:
        """Apply the rule of an event."""
        _RULES[event](self)

    def started(self) -> None:
        """A specialist starts, the first one with the post's step of the ramp, and will leave some day, at the latest with it."""
        plan, calendar = self.world.plan, self.world.calendar
        turnover = self.world.values.specialist_turnover
        u = self.world.luck.tenure(self.post, self.incumbents)[0]
        tenure = exponential_days(u, 1.0 / turnover) if turnover > 0.0 else NEVER
        step = int(plan.post_step[self.post]) if self.incumbents == 0 else 0
        self.incumbents += 1
        calendar.enter(self, Event.SPECIALIST_LEFT, min(calendar.today + tenure, int(plan.post_end[self.post])))
        self._ramp_to(step)
        self._log(Event.SPECIALIST_STARTED)

    def ramped(self) -> None:
        """The specialist can hold more people."""
        self._ramp_to(self.step + 1)
        self._log(Event.SPECIALIST_RAMPED)

    def left(self) -> None:
        """The specialist leaves: nobody is ejected, their people wait to be taken over; the post is filled after a vacancy."""
        world, calendar = self.world, self.world.calendar
        calendar.cancel(self, Event.SPECIALIST_RAMPED)
        world.caseload.set_capacity(self.post, 0)
        self._log(Event.SPECIALIST_LEFT)
        for person in world.participants:
            if person.specialist == self.post:
                person.happen(Event.UNALLOCATED)
        world.caseload.review()
        u = world.luck.tenure(self.post, self.incumbents - 1)[1]
        again = calendar.today + lognormal_days(u, world.values.vacancy_median, world.values.vacancy_sigma)
        if again < world.plan.post_end[self.post]:
            calendar.enter(self, Event.SPECIALIST_STARTED, again)

    def _ramp_to(self, step: int) -> None:
        plan, calendar = self.world.plan, self.world.calendar
        self.step = step
        self.world.caseload.set_capacity(self.post, int(plan.ramp_capacity[step]))
        if step + 1 < len(plan.ramp_days):
            calendar.enter(
                self, Event.SPECIALIST_RAMPED, calendar.today + int(plan.ramp_days[step + 1] - plan.ramp_days[step])
            )

    def _log(self, event: Event) -> None:
        self.world.log(-1 - self.post, event, self.incumbents, 0.0, self.world.caseload.capacity[self.post])


_RULES = {
    Event.SPECIALIST_STARTED: Post.started,
    Event.SPECIALIST_RAMPED: Post.ramped,
    Event.SPECIALIST_LEFT: Post.left,
}
