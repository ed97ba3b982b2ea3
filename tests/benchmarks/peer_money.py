"""The peer's money: claims, quarterly invoices under caps, payments, and the vehicle's cash, in plain Python and whole pence."""

import math
from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np

from simulator.scenario.rate_card import Reached, Sustained
from tests.benchmarks.peer_service import Job, Person, whole_days
from tests.benchmarks.peer_terms import Beliefs, Line, Terms

NORMAL_95 = 1.6448536269514722


@dataclass
class Claim:
    """An achieved outcome of a person, on its way to being paid or not."""

    line: int
    person: int
    achieved: int
    payable: int
    price: int
    paid: int = 0
    over_cap: int = 0


@dataclass
class Invoice:
    """A quarter's bill: day of issue, amount, and what each funder pays of it on which day."""

    day: int
    amount: int
    payments: list[tuple[int, int]]

    @property
    def paid(self) -> int:
        """Return what the funders pay of it."""
        return sum(amount for _, amount in self.payments)


def sustainment(rule: Sustained, jobs: list[Job]) -> tuple[int, float] | None:
    """Return the day on which jobs have been kept long enough, and the mean hours, or None."""
    if not jobs:
        return None
    hours = []
    for week in range(rule.sustained_weeks):
        first = jobs[0].start + 7 * week
        for job in jobs:
            if min(first + 7, job.end) - max(first, job.start) >= rule.days_for_a_week:
                hours.append(job.hours)
                break
    if len(hours) < rule.weeks_counted:
        return None
    return jobs[0].start + 7 * rule.sustained_weeks, sum(hours) / len(hours)


def achieved_on(line: Line, person: Person) -> int | None:
    """Return the day on which a person achieves the outcome of a line, or None."""
    if isinstance(line.milestone, Reached):
        if line.milestone.reached == "engagement":
            return person.engaged
        return person.jobs[0].start if person.jobs else None
    found = sustainment(line.milestone, person.jobs)
    if found is None:
        return None
    day, hours = found
    low, high = line.milestone.hours_from, line.milestone.hours_below
    return day if (low is None or hours >= low) and (high is None or hours < high) else None


class Contract:
    """The outcomes contract of one replication."""

    def __init__(self, terms: Terms, beliefs: Beliefs, rng: np.random.Generator) -> None:
        self.terms, self.beliefs, self.rng = terms, beliefs, rng
        self.achieved: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.claims: list[Claim] = []
        self.invoices: list[Invoice] = []
        self.counts = [0] * len(terms.lines)
        self.total = 0
        self.claimed = [0] * len(terms.weights)
        self.paid = [0] * len(terms.weights)

    def settle(self, people: list[Person]) -> None:
        """Turn what people achieved into claims, and claims into invoices and payments, quarter by quarter."""
        for person in people:
            self.open_claims(person)
        self.claims.sort(key=lambda c: (c.payable, c.achieved, c.line, c.person))
        mended: list[Claim] = []
        following = 0
        for day in self.terms.invoice_days:
            first = following
            while following < len(self.claims) and self.claims[following].payable <= day:
                following += 1
            fresh = self.claims[first:following]
            for claim in mended + fresh:
                self.apply_caps(claim)
            batch, mended = mended + fresh, self.audit([claim for claim in fresh if claim.paid > 0])
            self.invoice(day, batch)

    def open_claims(self, person: Person) -> None:
        """Open a claim for every outcome that the person achieved and can evidence in time."""
        terms = self.terms
        for number, line in enumerate(terms.lines):
            day = achieved_on(line, person)
            if day is None or day >= terms.term_days:
                continue
            self.achieved[line.outcome] += 1
            evidenced = self.evidence(line, day, person.contact_lost)
            if evidenced is None:
                continue
            self.outcomes[line.outcome] += 1
            payable = max(evidenced, terms.months_after(person.referred, line.lag_months))
            if payable < terms.tail_end:
                self.claims.append(Claim(number, person.number, day, payable, line.price))

    def evidence(self, line: Line, day: int, contact_lost: float) -> int | None:
        """Return the day on which an outcome is evidenced, or None."""
        if isinstance(line.milestone, Reached):
            return day if self.rng.random() < self.beliefs.certificate_probability else None
        if contact_lost >= day:
            return day
        if self.rng.random() < self.beliefs.other_route_probability:
            return day + int(self.rng.integers(1, self.terms.evidence_window + 1))
        return None

    def apply_caps(self, claim: Claim) -> None:
        """Pay a claim as far as the count of its line and the total allow."""
        claim.paid = 0
        if self.counts[claim.line] < self.terms.lines[claim.line].count_cap:
            claim.paid = min(claim.price, self.terms.total_cap - self.total)
        claim.over_cap = claim.price - claim.paid
        self.counts[claim.line] += claim.paid > 0
        self.total += claim.paid

    def audit(self, claims: list[Claim]) -> list[Claim]:
        """Strike out the claims of a sample that fail; return those that can be mended and come again."""
        size = math.ceil(self.terms.audit_fraction * len(claims) - 1e-9)
        mended = []
        for index in self.rng.choice(len(claims), size, replace=False) if claims else []:
            if self.rng.random() < self.beliefs.audit_failure_probability:
                claim = claims[index]
                self.total -= claim.paid
                self.counts[claim.line] -= 1
                claim.paid = claim.over_cap = 0
                if self.rng.random() < self.beliefs.curable_probability:
                    mended.append(claim)
        return mended

    def invoice(self, day: int, batch: list[Claim]) -> None:
        """Bill the funders for what the total has grown by, each up to its own cap."""
        amount = self.total - sum(self.claimed)
        if amount <= 0:
            return
        first = (self.total * self.terms.weights[0] * 2 + 100) // 200
        shares = [first, self.total - first]
        confirmed = self.confirmation()
        payments, refused = [], 0
        for i, share in enumerate(shares):
            asked = share - self.claimed[i]
            payment = min(asked, self.terms.funder_caps[i] - self.paid[i])
            payments.append((day + confirmed + self.terms.funder_days[i], payment))
            self.claimed[i] = share
            self.paid[i] += payment
            refused += asked - payment
        self.invoices.append(Invoice(day, amount, payments))
        for claim in reversed(batch):
            cut = min(refused, claim.paid)
            claim.paid -= cut
            claim.over_cap += cut
            refused -= cut

    def confirmation(self) -> int:
        """Return the days until the commissioner confirms an invoice."""
        median = self.beliefs.confirmation_median
        sigma = math.log(self.beliefs.confirmation_p95 / median) / NORMAL_95
        return whole_days(self.rng.lognormal(math.log(median), sigma))


def receipts_of(invoices: list[Invoice]) -> Counter[int]:
    """Return what the funders pay by day."""
    receipts: Counter[int] = Counter()
    for invoice in invoices:
        for day, amount in invoice.payments:
            receipts[day] += amount
    return receipts


@dataclass
class Cost:
    """A cost that is due, and whether it is the provider's pay by outcomes."""

    amount: int
    by_outcomes: bool


@dataclass
class Accounts:
    """The vehicle's cash in one replication, and the investor's flows."""

    terms: Terms
    cash: int = 0
    drawn: int = 0
    returned: int = 0
    profit: int = 0
    outcome_income: int = 0
    shortfall: int = 0
    owed: deque[Cost] = field(default_factory=deque)
    flows: list[tuple[int, int]] = field(default_factory=list)

    def keep(self, invoices: list[Invoice]) -> None:
        """Go through all days with money: receipts, draws, costs, distributions."""
        terms, receipts = self.terms, receipts_of(invoices)
        dated, outcome_pay = self.dated_costs(), self.outcome_costs(invoices)
        for day in sorted({*receipts, *dated, *outcome_pay, terms.settlement_day}):
            self.cash += receipts[day]
            self.owed += [Cost(dated[day], False), Cost(outcome_pay[day], True)]
            if day <= terms.settlement_day:
                self.draw(day)
            self.pay()
            self.shortfall += min(self.arrears, dated[day] + outcome_pay[day])
            if day >= terms.settlement_day:
                to_come = sum(amount for due, amount in dated.items() if due > day)
                reserve = self.arrears + to_come + self.known_outcome_pay(invoices, outcome_pay, day)
                self.distribute(day, self.cash - reserve)

    @property
    def arrears(self) -> int:
        """Return what is due and not paid."""
        return sum(cost.amount for cost in self.owed)

    def pay(self) -> None:
        """Pay costs as far as cash goes, the oldest first."""
        while self.owed:
            cost = self.owed[0]
            payment = min(cost.amount, self.cash)
            self.cash -= payment
            cost.amount -= payment
            self.outcome_income += payment if cost.by_outcomes else 0
            if cost.amount:
                return
            self.owed.popleft()

    def dated_costs(self) -> Counter[int]:
        """Return the block payments and the other costs by day: instalments at the start of each quarter."""
        costs: Counter[int] = Counter()
        days = sorted(self.terms.quarter_starts)
        for total in [self.terms.block, *self.terms.costs]:
            for i, day in enumerate(days):
                costs[day] += total * (i + 1) // len(days) - total * i // len(days)
        return costs

    def outcome_costs(self, invoices: list[Invoice]) -> Counter[int]:
        """Return the provider's pay by outcomes by day: a part of all that the funders pay so far."""
        costs: Counter[int] = Counter()
        paid = earned = 0
        for each in invoices:
            paid += each.paid
            due = paid * self.terms.outcome_pay // self.terms.expected_payments
            costs[each.day + self.terms.outcome_pay_days] += due - earned
            earned = due
        return costs

    def known_outcome_pay(self, invoices: list[Invoice], outcome_pay: Counter[int], day: int) -> int:
        """Return the outcome pay still to come on invoices that are issued already."""
        wait = self.terms.outcome_pay_days
        return sum(outcome_pay[each.day + wait] for each in invoices if each.day <= day < each.day + wait)

    def draw(self, day: int) -> None:
        """Draw from the investor what cash lacks, up to the commitment."""
        amount = max(0, min(self.arrears - self.cash, self.terms.commitment - self.drawn))
        if amount:
            self.flows.append((day, -amount))
        self.cash += amount
        self.drawn += amount

    def distribute(self, day: int, available: int) -> None:
        """Return capital, then pay profit up to its cap; the rest is the funders'."""
        if available <= 0:
            return
        capital = min(available, self.drawn - self.returned)
        limit = min(self.terms.profit_cap, self.drawn * self.terms.multiple_cap // 1_000_000 - self.drawn)
        profit = min(available - capital, max(0, limit - self.profit))
        self.returned += capital
        self.profit += profit
        self.cash -= available
        if capital + profit:
            self.flows.append((day, capital + profit))
