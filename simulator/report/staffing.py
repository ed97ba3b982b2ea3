"""The staffing study in words, tables and a figure."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simulator.measures.catalogue import RETURNS, STAFFING
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key, measures_of
from simulator.report.study import Picture, ShownTable, Study, StudyRequest, conduct
from simulator.report.style import BLUE, GREEN, GREY, ORANGE, RED, looks, new_figure, scale
from simulator.studies.experiment import Experiment
from simulator.studies.staffing import (
    COSTS,
    NET,
    OVER_CAP,
    PAID,
    SURE,
    VALUE,
    WORTH,
    Setting,
    StaffingGrid,
    Step,
    find_staffing,
    numbers,
)
from simulator.words import (
    COUNT,
    DAYS,
    MONEY,
    Unit,
    a_number,
    listed,
    name_within,
    say,
    with_error,
)

_LOOKS = ((BLUE, "solid", "o"), (ORANGE, (0, (4, 2)), "s"), (GREEN, (0, (6, 2, 1, 2)), "^"), (RED, (0, (1, 1.2)), "D"))
"""Colour, line and marker of each caseload limit, in turn."""


def staffing(request: StudyRequest, specialists: str | None = None, caseload: str | None = None) -> bool:
    """Do, write and show the study; return whether it could be done, as it always can.

    Args:
        request: what every study is asked for.
        specialists: numbers of specialists with commas between them.
        caseload: caseload limits with commas between them.

    Raises:
        SibError: for what are no numbers, or none that make sense.
    """
    posts, limits = numbers(specialists, "specialists"), numbers(caseload, "caseload limits")
    options = tuple(
        f"--{name} {','.join(f'{each:.12g}' for each in values)}"
        for name, values in (("specialists", posts), ("caseload", limits))
        if values
    )

    def make(experiment: Experiment) -> Study:
        return study_of(find_staffing(experiment, request.scenario, posts, limits), experiment, options)

    return conduct(request, "staffing", options, make)


def study_of(found: StaffingGrid, experiment: Experiment, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and a figure.

    Args:
        found: the settings and their results.
        experiment: what ran the versions: its seed and numbers of replications are reported.
        options: the options of the command, as written.
    """
    return Study(
        "staffing", "Staffing", "What do specialists and caseload limit bring, and where does another specialist pay?",
        found.scenario, experiment.seed, experiment.replications, experiment.simulated, experiment.settled, answer(found),
        (waiting_table(found), outcomes_table(found), return_table(found), steps_table(found)), (picture(found),),
        how(found), data(found),
        {"staffing.csv": frame(found), "another_specialist.csv": steps_frame(found)}, options,
    )  # fmt: skip


def answer(found: StaffingGrid) -> tuple[str, ...]:
    """Return the answer in sentences: where another specialist pays, and for whom."""
    if not found.steps:
        return ("One number of specialists was tried, so that nothing can be said of another one.",)
    return tuple(sentence for limit in found.limits for sentence in _at_limit(found, limit))


def _at_limit(found: StaffingGrid, limit: float) -> list[str]:
    steps = [step for step in found.steps if step.limit == limit]
    at = f"At {COUNT.say(limit)} people per specialist" if len(found.limits) > 1 else "For the vehicle"
    by_verdict = {
        verdict: [_between(step) for step in steps if step.verdict == verdict]
        for verdict in ("pays", "costs", "not_told")
    }
    said = {
        "pays": "pays for itself",
        "costs": "costs more than it brings",
        "not_told": "brings about what it costs, as far as chance lets it be told",
    }
    if not by_verdict["pays"] and not by_verdict["not_told"] and len(steps) > 1:
        numbers = f"{steps[0].fewer} to {steps[-1].more}"
        nearest = min(steps, key=lambda step: (abs(step.fewer - found.base_posts), step.fewer))
        nowhere = f"{at}, another specialist earns its cost at no number from {numbers}."
        return [nowhere, for_whom(found, nearest)]
    parts = [f"{said[verdict]} {listed(places)}" for verdict, places in by_verdict.items() if places]
    nearest = min(steps, key=lambda step: (abs(step.fewer - found.base_posts), step.fewer))
    return [f"{at}, another specialist {'; it '.join(parts)}.", for_whom(found, nearest)]


def _between(step: Step) -> str:
    return f"from {step.fewer} to {step.more}"


def for_whom(found: StaffingGrid, step: Step) -> str:
    """Return what another specialist brings to whom, in a sentence."""
    outcomes = listed(
        [
            f"{_gain(COUNT, step.gains[key('outcomes.{}', group)])} {name_within(group)}s"
            for group in found.scenario.deal.groups
        ]
    )
    return (
        f"Between {step.fewer} and {step.more}, each one more brings {outcomes}. These outcomes are worth "
        f"{_gain(MONEY, step.gains[WORTH])} "
        f"at the contract's prices; the outcome payers pay {_gain(MONEY, step.gains[PAID])} more, and "
        f"{_gain(MONEY, step.gains[OVER_CAP])} more is left "
        f"unpaid over caps. Costs grow by {_gain(MONEY, step.gains[COSTS])}; the investor's gain changes by "
        f"{_gain(MONEY, step.gains[NET])}."
    )


def _gain(unit: Unit, gain: tuple[float, float]) -> str:
    return with_error(unit, *gain)


def _name(found: StaffingGrid, setting: Setting) -> str:
    here = (setting.posts, setting.limit) == (found.base_posts, found.base_limit)
    return f"{setting.posts} at {COUNT.say(setting.limit)}{' (now)' if here else ''}"


def _estimated(unit: Unit, setting: Setting, name: str) -> str:
    found = setting.seen[name]
    error = "" if found.mean is None or found.se is None else f" ± {_short(unit, found.se)}"
    return f"{say(unit, found.mean)}{error}"


def _short(unit: Unit, error: float) -> str:
    """Return an error without its unit, which stands with the figure."""
    return f"{error * unit.factor:,.{unit.decimals}f}"


def waiting_table(found: StaffingGrid) -> ShownTable:
    """Return waiting for a place in each setting."""
    columns = ("caseload.wait_days", "caseload.people_waiting", "caseload.lapsed", "caseload.utilisation")
    note = (
        "Specialists at so many people each. Days are those of people who got a place, people waiting "
        "those on an average day; use of "
        "places can be above 100% for some time after a specialist has left."
    )
    return _table(found, "Waiting for a place", columns, note)


def outcomes_table(found: StaffingGrid) -> ShownTable:
    """Return outcomes, payments and costs of each setting."""
    columns = (*(key("outcomes.{}", group) for group in found.scenario.deal.groups), PAID, COSTS)
    note = (
        "Costs are all that falls due before the investor's return, paid or not; delivery is among them with as much for each "
        "specialist as now."
    )
    return _table(found, "Outcomes, payments and costs", columns, note)


def return_table(found: StaffingGrid) -> ShownTable:
    """Return the investor's return and the SPV's shortfall in each setting."""
    columns = (
        "investor.multiple",
        "investor.probability_of_loss",
        "spv.shortfall_gbp",
        "spv.probability_of_shortfall",
    )
    note = (
        "Multiple and loss are the investor's; shortfall is what the SPV could not pay on the days on which it was due."
    )
    return _table(found, "Return", columns, note)


def _table(found: StaffingGrid, title: str, columns: Sequence[str], note: str) -> ShownTable:
    known = _measures(found)
    rows = tuple(
        (_name(found, setting), *(_estimated(known[name].unit, setting, name) for name in columns))
        for setting in found.settings
    )
    return ShownTable(title, ("Specialists", *(known[name].short for name in columns)), rows, note)


def _measures(found: StaffingGrid) -> dict[str, Measure]:
    """Return the measures that the study shows, by key."""
    return measures_of(found.scenario.deal, (*RETURNS, *STAFFING))


def steps_table(found: StaffingGrid) -> ShownTable:
    """Return what each further specialist brings."""
    words = {"pays": "pays", "costs": "does not pay", "not_told": "not told apart"}
    rows = tuple(
        (
            f"{step.fewer} to {step.more}" + (f" at {COUNT.say(step.limit)}" if len(found.limits) > 1 else ""),
            *(
                f"{MONEY.say(step.gains[name][0])} ± {step.gains[name][1]:,.0f}"
                for name in (PAID, COSTS, VALUE, OVER_CAP)
            ),
            words[step.verdict],
        )
        for step in found.steps
    )
    note = (
        "Mean differences for each post more, on the same people. Value is payments less costs; what is over caps is "
        "delivered and not "
        f"paid for. It pays, or does not, where its value is more than {SURE:g} standard errors from nothing."
    )
    headings = ("Specialists", "Payments", "Costs", "Value", "Over caps", "Another one")
    return ShownTable("Another specialist", headings, rows, note, frozenset({5}))


def how(found: StaffingGrid) -> tuple[str, ...]:
    """Return how it was computed, in sentences."""
    lines = len(found.scenario.deal.staffing.specialists)
    first = "the first line of specialists, the others stay as they are" if lines > 1 else "all specialists"
    return (
        f"The number of posts is that of {first}. The provider's contract value goes along, so that delivery costs as "
        "much for each "
        "specialist as it does now; what it is paid for outcomes, at the same payments, goes along too. "
        "Prices, caps and capital stay. "
        "The caseload limit costs nothing by itself.",
        "All settings are simulated with the same seed: the same people are referred on the same days, and "
        "differences are taken replication by replication.",
    )


def picture(found: StaffingGrid) -> Picture:
    """Return the figure: a panel for each measure, a line for each caseload limit."""
    groups, known = found.scenario.deal.groups, _measures(found)
    panels = [
        "caseload.wait_days", "caseload.lapsed", "caseload.utilisation",
        *(key("outcomes.{}", group) for group in (groups[0], groups[-1])[: len(groups)]),
        PAID, COSTS, "investor.multiple", "investor.probability_of_loss", "spv.shortfall_gbp",
    ]  # fmt: skip
    with looks():
        rows = -(-(len(panels) + 1) // 3)
        figure = new_figure(0.8 + 2.35 * rows)
        axes = figure.subplots(rows, 3, squeeze=False).flatten()
        for each, name in zip(axes, panels, strict=False):
            for look, limit in enumerate(found.limits):
                line = found.line(limit)
                _curve(each, found.posts, [(s.seen[name].mean, s.seen[name].se) for s in line], look, limit)
            _finish(each, found, known[name].label, known[name].unit)
        _value_panel(axes[len(panels)], found)
        for spare in axes[len(panels) + 1 :]:
            spare.set_visible(False)
        if len(found.limits) > 1:
            handles, labels = axes[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper left", ncols=4, frameon=False, fontsize=9.5)
    return Picture(
        "staffing",
        figure,
        "Each measure against the number of specialists; bands are two standard errors either way. Grey line: as it "
        "stands now. The last "
        "panel is what another specialist brings in payments, less what it costs, between one number and the next: "
        "above nothing it pays.",
        f"Waiting, outcomes and money against {a_number(len(found.posts), 'number')} of specialists.",
    )


def _curve(
    axes: Axes, at: Sequence[float], seen: Sequence[tuple[float | None, float | None]], look: int, limit: float
) -> None:
    """Draw a line with its band of error; places without figure are left out."""
    colour, line, marker = _LOOKS[look % len(_LOOKS)]
    middle = np.array([np.nan if mean is None else mean for mean, _ in seen])
    error = np.array([np.nan if se is None else se for _, se in seen])
    axes.fill_between(at, middle - 2 * error, middle + 2 * error, color=colour, alpha=0.18, linewidth=0)
    axes.plot(
        at, middle, color=colour, linestyle=line, marker=marker, markersize=4, linewidth=1.6,
        label=f"{COUNT.say(limit)} people per specialist",
    )  # fmt: skip


def _finish(axes: Axes, found: StaffingGrid, title: str, unit: Unit) -> None:
    axes.axvline(found.base_posts, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.set_title("\n".join(wrap(title, 28)), fontsize=10)
    axes.set_xticks(found.posts)
    axes.set_xlabel("specialists")
    if unit is DAYS:
        axes.set_ylabel("days")
    scale(axes, "y", unit)


def _value_panel(axes: Axes, found: StaffingGrid) -> None:
    for look, limit in enumerate(found.limits):
        steps = [step for step in found.steps if step.limit == limit]
        places = [(step.fewer + step.more) / 2 for step in steps]
        _curve(axes, places, [step.gains[VALUE] for step in steps], look, limit)
    axes.axhline(0.0, color=RED, linewidth=1.0)
    _finish(axes, found, "Another specialist: payments less costs", MONEY)


def frame(found: StaffingGrid) -> pd.DataFrame:
    """Return one row for each setting and measure."""
    return pd.DataFrame(
        {"specialists": each.posts, "caseload": each.limit, "measure": name, "mean": figure.mean, "se": figure.se}
        for each in found.settings
        for name, figure in each.seen.items()
    )


def steps_frame(found: StaffingGrid) -> pd.DataFrame:
    """Return one row for each step and what it changes."""
    columns = ("from", "to", "caseload", "name", "difference", "se", "verdict")
    rows = [
        (step.fewer, step.more, step.limit, name, value, error, step.verdict)
        for step in found.steps
        for name, (value, error) in step.gains.items()
    ]
    return pd.DataFrame(rows, columns=columns)


def data(found: StaffingGrid) -> dict[str, object]:
    """Return the study's own part of its JSON document."""
    return {
        "now": {"specialists": found.base_posts, "caseload": found.base_limit},
        "settings": [
            {
                "specialists": each.posts,
                "caseload": each.limit,
                "measures": {name: figure.as_dict() for name, figure in each.seen.items()},
            }
            for each in found.settings
        ],
        "another_specialist": [
            {
                "from": step.fewer,
                "to": step.more,
                "caseload": step.limit,
                "verdict": step.verdict,
                "for_each_more": {name: {"mean": value, "se": error} for name, (value, error) in step.gains.items()},
            }
            for step in found.steps
        ],
    }
