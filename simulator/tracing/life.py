"""One person's life by date: what happened, why then, and the luck behind it (docs/model.md §3 to §5)."""

from collections.abc import Callable
from typing import NamedTuple

from simulator.dates import NEVER, whole_days
from simulator.pathway.laws import quarter_factor
from simulator.pathway.luck import KeyedLuck
from simulator.pathway.plan import ENGAGEMENT_RATE
from simulator.records import CLOSING, Event
from simulator.streams import Decision, Entity, exponential, uniforms
from simulator.tracing.case import Case
from simulator.tracing.diary import Block, Moment
from simulator.tracing.facts import Drawn, Happening, drawn
from simulator.words import a_number

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(number: int) -> str:
    """Return a number from 1 as a place in words.

    >>> ordinal(1), ordinal(12)
    ('first', '12th')
    """
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


class Told(NamedTuple):
    """An event in words: what, why, and the luck met."""

    words: str
    why: list[str]
    luck: list[Drawn]


class Past(NamedTuple):
    """A moment of a life with all that went before it."""

    case: Case
    now: Moment
    before: list[Moment]

    def days_since(self, *events: Event) -> int:
        """Return the days since the last of some events."""
        return self.now.day - next(each.day for each in reversed(self.before) if each.event in events)

    @property
    def post_closes(self) -> bool:
        """Return whether the post that has the person closes today, with or without its specialist's luck."""
        return self.now.day == int(self.case.plan.post_end[self.now.post])

    def due(self, event: Event) -> str:
        """Return in words when something was due to happen, as things stood."""
        return self.on_day(self.now.due.get(event, NEVER))

    def on_day(self, day: int) -> str:
        """Return a coming day in words."""
        if day >= NEVER:
            return "not within the term"
        late = "" if day < self.case.plan.term_days else ", after the term"
        return f"after {a_number(day - self.now.day, 'day')} ({self.case.on(day)}{late})"

    def block(self, decision: Decision) -> Block | None:
        """Return the luck of a kind that was met now, if any was."""
        return next((block for block in self.now.blocks if block.decision == decision), None)


def life(case: Case, participant: int) -> tuple[Happening, ...]:
    """Return all that happened to one person, in order of time."""
    moments = case.diary[participant]
    happenings = []
    for place, row in enumerate(case.life(participant)):
        if row.event == Event.TERM_END:
            happenings.append(Happening(case.on(row.day), "TERM_END", _left_over(moments), (), (), None))
            continue
        past = Past(case, moments[place], moments[:place])
        said = (_WORDS if row.day >= 0 else _WORDS_BEFORE)[past.now.event](past)
        decided = _decided_by(past, participant)
        if past.now.event == Event.REFERRAL and row.day >= 0:
            decided, said = _arrival(past, participant), said._replace(luck=_arrivals(past, participant) + said.luck)
        event = past.now.event.name
        happenings.append(Happening(case.on(row.day), event, said.words, tuple(said.why), tuple(said.luck), decided))
    return tuple(happenings)


def _left_over(moments: list[Moment]) -> str:
    """Return what somebody was doing when the term ended."""
    last = {moment.event for moment in moments}
    if last <= {Event.REFERRAL, Event.CARRIED_OVER}:
        return "The term is over, and with it the wait for a place"
    if last & set(CLOSING):
        return "The term is over; the job goes on"
    return "The term is over, and with it the service"


_DECIDED = {
    Event.LAPSED: (Decision.ENTRY, 0, "patience"),
    Event.NOT_ENGAGED: (Decision.ENTRY, 1, "engages"),
    Event.ENGAGEMENT: (Decision.ENTRY, 2, "time to engage"),
    Event.JOB_START: (Decision.SEARCH, 0, "job"),
    Event.DISENGAGED: (Decision.SEARCH, 1, "disengagement"),
    Event.JOB_END: (Decision.SPELL, 0, "loss of the job"),
    Event.CONTACT_LOST: (Decision.SPELL, 2, "loss of contact"),
}
"""The decision, the place in its block, and the name of what makes an event happen on its day; the others need no luck."""


_DECIDED_BEFORE = {
    Event.REFERRAL: (Decision.CARRIED, 0, "day of the referral"),
    Event.ENGAGEMENT: (Decision.CARRIED, 1, "day of engaging"),
    Event.JOB_START: (Decision.CARRIED, 2, "day of the job's start"),
}
"""The same of what had happened to people carried over by the first day."""


def _decided_by(past: Past, participant: int) -> Drawn | None:
    """Return the luck that an event's day comes from: asked for earlier in the life, or of the specialist who left."""
    if past.now.event == Event.UNALLOCATED:
        return None if past.post_closes else _tenure(past)
    fixed = past.now.event == Event.LAPSED and past.case.plan.patience_is_fixed
    known = _DECIDED_BEFORE if past.now.day < 0 else _DECIDED
    if fixed or past.now.event not in known:
        return None
    decision, place, decides = known[past.now.event]
    blocks = [block for moment in [*past.before, past.now] for block in moment.blocks if block.decision == decision]
    of_first = past.now.event == Event.CONTACT_LOST
    return drawn(blocks[0 if of_first else -1], place, decides, f"on {past.case.on(past.now.day)}")


def _tenure(past: Past) -> Drawn:
    now, luck = past.now, KeyedLuck(past.case.seed, past.case.replication)
    block = Block(Entity.SPECIALIST, now.post, Decision.TENURE, now.incumbent, luck.tenure(now.post, now.incumbent))
    return drawn(block, 0, f"time in post {now.post}", f"left on {past.case.on(now.day)}")


# Referral


def _arrivals(past: Past, participant: int) -> list[Drawn]:
    """Return the luck of the day of a referral: the gap since the person before, and the quarter's factor."""
    case, found = past.case, [_arrival(past, participant)]
    cv = case.values.referral_quarter_cv
    if cv > 0.0:
        quarter = int(case.plan.quarter[past.now.day])
        factor = quarter_factor(case.seed, case.replication, quarter, cv)
        block = _arrivals_block(case, Decision.QUARTER, quarter)
        found.append(drawn(block, 0, "quarter", f"x {factor:.2f} on all referrals of quarter {quarter + 1}"))
    return found


def _arrival(past: Past, participant: int) -> Drawn:
    block = _arrivals_block(past.case, Decision.GAP, participant // 4)
    gap = exponential(block.uniforms[participant % 4])
    return drawn(block, participant % 4, "gap", f"{gap:.2f} of a mean gap between referrals")


def _arrivals_block(case: Case, decision: Decision, draw: int) -> Block:
    kind = Entity.ARRIVALS
    return Block(kind, 0, decision, draw, uniforms(case.seed, case.replication, int(kind), 0, int(decision), draw))


def _referral(past: Past) -> Told:
    return Told("Referred", *_waiting(past))


def _waiting(past: Past) -> tuple[list[str], list[Drawn]]:
    now, fixed = past.now, past.case.plan.patience_is_fixed
    first = f", after {now.unallocated} whose specialist has left" if now.unallocated else ""
    ahead = (
        "nobody is" if now.waiting == 1 else "1 person is" if now.waiting == 2 else f"{now.waiting - 1:,} people are"
    )
    free = max(0, now.capacity - now.used) / 1000
    why = [
        f"On the waiting list {ahead} ahead{first}; {free:,.1f} of {now.capacity / 1000:,.1f} places are free for the "
        "day's allocation."
    ]
    if fixed:
        return [*why, f"Would lapse {past.due(Event.LAPSED)}."], []
    patience = [
        drawn(block, 0, "patience", f"lapses {past.due(Event.LAPSED)}, if still waiting") for block in now.blocks
    ]
    return why, patience


def _lapsed(past: Past) -> Told:
    waited = a_number(past.days_since(Event.REFERRAL), "day")
    return Told(f"Lapses after {waited} of waiting, and does not come back", ["No place came free in time."], [])


def _allocation(past: Past) -> Told:
    case, now, waited = past.case, past.now, past.days_since(Event.REFERRAL)
    after = f"after {a_number(waited, 'day')} of waiting" if waited else "on the day of the referral"
    engages = now.due.get(Event.ENGAGEMENT, NEVER) < NEVER
    window = case.plan.multiplier[ENGAGEMENT_RATE, now.day]
    chance = f"{case.values.engagement_probability:.4f}" + (f" x {window:g} of the day" if window != 1.0 else "")
    luck = []
    for block in now.blocks:
        luck.append(drawn(block, 1, "engages", f"{'yes' if engages else 'no'}: the chance is {chance}"))
        if engages:
            luck.append(drawn(block, 2, "time to engage", f"engages {past.due(Event.ENGAGEMENT)}"))
    why = [] if engages else [f"The place is held until {case.on(now.due[Event.NOT_ENGAGED])}."]
    return Told(f"Gets a place {after}, with the specialist in post {now.new_post}", why, luck)


def _not_engaged(past: Past) -> Told:
    held = a_number(past.days_since(Event.ALLOCATION), "day")
    return Told(f"Does not engage; the place is free again after {held}", [], [])


# Before the first day, and on it, for people carried over


def _referral_before(past: Past) -> Told:
    carried = past.block(Decision.CARRIED)
    day = past.case.on(past.now.day)
    luck = [drawn(carried, 0, "day of the referral", f"on {day}")] if carried else []
    return Told("Referred, before the service begins", [], luck)


def _engagement_before(past: Past) -> Told:
    return Told("Engages, before the service begins", [], [])


def _job_start_before(past: Past) -> Told:
    words = f"Starts their first job, {past.now.hours:g} hours a week, before the service begins"
    return Told(words, [], _hours(past))


def _carried_over(past: Past) -> Told:
    """Return what the first day brings: waiting, a search or a job goes on, with luck of its own from here."""
    now, before = past.now, {moment.event for moment in past.before}
    has = f"with the specialist in post {now.new_post}" if now.new_post >= 0 else "with no specialist to have them yet"
    if Event.ENGAGEMENT not in before:
        return Told("The service begins; goes on waiting for a place", *_waiting(past))
    if Event.JOB_START not in before:
        return Told(f"The service begins; searches for a job, {has}", *_search(past))
    why = [f"Supported until {past.case.on(now.due[Event.SUPPORT_ENDED])}, or the end of the job."]
    return Told(f"The service begins; is in work, {has}", why, _ending(past))


# A search


_SEARCH_BEGINS = (Event.ENGAGEMENT, Event.JOB_END, Event.CARRIED_OVER)
"""What a search begins with; that of people carried over is counted from the first day."""


def _engagement(past: Past) -> Told:
    delay = past.case.values.search_delay
    why, luck = _search(past)
    if delay > 0.0:
        why = [f"No job can be found for the first {a_number(whole_days(delay), 'day')} of the search.", *why]
    return Told("Engages, and searches for a job", why, luck)


def _search(past: Past) -> tuple[list[str], list[Drawn]]:
    block = past.block(Decision.SEARCH)
    if block is None:
        return [], []
    why = [f"The search ends {past.due(Event.SEARCH_ENDED)} at the latest."] if past.case.plan.searches_end else []
    disengages = past.due(Event.DISENGAGED)
    return why, [
        drawn(block, 0, "job", f"a job {past.due(Event.JOB_START)}"),
        drawn(block, 1, "disengagement", f"disengages {disengages}, if still searching"),
    ]


def _disengaged(past: Past) -> Told:
    searched = a_number(past.days_since(*_SEARCH_BEGINS), "day")
    return Told(f"Disengages after {searched} of searching", [], [])


def _search_ended(past: Past) -> Told:
    searched = a_number(past.days_since(*_SEARCH_BEGINS), "day")
    return Told(f"No job after {searched} of searching, the longest search; the service ends", [], [])


# Work


def _job_start(past: Past) -> Told:
    now, case = past.now, past.case
    luck = [*_hours(past), *_ending(past)]
    why = [f"Supported until {case.on(now.due[Event.SUPPORT_ENDED])}, or the end of the job."]
    searched = a_number(past.days_since(*_SEARCH_BEGINS), "day")
    words = f"Starts their {ordinal(now.spells)} job, {now.hours:g} hours a week, after {searched} of searching"
    return Told(words, why, luck)


def _hours(past: Past) -> list[Drawn]:
    """Return the luck of the hours of a job."""
    spell, entry = past.block(Decision.SPELL), past.block(Decision.ENTRY)
    if spell is None or entry is None:
        return []
    upper = "16 hours or more" if past.now.hours >= 16 else "under 16 hours"
    share = past.case.values.hours_16_plus_share
    return [
        drawn(entry, 3, "hours band", f"{upper}: the share with 16 or more is {share:.4f}"),
        drawn(spell, 1, "hours", f"{past.now.hours:g} hours a week"),
    ]


def _ending(past: Past) -> list[Drawn]:
    """Return the luck of the end of a job and, in the first, of the loss of contact."""
    spell = past.block(Decision.SPELL)
    if spell is None:
        return []
    ends = [drawn(spell, 0, "loss of the job", f"loses it {past.due(Event.JOB_END)}")]
    if past.now.spells == 1:
        ends.append(drawn(spell, 2, "loss of contact", f"out of touch {past.due(Event.CONTACT_LOST)}"))
    return ends


def _job_end(past: Past) -> Told:
    lasted = a_number(past.days_since(Event.JOB_START), "day")
    again = past.block(Decision.SEARCH) is not None
    then = "searches again, with support" if again else "no further search: the service had ended before"
    return Told(f"The {ordinal(past.now.spells)} job ends after {lasted}; {then}", *_search(past))


def _weight_changed(past: Past) -> Told:
    week = past.days_since(Event.JOB_START) // 7
    return Told(f"In week {week} of the job, takes up {past.now.weight / 1000:g} of a place from now on", [], [])


def _support_ended(past: Past) -> Told:
    supported = a_number(past.days_since(Event.JOB_START), "day")
    return Told(f"Support ends after {supported} in work, and the service with it; the job goes on", [], [])


# Contact, and specialists who leave


def _contact_lost(past: Past) -> Told:
    kept = past.now.due.get(Event.CONTACT_GRACE_OVER, NEVER)
    why = [f"The place is kept until {past.case.on(kept)}."] if kept < NEVER else []
    return Told("Is out of touch from today, for good", why, [])


def _grace_over(past: Past) -> Told:
    missed = a_number(past.days_since(Event.CONTACT_LOST), "day")
    return Told(f"The service ends after {missed} out of touch", [], [])


def _unallocated(past: Past) -> Told:
    disengages = past.now.due.get(Event.DISENGAGED, NEVER)
    factor = past.case.values.unallocated_disengagement_factor
    why = (
        [f"Disengagement is {factor:g} times as likely meanwhile: now {past.on_day(disengages)}."]
        if disengages < NEVER
        else []
    )
    if past.post_closes:
        return Told(f"Post {past.now.post} closes; nobody has the person now", why, [])
    return Told(f"The specialist in post {past.now.post} leaves; nobody has the person now", why, [_tenure(past)])


def _reallocation(past: Past) -> Told:
    without = a_number(past.days_since(Event.UNALLOCATED), "day")
    disengages = past.now.due.get(Event.DISENGAGED, NEVER)
    why = [f"Disengagement is as likely as before: now {past.on_day(disengages)}."] if disengages < NEVER else []
    return Told(f"Taken over by the specialist in post {past.now.new_post} after {without}", why, [])


_WORDS: dict[Event, Callable[[Past], Told]] = {
    Event.CARRIED_OVER: _carried_over,
    Event.REFERRAL: _referral,
    Event.LAPSED: _lapsed,
    Event.ALLOCATION: _allocation,
    Event.REALLOCATION: _reallocation,
    Event.UNALLOCATED: _unallocated,
    Event.NOT_ENGAGED: _not_engaged,
    Event.ENGAGEMENT: _engagement,
    Event.DISENGAGED: _disengaged,
    Event.SEARCH_ENDED: _search_ended,
    Event.JOB_START: _job_start,
    Event.JOB_END: _job_end,
    Event.WEIGHT_CHANGED: _weight_changed,
    Event.SUPPORT_ENDED: _support_ended,
    Event.CONTACT_LOST: _contact_lost,
    Event.CONTACT_GRACE_OVER: _grace_over,
}
_WORDS_BEFORE = {
    Event.REFERRAL: _referral_before,
    Event.ENGAGEMENT: _engagement_before,
    Event.JOB_START: _job_start_before,
}
