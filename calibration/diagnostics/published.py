"""Every published figure that the fit's predictions are held against, and the same figures of simulated lives."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
_STEPS = tuple(f"{before}_to_{after}" for before, after in pairwise(COUNTED))


@dataclass(frozen=True)
class Published:
    """One published number."""

    table: str
    deal: str
    figure: str
    """Its name among those of `figures_of`."""
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


def figures_of(standing: Standing, measure: Measure, share: float | None) -> dict[str, Floats]:
    """Return the figures of tables 8 to 12 by name, as simulated, each of shape (n,).

    A share of nobody is 0, and a payment for each of none is infinite.

    Args:
        standing: where the lives stand.
        measure: what they are divided by.
        share: part of all payments that the report counts towards engagements and job starts, where it says.
    """
    counts, paid = standing.counts, standing.paid
    found = dict(counts) | {"payments": paid}
    found |= {f"success {name}": 100 * counts[name] / measure.planned[name] for name in COUNTED}
    with np.errstate(divide="ignore", invalid="ignore"):
        for step, (before, after) in zip(_STEPS, pairwise(COUNTED), strict=True):
            found[f"conversion {step}"] = np.nan_to_num(100 * counts[after] / counts[before])
        found["price sustainment"] = np.nan_to_num(paid / counts["sustainment"], nan=np.inf, posinf=np.inf)
        if share is not None:
            found["price job_start"] = np.nan_to_num(share * paid / counts["job_start"], nan=np.inf, posinf=np.inf)
    found |= {f"flow {name}": counts[name] / measure.specialist_quarters for name in COUNTED}
    found["flow sum"] = np.sum([found[f"flow {name}"] for name in COUNTED], axis=0)
    return found | {f"payment {end}": pounds for end, pounds in standing.by_quarter.items()}


def differences(own: Mapping[str, Floats], whole: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return a deal's figures of table 8 that are differences to those of the four deals together."""
    names = ("success job_start", "conversion engagement_to_job_start", "price job_start")
    return {f"difference {name}": own[name] - whole[name] for name in names if name in own and name in whole}


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
        if (each.deal in evidence and (all_four or not each.figure.startswith("difference")))
        or (each.deal == TOTAL and all_four)
    ]
    for deal, known in evidence.items():
        for quarter in known.payments:
            found.append(
                Published("payments by quarter", deal, f"payment {quarter.quarter_end}", quarter.pounds, MONEY)
            )
    return found


def is_total(deals: Iterable[str]) -> bool:
    """Return whether deals are the four that the report adds up."""
    return set(deals) == set(read_priors().severe_mental_illness.deals)


def job_start_shares(figures: list[Published]) -> dict[str, float]:
    """Return by deal the part of all payments that table 12 counts towards engagements and job starts."""
    value = {(each.deal, each.figure): each.value for each in figures}
    return {
        deal: price * value[deal, "job_start"] / value[deal, "payments"]
        for (deal, figure), price in value.items()
        if figure == "price job_start"
    }


def _performance() -> Iterator[Published]:
    measures = {name: name for name in COUNTED} | {"outcome_payment_gbp": "payments"}
    numbers = [Column(name, "whole") for name in ("actual", "target", "success_rate_pct")]
    for row in _rows("table09_performance", [Column("measure"), *numbers], "measure"):
        deal, name = row.text("project"), measures[row.text("measure")]
        yield Published("9", deal, name, row.number("actual"), MONEY if name == "payments" else COUNT)
        if name in COUNTED:
            yield Published("9", deal, f"success {name}", row.number("success_rate_pct"), PERCENT)


def _comparison() -> Iterator[Published]:
    figures = {
        "success_rate_pct": ("success job_start", PERCENT),
        "success_rate_difference_points": ("difference success job_start", POINTS),
        "conversion_rate_pct": ("conversion engagement_to_job_start", PERCENT),
        "conversion_rate_difference_points": ("difference conversion engagement_to_job_start", POINTS),
        "real_price_gbp": ("price job_start", MONEY),
        "real_price_difference_gbp": ("difference price job_start", MONEY),
    }
    for row in _rows("table08_job_start_comparison", [Column(name, "number") for name in figures]):
        for name, (figure, unit) in figures.items():
            yield Published("8", row.text("project"), figure, row.number(name), unit)


def _flows() -> Iterator[Published]:
    columns = [*COUNTED, "sum_printed_as_caseload"]
    for row in _rows("table10_flow_per_specialist", [Column(name, "number") for name in columns]):
        for name in columns:
            figure = f"flow {name if name in COUNTED else 'sum'}"
            yield Published("10", row.text("project"), figure, row.number(name), FLOW)


def _conversions() -> Iterator[Published]:
    numbers = [Column(name, "number") for name in ("actual_pct", "target_pct", "actual_relative_to_target_pct")]
    for row in _rows("table11_conversion", [Column("step"), *numbers], "step"):
        yield Published("11", row.text("project"), f"conversion {row.text('step')}", row.number("actual_pct"), PERCENT)


def _prices() -> Iterator[Published]:
    numbers = [Column(name, "number") for name in ("actual_gbp", "target_gbp", "actual_relative_to_target_pct")]
    for row in _rows("table12_real_payment_per_outcome", [Column("outcome"), *numbers], "outcome"):
        yield Published("12", row.text("project"), f"price {row.text('outcome')}", row.number("actual_gbp"), MONEY)


def _rows(file: str, columns: list[Column], *keys: str) -> tuple[Row, ...]:
    problems: list[Problem] = []
    table = read_table(
        sources_folder(), f"{_REPORT}/{file}.csv", [Column("project"), *columns], ["project", *keys], problems
    )
    if problems:
        raise ScenarioError(problems)
    return table.rows
