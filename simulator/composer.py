"""Joins the parts: draws, batches of replications, the four verbs, and a run that holds what came of it.

Every replication is a function of scenario, seed and its number alone, so that no result depends on batches, on workers, or
on the order in which they finish. Only this module knows pathway, contract and finance together.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.contract.counts import claim_measures, claim_series
from simulator.contract.settlement import settle
from simulator.contract.terms import invoice_quarters
from simulator.dates import add_months, contract_quarters, day_number
from simulator.estimates import Estimate, estimate, probability, tail_mean
from simulator.finance.accounts import distribute
from simulator.finance.irr import irr
from simulator.finance.returns import investor_flows, investor_measures, money_series, party_measures
from simulator.pathway.engine import simulate
from simulator.pathway.occupancy import caseload_measures, caseload_series
from simulator.pathway.termination import cut
from simulator.records import Cashflows, Claims, Events, Payments, Returns, Shortfalls
from simulator.scenario.deal import Deal
from simulator.scenario.draws import draw, draw_table
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Progress = Callable[[int], None]
"""Called with the number of replications just done."""
PAYMENT_QUARTERS = 4
"""Quarters shown after the last invoice, for delays."""


@dataclass(frozen=True)
class Tables:
    """All tables of a batch."""

    events: Events
    claims: Claims
    payments: Payments
    cashflows: Cashflows
    shortfalls: Shortfalls
    end_day: Ints
    """The day the service ended, for each replication, shape (n,)."""


def tables(scenario: Scenario, seed: int, first: int, count: int) -> Tables:
    """Return the tables of `count` replications from number `first` on.

    Where a shortfall ends the contract, the event log is cut at the day of the first and everything after it is done again.
    """
    draws = draw(scenario, seed, first, count)
    events = simulate(scenario, draws, seed)
    end_day = np.full(count, _term_days(scenario.deal), dtype=np.int64)
    claims, payments = settle(scenario, draws, seed, events)
    cashflows, shortfalls = distribute(scenario, payments)
    if scenario.deal.investment.shortfall == "terminate" and shortfalls.day.size:
        broken = _first_days(shortfalls)
        end_day = np.minimum(end_day, broken)
        events = cut(events, broken)
        claims, payments = settle(scenario, draws, seed, events, end_day)
        cashflows, shortfalls = distribute(scenario, payments, broken)
    return Tables(events, claims, payments, cashflows, shortfalls, end_day)


def _first_days(shortfalls: Shortfalls) -> Ints:
    """Return each replication's first day of shortfall, or a day beyond any term."""
    firsts = [int(shortfalls.day[shortfalls.rows_of(i)].min(initial=2**30)) for i in range(shortfalls.replications)]
    return np.array(firsts, dtype=np.int64)


def measure(scenario: Scenario, made: Tables) -> Returns:
    """Return the measures and quarterly series of a batch's tables."""
    deal, marks = scenario.deal, quarter_marks(scenario.deal)
    investor, status = investor_measures(deal, made.cashflows)
    values = {
        **caseload_measures(made.events, made.end_day),
        **claim_measures(deal, made.claims, made.payments),
        **investor,
        **party_measures(deal, made.cashflows, made.shortfalls),
    }
    series = {
        **claim_series(deal, made.claims, marks),
        **money_series(deal, made.cashflows, marks),
        **caseload_series(made.events, np.full_like(made.end_day, _term_days(deal)), _term_marks(deal)),
    }
    _, day, amount = investor_flows(made.cashflows)
    flows = np.zeros(int(day.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(flows, day, amount)
    return Returns(made.events.first, values, status, series, flows)


def quarter_marks(deal: Deal) -> Ints:
    """Return the first day of each quarter shown, the claims tail and payment delays included, and the day after the last."""
    start = deal.term.service_start
    end = add_months(invoice_quarters(deal)[-1], 3 * PAYMENT_QUARTERS)
    return np.array([day_number(day, start) for day in contract_quarters(start, end)], dtype=np.int64)


def _term_marks(deal: Deal) -> Ints:
    quarters = contract_quarters(deal.term.service_start, deal.term.term_end)
    days = [day_number(day, deal.term.service_start) for day in quarters]
    return np.array([*days[:-1], _term_days(deal)], dtype=np.int64)


def _term_days(deal: Deal) -> int:
    return day_number(deal.term.term_end, deal.term.service_start)


def run_batch(scenario: Scenario, seed: int, first: int, count: int) -> Returns:
    """Return the returns of `count` replications from number `first` on: the unit of work of every run and study."""
    return measure(scenario, tables(scenario, seed, first, count))


@dataclass(frozen=True)
class Run:
    """What came of a run: the scenario, its seed, and the returns of all replications."""

    scenario: Scenario
    seed: int
    returns: Returns

    @property
    def replications(self) -> int:
        """Return how many replications were run."""
        return self.returns.replications

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Return every measure's estimate by name, in order of name."""
        values = self.returns.values
        found = {name: _estimate(name, column) for name, column in values.items()}
        found["investor.expected_shortfall_multiple"] = tail_mean(values["investor.multiple"])
        return dict(sorted(found.items()))

    @property
    def irr_of_mean_flows(self) -> float | None:
        """Return the investor's IRR on the mean of all replications' flows, if it has one."""
        day = np.flatnonzero(self.returns.flows)
        rate, _ = irr(np.array([0, day.size]), day, self.returns.flows[day])
        return None if np.isnan(rate[0]) else float(rate[0])

    def table(self) -> pd.DataFrame:
        """Return every measure with its Monte Carlo error, one row per measure."""
        return pd.DataFrame({name: each.as_dict() for name, each in self.estimates.items()}).T

    def draws(self) -> pd.DataFrame:
        """Return the uncertain assumptions' draws, one row per replication."""
        return draw_table(self.scenario, self.seed, self.replications)


def _estimate(name: str, values: Floats) -> Estimate:
    if ".probability_of_" in name:
        return probability(values)
    bad_end: Literal["low", "high"] = "high" if "real_price" in name or "payback" in name or "wait" in name else "low"
    return estimate(values, bad_end, averaged=name != "investor.irr")


def run(
    scenario: Scenario, *, replications: int | None = None, seed: int | None = None, workers: int | None = None,
    executor: Executor | None = None, progress: Progress | None = None,
) -> Run:  # fmt: skip
    """Return a run of a scenario.

    Args:
        scenario: what to run.
        replications: how many; the scenario's own number if none is given.
        seed: seed of all luck; the scenario's own if none is given.
        workers: processes; as many as there are processors if none is given, 1 for this process alone.
        executor: runs the batches instead of processes of our own; any `concurrent.futures.Executor` does.
        progress: is told how many replications have just been done.
    """
    count = scenario.settings.replications if replications is None else replications
    luck = scenario.settings.seed if seed is None else seed
    if count < 1:
        message = f"replications must be 1 or more, not {count}"
        raise ValueError(message)
    if not 0 <= luck < 2**63:
        message = f"a seed is a whole number from 0 to 2**63 - 1, not {luck}"
        raise ValueError(message)
    wanted = workers if workers is not None else os.cpu_count() or 1
    parts = list(_batches(scenario, luck, count, wanted, executor, progress))
    return Run(scenario, luck, join_returns(parts))


def _batches(
    scenario: Scenario, seed: int, count: int, workers: int, executor: Executor | None, progress: Progress | None
) -> Iterator[Returns]:
    """Yield the returns of all batches in order, as they are done."""
    size = min(scenario.settings.batch, -(-count // workers))
    jobs = [(scenario, seed, first, min(size, count - first)) for first in range(0, count, size)]
    told = progress or (lambda _: None)
    if executor is None and (workers == 1 or len(jobs) == 1):
        for job in jobs:
            yield run_batch(*job)
            told(job[3])
        return
    if executor is None:
        run_batch(scenario, seed, 0, 1)  # compiles what is not compiled yet, once and not in every process
    with nullcontext(executor) if executor else ProcessPoolExecutor(workers) as pool:
        futures: list[Future[Returns]] = []
        for job in jobs:
            futures.append(pool.submit(run_batch, *job))
            futures[-1].add_done_callback(partial(_tell, told, job[3]))
        for future in futures:
            yield future.result()


def _tell(progress: Progress, done: int, _: Future[Returns]) -> None:
    progress(done)


def join_returns(parts: list[Returns]) -> Returns:
    """Return the returns of successive batches as one."""
    days = max(part.flows.size for part in parts)
    return Returns(
        first=parts[0].first,
        values={name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values},
        irr_status=np.concatenate([part.irr_status for part in parts]),
        series={name: np.concatenate([part.series[name] for part in parts]) for name in parts[0].series},
        flows=np.sum([np.pad(part.flows, (0, days - part.flows.size)) for part in parts], axis=0),
    )
