"""Specialists and caseload limit: settings on the same people, what another one brings, words, figure, and the command."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.report.staffing import answer, data, outcomes_table, return_table, steps_table, waiting_table
from simulator.studies.staffing import COSTS, PAID, VALUE, StaffingGrid, Step, grid, numbers
from tests.tiny import TINY, Edit, tiny_scenario

CROWDED: tuple[Edit, ...] = (
    ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 80,"),
    ("total_cap: {pounds: 40000,", "total_cap: {pounds: 4000000,"),
    ("cap: 16800,", "cap: 1680000,"),
    ("cap: 23200,", "cap: 2320000,"),
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> StaffingGrid:
    scenario = tiny_scenario(tmp_path_factory.mktemp("crowded"), *CROWDED)
    return sib.staffing(scenario, (1, 3, 2), (10.5, 20), replications=40, workers=1)


def test_every_number_meets_every_limit(found: StaffingGrid) -> None:
    assert (found.posts, found.limits, found.base_posts, found.base_limit) == ((1, 2, 3), (10.5, 20.0), 1, 20.0)
    assert [(each.posts, each.limit) for each in found.settings] == [
        (n, limit) for limit in (10.5, 20.0) for n in (1, 2, 3)
    ]


def test_where_it_stands_is_the_scenario_as_it_stands(found: StaffingGrid) -> None:
    alone = sib.run(found.scenario, replications=40, workers=1).estimates
    here = found.setting(1, 20.0).seen
    for name in (PAID, "caseload.lapsed", "outcomes.engagement", "investor.probability_of_loss"):
        assert here[name] == alone[name]


def test_more_room_means_less_waiting_and_more_outcomes(found: StaffingGrid) -> None:
    for limit in found.limits:
        lapsed = [each.seen["caseload.lapsed"].mean or 0.0 for each in found.line(limit)]
        engaged = [each.seen["outcomes.engagement"].mean or 0.0 for each in found.line(limit)]
        assert lapsed == sorted(lapsed, reverse=True)
        assert engaged == sorted(engaged)
    assert (found.setting(1, 10.5).seen["caseload.lapsed"].mean or 0) > (
        found.setting(1, 20.0).seen["caseload.lapsed"].mean or 0
    )


def test_delivery_costs_as_much_for_each_specialist(found: StaffingGrid) -> None:
    costs = [each.seen[COSTS].mean for each in found.line(20.0)]
    assert costs == pytest.approx([11_000, 21_000, 31_000])


def test_another_specialist_is_worth_payments_less_costs(found: StaffingGrid) -> None:
    for step in found.steps:
        gains = step.gains
        assert gains[VALUE][0] == pytest.approx(gains[PAID][0] - gains[COSTS][0])
        before, after = found.setting(step.fewer, step.limit), found.setting(step.more, step.limit)
        assert gains[PAID][0] == pytest.approx((after.seen[PAID].mean or 0.0) - (before.seen[PAID].mean or 0.0))
        apart = np.hypot(before.seen[PAID].se or 0.0, after.seen[PAID].se or 0.0)
        assert 0 < gains[PAID][1] < 1.5 * apart
        assert gains[COSTS] == pytest.approx((10_000.0, 0.0))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [((100.0, 40.0), "pays"), ((-100.0, 40.0), "costs"), ((70.0, 40.0), "not_told"), ((0.0, 0.0), "not_told")],
)  # fmt: skip
def test_a_verdict_takes_two_standard_errors(value: tuple[float, float], verdict: str) -> None:
    assert Step(1, 2, 20.0, {VALUE: value}).verdict == verdict


def test_the_usual_grid_is_around_what_there_is() -> None:
    assert grid(6, 25.0, (), ()) == ((4, 5, 6, 7, 8), (25.0,))
    assert grid(1, 25.0, (), (30, 20, 30)) == ((1, 2, 3), (20.0, 30.0))


def test_bad_numbers_are_refused_all_at_once() -> None:
    with pytest.raises(sib.SibError) as refused:
        grid(6, 25.0, (0, 2.5, 3), (-1, 20))
    assert "3 problems" in str(refused.value) and "specialists 2.5" in str(refused.value)
    with pytest.raises(sib.SibError, match='"five" is none'):
        numbers("4,five", "specialists")
    assert numbers(None, "specialists") == ()
    assert numbers("4, 5", "specialists") == (4.0, 5.0)


def test_words_and_tables_say_all_of_it(found: StaffingGrid) -> None:
    said = answer(found)
    assert len(said) == 2 * len(found.limits)
    assert said[0].startswith("At 10.5 people per specialist, another specialist ")
    assert "the outcome payers pay" in said[1] and "unpaid over caps" in said[1]
    for table in (waiting_table(found), outcomes_table(found), return_table(found), steps_table(found)):
        assert all(len(row) == len(table.headings) for row in table.rows)
    assert any("(now)" in row[0] for row in waiting_table(found).rows)
    assert json.dumps(data(found), allow_nan=False)


def test_one_number_of_specialists_says_nothing_of_another(found: StaffingGrid) -> None:
    alone = sib.staffing(found.scenario, (2,), replications=10, workers=1)
    assert alone.steps == ()
    assert answer(alone)[0].startswith("One number of specialists was tried")


def test_the_command_writes_a_study(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = [
        "staffing",
        str(TINY),
        "--specialists",
        "1,2",
        "--caseload",
        "10,20",
        "--replications",
        "10",
        "--out",
        str(out),
        "--json",
    ]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert [(each["specialists"], each["caseload"]) for each in told["settings"]] == [
        (1, 10),
        (2, 10),
        (1, 20),
        (2, 20),
    ]
    assert [each["verdict"] for each in told["another_specialist"]] == ["costs", "costs"]
    assert {path.name for path in out.iterdir()} >= {
        "report.html",
        "staffing.csv",
        "another_specialist.csv",
        "study.json",
    }
    wrong = CliRunner().invoke(app, ["staffing", str(TINY), "--specialists", "two", "--out", str(tmp_path / "no")])
    assert wrong.exit_code == 2
    assert not (tmp_path / "no").exists()
