"""What all parts of a scenario share: frozen records that refuse unknown names, and the types of their fields."""

import math
import re
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from simulator.money import MoneyError, pence

T = TypeVar("T")


class Record(BaseModel):
    """A frozen part of a scenario; an unknown name is refused, and so is a value of another type."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, validate_default=True, allow_inf_nan=False,
        populate_by_name=True, protected_namespaces=(),
    )  # fmt: skip


def problem(code: str, message: str) -> PydanticCustomError:
    """Return a validation error with a code of domain.md §8.3 and a message in plain words."""
    return PydanticCustomError(code, "{message}", {"message": message})


def _pence(value: object) -> int:
    try:
        return pence(value)
    except MoneyError as error:
        raise problem(error.code, str(error)) from error


def _not_negative(value: int) -> int:
    if value < 0:
        raise problem("TARIFF_NEGATIVE", f"an amount of money cannot be {value / 100:g}; it must be zero or more")
    return value


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    text = str(value)
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", text):
        raise problem("DATE_AMBIGUOUS", f'"{text}" could be read in two ways; write year-month-day, for example 2021-04-01')
    if re.fullmatch(r"(Q\d-?\d{4}|\d{4}-?Q\d)(/\d{2,4})?", text):
        raise problem("QUARTER_CALENDAR_MISSING", f'"{text}" names no calendar; write the first day of the quarter')
    raise problem("DATE_INVALID", f'"{text}" is not a date; write year-month-day, for example 2021-04-01')


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        hint = f"; did you mean {value / 100:g}?" if 1 < value <= 100 else ""
        raise problem("SHARE_RANGE", f"a share lies between 0 and 1 and cannot be {value:g}{hint}")
    return value


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Pence = Annotated[int, BeforeValidator(_pence), AfterValidator(_not_negative)]
"""Money, written in pounds as a whole number or quoted text, held as pence."""
Day = Annotated[date, BeforeValidator(_date)]
"""A calendar day."""
Share = Annotated[float, AfterValidator(_share)]
"""A part of a whole, 0 to 1."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that other parts of the scenario refer to."""
Several = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""An ordered list."""
Positive = Annotated[float, Field(gt=0)]


def finite(value: Any) -> bool:  # noqa: ANN401 - any value of a file
    """Return whether a value is not a number that is infinite or undefined."""
    return not isinstance(value, float) or math.isfinite(value)
