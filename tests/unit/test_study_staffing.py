"""Specialists and caseload limit: settings on the same people, what another one brings, words, figure, and the command."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.charts import Line
from simulator.cli import app
from simulator.estimates import LEVELS
from simulator.report.drawing import draw
from simulator.report.staffing import findings
from simulator.studies.staffing import COSTS, PAID, SEEN, VALUE, StaffingGrid, Step, grid, how_many, numbers, options
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


def test_options_say_what_is_tried_as_it_is_written(found: StaffingGrid) -> None:
    assert options((4, 5), (20, 22.5)) == ("--specialists 4,5", "--caseload 20,22.5")
    assert options() == ()
    assert found.asked.options == ("--specialists 1,3,2", "--caseload 10.5,20")
    assert how_many(found.scenario, (1, 3, 2), (10.5, 20)) == 6


def test_bad_numbers_are_refused_all_at_once() -> None:
    with pytest.raises(sib.SibError) as refused:
        grid(6, 25.0, (0, 2.5, 3), (-1, 20))
    assert "3 problems" in str(refused.value) and "specialists 2.5" in str(refused.value)
    with pytest.raises(sib.SibError, match='"five" is none'):
        numbers("4,five", "specialists")
    assert numbers(None, "specialists") == ()
    assert numbers("4, 5", "specialists") == (4.0, 5.0)


def test_words_and_tables_say_all_of_it(found: StaffingGrid) -> None:
    told = findings(found)
    said = told.answer
    assert len(said) == 2 * len(found.limits)
    assert said[0].startswith("At 10.5 people per specialist, another specialist ")
    assert "the outcome payers pay" in said[1] and "unpaid over caps" in said[1]
    assert told.names == ("outcomes", "waiting", "return", "another_specialist", "percentiles")
    for name in ("outcomes", "waiting", "return"):
        words = told.table(name).words()
        assert [row[0] for row in words] == [
            f"{n} at {limit:g}{' (now)' if (n, limit) == (1, 20) else ''}" for limit in (10.5, 20) for n in (1, 2, 3)
        ]
        assert all(len(row) == len(told.table(name).shown) for row in words)
    here = found.setting(1, 20.0).seen[PAID]
    assert told.table("outcomes").words()[3][4] == f"£{here.mean:,.0f} ± £{here.se:,.0f}"
    assert {name: each.value for name, each in told.figures.items()} == {"specialists_now": 1, "caseload_now": 20.0}
    assert json.dumps(told.as_dict(), allow_nan=False)


def test_tables_hold_every_figure_once(found: StaffingGrid) -> None:
    told = findings(found)
    keys = [column.key for name in ("outcomes", "waiting", "return") for column in told.table(name).columns[3:]]
    assert sorted(keys) == sorted({*SEEN, COSTS, *(f"outcomes.{group}" for group in found.scenario.deal.groups)})
    for name in ("outcomes", "waiting", "return"):
        rows = {(row["specialists"], row["caseload"]): row for row in told.table(name).records()}
        for setting in found.settings:
            for key in (column.key for column in told.table(name).columns[3:]):
                row, seen = rows[setting.posts, setting.limit], setting.seen[key]
                assert (row[key], row.get(f"{key}_se")) == (seen.mean, seen.se)
    spread = found.table("percentiles")
    levels = [f"q{level * 100:02.0f}" for level in LEVELS]
    assert list(spread.columns) == ["specialists", "caseload", "measure", *levels, "undefined_share"]
    assert len(spread) == len(found.settings) * len(keys)
    paid = spread[(spread.measure == PAID) & (spread.specialists == 1) & (spread.caseload == 20)]
    assert tuple(paid[levels].iloc[0]) == found.setting(1, 20.0).seen[PAID].quantiles


def test_another_specialist_stands_in_a_row_of_differences(found: StaffingGrid) -> None:
    table = findings(found).table("another_specialist")
    words = {"pays": "pays", "costs": "does not pay", "not_told": "not told apart"}
    headings = ["Specialists", "Payments", "Costs", "Value", "Over caps", "Another one"]
    assert [column.heading for column in table.shown] == headings
    for step, row, said in zip(found.steps, table.records(), table.words(), strict=True):
        assert (row["from"], row["to"], row["caseload"]) == (step.fewer, step.more, step.limit)
        assert row["verdict"] == step.verdict
        assert {name: (row[name], row[f"{name}_se"]) for name in step.gains} == dict(step.gains)
        assert said[0] == f"{step.fewer} to {step.more} at {step.limit:g}"
        assert (said[2], said[-1]) == ("+£10,000 ± £0", words[step.verdict])


def test_the_chart_has_a_line_for_each_limit_and_is_drawn(found: StaffingGrid) -> None:
    (chart,) = findings(found).charts
    assert len(chart.panels) == 11
    for panel in chart.panels[:-1]:
        lines = [layer for layer in panel.layers if isinstance(layer, Line)]
        assert [line.label for line in lines] == ["10.5 people per specialist", "20 people per specialist"]
        assert all(line.x == (1, 2, 3) for line in lines)
    paid = next(panel for panel in chart.panels if panel.title == "Outcome payments")
    upper = next(layer for layer in paid.layers if isinstance(layer, Line) and layer.label.startswith("20 "))
    here = found.setting(1, 20.0).seen[PAID]
    assert here.mean is not None and here.se is not None
    assert upper.y[0] == here.mean
    assert upper.high[0] == pytest.approx(here.mean + 2 * here.se)
    assert upper.low[0] == pytest.approx(here.mean - 2 * here.se)
    value = [layer for layer in chart.panels[-1].layers if isinstance(layer, Line)]
    assert [line.x for line in value] == [(1.5, 2.5)] * 2
    assert [line.y for line in value] == [
        tuple(step.gains[VALUE][0] for step in found.steps if step.limit == limit) for limit in found.limits
    ]
    figure = draw(chart)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [line.label for line in value]


def test_one_number_of_specialists_says_nothing_of_another(found: StaffingGrid) -> None:
    alone = sib.staffing(found.scenario, (2,), replications=10, workers=1)
    assert alone.steps == ()
    assert findings(alone).answer[0].startswith("One number of specialists was tried")
    assert "another_specialist" not in findings(alone).names


def test_command_function_and_findings_give_the_same(tmp_path: Path) -> None:
    asked = ["staffing", str(TINY), "--specialists", "1,2", "--caseload", "10,20", "--replications", "10"]
    out, done = tmp_path / "out", list[int]()
    ended = CliRunner().invoke(app, [*asked, "--out", str(out), "--json"])
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    with ThreadPoolExecutor(2) as executor:
        again = sib.staffing(
            sib.load_scenario(TINY), (1, 2), (10, 20), replications=10, executor=executor, progress=done.append
        )
    assert told["tables"] == json.loads(json.dumps(again.findings().as_dict()["tables"]))
    assert told["command"] == again.findings().command
    assert told["command"].startswith(f"sib staffing {TINY.name} --specialists 1,2 --caseload 10,20 --replications 10 ")
    assert sum(done) == 40
    assert [(each["specialists"], each["caseload"]) for each in told["tables"]["outcomes"]["rows"]] == [
        (1, 10), (2, 10), (1, 20), (2, 20),
    ]  # fmt: skip
    assert [each["verdict"] for each in told["tables"]["another_specialist"]["rows"]] == ["costs", "costs"]
    assert {path.name for path in out.iterdir()} >= {
        "report.html", "outcomes.csv", "waiting.csv", "return.csv", "another_specialist.csv", "percentiles.csv",
        "study.json",
    }  # fmt: skip


def test_the_command_refuses_what_is_no_number_and_writes_nothing(tmp_path: Path) -> None:
    for wrong in ("two", "0,2.5"):
        ended = CliRunner().invoke(app, ["staffing", str(TINY), "--specialists", wrong, "--out", str(tmp_path / "no")])
        assert ended.exit_code == 2
        assert not (tmp_path / "no").exists()
