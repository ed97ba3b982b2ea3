"""New values by path, as they are given in Python, as an overlay that comes after all others."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from re import sub
from typing import Any

import numpy as np

from simulator.errors import Problem
from simulator.money import MoneyError, pence, pounds, pounds_plain
from simulator.scenario.assumed import Assumed
from simulator.scenario.base import is_money
from simulator.scenario.description import Description
from simulator.scenario.overlay_paths import find_all, parts_of, stands, value_at
from simulator.scenario.overlay_record import OnTop
from simulator.scenario.wording import field_at
from simulator.words import name_within

SOURCE = "Set in Python"
SHOWN = 3
"""As many values are named in a heading."""
LONGEST_NAME = 60


def overlay_of_values(scenario: Any, values: Mapping[str, Any]) -> tuple[OnTop, list[Problem]]:  # noqa: ANN401
    """Return the overlay that sets values, and what is wrong with those that are none.

    Args:
        scenario: the values of the scenario as they are written, a tree.
        values: the new ones, by path.
    """
    new: dict[str, Any] = {}
    wrong = []
    for path, value in values.items():
        try:
            new[path] = _plain(value, money=_is_money(scenario, path))
        except TypeError as error:
            wrong.append((path, str(error)))
    said = [_said(scenario, path, value) for path, value in new.items()]
    rest = [f"{len(said) - SHOWN} more"] if len(said) > SHOWN + 1 else said[SHOWN:]
    title = ", ".join([*said[:SHOWN], *rest]) or "nothing"
    overlay = OnTop(
        overlay=name_of(new), title=title, description=f"Set in Python: {title}.", source=SOURCE, quality="D", set=new
    )
    shown = f'overlay "{overlay.overlay}"'
    return overlay, [Problem(shown, 0, f"set.{path}", message, "TYPE") for path, message in wrong]


def name_of(values: Mapping[str, Any]) -> str:
    """Return a name for values by path, for lists and tables: no two different ones have the same.

    >>> name_of({"deal.rate_card.job_start.price": 4500}), name_of({"prices": 1.1})
    ('job_start_price_4500', 'prices_1_1')
    """
    words = [f"{' '.join(parts_of(path)[-2:])} {_short(value)}" for path, value in values.items()]
    text = sub(r"[^a-z0-9]+", "_", " ".join(words).lower().replace("assumptions ", "")).strip("_")
    exact = sha256(repr(sorted(values.items())).encode()).hexdigest()[:6]
    name = text if len(text) <= LONGEST_NAME and "changed" not in text else f"{text[: LONGEST_NAME - 7]}_{exact}"
    return name if name[:1].isalpha() else f"set_{name}"


def _is_money(scenario: Any, path: str) -> bool:  # noqa: ANN401 - a tree read from files
    fields = [field_at(Description, key) for key in find_all(scenario, path, may_add=True)]
    return any(field is not None and is_money(field) for field in fields)


def _plain(value: Any, *, money: bool) -> Any:  # noqa: ANN401 - a value of any kind
    """Return a value as a file would hold it.

    Raises:
        TypeError: for one that no file can hold.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float | Decimal) and money:
        return _pounds(value)
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each, money=money) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, money=money) for each in value]
    if value is None or isinstance(value, bool | int | float | str | date | Assumed):
        return value
    message = (
        f"a value of the type {type(value).__name__} cannot stand in a scenario: give a number, text, a date, a list, names and "
        "values, or a distribution, as `simulator.lognormal(...)`"
    )
    raise TypeError(message)


def _pounds(value: float | Decimal) -> Any:  # noqa: ANN401 - text of whole pennies, or the value, which is refused where it stands
    """Return an amount of whole pennies as text; any other stays as it is, and is refused where it is to stand."""
    hundredfold = Decimal(str(value)) * 100
    if not hundredfold.is_finite() or hundredfold != hundredfold.to_integral_value():
        return float(value)
    return pounds_plain(int(hundredfold))


def _said(scenario: Any, path: str, value: Any) -> str:  # noqa: ANN401 - a tree read from files, a value of any kind
    """Return what is set to what, in words within a heading."""
    what = ": ".join(name_within(part) for part in parts_of(path)[1:]) or path
    if _is_money(scenario, path):
        try:
            return f"{what} at {pounds(pence(value))}"
        except MoneyError:
            return f"{what} at {_short(value)}"
    unit = value.unit if isinstance(value, Assumed) and value.unit else _unit(scenario, path)
    number = isinstance(value, int | float | Assumed) and not isinstance(value, bool)
    return f"{what} at {_short(value)}{f' {unit}' if number and unit not in ('', 'factor', 'probability') else ''}"


def _unit(scenario: Any, path: str) -> str:  # noqa: ANN401 - a tree read from files
    """Return the unit of the assumptions that a path names, if there is one."""
    keys = [key for key in find_all(scenario, path) if stands(scenario, (*key, "unit"))]
    units = {str(value_at(scenario, key)["unit"]) for key in keys}
    return units.pop() if len(units) == 1 else ""


def _short(value: Any) -> str:  # noqa: ANN401 - a value of any kind
    if isinstance(value, Assumed):
        return value.words()
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return "changed" if value else "nothing"
    return str(value)
