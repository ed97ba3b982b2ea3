"""A scenario in several files: parts are joined, and the problems of all of them are said at once."""

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.load import find_file, load_scenario
from tests.bad_inputs import DIGITS_HINT
from tests.tiny import tiny_text

pytestmark = pytest.mark.usefixtures("in_folder")

SCENARIO = """scenario: parts
title: In parts
description: As tiny, in three files.
deal: deals/one.yaml
assumptions:
  - beliefs.yaml
  - search_limit: none
settings: {replications: 20, seed: 2026, batch: 10}
"""
SEARCH_LIMIT = "search_limit: {value: 9, unit: months, quality: D, source: Worked example}\n"


def section(name: str, until: str) -> str:
    """Return a section of the tiny scenario as a file of its own."""
    body = tiny_text().split(f"\n{name}:\n")[1].split(f"\n{until}:")[0]
    return "".join(f"{line[2:]}\n" for line in body.splitlines())


def write(scenario: str = SCENARIO, deal: str | None = None, beliefs: str | None = None) -> None:
    """Write the parts into the working folder."""
    Path("deals").mkdir()
    Path("parts.yaml").write_text(scenario, encoding="utf-8")
    Path("deals/one.yaml").write_text(section("deal", "assumptions") if deal is None else deal, encoding="utf-8")
    own = section("assumptions", "settings").replace(SEARCH_LIMIT, "") if beliefs is None else beliefs
    Path("beliefs.yaml").write_text(own, encoding="utf-8")


def refusal(name: str = "parts.yaml") -> str:
    """Return what is said of a scenario."""
    with pytest.raises(ScenarioError) as refused:
        load_scenario(name)
    return str(refused.value)


def test_parts_are_joined() -> None:
    write()
    scenario = load_scenario("parts.yaml")
    assert scenario.assumptions.search_limit == "none"
    assert scenario.deal.rate_card[1].price == 422400


def test_problems_of_all_files_are_said_at_once() -> None:
    write(
        SCENARIO.replace("seed: 2026", "seed: -1").replace("search_limit: none", "search_limit: never"),
        section("deal", "assumptions").replace(": 569", ": 569\n    pirce: 1").replace("limit: 20", "limit: 1_0"),
        section("assumptions", "settings").replace(SEARCH_LIMIT, "").replace("value: 180, ", "value: 180, value: 18, "),
    )
    assert refusal() == (
        "beliefs.yaml has 1 problem\n"
        "  line 7   assumptions.patience.value: stands here again; it was given on line 7\n"
        "deals/one.yaml has 2 problems\n"
        f'  line 11  deal.staffing.caseload_limit: "1_0" {DIGITS_HINT}\n'
        '  line 31  deal.rate_card[0].pirce: unknown name; did you mean "price"?\n'
        "parts.yaml has 2 problems\n"
        '  line 7   assumptions.search_limit: must be a number or none, not "never"\n'
        "  line 8   settings.seed: cannot be -1; it must be 0 or more"
    )


def test_a_missing_part_is_one_problem() -> None:
    write(SCENARIO.replace("deals/one", "deals/two").replace("beliefs.yaml", "belief.yaml"))
    assert refusal() == (
        "parts.yaml has 2 problems\n"
        '  line 4   deal: there is no file "deals/two.yaml" beside the scenario\n'
        '  line 6   assumptions: there is no file "belief.yaml" beside the scenario'
    )


def test_a_part_that_cannot_be_read_is_named_with_its_own_line() -> None:
    write(deal="name: [one\n", beliefs="- 1\n")
    assert refusal() == (
        "deals/one.yaml has 1 problem\n"
        "  line 2   not YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'\n"
        "parts.yaml has 2 problems\n"
        '  line 4   deal: the file "deals/one.yaml" holds no names and values\n'
        '  line 6   assumptions: the file "beliefs.yaml" holds no names and values'
    )


def test_an_assumption_is_given_by_one_part_only() -> None:
    write(SCENARIO, beliefs=section("assumptions", "settings"))
    assert refusal() == (
        "parts.yaml has 1 problem\n"
        "  line 7   assumptions.search_limit: is given by an earlier part of the list; if what this one says is "
        "to hold, add `override: [search_limit]` to it"
    )


def test_a_file_that_gives_an_assumption_again_cannot_override_it() -> None:
    again = SCENARIO.replace("  - search_limit: none\n", "  - more.yaml\n")
    Path("more.yaml").write_text(SEARCH_LIMIT, encoding="utf-8")
    write(again, beliefs=section("assumptions", "settings"))
    assert refusal() == (
        "parts.yaml has 1 problem\n"
        "  line 7   assumptions.search_limit: is given by an earlier part of the list too; only names and "
        "values in the list itself may override it"
    )


def test_a_part_is_a_file_or_names_and_values() -> None:
    write(SCENARIO.replace("  - search_limit: none", "  - search_limit: none\n  - 5"))
    assert refusal() == "parts.yaml has 1 problem\n  line 8   assumptions[2]: is neither a file nor names and values"


def test_bundled_scenarios_are_found_by_name_and_others_are_not() -> None:
    assert find_file("haringey_barnet") == find_file("scenarios/haringey_barnet.yaml")
    assert refusal("nowhere") == (
        "nowhere has 1 problem\n  whole file there is no such file, here or among the bundled scenarios"
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("enfeld", "enfield"), ("scenarios/shropshir.yaml", "scenarios/shropshire.yaml"),
        ("scenarios/stresses/st_06_lokdown.yaml", "scenarios/stresses/st_06_lockdown.yaml"),
    ],
)  # fmt: skip
def test_the_nearest_bundled_file_is_named(given: str, meant: str) -> None:
    assert refusal(given).endswith(f'among the bundled scenarios; did you mean "{meant}"?')


GIVEN_ANEW = SCENARIO.replace("  - search_limit: none", "  - search_limit: none\n    override: [search_limit]")


def test_a_later_part_overrides_what_it_says_that_it_does() -> None:
    write(GIVEN_ANEW, beliefs=section("assumptions", "settings"))
    scenario = load_scenario("parts.yaml")
    assert scenario.assumptions.search_limit == "none"
    write_over = GIVEN_ANEW.replace("search_limit: none", "search_limit: never")
    Path("parts.yaml").write_text(write_over, encoding="utf-8")
    assert (
        refusal()
        == 'parts.yaml has 1 problem\n  line 7   assumptions.search_limit: must be a number or none, not "never"'
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("[search_limit, patience]", '.override[1]: "patience" is given by an earlier part of the list, and not by this one'),
        ("[search_limt]",
         '.override[0]: "search_limt" is given neither by an earlier part of the list nor by this one; did you mean '
         '"search_limit"?'),
        ("search_limit", ".override: is not a list of names; write `override: [search_limit]`"),
    ],
)  # fmt: skip
def test_what_is_overridden_is_given_before_and_again(names: str, said: str) -> None:
    write(GIVEN_ANEW.replace("[search_limit]", names), beliefs=section("assumptions", "settings"))
    assert refusal() == f"parts.yaml has 1 problem\n  line 8   assumptions[1]{said}"


def test_what_no_earlier_part_gives_is_not_overridden() -> None:
    first = section("assumptions", "settings").replace(SEARCH_LIMIT, "")
    write(GIVEN_ANEW, beliefs=first)
    said = 'assumptions[1].override[0]: "search_limit" is given by no earlier part of the list'
    assert refusal() == f"parts.yaml has 1 problem\n  line 8   {said}"


def test_a_file_of_assumptions_overrides_nothing() -> None:
    write(SCENARIO, beliefs="override: [patience]\n" + section("assumptions", "settings").replace(SEARCH_LIMIT, ""))
    assert refusal() == (
        "beliefs.yaml has 1 problem\n"
        "  line 1   assumptions.override: stands in a file, and only a part that is names and "
        "values in the list itself overrides"
    )
