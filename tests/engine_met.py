"""Which kind of deal must meet which condition: the one in which it comes up most often, so that it comes up in any version."""

MET: dict[str, frozenset[str]] = {
    "years": frozenset({
        "a window with uncertain job_loss", "people carried over beyond all slots",
    }),
    "eight years": frozenset({
        "REFERRAL and ALLOCATION on a day", "SEARCH_ENDED", "a batch of one", "a pool that fills again",
        "a search limit", "a search that never begins", "a term of eight years", "a window with more job",
        "a window with more job_loss", "a window with more referral", "a window without referral",
        "early job loss x 0", "leaving x 8 without a specialist", "posts that close before the term",
    }),
    "days": frozenset({
        "a ramp of one step", "a service that already runs", "a term of one day", "a window without job",
        "a window without reemployment", "nobody is referred", "posts that close after its first day",
        "posts that close with the term", "posts that open before the term",
    }),
    "all at once": frozenset({
        "NOT_ENGAGED", "a pool that is emptied", "a term of months", "leaving x 0 without a specialist", "one post",
        "vacancies of a day",
    }),
    "crowds": frozenset({
        "ALLOCATION and LAPSED on a day", "JOB_END and JOB_START on a day", "REALLOCATION and ALLOCATION on a day",
        "SPECIALIST_RAMPED", "SPECIALIST_RAMPED and ALLOCATION on a day",
        "SPECIALIST_STARTED and ALLOCATION on a day", "TERM_END", "WEIGHT_CHANGED and ALLOCATION on a day",
        "a day of eight kinds of event", "a first job of somebody carried over", "a pool that is never emptied",
        "a ramp of referrals", "a ramp of several steps", "a rising weight", "a search that begins later",
        "a third job", "a weight step as support ends", "a window with uncertain reemployment",
        "a window without job_loss", "more lapse than are allocated", "more people than room",
        "more people than room again", "no search limit", "no turnover", "posts that close before its last day",
        "somebody carried over in work who works again", "the specialist of somebody carried over leaves",
        "two of one kind on a day",
    }),
    "tapers": frozenset({
        "ALLOCATION", "CONTACT_GRACE_OVER", "ENGAGEMENT", "JOB_START and ALLOCATION on a day", "LAPSED", "REFERRAL",
        "SPECIALIST_STARTED", "WEIGHT_CHANGED", "a day of grace", "a huge seed", "a window with more reemployment",
        "a window with uncertain disengagement", "a window without disengagement", "exponential patience",
        "posts that close within the term", "posts that open within the term", "several steps of weight",
        "weight zero in work",
    }),
    "growth": frozenset({
        "CONTACT_LOST", "DISENGAGED", "JOB_END", "JOB_START", "REALLOCATION", "SPECIALIST_LEFT",
        "SPECIALIST_LEFT and ALLOCATION on a day", "SPECIALIST_LEFT and SPECIALIST_STARTED on a day", "SUPPORT_ENDED",
        "UNALLOCATED", "a batch of several", "a job that outlasts the service", "a specialist lost twice",
        "a window with more disengagement", "a window with more engagement", "a window with uncertain engagement",
        "a window with uncertain job", "a window with uncertain referral", "a window without engagement",
        "contact lost after the service", "early job loss x 0.5", "early job loss x 4",
        "engaging while nobody has them", "fixed patience", "huge turnover", "leaving while nobody has them",
        "more rows than room in a later replication", "no leaving, whatever the factor", "no post",
        "no support in work", "people carried over and no specialist to have them", "posts that open after it",
        "posts that open on its last day", "quarters that differ", "referred, engaged and at work on one day",
        "somebody carried over who waits in vain", "three events of one person on a day",
        "work found while nobody has them",
    }),
    "posts": frozenset({
        "CARRIED_OVER", "DISENGAGED and ALLOCATION on a day", "a day of twenty events", "a late first replication",
        "a pool of nobody", "a replication without a row", "a term of days", "hundreds of posts",
        "leaving x 1 without a specialist", "more calendar entries than room", "more posts than entries",
        "more rows than room", "somebody carried over who gets a slot",
    }),
}  # fmt: skip
"""Conditions by the kind of deal. A new condition is named here too."""
