"""Levers: what a study turns, one number at a time (docs/studies.md §2).

A lever is any single number of the scenario by its path, or one of the names of `NAMED`, which turn several terms together. An
amount of money is in pounds, anything else in the unit of the file; of an assumption that is uncertain it is a factor on whatever
is drawn.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from simulator.errors import SibError, nearest, refuse
from simulator.money import pence, pounds_plain
from simulator.scenario.assumptions import RATES
from simulator.scenario.base import is_money, takes_fractions
from simulator.scenario.deal import Deal
from simulator.scenario.load import document_of, with_overlays
from simulator.scenario.model import Description, OnTop, Scenario
from simulator.scenario.overlay_paths import find_all, value_at
from simulator.scenario.wording import field_at
from simulator.studies.plan import mean_posts
from simulator.words import COUNT, MONEY, Unit, name_within

Change = tuple[dict[str, Any], dict[str, float], tuple[dict[str, Any], ...]]
"""What a lever sets, multiplies and adds as windows."""
FACTOR = Unit(prefix="\N{MULTIPLICATION SIGN}", decimals=3)
SHARE = Unit(decimals=3)
PLAIN = Unit(decimals=4, trim=True)
_RATE_WORDS = {
    "referral": "referrals", "engagement": "chance of engaging", "job": "rate of finding a first job",
    "disengagement": "rate of leaving the service", "job_loss": "rate of losing a job",
    "reemployment": "rate of finding a further job", "evidence": "chance of evidence",
}  # fmt: skip
WHOLE_TERM = (date(1900, 1, 1), date(2200, 1, 1))
"""Days around any term."""
_EXPECTED = "deal.provider.expected_outcome_payments"
"""A term that goes along with several levers, each in its own way: what the provider's outcome part is reckoned on."""
SOURCE = "Set by a study"


@dataclass(frozen=True)
class Lever:
    """A number that a study turns."""

    name: str
    """As it was asked for."""
    title: str
    """In words, as within a sentence."""
    unit: Unit
    base: float
    """Where it stands in the scenario."""
    change: Callable[[float], Change]
    """What a value of it changes."""
    whole: bool = False
    """Whether it takes whole numbers only."""
    step: float | None = None
    """What its values are rounded to, where that is usual: a pound."""
    low: float = 0.0
    """The lowest value that has a meaning."""
    high: float | None = None
    """The highest, if there is one."""

    def overlay(self, value: float) -> OnTop:
        """Return the overlay that sets the lever."""
        return _overlay(f"{self.title} at {self.say(value)}", *self.change(value))

    def say(self, value: float) -> str:
        """Return a value in words."""
        return self.unit.say(value)


def _overlay(title: str, new: dict[str, Any], factors: dict[str, float], windows: tuple[dict[str, Any], ...]) -> OnTop:
    return OnTop(
        overlay="lever", title=title, description=f"{title}.", source=SOURCE, quality="D", set=new, multiply=factors,
        windows=windows,
    )  # fmt: skip


def at(scenario: Scenario, *turned: tuple[Lever, float]) -> Scenario:
    """Return the scenario with levers at these values, after all overlays that it has.

    Raises:
        ScenarioError: where a value is none that the term takes.
    """
    for number, (lever, value) in enumerate(turned):
        here = lever_of(scenario, lever.name) if number else lever
        scenario = with_overlays(scenario, [here.overlay(value)])
    return scenario


def apart(levers: Sequence[Lever]) -> None:
    """Refuse levers of which two turn the same term: what they do together would hang on their order.

    Raises:
        SibError: naming them.
    """
    for one, other in combinations(levers, 2):
        both = _turned(one) & _turned(other) - {_EXPECTED}
        same = one.name == other.name or bool(both)
        refuse(same, f'"{one.name}" and "{other.name}" turn the same term; take two levers that do not')


def _turned(lever: Lever) -> set[str]:
    """Return the paths of all terms that a lever turns, entries of lists by name."""
    new, factors, _ = lever.change(lever.base)
    return {*new, *factors}


def rounded(scenario: Scenario, lever: Lever, value: float, up: bool) -> tuple[dict[str, float], Scenario]:
    """Return the round terms that a value of a lever stands for, and the scenario with them.

    A factor on prices becomes prices in whole pounds, an amount of money whole pounds, anything else three decimals.

    Args:
        scenario: the scenario.
        lever: the lever.
        value: its value.
        up: whether all is rounded up, or else down.
    """
    new, factors, windows = lever.change(value)
    prices = [path for path in factors if ".price" in path]
    if prices:
        written = document_of(scenario).value
        to_pounds = math.ceil if up else math.floor
        exact = {path: round(_amount(written, path) * factors[path], 6) for path in prices}
        whole = {path: to_pounds(amount) for path, amount in exact.items()}
        others = {path: factor for path, factor in factors.items() if path not in whole}
        version = with_overlays(scenario, [_overlay(f"{lever.title} in whole pounds", new | whole, others, windows)])
        return {path: float(amount) for path, amount in whole.items()}, version
    places = 0 if lever.whole or lever.step == 1.0 else 3
    near, step = round(value, places), 10.0**-places
    away = near + step if up and near < value - 1e-9 else near - step if not up and near > value + 1e-9 else near
    round_value = float(round(away, places))
    return {lever.name: round_value}, at(scenario, (lever, round_value))


def _amount(written: Any, path: str) -> float:  # noqa: ANN401 - a tree read from files
    """Return an amount of money in pounds as a scenario's files and overlays have it."""
    return pence(value_at(written, find_all(written, path)[0])) / 100


def lever_of(scenario: Scenario, name: str) -> Lever:
    """Return the lever of a name.

    Args:
        scenario: the scenario in which it is turned.
        name: a path (`deal.rate_card.job_start.price`, `assumptions.job_rate`), or a name of `NAMED`, some with a part after a
            point (`prices.sustainment`, `rates.referral`).

    Raises:
        SibError: where there is no such number, with the nearest right name.
    """
    head, _, part = name.partition(".")
    if head in NAMED:
        return NAMED[head](scenario, part)
    value = document_of(scenario).value
    found = find_all(value, name)
    refuse(not found, f'there is no lever "{name}"{nearest(name, lever_names(scenario))}')
    refuse(
        len(found) > 1, f'"{name}" names {len(found)} values, and a lever is one; write the whole path of one of them'
    )
    key = found[0]
    value = value_at(value, key)
    if isinstance(value, dict) and "unit" in value:
        return _belief(name, value)
    field = field_at(Description, key)
    if field is not None and is_money(field) and not isinstance(value, dict | list):
        return Lever(
            name, _words(name), MONEY, pence(value) / 100, lambda pounds: ({name: _pounds(pounds)}, {}, ()), step=1.0
        )
    number = isinstance(value, int | float) and not isinstance(value, bool)
    refuse(not number, f'"{name}" is not a single number, so that it cannot be a lever{_numbers_below(value, name)}')
    whole = field is None or not takes_fractions(field)
    return Lever(
        name, _words(name), COUNT if whole else PLAIN, float(value),
        lambda number: ({name: round(number) if whole else float(number)}, {}, ()), whole=whole,
    )  # fmt: skip


def lever_names(scenario: Scenario) -> list[str]:
    """Return what may be named as a lever: the names that turn several terms, then the paths of single numbers."""
    named = [
        *(name for name in NAMED if name not in {"rates"}),
        *(f"prices.{group}" for group in scenario.deal.groups),
        *(f"rates.{rate}" for rate in RATES),
    ]
    value = document_of(scenario).value
    paths = [*_paths(value["deal"], "deal"), *_paths(value["assumptions"], "assumptions")]
    return [*named, *(path for path in paths if ".sources" not in path and ".printed" not in path)]


def _paths(value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a tree read from files
    if isinstance(value, dict) and "unit" in value:
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _paths(item, f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            name = item.get("outcome", item.get("name", number)) if isinstance(item, dict) else number
            yield from _paths(item, f"{path}.{name}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def _numbers_below(value: object, name: str) -> str:
    below = list(_paths(value, name))[:4]
    return f"; take one of {', '.join(below)}" if below else ""


def _belief(name: str, value: Mapping[str, Any]) -> Lever:
    if "value" in value:
        base = float(value["value"]) * float(value.get("multiply", 1.0))
        unit = Unit(
            suffix=f" {value['unit']}" if value["unit"] not in {"factor", "probability"} else "", decimals=4, trim=True
        )
        high = 1.0 if value["unit"] == "probability" else None
        return Lever(name, _words(name), unit, base, lambda number: ({name: float(number)}, {}, ()), high=high)
    return Lever(name, f"factor on {_words(name)}", FACTOR, 1.0, lambda factor: ({}, {name: float(factor)}, ()))


def _prices(scenario: Scenario, group: str) -> Lever:
    """Return the level of all prices, or of those counted under a name, schedules included.

    Of all prices together the provider's expected outcome payments go along, so that it earns as much for an outcome as before.
    """
    groups = scenario.deal.groups
    refuse(bool(group) and group not in groups, f'no outcomes are counted as "{group}"{nearest(group, groups)}')
    paths = list(_price_paths(document_of(scenario).value, scenario.deal, group))
    if not group and scenario.deal.provider.expected_outcome_payments:
        paths.append(_EXPECTED)
    title = f"level of the prices of {name_within(group)}" if group else "level of all prices"
    return Lever(
        f"prices.{group}" if group else "prices", title, FACTOR, 1.0,
        lambda factor: ({}, dict.fromkeys(paths, float(factor)), ()),
    )  # fmt: skip


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
    """Return the total cap in pounds; the funders' own caps go along in proportion."""
    _no_part("cap", part)
    deal = scenario.deal
    base = deal.total_cap.pounds

    def change(pounds: float) -> Change:
        new: dict[str, Any] = {"deal.total_cap.pounds": _pounds(pounds)}
        for number, funder in enumerate(deal.funders):
            new[f"deal.funders.{number}.cap"] = pounds_plain(-(-funder.cap * round(pounds * 100) // base))
        return new, {}, ()

    return Lever("cap", "total cap, the funders' caps in proportion", MONEY, base / 100, change, step=1.0)


def _specialists(scenario: Scenario, part: str) -> Lever:
    """Return the number of posts of the first line of specialists; each costs what one costs now, and so does an outcome.

    The provider's contract value goes along, and with it the outcome payments that its outcome part is reckoned on.
    """
    _no_part("specialists", part)
    lines, provider = scenario.deal.staffing.specialists, scenario.deal.provider
    base = lines[0].posts
    paid = ["deal.provider.contract_value"]
    if provider.expected_outcome_payments:
        paid.append(_EXPECTED)

    all_posts = mean_posts(scenario.deal)
    first = mean_posts(scenario.deal, lines=1) / base

    def change(posts: float) -> Change:
        factor = 1 + (round(posts) - base) * first / all_posts
        return {"deal.staffing.specialists.0.posts": round(posts)}, dict.fromkeys(paid, factor), ()

    refuse(provider.contract_value == 0, "there is no delivery cost to go along with the number of specialists")
    return Lever(
        "specialists", "specialists, delivery costing as much for each", COUNT, float(base), change, whole=True, low=1.0
    )


def _capital(scenario: Scenario, part: str) -> Lever:
    """Return the commitment in pounds; tranches go along in proportion."""
    _no_part("capital", part)
    investment = scenario.deal.investment
    base = investment.commitment

    def change(pounds: float) -> Change:
        new: dict[str, Any] = {"deal.investment.commitment": _pounds(pounds)}
        left = round(pounds * 100)
        for number, tranche in enumerate(investment.tranches):
            last = number == len(investment.tranches) - 1
            share = left if last else round(tranche.commitment * pounds * 100 / base)
            new[f"deal.investment.tranches.{number}.commitment"], left = pounds_plain(share), left - share
        return new, {}, ()

    return Lever("capital", "capital committed", MONEY, base / 100, change, step=1.0)


def _block_share(scenario: Scenario, part: str) -> Lever:
    """Return the provider's block share; the rest of its contract value is paid by outcomes."""
    _no_part("block_share", part)
    provider = scenario.deal.provider
    expected = provider.expected_outcome_payments or scenario.deal.total_cap.pounds

    def change(share: float) -> Change:
        new: dict[str, Any] = {
            "deal.provider.block_share": float(share),
            "deal.provider.outcome_share": 1.0 - float(share),
            _EXPECTED: pounds_plain(expected),
        }
        return new, {}, ()

    return Lever(
        "block_share", "block share of the provider's pay", SHARE, provider.block_share, change, high=1.0
    )  # fmt: skip


def _rates(scenario: Scenario, rate: str) -> Lever:
    """Return a factor on a rate throughout the term."""
    del scenario
    refuse(rate not in RATES, f'"{rate}" is not a rate: say rates.{" or rates.".join(RATES)}{nearest(rate, RATES)}')

    def change(factor: float) -> Change:
        first, after = WHOLE_TERM
        window = {"rate": rate, "from": first, "to": after, "multiply": float(factor), "source": SOURCE, "quality": "D"}
        return {}, {}, (window,)

    return Lever(f"rates.{rate}", _RATE_WORDS[rate], FACTOR, 1.0, change)


def _volume(scenario: Scenario, part: str) -> Lever:
    """Return a factor on how many people are served: inflow and room together, costs and all shares as they are."""
    _no_part("volume", part)
    assumptions = scenario.assumptions
    open_inflow = ("referrals_over_term",)
    pool = ("pool_size", "pool_entrants")
    inflow = open_inflow if assumptions.pool_size == "none" else pool
    carried = ("carried_over_waiting", "carried_over_searching", "carried_over_in_work")
    paths = [f"assumptions.{name}" for name in (*inflow, *carried)]

    def change(factor: float) -> Change:
        return {}, dict.fromkeys([*paths, "deal.staffing.caseload_limit"], float(factor)), ()

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


def _pounds(value: float) -> str:
    return pounds_plain(round(value * 100))


def _words(path: str) -> str:
    """Return a path as words within a sentence.

    >>> _words("deal.rate_card.job_start.price"), _words("assumptions.job_rate")
    ('rate card: job start: price', 'job rate')
    """
    return ": ".join(name_within(part) for part in path.split(".")[1:])
