"""Break-even: what is met is bracketed, what cannot be met says why; maps; what lies behind the worst replications."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.errors import SibError
from simulator.measures.of_deal import named
from simulator.presented import Presented
from simulator.records import Returns
from simulator.report.breakeven_words import answer
from simulator.scenario.model import Scenario
from simulator.studies.breakeven import BreakEven, find_breakeven
from simulator.studies.experiment import Experiment
from simulator.studies.lever import FACTOR, Lever
from simulator.studies.levers import lever_of
from simulator.studies.maps import grid
from simulator.studies.quantities import Quantity
from simulator.studies.solving import (
    Response,
    between,
    solve,
    spread_values,
    turning_place,
    usual_range,
    whole_between,
)
from simulator.studies.tail import losing_tail
from tests.tiny import TINY, in_one_batch

N = 60


@pytest.fixture(scope="module")
def base() -> Scenario:
    return in_one_batch(sib.load_scenario(TINY))


@pytest.fixture(scope="module")
def experiment(base: Scenario) -> Experiment:
    return Experiment(base, replications=N, seed=3, workers=1)


@pytest.fixture(scope="module")
def found(base: Scenario, experiment: Experiment) -> BreakEven:
    levers = ["prices", "cap", "rates.job", "deal.staffing.specialists.0.posts", "deal.investment.commitment"]
    return find_breakeven(
        experiment, base, "investor.probability_of_loss=0.5", levers, together=("prices", "rates.job")
    )


def test_the_level_lies_between_the_ends_of_the_bracket(
    base: Scenario, experiment: Experiment, found: BreakEven
) -> None:
    for root in found.roots:
        if root.status != "ok" or root.lever.whole:
            continue
        assert root.bracket is not None and root.value is not None
        low, high = root.bracket
        assert low <= root.value <= high
        assert high - low <= root.tolerance + 1e-9
        response = Response(experiment, base, root.lever)
        gaps = [(response.point(end, root.quantity).figure or 0.0) - root.level for end in root.bracket]
        assert gaps[0] * gaps[1] <= 0
    assert found.roots[0].status == "ok"


def test_prices_are_searched_without_simulating_anybody_again(base: Scenario) -> None:
    alone = Experiment(base, replications=N, seed=3, workers=1)
    root = find_breakeven(alone, base, "investor.probability_of_loss=0.5", ["prices"]).roots[0]
    assert alone.simulated == N
    assert alone.settled > 8 * N
    assert len(root.points) == alone.settled / N - 1  # and the scenario as it stands


def test_what_cannot_be_met_says_why(base: Scenario, experiment: Experiment) -> None:
    out_of_reach = find_breakeven(experiment, base, "investor.probability_of_loss=0.99", ["prices"], low=0.9, high=1.1)
    root = out_of_reach.roots[0]
    assert (root.status, root.value, out_of_reach.can) == ("no_bracket", None, False)
    assert root.why().startswith(
        "NO_BRACKET: investor.probability_of_loss = 99.0% is not met between the ends of level of all"
    )
    assert answer(out_of_reach)[0].startswith("Cannot be met: no lever")
    nothing = find_breakeven(experiment, base, "investor.payback_years.mean=1", ["prices"])
    assert nothing.roots[0].status == "undefined"
    assert nothing.roots[0].why().startswith("UNDEFINED: investor.payback_years.mean has no figure at ")


@pytest.mark.parametrize(
    ("figure", "level", "edge"),
    [
        (lambda x: max(0.0, x - 1.5), 0.0, 1.5),
        (lambda x: min(1.0, x / 1.5), 1.0, 1.5),
        (lambda x: 0.0 if x > 2.0 else 2.0 - x, 0.0, 2.0),
    ],
)
def test_the_edge_of_a_plateau_is_found(
    base: Scenario, figure: Callable[[float], float], level: float, edge: float
) -> None:
    lever = lever_of(base, "prices")
    root = solve(Known(lever, figure), lever, Quantity(named("payments.total_gbp"), "mean"), level, 0.25, 4.0, 1e-3)
    assert root.status == "ok" and root.value is not None and root.bracket is not None
    assert abs(root.value - edge) < 0.03  # pennies of slack on a slope of one pound
    assert figure(root.value) == pytest.approx(level, abs=0.02)


def test_a_level_met_everywhere_is_said(base: Scenario) -> None:
    lever = lever_of(base, "prices")
    root = solve(Known(lever, lambda _: 3.0), lever, Quantity(named("payments.total_gbp"), "mean"), 3.0, 0.25, 4.0)
    assert (root.status, root.value) == ("throughout", None)
    assert root.why().startswith("THROUGHOUT: ")


class Known(Response):
    """A response that is known: every replication pays the same."""

    def __init__(self, lever: Lever, figure: Callable[[float], float]) -> None:
        self._lever, self._figure, self._known = lever, figure, set[float]()

    def see(self, values: Sequence[float]) -> list[Returns]:
        self._known |= set(values)
        nothing = np.zeros(50, dtype=np.int64)
        return [
            Returns(0, {"payments.total_gbp": np.full(50, self._figure(value))}, nothing, {}, nothing)
            for value in values
        ]

    @property
    def values(self) -> list[float]:
        return sorted(self._known)


def test_a_quantity_that_turns_by_more_than_luck_is_not_monotone() -> None:
    quantity, luck = Quantity(named("payments.total_gbp"), "mean"), np.random.default_rng(7).normal(0, 1, 400)

    def returns(*means: float) -> list[Returns]:
        nothing = np.zeros(400, dtype=np.int64)
        return [Returns(0, {"payments.total_gbp": mean + luck}, nothing, {}, nothing) for mean in means]

    def place(*means: float) -> tuple[int, int] | None:
        return turning_place(quantity, returns(*means), np.array(means), means[-1] >= means[0])

    assert place(1, 2, 3, 4) is None
    assert place(4, 3, 2, 1) is None
    assert place(1, 5, 3, 4) == (1, 2)
    assert place(4, 1, 2, 0) == (1, 2)
    assert place(0, 2, 1.99, 1.98, 1.9, 4) == (1, 4)  # each step is a trifle, the slide is none
    assert place(1, 2, 1.99, 4) is None  # a trifle of the whole range
    noisy = returns(1, 1.2, 1.1, 1.3)
    noisy[2] = Returns(0, {"payments.total_gbp": 1.1 - 3 * luck}, noisy[2].irr_status, {}, noisy[2].flows)
    assert turning_place(quantity, noisy, np.array([1, 1.2, 1.1, 1.3]), True) is None  # within three errors


def test_whole_numbers_are_bracketed_by_neighbours(base: Scenario, experiment: Experiment) -> None:
    root = find_breakeven(
        experiment, base, "caseload.utilisation.mean=0.3", ["deal.staffing.caseload_limit"], 5, 40, 0.5
    ).roots[0]
    assert root.status == "ok"
    posts = find_breakeven(experiment, base, "caseload.utilisation.mean=0.06", ["specialists"], 1, 6).roots[0]
    assert posts.status == "ok" and posts.bracket is not None
    assert posts.bracket[1] - posts.bracket[0] == 1


def test_roots_of_functions_that_are_known() -> None:
    low, high = between(lambda x: x**3 - 2, (0.0, 3.0), 1e-6)
    assert low <= 2 ** (1 / 3) <= high and high - low <= 1e-6
    assert whole_between(lambda x: x - 4.5, (0.0, 9.0)) == (4.0, 5.0)
    assert whole_between(lambda x: 2.5 - x, (0.0, 9.0)) == (2.0, 3.0)


def test_ranges_are_wide_and_within_what_a_lever_takes(base: Scenario) -> None:
    prices, share, posts = (lever_of(base, name) for name in ("prices", "block_share", "specialists"))
    assert np.allclose(usual_range(prices, None, None), (1 / 3, 3.0))
    assert np.allclose(usual_range(share, None, None), (1 / 3, 1.0))
    assert usual_range(posts, None, None) == (1.0, 3.0)
    assert spread_values(posts, 1, 3) == [1.0, 2.0, 3.0]
    assert np.allclose(np.diff(np.log(spread_values(prices, 0.25, 4.0))), np.log(16) / 6, atol=1e-3)
    with pytest.raises(SibError, match=r"ends .* before it begins"):
        spread_values(prices, 2.0, 1.0)


def test_a_map_has_every_pair_and_lives_each_life_once(base: Scenario) -> None:
    experiment = Experiment(base, replications=N, seed=3, workers=1)
    levers = [lever_of(base, "prices"), lever_of(base, "rates.job")]
    drawn = grid(experiment, base, levers, [[0.8, 1.0, 1.2], [0.5, 1.0]])
    assert (len(drawn.returns), len(drawn.returns[0])) == (3, 2)
    assert (experiment.simulated, experiment.settled) == (2 * N, 6 * N)
    paid = [[float(np.mean(cell.values["payments.total_gbp"])) for cell in row] for row in drawn.returns]
    assert all(low[0] <= low[1] for low in paid) and all(a[0] <= b[0] for a, b in pairwise(paid))
    with pytest.raises(SibError, match="turn the same term"):
        grid(experiment, base, levers[:1] * 2)


def test_the_tail_is_what_loses_or_what_ends_worst(base: Scenario, experiment: Experiment) -> None:
    returns = experiment.returns([base])[0]
    tail = losing_tail(base, experiment.seed, returns)
    lost = returns.values["investor.probability_of_loss"]
    expected = int(np.sum(lost)) if 20 <= np.sum(lost) <= N / 2 else 20
    assert tail.replications == expected
    assert {each.name for each in tail.inputs} == {"engagement_probability", "job_rate", "job_loss_rate"}
    shifts = {each.name: each.shift for each in tail.inputs}
    assert shifts["job_rate"] < 0
    per_job = next(each for each in tail.happened if each.name == "job_start achieved per engagement")
    assert per_job.of_tail < per_job.of_all
    assert all(0 <= each.of_tail <= 1 and each.se >= 0 for each in tail.together)


def test_the_command_writes_a_folder_and_prints_json(tmp_path: Path) -> None:
    out = tmp_path / "study"
    options = [
        "--lever",
        "prices",
        "--replications",
        "30",
        "--seed",
        "3",
        "--workers",
        "1",
        "--out",
        str(out),
        "--json",
    ]
    done = CliRunner().invoke(app, ["breakeven", str(TINY), "--until", "investor.probability_of_loss=0.5", *options])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    (row,) = document["tables"]["levers"]["rows"]
    assert document["study"] == "breakeven" and row["lever"] == "prices" and "value_status" not in row
    assert row["bracket_low"] <= row["value"] <= row["bracket_high"] and row["room"] == pytest.approx(row["value"] - 1)
    names = {path.name for path in out.iterdir()}
    tables = {"levers.csv", "tail_inputs.csv", "tail_happened.csv", "tail_together.csv", "breakeven.csv", "by_hand.csv"}
    assert tables | {"study.json", "report.html", "manifest.json", "scenario.json", "figures"} == names
    assert {path.name for path in (out / "figures").iterdir()} == {"breakeven.png", "tail.png"}
    assert not (tmp_path / "study.unfinished").exists()
    assert json.loads((out / "study.json").read_text(encoding="utf-8")) == document


def test_the_function_and_the_command_give_the_same_tables_and_charts(base: Scenario, tmp_path: Path) -> None:
    options = ["--replications", "24", "--seed", "3", "--workers", "1", "--out", str(tmp_path / "study"), "--json"]
    asked = ["--until", "payments.total_gbp.mean=20000", "--lever", "prices", "--lever", "specialists", "--to", "2.5"]
    done = CliRunner().invoke(app, ["breakeven", str(TINY), *asked, "--map", "prices,cap", *options])
    document, told = json.loads(done.stdout), list[int]()
    found = sib.breakeven(
        sib.load_scenario(TINY),
        until="payments.total_gbp.mean=20000",
        levers=["prices", "specialists"],
        high=2.5,
        together=("prices", "cap"),
        replications=24,
        seed=3,
        workers=1,
        progress=told.append,
    )
    assert isinstance(found, Presented)
    same = json.loads(json.dumps(found.findings().as_dict()))
    assert {name: document[name] for name in ("tables", "figures", "charts", "answer", "command")} == {
        name: same[name] for name in ("tables", "figures", "charts", "answer", "command")
    }
    assert sum(told) == found.asked.settled > 49 * 24
    words = '--until "payments.total_gbp.mean=20000" --lever prices --lever specialists --to 2.5 --map prices,cap'
    assert f"tiny.yaml {words} --replications 24 --seed 3" in document["command"]
    assert "Break-even" in found.html() and "levers" in repr(found)
    assert found.save(tmp_path / "saved").joinpath("map.csv").read_bytes() == (tmp_path / "study/map.csv").read_bytes()


def test_tables_hold_numbers_and_their_words(found: BreakEven) -> None:
    levers = found.table()
    assert list(levers["lever"]) == [root.lever.name for root in found.roots]
    roots = {root.lever.name: root for root in found.roots}
    prices = levers.set_index("lever").loc["prices"]
    assert prices["value"] == roots["prices"].value and prices["value_se"] == roots["prices"].error
    assert prices["room"] == pytest.approx(prices["value"] - 1)
    assert tuple(prices[["bracket_low", "bracket_high"]]) == roots["prices"].bracket
    assert list(levers["value_status"]) == [root.status for root in found.roots]
    assert list(levers["why"]) == [root.why() for root in found.roots]
    words = {row[0]: row for row in found.findings().table().words()}
    value, error = found.roots[0].value or 0.0, found.roots[0].error or 0.0
    assert words["level of all prices"][1:3] == (FACTOR.say(1.0), f"{FACTOR.say(value)} ± {error:.3f}")
    assert words["level of all prices"][3].startswith("+") and words["level of all prices"][3].endswith("%")
    cap = next(row for name, row in words.items() if name.startswith("total cap"))
    assert cap[1] == "£40,000" and cap[2].startswith("stays above: ") and cap[3] == ""
    tried = found.table("breakeven")
    assert len(tried) == sum(len(root.points) for root in found.roots)
    assert list(tried.columns) == ["lever", "value", "figure", "figure_se", "unit"]
    assert found.findings().figures["base"].value == found.quantity.of(found.base)[0]


def test_the_map_and_the_tail_are_tables_and_charts(found: BreakEven) -> None:
    assert found.map is not None
    drawn = found.table("map")
    assert list(drawn.columns) == ["prices", "rates.job", "figure", "figure_se"] and len(drawn) == 49
    assert drawn["figure"][8] == found.quantity.of(found.map.returns[1][1])[0]
    inputs, happened, pairs = (found.table(f"tail_{name}") for name in ("inputs", "happened", "together"))
    assert list(inputs["name"]) == [each.name for each in found.tail.inputs]
    assert list(inputs["shift"]) == [each.shift for each in found.tail.inputs]
    assert list(inputs["shift_se"]) == [each.se for each in found.tail.inputs]
    assert list(happened["of_tail"]) == [each.of_tail for each in found.tail.happened]
    assert list(pairs["of_tail_se"]) == [each.se for each in found.tail.together]
    assert set(inputs["tail"]) == set(happened["tail"]) == {found.tail.kind}
    said = {row[0]: row for row in found.findings().table("tail_happened").words()}
    assert said["job start achieved per engagement"][2].endswith("%")
    assert said["days of waiting for a place"][2].endswith(" days")
    charts = {each.name: each for each in found.findings().charts}
    assert list(charts) == ["breakeven", "map", "tail"]
    assert charts["breakeven"].panels[0].title == "Level of all prices"
    assert len(charts["breakeven"].panels) == len(found.roots)


def test_whole_numbers_are_said_with_both_neighbours(base: Scenario, experiment: Experiment) -> None:
    posts = find_breakeven(experiment, base, "caseload.utilisation.mean=0.06", ["specialists"], 1, 6)
    low, high = posts.roots[0].bracket or (0, 0)
    ((_, stands, value, _),) = posts.findings().table().words()
    assert (stands, value) == ("1", f"between {low:g} and {high:g}")
    assert posts.table()["value"][0] in {low, high}


def test_what_has_no_figure_is_drawn_and_said(tmp_path: Path) -> None:
    small = ["--replications", "30", "--workers", "1", "--out", str(tmp_path / "study")]
    asked = ["--until", "investor.payback_years.mean=1", "--lever", "prices", "--map", "prices,rates.job"]
    done = CliRunner().invoke(app, ["breakeven", str(TINY), *asked, *small])
    assert done.exit_code == 1, done.output
    assert "no figure" in done.stdout


def test_everything_wrong_is_said_before_anything_is_run(tmp_path: Path) -> None:
    out = tmp_path / "study"
    asked = ["--until", "investor.multipl.mean=1", "--lever", "prces", "--lever", "rates.jb", "--map", "prices,prics"]
    done = CliRunner().invoke(app, ["breakeven", str(TINY), *asked, "--out", str(out)])
    assert done.exit_code == 2
    for hint in ('did you mean "prices"', 'did you mean "job"', 'did you mean "investor.multiple.mean"'):
        assert hint in done.stderr
    assert not out.exists() and not (tmp_path / "study.unfinished").exists()
    for wrong, message in (
        (["--until", "investor.probability_of_loss=10"], "did you mean 0.1?"),
        (["--until", "investor.multiple.mean=nan"], "is not a finite number"),
        (["--tolerance", "-1"], "a tolerance is above 0"),
        (["--map", "cap,deal.total_cap.pounds"], "turn the same term"),
        (["--map", "cap"], "a map has two different levers"),
        (["--from", "2", "--to", "1"], "before it begins"),
    ):
        refused = CliRunner().invoke(app, ["breakeven", str(TINY), *wrong, "--replications", "4", "--out", str(out)])
        assert (refused.exit_code, message in refused.stderr) == (2, True), refused.output


def test_the_exit_code_says_cannot_and_bad_input(tmp_path: Path) -> None:
    small = ["--replications", "30", "--workers", "1", "--out", str(tmp_path / "study")]
    never = ["--until", "investor.multiple.mean=90", "--lever", "prices", "--from", "0.9", "--to", "1.1"]
    done = CliRunner().invoke(app, ["breakeven", str(TINY), *never, *small])
    assert done.exit_code == 1
    assert "Cannot be met" in done.stdout
    wrong = CliRunner().invoke(app, ["breakeven", str(TINY), "--until", "investor.multipl.mean=1", *small])
    assert wrong.exit_code == 2
    assert 'did you mean "investor.multiple.mean"' in wrong.stderr
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    kept = CliRunner().invoke(app, ["breakeven", str(TINY), "--out", str(other)])
    assert kept.exit_code == 2
    assert "holds files that no result wrote, or that were changed since (mine.txt)" in kept.stderr
