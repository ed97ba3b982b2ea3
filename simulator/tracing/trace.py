"""`sib.trace`: one replication, one participant or one payment, from the person's days to the pennies."""

from dataclasses import dataclass
from typing import Any, ClassVar

from simulator.errors import refuse
from simulator.monte_carlo import chosen_seed
from simulator.presented import Presented
from simulator.records import CARRIED
from simulator.scenario.model import Scenario
from simulator.tracing.case import Case, open_case
from simulator.tracing.claims import claims_of, not_achieved
from simulator.tracing.facts import plain
from simulator.tracing.invoices import invoices
from simulator.tracing.life import life
from simulator.tracing.lines import tidy
from simulator.tracing.overview import overview
from simulator.tracing.tell_payment import payment_lines
from simulator.tracing.tell_person import person_lines
from simulator.tracing.tell_replication import replication_lines

_MOST = 2**63 - 1


@dataclass(frozen=True, repr=False)
class Trace(Presented):
    """A trace in words and as plain data."""

    _told_by: ClassVar[str] = "of_trace"
    scenario: Scenario
    seed: int
    replication: int
    lines: tuple[str, ...]
    """What a terminal shows."""
    facts: dict[str, Any]
    """The same content: records of `simulator.tracing`."""

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the trace as plain data: money in pence, days as ISO dates, luck with its keys."""
        head = {"scenario": self.scenario.name, "seed": self.seed, "replication": self.replication}
        content: dict[str, Any] = plain(self.facts)
        return head | content


def trace(
    scenario: Scenario,
    *,
    replication: int,
    seed: int | None = None,
    participant: int | None = None,
    payment: int | None = None,
) -> Trace:
    """Return the trace of one replication, or of one participant or payment in it.

    It is the very replication that a run of the same seed counts.

    Args:
        scenario: what was run.
        replication: its number, from 0.
        seed: seed of all luck; the scenario's own if none is given.
        participant: number of a person, from 0 in order of referral; of people carried over from `CARRIED`, 16,777,216, on.
        payment: number of a quarterly invoice, from 1.

    Raises:
        SibError: for what does not exist, saying what does.
    """
    refuse(not 0 <= replication <= _MOST, f"there is no replication {replication}: they are numbered from 0")
    luck = chosen_seed(scenario, seed)
    refuse(participant is not None and payment is not None, "ask for a participant or for a payment, not for both")
    case = open_case(scenario, luck, replication)
    if participant is not None:
        body, facts = _of_participant(case, participant)
    elif payment is not None:
        body, facts = _of_payment(case, payment)
    else:
        followed = overview(case)
        body, facts = ["", *replication_lines(case, followed)], {"overview": followed}
    title = f"{scenario.title}: replication {replication}, seed {luck}"
    facts["ended_early"] = case.on(case.end_day) if case.ended_early else None
    return Trace(scenario, luck, replication, tidy([title, *body]), facts)


def _of_participant(case: Case, participant: int) -> tuple[list[str], dict[str, Any]]:
    people = (
        f"{case.referred} people were referred, numbered 0 to {case.referred - 1}" if case.referred else "nobody was"
    )
    if case.carried_over:
        people += f", and {case.carried_over} carried over, numbered {CARRIED} to {CARRIED + case.carried_over - 1}"
    refuse(
        not (0 <= participant < case.referred or CARRIED <= participant < CARRIED + case.carried_over),
        f"there is no participant {participant} in replication {case.replication}: {people}",
    )
    every = invoices(case)
    simulated, claims = life(case, participant), claims_of(case, participant, every)
    missed = not_achieved(case, participant, claims)
    mine = [each for each in every if any(each.invoice in claim.invoices for claim in claims)]
    facts = {"participant": participant, "life": simulated, "claims": claims, "not_achieved": missed, "invoices": mine}
    return person_lines(case, participant, simulated, claims, missed, every), facts


def _of_payment(case: Case, payment: int) -> tuple[list[str], dict[str, Any]]:
    every = invoices(case)
    refuse(
        not 1 <= payment <= len(every),
        f"there is no invoice {payment}: the contract has {len(every)} quarters, numbered 1 to {len(every)}",
    )
    invoice = every[payment - 1]
    return payment_lines(case, invoice), {"payment": payment, "invoice": invoice}
