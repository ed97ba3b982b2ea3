"""Charts as data: panels with axes and layers of numbers. `simulator.report.drawing` draws them; a browser or a workbook can too.

A layer holds numbers in the units of the model (pounds, shares, days) and a look by its meaning, never a colour.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from math import isfinite
from textwrap import wrap
from typing import Any, Literal

from simulator.words import Unit

Look = Literal[
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "risk", "quiet", "ink", "blank"
]
"""`first` to `eighth`: series in turn; `risk`: where money is lost; `quiet`: for reference; `ink`: as text; `blank`: unfilled."""
Dash = Literal["solid", "dashed", "dotted", "mixed", "none"]
Marker = Literal["none", "circle", "square", "triangle", "diamond"]
Numbers = tuple[float | None, ...]
"""None where there is none."""


@dataclass(frozen=True)
class Line:
    """Points joined by a line, with errors or a band around it; points alone if `dash` is none."""

    x: Numbers
    y: Numbers
    label: str = ""
    look: Look = "first"
    dash: Dash = "solid"
    marker: Marker = "none"
    hollow: bool = False
    size: float = 4.0
    """Of markers, points."""
    width: float = 1.6
    """Of the line, points."""
    errors: Numbers = ()
    """Half lengths of the error bars."""
    sideways: bool = False
    """Whether errors are along x."""
    steps: bool = False
    """Whether it holds over stretches: `x` are then the edges, one more than there are values."""
    low: Numbers = ()
    """Lower edge of a band."""
    high: Numbers = ()
    """Its upper edge."""
    pale: bool = False
    """Whether it is a faint line behind all others, without marks, errors or a band."""


@dataclass(frozen=True)
class Bars:
    """Bars from a base, along y or, if `sideways`, along x."""

    at: Numbers
    size: Numbers
    base: Numbers = ()
    """Where each begins; at 0 if empty."""
    thick: float = 0.62
    label: str = ""
    look: Look = "first"
    pale: bool = False
    hatch: str = ""
    sideways: bool = False
    errors: Numbers = ()
    """Half lengths of the error bars."""


@dataclass(frozen=True)
class Rule:
    """A straight line across the panel at one value of an axis."""

    axis: Literal["x", "y"]
    at: float
    label: str = ""
    look: Look = "quiet"
    dash: Dash = "solid"
    width: float = 1.0
    """Points."""


@dataclass(frozen=True)
class Stretch:
    """A shaded stretch of an axis across the panel."""

    axis: Literal["x", "y"]
    low: float
    high: float
    label: str = ""
    look: Look = "third"


@dataclass(frozen=True)
class Band:
    """A shaded band between two lines; none where one of them is not known."""

    x: Numbers
    low: Numbers
    high: Numbers
    label: str = ""
    look: Look = "first"


@dataclass(frozen=True)
class Fan:
    """Percentiles 5, 25, 50, 75, 95 at each place: two bands and a line."""

    x: Numbers
    levels: tuple[Numbers, ...]
    label: str = ""
    """Of the line; where there is one, the bands are explained too."""
    steps: bool = False
    """Whether they hold over stretches: `x` are then the edges, one more than there are levels."""
    look: Look = "first"
    inner: bool = True
    """Whether the middle half has a band of its own."""


@dataclass(frozen=True)
class Shades:
    """A table of cells, each with a text, shaded by values from -1 to 1."""

    values: tuple[Numbers, ...]
    """By row."""
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Contours:
    """Values over two axes, filled between levels, with lines at some of them."""

    x: Numbers
    y: Numbers
    values: tuple[Numbers, ...]
    """By y, then x."""
    unit: Unit
    lines: Numbers = ()
    """Values at which a line is drawn."""
    label: str = ""
    """Of the scale beside it."""
    centre: float | None = None
    """Value that is left white, with another colour on each side of it; the middle of all values if None."""


@dataclass(frozen=True)
class Words:
    """A text at a place of the panel."""

    x: float
    y: float
    text: str
    look: Look = "ink"
    across: Literal["left", "centre", "right"] = "centre"
    up: Literal["below", "middle", "above"] = "above"
    apart: tuple[float, float] = (0.0, 3.0)
    """Points to the right and up from the place."""
    across_is: Literal["data", "share"] = "data"
    """Whether `x` is a value of the axis, or a share of the panel's width."""
    up_is: Literal["data", "share"] = "data"
    """The same of `y`."""
    bold: bool = False
    covers: bool = False
    """Whether it covers lines that lie under it, but for points."""


@dataclass(frozen=True)
class Ends:
    """Texts to the right of the panel, moved apart where they would touch."""

    heights: Numbers
    texts: tuple[str, ...]
    looks: tuple[Look, ...]


Layer = Line | Bars | Rule | Stretch | Band | Fan | Shades | Contours | Words | Ends


@dataclass(frozen=True)
class Axis:
    """An axis of a panel."""

    label: str = ""
    unit: Unit | None = None
    """None for plain numbers."""
    ticks: tuple[tuple[float, str], ...] | None = None
    """Places and texts of its marks; chosen by its unit if None."""
    low: float | None = None
    high: float | None = None
    """Ends; chosen from the numbers if None."""
    marks: int | None = None
    """Most marks; of dates most stretches between them."""
    downward: bool = False
    """Whether it grows downwards, or to the left."""
    log: bool = False
    """Whether equal factors are equally far apart."""
    grid: bool = False
    bare: bool = False
    """Whether its own line is left out."""
    from_zero: bool = False
    """Whether 0 is within it."""
    signed: bool = False
    """Whether its numbers are changes, written with their sign; of shares in percentage points."""
    dates: bool = False
    """Whether its numbers are days since 1 January of year 1, written as months."""
    heads: tuple[int, ...] = ()
    """Marks that are headings, by their place among `ticks`."""
    blank: bool = False
    """Whether it is not drawn."""
    on_top: bool = False
    """Of an x axis: whether its marks are above the panel."""


@dataclass(frozen=True)
class Panel:
    """One panel of a chart."""

    layers: tuple[Layer, ...]
    x: Axis
    y: Axis
    title: str = ""
    key: Literal["none", "below", "above", "inside", "bands"] = "none"
    """Where its labels are explained; `bands`: above, with the bands of a fan."""
    wide: float = 1.0
    """Width relative to the other panels'."""
    tall: float = 1.0
    """Height of its row relative to the other rows'."""
    room: float | None = None
    """Points between the panel and its title, where words stand between them."""


@dataclass(frozen=True)
class Chart:
    """Panels side by side, with what stands below them."""

    name: str
    panels: tuple[Panel, ...]
    caption: str
    """What is to be seen, and how to read it."""
    alternative: str
    """The same for whoever cannot see it, in one sentence."""
    height: float = 4.4
    """Inches, at a width of 9."""
    rows: int = 1
    """Rows that the panels stand in."""
    share_y: bool = False
    share_x: bool = False
    title: str = ""
    key: Literal["none", "below", "above"] = "none"
    """Where the labels of all panels together are explained."""
    key_columns: int = 2

    def as_dict(self) -> dict[str, Any]:
        """Return the chart as plain data for JSON; each layer says its kind, each unit is its name."""
        data: dict[str, Any] = _data(self)
        return data


def _data(value: Any) -> Any:  # noqa: ANN401 - parts of a chart
    if isinstance(value, Unit):
        return value.name
    if is_dataclass(value):
        plain = {each.name: _data(getattr(value, each.name)) for each in fields(value)}
        return {"layer": type(value).__name__.lower(), **plain} if isinstance(value, Layer) else plain
    if isinstance(value, tuple):
        return [_data(each) for each in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value


def numbers(values: Any) -> Numbers:  # noqa: ANN401 - any sequence or array of numbers
    """Return numbers of a sequence or array of shape (n,) as plain ones; None for what is not finite."""
    plain = [None if each is None else float(each) for each in values]
    return tuple(each if each is not None and isfinite(each) else None for each in plain)


def day_place(day: date) -> float:
    """Return a date's place on an axis of dates."""
    return float(day.toordinal())


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Return a text broken into lines, cut short where it takes more.

    Args:
        text: the text.
        width: characters of a line.
        lines: most lines.
    """
    return "\n".join(wrap(text, width, max_lines=lines, placeholder=" ..."))
