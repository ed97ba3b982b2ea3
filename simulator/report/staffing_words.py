"""Specialists and caseload limits, in sentences."""

from simulator.measures.of_deal import key
from simulator.studies.staffing import COSTS, NET, OVER_CAP, PAID, WORTH, StaffingGrid, Step
from simulator.words import COUNT, MONEY, Unit, listed, name_within, with_error


def answer(found: StaffingGrid) -> tuple[str, ...]:
    """Return the answer in sentences: where another specialist pays, and for whom."""
    if not found.steps:
        return ("One number of specialists was tried, so that nothing can be said of another one.",)
    return tuple(sentence for limit in found.limits for sentence in _at_limit(found, limit))


def _at_limit(found: StaffingGrid, limit: float) -> list[str]:
    steps = [step for step in found.steps if step.limit == limit]
    at = f"At {COUNT.say(limit)} people per specialist" if len(found.limits) > 1 else "For the SPV"
    by_verdict = {
        verdict: [_between(step) for step in steps if step.verdict == verdict]
        for verdict in ("pays", "costs", "not_told")
    }
    said = {
        "pays": "pays for itself",
        "costs": "costs more than it brings",
        "not_told": "brings about what it costs, as far as chance lets it be told",
    }
    nearest = min(steps, key=lambda step: (abs(step.fewer - found.base_posts), step.fewer))
    if not by_verdict["pays"] and not by_verdict["not_told"] and len(steps) > 1:
        nowhere = f"{at}, no further specialist between {steps[0].fewer} and {steps[-1].more} covers its cost."
        return [nowhere, for_whom(found, nearest)]
    parts = [f"{said[verdict]} {listed(places)}" for verdict, places in by_verdict.items() if places]
    return [f"{at}, another specialist {'; it '.join(parts)}.", for_whom(found, nearest)]


def _between(step: Step) -> str:
    return f"from {step.fewer} to {step.more}"


def for_whom(found: StaffingGrid, step: Step) -> str:
    """Return what another specialist brings to whom, in a sentence."""
    outcomes = listed(
        [
            f"{_gain(COUNT, step.gains[key('outcomes.{}', group)])} {name_within(group)}s"
            for group in found.scenario.deal.groups
        ]
    )
    return (
        f"Between {step.fewer} and {step.more}, each one more brings {outcomes}. These outcomes are worth "
        f"{_gain(MONEY, step.gains[WORTH])} at the contract's prices; the outcome payers pay "
        f"{_gain(MONEY, step.gains[PAID])} more, and {_gain(MONEY, step.gains[OVER_CAP])} more is left unpaid over caps. "
        f"Costs grow by {_gain(MONEY, step.gains[COSTS])}; the investor's gain changes by {_gain(MONEY, step.gains[NET])}."
    )


def _gain(unit: Unit, gain: tuple[float, float]) -> str:
    return with_error(unit, *gain)


def method(found: StaffingGrid) -> tuple[str, ...]:
    """Return how it was computed, in sentences."""
    lines = len(found.scenario.deal.staffing.specialists)
    first = "the first line of specialists, the others stay as they are" if lines > 1 else "all specialists"
    return (
        f"The number of posts is that of {first}. The provider's contract value goes along, so that delivery costs as much for "
        "each specialist as it does now; what it is paid for outcomes, at the same payments, goes along too. Prices, caps and "
        "capital stay. The caseload limit costs nothing by itself.",
        "All settings are simulated with the same seed: the same people are referred on the same days, and differences are taken "
        "replication by replication.",
    )
