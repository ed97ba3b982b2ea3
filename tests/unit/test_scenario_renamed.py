"""Files of before: names that went are read as what they are now, and a file may say of which format it is."""

from pathlib import Path

import pytest

from simulator.errors import Problem, ScenarioError
from simulator.scenario import renamed
from simulator.scenario.load import load_scenario
from simulator.scenario.overlay_paths import find_all
from simulator.scenario.renamed import Renamed, renew
from simulator.scenario.yaml_text import Document
from simulator.studies.levers import lever_names
from tests.tiny import TINY, Edit, tiny_scenario, tiny_text

pytestmark = pytest.mark.usefixtures("in_folder")

OVERLAY = "overlay: late\ntitle: Late\ndescription: Late.\nsource: A test\n"
LETTERS = {"A": "referral", "B": "achievement", "C": "none"}


@pytest.mark.parametrize(("letter", "word"), LETTERS.items())
def test_lags_in_letters_and_in_words_are_the_same_deal(letter: str, word: str) -> None:
    letters = tiny_scenario(Path(), ("from: referral", f"preset: {letter}"))
    words = tiny_scenario(Path(), ("from: referral", f"from: {word}"))
    assert (letters.deal, letters.digest) == (words.deal, words.digest)
    assert letters.deal.lags.origin == word
    assert letters.warnings == words.warnings


SETS = [
    "deal.lags.preset: B",
    "deal.lags.from: achievement",
    "deal.lags: {preset: B}",
    "deal.lags: {from: achievement}",
]


@pytest.mark.parametrize("change", SETS)
@pytest.mark.parametrize("base", ["preset: A", "from: referral"])
def test_overlays_set_either(base: str, change: str) -> None:
    Path("late.yaml").write_text(f"{OVERLAY}set:\n  {change}\n", encoding="utf-8")
    scenario = tiny_scenario(Path(), ("from: referral", base), overlays=["late.yaml"])
    assert scenario.deal.lags.origin == "achievement"


def test_lags_are_said_once() -> None:
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), ("from: referral", "preset: A, from: referral"))
    assert refused.value.problems == (
        Problem("tiny.yaml", 71, "deal.lags.preset", 'says the same as "from"; keep one of them', "DUPLICATE_KEY"),
    )


def test_an_overlay_that_sets_both_is_refused() -> None:
    Path("late.yaml").write_text(f"{OVERLAY}set: {{deal.lags.preset: B, deal.lags.from: none}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"set\.deal\.lags\.from: this overlay changes this value too; keep one$"):
        tiny_scenario(Path(), overlays=["late.yaml"])


def test_what_the_letters_cite_is_cited() -> None:
    cited: Edit = "    lags: {source: Worked example", "    lags.preset: {source: Worked example"
    assert "lags.from" in tiny_scenario(Path(), cited).deal.sources


def test_paths_with_the_old_name_find_the_new_one() -> None:
    assert find_all({"deal": {"lags": {"from": "none"}}}, "deal.lags.preset") == [("deal", "lags", "from")]


GONE = (Renamed("deal.costs.*.amount", "total"), Renamed("deal.cap", "total_cap"))


def test_a_name_that_went_is_read_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", GONE)
    places = {("deal", "cap"): ("a.yaml", 2), ("deal", "costs", 1, "amount"): ("a.yaml", 5)}
    document = Document({"deal": {"cap": {"pounds": 5}, "costs": [{"total": 1}, {"amount": 2}]}}, dict(places))
    renew(document)
    assert document.value == {"deal": {"total_cap": {"pounds": 5}, "costs": [{"total": 1}, {"total": 2}]}}
    assert document.places[("deal", "costs", 1, "total")] == ("a.yaml", 5)
    assert sorted(document.problems) == [
        Problem("a.yaml", 2, "deal.cap", 'is now called "total_cap"; the old name is still read', "RENAMED", "warning"),
        Problem(
            "a.yaml",
            5,
            "deal.costs[1].amount",
            'is now called "total"; the old name is still read',
            "RENAMED",
            "warning",
        ),
    ]


def test_warnings_of_documents_come_with_the_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    table = (Renamed("deal.referrals_planned", "referral_target"),)
    monkeypatch.setattr(renamed, "RENAMED", table)
    Path("late.yaml").write_text(f"{OVERLAY}set: {{deal.referrals_planned: 9}}\n", encoding="utf-8")
    edits: list[Edit] = [("  referral_target: 10", "  referrals_planned: 10")]
    scenario = tiny_scenario(Path(), *edits, overlays=["late.yaml"])
    assert scenario.deal.referral_target == 9
    said = [each for each in scenario.warnings if each.code == "RENAMED"]
    message = 'is now called "referral_target"; the old name is still read'
    assert [(each.file, each.path, each.message) for each in said] == [
        ("late.yaml", "set.deal.referrals_planned", message), ("tiny.yaml", "deal.referrals_planned", message),
    ]  # fmt: skip
    assert {each.severity for each in said} == {"warning"}
    assert all(each.line for each in said)
    assert "deal.referral_target" in lever_names(scenario)


def write_parts(scenario: str = "", deal: str = "", beliefs: str = "") -> None:
    """Write the tiny scenario in three files, each with something at its top."""
    text = tiny_text()
    body = {
        name: "".join(f"{line[2:]}\n" for line in text.split(f"\n{name}:\n")[1].split(f"\n{until}:")[0].splitlines())
        for name, until in (("deal", "assumptions"), ("assumptions", "settings"))
    }
    Path("deal.yaml").write_text(deal + body["deal"], encoding="utf-8")
    Path("beliefs.yaml").write_text(beliefs + body["assumptions"], encoding="utf-8")
    head = text.split("\ndeal:\n")[0]
    Path("three.yaml").write_text(
        f"{scenario}{head}\ndeal: deal.yaml\nassumptions: beliefs.yaml\nsettings:{text.split(chr(10) + 'settings:')[1]}",
        encoding="utf-8",
    )


def test_every_file_may_say_its_format() -> None:
    write_parts("format: 1\n", "format: 1\n", "format: 1\n")
    Path("late.yaml").write_text(f"format: 1\n{OVERLAY}set: {{deal.lags.from: none}}\n", encoding="utf-8")
    assert load_scenario("three.yaml").digest == load_scenario(TINY).digest
    assert load_scenario("three.yaml", ["late.yaml"]).deal.lags.origin == "none"


@pytest.mark.parametrize("other", ["2", '"1"', "true", "1.0", ""])
def test_another_format_is_refused_in_every_file(other: str) -> None:
    top = f"format: {other}\n"
    write_parts(top, top, top)
    message = "this version reads format 1, and this file is of another: write `format: 1`, or nothing"
    with pytest.raises(ScenarioError) as refused:
        load_scenario("three.yaml")
    assert refused.value.problems == tuple(
        Problem(file, 1, "format", message, "FORMAT") for file in ("beliefs.yaml", "deal.yaml", "three.yaml")
    )
    Path("late.yaml").write_text(top + OVERLAY, encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r"late\.yaml has 1 problem\n  line 1   format: this version reads format 1"
    ):
        load_scenario(TINY, ["late.yaml"])


def test_a_strand_may_be_left_out_and_changes_nothing() -> None:
    scenario = tiny_scenario(Path(), ("      strand: service\n", ""))
    assert [outcome.strand for outcome in scenario.deal.rate_card] == [None, *["employment"] * 3]
    assert scenario.digest == load_scenario(TINY).digest
    assert [each.code for each in scenario.warnings] == [each.code for each in load_scenario(TINY).warnings]
