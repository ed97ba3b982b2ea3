"""The headline figures: which measures, in what words, how each is computed, with the error of each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.estimates import LEVELS, TAIL, Estimate
from simulator.finance.irr import IrrStatus
from simulator.finance.returns import DISCOUNT_RATE
from simulator.monte_carlo import Run
from simulator.report.distributions import counted
from simulator.scenario.deal import Deal
from simulator.words import (
    COUNT,
    DAYS,
    MONEY,
    MULTIPLE,
    PERCENT,
    RATE,
    TOTAL_LOSS,
    YEARS,
    Unit,
    listed,
    name_in_words,
    name_within,
    say,
    say_pence,
)

SHOWN = (0.5, 0.05, 0.95)
"""Percentiles of a headline, in the order of its columns; the mean stands after the first."""
_NO_RATE = {
    IrrStatus.NO_OUTFLOW: "nothing is paid in",
    IrrStatus.ZERO_FLOWS: "nothing is paid in or out",
    IrrStatus.SAME_DAY: "all money moves on one day",
    IrrStatus.MULTIPLE_ROOTS: "more than one rate fits",
    IrrStatus.NO_ROOT: "no rate fits",
    IrrStatus.OUT_OF_RANGE: "the rate is beyond all bounds",
}


@dataclass(frozen=True)
class Cell:
    """A figure and its error in words; no error where there is none to tell."""

    figure: str
    error: str = ""


@dataclass(frozen=True)
class Headline:
    """One row of the headline table."""

    measure: str
    """Name of the measure in the run."""
    label: str
    how: str
    """How it is computed, in a line."""
    unit: Unit
    estimate: Estimate
    undefined: str = "undefined"
    """What is written where a figure does not exist."""
    no_mean: str = ""
    """What is written in the place of a mean that makes no sense."""

    @property
    def single(self) -> bool:
        """Return whether there is one figure only: a probability, or the mean of a tail."""
        return not any(level is not None for level in self.estimate.quantiles) and self.estimate.undefined_share == 0

    def cells(self) -> list[Cell]:
        """Return median, mean, 5th and 95th percentile, or the one figure."""
        found = self.estimate
        mean = Cell(self.no_mean) if self.no_mean else self._cell(found.mean, found.se)
        if self.single:
            return [mean]
        spots = [LEVELS.index(level) for level in SHOWN]
        middle, low, high = (self._cell(found.quantiles[i], found.quantile_errors[i]) for i in spots)
        return [middle, mean, low, high]

    def _cell(self, value: float | None, error: float | None) -> Cell:
        figure = say(self.unit, value, self.undefined)
        if value is None or figure == self.unit.total_loss:
            return Cell(figure)
        return Cell(figure, "± not known" if error is None else f"± {self.unit.say_error(error)}")


@dataclass(frozen=True)
class Section:
    """Headlines of one party or subject."""

    title: str
    rows: list[Headline]


def sections(run: Run) -> list[Section]:
    """Return the headline figures of a run, by subject."""
    return [
        Section("What the funders pay", list(_funders(run))),
        Section("What the investor gets", list(_investor(run))),
        Section("Money on the way", list(_liquidity(run))),
        Section("What is achieved", list(_outcomes(run))),
        Section("How the service runs", list(_service(run))),
    ]


def _row(
    run: Run, measure: str, label: str, how: str, unit: Unit = MONEY, undefined: str = "undefined", no_mean: str = ""
) -> Headline:
    found = run.estimates[measure]
    if 0 < found.undefined_share < 1 and not no_mean:
        how += f" It exists in {PERCENT.say(1 - found.undefined_share)} of replications, so that there is no mean."
        no_mean = "none"
    return Headline(measure, label, how, unit, found, undefined, no_mean)


def _funders(run: Run) -> Iterator[Headline]:
    deal = run.scenario.deal
    cap = say_pence(deal.total_cap.pence)
    yield _row(
        run, "payments.total_gbp", "Outcome payments in all",
        _what_is_paid(deal),
    )  # fmt: skip
    yield _row(
        run, "payments.cap_use", "Share of the cap used", f"Outcome payments divided by the cap of {cap}.", PERCENT
    )
    yield _row(
        run, "payments.unpaid_over_cap_gbp", "Delivered but unpaid over a cap",
        "The prices of evidenced outcomes that a cap leaves unpaid: on counts, on the total, on a year or on a funder.",
    )  # fmt: skip
    for funder in deal.funders:
        how = f"Its {funder.weight}% of each payment, up to its own cap of {say_pence(funder.cap)}."
        yield _row(run, f"payments.{funder.name}_gbp", f"Paid by {funder.title}", how)
    yield _row(
        run, "commissioner.net_cost_gbp", "Net cost to the funders",
        "What they pay, less what goes back to them at the end.",
    )  # fmt: skip
    for group in priced_groups(deal):
        yield _row(
            run, f"commissioner.real_price_{group}_gbp", f"Real price of one {name_within(group)}",
            f"Payments for {name_within(group)} and for every paid step before it, divided by the number evidenced.",
            undefined="none evidenced",
        )  # fmt: skip


def _what_is_paid(deal: Deal) -> str:
    claims = "The prices of all claims that are evidenced, in time, not struck out by the check and within every cap"
    more = ["activity payments"] if deal.activity_payments else []
    more += ["what was paid on invoices already settled"] if deal.settled else []
    return f"{claims}, and {listed(more)}." if more else f"{claims}."


def priced_groups(deal: Deal) -> list[str]:
    """Return the outcomes whose real price differs from what they are paid for alone: those that follow a paid step."""
    after = [o.group for o in deal.rate_card if o.follows in deal.groups]
    return list(dict.fromkeys(after or deal.groups))


def _investor(run: Run) -> Iterator[Headline]:
    none = "nothing drawn"
    yield _row(
        run, "investor.multiple", "Money multiple",
        "All money paid to the investor for each £1 it pays in. At 1.00 it has its money back.", MULTIPLE, none,
    )  # fmt: skip
    yield from _shortfalls(run)
    yield _row(
        run, "investor.irr", "Internal rate of return, a year", _rate_words(run), RATE, no_mean="not averaged",
    )  # fmt: skip
    yield _row(
        run, "investor.npv_gbp", "Net present value",
        f"Money out less money in, each discounted at {PERCENT.say(DISCOUNT_RATE)} a year to the first day of service.",
    )  # fmt: skip
    yield _row(
        run, "investor.probability_of_loss", "Probability of loss",
        "Share of replications in which the investor gets back less than it pays in.", PERCENT,
    )  # fmt: skip
    yield _row(
        run, "investor.probability_of_total_loss", "Probability of total loss",
        "Share of replications in which the investor pays in and gets nothing back.", PERCENT,
    )  # fmt: skip
    yield _row(
        run, "investor.expected_shortfall_multiple", "Money multiple when things go badly",
        f"Expected shortfall: the mean money multiple of the worst {TAIL:.0%} of replications.", MULTIPLE,
        _tail_missing(run.estimates["investor.expected_shortfall_multiple"]),
    )  # fmt: skip
    yield _row(
        run, "investor.peak_exposure_gbp", "Peak exposure",
        "The most that the investor has paid in and not yet got back on any day.",
    )  # fmt: skip
    yield _row(
        run, "investor.payback_years", "Years until the money is back",
        "From the first day of service to the day the balance is no longer below zero.", YEARS, "never",
    )  # fmt: skip


def _tail_missing(found: Estimate) -> str:
    if found.status == "insufficient_replications":
        return f"too few replications: it takes {round(20 / TAIL)}"
    return "undefined: in some replications nothing is drawn"


def _rate_words(run: Run) -> str:
    """Return how the rate of return is computed, how often it does not exist, and the rate of the average flows."""
    kinds, numbers = np.unique(run.returns.irr_status, return_counts=True)
    counts = Counter({IrrStatus(int(kind)): int(number) for kind, number in zip(kinds, numbers, strict=True)})
    lost = counts[IrrStatus.TOTAL_LOSS] / run.replications
    words = [
        "The yearly rate at which the investor's dated payments and receipts are worth nothing in all.",
        f"Total loss in {PERCENT.say(lost)} of replications, ranked below every rate; rates are never averaged.",
    ]
    for status, reason in _NO_RATE.items():
        if counts[status]:
            words.append(f"Undefined in {PERCENT.say(counts[status] / run.replications)} of replications: {reason}.")
    mean = run.irr_of_mean_flows
    if mean is not None and mean > TOTAL_LOSS:
        words.append(
            f"The average of all replications' payments and receipts, taken together, returns {RATE.say(mean)}."
        )
    return " ".join(words)


def _shortfalls(run: Run) -> Iterator[Headline]:
    """Yield the gaps that others finance: they stand beside the multiple, which they raise."""
    waits = run.scenario.deal.investment.shortfall == "defer"
    then = "They are paid when money comes in." if waits else "The contract ends that day."
    yield _row(
        run, "spv.probability_of_shortfall", "Probability of a funding shortfall",
        "Share of replications in which costs fall due that neither cash nor the investor's commitment can pay that day.",
        PERCENT,
    )  # fmt: skip
    yield _row(
        run, "spv.shortfall_gbp", "Size of shortfalls",
        f"Costs not paid on the day they fall due, all days together; nothing where there is no shortfall. {then}",
    )  # fmt: skip


def _liquidity(run: Run) -> Iterator[Headline]:
    yield _row(run, "spv.unpaid_costs_gbp", "Costs never paid", "What is still owed when no more money comes.")
    yield _row(run, "investor.drawn_gbp", "Capital drawn", "Everything that the investor pays in.")


def _outcomes(run: Run) -> Iterator[Headline]:
    for name, target in counted(run.scenario.deal):
        against = f"Against a high-case target of {target:,}." if target else "It has no target."
        how = "People referred." if name == "referral" else "Achieved within the term and evidenced, each person once."
        yield _row(run, f"outcomes.{name}", name_in_words(name), f"{how} {against}", COUNT)


def _service(run: Run) -> Iterator[Headline]:
    yield _row(
        run, "caseload.utilisation", "Use of the caseload",
        "Slots used divided by slots available, over all days of service. It can be above 100%: where a post falls vacant or a "
        "new specialist builds up, nobody is put out.", PERCENT, "no slots",
    )  # fmt: skip
    yield _row(
        run, "caseload.wait_days", "Wait for a slot", "Mean days from referral to a slot, of those who got one.", DAYS,
        "nobody got one",
    )  # fmt: skip
    yield _row(run, "provider.income_gbp", "Provider's income", "All that the provider is paid, fixed and by outcomes.")


def printed_rows(run: Run) -> list[tuple[str, list[str]]]:
    """Return figures printed for the deal beside the run's: printed, median, 5th and 95th percentile; none if none are."""
    printed = run.scenario.deal.printed
    if printed is None:
        return []
    figures = [
        ("payments.total_gbp", "Outcome payments in all", MONEY, printed.total_outcome_payment / 100),
        ("investor.multiple", "Money multiple", MULTIPLE, printed.money_multiple),
        ("investor.irr", "Internal rate of return, a year", RATE, printed.irr),
    ]
    return [
        (label, [unit.say(figure), *(say(unit, run.estimates[name].quantiles[LEVELS.index(level)]) for level in SHOWN)])
        for name, label, unit, figure in figures
    ]
