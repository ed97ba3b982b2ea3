"""The charts of the stress study: what hurts most, form by form, and what each stress touches."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simulator.charts import Axis, Chart, Layer, Line, Look, Marker, Panel, Rule, Shades, numbers, wrapped
from simulator.report.quantity_words import heading_of, quantity_in_words
from simulator.report.stress_words import short_change
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
from simulator.words import DAYS, MONEY

_SURE = 1.96
"""Standard errors each way of a bar."""
_MARKS: Mapping[str | None, tuple[Marker, Look, str]] = {
    "mild": ("circle", "fifth", "mild"),
    "severe": ("square", "first", "severe"),
    "extreme": ("diamond", "ink", "extreme"),
    None: ("triangle", "second", "one size only"),
}
"""Marker, look and words of each form."""
_FORMS = tuple(_MARKS)
_TOUCHED = (PAID, OVER_CAP, UNEVIDENCED, WAIT, SHORT, SHORT_SIZE, MULTIPLE, LOSS)
_ROW = 0.36
"""Inches."""
_TITLE = 72
"""Characters that the titles of all panels have room for."""
_CELL = 11
"""Characters that a cell is wide."""
_NEAR = 0.3
"""Part of an axis beyond its end where what is worth a line still is."""
Kinds = Sequence[Sequence[UnderStress]]


def charts(found: Stressed) -> tuple[Chart, ...]:
    """Return the charts; none where no stress changes anything."""
    return (_ranking(found), _touched(found)) if any(each.changes for each in found.tested) else ()


def _kinds(found: Stressed) -> list[list[UnderStress]]:
    """Return stresses that change anything, forms of one kind together, in the order of their worst form."""
    kinds: dict[str, list[UnderStress]] = {}
    for each in found.tested:
        if each.changes:
            kinds.setdefault(each.version.subject, []).append(each)
    return list(kinds.values())


def _ranking(found: Stressed) -> Chart:
    """Return what ranks stresses: the changes of the mean multiple and of the probability of loss, form by form."""
    kinds, shown = _kinds(found), (MULTIPLE, LOSS)
    by = found.ranked_by.name
    names = shown if by in shown or found.tested[0].effects[by].difference is None else (by, *shown)
    return Chart(
        "ranking", tuple(_panel(found, kinds, found.quantity(name), len(names)) for name in names), _ranking_caption(found),
        f"Changes under {len(kinds)} kinds of stress, ranked.", height=1.5 + _ROW * len(kinds), share_y=True, key="below",
        key_columns=len(_MARKS),
    )  # fmt: skip


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


def _panel(found: Stressed, kinds: Kinds, quantity: Quantity, panels: int) -> Panel:
    """Return the change of a quantity under each stress, a row for each kind, in one of several panels."""
    layers: list[Layer] = [Rule("x", 0.0), *_reaches(kinds, quantity), *_marks(kinds, quantity)]
    if quantity.name == MULTIPLE:
        layers += _breaks(found, kinds)
    words = {"%": "percentage points"}.get(quantity.unit.suffix, quantity.unit.suffix.strip())
    x = Axis(
        "" if quantity.unit is MONEY else words, quantity.unit, marks=3 if panels > 2 else None, signed=True, grid=True
    )
    title = wrapped(f"Change of {quantity_in_words(quantity)}", _TITLE // panels, 4)
    return Panel(tuple(layers), x, _rows([several[0] for several in kinds]), title)


def _reaches(kinds: Kinds, quantity: Quantity) -> Iterator[Line]:
    """Yield a faint line in each row, from no change over all that its forms do."""
    for row, several in enumerate(kinds):
        seen = [each.effects[quantity.name].difference for each in several]
        known = [change for change in seen if change is not None]
        if known:
            ends = (min(0.0, *known), max(0.0, *known))
            yield Line(ends, (float(row), float(row)), look="quiet", width=3.0, pale=True)


def _marks(kinds: Kinds, quantity: Quantity) -> Iterator[Line]:
    """Yield the changes of each form in all rows."""
    for form, (mark, look, words) in _MARKS.items():
        seen = [
            (row, each.effects[quantity.name])
            for row, several in enumerate(kinds)
            for each in several
            if each.version.form == form
        ]
        known = [(row, effect) for row, effect in seen if effect.difference is not None]
        if known:
            yield Line(
                numbers(effect.difference for _, effect in known), numbers(row for row, _ in known), words, look, "none", mark,
                size=5.5, errors=numbers(_SURE * (effect.difference_se or 0.0) for _, effect in known), sideways=True,
            )  # fmt: skip


def _rows(of_a_row: Sequence[UnderStress]) -> Axis:
    """Return the axis of rows, each named by what its stress is about, the first on top."""
    names = [wrapped(each.version.subject, 44) for each in of_a_row]
    return Axis(ticks=tuple(enumerate(names)), low=-0.6, high=len(names) - 0.4, downward=True, bare=True)


def _breaks(found: Stressed, kinds: Kinds) -> Iterator[Rule]:
    """Yield where the mean multiple is 1, if that is among the changes or near them."""
    stands = found.as_it_stands[MULTIPLE].value
    known = [each.effects[MULTIPLE].difference or 0.0 for several in kinds for each in several]
    low, high = min(0.0, *known), max(0.0, *known)
    room = _NEAR * (high - low)
    if stands is not None and low - room < 1 - stands < high + room:
        yield Rule("x", 1 - stands, look="risk", dash="dashed")


def _touched(found: Stressed) -> Chart:
    """Return what each stress touches, in its largest form: changes in each cell, shaded by their size."""
    rows = [max(several, key=lambda each: _FORMS.index(each.version.form)) for several in _kinds(found)]
    changes = np.array([[each.effects[name].difference or 0.0 for name in _TOUCHED] for each in rows])
    largest = np.abs(changes).max(axis=0)
    shades = np.divide(changes, largest, out=np.zeros_like(changes), where=largest > 0)
    units = [found.quantity(name).unit for name in _TOUCHED]
    texts = tuple(
        tuple(short_change(each.effects[name], unit) for name, unit in zip(_TOUCHED, units, strict=True))
        for each in rows
    )
    heads = [_narrow(_with_unit(found.quantity(name))) for name in _TOUCHED]
    cells = Shades(tuple(map(numbers, shades)), texts)
    x = Axis(ticks=tuple(enumerate(heads)), on_top=True)
    y = Axis(ticks=tuple(enumerate(wrapped(each.version.subject, 44) for each in rows)), downward=True)
    return Chart(
        "touched", (Panel((cells,), x, y),), _TOUCHED_CAPTION,
        f"Changes of {len(_TOUCHED)} quantities under {len(rows)} kinds of stress.", height=1.3 + _ROW * len(rows),
    )  # fmt: skip


_TOUCHED_CAPTION = (
    "What each stress touches, in its largest form: mean changes to the deal as it stands. Orange: more; blue: less; the "
    "stronger the nearer to the largest change of its column. An empty cell: nothing changes; ≈ 0: too little to be written. "
    "Wait in days; probabilities in percentage points."
)


def _narrow(text: str) -> str:
    """Return a text in lines as narrow as its words allow, for a column of cells."""
    return wrapped(text, max(_CELL, *map(len, text.split())), 4)


def _with_unit(quantity: Quantity) -> str:
    """Return a quantity's heading with its unit, where the figures in the cells do not show it."""
    return f"{heading_of(quantity)}, days" if quantity.unit is DAYS else heading_of(quantity)
