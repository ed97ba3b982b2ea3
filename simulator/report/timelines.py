"""Figures with a calendar: payments, the investor's balance, the caseload."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.dates import day_number
from simulator.measures.of_deal import named
from simulator.monte_carlo import Run
from simulator.report.position import reported_position
from simulator.report.quarters import INVOICED, POSITION, bands, from_nothing, invoices, term_edges
from simulator.report.style import (
    BLUE,
    GREY,
    INK,
    KEY_ROOM,
    ORANGE,
    ORANGE_PALE,
    RED,
    band_key,
    date_scale,
    end_labels,
    fan,
    new_figure,
    number,
    places,
    pounds_scale,
    stair_fan,
)
from simulator.scenario.deal import Deal
from simulator.words import say_date, short_pounds


def payments(run: Run) -> Figure:
    """Return the fan of cumulative outcome payments by invoice quarter, with the cap and the even plan."""
    deal = run.scenario.deal
    days, found = from_nothing(run, INVOICED, invoices(deal))
    cap, start, end = deal.total_cap.pence / 100, deal.term.service_start, deal.term.term_end
    figure = new_figure(4.6)
    axes = figure.add_subplot()
    fan(axes, places(days), found)
    axes.set_ylim(0, 1.12 * max(cap, float(found.max()), 1.0))
    axes.axhline(cap, color=INK, linewidth=1.1)
    (plan,) = axes.plot([number(start), number(end)], [0, cap], color=ORANGE, linewidth=1.4, linestyle=(0, (4, 3)))
    plan.set_label("plan: the cap spread evenly")
    _mark_day(axes, number(end), "service ends", 0.02)
    date_scale(axes, start, days[-1])
    pounds_scale(axes)
    _mark_reported(axes, deal)
    band_key(axes, [plan])
    axes.annotate(
        f"cap {short_pounds(cap)}", (0.01, cap), (0, 4), axes.get_yaxis_transform(), "offset points", color=INK
    )
    end_labels(axes, _band_labels([float(level) for level in found[:, -1]]))
    axes.set_title("Outcome payments invoiced so far, against the cap and an even plan", pad=KEY_ROOM)
    return figure


def _mark_reported(axes: Axes, deal: Deal) -> None:
    """Draw the point of what is reported to have been paid by a day, if anything is."""
    position = reported_position(deal)
    if position is not None:
        place = (number(position.as_of), position.payments.actual)
        axes.plot(*place, color=INK, marker="D", markersize=6, linestyle="none", zorder=5)
        words = f"reported {short_pounds(place[1])}"
        axes.annotate(words, place, (-8, 6), textcoords="offset points", ha="right", color=INK, fontsize=9, zorder=5)


def _band_labels(last: list[float]) -> list[tuple[float, str, str]]:
    """Return labels for the right end of a fan: 5th percentile, median, 95th percentile."""
    names = {0: ("5th percentile", GREY), 2: ("median", BLUE), 4: ("95th percentile", GREY)}
    return [(last[line], f"{name} {short_pounds(last[line])}", colour) for line, (name, colour) in names.items()]


def _mark_day(axes: Axes, place: float, text: str, height: float) -> None:
    """Draw a thin vertical line with its name to the left of it."""
    axes.axvline(place, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
    axes.annotate(
        text, (place, height), (-4, 0), axes.get_xaxis_transform(), "offset points", ha="right", color=GREY, fontsize=9
    )


def investor_balance(run: Run) -> Figure:
    """Return the fan of the investor's net position at quarter ends, with the commitment and the day of settlement."""
    deal = run.scenario.deal
    days, found = from_nothing(run, POSITION)
    commitment = deal.investment.commitment / 100
    figure = new_figure(4.6)
    axes = figure.add_subplot()
    fan(axes, places(days), found)
    low, high = min(-commitment, float(found.min())), max(0.35 * commitment, float(found.max()), 1.0)
    axes.set_ylim(low - 0.12 * (high - low), high + 0.08 * (high - low))
    axes.axhline(0, color=INK, linewidth=1.0)
    axes.axhline(-commitment, color=RED, linewidth=1.1)
    axes.annotate(
        f"all the capital committed is paid in: {short_pounds(-commitment)}"
        if commitment
        else "no capital is committed",
        (0.01, -commitment),
        (0, -13),
        axes.get_yaxis_transform(),
        "offset points",
        color=RED,
    )
    settled = deal.investment.settlement_date
    if day_number(settled, deal.term.service_start) <= day_number(days[-1], deal.term.service_start):
        _mark_day(axes, number(settled), f"settlement, {say_date(settled)}", 0.95)
    date_scale(axes, deal.term.service_start, days[-1])
    pounds_scale(axes)
    band_key(axes)
    end_labels(axes, _band_labels([float(level) for level in found[:, -1]]))
    axes.set_title("The investor's balance: what it has got back, less what it has paid in", pad=KEY_ROOM)
    return figure


def caseload(run: Run) -> Figure:
    """Return places used and available on the caseload, and people waiting, as means over each quarter of the term."""
    edges = term_edges(run.scenario.deal)
    figure = new_figure(5.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.5, 1))
    used, free = bands(run, "caseload.slots_used"), bands(run, "caseload.slots_available")
    above.stairs(free[4], places(edges), baseline=free[0], fill=True, color=ORANGE_PALE)
    stair_fan(above, places(edges), used)
    above.stairs(free[2], places(edges), baseline=None, color=ORANGE, linewidth=1.8)
    waiting = bands(run, "caseload.people_waiting")
    stair_fan(below, places(edges), waiting)
    for axes, largest in ((above, max(used.max(), free.max())), (below, waiting.max())):
        date_scale(axes, edges[0], edges[-1])
        axes.set_ylim(0, 1.12 * max(float(largest), 1.0))
    end_labels(
        above,
        [
            (free[2, -1], named("caseload.slots_available").within, ORANGE),
            (used[2, -1], named("caseload.slots_used").within, BLUE),
        ],
    )
    end_labels(below, [(waiting[2, -1], "median", BLUE)])
    band_key(above)
    above.set_title("Places on the caseload: used and available, quarter by quarter", pad=KEY_ROOM)
    below.set_title("People referred and waiting for a place")
    return figure
