"""Rules on the people: where they come from, and what is believed of them together (docs/model.md §15.4)."""

import math
from collections.abc import Iterator

from simulator.errors import nearest
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.correlations import contradictory
from simulator.scenario.description import Description
from simulator.scenario.distributions import Lognormal, median
from simulator.scenario.findings import Finding, warn
from simulator.words import listed

POOL = ("pool_size", "pool_referral_rate", "pool_entrants")


def pathway_findings(description: Description) -> Iterator[Finding]:
    """Yield everything that is wrong or odd about a description's people."""
    for rule in _RULES:
        yield from rule(description)


def _one_inflow(description: Description) -> Iterator[Finding]:
    """People are referred by an open inflow or from a closed pool, and not by both or neither."""
    beliefs = description.assumptions.beliefs()
    given = [name for name in POOL if name in beliefs]
    missing = [name for name in POOL if name not in beliefs]
    if "referrals_over_term" in beliefs and given:
        message = f"an open inflow beside a closed pool: write `none` here, or for {listed(given)}"
        yield Finding(("assumptions", "referrals_over_term"), message, "INFLOW")
    if "referrals_over_term" not in beliefs and missing:
        message = (
            f"nobody says how people come: a closed pool needs {listed(missing)} too"
            if given
            else f"nobody says how people come: give referrals_over_term, or {listed(missing)}"
        )
        yield Finding(("assumptions", missing[0] if given else "referrals_over_term"), message, "INFLOW")


def _pool_too_small(description: Description) -> Iterator[Finding]:
    """A pool, at its median, has as many people as are to be referred."""
    belief, target = description.assumptions.pool_size, description.deal.referral_target
    size = math.inf if belief == "none" else median(belief)
    if size < target:
        message = f"a pool of {size:g} people cannot give the {target} referrals of the target"
        yield Finding(("assumptions", "pool_size"), message, "POOL_TOO_SMALL")


def _fitted_elsewhere(description: Description) -> Iterator[Finding]:
    """A calibrated set holds for the deal and the service that it was fitted to."""
    fitted, deal = description.assumptions.fitted_to, description.deal
    if fitted is None:
        return
    if fitted.deal != deal.name:
        message = f'fitted to the results of "{fitted.deal}", and used for "{deal.name}"'
        yield warn(("assumptions", "fitted_to", "deal"), message, "FITTED_ELSEWHERE")
    elif fitted.service_start != deal.term.service_start:
        message = f"fitted to a service from {fitted.service_start} on; this one starts on {deal.term.service_start}"
        yield warn(("assumptions", "fitted_to", "service_start"), message, "WINDOW_MISMATCH")
    if not deal.term.service_start <= fitted.as_of < deal.term.term_end:
        message = f"fitted to results up to {fitted.as_of}, which is no day of the term"
        yield warn(("assumptions", "fitted_to", "as_of"), message, "WINDOW_MISMATCH")


def _correlations(description: Description) -> Iterator[Finding]:
    """Correlations are of two different numbers, each pair once, and can all hold together."""
    names, beliefs, seen = description.assumptions.names(), description.assumptions.beliefs(), set[frozenset[str]]()
    wrong = False
    for position, each in enumerate(description.assumptions.correlations):
        for found in _pair(position, each.between, names, seen):
            wrong = True
            yield found
        seen.add(frozenset(each.between))
        still = [name for name in each.between if name in names and getattr(beliefs.get(name), "is_fixed", True)]
        if still:
            message = (
                f"{listed(list(dict.fromkeys(still)))} has one value only, so that this correlation changes nothing"
            )
            yield warn(("assumptions", "correlations", position), message, "CORRELATION_NO_EFFECT")
    if not wrong and contradictory(description.assumptions):
        message = "no numbers can have all these correlations at once; pairs that are not listed have none"
        yield Finding(("assumptions", "correlations"), message, "CORRELATIONS")


def _pair(
    position: int, between: tuple[str, ...], names: tuple[str, ...], seen: set[frozenset[str]]
) -> Iterator[Finding]:
    """Yield what is wrong with the names of one correlation."""
    key = ("assumptions", "correlations", position, "between")
    for place, name in enumerate(between):
        if name not in names:
            yield Finding((*key, place), f'no number "{name}"{nearest(name, names)}', "UNKNOWN_PARAMETER")
    if between[0] == between[1]:
        yield Finding(key, f"{between[0]} cannot be correlated with itself", "CORRELATIONS")
    elif frozenset(between) in seen:
        yield Finding(key, f"the pair {listed(list(between))} is given twice", "CORRELATIONS")


def _factors(description: Description) -> Iterator[Finding]:
    """Windows name factors that there are, and every factor has a name of its own and a window."""
    factors, key = description.assumptions.factors, ("assumptions", "windows")
    used = [window.multiply for window in description.assumptions.windows]
    for position, name in enumerate(used):
        if isinstance(name, str) and name not in factors:
            message = f'no factor "{name}"{nearest(name, factors)}'
            yield Finding((*key, position, "multiply"), message, "UNKNOWN_FACTOR")
    yield from _powers(description.assumptions)
    for name in factors:
        where = ("assumptions", "factors", name)
        if name in _TAKEN:
            yield Finding(where, f'the name "{name}" has a meaning of its own', "DUPLICATE_NAME")
        if name not in used:
            yield warn(where, f'no window uses the factor "{name}"', "FACTOR_UNUSED")


def _powers(assumptions: Assumptions) -> Iterator[Finding]:
    """Yield windows that take a factor which may be 0 to a power below 0."""
    for position, window in enumerate(assumptions.windows):
        belief = assumptions.factors.get(window.multiply) if isinstance(window.multiply, str) else None
        if belief is not None and window.power < 0 and belief.support()[0] == 0 and not isinstance(belief, Lognormal):
            message = f'the factor "{window.multiply}" may be 0, and 0 to the power {window.power:g} is no number'
            yield Finding(("assumptions", "windows", position, "power"), message, "POWER")


_TIMES = {
    "job_loss_early_period": ("job_loss_early_factor",),
    "carried_over_period": ("carried_over_waiting", "carried_over_searching", "carried_over_in_work"),
}
"""Times that mean something once other numbers do, by name: the numbers."""


def _time_missing(description: Description) -> Iterator[Finding]:
    """A time is left out only where what it is the time of is off."""
    assumptions = description.assumptions
    for time, others in _TIMES.items():
        on = [name for name in others if not assumptions.is_off(name)]
        if on and getattr(assumptions, time) is None:
            yield Finding(("assumptions", time), f"is missing: {listed(on)} {_NEED[len(on) > 1]} it", "MISSING_FIELD")


_NEED = ("needs", "need")
_TAKEN = (*Assumptions.model_fields, "replication")
"""Names that stand for something else in a scenario or in a table of draws."""
_RULES = (_one_inflow, _time_missing, _pool_too_small, _correlations, _factors, _fitted_elsewhere)
