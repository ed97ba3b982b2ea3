"""The figures of a run, each drawn from the run's own estimates and series."""

from matplotlib.figure import Figure

from simulator.monte_carlo import Run
from simulator.report.convergence import convergence
from simulator.report.distributions import multiple, outcomes
from simulator.report.sources_and_uses import pounds
from simulator.report.style import looks
from simulator.report.timelines import caseload, investor_balance, payments

FIGURES = {
    "payments": payments,
    "multiple": multiple,
    "investor_balance": investor_balance,
    "outcomes": outcomes,
    "caseload": caseload,
    "pounds": pounds,
}
"""What draws each figure, in the order of the report; that of convergence is drawn where a precision was wanted."""


def draw_figures(run: Run) -> dict[str, Figure]:
    """Return the figures of a run by name, in the order of the report."""
    drawn = FIGURES if run.convergence is None else FIGURES | {"convergence": convergence}
    with looks():
        return {name: draw(run) for name, draw in drawn.items()}
