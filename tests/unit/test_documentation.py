"""The words that users read: every measure is explained, and the README's Python runs."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.explaining.text import explanation
from simulator.report.of_run import headlines

ROOT = Path(__file__).parents[2]


def test_the_readmes_python_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    names: dict[str, object] = {}
    exec("\n".join(blocks), names)
    assert names["run"]


def test_the_readmes_overlay_works(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(overlay:.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    path = tmp_path / "slow_referrals.yaml"
    path.write_text(block[1], encoding="utf-8")
    scenario = sib.load_scenario("haringey_barnet", [path])
    slow = sib.run(scenario, replications=20, seed=1, workers=1).estimates["outcomes.referral"].mean
    assert slow is not None
    assert 650 < slow < 880


def assert_excerpt(excerpt: str, shown: Sequence[str]) -> None:
    """Assert that an excerpt is of what is shown: lines follow one another, but for what `...` stands for."""
    lines, at = [line.rstrip() for line in shown], 0
    for dots, group in groupby(excerpt.splitlines(), lambda line: line.strip() == "..."):
        part = [] if dots else list(group)
        at = next((i for i in range(at, len(lines)) if lines[i : i + len(part)] == part), -1)
        assert at >= 0, "\n".join(part)
        at += len(part)


def test_an_excerpt_that_leaves_a_line_out_is_stale() -> None:
    assert_excerpt("a\n...\nc\nd\n", ["a", "b", "c  ", "d"])
    for stale in ("a\nc\n", "c\n...\na\n", "a\n...\na\n", "a\nB\n"):
        with pytest.raises(AssertionError):
            assert_excerpt(stale, ["a", "b", "c", "d"])


def test_the_readmes_trace_is_that_of_the_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(
        r"--replication 412 --participant 4` tells, among other things,\n\n```text\n(.*?)```", text, re.DOTALL
    )
    assert block
    told = sib.trace(sib.load_scenario("scenarios/haringey_barnet.yaml"), replication=412, participant=4).lines
    assert_excerpt(block[1], told)


def test_the_readmes_figures_are_those_of_the_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    run = sib.run(sib.load_scenario("scenarios/haringey_barnet.yaml"), workers=1)
    for row in headlines(run).words():
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{row[0]} "))
        assert line.split() == " ".join(row).split()


def test_the_readmes_contract_in_words_is_that_of_the_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"says, among other things,\n\n```text\n(UP TO.*?)```", text, re.DOTALL)
    assert block
    said = explanation(sib.load_scenario("scenarios/haringey_barnet.yaml")).splitlines()
    assert_excerpt(block[1], said)


def test_the_readmes_reconciliation_is_that_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"--reconcile` says, among other things,\n\n```text\n(.*?)```", text, re.DOTALL)
    assert block
    monkeypatch.setenv("COLUMNS", "100")
    result = CliRunner().invoke(app, ["check", "scenarios/enfield.yaml", "--reconcile"])
    assert_excerpt(block[1], result.stdout.splitlines())


def test_the_readmes_comparison_is_that_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"--replications 200` prints, among other things,\n\n```text\n(.*?)```", text, re.DOTALL)
    overlay = re.search(r"```yaml\n(overlay:.*?)```", text, re.DOTALL)
    assert block
    assert overlay
    path = tmp_path / "slow_referrals.yaml"
    path.write_text(overlay[1], encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "100")
    arguments = ["--replications", "200", "--workers", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["compare", "scenarios/haringey_barnet.yaml", "--overlay", str(path), *arguments])
    assert_excerpt(block[1], result.stdout.splitlines())


def test_the_readmes_forecast_is_that_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"`sib (reforecast [^`]*)`\nprints, among other things,\n\n```text\n(.*?)```", text, re.DOTALL)
    assert block
    monkeypatch.setenv("COLUMNS", "100")
    result = CliRunner().invoke(app, [*block[1].split(), "--out", str(tmp_path / "out")])
    assert_excerpt(block[2], result.stdout.splitlines())


def test_the_readmes_new_deal_has_the_files_it_says(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    CliRunner().invoke(app, ["new", "my_deal", "--out", str(tmp_path / "scenarios")])
    for path in ("scenarios/my_deal.yaml", "scenarios/deals/my_deal.yaml"):
        assert f"`{path}`" in text
        assert (tmp_path / path).is_file()
    schemas = re.findall(r'"(scenarios/schema/\w+\.json)"', text)
    assert len(schemas) == 4
    assert all((ROOT / name).is_file() for name in schemas)
