"""What the diagnostics say of fits and figures of which the answer is known."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from numpy.random import Generator, Philox

from calibration.about import CONVERSIONS, About
from calibration.diagnostics.check import CheckResult, check
from calibration.diagnostics.document import Section
from calibration.diagnostics.identification import ridge, sustained
from calibration.diagnostics.intervals import Predicted, naive
from calibration.diagnostics.left_out import referrals_alone, reported_figures
from calibration.diagnostics.published import (
    TOTAL,
    Measure,
    Standing,
    figures_of,
    job_start_shares,
    published,
)
from calibration.diagnostics.sensitivity import reaches, reweighted
from calibration.diagnostics.words import figure_in_words
from calibration.evidence import DEALS, Counts, read_evidence
from calibration.export import assumption_set, digest_holds
from calibration.observations import COUNTED
from simulator.errors import SibError
from simulator.workers import WorkerPool
from tests.calibrating import LITTLE, TWO, small_fit, small_fit_again

FOUR = DEALS[:4]


def test_a_prediction_says_where_what_came_stands() -> None:
    found = Predicted.of(np.arange(1.0, 101.0), 25.0)
    assert found.quantiles == (5, 25, 50, 75, 95)
    assert found.percentile == pytest.approx(0.245)
    assert (found.median, found.width, found.inside) == (50, 90, True)
    assert not Predicted.of(np.arange(1.0, 101.0), 96.0).inside
    assert Predicted.of(np.full(9, 3.0), 3.0).percentile == 0.5


def test_percentiles_of_what_is_predicted_rightly_are_even() -> None:
    luck = np.random.default_rng(8)
    found = np.array(
        [Predicted.of(luck.poisson(30, 400).astype(float), luck.poisson(30)).percentile for _ in range(400)]
    )
    assert found.mean() == pytest.approx(0.5, abs=0.05)
    assert found.std() == pytest.approx(1 / np.sqrt(12), abs=0.03)


def test_naive_intervals_are_those_of_textbooks() -> None:
    counts = Counts(referral=900, engagement=600, job_start=300, sustainment=100)
    found = naive(counts, Generator(Philox(4)))
    for name in COUNTED:
        luck, repeat = (ends[1] - ends[0] for ends in (found[name].luck, found[name].repeat))
        sd = np.sqrt(getattr(counts, name))
        assert luck == pytest.approx(2 * 1.645 * sd, rel=0.04), "each count by itself is Poisson"
        assert repeat / luck == pytest.approx(np.sqrt(2), rel=0.05)
        assert found[name].repeat[0] < getattr(counts, name) < found[name].repeat[1]


def test_naive_intervals_of_nothing_are_nothing_known() -> None:
    found = naive(Counts(referral=5, engagement=0, job_start=0, sustainment=0), Generator(Philox(4)))
    assert found["engagement"].luck == (0.0, 0.0)
    assert found["engagement"].repeat[1] > 0


@pytest.mark.parametrize("deal", FOUR)
def test_reported_counts_give_the_other_published_figures(deal: str) -> None:
    figures = published({each: read_evidence(each) for each in FOUR})
    evidence = read_evidence(deal)
    counts = {name: np.array([float(getattr(evidence.counts, name))]) for name in COUNTED}
    standing = Standing(counts, np.array([float(evidence.paid)]), {})
    made = figures_of(standing, Measure.of(evidence), job_start_shares(figures)[deal])
    checked = 0
    for each in figures:
        if each.deal == deal and each.about in made and each.about.kind != "flow":
            allowed = 1.0 if each.unit.prefix or each.unit.suffix else 0.0
            assert made[each.about][0] == pytest.approx(each.value, abs=allowed), each
            checked += 1
    assert checked == 5 + 4 + 3 + 3 + 2, "tables 9, its rates, 8, 11 and 12"


def test_every_published_figure_is_there_once() -> None:
    figures = published({deal: read_evidence(deal) for deal in FOUR})
    names = [(each.table, each.deal, each.about.name) for each in figures]
    assert len(set(names)) == len(names)
    counted = pd.Series([table for table, _, _ in names]).value_counts()
    assert dict(counted) == {"9": 45, "10": 25, "11": 15, "8": 24, "12": 10, "payments by quarter": 32}
    assert {deal for _, deal, _ in names} == {*FOUR, TOTAL}
    alone = published({"tower_hamlets_ld": read_evidence("tower_hamlets_ld")})
    assert {each.deal for each in alone} == {"tower_hamlets_ld"}
    some = published({deal: read_evidence(deal) for deal in TWO})
    assert not any(each.deal == TOTAL or each.about.to_total for each in some)


NAMES = {
    About("count", "job_start"): ("job_start", "job starts"),
    About("success", "job_start"): ("success job_start", "success rate, job start"),
    About("success", "job_start", to_total=True): (
        "difference success job_start",
        "success rate, job start, difference to the four",
    ),
    CONVERSIONS["engagement_to_job_start"]: ("conversion engagement_to_job_start", "engagement to job start"),
    About("conversion", "job_start", before="engagement", to_total=True): (
        "difference conversion engagement_to_job_start",
        "conversion, engagement to job start, difference to the four",
    ),
    About("price", "sustainment"): ("price sustainment", "paid for each sustainment"),
    About("flow", "referral"): ("flow referral", "a quarter and specialist, referral"),
    About("flow"): ("flow sum", "a quarter and specialist, sum"),
    About("paid"): ("payments", "payments to date"),
    About("quarter", quarter_end=date(2020, 6, 30)): ("payment 2020-06-30", "quarter to 2020-06-30"),
}


@pytest.mark.parametrize("about", NAMES, ids=lambda about: about.name)
def test_names_and_words_are_made_from_what_a_figure_is_about(about: About) -> None:
    assert (about.name, figure_in_words(about)) == NAMES[about]


def test_no_two_figures_have_one_name() -> None:
    abouts = {each.about for each in published({deal: read_evidence(deal) for deal in FOUR})}
    assert len({about.name for about in abouts}) == len(abouts)
    assert set(NAMES) <= abouts


def test_a_share_of_nobody_is_none_and_a_price_of_nothing_has_no_end() -> None:
    nobody = {name: np.zeros(1) for name in COUNTED}
    found = figures_of(Standing(nobody, np.array([5.0]), {}), Measure(dict.fromkeys(COUNTED, 1.0), 4.0), 0.5)
    assert found[CONVERSIONS["referral_to_engagement"]][0] == 0.0
    assert np.isinf(found[About("price", "sustainment")][0])
    assert np.isinf(found[About("price", "job_start")][0])


def test_a_job_that_is_never_found_again_is_kept_for_nine_weeks_by_chance_alone() -> None:
    loss = np.array([0.0, 0.06, 0.117, 0.3])
    found = sustained(loss, np.zeros(4))
    assert found == pytest.approx(np.exp(-loss * 62 / 30.4375), rel=1e-9)
    assert np.all(sustained(loss, np.full(4, 0.045))[1:] > found[1:])


def test_the_chance_of_sustaining_is_that_of_the_simulator_s_rule() -> None:
    found = sustained(np.array([0.06, 0.117, 0.3]), np.full(3, 0.045))
    assert found == pytest.approx([0.893, 0.801, 0.567], abs=0.012)


@pytest.mark.parametrize(("mean", "sd"), [(1.0, 1.0), (-1.0, 1.0), (0.0, 0.5), (0.5, 1.3)])
def test_weights_give_the_posterior_of_another_prior(mean: float, sd: float) -> None:
    seen, luck = 0.8, 0.5
    before = np.array([seen / luck**2, 0.0]).sum() / (1 + 1 / luck**2)
    draws = np.random.default_rng(9).normal(before, np.sqrt(1 / (1 + 1 / luck**2)), 400_000)
    weights = reweighted(draws, mean, sd)
    precision = 1 / sd**2 + 1 / luck**2
    after = (mean / sd**2 + seen / luck**2) / precision
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ draws == pytest.approx(after, abs=0.02)
    assert np.sqrt(weights @ (draws - after) ** 2) == pytest.approx(np.sqrt(1 / precision), rel=0.03)


@pytest.mark.parametrize(("sd_of_draws", "expected"), [(1.0, False), (0.7, True), (0.9, False)])
def test_a_wider_prior_is_within_reach_of_narrow_draws_alone(sd_of_draws: float, expected: bool) -> None:
    assert reaches(np.random.default_rng(1).normal(0, sd_of_draws, 20_000), 2.0) is expected


def test_left_out_conversions_are_those_of_table_9() -> None:
    assert list(reported_figures(read_evidence("enfield")).values()) == pytest.approx(
        [184, 100 * 99 / 184, 100 * 36 / 99, 100 * 17 / 36]
    )


def test_referrals_alone_are_the_first_figure_in_units_of_its_luck() -> None:
    made = small_fit()
    emulator, seen = made.emulators["enfield"], made.setup.observed("enfield")
    first, value = referrals_alone(emulator, seen)
    x, sd = made.draws("enfield")[:5], np.sqrt(emulator.luck[0, 0])
    assert first.mean(x)[:, 0] == pytest.approx(emulator.mean(x)[:, 0] / sd)
    assert value == pytest.approx([np.log(184) / sd])


def test_a_deal_rests_on_its_own_unknowns_and_on_common_ones() -> None:
    names = [each.name for each in small_fit().setup.unknowns.behind("enfield")]
    assert "job_rate of enfield" in names
    assert {"mean of job_rate", "spread of job_rate", "patience"} <= set(names)
    assert not any("shropshire" in name for name in names)


def test_points_of_the_curve_have_one_product() -> None:
    found = ridge(small_fit(), "enfield")
    loss = np.array([0.05, 0.1, 0.2])
    again = np.full(3, found.again)
    contact = found.contact_on_it(loss)
    evidenced = 1 - (1 - contact) * (1 - 0.2)  # by contact, or by the other route of the base set
    assert evidenced * sustained(loss, again) == pytest.approx(np.full(3, found.product))
    assert np.all(np.diff(found.contact_on_it(loss)) > 0)


def test_the_same_fit_gives_the_same_files() -> None:
    one, other = small_fit(), small_fit_again()
    for deal in TWO:
        text = assumption_set(one, deal)
        assert text == assumption_set(other, deal)
        assert digest_holds(text)
        assert not digest_holds(text.replace("job_rate", "job_rates", 1))


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    folder = tmp_path_factory.mktemp("checks") / "diagnostics"
    table = pd.DataFrame({"deal": ["enfield"], "paid": [1234.5]})
    part = Section("elsewhere", "Made elsewhere", ("One sentence.",), {}, {"elsewhere": table})
    return check({"severe_mental_illness": small_fit()}, folder, WorkerPool(1), effort=LITTLE, more=(part,))


def test_the_folder_has_a_report_that_needs_nothing_else(checked: CheckResult) -> None:
    text = (checked.folder / "report.html").read_text(encoding="utf-8")
    assert "src=" not in text
    assert "<script" not in text
    assert "http" not in text.replace("http://www.w3.org", "")
    ids = [each.split('"')[0] for each in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    body = text[text.index("<body>") : text.index("</body>") + 7]
    body = body.replace("<body>", '<body xmlns:xlink="http://www.w3.org/1999/xlink">')
    assert ElementTree.fromstring(body).find(".//h2") is not None
    assert "Made elsewhere" in text
    assert "One sentence." in text


def test_the_folder_has_every_table(checked: CheckResult) -> None:
    tables = {path.stem: pd.read_csv(path) for path in checked.folder.glob("*.csv")}
    assert set(tables) == {"predictive", "counts", "identification", "sensitivity", "left_out", "elsewhere"}
    assert len(tables["counts"]) == 2 * 4
    assert set(tables["identification"]["deal"]) == set(TWO)
    assert len(tables["left_out"]) == 2 * 4
    assert set(tables["left_out"]["figure"]) == {"referral", *(each.name for each in CONVERSIONS.values())}
    assert {"payments", "success engagement", "flow sum", "payment 2021-12-31"} <= set(tables["predictive"]["figure"])
    unknowns = {"job_rate of enfield", "mean of job_rate", "spread of job_rate", "patience"}
    assert unknowns <= set(tables["sensitivity"]["unknown"])
    assert tables["counts"]["width_to_naive"].between(0.3, 10).all()
    moved = tables["sensitivity"].query("prior in ['up', 'down']")
    assert moved["percent"].notna().all()
    figures = {path.stem for path in (checked.folder / "figures").glob("*.png")}
    assert {"severe_mental_illness-counts", "severe_mental_illness-left_out", "severe_mental_illness-ridge"} <= figures


def test_the_summary_says_what_the_tables_say(checked: CheckResult) -> None:
    said = json.loads((checked.folder / "summary.json").read_text(encoding="utf-8"))["severe_mental_illness"]
    counts = pd.read_csv(checked.folder / "counts.csv")
    assert said["counts_of_table_9"] == 8
    assert said["counts_inside_90"] == int(counts["inside_90"].sum())
    assert checked.passed == bool(counts["inside_90"].all())
    assert f"{said['counts_inside_90']} of the 8 counts" in checked.summary
    assert str(checked.folder) in checked.summary


def test_a_folder_of_something_else_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(SibError, match=r"holds files that no result wrote, or that were changed since \(letter\.txt\)"):
        check({"severe_mental_illness": small_fit()}, tmp_path, WorkerPool(1), effort=LITTLE)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_folder_says_whose_it_is(checked: CheckResult) -> None:
    kept = json.loads((checked.folder / "manifest.json").read_text(encoding="utf-8"))
    assert (kept["kind"], kept["of"]) == ("calibration check", ["severe_mental_illness"])
    assert kept["seeds"] == {"severe_mental_illness": small_fit().seed}
    assert len(kept["sources_sha256"]) == 64
