"""The library of stresses: each is for every deal, as signed and as it runs, and any go together."""

from functools import cache

import pytest

from simulator.errors import ScenarioError, SibError
from simulator.scenario.load import load_scenario, with_overlays
from simulator.scenario.model import Scenario
from simulator.studies.library import Stress, find, stresses
from tests.published import FIVE

RUNNING = tuple(f"scenarios/running/{name}.yaml" for name in FIVE)
NUMBERS = [f"st_{number:02}" for number in range(1, 21)]
WITHOUT_EFFECT = {
    **{name: {"st_07_no_relief_severe", "st_07_no_relief_extreme"} for name in FIVE},
    "scenarios/running/haringey_barnet.yaml": {"st_07_no_relief_severe"},
    "scenarios/running/tower_hamlets_smi.yaml": {"st_07_no_relief_severe"},
    "scenarios/running/tower_hamlets_ld.yaml": {"st_07_no_relief_severe"},
}
"""Deals as signed have no relief; of three running ones there are no adjusted prices, or none that are published."""


@cache
def load(name: str) -> Scenario:
    return load_scenario(name)


def severe(scenario: Scenario, name: str) -> Stress:
    """Return a stress in its severe form, or as it is without forms."""
    return next(each for each in find(name, scenario) if each.form in ("severe", None))


@pytest.mark.parametrize("name", [*FIVE, *RUNNING])
def test_every_stress_loads_on_every_deal_and_changes_it(name: str) -> None:
    scenario = load(name)
    idle = set()
    for stress in stresses(scenario):
        stressed = with_overlays(scenario, [stress.reference])
        assert stressed.name == f"{scenario.name}+{stress.name}"
        assert stressed.title.endswith(stress.title)
        assert not any(
            warning.code in ("STRESS_NO_EFFECT", "FACTOR_UNUSED", "TERM_UNUSED") for warning in stressed.warnings
        )
        if stressed.digest == scenario.digest:
            idle.add(stress.name)
    assert idle == WITHOUT_EFFECT.get(name, set())


@pytest.mark.parametrize("name", ["scenarios/running/enfield.yaml", "scenarios/running/tower_hamlets_ld.yaml"])
@pytest.mark.parametrize("letter", ["", "b", "c"])
def test_any_stresses_of_different_numbers_go_together(name: str, letter: str) -> None:
    """Conflicts are between two, so that what goes all together goes two by two."""
    scenario, chosen = load(name), []
    for number in NUMBERS[:-1]:
        variants = [
            each.name for each in stresses(scenario) if each.name.startswith((f"{number}{letter}_", f"{number}_"))
        ]
        if variants:
            chosen.append(
                severe(
                    scenario, f"{number}{letter}" if any(f"{number}{letter}_" in each for each in variants) else number
                )
            )
    references = [each.reference for each in chosen]
    assert len(with_overlays(scenario, references).overlays) == 1 + len(references) >= 19
    assert len(with_overlays(scenario, references[::-1]).overlays) == 1 + len(references)


def test_every_number_has_a_stress_and_says_what_it_is() -> None:
    found = stresses(load("tower_hamlets_ld"))
    assert {each.name[:5] for each in found} == set(NUMBERS)
    assert (
        len({each.name for each in found})
        == len({each.reference for each in found})
        == len({each.title for each in found})
    )
    assert all(len(each.description) > 80 for each in found)


def test_stresses_come_in_the_order_of_their_files_and_of_their_size() -> None:
    found = stresses(load("enfield"))
    files = [each.reference.split(":")[0] for each in found]
    assert files == sorted(files)
    sizes = ["mild", "severe", "extreme"]
    for file in set(files):
        forms = [each.form for each in found if each.reference.split(":")[0] == file]
        assert forms == [None] or forms == sorted(forms, key=lambda form: sizes.index(str(form)))


def test_a_stress_for_one_deal_is_for_that_one_alone() -> None:
    of = {
        name: {each.name for each in stresses(load(name))}
        for name in ("tower_hamlets_ld", "haringey_barnet", "enfield")
    }
    assert of["tower_hamlets_ld"] - of["enfield"] == {
        f"st_17_small_pool_{form}" for form in ("mild", "severe", "extreme")
    }
    assert of["haringey_barnet"] - of["enfield"] == {"haringey_barnet_step_in"}


REFERENCE = "scenarios/stresses/st_01_referral_shortfall.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "st_01:severe",
        "st_01_referral_shortfall:severe",
        f"{REFERENCE}:severe",
        "stresses/st_01_referral_shortfall:severe",
    ],
)
def test_a_stress_is_found_by_number_name_or_path(text: str) -> None:
    scenario = load("enfield")
    (found,) = find(text, scenario)
    assert (found.name, found.form) == ("st_01_referral_shortfall_severe", "severe")
    assert with_overlays(scenario, [found.reference]).digest == with_overlays(scenario, [f"{REFERENCE}:severe"]).digest


def test_without_a_form_all_of_a_file_are_found() -> None:
    scenario = load("enfield")
    assert [each.form for each in find("st_01", scenario)] == ["mild", "severe", "extreme"]
    assert [each.name for each in find("st_16", scenario)] == ["st_16_lags_from_achievement"]
    assert [each.name for each in find("st_05b", scenario)] == [
        "st_05b_lost_contact_mild",
        "st_05b_lost_contact_severe",
    ]
    assert find("scenarios/history/enfield.yaml", scenario)[0].name == "enfield_history"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("st_2_slow_start", 'there is no stress "st_2_slow_start"; did you mean "st_02_slow_start"?'),
        ("st_01_referal_shortfall", 'did you mean "st_01_referral_shortfall"?'),
        ("st", 'there is no stress "st"'),
        ("st_17", 'the stress "st_17" is for another deal than "Enfield"'),
    ],
)
def test_the_nearest_stress_is_named(text: str, said: str) -> None:
    with pytest.raises(SibError) as refused:
        find(text, load("enfield"))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("st_01:sever", 'has no form "sever"; did you mean "severe"?'),
        ("st_16:mild", 'has no forms, so that "mild" names none'),
        ("nowhere/stress.yaml:mild", "there is no such file"),
    ],
)
def test_a_form_or_file_that_is_not_there_is_named(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        find(text, load("enfield"))
    assert said in str(refused.value)


def test_sizes_that_the_model_can_hold_are_those_of_the_rates() -> None:
    """The severe forms of single rates, as a shock of each kind has them."""
    sizes = {}
    for name in ("st_01", "st_03", "st_04", "st_05", "st_08"):
        (window,) = with_overlays(load("enfield"), [severe(load("enfield"), name).reference]).assumptions.windows
        sizes[window.rate] = window.multiply
    assert sizes == {"referral": 0.6, "engagement": 0.73, "job": 0.6, "job_loss": 2.5, "evidence": 0.7}


def test_without_relief_a_running_deal_is_paid_as_signed() -> None:
    signed = load("shropshire").deal
    bare = with_overlays(load("scenarios/running/shropshire.yaml"), ["stresses/st_07_no_relief:extreme"]).deal
    for term in (
        "rate_card",
        "schedules",
        "schedule_calendar",
        "activity_payments",
        "total_cap",
        "funders",
        "annual_cap",
    ):
        assert getattr(bare, term) == getattr(signed, term)


def test_a_recession_that_is_fixed_is_a_place_of_the_one_that_is_drawn() -> None:
    scenario = load("enfield")
    fixed = with_overlays(scenario, ["stresses/st_18_recession:severe"]).assumptions
    drawn = with_overlays(scenario, ["stresses/st_18b_recession_drawn"]).assumptions
    assert [(each.rate, each.power) for each in fixed.windows] == [(each.rate, each.power) for each in drawn.windows]
    assert fixed.factors["recession"].support()[0] == pytest.approx(5.1810, abs=1e-4)
    assert not drawn.factors["recession"].is_fixed
