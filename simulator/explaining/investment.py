"""The investment agreement: capital, what it costs, when it is drawn and given back, who bears a loss, who gets the rest."""

from collections.abc import Iterator

from simulator.explaining.said import NOT_IN_FILE, Said
from simulator.scenario.deal import Deal
from simulator.scenario.investment import DatedAmount, Fees, Investment, ReturnCap
from simulator.words import a_number, listed, say_date, say_pence

_PATH = "investment"
_SHORTFALL = {
    "defer": "When costs are due that neither cash nor capital can pay, those owed wait until money comes in.",
    "terminate": "When costs are due that neither cash nor capital can pay, the contract ends on that day.",
}
RESIDUAL = {
    "commissioners": "back to the commissioners, in proportion to what each has paid",
    "provider": "to the provider",
    "intermediary": "to the intermediary",
}


def capital(deal: Deal) -> Iterator[Said]:
    """Yield how much capital there is, when it is paid in, and what providing it costs."""
    agreed = deal.investment
    if agreed.commitment == 0:
        yield Said(f"{_PATH}.commitment", "There is no capital: costs must be paid out of receipts.")
        return
    yield Said(f"{_PATH}.commitment", f"{agreed.title} commits {say_pence(agreed.commitment)}.")
    yield Said(f"{_PATH}.draw", f"It is paid in {draw_in_words(agreed)}.")
    if agreed.min_cash:
        yield Said(f"{_PATH}.min_cash", f"A payment leaves at least {say_pence(agreed.min_cash)} in hand.")
    yield Said(f"{_PATH}.recycling", "Outcome payments received pay costs before anything goes to the investor.")
    yield Said(f"{_PATH}.redraw", _redraw(agreed))
    yield Said(f"{_PATH}.shortfall", _SHORTFALL[agreed.shortfall])
    yield from _fees(agreed.fees)
    yield from _tranches(agreed)
    yield from _guarantee(agreed)


def draw_in_words(agreed: Investment) -> str:
    """Return when capital is paid in."""
    if agreed.draw == "day_one":
        return "all on the first day of service"
    if agreed.draw == "schedule":
        return f"on agreed days: {_dated(agreed.draw_schedule)}"
    return "when the money in hand falls short of the costs due, by as much as is short"


def _dated(amounts: tuple[DatedAmount, ...]) -> str:
    return listed([f"{say_pence(amount.pence)} on {say_date(amount.on)}" for amount in amounts])


def _redraw(agreed: Investment) -> str:
    if not agreed.redraw:
        return "Capital that has been returned cannot be called again."
    limit = "" if agreed.redraw_cap is None else f", up to {say_pence(agreed.redraw_cap)} in all"
    return f"Capital that has been returned can be called again{limit}."


def _fees(fees: Fees | None) -> Iterator[Said]:
    if fees is None:
        yield Said(f"{_PATH}.fees", "There are no fees for providing capital.", NOT_IN_FILE)
        return
    if fees.arrangement:
        due = f"{say_pence(fees.arrangement)} is due on the first day of service"
        yield Said(f"{_PATH}.fees.arrangement", f"An arrangement fee of {due}.")
    if fees.availability_per_year:
        rate = f"{fees.availability_per_year:.2%} a year of the capital not drawn"
        yield Said(
            f"{_PATH}.fees.availability_per_year",
            f"An availability fee of {rate} is due on the last day of each quarter, until settlement.",
        )


def _tranches(agreed: Investment) -> Iterator[Said]:
    for i, tranche in enumerate(agreed.tranches):
        yield Said(
            f"{_PATH}.tranches[{i}]",
            f"{tranche.title} holds {say_pence(tranche.commitment)} of it, of rank {tranche.rank}: rank 1 gets its capital "
            "back first.",
        )


def _guarantee(agreed: Investment) -> Iterator[Said]:
    if agreed.first_loss is None:
        yield Said(f"{_PATH}.first_loss", "Nobody guarantees the capital.", NOT_IN_FILE)
    else:
        yield Said(
            f"{_PATH}.first_loss",
            f"{agreed.first_loss.guarantor} makes good up to {say_pence(agreed.first_loss.pence)} of capital that has not "
            "been returned when the last money has come.",
        )


def returns(deal: Deal) -> Iterator[Said]:
    """Yield when money is given back, in what order, and up to what."""
    agreed = deal.investment
    yield Said(f"{_PATH}.distribution", distribution_in_words(agreed))
    yield Said(
        f"{_PATH}.settlement_date",
        f"Settlement is on {say_date(agreed.settlement_date)}; what is received later is distributed as it comes.",
    )
    yield from _order(agreed)
    yield Said(f"{_PATH}.return_cap", return_cap_in_words(agreed.return_cap))
    yield Said(f"{_PATH}.residual", f"What is left after that goes {RESIDUAL[agreed.residual]}.")


def distribution_in_words(agreed: Investment) -> str:
    """Return when money goes to the investor."""
    if agreed.distribution == "sweep":
        kept = a_number(agreed.reserve_quarters or 0, "quarter")
        return f"On each quarter's last day, cash beyond the known costs of the next {kept} is distributed."
    if agreed.distribution == "schedule":
        return f"If there is so much cash, this is distributed: {_dated(agreed.distribution_schedule)}."
    return "Nothing is distributed before settlement."


def _order(agreed: Investment) -> Iterator[Said]:
    yield Said(f"{_PATH}.recycling", "From every distribution, costs come first and then the return of capital.")
    if agreed.preferred_return is not None:
        yield Said(
            f"{_PATH}.preferred_return",
            f"Then the investor gets a preferred return of {agreed.preferred_return:.2%} a year, compounded, on the capital "
            "outstanding (days over 365).",
        )
    share = agreed.profit_share
    if share is None:
        yield Said(f"{_PATH}.profit_share", "Then all profit is the investor's, up to its cap.", NOT_IN_FILE)
        return
    parts = {
        "the investor": share.investor, "the provider": share.provider, "the commissioners": share.commissioners,
        "the intermediary": share.intermediary,
    }  # fmt: skip
    said = listed([f"{round(100 * part, 6):g}% to {who}" for who, part in parts.items() if part])
    yield Said(f"{_PATH}.profit_share", f"Then profit is shared: {said}.")


def return_cap_in_words(cap: ReturnCap) -> str:
    """Return the most that the investor may get."""
    limits = [
        "" if cap.pence == "none" else f"a profit of {say_pence(cap.pence)}",
        "" if cap.multiple == "none" else f"{cap.multiple:.7g} times what it paid in, capital included",
        "" if cap.irr == "none" else f"a return of {cap.irr:.2%} a year",
    ]
    given = [limit for limit in limits if limit]
    if not given:
        return "The investor's return has no cap."
    first = ", whichever comes first" if len(given) > 1 else ""
    return f"The investor gets at most {' or '.join(given)}{first}."
