"""The chart of a bridge: from A to B over what each cause does, and what they do together."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.charts import Axis, Bars, Chart, Layer, Line, Look, Panel, Words, numbers, wrapped
from simulator.studies.bridge import Bridge, Figures
from simulator.studies.paired import Paired
from simulator.words import MONEY, MULTIPLE, Unit, capital, short_pounds

_SHORT = 26
"""Letters up to which the titles of two causes together fit on a line."""
_NAMES = 34
"""Letters of a line of names beside the chart."""
_HALF = 0.31
"""Half the thickness of a bar."""
_SEEN = 0.008
"""Part of the chart's width from which a bar is seen."""


@dataclass(frozen=True)
class Step:
    """A line of the bridge."""

    part: str
    heading: str
    """The part for a line of its own: of two causes together their numbers, where titles are long."""
    kind: str
    of: tuple[int, ...]
    """Numbers of its causes."""
    figures: Figures

    @property
    def is_end(self) -> bool:
        """Return whether it is a scenario itself, and not a difference."""
        return self.kind == "scenario"


def steps(found: Bridge) -> list[Step]:
    """Return the bridge from A to B."""
    numbered = any(part.kind == "two together" for part in found.parts) and any(
        len(cause.title) > _SHORT for cause in found.causes
    )
    parts = []
    for part in found.parts:
        own = tuple(place + 1 for place in part.of)
        heading = _heading(part.title, own) if numbered and own else capital(part.title)
        parts.append(Step(part.title, heading, part.kind, own, part.figures))
    return [
        Step("A", "A", "scenario", (), found.from_first), *parts, Step("B", "B", "scenario", (), found.to_other),
    ]  # fmt: skip


def _heading(title: str, own: tuple[int, ...]) -> str:
    numbers = [f"({number})" for number in own]
    return f"{numbers[0]} {capital(title)}" if len(own) == 1 else " with ".join(numbers)


def chart(found: Bridge) -> Chart:
    """Return the bridge in payments and in multiple."""
    lines = steps(found)
    labels = [wrapped(_named(each.heading, found), _NAMES) for each in lines]
    y = Axis(ticks=tuple(enumerate(labels)), low=-0.6, high=len(lines) - 0.4, downward=True)
    payments = [(_drawn(each.figures.gbp("payments")), each.is_end) for each in lines]
    multiples = [(_drawn(found.multiple(each.figures)), each.is_end) for each in lines]
    return Chart(
        "bridge",
        (
            _waterfall(payments, MONEY, "Outcome payments, mean", y),
            _waterfall(multiples, MULTIPLE, "Money multiple, mean", y),
        ),
        "From A, above, to B, below: what each cause does alone on A, then what they do together beyond that. Each bar begins "
        "where the one before ends, and need not end where any scenario could be. Blue: more; red and hatched: less. The axes do "
        "not begin at 0.",
        f"Waterfall from A to B over {len(found.parts)} parts, of outcome payments and of the money multiple.",
        height=1.6 + 0.42 * len(lines), share_y=True,
    )  # fmt: skip


def _drawn(found: Paired) -> float:
    """Return a mean for drawing; nothing where there is none."""
    return found.mean or 0.0


def _named(heading: str, found: Bridge) -> str:
    same = found.other.has_files_of(found.first) and found.parts
    ends = {"A": f"A: {found.first.title}", "B": "B: all of them" if same else f"B: {found.other.title}"}
    return ends.get(heading, heading)


def _waterfall(lines: Sequence[tuple[float, bool]], unit: Unit, title: str, y: Axis) -> Panel:
    """Return ends as marks and parts as bars, each from where the one before ends, with their figures beside them."""
    layers, reached, edges = list[Layer](), 0.0, list[float]()
    for row, (value, is_end) in enumerate(lines):
        start, end = (value, value) if is_end else (reached, reached + value)
        if row + 1 < len(lines):
            top, bottom = row + (0.0 if is_end else _HALF), row + 1 - (0.0 if lines[row + 1][1] else _HALF)
            layers.append(Line((end, end), (top, bottom), look="quiet", width=0.8))
        if is_end:
            layers.append(Line((value,), (float(row),), look="ink", dash="none", marker="diamond", size=7.0))
        layers.append(
            Words(max(start, end), row, _said(value, unit, is_end), across="left", up="middle", apart=(6.0, 0.0))
        )
        edges += [start, end]
        reached = end
    low, high = min(edges), max(edges)
    room = (high - low) or abs(high) or 1.0
    layers += _small(lines, edges[1::2], _SEEN * room)
    x = Axis(unit=unit, low=low - 0.06 * room, high=high + 0.24 * room, grid=True)
    return Panel((*_bars(lines), *layers), x, y, title)


def _small(lines: Sequence[tuple[float, bool]], reached: Sequence[float], least: float) -> list[Layer]:
    """Return a stroke for each part that is too small to be seen as a bar.

    Args:
        lines: what stands in each row, and whether it is a scenario itself.
        reached: where each ends.
        least: the least that is seen.
    """
    return [
        Line((end, end), (row - _HALF, row + _HALF), look="first" if value >= 0 else "risk", width=1.2)
        for row, ((value, is_end), end) in enumerate(zip(lines, reached, strict=True))
        if not is_end and abs(value) < least
    ]


def _said(value: float, unit: Unit, is_end: bool) -> str:
    short = short_pounds(value) if unit is MONEY else unit.say(value)
    return short if is_end else f"{'+' if value > 0 else ''}{short}"


def _bars(lines: Sequence[tuple[float, bool]]) -> list[Layer]:
    """Return the parts as bars: those that add, and those that take away."""
    reached, places = 0.0, list[tuple[int, float, float]]()
    for row, (value, is_end) in enumerate(lines):
        if not is_end:
            places.append((row, reached, value))
        reached = value if is_end else reached + value
    kinds: list[tuple[list[tuple[int, float, float]], Look, str]] = [
        ([each for each in places if each[2] >= 0], "first", ""),
        ([each for each in places if each[2] < 0], "risk", "//"),
    ]
    return [
        Bars(
            numbers(row for row, _, _ in some), numbers(value for _, _, value in some), numbers(base for _, base, _ in some),
            look=look, pale=look == "risk", hatch=hatch, sideways=True,
        )
        for some, look, hatch in kinds
        if some
    ]  # fmt: skip
