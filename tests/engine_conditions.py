"""What a compared pair of logs had in it: the conditions under which the two engines could part, by name."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from simulator.pathway.plan import Plan, plan_pathway
from simulator.records import CARRIED, CLOSING, Event, Events
from simulator.scenario.model import Scenario
from tests.engine_cases import RATES, Case

FIRST_PEOPLE, FIRST_ROOM = 64, 1024
"""The compiled engine's first room for people, and for calendar entries and rows of the log."""


def conditions(case: Case, scenario: Scenario, events: Events) -> dict[str, bool]:
    """Return all conditions by name, and whether a case and its log meet them."""
    plan, frame = plan_pathway(scenario), events.frame()
    parts: Iterable[Iterator[tuple[str, object]]] = (
        _term(plan), _posts(scenario, plan), _staff_options(case, plan, frame), _people_options(case, plan, frame),
        _origins(case, plan, frame), _windows(case), _batch(case), _rooms(plan, frame, events.replications), _days(frame),
        _lives(frame),
    )  # fmt: skip
    happened = {event.name: bool((frame.event == event).any()) for event in Event}
    return happened | {name: bool(met) for part in parts for name, met in part}


def _term(plan: Plan) -> Iterator[tuple[str, object]]:
    yield "a term of one day", plan.term_days == 1
    yield "a term of days", 1 < plan.term_days < 30
    yield "a term of months", 30 <= plan.term_days < 365
    yield "a term of eight years", plan.term_days >= 8 * 365


def _posts(scenario: Scenario, plan: Plan) -> Iterator[tuple[str, object]]:
    start = scenario.deal.term.service_start
    begins = [(each.start - start).days for each in scenario.deal.staffing.specialists]
    ends = [(each.end - start).days for each in scenario.deal.staffing.specialists if each.end]
    last = plan.term_days - 1
    yield "no post", plan.post_start.size == 0
    yield "one post", plan.post_start.size == 1
    yield "hundreds of posts", plan.post_start.size >= 200
    yield "posts that open before the term", any(day < 0 for day in begins)
    yield "posts that open within the term", any(0 < day < last for day in begins)
    yield "posts that open on its last day", last > 0 and last in begins
    yield "posts that open after it", any(day > last for day in begins)
    yield "posts that close before the term", any(day <= 0 for day in ends)
    yield "posts that close after its first day", 1 in ends
    yield "posts that close within the term", any(1 < day < last for day in ends)
    yield "posts that close before its last day", last > 1 and last in ends
    yield "posts that close with the term", plan.term_days in ends


def _staff_options(case: Case, plan: Plan, frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    value = {name: each["value"] for name, each in case.document["assumptions"].items() if "value" in each}
    followed = ((frame.event == Event.SPECIALIST_STARTED) & (frame.spell > 1)).any()
    lost = (frame.event == Event.UNALLOCATED).any()
    yield "a ramp of one step", plan.ramp_days.size == 1
    yield "a ramp of several steps", plan.ramp_days.size > 1 and (frame.event == Event.SPECIALIST_RAMPED).any()
    yield "a service that already runs", (plan.post_step > 0).any() and (frame.event == Event.SPECIALIST_STARTED).any()
    yield "no turnover", value["specialist_turnover"] == 0
    yield "huge turnover", value["specialist_turnover"] >= 12 and followed
    yield "vacancies of a day", value["vacancy_median"] < 0.1 and value["vacancy_sigma"] == 0 and followed
    for factor in (0.0, 1.0, 8.0):
        yield f"leaving x {factor:g} without a specialist", value["unallocated_disengagement_factor"] == factor and lost
    searching = frame.event.isin([Event.ENGAGEMENT, Event.JOB_END]).shift(fill_value=False)
    hurried = (
        value["unallocated_disengagement_factor"] == 1e12 and (searching & (frame.event == Event.UNALLOCATED)).any()
    )
    yield "no leaving, whatever the factor", hurried and value["disengagement_rate"] == 0


def _people_options(case: Case, plan: Plan, frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    value = {name: each["value"] for name, each in case.document["assumptions"].items() if "value" in each}
    referred, lapsed, worked, ended = (
        (frame.event == event).any() for event in (Event.REFERRAL, Event.LAPSED, Event.JOB_END, Event.SUPPORT_ENDED)
    )
    early = value["job_loss_early_period"] > 0 and worked
    yield "fixed patience", plan.patience_is_fixed and lapsed
    yield "exponential patience", not plan.patience_is_fixed and lapsed
    yield "no search limit", not plan.searches_end and (frame.event == Event.ENGAGEMENT).any()
    yield "a search limit", plan.searches_end and (frame.event == Event.SEARCH_ENDED).any()
    for factor in (0.0, 0.5, 4.0):
        yield f"early job loss x {factor:g}", value["job_loss_early_factor"] == factor and early
    yield "a ramp of referrals", value["referral_ramp"] > 0 and referred
    yield "quarters that differ", value["referral_quarter_cv"] > 0 and referred
    yield "weight zero in work", 0 in plan.weight_in_work and (frame.event == Event.JOB_START).any()
    yield "several steps of weight", ((frame.event == Event.WEIGHT_CHANGED).groupby(_lives_of(frame)).sum() > 1).any()
    yield "a rising weight", (np.diff(plan.weight_in_work) > 0).any() and (frame.event == Event.WEIGHT_CHANGED).any()
    yield "a weight step as support ends", plan.support_days in plan.weight_days and ended
    yield "a day of grace", plan.grace_days == 1 and (frame.event == Event.CONTACT_GRACE_OVER).any()
    yield "no support in work", plan.support_days == 1 and ended


def _origins(case: Case, plan: Plan, frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """Where people come from, and what delays their search."""
    value = {name: each["value"] for name, each in case.document["assumptions"].items() if "value" in each}
    mine, carried = frame[frame.participant < CARRIED], frame[frame.participant >= CARRIED]
    referred = (mine.event == Event.REFERRAL).groupby(mine.replication).sum()
    engaged, worked = ((mine.event == event).any() for event in (Event.ENGAGEMENT, Event.JOB_START))
    yield "a search that begins later", 0 < value["search_delay"] < plan.term_days and worked
    yield "a search that never begins", value["search_delay"] >= plan.term_days and engaged
    if plan.pool_is_closed:
        yield "a pool that is never emptied", (referred < value["pool_size"] - 1).any() and referred.max() > 0
        yield "a pool that is emptied", value["pool_size"] >= 3 and (referred >= value["pool_size"]).any()
        yield "a pool that fills again", (referred > value["pool_size"] + 1).any()
        yield "a pool of nobody", value["pool_size"] == 0
    held = carried[carried.event == Event.CARRIED_OVER]
    weight, used = held.groupby(["replication"]).slot_weight.sum(), plan.ramp_capacity[0] * plan.post_start.size
    told = carried.groupby(["replication", "participant"]).event.agg(tuple)
    yield "people carried over beyond all slots", 0 in plan.post_start and (weight > used).any()
    yield (
        "people carried over and no specialist to have them",
        0 not in plan.post_start and (held.slot_weight > 0).any(),
    )
    yield "somebody carried over who waits in vain", any(Event.LAPSED in each for each in told)
    yield "somebody carried over who gets a slot", any(Event.ALLOCATION in each for each in told)
    yield "a first job of somebody carried over", any(Event.JOB_START in each[3:] for each in told if len(each) > 3)
    yield "somebody carried over in work who works again", (carried.spell >= 2).any()
    yield "the specialist of somebody carried over leaves", any(Event.UNALLOCATED in each for each in told)
    yield (
        "referred, engaged and at work on one day",
        (carried[carried.day == -1].groupby(["replication", "participant"]).size() == 3).any(),
    )


def _windows(case: Case) -> Iterator[tuple[str, object]]:
    for rate in RATES:
        factors = [each["multiply"] for each in case.document["assumptions"]["windows"] if each["rate"] == rate]
        yield f"a window without {rate}", 0.0 in factors
        yield f"a window with more {rate}", 3.0 in factors
        yield f"a window with uncertain {rate}", {"shock", "recovery"} & set(factors) and case.count > 1


def _batch(case: Case) -> Iterator[tuple[str, object]]:
    yield "a batch of one", case.count == 1
    yield "a batch of several", case.count > 1
    yield "a huge seed", case.seed >= 2**62
    yield "a late first replication", case.first >= 2**40


def _rooms(plan: Plan, frame: pd.DataFrame, count: int) -> Iterator[tuple[str, object]]:
    """The compiled engine's rooms, as they must have grown from one replication to the next."""
    people, room, grown, filled = FIRST_PEOPLE, FIRST_ROOM, [], []
    rows, referred = (table.groupby("replication").size() for table in (frame, frame[frame.event == Event.REFERRAL]))
    for number in sorted(rows.index):
        if referred.get(number, 0) > people:
            people, room = 2 * int(referred[number]), 16 * int(referred[number])
            grown.append(number)
        if rows[number] > room:
            filled.append(number)
        while rows[number] > room:
            room *= 2
    yield "more people than room", grown
    yield "more people than room again", len(grown) > 1
    yield "more rows than room", filled
    yield "more rows than room in a later replication", set(filled) - set(rows.index[:1])
    yield "more posts than entries", plan.post_start.size > FIRST_ROOM
    yield "more calendar entries than room", (plan.post_start > 0).sum() > FIRST_ROOM
    yield "a replication without a row", rows.size < count


def _lives_of(frame: pd.DataFrame) -> pd.Series:
    """Return a number for each row's participant and replication."""
    return pd.Series(frame.groupby(["replication", "participant"]).ngroup())


def _days(frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    term = frame[frame.event != Event.TERM_END]
    days = term.groupby(["replication", "day"]).size()
    once = term.drop_duplicates(["replication", "day", "event"])
    kinds = once.groupby(["replication", "day"]).size()
    where = {event: set(zip(found.replication, found.day, strict=True)) for event, found in once.groupby("event")}
    people = term[term.participant >= 0]
    allocated, lapsed = ((frame.event == event).sum() for event in (Event.ALLOCATION, Event.LAPSED))
    yield "nobody is referred", (frame.event != Event.REFERRAL).all()
    yield "more lapse than are allocated", 10 < allocated < lapsed
    yield "a day of twenty events", (days >= 20).any()
    yield "a day of eight kinds of event", (kinds >= 8).any()
    yield (
        "three events of one person on a day",
        people.groupby(["replication", "participant", "day"]).size().gt(2).any(),
    )
    yield "two of one kind on a day", len(people) > len(once)
    for one, other in PAIRS:
        yield f"{one.name} and {other.name} on a day", where.get(one, set()) & where.get(other, set())


PAIRS = (
    (Event.ALLOCATION, Event.LAPSED), (Event.REALLOCATION, Event.ALLOCATION), (Event.SPECIALIST_LEFT, Event.ALLOCATION),
    (Event.SPECIALIST_LEFT, Event.SPECIALIST_STARTED), (Event.SPECIALIST_STARTED, Event.ALLOCATION),
    (Event.DISENGAGED, Event.ALLOCATION), (Event.WEIGHT_CHANGED, Event.ALLOCATION), (Event.JOB_START, Event.ALLOCATION),
    (Event.JOB_END, Event.JOB_START), (Event.SPECIALIST_RAMPED, Event.ALLOCATION), (Event.REFERRAL, Event.ALLOCATION),
)  # fmt: skip
"""Kinds that compete for a slot on the same day."""


def _lives(frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """What is rare in the life of one person: each told by a row and the one before it."""
    event = frame["event"].to_numpy()
    same = np.r_[False, np.diff(_lives_of(frame).to_numpy()) == 0] if event.size else np.zeros(0, dtype=bool)
    before = np.where(same, np.r_[0, event[:-1]] if event.size else event, 0)
    closing = np.isin(event, CLOSING)
    lost = before == Event.UNALLOCATED
    yield "leaving while nobody has them", (lost & closing).any()
    yield "work found while nobody has them", (lost & (event == Event.JOB_START)).any()
    yield "engaging while nobody has them", (lost & (event == Event.ENGAGEMENT)).any()
    yield "a specialist lost twice", ((before == Event.REALLOCATION) & (event == Event.UNALLOCATED)).any()
    after = (pd.Series(closing).groupby(_lives_of(frame)).cumsum().to_numpy() > 0) & ~closing
    yield "a job that outlasts the service", (after & (event == Event.JOB_END)).any()
    yield "contact lost after the service", (after & (event == Event.CONTACT_LOST)).any()
    yield "a third job", ((event == Event.JOB_START) & (frame["spell"] >= 3)).any()
