"""A difference between two event logs is told by its earliest event, with both histories."""

from dataclasses import fields, replace

import numpy as np
import pytest

from simulator.pathway.engine import Row, event_table
from simulator.records import Event, Events, group_starts
from tests.engine_logs import first_difference

POST: list[Row] = [(-2, 0, Event.SPECIALIST_STARTED, 1, 0.0, 1000), (-1, 0, Event.SPECIALIST_STARTED, 1, 0.0, 1000)]
FIRST: list[Row] = [
    (0, 1, Event.REFERRAL, 0, 0.0, 0),
    (0, 1, Event.ALLOCATION, 0, 0.0, 1000),
    (0, 9, Event.ENGAGEMENT, 0, 0.0, 1000),
    (0, 57, Event.JOB_START, 1, 20.0, 400),
]
SECOND: list[Row] = [
    (1, 2, Event.REFERRAL, 0, 0.0, 0),
    (1, 30, Event.ALLOCATION, 0, 0.0, 1000),
    (1, 35, Event.NOT_ENGAGED, 0, 0.0, 0),
]


def log(*replications: list[Row], first: int = 7) -> Events:
    table = event_table(first, [])
    columns = [list(column) for column in zip(*(row for rows in replications for row in rows), strict=True)]
    kinds = [getattr(table, name).dtype for name in table.columns()]
    cast = [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
    return Events(first, group_starts([len(rows) for rows in replications]), *cast)


def changed(rows: list[Row], row: int, place: int, value: object) -> list[Row]:
    new = list(rows[row])
    new[place] = value  # type: ignore[call-overload]
    return [*rows[:row], tuple(new), *rows[row + 1 :]]  # type: ignore[list-item]


ALL = POST + FIRST + SECOND


def test_nothing_is_told_of_equal_logs() -> None:
    assert first_difference(log(ALL), log(ALL)) == ""


def test_both_histories_are_told_with_the_event_marked() -> None:
    assert first_difference(log(ALL, ALL), log(ALL, changed(ALL, 5, 1, 60))) == (
        "replication 8, participant 0, day 57, JOB_START: column day is 57 in simpy and 60 in compiled\n\n"
        "simpy\n"
        "  day 1 REFERRAL spell=0 hours=0 slot_weight=0\n"
        "  day 1 ALLOCATION spell=0 hours=0 slot_weight=1000\n"
        "  day 9 ENGAGEMENT spell=0 hours=0 slot_weight=1000\n"
        "> day 57 JOB_START spell=1 hours=20 slot_weight=400\n\n"
        "compiled\n"
        "  day 1 REFERRAL spell=0 hours=0 slot_weight=0\n"
        "  day 1 ALLOCATION spell=0 hours=0 slot_weight=1000\n"
        "  day 9 ENGAGEMENT spell=0 hours=0 slot_weight=1000\n"
        "> day 60 JOB_START spell=1 hours=20 slot_weight=400"
    )


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (2, Event.JOB_END, "column event is JOB_START in simpy and JOB_END in compiled"),
        (3, 2, "column spell is 1 in simpy and 2 in compiled"),
        (4, 20.5, "column hours is 20 in simpy and 20.5 in compiled"),
        (5, 1000, "column slot_weight is 400 in simpy and 1000 in compiled"),
    ],
)
def test_the_first_column_that_differs_is_named(place: int, value: object, said: str) -> None:
    told = first_difference(log(ALL), log(changed(changed(ALL, 5, place, value), 5, 5, 1000)))
    assert said in told.splitlines()[0]


def test_the_earliest_day_comes_first_and_not_the_lowest_participant() -> None:
    told = first_difference(log(ALL), log(changed(changed(ALL, 5, 1, 58), 7, 1, 31)))
    assert told.startswith("replication 7, participant 1, day 30, ALLOCATION: column day is 30 in simpy and 31")
    assert "> day 31 ALLOCATION" in told
    assert "JOB_START" not in told


def test_of_one_day_the_lower_kind_comes_first_and_of_one_kind_the_lower_number() -> None:
    one = changed(changed(ALL, 5, 1, 35), 5, 5, 1)
    other = changed(changed(ALL, 5, 1, 35), 8, 5, 1)
    assert first_difference(log(one), log(other)).startswith("replication 7, participant 1, day 35, NOT_ENGAGED")
    told = first_difference(log(ALL), log(changed(changed(ALL, 0, 5, 1), 1, 5, 1)))
    assert told.startswith("replication 7, participant -1, day 0, SPECIALIST_STARTED")


def test_the_earlier_of_the_two_rows_counts() -> None:
    told = first_difference(log(ALL), log(changed(changed(ALL, 5, 1, 20), 7, 1, 25)))
    assert told.startswith("replication 7, participant 0, day 20, JOB_START: column day is 57 in simpy and 20")


def test_a_missing_event_and_a_missing_participant_are_told() -> None:
    told = first_difference(log(ALL), log(ALL[:8]))
    assert told.startswith("replication 7, participant 1, day 35, NOT_ENGAGED: compiled has no such row")
    assert told.endswith("day 30 ALLOCATION spell=0 hours=0 slot_weight=1000\n> (nothing more)")
    told = first_difference(log(ALL[:6]), log(ALL))
    assert told.startswith("replication 7, participant 1, day 2, REFERRAL: simpy has no such row\n\nsimpy\n> (nothing")


def test_an_earlier_replication_comes_before_an_earlier_day() -> None:
    told = first_difference(log(ALL, ALL), log(changed(ALL, 5, 1, 58), changed(ALL, 2, 1, 0)))
    assert told.startswith("replication 7, participant 0, day 57")


def test_what_is_not_in_a_row_is_told_too() -> None:
    assert first_difference(log(ALL), log(ALL, first=8)) == "first: simpy 7, compiled 8"
    assert first_difference(log(ALL), log(ALL, ALL)) == "replications: simpy 1, compiled 2"
    assert first_difference(log(ALL), log(FIRST + SECOND + POST)) == (
        "replication 7, order of participants: simpy [-2, -1, 0, 1], compiled [0, 1, -2, -1]"
    )
    wide = log(ALL)
    object.__setattr__(wide, "day", wide.day.astype(np.int64))
    assert first_difference(log(ALL), wide) == "type of column day: simpy int32, compiled int64"


@pytest.mark.parametrize("column", [f.name for f in fields(Events) if f.name not in ("first", "starts")])
def test_no_column_differs_unnoticed(column: str) -> None:
    values = getattr(log(ALL), column).copy()
    values[-1] += 1
    assert first_difference(log(ALL), replace(log(ALL), **{column: values})) != ""
