"""The low, medium and high case of a deal: closed form, limits, chances, targets set backwards, room, and the command."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.charts import Bars, Fan, Line, Rule
from simulator.cli import app
from simulator.progress import PAYMENTS
from simulator.reconciliation.caseload import feasibility
from simulator.report.cases import findings
from simulator.report.drawing import draw
from simulator.studies.case_limits import Limit, costs_due, room_limit
from simulator.studies.case_reach import MULTIPLE, TOGETHER, checked, target_set
from simulator.studies.contract_years import cumulative, year_ends
from simulator.studies.deal_cases import DealCases, _high, options
from simulator.studies.plan import REFERRAL, running_costs
from simulator.words import PERCENT, with_error
from tests.tiny import Edit, tiny_file, tiny_scenario

RICH: tuple[Edit, ...] = (
    ("total_cap: {pounds: 40000,", "total_cap: {pounds: 4000000,"),
    ("cap: 16800,", "cap: 1680000,"),
    ("cap: 23200,", "cap: 2320000,"),
    ("caseload_limit: 20", "caseload_limit: 2000"),
    ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 100,"),
    ("contract_value: 10000", "contract_value: 100000"),
    ("total: 1000,", "total: 10000,"),
    ("commitment: 7000", "commitment: 70000"),
    ("specialist_turnover: {value: 0.30,", "specialist_turnover: {value: 0,"),
)
"""No cap binds, all evidence is in, costs are fixed, and there is room for everybody: receipts are in proportion to people."""
MANY: tuple[Edit, ...] = (
    ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 60,"),
    ("specialist_turnover: {value: 0.30,", "specialist_turnover: {value: 0,"),
)
"""More people than the tiny deal's cap pays for."""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> DealCases:
    return sib.cases(
        tiny_scenario(tmp_path_factory.mktemp("rich"), *RICH), (0.5, 0.9, 0.75), replications=200, workers=1
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> DealCases:
    return sib.cases(tiny_scenario(tmp_path_factory.mktemp("many"), *MANY), (0.75,), replications=100, workers=1)


def test_in_proportion_the_low_case_is_costs_over_mean_receipts(rich: DealCases) -> None:
    low_is_costs_over_receipts(rich)


@pytest.mark.slow
def test_in_proportion_the_low_case_is_costs_over_mean_receipts_at_full_size(tmp_path: Path) -> None:
    low_is_costs_over_receipts(sib.cases(tiny_scenario(tmp_path, *RICH), replications=4_000))


def low_is_costs_over_receipts(rich: DealCases) -> None:
    payments, low = rich.predicted[PAYMENTS][:, -1], rich.case("low")
    costs = running_costs(rich.scenario.deal) / 100
    expected = costs / payments.mean()
    spread = expected * payments.std(ddof=1) / payments.mean() / np.sqrt(payments.size)
    assert low.status == "ok"
    assert low.factor is not None and low.factor_error is not None
    assert abs(low.factor - expected) < 3 * np.hypot(spread, low.factor_error) + rich.break_even.tolerance
    assert low.ends()[PAYMENTS] == pytest.approx(costs, rel=0.02)
    assert 0 < low.factor < 1


def test_a_cap_that_never_binds_leaves_the_high_case_to_room(rich: DealCases) -> None:
    assert (rich.cap.status, rich.cap.factor) == ("never", None)
    assert rich.binds == "room"
    high = rich.case("high")
    assert high.factor == rich.room.factor
    assert next(row for row in rich.implied if row.case == "high").fits


def test_the_closed_form_is_that_of_prices_and_the_printed_mix(rich: DealCases, many: DealCases) -> None:
    assert rich.by_prices.low is None  # 110,000 are more than targets worth 30,310
    worth = 6 * 569 + 3 * 4224 + 6379 + 7845
    assert many.by_prices.worth == worth
    assert many.by_prices.low == pytest.approx(11_000 / worth)
    assert many.by_prices.cap is None  # the targets are worth less than the cap of 40,000
    assert many.by_prices.counts["engagement"] == pytest.approx(6 * 11_000 / worth)


def test_a_cap_that_is_reached_too_often_makes_the_high_case(many: DealCases) -> None:
    high = many.case("high")
    assert many.binds == "cap"
    assert high.factor is not None and high.factor < 1
    assert high.cap_reached is not None and high.cap_reached[0] <= 0.10
    medium = many.case("medium")
    assert medium.cap_reached is not None and medium.cap_reached[0] > 0.10


def test_the_lesser_of_two_limits_makes_the_high_case() -> None:
    assert _high(Limit("ok", 0.8), Limit("ok", 1.2)) == (0.8, "cap")
    assert _high(Limit("ok", 1.8), Limit("ok", 1.2)) == (1.2, "room")
    assert _high(Limit("never"), Limit("never")) == (None, "none")
    assert _high(Limit("always"), Limit("ok", 1.2)) == (None, "cap")


def test_chances_are_probabilities_and_fall_as_levels_rise(many: DealCases) -> None:
    assert all(0 <= each.probability <= 1 and each.se > 0 for each in many.reached)
    for measure in many.measures:
        last = [each for each in many.reached if each.measure == measure and each.year == len(many.years)]
        ranked = sorted(last, key=lambda each: each.level or 0.0)
        chances = [each.probability for each in ranked]
        assert chances == sorted(chances, reverse=True)


def test_all_together_is_no_likelier_than_each(many: DealCases) -> None:
    for each in many.reached:
        if each.measure == TOGETHER:
            alone = [
                other.probability for other in many.reached
                if (other.case, other.year) == (each.case, each.year) and other.measure in many.scenario.deal.groups
            ]  # fmt: skip
            assert each.probability <= min(alone)


def test_targets_are_reached_as_often_as_asked_and_fall_with_the_probability(rich: DealCases) -> None:
    assert [each.chance for each in rich.targets] == [0.9, 0.75, 0.5]
    for each in rich.targets:
        for measure in (*rich.scenario.deal.groups, PAYMENTS):
            assert (each.chances[measure] >= each.chance).all()
            assert (each.levels[measure] == np.floor(each.levels[measure])).all()
        assert (each.together <= np.min([each.chances[group] for group in rich.scenario.deal.groups], axis=0)).all()
        assert each.throughout[0] <= each.together.min()
    for dearer, easier in zip(rich.targets, rich.targets[1:], strict=False):
        assert all(
            (dearer.levels[name] <= easier.levels[name]).all() for name in (*rich.scenario.deal.groups, PAYMENTS)
        )


def test_a_target_is_the_highest_that_so_many_reach() -> None:
    found = target_set(
        0.75,
        {REFERRAL: np.array([[9.0]] * 4), "work": np.array([[1.0], [4.0], [2.0], [3.0]]), PAYMENTS: np.ones((4, 1))},
    )
    assert found.levels["work"].tolist() == [2.0]
    assert found.chances["work"].tolist() == [0.75]
    assert found.together.tolist() == [0.75]


def test_medium_is_made_of_marginal_medians(rich: DealCases) -> None:
    ends = rich.case("medium").ends()
    for measure in rich.measures:
        values = rich.predicted[measure][:, -1]
        assert ends[measure] == np.quantile(values, 0.5, method="inverted_cdf")


def test_published_is_what_the_deal_prints(many: DealCases) -> None:
    published = many.case("published").ends()
    assert (published[REFERRAL], published["engagement"], published["sustainment"]) == (10, 6, 2)
    assert published[PAYMENTS] == many.by_prices.worth
    row = next(row for row in many.implied if row.case == "published")
    check = feasibility(many.scenario.deal)
    assert check is not None
    assert row.months_at_limit == pytest.approx(check.months_at_limit)
    assert row.throughput["engagement"] == pytest.approx(check.engagements_per_specialist_quarter)
    assert row.conversions == {"engagement": 0.6, "job_start": 0.5, "sustainment": pytest.approx(2 / 3)}


def test_room_is_places_over_places_in_use(many: DealCases) -> None:
    returns = sib.run(many.scenario, replications=100, workers=1).returns
    capacity, use = returns.values["caseload.capacity_slots"], returns.values["caseload.utilisation"]
    limit = room_limit(returns)
    assert limit.factor == many.room.factor == pytest.approx(capacity.mean() / (capacity * use).mean())
    rows = {row.case: row for row in many.implied}
    assert all(
        row.fits == ((row.months_there_are or 0) >= (row.months_needed or 0) * (1 - 1e-6)) for row in rows.values()
    )


def test_costs_due_are_there_whether_they_are_paid_or_not(tmp_path: Path) -> None:
    poor = tiny_scenario(
        tmp_path,
        ("commitment: 7000", "commitment: 100"),
        ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 1,"),
    )
    returns = sib.run(poor, replications=10, workers=1).returns
    assert returns.values["spv.unpaid_costs_gbp"].max() > 0
    assert costs_due(poor.deal, returns) == pytest.approx(np.full(10, 11_000.0))


def test_years_end_on_anniversaries_and_with_the_term(rich: DealCases) -> None:
    ends = [day.isoformat() for day in year_ends(sib.load_scenario("scenarios/tower_hamlets_ld.yaml").deal)]
    assert ends == ["2021-07-06", "2022-07-06", "2023-07-06", "2023-10-06"]
    assert [day.isoformat() for day in rich.years] == ["2022-03-31"]
    returns = sib.run(rich.scenario, replications=10, workers=1).returns
    found = cumulative(rich.scenario.deal, returns)
    assert found["engagement"][:, -1].tolist() == returns.values["outcomes.engagement"].tolist()


def test_probabilities_are_refused_all_at_once() -> None:
    with pytest.raises(sib.SibError) as refused:
        checked((75, 0.5, 0, 0.999), 1000)
    text = str(refused.value)
    assert "3 problems" in text and "did you mean 0.75?" in text and "takes 10,000 replications" in text
    assert checked((0.5, 0.9, 0.5), 20 * 5) == (0.9, 0.5)
    with pytest.raises(sib.SibError, match="at least one"):
        checked((), 100)


NAMES = (
    "cases", "chances", "targets", "targets_together", "service", "with_the_room_there_is", "cases_by_year",
    "chances_by_year", "limits", "percentiles",
)  # fmt: skip


def test_words_and_tables_say_all_of_it(rich: DealCases, many: DealCases) -> None:
    for found, begins in ((rich, "Low: mean receipts cover"), (many, "Low: the costs are covered even at 33.3%")):
        told = findings(found)
        low, medium, high, published = told.answer
        assert low.startswith(begins) and medium.startswith("Medium: ")
        assert high.startswith("High") and "of replications" in high and "printed high case" in published
        assert told.names == NAMES
        assert [table.name for table in told.tables if table.where == "everywhere"] == list(NAMES[:6])
        for table in told.tables:
            assert table.rows
            assert all(len(row) == len(table.columns) for row in table.rows)
        assert json.dumps(told.as_dict(), allow_nan=False)
    assert "room for people binds" in findings(rich).answer[2]


def test_the_main_table_is_what_each_case_comes_to(rich: DealCases, many: DealCases) -> None:
    frame = rich.table().set_index("measure")
    assert list(frame.index) == [*rich.measures, "factor", "cap_reached", "worth_the_cap"]
    for case in rich.cases:
        assert frame[case.name][list(rich.measures)].to_dict() == case.ends()
        if case.errors is not None and case.name != "published":
            assert frame[f"{case.name}_se"][PAYMENTS] == case.errors[PAYMENTS][-1]
    low, high = rich.case("low"), rich.case("high")
    assert (frame.low["factor"], frame.low_se["factor"]) == (low.factor, low.factor_error)
    assert (frame.low["cap_reached"], frame.low_se["cap_reached"]) == low.cap_reached
    rows = {row[0]: row[1:] for row in findings(rich).table().words()}
    factors = [with_error(PERCENT, each.factor, each.factor_error) for each in (low, high)]
    assert rows["Of the path"] == (factors[0], "", factors[1], "", "")
    assert rows["Part worth the cap"] == ("", "", "", "worth less", "")
    assert rows["Engagement"][-1] == "none"  # all of the printed high case is worth less than the costs
    figures = findings(many).figures
    assert figures["low_by_prices"].value == many.by_prices.low
    assert (figures["costs_before_return_gbp"].value, figures["published_worth_gbp"].value) == (
        many.by_prices.costs,
        many.by_prices.worth,
    )


def test_a_case_that_there_is_not_says_so(many: DealCases) -> None:
    table = findings(many).table()
    assert {row["low_status"] for row in table.records() if row["measure"] in many.measures} == {"covered"}
    assert all(row[1] == "none" for row in table.words()[: len(many.measures) + 2])
    service = findings(many).table("service")
    assert all(row[1] == "none" for row in service.words())


def test_limits_stand_with_which_of_them_makes_the_high_case(rich: DealCases, many: DealCases) -> None:
    for found in (rich, many):
        limits = {row["limit"]: row for row in findings(found).table("limits").records()}
        for name, limit in (("cap", found.cap), ("room", found.room)):
            row = limits[name]
            assert (row["factor"], row["factor_se"], row["binds"]) == (limit.factor, limit.error, name == found.binds)
            assert row.get("factor_status", "ok") == limit.status


def test_chances_and_levels_stand_by_contract_year(rich: DealCases) -> None:
    levels, chances = (
        {(row["measure"], row["by"]): row for row in findings(rich).table(name).records()}
        for name in ("cases_by_year", "chances_by_year")
    )
    whole = {row["measure"]: row for row in findings(rich).table("chances").records()}
    assert set(whole) == {*rich.measures, TOGETHER, MULTIPLE}
    assert set(levels) == {(each, day) for each in rich.measures if each != REFERRAL for day in rich.years}
    assert set(chances) == set(levels) | {(TOGETHER, day) for day in rich.years}
    for each in rich.reached:
        place, seen = (each.measure, rich.years[each.year - 1]), (each.probability, each.se)
        if each.year == len(rich.years):
            row = whole[each.measure]
            assert (row[each.case], row[f"{each.case}_se"]) == seen
        if each.measure not in {REFERRAL, MULTIPLE}:
            assert (chances[place][each.case], chances[place][f"{each.case}_se"]) == seen
        if each.measure not in {REFERRAL, MULTIPLE, TOGETHER}:
            assert levels[place][each.case] == each.level


def test_targets_stand_with_how_likely_each_is(rich: DealCases) -> None:
    frame, together = rich.table("targets").set_index("measure"), rich.table("targets_together")
    for each in rich.targets:
        for measure in rich.measures:
            assert frame[f"level_{each.chance:g}"][measure] == each.levels[measure][-1]
            assert frame[f"reached_{each.chance:g}"][measure] == each.chances[measure][-1]
            assert frame[f"reached_{each.chance:g}_se"][measure] == each.errors[measure][-1]
        assert together[f"reached_{each.chance:g}"].tolist() == [*each.together, each.throughout[0]]
    assert together["by"].isna().tolist() == [False, True]
    assert findings(rich).table("targets").shown[2].heading == "Reached with 90.0%"


def test_what_is_asked_of_the_service_and_comes_of_it(rich: DealCases) -> None:
    service = {(row["what"], row["outcome"]): row for row in findings(rich).table("service").records()}
    for row in rich.implied:
        assert service["conversion", "job_start"][row.case] == row.conversions["job_start"]
        assert service["throughput", "job_start"][row.case] == row.throughput["job_start"]
        assert service["months_at_limit", ""][row.case] == row.months_at_limit
        assert service["fits", ""][row.case] == row.fits
    assert findings(rich).table("service").words()[-1][3] == "yes"
    room = {row["measure"]: row for row in findings(rich).table("with_the_room_there_is").records()}
    for each in rich.through:
        wanted, got = each.outcomes["engagement"]
        assert got.mean is not None
        assert (room["factor"][each.case], room["engagement"][each.case]) == (each.factor, got.mean)
        assert room["engagement of the case"][each.case] == got.mean / wanted
        assert room["caseload.lapsed"][each.case] == each.seen["caseload.lapsed"].mean
    spread = {(row["case"], row["measure"]): row for row in findings(rich).table("percentiles").records()}
    of_low = rich.through[0].outcomes["engagement"][1].quantiles
    assert tuple(spread["low", "engagement"][key] for key in ("q05", "q25", "q50", "q75", "q95")) == of_low


def test_charts_mark_the_cases_on_what_is_predicted(rich: DealCases) -> None:
    whole, by_year = findings(rich).charts
    assert (whole.name, by_year.name) == ("cases", "cases_by_year")
    for panel, measure in zip(whole.panels, rich.measures, strict=True):
        (bars,) = (layer for layer in panel.layers if isinstance(layer, Bars))
        assert sum(each or 0.0 for each in bars.size) == pytest.approx(1.0)
        rules = {layer.label: layer.at for layer in panel.layers if isinstance(layer, Rule)}
        assert rules == {case.name.capitalize(): case.ends()[measure] for case in rich.cases}
    for panel in by_year.panels:
        assert [layer.label for layer in panel.layers if isinstance(layer, Fan)] == ["Medium"]
        assert [layer.label for layer in panel.layers if isinstance(layer, Line)] == ["Low", "High", "Published"]
    for chart in (whole, by_year):
        figure = draw(chart)
        assert {"Low", "Medium", "High", "Published"} <= {text.get_text() for text in figure.legends[0].get_texts()}
        assert sum(axes.get_visible() for axes in figure.axes) == len(chart.panels)


def test_command_function_and_findings_give_the_same(tmp_path: Path) -> None:
    file, done = tiny_file(tmp_path), list[int]()
    asked = ["cases", str(file), "--probability", "0.5", "--replications", "20", "--seed", "3", "--json"]
    ended = CliRunner().invoke(app, [*asked, "--out", str(tmp_path / "out")])
    told = json.loads(ended.stdout)
    with ThreadPoolExecutor(2) as executor:
        again = sib.cases(
            sib.load_scenario(file), (0.5,), replications=20, seed=3, executor=executor, progress=done.append
        )
    assert told["tables"] == json.loads(json.dumps(again.findings().as_dict()["tables"]))
    assert (told["command"], ended.exit_code) == (again.findings().command, 0 if again.can else 1)
    assert f" {options((0.5,))[0]} --replications 20 --seed 3" in told["command"]
    assert sum(done) == again.asked.settled > 0


def test_the_command_writes_a_study_and_says_when_low_is_out_of_reach(tmp_path: Path) -> None:
    dear = tiny_file(tmp_path, ("contract_value: 10000", "contract_value: 60000"), ("total: 1000,", "total: 10000,"))
    out = tmp_path / "out"
    asked = ["cases", str(dear), "--probability", "0.5", "--replications", "20", "--out", str(out), "--json"]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 1, ended.stderr
    told = json.loads(ended.stdout)
    first = told["tables"]["cases"]["rows"][0]
    assert (told["can"], first["low_status"], first["low"]) == (False, "out_of_reach", None)
    assert told["answer"][0].startswith("Low: out of reach.")
    assert [column["name"] for column in told["tables"]["targets"]["columns"][3:]] == [
        "level_0.5", "reached_0.5", "reached_0.5_se", "unit",
    ]  # fmt: skip
    assert {path.name for path in out.iterdir()} >= {
        "report.html", *(f"{name}.csv" for name in NAMES), "study.json", "manifest.json",
    }  # fmt: skip
    assert {path.name for path in (out / "figures").iterdir()} == {"cases.png", "cases_by_year.png"}
    wrong = CliRunner().invoke(app, ["cases", str(dear), "--probability", "1.5", "--out", str(tmp_path / "no")])
    assert wrong.exit_code == 2
    assert not (tmp_path / "no").exists()
