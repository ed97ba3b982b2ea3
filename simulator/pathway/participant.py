"""One person: service, employment and contact, and the rule of each event in their life (docs/model.md §3 to §5)."""

import math
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from simulator.dates import NEVER, whole_days
from simulator.pathway.caseload import NOBODY
from simulator.pathway.laws import (
    contact_loss_days,
    day_reached,
    exponential_days,
    first_job_day,
    job_end_day,
    lognormal_days,
    weekly_hours,
)
from simulator.pathway.plan import (
    CONTACT_DAY,
    DISENGAGEMENT_RATE,
    ENGAGEMENT_RATE,
    JOB_RATE,
    LOSS_RATE,
    REEMPLOYMENT_RATE,
)
from simulator.records import Event
from simulator.streams import exponential

if TYPE_CHECKING:
    from simulator.pathway.engine import Replication


class State(IntEnum):
    """Where a person is in the service."""

    WAITING = 0
    ENGAGING = 1
    SEARCHING = 2
    IN_WORK = 3
    OUT = 4


class Participant:
    """A person from referral on. Searching covers the first search and later ones; employment goes on after the service ends."""

    def __init__(self, number: int, world: "Replication") -> None:
        self.number = number
        self.world = world
        self.due: dict[Event, int] = {}
        self.state = State.WAITING
        self.weight = 0
        self.specialist = NOBODY
        self.referred = 0
        self.searches = 0
        self.spells = 0
        self.employed = False
        self.hours = 0.0
        self.job_started = 0
        self.disengagement_left = 0.0
        self.disengagement_since = 0

    def happen(self, event: Event) -> None:
        """Apply the rule of an event."""
        _RULES[event](self)

    # The first day, for those carried over; the waiting list and allocation

    def carried_over(self) -> None:
        """Somebody referred before the first day goes on waiting, searching or working; what can end that is drawn anew."""
        world = self.world
        if self.state == State.WAITING:
            world.caseload.wait_on(self)
            self._wait()
        else:
            world.caseload.carry(self, [post.post for post in world.posts if post.incumbents > 0])
            if self.state == State.SEARCHING:
                self._search(0.0)
            else:
                loss, _, contact, _ = world.luck.spell(self.number, 0)
                self._work(loss, contact)
        self._log(Event.CARRIED_OVER)
        world.caseload.review()

    def referral(self) -> None:
        """A referred person joins the waiting list."""
        self.referred = self.world.calendar.today
        self._log(Event.REFERRAL)
        self.world.caseload.waiting.append(self)
        self._wait()
        self.world.caseload.review()

    def _wait(self) -> None:
        """Wait from today for as long as patience lasts."""
        calendar, patience = self.world.calendar, self.world.values.patience
        u = self.world.luck.entry(self.number)[0]
        days = whole_days(patience) if self.world.plan.patience_is_fixed else exponential_days(u, patience)
        calendar.enter(self, Event.LAPSED, calendar.today + days)

    def lapsed(self) -> None:
        """Patience is over: the person leaves the waiting list."""
        self.world.caseload.waiting.remove(self)
        self.state = State.OUT
        self._log(Event.LAPSED)

    def allocation(self) -> None:
        """A slot is free: it is held from today; the person will engage after a while, or will not."""
        calendar, values = self.world.calendar, self.world.values
        today = calendar.today
        calendar.cancel(self, Event.LAPSED)
        self.state = State.ENGAGING
        self.weight = self.world.plan.weight_engaging
        self.world.caseload.assign(self)
        self._log(Event.ALLOCATION)
        _, engages, time, _ = self.world.luck.entry(self.number)
        if engages < min(1.0, values.engagement_probability * self.world.plan.multiplier[ENGAGEMENT_RATE, today]):
            days = lognormal_days(time, values.engagement_time_median, values.engagement_time_sigma)
            calendar.enter(self, Event.ENGAGEMENT, today + days)
        else:
            calendar.enter(self, Event.NOT_ENGAGED, today + whole_days(values.not_engaged_hold))

    def reallocation(self) -> None:
        """Another specialist takes the person over; disengagement is no longer more likely."""
        self._spend_disengagement()
        self.world.caseload.assign(self)
        self._log(Event.REALLOCATION)
        self._enter_disengagement()

    def unallocated(self) -> None:
        """The person's specialist leaves; while nobody takes over, disengagement is more likely."""
        self._spend_disengagement()
        self.world.caseload.let_go(self)
        self._log(Event.UNALLOCATED)
        self._enter_disengagement()

    # Engagement, search and work

    def engagement(self) -> None:
        """Third appointment or vocational profile: the search begins, at once or after a delay."""
        self._search(self.world.values.search_delay)
        self._log(Event.ENGAGEMENT)

    def _search(self, delay: float) -> None:
        """A search ends with a job, after a delay at the earliest, with disengagement, or at its longest length."""
        world, calendar = self.world, self.world.calendar
        today, values = calendar.today, world.values
        self.state = State.SEARCHING
        world.caseload.take(self, world.plan.weight_searching)
        job, threshold, _, _ = world.luck.search(self.number, self.searches)
        self.searches += 1
        again = self.spells > 0
        rate = values.reemployment_rate if again else values.job_rate
        clock = world.plan.clock[REEMPLOYMENT_RATE if again else JOB_RATE]
        calendar.enter(self, Event.JOB_START, first_job_day(clock, today, delay, exponential(job), rate))
        disengagement = values.disengagement_rate
        self.disengagement_left = exponential(threshold) / disengagement if disengagement > 0.0 else math.inf
        self.disengagement_since = today
        self._enter_disengagement()
        if world.plan.searches_end:
            calendar.enter(self, Event.SEARCH_ENDED, today + whole_days(values.search_limit))

    def job_start(self) -> None:
        """A job starts, and is supported."""
        world, calendar = self.world, self.world.calendar
        calendar.cancel(self, Event.DISENGAGED, Event.SEARCH_ENDED)
        loss, hours, contact, _ = world.luck.spell(self.number, self.spells)
        upper = world.luck.entry(self.number)[3] < world.values.hours_16_plus_share
        self.state, self.employed, self.job_started = State.IN_WORK, True, calendar.today
        self.hours = weekly_hours(hours, upper)
        self.spells += 1
        self._work(loss, contact)
        self._log(Event.JOB_START, self.hours)

    def _work(self, loss: float, contact: float) -> None:
        """From today the end of the job and the loss of contact take their course; support counts from the job's start."""
        world, calendar = self.world, self.world.calendar
        today, plan, values = calendar.today, world.plan, world.values
        step = self._weight_step()
        world.caseload.take(self, plan.weight_in_work[step])
        early_days = int(values.job_loss_early_period) - (today - self.job_started)
        end = job_end_day(
            plan.clock[LOSS_RATE],
            today,
            exponential(loss),
            values.job_loss_rate,
            values.job_loss_early_factor,
            early_days,
        )
        calendar.enter(self, Event.JOB_END, end)
        calendar.enter(self, Event.SUPPORT_ENDED, max(today + 1, self.job_started + plan.support_days))
        self._enter_weight_change(step + 1)
        if self.spells == 1:
            days = contact_loss_days(contact, values.contact_probability, CONTACT_DAY)
            calendar.enter(self, Event.CONTACT_LOST, today + days)

    def job_end(self) -> None:
        """A job ends; a person still supported searches again."""
        self.employed = False
        if self.state == State.IN_WORK:
            self.world.calendar.cancel(self, Event.SUPPORT_ENDED, Event.WEIGHT_CHANGED)
            self._search(0.0)
        self._log(Event.JOB_END, self.hours)

    def weight_changed(self) -> None:
        """Support tapers: from this week of the job on the person weighs less."""
        step = self._weight_step()
        self.world.caseload.take(self, self.world.plan.weight_in_work[step])
        self._log(Event.WEIGHT_CHANGED)
        self._enter_weight_change(step + 1)

    def contact_lost(self) -> None:
        """The person is out of touch; the slot is kept for the days of grace."""
        self._log(Event.CONTACT_LOST)
        if self.state in (State.SEARCHING, State.IN_WORK):
            today = self.world.calendar.today
            self.world.calendar.enter(self, Event.CONTACT_GRACE_OVER, today + self.world.plan.grace_days)

    def close(self, reason: Event) -> None:
        """The service ends for this person and frees the slot; a job goes on."""
        caseload = self.world.caseload
        self.world.calendar.cancel(
            self,
            Event.DISENGAGED,
            Event.SEARCH_ENDED,
            Event.JOB_START,
            Event.SUPPORT_ENDED,
            Event.WEIGHT_CHANGED,
            Event.CONTACT_GRACE_OVER,
        )
        self.state = State.OUT
        caseload.take(self, 0)
        if self.specialist == NOBODY:
            caseload.unallocated.remove(self)
            caseload.review()
        self.specialist = NOBODY
        self._log(reason)

    # Disengagement: a threshold used up at a rate that depends on whether a specialist has the person

    def _disengagement_factor(self) -> float:
        return self.world.values.unallocated_disengagement_factor if self.specialist == NOBODY else 1.0

    def _spend_disengagement(self) -> None:
        """Use up the threshold at the rate so far, up to today."""
        if self.state == State.SEARCHING:
            clock, today = self.world.plan.clock[DISENGAGEMENT_RATE], self.world.calendar.today
            self.disengagement_left -= self._disengagement_factor() * (clock[today] - clock[self.disengagement_since])
            self.disengagement_since = today

    def _enter_disengagement(self) -> None:
        """Enter the day of disengagement at the present rate; what is due today stays due today."""
        calendar, factor = self.world.calendar, self._disengagement_factor()
        if self.state == State.SEARCHING and self.due.get(Event.DISENGAGED) != calendar.today:
            clock = self.world.plan.clock[DISENGAGEMENT_RATE]
            day = day_reached(clock, calendar.today, self.disengagement_left / factor) if factor > 0.0 else NEVER
            calendar.enter(self, Event.DISENGAGED, day)

    # In-work weight

    def _weight_step(self) -> int:
        """Return the step of the in-work weights that holds today."""
        days = self.world.calendar.today - self.job_started
        return int(self.world.plan.weight_days.searchsorted(days, side="right")) - 1

    def _enter_weight_change(self, step: int) -> None:
        if step < len(self.world.plan.weight_days):
            day = self.job_started + int(self.world.plan.weight_days[step])
            self.world.calendar.enter(self, Event.WEIGHT_CHANGED, day)

    def log_before(self, day: int, event: Event, hours: float = 0.0) -> None:
        """Write down what happened to the person on a day before the first.

        Args:
            day: the day, before 0.
            event: the event.
            hours: weekly hours of a job that starts, else 0.
        """
        self.world.rows.append((self.number, day, event, self.spells, hours, 0))

    def _log(self, event: Event, hours: float = 0.0) -> None:
        self.world.log(self.number, event, self.spells, hours, self.weight)


_RULES: dict[Event, Callable[[Participant], None]] = {
    Event.CARRIED_OVER: Participant.carried_over,
    Event.REFERRAL: Participant.referral,
    Event.LAPSED: Participant.lapsed,
    Event.ALLOCATION: Participant.allocation,
    Event.REALLOCATION: Participant.reallocation,
    Event.UNALLOCATED: Participant.unallocated,
    Event.ENGAGEMENT: Participant.engagement,
    Event.JOB_START: Participant.job_start,
    Event.JOB_END: Participant.job_end,
    Event.WEIGHT_CHANGED: Participant.weight_changed,
    Event.CONTACT_LOST: Participant.contact_lost,
    Event.NOT_ENGAGED: lambda person: person.close(Event.NOT_ENGAGED),
    Event.DISENGAGED: lambda person: person.close(Event.DISENGAGED),
    Event.SEARCH_ENDED: lambda person: person.close(Event.SEARCH_ENDED),
    Event.SUPPORT_ENDED: lambda person: person.close(Event.SUPPORT_ENDED),
    Event.CONTACT_GRACE_OVER: lambda person: person.close(Event.CONTACT_GRACE_OVER),
}
