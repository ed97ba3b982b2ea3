"""The same deal as a good modeller would write it alone: plain SimPy, a plain contract, plain cash, for one deal at a time.

It knows nothing of the simulator but how a scenario is read. Its luck is a NumPy generator per replication, so that it
agrees with the simulator in distribution and not draw by draw. It is there to be compared with, in results and in time.
"""

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

import simulator as sib
from tests.benchmarks.peer_money import Accounts, Contract
from tests.benchmarks.peer_service import Service
from tests.benchmarks.peer_terms import Terms, draw_beliefs, read_terms

HAS_NO_MEAN = ("irr",)
SCENARIO = Path(__file__).parents[2] / "scenarios" / "haringey_barnet.yaml"


@dataclass(frozen=True)
class Result:
    """What one replication comes to; money in pounds."""

    referrals: float
    allocated: float
    lapsed: float
    utilisation: float
    engagements: float
    job_starts: float
    sustainments: float
    payments: float
    over_cap: float
    multiple: float
    irr: float
    loss: float
    drawn: float
    outcome_income: float
    has_shortfall: float
    shortfall: float


def one_replication(scenario: sib.Scenario, terms: Terms, rng: np.random.Generator) -> Result:
    """Return one replication of a deal, end to end.

    Args:
        scenario: the deal and what is believed of it.
        terms: its terms, from `read_terms`.
        rng: the replication's luck.
    """
    beliefs = draw_beliefs(scenario, rng)
    service = Service(terms, beliefs, rng)
    service.run()
    contract = Contract(terms, beliefs, rng)
    contract.settle(service.people)
    accounts = Accounts(terms)
    accounts.keep(contract.invoices)
    received, caseload, counts = accounts.returned + accounts.profit, service.caseload, contract.outcomes
    return Result(
        referrals=len(service.people),
        allocated=caseload.allocated,
        lapsed=service.lapsed,
        utilisation=caseload.used_days / caseload.capacity_days,
        engagements=counts["engagement"],
        job_starts=counts["job_start"],
        sustainments=sum(number for name, number in counts.items() if name.startswith("sustainment")),
        payments=sum(invoice.paid for invoice in contract.invoices) / 100,
        over_cap=sum(claim.over_cap for claim in contract.claims) / 100,
        multiple=received / accounts.drawn if accounts.drawn else math.nan,
        irr=irr(accounts.flows),
        loss=float(received < accounts.drawn),
        drawn=accounts.drawn / 100,
        outcome_income=accounts.outcome_income / 100,
        has_shortfall=float(accounts.shortfall > 0),
        shortfall=accounts.shortfall / 100,
    )


def irr(flows: list[tuple[int, int]]) -> float:
    """Return the yearly rate at which flows are worth nothing; -1 if nothing comes back, NaN if nothing was paid in."""
    if not any(amount < 0 for _, amount in flows):
        return math.nan
    if not any(amount > 0 for _, amount in flows):
        return -1.0
    first = flows[0][0]

    def worth(rate: float) -> float:
        return float(sum(amount * (1 + rate) ** (-(day - first) / 365) for day, amount in flows))

    return float(brentq(worth, -0.9999, 100.0))


def replicate(
    scenario: sib.Scenario, replications: int, seed: int
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return the values of every measure in all replications, each of shape (replications,)."""
    terms = read_terms(scenario)
    streams = np.random.SeedSequence(seed).spawn(replications)
    results = [asdict(one_replication(scenario, terms, np.random.default_rng(stream))) for stream in streams]
    return {name: np.array([result[name] for result in results]) for name in results[0]}


def run_peer(scenario: sib.Scenario, replications: int, seed: int) -> dict[str, dict[str, float]]:
    """Return the summary of a run: mean, its error and quantiles of every measure.

    Args:
        scenario: the deal; see `read_terms` for what is refused.
        replications: how many.
        seed: seed of all luck.
    """
    return {name: summary(name, values) for name, values in replicate(scenario, replications, seed).items()}


def summary(name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, float]:
    """Return mean, standard error and quantiles of a measure."""
    quantiles = np.quantile(values[~np.isnan(values)], (0.05, 0.5, 0.95), method="inverted_cdf")
    found = dict(zip(("q05", "q50", "q95"), (float(q) for q in quantiles), strict=True))
    if name in HAS_NO_MEAN:
        return found
    return {"mean": float(values.mean()), "se": float(values.std(ddof=1) / math.sqrt(values.size)), **found}
