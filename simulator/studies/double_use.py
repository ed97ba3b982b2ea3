"""Takes out what assumptions know already: sets that were fitted to the very counts that replications are matched to.

Draws of such a set come from what was believed before, times the likelihood of the counts. To match replications to the counts
as well would use the counts twice, and make the forecast too sure. The weight of each replication is therefore divided by its
own draw's likelihood of the counts, which the run itself shows: the matched figures are regressed on the draws' normal scores
(docs/model.md §19.4).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.scenario.draws import draw_places
from simulator.scenario.model import Scenario
from simulator.studies.actuals import Actuals
from simulator.studies.sample import Sample

Floats = NDArray[np.float64]
RIDGE = 1e-3
"""Penalty on coefficients, in variances of a score: keeps them small where draws carry no information."""
LEAST = 1e-3
"""Part of the largest likelihood below which none is taken to lie: no weight is raised more than the inverse of this."""
FOR_EACH = 20
"""The least number of replications for each feature of the regression: with fewer it takes chance for information."""


def shared_counts(scenario: Scenario, actuals: Actuals) -> dict[str, int]:
    """Return the counts that the assumptions were fitted to and that are reported as well, or lie within what is reported.

    They lie within it where the as-of date is later and nothing is said of the day of the fit.
    """
    fitted = scenario.assumptions.fitted_to
    known = _on_the_day_of_the_fit(scenario, actuals)
    if fitted is None:
        return {}
    return {name: count for name, count in fitted.counts.items() if name in known and known[name] in (None, count)}


def fitted_to_others(scenario: Scenario, actuals: Actuals) -> bool:
    """Return whether a reported count differs from the one that the assumptions were fitted to, or none is the same."""
    fitted, known = scenario.assumptions.fitted_to, _on_the_day_of_the_fit(scenario, actuals)
    if fitted is None or not actuals.counts:
        return False
    differ = any(known.get(name) not in (None, count) for name, count in fitted.counts.items())
    return differ or not shared_counts(scenario, actuals)


def _on_the_day_of_the_fit(scenario: Scenario, actuals: Actuals) -> dict[str, int | None]:
    """Return the counts reported by the day of the fit; None for those reported by a later day and not by that one."""
    fitted = scenario.assumptions.fitted_to
    if fitted is None or fitted.deal != scenario.deal.name:
        return {}
    day = fitted.as_of
    return {name: each.by(day) for name, each in actuals.counts.items() if each.last_day >= day}


def enough_to_correct(scenario: Scenario) -> int:
    """Return how many replications it takes to estimate what draws say of the counts: two features for each such assumption."""
    return FOR_EACH * 2 * len(_uncertain(scenario))


def _uncertain(scenario: Scenario) -> list[str]:
    beliefs = scenario.assumptions.beliefs()
    return [name for name, belief in beliefs.items() if not getattr(belief, "is_fixed", True)]


def is_taken_out(scenario: Scenario, actuals: Actuals, sample: Sample) -> bool:
    """Return whether what the assumptions know already can be taken out: there is something, and enough replications.

    Args:
        scenario: the scenario, with its uncertain assumptions and what they were fitted to.
        actuals: what is reported; only counts that the fit used as well matter here.
        sample: the replications, watched on the day of the fit among others.
    """
    uncertain = bool(_uncertain(scenario)) and sample.replications >= enough_to_correct(scenario)
    return uncertain and fitted_gaps(scenario, actuals, sample).shape[1] > 0


def fitted_gaps(scenario: Scenario, actuals: Actuals, sample: Sample) -> Floats:
    """Return how far replications stood from the shared counts on the day of the fit, in spreads of roots, shape (n, k).

    Args:
        scenario: the scenario, with the day on which its assumptions were fitted.
        actuals: what is reported; only counts that the fit used as well matter here.
        sample: the replications, n of them, watched on that day.
    """
    fitted, columns = scenario.assumptions.fitted_to, []
    if fitted is not None:
        for name, count in shared_counts(scenario, actuals).items():
            roots = np.sqrt(sample.on(name, [fitted.as_of])[:, 0])
            if np.ptp(roots) > 0:
                columns.append((roots - np.sqrt(count)) / float(roots.std()))
    return np.column_stack(columns) if columns else np.zeros((sample.replications, 0))


def normal_scores(scenario: Scenario, seed: int, count: int) -> Floats:
    """Return the normal scores of the uncertain assumptions' places in their distributions, shape (count, assumptions).

    Args:
        scenario: the scenario whose uncertain assumptions they are.
        seed: seed of the parameter draws.
        count: number of replications, from 0 on.
    """
    places = draw_places(scenario, seed, 0, count)
    return np.column_stack([ndtri(np.clip(places[name], 2.0**-54, 1 - 2.0**-53)) for name in _uncertain(scenario)])


def log_likelihood(mean: Floats, covariance: Floats, h: float) -> Floats:
    """Return the logarithm of each draw's own likelihood of the counts, up to a constant, shape (n,).

    Args:
        mean: what the draw predicts of the gaps between replication and actuals, in spreads, shape (n, k): the actuals are at 0.
        covariance: of what it does not predict, shape (k, k).
        h: width of the kernel, in spreads.
    """
    smoothed = covariance + h**2 * np.eye(len(covariance))
    found = -0.5 * np.einsum("ij,ij->i", mean, np.linalg.solve(smoothed, mean.T).T)
    return np.asarray(np.maximum(found, found.max() + np.log(LEAST)))


def regression(statistics: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Return what scores, shape (n, p), and their squares predict of statistics, (n, k), and the covariance of the rest."""
    n = len(statistics)
    features = np.column_stack([scores, scores**2])
    features = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-12)
    centre = statistics.mean(axis=0)
    gram = features.T @ features + RIDGE * n * np.eye(features.shape[1])
    mean = centre + features @ np.linalg.solve(gram, features.T @ (statistics - centre))
    rest = statistics - mean
    return np.asarray(mean), np.asarray(rest.T @ rest / n)
