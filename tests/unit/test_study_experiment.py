"""Versions on the same people, who are simulated again only if a version changes them; what was tried is found again."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import simulator as sib
from simulator.batch import Tables
from simulator.errors import SibError
from simulator.records import Returns
from simulator.scenario.model import Overlay, Scenario
from simulator.studies.experiment import Experiment, read_returns, write_returns
from simulator.workers import processes
from tests.tiny import TINY, in_one_batch

N = 24


def changed(scenario: Scenario, **changes: object) -> Scenario:
    """Return the scenario with values set by path, `__` for a point."""
    new = {path.replace("__", "."): value for path, value in changes.items()}
    overlay = Overlay(overlay="changed", title="changed", description="changed", source="A test", set=new)
    return sib.with_overlays(scenario, [overlay])


def same(one: Returns, other: Returns) -> bool:
    values = all(np.array_equal(one.values[name], other.values[name], equal_nan=True) for name in other.values)
    series = all(np.array_equal(one.series[name], other.series[name], equal_nan=True) for name in other.series)
    return (
        values
        and series
        and np.array_equal(one.irr_status, other.irr_status)
        and np.array_equal(one.flows, other.flows)
    )


@pytest.fixture(scope="module")
def base() -> Scenario:
    return sib.load_scenario(TINY)


MONEY_ALONE = (
    {"deal__rate_card__job_start__price": 5000},
    {"deal__total_cap__pounds": 20000, "deal__funders__lcf__cap": 8400, "deal__funders__local__cap": 11600},
    {"deal__rate_card__engagement__count_cap": 3},
    {"deal__investment__commitment": 9000},
    {"deal__investment__distribution": "sweep", "deal__investment__reserve_quarters": 1},
    {"deal__provider__contract_value": 12000},
    {"deal__lags__preset": "C"},
    {"deal__audit__fraction": 0.5, "assumptions__audit_failure_probability": 0.3},
    {"assumptions__certificate_probability": 0.5},
    {"assumptions__confirmation_median": 60, "assumptions__confirmation_p95": 200},
)


@pytest.mark.parametrize("changes", MONEY_ALONE, ids=lambda changes: next(iter(changes)))
def test_what_is_only_money_is_settled_on_people_already_simulated(base: Scenario, changes: dict[str, object]) -> None:
    experiment = Experiment(base, replications=N, seed=5, workers=1)
    version = changed(base, **changes)
    _, found = experiment.returns([base, version])
    assert (experiment.simulated, experiment.settled) == (N, 2 * N)
    assert same(found, sib.run(version, replications=N, seed=5, workers=1).returns)


@pytest.mark.parametrize(
    "changes",
    [
        {"assumptions__job_rate": 0.2},
        {"deal__staffing__caseload_limit": 2},
        {"assumptions__specialist_turnover": 2.0},
        {"deal__term__term_end": date(2022, 1, 1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_people_meet_is_lived_anew(base: Scenario, changes: dict[str, object]) -> None:
    experiment = Experiment(base, replications=N, seed=5, workers=1)
    version = changed(base, **changes)
    _, found = experiment.returns([base, version])
    assert (experiment.simulated, experiment.settled) == (2 * N, 2 * N)
    assert same(found, sib.run(version, replications=N, seed=5, workers=1).returns)


def test_windows_on_evidence_live_no_life_and_windows_on_jobs_do(base: Scenario) -> None:
    def window(rate: str) -> Scenario:
        return sib.with_overlays(base, [_window(rate)])

    experiment = Experiment(base, replications=N, seed=5, workers=1)
    experiment.returns([base, window("evidence")])
    assert experiment.simulated == N
    experiment.returns([window("job")])
    assert experiment.simulated == 2 * N


def _window(rate: str) -> Overlay:
    days = {"from": date(2021, 6, 1), "to": date(2022, 1, 1)}
    window = {"rate": rate, **days, "multiply": 0.5, "source": "A test", "quality": "E"}
    return Overlay(overlay="window", title="w", description="w", source="A test", windows=(window,))


def test_no_result_depends_on_threads_or_on_what_was_tried_before(base: Scenario) -> None:
    version = changed(base, deal__rate_card__job_start__price=5000)
    one = Experiment(base, replications=N, seed=5, workers=1)
    several = Experiment(base, replications=N, seed=5, workers=3)
    one.returns([version])
    assert all(
        same(a, b) for a, b in zip(one.returns([base, version]), several.returns([version, base])[::-1], strict=True)
    )


def test_what_was_tried_is_found_again_after_a_stop(base: Scenario, tmp_path: Path) -> None:
    versions = [base, changed(base, deal__rate_card__job_start__price=5000)]
    first = Experiment(base, replications=N, seed=5, workers=1, folder=tmp_path / "tried")
    found = first.returns(versions)
    again = Experiment(base, replications=N, seed=5, workers=1, folder=tmp_path / "tried")
    assert all(same(one, other) for one, other in zip(again.returns(versions), found, strict=True))
    assert (again.simulated, again.settled) == (0, 0)
    lines = (tmp_path / "tried" / "tried.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 and lines[0].startswith("version,payments.total_gbp")
    other_seed = Experiment(base, replications=N, seed=6, workers=1, folder=tmp_path / "tried")
    other_seed.returns([base])
    assert other_seed.settled == N


def test_a_file_that_is_not_whole_is_tried_again(base: Scenario, tmp_path: Path) -> None:
    found = Experiment(base, replications=N, seed=5, workers=1, folder=tmp_path).returns([base])[0]
    file = next(tmp_path.glob("*.npz"))
    assert same(read_returns(file) or found, found)
    file.write_bytes(file.read_bytes()[:1000])
    assert read_returns(file) is None
    again = Experiment(base, replications=N, seed=5, workers=1, folder=tmp_path)
    assert same(again.returns([base])[0], found)
    assert again.settled == N
    write_returns(file, found)
    assert not list(tmp_path.glob(".*"))


def test_a_look_sees_the_tables_of_every_batch(base: Scenario) -> None:
    def people(scenario: Scenario, tables: Tables) -> int:
        assert scenario is base
        return tables.events.replications

    experiment = Experiment(base, replications=N, seed=5, workers=2)
    assert sum(experiment.each([base], people)[0]) == N


def _replications(scenario: Scenario, tables: Tables) -> int:
    del scenario
    return tables.events.replications


def test_an_executor_of_other_processes_gives_the_same(base: Scenario) -> None:
    versions = [base, changed(base, deal__rate_card__job_start__price=5000), changed(base, assumptions__job_rate=0.2)]
    alone = Experiment(base, replications=N, seed=5, workers=1)
    with processes(1) as pool:
        elsewhere = Experiment(base, replications=N, seed=5, executor=pool)
        found = elsewhere.returns(versions)
        assert sum(elsewhere.each([base], _replications)[0]) == N
    assert all(same(one, other) for one, other in zip(found, alone.returns(versions), strict=True))
    assert elsewhere.settled == 4 * N
    assert elsewhere.simulated == alone.simulated == 2 * N


class Stopped(Exception):  # noqa: N818 - what a caller raises to stop
    pass


def test_a_study_is_stopped_by_what_its_progress_raises_and_goes_on_where_it_was(
    base: Scenario, tmp_path: Path
) -> None:
    whole = in_one_batch(base)
    versions = [whole, changed(whole, deal__rate_card__job_start__price=5000)]
    seen = list[int]()

    def stop(done: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        Experiment(whole, replications=N, seed=5, workers=1, folder=tmp_path, progress=stop).returns(versions)
    assert seen == [N, N]
    again = Experiment(whole, replications=N, seed=5, workers=1, folder=tmp_path)
    again.returns(versions)
    assert again.settled == N


def test_numbers_that_make_no_sense_are_refused(base: Scenario) -> None:
    with pytest.raises(SibError, match="replications must be 2 or more, not 1"):
        Experiment(base, replications=1)
    with pytest.raises(SibError, match="workers must be 1 or more, not 0"):
        Experiment(base, workers=0)
