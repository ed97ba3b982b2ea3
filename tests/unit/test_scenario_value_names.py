"""What new values and levers are called, and levers by name in Python: what they take and what is refused."""

import pickle
import re
from datetime import date
from typing import Any

import pytest

import simulator as sib
from simulator.errors import SibError
from simulator.scenario.load import document_of, load_scenario
from simulator.scenario.model import Scenario
from simulator.scenario.value_names import LONGEST_NAME, heading_of, name_of
from tests.tiny import TINY


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario(TINY)


def test_names_and_headings_say_what_was_set(base: Scenario) -> None:
    made = base.with_values({
        "assumptions.patience": sib.lognormal(median=180, sigma=0.5), "deal.rate_card.job_start.price": 4500,
    })  # fmt: skip
    assert made.title == (
        f"{base.title}; patience at lognormal (median 180, sigma 0.5) days, rate card: job start: price at £4,500.00"
    )
    assert made.name == "tiny+patience_lognormal_median_180_sigma_0_5_job_start_price_4500"
    many = base.with_values(
        {f"deal.rate_card.{number}.price": number for number in range(4)} | {"deal.lags.preset": "C"}
    )
    assert many.title == (
        f"{base.title}; rate card: engagement: price at £0.00, rate card: job start: price at £1.00, "
        "rate card: sustainment under 16: price at £2.00, 2 more"
    )


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("deal.total_cap", {"pounds": 90_000, "policy": "none"}, "total cap changed"),
        ("deal.costs", [], "costs set to none"),
        ("deal.lags.from", "none", "lags: from set to none"),
        ("deal.staffing.specialists.0.posts", 2, "staffing: specialists: number 1: posts at 2"),
        ("assumptions.patience.value", 100, "patience at 100 days"),
        ("assumptions.patience", sib.fixed(6, unit="months"), "patience at 6 months"),
        ("assumptions.job_rate", 0.05940001, "job rate at 0.05940001 per month"),
        ("deal.rate_card.*.price", "12.50", "rate card: each: price at £12.50"),
    ],
)
def test_headings_read_well(base: Scenario, path: str, value: object, said: str) -> None:
    assert heading_of(document_of(base).value, {path: value}) == said


DIFFERENT: list[dict[str, Any]] = [
    {"assumptions.patience": 6}, {"assumptions.patience": sib.fixed(6, unit="months")}, {"assumptions.patience": -6},
    {"assumptions.patience": sib.fixed(6, source="Smith 2020")}, {"assumptions.patience": 6.000000000001},
    {"assumptions.patience": sib.lognormal(median=6, sigma=0.5)},
    {"assumptions.patience": sib.lognormal(median=6.000000000001, sigma=0.5)},
    {"assumptions.job_rate": 0.05940001}, {"assumptions.job_rate": 0.05940002},
    {"deal.lags.from": "B"}, {"deal.lags.from": "b"}, {"deal.costs": []}, {"deal.costs": None}, {"deal.costs": "none"},
    {"deal.costs": [1]}, {"deal.costs": [2]}, {"deal.costs": {"a": 1}},
    {"deal.rate_card.*.price": 1}, {"deal.rate_card.s*.price": 1}, {"deal.rate_card.s.price": 1}, {"deal.schedules.s.price": 1},
    {"deal.investment.tranches.1": 5}, {"deal.investment.tranches": 1.5},
    {"deal.term.term_end": date(2021, 1, 1)}, {"settings.seed": True}, {"settings.seed": 1},
]  # fmt: skip


def test_different_values_have_different_names() -> None:
    names = [name_of(each) for each in DIFFERENT]
    assert len(set(names)) == len(DIFFERENT)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) and len(name) <= LONGEST_NAME for name in names)


@pytest.mark.parametrize("file", [str(TINY), "haringey_barnet", "running/shropshire", "enfield"])
def test_different_paths_have_different_names(file: str) -> None:
    paths = sib.lever_names(load_scenario(file))
    assert len({name_of({path: 1}) for path in paths}) == len(paths)


def test_versions_with_different_values_are_compared(base: Scenario) -> None:
    made = [base.with_values({"assumptions.job_rate": rate}) for rate in (0.05940001, 0.0594000100000001)]
    assert made[0].name != made[1].name
    assert len(sib.compare(made, replications=5, workers=1).names) == 2


def test_names_are_short_and_differ_as_values_do() -> None:
    paths = [f"deal.rate_card.outcome_{number}.price" for number in range(8)]
    one, two = name_of(dict.fromkeys(paths, 1)), name_of(dict.fromkeys(paths, 2))
    assert max(len(one), len(two)) <= LONGEST_NAME
    assert one != two
    assert name_of({"deal.rate_card.0.price": 1}) == "set_0_price_1"


def test_levers_are_found_and_turned_by_name(base: Scenario) -> None:
    assert {"prices", "specialists", "rates.job", "assumptions.patience"} <= set(sib.lever_names(base))
    capital = sib.lever(base, "capital")
    assert (capital.base, capital.title, capital.say(8000)) == (7000.0, "capital committed", "£8,000")
    made = sib.with_levers(base, {"prices": 1.1, "specialists": 2})
    assert [each.price for each in made.deal.rate_card] == [62590, 464640, 701690, 862950]
    assert made.deal.staffing.specialists[0].posts == 2
    assert made.name == "tiny+prices_1_1+specialists_2"
    assert made.title == (
        f"{base.title}; level of all prices at \N{MULTIPLICATION SIGN}1.100; specialists, delivery costing as much for each at 2"
    )
    assert sib.with_levers(base, {}) is base


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"price": 1.1}, 'there is no lever "price"; did you mean "prices"?'),
        ({"specialists": 2.5}, '"specialists" takes whole numbers only, not 2.5'),
        ({"specialists": 0}, '"specialists" must be 1 or more, not 0'),
        ({"block_share": 1.5}, '"block_share" must be from 0 to 1, not 1.5'),
        ({"prices": "a"}, '"prices" takes a number, not "a"'),
        ({"prices": True}, '"prices" takes a number, not True'),
        ({"prices": None}, '"prices" takes a number, not None'),
        (
            {"assumptions.job_rate": sib.lognormal(median=0.1, sigma=0.5)},
            '"assumptions.job_rate" takes a number, not a distribution; set it with `with_values({"assumptions.job_rate": ...})`',
        ),
        ({3: 1}, 'a lever is named in text, as "prices", not 3'),
        ([("prices", 1)], 'levers are given by name, as {"prices": 1.1}, not as a list'),
        ({"prices": float("nan")}, '"prices" must be a number, not nan'),
        (
            {"prices": 1.1, "deal.rate_card.job_start.price": 1},
            '"prices" and "deal.rate_card.job_start.price" turn the same term; take two levers that do not',
        ),
    ],
)
def test_a_lever_that_is_none_or_a_value_beyond_it_is_refused(base: Scenario, values: Any, message: str) -> None:  # noqa: ANN401 - of any kind
    with pytest.raises(SibError) as refused:
        sib.with_levers(base, values)
    assert str(refused.value) == message


@pytest.mark.parametrize("file", [str(TINY), "haringey_barnet", "running/shropshire"])
def test_every_lever_can_be_sent_to_another_process(file: str) -> None:
    scenario = load_scenario(file)
    for name in sib.lever_names(scenario):
        lever = sib.lever(scenario, name)
        assert pickle.loads(pickle.dumps(lever)).overlay(lever.base) == lever.overlay(lever.base)
