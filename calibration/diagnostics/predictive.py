"""What the posterior predicts for every published figure: lives of the running deals from the assumption sets as exported.

An assumption set keeps the margins and correlations of the posterior's draws, and not the draws. What that loses is seen beside
the same counts predicted from the draws themselves, through the emulator.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from calibration.about import About
from calibration.design import Design, running_scenario, watched
from calibration.diagnostics.intervals import Naive, Predicted, naive
from calibration.diagnostics.published import (
    TOTAL,
    Measure,
    Published,
    Standing,
    differences,
    figures_of,
    is_total,
    job_start_shares,
    published,
)
from calibration.evidence import Evidence
from calibration.export import assumption_set
from calibration.fit import Fit
from calibration.observations import COUNTED, counts_of_scores
from simulator.progress import PAYMENTS
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
Export = Callable[[Fit, str], str]
"""From a fit and a deal to the text of an assumption set."""
REPLICATIONS = 4_000
SEED_APART = 1_000
"""How far the first deal's seed is from that of the fit; the others' follow, so that no two deals share their luck."""


@dataclass(frozen=True)
class Checked:
    """A published figure beside its prediction."""

    published: Published
    predicted: Predicted
    note: str


@dataclass(frozen=True)
class Predictive:
    """What is predicted of the deals of a population."""

    checked: tuple[Checked, ...]
    naive: Mapping[str, Mapping[str, Naive]]
    """For each deal, the intervals of its counts from the counts alone."""
    through: Mapping[str, Mapping[str, Predicted]]
    """For each deal, its counts predicted from the posterior's draws through the emulator."""
    lucky: Mapping[str, Mapping[str, Predicted]]
    """The same at the draws' mean: the model's luck alone."""
    replications: int

    def of(self, deal: str, about: About) -> Predicted:
        """Return the prediction of a deal's figure.

        Raises:
            KeyError: if it is not published of the deal.
        """
        for each in self.checked:
            if (each.published.deal, each.published.about) == (deal, about):
                return each.predicted
        raise KeyError(about.name)

    def counts_inside(self) -> list[tuple[str, str, bool]]:
        """Return each deal and count of table 9, and whether what is reported is in the interval of nine in ten."""
        return [(deal, step, self.of(deal, About("count", step)).inside) for deal in self.naive for step in COUNTED]


def predict(
    fit: Fit, pool: WorkerPool, replications: int = REPLICATIONS, export: Export = assumption_set
) -> Predictive:
    """Return what the posterior predicts for every published figure of a population's deals.

    Args:
        fit: the fit.
        pool: who simulates.
        replications: of each deal.
        export: what makes the assumption sets.
    """
    evidence, luck = fit.setup.evidence, Generator(Philox(SeedSequence(fit.seed + SEED_APART)))
    lives = {
        deal: standing(simulate(fit, deal, export(fit, deal), replications, pool), known)
        for deal, known in evidence.items()
    }
    figures = published(evidence)
    simulated = _figures(lives, {deal: Measure.of(known) for deal, known in evidence.items()}, figures)
    return Predictive(
        tuple(
            Checked(each, Predicted.of(simulated[each.deal][each.about], each.value), note(fit, each))
            for each in figures
        ),
        {deal: naive(known.counts, luck) for deal, known in evidence.items()},
        {deal: through(fit, deal, fit.draws(deal), luck) for deal in evidence},
        {deal: through(fit, deal, _as_one(fit.draws(deal)), luck) for deal in evidence},
        replications,
    )


def simulate(fit: Fit, deal: str, text: str, replications: int, pool: WorkerPool) -> Design:
    """Return lives of a deal as it runs, with an assumption set given as text, at independent random points.

    Args:
        fit: the fit, whose seed the deal's own follows from.
        deal: the deal.
        text: the assumption set.
        replications: how many simulated runs.
        pool: the processes that simulate.
    """
    with TemporaryDirectory() as folder:
        scenario = running_scenario(deal, text, Path(folder))
        seed = fit.seed + SEED_APART + list(fit.setup.population.deals).index(deal)
        return watched(scenario, fit.setup.parameters[deal], replications, seed, pool, "random")


def standing(design: Design, evidence: Evidence) -> Standing:
    """Return where lives stand at the end of the period that is reported on."""
    end = design.quarters.index(evidence.period_end)
    paid = design.progress[PAYMENTS] / 100.0
    within = np.diff(paid, axis=1, prepend=0.0)
    quarters = [each.quarter_end for each in evidence.payments]
    return Standing(
        {name: design.progress[name][:, end].astype(np.float64) for name in COUNTED},
        paid[:, end],
        {day: within[:, design.quarters.index(day)] for day in quarters},
    )


def _figures(
    lives: Mapping[str, Standing], measures: Mapping[str, Measure], figures: list[Published]
) -> dict[str, dict[About, Floats]]:
    """Return the figures of each deal and, where they are the four that the report adds up, of all of them together.

    Lives of different deals are put together by number: what deals have in common is not in their separate sets.
    """
    shares = job_start_shares(figures)
    found = {deal: figures_of(each, measures[deal], shares.get(deal)) for deal, each in lives.items()}
    if not is_total(lives):
        return found
    planned = {name: sum(each.planned[name] for each in measures.values()) for name in COUNTED}
    together = reduce(Standing.__add__, lives.values())
    whole = figures_of(together, Measure(planned, 1.0), shares.get(TOTAL))
    flows = [each for each in whole if each.kind == "flow"]
    whole |= {each: np.mean([own[each] for own in found.values()], axis=0) for each in flows}
    return {deal: own | differences(own, whole) for deal, own in found.items()} | {TOTAL: whole}


def note(fit: Fit, each: Published) -> str:
    """Return what must be known of a figure before its prediction is judged; nothing if there is nothing."""
    kind, money = each.about.kind, each.about.kind in ("paid", "price")
    if each.deal == TOTAL:
        averaged = "Mean of the four deals." if kind == "flow" else ""
        return "Quarters that are not fitted to are in it." if money else averaged
    if kind == "flow":
        return _specialists(fit.setup.evidence[each.deal], each)
    left_out = [left for left in fit.setup.priors.payments.left_out if left.deal == each.deal]
    if kind == "quarter":
        (paid,) = (q for q in fit.setup.evidence[each.deal].payments if q.quarter_end == each.about.quarter_end)
        if paid.basis == "activity":
            return "Activity payment: a term of the contract."
        return " ".join(f"Not fitted to. {left.why}." for left in left_out if left.start <= paid.quarter_end < left.end)
    return f"Quarters that are not fitted to are in it. {left_out[0].why}." if left_out and money else ""


def _specialists(evidence: Evidence, each: Published) -> str:
    """Return how many specialists a flow of table 10 implies, beside those of appendix I."""
    if not each.about.step:
        return "Sum of the four flows; no caseload."
    implied = getattr(evidence.counts, each.about.step) / len(evidence.payments) / each.value
    return f"Implies {implied:.1f} specialists; appendix I has {evidence.specialists}."


def _as_one(draws: Floats) -> Floats:
    """Return the mean of draws as often as there are draws."""
    return np.broadcast_to(draws.mean(axis=0), draws.shape)


def through(fit: Fit, deal: str, draws: Floats, luck: Generator) -> dict[str, Predicted]:
    """Return the counts at parameters of shape (n, parameters) as the emulator predicts them, luck added.

    Args:
        fit: the fit.
        deal: the deal.
        draws: the parameters, on their scales.
        luck: the random number generator.
    """
    emulator, known = fit.emulators[deal], fit.setup.evidence[deal].counts
    scores = emulator.mean(draws) + luck.multivariate_normal(np.zeros(len(emulator.luck)), emulator.luck, len(draws))
    counts = counts_of_scores(scores[:, : len(COUNTED)])
    return {name: Predicted.of(np.round(counts[:, place]), getattr(known, name)) for place, name in enumerate(COUNTED)}
