"""The forecast of a running deal, as findings."""

from collections.abc import Iterator
from math import isnan
from pathlib import Path

import numpy as np

from simulator.asked import file_in_words
from simulator.findings import Findings
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key
from simulator.progress import PAYMENTS, UNPAID
from simulator.report.forecast_charts import charts
from simulator.report.forecast_words import CASE_WORDS, answer, method, shown_measures, target_of, to_date
from simulator.studies.projection import quarter_name
from simulator.studies.reforecast import Reforecast
from simulator.studies.sample import LOSS, MULTIPLE, RATE, WORTH
from simulator.studies.spread import HIGH, LOW, MEDIAN, NAMES, Spread, spread
from simulator.studies.weighting import KERNEL
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, MONEY, PERCENT, say_date

_RANGE = "The median, and in brackets nine cases out of ten: the 5th and the 95th percentile."


def findings(found: Reforecast) -> Findings:
    """Return where the deal will end, how likely each case is, and what was matched."""
    tables = (
        _by_quarter(found), _final(found), _quarters(found), _cases(found), _cap(found), _matched(found), _kernel(found),
        _actuals(found), _reported(found), _weights(found),
    )  # fmt: skip
    facts = {
        "as_of": found.as_of.isoformat(),
        "actuals": Path(found.actuals.file).name,
        "past_payments": "as paid" if found.past_is_paid else "simulated",
    }
    return Findings(
        "reforecast", f"Forecast from {say_date(found.as_of)}",
        "How does the deal end, given what is reported of it until then?", found.asked, answer(found), tables, charts(found),
        {"cap_gbp": Figure(found.scenario.deal.total_cap.pence / 100, unit=MONEY)}, method(found), found.warnings,
        repeat=_command(found), facts=facts,
    )  # fmt: skip


def _command(found: Reforecast) -> str:
    """Return the command that gives the same: it names the scenario that was asked for, and the overlays of the one that ran."""
    asked = found.asked
    words = [f"sib reforecast {file_in_words(found.given.file)}", *asked.options]
    words += [f"--overlay {file_in_words(file)}" for file in found.scenario.overlay_files]
    return " ".join([*words, f"--replications {asked.replications}", f"--seed {asked.seed}"])


def _level(measure: Measure, value: float) -> Figure:
    """Return a quantile: of a count as a whole number, of money to the penny."""
    if isnan(value):
        return Figure(None, status="undefined", unit=measure.unit)
    plain = round(value) if measure.unit is COUNT else round(value, 2) if measure.unit is MONEY else value
    return Figure(plain, unit=measure.unit)


def _levels(measure: Measure, each: Spread, column: int = -1) -> list[Figure]:
    """Return the quantiles of a measure, in the order of `NAMES`."""
    return [_level(measure, float(value)) for value in each.quantiles[:, column]]


def _mean(measure: Measure, each: Spread, column: int = -1) -> Figure:
    """Return the mean with its error; of a rate there is none."""
    mean, error = float(each.mean[column]), float(each.se[column])
    if measure.is_rate:
        return Figure(None, status="none")
    return Figure(None, status="partly_undefined") if isnan(mean) else Figure(mean, error, unit=measure.unit)


def _ranged(measure: Measure, each: Spread, column: int = -1) -> Figure:
    """Return the median with the 5th and the 95th percentile around it."""
    low, middle, high = (_level(measure, float(each.quantiles[place, column])) for place in (LOW, MEDIAN, HIGH))
    return Figure(middle.value, None, middle.status, measure.unit, low=low.value, high=high.value)


def _by_quarter(found: Reforecast) -> Table:
    """Return the forecast, one row for each measure and quarter."""
    columns = (
        Column("measure"), Column("quarter"), Column("ends"), *(Column(name) for name in NAMES), Column("mean"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, quarter_name(day), day, *_levels(measure, each, place), _mean(measure, each, place))
        for name, each in found.measures.items()
        for measure in (found.catalogue[name],)
        for place, day in enumerate(found.days)
    )
    return Table("forecast", "Forecast by measure and quarter", columns, rows, where="data")


def _final(found: Reforecast) -> Table:
    deal = found.scenario.deal
    paid = (key("paid.{}", group) for group in deal.groups)
    names = (*shown_measures(deal), UNPAID, *paid, MULTIPLE, RATE, WORTH, LOSS)
    headings = {"q05": "P5", "q50": "Median", "q95": "P95"}
    columns = (
        Column("measure"), Column("title", "At the end"), Column("to_date", "To date"),
        *(Column(name, headings.get(name, "")) for name in NAMES), Column("mean", "Mean"), Column("target", "Target or cap"),
        Column("undefined_share"),
    )  # fmt: skip
    title = f"{found.scenario.title}: forecast from {say_date(found.as_of)} to {say_date(found.days[-1])}"
    note = (
        "“The middle case” is the median: half of the weight lies below it. “Nine cases out of ten” runs from the 5th to the "
        "95th percentile, P5 to P95. Counts are of people referred since the service began. All of it holds if the assumptions "
        "below hold."
    )
    return Table("final", title, columns, tuple(_end(found, name) for name in names), note)


def _end(found: Reforecast, name: str) -> tuple[Cell, ...]:
    """Return what is reported of a measure to date, and where it ends."""
    measure = found.catalogue[name]
    each = found.final.get(name) or found.measures[name]
    levels = [None] * len(NAMES) if measure.is_single else _levels(measure, each)
    reported, target = (
        None if value is None else Figure(value, unit=measure.unit)
        for value in (to_date(found, name), target_of(found.scenario.deal, name))
    )
    missing = float(each.undefined[-1]) if name in found.final else None
    return (name, measure.label, reported, *levels, _mean(measure, each), target, missing)


def _quarters(found: Reforecast) -> Table:
    measures = [found.catalogue[name] for name in shown_measures(found.scenario.deal)]
    columns = (
        Column("quarter"), Column("ends"), Column("title", "Quarter"),
        *(Column(each.key, each.label, each.unit) for each in measures),
    )  # fmt: skip
    known = [to_date(found, each.key) for each in measures]
    reported: tuple[Cell, ...] = (None, found.as_of, f"Reported to {say_date(found.as_of)}", *known)
    rows: list[tuple[Cell, ...]] = [reported]
    for place, day in enumerate(found.days):
        name = quarter_name(day)
        ranges = (_ranged(each, found.measures[each.key], place) for each in measures)
        rows.append((name, day, f"{name}, to {say_date(day)}", *ranges))
    note = (
        f"Cumulative figures at the end of each calendar quarter. {_RANGE} Payments are by claim quarter, before the delays of "
        "confirmation and payment."
    )
    return Table("quarters", "Forecast by quarter", columns, tuple(rows), note, where="page")


def _cases(found: Reforecast) -> Table:
    why = {"not_available": "no scenario as signed is named", "out_of_reach": "not even by the high case"}
    columns = (
        Column("case"), Column("title", "Case"), Column("measure"), Column("label", "Measure"), Column("level", "Level"),
        Column("probability", "Chance", PERCENT, statuses=why),
    )  # fmt: skip
    rows = tuple(
        (each.case, CASE_WORDS[each.case], each.measure, measure.label,
         None if each.level is None else Figure(each.level, unit=measure.unit),
         Figure(each.probability, each.se, each.status))
        for each in found.probabilities
        for measure in (found.catalogue[each.measure],)
    )  # fmt: skip
    note = (
        "How likely it is that each figure ends at its level or above. The low case is the least at which the investor gets its "
        "money back: in counts, the high case scaled down until it is worth what delivery, management and the other costs come "
        "to at the printed prices. The medium case is the median of the scenario as signed. The high case is the contract's "
        "targets, and the cap on payments."
    )
    return Table("cases", "Low, medium and high case", columns, rows, note, where="page")


def _cap(found: Reforecast) -> Table:
    """Return how likely it is that the cap is first reached in each later quarter, and by its end; and never."""
    by = np.cumsum(found.cap_binds)
    columns = (
        Column("quarter", "Claim quarter"), Column("first_reached", "First reached in it", PERCENT),
        Column("by", "Reached by its end", PERCENT),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (name, float(part), float(total)) for name, part, total in zip(found.quarters, found.cap_binds, by, strict=True)
    ]
    rows.append(("Never", max(0.0, 1.0 - float(by[-1])), None))
    cap = MONEY.say(found.scenario.deal.total_cap.pence / 100)
    return Table("cap", f"When the cap of {cap} is reached", columns, tuple(rows), where="page")


def _matched(found: Reforecast) -> Table:
    """Return what replications were held against on each measure's last day, beside what all and the weighted ones have."""
    columns = (
        Column("measure"), Column("title", "Measure"), Column("day", "Day"), Column("reported", "Reported", COUNT),
        Column("all", "All replications", COUNT), Column("weighted", "Weighted replications", COUNT),
    )  # fmt: skip
    equal = np.full(found.sample.replications, 1 / found.sample.replications)
    rows: list[tuple[Cell, ...]] = []
    for name, series in found.actuals.series.items():
        if name != PAYMENTS:
            measure, values = found.catalogue[name], found.sample.on(name, [series.last_day]).astype(np.float64)
            ranges = (_ranged(measure, spread(values, weights)) for weights in (equal, found.weights))
            rows.append((name, measure.label, series.last_day, series.total, *ranges))
    return Table("matched", "Reported and simulated on the last day known", columns, tuple(rows), _RANGE, where="page")


def _kernel(found: Reforecast) -> Table:
    """Return in one row how replications were weighted."""
    names = ("name", "h", "replications", "wanted", "effective_sample_size", "fitted")
    kernel = found.kernel
    row = (KERNEL, kernel.h, kernel.replications, kernel.wanted, kernel.effective_sample_size, kernel.fitted)
    return Table("kernel", "How replications were weighted", tuple(map(Column, names)), (row,), where="data")


def _actuals(found: Reforecast) -> Table:
    """Return the actuals as they were read, one row for each line of their file; payments in pounds."""
    columns = (Column("measure"), Column("period_start"), Column("period_end"), Column("value"))
    rows = tuple((row.measure, row.start, row.end, _plain(found, row.measure, row.value)) for row in found.actuals.rows)
    return Table("actuals", "What is reported, as read", columns, rows, where="data")


def _reported(found: Reforecast) -> Table:
    """Return what had been reached of each measure by each day that is reported."""
    columns = (Column("measure"), Column("from"), Column("to"), Column("total"))
    rows = tuple(_totals(found))
    return Table("reported", "What had been reached by the end of each period", columns, rows, where="data")


def _totals(found: Reforecast) -> Iterator[tuple[Cell, ...]]:
    for name, series in found.actuals.series.items():
        for day, total in zip(series.days, series.totals, strict=True):
            yield name, series.start, day, _plain(found, name, total)


def _plain(found: Reforecast, name: str, value: int) -> float:
    """Return a reported count, or pounds for pence."""
    return value / 100 if found.catalogue[name].unit is MONEY else value


def _weights(found: Reforecast) -> Table:
    """Return the weight of every replication."""
    rows = tuple(enumerate(found.weights.tolist()))
    columns = (Column("replication"), Column("weight"))
    return Table("weights", "Weight of every replication", columns, rows, where="data", long=True)
