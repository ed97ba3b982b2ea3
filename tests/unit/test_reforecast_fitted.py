"""Assumptions that were fitted to what is reported: a forecast does not use it twice."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

import simulator as sib
from simulator.studies.reforecast import Reforecast
from tests.tiny import Edit
from tests.unit.test_reforecast import MANY, forecast

HEAD = "measure,period_start,period_end,value\n"
COUNTS = HEAD + "referral,2021-04-01,2021-09-30,19\nengagement,2021-04-01,2021-09-30,10\n"
BY_QUARTER = HEAD + (
    "referral,2021-04-01,2021-06-30,9\nreferral,2021-07-01,2021-09-30,10\n"
    "engagement,2021-04-01,2021-06-30,3\nengagement,2021-07-01,2021-09-30,7\n"
)
WIDE: tuple[Edit, ...] = (*MANY, ("mean: 0.65, concentration: 47", "mean: 0.5, concentration: 6"))
BOTH = {"referral": 19, "engagement": 10}
EARLIER = {"referral": 9, "engagement": 3}


def fitted(
    folder: Path, day: str, counts: Mapping[str, int], text: str = COUNTS, replications: int = 4_000
) -> Reforecast:
    """Return the forecast under assumptions that were fitted to some counts by a day."""
    words = ", ".join(f"{name}: {count}" for name, count in counts.items())
    to = f"{{deal: Tiny, service_start: 2021-04-01, term_end: 2022-04-01, as_of: {day}, counts: {{{words}}}}}"
    edits = (*WIDE, ("assumptions:\n", f"assumptions:\n  fitted_to: {to}\n"))
    return forecast(folder, text, edits, replications=replications)


def codes(made: Reforecast) -> set[str]:
    """Return the codes of what is said of the fit."""
    return {problem.code for problem in made.warnings} & {"FITTED_TO_OTHERS", "TOO_FEW_TO_CORRECT"}


def test_a_set_fitted_to_these_counts_does_not_use_them_twice(tmp_path: Path) -> None:
    plain, same = forecast(tmp_path, COUNTS, WIDE, replications=4_000), fitted(tmp_path, "2021-09-30", BOTH)
    assert [each.kernel.fitted for each in (plain, same)] == [False, True]
    assert codes(plain) == codes(same) == set()
    chance = sib.draw(plain.scenario, plain.seed, 0, 4_000).values["engagement_probability"]
    twice, once = (each.weights @ chance for each in (plain, same))
    assert abs(once - chance.mean()) < 0.5 * abs(twice - chance.mean())
    spread_twice, spread_once = (
        float(np.sqrt(each.weights @ (chance - each.weights @ chance) ** 2)) for each in (plain, same)
    )
    assert spread_twice < 0.75 * chance.std() < 0.8 * chance.std() < spread_once < 1.1 * chance.std()


def test_what_both_have_is_taken_out_and_what_differs_is_said(tmp_path: Path) -> None:
    plain = forecast(tmp_path, COUNTS, WIDE, replications=400)
    part = fitted(tmp_path, "2021-09-30", {**BOTH, "job_start": 4}, replications=400)
    assert (codes(part), part.kernel.fitted) == (set(), True)
    other = fitted(tmp_path, "2021-09-30", {"referral": 19, "engagement": 11}, replications=400)
    assert (codes(other), other.kernel.fitted) == ({"FITTED_TO_OTHERS"}, True)
    none = fitted(tmp_path, "2021-09-30", {"job_start": 4}, replications=400)
    later = fitted(tmp_path, "2021-12-31", BOTH, replications=400)
    for each in (none, later):
        assert (codes(each), each.kernel.fitted) == ({"FITTED_TO_OTHERS"}, False)
        assert (each.weights == plain.weights).all()
    assert not (part.weights == plain.weights).all()


def test_a_set_fitted_to_an_earlier_day_gives_back_what_it_knew_by_then(tmp_path: Path) -> None:
    plain = forecast(tmp_path, COUNTS, WIDE, replications=4_000)
    chance = sib.draw(plain.scenario, plain.seed, 0, 4_000).values["engagement_probability"]
    few, many = (fitted(tmp_path, "2021-08-31", {"engagement": count}) for count in (1, 10))
    for each in (few, many):
        assert (codes(each), each.kernel.fitted) == (set(), True)
    assert few.weights @ chance > plain.weights @ chance + 0.01
    assert many.weights @ chance < plain.weights @ chance - 0.01
    by_quarter = fitted(tmp_path, "2021-06-30", EARLIER, BY_QUARTER, 400)
    assert (codes(by_quarter), by_quarter.kernel.fitted) == (set(), True)
    differs = fitted(tmp_path, "2021-06-30", {"referral": 9, "engagement": 4}, BY_QUARTER, 400)
    assert codes(differs) == {"FITTED_TO_OTHERS"}


def test_a_few_replications_correct_nothing(tmp_path: Path) -> None:
    plain, few = forecast(tmp_path, COUNTS, WIDE, replications=20), fitted(tmp_path, "2021-09-30", BOTH, COUNTS, 20)
    assert (codes(few), few.kernel.fitted) == ({"TOO_FEW_TO_CORRECT"}, False)
    assert (few.weights == plain.weights).all()
