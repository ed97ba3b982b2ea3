"""What is reported of a running deal up to a date: cumulative counts, payments by claim quarter, people on the caseload.

Read from a CSV file (`measure,period_start,period_end,value`, both days of a period included). Whatever could be read in two
ways is refused, with every problem at once; what is only odd is a warning that goes with the forecast (docs/model.md §19.2).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from simulator.errors import Problem, ScenarioError, SibError
from simulator.progress import CASELOAD, PAYMENTS, REFERRAL
from simulator.scenario.deal import Deal
from simulator.scenario.load import find_file
from simulator.studies.actuals_csv import Row, read_rows
from simulator.words import listed, say_date

LATE, EARLY = 31, 92
"""Days after the first day of service up to which a count may begin, and before it from which that is odd."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Series:
    """What had been reached in all by some days; of the caseload, how many people were on it."""

    start: date
    """The first day counted."""
    days: tuple[date, ...]
    """Last days of its periods, in order."""
    totals: tuple[int, ...]
    """Up to the end of each of these days, counts or pence."""

    @property
    def last_day(self) -> date:
        """Return the last day counted."""
        return self.days[-1]

    @property
    def total(self) -> int:
        """Return what had been reached by the last day."""
        return self.totals[-1]

    def by(self, day: date) -> int | None:
        """Return what had been reached by the end of a day, if a period ended on it or none had begun."""
        if day < self.start:
            return 0
        place = bisect_right(self.days, day) - 1
        return self.totals[place] if place >= 0 and self.days[place] == day else None

    def first_from(self, day: date) -> tuple[date, int] | None:
        """Return the first day from one on by which it is known what had been reached, and what; None if there is none."""
        place = bisect_left(self.days, day)
        return (self.days[place], self.totals[place]) if place < len(self.days) else None


@dataclass(frozen=True)
class Actuals:
    """What is reported of a deal up to a date."""

    file: str
    as_of: date
    """The last day of what is known."""
    rows: tuple[Row, ...]
    """The lines of the file."""
    series: dict[str, Series]
    """Cumulative, by measure, in the order of the deal."""
    warnings: tuple[Problem, ...] = ()

    @property
    def counts(self) -> dict[str, Series]:
        """Return the series of referrals and outcomes."""
        return {name: each for name, each in self.series.items() if name not in {PAYMENTS, CASELOAD}}


def known_measures(deal: Deal) -> dict[str, bool]:
    """Return the measures that a deal's actuals may have, and whether each is money."""
    return {REFERRAL: False, **dict.fromkeys(deal.groups, False), PAYMENTS: True, CASELOAD: False}


def read_date(text: str | date) -> date:
    """Return an as-of date.

    Raises:
        SibError: for what is no date.
    """
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text) if len(text) == len("2021-12-31") else date.fromisoformat("")
    except ValueError:
        message = f'the as-of date "{text}" is not a date; write year-month-day, for example 2021-12-31'
        raise SibError(message) from None


def read_actuals(path: str | Path, deal: Deal, as_of: str | date) -> Actuals:
    """Return the actuals of a deal.

    Args:
        path: the CSV file, or the name of a bundled one, as in `scenarios/actuals/enfield.csv`.
        deal: whose they are.
        as_of: the last day of what is known.

    Raises:
        ScenarioError: naming every problem of the file, with lines.
        SibError: for a date that is none, or is outside the term.
    """
    day, shown = read_date(as_of), str(path)
    first, last = deal.term.service_start, deal.term.tail_end - _DAY
    if not first <= day <= last:
        message = (
            f"the as-of date {day} is outside the deal's term and its claims tail, {first} to {last}: before there is nothing to "
            "go by, and afterwards nothing to come"
        )
        raise SibError(message)
    rows, problems, unread = read_rows(find_file(path), shown, known_measures(deal))
    by_measure = {name: _sorted(rows, name) for name in known_measures(deal)}
    whole = {name: group for name, group in by_measure.items() if name not in unread}
    found = [each for name, group in whole.items() for each in _odd_periods(name, group, first, day, shown)]
    if not any(problem.severity == "error" for problem in [*problems, *found]):
        series = {name: _series(name, group) for name, group in by_measure.items() if group}
        found += [*_not_nested(deal, series, by_measure, shown), *_left_out(deal, series, shown)]
    errors = [*problems, *(problem for problem in found if problem.severity == "error")]
    if errors:
        raise ScenarioError(errors)
    return Actuals(shown, day, tuple(rows), series, tuple(sorted(found)))


def _sorted(rows: Sequence[Row], measure: str) -> list[Row]:
    return sorted((row for row in rows if row.measure == measure), key=lambda row: (row.end, row.start, row.line))


def running_totals(rows: Sequence[Row]) -> bool:
    """Return whether rows of one measure are totals from one first day, each to a later day."""
    return len(rows) > 1 and len({row.start for row in rows}) == 1 and len({row.end for row in rows}) == len(rows)


def _series(measure: str, rows: Sequence[Row]) -> Series:
    as_they_are = measure == CASELOAD or running_totals(rows)
    totals, total = [], 0
    for row in rows:
        total = row.value if as_they_are else total + row.value
        totals.append(total)
    return Series(min(row.start for row in rows), tuple(row.end for row in rows), tuple(totals))


def _odd_periods(measure: str, rows: Sequence[Row], first: date, as_of: date, shown: str) -> Iterator[Problem]:
    """Yield what is wrong or odd with the periods of one measure's rows, which are in order."""
    if not rows:
        return
    for row in rows:
        if row.end > as_of:
            message = f"the period ends after the as-of date {as_of}; leave out what came later, or forecast from a later date"
            yield Problem(shown, row.line, "period_end", message, "AFTER_AS_OF")
    yield from _wrong_pairs(measure, rows, shown)
    yield from _odd_beginning(measure, rows, first, shown)
    last = rows[-1]
    if last.end < as_of:
        message = (
            f"{measure} is known to {last.end} and not to the as-of date {as_of}: it is matched on that day, and "
            "what comes after "
            "it is simulated"
        )
        yield Problem(shown, last.line, "period_end", message, "ENDS_BEFORE_AS_OF", "warning")


def _wrong_pairs(measure: str, rows: Sequence[Row], shown: str) -> Iterator[Problem]:
    """Yield what is wrong between one row and the next: twice, overlapping, apart, or a total that falls."""
    in_all = running_totals(rows)
    for one, other in pairwise(rows):
        if (one.start, one.end) == (other.start, other.end) or (measure == CASELOAD and one.end == other.end):
            message = f"{measure} has the same period on line {one.line}"
            yield Problem(shown, other.line, "period_start", message, "DUPLICATE_KEY")
        elif measure == CASELOAD:
            continue
        elif in_all and other.value < one.value:
            message = f"{measure} falls: periods that all begin on {one.start} are running totals, and line {one.line} has more"
            yield Problem(shown, other.line, "value", message, "TOTALS_DECREASE")
        elif not in_all and other.start <= one.end:
            hint = "; a period_end is the last day counted" if other.start == one.end else ""
            message = f"the period overlaps with that of line {one.line}, which ends on {one.end}{hint}"
            yield Problem(shown, other.line, "period_start", message, "PERIOD_OVERLAP")
        elif not in_all and other.start > one.end + _DAY:
            message = f"nothing is said of {measure} from {one.end + _DAY} to {other.start - _DAY}"
            yield Problem(shown, other.line, "period_start", message, "PERIOD_GAP")


def _odd_beginning(measure: str, rows: Sequence[Row], first: date, shown: str) -> Iterator[Problem]:
    row = min(rows, key=lambda each: each.start)
    late = (row.start - first).days
    if measure == CASELOAD:
        return
    if late > LATE:
        message = (
            f"{measure} is counted from {row.start}, but the service began on {first}: what came before is not known"
        )
        yield Problem(shown, row.line, "period_start", message, "WINDOW_MISMATCH")
    elif late > 0:
        message = (
            f"{measure} is counted from {row.start}, and the service began on {first}; it is taken to be all of it"
        )
        yield Problem(shown, row.line, "period_start", message, "WINDOW_MISMATCH", "warning")
    elif -late > EARLY:
        message = (
            f"{measure} is counted from {row.start}, long before the service began on {first}; only what came of people referred "
            "since then should be counted"
        )
        yield Problem(shown, row.line, "period_start", message, "WINDOW_MISMATCH", "warning")


def _not_nested(deal: Deal, series: dict[str, Series], rows: dict[str, list[Row]], shown: str) -> Iterator[Problem]:
    """Yield counts that are larger than those of what must come before them by then, or even by a later day."""
    pairs = {(outcome.group, outcome.follows) for outcome in deal.rate_card if outcome.follows}
    for later, earlier in sorted(pairs):
        if later not in series or earlier not in series:
            continue
        for row, day, more in reversed(list(zip(rows[later], series[later].days, series[later].totals, strict=True))):
            known = series[earlier].first_from(day)
            if known and more > known[1]:
                until = day if known[0] == day else f"{day}: there are no more by {known[0]}"
                message = f"{more} of {later} cannot follow {known[1]} of {earlier} by {until}"
                yield Problem(shown, row.line, "value", message, "DATA_NOT_NESTED")
                break


def _left_out(deal: Deal, series: dict[str, Series], shown: str) -> Iterator[Problem]:
    """Yield what is not in the file, as warnings; an error if there is nothing in it at all."""
    counted = [REFERRAL, *deal.groups]
    if not series:
        yield Problem(shown, 0, "", "there is no line of any measure", "MISSING_MEASURE")
        return
    if not any(name in series for name in (*counted, CASELOAD)):
        names = f"{listed(counted[:-1])} or {counted[-1]}"
        message = f"there is no line of {names}: nothing is matched, and all replications weigh the same"
        yield Problem(shown, 0, "", message, "NOTHING_MATCHED", "warning")
    absent = [name for name in counted if name not in series]
    if absent:
        message = f"nothing is said of {listed(absent)}: what is simulated stands for it, from the first day on"
        yield Problem(shown, 0, "", message, "MISSING_MEASURE", "warning")
    if PAYMENTS not in series:
        message = "nothing is said of payments_gbp: all payments are simulated, from the first day on"
        yield Problem(shown, 0, "", message, "MISSING_MEASURE", "warning")


def reported_on(actuals: Actuals) -> str:
    """Return the last day of what is known, in words."""
    return say_date(actuals.as_of)
