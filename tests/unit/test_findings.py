"""Findings as data, and what shows itself: cells in words and as numbers, tables, pages, folders, a few lines."""

import json
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import simulator as sib
from simulator.presented import Presented
from simulator.report.drawing import draw
from simulator.table import Column, Figure, Table
from simulator.words import COUNT, MONEY, MULTIPLE, PERCENT, RATE
from tests.tiny import tiny_scenario

TABLE = Table(
    "mixed", "Everything that a cell can be",
    (
        Column("name", "Name"), Column("paid", "Paid", MONEY), Column("change", "Change", PERCENT, change=True),
        Column("day", "Day"), Column("hidden"), Column("any", "Any"),
    ),
    (
        ("one", Figure(1234.4, 56.2), Figure(0.031, 0.002), date(2021, 4, 1), 7, Figure(1.5, unit=MULTIPLE)),
        ("two", Figure(None, status="not_drawn"), Figure(0.0, 0.0), None, 8, Figure(2.0, unit=COUNT)),
        ("three", 3.0, Figure(-0.5), date(2022, 1, 31), 9, None),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> sib.Scenario:
    return tiny_scenario(tmp_path_factory.mktemp("shown"))


@pytest.fixture(scope="module")
def run(scenario: sib.Scenario) -> sib.Run:
    return sib.run(scenario, replications=12, seed=3, workers=1)


def test_cells_are_written_once_for_all_renderers() -> None:
    assert TABLE.words() == (
        ("one", "£1,234 ± £56", "+3.1 ± 0.2 points", "1 April 2021", "1.50"),
        ("two", "not drawn", "none", "", "2"),
        ("three", "£3", "\N{MINUS SIGN}50.0 points", "31 January 2022", ""),
    )
    assert [column.heading for column in TABLE.shown] == ["Name", "Paid", "Change", "Day", "Any"]


def test_rows_are_numbers_with_errors_and_statuses_beside_them() -> None:
    first, second, third = TABLE.records()
    assert first == {
        "name": "one", "paid": 1234.4, "paid_se": 56.2, "paid_status": "ok", "change": 0.031, "change_se": 0.002,
        "day": date(2021, 4, 1), "hidden": 7, "any": 1.5, "unit": "multiple",
    }  # fmt: skip
    assert (second["unit"], third["unit"]) == ("number", None)
    assert (second["paid"], second["paid_status"], second["day"]) == (None, "not_drawn", None)
    assert (third["paid"], third["paid_se"], third["paid_status"]) == (3.0, None, "ok")


def test_a_frame_has_numbers_and_dates_whatever_is_missing() -> None:
    frame = TABLE.frame()
    numbers = ["paid", "paid_se", "change", "change_se", "hidden", "any"]
    assert all(pd.api.types.is_numeric_dtype(frame[name]) for name in numbers)
    assert pd.api.types.is_datetime64_any_dtype(frame["day"])
    assert frame["paid"].isna().tolist() == [False, True, False]
    empty = Table("none", "No rows", TABLE.columns, ()).frame()
    assert list(empty.columns) == ["name", "paid", "change", "day", "hidden", "any"]


def test_what_is_not_finite_is_nothing_in_data() -> None:
    odd = Table("odd", "Odd", (Column("x", "X", RATE),), ((Figure(float("nan"), float("inf")),),))
    assert odd.records() == [{"x": None, "x_se": None}]


def test_what_has_no_value_has_a_status_that_says_so() -> None:
    assert Figure(None).status == "undefined"
    assert Figure(None, status="not_drawn").status == "not_drawn"


def test_a_column_of_nothing_is_a_column_of_numbers() -> None:
    table = Table("empty", "Empty", (Column("name", "Name"), Column("x")), (("one", None), ("two", None)))
    assert pd.api.types.is_numeric_dtype(table.frame()["x"])


def test_a_command_says_what_was_set_in_python(scenario: sib.Scenario) -> None:
    version = sib.with_levers(scenario, {"prices": 1.1})
    said = sib.run(version, replications=3, seed=3, workers=1).findings().command
    assert said.startswith("sib run tiny.yaml --replications 3 --seed 3  # and with what was set in Python: ")
    assert said.endswith(f"digest {version.digest[:12]}")
    assert "#" not in sib.run(scenario, replications=3, seed=3, workers=1).findings().command


def test_what_has_been_looked_at_is_pickled_without_what_was_worked_out(run: sib.Run) -> None:
    assert repr(run)
    run.table()
    again = pickle.loads(pickle.dumps(run))
    assert repr(again) == repr(run)
    pd.testing.assert_frame_equal(again.table(), run.table())


@pytest.mark.parametrize("name", ["run", "scenario", "trace", "caps"])
def test_a_result_shows_itself_in_every_way(name: str, scenario: sib.Scenario, run: sib.Run, tmp_path: Path) -> None:
    makers: dict[str, Callable[[], Presented]] = {
        "run": lambda: run,
        "scenario": lambda: scenario,
        "trace": lambda: sib.trace(scenario, replication=1, seed=3),
        "caps": lambda: sib.caps(scenario, replications=6, seed=3, workers=1),
    }
    result = makers[name]()
    found = result.findings()
    lines = repr(result).splitlines()
    assert len(lines) <= 4
    assert all(len(line) < 200 for line in lines)
    assert scenario.name in lines[0]
    for table in found.names:
        assert len(result.table(table)) == len(found.table(table).rows)
    json.dumps(found.as_dict(), allow_nan=False)
    page, short = result.html(), result._repr_html_()
    assert page.startswith("<!DOCTYPE html>")
    assert "http" not in page.split("</style>")[1].replace("http://www.w3.org", "")
    assert found.answer[0].split(":")[0] in short.replace("&#39;", "'")
    folder = result.save(tmp_path / "shown")
    assert json.loads((folder / "manifest.json").read_text())["kind"] == found.kind
    assert (folder / "report.html").read_text(encoding="utf-8") == page


def test_a_table_that_is_not_there_is_refused_with_those_that_are(run: sib.Run) -> None:
    with pytest.raises(
        sib.SibError, match=r'no table is named "quarter"; did you mean "quarters"\?; there are measures'
    ):
        run.table("quarter")


def test_the_table_of_a_run_has_a_row_for_each_measure_and_numbers_in_it(run: sib.Run) -> None:
    table = run.table()
    assert table.index.tolist() == list(run.estimates)
    assert (
        table["mean"].dropna() == pd.Series({k: e.mean for k, e in run.estimates.items() if e.mean is not None})
    ).all()
    assert all(pd.api.types.is_numeric_dtype(table[name]) for name in table.columns if name != "status")


def test_every_figure_of_a_run_is_drawn_by_name(run: sib.Run) -> None:
    for name in ("payments", "multiple", "investor_balance", "outcomes", "caseload", "pounds"):
        assert getattr(run.plot, name)().axes
    with pytest.raises(sib.SibError, match="no precision was wanted"):
        run.plot.convergence()


def test_charts_are_plain_data_and_are_drawn_from_it(scenario: sib.Scenario) -> None:
    charts = sib.caps(scenario, replications=6, seed=3, workers=1).findings().charts
    for chart in charts:
        again = pickle.loads(pickle.dumps(chart))
        assert again == chart
        plain = json.loads(json.dumps(chart.as_dict(), allow_nan=False))
        assert [panel["title"] for panel in plain["panels"]] == [
            axes.get_title(loc="left") for axes in draw(chart).axes
        ]
        assert {layer["layer"] for panel in plain["panels"] for layer in panel["layers"]} <= {
            "line", "bars", "rule", "stretch", "fan", "shades", "contours", "words",
        }  # fmt: skip
