"""Quantities and requirements: read from text, reckoned from returns, with errors; what cannot be read is said all at once."""

import numpy as np
import pytest

import simulator as sib
from simulator.errors import SibError
from simulator.measures.of_deal import named
from simulator.monte_carlo import Run
from simulator.studies.quantities import (
    Quantity,
    level_of,
    paired_error,
    quantities,
    requirements,
)
from simulator.words import MONEY, MULTIPLE, PERCENT
from tests.tiny import TINY


@pytest.fixture(scope="module")
def made() -> Run:
    return sib.run(sib.load_scenario(TINY), replications=60, seed=3, workers=1)


def test_quantities_are_the_estimates_of_a_run(made: Run) -> None:
    names = made.measures
    mean, low, chance = quantities(
        ["payments.total_gbp.mean", "investor.multiple.q05", "investor.probability_of_loss"], names
    )
    estimates = made.estimates
    assert mean.of(made.returns) == (estimates["payments.total_gbp"].mean, estimates["payments.total_gbp"].se)
    assert low.of(made.returns)[0] == estimates["investor.multiple"].quantiles[0]
    assert chance.of(made.returns)[0] == estimates["investor.probability_of_loss"].mean
    for quantity in (mean, low, chance):
        assert quantity.at(quantity.column(made.returns)) == pytest.approx(quantity.of(made.returns)[0], rel=1e-12)


def test_a_probability_is_the_share_of_replications_that_reach_a_level(made: Run) -> None:
    paid = np.asarray(made.returns.values["payments.total_gbp"])
    at_most, at_least = quantities(["P(payments.total_gbp<=20000)", "P(payments.total_gbp >= 20000)"], made.measures)
    assert at_most.of(made.returns)[0] == np.mean(paid <= 20000)
    assert at_least.of(made.returns)[0] == np.mean(paid >= 20000)
    assert (at_most.name, at_most.unit) == ("P(payments.total_gbp<=20000)", PERCENT)


def test_a_cap_that_lacks_a_penny_is_reached() -> None:
    use = {"payments.cap_use": np.array([0.5, 1 - 1e-7, 1.0, 1 - 1e-4])}
    returns = sib.run(sib.load_scenario(TINY), replications=4, seed=1, workers=1).returns
    reached = Quantity(named("payments.cap_use"), "probability", ">=", 1.0)
    assert list(reached.column(type(returns)(0, use, returns.irr_status, {}, returns.flows))) == [0.0, 1.0, 1.0, 0.0]


def test_requirements_have_margins_and_parties(made: Run) -> None:
    total = made.estimates["payments.total_gbp"].mean or 0.0
    found = requirements(
        [sib.at_most("payments.total_gbp.mean", 20_000), sib.at_least("investor.multiple.mean", 1.0)],
        made.measures,
    )
    assert found[0].margin(made.returns) == pytest.approx(20_000 - total)
    assert [each.party for each in found] == ["outcome payers", "investor"]
    assert found[0].margin_of(None) == -np.inf


def test_everything_that_cannot_be_read_is_said_at_once(made: Run) -> None:
    names = made.measures
    with pytest.raises(SibError) as refused:
        requirements(
            ["investor.multipl.mean>=1", "investor.irr.mean>=0.1", "investor.multiple>=1", "P(payments.totl_gbp<=3)>=0.1",
             "investor.multiple.mean>=x", "investor.multiple.mean=1"], names,
        )  # fmt: skip
    text = str(refused.value)
    assert text.startswith("what is asked has 6 problems")
    for part in (
        'did you mean "investor.multiple.mean"', 'rates of return are never averaged; ask for "investor.irr.q50"',
        'say which figure of it, for example "investor.multiple.mean"',
        'did you mean "payments.total_gbp"', '"x" is not a finite number', "write QUANTITY<=NUMBER or QUANTITY>=NUMBER",
    ):  # fmt: skip
        assert part in text
    with pytest.raises(SibError, match="write QUANTITY=NUMBER"):
        level_of("investor.multiple.mean", names)


def test_paired_errors_are_those_of_the_difference() -> None:
    luck = np.random.default_rng(4)
    first = luck.normal(0, 1, 400)
    other = first + luck.normal(0.5, 0.1, 400)
    mean = Quantity(named("investor.multiple"), "mean")
    assert paired_error(mean, first, other) == pytest.approx(np.std(other - first, ddof=1) / 20)
    middle = Quantity(named("investor.multiple"), "q50")
    spread = [
        np.median(a + luck.normal(0.5, 0.1, 400)) - np.median(a) for a in (luck.normal(0, 1, 400) for _ in range(300))
    ]
    assert paired_error(middle, first, other) == pytest.approx(np.std(spread), rel=0.5)
    assert paired_error(mean, first, first) == 0.0


def test_units_are_those_of_the_catalogue() -> None:
    assert [named(name).unit for name in ("payments.total_gbp", "investor.multiple", "spv.probability_of_shortfall")] == [
        MONEY, MULTIPLE, PERCENT,
    ]  # fmt: skip
