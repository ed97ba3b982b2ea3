"""Each deal predicted from the others: its own referrals are known, and nothing of what became of the people referred."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from calibration.about import CONVERSIONS, About
from calibration.assumption_set import Fitted
from calibration.design import set_for_a_run
from calibration.diagnostics.intervals import Predicted
from calibration.diagnostics.predictive import simulate, standing
from calibration.diagnostics.published import Measure, figures_of
from calibration.diagnostics.scoring import sample_crps
from calibration.emulator import Emulator
from calibration.evidence import Evidence
from calibration.fit import Fit, Likelihood, in_units_of_luck
from calibration.observations import COUNTED, Observed
from calibration.posterior import Sampling, sample
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
REPLICATIONS = 2_000
SAMPLING = Sampling(chains=100, stages=3, warm_up=100, kept=20, apart=5)


@dataclass(frozen=True)
class LeftOut:
    """A figure of a deal predicted without the deal's own results."""

    deal: str
    about: About
    """The count of referrals, which is given, or a conversion in percent."""
    others: Predicted
    """From the results of the other deals."""
    prior: Predicted
    """From what is believed before any results."""
    score: float
    """Continuous ranked probability score of the first: how far it is from what came, in the figure's unit; less is better."""
    prior_score: float


def left_out(
    fit: Fit, pool: WorkerPool, replications: int = REPLICATIONS, sampling: Sampling = SAMPLING
) -> list[LeftOut]:
    """Return, for each deal of a population of several, its conversions predicted without its own; nothing for a single one.

    Lives are simulated anew at what is then believed, since the fit's emulators are good only near to the fit.

    Args:
        fit: the fit of the population.
        pool: the processes that simulate.
        replications: of each deal, once with the other deals' results and once without.
        sampling: how many chains, and how long each is, of each deal left out.
    """
    deals = fit.setup.population.deals
    return [each for deal in deals if len(deals) > 1 for each in _predicted(fit, deal, pool, replications, sampling)]


def _predicted(fit: Fit, deal: str, pool: WorkerPool, replications: int, sampling: Sampling) -> list[LeftOut]:
    known = fit.setup.evidence[deal]
    lives = []
    for others in (True, False):
        text = set_for_a_run(deal, believed(fit, deal, others, sampling), fit.setup.priors.windows)
        lives.append(
            figures_of(standing(simulate(fit, deal, text, replications, pool), known), Measure.of(known), None)
        )
    found = []
    for about, reported in reported_figures(known).items():
        draws, before = lives[0][about], lives[1][about]
        found.append(
            LeftOut(
                deal, about, Predicted.of(draws, reported), Predicted.of(before, reported),
                *(sample_crps(each, np.ones(len(each)), reported) for each in (draws, before)),
            )
        )  # fmt: skip
    return found


def reported_figures(known: Evidence) -> dict[About, float]:
    """Return a deal's referrals and, in percent, its conversions, from its counts and so not rounded."""
    counts = {step: float(getattr(known.counts, step)) for step in COUNTED}
    conversions = {each: 100 * counts[each.step] / counts[each.before] for each in CONVERSIONS.values()}
    return {About("count", COUNTED[0]): counts[COUNTED[0]]} | conversions


def believed(fit: Fit, deal: str, others: bool, sampling: Sampling) -> Fitted:
    """Return what is believed of a deal given its referrals and, if wanted, all that is reported of the other deals.

    Args:
        fit: the fit of the population.
        deal: the deal whose own results are left out but for its referrals.
        others: whether the other deals' results count.
        sampling: how many chains, and how long each is.
    """
    setup, own = fit.setup, fit.setup.parameters[deal]
    terms = dict(Likelihood.of(setup, fit.emulators if others else {}, {deal}).terms)
    terms[deal] = referrals_alone(fit.emulators[deal], setup.observed(deal))
    luck = Generator(Philox(SeedSequence(fit.seed)))
    sampled = sample(Likelihood(setup.unknowns, terms), len(setup.unknowns.all), luck, sampling)
    draws = setup.unknowns.of_deal(sampled.scores, deal)
    said = {each.name: ("Without the deal's own results", each.prior.quality) for each in own}
    return Fitted(own, draws.mean(axis=0), draws.std(axis=0), np.atleast_2d(np.corrcoef(draws.T)), said)


def referrals_alone(emulator: Emulator, seen: Observed) -> tuple[Emulator, Floats]:
    """Return the term of a likelihood in which nothing of a deal is reported but its referrals, in units of their luck."""
    return in_units_of_luck(seen.only([0]), emulator.only([0]))
