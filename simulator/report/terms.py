"""The tables of what was put in: deal terms, assumptions, windows, overlays; each with its source and its grade."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.composer import Run
from simulator.report.answer import milestone_in_words
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.deal import Citation, Deal, Provider
from simulator.scenario.distributions import Belief
from simulator.scenario.staffing import Posts, Staffing
from simulator.words import a_number, listed, name_in_words, name_within, say_date, say_pence

_SHAPES = {
    "fixed": "one value",
    "beta": "mean, and 5th to 95th percentile",
    "lognormal": "median, and 5th to 95th percentile",
    "uniform": "lowest to highest, all equally likely",
    "triangular": "likeliest, and lowest to highest",
}
_PLAIN = {"cv": "variation", "sigma": "spread", "p95": "95th percentile"}
"""Words for parts of names that are terms of statistics."""
_POLICY = {
    "partial": "the claim that crosses the cap is paid in part",
    "whole": "the claim that crosses the cap is not paid at all",
}
_TIMING = {
    "quarterly_in_advance": "in even instalments on the first day of each quarter",
    "quarterly_in_arrears": "in even instalments on the last day of each quarter",
    "at_settlement": "at settlement, after the return of capital",
}
_SHORTFALL = {
    "defer": "those owed wait until money comes in",
    "terminate": "the contract ends on that day",
}
_LAGS = {
    "A": "the months of the price list run from the person's referral; nothing is paid before the outcome is evidenced",
    "B": "the months of the price list run from the achievement",
    "C": "outcomes can be claimed as soon as they are evidenced",
}


@dataclass(frozen=True)
class Line:
    """One row of a table of terms or assumptions."""

    name: str
    value: str
    unit: str
    explained: str
    quality: str
    source: str


def term_lines(deal: Deal) -> list[Line]:
    """Return the terms of a deal in words."""
    lines = []
    for path, name, value in _terms(deal):
        cited = citation(deal, path)
        source = f"{cited.source}. {cited.note}".rstrip(". ") if cited else "no source is given"
        lines.append(Line(name, value, "", "", cited.quality if cited else "E", source))
    return lines


def citation(deal: Deal, path: str) -> Citation | None:
    """Return the citation that holds for a term: that of the longest name the term begins with."""
    covering = [name for name in deal.sources if path == name or path.startswith((f"{name}.", f"{name}["))]
    return deal.sources[max(covering, key=len)] if covering else None


def _terms(deal: Deal) -> Iterator[tuple[str, str, str]]:
    """Yield path, name and value of each term."""
    term = deal.term
    yield "term.service_start", "First day of service", say_date(term.service_start)
    yield "term.term_end", "First day after the service", say_date(term.term_end)
    tail = f"{a_number(term.claims_tail_months, 'month')} after the service, for outcomes achieved within it"
    yield "term.claims_tail_months", "Claims tail", tail
    yield from _delivery(deal.staffing)
    yield "referral_target", "Target for referrals, high case", f"{deal.referral_target:,}"
    yield "lags", "When outcomes become payable", _LAGS[deal.lags.preset]
    yield from _prices(deal)
    window = f"{a_number(deal.evidence_window_days, 'day')} after the outcome, where contact has been lost"
    yield "evidence_window_days", "Time to find other evidence", window
    yield (
        "audit",
        "Check before payment",
        f"a sample of {deal.audit.fraction:.0%} of each quarter's claims, no extrapolation",
    )
    yield from _payment(deal)
    yield from _capital(deal)


def _delivery(staffing: Staffing) -> Iterator[tuple[str, str, str]]:
    posts = listed([_posts(part) for part in staffing.specialists]) or "none"
    yield "staffing.specialists", "Specialists", posts
    limit = f"{a_number_of_slots(staffing.caseload_limit)} for each specialist; a person takes up to one slot"
    yield "staffing.caseload_limit", "Caseload limit", limit
    ramp = ", ".join(f"{share:.0%}" for share in staffing.ramp)
    yield (
        "staffing.ramp",
        "New specialist's caseload, by month in post",
        f"{ramp} of the limit; the last holds from then on",
    )
    weights = staffing.slot_weights
    steps = [f"{step.weight:g} from week {step.from_week} of a job" for step in weights.in_work]
    slots = f"{weights.engaging:g} until engaged, {weights.searching:g} while searching, {', '.join(steps)}"
    yield "staffing.slot_weights", "Slots that one person takes", slots
    yield "staffing.in_work_support_weeks", "Support in work", a_number(staffing.in_work_support_weeks, "week")
    grace = a_number(staffing.contact_grace_days, "day")
    yield "staffing.contact_grace_days", "Slot kept after contact is lost", grace


def _prices(deal: Deal) -> Iterator[tuple[str, str, str]]:
    """Yield prices and targets, and what makes an outcome where that has a source of its own."""
    for i, outcome in enumerate(deal.rate_card):
        name, path = name_within(outcome.outcome), f"rate_card[{i}]"
        yield (
            f"{path}.price",
            f"Price of one {name}",
            f"{say_pence(outcome.price)}; high-case target {outcome.target:,}",
        )
        if citation(deal, f"{path}.milestone") != citation(deal, f"{path}.price"):
            yield f"{path}.milestone", f"What makes a {name}", milestone_in_words(outcome.milestone)


def _posts(part: Posts) -> str:
    until = f" to {say_date(part.end)}" if part.end else ""
    return f"{part.posts} from {say_date(part.start)}{until}"


def a_number_of_slots(limit: float) -> str:
    """Return a caseload limit in words."""
    return f"{limit:g} slot" if limit == 1 else f"{limit:g} slots"


def _payment(deal: Deal) -> Iterator[tuple[str, str, str]]:
    cap = f"{say_pence(deal.total_cap.pounds)}; {_POLICY[deal.total_cap.policy]}"
    yield "total_cap", "Cap on all outcome payments", cap
    titles = {funder.name: funder.title for funder in deal.funders}
    for i, funder in enumerate(deal.funders):
        before = titles.get(funder.pays_after)
        after = f"{before} has paid" if before else "the commissioner's confirmation"
        value = (
            f"{funder.weight}% of each payment, at most {say_pence(funder.cap)}; pays {funder.days} days after {after}"
        )
        yield f"funders[{i}]", f"Funder: {funder.title}", value
    yield from _provider(deal.provider)
    for i, cost in enumerate(deal.costs):
        yield f"costs[{i}]", f"Cost: {cost.title}", f"{say_pence(cost.total)}, {_TIMING[cost.timing]}"


def _provider(provider: Provider) -> Iterator[tuple[str, str, str]]:
    yield (
        "provider.contract_value",
        f"Provider: {provider.title}",
        f"{say_pence(provider.contract_value)} in all, as expected",
    )
    yield "provider.block_share", "Provider's fixed part", f"{provider.block_share:.0%}, each quarter in advance"
    if provider.outcome_share:
        days = a_number(provider.pays_after_invoice_days, "day")
        yield (
            "provider.outcome_share",
            "Provider's outcome part",
            f"{provider.outcome_share:.0%}, {days} after each invoice",
        )
        full = f"{say_pence(provider.expected_outcome_payments)}; more or less in proportion"
        yield "provider.expected_outcome_payments", "Outcome payments that earn that part in full", full


def _capital(deal: Deal) -> Iterator[tuple[str, str, str]]:
    agreed, path = deal.investment, "investment"
    yield f"{path}.commitment", f"Capital: {agreed.title}", f"up to {say_pence(agreed.commitment)}"
    hand = f", and leaves {say_pence(agreed.min_cash)} in hand" if agreed.min_cash else ""
    yield f"{path}.draw", "When capital is paid in", f"on the day that cash falls short of costs due{hand}"
    yield f"{path}.recycling", "Outcome payments received", "pay costs before anything goes to the investor"
    yield f"{path}.shortfall", "When costs cannot be paid", _SHORTFALL[agreed.shortfall]
    yield f"{path}.settlement_date", "Settlement", f"{say_date(agreed.settlement_date)}; later receipts as they come"
    cap = (
        f"{say_pence(agreed.return_cap.pounds)} of profit, and {agreed.return_cap.multiple:g} times the capital in all"
    )
    yield f"{path}.return_cap", "Most that the investor may get", f"{cap}, whichever comes first"
    yield f"{path}.residual", "What is left", "to the commissioners, in proportion to what each has paid"


def assumption_lines(assumptions: Assumptions) -> list[Line]:
    """Return the assumptions in words, in the order of the model."""
    lines = []
    for name, field in Assumptions.model_fields.items():
        belief, meaning = getattr(assumptions, name), field.description or ""
        if isinstance(belief, Belief):
            lines.append(_assumption(name, belief, meaning))
        elif belief == "none":
            lines.append(Line(name_in_words(name), "no limit", "", meaning, "", ""))
    return lines


def _assumption(name: str, belief: Belief, meaning: str) -> Line:
    value = str(belief.words()) if hasattr(belief, "words") else ""
    shape = _SHAPES[str(getattr(belief, "distribution", "fixed"))]
    kind = "" if shape == _SHAPES["fixed"] else f" Written as {shape}."
    title = name_in_words("_".join(_PLAIN.get(word, word) for word in name.split("_")))
    return Line(title, value, belief.unit, meaning.replace("`", "") + kind, belief.quality, belief.source)


def rule_lines(assumptions: Assumptions) -> list[Line]:
    """Return the choices of shape, and the windows in which a rate is changed."""
    rules = assumptions.rules
    waits = "at random, with the mean given" if rules.patience == "exponential" else "all after exactly the time given"
    calendar = {"calendar": "January", "uk_fy": "April", "contract": "the first day of service"}
    profile = rules.referral_profile
    weights = ", ".join(f"{weight:g}" for weight in profile.weights)
    chosen = "a choice of the scenario"
    quarters = f"{weights}, counted from {calendar[profile.calendar]}"
    lines = [
        Line("How waiting people give up", waits, "", "", "", chosen),
        Line("Referrals by quarter of the year", quarters, "", "", "", chosen),
    ]
    for window in assumptions.windows:
        name = f"{name_in_words(window.rate)}, {say_date(window.start)} to {say_date(window.end)}"
        meaning = "A factor on this rate from the first date, until the second begins."
        lines.append(Line(name, f"multiplied by {window.multiply:g}", "", meaning, window.quality, window.source))
    return lines


def grade_counts(run: Run) -> list[tuple[str, int]]:
    """Return how many assumptions have each grade, by grade."""
    return sorted(Counter(belief.quality for belief in run.scenario.assumptions.beliefs().values()).items())


def weak_assumptions(run: Run) -> str:
    """Return the names of the assumptions that nobody's evidence supports, as a list in a sentence."""
    beliefs = run.scenario.assumptions.beliefs()
    return listed([name_within(name) for name, belief in beliefs.items() if belief.quality == "E"])
