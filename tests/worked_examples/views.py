"""What came of a worked example in the words and form that its file uses, to be held against what the file expects."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from simulator.contract.milestones import counted_weeks, read_life
from simulator.contract.terms import SUSTAINED, contract_terms
from simulator.dates import day_date
from simulator.finance.agreement import account_names
from simulator.finance.irr import IrrStatus
from simulator.money import pence, pounds_plain
from simulator.records import Account, Event, Purpose, Status
from tests.worked_examples.example import Worked

Plain = Any
MONEY = {"price", "paid", "refused", "over_funder_cap", "claimed"}


def check(worked: Worked, key: str, expected: Plain) -> None:
    """Assert that what a case expects under a key is what came of it."""
    CHECKS[key](worked, expected)


def _day(worked: Worked, number: int) -> str:
    return day_date(number, worked.start).isoformat()


def _in_pounds(amount: int) -> str:
    return pounds_plain(int(amount))


def _money(text: str) -> str:
    return pounds_plain(pence(text))


def _claims(worked: Worked, expected: list[dict[str, str]]) -> None:
    claims = worked.tables.claims
    lines = [outcome.outcome for outcome in worked.scenario.deal.rate_card]
    found = [
        {
            "who": worked.people[int(claims.participant[i])],
            "outcome": lines[claims.outcome[i]],
            "achieved": _day(worked, claims.achieved_day[i]),
            "payable": _day(worked, claims.payable_day[i]),
            "price": _in_pounds(claims.price_pence[i]),
            "paid": _in_pounds(claims.paid_pence[i]),
            "refused": _in_pounds(claims.refused_pence[i]),
            "over_funder_cap": _in_pounds(claims.over_funder_cap_pence[i]),
            "status": Status(claims.status[i]).name,
        }
        for i in range(claims.status.size)
    ]
    wanted = [{name: _money(text) if name in MONEY else text for name, text in row.items()} for row in expected]
    shown = [{name: row[name] for name in want} for row, want in zip(found, wanted, strict=False)]
    assert shown + found[len(wanted) :] == wanted


def _totals(worked: Worked, expected: dict[str, str]) -> None:
    claims, payments = worked.tables.claims, worked.tables.payments
    reasons = {f"refused_{s.name.lower()}": claims.refused_pence[claims.status == s].sum() for s in Status}
    found = {
        **reasons,
        "claimed": claims.price_pence.sum(),
        "paid": claims.paid_pence.sum(),
        "refused_by_a_funders_cap": claims.over_funder_cap_pence.sum(),
        "received": worked.tables.cashflows.amount_pence[
            worked.tables.cashflows.purpose == Purpose.OUTCOME_PAYMENT
        ].sum(),
    }
    for number, funder in enumerate(worked.scenario.deal.funders):
        found[f"paid_by_{funder.name}"] = payments.paid_pence[payments.funder == number].sum()
        found[f"not_paid_by_{funder.name}"] = (payments.claimed_pence - payments.paid_pence)[
            payments.funder == number
        ].sum()
    assert {name: _in_pounds(found[name]) for name in expected} == {n: _money(text) for n, text in expected.items()}


def _outcomes(worked: Worked, expected: dict[str, str]) -> None:
    claims = worked.tables.claims
    lines = [outcome.outcome for outcome in worked.scenario.deal.rate_card]
    achieved = claims.outcome[claims.status != Status.DUPLICATE]
    assert {name: str((achieved == lines.index(name)).sum()) for name in expected} == expected


def _payments(worked: Worked, expected: list[list[str]]) -> None:
    payments = worked.tables.payments
    names = [funder.name for funder in worked.scenario.deal.funders]
    found = [
        [
            _day(worked, payments.issue_day[i]), names[payments.funder[i]], _in_pounds(payments.claimed_pence[i]),
            _in_pounds(payments.paid_pence[i]), _day(worked, payments.paid_day[i]),
        ]
        for i in range(payments.invoice.size)
    ]  # fmt: skip
    assert found == [
        [issued, name, _money(claimed), _money(paid), day] for issued, name, claimed, paid, day in expected
    ]


def _basis(worked: Worked, expected: list[list[str]]) -> None:
    """What the provider's pay is reckoned on, of each invoice."""
    payments = worked.tables.payments
    found = [
        [_day(worked, day), _in_pounds(payments.basis_pence[payments.issue_day == day].sum())]
        for day in np.unique(payments.issue_day)
    ]
    assert found == [[day, _money(pounds)] for day, pounds in expected]


def _what(purpose: int, debit: int, credit: int, names: list[str]) -> str:
    words = {
        Purpose.DRAW: "draw",
        Purpose.OUTCOME_PAYMENT: f"{names[credit]} pays",
        Purpose.PROVIDER_BLOCK: "provider block",
        Purpose.PROVIDER_OUTCOMES: "provider outcomes",
        Purpose.COST: names[debit],
        Purpose.CAPITAL_RETURN: "capital returned",
        Purpose.PROFIT: "profit",
        Purpose.RESIDUAL: f"residual to {names[debit]}",
        Purpose.FEE: "fee",
        Purpose.PREFERRED_RETURN: "preferred return",
        Purpose.PROFIT_SHARE: f"profit to {names[debit]}",
        Purpose.COMPENSATION: f"{names[credit]} compensates",
        Purpose.WIND_DOWN: "winding up",
        Purpose.GUARANTEE: "guarantee",
    }
    return words[Purpose(purpose)]


def _ledger(worked: Worked, expected: list[list[str]]) -> None:
    flows, names = worked.tables.cashflows, account_names(worked.scenario.deal)
    cash, drawn, found = 0, 0, []
    for i in range(flows.day.size):
        debit, credit = int(flows.debit[i]), int(flows.credit[i])
        assert Account.CASH in (debit, credit)
        amount = int(flows.amount_pence[i]) * (1 if debit == Account.CASH else -1)
        cash += amount
        drawn += amount if flows.purpose[i] == Purpose.DRAW else 0
        what = _what(int(flows.purpose[i]), debit, credit, names)
        found.append([_day(worked, flows.day[i]), what, _in_pounds(amount), _in_pounds(cash), _in_pounds(drawn)])
    assert found == [[day, what, *map(_money, numbers)] for day, what, *numbers in expected]


def _shortfalls(worked: Worked, expected: list[list[str]]) -> None:
    table = worked.tables.shortfalls
    found = [[_day(worked, day), _in_pounds(pounds)] for day, pounds in zip(table.day, table.amount_pence, strict=True)]
    assert found == [[day, _money(pounds)] for day, pounds in expected]


def _unpaid_costs(worked: Worked, expected: str) -> None:
    assert _in_pounds(worked.tables.shortfalls.unpaid_pence[0]) == _money(expected)


def _measures(worked: Worked, expected: dict[str, str | dict[str, str]]) -> None:
    for name, number in expected.items():
        if name == "investor.irr_status":
            assert IrrStatus(worked.returns.irr_status[0]).name == number
        else:
            assert_number(float(worked.returns.values[name][0]), number, name)


def assert_number(found: float, expected: str | dict[str, str], name: str) -> None:
    """Assert that a number is the one expected, to the digits given, or within a distance of it, or undefined."""
    if expected == "undefined":
        assert np.isnan(found), f"{name} is {found}"
    elif isinstance(expected, dict):
        assert abs(found - float(expected["about"])) <= float(expected["within"]), f"{name} is {found}"
    else:
        half_digit = 0.5 * 10.0 ** int(Decimal(expected).as_tuple().exponent)
        assert abs(found - float(expected)) <= half_digit * 1.000001, f"{name} is {found}, not {expected}"


def _window(worked: Worked, expected: dict[str, str]) -> None:
    """Weeks that count for the first person from the first job start, and their average hours."""
    events, terms = worked.events, contract_terms(worked.scenario)
    line = int(np.flatnonzero(terms.event == SUSTAINED)[0])
    mine, spells = np.flatnonzero(events.participant == 0), np.empty((64, 3))
    _, _, jobs = read_life(events.day, events.event, events.hours, int(mine[0]), int(mine[-1]) + 1, spells)
    weeks, hours = counted_weeks(
        spells, jobs, spells[0, 0], int(terms.window_weeks[line]), int(terms.days_for_a_week[line])
    )
    assert str(weeks) == expected["weeks_counted"]
    if "average_hours" in expected:
        assert_number(hours / weeks, expected["average_hours"], "average hours")


def _first_days(worked: Worked, event: Event) -> dict[str, str]:
    events, names = worked.events, list(worked.given["service"])
    rows = np.flatnonzero((events.event == event) & (events.participant >= 0))
    return {names[events.participant[i]]: str(events.day[i]) for i in rows}


def _waits(worked: Worked, expected: dict[str, str]) -> None:
    referred = {name: person["referred"] for name, person in worked.given["service"].items()}
    found = {name: str(int(day) - referred[name]) for name, day in _first_days(worked, Event.ALLOCATION).items()}
    assert found == expected


def _on_day(event: Event) -> Callable[[Worked, Plain], None]:
    def compare(worked: Worked, expected: dict[str, str]) -> None:
        assert _first_days(worked, event) == expected

    return compare


CHECKS: dict[str, Callable[[Worked, Plain], None]] = {
    "claims": _claims,
    "totals": _totals,
    "outcomes": _outcomes,
    "payments": _payments,
    "basis": _basis,
    "ledger": _ledger,
    "shortfalls": _shortfalls,
    "unpaid_costs": _unpaid_costs,
    "measures": _measures,
    "window": _window,
    "allocated_on_day": _on_day(Event.ALLOCATION),
    "job_on_day": _on_day(Event.JOB_START),
    "lapsed_on_day": _on_day(Event.LAPSED),
    "days_waited": _waits,
}
