"""Fits small enough for tests: a part of the priors, and an emulator that stands for the simulator."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from calibration.about import About
from calibration.diagnostics.findings import Effort
from calibration.emulator import Emulator
from calibration.evidence import read_evidence
from calibration.fit import Fit, Likelihood, Setup, fit
from calibration.observations import Observed
from calibration.posterior import Sampling
from calibration.priors import parameters_of, read_priors
from simulator.scenario.load import load_scenario
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
SHORT = Sampling(chains=24, stages=2, warm_up=40, kept=10, apart=4)
LITTLE = Effort(predictions=250, left_out=100, sampling=SHORT)
TWO = ("shropshire", "enfield")


def setup_of(deals: tuple[str, ...], names: tuple[str, ...] = ()) -> Setup:
    """Return the setup of some deals for severe mental illness, of all their parameters or of some."""
    priors = read_priors()
    whole = priors.severe_mental_illness
    kept = {
        "priors": tuple(each for each in whole.priors if not names or each.name in names),
        "factors": tuple(each for each in whole.factors if not names or each.name in names),
    }
    population = whole.model_copy(update={"deals": deals, **kept})
    planned = {deal: load_scenario(deal).deal.referral_target for deal in deals}
    return Setup(
        "severe_mental_illness",
        population,
        priors,
        {deal: read_evidence(deal) for deal in deals},
        {deal: parameters_of(population, deal, planned[deal]) for deal in deals},
    )


@cache
def small_fit() -> Fit:
    """Return a fit of two deals to replications that are too few for anything but tests of what is made of a fit."""
    return small_fit_again()


def small_fit_again() -> Fit:
    """Return the same fit, made anew."""
    return fit(
        "severe_mental_illness",
        replications=512,
        rounds=1,
        sampling=SHORT,
        pool=WorkerPool(1),
        setup=setup_of(TWO),
    )


@dataclass(frozen=True)
class Linear:
    """Figures that are linear in parameters, whose posterior has a closed form."""

    slopes: Floats
    """Shape (unknowns, figures)."""
    luck: Floats
    """Standard deviations, shape (figures,)."""
    seen: Floats

    def log_likelihood(self, scores: Floats) -> Floats:
        return np.asarray(-0.5 * (((self.seen - scores @ self.slopes) / self.luck) ** 2).sum(axis=1))

    def posterior(self) -> tuple[Floats, Floats]:
        """Return mean and covariance of the unknowns, a priori standard normal."""
        weighted = self.slopes / self.luck**2
        covariance = np.linalg.inv(np.eye(len(self.slopes)) + weighted @ self.slopes.T)
        return np.asarray(covariance @ weighted @ self.seen), np.asarray(covariance)


def straight(middle: Floats, width: Floats, slopes: Floats, luck: Floats) -> Emulator:
    """Return an emulator that is linear: slopes, shape (parameters, figures), for each width from the middle."""
    d, k = slopes.shape
    coefficients = np.zeros((1 + d + d * (d + 1) // 2, k))
    coefficients[1 : 1 + d] = slopes
    return Emulator(middle, width, coefficients, np.diag(luck**2), np.ones(k))


def likelihood(setup: Setup, deal: str, emulator: Emulator, seen: Floats) -> Likelihood:
    """Return the likelihood of figures that were made up."""
    figures = tuple(About("count", f"step {number}") for number in range(len(seen)))
    made_up = Observed(figures, seen, np.zeros((len(seen), len(seen))))

    class MadeUp(Setup):
        def observed(self, deal: str) -> Observed:
            return made_up

    stand_in = MadeUp(setup.name, setup.population, setup.priors, setup.evidence, setup.parameters)
    return Likelihood.of(stand_in, {deal: emulator})
