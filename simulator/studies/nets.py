"""What every party has in the end, in whole pence: what it gets less what it pays. Over all parties it adds up to nothing."""

import numpy as np
from numpy.typing import NDArray

from simulator.batch import Tables
from simulator.finance.agreement import account_names
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


def titles(deal: Deal) -> list[str]:
    """Return the parties behind the accounts, in words, in the order of the accounts."""
    named = {
        Account.CASH: "Cash left in the vehicle", Account.INVESTOR: "Investor", Account.PROVIDER: "Provider",
        Account.GUARANTOR: "Guarantor", Account.INTERMEDIARY: "Intermediary",
    }  # fmt: skip
    first = [named[Account(account)] for account in range(Account.FUNDERS)]
    return [*first, *(f"{funder.title}, net" for funder in deal.funders), *(cost.title for cost in deal.costs)]


def of_funders(deal: Deal) -> slice:
    """Return the places of the funders' accounts."""
    return slice(int(Account.FUNDERS), int(Account.FUNDERS) + len(deal.funders))
