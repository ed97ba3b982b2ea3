"""The cases of a deal as plain data: for `--json`, and as tables of numbers."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.studies.case_flow import Implied, Through
from simulator.studies.case_reach import TargetSet
from simulator.studies.deal_cases import Case, DealCases

Floats = NDArray[np.float64]


def data(found: DealCases) -> dict[str, Any]:
    """Return the study's own part of its JSON document."""
    return {
        "years": [day.isoformat() for day in found.years],
        "cases": {case.name: _case(case) for case in found.cases},
        "low_by_prices": {
            "factor": found.by_prices.low,
            "cap_at": found.by_prices.cap,
            "counts": dict(found.by_prices.counts),
            "costs_gbp": found.by_prices.costs,
            "published_worth_gbp": found.by_prices.worth,
        },
        "limits": {"cap": asdict(found.cap), "room": asdict(found.room), "binds": found.binds},
        "reached": [asdict(each) for each in found.reached],
        "targets": [_targets(each) for each in found.targets],
        "implied": {row.case: _implied(row) for row in found.implied},
        "with_the_room_there_is": {row.case: _through(row) for row in found.through},
    }


def _plain(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _case(case: Case) -> dict[str, Any]:
    cap = case.cap_reached
    return {
        "status": case.status,
        "factor": case.factor,
        "factor_se": case.factor_error,
        "levels": {name: _plain(each) for name, each in (case.levels or {}).items()},
        "se": {name: _plain(each) for name, each in (case.errors or {}).items()},
        "cap_reached": None if cap is None else {"probability": cap[0], "se": cap[1]},
    }


def _targets(found: TargetSet) -> dict[str, Any]:
    return {
        "probability": found.chance,
        "levels": {name: _plain(each) for name, each in found.levels.items()},
        "reached": {name: _plain(each) for name, each in found.chances.items()},
        "se": {name: _plain(each) for name, each in found.errors.items()},
        "together": {"probability": _plain(found.together), "se": _plain(found.together_errors)},
        "every_year": {"probability": found.throughout[0], "se": found.throughout[1]},
    }


def _implied(row: Implied) -> dict[str, Any]:
    found = asdict(row) | {"fits": row.fits}
    del found["case"]
    return found


def _through(row: Through) -> dict[str, Any]:
    return {
        "factor": row.factor,
        "seen": {name: each.as_dict() for name, each in row.seen.items()},
        "outcomes": {name: {"case": wanted, **got.as_dict()} for name, (wanted, got) in row.outcomes.items()},
    }


def frames(found: DealCases) -> dict[str, pd.DataFrame]:
    """Return the tables of numbers by the name of their file."""
    return {"cases.csv": _levels_frame(found), "targets.csv": _targets_frame(found)}


def _levels_frame(found: DealCases) -> pd.DataFrame:
    seen = {(each.case, each.measure, each.year): each for each in found.reached}
    return pd.DataFrame(
        {
            "case": case.name,
            "measure": measure,
            "by": day.isoformat(),
            "level": float(levels[year]),
            "level_se": float((case.errors or {})[measure][year]),
            "probability": seen[case.name, measure, year + 1].probability,
            "probability_se": seen[case.name, measure, year + 1].se,
        }
        for case in found.cases
        for measure, levels in (case.levels or {}).items()
        for year, day in enumerate(found.years)
        if not np.isnan(levels[year])
    )


def _targets_frame(found: DealCases) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "probability": each.chance,
            "measure": measure,
            "by": day.isoformat(),
            "level": float(levels[year]),
            "reached": float(each.chances[measure][year]),
            "se": float(each.errors[measure][year]),
        }
        for each in found.targets
        for measure, levels in each.levels.items()
        for year, day in enumerate(found.years)
        if not np.isnan(levels[year])
    )
