"""The cases of a deal in words and tables."""

from collections.abc import Sequence

from simulator.measures.catalogue import DATES
from simulator.measures.measure import Measure
from simulator.measures.of_deal import measures_of
from simulator.measures.of_deal import named as measure_named
from simulator.progress import PAYMENTS
from simulator.report.case_data import data, frames
from simulator.report.case_figures import by_outcome, by_year
from simulator.report.case_words import FACTOR, ONE, answer, how
from simulator.report.study import ShownTable, Study, StudyRequest, conduct
from simulator.studies.case_flow import SEEN, Implied, Through
from simulator.studies.case_reach import MULTIPLE, TOGETHER
from simulator.studies.deal_cases import Case, DealCases, find_cases
from simulator.studies.experiment import Experiment
from simulator.studies.plan import REFERRAL, stage_before
from simulator.words import COUNT, MONEY, PERCENT, Unit, name_in_words, name_within, say, say_date

NONE = "none"
"""In place of a figure of a case that there is not."""


def cases(request: StudyRequest, probabilities: Sequence[float]) -> bool:
    """Do, write and show the study; return whether there is a case in which money covers the costs."""
    options = tuple(f"--probability {chance:.12g}" for chance in probabilities)

    def make(experiment: Experiment) -> Study:
        return study_of(find_cases(experiment, request.scenario, probabilities), experiment, options)

    return conduct(request, "cases", options, make)


def study_of(found: DealCases, experiment: Experiment, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures.

    Args:
        found: the cases.
        experiment: what ran the versions: its seed and numbers of replications are reported.
        options: the options of the command, as written.
    """
    return Study(
        "cases", "Low, medium and high", "What are the low, the medium and the high case, and how likely is each?",
        found.scenario, experiment.seed, experiment.replications, experiment.simulated, experiment.settled, answer(found),
        (levels_table(found), chances_table(found), targets_table(found), implied_table(found), through_table(found),
         years_table(found)),
        (by_outcome(found), by_year(found)), how(found), data(found), frames(found), options, found.can,
    )  # fmt: skip


def measures(found: DealCases) -> dict[str, Measure]:
    """Return the measures of the cases by key: referrals, outcomes and payments."""
    return measures_of(found.scenario.deal, DATES)


def named(found: DealCases, name: str) -> str:
    """Return what is reached, a measure or all outcomes together, as the start of a line."""
    beside = {TOGETHER: "All outcomes", MULTIPLE: "Investor's money back"}
    return beside[name] if name in beside else measures(found)[name].label


def levels_table(found: DealCases) -> ShownTable:
    """Return what each case comes to."""
    rows = [
        (named(found, measure), *(_level(found, case, measure) for case in found.cases), _by_prices(found, measure))
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


def _level(found: DealCases, case: Case, measure: str) -> str:
    return NONE if case.levels is None else measures(found)[measure].unit.say(case.ends()[measure])


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
    rows = tuple((named(found, measure), *_chances(found, measure, last)) for measure in names)
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
        (f"{named(found, measure)} by {say_date(day)}", *_levels_and_chances(found, measure, year))
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
        level = "" if each is None or each.level is None else f"{measures(found)[measure].unit.say(each.level)}: "
        cells.append("" if each is None else f"{level}{PERCENT.say(each.probability)}")
    return cells


def targets_table(found: DealCases) -> ShownTable:
    """Return targets set backwards from probabilities, by contract year."""
    rows = [
        (
            named(found, measure),
            say_date(day),
            *(say(measures(found)[measure].unit, float(each.levels[measure][year])) for each in found.targets),
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
            f"{named(found, group)} per {_before(found, group)}",
            *(_cell(each.conversions[group] if each else None, PERCENT) for each in columns),
        )
        for group in deal.groups
    ]
    rows += [
        (
            f"{named(found, group)} per specialist and quarter",
            *(_cell(each.throughput[group] if each else None, ONE) for each in columns),
        )
        for group in deal.groups
    ]
    rows += [
        (
            "Months a place may be held, at the limit",
            *(_cell(each.months_at_limit if each else None, ONE) for each in columns),
        ),
        (
            "Months it may be held, with vacancies",
            *(_cell(each.months_there_are if each else None, ONE) for each in columns),
        ),
        ("Months it is held in the scenario", *(_cell(each.months_needed if each else None, ONE) for each in columns)),
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
    rows: list[tuple[str, ...]] = [("Inflow, by the scenario's own", *(FACTOR.say(each.factor) for each in columns))]
    for measure in map(measure_named, SEEN):
        rows.append((measure.label, *(say(measure.unit, each.seen[measure.key].mean) for each in columns)))
    rows += [
        (f"{named(found, group)}: of the case", *(_of_case(each, group) for each in columns))
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
