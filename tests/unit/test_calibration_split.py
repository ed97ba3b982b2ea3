"""The split in time: what may enter a prediction, how replications are weighted and cut, and how predictions are counted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from calibration.about import About
from calibration.design import running_scenario, set_for_a_run, watched
from calibration.diagnostics.split import Split, split, split_figure
from calibration.diagnostics.year_ahead import (
    KNOWN_TO,
    PREDICTED,
    PRICE_SIGMA,
    Forecast,
    as_known_then,
    capped,
    known_then,
    log_match,
    luck_of,
    paid_by_quarter,
    priced,
    setup_then,
    with_error,
    within_caps,
)
from calibration.emulator import Emulator
from calibration.evidence import DEALS, Counts, Evidence, QuarterPayment, read_evidence
from calibration.fit import Likelihood, Setup
from calibration.observations import quarters_used
from calibration.posterior import Sampling
from calibration.priors import read_priors
from simulator.scenario.load import bundled_folder, load_scenario
from simulator.studies.weighting import normalised
from simulator.workers import WorkerPool

Floats = NDArray[np.float64]
SHORT = Sampling(chains=10, stages=2, warm_up=20, kept=10, apart=2)
SOME = ("haringey_barnet", "tower_hamlets_smi", "tower_hamlets_ld")
"""One deal that is fitted to payments, one whose price factor is matched to one, and one of which nothing is known."""
ENDS = [date(2020, 9, 30), KNOWN_TO, *PREDICTED]


@pytest.fixture(scope="module")
def evidence() -> dict[str, Evidence]:
    return {deal: read_evidence(deal) for deal in DEALS}


@pytest.fixture(scope="module")
def then(evidence: Mapping[str, Evidence]) -> dict[str, Setup]:
    return {name: setup_then(name, read_priors(), evidence) for name in read_priors().populations()}


def short(evidence: Mapping[str, Evidence]) -> Split:
    """Return a split of three deals, as short as can be."""
    priors = read_priors()
    mental = priors.severe_mental_illness.model_copy(update={"deals": SOME[:2]})
    fewer = priors.model_copy(update={"severe_mental_illness": mental})
    return split(
        WorkerPool(1), seed=7, replications=64, fit_replications=192, sampling=SHORT, evidence=evidence, priors=fewer
    )


@pytest.fixture(scope="module")
def run(evidence: dict[str, Evidence]) -> Split:
    return short(evidence)


def with_another_2021(evidence: Evidence) -> Evidence:
    """Return evidence of which every figure that tells of 2021 is another one."""
    payments = tuple(
        replace(each, pounds=3 * each.pounds + 1_000) if each.quarter_end > KNOWN_TO else each
        for each in evidence.payments
    )
    counts = Counts(evidence.counts.referral + 97, 60, 31, 11)
    return replace(evidence, payments=payments, counts=counts, planned=Counts(9, 8, 7, 6), specialists=40)


def test_nothing_of_2021_gets_into_the_predictions(run: Split, evidence: dict[str, Evidence]) -> None:
    other = short({deal: with_another_2021(each) for deal, each in evidence.items()})
    assert other.actual != run.actual
    for deal, forecast in run.forecasts.items():
        assert forecast.pounds.tobytes() == other.forecasts[deal].pounds.tobytes()
        assert forecast.weights.tobytes() == other.forecasts[deal].weights.tobytes()
        assert forecast.known == other.forecasts[deal].known


def test_what_was_paid_by_outcomes_before_weighs_replications(run: Split) -> None:
    assert set(run.forecasts) == set(SOME)
    assert run.forecasts["haringey_barnet"].weights.std() > 0
    assert run.forecasts["tower_hamlets_smi"].weights.std() > 0
    assert run.forecasts["tower_hamlets_ld"].weights.std() == 0
    assert [run.forecasts[deal].matched for deal in SOME] == [5, 1, 0]


def test_every_predicted_figure_has_a_payment_beside_it(run: Split, evidence: dict[str, Evidence]) -> None:
    table = run.table()
    assert len(table) == 12
    for deal in SOME:
        rows = table[table["deal"] == deal]
        assert rows["actual"].tolist() == [each.pounds for each in evidence[deal].payments][-4:]
        assert rows["quarter"].tolist() == ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"]
        assert (rows["low_90"] <= rows["low_50"]).all()
        assert (rows["low_50"] <= rows["median"]).all()
        assert (rows["median"] <= rows["high_50"]).all()
        assert (rows["high_50"] <= rows["high_90"]).all()


def test_no_replication_is_paid_more_than_the_cap(run: Split) -> None:
    for deal, forecast in run.forecasts.items():
        room = load_scenario(deal).deal.total_cap.pence / 100 - sum(each.pounds for each in forecast.known)
        assert forecast.pounds.min() >= 0.0
        assert forecast.pounds.sum(axis=1).max() <= room + 1e-6


def test_what_is_known_ends_with_2020(then: dict[str, Setup]) -> None:
    known = {deal: each for setup in then.values() for deal, each in setup.evidence.items()}
    assert set(known) == set(DEALS)
    assert {each.period_end for each in known.values()} == {KNOWN_TO}
    assert max(payment.quarter_end for each in known.values() for payment in each.payments) == KNOWN_TO


def test_quarters_left_out_for_a_pattern_of_2021_are_used(then: dict[str, Setup]) -> None:
    mental, learning = then["severe_mental_illness"], then["learning_disabilities"]
    used = {
        deal: [str(end) for end in quarters_used(each.evidence[deal], each.priors.payments)]
        for each in (mental, learning)
        for deal in each.population.deals
    }
    assert used == {
        "haringey_barnet": ["2019-06-30", "2019-09-30", "2019-12-31", "2020-03-31", "2020-12-31"],
        "shropshire": [],
        "enfield": ["2020-12-31"],
        "tower_hamlets_smi": [],
        "tower_hamlets_ld": [],
    }


def test_a_yearly_limit_that_2021_shows_is_no_term_then() -> None:
    scenario = load_scenario("tower_hamlets_smi", [bundled_folder() / "history" / "tower_hamlets_smi.yaml"])
    changed = as_known_then(scenario, "tower_hamlets_smi")
    assert scenario.deal.annual_cap is not None
    assert changed.deal == scenario.deal.model_copy(update={"annual_cap": None})
    assert as_known_then(scenario, "enfield").deal == scenario.deal


def test_a_match_is_a_kernel_on_roots_of_outcome_payments(then: dict[str, Setup]) -> None:
    evidence = then["severe_mental_illness"].evidence["haringey_barnet"]
    ends = [each.quarter_end for each in evidence.payments]
    paid = np.array([[float(each.pounds) for each in evidence.payments]] * 3)
    activity = [place for place, each in enumerate(evidence.payments) if each.basis == "activity"]
    paid[1, activity] = 0.0
    paid[2, 0] *= 1.25**2
    found = log_match(paid, ends, evidence, 0.5)
    assert found[:2].tolist() == [0.0, 0.0]
    assert found[2] == pytest.approx(-0.5)
    assert normalised(found)[0] / normalised(found)[2] == pytest.approx(np.exp(0.5))


def test_one_factor_is_on_all_payments_at_prices_that_are_not_known() -> None:
    paid, payments = np.full((2, len(ENDS)), 100.0), read_priors().payments
    score = np.array([0.0, 2.0])
    factor = np.exp(2 * PRICE_SIGMA)
    smi = priced(paid, ENDS, "tower_hamlets_smi", payments, score)
    assert smi[0].tolist() == [100.0] * 6
    assert smi[1] == pytest.approx([100.0, *[100 * factor] * 4, 100.0])
    assert priced(paid, ENDS, "tower_hamlets_ld", payments, score)[1] == pytest.approx(
        [100.0, 100.0, 100 * factor, 100 * factor, 100.0, 100.0]
    )
    assert priced(paid, ENDS, "enfield", payments, score).tolist() == paid.tolist()


def test_luck_is_of_the_seed_and_the_deal_and_begins_the_same() -> None:
    long, brief = luck_of("enfield", 3, 50), luck_of("enfield", 3, 20)
    assert long[:20].tobytes() == brief.tobytes()
    assert not np.array_equal(brief, luck_of("enfield", 4, 20))
    assert not np.array_equal(brief, luck_of("shropshire", 3, 20))


def test_an_error_has_the_spread_of_the_fit_and_takes_nothing_below_zero() -> None:
    scores = luck_of("enfield", 1, 20_000)[:, 1:]
    found = np.sqrt(with_error(np.full(scores.shape, 900.0), 0.25, scores))
    assert found.mean() == pytest.approx(30.0, abs=0.1)
    assert found.std() == pytest.approx(0.125 * 30.0, rel=0.03)
    assert with_error(np.array([900.0]), 0.25, np.array([-40.0])).tolist() == [0.0]


def test_payments_stop_where_the_cap_is_reached() -> None:
    assert capped(np.array([[3.0, 4.0, 5.0], [9.0, 1.0, 1.0], [1.0, 1.0, 1.0]]), 8.0).tolist() == [
        [3.0, 4.0, 1.0],
        [8.0, 0.0, 0.0],
        [1.0, 1.0, 1.0],
    ]
    assert capped(np.array([[3.0, 4.0]]), -5.0).tolist() == [[0.0, 0.0]]


def test_the_cap_of_a_schedule_holds_after_scaling_and_the_total_cap_after_it(then: dict[str, Setup]) -> None:
    setup = then["severe_mental_illness"]
    scenario = load_scenario("shropshire", [bundled_folder() / "history" / "shropshire.yaml"])
    evidence = setup.evidence["shropshire"]
    paid = np.array([[300_000.0, 300_000.0, 300_000.0, 900_000.0], [50_000.0] * 4])
    found = within_caps(paid, scenario.deal, evidence, setup.priors.payments)
    under_schedule = 434_484 - 87_633
    assert found[0].tolist() == [300_000.0, under_schedule - 300_000.0, 0.0, 1_034_484.0 - 197_557 - under_schedule]
    assert found[1].tolist() == [50_000.0] * 4


def test_a_schedule_without_a_cap_leaves_the_total_cap(then: dict[str, Setup]) -> None:
    setup = then["severe_mental_illness"]
    scenario = load_scenario("tower_hamlets_smi", [bundled_folder() / "history" / "tower_hamlets_smi.yaml"])
    evidence = setup.evidence["tower_hamlets_smi"]
    found = within_caps(np.full((1, 4), 900_000.0), scenario.deal, evidence, setup.priors.payments)
    assert found.tolist() == [[900_000.0, 2_068_966.0 - 494_696 - 900_000, 0.0, 0.0]]


def test_a_likelihood_of_some_figures_is_that_of_their_own_distribution() -> None:
    setup = Setup.of("severe_mental_illness")
    paid = (About("quarter", quarter_end=end) for end in (KNOWN_TO, PREDICTED[1]))
    some = About("count", "engagement"), *paid
    seen = setup.observed("enfield")
    width, figures = len(setup.parameters["enfield"]), len(seen.figures)
    luck = luck_of("enfield", 5, 400)
    root = luck[: figures * figures // 5 + 1].ravel()[: figures * figures].reshape(figures, figures)
    features = 1 + width + width * (width + 1) // 2
    terms = np.resize(luck, (features, figures))
    emulator = Emulator(np.zeros(width), np.ones(width), terms, root @ root.T + np.eye(figures), np.ones(figures))
    likelihood = Likelihood.of(setup, {"enfield": emulator}, only=some)
    scores = np.resize(luck, (3, len(setup.unknowns.all))) * 0.1
    kept = [seen.figures.index(about) for about in some]
    spread = (emulator.luck + seen.error)[np.ix_(kept, kept)]
    means = emulator.mean(setup.unknowns.of_deal(scores, "enfield"))[:, kept]
    expected = np.array([multivariate_normal(mean, spread).logpdf(seen.values[kept]) for mean in means])
    assert np.diff(likelihood(scores)) == pytest.approx(np.diff(expected), rel=1e-9)


def forecast(deal: str, pounds: Floats, known: tuple[int, ...]) -> Forecast:
    quarters = [each for each in read_evidence(deal).payments if each.quarter_end <= KNOWN_TO]
    paid: tuple[QuarterPayment, ...] = tuple(
        replace(quarter, pounds=amount) for quarter, amount in zip(quarters, known, strict=False)
    )
    return Forecast(deal, paid, pounds, np.full(len(pounds), 1 / len(pounds)), 1.0, 1, (True, False, True, True), 50.0)


@pytest.fixture
def toy() -> Split:
    """Two deals whose quarters are predicted as anything from 1 to 100 pounds, each as likely."""
    pounds = np.tile(np.arange(1.0, 101.0)[:, None], (1, 4))
    forecasts = {
        "enfield": forecast("enfield", pounds, (40, 50, 60)),
        "tower_hamlets_ld": forecast("tower_hamlets_ld", pounds, (30, 50)),
    }
    return Split(forecasts, {"enfield": (50, 25, 24, 95), "tower_hamlets_ld": (75, 76, 96, 4)}, 1)


def test_coverage_is_counted_with_the_ends_inside(toy: Split) -> None:
    found = toy.coverage().set_index(["of", "interval"])
    assert found["figures"].groupby("of").first().to_dict() == {
        "all": 8, "enfield": 4, "tower_hamlets_ld": 4,
        "2021-Q1": 2, "2021-Q2": 2, "2021-Q3": 2, "2021-Q4": 2,
    }  # fmt: skip
    inside = found["inside"].to_dict()
    assert (inside["all", 50], inside["all", 90]) == (3, 6)
    assert (inside["enfield", 50], inside["enfield", 90]) == (2, 4)
    assert (inside["tower_hamlets_ld", 50], inside["tower_hamlets_ld", 90]) == (1, 2)
    assert [inside[f"2021-Q{quarter}", 90] for quarter in (1, 2, 3, 4)] == [2, 2, 1, 1]
    row = next(row for row in toy.coverage().to_dict("records") if (row["of"], row["interval"]) == ("all", 90))
    assert row["low"] < row["share"] == 0.75 < row["high"]


def test_baselines_are_the_run_rate_the_last_quarter_and_the_plan(toy: Split) -> None:
    first = toy.table().iloc[0]
    assert (first["run_rate"], first["last_quarter"], first["plan"]) == (50.0, 60.0, 50.0)
    assert (first["crps_run_rate"], first["crps_last_quarter"], first["crps_plan"]) == (0.0, 10.0, 0.0)
    assert first["crps_run_rate_spread"] == pytest.approx(10.0 * (np.sqrt(2) - 1) / np.sqrt(np.pi))
    assert toy.table().query("deal == 'tower_hamlets_ld'")["crps_run_rate_spread"].isna().all()


def test_a_skill_compares_only_what_both_predict(toy: Split) -> None:
    table, scores = toy.table(), {str(row["of"]): row for row in toy.scores().to_dict("records")}
    own = table[table["deal"] == "enfield"]
    expected = 1 - own["crps"].sum() / own["crps_run_rate_spread"].sum()
    assert scores["all"]["skill_run_rate_spread"] == pytest.approx(expected)
    assert scores["all"]["skill_plan"] == pytest.approx(1 - table["crps"].sum() / table["crps_plan"].sum())
    assert np.isnan(scores["tower_hamlets_ld"]["skill_run_rate_spread"])


def test_a_deal_of_large_payments_weighs_no_more_as_shares(toy: Split) -> None:
    larger = replace(toy.forecasts["enfield"], pounds=toy.forecasts["enfield"].pounds * 1_000, plan=50_000.0)
    larger = replace(larger, known=tuple(replace(each, pounds=each.pounds * 1_000) for each in larger.known))
    scaled = Split(
        {**toy.forecasts, "enfield": larger},
        {**toy.actual, "enfield": tuple(each * 1_000 for each in toy.actual["enfield"])},
        1,
    )
    one, other = (each.scores().set_index("of").loc["all, as shares"] for each in (toy, scaled))
    assert one.to_numpy(dtype=float) == pytest.approx(other.to_numpy(dtype=float))


def test_the_words_give_the_numbers_and_how_weak_they_are(toy: Split) -> None:
    said = " ".join(toy.words())
    assert "3 of 8 payments of 2021 lay inside their 50 % intervals" in said
    assert "6 of 8 payments of 2021 lay inside their 90 % intervals" in said
    assert "This is weak evidence." in said
    assert "2 of the figures were paid at prices that are not known" in said


def test_the_figure_shows_what_was_paid_beside_what_was_predicted(toy: Split) -> None:
    panels = [axes for axes in split_figure(toy).axes if axes.get_title(loc="left")]
    assert [axes.get_title(loc="left") for axes in panels] == ["Enfield", "Tower Hamlets Learning Disabilities"]
    by_outcomes, by_activity = panels[0].get_lines()[-2:]
    assert np.asarray(by_outcomes.get_ydata()).tolist() == [60, 50, 25, 24, 95]
    assert np.asarray(by_activity.get_ydata()).tolist() == [40, 50]
    tops = [bar.get_y() + bar.get_height() for bar in panels[0].patches if isinstance(bar, Rectangle)]
    assert tops == [95.0, 75.0] * 4
    assert [label.get_text() for label in panels[0].get_xticklabels()] == [
        "Q2\n2020", "Q3", "Q4", "Q1\n2021", "Q2*", "Q3", "Q4",
    ]  # fmt: skip


def test_known_evidence_keeps_no_later_payment(evidence: dict[str, Evidence]) -> None:
    assert [each.quarter_end for each in known_then(evidence["enfield"]).payments] == [
        date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31),
    ]  # fmt: skip


def test_the_documentations_python_runs(
    run: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands on the page, but for the split itself, which takes minutes: a short one stands for it."""
    text = (Path(__file__).parents[2] / "docs" / "calibration.md").read_text(encoding="utf-8")
    block = re.search(r"; in Python:\n\n((?:    .*\n|\n)+)", text)
    assert block
    code = dedent(block[1])
    assert code.count("split(pool)") == 1
    monkeypatch.chdir(tmp_path)
    exec(code.replace("split(pool)", "short_split"), {"__name__": "__main__", "short_split": run})
    assert run.words()[-1] in capsys.readouterr().out
    assert (tmp_path / "split.png").is_file()


@pytest.mark.slow
def test_the_whole_split_says_what_the_documentation_says() -> None:
    with WorkerPool() as pool:
        found = split(pool)
    inside = {(row["of"], row["interval"]): row["inside"] for row in found.coverage().to_dict("records")}
    skills = {str(row["of"]): row for row in found.scores().to_dict("records")}["all, as shares"]
    assert abs(inside["all", 50] - 9) <= 2
    assert abs(inside["all", 90] - 17) <= 1
    assert skills["skill_run_rate"] == pytest.approx(-0.09, abs=0.08)
    assert skills["skill_plan"] == pytest.approx(-0.08, abs=0.08)
    assert skills["skill_run_rate_spread"] == pytest.approx(-0.19, abs=0.1)
    assert min(each.effective for each in found.forecasts.values()) >= 499.0
    outside = found.table().query("not inside_90")
    assert set(zip(outside["deal"], outside["quarter"], strict=True)) >= {
        ("haringey_barnet", "2021-Q1"), ("tower_hamlets_smi", "2021-Q1"),
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("deal", "times"), [("shropshire", 8.9), ("tower_hamlets_smi", 6.1), ("enfield", 2.3)])
def test_the_first_quarter_paid_by_outcomes_is_far_above_the_prior(
    then: dict[str, Setup], tmp_path: Path, deal: str, times: float
) -> None:
    setup = then["severe_mental_illness"]
    believed = setup.prior(deal)
    scenario = running_scenario(deal, set_for_a_run(deal, believed, setup.priors.windows), tmp_path)
    seen = watched(as_known_then(scenario, deal), believed.parameters, 800, 5, WorkerPool(1), "random")
    paid = paid_by_quarter(seen)[:, seen.quarters.index(KNOWN_TO)]
    actual = setup.evidence[deal].payments[-1].pounds
    assert actual / np.median(paid) == pytest.approx(times, rel=0.15)
    assert (paid < actual).mean() > 0.99
