"""What is said when several things are wrong, in one file or in several, and what a file may look like."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.load import load_scenario
from tests.bad_inputs import BAND, DIGITS_HINT, PRICE, SHARE
from tests.tiny import TINY, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")


def test_bands_that_exceed_their_job_starts_are_named_each() -> None:
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), ("target: 3", "target: 1"))
    assert str(refused.value).splitlines() == [
        "tiny.yaml has 2 problems",
        "  line 57  deal.rate_card[2].target: 2 of sustainment cannot follow 1 of job_start",
        "  line 67  deal.rate_card[3].target: 2 of sustainment cannot follow 1 of job_start",
    ]


MISSPELT = [
    ("price: 569", "pirce: 569", ["line 32  deal.rate_card[0].price: is missing",
                                  'line 37  deal.rate_card[0].pirce: unknown name; did you mean "price"?']),
    ("price: 569", "tarrif: 569", ["line 32  deal.rate_card[0].price: is missing",
                                   "line 37  deal.rate_card[0].tarrif: unknown name"]),
    ("\nsettings:", "\nsetings:", ["line 3   settings: is missing",
                                   'line 162 setings: unknown name; did you mean "settings"?']),
    ("milestone: {reached: engagement}", "milestone: {reachd: engagement}",
     ['line 35  deal.rate_card[0].milestone.reachd: unknown name; did you mean "reached"?',
      "line 35  deal.rate_card[0].milestone.reached: is missing"]),
    (BAND, BAND.replace("days_for_a_week", "days_a_week"),
     ['line 54  deal.rate_card[2].milestone.days_a_week: unknown name; did you mean "days_for_a_week"?',
      "line 54  deal.rate_card[2].milestone.days_for_a_week: is missing"]),
    ("  certificate_probability:", "  certificat_probability:",
     ["line 122 assumptions.certificate_probability: is missing",
      'line 147 assumptions.certificat_probability: unknown name; did you mean "certificate_probability"?']),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISSPELT, ids=[new for _, new, _ in MISSPELT])
def test_a_misspelt_name_is_unknown_and_the_right_one_missing(old: str, new: str, said: list[str]) -> None:
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), (old, new))
    assert str(refused.value).splitlines() == ["tiny.yaml has 2 problems", *(f"  {line}" for line in said)]


def test_every_problem_of_a_file_is_said_at_once() -> None:
    edits = [
        ("posts: 1,", "posts: 2.5,"),
        ("price: 569", "price: 1_000"),
        ("price: 4224", "price: 4224\n      pirce: 4224"),
        (SHARE, "hours_16_plus_share: {value: 29"),
    ]
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), *edits)
    assert str(refused.value) == (
        "tiny.yaml has 4 problems\n"
        "  line 17  deal.staffing.specialists[0].posts: 2.5 is not a whole number\n"
        f'  line 37  deal.rate_card[0].price: "1_000" {DIGITS_HINT}\n'
        '  line 47  deal.rate_card[1].pirce: unknown name; did you mean "price"?\n'
        "  line 143 assumptions.hours_16_plus_share: a probability cannot be 29; did you mean 0.29?"
    )


ACCEPTED = [
    ("price: 569", 'price: "569.00"'),
    ("commissioner: A borough", "commissioner: NO"),
    ("commissioner: A borough", "commissioner: 12:30"),
    ("commissioner: A borough", 'commissioner: "1_000"'),
    ("caseload_limit: 20", "caseload_limit: 20.5"),
    ("caseload_limit: 20", "caseload_limit: 2.05e1"),
    ("scenario: tiny", "&name scenario: tiny"),
]


@pytest.mark.parametrize(("old", "new"), ACCEPTED)
def test_what_every_reader_takes_alike_is_accepted(old: str, new: str) -> None:
    assert tiny_scenario(Path(), (old, new)).name == "tiny"


def test_problems_are_plain_data_for_programs() -> None:
    with pytest.raises(ScenarioError) as refused:
        tiny_scenario(Path(), ("price: 569", "price: -1"))
    assert refused.value.problems[0].as_dict() == {
        "file": "tiny.yaml", "line": 37, "path": PRICE, "code": "TARIFF_NEGATIVE", "severity": "error",
        "message": "an amount of money cannot be -1.00; it must be 0 or more",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\n", "line 2   not YAML: while parsing a flow sequence, expected ',' or ']', but got '<stream end>'"),
        ("a: 1\n\tb: 2\n", "line 2   not YAML: while scanning for the next token, "
                           "found character '\\t' that cannot start any token"),
        ("a: 1\n---\nb: 2\n",
         "line 2   not YAML: expected a single document in the stream, but found another document"),
        ("a: &a [*a]\n", "whole file a value stands within itself"),
        ("", "whole file holds no names and values"),
        ("- 1\n", "whole file holds no names and values"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_scenario(text: str, said: str) -> None:
    Path("odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario("odd.yaml")
    assert str(refused.value) == f"odd.yaml has 1 problem\n  {said}"


def test_a_file_in_another_encoding_says_so() -> None:
    Path("odd.yaml").write_bytes(b"title: \xa3100\n")
    with pytest.raises(ScenarioError) as refused:
        load_scenario("odd.yaml")
    assert str(refused.value) == (
        "odd.yaml has 1 problem\n  whole file cannot be read: it is not UTF-8 text; save it as UTF-8"
    )


@pytest.mark.parametrize("change", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n")])
def test_byte_order_marks_and_windows_line_ends_change_nothing(change: Callable[[bytes], bytes]) -> None:
    raw = TINY.read_bytes()
    Path("other.yaml").write_bytes(change(raw))
    assert load_scenario("other.yaml").digest == tiny_scenario(Path()).digest
