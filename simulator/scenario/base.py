"""What all parts of a scenario share: frozen records that refuse unknown names, and the types of their fields."""

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from simulator.money import MoneyError, pence, pounds_plain

T = TypeVar("T")
AS_KEPT = "as kept"
"""Context of validation under which money is whole pence and a day is ISO text: as results keep a scenario (scenario.json)."""


class Record(BaseModel):
    """A frozen part of a scenario; an unknown name is refused, and so is a value of another type."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, validate_default=True,
        allow_inf_nan=False, protected_namespaces=(),
    )  # fmt: skip


def problem(code: str, message: str) -> PydanticCustomError:
    """Return a validation error with a code of docs/model.md §15.4 and a message in plain words."""
    return PydanticCustomError(code, "{message}", {"message": message})


class Scaled(float):
    """The product of a number in a file and an overlay's factor: where money is due it is rounded to the penny."""


def percent_hint(value: float) -> str:
    """Return `; did you mean 0.29?` for a part of a whole that was written as a percentage, or nothing."""
    return f"; did you mean {value / 100:g}?" if 2 <= value <= 100 else ""


def _pence(value: object, info: ValidationInfo) -> object:
    if info.context == AS_KEPT:
        return value
    try:
        return pence(pounds_plain(round(value * 100)) if isinstance(value, Scaled) else value)
    except MoneyError as error:
        raise problem(error.code, str(error)) from error


def _not_negative(value: int) -> int:
    if value < 0:
        raise problem("TARIFF_NEGATIVE", f"an amount of money cannot be {pounds_plain(value)}; it must be 0 or more")
    return value


def _date(value: object, info: ValidationInfo) -> date:
    if isinstance(value, date):
        return value
    text = str(value)
    if info.context == AS_KEPT:
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise problem("TYPE", f'"{text}" is text; write the date without quotes')
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", text):
        raise problem(
            "DATE_AMBIGUOUS", f'"{text}" could be read in two ways; write year-month-day, for example 2021-04-01'
        )
    if re.fullmatch(r"[\d/ -]*Q[1-4][\d/ -]*", text, re.IGNORECASE):
        raise problem("QUARTER_CALENDAR_MISSING", f'"{text}" names no calendar; write the first day of the quarter')
    code = "DATE_INVALID" if re.fullmatch(r"\d+(-\d+)+", text) else "TYPE"
    raise problem(code, f'"{text}" is not a date; write year-month-day, for example 2021-04-01')


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise problem("SHARE_RANGE", f"a share lies between 0 and 1 and cannot be {value:g}{percent_hint(value)}")
    return value


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _text_or_not(value: object) -> str:
    return "none" if isinstance(value, str) and not re.match(r"[-£]*\d", value) else "given"


_MONEY_SCHEMA: dict[str, Any] = {
    "description": "Pounds: a whole number, or quoted text with pence",
    "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"}],
}
Pence = Annotated[int, BeforeValidator(_pence), AfterValidator(_not_negative), WithJsonSchema(_MONEY_SCHEMA)]
"""Money, written in pounds as a whole number or quoted text, held as pence."""


def is_money(field: FieldInfo) -> bool:
    """Return whether a field is an amount of money, or may be one."""
    return any(_turns_into_pence(each) for each in field.metadata) or _has_money(field.annotation)


def takes_fractions(field: FieldInfo) -> bool:
    """Return whether a field takes numbers that are not whole."""
    return _has_float(field.annotation)


def _has_float(annotation: Any) -> bool:  # noqa: ANN401 - an annotation of any kind
    return annotation is float or any(map(_has_float, get_args(annotation)))


def _has_money(annotation: Any) -> bool:  # noqa: ANN401 - an annotation of any kind
    marks = getattr(annotation, "__metadata__", ())
    return any(map(_turns_into_pence, marks)) or any(map(_has_money, get_args(annotation)))


def _turns_into_pence(mark: object) -> bool:
    return isinstance(mark, BeforeValidator) and mark.func is _pence


Day = Annotated[date, BeforeValidator(_date)]
"""A calendar day."""
Share = Annotated[float, AfterValidator(_share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
"""A part of a whole, 0 to 1."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that other parts of the scenario refer to."""
Several = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""An ordered list."""
Positive = Annotated[float, Field(gt=0)]
"""A number above 0."""
OrNone = Annotated[Annotated[T, Tag("given")] | Annotated[Literal["none"], Tag("none")], Discriminator(_text_or_not)]
"""A value, or the word `none`."""
