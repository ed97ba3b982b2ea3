"""Charts without a calendar: the money multiple, and outcomes against their targets."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Bars, Chart, Layer, Line, Look, Panel, Rule, Words, numbers
from simulator.estimates import Estimate
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.scenario.deal import Deal
from simulator.scenario.investment import Investment
from simulator.words import COUNT, MULTIPLE, PERCENT, name_in_words

Floats = NDArray[np.float64]
_WIDTHS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_BARS = 50
_LOSS: Look = "eighth"
_GAIN: Look = "fifth"


def multiple(run: Run) -> Chart:
    """Return the distribution of the money multiple, what lies below 1 marked as loss."""
    values = run.returns.values["investor.multiple"]
    defined = values[~np.isnan(values)]
    return Chart("multiple", (_multiples(run, defined) if defined.size else _NO_MULTIPLE,), "", "", height=4.2)


_TITLE = "What the investor gets back for each £1 it pays in"
_NO_MULTIPLE = Panel(
    (
        Words(
            0.02, 0.5, "No capital is drawn in any replication, so there is no multiple.", across="left", across_is="share",
            up_is="share",
        ),
    ),
    Axis(blank=True), Axis(blank=True), _TITLE, room=34.0,
)  # fmt: skip


def _multiples(run: Run, defined: Floats) -> Panel:
    """Return bars of the multiples that there are, shape (n,)."""
    edges = bins(float(defined.max()))
    shares, widths = np.histogram(defined, edges)[0] / run.replications, np.diff(edges)
    below, middles = edges[:-1] < 1 - 1e-9, edges[:-1] + widths / 2
    bars = tuple(
        Bars(numbers(middles[part]), numbers(shares[part]), thick=float(widths[part][0]), look=look)
        for part, look in ((below, _LOSS), (~below, _GAIN))
        if part.any()
    )
    right = float(edges[-1])
    x = Axis("money multiple (1.00 = money back)", low=0.0, high=max(right, 1.1))
    y = Axis("share of replications", PERCENT, low=0.0, high=1.08 * float(shares.max()))
    return Panel((*bars, *_multiple_marks(run, right)), x, y, _TITLE, room=34.0)


def bins(largest: float) -> Floats:
    """Return edges of about 50 equal bars from 0 to beyond a value; 1, where loss ends, is always an edge."""
    width = next((w for w in _WIDTHS if largest / w <= _BARS), float(np.ceil(largest / _BARS)))
    steps = round(1 / width) if width < 1 else 1
    above = 1 + width * np.arange(1 + int(np.floor(max(0.0, largest - 1) / width + 1e-9) + 1))
    return np.concatenate([np.linspace(0, 1, steps + 1)[:-1], above])


def _multiple_marks(run: Run, right: float) -> Iterator[Layer]:
    """Yield the median, the cap on the return and the probability of loss."""
    limit = capped_multiple(run.scenario.deal.investment)
    median = run.estimates["investor.multiple"].quantiles[2]
    if limit is not None and limit <= right:
        yield Rule("x", limit, look="ink")
        yield Words(limit, 1.0, f"cap on the return {MULTIPLE.say(limit)}", apart=(0.0, 18.0), up_is="share")
    if median is not None:
        yield Rule("x", median, look="first", dash="dashed")
        yield Words(median, 1.0, f"median {MULTIPLE.say(median)}", "first", apart=(0.0, 4.0), up_is="share")
    yield Rule("x", 1.0, look="risk")
    loss = f"loss: {error_of_share(run.estimates['investor.probability_of_loss'])}"
    yield Words(0.0, 1.0, loss, "risk", "left", apart=(0.0, 18.0), across_is="share", up_is="share", bold=True)


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


def outcomes(run: Run) -> Chart:
    """Return outcomes achieved and evidenced as shares of their targets, with counts."""
    rows = counted(run.scenario.deal)
    found = [[value or 0.0 for value in run.estimates[key("outcomes.{}", name)].quantiles] for name, _ in rows]
    widest = max([1.0, *(levels[4] / target for levels, (_, target) in zip(found, rows, strict=True) if target)])
    layers: list[Layer] = [
        Rule("x", 1.0, look="second"),
        Words(1.0, 1.0, "target", "second", up_is="share"),
        Words(1.02, 1.0, "median, target,\nnine in ten", "quiet", "left", across_is="share", up_is="share"),
    ]
    for row, (levels, (_, target)) in enumerate(zip(found, rows, strict=True)):
        layers.append(
            Words(1.02, row, _counts(levels, target), across="left", up="middle", apart=(0.0, 0.0), across_is="share")
        )
        layers += _spread(row, np.array(levels) / target) if target else ()
    x = Axis(
        "share of the high-case target: point = median, thick = middle half, thin = nine in ten replications", PERCENT,
        low=0.0, high=1.06 * widest, grid=True,
    )  # fmt: skip
    ticks = tuple((float(row), name_in_words(name)) for row, (name, _) in enumerate(rows))
    y = Axis(ticks=ticks, low=-0.7, high=len(rows) - 0.5, downward=True)
    panel = Panel(tuple(layers), x, y, "Outcomes achieved and evidenced, against their targets", room=26.0)
    return Chart("outcomes", (panel,), "", "", height=1.5 + 0.62 * len(rows))


def _spread(row: int, shares: Floats) -> Iterator[Layer]:
    for low, high, thick in ((shares[0], shares[4], 0.06), (shares[1], shares[3], 0.26)):
        yield Bars((float(row),), (float(high - low),), (float(low),), thick, look=_GAIN, sideways=True)
    yield Line((float(shares[2]),), (float(row),), dash="none", marker="circle", size=7.0)


def _counts(found: list[float], target: int) -> str:
    against = f"of {target:,}" if target else "(no target)"
    return f"{COUNT.say(found[2])} {against}\n{COUNT.say(found[0])} to {COUNT.say(found[4])}"
