"""The worst replications in words, tables and a figure."""

import numpy as np
import pandas as pd

from simulator.report.study import Picture, ShownTable
from simulator.report.style import BLUE, BLUE_MID, GREY, ORANGE, ORANGE_MID, looks, new_figure
from simulator.scenario.assumptions import label
from simulator.studies.tail import LosingTail, Shift
from simulator.words import MINUS, PERCENT, a_number, listed, name_within

_SHOWN = 8
_WORTH_A_WORD = 3.0
"""Standard errors beyond which a shift is named in a sentence."""


def tail_sentence(tail: LosingTail) -> str:
    """Return in a sentence what lies behind the worst replications."""
    shifted = [each for each in tail.inputs if abs(each.shift) > _WORTH_A_WORD * each.se][:3]
    who = f"Behind the {_who(tail)}"
    if not shifted:
        return f"{who} lies no input in particular: chance, and all of them a little."
    named = [f"{label(each.name)} ({_signed(each.shift)} standard deviations)" for each in shifted]
    return f"{who} lie, most of all, {listed(named)}."


def _who(tail: LosingTail) -> str:
    return a_number(tail.replications, "replication") + (" with a loss" if tail.kind == "loss" else " that end worst")


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else MINUS}{abs(value):.2f}"


def tail_tables(tail: LosingTail) -> tuple[ShownTable, ...]:
    """Return what is shifted in the worst replications, and which inputs are bad together."""
    head = ("Shift in standard deviations", "± its error", "Mean of all", "Mean of these")
    who = _who(tail)
    inputs = ShownTable(
        f"Inputs of the {who}",
        ("Input", *head[:2]),
        tuple((label(each.name), _signed(each.shift), f"{each.se:.2f}") for each in tail.inputs[:_SHOWN]),
        "Of the place of each uncertain assumption in its distribution, as a normal score.",
        in_terminal=False,
    )
    happened = ShownTable(
        f"What came about in the {who}",
        ("On the way", *head),
        tuple(
            (
                name_within(each.name),
                _signed(each.shift),
                f"{each.se:.2f}",
                f"{each.of_all:,.3g}",
                f"{each.of_tail:,.3g}",
            )
            for each in tail.happened
        ),
        in_terminal=False,
    )
    pairs = ShownTable(
        f"Bad together in the {who}",
        ("Two inputs, each in its bad third", "Of all", "Of these", "± its error", "Times as often"),
        tuple(
            (
                listed([label(name) for name in each.names]),
                PERCENT.say(each.of_all),
                PERCENT.say(each.of_tail),
                PERCENT.say_error(each.se),
                f"{each.of_tail / each.of_all:.1f}" if each.of_all else "",
            )
            for each in tail.together[:_SHOWN]
        ),
        in_terminal=False,
    )
    return inputs, happened, pairs


def tail_picture(tail: LosingTail) -> Picture:
    """Return the figure of the shifts: inputs, and below them what came about on the way."""
    rows: list[tuple[Shift, str, str]] = [(each, BLUE, BLUE_MID) for each in tail.inputs[:_SHOWN]]
    rows += [(each, ORANGE, ORANGE_MID) for each in tail.happened]
    with looks():
        figure = new_figure(1.1 + 0.3 * len(rows))
        axes = figure.subplots()
        for place, (each, dark, light) in enumerate(rows):
            axes.barh(place, each.shift, color=light, edgecolor=dark, linewidth=0.8, height=0.66)
            axes.plot(
                [each.shift - 1.96 * each.se, each.shift + 1.96 * each.se], [place, place], color=dark, linewidth=1.4
            )
        axes.axvline(0, color=GREY, linewidth=1.0)
        axes.set_yticks(np.arange(len(rows)), labels=[label(each.name) for each, _, _ in rows])
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        axes.set_xlabel("Mean of these replications less the mean of all, in standard deviations over all")
        axes.set_title(f"What is different in the {_who(tail)}")
    return Picture(
        "tail",
        figure,
        "Blue: uncertain assumptions, by their places in their distributions. Orange: what came about on the way. The line over "
        "each bar is ± 1.96 standard errors.",
        tail_sentence(tail),
    )


def tail_frame(tail: LosingTail) -> pd.DataFrame:
    """Return one row for each input and for each thing that came about."""
    return pd.DataFrame(
        {
            "what": what,
            "name": each.name,
            "of_all": each.of_all,
            "of_tail": each.of_tail,
            "shift": each.shift,
            "se": each.se,
        }
        for what, shifts in (("input", tail.inputs), ("happened", tail.happened))
        for each in shifts
    )


def tail_data(tail: LosingTail) -> dict[str, object]:
    """Return the tail as plain data for JSON."""
    return {
        "kind": tail.kind,
        "replications": tail.replications,
        "inputs": [{"name": each.name, "shift": each.shift, "se": each.se} for each in tail.inputs],
        "happened": [
            {"name": each.name, "shift": each.shift, "se": each.se, "of_all": each.of_all, "of_tail": each.of_tail}
            for each in tail.happened
        ],
        "together": [
            {"names": list(each.names), "of_all": each.of_all, "of_tail": each.of_tail, "se": each.se}
            for each in tail.together
        ],
    }
