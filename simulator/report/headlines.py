"""The headline figures: which measures, in what words, how each is computed, with the error of each."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from simulator.estimates import LEVELS, TAIL, Estimate
from simulator.finance.irr import IrrStatus
from simulator.measures.measure import Measure, Section
from simulator.monte_carlo import Run
from simulator.words import PERCENT, RATE, TOTAL_LOSS, say

SHOWN = (0.5, 0.05, 0.95)
"""Percentiles of a headline, in the order of its columns; the mean stands after the first."""
_NO_RATE = {
    IrrStatus.NO_OUTFLOW: "nothing is paid in",
    IrrStatus.ZERO_FLOWS: "nothing is paid in or out",
    IrrStatus.SAME_DAY: "all money moves on one day",
    IrrStatus.MULTIPLE_ROOTS: "more than one rate fits",
    IrrStatus.NO_ROOT: "no rate fits",
    IrrStatus.OUT_OF_RANGE: "the rate is beyond all bounds",
}


@dataclass(frozen=True)
class Cell:
    """A figure and its error in words; no error where there is none to tell."""

    figure: str
    error: str = ""


@dataclass(frozen=True)
class Headline:
    """One row of the headline table."""

    measure: Measure
    how: str
    """How it is computed, in a line or two."""
    estimate: Estimate
    missing: str
    """What is written where a figure does not exist."""
    no_mean: str = ""
    """What is written in the place of a mean that makes no sense."""

    @property
    def label(self) -> str:
        """Return the measure in words."""
        return self.measure.label

    @property
    def single(self) -> bool:
        """Return whether there is one figure only: a probability, or the mean of a tail."""
        return self.measure.is_single and self.estimate.undefined_share == 0

    def cells(self) -> list[Cell]:
        """Return median, mean, 5th and 95th percentile, or the one figure."""
        found = self.estimate
        mean = Cell(self.no_mean) if self.no_mean else self._cell(found.mean, found.se)
        if self.single:
            return [mean]
        spots = [LEVELS.index(level) for level in SHOWN]
        middle, low, high = (self._cell(found.quantiles[i], found.quantile_errors[i]) for i in spots)
        return [middle, mean, low, high]

    def _cell(self, value: float | None, error: float | None) -> Cell:
        unit = self.measure.unit
        figure = say(unit, value, self.missing)
        if value is None or figure == unit.total_loss:
            return Cell(figure)
        return Cell(figure, "± not known" if error is None else f"± {unit.say_error(error)}")


@dataclass(frozen=True)
class Headings:
    """Headlines under one heading."""

    title: str
    rows: list[Headline]


def sections(run: Run) -> list[Headings]:
    """Return the headline figures of a run, by section of the catalogue."""
    shown = [each for each in run.measures.values() if each.is_shown("report", run.scenario.deal)]
    by_section = {section: [each for each in shown if each.definition.section == section] for section in Section}
    return [
        Headings(str(section), [_headline(run, each) for each in rows]) for section, rows in by_section.items() if rows
    ]


def _headline(run: Run, measure: Measure) -> Headline:
    found, how, no_mean = run.estimates[measure.key], measure.how(run.scenario.deal), ""
    if measure.is_rate:
        how, no_mean = f"{how} {_about_the_rate(run)}", "not averaged"
    elif 0 < found.undefined_share < 1:
        how += f" It exists in {PERCENT.say(1 - found.undefined_share)} of replications, so that there is no mean."
        no_mean = "none"
    return Headline(measure, how, found, _missing(measure, found), no_mean)


def _missing(measure: Measure, found: Estimate) -> str:
    """Return what is written where a figure of a measure does not exist."""
    if measure.definition.statistic != "tail mean":
        return measure.definition.missing
    if found.status == "insufficient_replications":
        return f"too few replications: it takes {round(20 / TAIL)}"
    return "undefined: in some replications nothing is drawn"


def _about_the_rate(run: Run) -> str:
    """Return how often the investor's rate of return does not exist, and the rate of the average flows."""
    kinds, numbers = np.unique(run.returns.irr_status, return_counts=True)
    counts = Counter({IrrStatus(int(kind)): int(number) for kind, number in zip(kinds, numbers, strict=True)})
    lost = counts[IrrStatus.TOTAL_LOSS] / run.replications
    words = [
        f"Total loss in {PERCENT.say(lost)} of replications, ranked below every rate; rates are never averaged.",
    ]
    for status, reason in _NO_RATE.items():
        if counts[status]:
            words.append(f"Undefined in {PERCENT.say(counts[status] / run.replications)} of replications: {reason}.")
    mean = run.irr_of_mean_flows
    if mean is not None and mean > TOTAL_LOSS:
        words.append(
            f"The average of all replications' payments and receipts, taken together, returns {RATE.say(mean)}."
        )
    return " ".join(words)


def printed_rows(run: Run) -> list[tuple[str, list[str]]]:
    """Return figures printed for the deal beside the run's: printed, median, 5th and 95th percentile; none if none are."""
    printed = run.scenario.deal.printed
    if printed is None:
        return []
    figures = {
        "payments.total_gbp": printed.total_outcome_payment / 100,
        "investor.multiple": printed.money_multiple,
        "investor.irr": printed.irr,
    }
    return [(run.measures[key].label, _beside(run, run.measures[key], figure)) for key, figure in figures.items()]


def _beside(run: Run, measure: Measure, printed: float) -> list[str]:
    """Return a printed figure and the run's median, 5th and 95th percentile, in words."""
    levels = [run.estimates[measure.key].quantiles[LEVELS.index(level)] for level in SHOWN]
    return [measure.unit.say(printed), *(say(measure.unit, level) for level in levels)]
