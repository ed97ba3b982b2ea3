"""What caps cost: parts that add up to the penny, who bears it, other levels on the same lives, words and files."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

import simulator as sib
from simulator.batch import Tables
from simulator.cli import app
from simulator.contract.counts import OVER_CAP
from simulator.report.caps import data, tables
from simulator.report.caps_figures import pictures
from simulator.report.caps_words import answer
from simulator.report.style import looks
from simulator.scenario.load import with_overlays
from simulator.scenario.model import Overlay, Scenario
from simulator.studies.caps import FACTORS, CapsCost, find_caps, versions
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
    assert [picture.name for picture in pictures(free)] == ["levels"]
    assert not free.borne().any()


def test_a_total_cap_of_nothing_is_refused(tmp_path: Path) -> None:
    nothing = tiny_scenario(
        tmp_path, ("pounds: 40000", "pounds: 0"), ("cap: 16800", "cap: 0"), ("cap: 23200", "cap: 0")
    )
    with pytest.raises(sib.SibError, match="the total cap is 0"):
        sib.caps(nothing, replications=2)


def test_words_and_data_say_the_same(found: CapsCost) -> None:
    told = data(found)
    cells = pd.DataFrame(told["cells"])
    assert cells["pence_in_all"].sum() == found.refused.total.sum() == told["unpaid"]["pence_in_all"]
    assert len(cells) == 3 * 1 * len(KINDS)
    words = " ".join(answer(found))
    assert f"£{found.refused.total.mean() / 100:,.0f}" in words
    assert "Central fund" in words
    assert "multiple" in words
    assert all(len(row) == len(table.headings) for table in tables(found) for row in table.rows)
    assert json.loads(json.dumps(told)) == told


def test_figures_stay_within_their_edges(found: CapsCost) -> None:
    for picture in pictures(found):
        with looks():
            picture.figure.draw_without_rendering()
        words = [text for text in picture.figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert words
        for axes in picture.figure.axes:
            box = axes.get_tightbbox()
            assert box is not None
            assert picture.figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= picture.figure.bbox.x1 + 1


def test_the_command_writes_a_folder_and_prints_json(tmp_path: Path) -> None:
    file = tiny_file(tmp_path, *EDITS)
    options = ["--replications", "6", "--seed", "2", "--workers", "1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["caps", str(file), *options, "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert shown["study"] == "caps"
    assert shown["versions"][0]["version"] == "as it stands"
    parts = sum(each["pence_in_all"] for each in shown["by_cap"].values())
    assert parts == shown["unpaid"]["pence_in_all"] == sum(each["pence_in_all"] for each in shown["by_year"].values())
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "study.json",
        "report.html",
        "unpaid.csv",
        "versions.csv",
    }
    assert CliRunner().invoke(app, ["caps", str(TINY), "--replications", "1"]).exit_code == 2
    assert CliRunner().invoke(app, ["caps", "nowhere"]).exit_code == 2


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
