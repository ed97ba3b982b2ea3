"""What a forecast says: its tables as data and in words, numbers as numbers."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import simulator as sib
from simulator.charts import Bars, Fan
from simulator.progress import PAYMENTS, REFERRAL
from simulator.studies.actuals import read_actuals
from simulator.studies.sample import LOSS
from tests.tiny import tiny_file
from tests.unit.test_reforecast import AS_OF, MANY, PAID, ROWS, made

LEVELS = ["q05", "q25", "q50", "q75", "q95"]


def rows(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table in JSON."""
    found: list[dict[str, Any]] = data["tables"][name]["rows"]
    return found


def test_the_data_are_of_the_form_that_is_promised() -> None:
    data = json.loads(json.dumps(made().findings().as_dict(), allow_nan=False))
    assert (data["study"], data["as_of"], data["actuals"]) == ("reforecast", "2021-09-30", "actuals.csv")
    groups = ["engagement", "job_start", "sustainment"]
    paid = [f"paid.{group}" for group in groups]
    by_measure: dict[str, list[dict[str, Any]]] = {}
    for row in rows(data, "forecast"):
        by_measure.setdefault(row["measure"], []).append(row)
    assert list(by_measure) == ["referral", *groups, *paid, "payments_gbp", "unpaid_over_cap_gbp", "caseload"]
    for name, each in by_measure.items():
        assert [row["quarter"] for row in each] == ["2021-Q4", "2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"]
        assert list(each[0]) == ["measure", "quarter", "ends", *LEVELS, "mean", "mean_se", "unit"]
        whole = all(isinstance(row[level], int) for row in each for level in ("q05", "q50", "q95"))
        assert whole == (not name.endswith("_gbp"))
    final = {row["measure"]: row for row in rows(data, "final")}
    assert {"investor.multiple", "investor.irr", "investor.npv_gbp", "investor.probability_of_loss"} < set(final)
    assert final["investor.irr"]["mean"] is None
    assert final["investor.irr"]["undefined_share"] == float(made().final["investor.irr"].undefined[0])
    assert final["investor.probability_of_loss"]["q50"] is None
    assert final["investor.probability_of_loss"]["mean_se"] > 0
    assert final["referral"]["q50"] == by_measure["referral"][-1]["q50"]
    assert (final["referral"]["to_date"], final["referral"]["target"]) == (19, 40)
    (kernel,) = rows(data, "kernel")
    assert kernel == {"name": "gaussian on square roots of counts"} | asdict(made().kernel)
    cap = {row["quarter"]: row["first_reached"] for row in rows(data, "cap")}
    assert sum(cap.values()) == pytest.approx(1)
    assert list(cap)[-1] == "Never"
    assert data["figures"]["cap_gbp"] == {"value": 40000.0, "se": None, "unit": "pounds"}
    assert "weights" not in data["tables"]


def test_what_is_reported_is_kept_by_day_and_as_read() -> None:
    data = made().findings().as_dict()
    reported = [(row["from"], row["to"], row["total"]) for row in rows(data, "reported") if row["measure"] == REFERRAL]
    assert reported == [("2021-04-01", "2021-06-30", 9), ("2021-04-01", "2021-09-30", 19)]
    assert [row["total"] for row in rows(data, "reported") if row["measure"] == PAYMENTS] == [1200, 6200.5]
    assert [row["value"] for row in rows(data, "actuals")] == [9, 10, 7, 2, 0, 1200, 5000.5]


def test_its_tables_can_be_read_as_actuals_again(tmp_path: Path) -> None:
    found = made()
    found.table("actuals").to_csv(tmp_path / "again.csv", index=False)
    assert read_actuals(tmp_path / "again.csv", found.scenario.deal, AS_OF).rows == found.actuals.rows


def test_words_of_tables_are_those_of_the_forecast() -> None:
    findings, middle = made().findings(), made().measures[REFERRAL].quantiles[:, -1].astype(int)
    assert findings.answer[0].startswith(
        f"In the middle case the deal ends with {middle[2]} referrals of 40 targeted ({middle[0]} to {middle[4]} in nine cases"
    )
    words = {name: findings.table(name).words() for name in findings.names}
    assert words["quarters"][-1][1] == f"{middle[2]} ({middle[0]} to {middle[4]})"
    assert words["quarters"][0][:2] == ("Reported to 30 September 2021", "19")
    assert words["final"][0][:3] == ("Referrals", "19", str(middle[0]))
    assert ("Medium: as expected when it was signed", "Referrals", "", "no scenario as signed is named") in words[
        "cases"
    ]
    assert words["matched"][0][:3] == ("Referrals", "30 September 2021", "19")
    frame = made().table("quarters")
    assert (frame["referral_low"].iloc[-1], frame["referral_high"].iloc[-1]) == (middle[0], middle[4])


def test_a_table_has_the_weight_of_every_replication() -> None:
    table = made().table("weights")
    assert table["replication"].tolist() == list(range(600))
    assert (table["weight"] == made().weights).all()


def test_the_table_has_a_row_for_each_measure_and_quarter() -> None:
    table = made().table()
    assert list(table) == ["measure", "quarter", "ends", *LEVELS, "mean", "mean_se", "unit"]
    assert len(table) == 5 * 10
    assert table["ends"].max() == pd.Timestamp("2022-12-31")


def test_charts_hold_the_forecast_as_data() -> None:
    found = made()
    forecast, ends = found.findings().charts
    assert [panel.title for panel in forecast.panels] == [
        "Referrals", "Engagement", "Job start", "Sustainment", "Outcome payments", "People on the caseload",
    ]  # fmt: skip
    for panel, name in zip(
        forecast.panels, (REFERRAL, "engagement", "job_start", "sustainment", PAYMENTS), strict=False
    ):
        (fan,) = [layer for layer in panel.layers if isinstance(layer, Fan)]
        assert fan.x[0] == AS_OF.toordinal()
        assert [level[1:] for level in fan.levels] == [tuple(each) for each in found.measures[name].quantiles.tolist()]
    bars = [layer for layer in ends.panels[0].layers if isinstance(layer, Bars)]
    assert sum(each or 0.0 for layer in bars for each in layer.size) == pytest.approx(1)
    assert sum(each or 0.0 for each in bars[0].size) == pytest.approx(found.final[LOSS].mean[0])
    json.dumps([each.as_dict() for each in (forecast, ends)], allow_nan=False)


def test_an_executor_gives_the_same_and_progress_is_told(tmp_path: Path) -> None:
    done: list[int] = []
    (tmp_path / "actuals.csv").write_text(ROWS + PAID, encoding="utf-8")
    with ThreadPoolExecutor(2) as executor:
        found = sib.reforecast(
            sib.load_scenario(tiny_file(tmp_path, *MANY)), tmp_path / "actuals.csv", AS_OF, replications=600, effective=50,
            executor=executor, progress=done.append,
        )  # fmt: skip
    assert sum(done) == 600
    assert found.findings().as_dict()["tables"] == made().findings().as_dict()["tables"]


def test_it_shows_and_saves_itself(tmp_path: Path) -> None:
    found = made()
    assert repr(found).splitlines()[0] == "Reforecast: tiny, 600 replications, seed 2026"
    assert "At the end" in found._repr_html_()
    folder = found.save(tmp_path / "out")
    assert json.loads((folder / "study.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(found.findings().as_dict())
    )
