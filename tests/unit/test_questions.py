"""The pages for the investor and the intermediary, and the README's answers: their commands run, and print what stands there."""

import re
import shlex
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from typer.testing import CliRunner

from simulator.cli import app
from tests.unit.test_documentation import assert_excerpt

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/investor.md", "docs/intermediary.md")
STUDIES = ("breakeven", "cases", "caps", "compare", "luck", "staffing", "stress", "targets")
_BLOCKS = re.compile(r"```sh\n(sib [^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)


def asked() -> list[tuple[str, str]]:
    """Return every command that stands alone on the pages with what it prints, each command once."""
    found = [block for page in PAGES for block in _BLOCKS.findall((ROOT / page).read_text(encoding="utf-8"))]
    return [(command, printed) for command, printed in found if shlex.split(command)[1] in STUDIES]


def run(command: str, folder: Path, *more: str) -> list[str]:
    result = CliRunner().invoke(app, [*shlex.split(command)[1:], *more, "--out", str(folder / "out")])
    assert result.exit_code in {0, 1}, result.output
    return result.stdout.splitlines()


def test_every_study_is_on_a_page() -> None:
    assert {shlex.split(command)[1] for command, _ in asked()} == set(STUDIES)


def each_command() -> list[ParameterSet]:
    """Return every command of the pages; all but one are slow: page, folder and terminal are the same for all studies."""
    commands = sorted({command for command, _ in asked()})
    quick = next(command for command in commands if " luck " in command)
    return [pytest.param(each, marks=[] if each == quick else [pytest.mark.slow]) for each in commands]


@pytest.mark.parametrize("command", each_command())
def test_the_commands_of_the_pages_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With few replications: the figures are others, and what they are figures of is the same."""
    monkeypatch.setenv("COLUMNS", "100")
    few = "100" if " cases " in command else "24"  # targets of a probability of 0.9 take a hundred
    lines = run(command, tmp_path, "--replications", few)
    assert lines[-1] == f"Report: {tmp_path / 'out' / 'report.html'}"
    pictures = {path.stem for path in (tmp_path / "out" / "figures").iterdir()}
    assert pictures and (tmp_path / "out" / "study.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("command", "printed"), asked())
def test_the_pages_say_what_the_commands_print(
    command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert_excerpt(printed, run(command, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("deal", ["haringey_barnet", "shropshire", "enfield", "tower_hamlets_smi", "tower_hamlets_ld"])
@pytest.mark.parametrize(
    "asked_for",
    [
        "breakeven SCENARIO", "cases SCENARIO", "caps SCENARIO", "luck SCENARIO", "staffing SCENARIO", "stress SCENARIO",
        "compare scenarios/DEAL.yaml SCENARIO --bridge",
        "targets SCENARIO --lever prices --require investor.probability_of_loss<=0.1 --second cap",
    ],
)  # fmt: skip
def test_every_study_runs_on_every_deal_as_it_runs(asked_for: str, deal: str, tmp_path: Path) -> None:
    command = asked_for.replace("SCENARIO", f"scenarios/running/{deal}.yaml").replace("DEAL", deal)
    assert run(f"sib {command}", tmp_path, "--replications", "100")[-1].startswith("Report: ")


def test_the_pictures_of_the_pages_are_there() -> None:
    for page in PAGES[1:]:
        text = (ROOT / page).read_text(encoding="utf-8")
        pictures = re.findall(r"!\[[^\]]+\]\((figures/[^)]+)\)", text)
        assert pictures
        assert all((ROOT / "docs" / name).is_file() for name in pictures)
