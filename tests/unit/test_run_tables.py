"""The tables of a run as files and frames: names, dates and pounds beside the codes, in order, and every penny there."""

import csv
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetFile, read_table

import simulator as sib
from simulator import batch
from simulator.dates import NEVER
from simulator.errors import SibError
from simulator.finance.agreement import account_names
from simulator.monte_carlo import Run
from simulator.readable import DATES, NAMES, POUNDS, frame, readable
from simulator.records import CARRIED, Account, Cashflows, Events, Payments, Purpose, Status
from simulator.report.result_folder import digest_of
from simulator.report.table_files import BATCH, GROUP, TableFile, write_table_files
from simulator.scenario.model import Scenario
from tests.tiny import TINY, tiny_scenario
from tests.unit.report_runs import NOBODY
from tests.unit.test_command_line import sib_command

TINY_DEAL = sib.load_scenario(TINY)
NUMBER = 60
"""Replications: more than two batches of tables."""
FILES = ["cashflows", "claims", "events", "payments", "shortfalls"]
ORDER = [
    "replication", "participant", "sequence", "day", "event", "spell", "hours", "slot_weight", "who", "date", "event_name"
]  # fmt: skip


@cache
def tiny_run() -> Run:
    return sib.run(TINY_DEAL, replications=NUMBER, seed=7, workers=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all tables of the tiny run."""
    return sib.write_tables(tiny_run(), tmp_path_factory.mktemp("tables") / "tables", workers=1)


def rows_of(folder: Path, name: str) -> pd.DataFrame:
    """Return the rows of a file, with pounds as decimals and dates as dates."""
    found: pd.DataFrame = read_table(folder / f"{name}.parquet").to_pandas()
    return found


def of_each(rows: pd.DataFrame, column: str) -> list[int]:
    """Return the sum of a column for each replication."""
    return rows.groupby("replication")[column].sum().reindex(range(NUMBER), fill_value=0).tolist()


def test_the_files_hold_what_the_verbs_make_in_order(folder: Path) -> None:
    made = batch.tables(TINY_DEAL, 7, 0, NUMBER)
    for name, table in made.by_name().items():
        numbers, found = table.frame(), rows_of(folder, name)
        assert list(found.columns)[: numbers.shape[1]] == list(numbers.columns)
        assert found[list(numbers.columns)].astype(numbers.dtypes.to_dict()).equals(numbers)
        assert found["replication"].is_monotonic_increasing
    assert list(rows_of(folder, "events").columns) == ORDER
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.parquet" for name in FILES), "manifest.json"]
    )


def test_files_and_frames_say_the_same(folder: Path) -> None:
    frames = tiny_run().tables(0, NUMBER).frames(TINY_DEAL)
    assert sorted(frames) == FILES
    for name, rows in frames.items():
        assert pa.Table.from_pandas(rows, preserve_index=False).num_rows == len(rows) > 0
        read = rows_of(folder, name)
        assert list(read.columns) == list(rows.columns)
        assert all(read[column].tolist() == rows[column].tolist() for column in NAMES.values() if column in rows)
        assert all(read[column].tolist() == rows[column].tolist() for column in POUNDS.values() if column in rows)
        assert all([*rows[column].dt.date] == [*read[column]] for column in DATES.values() if column in rows)


def test_names_dates_and_pounds_are_those_of_the_codes(folder: Path) -> None:
    start, accounts = TINY_DEAL.deal.term.service_start, account_names(TINY_DEAL.deal)
    claims, postings, events = (rows_of(folder, name) for name in ("claims", "cashflows", "events"))
    assert [TINY_DEAL.deal.rate_card[code].outcome for code in claims["outcome"]] == claims["outcome_name"].tolist()
    assert [Status(code).name.lower() for code in claims["status"]] == claims["status_name"].tolist()
    assert [accounts[code] for code in postings["debit"]] == postings["debit_name"].tolist()
    assert [accounts[code] for code in postings["credit"]] == postings["credit_name"].tolist()
    parties = {"cash", "investor", "provider", *(funder.name for funder in TINY_DEAL.deal.funders)}
    assert parties <= {*postings["debit_name"], *postings["credit_name"]}
    assert [Purpose(code).name.lower() for code in postings["purpose"]] == postings["purpose_name"].tolist()
    assert [start + timedelta(int(day)) for day in claims["achieved_day"]] == claims["achieved_date"].tolist()
    assert [Decimal(pence) / 100 for pence in postings["amount_pence"].tolist()] == postings["amount_gbp"].tolist()
    assert set(events.loc[events["participant"] < 0, "who"]) == {"specialist"}
    assert set(events.loc[events["participant"] >= 0, "who"]) == {"person"}
    schema = ParquetFile(folder / "claims.parquet").schema_arrow
    assert schema.field("price_gbp").type == pa.decimal128(18, 2)
    assert schema.field("payable_date").type == pa.date32()
    assert pa.types.is_dictionary(schema.field("status_name").type)


def test_every_penny_of_the_claims_is_paid_and_posted(folder: Path) -> None:
    claims, payments, postings = (rows_of(folder, name) for name in ("claims", "payments", "cashflows"))
    paid, posted = of_each(payments, "paid_pence"), postings[postings["purpose_name"] == "outcome_payment"]
    assert of_each(claims, "paid_pence") == paid == of_each(posted, "amount_pence")
    assert sum(payments["paid_gbp"]) * 100 == sum(paid) > 0
    invoices = payments.groupby(["replication", "invoice"])["paid_pence"].sum()
    invoiced = claims[claims["paid_pence"] > 0].groupby(["replication", "invoice"])["paid_pence"].sum()
    assert invoiced.equals(invoices[invoices > 0])
    whole = claims["paid_pence"] + claims["refused_pence"] + claims["over_funder_cap_pence"]
    assert (whole == claims["price_pence"]).all()


@pytest.mark.parametrize("name", ["haringey_barnet", "running/enfield.yaml"])
def test_the_cash_of_real_deals_balances(name: str, tmp_path: Path) -> None:
    run = sib.run(sib.load_scenario(name), replications=4, seed=5, workers=1)
    postings = rows_of(sib.write_tables(run, tmp_path / "tables", workers=1), "cashflows")
    assert (postings["debit"] != postings["credit"]).all()
    assert (postings["amount_pence"] > 0).all()
    into = np.where(postings["debit"] == Account.CASH, postings["amount_pence"], 0)
    out = np.where(postings["credit"] == Account.CASH, postings["amount_pence"], 0)
    held = pd.Series(into - out).groupby(postings["replication"]).cumsum()
    assert (held.groupby([postings["replication"], postings["day"]]).last() >= 0).all()
    closing = held.groupby(postings["replication"]).last() / 100
    assert closing.tolist() == run.returns.values["spv.closing_cash_gbp"].tolist()
    received = postings[postings["debit_name"] == "investor"].groupby("replication")["amount_pence"].sum()
    given = postings[postings["credit_name"] == "investor"].groupby("replication")["amount_pence"].sum()
    assert int(received.sum() - given.sum()) == int(run.returns.flows.sum())


def in_batches_of(size: int) -> Scenario:
    settings = TINY_DEAL.settings.model_copy(update={"batch": size})
    return replace(TINY_DEAL, description=TINY_DEAL.description.model_copy(update={"settings": settings}))


@pytest.mark.parametrize(
    ("size", "workers", "executor"),
    [(1, 1, lambda: None), (7, 1, lambda: None), (NUMBER, 2, lambda: None), (7, None, lambda: ThreadPoolExecutor(2))],
)
def test_no_byte_depends_on_batches_or_workers(
    size: int, workers: int | None, executor: Callable[[], Executor | None], folder: Path, tmp_path: Path
) -> None:
    run, done = replace(tiny_run(), scenario=in_batches_of(size)), list[int]()
    write_table_files(run, tmp_path, range(NUMBER), workers=workers, executor=executor(), progress=done.append)
    assert sum(done) == NUMBER
    assert max(done) == min(size, BATCH)
    for name in FILES:
        assert (tmp_path / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes(), name


def test_rows_are_written_in_groups_of_one_size_however_they_come(tmp_path: Path) -> None:
    rows = pa.table({"number": np.arange(2 * GROUP + 5), "name": pa.array(["a"] * (2 * GROUP + 5)).dictionary_encode()})
    cuts = {"one.parquet": [0], "many.parquet": [0, 1, GROUP - 1, GROUP + 9, 2 * GROUP]}
    for name, starts in cuts.items():
        with TableFile(tmp_path / name, rows.schema) as file:
            for first, stop in zip(starts, [*starts[1:], rows.num_rows], strict=True):
                file.add(rows.slice(first, stop - first))
    written = ParquetFile(tmp_path / "one.parquet")
    assert [written.metadata.row_group(i).num_rows for i in range(3)] == [GROUP, GROUP, 5]
    assert written.read().equals(rows)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()


def test_replications_may_be_chosen(folder: Path, tmp_path: Path) -> None:
    some = sib.write_tables(tiny_run(), str(tmp_path / "some"), replications=range(30, 33))
    for name in FILES:
        every = rows_of(folder, name)
        wanted = every[(every["replication"] >= 30) & (every["replication"] < 33)].reset_index(drop=True)
        assert rows_of(some, name).equals(wanted)
    manifest = json.loads((some / "manifest.json").read_text(encoding="utf-8"))
    assert [manifest[name] for name in ("kind", "of", "seed", "first", "replications")] == [
        "tables",
        ["tiny"],
        7,
        30,
        3,
    ]
    assert manifest["files"] == {f"{name}.parquet": digest_of(some / f"{name}.parquet") for name in FILES}


@pytest.mark.parametrize("wrong", [range(0), range(59, 61), range(-1, 2), range(0, 10, 2), range(5, 2)])
def test_replications_that_the_run_does_not_have_are_refused(wrong: range, tmp_path: Path) -> None:
    with pytest.raises(
        SibError, match="replications are a range of those that the run has, 0 to 59, one after another"
    ):
        sib.write_tables(tiny_run(), tmp_path / "some", replications=wrong)
    assert list(tmp_path.iterdir()) == []


def test_tables_of_any_replication_are_made_again() -> None:
    made, all_of_them = tiny_run().tables(41, 2), batch.tables(TINY_DEAL, 7, 0, NUMBER)
    for name, table in made.by_name().items():
        whole = all_of_them.by_name()[name].frame()
        assert table.frame().equals(whole[whole["replication"].between(41, 42)].reset_index(drop=True))
    for first, count in ((60, 1), (59, 2), (-1, 1), (0, 0)):
        with pytest.raises(SibError, match="the run has replications 0 to 59, and not"):
            tiny_run().tables(first, count)


def test_what_never_comes_has_no_date_and_money_of_any_size_is_exact() -> None:
    starts, nothing = np.array([0, 2]), np.zeros(2, dtype=np.int64)
    pence = np.array([2**53 + 1, 7])
    made = Payments(0, starts, nothing, nothing, nothing, np.array([3, NEVER]), pence, pence, -pence)
    rows = frame(TINY_DEAL, made)
    assert rows["paid_date"].isna().tolist() == [False, True]
    assert rows["paid_date"][0].date() == TINY_DEAL.deal.term.service_start + timedelta(3)
    assert rows["claimed_gbp"].tolist() == [Decimal("90071992547409.93"), Decimal("0.07")]
    assert rows["basis_gbp"].sum() == Decimal("-90071992547410.00")


def test_people_carried_over_are_told_from_others() -> None:
    people = np.array([-1, 0, CARRIED])
    events = np.array([21, 65, 65], dtype=np.uint8)
    made = Events(0, np.array([0, 3]), people, np.array([0, 0, -30]), events, *np.zeros((3, 3), dtype=np.int16))
    rows = readable(TINY_DEAL, made)
    assert rows["who"].to_pylist() == ["specialist", "person", "carried_over"]
    assert rows["event_name"].to_pylist() == ["specialist_started", "referral", "referral"]
    assert rows["date"].to_pylist()[-1] == date(2021, 3, 2)


def test_tables_without_rows_have_their_columns(tmp_path: Path) -> None:
    run = sib.run(tiny_scenario(tmp_path, *NOBODY), replications=3, workers=1)
    claims = rows_of(sib.write_tables(run, tmp_path / "tables"), "claims")
    assert claims.empty
    assert {"outcome_name", "achieved_date", "price_gbp", "who"} <= set(claims.columns)
    empty = readable(TINY_DEAL, Cashflows(0, np.array([0]), *np.zeros((6, 0), int)))
    assert empty["amount_gbp"].to_pylist() == []


# The command


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("command") / "run"
    result = sib_command(
        "run", TINY, "--replications", str(NUMBER), "--seed", "7", "--workers", "1", "--out", folder, "--tables", "--csv",
        "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    yield folder


def test_the_command_writes_the_tables_into_the_run_folder(run_folder: Path, folder: Path) -> None:
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    for name in FILES:
        assert (run_folder / "tables" / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()
        assert manifest["files"][f"tables/{name}.parquet"] == digest_of(folder / f"{name}.parquet")
    again = sib.write_tables(sib.load_run(run_folder), run_folder.parent / "again", replications=range(5))
    wanted = rows_of(folder, "claims")
    assert rows_of(again, "claims").equals(wanted[wanted["replication"] < 5])


def test_the_command_writes_replications_as_csv(run_folder: Path) -> None:
    frame = tiny_run().by_replication()
    with (run_folder / "replications.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert list(read[0]) == list(frame.columns)
    assert len(read) == NUMBER
    for name in list(frame.columns)[:-1]:
        assert [float(row[name] or "nan") for row in read] == pytest.approx(
            frame[name].tolist(), rel=0, abs=0, nan_ok=True
        )
    assert [row["investor.irr_status"] for row in read] == frame["investor.irr_status"].tolist()
    parquet = pd.read_parquet(run_folder / "returns.parquet")
    assert parquet.equals(frame)


def test_what_is_undefined_is_empty_in_csv_and_has_a_status(tmp_path: Path) -> None:
    run = sib.run(tiny_scenario(tmp_path, *NOBODY), replications=2, workers=1)
    rows = run.by_replication(1)
    assert rows["replication"].tolist() == [1]
    assert rows["commissioner.real_price_job_start_gbp"].isna().all()
    head, line = rows.to_csv(index=False).splitlines()
    values = dict(zip(head.split(","), line.split(","), strict=True))
    assert values["commissioner.real_price_job_start_gbp"] == ""
    assert values["investor.irr_status"] == "total_loss"
