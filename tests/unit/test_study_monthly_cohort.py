"""The study of the monthly cohort model: it runs, its sheet is sound, and its page says what the command prints."""

import re
from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from docs.studies import cohort_model, monthly_cohort
from docs.studies.monthly_cohort import Case, compare, means, report, scenario_of

PAGE = Path(monthly_cohort.__file__).with_suffix(".md")
QUIET = Case(0.3, 25)
"""So few referrals that nothing binds."""


def test_nobody_is_lost_in_the_sheet() -> None:
    scenario = scenario_of(QUIET, means())
    draws = sib.draw(scenario, 1, 0, 1)
    table = cohort_model.profile(scenario, draws, cohort_model.MIDDLE)
    engages = draws.values["engagement_probability"][0]
    rates = draws.values["job_rate"][0], draws.values["disengagement_rate"][0]
    limit = draws.values["search_limit"][0]
    find = rates[0] / sum(rates) * (1.0 - np.exp(-sum(rates) * limit))
    assert table.engaged.sum() == pytest.approx(engages, abs=1e-6)
    assert table.first_jobs.sum() == pytest.approx(engages * find, rel=0.005)


def test_the_sheet_agrees_with_the_simulator_where_nothing_binds() -> None:
    found = compare(QUIET, 400, 3)
    for measure in ("caseload.allocated", "outcomes.engagement", "outcomes.job_start", "payments.uncapped_gbp"):
        people, sheet = found.simulator[measure].mean(), found.sheet[measure].mean()
        assert sheet == pytest.approx(people, rel=0.03), measure
    used = found.sheet["caseload.utilisation"].mean()
    assert used == pytest.approx(found.simulator["caseload.utilisation"].mean(), rel=0.02)


def test_the_sheet_never_uses_more_slots_than_there_are() -> None:
    scenario = scenario_of(Case(3.0, 12), means())
    draws = sib.draw(scenario, 1, 0, 1)
    table, room = cohort_model.profile(scenario, draws, cohort_model.MIDDLE), cohort_model.capacity(scenario, draws)
    allocated, waited = cohort_model.allocate(scenario, draws, table.slots)
    used = cohort_model.chain(allocated, table.slots)
    filling = allocated > 0
    assert (used[filling] <= room[filling] * (1 + 1e-9)).all()
    assert (allocated >= 0).all()
    assert waited[0, -1] > 3


def test_the_study_runs_small(tmp_path: Path) -> None:
    found = [compare(Case(1.0, 15), 20, 1)]
    lines = list(report(found, 20, 1))
    assert [line[:2] for line in lines if re.match(r"\d\.", line)] == ["1.", "2.", "3.", "4.", "5."]
    monthly_cohort.draw_figure(found, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000


@pytest.mark.slow
def test_the_pages_tables_are_those_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = re.search(r"```sh\npython -m docs.studies.monthly_cohort (.*)\n```", PAGE.read_text(encoding="utf-8"))
    assert command
    monkeypatch.setattr("sys.argv", ["monthly_cohort", *command[1].split(), "--figure", str(tmp_path / "figure.png")])
    monthly_cohort.main()
    printed = re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert printed
    assert capsys.readouterr().out == printed[1]
