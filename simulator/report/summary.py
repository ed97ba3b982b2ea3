"""The run in figures: `summary.json`, and the few lines that a terminal shows."""

from typing import Any

from simulator.estimates import LEVELS, Estimate, as_dicts
from simulator.monte_carlo import Run
from simulator.precision import Convergence
from simulator.words import Unit, say


def summary(run: Run) -> dict[str, Any]:
    """Return what `summary.json` holds: scenario, replications, seed, and every measure's estimate by name.

    The points are named where they are not random, and the precision where one was wanted.
    """
    points = {} if run.points == "random" else {"points": run.points}
    precision = {} if run.convergence is None else {"precision": as_data(run.convergence)}
    return {
        "scenario": run.scenario.name,
        "replications": run.replications,
        "seed": run.seed,
        **points,
        **precision,
        "measures": as_dicts(run.estimates),
    }


def as_data(made: Convergence) -> dict[str, Any]:
    """Return what was wanted, whether it was reached, and what was seen at each look, as plain data."""
    names = [wanted.name for wanted in made.wanted]
    return {
        "wanted": {wanted.name: wanted.error for wanted in made.wanted},
        "reached": made.reached,
        "looks": [
            {
                "replications": look.replications,
                "estimates": {
                    name: {"value": seen.value, "error": seen.error}
                    for name, seen in zip(names, look.seen, strict=True)
                },
            }
            for look in made.looks
        ],
    }


def headline_rows(run: Run) -> list[tuple[str, str, str, str, str]]:
    """Return rows of words for a terminal: measure, mean with its error, P5, median, P95."""
    chosen = [each for each in run.measures.values() if each.is_shown("run", run.scenario.deal)]
    return [(each.label, *_row(run.estimates[each.key], each.unit)) for each in chosen]


def _row(found: Estimate, unit: Unit) -> tuple[str, str, str, str]:
    mean = "" if found.mean is None or found.se is None else f"{unit.say(found.mean)} ± {unit.say_error(found.se)}"
    if found.mean is not None and found.quantiles == (None,) * len(LEVELS):
        return mean, "", "", ""
    low, middle, high = (say(unit, found.quantiles[LEVELS.index(level)]) for level in (0.05, 0.5, 0.95))
    return mean, low, middle, high
