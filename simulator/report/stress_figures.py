"""Figures of the stress study: what hurts most, form by form, and what each stress touches."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from simulator.report.quantity_words import heading_of, quantity_in_words
from simulator.report.stress_words import short_change
from simulator.report.study import Picture
from simulator.report.style import (
    BLUE,
    BLUE_MID,
    FAINT,
    GREY,
    INK,
    ORANGE,
    RED,
    WHITE,
    looks,
    new_figure,
    scale,
)
from simulator.studies.quantities import Quantity
from simulator.studies.stress import (
    LOSS,
    MULTIPLE,
    OVER_CAP,
    PAID,
    SHORT,
    SHORT_SIZE,
    UNEVIDENCED,
    WAIT,
    Stressed,
    UnderStress,
)
from simulator.words import DAYS, MINUS, MONEY

_SURE = 1.96
"""Standard errors each way of a bar."""
_MARKS = {
    "mild": ("o", BLUE_MID, "mild"),
    "severe": ("s", BLUE, "severe"),
    "extreme": ("D", INK, "extreme"),
    None: ("^", ORANGE, "one size only"),
}
"""Marker, colour and words of each form."""
_TOUCHED = (PAID, OVER_CAP, UNEVIDENCED, WAIT, SHORT, SHORT_SIZE, MULTIPLE, LOSS)
_ROW = 0.36
"""Inches."""


def kinds_of(found: Stressed) -> list[list[UnderStress]]:
    """Return stresses that change anything, forms of one kind together, in the order of their worst form."""
    kinds: dict[str, list[UnderStress]] = {}
    for each in found.tested:
        if each.changes:
            kinds.setdefault(each.version.subject, []).append(each)
    return list(kinds.values())


def ranking(found: Stressed) -> Picture:
    """Return the figure that ranks stresses: the change of the mean multiple and of the probability of loss, form by form."""
    kinds, shown = kinds_of(found), (MULTIPLE, LOSS)
    by = found.ranked_by.name
    names = shown if by in shown or found.tested[0].effects[by].difference is None else (by, *shown)
    with looks():
        figure = new_figure(1.5 + _ROW * len(kinds))
        panels = np.atleast_1d(figure.subplots(1, len(names), sharey=True))
        for axes, name in zip(panels, names, strict=True):
            _panel(axes, kinds, next(each for each in found.quantities if each.name == name))
        _rows(panels[0], kinds)
        _breaks(panels[names.index(MULTIPLE)], found)
        present = {each.version.form for several in kinds for each in several}
        figure.legend(
            handles=[
                Line2D([], [], marker=mark, color=colour, linestyle="", label=words)
                for form, (mark, colour, words) in _MARKS.items()
                if form in present
            ],
            loc="outside lower center",
            ncols=4,
            frameon=False,
            fontsize=9,
        )
    return Picture("ranking", figure, _ranking_caption(found), f"Changes under {len(kinds)} kinds of stress, ranked.")


def _ranking_caption(found: Stressed) -> str:
    stands = found.as_it_stands[MULTIPLE].value
    line = (
        "" if stands is None else " Red line: where the mean multiple is 1, and the investor just gets its money back."
    )
    return (
        f"What each stress does, the worst first, by {quantity_in_words(found.ranked_by)}: changes to the deal as it stands, on "
        "the same people. Each row is a kind of stress, each mark one of its forms; bars are ± 1.96 paired standard errors; one "
        f"that is not seen is narrower than its mark. Grey line: no change.{line}"
    )


def _panel(axes: Axes, kinds: Sequence[Sequence[UnderStress]], quantity: Quantity) -> None:
    """Draw the change of a quantity under each stress, a row for each kind."""
    axes.axvline(0, color=GREY, linewidth=0.9)
    for row, several in enumerate(kinds):
        effects = [(each.version.form, each.effects[quantity.name]) for each in several]
        seen = [effect.difference for _, effect in effects if effect.difference is not None]
        if seen:
            axes.plot([min(0.0, *seen), max(0.0, *seen)], [row, row], color=FAINT, linewidth=3, zorder=1)
        for form, effect in effects:
            if effect.difference is not None:
                mark, colour, _ = _MARKS[form]
                axes.errorbar(
                    effect.difference,
                    row,
                    xerr=_SURE * (effect.difference_se or 0.0),
                    marker=mark,
                    color=colour,
                    markersize=5.5,
                    markeredgecolor=WHITE,
                    markeredgewidth=0.5,
                    elinewidth=1.3,
                    zorder=3,
                )
    written = quantity.unit
    axes.set_title(f"Change of {quantity_in_words(quantity)}", fontsize=10.5)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    scale(axes, "x", written)
    if written is not MONEY:
        axes.set_xlabel({"%": "percentage points"}.get(written.suffix, written.suffix.strip()), fontsize=9)
        axes.xaxis.set_major_formatter(
            lambda value, _: f"{value * written.factor:+.3g}".replace("-", MINUS) if value else "0"
        )


def _rows(axes: Axes, kinds: Sequence[Sequence[UnderStress]]) -> None:
    names = ["\n".join(wrap(several[0].version.subject, 44, max_lines=2, placeholder=" …")) for several in kinds]
    axes.set_yticks(range(len(kinds)), labels=names, fontsize=8.5)
    axes.set_ylim(len(kinds) - 0.4, -0.6)


def _breaks(axes: Axes, found: Stressed) -> None:
    """Draw where the mean multiple is 1, if it is within or near the axes."""
    stands = found.as_it_stands[MULTIPLE].value
    low, high = axes.get_xlim()
    if stands is not None and low - 0.3 * (high - low) < 1 - stands < high + 0.3 * (high - low):
        axes.axvline(1 - stands, color=RED, linewidth=1.1, linestyle=(0, (5, 2)))


def touched(found: Stressed) -> Picture:
    """Return the figure of what each stress touches, in its largest form: changes in each cell, shaded by their size."""
    rows = [max(several, key=lambda each: list(_MARKS).index(each.version.form)) for several in kinds_of(found)]
    changes = np.array([[each.effects[name].difference or 0.0 for name in _TOUCHED] for each in rows])
    largest = np.abs(changes).max(axis=0)
    shades = np.divide(changes, largest, out=np.zeros_like(changes), where=largest > 0)
    with looks():
        figure = new_figure(1.3 + _ROW * len(rows))
        axes = figure.subplots()
        colours = LinearSegmentedColormap.from_list("change", [BLUE, WHITE, ORANGE])
        axes.imshow(shades, cmap=colours, vmin=-1.4, vmax=1.4, aspect="auto")
        for row, each in enumerate(rows):
            for column, name in enumerate(_TOUCHED):
                text = short_change(each.effects[name], found.quantity(name).unit)
                axes.text(column, row, text, ha="center", va="center", fontsize=8)
        _rows(axes, [[each] for each in rows])
        heads = ["\n".join(wrap(_with_unit(found.quantity(name)), 12)) for name in _TOUCHED]
        axes.set_xticks(range(len(_TOUCHED)), labels=heads, fontsize=8.5)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_yticks(np.arange(len(rows) - 1) + 0.5, minor=True)
        axes.grid(which="minor", axis="y", color=FAINT)
        axes.tick_params(which="minor", length=0)
        for side in axes.spines.values():
            side.set_visible(False)
    caption = (
        "What each stress touches, in its largest form: mean changes to the deal as it stands. Orange: more; blue: less; the "
        "stronger the nearer to the largest change of its column. An empty cell: nothing changes; ≈ 0: too little to be written. "
        "Wait in days; probabilities in percentage points."
    )
    return Picture(
        "touched", figure, caption, f"Changes of {len(_TOUCHED)} quantities under {len(rows)} kinds of stress."
    )


def _with_unit(quantity: Quantity) -> str:
    """Return a quantity's heading with its unit, where the figures in the cells do not show it."""
    return f"{heading_of(quantity)}, days" if quantity.unit is DAYS else heading_of(quantity)
