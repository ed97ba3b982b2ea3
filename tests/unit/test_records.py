"""The tables as formats: rows of a replication, frames, numbers that files rely on."""

from dataclasses import fields
from enum import IntEnum

import numpy as np
import pytest

from simulator.finance.agreement import DISTRIBUTION, Distribution
from simulator.pathway.engine import event_table
from simulator.records import (
    ACCOUNT,
    CLOSING,
    EVENT,
    PURPOSE,
    STATUS,
    Account,
    Cashflows,
    Claims,
    Event,
    Events,
    Payments,
    Purpose,
    Returns,
    Shortfalls,
    Status,
    Table,
    group_starts,
)
from simulator.streams import DECISION, ENTITY, Decision, Entity

ROWS = [
    [(1, 3, Event.REFERRAL, 0, 0.0, 0), (0, 0, Event.REFERRAL, 0, 0.0, 0), (0, 4, Event.ALLOCATION, 0, 0.0, 1000)],
    [],
    [(-1, 0, Event.SPECIALIST_STARTED, 1, 0.0, 5000), (0, 9, Event.JOB_START, 1, 20.5, 400)],
]


def test_rows_of_participants_stand_together_in_order_of_time() -> None:
    events = event_table(7, ROWS)
    assert events.participant.tolist() == [0, 0, 1, -1, 0]
    assert events.sequence.tolist() == [0, 1, 0, 0, 0]
    assert events.day.tolist() == [0, 4, 3, 0, 9]
    assert events.hours.tolist() == [0.0, 0.0, 0.0, 0.0, 20.5]


def test_a_replication_is_a_slice_and_may_be_empty() -> None:
    events = event_table(7, ROWS)
    assert events.replications == 3
    assert [events.rows_of(i) for i in range(3)] == [slice(0, 3), slice(3, 3), slice(3, 5)]


def test_a_frame_carries_the_numbers_of_the_replications() -> None:
    frame = event_table(7, ROWS).frame()
    assert frame["replication"].tolist() == [7, 7, 7, 9, 9]
    assert list(frame) == ["replication", "participant", "sequence", "day", "event", "spell", "hours", "slot_weight"]


@pytest.mark.parametrize("rows", [[], [[]], [[], []]])
def test_a_log_of_nothing_is_a_table(rows: list[list[tuple[int, int, Event, int, float, int]]]) -> None:
    events = event_table(0, rows)
    assert events.replications == len(rows)
    assert events.frame().empty
    assert events.day.dtype == np.int32
    assert events.hours.dtype == np.float64


def test_shortfalls_have_days_and_a_figure_for_each_replication() -> None:
    table = Shortfalls(
        4,
        group_starts([1, 0, 2]),
        np.array([5, 6, 7]),
        np.array([10, 20, 30]),
        np.array([0, 0, 30]),
        np.zeros(3, dtype=np.int64),
    )
    assert table.frame().to_dict("list") == {"replication": [4, 6, 6], "day": [5, 6, 7], "amount_pence": [10, 20, 30]}


def test_group_starts_are_running_sums() -> None:
    assert group_starts([2, 0, 3]).tolist() == [0, 2, 2, 5]
    assert group_starts([]).tolist() == [0]


def test_numbers_that_files_hold_never_move() -> None:
    assert {status.name: int(status) for status in Status} == {
        "PAID": 0, "DUPLICATE": 1, "UNEVIDENCED": 2, "OUT_OF_TERM": 3, "OVER_COUNT_CAP": 4, "OVER_TOTAL_CAP": 5,
        "OVER_FUNDER_CAP": 6, "REJECTED": 7, "EXPIRED": 8, "PAID_BY_ACTIVITY": 9, "OVER_ANNUAL_CAP": 10, "OVER_SCHEDULE_CAP": 11,
        "NOT_INVOICED": 12, "SETTLED": 13, "EXTRAPOLATED": 14,
    }  # fmt: skip
    assert [int(account) for account in Account] == [0, 1, 2, 3, 4, 5]
    assert [int(purpose) for purpose in Purpose] == list(range(14))


def test_events_of_a_day_are_in_the_order_of_their_numbers() -> None:
    order = [
        Event.SPECIALIST_LEFT, Event.SPECIALIST_STARTED, Event.CARRIED_OVER, Event.SUPPORT_ENDED, Event.JOB_END, Event.JOB_START,
        Event.ENGAGEMENT, Event.CONTACT_LOST, Event.REFERRAL, Event.REALLOCATION, Event.ALLOCATION, Event.LAPSED,
        Event.TERM_END,
    ]  # fmt: skip
    assert order == sorted(order)


def test_closing_events_are_a_range_without_others_between() -> None:
    between = [event for event in Event if min(CLOSING) <= event <= max(CLOSING)]
    assert between == sorted(CLOSING)


@pytest.mark.parametrize("table", [Events, Claims, Payments, Cashflows])
def test_tables_are_frozen_and_begin_alike(table: type[Table]) -> None:
    assert [field.name for field in fields(table)][:2] == ["first", "starts"]
    with pytest.raises(AttributeError):
        event_table(0, [[]]).first = 3  # type: ignore[misc]


def test_returns_count_their_replications() -> None:
    assert Returns(0, {}, np.zeros(3, dtype=np.int64), {}, np.zeros(1, dtype=np.int64)).replications == 3


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        (EVENT, Event),
        (STATUS, Status),
        (ACCOUNT, Account),
        (PURPOSE, Purpose),
        (ENTITY, Entity),
        (DECISION, Decision),
        (DISTRIBUTION, Distribution),
    ],
)
def test_compiled_code_reads_the_same_numbers_by_the_same_names(numbers: type[IntEnum], kind: type[IntEnum]) -> None:
    found = {member.name: getattr(numbers, member.name) for member in kind}
    assert found == {member.name: member.value for member in kind}
    assert {type(number) for number in found.values()} == {np.int64}, "each other type would be compiled for anew"
