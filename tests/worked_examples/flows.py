"""Examples that give an investor's dated flows: rates of return, multiples, exposure."""

from datetime import date

import numpy as np

from simulator.dates import day_number
from simulator.finance.irr import IrrStatus, irr, roots
from simulator.finance.returns import money_measures
from simulator.records import Account, Cashflows, Purpose, Shortfalls
from simulator.scenario.load import load_scenario
from tests.tiny import TINY
from tests.worked_examples.example import Case
from tests.worked_examples.views import assert_number


def ledger_of(flows: list[tuple[date, float]]) -> Cashflows:
    """Return the postings of flows between the investor and the cash account: below zero is drawn, above is returned."""
    first = flows[0][0] if flows else date(2021, 1, 1)
    day = np.array([day_number(when, first) for when, _ in flows], dtype=np.int64)
    pence = np.array([round(pounds * 100) for _, pounds in flows], dtype=np.int64)
    drawn = pence < 0
    return Cashflows(
        0, np.array([0, day.size], dtype=np.int64), day,
        np.where(drawn, int(Account.CASH), int(Account.INVESTOR)), np.where(drawn, int(Account.INVESTOR), int(Account.CASH)),
        np.abs(pence), np.where(drawn, int(Purpose.DRAW), int(Purpose.CAPITAL_RETURN)), day,
    )  # fmt: skip


def check_flows(case: Case) -> None:
    """Assert the measures, the status and the rates that a case expects of its flows, each flow taken by itself."""
    cashflows = ledger_of([(when, float(pounds)) for when, pounds in case.given["flows"]])
    signed = np.where(cashflows.debit == Account.INVESTOR, cashflows.amount_pence, -cashflows.amount_pence)
    none = np.zeros(0, dtype=np.int64)
    nothing = Shortfalls(0, np.zeros(2, dtype=np.int64), none, none, *np.zeros((2, 1), dtype=np.int64))
    values, *_ = money_measures(load_scenario(TINY).deal, cashflows, nothing, np.array([0, 92]))
    rates, status = irr(cashflows.starts, cashflows.day, signed)
    for name, expected in case.expected.items():
        if name == "irr_status":
            assert IrrStatus(status[0]).name == expected
        elif name == "irr":
            assert_number(float(rates[0]), expected, name)
        elif name == "all_rates":
            found = roots(cashflows.day, signed)
            assert len(found) == len(expected), found
            for rate, number in zip(found, expected, strict=True):
                assert_number(rate, number, name)
        else:
            assert_number(float(values[f"investor.{name}"][0]), expected, name)
