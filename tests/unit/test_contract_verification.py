"""Evidence, the audit's sample and the commissioner's delay: by the law, and as claims meet them."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from simulator.contract.settlement import settle
from simulator.contract.terms import contract_terms
from simulator.contract.verification import audit_sample, confirmation_days, evidence_day
from simulator.dates import NEVER
from simulator.records import Claims, Payments, Status
from simulator.scenario.draws import draw
from tests.strategies import Logged, Plain, fix, scenario_of, tiny_document
from tests.worked_examples.feed import Life

START = date(2021, 4, 1)
ENGAGEMENT, SUSTAINED = 0, 3
TRIES = 4000
SOURCE = {"source": "Worked example", "quality": "D"}


def settled(document: Plain, engaged: list[int], seed: int = 1) -> tuple[Claims, Payments]:
    """Return claims and payments of people who engage on given days and do nothing else."""
    return engaged_on(document, engaged, seed).settled


def engaged_on(document: Plain, engaged: list[int], seed: int = 1) -> Logged:
    """Return the log of people who engage on given days and do nothing else."""
    return Logged(document, tuple(Life(START, START + timedelta(days=day)) for day in engaged), seed)


def settled_until(document: Plain, engaged: list[int], silent: int) -> Claims:
    """Return their claims where no invoice is issued from a day on."""
    log = engaged_on(document, engaged)
    draws, days = draw(log.scenario, log.seed, 0, 1), np.array([silent], dtype=np.int64)
    return settle(log.scenario, draws, log.seed, log.events, None, days)[0]


def audited(fraction: float, failing: float, resubmission: float) -> Plain:
    """Return the tiny deal, paid on achievement, with an audit."""
    document = tiny_document()
    document["deal"]["lags"]["from"] = "none"
    document["deal"]["audit"]["fraction"] = fraction
    fix(document, audit_failure_probability=failing, curable_probability=resubmission)
    return document


def verdicts(fraction: float, count: int, failing: float, resubmission: float, invoice: int = 0) -> list[int]:
    """Return what the audit finds of claims of successive people."""
    people = np.arange(count, dtype=np.int64)
    return [int(v) for v in audit_sample(fraction, 1, 0, invoice, people, np.zeros_like(people), failing, resubmission)]


@pytest.mark.parametrize(
    ("fraction", "count", "sampled"),
    [
        (0.1, 1, 1),
        (0.1, 10, 1),
        (0.1, 11, 2),
        (0.1, 30, 3),
        (0.3, 10, 3),
        (1.0, 7, 7),
        (0.0, 9, 0),
        (0.5, 0, 0),
        (0.5, 5, 3),
    ],
)
def test_a_sample_is_a_share_rounded_up(fraction: float, count: int, sampled: int) -> None:
    assert sum(verdict > 0 for verdict in verdicts(fraction, count, 1.0, 0.5)) == sampled


def test_what_fails_is_resubmitted_or_not() -> None:
    assert set(verdicts(1.0, 50, 1.0, 0.0)) == {1}
    assert set(verdicts(1.0, 50, 1.0, 1.0)) == {2}
    assert set(verdicts(1.0, 50, 0.0, 1.0)) == {0}


def test_every_claim_is_as_likely_to_be_sampled_and_to_fail() -> None:
    found = np.array([verdicts(0.25, 8, 0.4, 0.3, invoice) for invoice in range(TRIES)])
    sampled_and_failed = (found > 0).mean(axis=0)
    assert np.abs(sampled_and_failed - 0.25 * 0.4).max() < 4 * np.sqrt(0.1 * 0.9 / TRIES)
    cured = (found == 2).sum() / (found > 0).sum()
    assert abs(cured - 0.3) < 4 * np.sqrt(0.3 * 0.7 / (found > 0).sum())


def test_a_resubmitted_claim_is_paid_with_the_next_quarter_and_not_sampled_again() -> None:
    claims, payments = settled(audited(0.5, 1.0, 1.0), [1] * 10)
    assert set(claims.status) == {Status.PAID}
    assert Counter(claims.invoice.tolist()) == {0: 5, 1: 5}
    assert payments.claimed_pence.sum() == 10 * 56900


def test_a_claim_that_fails_for_good_is_not_paid() -> None:
    claims, payments = settled(audited(0.5, 1.0, 0.0), [1] * 10)
    assert Counter(claims.status.tolist()) == {Status.PAID: 5, Status.REJECTED: 5}
    assert (claims.refused_pence[claims.status == Status.REJECTED] == 56900).all()
    assert payments.paid_pence.sum() == 5 * 56900


def test_a_claim_that_could_be_resubmitted_after_the_last_quarter_expires() -> None:
    document = audited(1.0, 1.0, 1.0)
    document["deal"]["term"]["claims_tail_months"] = 0
    claims, payments = settled(document, [360])
    assert claims.status.tolist() == [Status.EXPIRED]
    assert payments.invoice.size == 0


def test_a_resubmitted_claim_that_no_invoice_takes_any_more_is_not_invoiced() -> None:
    claims = settled_until(audited(1.0, 1.0, 1.0), [1, 100], 91)
    assert claims.status.tolist() == [Status.NOT_INVOICED] * 2
    assert claims.invoice.tolist() == [-1, -1]
    assert claims.refused_pence.tolist() == [56900, 56900]


def test_a_waiting_claim_that_no_invoice_takes_any_more_is_priced_as_the_first_of_its_line() -> None:
    document = limited("annual_cap")
    document["deal"]["audit"]["fraction"] = 0.0
    document["deal"]["annual_cap"] |= {"pounds": [569], "excess_claims": "defer"}
    first = {"price": 569, "share_of_target": 0.25, "rounding": "floor"}
    document["deal"]["rate_card"][ENGAGEMENT]["price"] = {"tiers": [first, {"price": 100}]}
    assert settled(document, [1, 2])[0].price_pence.tolist() == [56900, 10000]
    claims = settled_until(document, [1, 2], 300)
    assert claims.status.tolist() == [Status.PAID, Status.NOT_INVOICED]
    assert claims.invoice.tolist() == [0, -1]
    assert (
        claims.price_pence.tolist() == claims.paid_pence.tolist()[:1] + claims.refused_pence.tolist()[1:] == [56900] * 2
    )


def test_claims_that_waited_and_resubmitted_ones_come_again_in_the_order_payable() -> None:
    """In the year's last quarter the first has no room and the second fails; in the next the first takes all but £31 of £600."""
    document = limited("annual_cap")
    deal = document["deal"]
    deal["audit"]["fraction"] = 1.0
    deal["annual_cap"] |= {"pounds": [400, 10000], "excess_claims": "defer"}
    deal["total_cap"] = {"pounds": 600, "policy": "partial"}
    deal["schedules"] = [{"name": "low", "prices": {"engagement": 300}, "cap": "none"}]
    turn, end = START + timedelta(days=300), START.replace(year=2022)
    deal["schedule_calendar"] = [
        {"use": "original", "from": START, "to": turn},
        {"use": "low", "from": turn, "to": end},
    ]
    deal["sources"] |= dict.fromkeys(("schedules", "schedule_calendar"), SOURCE)
    claims, _ = settled(document, [280, 310])
    assert claims.invoice.tolist() == [5, 4]
    assert claims.paid_pence.tolist() == [56900, 3100]


def test_what_is_struck_out_uses_no_cap_from_the_next_quarter_on() -> None:
    document = audited(1.0, 1.0, 0.0)
    document["deal"]["total_cap"]["pounds"] = 1138
    document["deal"]["rate_card"][ENGAGEMENT]["count_cap"] = 2
    claims, _ = settled(document, [1, 2, 3, 100, 101, 102])
    assert claims.status.tolist() == [
        Status.REJECTED, Status.REJECTED, Status.OVER_COUNT_CAP, Status.REJECTED, Status.REJECTED, Status.OVER_COUNT_CAP,
    ]  # fmt: skip


def extrapolating(fraction: float, failing: float, resubmission: float) -> Plain:
    """Return the tiny deal, paid on achievement, with an audit that extrapolates."""
    document = audited(fraction, failing, resubmission)
    document["deal"]["audit"]["mode"] = "extrapolate"
    return document


def test_what_fails_is_taken_off_the_others_in_proportion() -> None:
    """Some of a sample of 10 in 20 fail; all that is left of the invoice loses their share, to the penny in all."""
    claims, payments = settled(extrapolating(0.5, 0.3, 0.0), [1] * 20, seed=5)
    failed = int((claims.status == Status.REJECTED).sum())
    assert 0 < failed < 10
    assert Counter(claims.status.tolist()) == {Status.REJECTED: failed, Status.EXTRAPOLATED: 20 - failed}
    left = 56900 * (20 - failed)
    assert payments.claimed_pence.sum() == left - left * failed // 10
    cut = claims.status == Status.EXTRAPOLATED
    assert np.abs(claims.refused_pence[cut] - 56900 * failed / 10).max() <= 1
    assert (claims.paid_pence + claims.refused_pence + claims.over_funder_cap_pence == claims.price_pence).all()


def test_the_loss_is_rounded_once_a_half_penny_up() -> None:
    """One of a sample of 2 in 3 fails: two claims of 1p and 2p that are left lose a half of 3p, which is 2p in all."""
    document = extrapolating(0.5, 0.5, 0.0)
    document["deal"]["rate_card"][ENGAGEMENT]["price"] = "0.01"
    lost = set()
    for seed in range(40):
        claims, _ = settled(document, [1, 2, 3], seed)
        if (claims.status == Status.REJECTED).sum() == 1:
            kept = claims.status != Status.REJECTED
            assert claims.status[kept].tolist() == [Status.EXTRAPOLATED, Status.PAID]
            lost.add(tuple(claims.refused_pence[kept].tolist()))
    assert lost == {(1, 0)}  # 0.5p rounds up, 1p in all


def test_nothing_is_extrapolated_where_nothing_fails_or_where_it_is_not_agreed() -> None:
    assert set(settled(extrapolating(0.5, 0.0, 0.0), [1] * 10)[0].status) == {Status.PAID}
    assert Status.EXTRAPOLATED not in set(settled(audited(0.5, 0.5, 0.0), [1] * 10)[0].status)


def test_where_the_whole_sample_fails_nothing_is_paid() -> None:
    claims, payments = settled(extrapolating(0.5, 1.0, 0.0), [1] * 10)
    assert Counter(claims.status.tolist()) == {Status.REJECTED: 5, Status.EXTRAPOLATED: 5}
    assert claims.paid_pence.sum() == 0
    assert payments.invoice.size == 0


def test_a_resubmitted_claim_is_paid_in_full_and_gives_nothing_back_to_others() -> None:
    claims, _ = settled(extrapolating(0.5, 0.4, 1.0), [1] * 10, seed=3)
    mended = claims.invoice == 1
    assert 0 < mended.sum() < 5
    assert (claims.status[mended] == Status.PAID).all()
    assert (claims.paid_pence[mended] == 56900).all()
    assert (claims.status[~mended] == Status.EXTRAPOLATED).all()
    assert np.abs(claims.refused_pence[~mended] - 56900 * mended.sum() / 5).max() <= 1


def test_what_is_extrapolated_is_free_under_the_caps_from_the_next_quarter_on() -> None:
    document = extrapolating(0.5, 1.0, 0.0)
    document["deal"]["total_cap"]["pounds"] = 1138
    document["deal"]["rate_card"][ENGAGEMENT]["count_cap"] = 2
    document["deal"]["audit"]["fraction"] = 0.5
    claims, _ = settled(document, [1, 2, 3, 100, 101, 102])
    assert Counter(claims.status.tolist()) == {Status.REJECTED: 2, Status.EXTRAPOLATED: 2, Status.OVER_COUNT_CAP: 2}
    assert (claims.status[[2, 5]] == Status.OVER_COUNT_CAP).all()


@pytest.mark.parametrize(("median", "upper"), [(30.0, 120.0), (5.0, 9.0)])
def test_confirmation_takes_its_median_and_95th_percentile(median: float, upper: float) -> None:
    days = np.array([confirmation_days(7, 0, invoice, median, upper) for invoice in range(TRIES)])
    assert days.min() >= 1
    for quantile, level in ((median, 0.5), (upper, 0.95)):
        below = (days <= np.ceil(quantile)).mean()
        above_before = (days < quantile).mean()
        margin = 4 * np.sqrt(level * (1 - level) / TRIES)
        assert above_before - margin <= level <= below + margin


def test_confirmation_of_no_length_is_at_once() -> None:
    assert {confirmation_days(7, 0, invoice, 0.0, 120.0) for invoice in range(50)} == {0}


def test_funders_wait_for_one_confirmation_and_then_for_one_another() -> None:
    document = tiny_document()
    fix(document, confirmation_median=30, confirmation_p95=120)
    _, payments = settled(document, [1, 100, 200, 300])
    lcf, local = (payments.paid_day[payments.funder == number] for number in (0, 1))
    confirmed = local - payments.issue_day[payments.funder == 1] - 30
    assert (lcf - local == 29).all()
    assert confirmed.min() >= 1
    assert len(set(confirmed.tolist())) > 1


def evidenced(outcome: int, lost: int, certificate: float, other: float, document: Plain | None = None) -> list[int]:
    """Return the days on which many people's outcome of day 100 can be evidenced, -1 for never."""
    terms = contract_terms(scenario_of(document or tiny_document()))
    return [evidence_day(terms, 1, 0, person, outcome, 100, lost, certificate, other) for person in range(TRIES)]


def test_a_certificate_is_there_on_the_day_or_never() -> None:
    assert set(evidenced(ENGAGEMENT, 0, 1.0, 0.0)) == {100}
    assert set(evidenced(ENGAGEMENT, NEVER, 0.0, 1.0)) == {-1}
    found = Counter(evidenced(ENGAGEMENT, NEVER, 0.7, 0.0))
    assert set(found) == {-1, 100}
    assert abs(found[100] / TRIES - 0.7) < 4 * np.sqrt(0.21 / TRIES)


@pytest.mark.parametrize("lost", [100, 101, NEVER])
def test_whoever_is_in_contact_on_the_day_is_evidence(lost: int) -> None:
    assert set(evidenced(SUSTAINED, lost, 0.0, 0.0)) == {100}


def test_another_route_takes_some_day_of_the_window_or_fails() -> None:
    found = Counter(evidenced(SUSTAINED, 99, 0.0, 0.4))
    days = [day for day in found if day >= 0]
    assert (min(days), max(days)) == (101, 190)
    assert len(days) == 90
    assert abs(found[-1] / TRIES - 0.6) < 4 * np.sqrt(0.24 / TRIES)


@pytest.mark.parametrize(
    ("start", "end", "share"), [(90, 101, 0.25), (100, 110, 0.25), (90, 100, 1.0), (101, 110, 1.0)]
)
def test_a_window_takes_its_share_of_evidence_from_its_first_day_to_the_one_before_its_last(
    start: int, end: int, share: float
) -> None:
    document = tiny_document()
    first, last = START + timedelta(days=start), START + timedelta(days=end)
    document["assumptions"]["windows"] = [
        {"rate": "evidence", "from": first, "to": last, "multiply": 0.25, "source": "Worked example", "quality": "D"}
    ]
    for outcome in (ENGAGEMENT, SUSTAINED):
        found = evidenced(outcome, NEVER, 1.0, 0.0, document)
        assert abs(found.count(100) / TRIES - share) <= 4 * np.sqrt(share * (1 - share) / TRIES)


def test_what_is_struck_out_gives_its_place_in_the_tiers_to_later_claims() -> None:
    document = audited(0.5, 1.0, 0.0)
    first = {"price": 569, "share_of_target": 1.0}
    document["deal"]["rate_card"][0]["price"] = {"tiers": [first, {"price": 100}]}
    claims, _ = settled(document, [1] * 10 + [100] * 4)
    assert claims.price_pence.tolist() == [56900] * 6 + [10000] * 4 + [56900] + [10000] * 3


def test_a_claim_of_price_0_uses_no_count_and_no_tier() -> None:
    document = audited(0.0, 0.0, 0.0)
    deal, card = document["deal"], document["deal"]["rate_card"][ENGAGEMENT]
    card["count_cap"] = 3
    card["price"] = {"tiers": [{"price": 569, "share_of_target": 1 / 6, "rounding": "floor"}, {"price": 100}]}
    deal["schedules"] = [{"name": "free", "prices": {"engagement": 0}, "cap": "none"}]
    turn = START + timedelta(days=50)
    deal["schedule_calendar"] = [
        {"use": "free", "from": START, "to": turn}, {"use": "original", "from": turn, "to": START.replace(year=2022)},
    ]  # fmt: skip
    deal["sources"] |= dict.fromkeys(("schedules", "schedule_calendar"), SOURCE)
    claims, _ = settled(document, [1, 2, 60, 61, 62, 63])
    assert claims.price_pence.tolist() == [0, 0, 56900, 10000, 10000, 10000]
    assert claims.status.tolist() == [Status.PAID] * 5 + [Status.OVER_COUNT_CAP]


def limited(name: str) -> Plain:
    """Return an audited deal in which everything fails once, and one cap has room for ten engagements."""
    document = audited(0.5, 1.0, 1.0)
    deal, source = document["deal"], {"source": "Worked example", "quality": "D"}
    lost = {"policy": "partial", "unused_headroom": "lost", "excess_claims": "lost"}
    terms: dict[str, Plain] = {
        "annual_cap": {"annual_cap": {"year": "contract", "pounds": [5690], **lost}},
        "schedules": {
            "schedules": [{"name": "own", "prices": {}, "cap": {"pounds": 5690, "policy": "partial"}}],
            "schedule_calendar": [{"use": "own", "from": START, "to": START.replace(year=2022)}],
        },
    }
    deal |= terms[name]
    deal["sources"] |= dict.fromkeys(terms[name], source)
    return document


@pytest.mark.parametrize("name", ["annual_cap", "schedules"])
def test_what_is_struck_out_gives_back_its_room_under_every_cap(name: str) -> None:
    claims, payments = settled(limited(name), [1] * 10)
    assert set(claims.status) == {Status.PAID}
    assert payments.paid_pence.sum() == 10 * 56900


def test_claims_that_wait_for_the_next_year_are_sampled_when_they_are_taken() -> None:
    document = limited("annual_cap")
    document["deal"]["annual_cap"] |= {"pounds": [2845], "excess_claims": "defer"}
    claims, _ = settled(document, [1] * 10)
    assert set(claims.status) == {Status.PAID}
    assert Counter(claims.invoice.tolist()) == {0: 2, 1: 3, 4: 2, 5: 3}


def test_a_resubmitted_claim_that_has_to_wait_is_not_sampled_again() -> None:
    """The next quarter's activity payment takes the room that was given back."""
    document = limited("annual_cap")
    document["deal"]["annual_cap"]["excess_claims"] = "defer"
    document["deal"]["activity_payments"] = [{"quarter_of": START + timedelta(days=100), "pounds": 2845}]
    document["deal"]["sources"]["activity_payments"] = {"source": "Worked example", "quality": "D"}
    claims, payments = settled(document, [1] * 10)
    assert set(claims.status) == {Status.PAID}
    assert Counter(claims.invoice.tolist()) == {0: 5, 4: 5}
    assert payments.paid_pence.sum() == 10 * 56900 + 284500
