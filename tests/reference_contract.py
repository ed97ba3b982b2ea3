"""The rules of a quarter's invoice, slow and plain, written from the domain's words and not from the code."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from simulator.dates import add_months, day_date, day_number
from simulator.records import Claims, Status
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import AnnualCap, ByYear, Cap, Outcome, Price, Regime, Tiered
from tests.reference import split

UNCLAIMED = (Status.DUPLICATE, Status.UNEVIDENCED, Status.OUT_OF_TERM)


@dataclass
class Line:
    """What becomes of a claim."""

    price: int = 0
    paid: int = 0
    refused: int = 0
    over_funder_cap: int = 0
    status: Status = Status.PAID
    invoice: int = -1
    number: int = 1
    """Its place among the paid ones of its line."""


@dataclass
class Invoice:
    """What the funders are asked for, pay, and what the provider's pay is reckoned on, each a list by funder."""

    claimed: list[int]
    paid: list[int]
    basis: list[int]


def regime(calendar: Sequence[Regime], day: date) -> str:
    """Return the name of what a calendar gives a day."""
    return next((each.use for each in calendar if each.start <= day < each.end), "original")


def contract_year(deal: Deal, day: date) -> int:
    """Return the contract year of a day, from 0: how many anniversaries are past."""
    year = 0
    while add_months(deal.term.service_start, 12 * (year + 1)) <= day:
        year += 1
    return year


def price(deal: Deal, line: int, day: date, number: int, calendar: Sequence[Regime]) -> int | None:
    """Return the price of a line's claim achieved on a day, the `number`-th to be paid; None in an activity window."""
    use, outcome = regime(calendar, day), deal.rate_card[line]
    if use == "activity":
        return None
    own = next((each.prices for each in deal.schedules if each.name == use), {})
    year = contract_year(deal, day)
    amount = _unindexed(own.get(outcome.outcome, outcome.price), outcome, year, number)
    index = next((each for each in deal.indices if each.name == outcome.indexed_by), None)
    if index is None:
        return amount
    now = index.at(add_months(deal.term.service_start, 12 * year))
    exact = amount * Fraction(str(now)) / Fraction(str(index.at(index.base)))
    return int(exact + Fraction(1, 2))


def _unindexed(given: Price, outcome: Outcome, year: int, number: int) -> int:
    if isinstance(given, ByYear):
        return given.by_contract_year[min(year, len(given.by_contract_year) - 1)]
    if not isinstance(given, Tiered):
        return given
    for tier in given.tiers:
        if tier.share_of_target is None:
            return tier.price
        exact = Fraction(str(round(tier.share_of_target * outcome.target, 9)))
        end = -(-exact // 1) if tier.rounding == "ceil" else exact // 1
        if number <= end:
            return tier.price
    raise AssertionError


def yearly_limit(deal: Deal, cap: AnnualCap, year: int) -> int:
    """Return the limit of a year, from 0; of equal parts, one for each year in which the term has a day."""
    if not isinstance(cap.pence, str):
        return cap.pence[min(year, len(cap.pence) - 1)]
    first, end = deal.term.service_start, deal.term.term_end
    days = [first + timedelta(days=each) for each in range((end - first).days)]
    if cap.year == "contract":
        years = {contract_year(deal, day) for day in days}
    else:
        years = {day.year - (cap.year == "uk_fy" and day < date(day.year, 4, 1)) for day in days}
    whole, over = deal.total_cap.pence // len(years), deal.total_cap.pence % len(years)
    return whole + (1 if min(year, len(years) - 1) < over else 0)


def no_audit(_invoice: int, _rows: list[int]) -> dict[int, int]:
    """Return that nothing is found."""
    return {}


@dataclass
class Settlement:
    """A deal's quarters being settled, one after the other."""

    deal: Deal
    claims: Claims
    quarter_ends: list[int]
    audit: Callable[[int, list[int]], dict[int, int]] = no_audit
    """What an audit finds of an invoice's new claims with money, by row: 0 right, 1 wrong, 2 wrong and to be resubmitted."""
    lines: list[Line] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    schedules: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def __post_init__(self) -> None:
        funders = len(self.deal.funders)
        self.shares, self.funder_paid, self.invoices = [0] * funders, [0] * funders, dict[int, Invoice]()
        for i in range(self.claims.status.size):
            status = Status(self.claims.status[i])
            first = price(self.deal, self.line(i), self.achieved(i), 1, self.deal.schedule_calendar) or 0
            first = 0 if status == Status.DUPLICATE else first
            self.lines.append(Line(price=first, refused=first, status=status))

    def line(self, i: int) -> int:
        """Return a claim's line of the rate card."""
        return int(self.claims.outcome[i])

    def achieved(self, i: int) -> date:
        """Return the date on which a claim was achieved."""
        return self.on(int(self.claims.achieved_day[i]))

    def on(self, day: int) -> date:
        """Return the date of a day."""
        return day_date(day, self.deal.term.service_start)

    def run(self) -> "Settlement":
        """Settle all quarters and return what came of them."""
        claims = self.claims
        open_ones = [i for i in range(claims.status.size) if claims.status[i] not in UNCLAIMED]
        open_ones.sort(
            key=lambda i: (claims.payable_day[i], claims.achieved_day[i], claims.outcome[i], claims.participant[i])
        )
        waiting, resubmitted, checked = list[int](), list[int](), set[int]()
        for number, end in enumerate(self.quarter_ends):
            begin = self.quarter_ends[number - 1] if number else -1
            batch = [i for i in open_ones if begin < claims.payable_day[i] <= end]
            again, resubmitted = resubmitted, []
            if number and self.year(number) != self.year(number - 1):
                again, waiting = again + waiting, []
            batch = [i for i in open_ones if i in again or i in batch]
            before = self.total
            if number < len(self.deal.settled):
                assert not again
                self.take_as_paid(number, batch)
                self.ask(number, self.total - before, batch)
                continue
            self.activity(number, begin + 1, end)
            for i in batch:
                if not self.take(i, number):
                    waiting.append(i)
            fresh = [i for i in batch if self.lines[i].paid and i not in checked]
            wrong = {i: verdict for i, verdict in self.audit(number, fresh).items() if verdict}
            for i in wrong:
                self.strike(i)
            if self.deal.audit.mode == "extrapolate" and wrong:
                self.extrapolate([i for i in fresh if i not in wrong], self.share_failed(len(wrong), len(fresh)))
            checked |= wrong.keys()
            resubmitted = [i for i, verdict in wrong.items() if verdict == 2]
            self.ask(number, self.total - before, batch)
        assert not waiting
        for i in resubmitted:
            self.lines[i].status = Status.EXPIRED
        return self

    def take_as_paid(self, invoice: int, batch: list[int]) -> None:
        """Let what was paid on a settled invoice use the caps, and pay for all of its claims, without price or check."""
        self.spend(self.deal.settled[invoice].pence, invoice, self.schedule_of_settled(invoice))
        for i in batch:
            cap = self.deal.rate_card[self.line(i)].count_cap
            self.lines[i] = Line(status=Status.SETTLED, invoice=invoice, number=self.counts[self.line(i)] + 1)
            self.counts[self.line(i)] += cap == "none" or self.counts[self.line(i)] < cap

    def schedule_of_settled(self, invoice: int) -> str:
        """Return the schedule towards whose cap a settled invoice counts: that of its last day of service."""
        last = min(self.on(self.quarter_ends[invoice]), self.deal.term.term_end - timedelta(days=1))
        return regime(self.deal.schedule_calendar, last)

    def strike(self, i: int) -> None:
        """Strike a claim out of its invoice: its money and its place are free again."""
        line = self.lines[i]
        self.counts[self.line(i)] -= 1
        self.spend(-line.paid, line.invoice, regime(self.deal.schedule_calendar, self.achieved(i)))
        line.paid, line.refused, line.status = 0, line.price, Status.REJECTED

    def share_failed(self, failed: int, claims: int) -> Fraction:
        """Return the share of the sample that failed, of a sample rounded up to whole claims."""
        return Fraction(failed, ceil(round(Fraction(self.deal.audit.fraction) * claims, 9)))

    def extrapolate(self, rows: list[int], share: Fraction) -> None:
        """Take a share off claims: after each of them the loss is the share of all so far, a half penny up."""
        before = Fraction(0)
        for i in rows:
            line = self.lines[i]
            after = before + line.paid * share
            loss = int(after + Fraction(1, 2)) - int(before + Fraction(1, 2))
            before = after
            if loss:
                self.spend(-loss, line.invoice, regime(self.deal.schedule_calendar, self.achieved(i)))
                line.paid, line.refused, line.status = line.paid - loss, line.refused + loss, Status.EXTRAPOLATED
                self.counts[self.line(i)] -= line.paid == 0

    def spend(self, pence: int, invoice: int, schedule: str) -> None:
        """Use up room under all caps on money, or give it back."""
        self.total += pence
        self.years[self.year(invoice)] += pence
        self.schedules[schedule] += pence

    def year(self, invoice: int) -> int:
        """Return the year of the annual cap that an invoice is in, from 0, by its last day."""
        cap, last, start = self.deal.annual_cap, self.on(self.quarter_ends[invoice]), self.deal.term.service_start
        if cap is None:
            return 0
        if cap.year == "contract":
            return contract_year(self.deal, last)
        first_month = 4 if cap.year == "uk_fy" else 1
        return sum(
            date(year, first_month, 1) <= last for year in range(start.year - 1, last.year + 1)
            if date(year, first_month, 1) > start
        )  # fmt: skip

    def annual_headroom(self, invoice: int) -> int:
        """Return what is left of the annual cap."""
        cap, year = self.deal.annual_cap, self.year(invoice)
        if cap is None:
            return 10**15
        left = 0
        for each in range(year + 1):
            before = left if cap.unused_headroom == "carry" else 0
            left = before + yearly_limit(self.deal, cap, each) - self.years[each]
        return max(0, left)

    def activity(self, invoice: int, begin: int, end: int) -> None:
        """Put the quarter's activity payments on the invoice."""
        days = [day_number(each.quarter_of, self.deal.term.service_start) for each in self.deal.activity_payments]
        due = sum(
            each.pence for each, day in zip(self.deal.activity_payments, days, strict=True) if begin <= day <= end
        )
        let = min(due, self.annual_headroom(invoice), self.deal.total_cap.pence - self.total)
        self.total += let
        self.years[self.year(invoice)] += let

    def take(self, i: int, invoice: int) -> bool:
        """Settle a claim against all caps but the funders'; return False if it has to wait for the next year."""
        line, deal, day = self.line(i), self.deal, self.achieved(i)
        cap, annual = deal.rate_card[line].count_cap, deal.annual_cap
        number = self.counts[line] + 1
        amount = price(deal, line, day, number, deal.schedule_calendar)
        full = cap != "none" and self.counts[line] >= cap
        if amount is None:
            self.counts[line] += not full
            self.lines[i] = Line(status=Status.PAID_BY_ACTIVITY, invoice=invoice)
        elif full:
            self.lines[i] = Line(amount, refused=amount, status=Status.OVER_COUNT_CAP, invoice=invoice, number=number)
        else:
            last = self.year(invoice) == self.year(len(self.quarter_ends) - 1)
            defers = annual is not None and annual.excess_claims == "defer" and not last
            if defers and amount > self.annual_headroom(invoice):
                return False
            self.lines[i] = self.within_caps(amount, invoice, regime(deal.schedule_calendar, day))
            self.lines[i].number = number
            self.counts[line] += self.lines[i].paid > 0
        return True

    def within_caps(self, amount: int, invoice: int, schedule: str) -> Line:
        """Return a claim after the caps on money: each meets what the one before has left of it."""
        annual = self.deal.annual_cap
        own = next((each.cap for each in self.deal.schedules if each.name == schedule), "none")
        total = self.deal.total_cap
        caps = [
            (self.annual_headroom(invoice), annual.policy if annual else "partial", Status.OVER_ANNUAL_CAP),
            (max(0, own.pence - self.schedules[schedule]), own.policy, Status.OVER_SCHEDULE_CAP)
            if isinstance(own, Cap) else (amount, "partial", Status.OVER_SCHEDULE_CAP),
            (total.pence - self.total, total.policy, Status.OVER_TOTAL_CAP),
        ]  # fmt: skip
        paid, status = amount, Status.PAID
        for headroom, policy, reason in caps:
            if paid > headroom:
                paid, status = headroom if policy == "partial" else 0, reason
        self.spend(paid, invoice, schedule)
        return Line(amount, paid, amount - paid, 0, status, invoice)

    def ask(self, number: int, issued: int, batch: list[int]) -> None:
        """Ask the funders, charge what they refuse to the last claims, and reckon the provider's basis."""
        if not issued:
            return
        now = split(self.total, [funder.weight for funder in self.deal.funders], self.shares)
        claimed = [late - early for late, early in zip(now, self.shares, strict=True)]
        room = [funder.cap - paid for funder, paid in zip(self.deal.funders, self.funder_paid, strict=True)]
        paid = [min(ask, left) for ask, left in zip(claimed, room, strict=True)]
        if self.deal.over_funder_cap == "gross_up":
            paid = self.grossed_up(paid, room, issued)
        self.shares, self.funder_paid = now, [a + b for a, b in zip(self.funder_paid, paid, strict=True)]
        refused = issued - sum(paid)
        for line in (self.lines[i] for i in reversed(batch)):
            charged = min(refused, line.paid)
            line.paid, line.over_funder_cap, refused = line.paid - charged, charged, refused - charged
            if charged and line.status == Status.PAID:
                line.status = Status.OVER_FUNDER_CAP
        self.invoices[number] = Invoice(claimed, paid, self.basis(paid, batch))

    def grossed_up(self, paid: list[int], room: list[int], issued: int) -> list[int]:
        """Return what the funders pay if those with room pay for those without."""
        while sum(paid) < issued and any(left > has for left, has in zip(room, paid, strict=True)):
            able = [i for i in range(len(paid)) if room[i] > paid[i]]
            shares = split(issued - sum(paid), [self.deal.funders[i].weight for i in able], [0] * len(able))
            for i, share in zip(able, shares, strict=True):
                paid[i] = min(room[i], paid[i] + share)
        return paid

    def basis(self, paid: list[int], batch: list[int]) -> list[int]:
        """Return what the provider's pay is reckoned on: claims at its own schedules, what has no price as it was paid."""
        calendar = self.deal.provider.schedule_calendar
        if not calendar:
            return paid
        total = sum(paid) - sum(self.lines[i].paid for i in batch)
        for i in batch:
            mine = self.lines[i]
            if mine.paid:
                own = price(self.deal, self.line(i), self.achieved(i), mine.number, calendar) or 0
                total += mine.paid * own // mine.price
        return split(total, [funder.weight for funder in self.deal.funders], [0] * len(paid))
