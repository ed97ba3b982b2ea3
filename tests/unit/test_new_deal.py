"""A new deal: it is checked, explained and run as it is; all of it is nobody's evidence; nothing is ever overwritten."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import simulator as sib
from simulator.cli import app
from simulator.explaining.commented import commented, flow
from simulator.explaining.explanation import explain
from simulator.explaining.fields import fields_of
from simulator.explaining.new_deal import new_deal
from simulator.explaining.placeholders import placeholder_deal
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import Outcome
from simulator.scenario.yaml_text import read
from tests.tiny import TINY, tiny_text


def test_a_new_deal_is_checked_and_run(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["new", "my_deal", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")}
    assert written == {"my_deal.yaml", "deals/my_deal.yaml", "assumptions/severe_mental_illness.yaml"}
    assert all(f"Written: {tmp_path / name}" in result.stdout for name in written)
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "my_deal.yaml")])
    assert checked.exit_code == 0
    assert checked.stdout.startswith("my_deal: no problems, 1 warning\n")
    run = sib.run(sib.load_scenario(tmp_path / "my_deal.yaml"), replications=20, workers=1)
    paid = run.estimates["payments.total_gbp"].mean
    assert paid is not None
    assert 100_000 < paid <= 1_000_000


def test_every_term_is_a_placeholder_of_grade_e(tmp_path: Path) -> None:
    new_deal("my_deal", tmp_path)
    scenario = sib.load_scenario(tmp_path / "my_deal.yaml")
    assert {each.quality for each in explain(scenario)} == {"E", ""}
    assert scenario.assumptions.beliefs()["referrals_over_term"].quality == "E"
    assert scenario.assumptions.beliefs()["referrals_over_term"].words() == "400"  # type: ignore[attr-defined]


def test_every_term_has_its_comment(tmp_path: Path) -> None:
    new_deal("my_deal", tmp_path)
    text = " ".join((tmp_path / "deals" / "my_deal.yaml").read_text(encoding="utf-8").replace("#", " ").split())
    for model in (Deal, Outcome):
        for field in fields_of(model):
            assert field.meaning in text, field.name
    assert "May be added: `annual_cap`." in text


def party_names(deal: Deal) -> list[str]:
    parties = [deal.provider.title, deal.investment.title, *(funder.title for funder in deal.funders)]
    return [deal.commissioner, deal.intermediary, *parties]


def test_no_tranche_and_no_guarantor_keeps_its_name(tmp_path: Path) -> None:
    funded = tiny_text(
        ("  investment:\n", "  investment:\n    first_loss: {guarantor: A foundation, pounds: 100}\n"
         "    tranches: [{name: senior, title: A bank, commitment: 7000, rank: 1}]\n"),
    )  # fmt: skip
    (tmp_path / "funded.yaml").write_text(funded, encoding="utf-8")
    new_deal("mine", tmp_path, str(tmp_path / "funded.yaml"))
    agreed = sib.load_scenario(tmp_path / "mine.yaml").deal.investment
    assert agreed.first_loss is not None
    assert agreed.first_loss.guarantor == "PLACEHOLDER A foundation"
    assert [tranche.title for tranche in agreed.tranches] == ["PLACEHOLDER A bank"]


@pytest.mark.parametrize(
    ("like", "words"),
    [(None, "PLACEHOLDER, made up:"), ("enfield", "PLACEHOLDER, the number planned for, copied from enfield:")],
)
def test_what_is_made_up_is_said_to_be(tmp_path: Path, like: str | None, words: str) -> None:
    new_deal("mine", tmp_path, like)
    beliefs = sib.load_scenario(tmp_path / "mine.yaml").assumptions.beliefs()
    assert beliefs["referrals_over_term"].source.startswith(words)
    assert beliefs["hours_16_plus_share"].source.startswith(f"PLACEHOLDER, copied from {like or 'haringey_barnet'}:")


@pytest.mark.parametrize("like", ["haringey_barnet", str(TINY)])
def test_a_deal_like_another_has_its_terms(tmp_path: Path, like: str) -> None:
    new_deal("mine", tmp_path, like)
    mine, other = sib.load_scenario(tmp_path / "mine.yaml").deal, sib.load_scenario(like).deal
    apart: dict[str, Any] = dict.fromkeys(
        ("name", "sources", "printed", "inconsistencies", "commissioner", "intermediary"), True
    )
    apart |= {"provider": {"title"}, "investment": {"title"}, "funders": {"__all__": {"title"}}}
    assert mine.model_dump(exclude=apart) == other.model_dump(exclude=apart)
    for own, theirs in zip(party_names(mine), party_names(other), strict=True):
        assert own == f"PLACEHOLDER {theirs}"
    assert mine.name == "Mine"
    assert mine.printed is None
    assert {citation.quality for citation in mine.sources.values()} == {"E"}


@pytest.mark.parametrize("taken", ["my_deal.yaml", "deals/my_deal.yaml"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_text("years of work", encoding="utf-8")
    result = CliRunner().invoke(app, ["new", "my_deal", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert f"{tmp_path / taken} is there already" in result.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / taken]
    assert (tmp_path / taken).read_text(encoding="utf-8") == "years of work"


def test_assumptions_that_are_there_are_taken(tmp_path: Path) -> None:
    new_deal("one", tmp_path)
    assumptions = tmp_path / "assumptions" / "severe_mental_illness.yaml"
    before = assumptions.stat().st_mtime_ns
    assert new_deal("two", tmp_path) == [tmp_path / "two.yaml", tmp_path / "deals" / "two.yaml"]
    assert assumptions.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["My_deal", "my-deal", "1deal", "", "../deal", "a b", "deal\n"])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(sib.SibError, match="is not a name"):
        new_deal(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["new", "my_deal", "--like", "nowhere", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("none", "none"),
        ("no", '"no"'),
        ("A: b", '"A: b"'),
        ("2019-04-01", '"2019-04-01"'),
        ("12", '"12"'),
        ("ends ", '"ends "'),
        ('a "quote"', '"a \\"quote\\""'),
        (True, "true"),
        ([1, 2.5], "[1, 2.5]"),
        ({}, "{}"),
    ],
)
def test_values_are_written_so_that_they_are_read_back(value: object, text: str) -> None:
    assert flow(value) == text


def test_comments_change_no_value(tmp_path: Path) -> None:
    terms = {"name": "Mine", **placeholder_deal(), "sources": {"term": {"source": "A: source, 'x' #1", "quality": "E"}}}
    path = tmp_path / "deal.yaml"
    path.write_text("\n".join(commented(terms, Deal)), encoding="utf-8")
    assert read(path, "deal.yaml").value == terms
    assert read(path, "deal.yaml").problems == []


def test_what_is_copied_is_written_in_words_of_today(tmp_path: Path) -> None:
    (tmp_path / "before.yaml").write_text(tiny_text(("from: referral", "preset: B")), encoding="utf-8")
    new_deal("mine", tmp_path, str(tmp_path / "before.yaml"))
    text = (tmp_path / "deals" / "mine.yaml").read_text(encoding="utf-8")
    assert "  from: achievement\n" in text
    assert "  preset:" not in text


def test_a_new_deal_says_nothing_that_nothing_reads(tmp_path: Path) -> None:
    new_deal("mine", tmp_path)
    assert "strand: " not in (tmp_path / "deals" / "mine.yaml").read_text(encoding="utf-8")
