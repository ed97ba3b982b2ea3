"""Random deals that take the pathway to its edges, for comparing the two engines: short and long, empty and full, hurried."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from tests.strategies import Plain, close_pool, fix, random_factors, tiny_document

RATES = ("referral", "engagement", "job", "disengagement", "job_loss", "reemployment")
A_DAY = 1000.0
"""A hazard per month at which nearly everything takes one day."""


class Profile(NamedTuple):
    """A kind of deal: how long, how many are referred, by how many posts, how fast things happen (rates per month)."""

    days: st.SearchStrategy[int]
    referrals: tuple[int, ...]
    posts: tuple[int, ...]
    rates: tuple[float, ...]
    turnover: tuple[float, ...] = (0.0, 0.3, 12.0)
    support_weeks: tuple[int, ...] = (0, 1, 2, 4, 17)
    counts: tuple[int, ...] = (1, 2, 5)
    quarter_cv: tuple[float, ...] = (0.0, 0.25, 1.5, 3.0)


PROFILES = {
    "years": Profile(st.integers(200, 1461), (0, 3, 60, 400), (1, 1, 4, 30), (0.0, 0.06, 0.5, 2.0)),
    "eight years": Profile(st.just(2922), (3, 30), (1, 3, 8), (0.06, 0.5, 0.5)),
    "days": Profile(
        st.one_of(st.sampled_from([1, 1, 2]), st.integers(3, 40)), (0, 3, 60, 200), (1, 4, 30), (0.0, 2.0, 20.0, A_DAY)
    ),
    "all at once": Profile(
        st.integers(30, 150), (5, 20, 60), (1, 1, 3), (0.0, A_DAY, A_DAY, A_DAY), (0.0, 12.0, 365.25, 365.25)
    ),
    "crowds": Profile(st.integers(60, 200), (60, 60, 150, 300), (1, 4, 30), (2.0, 20.0, A_DAY), (0.0, 4.0, 40.0)),
    "tapers": Profile(st.integers(100, 500), (5, 20, 60), (1, 3), (0.5, 2.0, 20.0), (0.0, 0.3, 4.0), (4, 17, 17)),
    "growth": Profile(
        st.integers(90, 150),
        (30, 50),
        (10, 15, 20, 30),
        (20.0, A_DAY, A_DAY),
        (200.0, 365.25),
        counts=(8,),
        quarter_cv=(0.5, 1.5),
    ),
    "posts": Profile(st.integers(2, 25), (0, 20, 70), (200, 300, 1100, 1100), (2.0, 20.0, A_DAY), (0.0, 12.0, 100.0)),
}
"""Kinds of deal by name: each is tried as often as the others, so that none depends on luck."""


@dataclass(frozen=True)
class Case:
    """A random deal and its luck."""

    document: Plain
    seed: int
    first: int
    count: int


@st.composite
def cases(draw: st.DrawFn, profile: Profile) -> Case:
    """Return random deals of a kind, with luck."""
    document = tiny_document()
    days = draw(profile.days)
    _set_term(document, date(2021, 4, 1) + timedelta(days=draw(st.integers(-200, 400))), days)
    draw(_staffing(document, profile, days))
    draw(_weights(document, profile))
    draw(_waiting(document, profile))
    draw(_pool(document, profile))
    draw(_carried_over(document))
    draw(_searching(document, profile))
    draw(_working(document, profile))
    draw(_windows(document, days))
    seed = draw(st.one_of(st.integers(0, 2**63 - 1), st.integers(2**63 - 2**32, 2**63 - 1)))
    return Case(
        document, seed, draw(st.sampled_from([0, 1, 999_999, 2**40, 2**62])), draw(st.sampled_from(profile.counts))
    )


def _set_term(document: Plain, start: date, days: int) -> None:
    end = start + timedelta(days=days)
    document["deal"]["term"] = {"service_start": start, "term_end": end, "claims_tail_months": 9}
    document["deal"]["investment"]["settlement_date"] = end


@st.composite
def _posts(draw: st.DrawFn, start: date, days: int, number: int) -> Plain:
    """Return posts that open before the term, on its first or last day, within it or after it, and close likewise, or never."""
    opens = draw(st.one_of(st.sampled_from([0, -40, days - 1, days]), st.integers(0, days - 1)))
    posts: Plain = {"posts": number, "from": start + timedelta(days=opens)}
    if draw(st.booleans()):
        early = st.sampled_from([-10, 0, 1] if opens < 0 else [1, days - 1, days, days + 30])
        closes = draw(st.one_of(early, st.integers(1, days)))
        posts["to"] = start + timedelta(days=max(opens + 1, closes))
    return posts


@st.composite
def _staffing(draw: st.DrawFn, document: Plain, profile: Profile, days: int) -> None:
    deal = document["deal"]
    start = deal["term"]["service_start"]
    specialists = [draw(_posts(start, days, draw(st.sampled_from(profile.posts))))]
    specialists += [draw(_posts(start, days, draw(st.integers(1, 2)))) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        specialists[0] = {"posts": draw(st.sampled_from(profile.posts)), "from": start}
    if draw(st.sampled_from([True, *[False] * 9])):
        specialists, deal["referral_target"] = [], 0
        for line in deal["rate_card"]:
            line["target"] = 0
    deal["staffing"] |= {
        "specialists": specialists,
        "caseload_limit": draw(st.sampled_from([0.4, 1, 1, 2, 3.5, 8, 25, 1_000_000])),
        "ramp": draw(st.sampled_from([[1.0], [0.0, 1.0], [0.33, 0.67, 1.0], [1.0, 0.0, 0.5, 0.0, 1.0]])),
        "contact_grace_days": draw(st.sampled_from([1, 2, 28])),
        "already_running": draw(st.booleans()),
    }
    fix(
        document,
        specialist_turnover=draw(st.sampled_from(profile.turnover)),
        vacancy_median=draw(st.sampled_from([0.01, 0.01, 3, 12])),
        vacancy_sigma=draw(st.sampled_from([0.0, 0.5])),
        unallocated_disengagement_factor=draw(st.sampled_from([0.0, 0.0, 1.0, 1.0, 1.5, 8.0, 8.0, 1e12, 1e12])),
    )


@st.composite
def _weights(draw: st.DrawFn, document: Plain, profile: Profile) -> None:
    """In-work weights of one to four steps, rising or falling, one of them often on the very day on which support ends."""
    staffing = document["deal"]["staffing"]
    weeks = draw(st.sampled_from(profile.support_weeks))
    steps = {0, *draw(st.sets(st.sampled_from([1, 2, 3, 4, 6, 13]), min_size=1, max_size=3))}
    if draw(st.booleans()):
        steps.add(weeks)
    weight = st.sampled_from([0.0, 0.0, 0.1, 0.4, 1.0])
    staffing["in_work_support_weeks"] = weeks
    staffing["slot_weights"] = {
        "engaging": draw(st.sampled_from([1.0, 1.0, 0.5, 0.0004])),
        "searching": draw(st.sampled_from([1.0, 1.0, 0.3, 0.0004])),
        "in_work": [{"from_week": week, "weight": draw(weight)} for week in sorted(steps)],
    }


@st.composite
def _waiting(draw: st.DrawFn, document: Plain, profile: Profile) -> None:
    rules = document["assumptions"]["rules"]
    rules["patience"] = draw(st.sampled_from(["exponential", "fixed"]))
    rules["referral_profile"]["weights"] = draw(st.sampled_from([[1, 1, 1, 1], [1, 2, 3, 10]]))
    fix(
        document,
        referrals_over_term=draw(st.sampled_from(profile.referrals)),
        referral_quarter_cv=draw(st.sampled_from(profile.quarter_cv)),
        referral_ramp=draw(st.sampled_from([0, 0.1, 6])),
        patience=draw(st.sampled_from([1, 1, 5, 20, 60, 100_000])),
        engagement_probability=draw(st.sampled_from([0.0, 0.65, 0.9, 0.9, 1.0, 1.0])),
        engagement_time_median=draw(st.sampled_from([0.1, 1, 10, 28])),
        engagement_time_sigma=draw(st.sampled_from([0.0, 0.7])),
        not_engaged_hold=draw(st.sampled_from([0, 1, 10, 42])),
    )


@st.composite
def _pool(draw: st.DrawFn, document: Plain, profile: Profile) -> None:
    """A closed pool in a third of deals: some are emptied at once, some never, some fill again each year."""
    if draw(st.sampled_from([False, False, True])):
        close_pool(
            document,
            size=draw(st.sampled_from([0.0, 0.5, *map(float, profile.referrals)])),
            rate=draw(st.sampled_from([0.0, 0.03, 0.3, 0.3, 3.0, A_DAY])),
            entrants=draw(st.sampled_from([0.0, 0.4, 2.5, 40.0])),
        )
        document["deal"]["referral_target"] = 0
        for line in document["deal"]["rate_card"]:
            line["target"] = 0


@st.composite
def _carried_over(draw: st.DrawFn, document: Plain) -> None:
    """People carried over in a third of deals, more or fewer than there are slots for."""
    if draw(st.sampled_from([False, False, True])):
        number = st.sampled_from([0.0, 0.4, 1.0, 3.5, 20.0])
        fix(
            document,
            carried_over_waiting=draw(number),
            carried_over_searching=draw(number),
            carried_over_in_work=draw(number),
            carried_over_period=draw(st.sampled_from([0.0, 0.05, 0.1, 1.0, 6.0, 40.0])),
        )


@st.composite
def _searching(draw: st.DrawFn, document: Plain, profile: Profile) -> None:
    rate = st.sampled_from(profile.rates)
    fix(
        document,
        job_rate=draw(rate),
        reemployment_rate=draw(rate),
        disengagement_rate=draw(st.sampled_from([0.0, 0.0, 0.09, 0.4, profile.rates[-1]])),
        search_limit=draw(st.sampled_from([0.0, 0.1, 0.5, 9.0, 9.0])),
        search_delay=draw(st.sampled_from([0.0, 0.0, 0.5, 1.0, 20.0, 90.0, 5000.0])),
    )
    if document["assumptions"]["unallocated_disengagement_factor"]["value"] == 1e12:
        fix(document, disengagement_rate=0)
    if draw(st.booleans()):
        document["assumptions"]["search_limit"] = "none"


@st.composite
def _working(draw: st.DrawFn, document: Plain, profile: Profile) -> None:
    fix(
        document,
        job_loss_rate=draw(st.sampled_from([0.1, 0.1, 1.0, *profile.rates])),
        job_loss_early_factor=draw(st.sampled_from([1.0, 0.0, 0.5, 0.5, 4.0])),
        job_loss_early_period=draw(st.sampled_from([0, 1, 1, 2, 300])),
        hours_16_plus_share=draw(st.sampled_from([0.0, 0.45, 1.0])),
        contact_probability=draw(st.sampled_from([0.0, 0.0, 0.05, 0.5, 1.0])),
    )


@st.composite
def _windows(draw: st.DrawFn, document: Plain, days: int) -> None:
    """Windows within the term, some of them empty of all hazard, some with uncertain factors; one rate can have several."""
    start, windows = document["deal"]["term"]["service_start"], []
    for rate in draw(st.lists(st.sampled_from(RATES), max_size=6)):
        opens = draw(st.integers(-5, days - 1))
        closes = opens + draw(st.sampled_from([1, 20, 200]))
        window = {"rate": rate, "from": start + timedelta(days=opens), "to": start + timedelta(days=closes)}
        factor = draw(st.sampled_from([0.0, 0.0, 0.5, 3.0, "shock", "recovery", "known"]))
        windows.append(window | {"multiply": factor, "source": "Random", "quality": "E"})
    random_factors(document, windows)
