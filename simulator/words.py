"""Numbers, dates and names in plain British English. Nothing here computes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MINUS = "\N{MINUS SIGN}"
TOTAL_LOSS = -1.0
"""The rate of return of an investor who gets nothing back (docs/model.md §13)."""


@dataclass(frozen=True)
class Unit:
    """How a kind of figure is written: prefix, suffix, decimals, and the factor from the model's units to the reader's."""

    prefix: str = ""
    suffix: str = ""
    decimals: int = 0
    factor: float = 1.0
    trim: bool = False
    """Whether a whole number is written without decimals."""
    error_suffix: str | None = None
    """Suffix of an error, where it differs."""
    error_prefix: str | None = None
    """Prefix of an error, where it differs."""
    total_loss: str = ""
    """What is written for the rate of a total loss, if it is a rate."""
    name: str = "number"
    """What it is called in data."""

    def say(self, value: float) -> str:
        """Return a figure in words."""
        return self._write(value, self.prefix, self.suffix)

    def say_error(self, error: float) -> str:
        """Return a standard error in words; one that would round to nothing is `under` the last place."""
        prefix = self.prefix if self.error_prefix is None else self.error_prefix
        suffix = self.suffix if self.error_suffix is None else self.error_suffix
        least = 10.0**-self.decimals / self.factor
        if 0 < error < least / 2:
            return f"under {self._write(least, prefix, suffix)}"
        return self._write(error, prefix, suffix)

    def _write(self, value: float, prefix: str, suffix: str) -> str:
        text = f"{abs(value) * self.factor:,.{self.decimals}f}"
        sign = MINUS if value < 0 and text.strip("0.,") else ""
        if self.trim and "." in text and not text.rpartition(".")[2].strip("0"):
            text = text.rpartition(".")[0]
        return f"{sign}{prefix}{text}{suffix}"


MONEY = Unit(prefix="£", name="pounds")
MULTIPLE = Unit(decimals=2, name="multiple")
PERCENT = Unit(suffix="%", decimals=1, factor=100, error_suffix=" points", name="share")
RATE = Unit(suffix="%", decimals=1, factor=100, error_suffix=" points", total_loss="total loss", name="rate a year")
"""A rate of return per year."""
COUNT = Unit(decimals=1, trim=True)
DAYS = Unit(suffix=" days", decimals=1, name="days")
YEARS = Unit(suffix=" years", decimals=2, name="years")


def say(unit: Unit, value: float | None, undefined: str = "undefined") -> str:
    """Return a figure in words, or the words for one that does not exist.

    Args:
        unit: how figures of the kind are written.
        value: the figure, or none.
        undefined: words for none.

    >>> say(RATE, -1.0), say(MONEY, 1234.4), say(MULTIPLE, None)
    ('total loss', '£1,234', 'undefined')
    """
    if value is None:
        return undefined
    if unit.total_loss and value == TOTAL_LOSS:
        return unit.total_loss
    return unit.say(value)


def with_error(unit: Unit, value: float | None, error: float | None) -> str:
    """Return a figure in words with its standard error, where it has one.

    Args:
        unit: how figures of the kind are written.
        value: the figure, or none.
        error: its standard error, or none.

    >>> with_error(MONEY, 1234.4, 56.2), with_error(MULTIPLE, 1.0, None)
    ('£1,234 ± £56', '1.00')
    """
    return say(unit, value) + ("" if error is None else f" ± {unit.say_error(error)}")


def short_pounds(value: float) -> str:
    """Return pounds as few characters as a reader needs.

    >>> short_pounds(1421234), short_pounds(227000), short_pounds(569), short_pounds(999600)
    ('£1.42m', '£227k', '£569', '£1.00m')
    """
    sign, size = MINUS if value < -0.5 else "", abs(value)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.2f}m"
    return f"{sign}£{size / 1e3:.0f}k" if size >= 9_999.5 else f"{sign}£{size:,.0f}"


def tick_pounds(value: float, largest: float) -> str:
    """Return a mark of a scale in pounds, all marks of one scale in one unit.

    >>> tick_pounds(200_000, 1_421_234), tick_pounds(50_000, 227_000), tick_pounds(0, 1_421_234)
    ('£0.2m', '£50k', '£0')
    """
    scale, letter = (1e6, "m") if largest >= 1e6 else (1e3, "k") if largest >= 1e4 else (1.0, "")
    sign = MINUS if value < 0 else ""
    return f"{sign}£{abs(value) / scale:,.10g}{letter}" if value else "£0"


def say_pence(amount: int) -> str:
    """Return pence as pounds, with pence only where there are any.

    >>> say_pence(142123400), say_pence(422450)
    ('£1,421,234', '£4,224.50')
    """
    return f"£{amount // 100:,}" if amount % 100 == 0 else f"£{amount / 100:,.2f}"


def say_date(day: date) -> str:
    """Return a date in full.

    >>> say_date(date(2023, 3, 31))
    '31 March 2023'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_month(day: date) -> str:
    """Return a date's month and year, short.

    >>> say_month(date(2023, 3, 31))
    'Mar 2023'
    """
    return f"{_MONTHS[day.month - 1][:3]} {day.year}"


def name_in_words(name: str) -> str:
    """Return a name of the scenario as a reader would write it at the start of a line.

    >>> name_in_words("job_start")
    'Job start'
    """
    return capital(name.replace("_", " "))


def capital(text: str) -> str:
    """Return a text as it stands at the start of a line: only its first letter changes.

    >>> capital("level of all prices"), capital("")
    ('Level of all prices', '')
    """
    return text[:1].upper() + text[1:]


def name_within(name: str) -> str:
    """Return a name of the scenario as it stands within a sentence.

    >>> name_within("job_start")
    'job start'
    """
    return name.replace("_", " ")


def listed(items: Sequence[str]) -> str:
    """Return items as a list in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def verb(subject: str, one: str, several: str) -> str:
    """Return the form of a verb that agrees with a title: several, if its head is a common noun in the plural.

    Args:
        subject: the title.
        one: the form for one.
        several: the form for several.

    >>> verb("A council", "pays", "pay"), verb("Other costs of finance", "is", "are"), verb("Making Space", "earns", "earn")
    ('pays', 'are', 'earns')
    """
    head = re.split(r" (?:of|for|with|in)\b| \(", subject)[0].split()[-1:]
    return several if head and re.fullmatch(r"[a-z]*[a-rt-z]s", head[0]) else one


def a_number(count: int, noun: str) -> str:
    """Return a number of things.

    >>> a_number(1, "week"), a_number(1000, "replication")
    ('1 week', '1,000 replications')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
