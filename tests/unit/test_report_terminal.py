"""Tables on a terminal: however narrow it is, no column is dropped and no figure is cut."""

from pathlib import Path

import pytest

import simulator as sib
from simulator.comparison import Comparison
from simulator.report.comparing import rows, show_comparison
from simulator.report.of_run import headlines
from simulator.report.terminal import show_run
from tests.published import FIVE


@pytest.fixture(scope="module")
def made() -> Comparison:
    return sib.compare(FIVE, replications=20, seed=3, workers=1)


def lines_shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("columns", ["20", "80", "100", "250"])
def test_five_deals_are_shown_whole(
    made: Comparison, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    show_comparison(made, Path("folder"))
    lines = lines_shown(capsys)
    assert max(map(len, lines)) <= max(80, int(columns))
    blocks = [at for at, line in enumerate(lines) if line.startswith(" Mean ± its error")]
    assert len(blocks) == {"20": 5, "80": 3, "100": 3, "250": 1}[columns]
    shown = "\n".join(lines)
    for measure, cells in rows(made):
        of_measure = [line for line in lines if line.startswith(f"   {measure.label}  ")]
        assert len(of_measure) == len(blocks), measure
        figures = " ".join(of_measure).replace(measure.label, "").split()
        assert figures == " ".join(figure for figure, _, _ in cells).split()
        assert all(spread in shown for _, spread, _ in cells)
    for label in made.labels:
        assert label.split()[0] in shown
        assert label.split()[-1] in shown


@pytest.mark.parametrize("columns", ["40", "80", "100"])
def test_a_runs_figures_are_shown_whole(
    made: Comparison, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    show_run(made.runs[0], Path("folder"))
    shown = "\n".join(lines_shown(capsys))
    assert "…" not in shown
    for _, *figures in headlines(made.runs[0]).words():
        assert all(figure in shown for figure in figures)
