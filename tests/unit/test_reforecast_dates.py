"""Forecasts from dates inside a claim quarter, from the claims tail, and from payments alone."""

from datetime import date
from pathlib import Path

import pytest

import simulator as sib
from simulator.errors import ScenarioError
from simulator.progress import PAYMENTS, REFERRAL
from simulator.studies.projection import later_quarters, project
from simulator.studies.reforecast import Reforecast
from tests.tiny import tiny_file
from tests.unit.test_reforecast import MANY, PAID, ROWS


def on(folder: Path, day: str, text: str, replications: int = 600) -> Reforecast:
    """Return the forecast from a day, with the rows that end on 30 September ending on it."""
    (folder / "actuals.csv").write_text(text.replace("2021-09-30", day), encoding="utf-8")
    scenario = sib.load_scenario(tiny_file(folder, *MANY))
    return sib.reforecast(
        scenario, folder / "actuals.csv", day, replications=replications, effective=50, workers=1
    )  # fmt: skip


def test_a_day_before_the_quarter_ends_makes_little_difference(tmp_path: Path) -> None:
    before, after = (on(tmp_path, day, ROWS + PAID) for day in ("2021-09-29", "2021-09-30"))
    assert before.quarters == ["2021-Q3", *after.quarters]
    for name in (REFERRAL, "engagement", "job_start", PAYMENTS):
        one, other = (float(each.measures[name].mean[-1]) for each in (before, after))
        assert one == pytest.approx(other, rel=0.1), name
    assert [each.pence for each in before.scenario.deal.settled] == [120000]
    paid = project(before.scenario.deal, before.actuals, before.sample, before.days)[PAYMENTS]
    assert paid.min() == 6200.5
    told = {each.code: each.message for each in before.warnings}
    assert told["PAYMENTS_PARTIAL"] == (
        "£5,000.50 of payments_gbp are of a claim quarter that had not ended by 2021-09-29: that quarter is simulated as a "
        "whole, and no forecast is below the £6,200.50 that were paid in all"
    )
    assert "PAYMENTS_PARTIAL" not in {each.code for each in after.warnings}


def test_in_the_first_quarter_nothing_is_added_to_what_caps_let_through(tmp_path: Path) -> None:
    text = "measure,period_start,period_end,value\nreferral,2021-04-01,2021-05-31,9\npayments_gbp,2021-04-01,2021-05-31,3000\n"
    found = on(tmp_path, "2021-05-31", text, 200)
    assert not found.past_is_paid
    ahead = project(found.scenario.deal, found.actuals, found.sample, found.days)[PAYMENTS]
    simulated = found.sample.on(PAYMENTS, found.days) / 100
    assert (ahead == simulated.clip(min=3000)).all()
    assert (simulated[:, 0] < 3000).any()
    assert ahead.max() <= found.scenario.deal.total_cap.pence / 100
    assert "PAYMENTS_PARTIAL" in {each.code for each in found.warnings}


def test_part_of_a_quarter_cannot_have_been_paid_beyond_the_cap(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="more than the total cap"):
        on(tmp_path, "2021-09-29", ROWS + PAID.replace("5000.50", "1000000"), 20)


def test_the_claims_tail_is_forecast_to_its_end(tmp_path: Path) -> None:
    deal = sib.load_scenario(tiny_file(tmp_path, *MANY)).deal
    assert later_quarters(deal, date(2022, 5, 31)) == [date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31)]
    assert later_quarters(deal, date(2022, 12, 31)) == [date(2022, 12, 31)]
    text = "measure,period_start,period_end,value\nreferral,2021-04-01,2021-09-30,38\npayments_gbp,2021-04-01,2021-09-30,9000\n"
    found = on(tmp_path, "2022-06-30", text, 100)
    assert found.quarters == ["2022-Q3", "2022-Q4"]
    assert set(found.measures[REFERRAL].quantiles.ravel()) == {38}
    assert found.measures[PAYMENTS].quantiles.min() >= 9000


def test_payments_alone_weigh_all_alike_and_are_reported(tmp_path: Path) -> None:
    found = on(tmp_path, "2021-09-30", "measure,period_start,period_end,value\n" + PAID, 60)
    assert found.matched == ()
    assert set(found.weights) == {1 / 60}
    assert found.kernel.effective_sample_size == pytest.approx(60)
    assert "NOTHING_MATCHED" in {each.code for each in found.warnings}
    assert "No count that could tell them apart is reported: all weigh the same." in found.html()
    assert found.table("matched").empty
