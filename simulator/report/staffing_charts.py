"""The chart of specialists and caseload limits: a panel for each measure, a line for each limit."""

from collections.abc import Iterator, Sequence

from simulator.charts import Axis, Chart, Dash, Layer, Line, Look, Marker, Panel, Rule, numbers, wrapped
from simulator.measures.catalogue import RETURNS, STAFFING
from simulator.measures.of_deal import key, measures_of
from simulator.studies.staffing import COSTS, PAID, VALUE, StaffingGrid
from simulator.words import COUNT, DAYS, MONEY, Unit, a_number

_LOOKS: tuple[tuple[Look, Dash, Marker], ...] = (
    ("first", "solid", "circle"), ("second", "dashed", "square"), ("third", "mixed", "triangle"), ("fourth", "dotted", "diamond"),
)  # fmt: skip
"""Look, line and marker of each caseload limit, in turn."""
_ACROSS = 3
"""Panels in a row."""
_SURE = 2
"""Standard errors each way of a band."""


def charts(found: StaffingGrid) -> tuple[Chart, ...]:
    """Return the chart."""
    panels = (*(_measured(found, name) for name in _shown(found)), _value(found))
    rows = -(-len(panels) // _ACROSS)
    chart = Chart(
        "staffing", panels,
        "Each measure against the number of specialists; bands are two standard errors either way. Grey line: as it stands now. "
        "The last panel is what another specialist brings in payments, less what it costs, between one number and the next: "
        "above nothing it pays.",
        f"Waiting, outcomes and money against {a_number(len(found.posts), 'number')} of specialists.",
        height=0.8 + 2.35 * rows, rows=rows, key="above" if len(found.limits) > 1 else "none", key_columns=len(_LOOKS),
    )  # fmt: skip
    return (chart,)


def _shown(found: StaffingGrid) -> tuple[str, ...]:
    groups = found.scenario.deal.groups
    return (
        "caseload.wait_days", "caseload.lapsed", "caseload.utilisation",
        *(key("outcomes.{}", group) for group in (groups[0], groups[-1])[: len(groups)]),
        PAID, COSTS, "investor.multiple", "investor.probability_of_loss", "spv.shortfall_gbp",
    )  # fmt: skip


def _measured(found: StaffingGrid, name: str) -> Panel:
    """Return a measure against the number of specialists."""
    measure = measures_of(found.scenario.deal, (*RETURNS, *STAFFING))[name]
    curves = [[(each.seen[name].mean, each.seen[name].se) for each in found.line(limit)] for limit in found.limits]
    return _panel(found, measure.label, measure.unit, tuple(_curves(found, [found.posts] * len(curves), curves)))


def _value(found: StaffingGrid) -> Panel:
    """Return what another specialist brings less what it costs, between one number and the next."""
    steps = [[step for step in found.steps if step.limit == limit] for limit in found.limits]
    places = [[(step.fewer + step.more) / 2 for step in line] for line in steps]
    curves = _curves(found, places, [[step.gains[VALUE] for step in line] for line in steps])
    zero = Rule("y", 0.0, look="risk")
    return _panel(found, "Another specialist: payments less costs", MONEY, (*curves, zero))


def _curves(
    found: StaffingGrid,
    places: Sequence[Sequence[float]],
    seen: Sequence[Sequence[tuple[float | None, float | None]]],
) -> Iterator[Line]:
    """Yield a line with its band of error for each limit; places without figure are left out.

    Args:
        found: the study.
        places: where on the x axis, by limit.
        seen: figures there and their errors, by limit.
    """
    for place, limit in enumerate(found.limits):
        look, dash, marker = _LOOKS[place % len(_LOOKS)]
        edges = [
            [None if mean is None or error is None else mean + side * _SURE * error for mean, error in seen[place]]
            for side in (-1, 1)
        ]
        yield Line(
            numbers(places[place]), numbers(mean for mean, _ in seen[place]), f"{COUNT.say(limit)} people per specialist",
            look, dash, marker, low=numbers(edges[0]), high=numbers(edges[1]),
        )  # fmt: skip


def _panel(found: StaffingGrid, title: str, unit: Unit, layers: tuple[Layer, ...]) -> Panel:
    """Return a panel over numbers of specialists, with a line where there are as many as now.

    Args:
        found: the study.
        title: of the panel.
        unit: of what is shown.
        layers: curves and lines.
    """
    x = Axis("specialists", ticks=tuple((float(posts), str(posts)) for posts in found.posts))
    y = Axis("days" if unit is DAYS else "", unit)
    return Panel((*layers, Rule("x", found.base_posts, dash="dashed")), x, y, wrapped(title, 28, 3))
