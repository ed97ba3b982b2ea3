"""What every party has in the end, in whole pence: what it gets less what it pays. Over all parties it adds up to nothing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.batch import Tables
from simulator.finance.agreement import account_names
from simulator.measures.of_deal import named
from simulator.records import Account
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario

Ints = NDArray[np.int64]


def nets(scenario: Scenario, made: Tables) -> Ints:
    """Return pence that each account of the ledger gets less what it gives, shape (n, accounts); each row adds up to nothing."""
    flows = made.cashflows
    accounts, owners = len(account_names(scenario.deal)), flows.owners()
    net = np.zeros((flows.replications, accounts), dtype=np.int64)
    np.add.at(net, (owners, flows.debit), flows.amount_pence)
    np.subtract.at(net, (owners, flows.credit), flows.amount_pence)
    return net


class Holder(NamedTuple):
    """The party behind an account."""

    title: str
    """As it stands at the start of a line."""
    within: str
    """As it stands within a sentence."""


def holders(deal: Deal) -> list[Holder]:
    """Return the parties behind the accounts, in the order of the accounts."""
    roles = {
        Account.INVESTOR: "Investor",
        Account.PROVIDER: "Provider",
        Account.GUARANTOR: "Guarantor",
        Account.INTERMEDIARY: "Intermediary",
    }
    first = [
        Holder(roles[Account(account)], f"the {roles[Account(account)].lower()}")
        for account in range(1, Account.FUNDERS)
    ]
    left = named("spv.closing_cash_gbp")
    payers = [Holder(f"{payer.title}, net", payer.title) for payer in deal.funders]
    return [Holder(left.label, left.within), *first, *payers, *(Holder(cost.title, cost.title) for cost in deal.costs)]


def of_funders(deal: Deal) -> slice:
    """Return the places of the outcome payers' accounts."""
    return slice(int(Account.FUNDERS), int(Account.FUNDERS) + len(deal.funders))
