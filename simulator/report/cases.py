"""The cases of a deal in words and tables."""

from collections.abc import Sequence

from simulator.progress import PAYMENTS
from simulator.report.case_figures import by_outcome, by_year
from simulator.report.case_plain import data, frames
from simulator.report.study import Asked, ShownTable, Study, conduct
from simulator.studies.case_flow import Implied, Through
from simulator.studies.case_limits import LEAST, MOST, RARELY
from simulator.studies.case_reach import MULTIPLE, TOGETHER
from simulator.studies.deal_cases import Case, DealCases, find_cases
from simulator.studies.plan import REFERRAL, stage_before
from simulator.studies.trials import Trials
from simulator.words import COUNT, MONEY, PERCENT, Unit, listed, name_in_words, name_within, say, say_date

NONE = "none"
"""In place of a figure of a case that there is not."""
_FACTOR = Unit(suffix="%", decimals=1, factor=100, error_suffix=" points")
_ONE = Unit(decimals=1)


def cases(asked: Asked, probabilities: Sequence[float]) -> bool:
    """Do, write and show the study; return whether there is a case in which money covers the costs."""
    options = tuple(f"--probability {chance:.12g}" for chance in probabilities)

    def make(trials: Trials) -> Study:
        return told(find_cases(trials, asked.scenario, probabilities), trials, options)

    return conduct(asked, "cases", options, make)


def told(found: DealCases, trials: Trials, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures."""
    return Study(
        "cases", "Low, medium and high", "What are the low, the medium and the high case, and how likely is each?",
        found.scenario, trials.seed, trials.replications, trials.lived, trials.settled, answer(found),
        (levels_table(found), chances_table(found), targets_table(found), implied_table(found), through_table(found),
         years_table(found)),
        (by_outcome(found), by_year(found)), how(found), data(found), frames(found), options, found.can,
    )  # fmt: skip


def answer(found: DealCases) -> tuple[str, ...]:
    """Return the answer in sentences."""
    return (low_sentence(found), _medium_sentence(found), high_sentence(found), published_sentence(found))


def low_sentence(found: DealCases) -> str:
    """Return what the low case is, or why there is none."""
    low, by_prices = found.case("low"), found.by_prices.low
    beside = (
        "By the rate card's prices and the printed mix alone, all of the printed high case is worth less than the costs."
        if by_prices is None
        else f"By the rate card's prices and the printed mix alone, it would be {_FACTOR.say(by_prices)} of the "
        "printed high case."
    )
    if low.factor is not None:
        error = "" if low.factor_error is None else f" ± {_FACTOR.say_error(low.factor_error)}"
        return (
            f"Low: mean receipts cover the mean costs before the investor's return at {_FACTOR.say(low.factor)}{error} of the "
            f"scenario's path, with {_counts(found, low)} and payments of "
            f"{MONEY.say(low.ends()[PAYMENTS])}.{_no_room(found)} {beside}"
        )
    ends = found.break_even.points[0], found.break_even.points[-1]
    gaps = " and ".join(f"{MONEY.say(end.figure or 0.0)} at {_FACTOR.say(end.value)}" for end in ends)
    if low.status == "covered":
        return (
            f"Low: the costs are covered even at {_FACTOR.say(LEAST)} of the scenario's path: receipts less costs are "
            f"{gaps}. {beside}"
        )
    if low.status == "out_of_reach":
        return (
            f"Low: out of reach. At no multiple of the scenario's path from {_FACTOR.say(LEAST)} to "
            f"{_FACTOR.say(MOST)} do mean "
            f"receipts cover the mean costs before the investor's return: the difference is {gaps}. {beside}"
        )
    return f"Low: cannot be said. {found.break_even.why()}. {beside}"


def _medium_sentence(found: DealCases) -> str:
    medium = found.case("medium")
    cap = (
        ""
        if medium.cap_reached is None
        else f"; payments reach the cap in {PERCENT.say(medium.cap_reached[0])} of replications"
    )
    return (
        f"Medium: {_counts(found, medium)} and payments of {MONEY.say(medium.ends()[PAYMENTS])}, each the median of "
        f"what is predicted{cap}."
    )


def high_sentence(found: DealCases) -> str:
    """Return what the high case is and what makes it, or why there is none."""
    high, limits = found.case("high"), _limits_in_words(found)
    if high.factor is None:
        return f"High: there is none. {limits}"
    return (
        f"High: {_FACTOR.say(high.factor)} of the scenario's path, with {_counts(found, high)} and "
        f"payments of {MONEY.say(high.ends()[PAYMENTS])}: {'the cap' if found.binds == 'cap' else 'room for people'} binds. "
        f"{limits}{_below_low(found)}"
    )


def _no_room(found: DealCases) -> str:
    """Return that there is no room for the low case, where there is none."""
    low, room = found.case("low").factor, found.room.factor
    return "" if low is None or room is None or low <= room else f" There is room for only {_FACTOR.say(room)}."


def _below_low(found: DealCases) -> str:
    """Return that the high case lies below the low one, where it does."""
    low, high = found.case("low").factor, found.case("high").factor
    if low is None or high is None or high >= low:
        return ""
    return " The high case lies below the low one: it does not cover the costs."


def _limits_in_words(found: DealCases) -> str:
    cap, room = found.cap, found.room
    rarely = f"in at most {RARELY:.0%} of replications"
    by_cap = {
        "ok": f"Payments reach the cap {rarely} up to {_FACTOR.say(cap.factor or 0.0)} of the path",
        "never": f"Payments reach the cap {rarely} even at {_FACTOR.say(MOST)} of the path",
        "always": f"Payments reach the cap in more than {RARELY:.0%} of replications even at {_FACTOR.say(LEAST)} of the path",
    }.get(cap.status, "How often payments reach the cap does not rise steadily with the number of people")
    by_room = (
        "nobody holds a place, so that there is room for anyone"
        if room.factor is None
        else f"there is room for {_FACTOR.say(room.factor)} of it"
    )
    return f"{by_cap}; {by_room}."


def published_sentence(found: DealCases) -> str:
    """Return how likely the printed targets are, and whether there is room for them."""
    chances = {each.measure: each for each in found.reached if each.case == "published"}
    each = [f"{name_within(group)} {PERCENT.say(chances[group].probability)}" for group in found.scenario.deal.groups]
    needed = next((row for row in found.implied if row.case == "published"), None)
    room = ""
    if needed is not None and needed.fits is not None and needed.months_there_are and needed.months_needed:
        room = (
            f" For its engagements a place may be held for {_ONE.say(needed.months_there_are)} months; it is held for "
            f"{_ONE.say(needed.months_needed)}, so that there is {'room' if needed.fits else 'no room'} for them."
        )
    return (
        f"The printed high case is reached with these probabilities: {listed(each)}; all of them together "
        f"{PERCENT.say(chances[TOGETHER].probability)}.{room}"
    )


def _counts(found: DealCases, case: Case) -> str:
    ends = case.ends()
    return listed([f"{COUNT.say(ends[group])} {name_within(group)}s" for group in found.scenario.deal.groups])


def unit_of(measure: str) -> Unit:
    """Return how a measure of the cases is written."""
    return MONEY if measure == PAYMENTS else COUNT


def named(measure: str) -> str:
    """Return a measure as the start of a line."""
    return {
        PAYMENTS: "Payments", TOGETHER: "All outcomes", MULTIPLE: "Investor's money back",
    }.get(measure, name_in_words(measure))  # fmt: skip


def levels_table(found: DealCases) -> ShownTable:
    """Return what each case comes to."""
    rows = [
        (named(measure), *(_level(case, measure) for case in found.cases), _by_prices(found, measure))
        for measure in found.measures
    ]
    rows.append(("Of the path", *(_factor(case) for case in found.cases), ""))
    rows.append(("Cap reached", *(_cap(found, case) for case in found.cases), ""))
    note = (
        "Low and high are means at a multiple of the scenario's path of outcomes, medium is made of medians, "
        "published is what the "
        f"deal prints, worth {MONEY.say(found.by_prices.worth)} without any cap. The last column is the printed high "
        "case, scaled down until it is worth the costs at the "
        "rate card's prices: its mix is the printed one, and it knows of no lags, schedules, activity payments or lost claims."
    )
    headings = ("Whole term", "Low", "Medium", "High", "Published", "Low by prices")
    return ShownTable("The cases", headings, tuple(rows), note)


def _level(case: Case, measure: str) -> str:
    return NONE if case.levels is None else unit_of(measure).say(case.ends()[measure])


def _factor(case: Case) -> str:
    if case.factor is None:
        return NONE if case.levels is None else ""
    error = "" if case.factor_error is None else f" ± {case.factor_error * 100:.1f}"
    return f"{case.factor * 100:.1f}{error}%"


def _cap(found: DealCases, case: Case) -> str:
    if case.name == "published":
        at = found.by_prices.cap
        return "worth less" if at is None else f"at {PERCENT.say(at)} of it"
    return NONE if case.cap_reached is None else PERCENT.say(case.cap_reached[0])


def _by_prices(found: DealCases, measure: str) -> str:
    if measure == PAYMENTS:
        return "" if found.by_prices.low is None else MONEY.say(found.by_prices.costs)
    return COUNT.say(found.by_prices.counts[measure]) if measure in found.by_prices.counts else NONE


def chances_table(found: DealCases) -> ShownTable:
    """Return how likely each case's levels are over the whole term."""
    last = len(found.years)
    names = (*found.measures, TOGETHER, MULTIPLE)
    rows = tuple((named(measure), *_chances(found, measure, last)) for measure in names)
    note = (
        "Chance of that many or more, with its error. Medium, made of medians, is reached half of the time by each "
        "measure alone."
    )
    return ShownTable("Chance of reaching each case by the end", ("", "Low", "Medium", "High", "Published"), rows, note)


def _chances(found: DealCases, measure: str, year: int) -> list[str]:
    seen = {each.case: each for each in found.reached if each.measure == measure and each.year == year}
    return [
        f"{seen[case.name].probability * 100:.1f} ± {seen[case.name].se * 100:.1f}%" if case.name in seen else ""
        for case in found.cases
    ]


def years_table(found: DealCases) -> ShownTable:
    """Return level and chance of each case by contract year; for the report alone."""
    rows = tuple(
        (f"{named(measure)} by {say_date(day)}", *_levels_and_chances(found, measure, year))
        for measure in (*found.measures, TOGETHER)
        for year, day in enumerate(found.years)
        if measure != REFERRAL or year == len(found.years) - 1
    )
    note = (
        "Cumulative to the end of each contract year; the last line of each is all there is, of payments with the "
        "invoices of the "
        "claims tail. What the deal prints is for the whole term."
    )
    headings = ("By the end of", "Low", "Medium", "High", "Published")
    return ShownTable(
        "Each case by contract year, with the chance of reaching it", headings, rows, note, in_terminal=False
    )


def _levels_and_chances(found: DealCases, measure: str, year: int) -> list[str]:
    seen = {each.case: each for each in found.reached if each.measure == measure and each.year == year + 1}
    cells = []
    for case in found.cases:
        each = seen.get(case.name)
        level = "" if each is None or each.level is None else f"{unit_of(measure).say(each.level)}: "
        cells.append("" if each is None else f"{level}{PERCENT.say(each.probability)}")
    return cells


def targets_table(found: DealCases) -> ShownTable:
    """Return targets set backwards from probabilities, by contract year."""
    rows = [
        (
            named(measure),
            say_date(day),
            *(say(unit_of(measure), float(each.levels[measure][year])) for each in found.targets),
        )
        for measure in found.measures
        for year, day in enumerate(found.years)
        if measure != REFERRAL or year == len(found.years) - 1
    ]
    for year, day in enumerate(found.years):
        rows.append(
            (
                "All together",
                say_date(day),
                *(PERCENT.say(each.together[year]) for each in found.targets),
            )
        )
    rows.append(("All, every year", "", *(PERCENT.say(each.throughout[0]) for each in found.targets)))
    headings = ("Target", "By the end of", *(f"Reached with {PERCENT.say(each.chance)}" for each in found.targets))
    note = (
        "Each target by itself is reached with the probability above it or a little more, for counts are whole; all "
        "of them at once, less often."
    )
    return ShownTable("Targets set backwards from a probability", headings, tuple(rows), note, frozenset({1}))


def implied_table(found: DealCases) -> ShownTable:
    """Return what each case asks of the service."""
    deal, seen = found.scenario.deal, {row.case: row for row in found.implied}
    columns = [seen.get(case.name) for case in found.cases]
    rows = [
        (
            f"{named(group)} per {_before(found, group)}",
            *(_cell(each.conversions[group] if each else None, PERCENT) for each in columns),
        )
        for group in deal.groups
    ]
    rows += [
        (
            f"{named(group)} per specialist and quarter",
            *(_cell(each.throughput[group] if each else None, _ONE) for each in columns),
        )
        for group in deal.groups
    ]
    rows += [
        (
            "Months a place may be held, at the limit",
            *(_cell(each.months_at_limit if each else None, _ONE) for each in columns),
        ),
        (
            "Months it may be held, with vacancies",
            *(_cell(each.months_there_are if each else None, _ONE) for each in columns),
        ),
        ("Months it is held in the scenario", *(_cell(each.months_needed if each else None, _ONE) for each in columns)),
        ("Room under the caseload limit", *(_fits(each) for each in columns)),
    ]
    note = (
        "Months are for each person who engages, and a place is one of weight 1: it counts for less once somebody is "
        "settled in work. "
        "At the limit: all posts filled throughout. With vacancies: the places that there are in the scenario, new "
        "specialists' among them. There is "
        "room if a place may be held for as long as it is held."
    )
    return ShownTable(
        "What each case asks of the service", ("", "Low", "Medium", "High", "Published"), tuple(rows), note
    )


def _before(found: DealCases, group: str) -> str:
    return name_within(stage_before(found.scenario.deal, group) or "person")


def _cell(value: float | None, unit: Unit) -> str:
    return NONE if value is None else unit.say(value)


def _fits(row: Implied | None) -> str:
    return NONE if row is None or row.fits is None else "yes" if row.fits else "no"


def through_table(found: DealCases) -> ShownTable:
    """Return what becomes of each case's people with the room that there is."""
    columns = found.through
    rows: list[tuple[str, ...]] = [("Inflow, by the scenario's own", *(_FACTOR.say(each.factor) for each in columns))]
    words = (
        ("caseload.utilisation", "Use of places", PERCENT), ("caseload.wait_days", "Days of waiting for a place", _ONE),
        ("caseload.people_waiting", "People waiting on an average day", _ONE),
        ("caseload.lapsed", "People who gave up waiting", _ONE),
    )  # fmt: skip
    rows += [(title, *(say(unit, each.seen[measure].mean) for each in columns)) for measure, title, unit in words]
    rows += [
        (f"{named(group)}: of the case", *(_of_case(each, group) for each in columns))
        for group in found.scenario.deal.groups
    ]
    note = (
        "The inflow alone is scaled, specialists and caseload limit stay: what comes of it, and what part of the "
        "case that is."
    )
    return ShownTable(
        "The same people with the room that there is",
        ("", *(name_in_words(each.case) for each in columns)),
        tuple(rows),
        note,
    )


def _of_case(row: Through, group: str) -> str:
    wanted, got = row.outcomes[group]
    share = f" ({got.mean / wanted:.0%})" if wanted and got.mean is not None else ""
    return f"{say(COUNT, got.mean)}{share}"


def how(found: DealCases) -> tuple[str, ...]:
    """Return how it was computed, in sentences."""
    return (
        "Low and high are sought along a path: people and places for them are scaled together, and whoever is served "
        "has the same "
        "chances at the same times, while delivery and the other costs stay; activity payments do not scale. At each "
        "multiple the scenario is simulated with the same "
        f"seed, from {_FACTOR.say(LEAST)} to {_FACTOR.say(MOST)} of the path.",
        "Low is where the mean of what the funders pay is the mean of what falls due before the investor's capital "
        "is returned: "
        "the provider's pay and the other costs, without those at settlement and without any return.",
        f"High is the largest multiple at which payments reach the cap in at most {RARELY:.0%} of replications and "
        "for which there "
        "is room: places in use are arrivals times the time for which a place is held (Little's law), both as "
        "averages of the term, so that "
        "there is room for as many times the people as there are places for each one in use.",
        "Medium is the median of each measure over replications in which all are simulated together. A target set "
        "backwards is the "
        "highest whole number that the share of replications named reaches or exceeds.",
        "All chances are those of the scenario from its first day. What is already reported of a running deal is "
        "taken into account by `sib reforecast`.",
    )  # fmt: skip
