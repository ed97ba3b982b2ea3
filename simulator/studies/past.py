"""What was paid until now as a term of the deal: its past invoices are for what was paid, and the rest follows from that.

Payments are reported by calendar quarter; the contract has quarters of its own, counted from its first day. An invoice is taken
to be that of the calendar quarter in which the middle of its quarter lies (`progress.claim_quarters`). A claim quarter that had
not ended is simulated as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from simulator.errors import Problem, ScenarioError
from simulator.money import pounds, pounds_plain
from simulator.progress import PAYMENTS, claim_quarters
from simulator.scenario.checks import findings
from simulator.scenario.deal import Citation, Deal
from simulator.scenario.load import with_overlays
from simulator.scenario.model import Description, Scenario
from simulator.scenario.overlay_record import Unlisted
from simulator.scenario.rate_card import Settled
from simulator.studies.actuals import Actuals, Series


def with_past_paid(scenario: Scenario, actuals: Actuals) -> tuple[Scenario, bool, tuple[Problem, ...]]:
    """Return the scenario with its past invoices as they were paid, whether there are any, and what is odd about them.

    Raises:
        ScenarioError: where more was paid than the deal's caps allow.
    """
    series = actuals.series.get(PAYMENTS)
    if series is None:
        return scenario, False, ()
    amounts = paid_by_invoice(scenario.deal, series)
    in_all = [*amounts, *[series.total - sum(amounts)] * (sum(amounts) < series.total)]
    paid = _settled(scenario.description, in_all, series.last_day)
    odd = [*_odd(scenario.deal, series, actuals.file), *_against_terms(paid, actuals.file)]
    errors = [problem for problem in odd if problem.severity == "error"]
    if errors:
        raise ScenarioError(errors)
    return (_with_settled(scenario, amounts, series.last_day) if amounts else scenario), bool(amounts), tuple(odd)


def _with_settled(scenario: Scenario, amounts: Sequence[int], day: date) -> Scenario:
    """Return the scenario with its first invoices for what was paid: it, and versions of it, under its own name and warnings."""
    quarters = zip(scenario.deal.term.invoice_quarters(), amounts, strict=False)
    settled = [{"quarter_of": start, "pounds": pounds_plain(amount)} for start, amount in quarters]
    cited = {"source": f"Payments reported by {day}", "quality": "A"}
    past = Unlisted(
        overlay="past",
        title="The past as paid",
        description="Past invoices are for what was paid.",
        source=cited["source"],
        quality="A",
        set={"deal.settled": settled, "deal.sources.settled": cited},
    )
    return replace(with_overlays(scenario, [past]), warnings=scenario.warnings)


def _settled(description: Description, amounts: Sequence[int], day: date) -> Description:
    """Return a description in which the first invoices are for what was paid, in pence, as reported by a day."""
    deal = description.deal
    settled = tuple(
        Settled(quarter_of=start, pounds=pounds_plain(amount))  # type: ignore[arg-type] # pounds in words, held as pence
        for start, amount in zip(deal.term.invoice_quarters(), amounts, strict=False)
    )
    cited = Citation(source=f"Payments reported by {day}", quality="A")
    changed = deal.model_copy(update={"settled": settled, "sources": {**deal.sources, "settled": cited}})
    return description.model_copy(update={"deal": changed})


def _against_terms(description: Description, shown: str) -> list[Problem]:
    """Return what is wrong or odd with the payments as terms of the deal: what was paid beyond a cap."""
    return [
        Problem(
            shown, 0, "payments_gbp", f"{each.message}; give revised caps in the scenario", each.code, each.severity
        )
        for each in findings(description)
        if each.key[:2] == ("deal", "settled")
    ]


def paid_by_invoice(deal: Deal, series: Series) -> list[int]:
    """Return the pence paid on each invoice whose claim quarter had ended by the last day known, from the first on.

    Where a period covers several claim quarters, it is spread over them by days, to the penny. What was paid in a claim quarter
    that had not ended is on none; what was paid after the last of all is on that one.
    """
    quarters = claim_quarters(deal)
    reached = [_reached(series, end) for end in quarters if end <= series.last_day]
    if len(reached) == len(quarters):
        reached[-1] = series.total
    return [after - before for before, after in pairwise([0, *reached])]


def _reached(series: Series, day: date) -> int:
    """Return the pence paid by the end of a day, where a period is cut as much of it as of its days."""
    before, start = 0, series.start
    for last, total in zip(series.days, series.totals, strict=True):
        if day <= last:
            days, length = max(0, (day - start).days + 1), (last - start).days + 1
            return before + (total - before) * days // length
        before, start = total, date.fromordinal(last.toordinal() + 1)
    return before


def _odd(deal: Deal, series: Series, shown: str) -> list[Problem]:
    """Return a warning where payments had to be spread, or are of a claim quarter that had not ended."""
    quarters = claim_quarters(deal)
    ends = [end for end in quarters if end <= series.last_day]
    running = len(ends) < len(quarters) and (not ends or series.last_day > ends[-1])
    cut = [end for end in ends if series.start <= end < series.last_day and series.by(end) is None]
    found = []
    if cut:
        several = len(ends) + running
        message = f"payments_gbp are not by calendar quarter: they are spread over {several} claim quarters by days"
        found.append(Problem(shown, 0, "", message, "PAYMENTS_SPREAD", "warning"))
    rest = series.total - sum(paid_by_invoice(deal, series))
    if rest > 0:
        message = (
            f"{pounds(rest)} of payments_gbp are of a claim quarter that had not ended by {series.last_day}: that quarter is "
            f"simulated as a whole, and no forecast is below the {pounds(series.total)} that were paid in all"
        )
        found.append(Problem(shown, 0, "", message, "PAYMENTS_PARTIAL", "warning"))
    return found
