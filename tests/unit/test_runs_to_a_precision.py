"""Runs that go on until they are precise enough, and runs at Sobol points: what comes of them, by function and command."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import simulator as sib
from simulator.batch import run_batch
from simulator.monte_carlo import Run
from simulator.precision import LIMIT
from simulator.report.archive import default_folder, write_results
from simulator.report.captions import captions
from simulator.report.convergence import convergence, looks_table, verdict
from simulator.report.document import render, svg
from simulator.report.drawing import draw as drawn
from simulator.report.figures import draw_figures
from simulator.report.summary import summary
from simulator.scenario.draws import draw
from tests.tiny import TINY
from tests.unit.test_bounded_memory import in_batches_of
from tests.unit.test_command_line import sib_command
from tests.unit.test_report_document import read

SCENARIO = sib.load_scenario(TINY)
PAID = "payments.total_gbp.mean"
LOSS = "investor.probability_of_loss"


def error_at(replications: int) -> float:
    """Return the error of the mean payments of an ordinary run."""
    found = sib.run(SCENARIO, replications=replications, seed=3, workers=1).estimates["payments.total_gbp"].se
    assert found is not None
    return found


@cache
def reached() -> Run:
    """Return a run that goes on until its error is some two thirds of that of 250 replications."""
    return sib.run(SCENARIO, replications=250, seed=3, workers=1, precision={PAID: error_at(250) * 0.67, LOSS: 0.2})


def same(one: Run, other: Run) -> bool:
    return all(
        np.array_equal(one.returns.values[n], other.returns.values[n], equal_nan=True) for n in one.returns.values
    )


def test_a_run_goes_on_until_it_is_precise_enough() -> None:
    made = reached()
    assert made.convergence is not None
    assert made.convergence.reached
    assert [wanted.name for wanted in made.convergence.wanted] == [PAID, f"{LOSS}.mean"]
    counts = [look.replications for look in made.convergence.looks]
    assert counts[0] == 250
    assert counts[-1] == made.replications
    assert all(count % 250 == 0 for count in counts)
    assert 500 <= made.replications <= 1000
    last = made.convergence.looks[-1].seen[0]
    assert (last.value, last.error) == (
        made.estimates["payments.total_gbp"].mean,
        made.estimates["payments.total_gbp"].se,
    )
    assert last.error is not None
    assert last.error <= made.convergence.wanted[0].error


def written(run: Run, folder: Path) -> Path:
    """Return a folder with what a run found, without its report."""
    folder.mkdir()
    write_results(run, folder)
    return folder


def test_each_look_is_an_ordinary_run_of_as_many_replications(tmp_path: Path) -> None:
    made = reached()
    assert made.convergence is not None
    plain = sib.run(SCENARIO, replications=made.replications, seed=3, workers=1)
    assert same(made, plain)
    assert made.convergence.looks[0].seen[0].error == error_at(250)
    one, other = written(made, tmp_path / "one"), written(plain, tmp_path / "other")
    for name in ("returns.parquet", "draws.parquet", "summary.csv", "quarters.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_where_it_stops_depends_on_no_batch_and_no_worker() -> None:
    assert reached().convergence is not None
    precision = {PAID: error_at(250) * 0.67, LOSS: 0.2}
    with ThreadPoolExecutor(2) as pool:
        again = sib.run(in_batches_of(37), replications=250, seed=3, precision=precision, executor=pool)
    assert again.convergence == reached().convergence
    assert same(again, reached())
    several = sib.run(in_batches_of(250), replications=250, seed=3, precision=precision, workers=2)
    assert several.convergence == reached().convergence
    assert same(several, reached())


def test_it_says_so_when_it_gives_up() -> None:
    made = sib.run(SCENARIO, replications=20, seed=3, workers=1, precision={PAID: 0.5}, max_replications=30)
    assert made.convergence is not None
    assert not made.convergence.reached
    assert [look.replications for look in made.convergence.looks] == [20, 30]
    assert verdict(made).startswith(
        "The precision wanted was not reached after 30 replications: the error of payments.total_gbp.mean is "
    )
    assert verdict(made).endswith(", wanted 0.50.")
    assert "The precision wanted was reached after" in verdict(reached())
    assert verdict(sib.run(SCENARIO, replications=2, seed=3, workers=1)) == ""


def test_a_mean_that_does_not_exist_is_not_waited_for() -> None:
    made = sib.run(SCENARIO, replications=50, seed=3, workers=1, precision={"investor.payback_years.mean": 0.1})
    assert made.replications == 50
    assert verdict(made) == (
        "The precision wanted was not reached after 50 replications: investor.payback_years.mean does not exist, because "
        "the measure is undefined in some replications; investor.payback_years.q50 may exist."
    )
    words = [text.get_text() for text in drawn(convergence(made)).findobj(Text)]
    assert "This figure does not exist." in words


def test_a_tail_is_waited_for() -> None:
    made = sib.run(
        SCENARIO, replications=150, seed=3, workers=1, precision={"investor.expected_shortfall_multiple": 9.0}
    )
    assert made.convergence is not None
    assert made.convergence.reached
    assert [look.replications for look in made.convergence.looks] == [
        150,
        500,
        1000,
    ]  # at 500 the tail has not varied yet
    assert looks_table(made.convergence).words()[0][1:4] == ("150", "undefined", "not known")


def test_what_cannot_be_done_is_refused_before_anything_runs() -> None:
    told: list[int] = []
    with pytest.raises(sib.SibError, match=r"precision has 2 problems\n  investor.irr.mean: rates of return are never"):
        sib.run(SCENARIO, precision={"investor.irr.mean": 0.1, "investor.multipel.mean": 1}, progress=told.append)
    with pytest.raises(
        sib.SibError, match="max_replications must be at least the 30 replications to begin with, not 20"
    ):
        sib.run(SCENARIO, replications=30, precision={PAID: 1}, max_replications=20, progress=told.append)
    with pytest.raises(sib.SibError, match="max_replications is for runs to a precision"):
        sib.run(SCENARIO, replications=30, max_replications=40, progress=told.append)
    assert told == []
    assert LIMIT == 1_000_000


def test_the_command_shows_and_writes_its_looks(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options = ("--replications", "50", "--seed", "3", "--workers", "1", "--out", folder)
    wanted = ("--precision", f"{PAID}=100000", "--precision", f"{LOSS}=0.5")
    done = sib_command("run", TINY, *options, *wanted)
    assert done.exit_code == 0, done.output
    assert "Looks on the way" in done.stdout
    assert "Estimate" in done.stdout
    table = pd.read_csv(folder / "convergence.csv")
    assert list(table.columns) == ["estimate", "replications", "value", "error", "wanted", "unit"]
    assert list(table["estimate"]) == [PAID, f"{LOSS}.mean"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert manifest["precision"] == found["precision"]
    assert found["precision"]["reached"] is True
    assert found["precision"]["wanted"] == {PAID: 100000.0, f"{LOSS}.mean": 0.5}
    assert found["precision"]["looks"][0]["estimates"][PAID]["value"] == found["measures"]["payments.total_gbp"]["mean"]
    assert (folder / "figures" / "convergence.png").exists()
    assert "How precise" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_command_ends_with_1_where_the_answer_is_no(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options = ("--replications", "20", "--workers", "1", "--out", folder, "--max-replications", "30", "--json")
    done = sib_command("run", TINY, *options, "--precision", f"{PAID}=0.1")
    assert done.exit_code == 1
    assert "The precision wanted was not reached after 30 replications" in done.stderr
    assert json.loads(done.stdout)["precision"]["reached"] is False
    assert json.loads(done.stdout)["replications"] == 30
    assert (folder / "report.html").exists()


def test_the_command_ends_with_2_for_what_cannot_be_wanted(tmp_path: Path) -> None:
    options = ("--replications", "20", "--workers", "1", "--out", tmp_path / "run")
    done = sib_command(
        "run", TINY, *options, "--precision", "investor.irr.mean=0.1", "--precision", "investor.multipel.mean=0"
    )
    assert done.exit_code == 2
    assert "precision has 2 problems" in done.stderr
    assert 'ask for "investor.irr.q50"' in done.stderr
    assert 'did you mean "investor.multiple.mean"?' in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_figure_and_the_table_show_every_look() -> None:
    made = reached()
    assert made.convergence is not None
    drawn = draw_figures(made)
    assert list(drawn)[-1] == "convergence"
    assert len(drawn["convergence"].axes) == 2
    assert [caption.name for caption in captions(made)] == list(drawn)
    text = render(made, {name: svg(figure) for name, figure in drawn.items()})
    assert text.count('id="figure-convergence"') == 1
    for row in looks_table(made.convergence).words():
        assert all(f">{word}<" in text for word in row[1:])
    ids = [attrs["id"] for _, attrs in read(text).tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    plain = render(Run(made.scenario, made.seed, made.returns), {})
    assert "How precise" not in plain
    with pytest.raises(sib.SibError, match="no precision was wanted"):
        convergence(Run(made.scenario, made.seed, made.returns))


def test_points_change_the_draws_and_nothing_else_does() -> None:
    whole = sib.run(SCENARIO, replications=40, seed=3, workers=1, points="sobol")
    with ThreadPoolExecutor(2) as pool:
        assert same(whole, sib.run(SCENARIO, replications=40, seed=3, executor=pool, points="sobol"))
    alone = run_batch(SCENARIO, 3, 37, 1, "compiled", "sobol")
    assert all(
        np.array_equal(column[37:38], alone.values[name], equal_nan=True)
        for name, column in whole.returns.values.items()
    )
    assert same(whole, sib.run(SCENARIO, replications=40, seed=3, workers=1, points="sobol", engine="simpy"))
    random = sib.run(SCENARIO, replications=40, seed=3, workers=1)
    assert not same(whole, random)
    assert not whole.draws().equals(random.draws())
    rates = draw(SCENARIO, 3, 0, 40, "sobol").values["job_rate"]
    assert whole.draws()["job_rate"].to_numpy() / 30.4375 == pytest.approx(rates)


def test_a_run_says_which_points_it_used(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options = ("--replications", "40", "--seed", "3", "--workers", "1", "--out", folder, "--points", "sobol")
    done = sib_command("run", TINY, *options)
    assert done.exit_code == 0, done.output
    assert "40 replications, seed 3, Sobol points" in " ".join(done.stdout.split())
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["points"] == "sobol"
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["points"] == "sobol"
    assert "--seed 3 --points sobol" in (folder / "report.html").read_text(encoding="utf-8")
    made = sib.run(SCENARIO, replications=40, seed=3, workers=1, points="sobol")
    assert default_folder(made).name == f"seed3-n40-sobol-{SCENARIO.digest[:8]}"
    assert "points" not in summary(sib.run(SCENARIO, replications=40, seed=3, workers=1))
    drawn = pd.read_parquet(folder / "draws.parquet")
    pd.testing.assert_frame_equal(drawn, made.draws())


def test_other_points_are_refused() -> None:
    with pytest.raises(sib.SibError, match='points are "random" or "sobol", not "halton"'):
        sib.run(SCENARIO, replications=4, points="halton")  # type: ignore[arg-type]
    assert sib_command("run", TINY, "--points", "halton").exit_code == 2


def test_looks_at_sobol_points_are_at_powers_of_two() -> None:
    made = sib.run(SCENARIO, replications=100, seed=3, workers=1, points="sobol", precision={PAID: error_at(250) * 0.9})
    assert made.convergence is not None
    assert made.convergence.looks[0].replications == 128
    assert all((look.replications // 16).bit_count() == 1 for look in made.convergence.looks)
    block_means = [made.returns.values["payments.total_gbp"][block::16].mean() for block in range(16)]
    assert made.estimates["payments.total_gbp"].se == pytest.approx(np.std(block_means, ddof=1) / 4)
