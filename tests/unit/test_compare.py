"""Scenarios side by side: the same luck, paired differences, the figures of runs alone; what is written and refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner, Result

import simulator as sib
from simulator.charts import Bars, Line
from simulator.cli import app
from simulator.comparison import Comparison, paired_difference, versions
from simulator.report.compared import measures
from simulator.report.compared_words import luck_lines
from simulator.report.comparing import difference_of, figure_of, rows, show_comparison
from simulator.report.drawing import draw
from simulator.report.style import looks
from simulator.scenario.model import Scenario
from simulator.words import MONEY, PERCENT
from tests.tiny import TINY, tiny_text

DEARER = """\
overlay: dearer
title: Dearer job starts
description: Job starts cost more.
source: A stress
set: {deal.rate_card.job_start.price: 5000}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("scenarios")
    other = tiny_text(("scenario: tiny", "scenario: other"), ("  name: Tiny", "  name: Another deal"))
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    (folder / "dearer.yaml").write_text(DEARER, encoding="utf-8")
    scenarios: list[Scenario | str | Path] = [*versions([TINY], [folder / "dearer.yaml"]), folder / "other.yaml"]
    return sib.compare(scenarios, replications=20, seed=3, workers=1)


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("variants")
    (folder / "dearer.yaml").write_text(DEARER, encoding="utf-8")
    return sib.compare(versions([TINY], [folder / "dearer.yaml"]), replications=20, seed=3, workers=1)


def test_each_is_its_own_run(made: Comparison) -> None:
    alone = sib.run(sib.load_scenario(TINY), replications=20, seed=made.runs[0].seed, workers=1)
    assert made.runs[0].estimates == alone.estimates
    assert (made.names, made.seed, made.replications) == (("tiny", "tiny+dearer", "other"), 3, 20)
    assert made.labels[1] == "Dearer job starts"


def test_deals_have_luck_of_their_own_and_variants_of_one_share_it(made: Comparison, tmp_path: Path) -> None:
    one, dearer, other = (run.seed for run in made.runs)
    assert one == dearer != other
    assert 3 not in {one, other}
    assert max(one, other) < 10**15
    (said,) = luck_lines(made)
    assert said.startswith("Each deal has a seed of its own, made from 3 and the deal's name")
    assert said.endswith(f"Seeds for sib run: Tiny {one}, Another deal {other}.")
    assert [each["seed"] for each in made.findings().as_dict()["scenarios"]] == [one, dearer, other]
    assert all(f"<td>{seed}</td>" in made.html() for seed in (one, other))
    assert set(made.table().groupby("scenario")["seed"].first().items()) == set(
        zip(made.names, (one, dearer, other), strict=True)
    )
    made.save(tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert kept["seeds"] == dict(zip(made.names, (one, dearer, other), strict=True))


def test_variants_of_one_deal_alone_keep_the_seed_and_the_figures_of_a_run(variants: Comparison) -> None:
    assert [run.seed for run in variants.runs] == [3, 3]
    assert luck_lines(variants) == ()
    alone = sib.run(sib.load_scenario(TINY), replications=20, seed=3, workers=1)
    assert variants.runs[0].estimates == alone.estimates


def test_payments_of_two_deals_are_not_correlated() -> None:
    """Under one seed two deals share their people: their payments then move together, which is no property of the deals."""
    names = ["haringey_barnet", "enfield"]
    shared = [sib.run(sib.load_scenario(name), replications=200, seed=2026, workers=1) for name in names]
    own = sib.compare(names, replications=200, seed=2026, workers=1).runs
    together, apart = (
        np.corrcoef([np.asarray(run.returns.values["payments.uncapped_gbp"]) for run in runs])[0, 1]
        for runs in (shared, own)
    )
    assert together > 0.6
    assert abs(apart) < 0.25


def test_one_deals_scenarios_are_lived_by_the_same_people(made: Comparison) -> None:
    assert [made.paired(position) for position in range(3)] == [False, True, False]
    same = made.difference(1, "outcomes.job_start")
    assert same is not None
    assert (same.estimate.mean, same.estimate.se) == (0.0, 0.0)
    assert made.difference(0, "outcomes.job_start") is made.difference(2, "outcomes.job_start") is None
    assert made.difference(1, "nothing.of_the_kind") is None


def test_differences_are_taken_replication_by_replication(made: Comparison) -> None:
    found = made.difference(1, "payments.total_gbp")
    first, other = (np.asarray(run.returns.values["payments.total_gbp"]) for run in made.runs[:2])
    assert found is not None
    assert found.estimate.mean == pytest.approx((other - first).mean())
    assert found.estimate.se == pytest.approx((other - first).std(ddof=1) / np.sqrt(20))
    apart = np.hypot(first.std(ddof=1), other.std(ddof=1)) / np.sqrt(20)
    assert 0 < (found.estimate.se or 0.0) < apart / 2


def test_what_only_one_of_two_has_is_left_out_and_said() -> None:
    found = paired_difference(np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 5.0, np.nan, 6.0]))
    assert found is not None
    assert (found.estimate.mean, found.compared) == (1.5, 0.5)
    assert difference_of(found, MONEY).endswith("in 50.0% of replications")
    assert paired_difference(np.array([np.nan]), np.array([1.0])) is None
    assert difference_of(None, MONEY) == ""


def test_rates_of_return_have_no_difference(made: Comparison) -> None:
    lines = made.table()
    told = {(line["measure"], line["scenario"]) for line in lines[lines["difference"].notna()].to_dict("records")}
    assert ("investor.irr", "tiny+dearer") not in told
    assert ("payments.total_gbp", "tiny+dearer") in told
    assert {scenario for _, scenario in told} == {"tiny+dearer"}


def test_the_table_holds_every_measure_of_every_scenario(made: Comparison) -> None:
    lines = made.table()
    assert len(lines) == 3 * len(measures(made))
    for line in lines.to_dict("records"):
        found = made.runs[made.names.index(line["scenario"])].estimates[line["measure"]]
        assert line["mean_status"] == ("not_averaged" if found.mean is None and found.status == "ok" else found.status)
        told = [None if np.isnan(line[name]) else line[name] for name in ("mean", "mean_se", "q05", "q50", "q95")]
        assert told == [found.mean, found.se, *found.quantiles[::2]]
        difference = made.difference(made.names.index(line["scenario"]), line["measure"])
        if not np.isnan(line["difference"]):
            assert difference is not None
            assert (line["difference"], line["difference_se"]) == (difference.estimate.mean, difference.estimate.se)
            assert line["compared_share"] == difference.compared
    assert set(lines[lines["measure"] == "outcomes.engagement"]["target"]) == {6}
    assert [len(cells) for _, cells in rows(made)] == [3] * len(measures(made))


def test_figures_in_words(made: Comparison) -> None:
    found = made.runs[0].estimates
    words = figure_of(found["payments.total_gbp"], MONEY)
    assert words[0] == f"{MONEY.say(found['payments.total_gbp'].mean or 0)} ± " + MONEY.say_error(
        found["payments.total_gbp"].se or 0
    )
    assert figure_of(found["investor.expected_shortfall_multiple"], MONEY) == ("too few replications", "")
    assert figure_of(found["investor.probability_of_loss"], PERCENT)[1] == ""
    assert figure_of(found["investor.irr"], PERCENT)[0].endswith("(median)")


def test_the_figure_names_all_and_stays_within(made: Comparison) -> None:
    figure = draw(made.findings().charts[0])
    with looks():
        figure.draw_without_rendering()
    words = [text.get_text().replace("\n", " ") for text in figure.findobj(Text)]
    assert "Dearer job starts" in words
    assert {"Outcome payments", "Money multiple", "Probability of loss"} <= set(words)
    assert "20 replications" in made.findings().charts[0].caption
    for axes in figure.axes:
        box = axes.get_tightbbox()
        assert box is not None
        assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1
        assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1


def test_the_figure_keeps_figures_off_names_and_probabilities_within_one(made: Comparison) -> None:
    figure = draw(made.findings().charts[0])
    with looks():
        figure.draw_without_rendering()
    for axes in figure.axes:
        names = [label.get_window_extent() for label in axes.get_yticklabels() if label.get_visible()]
        figures = [text.get_window_extent() for text in axes.texts]
        assert not any(name.overlaps(box) for name in names for box in figures)
    (chances,) = [panel for panel in made.findings().charts[0].panels if panel.title == "Probability of loss"]
    (bars,) = [layer for layer in chances.layers if isinstance(layer, Bars)]
    assert len(bars.at) == 3
    assert all(0 <= low <= low + size <= 1 for low, size in zip(bars.base, bars.size, strict=True) if low and size)


def test_the_chart_holds_the_estimates(made: Comparison) -> None:
    payments = made.findings().charts[0].panels[0]
    outer, inner = (layer for layer in payments.layers if isinstance(layer, Bars))
    points = [layer.x[0] for layer in payments.layers if isinstance(layer, Line)]
    found = [run.estimates["payments.total_gbp"].quantiles for run in made.runs]
    assert points == [levels[2] for levels in found]
    assert outer.base == tuple(levels[0] for levels in found)
    assert inner.base == tuple(levels[1] for levels in found)


def test_the_folder_is_written_whole_and_only_over_its_own_kind(made: Comparison, tmp_path: Path) -> None:
    folder = tmp_path / "cmp"
    for _ in range(2):
        made.save(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.csv", "figures", "manifest.json", "report.html", "scenario.json", "scenario_2.json", "scenario_3.json",
            "side_by_side.csv", "study.json",
        ]  # fmt: skip
    assert [path.name for path in (folder / "figures").iterdir()] == ["comparison.png"]
    kept = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (kept["kind"], kept["of"]) == ("comparison", ["tiny", "tiny+dearer", "other"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cmp"]
    assert list(kept["scenario_digests"].values()) == [run.scenario.digest for run in made.runs]
    data = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(made.findings().as_dict()))
    assert [each["title"] for each in data["scenarios"][1]["overlays"]] == ["Dearer job starts"]
    assert len(pd.read_csv(folder / "comparison.csv")) == len(made.table())
    a_run = tmp_path / "run"
    a_run.mkdir()
    (a_run / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(sib.SibError, match="holds files that no result wrote"):
        made.save(a_run)


def test_the_answer_names_every_scenario_with_its_difference(made: Comparison) -> None:
    payments, multiple, loss, luck = made.findings().answer
    for text in (payments, multiple, loss):
        assert all(f"for “{label}”" in text for label in made.labels)
    difference = made.difference(1, "payments.total_gbp")
    assert difference is not None
    said = MONEY.say(difference.estimate.mean or 0.0)
    assert f"(+{said} ± " in payments
    assert luck == luck_lines(made)[0]
    assert repr(made).startswith(
        "Comparison: tiny, tiny+dearer and other, 20 replications, seed 3\n  Outcome payments, mean: £"
    )


def test_the_report_is_of_all_scenarios(made: Comparison) -> None:
    page = made.html()
    assert all(run.scenario.digest in page for run in made.runs)
    assert "Dearer job starts</strong>" in page.replace(".</strong>", "</strong>")
    assert "Terms of the contract that differ" in page
    assert "so the study simulates them once" not in page
    loaded = 'sib.load_scenario("tiny.yaml"), sib.load_scenario("tiny.yaml", ["dearer.yaml"]), sib.load_scenario("other.yaml")'
    assert made.findings().command == f"sib.compare([{loaded}], replications=20, seed=3)"


def test_an_executor_does_not_change_anything(variants: Comparison) -> None:
    scenarios = [run.scenario for run in variants.runs]
    with ThreadPoolExecutor(2) as executor:
        again = sib.compare(scenarios, replications=20, seed=3, executor=executor)
    assert again.findings().as_dict() == variants.findings().as_dict()


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_the_command_compares_a_scenario_with_its_overlays(variants: Comparison, tmp_path: Path) -> None:
    overlay = tmp_path / "dearer.yaml"
    overlay.write_text(DEARER, encoding="utf-8")
    options = ("--replications", "20", "--seed", "3", "--workers", "1", "--out", tmp_path / "out")
    result = command(TINY, "--overlay", overlay, *options)
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    assert "2 scenarios: 20 replications of each, seed 3" in words
    assert "Dearer job starts" in words
    assert "Δ none" in words
    assert "seed of its own" not in words
    shown = json.loads(command(TINY, "--overlay", overlay, *options, "--json").stdout)
    assert shown["tables"] == json.loads(json.dumps(variants.findings().as_dict()["tables"]))
    assert shown["command"] == "sib compare tiny.yaml --overlay dearer.yaml --replications 20 --seed 3"
    assert result.stdout.splitlines()[-1] == f"Report: {tmp_path / 'out' / 'report.html'}"


def test_no_seed_is_printed_that_no_scenario_has(
    made: Comparison, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_comparison(made, tmp_path)
    words = " ".join(capsys.readouterr().out.split())
    assert "3 scenarios: 20 replications of each Each deal has a seed of its own" in words
    assert f"Tiny {made.runs[0].seed}, Another deal {made.runs[2].seed}." in words


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    for arguments, message in (
        ((TINY,), "takes two scenarios or more"),
        ((TINY, TINY), 'two scenarios are named "tiny"'),
        ((TINY, TINY, "--overlay", TINY), "overlays are for comparing one scenario with itself"),
        ((TINY, "nowhere"), "there is no such file"),
    ):
        result = command(*arguments, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert message in result.stderr
    assert list(tmp_path.iterdir()) == []
