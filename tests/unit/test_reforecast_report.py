"""`sib reforecast` as its user types it: what is printed, the folder, the report, how it ends."""

import json
import re
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import simulator as sib
from simulator.cli import app
from tests.tiny import tiny_file
from tests.unit.test_reforecast import MANY, PAID, ROWS

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def sib_command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def command(folder: Path, *more: str | Path, text: str = ROWS + PAID) -> Result:
    """Forecast the tiny deal from its actuals, both written into a folder."""
    (folder / "actuals.csv").write_text(text, encoding="utf-8")
    scenario = tiny_file(folder, *MANY)
    return sib_command(
        "reforecast", scenario, "--actuals", folder / "actuals.csv", "--as-of", "2021-09-30", "--replications", "80",
        "--effective", "20", "--workers", "1", *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("forecast")
    result = command(folder, "--out", folder / "out", "--json")
    assert result.exit_code == 0, result.output
    return folder / "out", result


def test_json_is_the_file(written: tuple[Path, Result]) -> None:
    folder, result = written
    assert result.stdout == (folder / "study.json").read_text(encoding="utf-8")
    data = json.loads(result.stdout)
    assert data["as_of"] == "2021-09-30"
    rows = [row for row in data["tables"]["forecast"]["rows"] if row["measure"] == "engagement"]
    assert rows[0]["quarter"] == "2021-Q4"
    assert [row["q50"] for row in rows] == sorted(row["q50"] for row in rows)


def test_command_and_function_give_the_same(written: tuple[Path, Result]) -> None:
    folder, result = written
    made = sib.reforecast(
        folder.parent / "tiny.yaml", folder.parent / "actuals.csv", "2021-09-30", replications=80, effective=20, workers=1
    )  # fmt: skip
    told, data = made.findings().as_dict(), json.loads(result.stdout)
    assert told["tables"] == data["tables"]
    assert told["figures"] == data["figures"]
    assert told["answer"] == data["answer"]
    assert json.loads(json.dumps(told)) == data


def test_the_folder_holds_the_forecast(written: tuple[Path, Result]) -> None:
    folder, result = written
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    tables = {"forecast", "final", "quarters", "cases", "cap", "matched", "kernel", "actuals", "reported", "weights"}
    assert found == {
        "study.json", "scenario.json", "report.html", "figures/forecast.png", "figures/ends.png",
        *(f"{name}.csv" for name in tables),
    }  # fmt: skip
    assert manifest["files"] == {name: sha256((folder / name).read_bytes()).hexdigest() for name in found}
    assert (manifest["as_of"], manifest["actuals"], manifest["replications"]) == ("2021-09-30", "actuals.csv", 80)
    assert manifest["kind"] == "reforecast"
    actuals = pd.read_csv(folder / "actuals.csv")
    assert actuals.equals(pd.read_csv(StringIO(ROWS + PAID)))
    weights = pd.read_csv(folder / "weights.csv")
    assert weights["replication"].tolist() == list(range(80))
    assert weights["weight"].sum() == pytest.approx(1)
    table, final = pd.read_csv(folder / "forecast.csv"), pd.read_csv(folder / "final.csv").set_index("measure")
    last = table[(table["measure"] == "payments_gbp") & (table["quarter"] == "2022-Q4")].iloc[0]
    told = {row["measure"]: row for row in json.loads(result.stdout)["tables"]["final"]["rows"]}
    assert last["q50"] == final["q50"]["payments_gbp"] == told["payments_gbp"]["q50"]
    settled = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))["deal"]["settled"]
    assert [each["pounds"] for each in settled] == [120000, 500050]


def test_the_report_explains_itself(written: tuple[Path, Result]) -> None:
    text = (written[0] / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert not re.search(r"(?:src|href)=\"(?!#)", text)
    for words in (
        "Forecast from 30 September 2021", "In the middle case the deal ends with", "Outcome payments end at",
        "Gaussian kernel on the square roots of the counts", "Low: the investor gets its money back",
        "no scenario as signed is named", "Past invoices are what was paid on them", "Before relying on these figures",
        "--as-of 2021-09-30 --effective 20 --replications 80 --seed 2026", "Of referral the earlier days count too",
        "What the forecast does not know", "When the cap of £40,000 is reached", "Reported to 30 September 2021",
        "<dt>As of</dt><dd>2021-09-30</dd>", "<dt>Actuals</dt><dd>actuals.csv</dd>", "<dt>Replications</dt><dd>80</dd>",
        "Not for audit, investment or legal use without verification",
    ):  # fmt: skip
        assert words in text, words
    assert "so the study simulates them once and reprices" not in text
    assert text.count("<svg") == 2
    assert len(re.findall(r'id="([^"]+)"', text)) == len(set(re.findall(r'id="([^"]+)"', text)))


def test_no_byte_depends_on_the_number_of_workers(written: tuple[Path, Result]) -> None:
    folder = written[0]
    other = folder.parent / "other"
    result = command(folder.parent, "--workers", "2", "--out", other)
    assert result.exit_code == 0, result.output
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert path.read_bytes() == (other / path.relative_to(folder)).read_bytes(), path.name


def test_the_terminal_says_where_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    result = command(tmp_path, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "forecast from 30 September 2021 to 31 December 2022" in result.stdout
    assert re.search(r"Referrals +19 +\d+ +\d+ +\d+ +[0-9.]+ ± [0-9.]+ +40", result.stdout)
    assert re.search(r"Outcome payments +£6,200 +£", result.stdout)
    assert "In the middle case the deal ends with" in result.stdout
    assert "80 replications, seed 2026, weighted by how well they match the actuals: worth" in result.stdout
    assert "cash-flow calculations" not in result.stderr
    assert f"Report: {tmp_path / 'out' / 'report.html'}" in result.stdout.replace("\n", "")
    assert "sustainment is known to 2021-08-31" in result.stderr


def test_bad_actuals_end_with_2_and_every_problem(tmp_path: Path) -> None:
    text = (ROWS + PAID).replace(",7\n", ",seven\n").replace("1200", "£1,200")
    result = command(tmp_path, "--json", "--out", tmp_path / "out", text=text)
    assert result.exit_code == 2
    assert "actuals.csv has 2 problems" in result.stderr
    assert [each["code"] for each in json.loads(result.stdout)["problems"]] == ["COUNT_FORMAT", "CELLS"]
    assert not (tmp_path / "out").exists()


def test_a_bad_date_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "actuals.csv").write_text(ROWS, encoding="utf-8")
    for day, words in (("30/09/2021", "is not a date"), ("2031-01-01", "outside the deal's term")):
        result = sib_command(
            "reforecast", tiny_file(tmp_path, *MANY), "--actuals", tmp_path / "actuals.csv", "--as-of", day
        )
        assert result.exit_code == 2
        assert words in result.stderr


def test_nothing_else_is_replaced(tmp_path: Path) -> None:
    taken = tmp_path / "mine"
    taken.mkdir()
    (taken / "thesis.txt").write_text("years of work", encoding="utf-8")
    result = command(tmp_path, "--out", taken)
    assert result.exit_code == 2
    assert "holds files that no result wrote, or that were changed since (thesis.txt)" in result.stderr
    for _ in range(2):
        assert command(tmp_path, "--out", tmp_path / "out").exit_code == 0
    assert (taken / "thesis.txt").exists()


def test_check_says_that_a_running_scenario_is_broken(tmp_path: Path) -> None:
    path = tiny_file(tmp_path, ("scenario: tiny\n", "scenario: tiny\nrunning: running/tiny.yaml\n"))
    result = sib_command("check", path)
    assert result.exit_code == 2
    assert 'running: there is no file "running/tiny.yaml" beside the scenario' in result.stderr


def test_a_real_deal_from_end_to_end(tmp_path: Path) -> None:
    signed = (SCENARIOS / "enfield.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^running:.*\n", "", signed, flags=re.M).replace("deals/", f"{SCENARIOS}/deals/")
    (tmp_path / "enfield.yaml").write_text(
        text.replace("- assumptions/", f"- {SCENARIOS}/assumptions/"), encoding="utf-8"
    )
    result = sib_command(
        "reforecast", tmp_path / "enfield.yaml", "--actuals", "scenarios/actuals/enfield.csv", "--as-of", "2021-12-31",
        "--overlay", "scenarios/history/enfield.yaml", "--replications", "60", "--effective", "10", "--out", tmp_path / "out",
        "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    engaged = [row for row in data["tables"]["forecast"]["rows"] if row["measure"] == "engagement"]
    assert [row["quarter"] for row in (engaged[0], engaged[-1])] == ["2022-Q1", "2024-Q4"]
    paid = next(row for row in data["tables"]["final"]["rows"] if row["measure"] == "payments_gbp")
    assert paid["q95"] <= 620689
    assert paid["q05"] > 294319
    assert engaged[0]["q05"] >= 99


def test_several_deals_are_forecast_in_one_command(tmp_path: Path) -> None:
    result = sib_command(
        "reforecast", "enfield", "scenarios/tower_hamlets_ld.yaml", "--actuals", SCENARIOS / "actuals", "--as-of", "2021-12-31",
        "--replications", "60", "--effective", "5", "--workers", "1", "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    documents = json.loads(result.stdout)
    assert list(documents) == ["enfield", "tower_hamlets_ld"]
    for name, document in documents.items():
        assert json.loads((tmp_path / "out" / name / "study.json").read_text(encoding="utf-8")) == document
    assert [each["actuals"] for each in documents.values()] == ["enfield.csv", "tower_hamlets_ld.csv"]
    assert [each["scenario"] for each in documents.values()] == [
        "enfield_running+enfield_history", "tower_hamlets_ld_running+tower_hamlets_ld_history",
    ]  # fmt: skip


def test_nothing_is_run_before_the_files_of_all_deals_are_right(tmp_path: Path) -> None:
    (tmp_path / "enfield.csv").write_text(
        (SCENARIOS / "actuals" / "enfield.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    result = sib_command(
        "reforecast", "enfield", "shropshire", "haringey_barnet", "--actuals", tmp_path, "--as-of", "2021-12-31",
        "--replications", "60", "--out", tmp_path / "out",
    )  # fmt: skip
    assert result.exit_code == 2
    assert all(f"{name}.csv" in result.output for name in ("shropshire", "haringey_barnet"))
    assert not (tmp_path / "out").exists()
