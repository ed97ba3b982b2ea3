"""Assumption sets as files: a base set's values, and beliefs about what was fitted in their place, one line for each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.priors import Parameter, Window
from calibration.scales import mean_and_sd
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.load import bundled_folder
from simulator.scenario.yaml_text import read

Floats = NDArray[np.float64]
Belief = dict[str, Any]
Pair = tuple[str, str]
TIED = 0.999
"""Correlation of numbers that are the same share of different wholes; a copula wants it below 1."""
LEAST_CORRELATION = 0.1
"""Correlations nearer to 0 are not written down."""
_DEFINITE = 1e-6


@dataclass(frozen=True)
class Fitted:
    """What is believed of a deal's parameters: normal on their scales, and correlated."""

    parameters: Sequence[Parameter]
    mean: Floats
    """On the scales, shape (parameters,)."""
    sd: Floats
    correlation: Floats
    """Shape (parameters, parameters)."""
    said: Mapping[str, tuple[str, str]]
    """Source and quality of each, by name."""


def beliefs(fitted: Fitted, deal: str) -> dict[str, Belief]:
    """Return the beliefs of a deal's parameters, and of what goes with them, by name."""
    found = {}
    for number, each in enumerate(fitted.parameters):
        source, quality = fitted.said[each.name]
        words = {"unit": each.prior.unit, "quality": quality, "source": source}
        place = float(fitted.mean[number]), float(fitted.sd[number])
        found[each.name] = belief(each, *place) | words
        for name, most in each.prior.goes_with.items():
            found[name] = _share_of(most[deal], *place) | words
    return found


def belief(parameter: Parameter, mean: float, sd: float) -> Belief:
    """Return the distribution of what is normal on a parameter's scale: lognormal, or a beta of the same mean and spread.

    Args:
        parameter: the parameter, whose scale it is.
        mean: mean on that scale.
        sd: standard deviation on that scale.
    """
    if parameter.prior.scale == "log":
        return {"distribution": "lognormal", "median": _rounded(float(np.exp(mean))), "sigma": _rounded(sd)}
    if parameter.prior.scale == "logit":
        centre, width = mean_and_sd("logit", mean, sd)
        return {"distribution": "beta", "mean": _rounded(centre), "sd": _rounded(width)}
    return _share_of(parameter.most, mean, sd)


def _share_of(most: float, mean: float, sd: float) -> Belief:
    centre, width = mean_and_sd("share", mean, sd)
    return {"distribution": "beta", "mean": _rounded(centre), "sd": _rounded(width), "multiply": most}


def _rounded(value: float) -> float:
    """Return a value to four significant digits."""
    return float(f"{value:.4g}")


def correlations(fitted: Fitted) -> list[tuple[str, str, float]]:
    """Return the correlations worth writing down, those of what goes with a parameter too; together they are possible.

    Where leaving out small ones would make the rest impossible, all are brought nearer to 0 by as little as is needed.
    """
    names = [each.name for each in fitted.parameters]
    found: dict[Pair, float] = {
        (names[i], names[j]): float(fitted.correlation[i, j])
        for i, j in combinations(range(len(names)), 2)
        if abs(fitted.correlation[i, j]) >= LEAST_CORRELATION
    }
    for each in fitted.parameters:
        for other in each.prior.goes_with:
            beside = {pair: rho for pair, rho in found.items() if each.name in pair}
            found |= {_instead(pair, each.name, other): TIED * rho for pair, rho in beside.items()}
            found[each.name, other] = TIED
    return _possible(found)


def _instead(pair: Pair, name: str, other: str) -> Pair:
    """Return a pair of names with one of them in the place of another."""
    one, two = (other if each == name else each for each in pair)
    return one, two


def _possible(found: dict[Pair, float]) -> list[tuple[str, str, float]]:
    """Return correlations in order of the model, near enough to 0 that numbers can have all of them at once."""
    mentioned = {name for pair in found for name in pair}
    names = [name for name in (*Assumptions.numbers(), *sorted(mentioned)) if name in mentioned]
    names = list(dict.fromkeys(names))
    for percent in range(100, -1, -1):
        kept = {pair: round(rho if rho == TIED else rho * percent / 100, 3) for pair, rho in found.items()}
        matrix = np.eye(len(names))
        for (one, other), rho in kept.items():
            i, j = names.index(one), names.index(other)
            matrix[i, j] = matrix[j, i] = rho
        if not names or np.linalg.eigvalsh(matrix).min() > _DEFINITE:
            break
    placed = sorted((*sorted((names.index(one), names.index(other))), rho) for (one, other), rho in kept.items())
    return [(names[int(i)], names[int(j)], rho) for i, j, rho in placed if rho != 0.0]


def base_values(deal: str) -> dict[str, Any]:
    """Return the assumptions of a deal as signed, as plain data by name, in the order of the model; `rules` first."""
    folder = bundled_folder()
    parts = read(folder / f"{deal}.yaml", f"{deal}.yaml").value["assumptions"]
    values: dict[str, Any] = {}
    for part in parts:
        values |= read(folder / part, part).value if isinstance(part, str) else part
    return {"rules": values["rules"]} | {name: values[name] for name in Assumptions.numbers() if name in values}


def write_set(
    header: Sequence[str],
    values: Mapping[str, Any],
    factors: Mapping[str, Belief],
    windows: Iterable[Window],
    correlated: Sequence[tuple[str, str, float]],
    window_source: str,
    fitted_to: Mapping[str, Any] | None = None,
) -> str:
    """Return an assumption set as the text of a file.

    Args:
        header: lines of comment.
        values: plain data of every assumption by name.
        factors: beliefs about the factors of windows.
        windows: the windows.
        correlated: names that are drawn together, two by two, and how closely.
        window_source: what the windows' days rest on.
        fitted_to: the deal, day and counts that the set was fitted to, if it was.
    """
    lines = [f"# {line}".rstrip() for line in header]
    if fitted_to:
        lines.append(f"fitted_to: {_flow(fitted_to)}")
    lines += [f"{name}: {_flow(value)}" for name, value in values.items()]
    lines += _listed("factors", [f"{name}: {_flow(value)}" for name, value in factors.items()])
    lines += _listed("windows", [_window(each, window_source) for each in windows])
    lines += _listed(
        "correlations", [f"- {{between: [{one}, {other}], rho: {rho:g}}}" for one, other, rho in correlated]
    )
    return "\n".join(lines) + "\n"


def _window(window: Window, source: str) -> str:
    words = _flow({"source": source, "quality": "B"})[1:]
    return f"- {{rate: {window.rate}, from: {window.start}, to: {window.end}, multiply: {window.factor}, {words}"


def _listed(name: str, lines: Sequence[str]) -> list[str]:
    return [f"{name}:", *(f"  {line}" for line in lines)] if lines else []


def _flow(value: object) -> str:
    """Return plain data as one line of YAML; names and units are bare, sentences are quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return f"{value:.10g}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if text.replace("_", "").isalnum() and not text.isdigit() else json.dumps(text, ensure_ascii=False)
