"""What stands under each figure, and what is read out in its place."""

from dataclasses import dataclass

from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.precision import Convergence
from simulator.report.convergence import looks_table
from simulator.report.distributions import counted, error_of_share
from simulator.report.headlines import sections
from simulator.report.quarters import INVOICED, POSITION, bands, from_nothing, invoices
from simulator.report.sources_and_uses import sources_and_uses
from simulator.words import COUNT, name_within, say_date, short_pounds

_BANDS = (
    "The line with points is the median: half of the replications lie below it. The dark band holds the middle half of "
    "them, the light band nine in ten. Percentiles are taken at each quarter's end by itself, so no single replication "
    "need follow the line."
)


@dataclass(frozen=True)
class Caption:
    """The words of a figure."""

    name: str
    text: str
    """What it shows and what its terms mean."""
    alternative: str
    """What it shows, in figures, for those who cannot see it."""


def captions(run: Run) -> list[Caption]:
    """Return the captions of all figures, in the order of the report."""
    wanted = [] if run.convergence is None else [Caption("convergence", _CONVERGENCE, _convergence(run.convergence))]
    return [
        Caption("payments", _PAYMENTS, _payments(run)),
        Caption("multiple", _MULTIPLE, _multiple(run)),
        Caption("investor_balance", _BALANCE, _balance(run)),
        Caption("outcomes", _OUTCOMES, _outcomes(run)),
        Caption("caseload", _CASELOAD, _caseload(run)),
        Caption("pounds", _POUNDS, _pounds(run)),
        *wanted,
    ]


_PAYMENTS = (
    "Outcome payments on all invoices up to each quarter's end. An invoice is issued on the last day of its quarter and "
    f"paid later, when it is confirmed. {_BANDS} The plan is no forecast: it is the cap spread evenly over the term."
)
_MULTIPLE = (
    "The money multiple is all that the investor is paid, divided by all that it pays in. Below 1.00, where the bars are "
    "red, it makes a loss. The return is capped and the loss is not: this is why so many replications may stand together "
    "at the right. Replications in which no capital is drawn have no multiple and no bar."
)
_BALANCE = (
    "Money paid to the investor so far, less money paid in so far, at each quarter's end; the straight lines between the "
    f"points carry no information. {_BANDS} At settlement the money in hand is shared out in the agreed order."
)
_OUTCOMES = (
    "What is achieved within the term and can be evidenced, whether or not a cap leaves it unpaid. The targets are "
    "those of the contract's high case. The numbers on the right are counts."
)
_CASELOAD = (
    "Means over each quarter. A place is the room that one person takes at most on a specialist's caseload; people in work "
    "may take less. Places are fewer while a post is vacant or a new specialist builds up a caseload. The orange line is the "
    "median of places available, its band nine in ten replications. More places can be used than are available where a post "
    "falls vacant or a new specialist builds up: nobody is put out. People wait when every place is taken."
)
_POUNDS = (
    "Means over all replications, read from the top. The first part values outcomes at the prices of the contract: what was "
    "evidenced, less what is not paid, is what the outcome payers pay. The other two parts are cash: all money in is spent, paid "
    "out or left, to the penny."
)

_CONVERGENCE = (
    "Each point is a look at the run so far; the bar through it and the pale band reach 1.96 standard errors each way. The "
    "dashed lines stand at 1.96 times the error wanted, around the last estimate: the run stops when the bars are within "
    "that distance of their points. Figures are in the units of the summary file."
)


def _percentiles(found: list[float]) -> str:
    return f"5th percentile {short_pounds(found[0])}, median {short_pounds(found[2])}, 95th percentile {short_pounds(found[4])}"


def _payments(run: Run) -> str:
    deal = run.scenario.deal
    days, found = from_nothing(run, INVOICED, invoices(deal))
    last = [float(level) for level in found[:, -1]]
    return (
        f"Fan chart of cumulative outcome payments. By {say_date(days[-1])}: {_percentiles(last)}; "
        f"the cap is {short_pounds(deal.total_cap.pence / 100)}."
    )


def _multiple(run: Run) -> str:
    row = next(row for section in sections(run) for row in section.rows if row.measure.key == "investor.multiple")
    words = [cell.figure for cell in row.cells()]
    if len(words) < 4:
        return "Histogram of the money multiple: no replication has one."
    loss = error_of_share(run.estimates["investor.probability_of_loss"])
    return (
        f"Histogram of the money multiple: median {words[0]}, 5th percentile {words[2]}, 95th percentile {words[3]}; "
        f"loss in {loss}."
    )


def _balance(run: Run) -> str:
    days, found = from_nothing(run, POSITION)
    lowest = float(found[2].min())
    return (
        f"Fan chart of the investor's balance. The median falls to {short_pounds(lowest)}; by {say_date(days[-1])}: "
        f"{_percentiles([float(level) for level in found[:, -1]])}."
    )


def _outcomes(run: Run) -> str:
    parts = []
    for name, target in counted(run.scenario.deal):
        median = run.estimates[key("outcomes.{}", name)].quantiles[2] or 0.0
        parts.append(f"{name_within(name)} {COUNT.say(median)} of {target:,}")
    return f"Outcomes against targets, medians: {'; '.join(parts)}."


def _caseload(run: Run) -> str:
    used, free, waiting = (
        COUNT.say(float(bands(run, name)[2, -1]))
        for name in ("caseload.slots_used", "caseload.slots_available", "caseload.people_waiting")
    )
    return (
        f"Caseload by quarter. In the last quarter of the term the medians are {used} places used, {free} available and "
        f"{waiting} people waiting."
    )


def _convergence(made: Convergence) -> str:
    last = [" ".join(row[1:4]) for row in looks_table(made).words()[len(made.looks) - 1 :: len(made.looks)]]
    parts = [
        f"{wanted.name} (replications, estimate, error) {words}"
        for wanted, words in zip(made.wanted, last, strict=True)
    ]
    return f"Estimates with their errors against the number of replications. At the last look: {'; '.join(parts)}."


def _pounds(run: Run) -> str:
    sources, uses = sources_and_uses(run)
    said = ["; ".join(f"{name} {short_pounds(amount)}" for name, amount in side) for side in (sources, uses)]
    return f"Mean money in: {said[0]}. Mean money out: {said[1]}."
