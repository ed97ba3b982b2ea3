"""How a run came to be as precise as was wanted: what was seen at each look, as figure, table and words."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from simulator.monte_carlo import Run
from simulator.precision import Convergence, Seen, Wanted
from simulator.report.style import BLUE, BLUE_PALE, GREY, ORANGE, new_figure
from simulator.words import a_number

Floats = NDArray[np.float64]
HEADINGS = ("Estimate", "Replications", "Found", "Error", "Wanted")
_WIDE = 1.96
"""Standard errors each way that hold the truth 19 times in 20."""


def looks_table(made: Convergence) -> pd.DataFrame:
    """Return one row for each wanted estimate and look; what could not be told from so few replications is empty."""
    return pd.DataFrame(
        [
            {
                "estimate": wanted.name,
                "replications": look.replications,
                "value": seen.value,
                "error": seen.error,
                "wanted": wanted.error,
            }
            for i, wanted in enumerate(made.wanted)
            for look in made.looks
            for seen in [look.seen[i]]
        ]
    )


def looks_rows(made: Convergence) -> list[tuple[str, str, str, str, str]]:
    """Return the same in words: estimate, replications, value, error, wanted."""
    rows = []
    for i, wanted in enumerate(made.wanted):
        for look in made.looks:
            seen = look.seen[i]
            value = "undefined" if seen.value is None else say(seen.value, wanted)
            error = "not known" if seen.error is None else say(seen.error, wanted)
            rows.append((wanted.name, f"{look.replications:,}", value, error, say(wanted.error, wanted)))
    return rows


def say(value: float, wanted: Wanted) -> str:
    """Return a figure to two places of the error that is wanted of it, in the measure's own unit.

    >>> from simulator.measures.of_deal import named
    >>> from simulator.precision import what_is_wanted
    >>> (wanted,) = what_is_wanted({"investor.multiple.mean": 0.01}, {"investor.multiple": named("investor.multiple")})
    >>> say(1.51234, wanted)
    '1.512'
    """
    return f"{value:,.{max(0, 1 - math.floor(math.log10(wanted.error)))}f}"


def verdict(run: Run) -> str:
    """Return whether what was wanted was reached, in a sentence; nothing where nothing was wanted."""
    if run.convergence is None:
        return ""
    done = f"after {a_number(run.replications, 'replication')}"
    if run.convergence.reached:
        return f"The precision wanted was reached {done}."
    reasons = "; ".join(_missed(wanted, seen) for wanted, seen in run.convergence.missed)
    return f"The precision wanted was not reached {done}: {reasons}."


def _missed(wanted: Wanted, seen: Seen) -> str:
    if seen.hopeless:
        other = f"; {wanted.measure.key}.q50 may exist" if wanted.statistic == "mean" else ""
        return f"{wanted.name} does not exist, because the measure is undefined in some replications{other}"
    error = "cannot be told" if seen.error is None else f"is {say(seen.error, wanted)}"
    return f"the error of {wanted.name} {error}, wanted {say(wanted.error, wanted)}"


def convergence(run: Run) -> Figure:
    """Return each wanted estimate with its error against the number of replications."""
    made = run.convergence
    if made is None:
        message = "no precision was wanted of this run"
        raise ValueError(message)
    figure = new_figure(0.9 + 2.3 * len(made.wanted))
    panels = figure.subplots(len(made.wanted), 1, sharex=True, squeeze=False)[:, 0]
    at = np.array([look.replications for look in made.looks], dtype=np.float64)
    for i, (axes, wanted) in enumerate(zip(panels, made.wanted, strict=True)):
        _panel(axes, wanted, at, [look.seen[i] for look in made.looks])
    panels[0].set_xscale("log")
    panels[0].set_xlim(at[0] / 1.25, at[-1] * 1.25)
    marks = _spaced(at)
    panels[-1].set_xticks(marks, labels=[f"{count:,.0f}" for count in marks])
    panels[-1].xaxis.set_minor_locator(NullLocator())
    panels[-1].set_xlabel("replications")
    return figure


def _spaced(at: Floats) -> Floats:
    """Return the looks that are marked on a logarithmic axis: the last, and those before it that leave room for one another."""
    room = 0.08 * np.log(at[-1] / at[0])
    kept = [at[-1]]
    for count in at[-2::-1]:
        if np.log(kept[-1] / count) > room:
            kept.append(count)
    return np.array(kept[::-1])


def _panel(axes: Axes, wanted: Wanted, at: Floats, seen: list[Seen]) -> None:
    value, error = (np.array([getattr(each, name) for each in seen], dtype=np.float64) for name in ("value", "error"))
    axes.set_title(f"{wanted.name}, wanted to ± {say(wanted.error, wanted)}")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda height, _: say(height, wanted)))
    axes.grid(axis="y")
    if np.isnan(value).all():
        axes.set_yticks([])
        axes.text(0.02, 0.5, "This figure does not exist.", transform=axes.transAxes)
        return
    last = value[~np.isnan(value)][-1]
    for side in (-_WIDE, _WIDE):
        axes.axhline(last + side * wanted.error, color=ORANGE, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.annotate(
            "wanted",
            (1, last + side * wanted.error),
            (6, 0),
            axes.get_yaxis_transform(),
            "offset points",
            va="center",
            color=ORANGE,
            fontsize=9,
        )
    axes.fill_between(at, value - _WIDE * error, value + _WIDE * error, color=BLUE_PALE, linewidth=0)
    axes.errorbar(
        at,
        value,
        _WIDE * np.nan_to_num(error),
        color=BLUE,
        linewidth=1.8,
        elinewidth=1.0,
        marker="o",
        markersize=4,
        capsize=3,
        ecolor=GREY,
    )
