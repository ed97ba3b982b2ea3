"""The rule by which a run stops: where it looks next, what it refuses, and how honest it is."""

import math

import numpy as np
import pytest

from simulator.errors import SibError
from simulator.estimates import estimate
from simulator.measures.measure import QUANTILES, STATISTICS
from simulator.measures.names import Figure
from simulator.measures.of_deal import named
from simulator.precision import (
    Convergence,
    Look,
    Seen,
    Wanted,
    next_look,
    read_options,
    rounded,
    what_is_wanted,
)


def wanted_of(key: str, statistic: str, error: float) -> Wanted:
    return Wanted(Figure(named(key), statistic), error)


MULTIPLE = wanted_of("investor.multiple", "mean", 0.01)
PAID = wanted_of("payments.total_gbp", "mean", 1000.0)
MEASURES = {
    key: named(key) for key in (
        "investor.multiple", "investor.irr", "investor.probability_of_loss", "investor.expected_shortfall_multiple",
        "payments.total_gbp",
    )
}  # fmt: skip
COVER = 1.959963984540054


def look(replications: int, *errors: float | None) -> Look:
    return Look(replications, tuple(Seen(1.0, error) for error in errors))


def test_it_stops_when_every_error_is_small_enough() -> None:
    assert next_look([MULTIPLE], look(1000, 0.01), 10**6) is None
    assert next_look([MULTIPLE, PAID], look(1000, 0.009, 1001.0), 10**6) == 1250
    assert next_look([MULTIPLE, PAID], look(1000, 0.009, 999.0), 10**6) is None


def test_it_goes_where_the_error_should_be_small_enough_with_a_margin() -> None:
    assert next_look([MULTIPLE], look(1000, 0.015), 10**6) == 2500  # 1,000 x 2.25 x 1.1 = 2,475
    assert next_look([MULTIPLE, PAID], look(1000, 0.011, 1500.0), 10**6) == 2500


def test_it_never_goes_more_than_four_times_as_far() -> None:
    assert next_look([MULTIPLE], look(1000, 5.0), 10**6) == 4000


def test_it_always_goes_on_and_never_beyond_the_limit() -> None:
    assert next_look([MULTIPLE], look(1000, 0.0100001), 10**6) == 1250
    assert next_look([MULTIPLE], look(1000, 0.1), 2100) == 2100
    assert next_look([MULTIPLE], look(2100, 0.1), 2100) is None


def test_an_error_that_is_not_known_yet_doubles_the_run() -> None:
    assert next_look([MULTIPLE], look(1000, None), 10**6) == 2000
    assert next_look([MULTIPLE], look(1, None), 10**6) == 250
    assert next_look([MULTIPLE], Look(1000, (Seen(None, None),)), 10**6) == 2000


def test_it_stops_where_more_replications_do_not_help() -> None:
    assert next_look([MULTIPLE], Look(1000, (Seen(None, None, hopeless=True),)), 10**6) is None


def test_looks_at_points_are_at_powers_of_two() -> None:
    assert [rounded(n, 16) for n in (1, 16, 17, 1000, 1024, 1025)] == [16, 16, 32, 1024, 1024, 2048]
    assert next_look([MULTIPLE], look(1024, 0.0101), 10**6, 16) == 2048
    assert next_look([MULTIPLE], look(1024, 5.0), 10**6, 16) == 4096
    assert next_look([MULTIPLE], look(524_288, 5.0), 10**6, 16) == 10**6


def test_what_was_missed_is_named() -> None:
    made = Convergence((MULTIPLE, PAID), (look(1000, 0.02, 900.0), look(4000, 0.012, 400.0)))
    assert not made.reached
    assert made.missed == ((MULTIPLE, Seen(1.0, 0.012)),)
    assert Convergence((PAID,), (look(1000, 900.0),)).reached


def test_names_are_measures_and_their_statistics() -> None:
    asked: dict[str, float | str] = {
        "investor.multiple.mean": 0.01,
        "payments.total_gbp.q05": "2e3",
        "investor.irr.q50": 0.001,
    }
    assert what_is_wanted(asked, MEASURES) == (
        MULTIPLE,
        wanted_of("payments.total_gbp", "q05", 2000.0),
        wanted_of("investor.irr", "q50", 0.001),
    )


@pytest.mark.parametrize("name", ["investor.probability_of_loss", "investor.expected_shortfall_multiple"])
def test_a_single_figure_may_go_by_the_name_of_its_measure(name: str) -> None:
    assert what_is_wanted({name: 0.01}, MEASURES) == (wanted_of(name, "mean", 0.01),)
    assert what_is_wanted({f"{name}.mean": 0.01}, MEASURES) == (wanted_of(name, "mean", 0.01),)


def test_everything_wrong_is_said_at_once() -> None:
    asked: dict[str, float | str] = {
        "investor.multipel.mean": 0.01,
        "nonsense": 1,
        "investor.irr.mean": 0.01,
        "investor.multiple": 0.01,
        "investor.irr": 0.01,
        "investor.multiple.q10": 0.01,
        "investor.probability_of_loss.q50": 0.01,
        "payments.total_gbp.mean": -5,
        "payments.total_gbp.q50": math.nan,
        "payments.total_gbp.q05": 0,
        "payments.total_gbp.q25": "soon",
        "payments.total_gbp.q75": "",
        "payments.total_gbp.q95": math.inf,
    }
    with pytest.raises(SibError) as refused:
        what_is_wanted(asked, MEASURES)
    assert str(refused.value).splitlines() == [
        "precision has 13 problems",
        '  investor.multipel.mean: unknown estimate; did you mean "investor.multiple.mean"?',
        "  nonsense: unknown estimate",
        '  investor.irr.mean: rates of return are never averaged; ask for "investor.irr.q50"',
        '  investor.multiple: say which figure of it, for example "investor.multiple.mean"',
        '  investor.irr: say which figure of it, for example "investor.irr.q50"',
        '  investor.multiple.q10: unknown estimate; did you mean "investor.multiple.q50"?',
        "  investor.probability_of_loss.q50: it is a single figure and has no quantiles; ask for "
        '"investor.probability_of_loss"',
        "  payments.total_gbp.mean: a precision is a number above 0, not -5",
        "  payments.total_gbp.q50: a precision is a number above 0, not nan",
        "  payments.total_gbp.q05: a precision is a number above 0, not 0",
        "  payments.total_gbp.q25: a precision is a number above 0, not soon",
        "  payments.total_gbp.q75: say how precise, as NAME=NUMBER",
        "  payments.total_gbp.q95: a precision is a number above 0, not inf",
    ]


def test_one_estimate_is_asked_for_once() -> None:
    loss = "investor.probability_of_loss"
    with pytest.raises(SibError, match=f"precision has 1 problem\n  {loss}.mean: asked for twice"):
        what_is_wanted({loss: 0.01, f"{loss}.mean": 0.02}, MEASURES)
    with pytest.raises(SibError, match=r"precision is given twice for a\.mean, b\.mean"):
        read_options(["a.mean=1", "b.mean=2", "c.mean=1", "b.mean=1", "a.mean=1"])


def test_options_are_names_and_numbers() -> None:
    assert read_options(["a.mean=1", "b.q05=x", "c"]) == {"a.mean": "1", "b.q05": "x", "c": ""}


def test_measures_have_the_statistics_that_have_errors() -> None:
    assert named("payments.total_gbp").statistics == STATISTICS
    assert named("investor.irr").statistics == QUANTILES
    assert named("spv.probability_of_shortfall").statistics == ("mean",)


def stopped(luck: np.random.Generator, start: int, wanted: Wanted, limit: int = 100_000) -> tuple[int, Seen]:
    """Return where the rule stops on exponential luck of mean 1, and what is seen there."""
    values, target = luck.exponential(size=limit), start
    while True:
        found = estimate(values[:target])
        place = STATISTICS.index(wanted.statistic) - 1
        seen = Seen(found.mean, found.se) if place < 0 else Seen(found.quantiles[place], found.quantile_errors[place])
        following = next_look([wanted], Look(target, (seen,)), limit)
        if following is None:
            return target, seen
        target = following


@pytest.mark.parametrize(
    ("statistic", "truth", "error", "start"),
    [
        ("mean", 1.0, 0.03, 100),
        ("mean", 1.0, 0.05, 20),
        ("q50", math.log(2), 0.03, 250),
        ("q95", math.log(20), 0.12, 250),
    ],
)
def test_intervals_hold_the_truth_nearly_as_often_as_they_say(
    statistic: str, truth: float, error: float, start: int
) -> None:
    """Stopping where the error happens to look small is a little optimistic: 95 % intervals hold the truth less often."""
    luck, wanted, held, sizes = np.random.default_rng(5), wanted_of("payments.total_gbp", statistic, error), [], []
    for _ in range(1500):
        size, seen = stopped(luck, start, wanted)
        assert seen.value is not None
        assert seen.error is not None
        assert seen.error <= error
        held.append(abs(seen.value - truth) <= COVER * seen.error)
        sizes.append(size)
    assert 0.925 < np.mean(held) < 0.97
    assert np.mean(sizes) < 2.5 * max(start, 1.1 / error**2 * (19 if statistic == "q95" else 1))
