"""How far each prior moves what matters: the posterior's draws reweighted for priors that are moved, narrowed and widened.

All unknowns are standard normal a priori, so the weights for another normal prior are ratios of two normal densities.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import Emulator, fit_emulator
from calibration.fit import Fit
from calibration.unknowns import Unknown
from simulator.progress import PAYMENTS

Floats = NDArray[np.float64]
QUANTITIES = ("engagement", "job_start", "sustainment", PAYMENTS)
"""What matters, at the end of the term if rates go on as they are."""
MOVES = {"up": (1.0, 1.0), "down": (-1.0, 1.0), "half as wide": (0.0, 0.5), "twice as wide": (0.0, 2.0)}
"""Mean and standard deviation of the prior instead, on the score whose prior is standard normal."""
_LEAST = 1.0
"""Least count, or pound, whose logarithm is taken."""


@dataclass(frozen=True)
class Effect:
    """What another prior of one unknown makes of one quantity of one deal."""

    deal: str
    unknown: Unknown
    move: str
    quantity: str
    percent: float | None
    """Change of the expectation; none where the draws do not reach far enough for weights to tell."""
    sds: float | None
    """The same in posterior standard deviations of the quantity's expectation."""
    effective: float
    """How many draws of equal weight those reweighted are worth, as a part of all."""


@dataclass(frozen=True)
class Ahead:
    """What is expected at the end of a deal's term, as a function of its parameters."""

    emulator: Emulator

    @classmethod
    def of(cls, fit: Fit, deal: str) -> "Ahead":
        """Return it from the replications of the fit's last round, which run to the end of the term and its claims."""
        design = fit.designs[deal]
        ends = [design.progress[name][:, -1] / (100.0 if name == PAYMENTS else 1.0) for name in QUANTITIES]
        return cls(fit_emulator(design.parameters, np.log(np.maximum(np.column_stack(ends), _LEAST))))

    def expected(self, draws: Floats) -> Mapping[str, Floats]:
        """Return the expected quantities at parameters of shape (n, parameters), by name, each of shape (n,)."""
        return dict(zip(QUANTITIES, np.exp(self.emulator.mean(draws)).T, strict=True))


def effects(fit: Fit, deal: str) -> list[Effect]:
    """Return what each move of each prior that a deal's parameters rest on makes of each quantity."""
    expected = Ahead.of(fit, deal).expected(fit.draws(deal))
    found = []
    unknowns = fit.setup.unknowns
    for unknown in unknowns.behind(deal):
        scores = fit.sampled.scores[:, unknowns.all.index(unknown)]
        for move, (mean, sd) in MOVES.items():
            weights = reweighted(np.abs(scores) if unknown.role == "spread" else scores, mean, sd)
            effective = float(1.0 / (len(weights) * (weights**2).sum()))
            known = sd <= 1.0 or reaches(scores, sd)
            for quantity, values in expected.items():
                found.append(_effect(deal, unknown, move, quantity, values, weights, effective, known))
    return found


def _effect(
    deal: str,
    unknown: Unknown,
    move: str,
    quantity: str,
    values: Floats,
    weights: Floats,
    effective: float,
    known: bool,
) -> Effect:
    if not known:
        return Effect(deal, unknown, move, quantity, None, None, effective)
    before, after = float(values.mean()), float(weights @ values)
    spread = float(values.std())
    sds = (after - before) / spread if spread > 0 else 0.0
    return Effect(deal, unknown, move, quantity, 100 * (after / before - 1), sds, effective)


def reweighted(scores: Floats, mean: float, sd: float) -> Floats:
    """Return weights, adding up to 1, that make draws under a standard normal prior into ones under another, shape (n,).

    Args:
        scores: the draws, shape (n,).
        mean: mean of the other prior.
        sd: its standard deviation.
    """
    logs = scores**2 / 2 - ((scores - mean) / sd) ** 2 / 2
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def reaches(scores: Floats, sd: float) -> bool:
    """Return whether draws are spread so little that weights for a wider prior have a variance.

    The square of a weight goes as exp(z² (1 - 1/sd²)), which a normal of variance v can average only if v is below
    1 / (2 (1 - 1/sd²)).
    """
    second = float((scores**2).mean())
    return second < 1.0 / (2.0 * (1.0 - 1.0 / sd**2))


def ranked(found: list[Effect], quantity: str) -> list[Unknown]:
    """Return the unknowns, the one whose prior moves a quantity most first."""
    size: dict[Unknown, float] = {}
    for each in found:
        if each.quantity == quantity and each.percent is not None and each.move in ("up", "down"):
            size[each.unknown] = max(size.get(each.unknown, 0.0), abs(each.percent))
    return sorted(size, key=lambda unknown: -size[unknown])
