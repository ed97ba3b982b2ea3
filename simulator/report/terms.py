"""The tables of what is believed: assumptions, rules, windows; each with its source and its grade."""

from collections import Counter
from dataclasses import dataclass

from simulator.explaining.expected import factor_in_words
from simulator.monte_carlo import Run
from simulator.scenario.assumptions import PARAMETERS, Assumptions, Correlation, label
from simulator.scenario.distributions import Belief
from simulator.words import capital, listed, name_in_words, say_date

_SHAPES = {
    "fixed": "one value",
    "beta": "mean, and 5th to 95th percentile",
    "lognormal": "median, and 5th to 95th percentile",
    "uniform": "lowest to highest, all equally likely",
    "triangular": "likeliest, and lowest to highest",
}
_OF_WINDOWS = "A factor of windows, drawn once for all that name it."


@dataclass(frozen=True)
class Line:
    """One row of a table of assumptions."""

    name: str
    value: str
    unit: str
    explained: str
    quality: str
    source: str


def assumption_lines(assumptions: Assumptions) -> list[Line]:
    """Return the assumptions in words, in the order of the model; none of those that are left out."""
    lines = []
    for name, known in PARAMETERS.items():
        belief, meaning = getattr(assumptions, name), Assumptions.model_fields[name].description or ""
        if isinstance(belief, Belief):
            lines.append(_assumption(name, belief, meaning))
        elif belief == "none":
            lines.append(Line(capital(label(name)), known.none or "", "", meaning.replace("`", ""), "", ""))
    return [*lines, *(_assumption(name, belief, _OF_WINDOWS) for name, belief in assumptions.factors.items())]


def _assumption(name: str, belief: Belief, meaning: str) -> Line:
    value = str(belief.words()) if hasattr(belief, "words") else ""
    shape = _SHAPES[str(getattr(belief, "distribution", "fixed"))]
    kind = "" if shape == _SHAPES["fixed"] else f" Written as {shape}."
    return Line(
        capital(label(name)), value, belief.unit, meaning.replace("`", "") + kind, belief.quality, belief.source
    )


def rule_lines(assumptions: Assumptions) -> list[Line]:
    """Return the choices of shape, and the windows in which a rate is changed."""
    rules = assumptions.rules
    waits = "at random, with the mean given" if rules.patience == "exponential" else "all after exactly the time given"
    calendar = {"calendar": "January", "uk_fy": "April", "contract": "the first day of service"}
    profile = rules.referral_profile
    weights = ", ".join(f"{weight:g}" for weight in profile.weights)
    chosen = "a choice of the scenario"
    quarters = f"{weights}, counted from {calendar[profile.calendar]}"
    lines = [
        Line("How waiting people give up", waits, "", "", "", chosen),
        Line("Referrals by quarter of the year", quarters, "", "", "", chosen),
    ]
    for window in assumptions.windows:
        name = f"{name_in_words(window.rate)}, {say_date(window.start)} to {say_date(window.end)}"
        meaning = "A factor on this rate from the first date, until the second begins."
        factor = f"multiplied by {factor_in_words(assumptions, window)}"
        lines.append(Line(name, factor, "", meaning, window.quality, window.source))
    return [*lines, *(_correlation(pair, chosen) for pair in assumptions.correlations)]


def _correlation(pair: Correlation, chosen: str) -> Line:
    one, other = (label(name) for name in pair.between)
    meaning = "Correlation of the normal scores of their places in their distributions."
    return Line(f"{capital(one)} and {other}", f"drawn together, {pair.rho:g}", "", meaning, "", chosen)


def grade_counts(run: Run) -> list[tuple[str, int]]:
    """Return how many assumptions have each grade, by grade."""
    return sorted(Counter(belief.quality for belief in run.scenario.assumptions.beliefs().values()).items())


def weak_assumptions(run: Run) -> str:
    """Return the names of the assumptions that nobody's evidence supports, as a list in a sentence."""
    beliefs = run.scenario.assumptions.beliefs()
    return listed([label(name) for name, belief in beliefs.items() if belief.quality == "E"])


def in_work_before(assumptions: Assumptions) -> str:
    """Return what must be known of outcomes where people are in a job on the first day; nothing where there are none."""
    if assumptions.is_off("carried_over_in_work"):
        return ""
    return (
        "People carried over in work can sustain a job that started before the first day, and that job start is not counted: "
        "there can be more sustainments than job starts."
    )
