"""The catalogue of measures: complete for every deal, no result hangs on a name, and names that clash are refused."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.batch import measure, tables
from simulator.cli import app
from simulator.errors import ScenarioError
from simulator.explaining.measures import measures_page
from simulator.measures.catalogue import QUARTERS, RETURNS
from simulator.measures.names import figure_names, read_figure
from simulator.measures.of_deal import key, measures_of, named
from simulator.scenario.load import bundled_folder
from tests.architecture.project import ROOT
from tests.tiny import TINY, tiny_scenario

SCENARIOS = sorted(path.stem for path in bundled_folder().glob("*.yaml"))
TRANCHES = (
    "    residual: commissioners",
    "    residual: commissioners\n    tranches:\n"
    "      - {{name: {senior}, title: Senior holder, commitment: 4000, rank: 1}}\n"
    "      - {{name: {junior}, title: Junior holder, commitment: 3000, rank: 2}}",
)


def with_tranches(folder: Path, senior: str, junior: str) -> sib.Run:
    new = TRANCHES[1].format(senior=senior, junior=junior)
    few = ("referrals_over_term: {value: 10,", "referrals_over_term: {value: 4,")
    scenario = tiny_scenario(folder, (TRANCHES[0], new), few)
    return sib.run(scenario, replications=80, seed=2026, workers=1)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_catalogue_has_every_measure_of_a_deal_and_no_other(name: str) -> None:
    scenario = sib.load_scenario(name)
    made = measure(scenario, tables(scenario, 1, 0, 2))
    known = measures_of(scenario.deal)
    assert {each.source for each in known.values()} == set(made.values)
    assert set(measures_of(scenario.deal, QUARTERS)) == set(made.series)


@pytest.mark.parametrize("junior", ["first_loss", "wait", "payback", "real_price"])
def test_how_undefined_figures_rank_hangs_on_no_name(tmp_path: Path, junior: str) -> None:
    plain = with_tranches(tmp_path, "senior", "junior").estimates
    other = with_tranches(tmp_path, "senior", junior).estimates
    assert plain["tranche.junior.irr"].undefined_share > 0
    for template in ("tranche.{}.irr", "tranche.{}.multiple", "tranche.{}.probability_of_loss"):
        assert other[key(template, junior)] == plain[key(template, "junior")]


def test_a_tranche_has_the_undefined_share_of_its_rate(tmp_path: Path) -> None:
    run = with_tranches(tmp_path, "senior", "junior")
    for name in ("senior", "junior"):
        rates = np.asarray(run.returns.values[key("tranche.{}.irr", name)])
        data = run.estimates[key("tranche.{}.irr", name)].as_dict()
        assert data["undefined_share"] == np.mean(np.isnan(rates) | (rates == -1))
        assert data["mean"] is None


@pytest.mark.parametrize(
    ("edits", "path", "taken"),
    [
        ([("{name: lcf,", "{name: total,")], "deal.funders[0].name", "payments.total_gbp"),
        ([("{name: lcf,", "{name: activity,")], "deal.funders[0].name", "payments.activity_gbp"),
        ([("{name: lcf,", "{name: unpaid_over_cap,")], "deal.funders[0].name", "payments.unpaid_over_cap_gbp"),
        ([("{name: lcf,", "{name: settled,")], "deal.funders[0].name", "payments.settled_gbp"),
        (
            [("- outcome: engagement", "- outcome: caseload"), ("follows: engagement", "follows: caseload")],
            "deal.rate_card[0].outcome",
            "caseload",
        ),
        (
            [("- outcome: engagement", "- outcome: payments_gbp"), ("follows: engagement", "follows: payments_gbp")],
            "deal.rate_card[0].outcome",
            "payments_gbp",
        ),
    ],
)
def test_a_name_that_would_stand_for_two_measures_is_refused_with_its_line(
    tmp_path: Path, edits: list[tuple[str, str]], path: str, taken: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(tmp_path, *edits)
    found = {problem.path: problem for problem in refused.value.problems}
    assert found[path].code == "NAME_CLASH"
    other = named(taken).label if "lcf" in edits[0][0] else ""
    assert f'its figures would stand under "{taken}", which is the key of "{other}' in found[path].message
    assert found[path].line > 0


def test_words_hang_on_no_name(tmp_path: Path) -> None:
    run = sib.run(tiny_scenario(tmp_path, ("{name: lcf,", "{name: investor_irr,")), replications=3, workers=1)
    paid = run.measures["payments.investor_irr_gbp"]
    assert (paid.label, paid.unit, paid.is_rate) == ("Paid by Central fund", named("payments.total_gbp").unit, False)
    assert run.estimates["payments.investor_irr_gbp"].mean is not None


def test_a_cost_line_is_the_intermediarys_if_it_says_so_and_not_by_its_name(tmp_path: Path) -> None:
    run = sib.run(sib.load_scenario(TINY), replications=4, workers=1)
    income = run.estimates["intermediary.income_gbp"].mean
    assert income == run.estimates["costs.management_gbp"].mean == 1000
    renamed = tiny_scenario(tmp_path, ("{name: management,", "{name: running_it,"))
    assert sib.run(renamed, replications=4, workers=1).estimates["intermediary.income_gbp"].mean == income
    others = tiny_scenario(tmp_path, (", paid_to: intermediary", ""))
    assert sib.run(others, replications=4, workers=1).estimates["intermediary.income_gbp"].mean == 0


def test_money_in_python_is_pence() -> None:
    deal = sib.load_scenario("haringey_barnet").deal
    assert deal.total_cap.pence == 142_123_400
    assert not hasattr(deal.total_cap, "pounds")


def test_an_unknown_key_raises_at_once() -> None:
    with pytest.raises(KeyError):
        key("payments.{}_pounds", "lcf")
    with pytest.raises(KeyError):
        named("investor.multipel")


def test_a_figure_is_a_key_and_a_statistic() -> None:
    known = measures_of(sib.load_scenario(TINY).deal)
    for name in figure_names(known):
        figure = read_figure(name, known)
        assert not isinstance(figure, str)
        assert figure.name == name
    assert read_figure("investor.probability_of_loss.mean", known) == read_figure("investor.probability_of_loss", known)
    assert str(read_figure("payments.total_gbp.q07", known)).startswith("unknown figure; did you mean")


def test_every_record_says_what_must_be_known() -> None:
    keys = [each.key for each in RETURNS]
    assert len(set(keys)) == len(keys)
    for each in RETURNS:
        assert each.how.endswith("."), each.key
        assert ("{}" in each.key) == (each.of is not None), each.key
        assert (each.exists is None) or each.only, each.key


def test_the_page_is_generated() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert page == measures_page(), "write it anew: sib schema measures --markdown > docs/measures.md"
    assert CliRunner().invoke(app, ["schema", "measures", "--markdown"]).stdout == page


def test_one_label_stands_in_every_table(tmp_path: Path) -> None:
    for command in (
        ["run", str(TINY)],
        ["compare", str(TINY), "--overlay", "scenarios/stresses/st_13_lower_prices.yaml"],
    ):
        done = CliRunner().invoke(app, [*command, "--replications", "4", "--out", str(tmp_path / command[0])])
        assert done.exit_code == 0, done.output
        for name in ("payments.total_gbp", "provider.largest_arrears_gbp", "investor.peak_exposure_gbp"):
            assert named(name).label in done.stdout
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert named("provider.largest_arrears_gbp").label in report


def test_payers_of_one_title_are_told_apart(tmp_path: Path) -> None:
    deal = tiny_scenario(tmp_path, ("title: Borough", "title: Central fund")).deal
    known = measures_of(deal)
    assert known["payments.lcf_gbp"].label == "Paid by Central fund (lcf)"
    assert known["payments.local_gbp"].label == "Paid by Central fund (local)"


def test_a_name_given_twice_is_one_mistake(tmp_path: Path) -> None:
    line = "{name: management, title: Management of the SPV,"
    again = "{name: management, title: Other, total: 1, timing: quarterly_in_arrears}"
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(tmp_path, (line, f"{again}\n    - {line}"))
    assert [problem.code for problem in refused.value.problems] == ["DUPLICATE_NAME"]
