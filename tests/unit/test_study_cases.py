"""The low, medium and high case of a deal: closed form, limits, chances, targets set backwards, room, and the command."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.progress import PAYMENTS
from simulator.reconciliation.caseload import feasibility
from simulator.report.case_data import data
from simulator.report.case_words import answer
from simulator.report.cases import implied_table, levels_table, targets_table, through_table, years_table
from simulator.studies.case_limits import Limit, costs_due, room_limit
from simulator.studies.case_reach import TOGETHER, checked, target_set
from simulator.studies.contract_years import cumulative, year_ends
from simulator.studies.deal_cases import DealCases, _high
from simulator.studies.plan import REFERRAL, running_costs
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


def test_words_and_tables_say_all_of_it(rich: DealCases, many: DealCases) -> None:
    for found, begins in ((rich, "Low: mean receipts cover"), (many, "Low: the costs are covered even at 33.3%")):
        low, medium, high, published = answer(found)
        assert low.startswith(begins) and medium.startswith("Medium: ")
        assert high.startswith("High") and "of replications" in high and "printed high case" in published
        for table in (
            levels_table(found),
            targets_table(found),
            implied_table(found),
            through_table(found),
            years_table(found),
        ):
            assert all(len(row) == len(table.headings) for row in table.rows)
        assert json.dumps(data(found), allow_nan=False)
    assert "room for people binds" in answer(rich)[2]


def test_the_command_writes_a_study_and_says_when_low_is_out_of_reach(tmp_path: Path) -> None:
    dear = tiny_file(tmp_path, ("contract_value: 10000", "contract_value: 60000"), ("total: 1000,", "total: 10000,"))
    out = tmp_path / "out"
    asked = ["cases", str(dear), "--probability", "0.5", "--replications", "20", "--out", str(out), "--json"]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 1, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["can"], told["cases"]["low"]["status"], told["cases"]["low"]["factor"]) == (
        False,
        "out_of_reach",
        None,
    )
    assert told["answer"][0].startswith("Low: out of reach.")
    assert [each["probability"] for each in told["targets"]] == [0.5]
    assert {path.name for path in out.iterdir()} >= {
        "report.html",
        "cases.csv",
        "targets.csv",
        "study.json",
        "manifest.json",
    }
    assert {path.name for path in (out / "figures").iterdir()} == {"cases.png", "cases_by_year.png"}
    wrong = CliRunner().invoke(app, ["cases", str(dear), "--probability", "1.5", "--out", str(tmp_path / "no")])
    assert wrong.exit_code == 2
    assert not (tmp_path / "no").exists()
