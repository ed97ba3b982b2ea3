"""A comparison in words, rows and data: the same measures of every scenario, and paired differences to the first."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

import simulator
from simulator.comparison import Comparison, Difference
from simulator.estimates import LEVELS, Estimate
from simulator.measures.catalogue import RETURNS
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.report.distributions import counted
from simulator.words import MONEY, PERCENT, Unit, say, short_pounds


def measures(made: Comparison) -> list[Measure]:
    """Return the measures of a comparison in the order of the catalogue: those that at least one of the runs shows."""
    shown: dict[str, Measure] = {}
    for run in made.runs:
        shown |= {name: each for name, each in run.measures.items() if each.is_shown("compare", run.scenario.deal)}
    place = {each.key: number for number, each in enumerate(RETURNS)}
    return sorted(shown.values(), key=lambda each: place[each.definition.key])


def figure_of(found: Estimate, unit: Unit, missing: str = "undefined") -> tuple[str, str]:
    """Return an estimate as two lines: mean and its error, or median where there is no mean; and nine in ten.

    Args:
        found: the estimate.
        unit: how its figures are written.
        missing: what is written where a figure does not exist.
    """
    low, middle, high = (found.quantiles[LEVELS.index(level)] for level in (0.05, 0.5, 0.95))
    error = "" if found.se is None else f" ± {unit.say_error(found.se)}"
    if found.mean is not None:
        first = f"{unit.say(found.mean)}{error}"
    elif found.status == "insufficient_replications":
        return "too few replications", ""
    else:
        first = f"{say(unit, middle, missing)} (median)"
    if all(level is None for level in found.quantiles):
        return (first, "") if found.mean is not None else (missing, "")
    return first, _spread(low, high, unit)


def _spread(low: float | None, high: float | None, unit: Unit) -> str:
    """Return from where to where nine replications in ten lie, pounds in short."""
    if unit is MONEY and low is not None and high is not None:
        return f"{short_pounds(low)} to {short_pounds(high)}"
    ends = say(unit, low), say(unit, high)
    same = unit.suffix and all(end.endswith(unit.suffix) for end in ends)
    return f"{ends[0].removesuffix(unit.suffix) if same else ends[0]} to {ends[1]}"


def difference_of(found: Difference | None, unit: Unit) -> str:
    """Return a paired difference with its error; nothing where there is none to tell."""
    if found is None or found.estimate.mean is None:
        return ""
    mean, error = found.estimate.mean, found.estimate.se
    if mean == 0 and error == 0:
        return "none"
    suffix = unit.suffix if unit.error_suffix is None else unit.error_suffix
    bare = replace(unit, suffix="", error_suffix="")
    part = "" if found.compared == 1 else f", in {PERCENT.say(found.compared)} of replications"
    spread = "" if error is None else f" ± {bare.say_error(error)}"
    return f"{'+' if mean > 0 else ''}{bare.say(mean)}{spread}{suffix}{part}"


def target_of(run: Run, measure: str) -> int | None:
    """Return the high-case target of a count of outcomes, if the deal has one."""
    targets = {key("outcomes.{}", name): target for name, target in counted(run.scenario.deal)}
    return targets.get(measure)


def rows(made: Comparison) -> Iterator[tuple[Measure, list[tuple[str, str, str]]]]:
    """Yield each measure with, for each scenario, its figure, its nine in ten, and its difference to the first."""
    for measure in measures(made):
        cells = []
        for position, run in enumerate(made.runs):
            found = run.estimates.get(measure.key)
            figure, spread = ("", "") if found is None else figure_of(found, measure.unit, measure.definition.missing)
            target = target_of(run, measure.key)
            if target:
                spread = f"{spread}, of {target:,}"
            cells.append((figure, spread, difference_of(_difference(made, position, measure), measure.unit)))
        yield measure, cells


def _difference(made: Comparison, position: int, measure: Measure) -> Difference | None:
    """Return a measure's paired difference to the first run; rates of return are never averaged, nor are their differences."""
    return None if measure.is_rate else made.difference(position, measure.key)


def table(made: Comparison) -> pd.DataFrame:
    """Return all figures as one row for each measure and scenario: estimate, target, paired difference and its error."""
    return pd.DataFrame([line for measure in measures(made) for line in _lines(made, measure)])


def _lines(made: Comparison, measure: Measure) -> Iterator[dict[str, Any]]:
    for position, run in enumerate(made.runs):
        found = run.estimates.get(measure.key)
        if found is None:
            continue
        difference = _difference(made, position, measure)
        yield {
            "measure": measure.key,
            "scenario": made.names[position],
            "seed": run.seed,
            **dict.fromkeys(("mean", "se", "q05", "q25", "q50", "q75", "q95")),
            "undefined_share": found.undefined_share,
            "status": found.status,
            "target": target_of(run, measure.key),
            "difference": None if difference is None else difference.estimate.mean,
            "difference_se": None if difference is None else difference.estimate.se,
            "compared_share": None if difference is None else difference.compared,
        } | {name: value for name, value in found.as_dict().items() if name not in {"undefined_share", "status"}}


def as_data(made: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data: scenarios, seed, replications, every figure and every paired difference."""
    figures: dict[str, dict[str, Any]] = {name: {} for name in made.names}
    for line in (line for measure in measures(made) for line in _lines(made, measure)):
        kept = {
            key: value
            for key, value in line.items()
            if value is not None and key not in {"measure", "scenario", "seed"}
        }
        figures[line["scenario"]][line["measure"]] = kept
    return {
        "seed": made.seed,
        "replications": made.replications,
        "version": simulator.__version__,
        "scenarios": [
            {
                "scenario": run.scenario.name,
                "title": run.scenario.title,
                "deal": run.scenario.deal.name,
                "seed": run.seed,
                "file": Path(run.scenario.file).name,
                "digest": run.scenario.digest,
                "overlays": [overlay.model_dump(mode="json", by_alias=True) for overlay in run.scenario.overlays],
                "warnings": [problem.as_dict() for problem in run.scenario.warnings],
                "paired_to_first": made.paired(position),
                "measures": figures[run.scenario.name],
            }
            for position, run in enumerate(made.runs)
        ],
    }
