"""Specialists and caseload limits against waiting, outcomes, cost and return, as findings."""

from collections.abc import Iterator, Sequence

from simulator.findings import Findings
from simulator.measures.catalogue import RETURNS, STAFFING
from simulator.measures.measure import Measure
from simulator.measures.of_deal import key, measures_of
from simulator.report.percentiles import estimated, percentiles
from simulator.report.staffing_charts import charts
from simulator.report.staffing_words import answer, method
from simulator.studies.staffing import COSTS, NET, OVER_CAP, PAID, SURE, VALUE, WORTH, Setting, StaffingGrid, Step
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, MONEY

_SETTING = (Column("specialists"), Column("caseload"))
_VERDICTS = {"pays": "pays", "costs": "does not pay", "not_told": "not told apart"}


def findings(found: StaffingGrid) -> Findings:
    """Return what specialists and caseload limits bring, and where another specialist pays."""
    return Findings(
        "staffing", "Staffing", "What do specialists and caseload limit bring, and where does another specialist pay?",
        found.asked, answer(found), tuple(_tables(found)), charts(found), _figures(found), method(found),
    )  # fmt: skip


def _figures(found: StaffingGrid) -> dict[str, Figure]:
    return {
        "specialists_now": Figure(found.base_posts, unit=COUNT),
        "caseload_now": Figure(found.base_limit, unit=COUNT),
    }


def _tables(found: StaffingGrid) -> Iterator[Table]:
    """Yield all tables; that of another specialist is left out where one number of them was tried."""
    yield from (_outcomes(found), _waiting(found), _return(found))
    if found.steps:
        yield _steps(found)
    yield _percentiles(found)


def _outcomes(found: StaffingGrid) -> Table:
    """Return outcomes, payments and costs of each setting."""
    shown = (*(key("outcomes.{}", group) for group in found.scenario.deal.groups), PAID, COSTS)
    note = (
        "Costs are all that falls due before the investor's return, paid or not; delivery is among them with as much for each "
        "specialist as now."
    )
    return _table(found, "outcomes", "Outcomes, payments and costs", shown, note)


def _waiting(found: StaffingGrid) -> Table:
    """Return waiting for a place in each setting."""
    shown = ("caseload.wait_days", "caseload.people_waiting", "caseload.lapsed", "caseload.utilisation")
    note = (
        "Specialists at so many people each. Days are those of people who got a place, people waiting those on an average day; "
        "use of places can be above 100% for some time after a specialist has left."
    )
    return _table(found, "waiting", "Waiting for a place", shown, note)


def _return(found: StaffingGrid) -> Table:
    """Return the investor's return and the SPV's shortfall in each setting."""
    shown = ("investor.multiple", "investor.probability_of_loss", "spv.shortfall_gbp", "spv.probability_of_shortfall")
    note = (
        "Multiple and loss are the investor's; shortfall is what the SPV could not pay on the days on which it was due."
    )
    return _table(found, "return", "Return", shown, note)


def _table(found: StaffingGrid, name: str, title: str, shown: Sequence[str], note: str) -> Table:
    known = _measures(found)
    columns = (
        *_SETTING, Column("setting", "Specialists"),
        *(Column(each, known[each].short, known[each].unit) for each in shown),
    )  # fmt: skip
    rows = tuple((*_named(found, each), *(estimated(each.seen[key]) for key in shown)) for each in found.settings)
    return Table(name, title, columns, rows, note)


def _named(found: StaffingGrid, setting: Setting) -> tuple[Cell, ...]:
    here = (setting.posts, setting.limit) == (found.base_posts, found.base_limit)
    return setting.posts, setting.limit, f"{setting.posts} at {COUNT.say(setting.limit)}{' (now)' if here else ''}"


def _measures(found: StaffingGrid) -> dict[str, Measure]:
    """Return the measures that the study shows, by key."""
    return measures_of(found.scenario.deal, (*RETURNS, *STAFFING))


def _steps(found: StaffingGrid) -> Table:
    """Return what each further specialist brings."""
    outcomes = [key("outcomes.{}", group) for group in found.scenario.deal.groups]
    shown = {PAID: "Payments", COSTS: "Costs", VALUE: "Value", OVER_CAP: "Over caps"}
    columns = (
        Column("from"), Column("to"), Column("caseload"), Column("step", "Specialists"),
        *(Column(name, heading, MONEY, change=True) for name, heading in shown.items()),
        Column("verdict"), Column("verdict_in_words", "Another one"),
        *(Column(name, "", COUNT, change=True) for name in outcomes),
        *(Column(name, "", MONEY, change=True) for name in (WORTH, NET)),
    )  # fmt: skip
    rows = tuple(
        (step.fewer, step.more, step.limit, _between(found, step), *(_gain(step, name) for name in shown),
         step.verdict, _VERDICTS[step.verdict], *(_gain(step, name) for name in (*outcomes, WORTH, NET)))
        for step in found.steps
    )  # fmt: skip
    note = (
        "Mean differences for each post more, on the same people. Value is payments less costs; what is over caps is delivered "
        f"and not paid for. It pays, or does not, where its value is more than {SURE:g} standard errors from nothing."
    )
    return Table("another_specialist", "Another specialist", columns, rows, note)


def _between(found: StaffingGrid, step: Step) -> str:
    return f"{step.fewer} to {step.more}" + (f" at {COUNT.say(step.limit)}" if len(found.limits) > 1 else "")


def _gain(step: Step, name: str) -> Figure:
    return Figure(*step.gains[name])


def _percentiles(found: StaffingGrid) -> Table:
    return percentiles(
        (*_SETTING, Column("measure")),
        (((each.posts, each.limit, name), seen) for each in found.settings for name, seen in each.seen.items()),
    )
