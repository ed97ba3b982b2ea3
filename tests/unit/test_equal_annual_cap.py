"""A cap on each year may be an equal part of the total cap."""

from datetime import date
from pathlib import Path

import pytest

from simulator.contract.terms import contract_terms
from simulator.explaining.explanation import explain
from simulator.scenario.load import load_scenario
from simulator.scenario.rate_card import AnnualCap
from tests.tiny import tiny_scenario
from tests.unit.test_scenario_overlays import overlaid, refusal

pytestmark = pytest.mark.usefixtures("in_folder")

CAP = "set: {deal.annual_cap: {year: %s, pounds: %s, policy: partial, unused_headroom: %s, excess_claims: lost}}\n"


def cap(year: str) -> AnnualCap:
    return AnnualCap.model_validate(
        {"year": year, "pounds": "equal", "policy": "partial", "unused_headroom": "lost", "excess_claims": "lost"}
    )


@pytest.mark.parametrize(
    ("year", "start", "end", "limits"),
    [
        ("contract", date(2021, 4, 1), date(2022, 4, 1), (1001,)),
        ("contract", date(2021, 4, 1), date(2022, 4, 2), (501, 500)),
        ("contract", date(2020, 7, 7), date(2023, 10, 7), (251, 250, 250, 250)),
        ("uk_fy", date(2021, 4, 1), date(2025, 4, 1), (251, 250, 250, 250)),
        ("uk_fy", date(2021, 3, 31), date(2022, 4, 1), (501, 500)),
        ("calendar", date(2021, 4, 1), date(2023, 4, 1), (334, 334, 333)),
        ("calendar", date(2021, 4, 1), date(2023, 1, 1), (501, 500)),
    ],
)
def test_each_year_of_the_term_has_an_equal_part(year: str, start: date, end: date, limits: tuple[int, ...]) -> None:
    assert cap(year).limits(1001, start, end) == limits
    assert sum(limits) == 1001


def test_amounts_are_their_own_limits() -> None:
    scenario = overlaid(CAP % ("contract", "[100, 200]", "lost"))
    assert scenario.deal.annual_limits == (10000, 20000)
    assert tiny_scenario(Path()).deal.annual_limits == ()


def test_the_caps_of_a_real_deal_are_quarters_of_it() -> None:
    scenario = load_scenario("haringey_barnet", ["stresses/st_12_annual_cap:severe"])
    assert scenario.deal.annual_limits == (35530850,) * 4
    assert contract_terms(scenario).caps.annual.tolist() == [35530850] * 5  # the last holds in the claims tail
    carried = load_scenario("haringey_barnet", [_written(CAP % ("contract", "equal", "carry"))])
    assert contract_terms(carried).caps.annual.tolist() == [35530850 * years for years in range(1, 6)]


def _written(body: str) -> str:
    Path("c.yaml").write_text(f"overlay: c\ntitle: T\ndescription: D\nsource: Somewhere\n{body}", encoding="utf-8")
    return "c.yaml"


def test_equal_parts_are_those_of_the_total_that_holds() -> None:
    more = overlaid(CAP % ("contract", "equal", "lost"), "multiply: {deal.total_cap.pounds: 2}\n")
    assert more.deal.annual_limits == (2 * overlaid("").deal.total_cap.pence,)


def test_equal_parts_are_said_with_their_amounts() -> None:
    scenario = load_scenario("haringey_barnet", ["stresses/st_12_annual_cap:severe"])
    said = {sentence.path: sentence.text for sentence in explain(scenario)}
    assert said["deal.annual_cap"].startswith("At most an equal part of that in each of the 4 contract years")
    assert "£355,308.50" in said["deal.annual_cap"]


@pytest.mark.parametrize(
    ("pounds", "said"),
    [
        ("equl", 'deal.annual_cap.pounds: must be "equal", not "equl"; did you mean "equal"?'),
        ("[]", "deal.annual_cap.pounds: needs 1 or more entries and has 0"),
        ("5", "deal.annual_cap.pounds: 5 is not a list"),
        ("[1, -2]", "deal.annual_cap.pounds[1]: an amount of money cannot be -2.00; it must be 0 or more"),
    ],
)
def test_other_words_and_amounts_are_refused(pounds: str, said: str) -> None:
    assert refusal(CAP % ("contract", pounds, "lost")) == ["a.yaml has 1 problem", f"  line 5   {said}"]


def test_a_first_year_without_an_invoice_is_pointed_out_of_equal_parts_too() -> None:
    later = [("service_start: 2021-04-01", "service_start: 2021-01-07"), ("from: 2021-04-01}", "from: 2021-01-07}")]
    scenario = tiny_scenario(Path(), *later, overlays=[_written(CAP % ("uk_fy", "equal", "lost"))])
    found = [each for each in scenario.warnings if each.code == "YEAR_WITHOUT_INVOICE"]
    assert [(each.path, each.line) for each in found] == [("deal.annual_cap.pounds[0]", 5)]
