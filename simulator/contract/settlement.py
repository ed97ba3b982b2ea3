"""The verb `settle`: from a batch of event logs to the tables of claims and payments (docs/model.md §6 to §9)."""

import numpy as np
from numpy.typing import NDArray

from simulator.contract.claims import Odds, Records, find_claims, most_claims, new_room, sort_claims
from simulator.contract.journal import Journal, journal_for, no_journal
from simulator.contract.quarters import settle_claims
from simulator.contract.terms import Terms, contract_terms, set_factors
from simulator.dates import NEVER
from simulator.kernel import kernel, rule
from simulator.records import Claims, Events, Numbers, Payments
from simulator.scenario.draws import Draws
from simulator.scenario.model import Scenario
from simulator.scenario.windows import drawn_factors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ClaimColumns = tuple[Numbers, Numbers, Numbers, Numbers, Numbers, Ints, Ints, Ints, Ints, Numbers]
"""The columns of `records.Claims`."""
PaymentColumns = tuple[Numbers, Numbers, Numbers, Numbers, Ints, Ints, Ints]
"""The columns of `records.Payments`."""


def settle(
    scenario: Scenario, draws: Draws, seed: int, events: Events, end_day: Ints | None = None,
    no_invoice_from: Ints | None = None,
) -> tuple[Claims, Payments]:  # fmt: skip
    """Return the claims of a batch of event logs and the funders' payments on them.

    Args:
        scenario: the deal whose contract it is, and the assumptions on evidence and delays.
        draws: the batch's parameter draws.
        seed: seed of all random numbers.
        events: the batch's event log; any log in this format will do.
        end_day: the day from which nothing achieved counts, for each replication, shape (n,); the term's end if none.
        no_invoice_from: the day from which no invoice is issued any more, for each replication, shape (n,).
    """
    return _settled(scenario, contract_terms(scenario), draws, seed, events, end_day, no_invoice_from, no_journal())


def settle_one(
    scenario: Scenario, draws: Draws, seed: int, events: Events, end_day: Ints | None = None,
    no_invoice_from: Ints | None = None,
) -> tuple[Claims, Payments, Journal]:  # fmt: skip
    """Return the claims and payments of a single replication, and what each claim met on the invoices that took it.

    Args:
        scenario: the deal whose contract it is, and the assumptions on evidence and delays.
        draws: the parameter draws of the replication.
        seed: seed of all random numbers.
        events: its event log.
        end_day: the day from which nothing achieved counts, shape (1,); the term's end if none.
        no_invoice_from: the day from which no invoice is issued any more, shape (1,).
    """
    terms = contract_terms(scenario)
    most = most_claims(terms.event.size, events.starts, events.participant, events.event)
    journal = journal_for(terms, int(most[0]))
    return (*_settled(scenario, terms, draws, seed, events, end_day, no_invoice_from, journal), journal)


def _settled(
    scenario: Scenario, terms: Terms, draws: Draws, seed: int, events: Events, end_day: Ints | None,
    no_invoice_from: Ints | None, journal: Journal,
) -> tuple[Claims, Payments]:  # fmt: skip
    ends = np.full(events.replications, terms.term_days) if end_day is None else end_day
    silent = np.full(events.replications, NEVER) if no_invoice_from is None else no_invoice_from
    odds, factors = (
        np.column_stack([draws.values[name] for name in Odds._fields]),
        drawn_factors(scenario.assumptions, draws),
    )
    most = most_claims(terms.event.size, events.starts, events.participant, events.event)
    log = (events.participant, events.day, events.event, events.hours)
    claim_starts, claims, payment_starts, payments = _settle_batch(
        terms, odds, factors, seed, events.first, ends, silent, events.starts, *log, most, journal
    )
    return Claims(events.first, claim_starts, *claims), Payments(events.first, payment_starts, *payments)


@kernel
def _settle_batch(
    terms: Terms, odds: Floats, factors: Floats, seed: int, first: int, end_day: Ints, silent: Ints, starts: Ints,
    participant: Numbers, day: Numbers, event: Numbers, hours: Floats, most: Ints, journal: Journal,
) -> tuple[Ints, ClaimColumns, Ints, PaymentColumns]:  # fmt: skip
    """Return starts and columns of the claims, and starts and columns of the payments, of all replications."""
    n = starts.size - 1
    claim_starts, payment_starts = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    claims = np.empty((6, most.sum()), dtype=np.int32), np.empty((4, most.sum()), dtype=np.int64)
    lines = terms.issue_day.size * terms.payers.weight.size * n
    payments = np.empty((4, lines), dtype=np.int32), np.empty((3, lines), dtype=np.int64)
    room = new_room(terms.event.size, most.max() if n else 0)
    for r in range(n):
        set_factors(terms, factors[r])
        chances = Odds(odds[r, 0], odds[r, 1], odds[r, 2], odds[r, 3], odds[r, 4], odds[r, 5])
        count = find_claims(
            terms, chances, seed, first + r, end_day[r], starts[r], starts[r + 1], participant, day, event, hours, room
        )
        ordered = sort_claims(terms.event.size, count, room)
        rows = settle_claims(
            terms, chances, seed, first + r, end_day[r], silent[r], ordered, payments, payment_starts[r], journal
        )
        _copy_claims(ordered, claims, claim_starts[r])
        claim_starts[r + 1], payment_starts[r + 1] = claim_starts[r] + count, payment_starts[r] + rows
    return (
        claim_starts,
        _claim_columns(claims, claim_starts[n]),
        payment_starts,
        _payment_columns(payments, payment_starts[n]),
    )


@rule
def _copy_claims(ordered: Records, claims: tuple[Numbers, Ints], start: int) -> None:
    small, pence = claims
    for i in range(ordered.size):
        claim, row = ordered[i], start + i
        small[0, row], small[1, row], small[2, row] = claim.participant, claim.outcome, claim.achieved_day
        small[3, row], small[4, row], small[5, row] = claim.payable_day, claim.invoice, claim.status
        pence[0, row], pence[1, row] = claim.price_pence, claim.paid_pence
        pence[2, row], pence[3, row] = claim.refused_pence, claim.over_funder_cap_pence


@kernel
def _claim_columns(claims: tuple[Numbers, Ints], rows: int) -> ClaimColumns:
    small, pence = claims
    return (
        small[0, :rows],
        small[1, :rows],
        small[2, :rows],
        small[3, :rows],
        small[4, :rows],
        pence[0, :rows],
        pence[1, :rows],
        pence[2, :rows],
        pence[3, :rows],
        small[5, :rows],
    )


@kernel
def _payment_columns(payments: tuple[Numbers, Ints], rows: int) -> PaymentColumns:
    small, pence = payments
    return (
        small[0, :rows],
        small[1, :rows],
        small[2, :rows],
        small[3, :rows],
        pence[0, :rows],
        pence[1, :rows],
        pence[2, :rows],
    )
