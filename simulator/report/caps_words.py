"""What caps cost, in sentences."""

import numpy as np
from numpy.typing import NDArray

from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.report.paired_words import say_mean, signed
from simulator.studies.caps import LOSS, MULTIPLE, UNPAID, CapsCost, Tried
from simulator.studies.nets import holders
from simulator.studies.paired import mean_of
from simulator.studies.refused import KINDS
from simulator.words import COUNT, MONEY, PERCENT, listed, name_within, say

Ints = NDArray[np.int64]
KIND_WORDS = {
    "count": "the caps on numbers of outcomes", "year": "the annual cap", "schedule": "a schedule's cap",
    "total": "the total cap", "funder": "a payer's own cap",
}  # fmt: skip
_LEAST = 0.0005
"""A part that is shown as nothing."""


def answer(found: CapsCost) -> tuple[str, ...]:
    """Return the answer in sentences."""
    refused = found.refused
    unpaid, worth = mean_of(refused.total / 100), mean_of(refused.evidenced_pence.sum(axis=(1, 2)) / 100)
    if unpaid.mean == 0:
        return ("The caps leave nothing unpaid: in no replication do outcomes go beyond them.", *_levels(found))
    touched = refused.outcomes.sum(axis=(1, 2, 3))
    share = (unpaid.mean or 0) / (worth.mean or 1)
    first = (
        f"The caps leave {say_mean(unpaid, MONEY)} unpaid on average, {_part(share)} of the {say(MONEY, worth.mean)} that is "
        f"delivered and evidenced: {say_mean(mean_of(touched.astype(np.float64)), COUNT)} outcomes, wholly or in part."
    )
    return (
        first,
        *_for_investor(found),
        _by_kind(found),
        _by_outcome(found),
        _by_funder(found),
        *_borne(found),
        *_levels(found),
    )


def _for_investor(found: CapsCost) -> tuple[str, ...]:
    """Return in a sentence what the investor would have without the caps on numbers alone, and without the total cap alone."""
    without = [each for each in found.of_kind("lifted") if each.version.name == "without the count caps"]
    total = [each for each in found.of_kind("level") if each.version.factor is None]
    words = [
        f"{figured(each, MULTIPLE)} ({changed(found, each, MULTIPLE)}) without {what} alone"
        for each, what in (
            *((each, "the caps on numbers") for each in without),
            *((each, "the total cap") for each in total),
        )
    ]
    return (f"The investor's mean multiple would be {listed(words)}.",) if words else ()


def _part(share: float) -> str:
    return "under 0.1%" if 0 < share < _LEAST else PERCENT.say(share)


def _by_kind(found: CapsCost) -> str:
    pence = found.refused.pence.sum(axis=(1, 2)).mean(axis=0) / 100
    parts = [
        f"{_pounds(amount)} over {KIND_WORDS[kind]}" for kind, amount in zip(KINDS, pence, strict=True) if amount > 0
    ]
    return f"Of it, {listed(parts)}."


def _by_outcome(found: CapsCost) -> str:
    deal, pence = found.scenario.deal, found.refused.pence.mean(axis=0) / 100
    groups = [
        f"{MONEY.say(amount)} of {name_within(group)}"
        for group, amount in zip(deal.groups, pence.sum(axis=(1, 2)), strict=True)
        if amount > 0
    ]
    years = [
        f"{MONEY.say(amount)} in year {year + 1}" for year, amount in enumerate(pence.sum(axis=(0, 2))) if amount > 0
    ]
    return f"By outcome it is {listed(groups)}; by the contract year of the achievement, {listed(years)}."


def _by_funder(found: CapsCost) -> str:
    funders, refused = found.scenario.deal.funders, found.refused
    common, own = refused.common.mean(axis=0) / 100, refused.own.mean(axis=0) / 100
    shares = [f"{MONEY.say(amount)} to {funder.title}" for funder, amount in zip(funders, common, strict=True)]
    text = f"Amounts above the common caps are shared between the outcome payers by their weights: {listed(shares)}"
    alone = [f"{_pounds(amount)} to {funder.title}" for funder, amount in zip(funders, own, strict=True) if amount != 0]
    return f"{text}; what a payer's own cap refuses is its own: {listed(alone)}." if alone else f"{text}."


def _pounds(amount: float) -> str:
    return "under £1" if 0 < amount < 0.5 else MONEY.say(amount)


def _borne(found: CapsCost) -> tuple[str, ...]:
    """Return who has less and who more with the caps than without any, and what that means for the investor."""
    names, means = [each.within for each in holders(found.scenario.deal)], found.borne().mean(axis=0) / 100
    less = [f"{_pounds(-amount)} less to {name}" for name, amount in zip(names, means, strict=True) if amount < 0]
    more = [f"{name} ({_pounds(amount)})" for name, amount in zip(names, means, strict=True) if amount > 0]
    base, free = found.base, found.uncapped
    back = found.against_base(free, named("commissioner.residual_gbp")).mean or 0.0
    rest = (
        f" Beside that, {MONEY.say(back)} of what is unpaid would have come back to the outcome payers in the end, since the "
        "investor's return is limited too."
        if back > 0
        else ""
    )
    return (
        f"Who bears it: with the caps there goes {listed(less)} than without any; that much stays with {listed(more)}.{rest}"
        if less and more
        else "Nobody has less in the end than without any cap.",
        f"Without any cap the investor's multiple would be {figured(free, MULTIPLE)} instead of "
        f"{figured(base, MULTIPLE)} ({changed(found, free, MULTIPLE)}), its probability of loss "
        f"{figured(free, LOSS)} instead of {figured(base, LOSS)} ({changed(found, free, LOSS)}).",
    )


def _levels(found: CapsCost) -> tuple[str, ...]:
    """Return what the investor gets at other levels of the total cap, and with annual caps."""
    levels = [each for each in found.of_kind("level") if each.version.factor in (0.8, 0.9, 1.2, None)]
    words = [
        f"{figured(each, MULTIPLE)} with "
        f"{'no total cap' if each.version.factor is None else f'{each.version.factor * 100:g}% of it'}"
        for each in levels
    ]
    annual = [
        f"{changed(found, each, UNPAID).replace('no change', 'none')} ({_rules(each)})"
        for each in found.of_kind("annual")
    ]
    return (
        f"At other levels of the total cap the investor's multiple is {listed(words)}.",
        "With an annual cap of equal parts of the total cap by contract year, the change in what is unpaid is "
        f"{'; '.join(annual)}.",
    )


def _rules(annual: Tried) -> str:
    return annual.version.rules


def figured(tried: Tried, measure: Measure) -> str:
    """Return the mean of a measure under some caps."""
    return say(measure.unit, tried.mean(measure))


def changed(found: CapsCost, tried: Tried, measure: Measure) -> str:
    """Return a paired difference to the scenario as it stands, with its sign and error.

    Args:
        found: the study.
        tried: the version.
        measure: what is compared.
    """
    return signed(found.against_base(tried, measure), measure.unit, "no change")
