"""Who agreed with whom, and for how long."""

from collections.abc import Iterator
from datetime import timedelta

from simulator.dates import add_months, contract_quarters
from simulator.explaining.said import NOT_IN_FILE, Said
from simulator.scenario.deal import Deal
from simulator.words import a_number, listed, say_date, say_pence


def parties(deal: Deal) -> Iterator[Said]:
    """Yield who commissions, manages, delivers, pays and invests."""
    yield Said("commissioner", f"The service is commissioned by {deal.commissioner}.")
    yield Said("intermediary", f"The contract is managed by {deal.intermediary}.")
    yield Said("provider.title", f"The provider is {deal.provider.title}.")
    yield Said("funders[0].title", f"Outcomes are paid for by {listed([funder.title for funder in deal.funders])}.")
    investment = deal.investment
    if investment.commitment:
        yield Said("investment.title", f"Capital comes from {within(investment.title)}.")
    else:
        yield Said("investment.commitment", "No investor's capital is committed.")


def term(deal: Deal) -> Iterator[Said]:
    """Yield when the service runs, and until when its outcomes can be claimed."""
    start, end, tail = deal.term.service_start, deal.term.term_end, deal.term.claims_tail_months
    quarters = contract_quarters(start, end)
    whole = quarters[-1] == end
    length = a_number(len(quarters) - 1, "contract quarter")
    yield Said(
        "term",
        f"The service runs from {say_date(start)} to {say_date(end - timedelta(days=1))}, both included: {length} of three "
        f"months counted from its first day{'' if whole else ', the last of them short'}.",
    )
    last = add_months(end, tail) - timedelta(days=1)
    yield Said(
        "term.claims_tail_months",
        f"Outcomes count if they are achieved within it. They are paid for if they become payable by {say_date(last)}, "
        f"{a_number(tail, 'month')} after its end; later ones are lost."
        if tail
        else f"Outcomes count if they are achieved, and become payable, by {say_date(last)}; later ones are lost.",
    )


def ending(deal: Deal) -> Iterator[Said]:
    """Yield how the contract ends early, if it does."""
    early = deal.early_termination
    if early is None:
        yield Said("early_termination", "Nothing is agreed here about an end before the term.", NOT_IN_FILE)
        return
    path = "early_termination"
    when = "" if early.notice_given == "none" else f" Notice is given on {say_date(early.notice_given)}."
    months = a_number(early.notice_months, "month")
    yield Said(f"{path}.form", f"{_FORMS[early.form]}{when}")
    if early.form != "fund_exhausted":
        yield Said(f"{path}.notice_months", f"The service then goes on for {months} and ends.")
    paid = "are still paid" if early.achieved_is_paid else "are no longer paid"
    yield Said(f"{path}.achieved_is_paid", f"Outcomes achieved before the end, and not yet invoiced by then, {paid}.")
    compensation = _COMPENSATION[early.compensation].format(more=f"{early.compensation_return:.1%}")
    yield Said(f"{path}.compensation", f"On the day of the end {compensation}.")
    if early.wind_down_cost:
        yield Said(
            f"{path}.wind_down_cost", f"Ending costs {say_pence(early.wind_down_cost)}, due on the day of the end."
        )


_FORMS = {
    "authority_convenience": "The contract is ended early by the commissioners, for reasons of their own.",
    "authority_default": "The contract is ended early because the commissioners default.",
    "provider_default": "The contract is ended early because the provider defaults.",
    "fund_exhausted": "The contract ends early on the first day on which costs cannot be paid.",
}
_COMPENSATION = {
    "none": "the investor gets no compensation",
    "outstanding_capital": (
        "the investor gets the capital not yet returned: the cash in hand, and what that lacks from the funders, by their "
        "weights and beside their caps"
    ),
    "capital_and_return": (
        "the investor gets the capital not yet returned and {more} on top: the cash in hand goes into the capital, and the "
        "rest is from the funders, by their weights and beside their caps"
    ),
}


def within(title: str) -> str:
    """Return a title as it stands within a sentence: an article loses its capital.

    >>> within("A social investor"), within("Big Issue Invest")
    ('a social investor', 'Big Issue Invest')
    """
    first, _, _ = title.partition(" ")
    return title[:1].lower() + title[1:] if first in {"A", "An", "The"} else title
