"""The study of stresses: paired differences, what has no effect, ranks, refusals, and how it is told."""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.charts import Line, Rule, Shades
from simulator.cli import app
from simulator.measures.of_deal import named
from simulator.pathway.plan import pathway_factors, plan_pathway, set_factors
from simulator.report.stress_answer import answer
from simulator.scenario.constants import RATES, Rate
from simulator.scenario.draws import draw
from simulator.scenario.load import load_scenario, with_overlays
from simulator.scenario.model import Overlay
from simulator.studies.experiment import Experiment
from simulator.studies.quantities import Quantity
from simulator.studies.stress import (
    AFTERWARDS,
    GIVEN_BACK,
    LOSS,
    MULTIPLE,
    NET_COST,
    Stressed,
    UnderStress,
    find_stress,
    read,
    worse,
    year_names,
)
from simulator.studies.stress_versions import choose
from simulator.words import MINUS
from tests.tiny import TINY

COUNT = 60
SAME = Overlay(
    overlay="as_before", title="Everything as before", description="Factors of one.", source="A test",
    multiply={"assumptions.referrals_over_term": 1.0, "deal.rate_card.job_start.price": 1.0},
)  # fmt: skip
DEARER = Overlay(
    overlay="dearer", title="Delivery costs more", description="By a half.", source="A test",
    multiply={"deal.provider.contract_value": 1.5},
)  # fmt: skip
TRIED = ("st_13", "st_13b", "st_15", SAME, DEARER, ("st_13", "st_15:severe"))


@cache
def found() -> Stressed:
    return sib.stress(load_scenario(TINY), TRIED, replications=COUNT)


def of(label: str, stressed: Stressed | None = None) -> UnderStress:
    """Return what a stress does, by the label of its version."""
    return next(each for each in (stressed or found()).tested if each.version.label == label)


def test_a_paired_difference_is_that_of_the_two_runs_replication_by_replication() -> None:
    base, lower = (
        load_scenario(TINY),
        with_overlays(load_scenario(TINY), ["scenarios/stresses/st_13_lower_prices.yaml"]),
    )
    first, second = Experiment(base, replications=COUNT).returns([base, lower])
    effects = of("st_13").effects
    for name in (MULTIPLE, LOSS, "payments.total_gbp.mean", "caseload.people_waiting.mean"):
        measure = name.removesuffix(".mean")
        differences = second.values[measure] - first.values[measure]
        assert effects[name].value == second.values[measure].mean()
        assert effects[name].difference == second.values[measure].mean() - first.values[measure].mean()
        assert effects[name].difference_se == pytest.approx(differences.std(ddof=1) / np.sqrt(COUNT))
    low = [np.sort(each.values["investor.multiple"])[int(np.ceil(COUNT * 0.05)) - 1] for each in (first, second)]
    assert effects["investor.multiple.q05"].difference == low[1] - low[0]


def test_prices_change_nobodys_life_and_pay_less() -> None:
    effects = of("st_13").effects
    assert effects["caseload.people_waiting.mean"].status == "no_change"
    paid = effects["payments.total_gbp.mean"]
    assert (paid.difference or 0) < 0 < (paid.difference_se or 0) < 0.2 * (paid.se or 0)


def test_a_stress_that_multiplies_by_one_has_no_effect_and_comes_last() -> None:
    last = found().tested[-1]
    assert last.version.name == "as_before"
    assert not last.changes
    assert {effect.status for effect in last.effects.values() if effect.difference is not None} == {"no_change"}
    assert all(each.changes for each in found().tested[:-1])
    assert any(sentence == "No effect on this deal: “Everything as before”." for sentence in answer(found()))


def test_the_worst_comes_first() -> None:
    harms = [each.harm for each in found().tested[:-1]]
    assert harms == sorted(harms, reverse=True)
    assert found().tested[0].version.name == "dearer"
    assert of("st_13b").harm < 0 < of("st_15:mild").harm < of("st_15:severe").harm < of("st_15:extreme").harm
    assert of("st_13+st_15:severe").harm > max(of("st_13").harm, of("st_15:severe").harm)
    by_paid = sib.stress(
        load_scenario(TINY), ("st_13", "st_15:extreme"), rank="payments.total_gbp.mean", replications=20
    )
    assert [each.version.label for each in by_paid.tested] == ["st_13", "st_15:extreme"]


@pytest.mark.parametrize(
    ("quantity", "sign"),
    [
        (Quantity(named("investor.multiple"), "mean"), -1),
        (Quantity(named("investor.expected_shortfall_multiple"), "mean"), -1),
        (Quantity(named("investor.probability_of_loss"), "mean"), 1),
        (Quantity(named("caseload.wait_days"), "q95"), 1),
        (Quantity(named("investor.multiple"), "probability", "<=", 1.0), 1),
        (Quantity(named("investor.multiple"), "probability", ">=", 1.0), -1),
        (Quantity(named("caseload.wait_days"), "probability", "<=", 30.0), -1),
    ],
)
def test_more_of_it_is_worse_or_less_is(quantity: Quantity, sign: int) -> None:
    assert worse(quantity) == sign


def test_years_and_what_goes_back_add_up_to_the_net_cost() -> None:
    names = [f"{name}.mean" for name in (*year_names(found().base.deal), AFTERWARDS, GIVEN_BACK)]
    for each in found().tested:
        parts = [each.effects[name].value or 0.0 for name in names]
        assert sum(parts) == pytest.approx(each.effects[NET_COST].value)


def test_rates_of_return_are_told_and_not_subtracted() -> None:
    effect = of("dearer").effects["investor.irr.q50"]
    assert effect.status == "not_subtracted"
    assert effect.value is not None
    assert effect.difference is None


def test_too_few_replications_for_a_tail_are_a_status() -> None:
    effect = of("dearer").effects["investor.expected_shortfall_multiple"]
    assert (effect.value, effect.difference, effect.status) == (None, None, "insufficient_replications")


def test_one_table_holds_every_figure() -> None:
    table = found().table()
    assert list(dict.fromkeys(table["stress"])) == ["", *(each.version.label for each in found().tested)]
    assert len(table) == (len(found().tested) + 1) * len(found().quantities)
    for label, effects in (
        ("", found().as_it_stands),
        *((each.version.label, each.effects) for each in found().tested),
    ):
        rows = table[table["stress"] == label].set_index("quantity")
        assert list(rows.index) == list(effects)
        for name, effect in effects.items():
            expected = [effect.value, effect.se, effect.difference, effect.difference_se]
            told = rows.loc[[name], ["value", "value_se", "change", "change_se"]].to_numpy(dtype=np.float64)[0]
            assert np.array_equal(told, np.array(expected, dtype=np.float64), equal_nan=True)
            assert rows.loc[name, "status"] == effect.status
            assert rows.loc[name, "unit"] == found().quantity(name).unit.name
    assert set(table.loc[table["ranked_by"], "quantity"]) == {MULTIPLE}
    assert set(table.loc[~table["changes"], "stress"]) == {"", "as_before"}
    assert set(table["form"].dropna()) == {"mild", "severe", "extreme"}


def test_shown_tables_have_the_same_figures_and_no_stress_without_effect() -> None:
    findings, every = found().findings(), found().table()
    for name in ("ranking", "investor", "on_the_way", "payers"):
        wide = findings.table(name).frame().set_index("stress")
        assert wide.index[0] == ""
        assert "as_before" not in wide.index
        for quantity in set(wide.columns) & set(every["quantity"]):
            values = every[every["quantity"] == quantity].set_index("stress")["value"]
            assert np.array_equal(wide[quantity], values[wide.index], equal_nan=True)
    wide = findings.table("investor").frame().set_index("stress")
    assert wide.loc["dearer", f"{LOSS}_change_se"] == of("dearer").effects[LOSS].difference_se
    assert set(wide["investor.expected_shortfall_multiple_status"]) == {"insufficient_replications"}


def test_parts_of_the_net_cost_add_up_in_their_tables() -> None:
    findings = found().findings()
    parts = findings.table("net_cost").frame()["value"]
    assert parts[:-1].sum() == pytest.approx(parts.iloc[-1])
    changes = findings.table("net_cost_changes").frame().set_index("stress")
    quantities = list(findings.table("net_cost").frame()["quantity"])
    assert list(changes[quantities[:-1]].sum(axis=1)) == pytest.approx(list(changes[quantities[-1]]))
    assert findings.table("net_cost_changes").words()[0][0] == "Delivery costs more (dearer)"


def test_figures_and_changes_in_words() -> None:
    rows = {row[0]: row[1:] for row in found().findings().table("ranking").words()}
    assert re.fullmatch(r"\d\.\d\d", rows["As it stands"][0])
    assert rows["As it stands"][1] == rows["As it stands"][3] == ""
    multiple, change, loss, points, short = rows["Delivery costs more (dearer)"]
    assert re.fullmatch(rf"{MINUS}\d\.\d{{3}} ± \d\.\d{{3}}", change)
    assert re.fullmatch(rf"[+{MINUS}]?\d+\.\d ± \d+\.\d points|none", points)
    assert loss.endswith("%") and short.endswith("%") and float(multiple) < 2
    investor = {row[0]: row for row in found().findings().table("investor").words()}
    assert "too few replications" in investor["As it stands"]


def test_the_whole_library_is_tried_where_nothing_is_named() -> None:
    chosen = choose(load_scenario(TINY))
    labels = [version.label for version in chosen.versions] + [each.label for each in chosen.left_out]
    assert len(labels) == len(set(labels)) >= 55
    assert {"st_01:severe", "st_13", "st_20d:extreme"} <= set(labels)
    severe = choose(load_scenario(TINY), forms=["severe"])
    assert {version.form for version in severe.versions} == {"severe", None}


def test_forms_are_the_smallest_first_and_their_subject_is_common() -> None:
    versions = choose(load_scenario(TINY), ["st_01"]).versions
    assert [version.form for version in versions] == ["mild", "severe", "extreme"]
    assert {version.subject for version in versions} == {"Fewer people are referred"}


@pytest.mark.parametrize(
    ("named", "forms", "message"),
    [
        (["st_1"], [], 'there is no stress "st_1"; did you mean "st_1'),
        (["st_01:sever"], [], 'has no form "sever"; did you mean "severe"?'),
        (["st_01"], ["severest"], 'there is no form "severest"; did you mean "severe"?'),
        (
            [["st_01", "st_04:mild"]],
            [],
            "a combination is of one of each; write one of st_01:mild, st_01:severe and st_01:ext",
        ),
        ([["st_01:mild"]], [], "a combination is of two stresses or more"),
        (["st_03"], ["extreme"], "there is nothing to try"),
        (["none.yaml", "st_99"], [], "there is no stress"),
        (["st_17"], ["mild"], "is for another deal"),
    ],
)
def test_what_is_wrong_is_refused_with_the_nearest_right_name(
    named: Sequence[str | Sequence[str]], forms: Sequence[str], message: str
) -> None:
    with pytest.raises(sib.SibError, match=re.escape(message)):
        choose(load_scenario(TINY), named, forms)


def test_two_that_cannot_be_combined_are_refused_before_anything_is_run() -> None:
    with pytest.raises(sib.ScenarioError) as refused:
        choose(load_scenario(TINY), [["st_14:mild", "st_14:severe"], [DEARER, DEARER]])
    assert refused.value.problems


def _never(done: int) -> None:
    raise AssertionError(done)


def test_all_that_is_wrong_is_said_at_once_before_anything_is_run() -> None:
    with pytest.raises(sib.SibError) as refused:
        sib.stress(load_scenario(TINY), ["st_1", "st_15:sever"], rank="investor.multiple.men", progress=_never)
    for message in ('no stress "st_1"', 'did you mean "severe"?', 'did you mean "investor.multiple.mean"?'):
        assert message in str(refused.value)


def test_a_study_that_was_stopped_settles_nothing_again(tmp_path: Path) -> None:
    base = load_scenario(TINY)
    first = Experiment(base, replications=20, folder=tmp_path)
    before = find_stress(first, *read(base, ["st_13"], (), MULTIPLE))
    assert first.settled == before.asked.settled == 40
    again = Experiment(base, replications=20, folder=tmp_path)
    after = find_stress(again, *read(base, ["st_13", "st_15:mild"], (), MULTIPLE))
    assert again.settled == 20
    assert of("st_13", after).effects == of("st_13", before).effects
    assert len((tmp_path / "tried.csv").read_text(encoding="utf-8").splitlines()) == 4


def test_an_executor_and_progress_change_no_figure() -> None:
    done = list[int]()
    with ThreadPoolExecutor(2) as executor:
        other = sib.stress(load_scenario(TINY), TRIED, replications=COUNT, executor=executor, progress=done.append)
    pd.testing.assert_frame_equal(other.table(), found().table())
    assert sum(done) == COUNT * (len(found().tested) + 1)


def test_a_deal_that_loses_is_told_what_would_save_it() -> None:
    loses = with_overlays(
        load_scenario(TINY),
        [DEARER.model_copy(update={"multiply": {"deal.provider.contract_value": 3.0}, "compose": "multiply"})],
    )
    half = sib.stress(loses, ["st_15:mild", "st_13b"], replications=20)
    sentences = answer(half)
    assert "loses money on average" in sentences[0]
    assert any(sentence.startswith(("Nothing that was tried saves it", "What saves it")) for sentence in sentences)
    rich = Overlay(
        overlay="rich", title="Prices are three times as high", description="A test.", source="A test",
        multiply={"deal.rate_card.*.price": 3.0, "deal.total_cap.pounds": 3.0, "deal.funders.*.cap": 3.0},
    )  # fmt: skip
    saved = answer(sib.stress(loses, [rich], replications=20))
    assert any("What saves it" in sentence and "three times as high" in sentence for sentence in saved)


def test_the_latent_factor_of_a_recession_moves_all_rates_together() -> None:
    scenario = with_overlays(load_scenario(TINY), ["scenarios/stresses/st_18b_recession_drawn.yaml"])
    draws, plan = draw(scenario, 7, 0, 200), plan_pathway(scenario)
    realised = []
    for factors in pathway_factors(scenario, draws):
        set_factors(plan, factors)
        realised.append(np.log(plan.multiplier[:, 10]))
    moved = np.array(realised)
    common = moved[:, RATES.index("job_loss")]
    assert np.std(common) == pytest.approx(0.25, rel=0.15)
    powers: dict[Rate, float] = {"referral": 0.1, "job": -0.25, "job_loss": 0.25, "evidence": -0.1}
    for rate in RATES:
        assert moved[:, RATES.index(rate)] == pytest.approx(powers.get(rate, 0.0) / 0.25 * common)


def test_the_command_writes_a_folder_and_prints_one_document(tmp_path: Path) -> None:
    command = ["stress", str(TINY), "--stress", "st_13", "--combine", "st_13+st_15:mild", "--replications", "20"]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "stress"), "--json"])
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["study"] == "stress"
    rows = {(row["stress"], row["quantity"]): row for row in document["tables"]["stress"]["rows"]}
    assert {label for label, _ in rows} == {"", "st_13", "st_13+st_15:mild"}
    assert {quantity for (_, quantity), row in rows.items() if row["ranked_by"]} == {MULTIPLE}
    assert rows["st_13", MULTIPLE]["change"] == rows["st_13", MULTIPLE]["value"] - rows["", MULTIPLE]["value"]
    asked = ["st_13", ("st_13", "st_15:mild")]
    assert document["tables"] == sib.stress(load_scenario(TINY), asked, replications=20).findings().as_dict()["tables"]
    names = {file.name for file in (tmp_path / "stress").rglob("*")}
    assert {"report.html", "stress.csv", "study.json", "manifest.json", "ranking.png", "touched.png"} <= names
    assert {f"{name}.csv" for name in document["tables"]} <= names
    page = (tmp_path / "stress" / "report.html").read_text(encoding="utf-8")
    assert "--stress st_13 --combine st_13+st_15:mild --replications 20" in page


def test_overlays_made_in_python_are_files_to_the_command() -> None:
    findings = found().findings()
    assert (
        "--stress st_15 --stress as_before.yaml --stress dearer.yaml --combine st_13+st_15:severe" in findings.command
    )
    assert findings.method[-1].endswith("must be written first: as_before.yaml and dearer.yaml.")
    ranked = sib.stress(load_scenario(TINY), ["st_13"], forms=["mild"], rank=LOSS, replications=4).findings()
    assert f'--stress st_13 --form mild --rank "{LOSS}" --replications 4' in ranked.command


def test_charts_have_a_row_for_each_kind_and_a_mark_for_each_form() -> None:
    ranking, touched = found().findings().charts
    panel = ranking.panels[0]
    kinds = len(panel.y.ticks or ())
    marks = {each.label: each for each in panel.layers if isinstance(each, Line) and each.label}
    assert set(marks) == {"mild", "severe", "extreme", "one size only"}
    assert sum(len(each.x) for each in marks.values()) == sum(each.changes for each in found().tested)
    (row,) = marks["mild"].y
    assert panel.y.ticks is not None and panel.y.ticks[int(row or 0)][1] == "Delivery costs more"
    assert marks["mild"].x == (of("st_15:mild").effects[MULTIPLE].difference,)
    assert {each.at for each in panel.layers if isinstance(each, Rule)} == {
        0.0, 1 - (found().as_it_stands[MULTIPLE].value or 0.0),
    }  # fmt: skip
    (cells,) = touched.panels[0].layers
    assert isinstance(cells, Shades)
    assert len(cells.texts) == len(cells.values) == kinds
    assert max(abs(each or 0.0) for values in cells.values for each in values) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--stress", "st_1"], "there is no stress"),
        (["--rank", "investor.multiple.men", "--stress", "st_13"], 'did you mean "investor.multiple.mean"?'),
    ],
)
def test_bad_input_is_exit_code_2(tmp_path: Path, words: Sequence[str], message: str) -> None:
    done = CliRunner().invoke(app, ["stress", str(TINY), *words, "--replications", "4", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_study_without_any_effect_has_no_charts() -> None:
    findings = sib.stress(load_scenario(TINY), [SAME], replications=4).findings()
    assert findings.charts == ()
    assert len(findings.table("ranking").rows) == 1


def test_the_headings_in_the_documentation_are_those_of_the_tables() -> None:
    text = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    block = re.search(r"\| heading \| quantity \|\n\| --- \| --- \|\n((?:\|.*\n)+)", text)
    assert block
    documented = [heading for row in block[1].splitlines() for heading in row.split(" | ")[0].strip("| ").split("; ")]
    tables = [table for table in found().findings().tables if table.where != "data" and "net_cost" not in table.name]
    printed = {column.heading for table in tables for column in table.shown} - {"Stress", "Change"}
    assert set(documented) == printed and len(documented) == len(printed)
