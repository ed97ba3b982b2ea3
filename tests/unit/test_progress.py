"""Where a deal stands on given days: against plain loops over the tables, and against the measures of the end."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulator.batch import Tables, measure, tables
from simulator.dates import day_number
from simulator.progress import (
    CASELOAD,
    PAYMENTS,
    REFERRAL,
    UNPAID,
    claim_quarters,
    measures,
    progress,
    quarter_ends,
    watch,
)
from simulator.records import CARRIED, Event, Status
from simulator.scenario.load import load_scenario
from simulator.scenario.model import Scenario
from simulator.workers import WorkerPool
from tests.tiny import tiny_scenario

BUSY = (
    ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 60,"),
    ("carried_over_searching: {value: 0,", "carried_over_searching: {value: 5,"),
    ("carried_over_in_work: {value: 0,", "carried_over_in_work: {value: 5,"),
)
"""More people than slots and than the caps pay for, and some from before the service began."""
N = 12


def busy(folder: Path) -> Scenario:
    return tiny_scenario(folder, *BUSY)


def expected(scenario: Scenario, made: Tables, day: date) -> dict[str, list[int]]:
    """Return what each replication has reached by a day, counted one row at a time."""
    deal, number = scenario.deal, day_number(day, scenario.deal.term.service_start)
    ended = [end <= day for end in claim_quarters(deal)]
    found: dict[str, list[int]] = {name: [0] * N for name in measures(deal)}
    for r in range(N):
        held: dict[int, bool] = {}
        for i in range(made.events.starts[r], made.events.starts[r + 1]):
            person, at = int(made.events.participant[i]), int(made.events.day[i])
            if at > number or person < 0:
                continue
            held[person] = bool(made.events.slot_weight[i] > 0)
            found[REFERRAL][r] += made.events.event[i] == Event.REFERRAL and person < CARRIED
        found[CASELOAD][r] = sum(held.values()) if number < made.end_day[r] else 0
        for i in range(made.claims.starts[r], made.claims.starts[r + 1]):
            group, status = deal.rate_card[int(made.claims.outcome[i])].group, made.claims.status[i]
            invoiced = made.claims.invoice[i] >= 0 and ended[int(made.claims.invoice[i])]
            over = str(Status(int(status)).name).startswith("OVER_")
            if invoiced:
                found[UNPAID][r] += int(made.claims.refused_pence[i]) * over + int(made.claims.over_funder_cap_pence[i])
            if made.claims.participant[i] >= CARRIED:
                continue
            evidenced = status not in (Status.DUPLICATE, Status.UNEVIDENCED)
            found[group][r] += evidenced and made.claims.achieved_day[i] <= number
            paid = made.claims.paid_pence[i] > 0 or status == Status.PAID_BY_ACTIVITY
            found[f"paid.{group}"][r] += bool(paid and invoiced)
        for i in range(made.payments.starts[r], made.payments.starts[r + 1]):
            found[PAYMENTS][r] += int(made.payments.paid_pence[i]) * ended[int(made.payments.invoice[i])]
    return found


def test_progress_is_what_the_tables_say(tmp_path: Path) -> None:
    scenario = busy(tmp_path)
    made = tables(scenario, 7, 0, N)
    days = [
        date(2022, 12, 31),
        date(2021, 3, 31),
        date(2021, 6, 30),
        date(2021, 8, 15),
        date(2022, 3, 31),
        date(2021, 6, 30),
    ]
    found = progress(scenario.deal, made, days)
    assert list(found) == list(measures(scenario.deal))
    for column, day in enumerate(days):
        for name, counted in expected(scenario, made, day).items():
            assert found[name][:, column].tolist() == counted, (name, day)
    assert found[UNPAID][:, 0].sum() > 0
    assert found[CASELOAD][:, 3].sum() > 0


def test_at_the_end_progress_is_the_measures(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, BUSY[0])
    made = tables(scenario, 3, 0, N)
    last = claim_quarters(scenario.deal)[-1]
    found, values = progress(scenario.deal, made, [last]), measure(scenario, made).values
    for name in (REFERRAL, *scenario.deal.groups):
        assert found[name][:, 0].tolist() == values[f"outcomes.{name}"].tolist()
    for group in scenario.deal.groups:
        assert found[f"paid.{group}"][:, 0].tolist() == values[f"paid.{group}"].tolist()
    assert (found[PAYMENTS][:, 0] / 100).tolist() == values["payments.total_gbp"].tolist()
    assert (found[UNPAID][:, 0] / 100).tolist() == values["payments.unpaid_over_cap_gbp"].tolist()


@pytest.mark.parametrize("name", ["haringey_barnet", "tower_hamlets_ld"])
def test_at_the_end_unpaid_is_the_measure_of_real_deals(name: str) -> None:
    scenario = load_scenario(name, [f"scenarios/history/{name}.yaml"])
    made = tables(scenario, 3, 0, 6)
    found = progress(scenario.deal, made, [claim_quarters(scenario.deal)[-1]])
    values = measure(scenario, made).values
    assert (found[UNPAID][:, 0] / 100).tolist() == values["payments.unpaid_over_cap_gbp"].tolist()
    assert (found[PAYMENTS][:, 0] / 100).tolist() == values["payments.total_gbp"].tolist()


def test_claim_quarters_are_calendar_quarters() -> None:
    learning = claim_quarters(load_scenario("tower_hamlets_ld").deal)
    assert learning[:2] == [date(2020, 9, 30), date(2020, 12, 31)]
    assert len(set(learning)) == len(learning)
    assert quarter_ends(date(2021, 5, 1), date(2021, 10, 1)) == [
        date(2021, 6, 30),
        date(2021, 9, 30),
        date(2021, 12, 31),
    ]


def test_counts_never_fall(tmp_path: Path) -> None:
    scenario = busy(tmp_path)
    days = [date(2021, 4, 1) + timedelta(days=30 * i) for i in range(24)]
    found = watch(scenario, 5, 0, N, days).progress
    for name, counts in found.items():
        assert name == CASELOAD or (np.diff(counts, axis=1) >= 0).all(), name


def test_a_crew_watches_any_batch(tmp_path: Path) -> None:
    scenario, days = busy(tmp_path), [date(2021, 9, 30)]
    with WorkerPool(1) as pool:
        parts = list(pool.watch(scenario, 5, 0, 25, days))
    together = {name: np.concatenate([part.progress[name] for part in parts]) for name in parts[0].progress}
    whole = watch(scenario, 5, 0, 25, days).progress
    assert [len(part.returns.irr_status) for part in parts] == [10, 10, 5]
    assert all((together[name] == whole[name]).all() for name in whole)
