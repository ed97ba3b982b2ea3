"""Rules on the provider's pay, the costs, the investment agreement and an early end (docs/model.md §10 to §12, §15.4)."""

from collections.abc import Iterator
from datetime import date, timedelta

from simulator.errors import nearest
from simulator.money import pounds
from simulator.scenario.deal import Deal
from simulator.scenario.findings import Finding, warn
from simulator.scenario.investment import DatedAmount
from simulator.scenario.yaml_text import Key

INVESTMENT: Key = ("deal", "investment")


def _cap_below_preferred(deal: Deal) -> Iterator[Finding]:
    """Compare each cap with the preferred return: of the whole commitment drawn at once and held to settlement."""
    investment, cap, key = deal.investment, deal.investment.return_cap, (*INVESTMENT, "return_cap")
    rate = investment.preferred_return
    if rate is None:
        return
    if cap.irr != "none" and cap.irr < rate:
        yield Finding(
            (*key, "irr"), f"the cap of {cap.irr:g} is below the preferred return of {rate:g}", "CAP_BELOW_PREF"
        )
    years = (investment.settlement_date - deal.term.service_start).days / 365
    preferred = round(investment.commitment * ((1 + rate) ** years - 1))
    message = (
        f"the preferred return of the whole commitment, held to settlement, is {pounds(preferred)}: more than this cap"
    )
    if cap.pence != "none" and cap.pence < preferred:
        yield Finding((*key, "pounds"), message, "CAP_BELOW_PREF")
    if cap.multiple != "none" and round(investment.commitment * (cap.multiple - 1)) < preferred:
        yield Finding((*key, "multiple"), message, "CAP_BELOW_PREF")


def _redraw_bounded(deal: Deal) -> Iterator[Finding]:
    if deal.investment.redraw and deal.investment.redraw_cap is None:
        message = "returned capital can be drawn again without limit; give a redraw_cap"
        yield Finding((*INVESTMENT, "redraw"), message, "REDRAW_UNBOUNDED")


def _tranches(deal: Deal) -> Iterator[Finding]:
    tranches, key = deal.investment.tranches, (*INVESTMENT, "tranches")
    total = sum(tranche.commitment for tranche in tranches)
    if tranches and total != deal.investment.commitment:
        message = (
            f"the tranches add up to {pounds(total)}, not to the commitment of {pounds(deal.investment.commitment)}"
        )
        yield Finding(key, message, "TRANCHES_SUM")
    names = [tranche.name for tranche in tranches]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Finding((*key, position), f'the name "{name}" is used twice', "DUPLICATE_NAME")


def _what_a_choice_needs(deal: Deal) -> Iterator[Finding]:
    """A choice has the terms that it needs, and terms that no choice uses are pointed out."""
    investment = deal.investment
    sweep, scheduled = investment.distribution == "sweep", investment.distribution == "schedule"
    yield from _needed(
        (*INVESTMENT, "reserve_quarters"), investment.reserve_quarters is not None, sweep, "`distribution: sweep`"
    )
    yield from _needed(
        (*INVESTMENT, "distribution_schedule"),
        bool(investment.distribution_schedule),
        scheduled,
        "`distribution: schedule`",
    )
    by_date = investment.draw == "schedule"
    yield from _needed((*INVESTMENT, "draw_schedule"), bool(investment.draw_schedule), by_date, "`draw: schedule`")
    if investment.redraw_cap is not None and not investment.redraw:
        yield warn((*INVESTMENT, "redraw_cap"), "is only used with `redraw: true`", "TERM_UNUSED")
    for line, cost in enumerate(deal.costs):
        key: Key = ("deal", "costs", line, "dates")
        yield from _needed(key, bool(cost.dates), cost.timing == "dated", "`timing: dated`")


def _needed(key: Key, given: bool, needed: bool, by: str) -> Iterator[Finding]:
    if needed and not given:
        yield Finding(key, f"is missing ({by} needs it)", "MISSING_FIELD")
    if given and not needed:
        yield warn(key, f"is only used with {by}", "TERM_UNUSED")


def _dated_costs(deal: Deal) -> Iterator[Finding]:
    last = max(deal.term.tail_end, deal.investment.settlement_date)
    for line, cost in enumerate(deal.costs):
        if cost.timing != "dated" or not cost.dates:
            continue
        key: Key = ("deal", "costs", line, "dates")
        total = sum(each.pence for each in cost.dates)
        if total != cost.total:
            message = f"the dated amounts add up to {pounds(total)}, not to the total of {pounds(cost.total)}"
            yield Finding(key, message, "DATES_SUM")
        yield from _within(key, cost.dates, deal.term.service_start, last)


def _dated_capital(deal: Deal) -> Iterator[Finding]:
    investment, first = deal.investment, deal.term.service_start
    last = investment.settlement_date - timedelta(days=1)
    if investment.draw == "schedule":
        key = (*INVESTMENT, "draw_schedule")
        yield from _within(key, investment.draw_schedule, first, last)
        limit = investment.redraw_cap if investment.redraw and investment.redraw_cap else investment.commitment
        total = sum(each.pence for each in investment.draw_schedule)
        if total > limit:
            message = f"the draws add up to {pounds(total)}, more than the {pounds(limit)} that can be drawn"
            yield Finding(key, message, "DRAWS_SUM")
    if investment.distribution == "schedule":
        yield from _within((*INVESTMENT, "distribution_schedule"), investment.distribution_schedule, first, last)


def _within(key: Key, amounts: tuple[DatedAmount, ...], first: date, last: date) -> Iterator[Finding]:
    for position, each in enumerate(amounts):
        if not first <= each.on <= last:
            message = f"{each.on} does not lie between {first} and {last}"
            yield Finding((*key, position, "on"), message, "DATE_RANGE")


def _in_house(deal: Deal) -> Iterator[Finding]:
    name, funders = deal.provider.in_house_of, [funder.name for funder in deal.funders]
    if name is not None and name not in funders:
        key: Key = ("deal", "provider", "in_house_of")
        yield Finding(key, f'no funder "{name}"{nearest(name, funders)}', "UNKNOWN_FUNDER")


def _early_end(deal: Deal) -> Iterator[Finding]:
    ending, key = deal.early_termination, ("deal", "early_termination")
    if ending is None:
        return
    by_shortfall = ending.form == "fund_exhausted"
    if by_shortfall and deal.investment.shortfall != "terminate":
        message = "an exhausted fund ends the contract only with `investment.shortfall: terminate`"
        yield Finding((*key, "form"), message, "NOTICE")
    if by_shortfall and ending.notice_given != "none":
        yield warn((*key, "notice_given"), "is not used with `form: fund_exhausted`", "TERM_UNUSED")
    if not by_shortfall and ending.notice_given == "none":
        yield Finding((*key, "notice_given"), f"`form: {ending.form}` needs the day of the notice", "NOTICE")
    ends = ending.notice_ends
    if ends is not None and not deal.term.service_start < ends < deal.term.term_end:
        message = f"the notice ends the contract on {ends}, which is not within its term"
        yield Finding((*key, "notice_given"), message, "NOTICE")
    if ending.compensation_return > 0 and ending.compensation != "capital_and_return":
        message = "is only used with `compensation: capital_and_return`"
        yield warn((*key, "compensation_return"), message, "TERM_UNUSED")


MONEY_RULES = (
    _cap_below_preferred, _redraw_bounded, _tranches, _what_a_choice_needs, _dated_costs, _dated_capital, _in_house,
    _early_end,
)  # fmt: skip
