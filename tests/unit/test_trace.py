"""What `sib trace` tells: chosen people, invoices and replications of Haringey and Barnet, and of a deal cut short."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import simulator as sib
from simulator.batch import measure, tables
from simulator.cli import app
from simulator.tracing.lines import NONE
from simulator.words import MINUS
from tests.tiny import TINY, tiny_scenario


@cache
def told(replication: int = 412, participant: int | None = None, payment: int | None = None) -> str:
    scenario = sib.load_scenario("haringey_barnet")
    return str(sib.trace(scenario, replication=replication, participant=participant, payment=payment))


@cache
def data(replication: int = 412, participant: int | None = None, payment: int | None = None) -> dict[str, Any]:
    scenario = sib.load_scenario("haringey_barnet")
    return sib.trace(scenario, replication=replication, participant=participant, payment=payment).as_dict()


def sib_command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def one_line(text: str) -> str:
    """Return a text without its line breaks, so that sentences can be found in it."""
    return " ".join(text.split())


def check_told(text: str, *sentences: str) -> None:
    """Assert that sentences stand in a text, in this order."""
    place, flat = 0, one_line(text)
    for sentence in sentences:
        assert sentence in flat[place:], f"{sentence!r} does not stand where it should in\n{text}"
        place = flat.index(sentence, place) + len(sentence)


# People


def test_someone_whose_wait_lapses() -> None:
    check_told(
        told(participant=309),
        "Participant 309",
        "Number 309 of 1,002 people referred, counted from 0.",
        "2020-05-28 Referred. On the waiting list 6 people are ahead; 2.0 of 125.0 places are free for the day's allocation.",
        "ENTRY 0 patience: u = 0.0274 → lapses after 6 days (2020-06-03), if still waiting",
        "2020-06-03 Lapses after 6 days of waiting, and does not come back.",
        "Participant 309 is worth no outcome payments.",
        "Not achieved engagement: no engagement before 2023-04-01",
    )
    assert "Postings" not in told(participant=309)


def test_someone_who_does_not_engage() -> None:
    check_told(
        told(participant=367),
        "2020-10-05 Gets a place after 56 days of waiting, with the specialist in post 1.",
        "The place is held until 2020-11-16.",
        "ENTRY 0 engages: u = 0.7255 → no: the chance is 0.6858",
        "2020-11-16 Does not engage; the place is free again after 42 days.",
    )


def test_someone_who_engages_and_finds_no_work() -> None:
    check_told(
        told(417, participant=0),
        "2019-04-21 Engages, and searches for a job. The search ends after 274 days (2020-01-20) at the latest.",
        "SEARCH 0 job: u = 0.7794 → a job after 1,270 days (2022-10-12)",
        "SEARCH 0 disengagement: u = 0.3883 → disengages after 167 days (2019-10-05), if still searching",
        "2019-10-05 Disengages after 167 days of searching.",
        "Engagement, line 0 of the rate card: paid in full.",
        "payable from 2019-05-01: 1 month after the referral of 2019-04-01",
        "invoice number 1, closed 2019-06-30: taken as 1 of 33 claims; engagement number 1 (at most 799); total so far "
        "£569.00 (at most £1,421,234.00)",
        "Not achieved job start: no job start before 2023-04-01 sustainment: no job before 2023-04-01",
    )


def test_someone_paid_for_everything_whose_specialists_leave() -> None:
    check_told(
        told(participant=172),
        "2020-08-21 The specialist in post 0 leaves; nobody has the person now. Disengagement is 1.5 times as likely meanwhile: "
        "now after 269 days (2021-05-17). TENURE 0 time in post 0: u = 0.3411 → left on 2020-08-21",
        "2020-08-23 Taken over by the specialist in post 5 after 2 days. Disengagement is as likely as before: now "
        "after 401 days",
        "2021-09-28 The first job ends after 388 days; no further search: the service had ended before.",
        "Participant 172 is worth £12,638.00 of outcome payments, of £12,638.00 achieved.",
        "Job start, line 1 of the rate card: paid in full.",
        "payable from 2020-09-05: the day of the evidence; 3 months after the referral was 2020-03-15",
        "verified in the sample, and passed SAMPLE 11009 place in the sample: u = 0.0713 → in the sample",
        "evidence by another route on 2020-12-13: contact was lost on 2020-10-11",
        "EVIDENCE 3 day of it: u = 0.0828 → 8 days later",
        "6 £4,224.00 £132,138.00",
        "Invoice 7: confirmed on 2021-01-21.",
        "CONFIRMATION 0 confirmation: u = 0.3336 → confirmed after 21 days; the median is 30 days",
        "lcf 42% £32,694.06 £32,694.06 £218,428.98 £596,918.00 2021-03-21",
        "By it the provider earns £15,702.13 of outcome pay, due on 2021-01-30; £104,905.88 so far.",
        "2021-03-21 lcf cash £32,694.06 outcome payment, invoice 7",
    )


def test_someone_whose_sustained_job_is_not_evidenced() -> None:
    check_told(
        told(participant=4),
        "Sustainment under 16 hours, line 2 of the rate card: refused: no evidence was obtained.",
        "achieved 2019-09-12: 13 of 13 weeks from 2019-06-13 in work, at least 9 needed; 9.0 hours a week on average",
        "evidence none: contact was lost on 2019-09-01, and no other route was found",
        "EVIDENCE 2 another route: u = 0.6006 → not obtained: the chance is 0.2000",
        "paid £0.00 of £6,379.00",
    )


def test_someone_with_a_second_job() -> None:
    check_told(
        told(413, participant=34),
        "2019-09-27 The first job ends after 64 days; searches again, with support.",
        "2019-10-26 Starts their second job, 11 hours a week, after 29 days of searching.",
        "achieved 2019-10-24: 9 of 13 weeks from 2019-07-25 in work, at least 9 needed; 13.0 hours a week on average",
        "Job start, line 1 of the rate card: worth nothing: each person is paid for once per outcome. achieved 2019-10-26",
    )


def test_someone_whose_claim_is_disallowed_and_resubmitted() -> None:
    check_told(
        told(participant=652),
        "verified in the sample, failed, disallowed, and resubmitted in the next quarter",
        "SAMPLE 41729 fails: u = 0.0195 → fails: the chance to fail is 0.0300",
        "invoice number 12, closed 2022-03-31: taken again, resubmitted, as 1 of 71 claims",
        "paid £4,224.00 of £4,224.00",
    )


# Payments and replications


def test_the_invoice_on_which_the_caps_bind() -> None:
    text = told(payment=17)
    check_told(
        text,
        "It closed on 2023-06-30, the last day of contract quarter 17; there are 19 such quarters",
        "1 975 0 2023-04-04 £373.00 626 £1,421,234.00 part: total cap",
        f"2 978 0 2023-04-05 {NONE} 626 £1,421,234.00 over total cap",
        f"less over the cap on the total {MINUS}£20,351.00",
        f"Invoiced £373.00 less above a payer's own cap {MINUS}£0.28 Paid £372.72",
        "lcf 42% £156.66 £156.38 £596,918.00 £596,918.00 2023-09-01",
        "2023-09-01 lcf cash £156.38 outcome payment, invoice 17",
    )


def test_an_invoice_with_claims_disallowed() -> None:
    check_told(
        told(417, payment=6),
        "22 330 0 2020-08-15 £569.00 192 £271,055.00 to be resubmitted",
        "22 330 SAMPLE 21120 0.0404 0.0219 0.2806 resubmitted",
        f"Claims, at their prices £64,638.00 less disallowed at verification {MINUS}£569.00 Invoiced £64,069.00",
    )


def test_claims_that_fail_had_what_was_left_under_the_cap(tmp_path: Path) -> None:
    scenario = tiny_scenario(
        tmp_path,
        ("{pounds: 40000, policy", "{pounds: 700, policy"),
        ("{value: 10, unit: people", "{value: 60, unit: people"),
        ("fraction: 0.0", "fraction: 1.0"),
        ("audit_failure_probability: {value: 0.0", "audit_failure_probability: {value: 1.0"),
    )
    found = [sib.trace(scenario, replication=0, payment=payment).as_dict()["invoice"] for payment in range(1, 5)]
    crossing = [each for each in found if sum(claim["check"] != "not sampled" for claim in each["claims"]) > 1]
    assert crossing
    for each in crossing:
        fresh = [claim for claim in each["claims"] if claim["check"] != "not sampled"]
        assert {claim["check"] for claim in fresh} <= {"failed", "resubmitted"}
        assert fresh[-1]["within_caps_pence"] < fresh[-1]["price_pence"]
        assert fresh[-1]["total_pence"] == 70000
        assert each["issued_pence"] == sum(claim["paid_pence"] for claim in each["claims"])


def test_a_quarter_without_an_invoice() -> None:
    check_told(told(417, payment=18), "No claim was payable in this quarter, so that there is no invoice.")


def test_a_replication_that_loses_money() -> None:
    check_told(
        told(417),
        "Big Issue Invest paid in £227,000.00 and got back £0.00: a money multiple of 0.00, a total loss. Outcomes worth "
        "£891,020.00 were evidenced, and the outcome payers paid £891,020.00 for them; delivery and other costs took "
        "£1,118,020.00, and £7,535.63 more was never paid.",
        "contact probability 0.4226 0.6023 probability 0.02",
        "894 referred, 0 lapsed while waiting, 894 got a place, 527 engaged, 93 started a job, 87 out of touch.",
        "sustainment 206 70 30 30",
        f"6 2020-09-30 43 £64,638.00 {NONE} £569.00 £64,069.00",
        "6 2020-09-30 2020-11-10 2021-01-08 2020-12-10",
        "All money in £1,118,020.00",
        "Follow one person with --participant (0 to 893), one invoice with --payment (1 to 19).",
    )


def test_lines_fit_a_terminal_of_80_columns() -> None:
    texts = (told(417), told(payment=17), told(417, payment=6), told(participant=172), told(413, participant=34))
    assert max(len(line) for text in texts for line in text.splitlines()) <= 80
    assert all("\n\n\n" not in text for text in texts)


def test_the_replication_is_the_one_that_a_run_counts() -> None:
    scenario = sib.load_scenario("haringey_barnet")
    counted = measure(scenario, tables(scenario, scenario.settings.seed, 417, 1))
    found = data(417)["overview"]["measures"]
    for name, column in counted.values.items():
        assert found[name] == (None if column[0] != column[0] else column[0]), name


def test_a_contract_that_ends_early(tmp_path: Path) -> None:
    scenario = tiny_scenario(
        tmp_path, ("shortfall: defer", "shortfall: terminate"), ("commitment: 7000", "commitment: 1")
    )
    trace = sib.trace(scenario, replication=0)
    ended = trace.as_dict()["ended_early"]
    assert ended is not None
    check_told(str(trace), f"A shortfall ended the contract on {ended}.")
    people = trace.as_dict()["overview"]["people"]["referred"]
    with pytest.raises(sib.SibError, match=f"there is no participant {people} in replication 0"):
        sib.trace(scenario, replication=0, participant=people)


def test_a_contract_that_notice_ends(tmp_path: Path) -> None:
    terms = """  early_termination:
    form: authority_convenience
    notice_given: 2021-08-15
    notice_months: 2
    achieved_is_paid: false
    compensation: none
    compensation_return: 0
    wind_down_cost: 0
  sources:
    early_termination: {source: Worked example, quality: D}
"""
    trace = sib.trace(tiny_scenario(tmp_path, ("  sources:\n", terms)), replication=0)
    check_told(
        str(trace),
        "Notice, given on 2021-08-15 by the commissioners for reasons of their own, ended the contract on 2021-10-15.",
    )
    assert "shortfall ended" not in str(trace).replace("\n", " ")


# Data, and the command


def test_a_persons_data() -> None:
    found = data(participant=4)
    heads = [
        "scenario",
        "seed",
        "replication",
        "participant",
        "life",
        "claims",
        "not_achieved",
        "invoices",
        "ended_early",
    ]
    assert list(found) == heads
    assert (found["scenario"], found["seed"], found["replication"]) == ("haringey_barnet", 2026, 412)
    start = next(each for each in found["life"] if each["event"] == "JOB_START")
    assert start["date"] == "2019-06-13"
    assert {name: start["decided_by"][name] for name in ("kind", "entity", "decision", "draw", "place")} == {
        "kind": "participant", "entity": 4, "decision": "search", "draw": 0, "place": 0,
    }  # fmt: skip
    assert [each["status"] for each in found["claims"]] == ["PAID", "PAID", "UNEVIDENCED"]
    assert [each["invoices"] for each in found["claims"]] == [[1], [2], []]
    assert [each["invoice"] for each in found["invoices"]] == [1, 2]
    assert found["ended_early"] is None


def test_an_invoices_data() -> None:
    found = data(payment=17)
    assert list(found) == ["scenario", "seed", "replication", "payment", "invoice", "ended_early"]
    invoice = found["invoice"]
    amounts = ("claims_pence", "over_total_cap_pence", "issued_pence", "over_funder_cap_pence", "paid_pence")
    assert [invoice[name] for name in amounts] == [2072400, 2035100, 37300, 28, 37272]
    assert [(each["funder"], each["paid_pence"], each["pays"]) for each in invoice["shares"]] == [
        ("lcf", 15638, "2023-09-01"), ("local", 21634, "2023-08-03"),
    ]  # fmt: skip
    assert [each["purpose"] for each in invoice["postings"]] == [
        "outcome payment", "provider's outcome pay", "outcome payment",
    ]  # fmt: skip


def test_the_command_prints_what_the_function_returns() -> None:
    arguments = ("trace", TINY, "--replication", "3", "--seed", "7", "--payment", "2")
    expected = sib.trace(sib.load_scenario(TINY), replication=3, seed=7, payment=2)
    assert sib_command(*arguments).stdout == f"{expected}\n"
    assert json.loads(sib_command(*arguments, "--json").stdout) == expected.as_dict()


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    person = sib_command("trace", TINY, "--replication", "0", "--participant", "1000")
    assert person.exit_code == 2
    assert "there is no participant 1000 in replication 0: " in person.stderr
    assert "people were referred, numbered 0 to " in person.stderr
    invoice = sib_command("trace", TINY, "--replication", "0", "--payment", "0", "--json")
    assert invoice.exit_code == 2
    assert "there is no invoice 0: the contract has " in json.loads(invoice.stdout)["error"]
    assert sib_command("trace", TINY, "--replication", "-1").exit_code == 2
    both = sib_command("trace", TINY, "--replication", "0", "--participant", "0", "--payment", "1")
    assert (both.exit_code, both.stderr) == (2, "ask for a participant or for a payment, not for both\n")
    with pytest.raises(sib.SibError, match="there is no replication -1: they are numbered from 0"):
        sib.trace(sib.load_scenario(TINY), replication=-1)
