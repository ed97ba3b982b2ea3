"""The charts of a run as data, in the order of the report."""

from dataclasses import replace

from simulator.charts import Chart
from simulator.monte_carlo import Run
from simulator.report.captions import captions
from simulator.report.convergence import convergence
from simulator.report.distributions import multiple, outcomes
from simulator.report.sources_and_uses import pounds
from simulator.report.timelines import caseload, investor_balance, payments

_CHARTS = (payments, multiple, investor_balance, outcomes, caseload, pounds)
"""In the order of the report; that of convergence stands last where a precision was wanted."""


def charts(run: Run) -> tuple[Chart, ...]:
    """Return the charts of a run with what stands below them."""
    words = {each.name: each for each in captions(run)}
    makers = _CHARTS if run.convergence is None else (*_CHARTS, convergence)
    return tuple(
        replace(chart, caption=words[chart.name].text, alternative=words[chart.name].alternative)
        for chart in (make(run) for make in makers)
    )
