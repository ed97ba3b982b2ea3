"""Every published figure that the fit's predictions are held against, and the same figures of simulated lives."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from calibration.about import CONVERSIONS, About
from calibration.deal_tables import PAID
from calibration.evidence import Evidence, sources_folder
from calibration.observations import COUNTED
from calibration.priors import read_priors
from calibration.tables import Column, Row, read_table
from simulator.errors import Problem, ScenarioError
from simulator.words import COUNT, MONEY, Unit

Floats = NDArray[np.float64]
TOTAL = "smi_total"
"""The name under which the report adds up the four deals for severe mental illness."""
PERCENT = Unit(suffix="%", decimals=0)
POINTS = Unit(suffix=" points", decimals=0)
FLOW = Unit(decimals=1)
_REPORT = "HulseEtAl2023"
_JOB_START, _SUSTAINMENT = About("price", "job_start"), About("price", "sustainment")
_COMPARED = About("success", "job_start"), CONVERSIONS["engagement_to_job_start"], _JOB_START
"""What table 8 gives of each deal, and as a difference to the four deals together."""


@dataclass(frozen=True)
class Published:
    """One published number."""

    table: str
    deal: str
    about: About
    value: float
    unit: Unit


@dataclass(frozen=True)
class Standing:
    """Where simulated lives of one deal, or of several together, stand at the end of the period, each of shape (n,)."""

    counts: Mapping[str, Floats]
    paid: Floats
    """Pounds to date."""
    by_quarter: Mapping[date, Floats]
    """Pounds of each claim quarter, by its last day."""

    def __add__(self, other: "Standing") -> "Standing":
        counts = {name: self.counts[name] + other.counts[name] for name in COUNTED}
        return Standing(counts, self.paid + other.paid, {})


@dataclass(frozen=True)
class Measure:
    """What figures are divided by: numbers planned, and specialists times quarters."""

    planned: Mapping[str, float]
    specialist_quarters: float

    @classmethod
    def of(cls, evidence: Evidence) -> "Measure":
        """Return those of a deal; its specialists are those of appendix I."""
        planned = {name: float(getattr(evidence.planned, name)) for name in COUNTED}
        return cls(planned, evidence.specialists * float(len(evidence.payments)))


def figures_of(standing: Standing, measure: Measure, share: float | None) -> dict[About, Floats]:
    """Return the figures of tables 8 to 12 as simulated, each of shape (n,).

    A share of nobody is 0, and a payment for each of none is infinite.

    Args:
        standing: where the lives stand.
        measure: what they are divided by.
        share: part of all payments that the report counts towards engagements and job starts, where it says.
    """
    counts, paid = standing.counts, standing.paid
    found = {About("count", step): counts[step] for step in COUNTED} | {About("paid"): paid}
    found |= {About("success", step): 100 * counts[step] / measure.planned[step] for step in COUNTED}
    with np.errstate(divide="ignore", invalid="ignore"):
        for each in CONVERSIONS.values():
            found[each] = np.nan_to_num(100 * counts[each.step] / counts[each.before])
        found[_SUSTAINMENT] = np.nan_to_num(paid / counts["sustainment"], nan=np.inf, posinf=np.inf)
        if share is not None:
            found[_JOB_START] = np.nan_to_num(share * paid / counts["job_start"], nan=np.inf, posinf=np.inf)
    flows = {About("flow", step): counts[step] / measure.specialist_quarters for step in COUNTED}
    found |= flows | {About("flow"): np.sum(list(flows.values()), axis=0)}
    return found | {About("quarter", quarter_end=end): pounds for end, pounds in standing.by_quarter.items()}


def differences(own: Mapping[About, Floats], whole: Mapping[About, Floats]) -> dict[About, Floats]:
    """Return a deal's figures of table 8 that are differences to those of the four deals together."""
    return {
        replace(each, to_total=True): own[each] - whole[each] for each in _COMPARED if each in own and each in whole
    }


def published(evidence: Mapping[str, Evidence]) -> list[Published]:
    """Return the published figures about some deals, table by table, the total of the four where all of them are there.

    Raises:
        ScenarioError: if a table has problems.
    """
    all_four = is_total(evidence)
    report = (*_performance(), *_comparison(), *_flows(), *_conversions(), *_prices())
    found = [
        each
        for each in report
        if (each.deal in evidence and (all_four or not each.about.to_total)) or (each.deal == TOTAL and all_four)
    ]
    for deal, known in evidence.items():
        for quarter in known.payments:
            about = About("quarter", quarter_end=quarter.quarter_end)
            found.append(Published("payments by quarter", deal, about, quarter.pounds, MONEY))
    return found


def is_total(deals: Iterable[str]) -> bool:
    """Return whether deals are the four that the report adds up."""
    return set(deals) == set(read_priors().severe_mental_illness.deals)


def job_start_shares(figures: list[Published]) -> dict[str, float]:
    """Return by deal the part of all payments that table 12 counts towards engagements and job starts."""
    value = {(each.deal, each.about): each.value for each in figures}
    return {
        deal: price * value[deal, About("count", "job_start")] / value[deal, About("paid")]
        for (deal, about), price in value.items()
        if about == _JOB_START
    }


def _performance() -> Iterator[Published]:
    numbers = [Column(name, "whole") for name in ("actual", "target", "success_rate_pct")]
    for row in _rows("table09_performance", [Column("measure", choices=(*COUNTED, PAID)), *numbers], "measure"):
        deal, measure = row.text("project"), row.text("measure")
        if measure == PAID:
            yield Published("9", deal, About("paid"), row.number("actual"), MONEY)
        else:
            yield Published("9", deal, About("count", measure), row.number("actual"), COUNT)
            yield Published("9", deal, About("success", measure), row.number("success_rate_pct"), PERCENT)


def _comparison() -> Iterator[Published]:
    success, conversion, price = _COMPARED
    figures = {
        "success_rate_pct": (success, PERCENT),
        "success_rate_difference_points": (replace(success, to_total=True), POINTS),
        "conversion_rate_pct": (conversion, PERCENT),
        "conversion_rate_difference_points": (replace(conversion, to_total=True), POINTS),
        "real_price_gbp": (price, MONEY),
        "real_price_difference_gbp": (replace(price, to_total=True), MONEY),
    }
    columns = [Column(name, "number", money=unit is MONEY) for name, (_, unit) in figures.items()]
    for row in _rows("table08_job_start_comparison", columns):
        for name, (about, unit) in figures.items():
            yield Published("8", row.text("project"), about, row.number(name), unit)


def _flows() -> Iterator[Published]:
    columns = {step: About("flow", step) for step in COUNTED} | {"sum_printed_as_caseload": About("flow")}
    for row in _rows("table10_flow_per_specialist", [Column(name, "number") for name in columns]):
        for name, about in columns.items():
            yield Published("10", row.text("project"), about, row.number(name), FLOW)


def _conversions() -> Iterator[Published]:
    numbers = [Column(name, "number") for name in ("actual_pct", "target_pct", "actual_relative_to_target_pct")]
    for row in _rows("table11_conversion", [Column("step", choices=tuple(CONVERSIONS)), *numbers], "step"):
        about = CONVERSIONS[row.text("step")]
        yield Published("11", row.text("project"), about, row.number("actual_pct"), PERCENT)


def _prices() -> Iterator[Published]:
    numbers = [Column(name, "number", money=True) for name in ("actual_gbp", "target_gbp")]
    numbers.append(Column("actual_relative_to_target_pct", "number"))
    outcome = Column("outcome", choices=(_JOB_START.step, _SUSTAINMENT.step))
    for row in _rows("table12_real_payment_per_outcome", [outcome, *numbers], "outcome"):
        about = About("price", row.text("outcome"))
        yield Published("12", row.text("project"), about, row.number("actual_gbp"), MONEY)


def _rows(file: str, columns: list[Column], *keys: str) -> tuple[Row, ...]:
    problems: list[Problem] = []
    table = read_table(
        sources_folder(), f"{_REPORT}/{file}.csv", [Column("project"), *columns], ["project", *keys], problems
    )
    if problems:
        raise ScenarioError(problems)
    return table.rows
