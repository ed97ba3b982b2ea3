"""The design of prices and terms, as findings."""

from collections.abc import Iterator, Sequence

from simulator.findings import Findings
from simulator.report.quantity_words import quantity_in_words, requirement_in_words
from simulator.report.target_charts import charts
from simulator.report.target_words import METHOD, answer, term_name
from simulator.studies.lever import Lever
from simulator.studies.quantities import Quantity
from simulator.studies.targets import Choice, Frontier, Interval, Targets
from simulator.table import Cell, Column, Figure, Table
from simulator.words import MONEY, capital

_NOWHERE = {"nowhere": "nowhere"}
_NO_END = {"nowhere": ""}
_BINDS = (Column("binds_below"), Column("binds_above"))
"""Requirements that fail below and above a stretch."""


def findings(found: Targets) -> Findings:
    """Return where the lever may stand, who binds, and the round terms."""
    question = f"Where may the {found.lever.title} stand so that everybody's requirement holds?"
    return Findings(
        "targets", "Price and terms design", question, found.asked, answer(found), tuple(_tables(found)), charts(found),
        _figures(found), METHOD, can=found.can, reprices=True,
    )  # fmt: skip


def _figures(found: Targets) -> dict[str, Figure]:
    unit = found.lever.unit
    choice = {} if found.choice is None else {"choice": Figure(found.choice.value, unit=unit)}
    return {
        "base": Figure(found.lever.base, unit=unit),
        "searched_from": Figure(found.searched[0], unit=unit),
        "searched_to": Figure(found.searched[1], unit=unit),
        **choice,
    }


def _tables(found: Targets) -> Iterator[Table]:
    """Yield all tables: round terms only where there are any, a frontier only where one was asked for."""
    yield _requirements(found)
    if found.choice is not None:
        yield from (_terms(found, found.choice), _beside(found.choice))
    if found.frontier is not None:
        yield from (_frontier(found, found.frontier), _frontier_parts(found, found.frontier))
    yield _tried(found)


def _requirements(found: Targets) -> Table:
    """Return one row for each stretch on which a requirement holds, and at the end those on which all do."""
    choice, unit = found.choice, found.lever.unit
    columns = (
        Column("requirement"), Column("title", "Requirement"), Column("party", "Of"), Column("base", "As it stands"),
        Column("from", "Holds from", unit, statuses=_NOWHERE), Column("to", "Holds to", unit, statuses=_NO_END), *_BINDS,
        Column("at_terms", "At the round terms" if choice else ""), Column("holds_at_terms"),
    )  # fmt: skip
    nothing = Figure(None, status="none")
    rows = list[tuple[Cell, ...]]()
    for number, each in enumerate(found.requirements):
        base = _figure(each.quantity, found.base[number])
        at_terms = _figure(each.quantity, choice.figures[number]) if choice else nothing
        own = (each.name, requirement_in_words(each), each.party, base)
        holds = choice.holds[number] if choice else None
        rows += [(*own, *stretch, at_terms, holds) for stretch in _stretches(found.each[number])]
    everybody = ("all", "all requirements", "", nothing)
    rows += [
        (*everybody, *stretch, nothing, all(choice.holds) if choice else None) for stretch in _stretches(found.feasible)
    ]
    note = "The ends of the range that was searched are no one's limits. Errors are those of chance."
    return Table("requirements", f"Requirements, by {found.lever.title}", columns, tuple(rows), note)


def _stretches(held: Sequence[Interval]) -> list[tuple[Figure, Figure, str, str]]:
    """Return for each stretch where it begins and ends, and what binds there; one line of nothing if there is none."""
    none = Figure(None, status="nowhere")
    return [_ends(each) for each in held] or [(none, none, "", "")]


def _ends(each: Interval) -> tuple[Figure, Figure, str, str]:
    return (
        Figure(each.low, each.low_error, words="" if each.low_binds else "lowest searched"),
        Figure(each.high, each.high_error, words="" if each.high_binds else "highest searched"),
        ", ".join(each.low_binds), ", ".join(each.high_binds),
    )  # fmt: skip


def _figure(quantity: Quantity, found: tuple[float | None, float | None]) -> Figure:
    return Figure(*found, "undefined" if found[0] is None else "ok", quantity.unit)


def _terms(found: Targets, choice: Choice) -> Table:
    columns = (Column("term"), Column("title", "Term"), Column("base", "As it stands"), Column("round", "Round"))

    def row(name: str, value: float) -> tuple[Cell, ...]:
        unit = found.lever.unit if name == found.lever.name else MONEY
        return name, term_name(name), Figure(choice.before[name], unit=unit), Figure(value, unit=unit)

    rows = tuple(row(name, value) for name, value in choice.terms.items())
    return Table("round_terms", "The round terms", columns, rows)


def _beside(choice: Choice) -> Table:
    columns = (
        Column("quantity"), Column("title", "Figure"), Column("now", "As it stands"), Column("then", "At the round terms"),
    )  # fmt: skip
    rows = tuple(
        (each.quantity.name, capital(quantity_in_words(each.quantity)), _figure(each.quantity, each.now),
         _figure(each.quantity, each.then))
        for each in choice.beside
    )  # fmt: skip
    return Table("beside", "What they come to", columns, rows)


def _frontier(found: Targets, more: Frontier) -> Table:
    """Return one row for each stretch that is left at each value of the second lever."""
    columns = (
        Column(more.second.name, capital(more.second.title), more.second.unit),
        *_span(found.lever, "All hold"),
        *_BINDS,
    )
    rows = tuple(
        (value, *stretch)
        for value, held in zip(more.values, more.held, strict=True)
        for stretch in _stretches(held.feasible)
    )
    return Table("frontier", f"Where the {found.lever.title} may stand, by {more.second.title}", columns, rows)


def _frontier_parts(found: Targets, more: Frontier) -> Table:
    """Return one row for each stretch on which each requirement holds alone at each value of the second lever."""
    columns = (
        Column(more.second.name, capital(more.second.title), more.second.unit), Column("requirement"),
        Column("title", "Requirement"), *_span(found.lever, "Holds"),
    )  # fmt: skip
    rows = tuple(
        (value, each.name, requirement_in_words(each), *stretch[:2])
        for value, held in zip(more.values, more.held, strict=True)
        for each, alone in zip(found.requirements, held.each, strict=True)
        for stretch in _stretches(alone)
    )
    title = f"What each requirement allows of the {found.lever.title} alone, by {more.second.title}"
    return Table("frontier_requirements", title, columns, rows, where="page")


def _span(lever: Lever, heading: str) -> tuple[Column, Column]:
    """Return the columns of where stretches of a lever begin and end."""
    return (
        Column(f"{lever.name}_from", f"{heading} from", lever.unit, statuses=_NOWHERE),
        Column(f"{lever.name}_to", f"{heading} to", lever.unit, statuses=_NO_END),
    )


def _tried(found: Targets) -> Table:
    """Return one row for each value that was run and requirement."""
    columns = (
        Column("lever"), Column("value", unit=found.lever.unit), Column("requirement"), Column("figure"), Column("holds"),
    )  # fmt: skip
    rows = tuple(
        (found.lever.name, value, each.name, _figure(each.quantity, (figure, None)), each.margin_of(figure) >= 0)
        for each, figures in zip(found.requirements, found.figures, strict=True)
        for value, figure in zip(found.values, figures, strict=True)
    )
    title = f"What is required, at every value of the {found.lever.title} that was simulated"
    return Table("targets", title, columns, rows, where="data")
