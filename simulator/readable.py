"""Tables for people: names, dates and pounds beside the codes, day numbers and pence of the same rows.

The one place that says what a code, a day or an amount of a table is called; frames and Parquet files are both made here. The
numeric columns stay as they are, in front; what is added stands after them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from simulator.dates import NEVER
from simulator.finance.agreement import account_names
from simulator.records import CARRIED, Event, Purpose, Status, Table
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario

Ints = NDArray[np.integer[Any]]
NAMES = {
    "event": "event_name",
    "outcome": "outcome_name",
    "status": "status_name",
    "funder": "funder_name",
    "debit": "debit_name",
    "credit": "credit_name",
    "purpose": "purpose_name",
}
"""Columns of names by the columns of codes that they say."""
DATES = {
    "day": "date",
    "achieved_day": "achieved_date",
    "payable_day": "payable_date",
    "issue_day": "issue_date",
    "paid_day": "paid_date",
}
"""Columns of dates by the columns of day numbers that they say."""
POUNDS = {
    "price_pence": "price_gbp",
    "paid_pence": "paid_gbp",
    "refused_pence": "refused_gbp",
    "over_funder_cap_pence": "over_funder_cap_gbp",
    "claimed_pence": "claimed_gbp",
    "basis_pence": "basis_gbp",
    "amount_pence": "amount_gbp",
}
"""Columns of pounds by the columns of pence that they say."""
PERSON, CARRIED_OVER, SPECIALIST = "person", "carried_over", "specialist"
_MONEY = pa.decimal128(18, 2)


def readable(scenario: Scenario, table: Table) -> pa.Table:
    """Return a table's rows with names (dictionary-encoded), dates (`date32`) and pounds (`decimal128(18, 2)`) added.

    A table with participants also says `who` each is: a person, one carried over from before the service began, or a
    specialist. A day that never comes has no date.
    """
    found = pa.Table.from_pandas(table.frame(), preserve_index=False).replace_schema_metadata(None)
    start = np.datetime64(scenario.deal.term.service_start, "D").astype(np.int64)
    names = _names(scenario.deal)
    for column in found.column_names:
        if column == "participant":
            found = found.append_column("who", _who(found[column].to_numpy()))
        elif column in NAMES:
            found = found.append_column(NAMES[column], _named(found[column].to_numpy(), names[column]))
        elif column in DATES:
            found = found.append_column(DATES[column], _dates(found[column].to_numpy(), int(start)))
        elif column in POUNDS:
            found = found.append_column(POUNDS[column], _pounds(found[column].to_numpy()))
    return found


def frame(scenario: Scenario, table: Table) -> pd.DataFrame:
    """Return `readable` as a frame: names as categories, dates as `datetime64`, pounds as exact decimals."""
    exact: pd.DataFrame = readable(scenario, table).to_pandas(
        date_as_object=False, types_mapper=lambda kind: pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None
    )
    return exact


def _names(deal: Deal) -> dict[str, Mapping[int, str]]:
    """Return names by code, in order of code, of every column of codes."""
    accounts = dict(enumerate(account_names(deal)))
    return {
        "event": {each.value: each.name.lower() for each in sorted(Event)},
        "outcome": dict(enumerate(line.outcome for line in deal.rate_card)),
        "status": {each.value: each.name.lower() for each in sorted(Status)},
        "funder": dict(enumerate(funder.name for funder in deal.funders)),
        "debit": accounts,
        "credit": accounts,
        "purpose": {each.value: each.name.lower() for each in sorted(Purpose)},
    }


def _named(codes: Ints, names: Mapping[int, str]) -> pa.DictionaryArray:
    places = np.searchsorted(np.array(list(names)), codes).astype(np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(list(names.values()), pa.string()))


def _who(participant: Ints) -> pa.DictionaryArray:
    code = np.where(participant < 0, 2, np.where(participant >= CARRIED, 1, 0))
    return _named(code, {0: PERSON, 1: CARRIED_OVER, 2: SPECIALIST})


def _dates(days: Ints, start: int) -> pa.Array:
    never = days >= NEVER
    numbers = np.where(never, 0, days.astype(np.int64) + start).astype(np.int32)
    return pa.array(numbers, mask=never).cast(pa.date32())


def _pounds(pence: Ints) -> pa.Array:
    """Return pence as decimals of pounds: the same whole numbers, in 16 bytes, with two digits after the point."""
    words = np.empty((pence.size, 2), dtype="<i8")
    words[:, 0] = pence
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(_MONEY, pence.size, [None, pa.py_buffer(words)])
