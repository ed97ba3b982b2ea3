"""The charts of a forecast: a fan for each measure that begins at the actual, and how the investor ends."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Bars, Chart, Ends, Fan, Layer, Line, Look, Panel, Rule, Words, day_place, numbers
from simulator.progress import CASELOAD, PAYMENTS
from simulator.report.distributions import bins
from simulator.report.forecast_words import answer, at_date, shown_measures, target_of, to_date
from simulator.studies.reforecast import Reforecast
from simulator.studies.sample import MULTIPLE
from simulator.studies.spread import HIGH, LOW, MEDIAN
from simulator.words import PERCENT, short_pounds

Floats = NDArray[np.float64]
_ROW = 2.75
"""Height of a row of panels, in inches."""
_STRETCHES = 4
"""Of a panel's dates, at most."""


def charts(found: Reforecast) -> tuple[Chart, ...]:
    """Return the charts of a forecast."""
    paid, said = to_date(found, PAYMENTS), answer(found)
    so_far = "" if paid is None else f" {short_pounds(paid)} had been paid by the as-of date."
    reached = float(found.cap_binds.sum())
    return (
        _fans(found, f"Fan charts by measure. {' '.join(said[:2])}{so_far}"),
        Chart(
            "ends", (_multiples(found), _binding(found)), _ENDS,
            f"{said[3]} The cap is reached in {reached:.0%} of cases.", height=3.4,
        ),
    )  # fmt: skip


def _fans(found: Reforecast, alternative: str) -> Chart:
    """Return a panel for each measure: the actual to date, then the median, the middle half and nine in ten."""
    names = [*shown_measures(found.scenario.deal)]
    names += [CASELOAD] if len(names) % 2 else []
    start, rows = at_date(found), len(names) // 2
    panels = tuple(_panel(found, name, start[name].quantiles) for name in names)
    height = 0.5 + _ROW * rows
    return Chart("forecast", panels, _FORECAST, alternative, height, rows, key="above", key_columns=4)


def _panel(found: Reforecast, name: str, at_the_date: Floats) -> Panel:
    bands = np.column_stack([at_the_date, found.measures[name].quantiles])
    target = target_of(found.scenario.deal, name)
    top = max(float(bands.max()), target or 0.0, 1.0)
    fan = Fan(_places([found.as_of, *found.days]), tuple(map(numbers, bands)), "median")
    layers: list[Layer] = [fan, *_so_far(found, name), Rule("x", day_place(found.as_of), dash="dotted")]
    if target is not None:
        layers += _target(found, name, target, target > 0.5 * top)
    ends, looks = bands[[LOW, MEDIAN, HIGH], -1], tuple[Look, ...](("quiet", "first", "quiet"))
    layers.append(Ends(numbers(ends), tuple(_short(found, name, float(end)) for end in ends), looks))
    measure = found.catalogue[name]
    y = Axis(unit=measure.unit, low=0.0, high=1.12 * top)
    return Panel(tuple(layers), _dates(found), y, measure.label)


def _dates(found: Reforecast, label: str = "") -> Axis:
    start, end = found.scenario.deal.term.service_start, found.days[-1]
    return Axis(label, low=day_place(start), high=day_place(end), marks=_STRETCHES, dates=True)


def _target(found: Reforecast, name: str, target: float, below: bool) -> list[Layer]:
    """Return a line at the target or cap, with what it is called."""
    start = day_place(found.scenario.deal.term.service_start)
    left = start + 0.015 * (day_place(found.days[-1]) - start)
    word = "cap" if name == PAYMENTS else "target"
    text = f"{word} {_short(found, name, target)}"
    apart = (0.0, -2.5 if below else 2.5)
    return [
        Rule("y", target, look="second", dash="dashed"),
        Words(left, target, text, "second", "left", "below" if below else "above", apart),
    ]


def _short(found: Reforecast, name: str, value: float) -> str:
    return short_pounds(value) if name == PAYMENTS else found.catalogue[name].unit.say(value)


def _so_far(found: Reforecast, name: str) -> Iterator[Layer]:
    """Yield what is reported, from nothing on the first day on; of the caseload, as points."""
    series = found.actuals.series.get(name)
    if series is None:
        return
    days, totals = _places(series.days), np.array(series.totals) / (100 if name == PAYMENTS else 1)
    if name != CASELOAD:
        first = day_place(max(series.start, found.scenario.deal.term.service_start))
        yield Line((first, *days), (0.0, *numbers(totals)), look="ink")
    yield Line(days, numbers(totals), "reported", "ink", "none", "diamond", size=4.6)


def _multiples(found: Reforecast) -> Panel:
    """Return the distribution of the money multiple."""
    title = "What the investor gets back for each £1"
    values = found.sample.ends[MULTIPLE]
    known = ~np.isnan(values)
    if not known.any() or float(found.weights[known].sum()) <= 0:
        nothing = Words(0.02, 0.5, "No capital is drawn, so there is no multiple.", across="left")
        return Panel((nothing,), Axis(ticks=(), low=0.0, high=1.0), Axis(ticks=(), low=0.0, high=1.0), title)
    edges = bins(float(values[known].max()))
    shares = np.histogram(values[known], edges, weights=found.weights[known])[0]
    loss = edges[:-1] < 1 - 1e-9
    layers = (_bars(edges, shares, loss, "risk"), _bars(edges, shares, ~loss, "first"), Rule("x", 1.0, look="risk"))
    x = Axis("money multiple (1.00 = money back)", low=0.0, high=max(1.1, float(edges[-1])))
    y = Axis("share of weight", PERCENT, low=0.0, high=1.1 * float(shares.max()))
    return Panel(layers, x, y, title)


def _bars(edges: Floats, shares: Floats, chosen: NDArray[np.bool_], look: Look) -> Bars:
    """Return some of the bars of a histogram, all as thick as the first of them."""
    wide = np.diff(edges)
    return Bars(
        numbers((edges[:-1] + wide / 2)[chosen]), numbers(shares[chosen]), thick=float(wide[chosen][0]), look=look, pale=True
    )  # fmt: skip


def _binding(found: Reforecast) -> Panel:
    """Return how likely it is that the cap has bound by each quarter."""
    days = _places([found.as_of, *found.days])
    reached = np.concatenate([[0.0], np.cumsum(found.cap_binds)])
    stairs = Line(tuple(np.repeat(days, 2)[1:].tolist()), numbers(np.repeat(reached, 2)[:-1]), width=1.8)
    last = float(reached[-1])
    layers = (stairs, Ends((last,), (f"{last:.0%}",), ("first",)))
    return Panel(layers, _dates(found, "by claim quarter"), Axis(unit=PERCENT, low=-0.02, high=1.05), _REACHED)


def _places(days: Sequence[date]) -> tuple[float, ...]:
    return tuple(map(day_place, days))


_REACHED = "Cases in which the cap is reached"
_FORECAST = (
    "Black: what is reported, with a point on each day for which it is. Blue: the forecast at the end of each calendar quarter; "
    "the line with points is the median, the dark band holds the middle half of the weighted replications, the light band nine "
    "in ten. The numbers on the right are the 5th percentile, the median and the 95th percentile at the end. The dotted line "
    "stands at the as-of date. Outcomes are those achieved and evidenced, by the day achieved; payments are by claim quarter, "
    "before the delays of confirmation and payment."
)
_ENDS = (
    "Left: the money multiple is all that the investor is paid, divided by all that it pays in; below 1.00, where the bars are "
    "red, it makes a loss. Right: how likely it is that payments have reached the total cap by the end of each claim quarter."
)
