"""What had happened by a day, as reported, beside what the run has by then."""

from dataclasses import dataclass
from datetime import date

from simulator.estimates import LEVELS
from simulator.explaining.said import citation
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.report.quarters import INVOICED, quarter_ends
from simulator.scenario.deal import Deal, Position, Tally
from simulator.words import COUNT, MONEY, Unit, name_in_words, say

SHOWN = (0.5, 0.05, 0.95)
"""Levels of the percentiles, in the order of the columns."""
_COUNTED = ("referral", "engagement", "job_start", "sustainment")


@dataclass(frozen=True)
class Reported:
    """Figures of one day, as reported and as simulated."""

    as_of: date
    """The day of the reported figures."""
    counted_to: date
    """The last day of the run's last quarter to end by then."""
    rows: tuple[tuple[str, list[str]], ...]
    """Name, then in words: reported, planned, median, 5th and 95th percentile."""
    left_out: tuple[str, ...]
    """What is reported, in words, and has no quarterly series in the run."""
    note: str
    """How the reported figures are to be read, from the deal's sources."""


def reported(run: Run) -> Reported | None:
    """Return what is reported of a deal beside the run's figures; None where nothing is, or no quarter had ended by then."""
    position = reported_position(run.scenario.deal)
    ended = 0 if position is None else sum(end <= position.as_of for end in quarter_ends(run.scenario.deal))
    if position is None or ended == 0:
        return None
    counts = [(name, getattr(position, name), key("outcomes.{}", name), COUNT) for name in _COUNTED]
    lines = [*counts, ("payments", position.payments, INVOICED, MONEY)]
    cited = citation(run.scenario.deal, "printed.position")
    return Reported(
        as_of=position.as_of,
        counted_to=quarter_ends(run.scenario.deal)[ended - 1],
        rows=tuple(
            (name_in_words(name), _figures(run, tally, series, unit, ended - 1))
            for name, tally, series, unit in lines
            if series in run.quarters
        ),
        left_out=tuple(name_in_words(name) for name, _, series, _ in lines if series not in run.quarters),
        note=cited.note if cited else "",
    )


def reported_position(deal: Deal) -> Position | None:
    """Return where a deal stood on a day, if that is printed."""
    return deal.printed.position if deal.printed else None


def _figures(run: Run, tally: Tally, series: str, unit: Unit, quarter: int) -> list[str]:
    found = run.quarters[series][quarter]
    simulated = [say(unit, found.quantiles[LEVELS.index(level)]) for level in SHOWN]
    return [unit.say(tally.actual), unit.say(tally.target), *simulated]
