"""A forecast in words and rows: where the deal will end, how likely each case is, what was matched and how."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.estimates import LEVELS
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key
from simulator.progress import PAYMENTS, REFERRAL, UNPAID
from simulator.scenario.deal import Deal
from simulator.studies.cases import Reach
from simulator.studies.projection import project, quarter_name
from simulator.studies.reforecast import Reforecast
from simulator.studies.sample import LOSS, MULTIPLE, RATE, WORTH
from simulator.studies.spread import MEDIAN, Spread, spread
from simulator.studies.weighting import H_TARGET
from simulator.words import (
    COUNT,
    PERCENT,
    a_number,
    listed,
    name_within,
    say,
    say_date,
    short_pounds,
)

Floats = NDArray[np.float64]
LOW, HIGH = LEVELS.index(0.05), LEVELS.index(0.95)
_CASES = {
    "low": "Low: the investor gets its money back",
    "medium": "Medium: as expected when it was signed",
    "high": "High: the targets, and the cap",
}
"""Each case in words."""


def target_of(deal: Deal, name: str) -> float | None:
    """Return the high case of a measure: its target, or the total cap in pounds; None if it has none."""
    if name == PAYMENTS:
        return deal.total_cap.pence / 100
    targets = {REFERRAL: deal.referral_target} | {group: deal.group_target(group) for group in deal.groups}
    return targets.get(name)


def shown_measures(deal: Deal) -> list[str]:
    """Return the measures that tables and figures show first: referrals, outcomes, payments."""
    return [REFERRAL, *deal.groups, PAYMENTS]


def to_date(made: Reforecast, name: str) -> float | None:
    """Return what is reported of a measure by its last day, money in pounds."""
    series = made.actuals.series.get(name)
    return None if series is None else series.total / (100 if name == PAYMENTS else 1)


def at_date(made: Reforecast) -> dict[str, Spread]:
    """Return the distribution of every measure on the as-of date itself: the actual, where it is known up to then."""
    deal = made.scenario.deal
    found = project(deal, made.actuals, made.sample, [made.as_of])
    return {name: spread(values, made.weights) for name, values in found.items()}


def answer(made: Reforecast) -> list[str]:
    """Return where the deal will end, in sentences."""
    deal = made.scenario.deal
    parts = [_ending(made, name) for name in (REFERRAL, *deal.groups)]
    return [
        f"In the middle case the deal ends with {listed(parts)}.",
        _payments(made),
        _cap(made),
        _investor(made),
    ]


def _ending(made: Reforecast, name: str) -> str:
    low, middle, high = _three(made.measures[name], made.catalogue[name])
    target = target_of(made.scenario.deal, name)
    noun = "referral" if name == REFERRAL else name_within(name)
    return f"{middle} {noun}s of {target:,.0f} targeted ({low} to {high} in nine cases out of ten)"


def _three(found: Spread, measure: Measure, column: int = -1) -> tuple[str, str, str]:
    """Return the 5th percentile, the median and the 95th percentile in words."""
    levels = [found.quantiles[place, column] for place in (LOW, MEDIAN, HIGH)]
    low, middle, high = (say(measure.unit, None if np.isnan(value) else float(value)) for value in levels)
    return low, middle, high


def _payments(made: Reforecast) -> str:
    found, paid = made.measures[PAYMENTS], to_date(made, PAYMENTS)
    low, middle, high = (short_pounds(float(found.quantiles[place, -1])) for place in (LOW, MEDIAN, HIGH))
    before = "" if paid is None else f"; {short_pounds(paid)} had been paid by {say_date(made.as_of)}"
    cap = short_pounds(made.scenario.deal.total_cap.pence / 100)
    return f"Outcome payments end at {middle} of a cap of {cap} ({low} to {high} in nine cases out of ten){before}."


def _cap(made: Reforecast) -> str:
    """Return how likely the cap is reached, and when."""
    reached = float(made.cap_binds.sum())
    if reached < 0.0005:
        return "The cap on payments is not reached."
    quarters = [
        name for name, part in zip(made.quarters, np.cumsum(made.cap_binds), strict=True) if part >= reached / 2
    ]
    by = f"in half of these by the claim quarter {quarters[0]}"
    return f"The cap on payments is reached in {PERCENT.say(reached)} of cases, {by}."


def _investor(made: Reforecast) -> str:
    found = made.final[MULTIPLE]
    if float(found.undefined[0]) >= 1:
        return "No capital is drawn, so the investor has no multiple."
    low, middle, high = _three(found, made.catalogue[MULTIPLE])
    loss = PERCENT.say(float(made.final[LOSS].mean[0]))
    return (
        f"The investor gets back {middle} times its money in the middle case ({low} to {high} in nine cases "
        "out of ten), and loses "
        f"some of it in {loss} of cases."
    )


class Row(NamedTuple):
    """A measure at the end, in words."""

    name: str
    so_far: str
    low: str
    middle: str
    high: str
    target: str


def final_rows(made: Reforecast) -> list[Row]:
    """Return every measure at the end, in words: what is reported to date, 5th percentile, median, 95th percentile, target."""
    deal = made.scenario.deal
    groups = [key("paid.{}", group) for group in deal.groups]
    rows = [_row(made, name, made.measures[name]) for name in (*shown_measures(deal), UNPAID, *groups)]
    return [*rows, *(_row(made, name, made.final[name]) for name in (MULTIPLE, RATE, WORTH)), _loss(made)]


def _row(made: Reforecast, name: str, found: Spread) -> Row:
    reported, target = to_date(made, name), target_of(made.scenario.deal, name)
    measure = made.catalogue[name]
    unit = measure.unit
    return Row(
        measure.label,
        "" if reported is None else unit.say(reported),
        *_three(found, measure),
        "" if target is None else unit.say(target),
    )


def _loss(made: Reforecast) -> Row:
    mean, error = float(made.final[LOSS].mean[0]), float(made.final[LOSS].se[0])
    return Row(made.catalogue[LOSS].label, "", "", f"{PERCENT.say(mean)} ± {PERCENT.say_error(error)}", "", "")


def quarter_rows(made: Reforecast) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each later quarter and, for each measure shown, its median, and nine cases out of ten."""
    rows = []
    for column, day in enumerate(made.days):
        cells = []
        for name in shown_measures(made.scenario.deal):
            low, middle, high = _three(made.measures[name], made.catalogue[name], column)
            cells.append((middle, f"{low} to {high}"))
        rows.append((f"{quarter_name(day)}, to {say_date(day)}", cells))
    return rows


def cap_rows(made: Reforecast) -> list[tuple[str, str, str]]:
    """Return how likely it is that the cap is first reached in each later quarter, and by its end; and never."""
    by = np.cumsum(made.cap_binds)
    rows = [
        (name, PERCENT.say(float(part)), PERCENT.say(float(total)))
        for name, part, total in zip(made.quarters, made.cap_binds, by, strict=True)
    ]
    never = max(0.0, 1.0 - float(by[-1]))
    return [*rows, ("Never", PERCENT.say(never), "")]


def case_rows(made: Reforecast) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Return each case and, for each measure: its name, its level, how likely it is reached, and the error of that."""
    found: dict[str, list[tuple[str, str, str, str]]] = {name: [] for name in _CASES}
    for each in made.probabilities:
        found[each.case].append(_case(each, made.catalogue[each.measure]))
    return [(_CASES[name], rows) for name, rows in found.items()]


def _case(each: Reach, measure: Measure) -> tuple[str, str, str, str]:
    why = {"not_available": "no scenario as signed is named", "out_of_reach": "not even by the high case"}
    if each.level is None or each.probability is None or each.se is None:
        return measure.label, "", why.get(each.status, ""), ""
    level = measure.unit.say(round(each.level, 2 if each.measure == MULTIPLE else 1))
    return measure.label, level, PERCENT.say(each.probability), f"± {PERCENT.say_error(each.se)}"


class Held(NamedTuple):
    """A count on its last known day: what is reported, and what replications have, before and after weighting."""

    name: str
    day: str
    reported: str
    all: str
    weighted: str


def matched_rows(made: Reforecast) -> list[Held]:
    """Return what replications were held against on each measure's last day, beside what all and the weighted ones have."""
    equal = np.full(made.sample.replications, 1 / made.sample.replications)
    rows = []
    for name, series in made.actuals.series.items():
        if name == PAYMENTS:
            continue
        values: Floats = made.sample.on(name, [series.last_day]).astype(np.float64)
        words = [_three(spread(values, weights), made.catalogue[name]) for weights in (equal, made.weights)]
        sentences = [f"{middle} ({low} to {high})" for low, middle, high in words]
        rows.append(Held(made.catalogue[name].label, say_date(series.last_day), COUNT.say(series.total), *sentences))
    return rows


def how(made: Reforecast) -> list[str]:
    """Return how the forecast was computed, in sentences."""
    kernel = made.kernel
    if not made.matched:
        return [
            f"{a_number(kernel.replications, 'replication')} of the contract were simulated from its first day. No count that "
            "could tell them apart is reported: all weigh the same.",
            _money(made),
        ]
    tempered = "" if kernel.h <= H_TARGET else f"; {H_TARGET} was aimed at, and too few replications were that near"
    earlier = [each.measure for each in made.matched if each.days[-1] != made.actuals.series[each.measure].last_day]
    sentences = [
        f"{a_number(kernel.replications, 'replication')} of the contract were simulated from its first day, "
        "none of them restarted on "
        "the way. Each was weighted by how well it matches what is reported: by a Gaussian kernel on the "
        "square roots of the counts, "
        f"as wide as {kernel.h:.2f} times their standard deviations over all replications{tempered}.",
        f"Together they are worth {kernel.effective_sample_size:,.0f} equally weighted ones; {kernel.wanted:,} were aimed at.",
        "The forecast of each replication is what is reported, and on top of it what the replication adds "
        "after that. Who is waiting, "
        "searching or in work on the date, which nobody reports, is thereby inferred from the counts.",
    ]
    if earlier:
        sentences.append(
            f"Of {listed([name_within(name) for name in earlier])} the earlier days count too, together as much as the last."
        )
    if kernel.fitted:
        sentences.append(
            "The assumptions were fitted to counts that are among these. So that they are not used twice, each "
            "weight was divided by its "
            "own draw's likelihood of them."
        )
    return [*sentences, _money(made)]


def _money(made: Reforecast) -> str:
    if made.past_is_paid:
        return (
            "Past invoices are what was paid on them, to the penny; they use up caps as such, and later ones are "
            "for later claims. "
            "Payments to date are not matched: all replications have them."
        )
    return "Payments to date are as simulated: what was paid on past invoices is not known."
