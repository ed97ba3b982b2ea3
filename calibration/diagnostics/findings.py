"""All that the diagnostics find of a population, and the same as tables of plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from calibration.about import About
from calibration.diagnostics.identification import RIDGE, Identified, Ridge, cannot_be_told, identified, ridge
from calibration.diagnostics.intervals import LEVELS, Predicted
from calibration.diagnostics.left_out import REPLICATIONS as LEFT_OUT
from calibration.diagnostics.left_out import SAMPLING, LeftOut, left_out
from calibration.diagnostics.predictive import REPLICATIONS as PREDICTIONS
from calibration.diagnostics.predictive import Export, Predictive, predict
from calibration.diagnostics.sensitivity import Effect, effects
from calibration.export import assumption_set
from calibration.fit import TOLD, Fit
from calibration.observations import COUNTED
from calibration.posterior import Sampling
from simulator.workers import WorkerPool


@dataclass(frozen=True)
class Effort:
    """How much is simulated and sampled for the diagnostics."""

    predictions: int = PREDICTIONS
    left_out: int = LEFT_OUT
    sampling: Sampling = SAMPLING


@dataclass(frozen=True)
class Findings:
    """What the diagnostics find of one population."""

    fit: Fit
    predictive: Predictive
    identified: Sequence[Identified]
    ridges: Sequence[Ridge]
    effects: Mapping[str, Sequence[Effect]]
    """By deal."""
    left_out: Sequence[LeftOut]

    @property
    def deals(self) -> tuple[str, ...]:
        """Return the deals of the population."""
        return tuple(self.fit.setup.population.deals)

    def cannot_be_told(self) -> list[str]:
        """Return sentences about the parameters that the figures hardly tell."""
        return cannot_be_told(self.identified)


def find(fit: Fit, pool: WorkerPool, effort: Effort, export: Export = assumption_set) -> Findings:
    """Return what the diagnostics find of a fit.

    Args:
        fit: the fit.
        pool: the processes that simulate.
        effort: how much is simulated and sampled.
        export: what makes a deal's assumption set of the fit.
    """
    deals = fit.setup.population.deals
    names = [each.name for each in fit.setup.population.all]
    return Findings(
        fit,
        predict(fit, pool, effort.predictions, export),
        [each for deal in deals for each in identified(fit, deal)],
        [ridge(fit, deal) for deal in deals if all(name in names for name in RIDGE)],
        {deal: effects(fit, deal) for deal in deals},
        left_out(fit, pool, effort.left_out, effort.sampling),
    )


def frames(found: Sequence[Findings]) -> dict[str, pd.DataFrame]:
    """Return everything found as tables by name; numbers are not rounded, what is infinite or not known is empty."""
    rows = {
        "predictive": [row for each in found for row in _predictive(each.predictive)],
        "counts": [row for each in found for row in count_rows(each.predictive)],
        "identification": [_identified(one) for each in found for one in each.identified],
        "sensitivity": [_effect(one) for each in found for of in each.effects.values() for one in of],
        "left_out": [_left_out(one) for each in found for one in each.left_out],
    }
    return {name: pd.DataFrame(of) for name, of in rows.items()}


def _quantiles(found: Predicted, prefix: str = "") -> dict[str, float | None]:
    return {
        f"{prefix}q{100 * level:02.0f}": value if isfinite(value) else None
        for level, value in zip(LEVELS, found.quantiles, strict=True)
    }


def _predictive(made: Predictive) -> list[dict[str, Any]]:
    return [
        {"table": each.published.table, "deal": each.published.deal, "figure": each.published.about.name}
        | {"published": each.published.value}
        | _quantiles(each.predicted)
        | {"inside_90": each.predicted.inside, "percentile": 100 * each.predicted.percentile, "note": each.note}
        for each in made.checked
    ]


def count_rows(made: Predictive) -> list[dict[str, Any]]:
    """Return, for each count of each deal, the width of its interval beside those from counts alone and from the draws."""
    found = []
    for deal, name in ((deal, name) for deal in made.naive for name in COUNTED):
        predicted, alone, through = (
            made.of(deal, About("count", name)),
            made.naive[deal][name],
            made.through[deal][name],
        )
        luck, repeat = alone.luck[1] - alone.luck[0], alone.repeat[1] - alone.repeat[0]
        row: dict[str, Any] = {"deal": deal, "figure": name, "published": predicted.reported} | _quantiles(predicted)
        row |= {"inside_90": predicted.inside, "percentile": 100 * predicted.percentile, "width": predicted.width}
        row |= {"naive_q05": alone.repeat[0], "naive_q95": alone.repeat[1], "naive_width": repeat}
        row |= {"luck_alone_width": luck, "width_to_naive": predicted.width / repeat}
        own = made.lucky[deal][name].width
        row |= {"model_luck_width": own, "width_to_model_repeat": predicted.width / (np.sqrt(2) * own)}
        row |= _quantiles(through, "draws_") | {"draws_width": through.width}
        found.append(row | {"width_to_draws": predicted.width / through.width})
    return found


def _identified(each: Identified) -> dict[str, Any]:
    strongest = [f"{name} {rho:+.2f}" for name, rho in each.goes_with]
    return {
        "deal": each.deal, "parameter": each.parameter.name, "scale": each.parameter.prior.scale, "prior_sd": each.prior_sd,
        "posterior_sd": each.posterior_sd, "shift_in_prior_sds": each.shift, "told": each.resolved, "verdict": each.verdict,
        "goes_with": "; ".join(strongest),
    }  # fmt: skip


def _effect(each: Effect) -> dict[str, Any]:
    return {
        "deal": each.deal, "unknown": each.unknown.name, "prior": each.move, "quantity": each.quantity, "percent": each.percent,
        "posterior_sds": each.sds, "effective_part_of_draws": each.effective,
    }  # fmt: skip


def _left_out(each: LeftOut) -> dict[str, Any]:
    row: dict[str, Any] = {"deal": each.deal, "figure": each.about.name, "reported": each.others.reported}
    row |= _quantiles(each.others) | {"inside_90": each.others.inside, "percentile": 100 * each.others.percentile}
    row |= {"score": each.score}
    return row | _quantiles(each.prior, "prior_") | {"prior_score": each.prior_score}


def summary(found: Mapping[str, Findings]) -> dict[str, Any]:
    """Return the main findings as plain data, by population."""
    return {name: _summary(each) for name, each in found.items()}


def _summary(each: Findings) -> dict[str, Any]:
    inside, rows = each.predictive.counts_inside(), count_rows(each.predictive)
    sampled = each.fit.sampled
    return {
        "deals": list(each.deals),
        "draws": len(sampled.scores),
        "largest_split_r_hat": float(sampled.shrink.max()),
        "fewest_effective_draws": float(sampled.effective.min()),
        "replications": each.predictive.replications,
        "counts_of_table_9": len(inside),
        "counts_inside_90": sum(good for _, _, good in inside),
        "counts_outside_90": [{"deal": deal, "figure": name} for deal, name, good in inside if not good],
        "figures_published": len(each.predictive.checked),
        "figures_inside_90": sum(one.predicted.inside for one in each.predictive.checked),
        "width_to_naive": _range([row["width_to_naive"] for row in rows]),
        "width_to_model_repeat": _range([row["width_to_model_repeat"] for row in rows]),
        "width_to_draws": _range([row["width_to_draws"] for row in rows]),
        "hardly_told": {
            deal: [one.parameter.name for one in each.identified if one.deal == deal and one.resolved < TOLD]
            for deal in each.deals
        },
        "left_out": [_left_out(one) for one in each.left_out],
    }


def _range(values: Sequence[float]) -> dict[str, float]:
    return {"least": min(values), "median": float(pd.Series(values).median()), "most": max(values)}
