"""Which kind of deal must meet which condition: the one in which it comes up most often, so that it comes up in any version."""

MET: dict[str, frozenset[str]] = {
    "years": frozenset({
        "SPECIALIST_LEFT", "SPECIALIST_STARTED", "a batch of one", "a late first replication",
        "contact lost after the service", "nobody is referred", "posts that close within the term",
        "referred, engaged and at work on one day", "somebody carried over who waits in vain",
    }),
    "eight years": frozenset({
        "DISENGAGED", "DISENGAGED and ALLOCATION on a day", "ENGAGEMENT", "LAPSED", "REFERRAL",
        "REFERRAL and ALLOCATION on a day", "SEARCH_ENDED", "a pool that fills again", "a search limit",
        "a term of eight years", "a window with more job", "a window without referral", "early job loss x 0",
        "exponential patience", "no post",
    }),
    "days": frozenset({
        "ALLOCATION and LAPSED on a day", "a ramp of one step", "a replication without a row",
        "a search that never begins", "a term of one day", "posts that close before the term",
    }),
    "all at once": frozenset({
        "a pool that is emptied", "a term of months", "a window with more engagement", "a window with uncertain job",
        "a window without job", "one post", "posts that open within the term", "vacancies of a day",
    }),
    "crowds": frozenset({
        "NOT_ENGAGED", "REALLOCATION", "REALLOCATION and ALLOCATION on a day",
        "SPECIALIST_LEFT and ALLOCATION on a day", "SPECIALIST_RAMPED and ALLOCATION on a day",
        "SPECIALIST_STARTED and ALLOCATION on a day", "TERM_END", "UNALLOCATED",
        "WEIGHT_CHANGED and ALLOCATION on a day", "a day of eight kinds of event", "a ramp of referrals",
        "a search that begins later", "a third job", "a window with more disengagement",
        "a window with more job_loss", "a window with more referral", "a window with uncertain job_loss",
        "a window with uncertain reemployment", "a window with uncertain referral", "more lapse than are allocated",
        "more people than room", "more people than room again", "no turnover", "posts that close before its last day",
        "posts that open after it", "posts that open before the term", "two of one kind on a day",
    }),
    "tapers": frozenset({
        "ALLOCATION", "CARRIED_OVER", "CONTACT_GRACE_OVER", "JOB_END", "JOB_START",
        "JOB_START and ALLOCATION on a day", "SPECIALIST_RAMPED", "SUPPORT_ENDED", "WEIGHT_CHANGED", "a day of grace",
        "a first job of somebody carried over", "a job that outlasts the service", "a pool that is never emptied",
        "a ramp of several steps", "a rising weight", "a service that already runs", "a weight step as support ends",
        "a window with more reemployment", "a window with uncertain disengagement", "a window without disengagement",
        "a window without job_loss", "early job loss x 4", "leaving x 0 without a specialist", "no search limit",
        "people carried over beyond all slots", "posts that close after its first day",
        "posts that close with the term", "posts that open on its last day", "several steps of weight",
        "somebody carried over in work who works again", "somebody carried over who gets a slot",
        "weight zero in work",
    }),
    "growth": frozenset({
        "CONTACT_LOST", "JOB_END and JOB_START on a day", "SPECIALIST_LEFT and SPECIALIST_STARTED on a day",
        "a batch of several", "a specialist lost twice", "a window with uncertain engagement",
        "a window without engagement", "a window without reemployment", "early job loss x 0.5",
        "engaging while nobody has them", "fixed patience", "huge turnover", "leaving while nobody has them",
        "leaving x 1 without a specialist", "more rows than room in a later replication",
        "no leaving, whatever the factor", "no support in work", "people carried over and no specialist to have them",
        "quarters that differ", "three events of one person on a day", "work found while nobody has them",
    }),
    "posts": frozenset({
        "a day of twenty events", "a huge seed", "a pool of nobody", "a term of days", "hundreds of posts",
        "leaving x 8 without a specialist", "more calendar entries than room", "more posts than entries",
        "more rows than room", "the specialist of somebody carried over leaves",
    }),
}  # fmt: skip
"""Conditions by the kind of deal. A new condition is named here too."""
