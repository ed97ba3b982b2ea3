"""Chance and parameter uncertainty: hand figures, a closed form, errors by leaving out, lucks that share parameters alone."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.asked import Asked
from simulator.charts import Bars
from simulator.cli import app
from simulator.measures.of_deal import measures_of, named
from simulator.report.luck import answer
from simulator.studies.experiment import Experiment, luck_seed
from simulator.studies.luck import LuckStudy, Parts, parts
from simulator.words import MINUS
from tests.tiny import TINY, tiny_scenario

MEAN, CV = 10.0, 0.5
ANY, MULTIPLE = named("payments.total_gbp"), named("investor.multiple")
ENGAGED = measures_of(sib.load_scenario(TINY).deal)["achieved.engagement"]
COUNTED = (
    ("milestone: {reached: engagement}", "milestone: {reached: referral}"),
    ("referrals_over_term: {value: 10,", f"referrals_over_term: {{distribution: lognormal, mean: {MEAN}, cv: {CV},"),
)


def test_hand_figures() -> None:
    found = parts(ANY, np.array([[1.0, 3.0], [5.0, 7.0], [9.0, 11.0]]))
    assert (found.mean, found.parameters, found.chance) == (6.0, 15.0, 2.0)
    assert found.share == pytest.approx(15 / 17)
    assert (found.rows, found.left_out, found.status) == (3, 0.0, "ok")


def test_errors_are_those_of_leaving_each_row_out() -> None:
    values = np.random.default_rng(1).normal(size=(7, 1)) + np.random.default_rng(2).normal(size=(7, 3))
    found = parts(ANY, values)
    for name in ("mean", "parameters", "chance", "share"):
        without = np.array([getattr(parts(ANY, np.delete(values, row, axis=0)), name) for row in range(7)])
        error = np.sqrt(6 / 7 * ((without - without.mean()) ** 2).sum())
        assert getattr(found, f"{name}_se") == pytest.approx(error)


def test_estimates_below_nothing_are_shown_and_said() -> None:
    found = parts(MULTIPLE, np.array([[0.0, 2.0], [2.0, 0.0], [0.0, 2.0], [2.0, 0.0]]))
    assert (found.parameters, found.chance, found.share) == (-1.0, 2.0, -1.0)
    assert (found.clipped, found.status) == (0.0, "negative")
    words = " ".join(answer(_study(found)))
    assert "0.0%" in words
    assert f"estimated at {MINUS}100.0%" in words


def test_what_never_varies_or_is_not_defined_has_a_status() -> None:
    assert parts(ANY, np.ones((4, 2))).status == "constant"
    some = parts(ANY, np.array([[1.0, 2.0], [np.nan, 1.0], [2.0, 4.0], [3.0, 3.0]]))
    assert (some.rows, some.left_out, some.status) == (3, 0.25, "ok")
    none = parts(MULTIPLE, np.full((4, 2), np.nan))
    assert none.status == "undefined"
    assert answer(_study(none)) == ("Nothing varies: no measure has a variance to be told apart.",)
    made = _study(none).findings()
    (shown,) = made.table("luck").records()
    assert (shown["status"], shown["share_of_parameters"], shown["mean"]) == ("undefined", None, None)
    assert made.table("luck").words() == (("Money multiple", "undefined", "", "", "", "too few rows have it"),)
    assert made.charts == ()
    (still,) = _study(parts(ANY, np.ones((4, 2)))).findings().table("luck").words()
    assert still == ("Outcome payments", "£1", "£0", "", "", "it never varies")


def _study(found: Parts) -> LuckStudy:
    return LuckStudy(Asked(sib.load_scenario(TINY), 1, 4), 2, (found,))


def test_a_poisson_count_with_an_uncertain_mean_falls_into_its_two_parts(tmp_path: Path) -> None:
    """Given the mean m the count is Poisson: chance is E[m] = 10, parameter uncertainty is Var[m] = (10 x 0.5)^2 = 25."""
    scenario = tiny_scenario(tmp_path, *COUNTED)
    experiment = Experiment(scenario, replications=600, seed=11, workers=1)
    met = [experiment.returns([scenario], luck)[0].values["achieved.engagement"] for luck in range(3)]
    found = parts(ENGAGED, np.column_stack(met))
    assert abs(found.mean - MEAN) < 4 * found.mean_se
    assert abs(found.chance - MEAN) < 4 * found.chance_se
    assert abs(found.parameters - (MEAN * CV) ** 2) < 4 * found.parameters_se
    assert abs(found.share - 25 / 35) < 4 * found.share_se
    assert found.share_se < 0.06


def test_with_fixed_parameters_all_is_chance(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path, COUNTED[0])
    experiment = Experiment(scenario, replications=300, seed=4, workers=1)
    met = [experiment.returns([scenario], luck)[0].values["achieved.engagement"] for luck in range(2)]
    found = parts(ENGAGED, np.column_stack(met))
    assert abs(found.share) < 4 * found.share_se
    assert experiment.simulated == 600


def test_the_first_luck_is_that_of_a_run_and_the_others_are_others(tmp_path: Path) -> None:
    scenario = tiny_scenario(tmp_path)
    experiment = Experiment(scenario, replications=20, seed=3, workers=1)
    first, other, again = (experiment.returns([scenario], luck)[0].values["payments.total_gbp"] for luck in (0, 1, 1))
    alone = sib.run(scenario, replications=20, seed=3, workers=1).returns.values["payments.total_gbp"]
    assert (first == np.asarray(alone)).all()
    assert (other == again).all()
    assert (first != other).any()
    assert experiment.simulated == 40
    assert len({luck_seed(3, luck) for luck in range(50)} | {luck_seed(4, luck) for luck in range(50)}) == 100


def test_what_is_tried_with_another_luck_is_kept_apart(tmp_path: Path) -> None:
    scenario, kept = tiny_scenario(tmp_path), tmp_path / "kept"
    once = Experiment(scenario, replications=6, seed=3, workers=1, folder=kept)
    both = [once.returns([scenario], luck)[0].values["payments.total_gbp"] for luck in (0, 1)]
    later = Experiment(scenario, replications=6, seed=3, workers=1, folder=kept)
    found = [later.returns([scenario], luck)[0].values["payments.total_gbp"] for luck in (0, 1)]
    assert later.simulated == 0
    assert all((one == two).all() for one, two in zip(both, found, strict=True))


def test_too_few_lucks_or_rows_are_refused() -> None:
    with pytest.raises(sib.SibError, match="lucks must be 2 or more"):
        sib.luck(sib.load_scenario(TINY), lucks=1, replications=4)
    with pytest.raises(sib.SibError, match="replications must be 3 or more"):
        sib.luck(sib.load_scenario(TINY), replications=2)


def test_the_study_names_every_main_measure() -> None:
    scenario = sib.load_scenario(TINY)
    found = sib.luck(scenario, lucks=2, replications=8, seed=1, workers=1)
    names = [each.measure.key for each in found.parts]
    assert names[0] == "payments.total_gbp"
    assert {"outcomes.job_start", "investor.multiple", "investor.npv_gbp", "spv.shortfall_gbp"} <= set(names)
    study = found.findings()
    assert list(found.table()["measure"]) == names
    assert study.command.endswith("--lucks 2 --replications 8 --seed 1")
    assert (found.scenario, found.rows, study.figures["lucks"].value) == (scenario, 8, 2)
    line = found.table().set_index("measure").loc["payments.total_gbp"]
    paid = found.of("payments.total_gbp")
    assert (line["mean"], line["mean_se"], line["status"]) == (paid.mean, paid.mean_se, paid.status)
    assert (line["share_of_parameters"], line["share_of_parameters_se"]) == (paid.share, paid.share_se)
    assert (line["variance_of_chance"], line["variance_of_parameters_se"]) == (paid.chance, paid.parameters_se)
    assert line["sd"] == np.sqrt(paid.variance)


def test_the_chart_is_of_what_varies() -> None:
    found = sib.luck(sib.load_scenario(TINY), lucks=2, replications=8, seed=1, workers=1)
    shown = [each for each in found.parts if each.status in {"ok", "negative"}]
    (chart,) = found.findings().charts
    parameters, chance = chart.panels[0].layers
    assert isinstance(parameters, Bars) and isinstance(chance, Bars)
    assert parameters.size == tuple(each.clipped for each in shown)
    assert parameters.errors == tuple(1.96 * each.share_se for each in shown)
    assert chance.base == parameters.size
    assert [text for _, text in chart.panels[0].y.ticks or ()] == [each.measure.label for each in shown]


def test_the_command_prints_json_and_refuses_bad_options(tmp_path: Path) -> None:
    options = ["--replications", "6", "--lucks", "2", "--seed", "2", "--workers", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["luck", str(TINY), *options, "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["study"], shown["figures"]["lucks"]["value"]) == ("luck", 2)
    assert shown["tables"]["luck"]["rows"][0]["rows"] == 6
    same = sib.luck(sib.load_scenario(TINY), lucks=2, replications=6, seed=2, workers=1).findings()
    assert shown == json.loads(json.dumps(same.as_dict()))
    assert len(pd.read_csv(tmp_path / "out" / "luck.csv")) == len(same.table().rows)
    assert (tmp_path / "out" / "figures" / "luck.png").exists()
    assert CliRunner().invoke(app, ["luck", str(TINY), "--lucks", "1"]).exit_code == 2
    assert CliRunner().invoke(app, ["luck", "nowhere"]).exit_code == 2
