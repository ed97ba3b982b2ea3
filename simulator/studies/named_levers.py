"""Levers that turn several terms together, by their names (docs/studies.md §2)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from simulator.errors import SibError, nearest, refuse
from simulator.money import pounds_plain
from simulator.scenario.constants import RATES
from simulator.scenario.deal import Deal
from simulator.scenario.load import document_of
from simulator.scenario.model import Scenario
from simulator.studies.lever import EXPECTED, FACTOR, SHARE, SOURCE, Change, Lever, as_pounds, factor_on
from simulator.studies.plan import mean_posts
from simulator.words import COUNT, MONEY, name_within

_RATE_WORDS = {
    "referral": "referrals",
    "engagement": "chance of engaging",
    "job": "rate of finding a first job",
    "disengagement": "rate of disengagement",
    "job_loss": "rate of losing a job",
    "reemployment": "rate of finding a further job",
    "evidence": "chance of evidence",
}
WHOLE_TERM = (date(1900, 1, 1), date(2200, 1, 1))
"""Days around any term."""


def _prices(scenario: Scenario, group: str) -> Lever:
    """Return the level of all prices, or of those counted under a name, schedules included.

    Of all prices together the provider's expected outcome payments go along, so that it earns as much for an outcome as before.
    """
    groups = scenario.deal.groups
    refuse(bool(group) and group not in groups, f'no outcomes are counted as "{group}"{nearest(group, groups)}')
    paths = list(_price_paths(document_of(scenario).value, scenario.deal, group))
    if not group and scenario.deal.provider.expected_outcome_payments:
        paths.append(EXPECTED)
    title = f"level of the prices of {name_within(group)}" if group else "level of all prices"
    return Lever(f"prices.{group}" if group else "prices", title, FACTOR, 1.0, partial(factor_on, paths))


def _price_paths(value: Any, deal: Deal, group: str) -> Iterator[str]:  # noqa: ANN401 - a tree read from files
    """Yield the path of every amount that is a price of the rate card or of a schedule."""
    wanted = [outcome.outcome for outcome in deal.rate_card if not group or outcome.group == group]
    for number, outcome in enumerate(deal.rate_card):
        if outcome.outcome in wanted:
            yield from _amounts(value["deal"]["rate_card"][number]["price"], f"deal.rate_card.{outcome.outcome}.price")
    for number, schedule in enumerate(deal.schedules):
        for name in schedule.prices:
            if name in wanted:
                price = value["deal"]["schedules"][number]["prices"][name]
                yield from _amounts(price, f"deal.schedules.{schedule.name}.prices.{name}")


def _amounts(price: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a price of any kind
    if not isinstance(price, dict):
        yield path
    for number in range(len(price.get("by_contract_year", ())) if isinstance(price, dict) else 0):
        yield f"{path}.by_contract_year.{number}"
    for number in range(len(price.get("tiers", ())) if isinstance(price, dict) else 0):
        yield f"{path}.tiers.{number}.price"


def _cap(scenario: Scenario, part: str) -> Lever:
    """Return the total cap in pounds; the outcome payers' own caps go along in proportion."""
    _no_part("cap", part)
    deal = scenario.deal
    base = deal.total_cap.pence
    change = partial(_caps_at, base, [funder.cap for funder in deal.funders])
    return Lever("cap", "total cap, the payers' caps in proportion", MONEY, base / 100, change, step=1.0)


def _caps_at(base: int, caps: Sequence[int], pounds: float) -> Change:
    """Return what a total cap in pounds changes.

    Args:
        base: the total cap agreed, in pence.
        caps: the outcome payers' own, in pence.
        pounds: the total cap.
    """
    new: dict[str, Any] = {"deal.total_cap.pounds": as_pounds(pounds)}
    for number, cap in enumerate(caps):
        new[f"deal.funders.{number}.cap"] = pounds_plain(-(-cap * round(pounds * 100) // base))
    return new, {}, ()


def _specialists(scenario: Scenario, part: str) -> Lever:
    """Return the number of posts of the first line of specialists; each costs what one costs now, and so does an outcome.

    The provider's contract value goes along, and with it the outcome payments that its outcome part is reckoned on.
    """
    _no_part("specialists", part)
    lines, provider = scenario.deal.staffing.specialists, scenario.deal.provider
    base = lines[0].posts
    paid = ["deal.provider.contract_value"]
    if provider.expected_outcome_payments:
        paid.append(EXPECTED)

    first, all_posts = mean_posts(scenario.deal, lines=1) / base, mean_posts(scenario.deal)
    change = partial(_posts_at, base, (first, all_posts), paid)
    refuse(provider.contract_value == 0, "there is no delivery cost to go along with the number of specialists")
    return Lever(
        "specialists", "specialists, delivery costing as much for each", COUNT, float(base), change, whole=True, low=1.0
    )


def _posts_at(base: int, mean: tuple[float, float], paid: Sequence[str], posts: float) -> Change:
    """Return what a number of posts in the first line of specialists changes.

    Args:
        base: their number as agreed.
        mean: how much of a post one of them is over the term, and how many posts there are in all.
        paid: paths of what goes along with all posts.
        posts: their number.
    """
    of_one, of_all = mean
    factor = 1 + (round(posts) - base) * of_one / of_all
    return {"deal.staffing.specialists.0.posts": round(posts)}, dict.fromkeys(paid, factor), ()


def _capital(scenario: Scenario, part: str) -> Lever:
    """Return the commitment in pounds; tranches go along in proportion."""
    _no_part("capital", part)
    investment = scenario.deal.investment
    base = investment.commitment
    change = partial(_commitment_at, base, [tranche.commitment for tranche in investment.tranches])
    return Lever("capital", "capital committed", MONEY, base / 100, change, step=1.0)


def _commitment_at(base: int, tranches: Sequence[int], pounds: float) -> Change:
    """Return what a commitment in pounds changes.

    Args:
        base: the commitment agreed, in pence.
        tranches: the parts of it, in pence.
        pounds: the commitment.
    """
    new: dict[str, Any] = {"deal.investment.commitment": as_pounds(pounds)}
    left = round(pounds * 100)
    for number, tranche in enumerate(tranches):
        share = left if number == len(tranches) - 1 else round(tranche * pounds * 100 / base)
        new[f"deal.investment.tranches.{number}.commitment"], left = pounds_plain(share), left - share
    return new, {}, ()


def _block_share(scenario: Scenario, part: str) -> Lever:
    """Return the provider's block share; the rest of its contract value is paid by outcomes."""
    _no_part("block_share", part)
    provider = scenario.deal.provider
    expected = provider.expected_outcome_payments or scenario.deal.total_cap.pence
    change = partial(_block_share_at, expected)
    return Lever("block_share", "block share of the provider's pay", SHARE, provider.block_share, change, high=1.0)


def _block_share_at(expected: int, share: float) -> Change:
    new: dict[str, Any] = {
        "deal.provider.block_share": float(share),
        "deal.provider.outcome_share": 1.0 - float(share),
        EXPECTED: pounds_plain(expected),
    }
    return new, {}, ()


def _rates(scenario: Scenario, rate: str) -> Lever:
    """Return a factor on a rate throughout the term."""
    del scenario
    refuse(rate not in RATES, f'"{rate}" is not a rate: say rates.{" or rates.".join(RATES)}{nearest(rate, RATES)}')
    return Lever(f"rates.{rate}", _RATE_WORDS[rate], FACTOR, 1.0, partial(_rate_at, rate))


def _rate_at(rate: str, factor: float) -> Change:
    first, after = WHOLE_TERM
    window = {"rate": rate, "from": first, "to": after, "multiply": float(factor), "source": SOURCE, "quality": "D"}
    return {}, {}, (window,)


def _volume(scenario: Scenario, part: str) -> Lever:
    """Return a factor on how many people are served: inflow and room together, costs and all shares as they are."""
    _no_part("volume", part)
    assumptions = scenario.assumptions
    open_inflow = ("referrals_over_term",)
    pool = ("pool_size", "pool_entrants")
    inflow = open_inflow if assumptions.pool_size == "none" else pool
    carried = ("carried_over_waiting", "carried_over_searching", "carried_over_in_work")
    paths = [f"assumptions.{name}" for name in (*inflow, *carried) if not assumptions.is_off(name)]
    change = partial(factor_on, [*paths, "deal.staffing.caseload_limit"])
    return Lever("volume", "people served, with room for them", FACTOR, 1.0, change)


NAMED: Mapping[str, Callable[[Scenario, str], Lever]] = {
    "prices": _prices,
    "cap": _cap,
    "specialists": _specialists,
    "capital": _capital,
    "block_share": _block_share,
    "rates": _rates,
    "volume": _volume,
}
"""Levers that turn several terms together."""


def _no_part(name: str, part: str) -> None:
    if part:
        message = f'the lever "{name}" has no parts, so that "{name}.{part}" is none'
        raise SibError(message)
