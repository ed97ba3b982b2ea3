"""Predictions of a year's payments from what was paid before it (docs/calibration.md §5).

Nothing published of 2021 enters: no payment, no count (they are published for the end of 2021 only), no reason to leave a quarter
out and no term of a contract that was read off the payments of 2021.

The fit gives the parameters' posterior; replications at draws from it are weighted by how well their own payments match. The
posterior knows of those payments already, so that a replication's weight is its match over the likelihood of its parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from calibration.about import About
from calibration.assumption_set import Fitted
from calibration.design import Design, running_scenario, set_for_a_run, simulate_design, watched
from calibration.diagnostics.scoring import quantiles, tempered
from calibration.emulator import Emulator, fit_emulator
from calibration.evidence import Evidence, QuarterPayment
from calibration.fit import SAMPLING, Fit, Likelihood, Setup, posterior, spread_out
from calibration.observations import quarters_used
from calibration.posterior import Sampling
from calibration.priors import PaymentsFitted, Priors
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.scenario.rate_card import Cap
from simulator.studies.weighting import effective_size
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KNOWN_TO = date(2020, 12, 31)
PREDICTED = tuple(date(2021, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)))
"""Last days of the quarters predicted."""
REPLICATIONS, FIT_REPLICATIONS, ROUNDS = 20_000, 8_192, 2
"""Of each deal in the prediction; of each deal in each round of the fit; and its rounds."""
LEAST_EFFECTIVE = 500.0
"""How many equal weights those of a deal's replications are to be worth."""
PRICE_SIGMA = 0.5
"""Spread of the logarithm of what adjusted prices that are not published are of those in the model, one factor for a deal."""
FOUND_LATER = ("haringey_barnet",)
"""Deals whose quarters are left out of the fit for a pattern that payments of 2021 are part of: here they are as others."""
READ_OFF_LATER: Mapping[str, tuple[str, ...]] = {"tower_hamlets_smi": ("annual_cap",)}
"""Terms that the histories give deals because payments of 2021 show them: here the deals are without."""
AT_LEAST = 3
"""Quarters from which a spread is taken."""
_SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


@dataclass(frozen=True)
class Forecast:
    """What is predicted of one deal, and what it rests on."""

    deal: str
    known: tuple[QuarterPayment, ...]
    """What was paid by the day of the prediction."""
    pounds: Floats
    """Payments of the quarters predicted, replication by replication, shape (n, quarters)."""
    weights: Floats
    """Shape (n,); they add up to one."""
    power: float
    """That the weights are raised to so that enough replications count; 1 if it was not needed."""
    matched: int
    """Quarters that replications are weighted by."""
    priced: tuple[bool, ...]
    """Whether each quarter predicted is paid at prices that are known."""
    plan: float
    """The total cap over the quarters of the term, in pounds."""

    @property
    def effective(self) -> float:
        """Return how many equal weights those of the replications are worth."""
        return effective_size(self.weights)

    @cached_property
    def bands(self) -> Floats:
        """Return the 5th, 25th, 50th, 75th and 95th percentile of each quarter, shape (5, quarters)."""
        return np.column_stack([quantiles(column, self.weights, _SHARES) for column in self.pounds.T])

    @cached_property
    def run_rate(self) -> tuple[float, float]:
        """Return mean and standard deviation of the quarters known; no number for a spread of fewer than three."""
        paid = np.array([each.pounds for each in self.known], dtype=np.float64)
        return float(paid.mean()), float(paid.std(ddof=1)) if len(paid) >= AT_LEAST else float("nan")


@dataclass(frozen=True)
class Lengths:
    """How much is simulated and sampled."""

    replications: int = REPLICATIONS
    """Of each deal in the prediction."""
    fit_replications: int = FIT_REPLICATIONS
    """Of each deal in each round of the fit."""
    sampling: Sampling = SAMPLING

    @property
    def least_effective(self) -> float:
        """Return how many equal weights a deal's are to be worth; of few replications a quarter of them."""
        return min(LEAST_EFFECTIVE, self.replications / 4)


def known_then(evidence: Evidence) -> Evidence:
    """Return evidence without the payments of later than the day of the prediction; its counts, of later, are not to be used."""
    paid = tuple(each for each in evidence.payments if each.quarter_end <= KNOWN_TO)
    return replace(evidence, period_end=KNOWN_TO, payments=paid)


def setup_then(name: str, priors: Priors, evidence: Mapping[str, Evidence]) -> Setup:
    """Return what a fit of a population at the end of 2020 starts from.

    Args:
        name: the population.
        priors: as they are now; reasons that were found in 2021 to leave a quarter out are dropped.
        evidence: by deal, as it is now; payments of 2021 are dropped.
    """
    left_out = tuple(each for each in priors.payments.left_out if each.deal not in FOUND_LATER)
    payments = priors.payments.model_copy(update={"left_out": left_out})
    made = Setup.of(name, priors.model_copy(update={"payments": payments}))
    return replace(made, evidence={deal: known_then(evidence[deal]) for deal in made.population.deals})


def predict(setup: Setup, pool: WorkerPool, seed: int, lengths: Lengths) -> dict[str, Forecast]:
    """Return the predictions of a population's deals, by deal.

    Args:
        setup: what was known of the population at the end of 2020.
        pool: the processes that simulate.
        seed: seed of every random number.
        lengths: how much is simulated and sampled.
    """
    with_payments = [
        deal for deal in setup.population.deals if quarters_used(setup.evidence[deal], setup.priors.payments)
    ]
    if not with_payments:
        return {deal: _forecast(setup, deal, setup.prior(deal), None, pool, seed, lengths) for deal in setup.evidence}
    made, likelihood = fit_then(setup, with_payments, pool, seed, lengths)
    return {
        deal: _forecast(
            setup, deal, made.fitted(deal), likelihood if deal in with_payments else None, pool, seed, lengths
        )
        for deal in setup.population.deals
    }


def fit_then(
    setup: Setup, with_payments: list[str], pool: WorkerPool, seed: int, lengths: Lengths
) -> tuple[Fit, Likelihood]:
    """Return the fit to the payments of those deals that have any at known prices, and the likelihood that it used.

    Args:
        setup: what was known of the population at the end of 2020.
        with_payments: the deals with such payments.
        pool: the processes that simulate.
        seed: seed of the first round; the others' follow.
        lengths: how much is simulated and sampled.
    """
    paid = {
        About("quarter", quarter_end=each.quarter_end)
        for deal in with_payments
        for each in setup.evidence[deal].payments
    }
    believed = {deal: setup.prior(deal) for deal in with_payments}
    for number in range(ROUNDS):
        designs: dict[str, Design] = {
            deal: simulate_design(deal, each, setup.priors.windows, lengths.fit_replications, seed + number, pool)
            for deal, each in believed.items()
        }
        emulators: dict[str, Emulator] = {
            deal: fit_emulator(each.parameters, setup.scores(deal, each)) for deal, each in designs.items()
        }
        sampled = posterior(setup, emulators, seed + number, lengths.sampling, only=paid)
        made = Fit(setup, seed, lengths.fit_replications, number + 1, emulators, designs, sampled, np.inf)
        believed = {deal: spread_out(made.fitted(deal)) for deal in with_payments}
    return made, Likelihood.of(setup, emulators, only=paid)


def _forecast(
    setup: Setup,
    deal: str,
    believed: Fitted,
    likelihood: Likelihood | None,
    pool: WorkerPool,
    seed: int,
    lengths: Lengths,
) -> Forecast:
    """Return the prediction of a deal from what is believed of its parameters, and the likelihood that is in that belief."""
    evidence, payments = setup.evidence[deal], setup.priors.payments
    with TemporaryDirectory() as folder:
        scenario = running_scenario(deal, set_for_a_run(deal, believed, setup.priors.windows), Path(folder))
        scenario = as_known_then(scenario, deal)
        seen = watched(scenario, believed.parameters, lengths.replications, seed + ROUNDS, pool, "random")
    luck = luck_of(deal, seed, lengths.replications)
    paid = priced(paid_by_quarter(seen), seen.quarters, deal, payments, luck[:, 0])
    match = log_match(paid, seen.quarters, evidence, payments.together)
    if likelihood is not None:
        match -= likelihood.of_deal(deal, seen.parameters)
    weights, power = tempered(match, lengths.least_effective)
    columns = [seen.quarters.index(end) for end in PREDICTED]
    unsettled = with_error(paid[:, columns], payments.together, luck[:, 1:])
    return Forecast(
        deal, evidence.payments, within_caps(unsettled, scenario.deal, evidence, payments), weights, power,
        sum(each.basis == "outcomes" for each in evidence.payments),
        tuple(payments.uses(deal, end) for end in PREDICTED),
        scenario.deal.total_cap.pence / 100 / (len(scenario.deal.term.quarters()) - 1),
    )  # fmt: skip


def as_known_then(scenario: Scenario, deal: str) -> Scenario:
    """Return a deal's scenario without the terms that only payments of 2021 show."""
    changed = scenario.deal.model_copy(update=dict.fromkeys(READ_OFF_LATER.get(deal, ())))
    return replace(scenario, description=scenario.description.model_copy(update={"deal": changed}))


def luck_of(deal: str, seed: int, replications: int) -> Floats:
    """Return standard normal scores of the price factor and of each quarter's error, shape (n, 1 + quarters).

    Args:
        deal: the deal; each has random numbers of its own.
        seed: seed of every random number.
        replications: how many, n.
    """
    keys = [seed, *deal.encode()]
    return Generator(Philox(SeedSequence(keys))).standard_normal((replications, 1 + len(PREDICTED)))


def paid_by_quarter(seen: Design) -> Floats:
    """Return what replications are paid in each quarter, in pounds, shape (n, quarters)."""
    return np.diff(seen.progress["payments_gbp"], axis=1, prepend=0) / 100.0


def priced(paid: Floats, quarters: list[date], deal: str, payments: PaymentsFitted, score: Floats) -> Floats:
    """Return payments of which those at prices that are not known are multiplied by a factor, one for each replication.

    Args:
        paid: pounds, shape (n, quarters).
        quarters: last days of the quarters.
        deal: the deal that is paid.
        payments: which payments are fitted to: those whose prices are known.
        score: standard normal score of each replication's factor, shape (n,).
    """
    unknown = np.array([not payments.uses(deal, end) for end in quarters])
    return np.where(unknown, paid * np.exp(PRICE_SIGMA * score)[:, None], paid)


def log_match(paid: Floats, quarters: list[date], evidence: Evidence, error: float) -> Floats:
    """Return how well replications match what outcomes were paid for: a Gaussian kernel on square roots of pounds, shape (n,).

    Activity payments are left out: they are terms of the contract, and all replications have them.

    Args:
        paid: pounds that replications are paid, shape (n, quarters).
        quarters: last days of the quarters.
        evidence: what was paid.
        error: relative standard deviation of a payment around what the model gives.
    """
    total = np.zeros(len(paid))
    for each in evidence.payments:
        if each.basis == "outcomes":
            root = np.sqrt(each.pounds)
            total -= 0.5 * ((np.sqrt(paid[:, quarters.index(each.quarter_end)]) - root) / (error / 2 * root)) ** 2
    return total


def with_error(paid: Floats, error: float, scores: Floats) -> Floats:
    """Return payments with what the model does not know of, of the spread that the fit takes them to have.

    Args:
        paid: pounds, shape (n, quarters).
        error: relative standard deviation.
        scores: standard normal, shape (n, quarters).
    """
    return np.asarray(paid * np.maximum(1 + error / 2 * scores, 0.0) ** 2)


def within_caps(paid: Floats, deal: Deal, evidence: Evidence, payments: PaymentsFitted) -> Floats:
    """Return payments cut where, with what is known to have been paid, they come to a schedule's cap or to the total cap.

    Args:
        paid: pounds in the quarters predicted, shape (n, quarters).
        deal: the deal's terms, with its caps.
        evidence: what is known to have been paid, which uses up the caps first.
        payments: which payments are fitted to; those that are not fall under the schedules' caps.
    """
    unknown = [place for place, end in enumerate(PREDICTED) if not payments.uses(evidence.deal, end)]
    found = paid.copy()
    for schedule in deal.schedules:
        if isinstance(schedule.cap, Cap) and unknown:
            before = sum(
                each.pounds for each in evidence.payments if not payments.uses(evidence.deal, each.quarter_end)
            )
            found[:, unknown] = capped(found[:, unknown], schedule.cap.pence / 100 - before)
    return capped(found, deal.total_cap.pence / 100 - sum(each.pounds for each in evidence.payments))


def capped(paid: Floats, room: float) -> Floats:
    """Return payments, shape (n, quarters), that stop when they add up to what there is room for.

    >>> capped(np.array([[3.0, 4.0, 5.0]]), 8.0)
    array([[3., 4., 1.]])
    """
    return np.diff(np.minimum(paid.cumsum(axis=1), max(room, 0.0)), axis=1, prepend=0.0)
