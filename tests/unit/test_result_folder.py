"""Result folders: whose they are, what may take their place, and that nothing of the user's is ever lost."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from platform import node

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

import simulator as sib
from calibration.cli import app as calibrate
from simulator.cli import app
from simulator.report.archive import check_run_folder, default_folder, scenario_facts, write_manifest
from simulator.report.forecasting import wanted_forecasts
from simulator.report.in_place import clear_leftovers
from simulator.report.made_from import made_by
from simulator.report.result_folder import Earlier, Owner, ResultFolder, earlier
from simulator.studies.experiment import forget_tried
from tests.tiny import TINY, tiny_file
from tests.unit.report_runs import tiny_run

RUN, OTHER, STUDY = Owner("run", ("tiny",)), Owner("run", ("other",)), Owner("caps", ("tiny",))
SMALL = ("--replications", "4", "--workers", "1")
ROOT = Path(__file__).parents[2]


def writer(owner: Owner, **texts: str) -> Callable[[Path], None]:
    """Return what writes a small result: texts by file, `__` for `/` and `_` for `.`."""

    def write(folder: Path) -> None:
        for name, text in texts.items():
            path = folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        write_manifest(folder, owner, {})

    return write


def put(folder: Path, owner: Owner = RUN, replace: bool = False, **texts: str) -> None:
    ResultFolder(folder, owner, replace).write(writer(owner, **(texts or {"a_txt": "a", "figures__b_png": "b"})))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def note(folder: Path, *parts: str) -> Path:
    """Write a note of the user's into a folder."""
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("years of work", encoding="utf-8")
    return path


def sib_command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_a_folder_that_is_not_there_or_empty_is_taken_and_a_result_replaces_its_like(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty", "new"):
        put(tmp_path / name)
        assert names(tmp_path / name) == ["a.txt", "figures/b.png", "manifest.json"]
        assert earlier(tmp_path / name) == Earlier(RUN, ())
    put(tmp_path / "new", c_txt="c")
    assert names(tmp_path / "new") == ["c.txt", "manifest.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new"]


@pytest.mark.parametrize(
    "text", ["{}", "no JSON", "[1]", '{"name": "a web page", "files": {}}', '{"kind": "Deployment", "files": []}']
)
def test_a_manifest_of_something_else_is_foreign(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    words = (
        r"holds files that no result wrote, or that were changed since \(manifest.json\); name another folder, or give"
    )
    with pytest.raises(sib.SibError, match=words):
        put(tmp_path)
    put(tmp_path, replace=True)
    assert (tmp_path / "manifest.json.kept").read_text(encoding="utf-8") == text


def test_a_run_of_the_version_before_is_known_by_its_keys(tmp_path: Path) -> None:
    facts = scenario_facts(tiny_run().scenario, {"seed": 1, "replications": 2}, ())
    write_manifest(tmp_path, RUN, facts)
    file = tmp_path / "manifest.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    del kept["kind"], kept["of"]
    for more, kind in (({}, "run"), ({"study": "caps"}, "caps"), ({"as_of": "2020-01-01"}, "reforecast")):
        file.write_text(json.dumps(kept | more), encoding="utf-8")
        assert earlier(tmp_path) == Earlier(Owner(kind, ("tiny",)), ())
    del kept["made_from"]
    file.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(
        sib.SibError, match=r"run of tiny from a file that it does not name, not run of tiny from tests/.*tiny\.yaml\)"
    ):
        ResultFolder(tmp_path, made_by("run", [sib.load_scenario(TINY)], tmp_path)).check()


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (OTHER, "another result (run of tiny, not run of other)"),
        (STUDY, "another result (run of tiny, not caps of tiny)"),
    ],
)
def test_another_result_makes_way_only_when_told(owner: Owner, words: str, tmp_path: Path) -> None:
    put(tmp_path / "out")
    with pytest.raises(sib.SibError, match=re.escape(f"holds {words}; name another folder, or give --replace")):
        put(tmp_path / "out", owner)
    assert earlier(tmp_path / "out").owner == RUN
    put(tmp_path / "out", owner, replace=True, c_txt="c")
    assert names(tmp_path / "out") == ["c.txt", "manifest.json"]


def test_foreign_files_are_named_and_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    put(out)
    for parts in (("notes.txt",), ("figures", "mine.png"), ("more", "deep", "x.txt"), ("z.txt",)):
        note(out, *parts)
    with pytest.raises(
        sib.SibError, match=r"\(figures/mine.png, more/deep/x.txt, notes.txt and 1 more\).* keeps all other files"
    ):
        put(out)
    put(out, replace=True, c_txt="c")
    kept = ["figures/mine.png", "more/deep/x.txt", "notes.txt", "z.txt"]
    assert names(out) == sorted([*kept, "c.txt", "manifest.json"])
    assert (out / "notes.txt").read_text(encoding="utf-8") == "years of work"
    assert f"kept 4 files that no result wrote, or that you changed: {', '.join(kept)}" in capsys.readouterr().err


def test_a_file_that_the_user_changed_is_the_users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    put(out)
    for kept in ("a.txt.kept", "a.txt.kept2"):
        note(out, "a.txt")
        with pytest.raises(sib.SibError, match=r"changed since \(a.txt"):
            put(out)
        put(out, replace=True)
        assert (out / kept).read_text(encoding="utf-8") == "years of work"
        assert (out / "a.txt").read_text(encoding="utf-8") == "a"
        assert f"a.txt as {kept}" in capsys.readouterr().err


def test_files_and_folders_in_the_place_of_new_ones_stay_beside_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    note(out, "figures")
    note(out, "a.txt", "one.txt")
    note(out, "a.txt", "two.txt")
    put(out, replace=True)
    assert names(out) == [
        "a.txt", "a.txt.kept/one.txt", "a.txt.kept/two.txt", "figures.kept", "figures/b.png", "manifest.json"
    ]  # fmt: skip


def test_links_are_never_followed(tmp_path: Path) -> None:
    precious = note(tmp_path, "precious", "x.txt").parent
    (tmp_path / "link").symlink_to(precious)
    (tmp_path / "nowhere").symlink_to(tmp_path / "not there")
    for link in ("link", "nowhere"):
        for replace in (False, True):
            with pytest.raises(sib.SibError, match="is a symbolic link; name the folder itself"):
                put(tmp_path / link, replace=replace)
    out = tmp_path / "out"
    put(out)
    (out / "inside").symlink_to(precious)
    (out / "figures" / "b.png").unlink()
    (out / "figures" / "b.png").symlink_to(out / "a.txt")
    with pytest.raises(sib.SibError, match=r"\(figures/b.png, inside\)"):
        put(out)
    put(out, replace=True)
    assert (out / "inside").is_symlink() and (out / "figures" / "b.png.kept").is_symlink()
    assert names(precious) == ["x.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    note(tmp_path, "x.txt")
    with pytest.raises(sib.SibError, match=r"x\.txt is a file; name a folder"):
        put(tmp_path / "x.txt", replace=True)


def test_what_a_file_manager_leaves_is_nobodys(tmp_path: Path) -> None:
    put(tmp_path / "out")
    note(tmp_path / "out", ".DS_Store")
    put(tmp_path / "out")
    assert names(tmp_path / "out") == ["a.txt", "figures/b.png", "manifest.json"]


def test_a_writer_that_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        note(folder, "half.txt")
        raise KeyboardInterrupt

    put(tmp_path / "out")
    for name in ("out", "new"):
        with pytest.raises(KeyboardInterrupt):
            ResultFolder(tmp_path / name, RUN).write(fail)
    assert names(tmp_path) == ["out/a.txt", "out/figures/b.png", "out/manifest.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_swap_that_fails_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """The user's file has the longest name that there can be, and cannot be kept under a longer one."""
    out, longest = tmp_path / "out", "n" * 255
    note(out, longest)
    with pytest.raises(OSError, match="too long"):
        ResultFolder(out, RUN, replace=True).write(writer(RUN, **{longest: "of the result"}))
    assert names(tmp_path) == [f"out/{longest}"]
    assert (out / longest).read_text(encoding="utf-8") == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_what_a_killed_process_left_is_cleared_by_the_next_run(tmp_path: Path) -> None:
    killed = (
        "import os, sys\nfrom pathlib import Path\nfrom simulator.report.result_folder import Owner, ResultFolder\n"
        "ResultFolder(Path(sys.argv[1]), Owner('run', ('tiny',))).write(lambda new: os._exit(1))"
    )
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", killed, str(tmp_path / "out")], check=False, env=here)
    (left,) = tmp_path.iterdir()
    assert re.fullmatch(rf"\.out-\d+@{re.escape(node())}-\w{{8}}", left.name)
    put(tmp_path / "other")
    assert left.exists()
    put(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def test_what_is_of_a_process_that_may_be_alive_or_of_nobody_is_not_touched(tmp_path: Path) -> None:
    dead = dead_process()
    others = [
        f".out-{os.getpid()}@{node()}-abcdefgh",
        f".out-{dead}@{node()}x-abcdefgh",
        ".out-abcdefgh",
        "out.unfinished",
    ]
    for name in [*others, f".out-{dead}@{node()}-abcdefgh"]:
        note(tmp_path, name, "new", "x.txt")
    put(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, "out"])


def test_a_process_that_was_killed_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    out, left = tmp_path / "out", tmp_path / f".out-{dead_process()}@{node()}-abcdefgh"
    note(left, "old", "precious.txt")
    note(left, "new", "result.txt")
    with pytest.raises(sib.SibError, match=r"precious\.txt"):
        ResultFolder(out, RUN).check()
    assert names(tmp_path) == ["out/precious.txt"]
    note(left, "old", "precious.txt")
    note(left, "new", "result.txt")
    clear_leftovers(out)
    assert names(left) == ["new/result.txt", "old/precious.txt"], (
        "something else stands there: the old may be the only copy"
    )
    (left / "new" / "result.txt").unlink()
    (left / "new").rmdir()
    clear_leftovers(out)
    assert not left.exists(), "the new one had taken its place"


def test_no_command_takes_a_folder_of_another_kind_or_scenario(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tiny_file(tmp_path, ("scenario: tiny", "scenario: other"))
    put(out)
    before = {name: (out / name).read_bytes() for name in names(out)}
    for command, words in (
        (("run", other), "run of tiny, not run of other"),
        (("caps", TINY), "run of tiny, not caps of tiny"),
        (("luck", TINY), "run of tiny, not luck of tiny"),
        (("compare", TINY, other), "run of tiny, not comparison of tiny, other"),
    ):
        refused = sib_command(*command, *SMALL, "--out", out)
        assert refused.exit_code == 2
        assert words in refused.stderr
        assert {name: (out / name).read_bytes() for name in names(out)} == before
    note(out, "notes.txt")
    for command, kind in ((("compare", TINY, other), "comparison"), (("caps", TINY), "caps"), (("run", TINY), "run")):
        done = sib_command(*command, *SMALL, "--out", out, "--replace")
        assert done.exit_code == 0, done.output
        assert "kept 1 file that no result wrote, or that you changed: notes.txt" in done.stderr
        found = earlier(out)
        assert found.owner is not None
        assert (found.owner.kind, found.foreign) == (kind, ("notes.txt",))


@pytest.mark.parametrize(("command", "name"), [("check", "notes.txt"), ("export", "tower_hamlets_ld.yaml")])
def test_a_calibration_is_refused_before_anything_is_fitted(command: str, name: str, tmp_path: Path) -> None:
    note(tmp_path, name)
    refused = CliRunner().invoke(calibrate, [command, "learning_disabilities", "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert f"that were changed since ({name}); name another folder, or give --replace" in refused.stderr
    assert names(tmp_path) == [name]
    assert "--replace" in CliRunner().invoke(calibrate, [command, "--help"], env={"COLUMNS": "200"}).stdout


def test_every_command_that_writes_a_folder_can_replace(tmp_path: Path) -> None:
    writing = [command for command in get_command(app).commands.values() if command.name not in {"new"}]  # type: ignore[attr-defined]
    writing = [command for command in writing if "out" in {each.name for each in command.params}]
    assert len(writing) == 10
    assert [command.name for command in writing if "replace" not in {each.name for each in command.params}] == []


def test_a_forecast_has_a_folder_of_its_own_too(tmp_path: Path) -> None:
    put(tmp_path / "out")
    (tmp_path / "actuals.csv").write_text(
        "measure,period_start,period_end,value\nreferral,2021-04-01,2021-06-30,3\n", encoding="utf-8"
    )
    asked = ([str(TINY)], list[str](), tmp_path / "actuals.csv", "2021-06-30", tmp_path / "out")
    with pytest.raises(sib.SibError, match=re.escape("(run of tiny, not reforecast of tiny)")):
        wanted_forecasts(*asked)
    assert [each.folder for each in wanted_forecasts(*asked, replace=True)] == [tmp_path / "out"]


def test_a_run_is_refused_under_its_own_name_before_it_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = tiny_run((), 4, 3)
    note(default_folder(made), "notes.txt")
    refused = sib_command("run", TINY, *SMALL, "--seed", "3")
    assert (refused.exit_code, "(notes.txt)" in refused.stderr) == (2, True)
    with pytest.raises(sib.SibError, match=r"\(notes\.txt\)"):
        check_run_folder(made.scenario, None, 4, 3, "random", to_precision=False, replace=False)
    check_run_folder(made.scenario, None, 4, 3, "random", to_precision=True, replace=False)


def test_what_was_tried_goes_and_nothing_else(tmp_path: Path) -> None:
    for name in ("0123456789abcdef01234567.npz", ".abcdefgh.npz", "tried.csv", "notes.txt"):
        note(tmp_path / "out.unfinished", name)
    forget_tried(tmp_path / "out.unfinished")
    assert names(tmp_path) == ["out.unfinished/notes.txt"]
    (tmp_path / "out.unfinished" / "notes.txt").unlink()
    forget_tried(tmp_path / "out.unfinished")
    forget_tried(tmp_path / "out.unfinished")
    assert list(tmp_path.iterdir()) == []
