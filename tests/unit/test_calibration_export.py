"""Calibrated assumption sets: what their headers promise, what they were fitted to, and that they are made again alike."""

import math
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

import simulator as sib
from calibration.evidence import DEALS, digest_of_sources, read_evidence
from calibration.export import assumption_set, check_sets, digest_holds, write_sets
from calibration.fit import REPLICATIONS, SEED, TOLD, Fit, Setup, fit, fit_all
from calibration.posterior import Sampling
from calibration.posterior_table import show
from calibration.priors import FILE, read_priors
from simulator.scenario.load import bundled_folder
from simulator.workers import WorkerPool

SHORT = Sampling(chains=40, stages=2, warm_up=30, kept=10, apart=2)
SETS = bundled_folder() / "assumptions"


@cache
def small_fit() -> Fit:
    return fit("learning_disabilities", replications=512, rounds=1, sampling=SHORT)


def test_what_the_results_tell_is_shown_for_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    show({"learning_disabilities": small_fit()})
    shown, told = capsys.readouterr().out, small_fit().resolved("tower_hamlets_ld")
    assert "tower_hamlets_ld: what the published results tell" in shown
    lines = [line.split() for line in shown.splitlines()]
    for name, part in told.items():
        (cells,) = (each for each in lines if each[:1] == [name])
        assert f" {100 * max(0.0, part):.0f} %{'' if part >= TOLD else ', hardly'}" in " ".join(cells)
    assert "largest split R-hat" in shown


@pytest.mark.parametrize("deal", DEALS)
def test_a_set_holds_what_its_header_says(deal: str) -> None:
    text = (SETS / f"{deal}.yaml").read_text(encoding="utf-8")
    assert digest_holds(text)
    assert not digest_holds(text.replace("rules:", "rules: "))
    assert digest_of_sources() in text
    assert sha256(FILE.read_bytes()).hexdigest() in text
    assert re.search(rf"# Seed {SEED}; {REPLICATIONS} replications", text)


@pytest.mark.parametrize("deal", DEALS)
def test_a_set_was_fitted_to_what_is_published_of_its_deal(deal: str) -> None:
    running, evidence = sib.load_scenario(f"running/{deal}"), read_evidence(deal)
    fitted = running.assumptions.fitted_to
    assert fitted is not None
    assert fitted.counts == vars(evidence.counts)
    assert (fitted.as_of, fitted.deal) == (evidence.period_end, running.deal.name)
    assert not [each for each in running.warnings if each.code in {"FITTED_ELSEWHERE", "WINDOW_MISMATCH"}]


@pytest.mark.parametrize("deal", DEALS)
def test_every_parameter_of_the_fit_is_uncertain_in_the_set(deal: str) -> None:
    population = read_priors().populations()[read_priors().population_of(deal)]
    beliefs = sib.load_scenario(f"running/{deal}").assumptions.beliefs()
    names = [prior.name for prior in population.all if prior.scale != "share" or deal in prior.most_of]
    assert not [name for name in names if beliefs[name].is_fixed]  # type: ignore[attr-defined]


def test_a_set_that_is_used_for_another_deal_warns(tmp_path: Path) -> None:
    scenario = (bundled_folder() / "running" / "enfield.yaml").read_text(encoding="utf-8")
    other = scenario.replace("../", f"{bundled_folder().resolve()}/").replace(
        "assumptions/enfield", "assumptions/shropshire"
    )
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    (warning,) = [
        each for each in sib.load_scenario(tmp_path / "other.yaml").warnings if each.code == "FITTED_ELSEWHERE"
    ]
    assert warning.message == 'fitted to the results of "Shropshire", and used for "Enfield"'
    assert warning.line > 0


def test_a_set_that_is_used_for_another_service_of_the_deal_warns(tmp_path: Path) -> None:
    text = (SETS / "enfield.yaml").read_text(encoding="utf-8").replace("as_of: 2021-12-31", "as_of: 2031-12-31")
    (tmp_path / "set.yaml").write_text(
        text.replace("service_start: 2020-04-01", "service_start: 2019-04-01"), encoding="utf-8"
    )
    scenario = (bundled_folder() / "running" / "enfield.yaml").read_text(encoding="utf-8")
    scenario = scenario.replace("../assumptions/enfield.yaml", "set.yaml").replace(
        "../", f"{bundled_folder().resolve()}/"
    )
    (tmp_path / "other.yaml").write_text(scenario, encoding="utf-8")
    found = [
        each.message for each in sib.load_scenario(tmp_path / "other.yaml").warnings if each.code == "WINDOW_MISMATCH"
    ]
    assert sorted(found) == [
        "fitted to a service from 2019-04-01 on; this one starts on 2020-04-01",
        "fitted to results up to 2031-12-31, which is no day of the term",
    ]


def test_a_fit_is_written_as_the_same_bytes_each_time(tmp_path: Path) -> None:
    again = fit("learning_disabilities", replications=512, rounds=1, sampling=SHORT)
    (one,) = write_sets({"learning_disabilities": small_fit()}, tmp_path / "one")
    (other,) = write_sets({"learning_disabilities": again}, tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["tower_hamlets_ld.yaml"]


def test_a_set_that_was_changed_is_the_users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fits = {"learning_disabilities": small_fit()}
    (path,) = write_sets(fits, tmp_path)
    written = path.read_text(encoding="utf-8")
    write_sets(fits, tmp_path)
    for text in (written.replace("rules:", "rules: "), "my own beliefs"):
        path.write_text(text, encoding="utf-8")
        words = r"did not write, or that were changed since \(tower_hamlets_ld\.yaml\); name another folder, or give --replace"
        for refused in (lambda: write_sets(fits, tmp_path), lambda: check_sets(tmp_path)):
            with pytest.raises(sib.SibError, match=words):
                refused()
        assert path.read_text(encoding="utf-8") == text
        write_sets(fits, tmp_path, replace=True)
        assert "what stood there is kept as tower_hamlets_ld.yaml.kept" in capsys.readouterr().err
        assert path.read_text(encoding="utf-8") == written
    assert (tmp_path / "tower_hamlets_ld.yaml.kept2").read_text(encoding="utf-8") == "my own beliefs"


def test_another_seed_gives_other_draws_and_is_named() -> None:
    other = fit("learning_disabilities", replications=512, rounds=1, sampling=SHORT, seed=SEED + 1)
    assert (other.sampled.scores != small_fit().sampled.scores).all()
    assert f"# Seed {SEED + 1};" in assumption_set(other, "tower_hamlets_ld")


def test_a_population_that_is_not_known_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        sib.SibError, match='there is no population "learning_disability"; did you mean "learning_disabilities"'
    ):
        fit_all(["learning_disability"], seed=1, replications=512, pool=WorkerPool(1), tell=print)


def test_what_the_figures_do_not_tell_keeps_the_grade_of_its_prior() -> None:
    told, fitted = small_fit().resolved("tower_hamlets_ld"), small_fit().fitted("tower_hamlets_ld")
    assert told["pool_referral_rate"] > 0.5
    assert fitted.said["pool_referral_rate"][1] == "B"
    assert told["lockdown_engagement"] < 0.25
    assert fitted.said["lockdown_engagement"][1] == "E"
    assert fitted.said["lockdown_engagement"][0].startswith("Hardly told by the published results")


def test_plans_enter_as_the_priors_of_the_referrals() -> None:
    setup = Setup.of("severe_mental_illness")
    for deal in setup.population.deals:
        (own,) = [each for each in setup.parameters[deal] if each.name == "referrals_over_term"]
        assert own.centre == pytest.approx(math.log(0.75 * setup.evidence[deal].contracted.referral))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["learning_disabilities", "severe_mental_illness"])
def test_a_refit_writes_the_bytes_that_are_there(name: str, tmp_path: Path) -> None:
    with WorkerPool() as pool:
        written = write_sets({name: fit(name, pool=pool)}, tmp_path)
    for path in written:
        assert path.read_bytes() == (SETS / path.name).read_bytes()
