"""Whether the caseload can hold the people that the targets ask for: Little's law."""

from dataclasses import dataclass

from simulator.dates import DAYS_PER_MONTH
from simulator.scenario.deal import Deal
from simulator.studies.plan import entered, mean_posts, targets

GUIDANCE = (20, 25)
"""People per specialist in guidance for mental illness."""
BENCHMARK = 10
"""New clients per specialist and quarter that IPS Grow holds out."""


@dataclass(frozen=True)
class Feasibility:
    """How long a place may be held if the target for engagement is to be met."""

    specialists: float
    """Posts on an average day of the term."""
    caseload_limit: float
    engagements_per_specialist_quarter: float
    to_benchmark: float
    """The same by the benchmark."""
    months_at_limit: float
    """Mean months that a place may be held, at the deal's own limit."""
    months_at_guidance: tuple[float, ...]
    """The same at 20 and at 25 people per specialist."""


def feasibility(deal: Deal) -> Feasibility | None:
    """Return a deal's caseload check; None where nothing follows referral, or nobody is to engage."""
    engaged = entered(deal, targets(deal))
    term = deal.term
    days = (term.term_end - term.service_start).days
    posts = mean_posts(deal)
    if engaged == 0 or posts == 0:
        return None
    per_month = engaged / (days / DAYS_PER_MONTH)
    pace = per_month * 3 / posts
    held = posts / per_month
    return Feasibility(
        specialists=posts,
        caseload_limit=deal.staffing.caseload_limit,
        engagements_per_specialist_quarter=pace,
        to_benchmark=pace / BENCHMARK,
        months_at_limit=held * deal.staffing.caseload_limit,
        months_at_guidance=tuple(held * limit for limit in GUIDANCE),
    )
