"""Runs of the simulator at many parameters: what the emulator learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from calibration.assumption_set import Fitted, base_values, beliefs, correlations, write_set
from calibration.priors import Parameter, Window
from calibration.scales import to_scale
from simulator.progress import Watched, quarter_ends
from simulator.scenario.draws import Points, draw_table
from simulator.scenario.load import bundled_folder, load_scenario
from simulator.scenario.model import Scenario
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """Replications of a deal, each with parameters of its own."""

    parameters: Floats
    """On their scales, shape (n, parameters)."""
    progress: dict[str, Ints]
    """What had been reached by the end of each quarter, by name, shape (n, quarters)."""
    quarters: list[date]
    """Last days of the calendar quarters from the service's first to its last with claims."""


def running_scenario(deal: str, assumptions: str, folder: Path) -> Scenario:
    """Return the scenario of a deal as it ran, its history applied, with assumptions given as text.

    Args:
        deal: the deal's name.
        assumptions: the text of an assumption set.
        folder: where the files that make up the scenario are written.
    """
    scenarios = bundled_folder().resolve()
    (folder / "assumptions.yaml").write_text(assumptions, encoding="utf-8")
    lines = [
        f"scenario: {deal}_running", f"title: {deal}, running", "description: For the fit.",
        f"deal: {scenarios / 'deals' / deal}.yaml", "assumptions: assumptions.yaml",
        f"overlays: [{scenarios / 'history' / deal}.yaml]", "settings: {replications: 1000, seed: 2026, batch: 250}",
    ]  # fmt: skip
    file = folder / f"{deal}.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_scenario(file)


def set_for_a_run(deal: str, fitted: Fitted, windows: tuple[Window, ...]) -> str:
    """Return an assumption set in which the parameters are believed as given, for runs of the fit's own.

    Args:
        deal: the deal, whose assumptions as signed hold for all else.
        fitted: what is believed of the parameters.
        windows: days in which factors that are among the parameters hold.
    """
    believed = beliefs(fitted, deal)
    factors = {name: value for name, value in believed.items() if name in {each.factor for each in windows}}
    values = base_values(deal) | {name: value for name, value in believed.items() if name not in factors}
    return write_set((), values, factors, windows, correlations(fitted), "As in the priors")


def simulate_design(
    deal: str, fitted: Fitted, windows: tuple[Window, ...], replications: int, seed: int, pool: WorkerPool
) -> Design:
    """Return replications of a deal at parameters drawn, evenly, from what is believed of them.

    Args:
        deal: the deal, as it ran.
        fitted: what is believed of its parameters.
        windows: days in which factors that are among the parameters hold.
        replications: how many; each has parameters of its own.
        seed: seed of the parameter draws and of chance.
        pool: the processes that simulate.
    """
    with TemporaryDirectory() as folder:
        scenario = running_scenario(deal, set_for_a_run(deal, fitted, windows), Path(folder))
        return watched(scenario, fitted.parameters, replications, seed, pool, "sobol")


def watched(
    scenario: Scenario, parameters: Sequence[Parameter], replications: int, seed: int, pool: WorkerPool, points: Points
) -> Design:
    """Return what is seen of a scenario's replications at the ends of quarters, with their parameters.

    Args:
        scenario: the scenario, to the end of its claims.
        parameters: those whose values are kept, on their scales; the scenario draws them.
        replications: how many.
        seed: seed of the parameter draws and of chance.
        pool: the processes that simulate.
        points: how parameters are drawn: evenly spread or independent.
    """
    term = scenario.deal.term
    days = quarter_ends(term.service_start, term.tail_end)
    parts: list[Watched] = list(pool.watch(scenario, seed, 0, replications, days, points))
    drawn = draw_table(scenario, seed, replications, points=points)
    columns = [to_scale(each.prior.scale, drawn[each.name].to_numpy(), each.most) for each in parameters]
    progress = {name: np.concatenate([part.progress[name] for part in parts]) for name in parts[0].progress}
    return Design(np.column_stack(columns), progress, days)
