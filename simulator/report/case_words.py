"""The answer of the cases study in sentences, and how it was computed."""

from simulator.progress import PAYMENTS
from simulator.studies.case_limits import LEAST, MOST, RARELY
from simulator.studies.case_reach import TOGETHER
from simulator.studies.deal_cases import Case, DealCases
from simulator.words import COUNT, MONEY, PERCENT, Unit, listed, name_within

FACTOR = Unit(suffix="%", decimals=1, factor=100, error_suffix=" points", name="share")
"""A multiple of the scenario's path."""
ONE = Unit(decimals=1)
"""A number to one decimal, whole or not."""


def answer(found: DealCases) -> tuple[str, ...]:
    """Return the answer in sentences."""
    return (low_sentence(found), _medium_sentence(found), high_sentence(found), published_sentence(found))


def low_sentence(found: DealCases) -> str:
    """Return what the low case is, or why there is none."""
    low, by_prices = found.case("low"), found.by_prices.low
    beside = (
        "By the rate card's prices and the printed mix alone, all of the printed high case is worth less than the costs."
        if by_prices is None
        else f"By the rate card's prices and the printed mix alone, it would be {FACTOR.say(by_prices)} of the "
        "printed high case."
    )
    if low.factor is not None:
        error = "" if low.factor_error is None else f" ± {FACTOR.say_error(low.factor_error)}"
        return (
            f"Low: mean receipts cover the mean costs before the investor's return at {FACTOR.say(low.factor)}{error} of the "
            f"scenario's path, with {_counts(found, low)} and payments of "
            f"{MONEY.say(low.ends()[PAYMENTS])}.{_no_room(found)} {beside}"
        )
    ends = found.break_even.points[0], found.break_even.points[-1]
    gaps = " and ".join(f"{MONEY.say(end.figure or 0.0)} at {FACTOR.say(end.value)}" for end in ends)
    if low.status == "covered":
        return (
            f"Low: the costs are covered even at {FACTOR.say(LEAST)} of the scenario's path: receipts less costs are "
            f"{gaps}. {beside}"
        )
    if low.status == "out_of_reach":
        return (
            f"Low: out of reach. At no multiple of the scenario's path from {FACTOR.say(LEAST)} to "
            f"{FACTOR.say(MOST)} do mean "
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
        f"High, the most that cap and room allow: {FACTOR.say(high.factor)} of the scenario's path, with "
        f"{_counts(found, high)} and payments of {MONEY.say(high.ends()[PAYMENTS])}: "
        f"{'the cap' if found.binds == 'cap' else 'room for people'} binds. "
        f"{limits}{_below_low(found)}"
    )


def _no_room(found: DealCases) -> str:
    """Return that there is no room for the low case, where there is none."""
    low, room = found.case("low").factor, found.room.factor
    return "" if low is None or room is None or low <= room else f" There is room for only {FACTOR.say(room)}."


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
        "ok": f"Payments reach the cap {rarely} up to {FACTOR.say(cap.factor or 0.0)} of the path",
        "never": f"Payments reach the cap {rarely} even at {FACTOR.say(MOST)} of the path",
        "always": f"Payments reach the cap in more than {RARELY:.0%} of replications even at {FACTOR.say(LEAST)} of the path",
    }.get(cap.status, "How often payments reach the cap does not rise steadily with the number of people")
    by_room = (
        "nobody holds a place, so that there is room for anyone"
        if room.factor is None
        else f"there is room for {FACTOR.say(room.factor)} of it"
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
            f" For its engagements a place may be held for {ONE.say(needed.months_there_are)} months; it is held for "
            f"{ONE.say(needed.months_needed)}, so that there is {'room' if needed.fits else 'no room'} for them."
        )
    return (
        f"The printed high case is reached with these probabilities: {listed(each)}; all of them together "
        f"{PERCENT.say(chances[TOGETHER].probability)}.{room}"
    )


def _counts(found: DealCases, case: Case) -> str:
    ends = case.ends()
    return listed([f"{COUNT.say(ends[group])} {name_within(group)}s" for group in found.scenario.deal.groups])


def method(found: DealCases) -> tuple[str, ...]:
    """Return how it was computed, in sentences."""
    return (
        "Low and high are sought along a path: people and places for them are scaled together, and whoever is served "
        "has the same "
        "chances at the same times, while delivery and the other costs stay; activity payments do not scale. At each "
        "multiple the scenario is simulated with the same "
        f"seed, from {FACTOR.say(LEAST)} to {FACTOR.say(MOST)} of the path.",
        "Low is where the mean of what the outcome payers pay is the mean of what falls due before the investor's capital "
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
    )
