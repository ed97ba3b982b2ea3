"""The measures of one deal: every record of the catalogue with each of the deal's own outcomes, payers, costs and tranches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from simulator.measures.catalogue import DATES, QUARTERS, RETURNS, STAFFING, STRESS
from simulator.measures.measure import Definition, Kind, Measure, Subject
from simulator.scenario.deal import Cost, Deal, Funder
from simulator.scenario.investment import Tranche
from simulator.words import name_within

_FIXED = {each.key: Measure(each) for each in (*QUARTERS, *RETURNS, *STRESS, *STAFFING) if each.of is None}
_TEMPLATES = {each.key for each in (*RETURNS, *QUARTERS, *DATES, *STRESS, *STAFFING)}


class Clash(NamedTuple):
    """Two measures of one table under one key."""

    first: Measure
    second: Measure


def measures_of(deal: Deal, definitions: Iterable[Definition] = RETURNS) -> dict[str, Measure]:
    """Return the measures of a deal by key, in the order of the catalogue.

    A scenario whose names make two measures of one key is refused when it is loaded (`clashes`).
    """
    return {measure.key: measure for measure in _all(deal, definitions)}


def measures_under_stress(deal: Deal) -> dict[str, Measure]:
    """Return the measures of a deal by key, and what stresses show beside them."""
    return measures_of(deal, (*RETURNS, *STRESS))


def named(key: str) -> Measure:
    """Return the measure of a key that every deal may have, and of which it has one.

    Raises:
        KeyError: if there is none.
    """
    return _FIXED[key]


def key(template: str, name: str = "") -> str:
    """Return the key of a measure of a subject.

    >>> key("payments.{}_gbp", "lcf")
    'payments.lcf_gbp'

    Args:
        template: the key in the catalogue, with `{}` for the subject.
        name: the subject's name.

    Raises:
        KeyError: if the catalogue has no such measure.
    """
    if template not in _TEMPLATES:
        raise KeyError(template)
    return template.format(name)


def clashes(deal: Deal) -> tuple[Clash, ...]:
    """Return each two measures that would stand under one key in one table.

    A measure that only some deals have counts for all, so that no later term of a deal takes a name away. A name that two
    subjects of a kind have is another mistake, and is left out.
    """
    return _clashes(tuple((kind, tuple(each)) for kind, each in _subjects(deal).items()))


@lru_cache(maxsize=64)
def _clashes(subjects: tuple[tuple[Kind, tuple[Subject, ...]], ...]) -> tuple[Clash, ...]:
    """Return the clashes of these subjects, which all versions of a deal have in common."""
    found, by_kind = [], dict(subjects)
    for table in ((*RETURNS, *STRESS, *STAFFING), QUARTERS, DATES):
        seen: dict[str, Measure] = {}
        for measure in _each(by_kind, table):
            first = seen.setdefault(measure.key, measure)
            if first is not measure and not _is_twice_the_same(first, measure):
                found.append(Clash(first, measure))
    return tuple(found)


def _is_twice_the_same(first: Measure, second: Measure) -> bool:
    one, other = first.subject, second.subject
    same = one is not None and other is not None and (one.kind, one.name) == (other.kind, other.name)
    return same and first.definition is second.definition


def _all(deal: Deal, definitions: Iterable[Definition]) -> Iterator[Measure]:
    return _each(_subjects(deal), [each for each in definitions if each.exists is None or each.exists(deal)])


def _each(subjects: Mapping[Kind, Sequence[Subject]], definitions: Iterable[Definition]) -> Iterator[Measure]:
    for each in definitions:
        if each.of is None:
            yield Measure(each)
        else:
            yield from (Measure(each, subject) for subject in subjects[each.of])


def _subjects(deal: Deal) -> Mapping[Kind, list[Subject]]:
    """Return what a deal has several of, by kind, in the order of its terms."""
    groups = list(_groups(deal))
    payers = [Subject("payer", *said, _place("funders", i)) for i, said in enumerate(_told_apart(deal.funders))]
    costs = [Subject("cost", *said, _place("costs", i)) for i, said in enumerate(_told_apart(deal.costs))]
    tranches = [
        Subject("tranche", *said, ("deal", "investment", "tranches", i, "name"))
        for i, said in enumerate(_told_apart(deal.investment.tranches))
    ]
    years = [str(year + 1) for year in range(len(deal.term.anniversaries()))]
    return {
        "group": groups,
        "outcome": [*groups, *_lines_of_several(deal)],
        "payer": payers,
        "delivering payer": [each for each in payers if each.name == deal.provider.in_house_of],
        "cost": costs,
        "tranche": tranches,
        "year": [Subject("year", year, f"Year {year}") for year in years],
    }


def _told_apart(terms: Sequence[Funder] | Sequence[Cost] | Sequence[Tranche]) -> list[tuple[str, str]]:
    """Return names and titles; where two have one title, with the name behind it."""
    titles = [each.title for each in terms]
    return [
        (each.name, each.title if titles.count(each.title) == 1 else f"{each.title} ({each.name})") for each in terms
    ]


def _place(field: str, position: int) -> tuple[str | int, ...]:
    return ("deal", field, position, "name")


def _groups(deal: Deal) -> Iterator[Subject]:
    """Yield the names that outcomes are counted under, each at the first line that is counted so."""
    for group in deal.groups:
        position, line = next((i, each) for i, each in enumerate(deal.rate_card) if each.group == group)
        field = "outcome" if line.outcome == group else "counts_as"
        yield Subject("group", group, name_within(group), ("deal", "rate_card", position, field))


def _lines_of_several(deal: Deal) -> Iterator[Subject]:
    """Yield the lines of the rate card that are counted under another name."""
    for position, line in enumerate(deal.rate_card):
        if line.outcome != line.group:
            place = ("deal", "rate_card", position, "outcome")
            yield Subject("outcome", line.outcome, name_within(line.outcome), place)
