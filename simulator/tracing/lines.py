"""Lines for a terminal of 80 columns: headings, wrapped sentences, tables, luck. Nothing here knows a deal."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from simulator.money import pounds
from simulator.tracing.facts import Drawn

WIDTH = 80
NONE = "\N{EN DASH}"
Row = Sequence[str]


def heading(title: str, explained: str = "") -> list[str]:
    """Return the head of a section: an empty line, its title underlined, and what the reader needs to know."""
    return ["", title, "─" * len(title), *([*paragraph(explained), ""] if explained else [])]


def paragraph(text: str, indent: int = 0, first: str = "") -> list[str]:
    """Return a sentence wrapped, its lines indented; the first may begin with something in the place of the indent.

    Args:
        text: the sentence.
        indent: blanks before each line.
        first: what the first line begins with.

    >>> paragraph("2 of 3", 8, "  paid")
    ['  paid  2 of 3']
    """
    return wrap(
        text,
        WIDTH,
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(heads: Row, rows: Iterable[Row], right: str = "") -> list[str]:
    """Return a table with its columns two spaces apart; `right` has an `r` for each column that stands on the right.

    Args:
        heads: headings of the columns.
        rows: cells, row by row.
        right: a letter for each column: `r` for one whose cells stand on the right; `l` for all that it does not reach.

    >>> table(["Who", "Pence"], [["lcf", "12"]], "lr")
    ['  Who  Pence', '  ───  ─────', '  lcf     12']
    """
    every = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in every) for place in range(len(heads))]
    sides = right.ljust(len(heads), "l")

    def line(row: Row) -> str:
        cells = (
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        )
        return ("  " + "  ".join(cells)).rstrip()

    return [line(every[0]), line(["─" * width for width in widths]), *(line(row) for row in every[1:])]


def amount(pence: int) -> str:
    """Return an amount for a table, a dash for none.

    >>> amount(56900), amount(0) == NONE
    ('£569.00', True)
    """
    return pounds(pence) if pence else NONE


def luck_lines(luck: Iterable[Drawn], indent: int) -> list[str]:
    """Return each uniform: decision and draw number, what it decides, the number, what it became."""
    found = []
    for each in luck:
        text = f"{each.decides}: u = {each.u:.4f} → {each.became}"
        found += paragraph(text, indent + len(each.name) + 2, " " * indent + each.name)
    return found


def tidy(lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines with no two empty ones together.

    >>> tidy(["a", "", "", "b"])
    ('a', '', 'b')
    """
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return tuple(kept)
