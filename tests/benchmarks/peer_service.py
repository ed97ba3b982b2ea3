"""The peer's service: people, specialists and their pooled caseload as SimPy processes, as one would write them for one deal."""

import math
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import simpy

from tests.benchmarks.peer_terms import Beliefs, Terms

Steps = Generator[simpy.Event, object, None]
CLOSED, SPECIALIST_CHANGED = "closed", "specialist changed"
CONTACT_DAY = 91
ALMOST = 1e-9


@dataclass
class Job:
    """A job: first day, first day after the last, weekly hours."""

    start: int
    end: int
    hours: int


@dataclass(eq=False)
class Person:
    """Somebody referred, and what becomes of them."""

    referred: int
    number: int
    upper_band: bool
    slot: simpy.Event
    weight: float = 0.0
    specialist: "Specialist | None" = None
    searching: bool = False
    engaged: int | None = None
    jobs: list[Job] = field(default_factory=list)
    contact_lost: float = math.inf
    process: simpy.Process | None = None


@dataclass(eq=False)
class Specialist:
    """A post: its capacity while somebody is in it, and whom they look after."""

    capacity: float = 0.0
    load: float = 0.0
    clients: list[Person] = field(default_factory=list)

    @property
    def free(self) -> float:
        """Return the capacity not used."""
        return self.capacity - self.load

    def take(self, person: Person) -> None:
        """Look after a person from now on."""
        person.specialist = self
        self.clients.append(person)
        self.load += person.weight

    def let_go(self, person: Person) -> None:
        """Look after a person no longer."""
        person.specialist = None
        self.clients.remove(person)
        self.load -= person.weight


class Caseload:
    """The slots of all specialists together, the waiting list, and those whose specialist has left."""

    def __init__(self, env: simpy.Environment, posts: int, entry_weight: float) -> None:
        self.env = env
        self.entry_weight = entry_weight
        self.specialists = [Specialist() for _ in range(posts)]
        self.waiting: deque[Person] = deque()
        self.orphans: deque[Person] = deque()
        self.capacity = self.used = self.orphaned = 0.0
        self.used_days = self.capacity_days = 0.0
        self.counted_to = 0
        self.allocated = 0

    def count(self) -> None:
        """Bring the days of use and of capacity up to now."""
        days = int(self.env.now) - self.counted_to
        self.used_days += days * (self.used + self.orphaned)
        self.capacity_days += days * self.capacity
        self.counted_to += days

    def staff(self, specialist: Specialist, capacity: float) -> None:
        """Give a specialist another capacity."""
        self.count()
        self.capacity += capacity - specialist.capacity
        specialist.capacity = capacity
        self.fill()

    def leave(self, specialist: Specialist) -> None:
        """Let a specialist go; their clients wait, before everybody else, for another one to take over."""
        self.count()
        self.capacity -= specialist.capacity
        specialist.capacity = 0.0
        for person in sorted(specialist.clients, key=lambda each: each.number):
            self.used -= person.weight
            self.orphaned += person.weight
            specialist.let_go(person)
            self.orphans.append(person)
            self._tell(person)
        self.fill()

    def weigh(self, person: Person, weight: float) -> None:
        """Change what a person weighs."""
        self.count()
        change = weight - person.weight
        person.weight = weight
        if person.specialist:
            person.specialist.load += change
            self.used += change
        else:
            self.orphaned += change
        if change < 0:
            self.fill()

    def release(self, person: Person) -> None:
        """Free the slot of somebody whose service is over."""
        self.count()
        if person.specialist:
            self.used -= person.weight
            person.specialist.let_go(person)
        else:
            self.orphaned -= person.weight
            self.orphans.remove(person)
        self.fill()

    def fill(self) -> None:
        """Give free slots to those without a specialist, then to the waiting list, first come first served."""
        self.count()
        while self.orphans and self._fits(self.orphans[0].weight):
            person = self.orphans.popleft()
            self.orphaned -= person.weight
            self.used += person.weight
            self._freest().take(person)
            self._tell(person)
        while self.waiting and not self.orphans and self._fits(self.entry_weight):
            person = self.waiting.popleft()
            person.weight = self.entry_weight
            self._freest().take(person)
            self.used += person.weight
            self.allocated += 1
            person.slot.succeed()

    def _fits(self, weight: float) -> bool:
        return self.used + weight <= self.capacity + ALMOST

    def _freest(self) -> Specialist:
        return max(self.specialists, key=lambda each: each.free)

    def _tell(self, person: Person) -> None:
        """Let somebody who is searching know that their specialist has changed."""
        if person.searching and person.process:
            person.process.interrupt(SPECIALIST_CHANGED)


class Service:
    """One replication of the service: everything that happens to people within the term."""

    def __init__(self, terms: Terms, beliefs: Beliefs, rng: np.random.Generator) -> None:
        self.terms, self.beliefs, self.rng = terms, beliefs, rng
        self.env = simpy.Environment()
        self.caseload = Caseload(self.env, terms.posts, terms.weight_engaging)
        self.people: list[Person] = []
        self.lapsed = 0

    def run(self) -> None:
        """Let the term pass."""
        for specialist in self.caseload.specialists:
            self.env.process(self.staffing(specialist))
        self.env.process(self.referrals())
        self.env.run(until=self.terms.term_days)
        self.caseload.count()

    def referrals(self) -> Steps:
        """Refer a Poisson number of people every day; a quarter's days share a factor."""
        beliefs, terms = self.beliefs, self.terms
        level = beliefs.referrals_over_term / terms.term_days
        spread = math.sqrt(math.log1p(beliefs.referral_quarter_cv**2))
        factor = 1.0
        for day in range(terms.term_days):
            if day in terms.quarter_starts:
                factor = self.rng.lognormal(-(spread**2) / 2, spread)
            for _ in range(self.rng.poisson(level * factor)):
                person = Person(day, len(self.people), self.chance(beliefs.hours_16_plus_share), self.env.event())
                self.people.append(person)
                person.process = self.env.process(self.life(person))
            yield self.env.timeout(1)

    def staffing(self, specialist: Specialist) -> Steps:
        """Fill a post again and again: the specialist builds a caseload, leaves, and the post is vacant for a while."""
        while True:
            tenure = self.exponential(self.beliefs.specialist_turnover)
            in_post = 0
            for day, capacity in self.terms.ramp:
                if day >= tenure:
                    break
                yield self.env.timeout(day - in_post)
                in_post = day
                self.caseload.staff(specialist, capacity)
            yield self.env.timeout(tenure - in_post)
            self.caseload.leave(specialist)
            yield self.env.timeout(self.lognormal(self.beliefs.vacancy_median, self.beliefs.vacancy_sigma))

    def life(self, person: Person) -> Steps:
        """Wait for a slot or give up; engage or not; search and work until the service ends."""
        patience = self.env.timeout(self.exponential(1 / self.beliefs.patience))
        self.caseload.waiting.append(person)
        self.caseload.fill()
        yield person.slot | patience
        if not person.slot.triggered:
            self.caseload.waiting.remove(person)
            self.lapsed += 1
            return
        with suppress(simpy.Interrupt):  # out of touch for too long: the case is closed
            yield from self.supported(person)
        person.searching = False
        self.caseload.release(person)

    def supported(self, person: Person) -> Steps:
        """Go through the service, from the slot to its end."""
        beliefs, env = self.beliefs, self.env
        if not self.chance(beliefs.engagement_probability):
            yield env.timeout(whole_days(beliefs.not_engaged_hold))
            return
        yield env.timeout(self.lognormal(beliefs.engagement_time_median, beliefs.engagement_time_sigma))
        person.engaged = int(env.now)
        rate = beliefs.job_rate
        while True:
            self.caseload.weigh(person, self.terms.weight_searching)
            found = yield from self.search(person, rate)
            if not found:
                return
            lost_job = yield from self.work(person)
            if not lost_job:
                return
            rate = beliefs.reemployment_rate

    def search(self, person: Person, rate: float) -> Generator[simpy.Event, object, bool]:
        """Search until a job is found, the person leaves or the time is up; say whether there is a job.

        Leaving is more likely while nobody looks after the person, so its day is drawn anew whenever that changes.
        """
        env = self.env
        found = env.now + self.exponential(rate)
        limit = env.now + whole_days(self.beliefs.search_limit)
        leaves = env.now + self.patience_with_search(person)
        person.searching = True
        while True:
            try:
                yield env.timeout(min(found, limit, leaves) - env.now)
                break
            except simpy.Interrupt as interrupt:
                if interrupt.cause != SPECIALIST_CHANGED:
                    raise
                if leaves > env.now:
                    leaves = env.now + self.patience_with_search(person)
        person.searching = False
        return found < min(limit, leaves)

    def patience_with_search(self, person: Person) -> int:
        """Return the days until the person leaves, if nothing else happens and nothing changes."""
        factor = 1.0 if person.specialist else self.beliefs.unallocated_disengagement_factor
        return self.exponential(self.beliefs.disengagement_rate * factor)

    def work(self, person: Person) -> Generator[simpy.Event, object, bool]:
        """Work, with support that tapers, until the job or the support ends; say whether the job ended first."""
        env, start = self.env, int(self.env.now)
        hours = int(self.rng.integers(16, 31) if person.upper_band else self.rng.integers(8, 16))
        job = Job(start, start + self.exponential(self.beliefs.job_loss_rate), hours)
        person.jobs.append(job)
        if len(person.jobs) == 1:
            env.process(self.contact(person))
        end = min(job.end, start + self.terms.support_days)
        for day, weight in self.terms.weights_in_work:
            if start + day > end:
                break
            yield env.timeout(start + day - env.now)
            self.caseload.weigh(person, weight)
        yield env.timeout(end - env.now)
        return job.end < start + self.terms.support_days

    def contact(self, person: Person) -> Steps:
        """Lose contact some time after the first job start; after days of grace the case is closed."""
        chance = self.beliefs.contact_probability
        yield self.env.timeout(self.exponential(-math.log(chance) / (CONTACT_DAY - 1)))
        person.contact_lost = self.env.now
        yield self.env.timeout(self.terms.grace_days)
        if person.process and person.process.is_alive:
            person.process.interrupt(CLOSED)

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return bool(self.rng.random() < probability)

    def exponential(self, rate: float) -> int:
        """Return an exponential time of a rate per day in whole days."""
        return whole_days(self.rng.exponential(1 / rate))

    def lognormal(self, median: float, sigma: float) -> int:
        """Return a lognormal time in whole days."""
        return whole_days(self.rng.lognormal(math.log(median), sigma))


def whole_days(duration: float) -> int:
    """Return a duration rounded up to whole days, at least one."""
    return max(1, math.ceil(duration))
