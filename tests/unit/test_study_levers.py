"""Levers: any single number by its path, and names that turn several terms together."""

from pathlib import Path

import pytest

import simulator as sib
from simulator.errors import ScenarioError, SibError
from simulator.scenario.model import Scenario
from simulator.studies.levers import at, lever_names, lever_of, rounded
from tests.tiny import TINY, tiny_scenario

DEALS = ("haringey_barnet", "shropshire", "enfield", "tower_hamlets_smi", "tower_hamlets_ld")


@pytest.fixture(scope="module")
def base() -> Scenario:
    return sib.load_scenario(TINY)


def test_a_path_is_a_lever_in_the_unit_of_the_file(base: Scenario) -> None:
    price = lever_of(base, "deal.rate_card.job_start.price")
    assert (price.base, price.step, price.say(4224)) == (4224.0, 1.0, "£4,224")
    assert at(base, (price, 5000.5)).deal.rate_card[1].price == 500050
    days = lever_of(base, "deal.funders.lcf.days")
    assert (days.base, days.whole) == (29.0, True)
    assert at(base, (days, 60)).deal.funders[0].days == 60
    limit = lever_of(base, "deal.staffing.caseload_limit")
    assert not limit.whole
    assert at(base, (limit, 12.5)).deal.staffing.caseload_limit == 12.5


def test_an_assumption_is_set_where_it_is_known_and_multiplied_where_it_is_not(base: Scenario) -> None:
    known = lever_of(base, "assumptions.patience")
    assert (known.base, known.say(180)) == (180.0, "180 days")
    assert at(base, (known, 90)).assumptions.patience.support() == (90.0, 90.0)
    uncertain = lever_of(base, "assumptions.job_rate")
    assert (uncertain.base, uncertain.say(0.5)) == (1.0, "\N{MULTIPLICATION SIGN}0.500")
    assert at(base, (uncertain, 0.5)).assumptions.job_rate.multiply == 0.5


def test_all_prices_move_together_and_the_provider_earns_as_much_for_an_outcome(tmp_path: Path) -> None:
    pays_by_outcomes = (
        ("    block_share: 1.0\n    outcome_share: 0.0\n    expected_outcome_payments: 0\n",
         "    block_share: 0.5\n    outcome_share: 0.5\n    expected_outcome_payments: 30000\n"),
    )  # fmt: skip
    base = tiny_scenario(tmp_path, *pays_by_outcomes)
    dearer = at(base, (lever_of(base, "prices"), 1.1))
    assert [outcome.price for outcome in dearer.deal.rate_card] == [62590, 464640, 701690, 862950]
    assert dearer.deal.provider.expected_outcome_payments == 3_300_000
    some = at(base, (lever_of(base, "prices.sustainment"), 2))
    assert [outcome.price for outcome in some.deal.rate_card] == [56900, 422400, 1275800, 1569000]
    assert some.deal.provider.expected_outcome_payments == 3_000_000


@pytest.mark.parametrize("deal", DEALS)
def test_prices_of_every_form_and_every_schedule_move(deal: str) -> None:
    base = sib.load_scenario(f"scenarios/running/{deal}.yaml")
    dearer = at(base, (lever_of(base, "prices"), 2.0))

    def amounts(scenario: Scenario) -> list[int]:
        kinds = [outcome.price for outcome in scenario.deal.rate_card]
        kinds += [price for schedule in scenario.deal.schedules for price in schedule.prices.values()]
        return [amount for kind in kinds for amount in _amounts(kind)]

    assert amounts(dearer) == [2 * amount for amount in amounts(base)]
    assert dearer.deal.total_cap == base.deal.total_cap


def _amounts(price: object) -> list[int]:
    if isinstance(price, int):
        return [price]
    years = getattr(price, "by_contract_year", None)
    return list(years) if years is not None else [tier.price for tier in price.tiers]  # type: ignore[attr-defined]


def test_terms_that_belong_together_go_along(base: Scenario) -> None:
    lower = at(base, (lever_of(base, "cap"), 20_000.0)).deal
    assert (lower.total_cap.pence, [funder.cap for funder in lower.funders]) == (2_000_000, [840_000, 1_160_000])
    more = at(base, (lever_of(base, "specialists"), 3)).deal
    assert (more.staffing.specialists[0].posts, more.provider.contract_value) == (3, 3_000_000)
    split = at(base, (lever_of(base, "block_share"), 0.25)).deal.provider
    assert (split.block_share, split.outcome_share, split.expected_outcome_payments) == (0.25, 0.75, 4_000_000)
    assert at(base, (lever_of(base, "capital"), 8_000)).deal.investment.commitment == 800_000
    window = at(base, (lever_of(base, "rates.evidence"), 0.5)).assumptions.windows[-1]
    assert (window.rate, window.multiply) == ("evidence", 0.5)
    people = at(base, (lever_of(base, "volume"), 2.0))
    assert people.assumptions.referrals_over_term.multiply == 2.0  # type: ignore[union-attr]
    assert people.deal.staffing.caseload_limit == 40


@pytest.mark.parametrize("deal", DEALS)
def test_named_levers_work_on_every_deal(deal: str) -> None:
    base = sib.load_scenario(f"scenarios/running/{deal}.yaml")
    for name in ("prices", "cap", "specialists", "capital", "block_share", "rates.job", "volume"):
        lever = lever_of(base, name)
        value = lever.base + 1 if lever.whole else lever.base * 0.9
        assert at(base, (lever, value)).digest != base.digest


def test_capital_goes_to_tranches_in_proportion_to_the_penny(tmp_path: Path) -> None:
    tranches = """    commitment: 7000
    tranches:
      - {name: first, title: One, commitment: 2000, rank: 1}
      - {name: second, title: Another, commitment: 5000, rank: 2}
"""
    base = tiny_scenario(tmp_path, ("    commitment: 7000\n", tranches))
    parts = at(base, (lever_of(base, "capital"), 7_333.33)).deal.investment
    assert sum(tranche.commitment for tranche in parts.tranches) == parts.commitment == 733_333


def test_what_is_no_lever_is_refused_with_the_nearest_right_name(base: Scenario) -> None:
    for name, message in (
        ("deal.rate_card.job_strt.price", 'did you mean "deal.rate_card.job_start.price"'),
        ("rates.jb", 'did you mean "job"'),
        ("prices.sustaiment", 'did you mean "sustainment"'),
        ("deal.total_cap", "is not a single number"),
        ("cap.lcf", 'the lever "cap" has no parts'),
    ):
        with pytest.raises(SibError, match=message):
            lever_of(base, name)
    with pytest.raises(ScenarioError, match="cannot be -5"):
        at(base, (lever_of(base, "deal.rate_card.job_start.price"), -5.0))
    assert "prices.sustainment" in lever_names(base)


def test_round_terms_are_whole_pounds_or_three_decimals_on_the_right_side(base: Scenario) -> None:
    terms, version = rounded(base, lever_of(base, "prices"), 1.0003, up=True)
    assert terms["deal.rate_card.job_start.price"] == 4226.0
    assert [outcome.price for outcome in version.deal.rate_card] == [57000, 422600, 638100, 784800]
    assert rounded(base, lever_of(base, "prices"), 1.0003, up=False)[0]["deal.rate_card.job_start.price"] == 4225.0
    assert rounded(base, lever_of(base, "cap"), 30_000.4, up=True)[0] == {"cap": 30_001.0}
    assert rounded(base, lever_of(base, "cap"), 30_000.4, up=False)[0] == {"cap": 30_000.0}
    assert rounded(base, lever_of(base, "rates.job"), 0.98765, up=True)[0] == {"rates.job": 0.988}
    assert rounded(base, lever_of(base, "rates.job"), 0.98765, up=False)[0] == {"rates.job": 0.987}
