"""The bridge from one scenario to another, as findings."""

from collections.abc import Iterator

from simulator.findings import Findings
from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.report.bridge_charts import Step, chart, steps
from simulator.report.bridge_words import answer, method
from simulator.report.estimated import figure
from simulator.report.repeat import in_python
from simulator.studies.bridge import IN_PENCE, MULTIPLE, Bridge
from simulator.studies.paired import Paired
from simulator.table import Cell, Column, Figure, Table
from simulator.words import PERCENT

_NOTE = (
    "A and B as they are, the parts as differences on the same people, with their errors. Each cause is on A alone; the "
    "parts add up to B less A, in pence exactly, since the last one is what is left."
)
_PART = (Column("part"), Column("title", "Cause"), Column("kind"), Column("causes"))
_NET_COST, _NET, _RETURN = (named(each) for each in (IN_PENCE["funders"], IN_PENCE["investor"], MULTIPLE))
_PAYMENTS = named(IN_PENCE["payments"])


def findings(found: Bridge) -> Findings:
    """Return why B differs from A."""
    return Findings(
        "bridge", "Bridge", f"Why does B, {found.other.title}, differ from A, {found.first.title}?", found.asked,
        answer(found), (_payers(found), _investor(found)), (chart(found),),
        {"multiples_compared_share": Figure(float(found.in_common.mean()), unit=PERCENT)}, method(found),
        repeat=_repeat(found), reprices=True,
    )  # fmt: skip


def _repeat(found: Bridge) -> str:
    """Return the command that gives the same bridge; the call in Python where no command does."""
    asked = found.asked
    to_other = not asked.options[0].startswith("--")
    if not found.first.overlay_files and not (to_other and found.other.overlay_files):
        return asked.command("compare")
    files = [each.removeprefix("--overlay ") for each in asked.options if each.startswith("--overlay ")]
    listed = ", ".join(f'"{file}"' for file in files)
    other = in_python(found.other) if to_other else f"overlays=[{listed}]"
    return f"sib.bridge({in_python(found.first)}, {other}, replications={asked.replications}, seed={asked.seed})"


def _lines(found: Bridge) -> list[Step]:
    """Return the bridge from A to B, and B less A."""
    return [*steps(found), Step("B less A", "B less A", "total", (), found.difference)]


def _payers(found: Bridge) -> Table:
    columns = (
        *_PART, _column(_PAYMENTS), _column(_NET_COST), Column("payments_pence_in_all"), Column("net_cost_pence_in_all"),
    )  # fmt: skip
    rows = tuple(
        (*_named(each), *_pounds(each, "payments", "funders"), *_in_all(each, "payments", "funders"))
        for each in _lines(found)
    )
    return Table("bridge", "What the outcome payers pay", columns, rows, _NOTE)


def _investor(found: Bridge) -> Table:
    columns = (*_PART, _column(_NET), _column(_RETURN), Column("net_pence_in_all"))
    rows = tuple(
        (
            *_named(each),
            *_pounds(each, "investor"),
            _cell(found.multiple(each.figures), each.is_end),
            *_in_all(each, "investor"),
        )
        for each in _lines(found)
    )
    common = float(found.in_common.mean())
    more = "" if common == 1 else f" Multiples are over the {common * 100:.1f}% of replications in which all have one."
    return Table("bridge_investor", "What the investor gets", columns, rows, f"{_NOTE}{more}")


def _column(measure: Measure) -> Column:
    return Column(measure.key, measure.label, measure.unit)


def _named(step: Step) -> tuple[Cell, ...]:
    return step.part, step.heading, step.kind, ", ".join(map(str, step.of))


def _pounds(step: Step, *names: str) -> Iterator[Figure]:
    yield from (_cell(step.figures.gbp(name), step.is_end) for name in names)


def _in_all(step: Step, *names: str) -> Iterator[int]:
    """Yield sums over all replications, in whole pence."""
    yield from (int(step.figures.pence[name].sum()) for name in names)


def _cell(found: Paired, is_end: bool) -> Figure:
    known = figure(found)
    return Figure(known.value, known.error, known.status, change=not is_end)
