"""The figures of the diagnostics: predictions against what is reported, what is told, the ridge, tornados, deals left out."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from calibration.about import CONVERSIONS, About
from calibration.diagnostics.identification import Identified, Ridge
from calibration.diagnostics.intervals import Predicted
from calibration.diagnostics.left_out import LeftOut
from calibration.diagnostics.predictive import Predictive
from calibration.diagnostics.sensitivity import Effect, ranked
from calibration.fit import TOLD, WELL_TOLD
from calibration.observations import COUNTED
from calibration.unknowns import Role, Unknown
from simulator.progress import PAYMENTS
from simulator.report.style import (
    BLUE,
    BLUE_MID,
    BLUE_PALE,
    GREY,
    INK,
    ORANGE,
    ORANGE_MID,
    RED,
    looks,
    new_figure,
    pounds_scale,
)  # fmt: skip
from simulator.words import name_in_words

Floats = NDArray[np.float64]
SHORT = {
    "haringey_barnet": "Haringey, Barnet",
    "shropshire": "Shropshire",
    "enfield": "Enfield",
    "tower_hamlets_smi": "Tower Hamlets SMI",
    "tower_hamlets_ld": "Tower Hamlets LD",
    "smi_total": "Four together",
}
_MOST = 10
"""Priors shown in a tornado."""
_SHOWN_DRAWS = 400


def counts(made: Predictive) -> Figure:
    """Return the counts of table 9: what is predicted, what counts alone would give, what is reported."""
    deals = list(made.naive)
    with looks():
        figure = new_figure(1.1 + 2 * (0.7 + 0.42 * len(deals)))
        axes = figure.subplots(2, 2, sharey=True)
        for panel, name in zip(axes.flat, COUNTED, strict=True):
            panel.set_title(name_in_words(f"{name}s"))
            for row, deal in enumerate(deals):
                _interval(panel, row, made.of(deal, About("count", name)))
                low, high = made.naive[deal][name].repeat
                panel.plot([low, high], [row + 0.27] * 2, color=GREY, linewidth=1.4, solid_capstyle="butt")
            panel.set_xlim(left=0)
        _rows(figure, axes[:, 0], deals)
        _key(figure, [Line2D([], [], color=GREY, linewidth=1.4, label="nine in ten from the counts alone")])
        return figure


def conversions(made: Predictive) -> Figure:
    """Return the conversions of table 11 as predicted and as printed."""
    deals = list(dict.fromkeys(each.published.deal for each in made.checked))
    with looks():
        figure = new_figure(1.2 + 0.42 * len(deals) + 0.4)
        axes = figure.subplots(1, 3, sharey=True)
        for panel, about in zip(axes, CONVERSIONS.values(), strict=True):
            panel.set_title(conversion_in_words(about), fontsize=10)
            for row, deal in enumerate(deals):
                _interval(panel, row, made.of(deal, about))
            panel.set_xlabel("%")
        _rows(figure, axes[:1], deals)
        _key(figure)
        return figure


def payments(made: Predictive) -> Figure:
    """Return the payments of each claim quarter, deal by deal."""
    deals = list(made.naive)
    with looks():
        lines = (len(deals) + 1) // 2
        figure = new_figure(1.0 + 2.5 * lines)
        axes = np.atleast_1d(figure.subplots(lines, 2 if len(deals) > 1 else 1)).ravel()
        for panel, deal in zip(axes, deals, strict=False):
            _quarters(panel, made, deal)
        for unused in axes[len(deals) :]:
            unused.set_visible(False)
        _key(
            figure, [Line2D([], [], color=RED, marker="D", linestyle="", fillstyle="none", label="paid, not fitted to")]
        )
        return figure


def _quarters(axes: Axes, made: Predictive, deal: str) -> None:
    of_it = [each for each in made.checked if each.published.deal == deal]
    found = [(end, each) for each in of_it if (end := each.published.about.quarter_end)]
    for place, (_, each) in enumerate(found):
        low, first, middle, third, high = each.predicted.quantiles
        axes.plot([place, place], [low, high], color=BLUE_PALE, linewidth=8, solid_capstyle="butt")
        axes.plot([place, place], [first, third], color=BLUE_MID, linewidth=8, solid_capstyle="butt")
        axes.plot([place - 0.3, place + 0.3], [middle, middle], color=BLUE, linewidth=1.6)
        full = "none" if each.note else "full"
        axes.plot([place], [each.predicted.reported], marker="D", markersize=5, color=RED, fillstyle=full, linestyle="")
    years = [f"\n{end.year}" if end.month == 3 or not place else "" for place, (end, _) in enumerate(found)]
    labels = [f"Q{end.month // 3}{year}" for (end, _), year in zip(found, years, strict=True)]
    axes.set_xticks(range(len(found)), labels=labels)
    axes.set_title(SHORT[deal])
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    pounds_scale(axes)


def resolved(found: Sequence[Identified]) -> Figure:
    """Return what part of each parameter's prior variance the figures take away, deal by deal."""
    deals = list(dict.fromkeys(each.deal for each in found))
    names = list(dict.fromkeys(each.parameter.name for each in found))
    with looks():
        figure = new_figure(1.0 + 0.3 * len(names))
        axes = figure.subplots(1, len(deals), sharey=True, sharex=True, squeeze=False)[0]
        for panel, deal in zip(axes, deals, strict=True):
            for each in (one for one in found if one.deal == deal):
                colour = BLUE if each.resolved >= WELL_TOLD else BLUE_MID if each.resolved >= TOLD else ORANGE_MID
                part = 100 * max(0.0, each.resolved)
                panel.barh(names.index(each.parameter.name), part, color=colour, height=0.7)
                panel.annotate(f"{part:.0f}", (part, names.index(each.parameter.name)), (3, 0),
                               textcoords="offset points", va="center", fontsize=8)  # fmt: skip
            panel.set_title(SHORT[deal], fontsize=10)
            panel.set_xlim(0, 118)
            panel.set_xticks([0, 50, 100])
            panel.grid(axis="x")
        axes[0].set_yticks(range(len(names)), labels=[name_in_words(name) for name in names])
        axes[0].set_ylim(len(names) - 0.4, -0.6)
        figure.supxlabel("Part of the prior variance that is gone, in percent", fontsize=9)
        keys = [
            Patch(color=BLUE, label=f"well told: {100 * WELL_TOLD:.0f}% and more"),
            Patch(color=BLUE_MID, label="partly told"),
            Patch(color=ORANGE_MID, label=f"hardly told: under {100 * TOLD:.0f}%"),
        ]
        figure.legend(handles=keys, loc="outside upper left", ncols=3, frameon=False, fontsize=9)
        return figure


def ridges(found: Sequence[Ridge]) -> Figure:
    """Return draws of job loss and contact probability, with the curve on which sustainments stay as they are."""
    with looks():
        columns = 2 if len(found) > 1 else 1
        lines = (len(found) + 1) // 2
        figure = new_figure(0.6 + 2.7 * lines)
        axes = np.atleast_1d(figure.subplots(lines, columns, sharex=True, sharey=True)).ravel()
        for panel, each in zip(axes, found, strict=False):
            step = max(1, len(each.job_loss) // _SHOWN_DRAWS)
            panel.plot(
                each.job_loss[::step], each.contact[::step], linestyle="", marker="o", markersize=2.6, color=BLUE,
                alpha=0.35, markeredgewidth=0,
            )  # fmt: skip
            low, high = np.quantile(each.job_loss, (0.005, 0.995))
            curve = np.linspace(float(low), float(high), 60)
            on_it = each.contact_on_it(curve)
            panel.plot(curve[on_it <= 1.0], on_it[on_it <= 1.0], color=ORANGE, linewidth=2)
            panel.set_title(SHORT[each.deal])
            panel.set_ylim(0, 1.02)
        for unused in axes[len(found) :]:
            unused.set_visible(False)
        figure.supxlabel("Job loss, per month", fontsize=10)
        figure.supylabel("Contact probability", fontsize=10)
        return figure


def tornado(found: Sequence[Effect]) -> Figure:
    """Return, of one deal, what moving each prior by one standard deviation does to sustainments and payments."""
    with looks():
        figure = new_figure(1.1 + 0.33 * _MOST)
        axes = figure.subplots(1, 2)
        titles = {"sustainment": "Sustainments, end of term", PAYMENTS: "Payments, end of term"}
        for panel, (quantity, title) in zip(axes, titles.items(), strict=True):
            _bars(panel, found, quantity)
            panel.set_title(title, fontsize=10)
        keys = [Patch(color=BLUE, label="prior moved up by one of its sds"), Patch(color=ORANGE, label="moved down")]
        figure.legend(handles=keys, loc="outside upper left", ncols=2, frameon=False, fontsize=9)
        return figure


def _bars(axes: Axes, found: Sequence[Effect], quantity: str) -> None:
    unknowns = ranked(list(found), quantity)[:_MOST]
    size = {(e.unknown, e.move): e.percent for e in found if e.quantity == quantity and e.percent is not None}
    for row, unknown in enumerate(unknowns):
        axes.barh(row - 0.18, size[unknown, "up"], height=0.36, color=BLUE)
        axes.barh(row + 0.18, size[unknown, "down"], height=0.36, color=ORANGE)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(unknowns)), labels=[unknown_in_words(each) for each in unknowns], fontsize=8)
    axes.set_ylim(len(unknowns) - 0.4, -0.6)
    axes.set_xlabel("change of the expectation, %", fontsize=9)
    axes.grid(axis="x")


def left_out(found: Sequence[LeftOut]) -> Figure:
    """Return the conversions of each deal as the other deals predict them, and as the priors alone do."""
    deals = list(dict.fromkeys(each.deal for each in found))
    with looks():
        figure = new_figure(1.4 + 0.5 * len(deals))
        axes = figure.subplots(1, 3, sharey=True)
        for panel, about in zip(axes, CONVERSIONS.values(), strict=True):
            panel.set_title(conversion_in_words(about), fontsize=10)
            for each in (one for one in found if one.about == about):
                row = deals.index(each.deal)
                _interval(panel, row, each.others)
                low, high = each.prior.quantiles[0], each.prior.quantiles[-1]
                panel.plot([low, high], [row + 0.27] * 2, color=GREY, linewidth=1.4, solid_capstyle="butt")
            panel.set_xlabel("%")
        _rows(figure, axes[:1], deals)
        _key(figure, [Line2D([], [], color=GREY, linewidth=1.4, label="nine in ten from the priors alone")])
        return figure


_ROLES: dict[Role, str] = {
    "own": ": this deal", "common": "", "mean": ": mean of deals", "spread": ": spread of deals",
}  # fmt: skip


def unknown_in_words(unknown: Unknown) -> str:
    """Return an unknown as a reader may meet it.

    >>> unknown_in_words(Unknown("job_rate", "mean")), unknown_in_words(Unknown("job_rate", "own", "enfield"))
    ('Job rate: mean of deals', 'Job rate: this deal')
    """
    return f"{name_in_words(unknown.parameter)}{_ROLES[unknown.role]}"


def conversion_in_words(about: About) -> str:
    """Return which step a conversion starts from and which it leads to.

    >>> conversion_in_words(About("conversion", "job_start", before="engagement"))
    'Engagement to job start'
    """
    return f"{name_in_words(about.before)} to {name_in_words(about.step).lower()}"


def _interval(axes: Axes, row: int, found: Predicted) -> None:
    """Draw a prediction as bars of nine in ten and of the middle half, its median, and what is reported."""
    low, first, middle, third, high = found.quantiles
    axes.plot([low, high], [row, row], color=BLUE_PALE, linewidth=9, solid_capstyle="butt")
    axes.plot([first, third], [row, row], color=BLUE_MID, linewidth=9, solid_capstyle="butt")
    axes.plot([middle, middle], [row - 0.2, row + 0.2], color=BLUE, linewidth=1.6)
    axes.plot([found.reported], [row], color=RED, marker="D", markersize=5, linestyle="", zorder=4)


def _rows(figure: Figure, firsts: Sequence[Axes] | NDArray[np.object_], deals: Sequence[str]) -> None:
    """Name the rows of panels that share their vertical axis."""
    for axes in firsts:
        axes.set_yticks(range(len(deals)), labels=[SHORT[deal] for deal in deals])
        axes.set_ylim(len(deals) - 0.4, -0.6)
    for panel in figure.axes:
        panel.grid(axis="x")
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)


def _key(figure: Figure, others: Sequence[Line2D] = ()) -> None:
    handles = [
        Line2D([], [], color=RED, marker="D", linestyle="", label="published"),
        Line2D([], [], color=BLUE, linewidth=1.6, label="median"),
        Patch(color=BLUE_MID, label="middle half"),
        Patch(color=BLUE_PALE, label="nine in ten"),
        *others,
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=5, frameon=False, fontsize=9, columnspacing=1.4)


def draw_population(
    made: Predictive, found: Sequence[Identified], on_ridge: Sequence[Ridge], moved: Mapping[str, Sequence[Effect]],
    out: Sequence[LeftOut],
) -> dict[str, Figure]:  # fmt: skip
    """Return the figures of a population by name, those of which it has something to show.

    Args:
        made: what is predicted beside what is published.
        found: what is told of each parameter of each deal.
        on_ridge: draws along which sustainments stay as they are, of each deal that has the two rates.
        moved: what moving each prior does, by deal.
        out: conversions of each deal predicted from the other deals; none where there is one deal alone.
    """
    drawn = {
        "counts": counts(made), "conversions": conversions(made), "payments": payments(made), "told": resolved(found),
        "ridge": ridges(on_ridge),
    }  # fmt: skip
    drawn |= {f"tornado_{deal}": tornado(effects) for deal, effects in moved.items()}
    return drawn | ({"left_out": left_out(out)} if out else {})
