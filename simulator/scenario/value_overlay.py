"""New values by path, as they are given in Python, as an overlay that changes what stands then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import numpy as np

from simulator.errors import Problem, SibError
from simulator.money import pounds_plain
from simulator.scenario.assumed import Assumed
from simulator.scenario.assumptions import PARAMETERS, Assumptions
from simulator.scenario.description import Description
from simulator.scenario.overlay_paths import find_all, parts_of, stands
from simulator.scenario.overlay_record import NewValues
from simulator.scenario.parameters import RATE_UNITS, TIME_UNITS, Duration, RateBelief
from simulator.scenario.value_names import heading_of, holds_money, name_of
from simulator.scenario.wording import names_at
from simulator.words import listed

SOURCE = "Set in Python"
CHANGED = ("deal", "assumptions", "settings")
"""Parts of a scenario that take new values: the rest says which scenario it is."""


def overlay_of_values(scenario: Any, values: Mapping[str, Any]) -> tuple[NewValues, list[Problem]]:  # noqa: ANN401
    """Return the overlay that sets values, and what is wrong with those that are none.

    Args:
        scenario: the values of the scenario as they are written, a tree.
        values: the new ones, by path.

    Raises:
        SibError: if they are not given by path.
    """
    if not isinstance(values, Mapping):
        message = f'new values are given by path, as {{"assumptions.patience": 90}}, not as a {type(values).__name__}'
        raise SibError(message)
    new: dict[str, Any] = {}
    wrong = []
    for path, value in values.items():
        try:
            new[path] = _value(scenario, path, value)
        except TypeError as error:
            wrong.append(Problem("with_values", 0, str(path), str(error), "TYPE"))
    title = heading_of(scenario, new)
    overlay = NewValues(
        overlay=name_of(new), title=title, description=f"Set in Python: {title}.", source=SOURCE, quality="D", set=new
    )
    return overlay, wrong


def _value(scenario: Any, path: str, value: Any) -> Any:  # noqa: ANN401 - a tree read from files, a value of any kind
    """Return a new value as it is set.

    Raises:
        TypeError: for a path that takes none, and for a value that cannot stand there.
    """
    if not isinstance(path, str):
        message = 'a path is text, as "assumptions.patience"'
        raise TypeError(message)
    top = parts_of(path)[0]
    if top in names_at(Description, ()) and top not in CHANGED:
        message = f"says which scenario this is; new values are for the {listed(CHANGED)}"
        raise TypeError(message)
    plain = _plain(value, money=holds_money(scenario, path))
    return _with_unit(scenario, path, plain)


def _with_unit(scenario: Any, path: str, value: Any) -> Any:  # noqa: ANN401 - a tree read from files, a value of any kind
    """Return a value with the unit that it needs where there is none to take: the assumption is left out, or `none`.

    Raises:
        TypeError: where several units are right.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    name = path.removeprefix("assumptions.")
    if name == path or name not in PARAMETERS or not (number or (isinstance(value, Assumed) and value.unit is None)):
        return value
    if any(stands(scenario, (*key, "unit")) for key in find_all(scenario, path)):
        return value
    units = units_of(name)
    given = value if isinstance(value, Assumed) else Assumed("fixed", {"value": value})
    if len(units) == 1:
        return replace(given, unit=units[0])
    right = f'simulator.fixed({value}, unit="{units[0]}")' if number else f'unit="{units[0]}"'
    message = f"has no unit here that a number could take: say whether it is in {' or '.join(units)}, as {right}"
    raise TypeError(message)


_UNITS = ((Duration, tuple(TIME_UNITS)), (RateBelief, tuple(RATE_UNITS)))


def units_of(name: str) -> tuple[str, ...]:
    """Return the units that are right for an assumption which may be left out or `none`."""
    annotation = Assumptions.model_fields[name].annotation
    found = [units for kind, units in _UNITS if _holds(annotation, kind)]
    return found[0] if found else ("factor",) if PARAMETERS[name].neutral == 1.0 else ("people",)


def _holds(annotation: Any, kind: Any) -> bool:  # noqa: ANN401 - annotations of any kind
    """Return whether an annotation holds values of a kind, which its validator tells."""
    validator = kind.__metadata__[-1]
    return validator in getattr(annotation, "__metadata__", ()) or any(
        _holds(each, kind) for each in get_args(annotation)
    )


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
        return {str(name): _plain(_inner(each), money=money) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(_inner(each), money=money) for each in value]
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


def _inner(value: Any) -> Any:  # noqa: ANN401 - a value of any kind
    if isinstance(value, Assumed):
        message = "a distribution is set on the path of an assumption, not within a list or names and values"
        raise TypeError(message)
    return value
