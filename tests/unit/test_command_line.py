"""The command `sib` as its user types it: what is printed, what is written, how it ends."""

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import simulator as sib
from simulator.cli import app
from tests.tiny import TINY, tiny_file

MEASURES = (
    "outcomes.referral", "outcomes.engagement", "outcomes.job_start", "outcomes.sustainment", "payments.total_gbp",
    "payments.unpaid_over_cap_gbp", "investor.multiple", "investor.irr", "investor.probability_of_loss",
    "investor.peak_exposure_gbp", "commissioner.real_price_job_start_gbp", "commissioner.real_price_sustainment_gbp",
    "caseload.utilisation",
)  # fmt: skip


def sib_command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("out") / "run"
    result = sib_command(
        "run", TINY, "--replications", "40", "--seed", "7", "--workers", "1", "--out", folder, "--json"
    )
    assert result.exit_code == 0, result.output
    return folder, result


def test_json_is_the_summary_file_and_nothing_else(made: tuple[Path, Result]) -> None:
    folder, result = made
    assert result.stdout == (folder / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(result.stdout)
    assert list(summary) == ["scenario", "replications", "seed", "measures"]
    assert (summary["scenario"], summary["replications"], summary["seed"]) == ("tiny", 40, 7)
    for name in MEASURES:
        assert {"mean", "se", "q05", "q25", "q50", "q75", "q95"} <= set(summary["measures"][name]), name
    rate = summary["measures"]["investor.irr"]
    assert "undefined_share" in rate
    assert rate["mean"] is None
    assert rate["se"] is None


def test_the_folder_holds_the_run(made: tuple[Path, Result]) -> None:
    folder, _ = made
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }
    del found["manifest.json"]
    assert manifest["files"] == found
    assert {"summary.json", "scenario.json", "report.html", "returns.parquet", "quarters.csv", "draws.parquet"} <= set(
        found
    )
    assert manifest["scenario_digest"] == sib.load_scenario(TINY).digest
    assert manifest["seed"] == 7
    assert {"simulator", "python", "numpy", "numba"} <= set(manifest["versions"])
    assert [warning["code"] for warning in manifest["warnings"]] == ["DEGENERATE"] * 3
    returns = pd.read_parquet(folder / "returns.parquet")
    assert returns.shape[0] == 40
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert returns["payments.total_gbp"].mean() == pytest.approx(summary["measures"]["payments.total_gbp"]["mean"])


def test_no_byte_depends_on_the_number_of_workers(made: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = made
    other = tmp_path / "run"
    result = sib_command("run", TINY, "--replications", "40", "--seed", "7", "--workers", "2", "--out", other, "--json")
    assert result.exit_code == 0, result.output
    first = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    second = {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()}
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_a_run_replaces_an_earlier_run_and_nothing_else(tmp_path: Path) -> None:
    taken = tmp_path / "mine"
    taken.mkdir()
    (taken / "thesis.txt").write_text("years of work", encoding="utf-8")
    refused = sib_command("run", TINY, "--replications", "2", "--workers", "1", "--out", taken)
    assert refused.exit_code == 2
    assert "holds files that no result wrote, or that were changed since (thesis.txt)" in refused.stderr
    assert (taken / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    again = tmp_path / "run"
    for seed in ("1", "2"):
        done = sib_command("run", TINY, "--replications", "2", "--seed", seed, "--workers", "1", "--out", again)
        assert done.exit_code == 0, done.output
        assert f"Report: {again / 'report.html'}" in done.stdout.replace("\n", "")
        assert json.loads((again / "summary.json").read_text(encoding="utf-8"))["seed"] == int(seed)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "run"]


def test_bad_input_ends_with_2_and_every_problem(tmp_path: Path) -> None:
    bad = tiny_file(tmp_path, ("price: 569\n", "price: -569\n"), ("weight: 42", "weight: 43"))
    for command in ("run", "check"):
        result = sib_command(command, bad)
        assert result.exit_code == 2
        assert "has 1 problem" in result.stderr
        assert "deal.rate_card[0].price" in result.stderr
        document = json.loads(sib_command(command, bad, "--json").stdout)
        assert [problem["code"] for problem in document["problems"]] == ["TARIFF_NEGATIVE"]
    assert list(tmp_path.iterdir()) == [bad]


def test_check_lists_what_is_odd() -> None:
    result = sib_command("check", "scenarios/haringey_barnet.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith("haringey_barnet: no problems, 3 warnings\n")
    assert "the cap of £1,421,234.00 is reached at 40.5% of the high case" in result.stdout
    assert "add up to £9,496.00 less than the total cap" in result.stdout
    document = json.loads(sib_command("check", "haringey_barnet", "--json").stdout)
    codes = ["CAP_BINDS_AT", "PROFIT_OUT_OF_REACH", "STACK_MISMATCH"]
    assert [problem["code"] for problem in document["problems"]] == codes


@pytest.mark.parametrize(
    "arguments", [("--replications", "0"), ("--seed", "-1"), ("--workers", "0"), ("--seed", "1.5")]
)
def test_bad_options_are_refused(arguments: tuple[str, str]) -> None:
    assert sib_command("run", TINY, *arguments).exit_code == 2


def test_a_missing_file_is_named() -> None:
    result = sib_command("run", "scenarios/haringay_barnet.yaml")
    assert result.exit_code == 2
    assert "haringay_barnet.yaml" in result.stderr
