"""Charts with a calendar: payments, the investor's balance, the caseload."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulator.charts import Axis, Chart, Ends, Fan, Layer, Line, Panel, Rule, Words, day_place, numbers
from simulator.dates import day_number
from simulator.measures.of_deal import named
from simulator.monte_carlo import Run
from simulator.report.position import reported_position
from simulator.report.quarters import INVOICED, POSITION, bands, from_nothing, invoices, term_edges
from simulator.scenario.deal import Deal
from simulator.words import MONEY, say_date, short_pounds

Floats = NDArray[np.float64]


def payments(run: Run) -> Chart:
    """Return the fan of cumulative outcome payments by invoice quarter, with the cap and the even plan."""
    deal = run.scenario.deal
    days, found = from_nothing(run, INVOICED, invoices(deal))
    cap, start, end = deal.total_cap.pence / 100, day_place(deal.term.service_start), day_place(deal.term.term_end)
    layers: list[Layer] = [
        _fan(days, found),
        Rule("y", cap, look="ink"),
        Line((start, end), (0.0, cap), "plan: the cap spread evenly", "second", "dashed", width=1.4),
        *_mark_day(end, "service ends", 0.02),
        *_mark_reported(deal),
        Words(0.01, cap, f"cap {short_pounds(cap)}", across="left", apart=(0.0, 4.0), across_is="share"),
        _band_labels(found),
    ]
    title = "Outcome payments invoiced so far, against the cap and an even plan"
    y = Axis(unit=MONEY, low=0.0, high=1.12 * max(cap, float(found.max()), 1.0))
    return Chart("payments", (Panel(tuple(layers), _calendar(days), y, title, "bands"),), "", "", height=4.6)


def _fan(days: list[date], found: Floats) -> Fan:
    return Fan(numbers(map(day_place, days)), tuple(map(numbers, found)))


def _calendar(days: list[date]) -> Axis:
    return Axis(dates=True, low=day_place(days[0]), high=day_place(days[-1]))


def _mark_reported(deal: Deal) -> Iterator[Layer]:
    """Yield the point of what is reported to have been paid by a day, if anything is."""
    position = reported_position(deal)
    if position is not None:
        day, paid = day_place(position.as_of), float(position.payments.actual)
        yield Line((day,), (paid,), look="ink", dash="none", marker="diamond", size=6.0)
        yield Words(day, paid, f"reported {short_pounds(paid)}", across="right", apart=(-8.0, 6.0))


def _band_labels(found: Floats) -> Ends:
    """Return labels for the right end of a fan: 5th percentile, median, 95th percentile."""
    last = [float(found[line, -1]) for line in (0, 2, 4)]
    words = ("5th percentile", "median", "95th percentile")
    texts = tuple(f"{name} {short_pounds(value)}" for name, value in zip(words, last, strict=True))
    return Ends(numbers(last), texts, ("quiet", "first", "quiet"))


def _mark_day(place: float, text: str, height: float) -> Iterator[Layer]:
    """Yield a thin vertical line with its name to the left of it."""
    yield Rule("x", place, dash="dotted")
    yield Words(place, height, text, "quiet", across="right", apart=(-4.0, 0.0), up_is="share")


def investor_balance(run: Run) -> Chart:
    """Return the fan of the investor's net position at quarter ends, with the commitment and the day of settlement."""
    deal = run.scenario.deal
    days, found = from_nothing(run, POSITION)
    commitment = deal.investment.commitment / 100
    low, high = min(-commitment, float(found.min())), max(0.35 * commitment, float(found.max()), 1.0)
    paid_in = f"all the capital committed is paid in: {short_pounds(-commitment)}"
    layers: list[Layer] = [
        _fan(days, found),
        Rule("y", 0.0, look="ink"),
        Rule("y", -commitment, look="risk"),
        Words(
            0.01, -commitment, paid_in if commitment else "no capital is committed", "risk", across="left", up="below",
            apart=(0.0, -3.0), across_is="share",
        ),
        _band_labels(found),
    ]  # fmt: skip
    settled, start = deal.investment.settlement_date, deal.term.service_start
    if day_number(settled, start) <= day_number(days[-1], start):
        layers += _mark_day(day_place(settled), f"settlement, {say_date(settled)}", 0.95)
    title = "The investor's balance: what it has got back, less what it has paid in"
    y = Axis(unit=MONEY, low=low - 0.12 * (high - low), high=high + 0.08 * (high - low))
    return Chart("investor_balance", (Panel(tuple(layers), _calendar(days), y, title, "bands"),), "", "", height=4.6)


def caseload(run: Run) -> Chart:
    """Return places used and available on the caseload, and people waiting, as means over each quarter of the term."""
    days = term_edges(run.scenario.deal)
    edges, x = numbers(map(day_place, days)), _calendar(days)
    used, free = bands(run, "caseload.slots_used"), bands(run, "caseload.slots_available")
    waiting = bands(run, "caseload.people_waiting")
    names = (named("caseload.slots_available").within, named("caseload.slots_used").within)
    above = (
        Fan(edges, tuple(map(numbers, free)), steps=True, look="second", inner=False),
        Fan(edges, tuple(map(numbers, used)), steps=True),
        Line(edges, numbers(free[2]), look="second", width=1.8, steps=True),
        Ends(numbers((free[2, -1], used[2, -1])), names, ("second", "first")),
    )
    below = (
        Fan(edges, tuple(map(numbers, waiting)), steps=True),
        Ends(numbers(waiting[2, -1:]), ("median",), ("first",)),
    )
    title = "Places on the caseload: used and available, quarter by quarter"
    panels = (
        Panel(above, x, _from_nothing(max(used.max(), free.max())), title, "bands", tall=1.5),
        Panel(below, x, _from_nothing(waiting.max()), "People referred and waiting for a place", room=12.0),
    )  # fmt: skip
    return Chart("caseload", panels, "", "", height=5.8, rows=2, share_x=True)


def _from_nothing(largest: float) -> Axis:
    return Axis(low=0.0, high=1.12 * max(float(largest), 1.0))
