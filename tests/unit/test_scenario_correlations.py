"""Correlated draws: a Gaussian copula that moves the places of what it names and leaves every distribution as it is."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simulator.scenario.draws import Points, draw, draw_places
from simulator.scenario.model import Scenario
from tests.bad_inputs import Case, assert_refused, assert_warned, case_id
from tests.tiny import Edit, tiny_scenario

N = 20_000
LAST = "  carried_over_period: {value: 6, unit: months, quality: D, source: Worked example}\n"
PAIR = "{between: [engagement_probability, job_rate], rho: 0.6}"
OTHER = "{between: [job_loss_rate, job_rate], rho: -0.5}"


def correlated(*entries: str) -> Edit:
    """Return the edit that adds correlations."""
    return LAST, LAST + "  correlations:\n" + "".join(f"    - {entry}\n" for entry in entries)


def scenario(folder: Path, *entries: str) -> Scenario:
    return tiny_scenario(folder, *([correlated(*entries)] if entries else []))


@pytest.mark.parametrize("points", ["random", "sobol"])
def test_normal_scores_have_the_correlations_asked_for(tmp_path: Path, points: Points) -> None:
    places = draw_places(scenario(tmp_path, PAIR, OTHER), 5, 0, N, points)
    names = ["engagement_probability", "job_rate", "job_loss_rate"]
    found = np.corrcoef([stats.norm.ppf(places[name]) for name in names])
    wanted = np.array([[1, 0.6, 0], [0.6, 1, -0.5], [0, -0.5, 1]])
    assert np.abs(found - wanted).max() < 4 / np.sqrt(N)


@pytest.mark.parametrize("points", ["random", "sobol"])
def test_every_distribution_stays_what_it_is(tmp_path: Path, points: Points) -> None:
    drawn = draw(scenario(tmp_path, PAIR, OTHER), 5, 0, N, points).values
    laws = {
        "engagement_probability": stats.beta(0.65 * 47, 0.35 * 47),
        "job_rate": stats.lognorm(np.sqrt(np.log1p(0.38**2)), scale=0.0594 / np.sqrt(1 + 0.38**2) / 30.4375),
        "job_loss_rate": stats.triang(0.057 / 0.14, 0.06 / 30.4375, 0.14 / 30.4375),
    }
    for name, law in laws.items():
        assert stats.kstest(drawn[name], law.cdf).pvalue > 0.001, name


@pytest.mark.parametrize("points", ["random", "sobol"])
def test_only_what_is_named_moves_and_the_first_of_each_set_stays(tmp_path: Path, points: Points) -> None:
    plain = draw_places(scenario(tmp_path), 5, 3, 50, points)
    second = "{between: [vacancy_median, search_limit], rho: 0.3}"
    moved = draw_places(scenario(tmp_path, OTHER, PAIR, second), 5, 3, 50, points)
    assert plain.keys() == moved.keys()
    changed = {name for name in plain if plain[name].tobytes() != moved[name].tobytes()}
    assert changed == {"job_rate", "job_loss_rate", "vacancy_median"}


def test_any_cut_gives_the_same_places(tmp_path: Path) -> None:
    both = scenario(tmp_path, PAIR, OTHER)
    whole, parts = draw_places(both, 5, 0, 40), [draw_places(both, 5, 0, 13), draw_places(both, 5, 13, 27)]
    for name, places in whole.items():
        assert places.tobytes() == np.concatenate([part[name] for part in parts]).tobytes()


def test_fixing_one_of_a_pair_moves_no_other(tmp_path: Path) -> None:
    """Even where it is then no number at all: its place is kept."""
    pair = "{between: [search_limit, job_loss_rate], rho: 0.8}"
    limited = scenario(tmp_path, pair)
    old = "search_limit: {value: 9, unit: months, quality: D, source: Worked example}"
    free = tiny_scenario(tmp_path, (old, "search_limit: none"), correlated(pair))
    assert np.array_equal(draw(limited, 5, 0, 30).values["job_loss_rate"], draw(free, 5, 0, 30).values["job_loss_rate"])
    assert np.isinf(draw(free, 5, 0, 30).values["search_limit"]).all()


def test_no_correlation_at_all_is_as_if_nothing_were_said(tmp_path: Path) -> None:
    nothing = "{between: [engagement_probability, job_rate], rho: 0}"
    plain, said = draw_places(scenario(tmp_path), 5, 0, 30), draw_places(scenario(tmp_path, nothing), 5, 0, 30)
    assert {name: column.tobytes() for name, column in plain.items()} == {
        name: column.tobytes() for name, column in said.items()
    }


def refused(entries: tuple[str, ...], path: str, code: str, message: str, line: int) -> Case:
    old, new = correlated(*entries)
    return Case("-", old, new, code, line, f"assumptions.correlations{path}", message)


REFUSED = [
    refused(
        ("{between: [job_rat, job_loss_rate], rho: 0.1}",), "[0].between[0]", "UNKNOWN_PARAMETER",
        'no number "job_rat"; did you mean "job_rate"?', 162,
    ),
    refused((PAIR, "{between: [windows, job_loss_rate], rho: 0.1}"), "[1].between[0]", "UNKNOWN_PARAMETER",
            'no number "windows"', 163),
    refused(("{between: [job_rate, job_rate], rho: 0.1}",), "[0].between", "CORRELATIONS",
            "job_rate cannot be correlated with itself", 162),
    refused((PAIR, "{between: [job_rate, engagement_probability], rho: 0.6}"), "[1].between", "CORRELATIONS",
            "the pair job_rate and engagement_probability is given twice", 163),
    refused(
        ("{between: [job_rate, engagement_probability], rho: 0.9}", "{between: [job_rate, job_loss_rate], rho: 0.9}"),
        "", "CORRELATIONS",
        "no numbers can have all these correlations at once; pairs that are not listed have none", 161,
    ),
    refused(("{between: [job_rate, job_loss_rate], rho: 1.0}",), "[0].rho", "RANGE", "cannot be 1.0; it must be below 1", 162),
    refused(("{between: [job_rate], rho: 0.5}",), "[0].between", "TYPE", "needs 2 or more entries and has 1", 162),
]  # fmt: skip


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("each", REFUSED, ids=case_id)
def test_what_cannot_be_correlated_is_refused_in_plain_words(each: Case) -> None:
    assert_refused(each)


@pytest.mark.usefixtures("in_folder")
def test_a_correlation_with_what_is_known_is_a_warning() -> None:
    message = "patience has one value only, so that this correlation changes nothing"
    old, new = correlated("{between: [job_rate, patience], rho: 0.5}")
    assert_warned(Case("-", old, new, "CORRELATION_NO_EFFECT", 162, "assumptions.correlations[0]", message))
