"""Every worked example: what is given, worked by the project's own verbs, gives what a reader finds by hand.

The YAML files beside this one need no knowledge of the program. A case gives people, counts, receipts, a service or flows;
what it expects is in pounds and dates. Everything that a case does not give is as in `tiny.yaml` or in the scenario it names.
"""

from pathlib import Path

import pytest

from simulator.money import split_pence
from tests.worked_examples.example import FOLDER, Case, Worked, read_cases
from tests.worked_examples.flows import check_flows
from tests.worked_examples.value_for_money import check_published
from tests.worked_examples.views import assert_number, check

FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "tiny.yaml")
CASES = [case for path in FILES for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_example(case: Case) -> None:
    assert case.expected, "an example that expects nothing shows nothing"
    if "flows" in case.given:
        check_flows(case)
    elif "amounts" in case.given:
        check_amounts(case)
    elif "published" in case.given:
        check_published(case)
    else:
        worked = Worked(case.given)
        for key, expected in case.expected.items():
            check(worked, key, expected)


def check_amounts(case: Case) -> None:
    """Assert the split of single amounts, each by itself, in pence."""
    found = [split_pence(amount, case.given["weights"]) for amount in case.given["amounts"]]
    assert found == [[int(share) for share in shares] for shares in case.expected["shares"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_says_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("name: ")
    assert "\nshows: " in text


def test_every_golden_case_of_contract_and_money_has_a_file() -> None:
    wanted = {f"g{number:02d}" for number in range(1, 14)}
    assert wanted <= {path.stem.split("_")[0] for path in FILES}


@pytest.mark.parametrize(
    ("found", "expected"),
    [(1.3216, "1.321626348"), (0.1, "undefined"), (float("nan"), "0.1"), (0.19, {"about": "0.18", "within": "0.005"})],
)
def test_another_number_than_expected_is_refused(found: float, expected: str | dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="it is "):
        assert_number(found, expected, "it")


def test_a_claim_that_an_example_leaves_out_is_noticed() -> None:
    case = next(case for case in CASES if case.name.startswith("g05"))
    worked = Worked(case.given)
    with pytest.raises(AssertionError):
        check(worked, "claims", case.expected["claims"][:-1])
    with pytest.raises(AssertionError):
        check(worked, "claims", [*case.expected["claims"], case.expected["claims"][-1]])
