"""Levers: what a study turns, one number at a time (docs/studies.md §2).

A lever is any single number of the scenario by its path, or one of the names of `NAMED`, which turn several terms together. An
amount of money is in pounds, anything else in the unit of the file; of an assumption that is uncertain it is a factor on whatever
is drawn.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from simulator.errors import SibError, nearest, refuse
from simulator.money import pence
from simulator.scenario.assumed import Assumed
from simulator.scenario.assumptions import PARAMETERS, label
from simulator.scenario.base import is_money, takes_fractions
from simulator.scenario.constants import RATES
from simulator.scenario.load import document_of, with_overlays
from simulator.scenario.model import Description, Scenario
from simulator.scenario.overlay_paths import find_all, value_at
from simulator.scenario.value_names import name_of
from simulator.scenario.value_overlay import units_of
from simulator.scenario.wording import field_at
from simulator.studies.lever import EXPECTED, FACTOR, PLAIN, Change, Lever, as_pounds, factor_on, overlay_of
from simulator.studies.named_levers import NAMED
from simulator.words import COUNT, MONEY, Unit


def at(scenario: Scenario, *turned: tuple[Lever, float]) -> Scenario:
    """Return the scenario with levers at these values, after all overlays that it has.

    Raises:
        ScenarioError: where a value is none that the term takes.
    """
    for number, (lever, value) in enumerate(turned):
        here = lever_of(scenario, lever.name) if number else lever
        scenario = with_overlays(scenario, [here.overlay(value)])
    return scenario


def with_levers(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return the scenario with levers at these values, by name, after all that it has; what is given later comes after them.

    A value is in the units of the lever's `base`: of an uncertain assumption it is a factor on whatever is drawn, so that 0.5
    halves it. To set the assumption itself use `Scenario.with_values`.

    Raises:
        SibError: for a name that is no lever, with the nearest right one; for a value that it does not take; and for two levers
            that turn the same term.
        ScenarioError: where a value is none that the term takes.
    """
    refuse(
        not isinstance(values, Mapping),
        f'levers are given by name, as {{"prices": 1.1}}, not as a {type(values).__name__}',
    )
    levers = [lever_of(scenario, name) for name in values]
    apart(levers)
    for each, value in zip(levers, values.values(), strict=True):
        _refuse_no_number(each, value)
        _refuse_beyond(each, value)
        here = lever_of(scenario, each.name)
        named = here.overlay(value).model_copy(update={"overlay": name_of({each.name: float(value)})})
        scenario = with_overlays(scenario, [named])
    return scenario


def _refuse_no_number(lever: Lever, value: object) -> None:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    shown = f'"{value}"' if isinstance(value, str) else "a distribution" if isinstance(value, Assumed) else f"{value}"
    hint = f'; set it with `with_values({{"{lever.name}": ...}})`' if isinstance(value, Assumed) else ""
    refuse(not number, f'"{lever.name}" takes a number, not {shown}{hint}')


def _refuse_beyond(lever: Lever, value: float) -> None:
    """Refuse a value that a lever does not take; of a single term it is refused where the term stands."""
    beyond = value < lever.low or (lever.high is not None and value > lever.high)
    limits = f"{lever.low:g} or more" if lever.high is None else f"from {lever.low:g} to {lever.high:g}"
    refuse(not math.isfinite(value), f'"{lever.name}" must be a number, not {value:g}')
    refuse(beyond and lever.name.partition(".")[0] in NAMED, f'"{lever.name}" must be {limits}, not {value:g}')
    refuse(lever.whole and value != round(value), f'"{lever.name}" takes whole numbers only, not {value:g}')


def apart(levers: Sequence[Lever]) -> None:
    """Refuse levers of which two turn the same term: what they do together would hang on their order.

    Raises:
        SibError: naming them.
    """
    for one, other in combinations(levers, 2):
        both = _turned(one) & _turned(other) - {EXPECTED}
        same = one.name == other.name or bool(both)
        refuse(same, f'"{one.name}" and "{other.name}" turn the same term; take two levers that do not')


def _turned(lever: Lever) -> set[str]:
    """Return the paths of all terms that a lever turns, entries of lists by name."""
    new, factors, _ = lever.change(lever.base)
    return {*new, *factors}


def rounded(scenario: Scenario, lever: Lever, value: float, up: bool) -> tuple[dict[str, float], Scenario]:
    """Return the round terms that a value of a lever stands for, and the scenario with them.

    A factor on prices becomes prices in whole pounds, an amount of money whole pounds, anything else three decimals.

    Args:
        scenario: the scenario.
        lever: the lever.
        value: its value.
        up: whether all is rounded up, or else down.
    """
    new, factors, windows = lever.change(value)
    prices = [path for path in factors if ".price" in path]
    if prices:
        written = document_of(scenario).value
        to_pounds = math.ceil if up else math.floor
        exact = {path: round(_amount(written, path) * factors[path], 6) for path in prices}
        whole = {path: to_pounds(amount) for path, amount in exact.items()}
        others = {path: factor for path, factor in factors.items() if path not in whole}
        version = with_overlays(scenario, [overlay_of(f"{lever.title} in whole pounds", new | whole, others, windows)])
        return {path: float(amount) for path, amount in whole.items()}, version
    places = 0 if lever.whole or lever.step == 1.0 else 3
    near, step = round(value, places), 10.0**-places
    away = near + step if up and near < value - 1e-9 else near - step if not up and near > value + 1e-9 else near
    round_value = float(round(away, places))
    return {lever.name: round_value}, at(scenario, (lever, round_value))


def standing(scenario: Scenario, lever: Lever, terms: Mapping[str, float]) -> dict[str, float]:
    """Return where round terms of a lever stand in the scenario, in the same units.

    Args:
        scenario: the scenario as it stands.
        lever: the lever that was rounded.
        terms: its round terms, by path or by the lever's own name; amounts in pounds.
    """
    written = document_of(scenario).value
    return {path: lever.base if path == lever.name else _amount(written, path) for path in terms}


def _amount(written: Any, path: str) -> float:  # noqa: ANN401 - a tree read from files
    """Return an amount of money in pounds as a scenario's files and overlays have it."""
    return pence(value_at(written, find_all(written, path)[0])) / 100


def lever_of(scenario: Scenario, name: str) -> Lever:
    """Return the lever of a name.

    Its value is in the units of its `base`: pounds of a single amount of money, the file's own unit of a single number or a fixed
    assumption. Of an assumption that is uncertain, and of names that turn several terms by one factor, it is that factor: 1 is as
    the scenario has it.

    Args:
        scenario: the scenario in which it is turned.
        name: a path (`deal.rate_card.job_start.price`, `assumptions.job_rate`), or a name of `NAMED`, some with a part after a
            point (`prices.sustainment`, `rates.referral`).

    Raises:
        SibError: where there is no such number, with the nearest right name.
    """
    refuse(not isinstance(name, str), f'a lever is named in text, as "prices", not {name!r}')
    head, _, part = name.partition(".")
    if head in NAMED:
        return NAMED[head](scenario, part)
    value = document_of(scenario).value
    found = find_all(value, name)
    _refuse_none(name, value_at(value, found[0]) if found else None)
    if not found:
        message = f'there is no lever "{name}"{nearest(name, lever_names(scenario))}'
        raise SibError(message)
    refuse(
        len(found) > 1, f'"{name}" names {len(found)} values, and a lever is one; write the whole path of one of them'
    )
    key = found[0]
    value = value_at(value, key)
    if isinstance(value, dict) and "unit" in value:
        return _belief(name, value)
    field = field_at(Description, key)
    if field is not None and is_money(field) and not isinstance(value, dict | list):
        return Lever(name, _words(name), MONEY, pence(value) / 100, partial(_pounds_at, name), step=1.0)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    refuse(not number, f'"{name}" is not a single number, so that it cannot be a lever{_numbers_below(value, name)}')
    whole = field is None or not takes_fractions(field)
    return Lever(
        name,
        _words(name),
        COUNT if whole else PLAIN,
        float(value),
        partial(_number_at, name, whole=whole),
        whole=whole,
    )


def _refuse_none(name: str, value: object) -> None:
    """Refuse an assumption that is left out or `none` as a lever: there is no number to turn."""
    which = name.removeprefix("assumptions.")
    if which != name and which in PARAMETERS and value in (None, "none"):
        message = (
            f'"{name}" is {value or "left out"}, so that there is no number to turn: set one first, as '
            f'`with_values({{"{name}": simulator.fixed(..., unit="{units_of(which)[0]}")}})`'
        )
        raise SibError(message)


def _pounds_at(name: str, pounds: float) -> Change:
    return {name: as_pounds(pounds)}, {}, ()


def _number_at(name: str, number: float, *, whole: bool = False) -> Change:
    return {name: round(number) if whole else float(number)}, {}, ()


lever = lever_of
"""The same, by the name that it has outside of studies."""


def lever_names(scenario: Scenario) -> list[str]:
    """Return what may be named as a lever: the names that turn several terms, then the paths of single numbers."""
    named = [
        *(name for name in NAMED if name not in {"rates"}),
        *(f"prices.{group}" for group in scenario.deal.groups),
        *(f"rates.{rate}" for rate in RATES),
    ]
    value = document_of(scenario).value
    paths = [*_paths(value["deal"], "deal"), *_paths(value["assumptions"], "assumptions")]
    return [*named, *(path for path in paths if ".sources" not in path and ".printed" not in path)]


def _paths(value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a tree read from files
    if isinstance(value, dict) and "unit" in value:
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _paths(item, f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            name = item.get("outcome", item.get("name", number)) if isinstance(item, dict) else number
            yield from _paths(item, f"{path}.{name}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def _numbers_below(value: object, name: str) -> str:
    below = list(_paths(value, name))[:4]
    return f"; take one of {', '.join(below)}" if below else ""


def _belief(name: str, value: Mapping[str, Any]) -> Lever:
    if "value" in value:
        base = float(value["value"]) * float(value.get("multiply", 1.0))
        unit = Unit(
            suffix=f" {value['unit']}" if value["unit"] not in {"factor", "probability"} else "",
            decimals=4,
            trim=True,
            name=str(value["unit"]),
        )
        high = 1.0 if value["unit"] == "probability" else None
        return Lever(name, _words(name), unit, base, partial(_number_at, name), high=high)
    return Lever(name, f"factor on {_words(name)}", FACTOR, 1.0, partial(factor_on, (name,)))


def _words(path: str) -> str:
    """Return a path as words within a sentence.

    >>> _words("deal.rate_card.job_start.price"), _words("assumptions.job_rate")
    ('rate card: job start: price', 'job rate')
    """
    return ": ".join(label(part) for part in path.split(".")[1:])
