"""Overlay files in forms of different size, and those that stand for several others."""

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.load import load_running, load_scenario, with_overlays
from simulator.scenario.model import Overlay, Scenario
from tests.tiny import tiny_file, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")

HEAD = "overlay: slow\ntitle: Slower\ndescription: D\nsource: Somewhere\nquality: C\ncompose: multiply\n"
FORMS = (
    HEAD
    + """\
multiply: {deal.staffing.caseload_limit: 0.9}
windows:
  - {rate: evidence, from: 2021-04-01, to: 2022-04-01, multiply: 0.9, source: Choice, quality: E}
forms:
  mild:
    title: a little
    multiply: {assumptions.job_rate: 0.8}
  severe:
    title: a lot
    description: Much slower.
    source: Elsewhere
    quality: E
    set:
      deal.lags.preset: B
    multiply: {assumptions.job_rate: 0.5}
    windows:
      - {rate: job, from: 2021-04-01, to: month 6, multiply: 0.5, source: Choice, quality: E}
"""
)


def write(text: str, name: str = "slow") -> str:
    Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return f"{name}.yaml"


def loaded(*overlays: str) -> Scenario:
    return tiny_scenario(Path(), overlays=overlays)


def refusal(*overlays: str) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        loaded(*overlays)
    return str(refused.value).splitlines()


def test_a_form_is_an_overlay_of_what_is_common_and_its_own() -> None:
    scenario = loaded(write(FORMS) + ":severe")
    (overlay,) = scenario.overlays
    assert type(overlay) is Overlay
    assert (overlay.overlay, overlay.title) == ("slow_severe", "Slower: a lot")
    assert (overlay.description, overlay.source, overlay.quality) == ("Much slower.", "Elsewhere", "E")
    assert overlay.multiply == {"deal.staffing.caseload_limit": 0.9, "assumptions.job_rate": 0.5}
    assert [window.rate for window in scenario.assumptions.windows] == ["evidence", "job"]
    assert scenario.deal.lags.origin == "achievement"
    assert (scenario.name, scenario.overlay_files) == ("tiny+slow_severe", ("slow.yaml:severe",))


def test_a_form_has_the_files_words_where_it_has_none() -> None:
    (overlay,) = loaded(write(FORMS) + ":mild").overlays
    assert (overlay.title, overlay.description, overlay.source, overlay.quality) == (
        "Slower: a little", "D", "Somewhere", "C",
    )  # fmt: skip


NAMES = "name one of its forms, mild and severe, for example `slow.yaml:mild`"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("", f"forms: {NAMES}"),
        (":sever", f'forms: has no form "sever"; did you mean "severe"?; {NAMES}'),
        (":extreme", f'forms: has no form "extreme"; {NAMES}'),
    ],
)
def test_one_of_the_forms_must_be_named(form: str, said: str) -> None:
    assert refusal(write(FORMS) + form) == ["slow.yaml has 1 problem", f"  line 10  {said}"]


def test_a_file_without_forms_has_none_to_name() -> None:
    assert refusal(write(HEAD) + ":mild") == [
        "slow.yaml has 1 problem", '  whole file has no forms, so that "mild" names none; leave it out',
    ]  # fmt: skip


BAD = [
    ("title: a little", "titel: a little", 12, 'forms.mild.titel: unknown name; did you mean "title"?'),
    ("  mild:", "  light:", 11, "forms.light: must be"),
    ("deal.lags.preset: B", "deal.lags.pre: B", 20, "set.deal.lags.pre: unknown parameter"),
    ("deal.lags.preset: B", "deal.lags.preset: D", 20, 'deal.lags.from: must be "referral", "achievement" or "none", not "D"'),
    ("{rate: job,", "{rate: jop,", 23, "assumptions.windows[1].rate: must be"),
    ("    multiply: {assumptions.job_rate: 0.5}", "    multiply: {deal.staffing.caseload_limit: 0.5}", 21,
     "forms.severe.multiply.deal.staffing.caseload_limit: is given outside of the forms already"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "said"), BAD)
def test_what_is_wrong_in_a_form_is_named_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert FORMS.count(old) == 1
    found = refusal(write(FORMS.replace(old, new)) + ":severe")
    assert any(each.startswith(f"  line {line:<3} {said}") for each in found), found


def test_a_scenario_names_a_form_of_its_own_overlay() -> None:
    write(FORMS)
    scenario = tiny_scenario(Path(), ("scenario: tiny", "scenario: tiny\noverlays: [slow.yaml:mild]"))
    assert scenario.name == "tiny+slow_mild"
    assert scenario.given == ()
    assert with_overlays(scenario, []).digest == scenario.digest


def test_a_running_scenario_is_not_given_the_form_that_it_has() -> None:
    write(FORMS)
    Path("running.yaml").write_text(
        tiny_file(Path(), ("scenario: tiny", "scenario: tiny_running\noverlays: [slow.yaml:mild]")).read_text(),
        encoding="utf-8",
    )
    signed = tiny_scenario(
        Path(), ("scenario: tiny", "scenario: tiny\nrunning: running.yaml"), overlays=["slow.yaml:mild"]
    )
    assert load_running(signed).name == "tiny_running+slow_mild"


def test_a_bundled_form_is_found_by_name() -> None:
    long, short = "scenarios/stresses/st_04_slow_job_search.yaml:severe", "stresses/st_04_slow_job_search:severe"
    assert loaded(long).digest == loaded(short).digest != loaded().digest
    assert refusal("stresses/st_04_slow_job_serch:severe")[0] == "stresses/st_04_slow_job_serch has 1 problem"


LATE = "overlay: late\ntitle: Late\ndescription: D\nsource: Hearsay\nset: {deal.funders.local.days: 60}\n"
BOTH = "overlay: both\ntitle: Slow and late\ndescription: D\nsource: A choice\ncombine: [slow.yaml:severe, late.yaml]\n"


def combined(text: str = BOTH, late: str = LATE) -> str:
    write(FORMS)
    write(late, "late")
    return write(text, "both")


def test_a_combination_makes_the_changes_of_its_parts_under_its_own_name() -> None:
    scenario, parts = loaded(combined()), loaded("slow.yaml:severe", "late.yaml")
    assert scenario.digest == parts.digest
    assert (scenario.name, scenario.title) == ("tiny+both", parts.description.title + "; Slow and late")
    (overlay,) = scenario.overlays
    assert overlay.set == {"deal.lags.preset": "B", "deal.funders.local.days": 60}
    assert overlay.multiply == {"deal.staffing.caseload_limit": 0.9, "assumptions.job_rate": 0.5}
    assert [window["rate"] for window in overlay.windows] == ["evidence", "job"]
    job_rate = scenario.assumptions.job_rate
    assert job_rate.source == parts.assumptions.job_rate.source


def test_a_combination_may_change_more_and_be_combined_again() -> None:
    own = BOTH + "set: {deal.over_funder_cap: gross_up}\n"
    assert loaded(combined(own)).deal.over_funder_cap == "gross_up"
    write("overlay: all\ntitle: All\ndescription: D\nsource: A choice\ncombine: [both.yaml]\n", "all")
    scenario = loaded("all.yaml")
    assert (scenario.name, scenario.deal.over_funder_cap, scenario.deal.lags.origin) == (
        "tiny+all",
        "gross_up",
        "achievement",
    )


def test_a_form_may_be_a_combination() -> None:
    forms = BOTH.replace("combine: [slow.yaml:severe, late.yaml]\n", "") + (
        "forms:\n  mild: {title: a little, combine: [slow.yaml:mild]}\n"
        "  severe: {title: a lot, combine: [slow.yaml:severe, late.yaml]}\n"
    )
    scenario = loaded(combined(forms) + ":severe")
    assert (scenario.name, scenario.digest) == ("tiny+both_severe", loaded("slow.yaml:severe", "late.yaml").digest)
    assert loaded("both.yaml:mild").digest == loaded("slow.yaml:mild").digest


def test_parts_of_a_combination_conflict_as_they_do_alone() -> None:
    twice = LATE.replace("deal.funders.local.days: 60", "deal.lags.preset: C")
    assert refusal(combined(late=twice)) == [
        "late.yaml has 1 problem",
        '  line 5   set.deal.lags.preset: overlay "slow_severe" changes this value too; keep one, or let the later one '
        "`compose: replace`",
    ]
    assert "for the deal" in refusal(combined(late=LATE + "deal: Large\n"))[1]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("slow.yaml:severe, lat.yaml",
         'both.yaml has 1 problem\n  line 5   combine: there is no file "lat.yaml" beside this one; did you mean "late.yaml"?'),
        ("both.yaml", 'both.yaml has 1 problem\n  line 5   combine: "both.yaml" would stand within itself'),
        ("slow.yaml, late.yaml", f"slow.yaml has 1 problem\n  line 10  forms: {NAMES}"),
        ("slow.yaml:mild, late.yaml:mild", "late.yaml has 1 problem\n  whole file has no forms, so that"),
    ],
)  # fmt: skip
def test_a_part_that_is_not_there_is_named(parts: str, said: str) -> None:
    text = BOTH.replace("slow.yaml:severe, late.yaml", parts)
    assert "\n".join(refusal(combined(text))).startswith(said)


def test_every_wrong_part_is_named_at_once() -> None:
    found = refusal(combined(BOTH.replace("late.yaml", "none.yaml, slow.yaml")))
    assert {each.split(" has ")[0] for each in found if " has 1 problem" in each} == {"both.yaml", "slow.yaml"}


def test_the_parts_lines_are_those_of_their_files() -> None:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(tiny_file(Path()), [combined(late=LATE.replace("days: 60", "days: -1"))])
    assert [(each.file, each.line, each.path) for each in refused.value.problems] == [
        ("late.yaml", 5, "deal.funders[1].days")
    ]
