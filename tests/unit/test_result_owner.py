"""Whose a result folder is where only files tell two scenarios apart: edited files, files of one name, values of Python."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import simulator as sib
from simulator.report.made_from import made_by
from simulator.report.result_folder import earlier
from simulator.scenario.load import bundled_folder
from tests.tiny import TINY, tiny_file
from tests.unit.test_result_folder import SMALL, put, sib_command


def test_a_file_that_was_edited_replaces_its_result_and_another_of_its_name_does_not(tmp_path: Path) -> None:
    out, (mine, theirs) = tmp_path / "out", (tmp_path / name for name in ("mine", "theirs"))
    for folder in (mine, theirs):
        folder.mkdir()
    file, changes = tiny_file(mine), (("price: 4224", "price: 5000"), ("title: A deal", "title: Another deal"))
    assert sib_command("run", file, *SMALL, "--out", out).exit_code == 0
    tiny_file(mine, *changes)
    assert sib_command("run", file, *SMALL, "--out", out).exit_code == 0
    edited = sib.load_scenario(file).digest
    other = tiny_file(theirs, *changes)
    refused = sib_command("run", other, *SMALL, "--out", out)
    assert refused.exit_code == 2
    assert f"holds another result (run of tiny from {file}, not run of tiny from {other}); name" in refused.stderr
    kept = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (kept["scenario_digest"], kept["made_from"]) == (edited, ["../mine/tiny.yaml"])
    assert sib_command("run", other, *SMALL, "--out", out, "--replace").exit_code == 0


def test_files_are_told_apart_wherever_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files are named alike from their own folders; a project that is moved keeps its results."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        tiny_file(tmp_path / name)
    monkeypatch.chdir(tmp_path / "one")
    put(tmp_path / "one" / "out", made_by("run", [sib.load_scenario("tiny.yaml")], Path("out")))
    put(tmp_path / "out", made_by("run", [sib.load_scenario("tiny.yaml")], tmp_path / "out"))
    monkeypatch.chdir(tmp_path / "two")
    with pytest.raises(
        sib.SibError, match=re.escape(f"from {tmp_path}/one/tiny.yaml, not run of tiny from tiny.yaml)")
    ):
        put(tmp_path / "out", made_by("run", [sib.load_scenario("tiny.yaml")], tmp_path / "out"))
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "out", made_by("run", [sib.load_scenario("one/tiny.yaml")], Path("out")))
    (tmp_path / "one").rename(tmp_path / "moved")
    put(tmp_path / "moved" / "out", made_by("run", [sib.load_scenario("moved/tiny.yaml")], Path("moved/out")))


def test_a_bundled_name_and_its_path_are_one_file(tmp_path: Path) -> None:
    file = bundled_folder() / "enfield.yaml"
    owners = [made_by("run", [sib.load_scenario(name)], tmp_path / "out") for name in ("enfield", file)]
    assert [each.made_from for each in owners] == [("scenarios/enfield.yaml",)] * 2
    assert owners[0] == owners[1]


def test_an_overlay_of_another_file_makes_another_result(tmp_path: Path) -> None:
    text = "overlay: dearer\ntitle: Dearer\ndescription: x\nsource: A test\nset: {deal.rate_card.job_start.price: %s}\n"
    owners = []
    for name, price in (("one", 5000), ("one", 5001), ("two", 5001)):
        file = tmp_path / name / "dearer.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text % price, encoding="utf-8")
        owners.append(made_by("run", [sib.load_scenario(TINY, [file])], tmp_path / "out"))
    assert {each.of for each in owners} == {("tiny+dearer",)}
    assert owners[0] == owners[1] != owners[2]
    put(tmp_path / "out", owners[0])
    here = TINY.relative_to(Path.cwd())
    words = f"tiny+dearer from {here} and {tmp_path}/one/dearer.yaml, not run of tiny+dearer from {here} and {tmp_path}/two/"
    with pytest.raises(sib.SibError, match=re.escape(words)):
        put(tmp_path / "out", owners[2])


def test_bridges_to_files_of_one_name_have_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, price in (("one", 5000), ("two", 5001)):
        (tmp_path / name).mkdir()
        other = tiny_file(tmp_path / name, ("price: 4224", f"price: {price}"), ("scenario: tiny", "scenario: other"))
        done = sib_command("compare", TINY, other, "--bridge", *SMALL)
        assert done.exit_code == 0, done.output
    folders = sorted((tmp_path / "results" / "tiny").iterdir())
    assert len(folders) == 2
    found = [earlier(folder).owner for folder in folders]
    assert {(owner.kind, owner.of) for owner in found if owner} == {("bridge", ("tiny", "other"))}
    assert {owner.made_from[1] for owner in found if owner} == {f"../../../{name}/tiny.yaml" for name in ("one", "two")}
    out = tmp_path / "out"
    assert sib_command("compare", TINY, "one/tiny.yaml", "--bridge", *SMALL, "--out", out).exit_code == 0
    refused = sib_command("compare", TINY, "two/tiny.yaml", "--bridge", *SMALL, "--out", out)
    assert refused.exit_code == 2
    assert f"(bridge of tiny, other from {TINY} and one/tiny.yaml, not bridge of tiny, other from" in refused.stderr


def test_values_set_in_python_make_another_result_where_the_digest_differs(tmp_path: Path) -> None:
    plain = sib.load_scenario(TINY)
    change = sib.Overlay(overlay="mine", title="Mine", description="x", source="A test")
    one, other = (
        sib.load_scenario(TINY, [change.model_copy(update={"set": {"assumptions.patience": days}})])
        for days in (90, 91)
    )
    settings = plain.settings.model_copy(update={"replications": 4})
    description = plain.description.model_copy(update={"settings": settings})
    owners = [
        made_by("run", [each], tmp_path / "out")
        for each in (one, other, plain, replace(plain, description=description))
    ]
    assert (owners[0].of, owners[2]) == (owners[1].of, owners[3])
    assert len(owners[2].made_from) == 1
    put(tmp_path / "out", owners[0])
    put(tmp_path / "out", owners[0])
    words = f"and values set in Python with the digest {one.digest[:12]}, not run of tiny+mine from "
    with pytest.raises(sib.SibError, match=re.escape(words)):
        put(tmp_path / "out", owners[1])
    changed = plain.description.model_copy(update={"deal": plain.deal.model_copy(update={"evidence_window_days": 91})})
    assert len(made_by("run", [replace(plain, description=changed)], tmp_path).made_from) == 2
