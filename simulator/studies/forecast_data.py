"""A forecast as plain data: whole numbers where counts are, pounds to the penny, None where a figure does not exist."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.measures.measure import Measure
from simulator.progress import PAYMENTS
from simulator.studies.actuals import Actuals
from simulator.studies.projection import quarter_name
from simulator.studies.spread import NAMES, Spread
from simulator.words import COUNT, MONEY

Floats = NDArray[np.float64]
Number = float | int | None


def spread_data(measure: Measure, found: Spread) -> dict[str, list[Number]]:
    """Return a measure's quantiles, means and their errors, by name, a list of quarters each."""
    levels = zip(NAMES, found.quantiles, strict=True)
    return {
        **{level: [_number(measure, value) for value in row] for level, row in levels},
        "mean": [_float(value) for value in found.mean],
        "se": [_float(value) for value in found.se],
    }


def _number(measure: Measure, value: float) -> Number:
    """Return a quantile: of a count as a whole number, of money to the penny."""
    if isnan(value):
        return None
    if measure.unit is MONEY:
        return round(float(value), 2)
    return round(value) if measure.unit is COUNT else float(value)


def _float(value: float) -> float | None:
    return None if isnan(value) else float(value)


def final_data(
    known: Mapping[str, Measure], measures: Mapping[str, Spread], ends: Mapping[str, Spread]
) -> dict[str, dict[str, Any]]:
    """Return every measure at the end, by name; the share in which it does not exist where there is one.

    Args:
        known: the measures of the forecast, by key.
        measures: where the deal stands at the end of each quarter, by key.
        ends: what comes of the investment, by key, of one column each.
    """
    found = {name: _last(spread_data(known[name], spread)) for name, spread in measures.items()}
    for name, spread in ends.items():
        measure, data = known[name], _last(spread_data(known[name], spread))
        share = float(spread.undefined[-1])
        if measure.is_rate:
            data |= {"mean": None, "se": None}
        if measure.is_single:
            data |= dict.fromkeys(NAMES)
        if share > 0 or measure.is_rate:
            data |= {"undefined_share": share, "status": "ok" if share == 0 else "partly_undefined"}
        found[name] = data
    return found


def _last(data: Mapping[str, list[Number]]) -> dict[str, Any]:
    return {key: each[-1] for key, each in data.items()}


def cap_data(cap: int, quarters: Sequence[str], binds: Floats) -> dict[str, Any]:
    """Return the total cap in pounds, how likely it is first reached in each quarter, and how likely never.

    Args:
        cap: the total cap, pence.
        quarters: names of the quarters, in order.
        binds: probability that the cap is first reached in each quarter, shape (quarters,).
    """
    return {
        "pounds": round(cap / 100, 2),
        "first_reached": dict(zip(quarters, (float(each) for each in binds), strict=True)),
        "never": max(0.0, 1.0 - float(binds.sum())),
    }


def actuals_data(actuals: Actuals) -> dict[str, Any]:
    """Return what is reported: each measure's total, its last day, and its totals by the end of each period."""
    found: dict[str, Any] = {}
    for name, series in actuals.series.items():
        scale = 100 if name == PAYMENTS else 1
        totals = [total / 100 if scale == 100 else total for total in series.totals]
        found[name] = {
            "total": totals[-1],
            "from": series.start.isoformat(),
            "to": series.last_day.isoformat(),
            "by": {day.isoformat(): total for day, total in zip(series.days, totals, strict=True)},
        }
    return found


def forecast_rows(
    known: Mapping[str, Measure], days: Sequence[date], measures: Mapping[str, Spread]
) -> Iterator[dict[str, Any]]:
    """Yield one row for each measure and quarter: its name, its last day, quantiles, mean and error.

    Args:
        known: the measures of the forecast, by key.
        days: last day of each quarter.
        measures: where the deal stands at the end of each quarter, by key.
    """
    for name, found in measures.items():
        data = spread_data(known[name], found)
        for column, day in enumerate(days):
            row = {key: values[column] for key, values in data.items()}
            yield {"measure": name, "quarter": quarter_name(day), "ends": day.isoformat(), **row}
