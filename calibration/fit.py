"""The fit of a population's deals to what is published of them (docs/calibration.md §2).

Prior, simulated replications, emulator, posterior; then once more with replications where the posterior is, so that the
emulator is good where it matters.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from calibration.about import About
from calibration.assumption_set import Fitted
from calibration.design import Design, simulate_design
from calibration.emulator import Emulator, fit_emulator
from calibration.evidence import Evidence, read_evidence
from calibration.observations import Observed, observed, quarters_used, simulated_scores
from calibration.posterior import Sampled, Sampling, sample
from calibration.priors import Parameter, Population, Priors, parameters_of, read_priors
from calibration.unknowns import Unknowns
from simulator.errors import nearest, refuse
from simulator.scenario.load import load_scenario
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
SEED = 2021
REPLICATIONS = 8_192
"""Of each deal in each round."""
ROUNDS = 3
SAMPLING = Sampling()
WIDER = 1.5
"""How much wider than the posterior the parameters of the next round's replications are spread."""
Tell = Callable[[str], None]
TOLD, WELL_TOLD = 0.25, 0.75
"""Parts of a parameter's prior variance that the figures must take away for it to be called partly told, and fitted."""


@dataclass(frozen=True)
class Setup:
    """What a fit starts from: the deals of a population, their parameters and what is reported of them."""

    name: str
    population: Population
    priors: Priors
    evidence: Mapping[str, Evidence]
    parameters: Mapping[str, tuple[Parameter, ...]]

    @classmethod
    def of(cls, name: str, priors: Priors | None = None) -> "Setup":
        """Return the setup of a population by name, with the project's own priors if none are given."""
        priors = priors or read_priors()
        population = priors.populations()[name]
        planned = {deal: load_scenario(deal).deal.referral_target for deal in population.deals}
        return cls(
            name,
            population,
            priors,
            {deal: read_evidence(deal) for deal in population.deals},
            {deal: parameters_of(population, deal, planned[deal]) for deal in population.deals},
        )

    @cached_property
    def unknowns(self) -> Unknowns:
        """Return the unknowns behind all deals' parameters."""
        return Unknowns.of(self.parameters)

    def observed(self, deal: str) -> Observed:
        """Return what is reported of a deal on the scales of the fit."""
        return observed(self.evidence[deal], self.priors.payments)

    def scores(self, deal: str, design: Design) -> Floats:
        """Return the same figures of replications."""
        end = self.evidence[deal].period_end
        quarters = [each for each in design.quarters if each <= end]
        return simulated_scores(design.progress, quarters, quarters_used(self.evidence[deal], self.priors.payments))

    def prior(self, deal: str) -> Fitted:
        """Return what is believed of a deal's parameters before the fit."""
        own = self.parameters[deal]
        said = {each.name: (each.prior.source, each.prior.quality) for each in own}
        means, sds = np.array([each.centre for each in own]), np.array([each.spread for each in own])
        return Fitted(own, means, sds, np.eye(len(own)), said)


@dataclass(frozen=True)
class Fit:
    """The posterior of a population, and how it was come by."""

    setup: Setup
    seed: int
    replications: int
    """Of each deal in each round."""
    rounds: int
    emulators: Mapping[str, Emulator]
    designs: Mapping[str, Design]
    """Replications of the last round."""
    sampled: Sampled
    moved: float
    """Largest shift of a parameter's posterior mean between the last two rounds, in posterior standard deviations."""

    def draws(self, deal: str) -> Floats:
        """Return the posterior draws of a deal's parameters on their scales, shape (draws, parameters)."""
        return self.setup.unknowns.of_deal(self.sampled.scores, deal)

    def resolved(self, deal: str) -> dict[str, float]:
        """Return what part of each parameter's prior variance the figures have taken away, by name."""
        spread = self.draws(deal).std(axis=0)
        own = self.setup.parameters[deal]
        return {each.name: 1.0 - float((sd / each.spread) ** 2) for each, sd in zip(own, spread, strict=True)}

    def fitted(self, deal: str) -> Fitted:
        """Return what is believed of a deal's parameters after the fit."""
        own, draws, resolved = self.setup.parameters[deal], self.draws(deal), self.resolved(deal)
        said = {each.name: _words(each, resolved[each.name]) for each in own}
        return Fitted(own, draws.mean(axis=0), draws.std(axis=0), np.atleast_2d(np.corrcoef(draws.T)), said)


def _words(parameter: Parameter, resolved: float) -> tuple[str, str]:
    """Return source and quality of a fitted belief."""
    prior, taken = parameter.prior, f"{100 * resolved:.0f} % of the prior variance taken away"
    if resolved < TOLD:
        return f"Hardly told by the published results, near to its prior. {prior.source}", prior.quality
    if resolved < WELL_TOLD:
        return (
            f"Partly told by the published results to the end of 2021 ({taken}). Prior: {prior.source}",
            prior.quality,
        )
    return f"Fitted to the published results to the end of 2021 ({taken}). Prior: {prior.source}", "B"


@dataclass(frozen=True)
class Likelihood:
    """How likely the reported figures of some deals are at their unknowns."""

    unknowns: Unknowns
    terms: Mapping[str, tuple[Emulator, Floats]]
    """For each deal the emulator and what is reported, both in units of luck and error together."""

    @classmethod
    def of(
        cls,
        setup: Setup,
        emulators: Mapping[str, Emulator],
        without: Collection[str] = (),
        only: Collection[About] | None = None,
    ) -> "Likelihood":
        """Return the likelihood of what is reported of deals.

        Args:
            setup: the deals and what is reported of them.
            emulators: by deal; what is reported of a deal without one is left out.
            without: deals whose results are left out all the same.
            only: the figures that count; all of them if not given.
        """
        terms = {
            deal: in_units_of_luck(*_chosen(setup.observed(deal), emulators[deal], only))
            for deal in emulators
            if deal not in without
        }
        return cls(setup.unknowns, terms)

    def __call__(self, scores: Floats) -> Floats:
        """Return the log likelihood of unknowns of shape (n, unknowns), shape (n,), up to a constant."""
        total = np.zeros(len(scores))
        for deal in self.terms:
            total += self.of_deal(deal, self.unknowns.of_deal(scores, deal))
        return total

    def of_deal(self, deal: str, parameters: Floats) -> Floats:
        """Return the log likelihood of a deal's own parameters, shape (n, parameters), shape (n,), up to a constant."""
        emulator, seen = self.terms[deal]
        return np.asarray(-0.5 * ((seen - emulator.mean(parameters)) ** 2).sum(axis=1))


def _chosen(seen: Observed, emulator: Emulator, only: Collection[About] | None) -> tuple[Observed, Emulator]:
    """Return what is reported and its emulator, of some figures if they are given."""
    if only is None:
        return seen, emulator
    kept = [place for place, about in enumerate(seen.figures) if about in only]
    return seen.only(kept), emulator.only(kept)


def in_units_of_luck(seen: Observed, emulator: Emulator) -> tuple[Emulator, Floats]:
    """Return an emulator and what is reported, both turned so that luck and error together are standard normal."""
    factor = np.asarray(np.linalg.cholesky(emulator.luck + seen.error), dtype=np.float64)
    return emulator.seen_through(factor), np.asarray(solve_triangular(factor, seen.values, lower=True))


def _silently(_: str) -> None:
    """Say nothing."""


def fit(
    name: str, *, seed: int = SEED, replications: int = REPLICATIONS, rounds: int = ROUNDS,
    sampling: Sampling = SAMPLING, pool: WorkerPool | None = None, setup: Setup | None = None, tell: Tell = _silently,
) -> Fit:  # fmt: skip
    """Return the fit of a population's deals.

    Args:
        name: the population.
        seed: seed of all luck, that of the replications and that of the sampler.
        replications: of each deal in each round.
        rounds: how often replications are simulated, each time where the last posterior was.
        sampling: how long to sample.
        pool: who simulates; this process alone if nobody.
        setup: what to start from; the project's own priors and evidence if none is given.
        tell: is told what has been done.
    """
    setup, pool = setup or Setup.of(name), pool or WorkerPool(1)
    believed = {deal: setup.prior(deal) for deal in setup.population.deals}
    means: dict[str, Floats] = {}
    for number in range(rounds):
        designs = {
            deal: simulate_design(deal, each, setup.priors.windows, replications, _seed(seed, number), pool)
            for deal, each in believed.items()
        }
        made = _conditioned(setup, designs, _seed(seed, number), sampling)
        tell(f"{name}: round {number + 1} of {rounds} done")
        moved = max((_shift(means[deal], made.fitted(deal)) for deal in means), default=np.inf)
        means = {deal: made.fitted(deal).mean for deal in believed}
        believed = {deal: spread_out(made.fitted(deal)) for deal in believed}
    return replace(made, seed=seed, replications=replications, rounds=rounds, moved=moved)


def fit_all(names: Collection[str], *, seed: int, replications: int, pool: WorkerPool, tell: Tell) -> dict[str, Fit]:
    """Return the fits of populations by name.

    Args:
        names: the populations; all if none is named.
        seed: seed of every random number.
        replications: of each deal in each round.
        pool: the processes that simulate.
        tell: is told, in words, what has been done.

    Raises:
        SibError: for a population that there is not.
    """
    known = read_priors().populations()
    for name in names:
        refuse(name not in known, f'there is no population "{name}"{nearest(name, known)}')
    return {
        name: fit(name, seed=seed, replications=replications, pool=pool, tell=tell) for name in names or tuple(known)
    }


def _conditioned(setup: Setup, designs: Mapping[str, Design], seed: int, sampling: Sampling) -> Fit:
    emulators = {deal: fit_emulator(each.parameters, setup.scores(deal, each)) for deal, each in designs.items()}
    sampled = posterior(setup, emulators, seed, sampling)
    count = len(next(iter(designs.values())).parameters)
    return Fit(setup, seed, count, 1, emulators, designs, sampled, np.inf)


def posterior(
    setup: Setup,
    emulators: Mapping[str, Emulator],
    seed: int,
    sampling: Sampling,
    without: Collection[str] = (),
    only: Collection[About] | None = None,
) -> Sampled:
    """Return draws of the unknowns given what is reported of deals.

    Args:
        setup: the deals and what is reported of them.
        emulators: by deal; what is reported of a deal without one is left out.
        seed: seed of the sampler.
        sampling: how many chains, and how long each is.
        without: deals whose results are left out all the same.
        only: the figures that count; all of them if not given.
    """
    luck = Generator(Philox(SeedSequence(seed)))
    return sample(Likelihood.of(setup, emulators, without, only), len(setup.unknowns.all), luck, sampling)


def _seed(seed: int, number: int) -> int:
    """Return the seed of a round, so that no round of one seed is a round of another."""
    return int(SeedSequence((seed, number)).generate_state(1, np.uint64)[0] >> 1)


def _shift(before: Floats, now: Fitted) -> float:
    return float(np.abs((now.mean - before) / now.sd).max())


def spread_out(fitted: Fitted) -> Fitted:
    """Return beliefs for the next round's replications: around the posterior, wider, and independent."""
    return replace(fitted, sd=fitted.sd * WIDER, correlation=np.eye(len(fitted.mean)))
