"""Runs as data: read back from their folders, written again, and extended, to the last bit."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simulator as sib
from simulator.columns import BLOCK
from simulator.errors import SibError
from simulator.monte_carlo import Run
from simulator.records import Returns
from simulator.report.archive import default_folder, write_results, write_run, write_run_manifest
from simulator.report.made_from import made_by
from simulator.report.result_folder import digest_of
from simulator.report.stored import FLOWS, QUARTERS, READ, RETURNS, SCENARIO, SUMMARY
from simulator.scenario.description import kept, read_back
from simulator.scenario.draws import Points
from tests.tiny import TINY, tiny_scenario
from tests.unit.report_runs import NO_CAPITAL, NOBODY
from tests.unit.test_command_line import sib_command

BUNDLED = Path(__file__).parents[2] / "scenarios"
SLOW = BUNDLED / "stresses" / "st_02_slow_start.yaml:severe"
EVERY_POINTS: tuple[Points, ...] = ("random", "sobol")
ALL_IN_A_FILE = 1


def assert_same(one: Returns, other: Returns) -> None:
    """Assert that returns are the same to the last bit, of the same types, in the same order."""
    assert (one.first, list(one.values), list(one.series)) == (other.first, list(other.values), list(other.series))
    pairs = [(one.values[name], other.values[name]) for name in one.values]
    pairs += [(one.series[name], other.series[name]) for name in one.series]
    assert all((a.dtype, a.shape) == (b.dtype, b.shape) and np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    assert all(np.array_equal(np.signbit(a[~np.isnan(a)]), np.signbit(b[~np.isnan(b)])) for a, b in pairs)
    for a, b in [(one.irr_status, other.irr_status), (one.flows, other.flows)]:
        assert (a.dtype, a.tobytes()) == (b.dtype, b.tobytes())


def results_of(run: Run, folder: Path) -> Path:
    """Return a folder with the results of a run and its manifest, without its report, which takes seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_results(run, folder)
    write_run_manifest(run, folder, made_by("run", [run.scenario], folder))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cache
def tiny_run(replications: int = 20, points: Points = "random") -> Run:
    return sib.run(sib.load_scenario(TINY), replications=replications, seed=7, workers=1, points=points)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny run; nothing in it is to be changed."""
    return results_of(tiny_run(), tmp_path_factory.mktemp("stored") / "run")


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to be changed."""
    return shutil.copytree(written, tmp_path / "copy")


def set_in_manifest(folder: Path, **values: Any) -> None:  # noqa: ANN401 - plain data
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(manifest | values), encoding="utf-8")


def cases() -> list[tuple[str, Callable[[Path], Run]]]:
    def patient(folder: Path) -> Run:
        values = {
            "assumptions.patience": sib.lognormal(median=180, sigma=0.5),
            "deal.investment.settlement_date": date(2022, 4, 30),
            "deal.rate_card.job_start.price": "4500.50",
        }
        return sib.run(sib.load_scenario(TINY, [SLOW]).with_values(values), replications=9, seed=1, workers=1)

    return [
        ("as it stands", lambda folder: tiny_run()),
        ("one replication", lambda folder: tiny_run(1)),
        ("at Sobol points", lambda folder: tiny_run(21, "sobol")),
        ("nobody referred", lambda folder: sib.run(tiny_scenario(folder, *NOBODY), replications=5, workers=1)),
        ("no capital", lambda folder: sib.run(tiny_scenario(folder, *NO_CAPITAL), replications=5, workers=1)),
        ("overlay and values", patient),
    ]


@pytest.mark.parametrize("make", [case[1] for case in cases()], ids=[case[0] for case in cases()])
def test_a_run_is_read_back_as_it_was(make: Callable[[Path], Run], tmp_path: Path) -> None:
    run = make(tmp_path)
    read = sib.load_run(results_of(run, tmp_path / "run"))
    assert_same(read.returns, run.returns)
    assert (read.seed, read.points, read.convergence, read.foreign) == (run.seed, run.points, None, None)
    assert read.table().equals(run.table())
    assert read.estimates == run.estimates
    assert read.quarters == run.quarters
    assert read.draws().equals(run.draws())
    assert read.irr_of_mean_flows == run.irr_of_mean_flows
    for name in ("description", "digest", "name", "title", "file", "overlay_files", "warnings"):
        assert getattr(read.scenario, name) == getattr(run.scenario, name), name
    assert default_folder(read) == default_folder(run)
    assert files(results_of(read, tmp_path / "again")) == files(results_of(run, tmp_path / "run"))


@pytest.mark.slow
def test_a_run_that_was_read_back_is_written_in_its_place_with_the_same_bytes(tmp_path: Path) -> None:
    folder = write_run(dict(cases())["overlay and values"](tmp_path), tmp_path / "run")
    before = files(folder)
    after = files(write_run(sib.load_run(folder), folder))
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == []


def test_a_run_of_the_command_is_read_back(tmp_path: Path) -> None:
    result = sib_command(
        "run", TINY, "--replications", "20", "--seed", "7", "--workers", "1", "--out", tmp_path / "run", "--json"
    )
    assert result.exit_code == 0, result.output
    assert_same(sib.load_run(str(tmp_path / "run")).returns, tiny_run().returns)


def test_a_folder_moves_and_its_run_is_still_of_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    run = sib.run(tiny_scenario(tmp_path / "here"), replications=3, seed=1, workers=1)
    folder = results_of(run, tmp_path / "here" / "run")
    made_from = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["made_from"]
    assert made_from == ["../tiny.yaml"]
    (tmp_path / "here").rename(tmp_path / "there")
    again = results_of(sib.load_run(tmp_path / "there" / "run"), tmp_path / "there" / "deep" / "run")
    assert json.loads((again / "manifest.json").read_text(encoding="utf-8"))["made_from"] == ["../../tiny.yaml"]


def test_looks_of_a_run_to_a_precision_are_read_back(tmp_path: Path) -> None:
    wanted = {"payments.total_gbp.mean": 1e-9, "investor.probability_of_loss": 0.2, "investor.irr.q05": 0.5}
    for points in EVERY_POINTS:
        run = sib.run(
            sib.load_scenario(TINY), replications=40, seed=3, workers=1, points=points, precision=wanted,
            max_replications=300,
        )  # fmt: skip
        folder = results_of(run, tmp_path / points)
        before, read = files(folder), sib.load_run(folder)
        assert read.convergence == run.convergence is not None
        assert files(results_of(read, folder)) == before


def test_results_need_no_memory_and_no_folder_once_they_are_read(tmp_path: Path) -> None:
    run = sib.run(sib.load_scenario(TINY), replications=BLOCK + 50, seed=3, workers=1)
    folder = results_of(run, tmp_path / "run")
    read = sib.load_run(folder, scratch=tmp_path, in_memory=ALL_IN_A_FILE)
    shutil.rmtree(folder)
    assert_same(read.returns, run.returns)
    more = read.extend(to=BLOCK + 60, workers=1, scratch=tmp_path, in_memory=ALL_IN_A_FILE)
    assert_same(more.returns, run.extend(to=BLOCK + 60, workers=1).returns)


@pytest.mark.parametrize(
    "path",
    [*sorted(BUNDLED.glob("*.yaml")), *sorted(BUNDLED.glob("running/*.yaml"))],
    ids=lambda path: str(path.relative_to(BUNDLED)),
)
def test_any_scenario_is_read_back_field_by_field(path: Path) -> None:
    said = sib.load_scenario(path).description
    assert read_back(json.loads(json.dumps(kept(said)))) == said


# Extending


@pytest.mark.parametrize("points", EVERY_POINTS)
@pytest.mark.parametrize(("first", "to"), [(20, 51), (16, 64), (7, 8), (20, 20)])
def test_an_extended_run_is_the_longer_run(points: Points, first: int, to: int, tmp_path: Path) -> None:
    short, long = tiny_run(first, points), tiny_run(to, points)
    before = short.table()
    done: list[int] = []
    for run in (short, sib.load_run(results_of(short, tmp_path / "short"))):
        made = run.extend(to=to, workers=1, progress=done.append)
        assert_same(made.returns, long.returns)
        assert made.table().equals(long.table())
        assert made.quarters == long.quarters
        assert made.draws().equals(long.draws())
        extended = files(results_of(made, tmp_path / "made"))
        assert extended == files(results_of(long, tmp_path / "made"))
    assert sum(done) == 2 * (to - first)
    assert short.replications == first
    assert short.table().equals(before)


def test_an_extended_run_may_be_done_by_others_and_extended_again() -> None:
    with ThreadPoolExecutor(2) as executor:
        made = tiny_run().extend(to=33, executor=executor).extend(to=51, workers=1)
    assert_same(made.returns, tiny_run(51).returns)


def test_a_run_to_a_precision_is_extended_to_a_plain_run() -> None:
    run = sib.run(
        sib.load_scenario(TINY), replications=20, seed=7, workers=1, precision={"payments.total_gbp.mean": 1e9}
    )
    made = run.extend(to=51, workers=1)
    assert made.convergence is None
    assert_same(made.returns, tiny_run(51).returns)


def test_what_cannot_be_extended_is_refused() -> None:
    with pytest.raises(SibError, match="the run has 20 replications already, and cannot have 19"):
        tiny_run().extend(to=19)
    with pytest.raises(SibError, match="workers must be 1 or more, not 0"):
        tiny_run().extend(to=30, workers=0)


# What is refused


def test_what_is_no_run_folder_is_refused(written: Path, tmp_path: Path) -> None:
    with pytest.raises(SibError, match="not_there is no folder; name the folder of a run"):
        sib.load_run(tmp_path / "not_there")
    with pytest.raises(SibError, match=r"is no run folder: it has no manifest\.json that a run wrote"):
        sib.load_run(tmp_path)
    tables = sib.write_tables(tiny_run(), tmp_path / "tables", replications=range(2))
    with pytest.raises(SibError, match=r"tables holds another result \(tables of tiny\), not a run"):
        sib.load_run(tables)
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(SibError, match="is no run folder"):
        sib.load_run(tmp_path)


@pytest.mark.parametrize("name", READ)
def test_a_changed_file_is_refused(name: str, copy: Path) -> None:
    with (copy / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(SibError, match=f"copy is not as the run wrote it; changed since: {name}"):
        sib.load_run(copy)
    (copy / name).unlink()
    with pytest.raises(SibError, match=f"copy is not whole: it lacks {name}"):
        sib.load_run(copy)


def test_files_that_are_not_read_are_the_users_to_change(copy: Path) -> None:
    (copy / "draws.parquet").unlink()
    (copy / "quarters.csv").write_text("mine", encoding="utf-8")
    (copy / "notes.txt").write_text("mine", encoding="utf-8")
    assert_same(sib.load_run(copy).returns, tiny_run().returns)


def test_a_folder_of_an_earlier_version_is_refused_in_words(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    older = {name: digest for name, digest in manifest["files"].items() if name not in (QUARTERS, FLOWS)}
    set_in_manifest(copy, files=older)
    with pytest.raises(
        SibError, match=r"was written by version 0\.1\.0, whose run folders this one cannot read back"
    ) as e:
        sib.load_run(copy)
    assert str(e.value).endswith("(it wrote no quarters.parquet and investor_flows.parquet); run the scenario again")


def rewritten(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file and its digest in the manifest, as another program would have written it."""
    data = json.loads((folder / name).read_text(encoding="utf-8"))
    change(data)
    (folder / name).write_text(json.dumps(data), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][name] = digest_of(folder / name)
    set_in_manifest(folder, files=manifest["files"])


def test_a_scenario_that_this_version_does_not_know_is_refused(copy: Path) -> None:
    rewritten(copy, SCENARIO, lambda said: said["deal"].update(novelty=1))
    with pytest.raises(
        SibError, match=r"whose run folders this one cannot read back \(Extra inputs are not permitted\)"
    ):
        sib.load_run(copy)


def test_a_scenario_with_another_digest_is_refused(copy: Path) -> None:
    set_in_manifest(copy, scenario_digest="0123456789abcdef")
    with pytest.raises(
        SibError, match=r"the scenario in scenario\.json has the digest \w{8}, and the run was of one with"
    ):
        sib.load_run(copy)


def test_a_folder_that_does_not_hold_what_it_says_is_refused(copy: Path) -> None:
    rewritten(copy, SUMMARY, lambda said: said.update(replications=21))
    with pytest.raises(SibError, match="it has 20 replications, and says 21"):
        sib.load_run(copy)


def test_a_folder_without_a_measure_of_this_version_is_refused(copy: Path, tmp_path: Path) -> None:
    frame = tiny_run().by_replication().drop(columns="investor.multiple")
    frame.to_parquet(copy / RETURNS, index=False)
    rewritten(copy, SUMMARY, lambda said: None)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][RETURNS] = digest_of(copy / RETURNS)
    set_in_manifest(copy, files=manifest["files"])
    with pytest.raises(SibError, match=r"\(it has no investor\.multiple\); run the scenario again"):
        sib.load_run(copy)


def test_a_run_of_another_program_is_read_and_not_added_to(copy: Path, tmp_path: Path) -> None:
    versions = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["versions"]
    set_in_manifest(copy, code_digest="other", versions=versions | {"numpy": "1.0"})
    read = sib.load_run(copy)
    assert read.table().equals(tiny_run().table())
    assert read.foreign is not None
    assert read.foreign.startswith(f"other code; numpy 1.0, not {np.__version__}")
    so = "this run was made by another program than this one (other code; numpy 1.0, not "
    refused: list[tuple[str, Callable[[], object]]] = [
        ("it cannot be extended", lambda: read.extend(to=30)),
        ("it cannot be written as one of this program; copy its folder", lambda: write_run(read, tmp_path / "new")),
        ("its tables cannot be made again", lambda: sib.write_tables(read, tmp_path / "new")),
        ("its tables cannot be made again", read.tables),
    ]
    for words, act in refused:
        with pytest.raises(SibError) as error:
            act()
        assert str(error.value).startswith(so)
        assert str(error.value).endswith(f"so {words}; run its scenario again")
    assert not (tmp_path / "new").exists()


def test_a_scenario_that_was_read_back_makes_no_versions(written: Path) -> None:
    scenario = sib.load_run(written).scenario
    with pytest.raises(
        SibError, match="was read back from a result, which keeps its values and not its files; load its"
    ):
        scenario.with_values({"assumptions.patience": 100})
    assert_same(sib.run(scenario, replications=20, seed=7, workers=1).returns, tiny_run().returns)


def test_the_real_deal_is_read_back_and_extended(tmp_path: Path) -> None:
    scenario = sib.load_scenario("haringey_barnet", [BUNDLED / "stresses" / "st_06_lockdown.yaml:severe"])
    long = sib.run(scenario, replications=12, seed=5, workers=1)
    folder = results_of(sib.run(scenario, replications=8, seed=5, workers=1), tmp_path / "run")
    read = sib.load_run(folder)
    assert [each.title for each in read.scenario.overlays] == [each.title for each in scenario.overlays]
    assert_same(read.extend(to=12, workers=1).returns, long.returns)
