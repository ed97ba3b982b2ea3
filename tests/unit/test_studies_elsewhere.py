"""Every study, asked of workers in other processes, gives what it gives here, tells of its progress, and shows itself."""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

import simulator as sib
from simulator.presented import Presented
from simulator.workers import processes
from tests.tiny import TINY, tiny_scenario
from tests.unit.test_reforecast import AS_OF, PAID, ROWS

Ask = Callable[..., Presented]
QUESTIONS: dict[str, Ask] = {
    "bridge": lambda base, **how: sib.bridge(base, overlays=[_dearer()], **how),
    "breakeven": lambda base, **how: sib.breakeven(base, levers=["capital"], **how),
    "caps": sib.caps,
    "cases": lambda base, **how: sib.cases(base, [0.5], **how),
    "compare": lambda base, **how: sib.compare([base, base.with_values({"deal.total_cap.pounds": 45000})], **how),
    "luck": lambda base, **how: sib.luck(base, lucks=2, **how),
    "staffing": lambda base, **how: sib.staffing(base, [1, 2], **how),
    "stress": lambda base, **how: sib.stress(base, ["st_01:mild"], **how),
    "targets": lambda base, **how: sib.set_targets(base, lever="prices", require=["investor.multiple.mean>=1"], **how),
}
COUNT = 20


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with processes(1) as made:
        yield made


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> sib.Scenario:
    return tiny_scenario(tmp_path_factory.mktemp("elsewhere"))


def _dearer() -> sib.Overlay:
    change: dict[str, Any] = {"deal.rate_card.*.price": 1.2}
    return sib.Overlay(overlay="dearer", title="dearer", description="Dearer.", source="A test", multiply=change)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_elsewhere_is_the_study_here(name: str, base: sib.Scenario, pool: Executor) -> None:
    done = list[int]()
    here = QUESTIONS[name](base, replications=COUNT, seed=4, workers=1, progress=done.append).findings()
    elsewhere = QUESTIONS[name](base, replications=COUNT, seed=4, executor=pool).findings()
    assert elsewhere.as_dict()["tables"] == here.as_dict()["tables"]
    assert elsewhere.charts == here.charts
    assert elsewhere.answer == here.answer
    assert sum(done) >= COUNT


def test_a_forecast_elsewhere_is_the_forecast_here(pool: Executor, tmp_path: Path) -> None:
    (tmp_path / "actuals.csv").write_text(ROWS + PAID, encoding="utf-8")
    done = list[int]()

    def forecast(**how: Any) -> sib.Reforecast:  # noqa: ANN401 - as it is asked
        scenario = sib.load_scenario(TINY)
        return sib.reforecast(scenario, tmp_path / "actuals.csv", AS_OF, replications=200, effective=20, **how)

    here, elsewhere = forecast(workers=1, progress=done.append), forecast(executor=pool)
    assert elsewhere.findings().as_dict()["tables"] == here.findings().as_dict()["tables"]
    assert sum(done) >= 200


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in ("compare", "luck")])
def test_a_scenario_that_was_read_back_makes_no_versions_and_says_so(
    name: str, base: sib.Scenario, tmp_path: Path
) -> None:
    folder = sib.run(base, replications=3, seed=4, workers=1).save(tmp_path / "run")
    with pytest.raises(sib.ScenarioError, match="read back"):
        QUESTIONS[name](sib.load_run(folder).scenario, replications=COUNT, seed=4, workers=1)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_shows_itself(name: str, base: sib.Scenario, tmp_path: Path) -> None:
    found = pickle.loads(pickle.dumps(QUESTIONS[name](base, replications=COUNT, seed=4, workers=1)))
    lines = repr(found).splitlines()
    assert len(lines) <= 4
    assert base.name in lines[0]
    assert not found.table().empty
    told = found.findings()
    assert told.answer[0].split(".")[0].split("'")[0] in found._repr_html_()
    folder = found.save(tmp_path / "found")
    assert (folder / "report.html").read_text(encoding="utf-8") == found.html()
    assert {path.stem for path in folder.glob("*.csv")} == set(told.names)
    assert {path.stem for path in (folder / "figures").iterdir()} == {chart.name for chart in told.charts}
