"""What a case asks of the service: conversions, throughput, places; and what becomes of its people with the room there is."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.dates import DAYS_PER_MONTH
from simulator.estimates import Estimate
from simulator.measures.of_deal import key, measures_of, named
from simulator.monte_carlo import estimate_of
from simulator.records import Returns
from simulator.scenario.deal import Deal
from simulator.scenario.model import Scenario
from simulator.studies.case_limits import inflow, places_used
from simulator.studies.experiment import Experiment
from simulator.studies.levers import at
from simulator.studies.plan import entered, mean_posts, stage_before

MONTHS_OF_A_QUARTER = 3
SEEN = ("caseload.utilisation", "caseload.wait_days", "caseload.people_waiting", "caseload.lapsed")


@dataclass(frozen=True)
class Implied:
    """What a case asks of the service."""

    case: str
    conversions: Mapping[str, float | None]
    """Outcomes for each one of the stage before, by name; None where there is no such stage, or nobody in it."""
    throughput: Mapping[str, float | None]
    """Outcomes per specialist and quarter, by name."""
    months_at_limit: float | None
    """Months that a place may be held for each who engages, all posts filled and at their limit throughout."""
    months_there_are: float | None
    """The same with the places that there are, vacancies and specialists who are new counted."""
    months_needed: float | None
    """Months that a place is held for each who engages in the scenario, those among it who do not engage."""

    @property
    def fits(self) -> bool | None:
        """Return whether there is room: a place may be held for as long as it is; None where it cannot be said."""
        if self.months_there_are is None or self.months_needed is None:
            return None
        return self.months_there_are >= self.months_needed * (1 - 1e-6)


@dataclass(frozen=True)
class Through:
    """What becomes of a case's people with the room that there is: inflow alone is scaled."""

    case: str
    factor: float
    """On the inflow."""
    seen: Mapping[str, Estimate]
    """Utilisation, days of waiting, people waiting, people whose wait lapsed, by measure."""
    outcomes: Mapping[str, tuple[float, Estimate]]
    """What the case has of each outcome, and what comes of its inflow, by name."""


def implied(case: str, deal: Deal, ends: Mapping[str, float], factor: float | None, base: Returns) -> Implied:
    """Return what a case asks of the service.

    Args:
        case: its name.
        deal: the deal.
        ends: its counts for the whole term, by measure.
        factor: on the reference path, of which as many places are used for each; None for a case that is none of its multiples.
        base: the scenario as it stands: places, and for how long they are held.
    """
    days = (deal.term.term_end - deal.term.service_start).days
    months, posts = days / DAYS_PER_MONTH, mean_posts(deal)
    quarters = months / MONTHS_OF_A_QUARTER
    engage_now = entered(deal, {group: float(base.values[key("outcomes.{}", group)].mean()) for group in deal.groups})
    engaged = entered(deal, ends) if factor is None else factor * engage_now
    places, used = float(base.values["caseload.capacity_slots"].mean()), float(places_used(base).mean())
    return Implied(
        case,
        {group: _ratio(ends[group], ends.get(stage_before(deal, group) or "", 0.0)) for group in deal.groups},
        {group: _ratio(ends[group], posts * quarters) for group in deal.groups},
        _ratio(posts * deal.staffing.caseload_limit * months, engaged),
        _ratio(places * months, engaged),
        _ratio(used * months, engage_now),
    )


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def through(
    experiment: Experiment,
    scenario: Scenario,
    base: Returns,
    cases: Mapping[str, tuple[float | None, Mapping[str, float]]],
) -> list[Through]:
    """Return what becomes of cases' people with the room that there is.

    The inflow is scaled by the case's factor; of a case that is none of the reference path, by its engagements over the
    reference path's.

    Args:
        experiment: runs versions of the scenario; what it has run before is reused.
        scenario: the scenario.
        base: its returns as it stands.
        cases: factor, and counts for the whole term by measure, of each case by name.
    """
    deal, lever = scenario.deal, inflow(scenario)
    measures = measures_of(deal)
    now = entered(deal, {group: float(base.values[key("outcomes.{}", group)].mean()) for group in deal.groups})
    factors = {
        name: factor if factor is not None else _ratio(entered(deal, ends), now)
        for name, (factor, ends) in cases.items()
    }
    known = {name: factor for name, factor in factors.items() if factor is not None and factor > 0}
    seen = experiment.returns([at(scenario, (lever, factor)) for factor in known.values()])
    return [
        Through(
            name,
            factor,
            {measure: estimate_of(returns, named(measure)) for measure in SEEN},
            {
                group: (cases[name][1][group], estimate_of(returns, measures[key("outcomes.{}", group)]))
                for group in deal.groups
            },
        )
        for (name, factor), returns in zip(known.items(), seen, strict=True)
    ]
