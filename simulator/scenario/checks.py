"""Rules that tie the parts of a scenario together: each a small function that yields what it finds (docs/model.md §15.4)."""

import math
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from simulator.errors import nearest
from simulator.measures.of_deal import clashes
from simulator.money import pounds
from simulator.scenario.base import Record
from simulator.scenario.contract_checks import CONTRACT_RULES
from simulator.scenario.deal import Deal
from simulator.scenario.description import Description
from simulator.scenario.distributions import Fixed, median
from simulator.scenario.findings import Finding
from simulator.scenario.findings import warn as _warn
from simulator.scenario.money_checks import MONEY_RULES
from simulator.scenario.parameters import TIME_UNITS, in_days
from simulator.scenario.pathway_checks import pathway_findings
from simulator.scenario.rate_card import Reached
from simulator.scenario.worth import scale_worth
from simulator.scenario.yaml_text import Key, dotted

STRESSES = ("POOL_TOO_SMALL",)
"""What is wrong in a scenario's own files and a warning where an overlay brings it about: stresses may."""


def findings(description: Description) -> Iterator[Finding]:
    """Yield everything that is wrong or odd about a description whose fields are each right."""
    deal = description.deal
    for rule in DEAL_RULES:
        yield from rule(deal)
    yield from _percentile_below_median(description)
    yield from _degenerate(description)
    yield from _window_without_effect(description)
    yield from _peak_need(description)
    yield from pathway_findings(description)


def _names_differ(deal: Deal) -> Iterator[Finding]:
    lists: dict[str, list[str]] = {
        "rate_card": [outcome.outcome for outcome in deal.rate_card],
        "funders": [funder.name for funder in deal.funders],
        "costs": [cost.name for cost in deal.costs],
    }
    for field, names in lists.items():
        for position, name in enumerate(names):
            if name in names[:position]:
                yield Finding(("deal", field, position), f'the name "{name}" is used twice', "DUPLICATE_NAME")


_A_KIND = {
    "group": "an outcome",
    "outcome": "an outcome",
    "payer": "a payer",
    "delivering payer": "a payer",
    "cost": "a cost line",
    "tranche": "a tranche",
}


def _measures_differ(deal: Deal) -> Iterator[Finding]:
    """No name makes a measure of the key of another: one would stand for both in every result."""
    for clash in clashes(deal):
        named, other = (clash.second, clash.first) if clash.second.subject is not None else clash
        if named.subject is not None:
            message = (
                f'"{named.subject.name}" cannot be the name of {_A_KIND[named.subject.kind]}: its figures would stand under '
                f'"{named.key}", which is the key of "{other.label}"; choose another name'
            )
            yield Finding(named.subject.place, message, "NAME_CLASH")


def _weights_sum(deal: Deal) -> Iterator[Finding]:
    total = sum(funder.weight for funder in deal.funders)
    if total != 100:
        yield Finding(("deal", "funders"), f"the funders' weights add up to {total}, not 100", "WEIGHTS_SUM")


def _payment_order(deal: Deal) -> Iterator[Finding]:
    known = {"confirmation"}
    for _ in deal.funders:
        known |= {funder.name for funder in deal.funders if funder.pays_after in known}
    for position, funder in enumerate(deal.funders):
        if funder.pays_after not in known:
            hint = nearest(funder.pays_after, known)
            message = f'"{funder.pays_after}" is neither `confirmation` nor a funder that pays after it{hint}'
            yield Finding(("deal", "funders", position, "pays_after"), message, "PAYS_AFTER")


def _targets_nested(deal: Deal) -> Iterator[Finding]:
    known = {"referral": deal.referral_target} | {group: deal.group_target(group) for group in deal.groups}
    for position, outcome in enumerate(deal.rate_card):
        key: Key = ("deal", "rate_card", position)
        if outcome.follows is None:
            continue
        if outcome.follows not in known:
            yield Finding(
                (*key, "follows"), f'no outcome "{outcome.follows}"{nearest(outcome.follows, known)}', "UNKNOWN_OUTCOME"
            )
        elif known[outcome.group] > known[outcome.follows]:
            message = (
                f"{known[outcome.group]} of {outcome.group} cannot follow {known[outcome.follows]} of {outcome.follows}"
            )
            yield Finding((*key, "target"), message, "TARGETS_NOT_NESTED")


def _bands_meet(deal: Deal) -> Iterator[Finding]:
    """Lines that are counted together, by hours, meet at their edges: no hour between them is in none or in two."""
    for group in deal.groups:
        lines = [(position, outcome) for position, outcome in enumerate(deal.rate_card) if outcome.group == group]
        edges = sorted(
            (o.milestone.hours_from or 0.0, math.inf if o.milestone.hours_below is None else o.milestone.hours_below)
            for _, o in lines
        )
        if any(low[1] != high[0] for low, high in pairwise(edges)):
            message = f"the hours bands of {group} must meet: each hour in one line, the edge too"
            yield Finding(("deal", "rate_card", lines[-1][0], "milestone"), message, "BAND_EDGE_UNSPECIFIED")


def _staff(deal: Deal) -> Iterator[Finding]:
    key: Key = ("deal", "staffing", "specialists")
    if not deal.staffing.specialists and deal.referral_target:
        yield Finding(key, "no specialists, but targets above 0", "NO_STAFF")
    for position, posts in enumerate(deal.staffing.specialists):
        if posts.start >= deal.term.term_end:
            yield _warn((*key, position), f"these posts open on {posts.start}, after the term", "ES_UNUSED")
        if posts.end is not None and posts.start < posts.end <= deal.term.service_start:
            yield _warn((*key, position), f"these posts close on {posts.end}, before the service starts", "ES_UNUSED")
        if posts.end is not None and posts.end <= posts.start:
            yield Finding((*key, position), "these posts close before they open", "TERM_ORDER")


def _every_term_sourced(deal: Deal) -> Iterator[Finding]:
    terms = dict.fromkeys(type(deal).model_fields)
    for name, part in _parts(type(deal)):
        terms |= dict.fromkeys(_terms(getattr(deal, name), part))
        if name not in ("sources", "name"):
            for key in _leaves(getattr(deal, name), (part,), deal.sources):
                yield Finding(("deal", *key), "no entry of `sources` covers this term", "SOURCE_MISSING")
    for name in deal.sources:
        if name not in terms:
            message = f'no term begins with "{name}"{nearest(name, terms)}'
            yield Finding(("deal", "sources", name), message, "UNKNOWN_FIELD")


def _terms(value: object, name: str) -> list[str]:
    """Return the name of a value and those of all within it, as people write them; of what holds no single value, none."""
    if isinstance(value, Record):
        inside = [_terms(getattr(value, field), f"{name}.{part}") for field, part in _parts(type(value))]
    elif isinstance(value, tuple):
        inside = [_terms(item, f"{name}[{position}]") for position, item in enumerate(value)]
    else:
        return [] if value is None else [name]
    names = [each for names in inside for each in names]
    return [name, *names] if names else []


def _leaves(value: object, key: Key, covered: Collection[str]) -> Iterator[Key]:
    """Yield the key of every single value within a value that stands at a key, but for those within what is covered."""
    if value is None or dotted(key) in covered:
        return
    if isinstance(value, Record):
        for field, part in _parts(type(value)):
            yield from _leaves(getattr(value, field), (*key, part), covered)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _leaves(item, (*key, position), covered)
    else:
        yield key


@cache
def _parts(model: type[Record]) -> list[tuple[str, str]]:
    """Return the fields of a record, each with its name in files."""
    return [(name, field.alias or name) for name, field in model.model_fields.items()]


def _funder_caps(deal: Deal) -> Iterator[Finding]:
    gap = deal.total_cap.pence - sum(funder.cap for funder in deal.funders)
    if gap > 0:
        yield _warn(
            ("deal", "funders"),
            f"the funders' caps add up to {pounds(gap)} less than the total cap",
            "FUNDER_CAPS_BELOW_TOTAL",
        )


def high_case_value(deal: Deal) -> int:
    """Return pence: every outcome of the high case at its price."""
    return sum(outcome.high_case for outcome in deal.rate_card)


def cost_of_delivery(deal: Deal) -> int:
    """Return pence: everything that must be paid before the investor's profit, at the provider's expected pay."""
    return deal.provider.contract_value + sum(cost.total for cost in deal.costs)


def _cap_binds(deal: Deal) -> Iterator[Finding]:
    value, cap = high_case_value(deal), deal.total_cap.pence
    reached = scale_worth(deal, cap)
    if value > cap and reached is not None:
        message = (
            f"the cap of {pounds(cap)} is reached at {reached:.1%} of the high case, which is worth {pounds(value)}"
        )
        yield _warn(("deal", "total_cap"), message, "CAP_BINDS_AT")
    if value < cost_of_delivery(deal):
        message = f"the high case is worth {pounds(value)}, less than costs of {pounds(cost_of_delivery(deal))}"
        yield _warn(("deal", "rate_card"), message, "HIGH_CASE_LOSES")


def _cap_below_cost(deal: Deal) -> Iterator[Finding]:
    first = first_quarter_cost(deal)
    if deal.total_cap.pence < first:
        message = f"the cap of {pounds(deal.total_cap.pence)} is below the first quarter's costs of {pounds(first)}"
        yield _warn(("deal", "total_cap"), message, "CAP_BELOW_COST")


def first_quarter_cost(deal: Deal) -> int:
    """Return pence: what is due in the first quarter."""
    return _due_early(deal, 1, deal.term.quarters()[1])


def _due_early(deal: Deal, instalments: int, before: date) -> int:
    """Return pence: so many even quarterly instalments, the fee for arranging, and dated costs due before a day."""
    quarters = len(deal.term.quarters()) - 1
    even = sum(cost.total for cost in deal.costs if cost.timing.startswith("quarterly"))
    days = [each for cost in deal.costs if cost.timing == "dated" for each in cost.dates]
    once = sum(each.pence for each in days if each.on < before)
    fee = deal.investment.fees.arrangement if deal.investment.fees else 0
    return (
        instalments * round((deal.provider.contract_value * deal.provider.block_share + even) / quarters) + once + fee
    )


def _unpayable_tail(deal: Deal) -> Iterator[Finding]:
    if deal.lags.origin == "none":
        return
    lost = [outcome for outcome in deal.rate_card if outcome.paid_after_months > deal.term.claims_tail_months]
    if lost:
        worth = sum(outcome.high_case for outcome in lost) / max(1, high_case_value(deal))
        message = (
            f"outcomes worth {worth:.0%} of the high case have a lag longer than the claims tail: "
            "those achieved last are never paid"
        )
        yield _warn(("deal", "term", "claims_tail_months"), message, "UNPAYABLE_TAIL")


def _unfunded(deal: Deal) -> Iterator[Finding]:
    if deal.investment.commitment == 0 and first_quarter_cost(deal) > 0:
        key: Key = ("deal", "investment", "commitment")
        yield Finding(key, "no capital, but costs before the first receipt", "UNFUNDED_DAY_ONE")


def _settlement(deal: Deal) -> Iterator[Finding]:
    if deal.investment.settlement_date <= deal.term.service_start:
        message = f"settlement on {deal.investment.settlement_date} is not after the service starts"
        yield Finding(("deal", "investment", "settlement_date"), message, "TERM_ORDER")


def _sustained_in_work(deal: Deal) -> Iterator[Finding]:
    for position, outcome in enumerate(deal.rate_card):
        if isinstance(outcome.milestone, Reached) == (outcome.evidence == "contact"):
            message = "`contact` is the evidence of a sustained job and `certificate` that of an event"
            yield Finding(("deal", "rate_card", position, "evidence"), message, "EVIDENCE")


def _printed_stack(deal: Deal) -> Iterator[Finding]:
    printed = deal.printed
    if printed is None:
        return
    gap = 0 if printed.cost_stack == "none" else printed.cost_stack - deal.total_cap.pence
    if gap:
        side = "more" if gap > 0 else "less"
        message = f"the printed budget lines add up to {pounds(abs(gap))} {side} than the total cap"
        yield _warn(("deal", "printed", "cost_stack"), message, "STACK_MISMATCH")
    for position, funder in enumerate(deal.funders):
        share = printed.total_outcome_payment * funder.weight / 100
        if abs(share - funder.cap) > 100:
            due = pounds(round(share))
            message = f"{funder.weight} % of the printed total is {due}, but the cap is {pounds(funder.cap)}"
            yield _warn(("deal", "funders", position, "cap"), message, "SPLIT_MISMATCH")


def _printed_return(deal: Deal) -> Iterator[Finding]:
    printed = deal.printed
    if printed is None or printed.irr <= 0 or printed.money_multiple <= 1:
        return
    years = effective_years(printed.money_multiple, printed.irr)
    term = (deal.investment.settlement_date - deal.term.service_start).days / 365
    if years > term:
        longer = f"{years:.2f} years, longer than the {term:.2f} to settlement"
        message = f"the printed multiple and IRR fit a holding of {longer}"
        yield _warn(("deal", "printed"), message, "MM_IRR_TERM")


def _profit_out_of_reach(deal: Deal) -> Iterator[Finding]:
    """Compare what is left at the full cap, the provider's outcome part at that level included, with the return cap."""
    provider, cap = deal.provider, deal.total_cap.pence
    by_outcomes = provider.contract_value * provider.outcome_share
    at_cap = by_outcomes * cap / provider.expected_outcome_payments if provider.expected_outcome_payments else 0.0
    costs = round(provider.contract_value * provider.block_share + at_cap) + sum(cost.total for cost in deal.costs)
    left = cap - costs
    wanted = deal.investment.return_cap.pence
    if wanted != "none" and left < wanted < cap:
        message = f"at the full cap costs are {pounds(costs)}, {_what_that_leaves(left)}"
        if at_cap > by_outcomes:
            expected, pay = pounds(provider.expected_outcome_payments), pounds(round(by_outcomes))
            message += (
                f". The provider's outcome part grows with payments: {pay} at the {expected} expected, "
                f"{pounds(round(at_cap))} at the cap"
            )
        yield _warn(("deal", "investment", "return_cap", "pounds"), message, "PROFIT_OUT_OF_REACH")


def _what_that_leaves(left: int) -> str:
    """Return what the cap leaves for profit, in pence, or by how much costs exceed it."""
    if left < 0:
        return f"{pounds(-left)} more than the cap: even there nothing is left for profit and the investor loses"
    return f"which leaves {pounds(left)} for profit: less than this cap"


def effective_years(multiple: float, irr: float) -> float:
    """Return the years after which one payment with this multiple has this yearly IRR (docs/model.md §13)."""
    return math.log(multiple) / math.log1p(irr)


DEAL_RULES = (
    _names_differ, _measures_differ, _weights_sum, _payment_order, _targets_nested, _bands_meet, _staff, _every_term_sourced,
    _funder_caps, _cap_binds, _cap_below_cost, _unpayable_tail, _unfunded, _settlement, _sustained_in_work,
    _printed_stack, _printed_return, _profit_out_of_reach, *CONTRACT_RULES, *MONEY_RULES,
)  # fmt: skip


def _percentile_below_median(description: Description) -> Iterator[Finding]:
    median, upper = description.assumptions.confirmation_median, description.assumptions.confirmation_p95
    if median.is_fixed and upper.is_fixed and in_days(upper) < in_days(median):
        message = f"{in_days(upper):g} days is below the median of {in_days(median):g}"
        yield Finding(("assumptions", "confirmation_p95"), message, "DISTRIBUTION")


def _degenerate(description: Description) -> Iterator[Finding]:
    for name, belief in description.assumptions.beliefs().items():
        if isinstance(belief, Fixed) and belief.unit == "probability" and belief.value in (0.0, 1.0):
            message = f"a chance of exactly {belief.value:g} leaves nothing to chance"
            yield _warn(("assumptions", name), message, "DEGENERATE")


def _window_without_effect(description: Description) -> Iterator[Finding]:
    term = description.deal.term
    for position, window in enumerate(description.assumptions.windows):
        if window.end <= term.service_start or window.start >= term.term_end:
            message = f"the window {window.start} to {window.end} lies outside the term and changes nothing"
            yield _warn(("assumptions", "windows", position), message, "STRESS_NO_EFFECT")


def _peak_need(description: Description) -> Iterator[Finding]:
    """Compare the capital with the costs that fall due before any receipt can arrive, at median delays."""
    deal, beliefs = description.deal, description.assumptions
    quarters = deal.term.quarters()
    belief = beliefs.confirmation_median
    first_payers = [funder.days for funder in deal.funders if funder.pays_after == "confirmation"]
    delay = median(belief) * TIME_UNITS[belief.unit] + min(first_payers, default=0)
    first_receipt = (quarters[1] - deal.term.service_start).days + delay
    begun = [start for start in quarters[:-1] if (start - deal.term.service_start).days <= first_receipt]
    due = _due_early(deal, len(begun), deal.term.service_start + timedelta(days=math.floor(first_receipt) + 1))
    if 0 < deal.investment.commitment < due:
        ratio = due / deal.investment.commitment
        message = f"costs before the first receipt can arrive are {pounds(due)}, {ratio:.2f} times the commitment"
        yield _warn(("deal", "investment", "commitment"), message, "PEAK_NEED_EXCEEDS_COMMITMENT")
