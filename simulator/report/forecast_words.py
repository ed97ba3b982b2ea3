"""A forecast in sentences: where the deal will end, what was matched and how, what is not known."""

import numpy as np

from simulator.measures.measure import Measure
from simulator.progress import PAYMENTS, REFERRAL
from simulator.scenario.deal import Deal
from simulator.studies.projection import project
from simulator.studies.reforecast import Reforecast
from simulator.studies.sample import LOSS, MULTIPLE
from simulator.studies.spread import HIGH, LOW, MEDIAN, Spread, spread
from simulator.studies.weighting import H_TARGET
from simulator.words import (
    PERCENT,
    a_number,
    listed,
    name_within,
    say,
    say_date,
    short_pounds,
)

CASE_WORDS = {
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


def to_date(found: Reforecast, name: str) -> float | None:
    """Return what is reported of a measure by its last day, money in pounds."""
    series = found.actuals.series.get(name)
    return None if series is None else series.total / (100 if name == PAYMENTS else 1)


def at_date(found: Reforecast) -> dict[str, Spread]:
    """Return the distribution of every measure on the as-of date itself: the actual, where it is known up to then."""
    stands = project(found.scenario.deal, found.actuals, found.sample, [found.as_of])
    return {name: spread(values, found.weights) for name, values in stands.items()}


def answer(found: Reforecast) -> tuple[str, ...]:
    """Return where the deal will end, and how sure that is, in sentences."""
    parts = [_ending(found, name) for name in (REFERRAL, *found.scenario.deal.groups)]
    kernel = found.kernel
    return (
        f"In the middle case the deal ends with {listed(parts)}.",
        _payments(found),
        _cap(found),
        _investor(found),
        f"{kernel.replications:,} replications, seed {found.seed}, weighted by how well they match the actuals: worth "
        f"{kernel.effective_sample_size:,.0f} of equal weight; kernel {kernel.h:.2f} spreads wide.",
    )


def _ending(found: Reforecast, name: str) -> str:
    low, middle, high = _three(found.measures[name], found.catalogue[name])
    target = target_of(found.scenario.deal, name)
    noun = "referral" if name == REFERRAL else name_within(name)
    return f"{middle} {noun}s of {target:,.0f} targeted ({low} to {high} in nine cases out of ten)"


def _three(each: Spread, measure: Measure) -> tuple[str, str, str]:
    """Return the 5th percentile, the median and the 95th percentile at the end in words."""
    levels = [each.quantiles[place, -1] for place in (LOW, MEDIAN, HIGH)]
    low, middle, high = (say(measure.unit, None if np.isnan(value) else float(value)) for value in levels)
    return low, middle, high


def _payments(found: Reforecast) -> str:
    ends, paid = found.measures[PAYMENTS].quantiles[:, -1], to_date(found, PAYMENTS)
    low, middle, high = (short_pounds(float(ends[place])) for place in (LOW, MEDIAN, HIGH))
    before = "" if paid is None else f"; {short_pounds(paid)} had been paid by {say_date(found.as_of)}"
    cap = short_pounds(found.scenario.deal.total_cap.pence / 100)
    return f"Outcome payments end at {middle} of a cap of {cap} ({low} to {high} in nine cases out of ten){before}."


def _cap(found: Reforecast) -> str:
    """Return how likely the cap is reached, and when."""
    reached = float(found.cap_binds.sum())
    if reached < 0.0005:
        return "The cap on payments is not reached."
    quarters = [
        name for name, part in zip(found.quarters, np.cumsum(found.cap_binds), strict=True) if part >= reached / 2
    ]
    by = f"in half of these by the claim quarter {quarters[0]}"
    return f"The cap on payments is reached in {PERCENT.say(reached)} of cases, {by}."


def _investor(found: Reforecast) -> str:
    multiple = found.final[MULTIPLE]
    if float(multiple.undefined[0]) >= 1:
        return "No capital is drawn, so the investor has no multiple."
    low, middle, high = _three(multiple, found.catalogue[MULTIPLE])
    loss = PERCENT.say(float(found.final[LOSS].mean[0]))
    return (
        f"The investor gets back {middle} times its money in the middle case ({low} to {high} in nine cases "
        "out of ten), and loses "
        f"some of it in {loss} of cases."
    )


def method(found: Reforecast) -> tuple[str, ...]:
    """Return how the forecast was computed, and what it does not know, in sentences."""
    asked = (
        f"The forecast was asked for {found.given.title}; it is made from the scenario of the deal as it runs, which that one "
        "names."
    )
    return (*([asked] if found.given.file != found.scenario.file else []), *_how(found), _LIMITS)


_LIMITS = (
    "What the forecast does not know. Terms that changed after signing (prices, targets, caps, dates of the end) are in it "
    "only where the scenario has them. A recession, a pandemic, a new provider or a change of policy after the date is in it "
    "only if the scenario puts it there. Counts are taken as reported. A later correction of them moves the forecast by as "
    "much. Payments are matched neither in their amounts nor in their timing: only what was paid is taken over. A weighted "
    "replication need not have the reported counts exactly: what it adds later comes from a pipeline that is near the real "
    "one, not the real one itself."
)


def _how(found: Reforecast) -> list[str]:
    kernel = found.kernel
    if not found.matched:
        return [
            f"{a_number(kernel.replications, 'replication')} of the contract were simulated from its first day. No count that "
            "could tell them apart is reported: all weigh the same.",
            _money(found),
        ]
    tempered = "" if kernel.h <= H_TARGET else f"; {H_TARGET} was aimed at, and too few replications were that near"
    earlier = [each.measure for each in found.matched if each.days[-1] != found.actuals.series[each.measure].last_day]
    sentences = [
        f"{a_number(kernel.replications, 'replication')} of the contract were simulated from its first day, "
        "none of them restarted on the way. Each was weighted by how well it matches what is reported: by a Gaussian kernel "
        "on the square roots of the counts, as wide as "
        f"{kernel.h:.2f} times their standard deviations over all replications{tempered}.",
        f"Together they are worth {kernel.effective_sample_size:,.0f} equally weighted ones; {kernel.wanted:,} were aimed at.",
        "The forecast of each replication is what is reported, and on top of it what the replication adds after that. Who is "
        "waiting, searching or in work on the date, which nobody reports, is thereby inferred from the counts.",
    ]
    if earlier:
        sentences.append(
            f"Of {listed([name_within(name) for name in earlier])} the earlier days count too, together as much as the last."
        )
    if kernel.fitted:
        sentences.append(
            "The assumptions were fitted to counts that are among these. So that they are not used twice, each "
            "weight was divided by its own draw's likelihood of them."
        )
    return [*sentences, _money(found)]


def _money(found: Reforecast) -> str:
    if found.past_is_paid:
        return (
            "Past invoices are what was paid on them, to the penny; they use up caps as such, and later ones are "
            "for later claims. Payments to date are not matched: all replications have them."
        )
    return "Payments to date are as simulated: what was paid on past invoices is not known."
