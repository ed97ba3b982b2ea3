"""A deal of one page in round figures, for new deals to start from: nobody's contract, and it runs as it is."""

from datetime import date
from typing import Any

Tree = dict[str, Any]
_START, _END = date(2025, 4, 1), date(2029, 4, 1)


def placeholder_deal() -> Tree:
    """Return the terms of a deal in plain values, as they stand in a file, without its name and sources."""
    return {
        "cohort": "severe mental illness",
        "commissioner": "PLACEHOLDER commissioner",
        "intermediary": "PLACEHOLDER intermediary",
        "term": {"service_start": _START, "term_end": _END, "claims_tail_months": 9},
        "staffing": _staffing(),
        "referral_target": 400,
        "rate_card": _rate_card(),
        "lags": {"from": "none"},
        "evidence_window_days": 90,
        "total_cap": {"pounds": 1000000, "policy": "partial"},
        "funders": _funders(),
        "over_funder_cap": "unpaid",
        "audit": {"fraction": 0.1, "mode": "void_only"},
        "provider": _provider(),
        "costs": [
            {**_cost("management", "Management of the SPV", 80000), "paid_to": "intermediary"},
            _cost("evaluation", "Evaluation", 20000),
        ],
        "investment": _investment(),
    }


def _staffing() -> Tree:
    weights = {"engaging": 1.0, "searching": 1.0, "in_work": [_weight(0, 1.0), _weight(13, 0.4)]}
    return {
        "specialists": [{"posts": 4, "from": _START}],
        "caseload_limit": 20,
        "ramp": [0.33, 0.67, 1.0],
        "slot_weights": weights,
        "in_work_support_weeks": 17,
        "contact_grace_days": 28,
    }


def _weight(week: int, weight: float) -> Tree:
    return {"from_week": week, "weight": weight}


def _rate_card() -> list[Tree]:
    kept = {"sustained_weeks": 13, "weeks_counted": 9, "days_for_a_week": 4}
    return [
        _outcome("engagement", "referral", {"reached": "engagement"}, 1000, 280),
        _outcome("job_start", "engagement", {"reached": "job_start"}, 4000, 100),
        _outcome("sustainment", "job_start", kept, 8000, 50),
    ]


def _outcome(name: str, follows: str, milestone: Tree, price: int, target: int) -> Tree:
    return {
        "outcome": name,
        "follows": follows,
        "milestone": milestone,
        "evidence": "contact" if "sustained_weeks" in milestone else "certificate",
        "price": price,
        "target": target,
        "count_cap": target,
        "paid_after_months": 0,
    }


def _funders() -> list[Tree]:
    return [
        {"name": "local", "title": "PLACEHOLDER local funder", "weight": 60, "cap": 600000, "pays_after": "confirmation",
         "days": 30},
        {"name": "central", "title": "PLACEHOLDER central funder", "weight": 40, "cap": 400000, "pays_after": "local",
         "days": 30},
    ]  # fmt: skip


def _provider() -> Tree:
    return {
        "title": "PLACEHOLDER provider",
        "contract_value": 700000,
        "block_share": 1.0,
        "outcome_share": 0.0,
        "expected_outcome_payments": 0,
        "pays_after_invoice_days": 30,
        "outcome_part": "senior",
    }


def _cost(name: str, title: str, total: int) -> Tree:
    return {"name": name, "title": title, "total": total, "timing": "quarterly_in_advance"}


def _investment() -> Tree:
    return {
        "title": "PLACEHOLDER investor",
        "commitment": 250000,
        "draw": "as_needed",
        "min_cash": 0,
        "recycling": True,
        "redraw": False,
        "shortfall": "defer",
        "distribution": "hold_to_settlement",
        "settlement_date": _END,
        "return_cap": {"pounds": 100000, "multiple": 1.4},
        "residual": "commissioners",
    }
