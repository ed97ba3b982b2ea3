"""A small full run of each scenario, in rounded figures, so that a change of any result is seen and reviewed as a diff.

After a change that is meant: `python -m pytest tests/baselines --force-regen`, read the diff, and say in CHANGELOG.md under
"Results changed" how large it is and why.
"""

import pytest
from pytest_regressions.dataframe_regression import DataFrameRegressionFixture

import simulator as sib
from simulator.scenario.load import bundled_folder

SCENARIOS = sorted(path.stem for path in bundled_folder().glob("*.yaml"))
REPLICATIONS, SEED = 40, 2026


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_has_moved(name: str, dataframe_regression: DataFrameRegressionFixture) -> None:
    run = sib.run(sib.load_scenario(name), replications=REPLICATIONS, seed=SEED, workers=1)
    table = run.table()[["mean", "q05", "q50", "q95"]].astype(float).round(3)
    dataframe_regression.check(
        table.reset_index(names="measure"), basename=name, default_tolerance={"atol": 5e-4, "rtol": 1e-9}
    )


def test_every_bundled_scenario_is_here() -> None:
    assert "haringey_barnet" in SCENARIOS
