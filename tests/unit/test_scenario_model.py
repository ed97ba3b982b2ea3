"""A loaded scenario is frozen, and its digest changes with what can change a result and with nothing else."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from simulator.scenario.load import load_scenario
from tests.tiny import TINY, Edit, tiny_scenario

pytestmark = pytest.mark.usefixtures("in_folder")


def test_the_tiny_deal_is_read_as_written() -> None:
    deal = load_scenario(TINY).deal
    assert [outcome.price for outcome in deal.rate_card] == [56900, 422400, 637900, 784500]
    assert [(funder.name, funder.weight) for funder in deal.funders] == [("lcf", 42), ("local", 58)]
    assert (deal.investment.commitment, deal.provider.contract_value) == (700000, 1000000)
    assert deal.groups == ("engagement", "job_start", "sustainment")
    assert [deal.group_target(group) for group in deal.groups] == [6, 3, 2]


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("deal", "referral_target", 5),
        ("assumptions", "search_limit", "none"),
        ("settings", "seed", 1),
        ("description", "title", "Other"),
    ],
)
def test_a_scenario_is_frozen(part: str, name: str, value: object) -> None:
    scenario = load_scenario(TINY)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(getattr(scenario, part), name, value)
    with pytest.raises(AttributeError, match="cannot assign"):
        setattr(scenario, part, None)


CHANGES: list[Edit] = [
    ("price: 569", "price: 570"),
    ("weight: 42, cap: 16800", "weight: 42, cap: 16801"),
    ("from: referral", "from: achievement"),
    ("service_start: 2021-04-01", "service_start: 2021-04-02"),
    ("patience: exponential", "patience: fixed"),
    ("mean: 0.65", "mean: 0.651"),
    ("caseload_limit: 20", "caseload_limit: 20.5"),
    ("job_rate: {distribution", "job_rate: {multiply: 1.1, distribution"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[new for _, new in CHANGES])
def test_the_digest_changes_with_what_changes_results(old: str, new: str) -> None:
    assert tiny_scenario(Path(), (old, new)).digest != load_scenario(TINY).digest


CHANGES_NOTHING: list[Edit] = [
    ("seed: 2026", "seed: 1"),
    ("replications: 20", "replications: 21"),
    ("batch: 10", "batch: 3"),
    ("title: A deal small enough", "title: Another deal small enough"),
    ("    lags: {source: Worked example, quality: D}", "    lags: {source: Elsewhere, quality: A, note: New}"),
    ("47, unit: probability, quality: D", "47, unit: probability, quality: A"),
    ("180, unit: days, quality: D, source: Worked", "180.0, unit: days, quality: D, source: Other"),
    ("price: 569", 'price: "569.00"'),
    ("caseload_limit: 20", "caseload_limit: 20.0"),
    ("  sources:\n", "  sources:\n    rate_card[0].price: {source: Elsewhere, quality: A}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), CHANGES_NOTHING, ids=[new[:40].strip() for _, new in CHANGES_NOTHING])
def test_the_digest_does_not_change_with_words_and_settings(old: str, new: str) -> None:
    assert tiny_scenario(Path(), (old, new)).digest == load_scenario(TINY).digest


def test_an_overlay_that_changes_nothing_changes_no_digest() -> None:
    Path("same.yaml").write_text(
        "overlay: same\ntitle: T\ndescription: D\nsource: Somewhere\n"
        "set: {deal.rate_card.engagement.price: 569, assumptions.patience: 180, deal.lags.preset: A}\n"
        "multiply: {assumptions.job_rate: 1, deal.rate_card.job_start.price: 1, deal.staffing.caseload_limit: 1}\n",
        encoding="utf-8",
    )
    scenario = tiny_scenario(Path(), overlays=["same.yaml"])
    assert scenario.name == "tiny+same"
    assert scenario.digest == load_scenario(TINY).digest


def test_a_digest_is_a_sha_256() -> None:
    assert re.fullmatch("[0-9a-f]{64}", load_scenario(TINY).digest)


def test_a_belief_says_itself_to_a_reader() -> None:
    beliefs = load_scenario(TINY).assumptions.beliefs()
    assert {name: beliefs[name].words() for name in ("patience", "engagement_probability", "job_loss_rate")} == {  # type: ignore[attr-defined]
        "patience": "180",
        "engagement_probability": "0.65 (0.533 to 0.76)",
        "job_loss_rate": "0.117 (0.06 to 0.2)",
    }
