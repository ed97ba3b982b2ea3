"""The design of prices and terms in words, tables and figures."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.report.levels import lever_scale
from simulator.report.quantity_words import quantity_in_words, requirement_in_words
from simulator.report.study import Asked, Picture, ShownTable, Study, conduct
from simulator.report.style import (
    BLUE,
    BLUE_PALE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    RED,
    WHITE,
    looks,
    new_figure,
    scale,
)
from simulator.studies.levers import Lever
from simulator.studies.quantities import Requirement
from simulator.studies.targets import Choice, Frontier, Interval, Targets, find_targets, frontier
from simulator.studies.trials import Trials
from simulator.words import MONEY, a_number, listed, name_within, say

_LINES = (BLUE, ORANGE, GREEN, RED, INK)
_DASHES: tuple[tuple[float, Sequence[float]], ...] = (
    (0, (1, 0)), (0, (5, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)),
)  # fmt: skip


def targets(
    asked: Asked,
    lever: str,
    require: Sequence[str],
    low: float | None = None,
    high: float | None = None,
    second: str | None = None,
) -> bool:
    """Do, write and show the study; return whether all requirements can hold."""
    ends = {"--from": low, "--to": high}
    options = (
        f"--lever {lever}", *(f'--require "{each}"' for each in require),
        *(f"{name} {value:.12g}" for name, value in ends.items() if value is not None),
        *([] if second is None else [f"--second {second}"]),
    )  # fmt: skip

    def make(trials: Trials) -> Study:
        found = find_targets(trials, asked.scenario, lever, require, low, high, second)
        more = None if second is None else frontier(trials, asked.scenario, found, second)
        return told(found, more, asked, trials, options)

    return conduct(asked, "targets", options, make)


def told(found: Targets, more: Frontier | None, asked: Asked, trials: Trials, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures."""
    return Study(
        "targets", "Price and terms design",
        f"Where may the {found.lever.title} stand so that {a_number(len(found.requirements), 'requirement')} hold?",
        asked.scenario, trials.seed, trials.replications, trials.lived, trials.settled, answer(found),
        (_table(found), *_terms(found), *([] if more is None else [_frontier_table(more)])),
        (_picture(found), *([] if more is None else [_frontier_picture(found, more)])), _how(found), data(found, more),
        {"targets.csv": frame(found)} | ({} if more is None else {"frontier.csv": frontier_frame(more)}), options, found.can,
    )  # fmt: skip


def answer(found: Targets) -> tuple[str, ...]:
    """Return the answer in sentences."""
    lever = found.lever
    now = [
        f"the {quantity_in_words(each.quantity)} is {_figure(each, value)}"
        for each, value in zip(found.requirements, found.base, strict=True)
    ]
    stands = f"As the scenario stands, with the {lever.title} at {lever.say(lever.base)}, {listed(now)}."
    ends = f"{lever.say(found.searched[0])} to {lever.say(found.searched[1])}"
    if not found.feasible:
        alone = [
            f"{requirement_in_words(each)} holds {_where(held, lever)}"
            for each, held in zip(found.requirements, found.each, strict=True)
        ]
        return (
            f"Cannot be met: from {ends} there is no {lever.title} at which all requirements hold.",
            *_sentence(alone),
            stands,
        )
    said = [f"All requirements hold with the {lever.title} {_where(found.feasible, lever)}; {ends} was searched."]
    words = {each.name: requirement_in_words(each) for each in found.requirements}
    said += [sentence for each in found.feasible for sentence in _binding(each, lever, words)]
    if found.choice is not None:
        said.append(_chosen(found, found.choice))
    return (*said, stands)


def _sentence(parts: Sequence[str]) -> tuple[str, ...]:
    text = listed(parts)
    return (f"Alone, {text}.",) if text else ()


def _figure(requirement: Requirement, found: tuple[float | None, float | None]) -> str:
    value, se = found
    unit = requirement.quantity.unit
    return f"{say(unit, value)}{'' if se is None else f' ± {unit.say_error(se)}'}"


def _where(held: Sequence[Interval], lever: Lever) -> str:
    if not held:
        return "nowhere"
    return listed([_stretch(each, lever) for each in held])


def _stretch(each: Interval, lever: Lever) -> str:
    if each.low == each.high:
        return f"at {lever.say(each.low)}"
    if not each.low_binds and not each.high_binds:
        return "everywhere"
    if not each.high_binds:
        return f"from {lever.say(each.low)} on"
    return (
        f"up to {lever.say(each.high)}"
        if not each.low_binds
        else f"from {lever.say(each.low)} to {lever.say(each.high)}"
    )


def _binding(each: Interval, lever: Lever, words: Mapping[str, str]) -> list[str]:
    said = []
    if each.low_binds:
        said.append(f"Below {lever.say(each.low)} it fails for: {listed([words[name] for name in each.low_binds])}.")
    if each.high_binds:
        said.append(f"Above {lever.say(each.high)} it fails for: {listed([words[name] for name in each.high_binds])}.")
    return said


def _chosen(found: Targets, choice: Choice) -> str:
    at_terms = [
        f"the {quantity_in_words(each.quantity)} is {_figure(each, value)}"
        for each, value in zip(found.requirements, choice.figures, strict=True)
    ]
    broken = [
        requirement_in_words(each) for each, holds in zip(found.requirements, choice.holds, strict=True) if not holds
    ]
    what = "in whole pounds" if len(choice.terms) > 1 or ".price" in next(iter(choice.terms)) else "in round numbers"
    end = f"; {listed(broken)} fails there by rounding" if broken else ""
    return (
        f"Nearest to where it stands is {found.lever.say(choice.value)}; {what}, tried again, {listed(at_terms)}{end}."
    )


def _table(found: Targets) -> ShownTable:
    rows = []
    for number, each in enumerate(found.requirements):
        at_terms = "" if found.choice is None else _figure(each, found.choice.figures[number])
        rows.append(
            (
                requirement_in_words(each),
                each.party,
                _figure(each, found.base[number]),
                _where(found.each[number], found.lever),
                at_terms,
            )
        )
    title = f"Requirements, by {found.lever.title}"
    return ShownTable(
        title,
        ("Requirement", "Of", "As it stands", "Holds", "At the round terms"),
        tuple(rows),
        texts=frozenset({1, 3}),
    )


def _terms(found: Targets) -> list[ShownTable]:
    if found.choice is None:
        return []
    rows = tuple((_term_name(name), _term(found, name, value)) for name, value in found.choice.terms.items())
    return [ShownTable("The round terms", ("Term", "Value"), rows)]


def _term_name(path: str) -> str:
    """Return a term in words: which price of which outcome, or the lever's name.

    >>> _term_name("deal.rate_card.job_start.price.by_contract_year.1"), _term_name("deal.schedules.adjusted.prices.engagement")
    ('job start, contract year 2', 'engagement, schedule adjusted')
    """
    parts = path.split(".")
    if parts[:2] == ["deal", "schedules"]:
        return ", ".join([name_within(parts[4]), f"schedule {name_within(parts[2])}", *_form(parts[5:])])
    if parts[:2] == ["deal", "rate_card"]:
        return ", ".join([name_within(parts[2]), *_form(parts[4:])])
    return ": ".join(name_within(part) for part in parts if part != "deal")


def _form(parts: Sequence[str]) -> list[str]:
    """Return which amount of a price by year or by tier it is."""
    return [f"{'contract year' if parts[0] == 'by_contract_year' else 'tier'} {int(parts[1]) + 1}"] if parts else []


def _term(found: Targets, name: str, value: float) -> str:
    return found.lever.say(value) if name == found.lever.name else MONEY.say(value)


def _how(found: Targets) -> tuple[str, ...]:
    del found
    return (
        "The lever is tried at nine values over the range searched, then between neighbours of which one meets a requirement and "
        "the other does not, until the edge is known to a step of the lever. What happens twice between two neighbours is "
        "not seen. All values are lived by the same people, with the same seed. Requirements on probabilities are met by the "
        "share of replications, whose error is beside it: what is met by less than two errors may be met by luck.",
    )


def _picture(found: Targets) -> Picture:
    with looks():
        count = len(found.requirements)
        columns = min(3, count)
        lines = -(-count // columns)
        figure = new_figure(0.8 + 2.7 * lines)
        axes = figure.subplots(lines, columns, squeeze=False)
        for panel, number in zip(axes.flat, range(count), strict=False):
            _panel(panel, found, number)
        for spare in axes.flat[count:]:
            spare.set_visible(False)
        figure.supxlabel(found.lever.title[:1].upper() + found.lever.title[1:], fontsize=9.5)
    return Picture(
        "targets", figure,
        "Each requirement's quantity as the lever is turned. Red line: what is required. Grey line: where the lever stands. Blue "
        "band: where all requirements hold. Points: values that were tried.",
        f"{a_number(count, 'requirement')} against the {found.lever.title}.",
    )  # fmt: skip


def _panel(axes: Axes, found: Targets, number: int) -> None:
    requirement = found.requirements[number]
    known = [
        (x, y) for x, y in zip(found.values, found.figures[number], strict=True) if y is not None and np.isfinite(y)
    ]
    for each in found.feasible:
        axes.axvspan(each.low, each.high, color=BLUE_PALE, linewidth=0)
    axes.plot([x for x, _ in known], [y for _, y in known], color=BLUE, marker="o", markersize=3.5)
    axes.axhline(requirement.level, color=RED, linewidth=1.2)
    axes.axvline(found.lever.base, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.set_title("\n".join(wrap(requirement_in_words(requirement), 40)), fontsize=9)
    axes.margins(x=0.03)
    lever_scale(axes, found.lever, *found.searched)
    scale(axes, "y", requirement.quantity.unit)


def _frontier_table(more: Frontier) -> ShownTable:
    lever = more.targets[0].lever
    rows = tuple(
        (more.second.say(value), _where(each.feasible, lever), *(_where(held, lever) for held in each.each))
        for value, each in zip(more.values, more.targets, strict=True)
    )
    title = f"Where the {lever.title} may stand, by {more.second.title}"
    heads = (more.second.title, "All hold", *(requirement_in_words(each) for each in more.targets[0].requirements))
    return ShownTable(title, heads, rows, texts=frozenset(range(1, len(heads))), in_terminal=len(heads) < 5)


def _frontier_picture(found: Targets, more: Frontier) -> Picture:
    """Return the figure of the stretches that all requirements leave, and of the edge of each requirement alone."""
    handles: list[Line2D | Patch] = [Patch(color=BLUE_PALE, label="all requirements hold")]
    with looks():
        figure = new_figure(5.2)
        axes = figure.subplots()
        low = [each.feasible[0].low if each.feasible else np.nan for each in more.targets]
        high = [each.feasible[0].high if each.feasible else np.nan for each in more.targets]
        axes.fill_between(more.values, low, high, color=BLUE_PALE, linewidth=0)
        for number, requirement in enumerate(found.requirements):
            colour, dashes = _LINES[number % len(_LINES)], _DASHES[number % len(_DASHES)]
            for edge in ("low", "high"):
                edges = _edges(more, number, edge)
                axes.plot(more.values, edges, color=colour, linestyle=dashes, linewidth=1.8, marker="o", markersize=3)
            handles.append(Line2D([], [], color=colour, linestyle=dashes, label=requirement_in_words(requirement)))
        axes.plot(
            [more.second.base], [found.lever.base], color=INK, marker="D", markersize=7, markeredgecolor=WHITE, zorder=5
        )
        lever_scale(axes, more.second, more.values[0], more.values[-1])
        lever_scale(axes, found.lever, *found.searched, "y")
        axes.set_ylim(*found.searched)
        axes.set_xlabel(more.second.title[:1].upper() + more.second.title[1:])
        axes.set_ylabel(found.lever.title[:1].upper() + found.lever.title[1:])
        figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False, fontsize=9)
    return Picture(
        "frontier", figure,
        f"Lines: edges of what each requirement allows of the {found.lever.title}, at each {more.second.title}. Band: where all "
        "hold. Diamond: where both levers stand.",
        f"What the {found.lever.title} may be at {a_number(len(more.values), 'value')} of {more.second.title}.",
    )  # fmt: skip


def _edges(more: Frontier, number: int, edge: str) -> list[float]:
    """Return the first low or last high edge of a requirement that is no end of the range, at each value of the second lever."""
    edges = []
    for each in more.targets:
        held = each.each[number]
        if not held:
            edges.append(np.nan)
        elif edge == "low":
            edges.append(held[0].low if held[0].low_binds else np.nan)
        else:
            edges.append(held[-1].high if held[-1].high_binds else np.nan)
    return edges


def frame(found: Targets) -> pd.DataFrame:
    """Return one row for each value tried and requirement."""
    return pd.DataFrame(
        {
            "lever": found.lever.name,
            "value": value,
            "requirement": each.name,
            "figure": figure,
            "holds": each.margin_of(figure) >= 0,
        }
        for each, figures in zip(found.requirements, found.figures, strict=True)
        for value, figure in zip(found.values, figures, strict=True)
    )


def frontier_frame(more: Frontier) -> pd.DataFrame:
    """Return one row for each stretch that is left at each value of the second lever; without ends where none is."""
    rows = []
    for value, each in zip(more.values, more.targets, strict=True):
        for held in each.feasible or (None,):
            ends = (None, None) if held is None else (held.low, held.high)
            rows.append({more.second.name: value, f"{each.lever.name}_from": ends[0], f"{each.lever.name}_to": ends[1]})
    return pd.DataFrame(rows)


def data(found: Targets, more: Frontier | None) -> dict[str, object]:
    """Return the study's own part of its JSON document."""
    own: dict[str, object] = {
        "lever": found.lever.name,
        "base": found.lever.base,
        "searched": list(found.searched),
        "requirements": [
            {
                "requirement": each.name, "party": each.party, "base": {"value": value, "se": se},
                "holds": [_interval(held) for held in found.each[number]],
            }
            for number, (each, (value, se)) in enumerate(zip(found.requirements, found.base, strict=True))
        ],
        "feasible": [_interval(each) for each in found.feasible],
        "choice": None if found.choice is None else _choice(found, found.choice),
    }  # fmt: skip
    if more is not None:
        own["frontier"] = {
            "second": more.second.name,
            "at": [
                {"value": value, "feasible": [_interval(held) for held in each.feasible]}
                for value, each in zip(more.values, more.targets, strict=True)
            ],
        }
    return own


def _interval(each: Interval) -> dict[str, object]:
    return {
        "from": each.low, "to": each.high, "binds_below": list(each.low_binds), "binds_above": list(each.high_binds)
    }  # fmt: skip


def _choice(found: Targets, choice: Choice) -> dict[str, object]:
    return {
        "value": choice.value,
        "terms": choice.terms,
        "requirements": [
            {"requirement": each.name, "value": value, "se": se, "holds": holds}
            for each, (value, se), holds in zip(found.requirements, choice.figures, choice.holds, strict=True)
        ],
    }
