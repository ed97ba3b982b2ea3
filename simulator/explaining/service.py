"""Whom the service is for, how many, and who delivers it."""

from collections.abc import Iterator

from simulator.explaining.said import NOT_IN_FILE, Said
from simulator.scenario.deal import Deal
from simulator.scenario.staffing import Posts, Staffing
from simulator.words import a_number, listed, name_within, say_date


def served(deal: Deal) -> Iterator[Said]:
    """Yield who is served and how many are planned for."""
    yield Said("cohort", f"The service is for people with {deal.cohort}.")
    yield Said("referral_target", f"{deal.referral_target:,} people are to be referred in the high case.")
    carried = deal.carried_over_outcomes
    if carried:
        names = listed([name_within(name) for name in carried])
        yield Said(
            "carried_over_outcomes",
            f"For people who were referred before the first day, these outcomes are paid all the same: {names}.",
        )
    else:
        yield Said(
            "carried_over_outcomes", "Nothing is paid for people who were referred before the first day.", NOT_IN_FILE
        )


def staff(deal: Deal) -> Iterator[Said]:
    """Yield posts, caseloads and how long a person takes a place."""
    staffing = deal.staffing
    posts = listed([_posts(part) for part in staffing.specialists]) or "no specialist posts"
    yield Said("staffing.specialists", f"There are {posts}.")
    yield Said(
        "staffing.caseload_limit",
        f"Each specialist can hold {_slots(staffing.caseload_limit)} at a time; nobody takes more than one.",
    )
    yield Said("staffing.ramp", _ramp(staffing))
    if staffing.already_running:
        words = "The service already runs: specialists in posts that are open on the first day hold a full caseload from then."
        yield Said("staffing.already_running", words)
    else:
        yield Said("staffing.already_running", "All specialists are new when their posts open.", NOT_IN_FILE)
    yield Said("staffing.slot_weights", _weights(staffing))
    yield Said(
        "staffing.in_work_support_weeks",
        f"A person is supported for {a_number(staffing.in_work_support_weeks, 'week')} from each job start.",
    )
    yield Said(
        "staffing.contact_grace_days",
        f"A place is kept for {a_number(staffing.contact_grace_days, 'day')} after contact is lost.",
    )


def _posts(part: Posts) -> str:
    until = f" until {say_date(part.end)}" if part.end else ""
    return f"{a_number(part.posts, 'specialist post')} from {say_date(part.start)}{until}"


def _slots(limit: float) -> str:
    return f"{limit:g} place" if limit == 1 else f"{limit:g} places"


def _ramp(staffing: Staffing) -> str:
    shares = [f"{share:.0%}" for share in staffing.ramp]
    if shares == ["100%"]:
        return "A new specialist holds a full caseload from the first day."
    return f"A new specialist holds {listed(shares)} of that in months 1 to {len(shares)}, the last from then on."


def _weights(staffing: Staffing) -> str:
    weights = staffing.slot_weights
    steps = [f"{step.weight:g} from week {step.from_week} of a job" for step in weights.in_work]
    before = [f"{weights.engaging:g} until engaged", f"{weights.searching:g} while searching for a job"]
    return f"Of one place a person takes {listed([*before, *steps])}."
