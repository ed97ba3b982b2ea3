"""What caps cost: parts that add up to the penny, who bears it, other levels on the same lives, words and files."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

import simulator as sib
from simulator.batch import Tables
from simulator.charts import Bars, Line
from simulator.cli import app
from simulator.contract.counts import OVER_CAP
from simulator.report.caps import findings
from simulator.report.caps_charts import charts
from simulator.report.caps_words import answer
from simulator.report.drawing import draw
from simulator.report.style import looks
from simulator.scenario.load import with_overlays
from simulator.scenario.model import Overlay, Scenario
from simulator.studies.caps import FACTORS, PAID, CapsCost, find_caps, how_many, versions
from simulator.studies.experiment import Experiment
from simulator.studies.refused import KINDS
from tests.tiny import TINY, tiny_file, tiny_scenario

N = 24
EDITS = (
    ("total_cap: {pounds: 40000", "total_cap: {pounds: 15000"),
    ("cap: 16800", "cap: 5000"),
    ("cap: 23200", "cap: 8700"),
    ("target: 6\n      count_cap: none", "target: 6\n      count_cap: 4"),
)
LIMITS = {
    "deal.schedules": [{"name": "early", "prices": {}, "cap": {"pounds": 2000, "policy": "partial"}}],
    "deal.schedule_calendar": [
        {"use": "early", "from": date(2021, 4, 1), "to": date(2021, 9, 1)},
        {"use": "original", "from": date(2021, 9, 1), "to": date(2022, 4, 1)},
    ],
    "deal.annual_cap": {
        "year": "calendar", "pounds": [5000, 12000], "policy": "partial", "unused_headroom": "lost", "excess_claims": "lost",
    },
}  # fmt: skip


def capped(folder: Path) -> Scenario:
    """Return the tiny deal with a low cap of every kind, all of which bind somewhere."""
    more = Overlay(overlay="limits", title="limits", description="More limits.", source="A test", set=LIMITS)
    return with_overlays(tiny_scenario(folder, *EDITS), [more])


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return Experiment(capped(tmp_path_factory.mktemp("capped")), replications=N, seed=5, workers=1)


@pytest.fixture(scope="module")
def found(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> CapsCost:
    return find_caps(experiment, capped(tmp_path_factory.mktemp("again")))


def _refused_of_claims(scenario: Scenario, made: Tables) -> list[int]:
    """Return what the claims say that caps refuse, claim by claim."""
    del scenario
    claims, refused = made.claims, []
    for place in range(claims.replications):
        rows = range(claims.starts[place], claims.starts[place + 1])
        over = [int(claims.refused_pence[row]) for row in rows if claims.status[row] in OVER_CAP]
        refused.append(sum(over) + sum(int(claims.over_funder_cap_pence[row]) for row in rows))
    return refused


def test_what_is_unpaid_adds_up_to_what_the_claims_say(experiment: Experiment, found: CapsCost) -> None:
    (batches,) = experiment.each([found.scenario], _refused_of_claims)
    by_claims = np.array([each for batch in batches for each in batch])
    refused = found.refused
    assert (refused.total == by_claims).all()
    assert (refused.total == np.rint(found.base.returns.values["payments.unpaid_over_cap_gbp"] * 100)).all()
    assert (refused.common.sum(axis=1) + refused.own.sum(axis=1) == refused.total + refused.of_activity).all()
    assert (refused.common.sum(axis=1) == refused.pence[..., : len(KINDS) - 1].sum(axis=(1, 2, 3))).all()
    assert (refused.own.sum(axis=1) == refused.pence[..., -1].sum(axis=(1, 2))).all()
    assert (refused.of_activity == 0).all()


def test_every_kind_of_cap_binds_somewhere_and_is_told_apart(found: CapsCost) -> None:
    refused = found.refused
    assert (refused.pence.sum(axis=(0, 1, 2)) > 0).all()
    assert (refused.wholly <= refused.outcomes).all()
    assert (refused.paid_pence + refused.pence.sum(axis=3) <= refused.evidenced_pence).all()


def test_nobody_is_simulated_again(experiment: Experiment, found: CapsCost) -> None:
    assert experiment.simulated == N
    assert experiment.settled >= N * (len(found.tried) + 2)


def test_what_some_bear_others_keep(found: CapsCost) -> None:
    assert (found.borne().sum(axis=1) == 0).all()
    assert found.borne().any()
    free = found.uncapped.returns.values
    assert (np.asarray(free["payments.unpaid_over_cap_gbp"]) == 0).all()


def test_a_higher_cap_never_leaves_more_unpaid(found: CapsCost) -> None:
    levels = found.of_kind("level")
    assert [each.version.factor for each in levels] == [*FACTORS, None]
    unpaid = np.array([each.returns.values["payments.unpaid_over_cap_gbp"] for each in levels])
    assert (np.diff(unpaid, axis=0) <= 1e-9).all()
    assert (unpaid[0] > unpaid[-1]).any()
    as_agreed = levels[FACTORS.index(1.0)]
    assert (as_agreed.returns.values["payments.total_gbp"] == found.base.returns.values["payments.total_gbp"]).all()


def test_annual_caps_are_equal_parts_and_lenient_ones_refuse_less(found: CapsCost, tmp_path: Path) -> None:
    annual = {each.version.name.removeprefix("annual cap: "): each for each in found.of_kind("annual")}
    assert len(annual) == 4
    strict, carried = annual["unused lost, excess refused"], annual["unused carried over, excess refused"]
    unpaid = "payments.unpaid_over_cap_gbp"
    assert (carried.returns.values[unpaid] <= strict.returns.values[unpaid] + 1e-9).all()
    longer = tiny_scenario(
        tmp_path, ("term_end: 2022-04-01", "term_end: 2024-04-01"), ("pounds: 40000", "pounds: '40000.01'")
    )
    parts = [each.scenario.deal.annual_limits for each in versions(longer)[0] if each.kind == "annual"]
    assert parts == [(1333334, 1333334, 1333333)] * 4


def test_without_any_cap_that_binds_nothing_is_said_to_be_unpaid(tmp_path: Path) -> None:
    free = sib.caps(tiny_scenario(tmp_path, ("pounds: 40000", "pounds: 4000000"), ("cap: 16800", "cap: 1680000"),
                                  ("cap: 23200", "cap: 2320000")), replications=3, seed=1, workers=1)  # fmt: skip
    assert (free.refused.total == 0).all()
    assert answer(free)[0].startswith("The caps leave nothing unpaid")
    assert [chart.name for chart in charts(free)] == ["levels"]
    assert findings(free).names == ("versions", "changes")
    assert not free.borne().any()


def test_a_total_cap_of_nothing_is_refused(tmp_path: Path) -> None:
    nothing = tiny_scenario(
        tmp_path, ("pounds: 40000", "pounds: 0"), ("cap: 16800", "cap: 0"), ("cap: 23200", "cap: 0")
    )
    with pytest.raises(sib.SibError, match="the total cap is 0"):
        sib.caps(nothing, replications=2)


def test_words_and_data_say_the_same(found: CapsCost) -> None:
    told, total = findings(found), found.refused.total
    cells = found.table("unpaid")
    assert cells["pence_in_all"].sum() == total.sum()
    assert len(cells) == 3 * 1 * len(KINDS)
    assert told.figures["unpaid_gbp"].value == total.mean() / 100
    words = " ".join(told.answer)
    assert words == " ".join(answer(found))
    assert f"£{total.mean() / 100:,.0f}" in words
    assert "Central fund" in words
    assert "multiple" in words
    for table in told.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert all(len(row) == len(table.shown) for row in table.words())
    plain = told.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_every_table_adds_up_to_the_same_pence(found: CapsCost) -> None:
    refused, total = found.refused, found.refused.total.sum()
    by_outcome = found.table().set_index("outcome")
    assert found.findings().table().name == "unpaid_by_outcome"
    assert by_outcome["pence_in_all"]["all"] == total == by_outcome["pence_in_all"].drop("all").sum()
    assert by_outcome["gbp"]["all"] == pytest.approx(total / 100 / N)
    for year in range(refused.pence.shape[2]):
        assert by_outcome[f"year_{year + 1}_gbp"]["all"] == pytest.approx(
            refused.pence[:, :, year].sum() / 100 / N
        )  # fmt: skip
    assert found.table("unpaid_by_cap")["pence_in_all"].sum() == total
    payers = found.table("unpaid_by_payer")
    assert payers["common_pence_in_all"].sum() + payers["own_pence_in_all"].sum() == total + refused.of_activity.sum()
    assert payers["gbp"].sum() == pytest.approx((total + refused.of_activity.sum()) / 100 / N)
    parties = found.table("parties")
    assert parties["pence_in_all"].sum() == 0 == pytest.approx(parties["gbp"].sum(), abs=1e-6)


def test_versions_are_means_and_changes_are_paired(found: CapsCost) -> None:
    means, changes = found.table("versions").set_index("version"), found.table("changes").set_index("version")
    assert list(means.index) == [each.version.name for each in found.tried]
    assert list(changes.index) == list(means.index)[1:]
    for each in found.tried[1:]:
        values = each.returns.values["payments.total_gbp"] - found.base.returns.values["payments.total_gbp"]
        mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))
        row = changes.loc[each.version.name]
        assert row["payments.total_gbp"] == pytest.approx(mean, abs=1e-9)
        assert row["payments.total_gbp_se"] == pytest.approx(error, abs=1e-9)
        assert means.loc[each.version.name]["payments.total_gbp"] == pytest.approx(
            float(each.returns.values["payments.total_gbp"].mean())
        )
    assert list(means.columns) == [
        "kind", "factor", "payments.total_gbp", "payments.unpaid_over_cap_gbp", "investor.multiple",
        "investor.probability_of_loss", "investor.net_gbp", "commissioner.net_cost_gbp",
    ]  # fmt: skip


def test_charts_hold_what_the_tables_hold(found: CapsCost) -> None:
    unpaid, levels = charts(found)
    for panel in unpaid.panels:
        bars = [layer for layer in panel.layers if isinstance(layer, Bars)]
        assert sum(size or 0.0 for each in bars for size in each.size) == pytest.approx(
            found.refused.total.mean() / 100, abs=3.0
        )
    paid = next(layer for layer in levels.panels[-1].layers if isinstance(layer, Line) and layer.errors)
    assert paid.y == tuple(each.mean(PAID) for each in found.of_kind("level")[:-1])


def test_figures_stay_within_their_edges(found: CapsCost) -> None:
    for chart in charts(found):
        figure = draw(chart)
        with looks():
            figure.draw_without_rendering()
        words = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert words
        for axes in figure.axes:
            box = axes.get_tightbbox()
            assert box is not None
            assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1


def test_the_command_writes_a_folder_and_prints_json(tmp_path: Path) -> None:
    file = tiny_file(tmp_path, *EDITS)
    options = ["--replications", "6", "--seed", "2", "--workers", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["caps", str(file), *options, "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    rows = {name: table["rows"] for name, table in shown["tables"].items()}
    assert shown["study"] == "caps"
    assert rows["versions"][0]["version"] == "as it stands"
    parts = sum(each["pence_in_all"] for each in rows["unpaid_by_cap"])
    assert (
        parts == rows["unpaid_by_outcome"][-1]["pence_in_all"] == sum(each["pence_in_all"] for each in rows["unpaid"])
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "study.json", "report.html", *(f"{name}.csv" for name in rows),
    }  # fmt: skip
    assert set(rows) >= {"unpaid", "unpaid_by_outcome", "unpaid_by_cap", "unpaid_by_payer", "versions", "changes"}
    assert CliRunner().invoke(app, ["caps", str(TINY), "--replications", "1"]).exit_code == 2
    assert CliRunner().invoke(app, ["caps", "nowhere"]).exit_code == 2


def test_command_function_and_findings_give_the_same(tmp_path: Path) -> None:
    file, done = tiny_file(tmp_path, *EDITS), list[int]()
    options = ["--replications", "6", "--seed", "2", "--out", str(tmp_path / "out"), "--json"]
    told = json.loads(CliRunner().invoke(app, ["caps", str(file), *options]).stdout)
    with ThreadPoolExecutor(2) as executor:
        again = sib.caps(sib.load_scenario(file), replications=6, seed=2, executor=executor, progress=done.append)
    assert told["tables"] == json.loads(json.dumps(again.findings().as_dict()["tables"]))
    assert told["command"] == again.findings().command == f"sib caps {file.name} --replications 6 --seed 2"
    assert sum(done) == 6 * how_many(again.scenario)


@pytest.mark.parametrize("rule", ["unpaid", "gross_up"])
def test_what_own_caps_refuse_of_activity_payments_is_told_apart(tmp_path: Path, rule: str) -> None:
    """Both funders' caps lie below the total cap, and the last quarter has an activity payment that meets them."""
    terms = {
        "deal.schedule_calendar": [
            {"use": "original", "from": date(2021, 4, 1), "to": date(2022, 1, 1)},
            {"use": "activity", "from": date(2022, 1, 1), "to": date(2022, 4, 1)},
        ],
        "deal.activity_payments": [{"quarter_of": date(2022, 1, 1), "pounds": 9000}],
        "deal.over_funder_cap": rule,
    }
    more = Overlay(overlay="activity", title="activity", description="A payment.", source="A test", set=terms)
    low = tiny_scenario(tmp_path, ("cap: 16800", "cap: 3000"), ("cap: 23200", "cap: 5000"))
    seen = sib.caps(with_overlays(low, [more]), replications=N, seed=5, workers=1).refused
    assert (seen.of_activity >= 0).all()
    assert seen.of_activity.any()
    assert (seen.common.sum(axis=1) + seen.own.sum(axis=1) == seen.total + seen.of_activity).all()


def test_who_pays_for_another_has_less_than_nothing_refused(tmp_path: Path) -> None:
    edits = (("cap: 16800", "cap: 3000"), ("over_funder_cap: unpaid", "over_funder_cap: gross_up"))
    seen = sib.caps(tiny_scenario(tmp_path, *edits), replications=N, seed=5, workers=1).refused
    assert (seen.own[:, 0] > 0).any()
    assert (seen.own[:, 1] <= 0).all()
    assert (seen.own.sum(axis=1) == seen.pence[..., -1].sum(axis=(1, 2))).all()
