"""The chart of a comparison: a panel for each measure, a row for each scenario, with the spread of replications in each."""

from collections.abc import Iterator, Sequence

from simulator.charts import Axis, Bars, Chart, Layer, Line, Panel, Rule, Words, numbers, wrapped
from simulator.comparison import Comparison
from simulator.estimates import LEVELS, Estimate
from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.studies.quantities import CAP_USE
from simulator.words import MONEY, MULTIPLE, PERCENT, Unit, say, short_pounds

_PANELS = tuple(
    named(key)
    for key in (
        "payments.total_gbp", "payments.cap_use", "investor.multiple", "investor.irr", "investor.probability_of_loss",
        "spv.shortfall_gbp",
    )
)  # fmt: skip
_COLUMNS = 2
_NEAR = 0.08
"""Part of a panel's width from its ends within which a figure is not centred on its point."""
_SURE = 1.96
"""Standard errors each way of a probability's bar."""
_NAMES = 26
"""Letters of a line of the scenarios' names."""
_THIN, _THICK = 0.07, 0.2
"""Thickness of bars, of the height of a row."""
Ends = tuple[float, float]


def chart(made: Comparison) -> Chart:
    """Return the scenarios side by side: median, middle half and nine in ten of each measure; of a probability, its error."""
    labels = tuple(enumerate(wrapped(label, _NAMES) for label in made.labels))
    y = Axis(ticks=labels, low=-0.5, high=len(labels) - 0.5, downward=True)
    lines = len(_PANELS) // _COLUMNS
    return Chart(
        "comparison", tuple(_panel(each, [run.estimates[each.key] for run in made.runs], y) for each in _PANELS),
        f"Point: median; thick bar: middle half; thin bar: nine in ten of {made.replications:,} replications. Of a probability: "
        "mean, with 1.96 errors each way. Red line: the investor just gets its money back. Orange line: the whole of the cap is "
        "paid.",
        f"Intervals of six measures for each of {len(labels)} scenarios, one row for each.",
        height=0.9 + lines * (0.75 + 0.42 * len(labels)), rows=lines, share_y=True,
    )  # fmt: skip


def _panel(measure: Measure, found: Sequence[Estimate], y: Axis) -> Panel:
    spans = [_spans(each) for each in found]
    low, high = _ends(measure, [edge for _, *own in spans for span in own if span for edge in span])
    layers: list[Layer] = []
    if any(inner for _, inner, _ in spans):
        layers.append(_bars([outer for _, _, outer in spans], _THIN))
    layers.append(_bars([inner or outer for _, inner, outer in spans], _THICK))
    for row, (point, _, _) in enumerate(spans):
        layers += _marked(point, row, measure.unit, (low, high))
    x = Axis(unit=measure.unit, low=low, high=high, marks=5, grid=True)
    return Panel((*_rules(measure), *layers), x, y, measure.label)


def _spans(found: Estimate) -> tuple[float | None, Ends | None, Ends | None]:
    """Return an estimate's point, its middle half and its nine in ten; of a probability, its mean and its error."""
    levels = found.quantiles
    if all(level is None for level in levels):
        if found.mean is None:
            return None, None, None
        error = _SURE * (found.se or 0.0)
        return found.mean, None, (max(0.0, found.mean - error), min(1.0, found.mean + error))
    point, known = levels[LEVELS.index(0.5)], [level for level in levels if level is not None]
    if len(known) < len(levels):
        return point, None, None if point is None else (point, point)
    return point, (known[1], known[3]), (known[0], known[4])


def _bars(spans: Sequence[Ends | None], thick: float) -> Bars:
    known = [(row, span) for row, span in enumerate(spans) if span]
    return Bars(
        numbers(row for row, _ in known), numbers(high - low for _, (low, high) in known),
        numbers(low for _, (low, _) in known), thick, look="fifth", sideways=True,
    )  # fmt: skip


def _marked(point: float | None, row: int, unit: Unit, ends: Ends) -> Iterator[Layer]:
    """Yield a point and its figure above it, which stays within the panel; or that there is none."""
    low, high = ends
    if point is None:
        yield Words(low + 0.02 * (high - low), row, "does not exist", across="left", up="middle", apart=(0.0, 0.0))
        return
    yield Line((point,), (float(row),), dash="none", marker="circle", size=6.0)
    text = short_pounds(point) if unit is MONEY else say(unit, point)
    place = (point - low) / (high - low)
    if place < _NEAR:
        yield Words(point, row, text, across="left", apart=(-3.0, 7.0), covers=True)
    elif place > 1 - _NEAR:
        yield Words(point, row, text, across="right", apart=(3.0, 7.0), covers=True)
    else:
        yield Words(point, row, text, apart=(0.0, 7.0), covers=True)


def _ends(measure: Measure, edges: Sequence[float]) -> Ends:
    """Return the ends of a measure's axis: with nothing in it, and where loss begins or the cap is."""
    low, high = min([0.0, *edges]), max([0.0, *edges])
    if measure.unit is MULTIPLE:
        high = max(1.1, 1.05 * high)
        return low - 0.02 * high, high
    if measure.unit is PERCENT:
        return -0.02, max(1.0, high) + 0.08
    room = (high - low) or 1.0
    return low - 0.02 * room, high + 0.08 * room


def _rules(measure: Measure) -> Iterator[Layer]:
    """Yield a line where loss begins, or where the cap is."""
    if measure.unit is MULTIPLE:
        yield Rule("x", 1.0, look="risk")
    elif measure.is_rate:
        yield Rule("x", 0.0, look="risk")
    elif measure == CAP_USE:
        yield Rule("x", 1.0, look="second")
