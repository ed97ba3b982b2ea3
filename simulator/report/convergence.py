"""How a run came to be as precise as was wanted: what was seen at each look, as chart, table and words."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Chart, Layer, Line, Panel, Rule, Words, numbers
from simulator.errors import SibError
from simulator.monte_carlo import Run
from simulator.precision import Convergence, Seen, Wanted
from simulator.table import Column, Figure, Table
from simulator.words import Unit, a_number

Floats = NDArray[np.float64]
_WIDE = 1.96
"""Standard errors each way that hold the truth 19 times in 20."""


def looks_table(made: Convergence) -> Table:
    """Return one row for each wanted estimate and look; what could not be told from so few replications is empty."""
    columns = (
        Column("estimate", "Estimate"), Column("replications", "Replications"), Column("value", "Found"),
        Column("error", "Error"), Column("wanted", "Wanted"),
    )  # fmt: skip
    rows = tuple(
        (
            wanted.name,
            look.replications,
            _near(seen.value, wanted, "undefined"),
            _near(seen.error, wanted, "not known"),
            _near(wanted.error, wanted),
        )
        for place, wanted in enumerate(made.wanted)
        for look in made.looks
        for seen in [look.seen[place]]
    )
    return Table("convergence", "Looks on the way", columns, rows, where="page")


def _near(value: float | None, wanted: Wanted, missing: str = "") -> Figure:
    """Return a figure of a look, written to two places of the error that is wanted; the word for one that there is none of."""
    return Figure(value, unit=wanted.measure.unit, words=missing if value is None else say(value, wanted))


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


def convergence(run: Run) -> Chart:
    """Return each wanted estimate with its error against the number of replications.

    Raises:
        SibError: where no precision was wanted.
    """
    made = run.convergence
    if made is None:
        message = "no precision was wanted of this run, so that there is no convergence to draw"
        raise SibError(message)
    at = np.array([look.replications for look in made.looks], dtype=np.float64)
    panels = tuple(
        _panel(wanted, at, [look.seen[place] for look in made.looks], last=place == len(made.wanted) - 1)
        for place, wanted in enumerate(made.wanted)
    )
    return Chart("convergence", panels, "", "", height=0.9 + 2.3 * len(panels), rows=len(panels), share_x=True)


def _spaced(at: Floats) -> Floats:
    """Return the looks that are marked on a logarithmic axis: the last, and those before it that leave room for one another."""
    room = 0.08 * np.log(at[-1] / at[0])
    kept = [at[-1]]
    for count in at[-2::-1]:
        if np.log(kept[-1] / count) > room:
            kept.append(count)
    return np.array(kept[::-1])


def _panel(wanted: Wanted, at: Floats, seen: list[Seen], *, last: bool) -> Panel:
    value, error = (np.array([getattr(each, name) for each in seen], dtype=np.float64) for name in ("value", "error"))
    ticks = tuple((float(count), f"{count:,.0f}") for count in _spaced(at))
    x = Axis("replications" if last else "", ticks=ticks, low=float(at[0] / 1.25), high=float(at[-1] * 1.25), log=True)
    title = f"{wanted.name}, wanted to ± {say(wanted.error, wanted)}"
    if np.isnan(value).all():
        none = Words(0.02, 0.5, "This figure does not exist.", across="left", across_is="share", up_is="share")
        return Panel((none,), x, Axis(ticks=()), title, room=12.0)
    decimals = max(0, 1 - math.floor(math.log10(wanted.error)))
    y = Axis(unit=Unit(decimals=decimals), grid=True)
    return Panel(tuple(_layers(wanted, at, value, error)), x, y, title, room=12.0)


def _layers(wanted: Wanted, at: Floats, value: Floats, error: Floats) -> Iterator[Layer]:
    last = float(value[~np.isnan(value)][-1])
    for height in (last - _WIDE * wanted.error, last + _WIDE * wanted.error):
        yield Rule("y", height, look="second", dash="dashed")
        yield Words(1.0, height, "wanted", "second", "left", "middle", (6.0, 0.0), across_is="share")
    spread = _WIDE * error
    yield Line(
        numbers(at), numbers(value), marker="circle", width=1.8, errors=numbers(np.nan_to_num(spread)),
        low=numbers(value - spread), high=numbers(value + spread),
    )  # fmt: skip
