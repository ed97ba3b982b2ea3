"""The bridge: every term in one group, parts that add up to the penny, mixes that hold, words and refusals."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import simulator as sib
from simulator.charts import Bars, Line
from simulator.cli import app
from simulator.report.bridge_words import answer
from simulator.scenario.model import Scenario
from simulator.studies.bridge import IN_PENCE, Bridge, ends_of
from simulator.studies.causes import GROUPS, WHOLE_LISTS, WORDS_ALONE, fields, mixed, of_scenarios, that_hold
from simulator.studies.paired import mean_of, paired
from simulator.words import MINUS
from tests.tiny import TINY, Edit, tiny_scenario

DEALS = ("enfield", "haringey_barnet", "shropshire", "tower_hamlets_ld", "tower_hamlets_smi")
CHANGED: tuple[Edit, ...] = (
    ("      price: 4224", "      price: 5000"),
    ("total_cap: {pounds: 40000", "total_cap: {pounds: 14000"),
    ("distribution: lognormal, mean: 0.0594", "distribution: lognormal, mean: 0.09"),
)
OVERLAY = """\
overlay: {name}
title: {title}
description: A change.
source: A test
set: {{{path}: {value}}}
"""


def overlay(folder: Path, name: str, path: str, value: float) -> Path:
    file = folder / f"{name}.yaml"
    text = OVERLAY.format(name=name, title=name.replace("_", " "), path=path, value=value)
    file.write_text(text, encoding="utf-8")
    return file


def two(folder: Path, *edits: Edit) -> tuple[Scenario, Scenario]:
    """Return the tiny scenario and an edited one."""
    (folder / "other").mkdir()
    return tiny_scenario(folder), tiny_scenario(folder / "other", *edits)


def adds_up(found: Bridge) -> bool:
    """Return whether the parts add up to the difference in every replication, in pence."""
    return all(
        np.array_equal(np.sum([part.figures.pence[name] for part in found.parts], axis=0), found.difference.pence[name])
        for name in IN_PENCE
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Bridge:
    return sib.bridge(*two(tmp_path_factory.mktemp("bridge"), *CHANGED), replications=16, seed=3, workers=1)


def test_every_term_is_in_exactly_one_group() -> None:
    named = Counter([*(path for paths in GROUPS.values() for path in paths), *WORDS_ALONE])
    assert [path for path, times in named.items() if times > 1] == []
    assert set(named) == set(fields())
    assert set(WHOLE_LISTS.values()) <= set(GROUPS)


def test_groups_that_differ_are_the_causes_and_parts_add_up(found: Bridge) -> None:
    assert [cause.title for cause in found.causes] == [
        "finding jobs and disengagement", "prices and schedules", "caps and funders",
    ]  # fmt: skip
    assert [part.kind for part in found.parts] == ["cause"] * 3 + ["two together"] * 3 + ["rest"]
    assert found.parts[3].title == "finding jobs and disengagement with prices and schedules"
    assert found.parts[-1].title == "three and more together"
    assert adds_up(found)
    assert all(found.difference.pence[name].any() for name in IN_PENCE)
    together = sum(found.multiple(part.figures).mean or 0.0 for part in found.parts)
    assert together == pytest.approx(found.multiple(found.difference).mean)


def test_a_cause_alone_is_what_it_does_to_the_first(found: Bridge) -> None:
    alone = sib.run(mixed(found.first, found.causes[1:2]), replications=16, seed=3, workers=1).returns.values
    base = sib.run(found.first, replications=16, seed=3, workers=1).returns.values
    effect = found.parts[1].figures.gbp("payments")
    expected = paired(np.asarray(base["payments.total_gbp"]), np.asarray(alone["payments.total_gbp"]))
    assert effect.mean == pytest.approx(expected.mean)
    assert effect.se == pytest.approx(expected.se)


def test_the_way_back_has_the_opposite_total(found: Bridge) -> None:
    back = sib.bridge(found.other, found.first, replications=16, seed=3, workers=1)
    assert all((back.difference.pence[name] == -found.difference.pence[name]).all() for name in IN_PENCE)
    assert adds_up(back)


def test_from_a_scenario_to_itself_there_is_nothing() -> None:
    tiny = sib.load_scenario(TINY)
    same = sib.bridge(tiny, tiny, replications=4, seed=1, workers=1)
    assert same.parts == ()
    assert same.causes == ()
    assert not any(same.difference.pence[name].any() for name in IN_PENCE)
    assert answer(same) == ("There is no difference: the two scenarios agree in every term.",)


def test_overlays_are_causes_each(tmp_path: Path) -> None:
    dearer = overlay(tmp_path, "dearer_jobs", "deal.rate_card.job_start.price", 5000)
    capped = overlay(tmp_path, "low_cap", "deal.total_cap.pounds", 12000)
    made = sib.bridge(TINY, overlays=[dearer, capped], replications=12, seed=3, workers=1)
    assert [part.title for part in made.parts] == ["dearer jobs", "low cap", "dearer jobs with low cap"]
    assert adds_up(made)
    alone = sib.bridge(TINY, overlays=[dearer], replications=12, seed=3, workers=1)
    assert [part.title for part in alone.parts] == ["dearer jobs"]
    assert adds_up(alone)


def test_groups_that_hold_only_together_are_one_cause(tmp_path: Path) -> None:
    schedule = "  schedules: [{name: low, prices: {job_start: 1000}, cap: none}]\n  over_funder_cap: unpaid"
    whole = "{use: low, from: 2021-04-01, to: 2022-04-01}"
    one, other = two(
        tmp_path,
        ("  over_funder_cap: unpaid", schedule),
        ("    outcome_part: senior", f"    outcome_part: senior\n    schedule_calendar: [{whole}]"),
        (
            "    over_funder_cap: {source",
            "    schedules: {source: Worked example, quality: D}\n    over_funder_cap: {source",
        ),
    )
    causes = of_scenarios(one, other)
    assert [cause.title for cause in causes] == ["prices and schedules", "provider and costs"]
    held = that_hold(one, causes, 6)
    assert [cause.title for cause in held] == ["prices and schedules, provider and costs"]
    assert not held[0].single
    assert mixed(one, held).digest == other.digest


def test_another_list_of_outcomes_goes_whole_with_the_prices(tmp_path: Path) -> None:
    one, other = two(tmp_path, ("outcome: job_start\n", "outcome: first_job\n      counts_as: job_start\n"))
    (cause,) = of_scenarios(one, other)
    assert cause.title == "prices and schedules"
    assert mixed(one, [cause]).digest == other.digest


@pytest.mark.parametrize("name", DEALS)
def test_all_causes_make_the_running_deal_of_the_signed_one(name: str) -> None:
    first, other = sib.load_scenario(f"scenarios/{name}.yaml"), sib.load_scenario(f"scenarios/running/{name}.yaml")
    held = ends_of(first, other, ()).causes
    assert len(held) > 6
    assert mixed(first, held).digest == other.digest


def test_many_causes_have_one_interaction() -> None:
    name = "tower_hamlets_ld"
    made = sib.bridge(f"scenarios/{name}.yaml", f"scenarios/running/{name}.yaml", replications=2, seed=1, workers=1)
    assert [part.kind for part in made.parts] == [*("cause" for _ in made.causes), "rest"]
    assert made.parts[-1].title == "interaction of all"
    assert adds_up(made)


def test_words_and_data_say_the_same(found: Bridge) -> None:
    told = found.findings()
    assert told.names == ("bridge", "bridge_investor")
    for table, column in (
        ("bridge", "payments_pence_in_all"), ("bridge", "net_cost_pence_in_all"), ("bridge_investor", "net_pence_in_all"),
    ):  # fmt: skip
        lines = found.table(table).set_index("part")[column]
        assert lines[[part.title for part in found.parts]].sum() == lines["B less A"] == lines["B"] - lines["A"]
    payers = found.table()
    assert list(payers["part"]) == ["A", *(part.title for part in found.parts), "B", "B less A"]
    assert list(payers["kind"]) == ["scenario", *(part.kind for part in found.parts), "scenario", "total"]
    assert list(payers["causes"])[1:6] == ["1", "2", "3", "1, 2", "1, 3"]
    assert list(payers["payments.total_gbp"][1:-2]) == [part.figures.gbp("payments").mean for part in found.parts]
    assert list(payers["commissioner.net_cost_gbp_se"][1:-2]) == [
        part.figures.gbp("funders").se for part in found.parts
    ]
    investor = found.table("bridge_investor")
    assert list(investor["investor.multiple"][1:-2]) == [found.multiple(part.figures).mean for part in found.parts]
    assert told.figures["multiples_compared_share"].value == found.in_common.mean()
    assert told.answer[0].startswith("A is “") and "Outcome payments are" in told.answer[1]
    assert "2 scenarios" not in repr(found) and repr(found).startswith("Bridge: tiny and tiny, 16 replications, seed 3")


def test_scenarios_are_written_plain_and_parts_with_their_sign(found: Bridge) -> None:
    first, part, *_, other, total = found.findings().table("bridge").words()
    assert (first[0], part[0], other[0], total[0]) == ("A", "(1) Finding jobs and disengagement", "B", "B less A")
    assert first[1].startswith("£") and other[1].startswith("£")
    assert total[1].startswith(("+", MINUS))


def test_the_chart_goes_from_a_to_b(found: Bridge) -> None:
    (chart,) = found.findings().charts
    for panel, (start, end) in zip(
        chart.panels,
        (
            (found.from_first.gbp("payments").mean, found.to_other.gbp("payments").mean),
            (found.multiple(found.from_first).mean, found.multiple(found.to_other).mean),
        ),
        strict=True,
    ):
        ends = [layer.x[0] for layer in panel.layers if isinstance(layer, Line) and layer.marker == "diamond"]
        assert ends == [start, end]
        bars = [layer for layer in panel.layers if isinstance(layer, Bars)]
        assert sum(len(layer.at) for layer in bars) == len(found.parts)
        moved = sum(size or 0.0 for layer in bars for size in layer.size)
        assert moved == pytest.approx((end or 0.0) - (start or 0.0))
    names = [text for _, text in chart.panels[0].y.ticks or ()]
    assert (names[0].split(":")[0], names[-1].split(":")[0], len(names)) == ("A", "B", len(found.parts) + 2)


def test_the_report_says_both_scenarios(found: Bridge, tmp_path: Path) -> None:
    page = found.html()
    for scenario in (found.first, found.other):
        assert scenario.digest in page
        assert scenario.title in page
    assert "what differs from the first" in page
    assert found.findings().command == "sib compare tiny.yaml tiny.yaml --bridge --replications 16 --seed 3"
    found.save(tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "scenario_2.json").read_text(encoding="utf-8"))
    assert kept["deal"]["rate_card"][1]["price"] == 500_000, "pence"


def test_what_no_command_gives_is_said_in_python(tmp_path: Path) -> None:
    dearer = overlay(tmp_path, "dearer_jobs", "deal.rate_card.job_start.price", 5000)
    capped = overlay(tmp_path, "low_cap", "deal.total_cap.pounds", 12000)
    first = sib.load_scenario(TINY, [dearer])
    made = sib.bridge(first, overlays=[capped], replications=2, seed=3, workers=1).findings()
    loaded = 'sib.load_scenario("tiny.yaml", ["dearer_jobs.yaml"])'
    assert made.command == f'sib.bridge({loaded}, overlays=["low_cap.yaml"], replications=2, seed=3)'
    back = sib.bridge(first, TINY, replications=2, seed=3, workers=1).findings()
    assert back.command == f'sib.bridge({loaded}, sib.load_scenario("tiny.yaml"), replications=2, seed=3)'


def test_a_mean_leaves_out_what_is_not_defined() -> None:
    assert mean_of(np.array([np.nan, 1.0, 3.0])).as_dict() == {"compared_share": 2 / 3, "mean": 2.0, "se": 1.0}
    assert mean_of(np.array([np.nan])).mean is None


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, arguments), "--bridge"])


def test_the_command_bridges_overlays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    dearer = overlay(tmp_path, "dearer_jobs", "deal.rate_card.job_start.price", 5000)
    options = ("--replications", "8", "--seed", "3", "--workers", "1", "--out", tmp_path / "out")
    shown = command(TINY, "--overlay", dearer, *options, "--json")
    assert shown.exit_code == 0, shown.output
    document = json.loads(shown.stdout)
    rows = document["tables"]["bridge"]["rows"]
    assert [row["part"] for row in rows if row["kind"] == "cause"] == ["dearer jobs"]
    same = sib.bridge(TINY, overlays=[dearer], replications=8, seed=3, workers=1).findings()
    assert document == json.loads(json.dumps(same.as_dict()))
    assert [each["scenario"] for each in document["scenarios"]] == ["tiny", "tiny+dearer_jobs"]
    result = command(TINY, "--overlay", dearer, *options)
    assert "Dearer jobs" in result.stdout
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "sib compare tiny.yaml --overlay dearer_jobs.yaml --bridge --replications 8 --seed 3"
    assert (tmp_path / "out" / "figures" / "bridge.png").exists()
    long = overlay(tmp_path, "a_cap_that_is_far_too_low_for_anybody", "deal.total_cap.pounds", 12000)
    refused = command(TINY, "--overlay", dearer, "--overlay", long, *options)
    assert refused.exit_code == 2
    of_both = "tiny, tiny+dearer_jobs+a_cap_that_is_far_too_low_for_anybody"
    assert f"(bridge of tiny, tiny+dearer_jobs, not bridge of {of_both})" in refused.stderr
    two_causes = command(TINY, "--overlay", dearer, "--overlay", long, *options, "--replace").stdout
    assert "(2) A cap that is far too low for" in two_causes
    assert "(1) with (2)" in two_causes


def test_what_cannot_be_bridged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    elsewhere = tiny_scenario(tmp_path / "one", ("  name: Tiny", "  name: Another deal")).file
    for arguments, message in (
        ((TINY,), "a bridge takes two scenarios"),
        ((TINY, TINY, TINY), "between two scenarios, not 3"),
        ((TINY, elsewhere), "between two scenarios of one deal"),
        ((TINY, TINY, "--overlay", TINY), "overlays are for a bridge from one scenario"),
        ((TINY, "nowhere"), "there is no such file"),
    ):
        result = command(*arguments, "--out", tmp_path / "out")
        assert result.exit_code == 2, arguments
        assert message in result.stderr
    assert not (tmp_path / "out").exists()
