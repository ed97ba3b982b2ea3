"""All of a deal's reconciliation on one sheet."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from simulator.reconciliation.budget import Budget, budget
from simulator.reconciliation.caseload import Feasibility, feasibility
from simulator.reconciliation.funding import PeakNeed, peak_need
from simulator.reconciliation.investor import Investor, investor
from simulator.reconciliation.position import Standing, standing
from simulator.reconciliation.prices import Prices, prices
from simulator.scenario.deal import Inconsistency
from simulator.scenario.model import Scenario


@dataclass(frozen=True)
class Sheet:
    """A deal's own figures, and the printed ones to hold them against."""

    prices: Prices
    budget: Budget
    investor: Investor | None
    """None without capital."""
    peak_need: PeakNeed | None
    """None without capital, or without anything that is paid for."""
    feasibility: Feasibility | None
    position: Standing | None
    inconsistencies: tuple[Inconsistency, ...]


def reconcile(scenario: Scenario) -> Sheet:
    """Return the reconciliation of a scenario's deal; what is believed of its people has no part in it."""
    deal = scenario.deal
    funded = deal.investment.commitment > 0
    paying = any(outcome.high_case for outcome in deal.rate_card)
    return Sheet(
        prices=prices(deal),
        budget=budget(deal),
        investor=investor(scenario) if funded else None,
        peak_need=peak_need(deal) if funded and paying else None,
        feasibility=feasibility(deal),
        position=standing(deal),
        inconsistencies=deal.inconsistencies,
    )


def as_data(value: Any) -> Any:  # noqa: ANN401 - a tree of records
    """Return a sheet, or a part of it, as plain data: pence become pounds, and their names say so."""
    if is_dataclass(value):
        return _named({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Inconsistency):
        return value.model_dump()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _named(value._asdict())
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _named(record: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in record.items():
        if name == "prices" and isinstance(value, tuple):
            data["prices_gbp"] = [each / 100 for each in value]
        elif name.endswith("pence"):
            data[f"{name.removesuffix('pence')}gbp"] = None if value is None else round(value / 100, 2)
        else:
            data[name] = as_data(value)
    return data
