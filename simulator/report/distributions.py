"""Figures without a calendar: the money multiple, and outcomes against their targets."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from simulator.estimates import Estimate
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.report.style import BLUE, BLUE_MID, GREY, INK, ORANGE, RED, RED_MID, new_figure
from simulator.scenario.deal import Deal
from simulator.scenario.investment import Investment
from simulator.words import COUNT, MULTIPLE, PERCENT, name_in_words

Floats = NDArray[np.float64]
_WIDTHS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_BARS = 50


def multiple(run: Run) -> Figure:
    """Return the distribution of the money multiple, what lies below 1 marked as loss."""
    figure = new_figure(4.2)
    axes = figure.add_subplot()
    axes.set_title("What the investor gets back for each £1 it pays in", pad=34)
    values = run.returns.values["investor.multiple"]
    defined = values[~np.isnan(values)]
    if not defined.size:
        axes.set_axis_off()
        axes.text(
            0.02, 0.5, "No capital is drawn in any replication, so there is no multiple.", transform=axes.transAxes
        )
        return figure
    edges = bins(float(defined.max()))
    shares = np.histogram(defined, edges)[0] / values.size
    below = edges[:-1] < 1 - 1e-9
    axes.bar(
        edges[:-1], shares, np.diff(edges), align="edge", color=np.where(below, RED_MID, BLUE_MID), edgecolor="white"
    )
    axes.set_ylim(0, 1.08 * float(shares.max()))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    axes.set_ylabel("share of replications")
    axes.set_xlabel("money multiple (1.00 = money back)")
    _multiple_marks(axes, run, float(edges[-1]))
    return figure


def bins(largest: float) -> Floats:
    """Return edges of about 50 equal bars from 0 to beyond a value; 1, where loss ends, is always an edge."""
    width = next((w for w in _WIDTHS if largest / w <= _BARS), float(np.ceil(largest / _BARS)))
    steps = round(1 / width) if width < 1 else 1
    above = 1 + width * np.arange(1 + int(np.floor(max(0.0, largest - 1) / width + 1e-9) + 1))
    return np.concatenate([np.linspace(0, 1, steps + 1)[:-1], above])


def _multiple_marks(axes: Axes, run: Run, right: float) -> None:
    """Write the median, the cap on the return and the probability of loss into the figure."""
    limit = capped_multiple(run.scenario.deal.investment)
    median = run.estimates["investor.multiple"].quantiles[2]
    axes.set_xlim(0, max(right, 1.1))
    if limit is not None and limit <= right:
        axes.axvline(limit, color=INK, linewidth=1.1)
        _above(axes, limit, f"cap on the return {MULTIPLE.say(limit)}", 18, INK)
    if median is not None:
        axes.axvline(median, color=BLUE, linewidth=1.6, linestyle=(0, (4, 2)))
        _above(axes, median, f"median {MULTIPLE.say(median)}", 4, BLUE)
    axes.axvline(1, color=RED, linewidth=1.1)
    loss = f"loss: {error_of_share(run.estimates['investor.probability_of_loss'])}"
    axes.annotate(loss, (0, 1), (0, 18), "axes fraction", "offset points", color=RED, fontweight="bold")


def _above(axes: Axes, place: float, text: str, height: float, colour: str) -> None:
    axes.annotate(
        text,
        (place, 1),
        (0, height),
        axes.get_xaxis_transform(),
        "offset points",
        ha="center",
        color=colour,
        fontsize=9,
    )


def error_of_share(found: Estimate) -> str:
    """Return a probability with its error in words."""
    mean, error = found.mean or 0.0, found.se or 0.0
    return f"{PERCENT.say(mean)} of replications (± {PERCENT.say_error(error)})"


def capped_multiple(investment: Investment) -> float | None:
    """Return the highest multiple that the cap on the return allows when all capital is drawn; None where there is none.

    A cap on the rate of return allows more the longer capital is out, and is not counted.
    """
    if investment.commitment == 0:
        return None
    cap = investment.return_cap
    limits = [] if cap.multiple == "none" else [float(cap.multiple)]
    limits += [] if cap.pence == "none" else [1 + cap.pence / investment.commitment]
    return min(limits, default=None)


def counted(deal: Deal) -> list[tuple[str, int]]:
    """Return the names under which people and outcomes are counted, referrals first, with their targets."""
    groups = {group: deal.group_target(group) for group in deal.groups}
    return list(({"referral": deal.referral_target} | groups).items())


def outcomes(run: Run) -> Figure:
    """Return outcomes achieved and evidenced as shares of their targets, with counts."""
    rows = counted(run.scenario.deal)
    figure = new_figure(1.5 + 0.62 * len(rows))
    axes = figure.add_subplot()
    widest = 1.0
    for row, (name, target) in enumerate(rows):
        found = [value or 0.0 for value in run.estimates[key("outcomes.{}", name)].quantiles]
        axes.text(1.02, row, _counts(found, target), transform=axes.get_yaxis_transform(), va="center", fontsize=9)
        if target:
            widest = max(widest, found[4] / target)
            _spread(axes, row, np.array(found) / target)
    axes.axvline(1, color=ORANGE, linewidth=1.6, zorder=1)
    axes.set_xlim(0, 1.06 * widest)
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.annotate(
        "target", (1, 1), (0, 3), axes.get_xaxis_transform(), "offset points", ha="center", color=ORANGE, fontsize=9
    )
    axes.annotate(
        "median, target,\nnine in ten", (1.02, 1), (0, 3), "axes fraction", "offset points", color=GREY, fontsize=9
    )
    axes.set_yticks(range(len(rows)), labels=[name_in_words(name) for name, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="x")
    axes.set_xlabel(
        "share of the high-case target: point = median, thick = middle half, thin = nine in ten replications"
    )
    axes.set_title("Outcomes achieved and evidenced, against their targets", pad=26)
    return figure


def _spread(axes: Axes, row: int, shares: Floats) -> None:
    axes.plot(shares[[0, 4]], [row, row], color=BLUE_MID, linewidth=2.2, solid_capstyle="butt")
    axes.plot(shares[[1, 3]], [row, row], color=BLUE_MID, linewidth=9, solid_capstyle="butt")
    axes.plot([shares[2]], [row], color=BLUE, marker="o", markersize=7, markeredgecolor="white", clip_on=False)


def _counts(found: list[float], target: int) -> str:
    against = f"of {target:,}" if target else "(no target)"
    return f"{COUNT.say(found[2])} {against}\n{COUNT.say(found[0])} to {COUNT.say(found[4])}"
