"""The figures of what caps cost: unpaid by year, and the investor's return against the level of the cap."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simulator.measures.measure import Measure
from simulator.report.study import Picture
from simulator.report.style import (
    BLUE,
    BLUE_MID,
    GREEN,
    GREEN_MID,
    GREY,
    INK,
    ORANGE,
    ORANGE_MID,
    RED,
    RED_MID,
    looks,
    new_figure,
    scale,
)  # fmt: skip
from simulator.studies.caps import LOSS, MULTIPLE, PAID, CapsCost, Tried
from simulator.studies.paired import mean_of
from simulator.studies.refused import KINDS
from simulator.words import MONEY, name_in_words, say_month, short_pounds

Floats = NDArray[np.float64]
_FILLS = (
    (BLUE, ""),
    (ORANGE_MID, "//"),
    (GREEN, ""),
    (RED_MID, "\\\\"),
    (BLUE_MID, ".."),
    (ORANGE, ""),
    (GREEN_MID, "xx"),
    (RED, ""),
)
"""Colour and hatching of the parts of a bar in turn, so that none depends on its colour alone."""
_KINDS = {
    "count": "Numbers of outcomes", "year": "Annual cap", "schedule": "A schedule's cap", "total": "Total cap",
    "funder": "A payer's own cap",
}  # fmt: skip
_SEEN = 0.5
"""Pounds from which a part of a bar is in it."""
_MARKS = (("o", INK), ("s", ORANGE), ("^", GREEN), ("D", RED))
_PANELS = (MULTIPLE, LOSS, PAID)


def pictures(found: CapsCost) -> tuple[Picture, ...]:
    """Return the figures; that of what is unpaid only where something is."""
    return (*((_unpaid(found),) if found.refused.total.any() else ()), _levels(found))


def _unpaid(found: CapsCost) -> Picture:
    deal, pence = found.scenario.deal, found.refused.pence.mean(axis=0) / 100
    by_outcome = dict(zip(map(name_in_words, deal.groups), pence.sum(axis=2), strict=True))
    by_kind = dict(zip((_KINDS[kind] for kind in KINDS), pence.sum(axis=0).T, strict=True))
    with looks():
        figure = new_figure(4.4)
        axes = figure.subplots(1, 2, sharey=True)
        years = [f"Year {year + 1}\nfrom {say_month(day)}" for year, day in enumerate(deal.term.anniversaries())]
        for each, parts, title in zip(axes, (by_outcome, by_kind), ("By outcome", "By kind of cap"), strict=True):
            _stack(each, parts, years)
            each.set_title(title)
        axes[0].set_ylabel("Unpaid, mean")
        scale(axes[0], "y", MONEY)
    return Picture(
        "unpaid", figure,
        "What caps leave unpaid of what was delivered and evidenced, by the contract year of the achievement: mean over "
        f"{found.refused.total.size:,} replications. Both panels show the same money.",
        "Bars of what is unpaid by contract year, in parts by outcome and by kind of cap.",
    )  # fmt: skip


def _stack(axes: Axes, parts: dict[str, Floats], years: Sequence[str]) -> None:
    """Draw bars by year, in parts that have any money, with a key below them."""
    bottom = np.zeros(len(years))
    for place, (name, amounts) in enumerate(parts.items()):
        if amounts.sum() >= _SEEN:
            colour, hatch = _FILLS[place % len(_FILLS)]
            axes.bar(
                range(len(years)),
                amounts,
                bottom=bottom,
                width=0.62,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=name,
            )
            bottom += amounts
    for year, height in enumerate(bottom):
        axes.annotate(
            short_pounds(float(height)), (year, height), (0, 3), textcoords="offset points", ha="center", fontsize=8.5
        )
    axes.set_xticks(range(len(years)), labels=years, fontsize=8.5)
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.1 * float(bottom.max())))
    axes.grid(axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=9, handlelength=1.6)


def _levels(found: CapsCost) -> Picture:
    with looks():
        figure = new_figure(4.6)
        axes = figure.subplots(1, len(_PANELS))
        for each, measure in zip(axes, _PANELS, strict=True):
            _curve(each, found, measure)
            each.set_title(measure.label if measure.is_single else f"{measure.label}, mean", fontsize=10)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=8.5)
    return Picture(
        "levels", figure,
        "The investor's return, its risk and what is paid, against the level of the total cap, with 1.96 errors each way. The "
        "outcome payers' own caps go with it in proportion. Marks at the agreed cap: an annual cap of equal parts by contract "
        "year on top of it. Red line: the investor just gets its money back.",
        "Money multiple, probability of loss and payments against the level of the total cap, with annual caps as points.",
    )  # fmt: skip


def _curve(axes: Axes, found: CapsCost, measure: Measure) -> None:
    """Draw a measure against the total cap, what it is without one, and with annual caps."""
    agreed = found.scenario.deal.total_cap.pence / 100
    levels = found.of_kind("level")
    known = [each for each in levels if each.version.factor is not None and each.mean(measure) is not None]
    axes.errorbar(
        [agreed * (each.version.factor or 0.0) for each in known], [each.mean(measure) or 0.0 for each in known],
        yerr=[_error(each, measure) for each in known], color=BLUE, marker="o", markersize=3.5, label="level of the total cap",
    )  # fmt: skip
    free = levels[-1].mean(measure)
    if free is not None and levels[-1].version.factor is None:
        axes.axhline(free, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), label="no total cap")
    axes.axvline(agreed, color=GREY, linewidth=1.0, linestyle=(0, (1, 2)), label="agreed total cap")
    for each, (mark, colour) in zip(found.of_kind("annual"), _MARKS, strict=False):
        value = each.mean(measure)
        if value is not None:
            axes.plot(
                [agreed], [value], linestyle="none", marker=mark, color=colour, markersize=7, markerfacecolor="none",
                markeredgewidth=1.5, label=each.version.name, zorder=4,
            )  # fmt: skip
    if measure == MULTIPLE:
        axes.axhline(1, color=RED, linewidth=1.0)
    axes.set_xlabel("Total cap", color=INK)
    scale(axes, "x", MONEY)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    scale(axes, "y", measure.unit)
    axes.tick_params(labelsize=8.5)


def _error(tried: Tried, measure: Measure) -> float:
    return 1.96 * (mean_of(np.asarray(tried.returns.values[measure.source])).se or 0.0)
