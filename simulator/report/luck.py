"""Chance and parameter uncertainty, in words, a table and a figure."""

from typing import Any

import numpy as np
import pandas as pd

from simulator.report.study import Picture, ShownTable, Study, StudyRequest, conduct
from simulator.report.style import BLUE, INK, ORANGE_MID, WHITE, looks, new_figure, scale
from simulator.studies.experiment import Experiment
from simulator.studies.luck import LuckStudy, Parts, find_luck
from simulator.words import PERCENT, a_number, capital, listed

_SURE = 1.96
"""Standard errors each way of an error bar."""


def luck_apart(request: StudyRequest, lucks: int) -> bool:
    """Do, write and show the study; return True, as there is always an answer."""

    def make(experiment: Experiment) -> Study:
        return study_of(find_luck(experiment, request.scenario, lucks), experiment)

    return conduct(request, "luck", (f"--lucks {lucks}",), make, lucks)


def study_of(found: LuckStudy, experiment: Experiment) -> Study:
    """Return the study in words, a table and a figure."""
    return Study(
        "luck",
        "Chance and parameter uncertainty",
        "How much of the spread is chance, and how much is uncertainty of the parameters?",
        found.scenario,
        experiment.seed,
        experiment.replications,
        experiment.simulated,
        experiment.settled,
        answer(found),
        (_table(found),),
        (_picture(found),),
        how(found),
        data(found),
        {"luck.csv": frame(found)},
        (f"--lucks {found.lucks}",),
    )


def answer(found: LuckStudy) -> tuple[str, ...]:
    """Return the answer in sentences."""
    shown = [each for each in found.parts if each.status in {"ok", "negative"}]
    if not shown:
        return ("Nothing varies: no measure has a variance to be told apart.",)
    still = [each.measure.within for each in found.parts if each.status == "constant"]
    first = next((each for each in shown if each.measure.key == "investor.multiple"), shown[0])
    unit = first.measure.unit
    shares = [f"{PERCENT.say(each.clipped)} for {each.measure.within}" for each in shown if each is not first]
    return (
        f"Of the variance of {first.measure.within}, {_share(first)} is uncertainty of the parameters, the true rates of the "
        "service; the rest is chance.",
        f"If the parameters were known exactly, its standard deviation would on average be "
        f"{unit.say_error(_root(first.chance))} instead of {unit.say_error(_root(first.variance))}; if there were no chance, "
        f"{unit.say_error(_root(first.parameters))}.",
        *((f"The part of the parameters is {listed(shares)}.",) if shares else ()),
        *((f"{capital(listed(still))} {'never varies' if len(still) == 1 else 'never vary'}.",) if still else ()),
    )


def _share(each: Parts) -> str:
    text = f"{PERCENT.say(each.clipped)} ± {PERCENT.say_error(each.share_se)}"
    return text if each.clipped == each.share else f"{text} (estimated at {PERCENT.say(each.share)})"


def _root(variance: float) -> float:
    """Return a standard deviation; nothing where the estimate of its square is below 0."""
    return float(np.sqrt(max(0.0, variance)))


def _table(found: LuckStudy) -> ShownTable:
    rows = tuple(_row(each) for each in found.parts)
    note = (
        "Spread is the standard deviation; then what is left of it if there were no chance, and if all parameters were known "
        "exactly (on average over what they may be). The share of parameters is of the variance, with its error from a "
        "jackknife over rows of parameters. An estimate below nothing is chance in the estimate: the component is nothing, or "
        "too small to be seen with so many rows."
    )
    headings = ("Measure", "Mean", "Spread", "No chance", "All known", "Of parameters")
    return ShownTable("Standard deviation, and where it comes from", headings, rows, note)


def _row(each: Parts) -> tuple[str, ...]:
    unit = each.measure.unit
    if each.status == "undefined":
        return each.measure.label, "undefined", "", "", "", "too few rows have it"
    if each.status == "constant":
        return each.measure.label, unit.say(each.mean), unit.say(0.0), "", "", "it never varies"
    share = f"{PERCENT.say(each.share)} ± {PERCENT.say_error(each.share_se)}"
    return (
        each.measure.label,
        unit.say(each.mean),
        *(unit.say_error(_root(variance)) for variance in (each.variance, each.parameters, each.chance)),
        share,
    )


def how(found: LuckStudy) -> tuple[str, ...]:
    """Return how it was computed."""
    missing = [each for each in found.parts if each.left_out > 0]
    return (
        f"{a_number(found.rows, 'row')} of parameters, drawn as the scenario says, is each simulated with "
        f"{found.lucks} independent lucks: who comes, what becomes of whom, what can be evidenced, who is sampled, and the "
        "factor that a quarter's referrals share, are luck; whatever the scenario gives a distribution is a parameter.",
        "One-way random-effects analysis of variance: chance is the mean variance within a row, M; uncertainty of parameters is "
        f"the variance of the rows' means less M ÷ {found.lucks}. Nothing is said of which parameter it is.",
        *(
            f"{each.measure.label}: not defined for every luck of {PERCENT.say(each.left_out)} of the rows, which are left out."
            for each in missing
        ),
    )


def _picture(found: LuckStudy) -> Picture:
    shown = [each for each in found.parts if each.status in {"ok", "negative"}]
    with looks():
        figure = new_figure(1.5 + 0.42 * max(1, len(shown)))
        axes = figure.subplots()
        places = np.arange(len(shown))
        shares = np.array([each.clipped for each in shown])
        axes.barh(places, shares, height=0.6, color=BLUE, label="uncertainty of parameters")
        axes.barh(
            places, 1 - shares, left=shares, height=0.6, color=ORANGE_MID, hatch="//", edgecolor="white", label="chance"
        )
        errors = [_SURE * each.share_se for each in shown]
        for colour, width in ((WHITE, 4.0), (INK, 1.6)):
            axes.errorbar(shares, places, xerr=errors, fmt="none", ecolor=colour, elinewidth=width, capsize=4)
        axes.set_yticks(places, labels=[each.measure.label for each in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, 1)
        axes.set_xlabel("Share of the variance")
        axes.tick_params(axis="y", length=0)
        scale(axes, "x", PERCENT)
        figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=9.5)
    return Picture(
        "luck",
        figure,
        f"How much of each measure's variance is uncertainty of the parameters, and how much is chance: "
        f"{a_number(found.rows, 'row')} of parameters, {found.lucks} lucks each. Bars of errors: 1.96 standard errors each way. "
        "Measures that never vary are not shown; an estimate outside 0 to 100% is drawn at the edge.",
        "Horizontal bars of shares of variance, one for each measure, in parts of parameters and of chance.",
    )


def frame(found: LuckStudy) -> pd.DataFrame:
    """Return one row for each measure: the parts as they are estimated, with errors."""
    return pd.DataFrame(_data(each) for each in found.parts)


def _data(each: Parts) -> dict[str, object]:
    return {
        "measure": each.measure.key,
        "status": each.status,
        "rows": each.rows,
        "left_out_share": each.left_out,
        "mean": each.mean,
        "mean_se": each.mean_se,
        "variance_of_parameters": each.parameters,
        "variance_of_parameters_se": each.parameters_se,
        "variance_of_chance": each.chance,
        "variance_of_chance_se": each.chance_se,
        "share_of_parameters": each.share,
        "share_of_parameters_se": each.share_se,
        "share_clipped": each.clipped,
        "sd": _root(each.variance),
        "sd_without_chance": _root(each.parameters),
        "sd_if_parameters_known": _root(each.chance),
    }


def data(found: LuckStudy) -> dict[str, Any]:
    """Return the study's own part of its JSON document; a figure that is not defined is null."""
    kept = [
        {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in _data(each).items()}
        for each in found.parts
    ]
    return {"lucks": found.lucks, "measures": kept}
