"""What a claim is worth: by the day achieved, and by how many of its line were paid before it (docs/model.md §8)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dates import contract_quarter_numbers, day_number
from simulator.kernel import constant, rule
from simulator.scenario.constants import ACTIVITY, NO_LIMIT, ORIGINAL
from simulator.scenario.deal import Deal
from simulator.scenario.rate_card import Index, Outcome, Price, Regime, Schedule, steps

Ints = NDArray[np.int64]
RATE_CARD, NO_PRICE = constant(0), constant(-1)
"""Numbers of the prices of a day: the rate card's own; none, in a window of activity payments. Schedules follow from 1 on."""


class Prices(NamedTuple):
    """Prices by schedule (the rate card's first), line, tier and contract year; and which hold on each day of the term."""

    year: Ints
    """Contract year, from 0, of each day achieved; shape (days,)."""
    schedule: Ints
    """Schedule of each day achieved, RATE_CARD or NO_PRICE; shape (days,)."""
    provider_schedule: Ints
    """The same for what the provider's pay is reckoned on; shape (0,) where that is what is paid."""
    tier_end: Ints
    """Number of each tier's last claim, shape (schedules, outcomes, tiers)."""
    pence: Ints
    """Shape (schedules, outcomes, tiers, years)."""


def price_terms(deal: Deal, days: int) -> Prices:
    """Return the prices of a deal whose term has so many days."""
    year = contract_quarter_numbers(deal.term.service_start, days) // 4
    cards = [_card(deal, None), *(_card(deal, schedule) for schedule in deal.schedules)]
    tiers = max(len(line) for card in cards for line in card)
    years = int(year[-1]) + 1
    shape = (len(cards), len(deal.rate_card), tiers)
    tier_end, pence = np.full(shape, NO_LIMIT, dtype=np.int64), np.zeros((*shape, years), dtype=np.int64)
    for place in np.ndindex(shape):
        line = cards[place[0]][place[1]]
        end, by_year = line[min(place[2], len(line) - 1)]
        tier_end[place] = end
        pence[place] = [by_year[min(number, len(by_year) - 1)] for number in range(years)]
    calendars = deal.schedule_calendar, deal.provider.schedule_calendar
    return Prices(
        year,
        _by_day(deal, calendars[0], days),
        _by_day(deal, calendars[1], days if calendars[1] else 0),
        tier_end,
        pence,
    )


def _card(deal: Deal, schedule: Schedule | None) -> list[list[tuple[int, list[int]]]]:
    """Return each line's tiers as the number of the last claim and the price of each year."""
    own = schedule.prices if schedule else {}
    return [_line(deal, outcome, own.get(outcome.outcome, outcome.price)) for outcome in deal.rate_card]


def _line(deal: Deal, outcome: Outcome, price: Price) -> list[tuple[int, list[int]]]:
    index = next((each for each in deal.indices if each.name == outcome.indexed_by), None)
    return [(step.end, _indexed(deal, index, step.by_year)) for step in steps(price, outcome.target)]


def _indexed(deal: Deal, index: Index | None, by_year: Sequence[int]) -> list[int]:
    """Return the price of each contract year of the term, at the index of the anniversary with which it begins."""
    if index is None:
        return list(by_year)
    return [
        index.applied(by_year[min(year, len(by_year) - 1)], day) for year, day in enumerate(deal.term.anniversaries())
    ]


def _by_day(deal: Deal, calendar: Sequence[Regime], days: int) -> Ints:
    """Return the number of the schedule that a calendar gives each day; the rate card's throughout if there is no calendar."""
    numbers = {ORIGINAL: RATE_CARD, ACTIVITY: NO_PRICE} | {each.name: i + 1 for i, each in enumerate(deal.schedules)}
    found, start = np.full(days, RATE_CARD, dtype=np.int64), deal.term.service_start
    for regime in calendar:
        first, end = max(0, day_number(regime.start, start)), max(0, day_number(regime.end, start))
        found[first:end] = numbers[regime.use]
    return found


@rule
def price_of(prices: Prices, schedule: int, outcome: int, day: int, number: int) -> int:
    """Return pence: the price under a schedule of a line's claim achieved on a day, the `number`-th of its line to be paid.

    Args:
        prices: the prices by schedule.
        schedule: number of the schedule that holds, or NO_PRICE.
        outcome: line of the rate card.
        day: day achieved.
        number: place of the claim among those of its line that are paid, from 1: it decides the tier.
    """
    if schedule == NO_PRICE:
        return 0
    tier = 0
    while number > prices.tier_end[schedule, outcome, tier]:
        tier += 1
    return int(prices.pence[schedule, outcome, tier, prices.year[day]])
