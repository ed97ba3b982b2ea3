"""What the published results tell of each parameter: a table for the terminal, and the same as plain data."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from calibration.fit import TOLD, Fit
from calibration.priors import Parameter
from calibration.scales import from_scale
from simulator.report.terminal import show_table, table

LEVELS = (5.0, 50.0, 95.0)
"""Percentiles shown."""
_NAMES = 30
"""Columns in which a parameter's name is not broken."""
Floats = NDArray[np.float64]


def show(fits: Mapping[str, Fit]) -> None:
    """Print a table of each deal's parameters, prior beside posterior, and how well the chains agree."""
    for fit in fits.values():
        for deal in fit.setup.population.deals:
            title = f"{deal}: what the published results tell"
            show_table(table(title, ("parameter", "prior", "posterior", "told"), _rows(fit, deal), _NAMES))
        print(convergence(fit))


def convergence(fit: Fit) -> str:
    """Return how well the chains agree and how far the last round moved the posterior, in words."""
    sampled = fit.sampled
    return (
        f"{len(sampled.scores)} draws; largest split R-hat {sampled.shrink.max():.3f}, fewest effective draws"
        f" {sampled.effective.min():.0f}; the last round moved no mean by more than {fit.moved:.2f} of its sd.\n"
    )


def as_data(fits: Mapping[str, Fit]) -> dict[str, Any]:
    """Return priors and posteriors as plain data, by deal and parameter."""
    return {deal: _data(fit, deal) for fit in fits.values() for deal in fit.setup.population.deals}


def _data(fit: Fit, deal: str) -> dict[str, Any]:
    resolved = fit.resolved(deal)
    return {
        each.name: {
            "unit": each.prior.unit,
            "prior": _prior(each),
            "posterior": _percentiles(each, draws),
            "told": round(resolved[each.name], 4),
        }
        for each, draws in zip(fit.setup.parameters[deal], fit.draws(deal).T, strict=True)
    }


def _prior(parameter: Parameter) -> dict[str, float]:
    return _in_units(parameter, parameter.centre + parameter.spread * ndtri(np.array(LEVELS) / 100))


def _percentiles(parameter: Parameter, places: Floats) -> dict[str, float]:
    return _in_units(parameter, np.percentile(places, LEVELS))


def _in_units(parameter: Parameter, places: Floats) -> dict[str, float]:
    """Return the values at places of a parameter's scale, by name of the percentile."""
    found = from_scale(parameter.prior.scale, places, parameter.most)
    return {f"q{level:02.0f}": float(f"{value:.4g}") for level, value in zip(LEVELS, found, strict=True)}


def _rows(fit: Fit, deal: str) -> list[list[str]]:
    rows = []
    for name, row in _data(fit, deal).items():
        mark = "" if row["told"] >= TOLD else ", hardly"
        cells = [_cell(belief) for belief in (row["prior"], row["posterior"])]
        rows.append([name, *cells, f"{100 * max(0.0, row['told']):.0f} %{mark}"])
    return rows


def _cell(belief: Mapping[str, float]) -> str:
    return f"{belief['q50']:.3g} ({belief['q05']:.3g} to {belief['q95']:.3g})"
