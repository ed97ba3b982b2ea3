"""The catalogue of measures as a page of documentation, and as plain data."""

from collections.abc import Iterator, Sequence

from simulator.measures.catalogue import DATES, QUARTERS, RETURNS, STAFFING, STRESS
from simulator.measures.measure import Definition, Measure, Section

_SUBJECTS = {
    "outcome": "OUTCOME",
    "group": "OUTCOME",
    "payer": "PAYER",
    "delivering payer": "PAYER",
    "cost": "COST",
    "tranche": "TRANCHE",
    "year": "YEAR",
}
_HEAD = """# Measures

This page is printed by `sib schema measures --markdown`; the same as data: `sib schema measures`.

Every measure has one value in each replication. `summary.json` gives its mean with the Monte Carlo error of the mean (`se`)
and its quantiles; `returns.parquet` gives all values. In names, OUTCOME is a name that outcomes are counted under, or a line of
the rate card that is one of several counted together; PAYER, COST and TRANCHE are the names of the deal's payers, cost lines and
tranches. A deal whose names would make two measures of one name is refused when it is loaded.

Quantiles are ranks: P5 is the value that 5 % of replications do not exceed. A measure that does not exist in some
replications (the payback of an investor who never gets it) has its `undefined_share` beside it and no mean; undefined values
rank at the adverse end. Probabilities have a mean and an error only. Rates of return have quantiles only and always an
`undefined_share`, which counts total losses (minus one, ranked below every rate) and all other replications without a rate.

`--precision` takes these names followed by `.mean`, `.q05`, `.q25`, `.q50`, `.q75` or `.q95`, and errors in the
measure's own unit.
Probabilities and the expected shortfall go by their names alone.

Read `spv.shortfall_gbp` beside the multiple: when the provider waits for its money, it finances the gap, and the investor's
multiple rises.
"""
_TABLES: tuple[tuple[str, Sequence[Definition]], ...] = (
    ("By quarter: `quarters.csv`", QUARTERS),
    ("On given days: actuals and forecasts", DATES),
    ("In the study of stresses", STRESS),
    ("In the study of staffing", STAFFING),
)


def measures_page() -> str:
    """Return the page of all measures in Markdown."""
    lines = [_HEAD]
    for section in Section:
        lines += _table(str(section), [each for each in RETURNS if each.section == section])
    for title, definitions in _TABLES:
        lines += _table(title, definitions)
    return "\n".join(lines)


def _table(title: str, definitions: Sequence[Definition]) -> list[str]:
    head = [
        f"## {title}",
        "",
        "| name | label | unit | adverse end | how it is computed |",
        "| --- | --- | --- | --- | --- |",
    ]
    return [*head, *(_row(each) for each in definitions), ""]


def _row(each: Definition) -> str:
    only = f" Only {each.only}." if each.only else ""
    return f"| `{_name(each)}` | {_label(each)} | {each.unit.name} | {each.adverse} | {_filled(each.how, each)}{only} |"


def _name(each: Definition) -> str:
    return each.key.format(_SUBJECTS.get(each.of or "", ""))


def _filled(words: str, each: Definition) -> str:
    return words.format(_SUBJECTS.get(each.of or "", ""))


def _label(each: Definition) -> str:
    return Measure(each).label if each.of is None else _filled(each.label, each)


def measures_data() -> list[dict[str, object]]:
    """Return the records of the catalogue as plain data, in their order."""
    return list(_records())


def _records() -> Iterator[dict[str, object]]:
    for each in (*RETURNS, *QUARTERS, *DATES, *STRESS, *STAFFING):
        yield {
            "name": each.key,
            "of": each.of,
            "label": each.label,
            "unit": each.unit.name,
            "adverse_end": each.adverse,
            "figures": list(Measure(each).statistics),
            "party": each.party,
            "how": each.how,
            "only": each.only or None,
            "table": each.table,
        }
