"""A scenario holds all that versions of it are made from: nothing that happens to its files later changes them."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import simulator as sib
from simulator.comparison import versions
from simulator.errors import ScenarioError
from simulator.scenario.load import document_of, load_running, without_overlays
from simulator.scenario.model import Overlay, Scenario
from simulator.studies.levers import at, lever_of
from simulator.studies.past import with_past_paid
from tests.tiny import TINY, Edit, in_one_batch, tiny_file, tiny_scenario, tiny_text

OTHER: Edit = ("price: 569", "price: 985")
SLOWER = Overlay(
    overlay="slower", title="Slower", description="D", source="A test", multiply={"assumptions.job_rate": 0.5}
)
REFUSED = (
    "this scenario was put together or changed in Python, so that no version of it can be made from its content; load it, and "
    "change it by `with_values` or by an overlay"
)

VERSIONS: dict[str, Callable[[Scenario], Scenario]] = {
    "overlay": lambda base: sib.with_overlays(base, [SLOWER]),
    "lever": lambda base: at(base, (lever_of(base, "capital"), 8000)),
    "value": lambda base: base.with_values({"assumptions.patience": 90}),
    "levers": lambda base: sib.with_levers(base, {"capital": 8000}),
    "without": lambda base: without_overlays(sib.with_overlays(base, [SLOWER])),
}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> Callable[[Scenario], Scenario]:
    """Return each way to make a version that leaves prices as they are."""
    return VERSIONS[str(request.param)]


def first_price(scenario: Scenario) -> int:
    return scenario.deal.rate_card[0].price  # type: ignore[return-value] # one amount, in the tiny deal


def test_a_file_edited_after_loading_changes_no_version(
    tmp_path: Path, version: Callable[[Scenario], Scenario]
) -> None:
    base = tiny_scenario(tmp_path)
    tiny_file(tmp_path, OTHER)
    assert first_price(version(base)) == 56900
    (tmp_path / "tiny.yaml").unlink()
    assert first_price(version(base)) == 56900


def test_another_working_folder_changes_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: Callable[[Scenario], Scenario]
) -> None:
    for folder, edits in {"one": (), "two": (OTHER,)}.items():
        (tmp_path / folder).mkdir()
        tiny_file(tmp_path / folder, *edits)
    monkeypatch.chdir(tmp_path / "one")
    base = sib.load_scenario("tiny.yaml")
    monkeypatch.chdir(tmp_path / "two")
    assert first_price(version(base)) == 56900


def test_a_scenario_opened_elsewhere_is_the_one_that_was_kept(
    tmp_path: Path, version: Callable[[Scenario], Scenario]
) -> None:
    (tmp_path / "more.yaml").write_text(
        "overlay: more\ntitle: T\ndescription: D\nsource: Somewhere\nset: {deal.lags.preset: C}\n", encoding="utf-8"
    )
    base = tiny_scenario(tmp_path, overlays=[tmp_path / "more.yaml"])
    kept = pickle.dumps(base)
    for file in tmp_path.iterdir():
        file.unlink()
    opened = pickle.loads(kept)
    assert (opened, opened.digest) == (base, base.digest)
    made, expected = version(opened), version(base)
    assert (made, made.name, made.title, made.digest) == (expected, expected.name, expected.title, expected.digest)
    assert first_price(made) == 56900


@pytest.mark.parametrize("name", ["scenarios/haringey_barnet.yaml", "scenarios/running/shropshire.yaml"])
def test_a_scenario_is_small_to_send(name: str) -> None:
    assert len(pickle.dumps(sib.load_scenario(name))) < 150_000


def test_a_description_that_is_not_of_the_files_makes_no_version(
    tmp_path: Path, version: Callable[[Scenario], Scenario]
) -> None:
    base = tiny_scenario(tmp_path)
    deal = base.deal.model_copy(update={"referral_target": 5})
    changed = replace(base, description=base.description.model_copy(update={"deal": deal}))
    with pytest.raises(ScenarioError) as refused:
        version(changed)
    assert str(refused.value) == f"{base.file} has 1 problem\n  whole file {REFUSED}".replace("file  ", "file ")
    assert load_running(changed) is changed
    with pytest.raises(ScenarioError, match="put together or changed in Python"):
        document_of(Scenario("none.yaml", base.description))


def test_an_equal_description_makes_versions(tmp_path: Path, version: Callable[[Scenario], Scenario]) -> None:
    base = tiny_scenario(tmp_path)
    same = replace(base, description=base.description.model_copy(deep=True))
    assert version(same).digest == version(base).digest


def test_settings_replaced_in_python_are_those_of_versions(version: Callable[[Scenario], Scenario]) -> None:
    base = sib.load_scenario(TINY)
    made = version(in_one_batch(base))
    assert (base.settings.batch, made.settings.batch) == (10, 1000)
    assert (made.name, made.title, made.digest) == (version(base).name, version(base).title, version(base).digest)
    assert made.with_values({"assumptions.job_rate": 0.1}).settings.batch == 1000


def test_an_overlay_is_taken_as_it_was_when_it_was_given() -> None:
    values = {"deal.lags.preset": "C"}
    base = sib.load_scenario(TINY)
    overlay = Overlay(overlay="o", title="T", description="D", source="A test", set=values)
    made = sib.with_overlays(base, [overlay])
    overlay.set["deal.lags.preset"] = "B"
    assert (made.deal.lags.origin, sib.with_overlays(made, [SLOWER]).deal.lags.origin) == ("none", "none")
    assert base.deal.lags.origin == "referral"


def test_a_list_that_an_overlay_gave_is_its_own_whatever_is_changed_within() -> None:
    given = [{"name": "set_up", "total": 100, "timing": "at_settlement", "title": "Set-up"}]
    new = {"deal.costs": given, "deal.sources.costs": {"source": "A test", "quality": "D"}}
    overlay = Overlay(overlay="o", title="T", description="D", source="A test", set=new)
    made = sib.with_overlays(sib.load_scenario(TINY), [overlay])
    dearer = made.with_values({"deal.costs.0.total": 200})
    assert (made.deal.costs[0].total, dearer.deal.costs[0].total, given[0]["total"]) == (10000, 20000, 100)
    assert made.with_values({"assumptions.patience": 90}).deal.costs[0].total == 10000


def running_beside(folder: Path, price: str = "price: 569") -> Path:
    """Return the file of a scenario with a running one beside it, of a first price."""
    edit = (("scenario: tiny", "scenario: tiny_running"), ("price: 569", price))
    (folder / "running.yaml").write_text(tiny_text(*edit), encoding="utf-8")
    return tiny_file(folder, ("scenario: tiny", "scenario: tiny\nrunning: running.yaml"))


def test_the_running_scenario_is_the_one_that_was_read_with_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, price in {"one": "price: 570", "two": "price: 985"}.items():
        (tmp_path / folder).mkdir()
        running_beside(tmp_path / folder, price)
    monkeypatch.chdir(tmp_path / "one")
    signed = sib.load_scenario("tiny.yaml")
    assert load_running(signed).file == "running.yaml"
    monkeypatch.chdir(tmp_path / "two")
    assert first_price(load_running(signed)) == 57000
    running_beside(tmp_path / "one", "price: 600")
    assert first_price(load_running(signed)) == 57000
    kept = pickle.dumps(signed)
    for file in (tmp_path / "one").iterdir():
        file.unlink()
    made = load_running(sib.with_overlays(pickle.loads(kept), [SLOWER]))
    assert (made.name, first_price(made)) == ("tiny_running+slower", 57000)


def test_a_running_scenario_that_cannot_be_read_is_refused_when_it_is_wanted(tmp_path: Path) -> None:
    file = running_beside(tmp_path)
    (tmp_path / "running.yaml").write_text("- 1\n", encoding="utf-8")
    signed = pickle.loads(pickle.dumps(sib.load_scenario(file)))
    with pytest.raises(ScenarioError, match=r"running\.yaml has 1 problem\n  whole file holds no names and values"):
        load_running(signed)
    (tmp_path / "running.yaml").unlink()
    with pytest.raises(ScenarioError, match=r'running: there is no file "running\.yaml" beside the scenario'):
        load_running(sib.load_scenario(file))


def test_an_overlay_names_no_running_scenario(tmp_path: Path) -> None:
    overlay = Overlay(overlay="o", title="T", description="D", source="A test", set={"running": "other.yaml"})
    made = sib.with_overlays(sib.load_scenario(running_beside(tmp_path)), [overlay])
    with pytest.raises(ScenarioError, match="was not read with the scenario; name it in the scenario's own file"):
        load_running(made)


def test_overlays_given_go_on_to_the_running_scenario_as_they_were(in_folder: Path) -> None:
    Path("more.yaml").write_text(
        "overlay: more\ntitle: T\ndescription: D\nsource: Somewhere\nset: {deal.lags.preset: C}\n", encoding="utf-8"
    )
    signed = sib.load_scenario(running_beside(in_folder), ["more.yaml"])
    Path("more.yaml").unlink()
    found = load_running(signed)
    assert (found.name, found.deal.lags.origin, found.overlay_files) == ("tiny_running+more", "none", ("more.yaml",))


def test_versions_of_one_file_are_told_by_what_is_in_it(tmp_path: Path) -> None:
    first, stressed = tiny_scenario(tmp_path), sib.with_overlays(tiny_scenario(tmp_path), [SLOWER])
    assert stressed.has_files_of(first)
    assert not tiny_scenario(tmp_path, OTHER).has_files_of(first)
    assert not first.has_files_of(Scenario(first.file, first.description))
    assert [each.name for each in versions([tmp_path / "tiny.yaml"], [])] == ["tiny"]


def test_versions_of_a_scenario_whose_past_is_paid_keep_the_past(tmp_path: Path) -> None:
    paid = (
        "measure,period_start,period_end,value\npayments_gbp,2021-04-01,2021-06-30,569\n"
        "payments_gbp,2021-07-01,2021-09-30,4224\n"
    )
    (tmp_path / "actuals.csv").write_text(paid, encoding="utf-8")
    base = sib.load_scenario(TINY)
    known = sib.read_actuals(tmp_path / "actuals.csv", base.deal, "2021-09-30")
    run, past_is_paid, _ = with_past_paid(base, known)
    assert past_is_paid
    assert [each.pence for each in run.deal.settled] == [56900, 422400]
    assert run.deal.sources["settled"].source == "Payments reported by 2021-09-30"
    assert (run.name, run.title, run.overlays, run.given, run.warnings) == (
        base.name, base.title, (), (), base.warnings,
    )  # fmt: skip
    for made in (run.with_values({"assumptions.patience": 90}), sib.with_overlays(run, [SLOWER])):
        assert made.deal.settled == run.deal.settled
        assert made.name.startswith("tiny+")
    assert run.deal.settled[0].quarter_of == date(2021, 4, 1)
