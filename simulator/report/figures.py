"""The figures of a run, drawn from its charts."""

from collections.abc import Collection

from matplotlib.figure import Figure

from simulator.errors import refuse
from simulator.monte_carlo import Run
from simulator.report.drawing import draw
from simulator.report.run_charts import charts


def draw_figures(run: Run, names: Collection[str] | None = None) -> dict[str, Figure]:
    """Return the figures of a run by name, in the order of the report; of some names only, if any are given."""
    return {each.name: draw(each) for each in charts(run) if names is None or each.name in names}


class Plots:
    """What draws the figures of a run, each as it stands in the report."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def payments(self) -> Figure:
        """Return outcome payments so far, quarter by quarter, against the cap and an even plan."""
        return self._drawn("payments")

    def multiple(self) -> Figure:
        """Return the distribution of the money multiple."""
        return self._drawn("multiple")

    def investor_balance(self) -> Figure:
        """Return what the investor has got back less what it has paid in, quarter by quarter."""
        return self._drawn("investor_balance")

    def outcomes(self) -> Figure:
        """Return outcomes against their targets."""
        return self._drawn("outcomes")

    def caseload(self) -> Figure:
        """Return places used and available, and people waiting, quarter by quarter."""
        return self._drawn("caseload")

    def pounds(self) -> Figure:
        """Return where each pound comes from and goes."""
        return self._drawn("pounds")

    def convergence(self) -> Figure:
        """Return each wanted estimate with its error against the number of replications.

        Raises:
            SibError: where no precision was wanted.
        """
        refuse(
            self._run.convergence is None,
            "no precision was wanted of this run, so that there is no convergence to draw",
        )
        return self._drawn("convergence")

    def _drawn(self, name: str) -> Figure:
        return draw_figures(self._run, (name,))[name]
