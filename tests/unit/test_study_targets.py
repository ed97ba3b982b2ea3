"""Targets: where a lever may stand, who binds at each end, round terms tried again, and what cannot be met."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.errors import SibError
from simulator.presented import Presented
from simulator.report.target_words import answer
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment
from simulator.studies.lever import FACTOR
from simulator.studies.levers import at
from simulator.studies.targets import Interval, Targets, find_targets, together
from tests.tiny import TINY, in_one_batch

N = 60
WHOLE = sib.at_most("investor.probability_of_loss", 0.5)
BUDGET = sib.at_most("payments.total_gbp", 33_000, probability=0.8)
PURSE = sib.at_least("provider.lowest_cash_gbp.mean", -3_000)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return in_one_batch(sib.load_scenario(TINY))


@pytest.fixture(scope="module")
def experiment(base: Scenario) -> Experiment:
    return Experiment(base, replications=N, seed=3, workers=1)


@pytest.fixture(scope="module")
def found(base: Scenario, experiment: Experiment) -> Targets:
    return find_targets(experiment, base, "prices", [WHOLE, BUDGET, PURSE])


def test_inside_all_hold_and_outside_the_one_that_binds_does_not(
    base: Scenario, experiment: Experiment, found: Targets
) -> None:
    (feasible,) = found.feasible
    assert (feasible.low_binds, feasible.high_binds) == ((WHOLE,), (BUDGET,))

    def broken(value: float) -> set[str]:
        returns = experiment.returns([at(base, (found.lever, value))])[0]
        return {each.name for each in found.requirements if each.margin(returns) < 0}

    step = 0.004
    assert broken(feasible.low) == broken(feasible.high) == set()
    assert broken(feasible.low - step) == {WHOLE}
    assert broken(feasible.high + step) == {BUDGET}


def test_parties_and_figures_are_those_of_the_scenario(base: Scenario, experiment: Experiment, found: Targets) -> None:
    returns = experiment.returns([base])[0]
    assert [each.party for each in found.requirements] == ["investor", "outcome payers", "provider"]
    assert found.base[0][0] == np.mean(returns.values["investor.probability_of_loss"])
    assert found.base[1][0] == np.mean(returns.values["payments.total_gbp"] <= 33_000)


def test_the_round_terms_are_tried_again(base: Scenario, found: Targets) -> None:
    assert found.choice is not None
    assert all(value == int(value) for value in found.choice.terms.values())
    assert set(found.choice.terms) == {f"deal.rate_card.{each.outcome}.price" for each in base.deal.rate_card}
    overlay = sib.Overlay(
        overlay="round", title="r", description="r", source="A test",
        set={path: int(value) for path, value in found.choice.terms.items()},
    )  # fmt: skip
    again = sib.run(sib.with_overlays(base, [overlay]), replications=N, seed=3, workers=1)
    assert found.choice.figures[0][0] == again.estimates["investor.probability_of_loss"].mean
    assert found.can == all(found.choice.holds)


def test_no_price_simulates_anybody_again(base: Scenario) -> None:
    alone = Experiment(base, replications=N, seed=3, workers=1)
    found = find_targets(alone, base, "prices", [WHOLE, BUDGET], second="cap")
    assert alone.simulated == N
    assert found.frontier is not None
    assert len(found.frontier.held) == len(found.frontier.values) == 7


def test_whole_numbers_are_tried_one_by_one(base: Scenario, experiment: Experiment) -> None:
    room = find_targets(experiment, base, "specialists", [sib.at_most("caseload.utilisation.mean", 0.1)], 1, 5)
    (feasible,) = room.feasible
    assert feasible.low == int(feasible.low) > 1
    assert feasible.high == 5.0
    used = [
        float(np.mean(experiment.returns([at(base, (room.lever, posts))])[0].values["caseload.utilisation"]))
        for posts in (feasible.low - 1, feasible.low)
    ]
    assert used[0] > 0.1 >= used[1]


def test_what_cannot_be_met_says_what_each_needs_alone(base: Scenario, experiment: Experiment) -> None:
    found = find_targets(experiment, base, "prices", [WHOLE, sib.at_most("payments.total_gbp.mean", 5_000)])
    assert not found.can and not found.feasible and found.choice is None
    said = answer(found)
    assert said[0].startswith(
        "Cannot be met as the scenario stands otherwise: with no value of the level of all prices from"
    )
    assert "probability of loss at most 50.0% holds from" in said[1]
    assert "mean outcome payments at most £5,000 holds up to" in said[1]
    never = find_targets(experiment, base, "prices", ["investor.multiple.mean>=90"])
    best = answer(never)[1]
    assert (
        best.startswith("Alone, mean money multiple at least 90.00 holds nowhere: it is ")
        and "the end of the range" in best
    )


def test_a_second_lever_can_let_all_hold(tmp_path: Path) -> None:
    wanted = ["--require", "payments.total_gbp.mean>=30000", "--require", WHOLE, "--lever", "prices", "--second", "cap"]
    small = ["--to", "5", "--replications", "30", "--seed", "3", "--workers", "1", "--out", str(tmp_path / "study")]
    done = CliRunner().invoke(app, ["targets", str(TINY), *wanted, *small, "--json"])
    document = json.loads(done.stdout)
    requirements, rows = (document["tables"][name]["rows"] for name in ("requirements", "frontier"))
    assert [row["from_status"] for row in requirements if row["requirement"] == "all"] == ["nowhere"]
    assert len({row["cap"] for row in rows}) == 7
    assert {path.name for path in (tmp_path / "study" / "figures").iterdir()} == {"targets.png", "frontier.png"}
    assert any(row["prices_from"] is not None for row in rows)
    assert (done.exit_code, document["can"]) == (0, True)
    assert any("values of total cap" in sentence for sentence in document["answer"])


def test_stretches_overlap_where_all_hold() -> None:
    one = [Interval(0, 2, (), ("a",)), Interval(3, 5, ("a",), ())]
    other = [Interval(1, 4, ("b",), ("b",))]
    assert together([("a", one), ("b", other)]) == [Interval(1, 2, ("b",), ("a",)), Interval(3, 4, ("a",), ("b",))]
    assert together([("a", one[:1]), ("b", [Interval(2.5, 3, ("b",), ())])]) == []


def test_bad_requests_are_refused(base: Scenario, experiment: Experiment) -> None:
    with pytest.raises(SibError, match="say what is required"):
        find_targets(experiment, base, "prices", [])
    with pytest.raises(SibError, match="what is asked has 2 problems"):
        find_targets(experiment, base, "prices", ["investor.multipl.mean>=1", "x"])
    settled = experiment.settled
    with pytest.raises(SibError, match="turn the same term"):
        find_targets(experiment, base, "prices", [WHOLE], second="prices")
    with pytest.raises(SibError, match="before it begins"):
        find_targets(experiment, base, "prices", [WHOLE], 2.0, 1.0)
    with pytest.raises(SibError, match='did you mean "prices"'):
        sib.set_targets(base, lever="cap", require=[WHOLE], second="prces", replications=N)
    assert experiment.settled == settled


def test_the_command_writes_draws_and_says_cannot(tmp_path: Path) -> None:
    small = ["--replications", "30", "--seed", "3", "--workers", "1", "--out", str(tmp_path / "study")]
    asked = ["targets", str(TINY), "--lever", "prices", "--require", WHOLE]
    done = CliRunner().invoke(app, [*asked, *small, "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["tables"]["requirements"]["rows"][-1]["binds_below"] == WHOLE
    assert document["tables"]["beside"]["rows"][0]["quantity"] == "payments.total_gbp.mean"
    files = {"requirements.csv", "round_terms.csv", "beside.csv", "targets.csv"}
    assert files == {path.name for path in (tmp_path / "study").glob("*.csv")}
    assert {path.name for path in (tmp_path / "study" / "figures").iterdir()} == {"targets.png"}
    never = ["targets", str(TINY), "--lever", "prices", "--require", "investor.multiple.mean>=90"]
    assert CliRunner().invoke(app, [*never, *small]).exit_code == 1


def test_the_function_and_the_command_give_the_same_tables_and_charts(tmp_path: Path) -> None:
    small = ["--replications", "8", "--seed", "3", "--workers", "1", "--out", str(tmp_path / "study")]
    asked = ["targets", str(TINY), "--lever", "prices", "--require", WHOLE, "--require", BUDGET, "--second", "cap"]
    document, told = json.loads(CliRunner().invoke(app, [*asked, *small, "--json"]).stdout), list[int]()
    found = sib.set_targets(
        sib.load_scenario(TINY),
        lever="prices",
        require=[WHOLE, BUDGET],
        second="cap",
        replications=8,
        seed=3,
        workers=1,
        progress=told.append,
    )
    assert isinstance(found, Presented)
    same = json.loads(json.dumps(found.findings().as_dict()))
    assert {name: document[name] for name in ("tables", "figures", "charts", "answer", "command", "can")} == {
        name: same[name] for name in ("tables", "figures", "charts", "answer", "command", "can")
    }
    assert sum(told) == found.asked.settled
    words = f'--lever prices --require "{WHOLE}" --require "{BUDGET}" --second cap --replications 8 --seed 3'
    assert document["command"].endswith(words)
    assert "Price and terms design" in found.html() and "requirements" in repr(found)
    saved = found.save(tmp_path / "saved")
    assert (saved / "frontier.csv").read_bytes() == (tmp_path / "study/frontier.csv").read_bytes()


def test_tables_hold_numbers_and_their_words(found: Targets) -> None:
    assert found.choice is not None
    (feasible,), held = found.feasible, found.table()
    everybody = held.set_index("requirement").loc["all"]
    assert (everybody["from"], everybody["to"]) == (feasible.low, feasible.high)
    assert (everybody["from_se"], everybody["to_se"]) == (feasible.low_error, feasible.high_error)
    assert (everybody["binds_below"], everybody["binds_above"]) == (WHOLE, BUDGET)
    own = held[held["requirement"] != "all"]
    assert list(own["base"]) == [value for value, _ in found.base] and list(own["base_se"]) == [
        se for _, se in found.base
    ]
    assert list(own["at_terms"]) == [value for value, _ in found.choice.figures]
    assert list(own["holds_at_terms"]) == list(found.choice.holds)
    terms = found.table("round_terms")
    assert dict(zip(terms["term"], terms["round"], strict=True)) == found.choice.terms
    beside = found.table("beside")
    assert list(beside["then"]) == [each.then[0] for each in found.choice.beside]
    assert beside["then_se"][0] == found.choice.beside[0].then[1]
    tried = found.table("targets")
    assert len(tried) == len(found.values) * 3
    assert list(tried["figure"][: len(found.values)]) == list(found.figures[0])
    assert found.findings().figures["choice"].value == found.choice.value
    words = {row[0]: row for row in found.findings().table().words()}
    low, high = words["all requirements"][3:5]
    assert low == f"{found.lever.say(feasible.low)} ± {found.lever.say_error(feasible.low_error or 0)}"
    assert high.startswith(found.lever.say(feasible.high))
    assert words["probability of loss at most 50.0%"][3:5] == (low, "highest searched")


def test_values_of_a_lever_have_its_unit(base: Scenario, experiment: Experiment) -> None:
    found = find_targets(experiment, base, "cap", [sib.at_least("payments.total_gbp.mean", 15_000)], second="prices")
    columns = {column.key: column for column in found.findings().table().columns}
    assert columns["from"].unit == found.lever.unit
    frontier = found.findings().table("frontier")
    assert frontier.words()[0][0].startswith(FACTOR.prefix)
    assert any(row[1].startswith("£") for row in frontier.words())
    assert [each.name for each in found.findings().charts] == ["targets", "frontier"]
    data = found.table("frontier")
    assert list(data.columns)[:2] == ["prices", "cap_from"] and data["prices"].dtype == np.float64
    parts = found.table("frontier_requirements")
    assert list(parts["prices"]) == list(data["prices"])
    assert found.can == any(held.feasible for held in found.frontier.held) if found.frontier else False
