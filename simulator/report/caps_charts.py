"""The charts of what caps cost: unpaid by year, and the investor's return against the level of the cap."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Bars, Chart, Layer, Line, Look, Marker, Panel, Rule, Words, numbers
from simulator.measures.measure import Measure
from simulator.studies.caps import LOSS, MULTIPLE, PAID, CapsCost, Tried
from simulator.studies.paired import mean_of
from simulator.studies.refused import KINDS
from simulator.words import MONEY, name_in_words, say_month, short_pounds

Floats = NDArray[np.float64]
_FILLS: tuple[tuple[Look, str], ...] = (
    ("first", ""), ("sixth", "//"), ("third", ""), ("eighth", "\\\\"), ("fifth", ".."), ("second", ""), ("seventh", "xx"),
    ("fourth", ""),
)  # fmt: skip
"""Look and hatching of the parts of a bar in turn, so that none depends on its colour alone."""
_KINDS = {
    "count": "Numbers of outcomes", "year": "Annual cap", "schedule": "A schedule's cap", "total": "Total cap",
    "funder": "A payer's own cap",
}  # fmt: skip
_SEEN = 0.5
"""Pounds from which a part of a bar is in it."""
_MARKS: tuple[tuple[Marker, Look], ...] = (
    ("circle", "ink"), ("square", "second"), ("triangle", "third"), ("diamond", "fourth"),
)  # fmt: skip
_PANELS = (MULTIPLE, LOSS, PAID)
_SURE = 1.96
"""Standard errors each way of an error bar."""


def charts(found: CapsCost) -> tuple[Chart, ...]:
    """Return the charts; that of what is unpaid only where something is."""
    return (*((_unpaid(found),) if found.refused.total.any() else ()), _levels(found))


def _unpaid(found: CapsCost) -> Chart:
    deal, pence = found.scenario.deal, found.refused.pence.mean(axis=0) / 100
    by_outcome = dict(zip(map(name_in_words, deal.groups), pence.sum(axis=2), strict=True))
    by_kind = dict(zip((_KINDS[kind] for kind in KINDS), pence.sum(axis=0).T, strict=True))
    years = [f"Year {year + 1}\nfrom {say_month(day)}" for year, day in enumerate(deal.term.anniversaries())]
    return Chart(
        "unpaid", (_stack(by_outcome, years, "By outcome", "Unpaid, mean"), _stack(by_kind, years, "By kind of cap")),
        "What caps leave unpaid of what was delivered and evidenced, by the contract year of the achievement: mean over "
        f"{found.refused.total.size:,} replications. Both panels show the same money.",
        "Bars of what is unpaid by contract year, in parts by outcome and by kind of cap.", share_y=True,
    )  # fmt: skip


def _stack(parts: Mapping[str, Floats], years: Sequence[str], title: str, label: str = "") -> Panel:
    """Return bars by year, in the parts that have any money."""
    places, bottom, layers = numbers(range(len(years))), np.zeros(len(years)), list[Layer]()
    for (name, amounts), (look, hatch) in zip(parts.items(), _FILLS * len(parts), strict=False):
        if amounts.sum() >= _SEEN:
            layers.append(Bars(places, numbers(amounts), numbers(bottom), label=name, look=look, hatch=hatch))
            bottom = bottom + amounts
    layers += [Words(year, height, short_pounds(height)) for year, height in enumerate(map(float, bottom))]
    x = Axis(ticks=tuple(enumerate(years)))
    y = Axis(label, MONEY, low=0.0, high=1.1 * float(bottom.max()), grid=True)
    return Panel(tuple(layers), x, y, title, key="below")


def _levels(found: CapsCost) -> Chart:
    return Chart(
        "levels", tuple(_curve(found, measure) for measure in _PANELS),
        "The investor's return, its risk and what is paid, against the level of the total cap, with 1.96 errors each way. The "
        "outcome payers' own caps go with it in proportion. Marks at the agreed cap: an annual cap of equal parts by contract "
        "year on top of it. Red line: the investor just gets its money back.",
        "Money multiple, probability of loss and payments against the level of the total cap, with annual caps as points.",
        height=4.6, key="below",
    )  # fmt: skip


def _curve(found: CapsCost, measure: Measure) -> Panel:
    """Return a measure against the total cap, what it is without one, and with annual caps."""
    title = measure.label if measure.is_single else f"{measure.label}, mean"
    x, y = Axis("Total cap", MONEY, marks=4), Axis(unit=measure.unit)
    return Panel(tuple(_layers(found, measure)), x, y, title)


def _layers(found: CapsCost, measure: Measure) -> Iterator[Layer]:
    agreed, levels = found.scenario.deal.total_cap.pence / 100, found.of_kind("level")
    known = [each for each in levels if each.version.factor is not None and each.mean(measure) is not None]
    yield Line(
        numbers(agreed * (each.version.factor or 0.0) for each in known),
        numbers(each.mean(measure) for each in known),
        "level of the total cap", marker="circle", size=3.5, errors=numbers(_error(each, measure) for each in known),
    )  # fmt: skip
    free = levels[-1].mean(measure)
    if free is not None and levels[-1].version.factor is None:
        yield Rule("y", free, "no total cap", dash="dashed")
    yield Rule("x", agreed, "agreed total cap", dash="dotted")
    for each, (mark, look) in zip(found.of_kind("annual"), _MARKS, strict=False):
        name = each.version.name
        yield Line((agreed,), (each.mean(measure),), name, look, "none", mark, hollow=True, size=7.0)
    if measure == MULTIPLE:
        yield Rule("y", 1.0, look="risk")


def _error(tried: Tried, measure: Measure) -> float:
    return _SURE * (mean_of(np.asarray(tried.returns.values[measure.source])).se or 0.0)
