"""What stresses do to a deal, as findings."""

from collections.abc import Iterator, Mapping, Sequence

from simulator.findings import Findings
from simulator.report.quantity_words import heading_of, quantity_in_words
from simulator.report.stress_answer import answer
from simulator.report.stress_charts import charts
from simulator.report.stress_words import is_told, title_of
from simulator.studies import stress as study
from simulator.studies.quantities import Quantity
from simulator.studies.stress import LOSS, MULTIPLE, RATES, SHORT, Effect, Stressed, UnderStress
from simulator.table import Cell, Column, Figure, Table
from simulator.words import MONEY, listed

_PAIRED = "A change is to the deal as it stands, on the same people, ± its paired standard error."
_INVESTOR = (MULTIPLE, study.MEDIAN, study.LOW, LOSS, study.TAIL)
_ON_THE_WAY = (SHORT, study.SHORT_SIZE, f"{study.EXPOSURE}.mean", study.WAIT, study.WAITING)
_PAYERS = (study.PAID, study.CAP_USE, study.OVER_CAP, study.UNEVIDENCED, study.NET_COST)
_NO_FIGURE = Figure(None, status="none")
_STANDS = "As it stands"


def findings(found: Stressed) -> Findings:
    """Return what each stress does to the deal, and what breaks it."""
    return Findings(
        "stress", "Stress", "What breaks this deal, and what does it stand?", found.asked, answer(found),
        tuple(_tables(found)), charts(found), _figures(found), _method(found), reprices=True,
    )  # fmt: skip


def _figures(found: Stressed) -> dict[str, Figure]:
    """Return every quantity of the deal as it stands."""
    return {
        name: Figure(each.value, each.se, each.status, found.quantity(name).unit)
        for name, each in found.as_it_stands.items()
    }


def _method(found: Stressed) -> tuple[str, ...]:
    files = listed(found.unwritten)
    return (
        "Every stress is an overlay on the scenario: it multiplies rates, moves days or changes terms, as its file says. All are "
        "run with the seed of the deal as it stands, so that the same people meet other conditions: differences are taken "
        "replication by replication, and are far more precise than the figures themselves.",
        "Quantiles are subtracted as quantiles; their errors, and that of the worst 5%, are from bootstrap samples of "
        "replications. Rates of return are shown and never subtracted or averaged. What is identical in every replication is "
        "said to be without effect, and has no error.",
        *(
            [f"Overlays made in Python go to the command as files, which must be written first: {files}."]
            if files
            else []
        ),
    )


def _tables(found: Stressed) -> Iterator[Table]:
    """Yield all tables, first the one of every figure; that of what is left out only where something is."""
    yield _all(found)
    yield _ranking(found)
    yield _wide(found, "investor", "What the investor gets", _INVESTOR, RATES)
    yield _wide(found, "on_the_way", "Money and people on the way", _ON_THE_WAY)
    yield _wide(found, "payers", "What the outcome payers pay, and what they do not", _PAYERS)
    yield _net_cost(found)
    yield _net_cost_changes(found)
    if found.left_out:
        yield _left_out(found)


def _all(found: Stressed) -> Table:
    """Return every quantity of the deal as it stands and under each stress: one row for each."""
    columns = (
        Column("stress"), Column("name"), Column("title"), Column("form"), Column("changes"), Column("quantity"), Column("unit"),
        Column("ranked_by"), Column("value"), Column("change"), Column("status"),
    )  # fmt: skip
    stands: tuple[Cell, ...] = ("", "", "as it stands", None, False)
    rows = list(_by_quantity(found, stands, found.as_it_stands))
    for each in found.tested:
        version = each.version
        named = (version.label, version.name, version.title, version.form, each.changes)
        rows += _by_quantity(found, named, each.effects)
    return Table("stress", "The deal as it stands and under each stress", columns, tuple(rows), where="data")


def _by_quantity(found: Stressed, named: tuple[Cell, ...], effects: Mapping[str, Effect]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each quantity; its status says why there is no figure or no change."""
    for name, effect in effects.items():
        quantity = found.quantity(name)
        value, change = Figure(effect.value, effect.se), Figure(effect.difference, effect.difference_se)
        yield *named, name, quantity.unit.name, name == found.ranked_by.name, value, change, effect.status


def _ranking(found: Stressed) -> Table:
    """Return what can be told from chance, ranked."""
    by = found.ranked_by.name
    names = (*(() if by in (MULTIPLE, LOSS) or by in RATES else (by,)), MULTIPLE, LOSS)
    first = _first(found, names, (SHORT,))
    told = [each for each in found.tested if any(is_told(each.effects[name]) for name in (*names, SHORT))]
    rows: list[tuple[Cell, ...]] = [
        (each.version.label, f"{each.version.subject} ({each.version.label})", *_pairs(each.effects, names, (SHORT,)))
        for each in told
    ]
    others = sum(each.changes for each in found.tested) - len(told)
    left = f" Left out are {others:,} without any change of these that could be told from chance." if others else ""
    title = f"What stresses do to the deal, ranked by {quantity_in_words(found.ranked_by)}"
    return Table("ranking", title, _pair_columns(found, names, (SHORT,)), (first, *rows), _PAIRED + left)


def _wide(found: Stressed, name: str, title: str, names: Sequence[str], bare: Sequence[str] = ()) -> Table:
    """Return some quantities with their changes under every stress that changes anything, and others without changes."""
    rows: list[tuple[Cell, ...]] = [_first(found, names, bare)]
    rows += [(each.version.label, title_of(each), *_pairs(each.effects, names, bare)) for each in _changing(found)]
    columns = _pair_columns(found, names, bare)
    return Table(name, title, columns, tuple(rows), _PAIRED, where="page")


def _first(found: Stressed, names: Sequence[str], bare: Sequence[str]) -> tuple[Cell, ...]:
    return "", _STANDS, *_pairs(found.as_it_stands, names, bare)


def _pair_columns(found: Stressed, names: Sequence[str], bare: Sequence[str]) -> tuple[Column, ...]:
    """Return columns of quantities, each with one of its changes, then of quantities alone."""
    columns = [Column("stress"), Column("title", "Stress")]
    for name in names:
        unit = found.quantity(name).unit
        columns += [_column(found.quantity(name)), Column(f"{name}_change", "Change", unit, change=True)]
    return *columns, *(_column(found.quantity(name)) for name in bare)


def _column(quantity: Quantity, *, change: bool = False) -> Column:
    return Column(quantity.name, heading_of(quantity), quantity.unit, change)


def _pairs(effects: Mapping[str, Effect], names: Sequence[str], bare: Sequence[str]) -> Iterator[Figure]:
    """Yield some quantities without their errors, each with its change, then others."""
    for name in names:
        yield _value(effects[name])
        yield _change(effects[name])
    yield from (_value(effects[name]) for name in bare)


def _value(effect: Effect) -> Figure:
    return Figure(effect.value, status="ok" if effect.value is not None else effect.status)


def _change(effect: Effect) -> Figure:
    return _NO_FIGURE if effect.difference is None else Figure(effect.difference, effect.difference_se)


def _changing(found: Stressed) -> list[UnderStress]:
    return [each for each in found.tested if each.changes]


def _parts(found: Stressed) -> list[Quantity]:
    """Return what adds up to the net cost to the outcome payers, and the net cost."""
    names = [f"{name}.mean" for name in (*study.year_names(found.base.deal), study.AFTERWARDS, study.GIVEN_BACK)]
    return [found.quantity(name) for name in (*names, study.NET_COST)]


def _net_cost(found: Stressed) -> Table:
    columns = (Column("quantity"), Column("title", "Part"), Column("value", _STANDS, MONEY))
    stands = [(quantity, found.as_it_stands[quantity.name]) for quantity in _parts(found)]
    rows = tuple(
        (quantity.name, heading_of(quantity), Figure(each.value, each.se or None, each.status))
        for quantity, each in stands
    )
    note = (
        "Payments that arrive in each contract year; after the term; and what compensation for an early end adds, less what goes "
        "back to the outcome payers. They add up to the net cost."
    )
    return Table("net_cost", "Net cost to the outcome payers by contract year", columns, rows, note, where="page")


def _net_cost_changes(found: Stressed) -> Table:
    parts = _parts(found)
    columns = (Column("stress"), Column("title", "Stress"), *(_column(each, change=True) for each in parts))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.version.label, title_of(each), *(_change(each.effects[part.name]) for part in parts))
        for each in _changing(found)
    )
    title = "Changes of the net cost to the outcome payers by contract year"
    return Table("net_cost_changes", title, columns, rows, _PAIRED, where="page")


def _left_out(found: Stressed) -> Table:
    columns = (Column("stress"), Column("title"), Column("why"))
    rows = tuple((each.label, each.title, each.why) for each in found.left_out)
    return Table("left_out", "Stresses that the deal's terms have no room for", columns, rows, where="data")
