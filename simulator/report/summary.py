"""The run in figures: `summary.json`."""

from typing import Any

from simulator.estimates import as_dicts
from simulator.monte_carlo import Run
from simulator.precision import Convergence


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
