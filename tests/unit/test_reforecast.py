"""The forecast of a running deal: the actual and what is added to it; cases, cap, running scenarios; the same for any workers."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import simulator as sib
from simulator.errors import ScenarioError, SibError
from simulator.progress import CASELOAD, PAYMENTS, REFERRAL, UNPAID
from simulator.report.forecasting import wanted_forecasts
from simulator.scenario.load import load_running
from simulator.scenario.worth import scale_worth
from simulator.studies.cases import cap_is_reached
from simulator.studies.plan import running_costs
from simulator.studies.projection import later_quarters, project, quarter_name
from simulator.studies.reforecast import Reforecast
from tests.tiny import Edit, tiny_file, tiny_text

AS_OF = date(2021, 9, 30)
MANY: tuple[Edit, ...] = (
    ("{value: 10, unit: people", "{value: 40, unit: people"),
    ("referral_target: 10", "referral_target: 40"),
)
ROWS = """\
measure,period_start,period_end,value
referral,2021-04-01,2021-06-30,9
referral,2021-07-01,2021-09-30,10
engagement,2021-04-01,2021-09-30,7
job_start,2021-04-01,2021-09-30,2
sustainment,2021-04-01,2021-08-31,0
"""
PAID = """\
payments_gbp,2021-04-01,2021-06-30,1200
payments_gbp,2021-07-01,2021-09-30,5000.50
"""


def forecast(folder: Path, text: str = ROWS + PAID, edits: Sequence[Edit] = MANY, **options: int) -> Reforecast:
    (folder / "actuals.csv").write_text(text, encoding="utf-8")
    scenario = sib.load_scenario(tiny_file(folder, *edits))
    numbers = {"replications": 600, "effective": 50, "workers": 1} | options
    return sib.reforecast(
        scenario, folder / "actuals.csv", AS_OF,
        replications=numbers["replications"] or None, effective=numbers["effective"], workers=numbers["workers"],
    )  # fmt: skip


@cache
def made() -> Reforecast:
    with TemporaryDirectory() as folder:
        return forecast(Path(folder))


def test_on_the_date_itself_the_forecast_is_the_actual() -> None:
    found = made()
    deal = found.scenario.deal
    on_the_day = project(deal, found.actuals, found.sample, [AS_OF])
    assert set(on_the_day[REFERRAL][:, 0]) == {19}
    assert set(on_the_day["engagement"][:, 0]) == {7}
    assert set(on_the_day["job_start"][:, 0]) == {2}
    assert set(on_the_day[PAYMENTS][:, 0]) == {6200.5}
    september = found.sample.on("sustainment", [AS_OF]) - found.sample.on("sustainment", [date(2021, 8, 31)])
    assert (on_the_day["sustainment"] == september).all()


def test_later_it_is_the_actual_and_what_each_replication_adds() -> None:
    found = made()
    ahead = project(found.scenario.deal, found.actuals, found.sample, found.days)
    for name, total in ((REFERRAL, 19), ("engagement", 7), ("job_start", 2)):
        added = found.sample.on(name, found.days) - found.sample.on(name, [AS_OF])
        assert (ahead[name] == total + added).all()
    assert (ahead[CASELOAD] == found.sample.on(CASELOAD, found.days)).all()
    assert (ahead[UNPAID] == found.sample.on(UNPAID, found.days) / 100).all()
    for group in found.scenario.deal.groups:
        assert (ahead[f"paid.{group}"] <= ahead[group]).all()


def test_levels_are_in_order_and_totals_do_not_fall() -> None:
    for name, each in made().measures.items():
        assert (np.diff(each.quantiles, axis=0) >= 0).all(), name
        assert name == CASELOAD or (np.diff(each.quantiles, axis=1) >= 0).all(), name
        assert name == CASELOAD or (np.diff(each.mean) >= -1e-9).all(), name


def test_the_counts_are_matched() -> None:
    found = made()
    assert [(each.measure, len(each.days)) for each in found.matched] == [
        ("referral", 1), ("referral", 1), ("engagement", 1), ("job_start", 1),
        *([("sustainment", 1)] if len(found.matched) == 5 else []),
    ]  # fmt: skip
    for each in found.matched:
        squares = each.gap[:, -1] ** 2
        assert float(found.weights @ squares) < float(squares.mean())
    assert found.weights.sum() == pytest.approx(1)
    assert found.kernel.effective_sample_size >= 50
    assert found.kernel.replications == 600


def test_no_more_is_paid_for_than_the_caps_of_its_lines() -> None:
    found = made()
    deal = found.scenario.deal
    capped = tuple(
        each.model_copy(update={"count_cap": 2}) if each.group == "sustainment" else each for each in deal.rate_card
    )
    lines = sum(each.group == "sustainment" for each in deal.rate_card)
    free, held = (
        project(each, found.actuals, found.sample, found.days)["paid.sustainment"]
        for each in (deal, deal.model_copy(update={"rate_card": capped}))
    )
    assert free.max() > 2 * lines
    assert (held == np.minimum(free, 2 * lines)).all()
    assert (np.diff(held, axis=1) >= 0).all()


def test_chances_are_those_of_the_ends() -> None:
    found = made()
    deal = found.scenario.deal
    ahead = project(deal, found.actuals, found.sample, found.days)
    chances = {(each.case, each.measure): each for each in found.probabilities}
    high = chances["high", "referral"]
    assert high.level == 40
    assert high.probability == pytest.approx(float(found.weights[ahead[REFERRAL][:, -1] >= 40].sum()))
    assert chances["high", PAYMENTS].level == deal.total_cap.pence / 100
    assert chances["high", PAYMENTS].probability == pytest.approx(float(found.cap_binds.sum()))
    loss = found.final["investor.probability_of_loss"]
    whole = chances["low", "investor.multiple"].probability
    assert whole == pytest.approx(1 - float(loss.mean[0]), abs=1e-9)
    scale = scale_worth(deal, running_costs(deal))
    low = chances["low", "engagement"]
    assert low.level == (None if scale is None else scale * deal.group_target("engagement"))
    assert chances["medium", "engagement"].status == "not_available"


def test_no_result_depends_on_workers(tmp_path: Path) -> None:
    one = forecast(tmp_path, replications=60)
    two = forecast(tmp_path, replications=60, workers=2)
    assert one.findings().as_dict() == two.findings().as_dict()
    assert (one.weights == two.weights).all()


def test_enough_are_run_and_else_the_kernel_is_widened(tmp_path: Path) -> None:
    few = forecast(tmp_path, replications=60, effective=40)
    assert few.kernel.replications == 60
    codes = [problem.code for problem in few.warnings]
    assert ("EFFECTIVE_SIZE" in codes) == (few.kernel.effective_sample_size < 40)
    assert ("KERNEL_WIDENED" in codes) == (few.kernel.h > 0.25)
    free = forecast(
        tmp_path, "measure,period_start,period_end,value\nreferral,2021-04-01,2021-09-30,19\n", replications=0
    )
    assert (free.kernel.h, free.kernel.replications) == (0.25, 4_000)
    assert free.kernel.effective_sample_size > 50


def test_what_cannot_have_happened_is_said(tmp_path: Path) -> None:
    found = forecast(
        tmp_path, "measure,period_start,period_end,value\nreferral,2021-04-01,2021-09-30,500\n", replications=100
    )
    told = {problem.code: problem.message for problem in found.warnings}
    assert "all replications are below the 500 of referral" in told["OUTSIDE_ALL"]
    assert "far from what the scenario makes likely" in told["KERNEL_WIDENED"]
    assert found.table("final").set_index("measure")["q05"]["referral"] >= 500


def test_without_payments_all_are_simulated(tmp_path: Path) -> None:
    found = forecast(tmp_path, ROWS, replications=60)
    assert not found.past_is_paid
    ahead = project(found.scenario.deal, found.actuals, found.sample, found.days)
    assert (ahead[PAYMENTS] == found.sample.on(PAYMENTS, found.days) / 100).all()
    assert found.findings().facts["past_payments"] == "simulated"


def running_files(folder: Path, *edits: Edit, name: str = "Tiny") -> Path:
    """Write the tiny scenario as signed, naming a running one that is another text of it; return its path."""
    (folder / "running").mkdir()
    running = tiny_text(
        *MANY, ("scenario: tiny\n", "scenario: tiny_running\n"), ("name: Tiny\n", f"name: {name}\n"), *edits
    )
    (folder / "running" / "tiny.yaml").write_text(running, encoding="utf-8")
    path = tiny_file(folder, *MANY, ("scenario: tiny\n", "scenario: tiny\nrunning: running/tiny.yaml\n"))
    (folder / "actuals.csv").write_text(ROWS + PAID, encoding="utf-8")
    return path


def test_a_deal_is_forecast_as_it_runs(tmp_path: Path) -> None:
    path = running_files(tmp_path)
    found = sib.reforecast(path, tmp_path / "actuals.csv", "2021-09-30", replications=40, workers=1)
    assert found.given.name == "tiny"
    assert found.scenario.name == "tiny_running"
    chances = {(each.case, each.measure): each for each in found.probabilities}
    signed = sib.run(sib.load_scenario(path), workers=1).estimates
    for name in (REFERRAL, "engagement", "job_start", "sustainment"):
        assert chances["medium", name].level == signed[f"outcomes.{name}"].quantiles[2]
    assert chances["medium", PAYMENTS].level == signed["payments.total_gbp"].quantiles[2]
    assert chances["medium", REFERRAL].status == "ok"
    overlaid = tmp_path / "more.yaml"
    overlaid.write_text(
        "overlay: more\ntitle: More\ndescription: More.\nsource: A test\nset:\n  assumptions.referrals_over_term: 60\n",
        encoding="utf-8",
    )
    for given, more in ((path, [overlaid]), (sib.load_scenario(path, [overlaid]), [])):
        changed = sib.reforecast(
            given, tmp_path / "actuals.csv", AS_OF, overlays=more, replications=40, workers=1
        )  # fmt: skip
        assert changed.scenario.name == "tiny_running+more"
        assert changed.scenario.assumptions != found.scenario.assumptions
        medium = [each.level for each in changed.probabilities if each.case == "medium"]
        assert medium == [each.level for each in found.probabilities if each.case == "medium"]
        assert changed.findings().command.count(" --overlay ") == 1
    running = tmp_path / "running" / "tiny.yaml"
    text = running.read_text(encoding="utf-8").replace("\nassumptions:", "\noverlays: [../more.yaml]\nassumptions:")
    running.write_text(text, encoding="utf-8")
    assert load_running(sib.load_scenario(path), [overlaid]).name == "tiny_running+more"
    other = tmp_path / "other.yaml"
    other.write_text(overlaid.read_text(encoding="utf-8").replace("term: 60", "term: 70"), encoding="utf-8")
    with pytest.raises(ScenarioError, match='overlay "more" changes this value too'):
        load_running(sib.load_scenario(path), [other])


def test_an_overlay_of_what_is_believed_now_needs_nothing_of_the_scenario_as_signed() -> None:
    (wanted,) = wanted_forecasts(
        ["scenarios/enfield.yaml"], ["scenarios/forecasts/no_recovery.yaml"], Path("scenarios/actuals/enfield.csv"),
        "2021-12-31", None,
    )  # fmt: skip
    assert wanted.scenario.name == "enfield"
    assert load_running(wanted.scenario, wanted.overlays).name == "enfield_running+enfield_history+no_recovery"


def test_a_running_scenario_must_be_of_the_same_deal(tmp_path: Path) -> None:
    path = running_files(tmp_path, name="Other")
    with pytest.raises(
        ScenarioError, match=r'"running/tiny\.yaml" is of the deal "Other", and this scenario of "Tiny"'
    ):
        sib.reforecast(path, tmp_path / "actuals.csv", AS_OF)


def test_a_running_scenario_must_be_there(tmp_path: Path) -> None:
    path = running_files(tmp_path)
    (tmp_path / "running" / "tiny.yaml").unlink()
    with pytest.raises(ScenarioError, match=r'there is no file "running/tiny\.yaml" beside the scenario'):
        sib.reforecast(path, tmp_path / "actuals.csv", AS_OF)


def test_a_running_scenario_names_no_other(tmp_path: Path) -> None:
    path = running_files(tmp_path, ("title: A deal", "running: tiny.yaml\ntitle: A deal"))
    with pytest.raises(ScenarioError, match="is a running scenario and cannot name one itself"):
        sib.reforecast(path, tmp_path / "actuals.csv", AS_OF)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"replications": 1}, "replications must be 2"),
        ({"effective": 0}, "effective"),
        ({"workers": 0}, "workers must be 1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(tmp_path: Path, option: dict[str, int], words: str) -> None:
    with pytest.raises(SibError, match=words):
        forecast(tmp_path, ROWS, MANY, **option)


def test_the_cap_is_reached_where_funders_can_pay_no_more() -> None:
    deal = sib.load_scenario("enfield").deal
    paid = np.array([620688.59, 620688.62, 620689.0, 600000.0])
    assert cap_is_reached(deal, paid).tolist() == [False, True, True, False]
    run = sib.run(sib.load_scenario("enfield"), replications=60, workers=1)
    over = run.returns.values["payments.unpaid_over_cap_gbp"] > run.returns.values["payments.total_gbp"] * 0.1
    assert over.any()
    assert cap_is_reached(deal, np.asarray(run.returns.values["payments.total_gbp"]))[over].all()


def test_quarters_go_to_the_last_claims() -> None:
    deal = sib.load_scenario("haringey_barnet").deal
    days = later_quarters(deal, date(2021, 12, 31))
    assert [quarter_name(day) for day in (days[0], days[-1])] == ["2022-Q1", "2023-Q4"]
    assert quarter_name(later_quarters(deal, date(2021, 11, 5))[0]) == "2021-Q4"
    learning = sib.load_scenario("tower_hamlets_ld").deal
    assert quarter_name(later_quarters(learning, date(2021, 12, 31))[-1]) == "2024-Q2"


def test_past_invoices_are_what_was_paid() -> None:
    found = made()
    assert found.past_is_paid
    assert [each.pence for each in found.scenario.deal.settled] == [120000, 500050]
    assert set(found.sample.on(PAYMENTS, [AS_OF])[:, 0]) == {620050}
    assert (found.sample.on(PAYMENTS, found.days)[:, -1] <= found.scenario.deal.total_cap.pence).all()
    assert found.findings().facts["past_payments"] == "as paid"


def test_more_than_the_cap_cannot_have_been_paid(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"more than the total cap of .*; give revised caps in the scenario"):
        forecast(tmp_path, ROWS + PAID.replace("5000.50", "1000000"), replications=20)


def test_payments_over_several_quarters_are_spread(tmp_path: Path) -> None:
    whole = "payments_gbp,2021-04-01,2021-09-30,1000.01\n"
    found = forecast(tmp_path, ROWS + whole, replications=20)
    first = 100001 * 91 // 183
    assert [each.pence for each in found.scenario.deal.settled] == [first, 100001 - first]
    (told,) = [problem.message for problem in found.warnings if problem.code == "PAYMENTS_SPREAD"]
    assert told == "payments_gbp are not by calendar quarter: they are spread over 2 claim quarters by days"
