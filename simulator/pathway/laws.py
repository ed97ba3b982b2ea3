"""The laws by which a uniform number becomes a day: one function each, used by every engine (docs/model.md §1, §2).

A sampled duration is rounded up to whole days, at least one. Where a hazard changes with the calendar, one threshold is drawn
and consumed by the integrated hazard: `clock[d]` is the sum of the multipliers of days before d.
"""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.dates import NEVER, whole_days
from simulator.kernel import kernel, rule
from simulator.pathway.plan import REFERRAL_RATE, Plan
from simulator.streams import DECISION, ENTITY, exponential, lognormal, uniforms


@rule
def day_reached(clock: NDArray[np.float64], day: int, amount: float) -> int:
    """Return the first day after `day` by which the clock has advanced by `amount`, or never within its range.

    Args:
        clock: running sum of the multipliers of the days before each day, shape (days + 1,).
        day: day from which it is counted.
        amount: by how much the clock has to advance.
    """
    target, last = clock[day] + amount, clock.size - 1
    if not target <= clock[last]:
        return NEVER
    guess = min(max(day + 1, day + math.ceil(amount)), last)
    if clock[guess] >= target > clock[guess - 1]:
        return guess
    return _first_day_reached(clock, target, day + 1, last)


@rule
def _first_day_reached(clock: NDArray[np.float64], target: float, low: int, high: int) -> int:
    """Return the first day from `low` on, and at most `high`, on which the clock stands at the target or beyond."""
    while low < high:
        middle = (low + high) >> 1
        if clock[middle] >= target:
            high = middle
        else:
            low = middle + 1
    return low


@rule
def hazard_day(clock: NDArray[np.float64], day: int, threshold: float, rate: float) -> int:
    """Return the day on which a hazard of `rate` per day, from `day` on, has used up a unit-exponential threshold.

    Args:
        clock: running sum of the multipliers of the days before each day, shape (days + 1,).
        day: day from which it is counted.
        threshold: a unit exponential number, used up by the hazard.
        rate: hazard per day where the multiplier is 1.
    """
    return day_reached(clock, day, threshold / rate) if rate > 0.0 else NEVER


@rule
def first_job_day(clock: NDArray[np.float64], day: int, delay: float, threshold: float, rate: float) -> int:
    """Return the day of a job found at a hazard that begins some days after `day`, in whole days if it waits at all.

    Args:
        clock: running sum of the multipliers of the days before each day, shape (days + 1,).
        day: day on which the search begins.
        delay: days of it in which no job is found.
        threshold: a unit exponential number, used up by the hazard.
        rate: hazard per day where the multiplier is 1.
    """
    begins = day + whole_days(delay) if delay > 0.0 else day
    return hazard_day(clock, begins, threshold, rate) if begins < clock.size else NEVER


@rule
def job_end_day(
    clock: NDArray[np.float64], day: int, threshold: float, rate: float, early_factor: float, early_days: int
) -> int:
    """Return the day a job ends: the hazard is multiplied by a factor in the job's first days.

    Args:
        clock: running sum of the multipliers of the days before each day, shape (days + 1,).
        day: day from which the job can end.
        threshold: a unit exponential number, used up by the hazard.
        rate: hazard per day where the multiplier is 1.
        early_factor: factor on the hazard in the job's first days.
        early_days: how many of these days are left.
    """
    if early_days <= 0 or early_factor == 1.0:
        return hazard_day(clock, day, threshold, rate)
    if rate <= 0.0:
        return NEVER
    turn = min(day + early_days, clock.size - 1)
    needed, early = threshold / rate, early_factor * (clock[turn] - clock[day])
    if needed <= early:
        return day_reached(clock, day, needed / early_factor)
    return day_reached(clock, turn, needed - early)


@rule
def exponential_days(u: float, mean: float) -> int:
    """Return an exponential duration in whole days."""
    return whole_days(exponential(u) * mean)


@rule
def lognormal_days(u: float, median: float, sigma: float) -> int:
    """Return a lognormal duration in whole days.

    Args:
        u: a uniform number on [0, 1).
        median: median in days.
        sigma: standard deviation of the logarithm.
    """
    return whole_days(lognormal(u, median, sigma))


@rule
def contact_loss_days(u: float, probability: float, days: int) -> int:
    """Return days to losing contact, exponential, such that contact is still there on day `days` with a given probability.

    Args:
        u: a uniform number on [0, 1).
        probability: probability of contact on that day.
        days: the day, counted from the start of the job.
    """
    if probability >= 1.0:
        return NEVER
    if probability <= 0.0:
        return 1
    return exponential_days(u, (days - 1) / -math.log(probability))


@rule
def weekly_hours(u: float, upper_band: bool) -> float:
    """Return whole weekly hours: 16 to 30 in the upper band, 8 to 15 in the lower, each as likely."""
    return 16.0 + math.floor(u * 15.0) if upper_band else 8.0 + math.floor(u * 8.0)


@rule
def whole_people(number: float) -> int:
    """Return a number of people to the nearest whole one, half a person up."""
    return max(0, math.floor(number + 0.5))


@rule
def referred_before(u: float, period: float) -> int:
    """Return the day, before day 0, of the referral of somebody carried over: every day of the period is as likely."""
    return -whole_days(u * period)


@rule
def day_between(u: float, after: int, last: int) -> int:
    """Return a day after `after` and at most `last`, each as likely, or `after` itself where there is none.

    Args:
        u: a uniform number on [0, 1).
        after: the day before the first that can come.
        last: the last day that can come.
    """
    return after + 1 + math.floor(u * (last - after)) if last > after else after


@rule
def quarter_factor(seed: int, replication: int, quarter: int, cv: float) -> float:
    """Return the factor that a quarter's referrals share: lognormal of mean 1.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        quarter: number of the quarter.
        cv: coefficient of variation of the factor; 0 for none.
    """
    if cv <= 0.0:
        return 1.0
    sigma = math.sqrt(math.log(1.0 + cv * cv))
    return lognormal(
        uniforms(seed, replication, ENTITY.ARRIVALS, 0, DECISION.QUARTER, quarter)[0],
        math.exp(-sigma * sigma / 2.0),
        sigma,
    )


@rule
def referral_rate(plan: Plan, day: int, level: float, factor: float, ramp_days: float) -> float:
    """Return the rate of referral on a day: the level, times season, the windows, the ramp and the quarter's factor.

    Args:
        plan: the scenario's constants.
        day: the day.
        level: the rate a day if it were level.
        factor: the quarter's factor.
        ramp_days: days over which the rate rises evenly from nothing.
    """
    ramp = min(1.0, (day + 0.5) / ramp_days) if ramp_days > 0.0 else 1.0
    rate: float = level * plan.referral_profile[day] * plan.multiplier[REFERRAL_RATE, day] * ramp * factor
    return rate


@kernel
def referral_days(
    seed: int, replication: int, plan: Plan, referrals_over_term: float, quarter_cv: float, ramp_days: float
) -> NDArray[np.int64]:
    """Return the day of each referral, in order.

    Person n is the n-th arrival of a unit-rate process, mapped through the inverse cumulative intensity, so that a stress
    moves or removes people and never gives anybody other random numbers. The intensity is level throughout the term, times
    season, the quarter's factor, the windows and the ramp.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        plan: the scenario's constants.
        referrals_over_term: referrals expected over the term, if it were level.
        quarter_cv: coefficient of variation of the quarter's factor.
        ramp_days: days over which the intensity rises evenly from nothing.
    """
    level = referrals_over_term / plan.referral_days
    days = np.empty(64, dtype=np.int64)
    count, reached, last_quarter, factor = 0, 0.0, -1, 1.0
    gaps = uniforms(seed, replication, ENTITY.ARRIVALS, 0, DECISION.GAP, 0)
    target = exponential(gaps[0])
    for day in range(plan.term_days):
        if plan.quarter[day] != last_quarter:
            last_quarter = plan.quarter[day]
            factor = quarter_factor(seed, replication, last_quarter, quarter_cv)
        reached += referral_rate(plan, day, level, factor, ramp_days)
        while target <= reached:
            if count == days.size:
                days = np.concatenate((days, np.empty_like(days)))
            days[count] = day
            count += 1
            if count % 4 == 0:
                gaps = uniforms(seed, replication, ENTITY.ARRIVALS, 0, DECISION.GAP, count // 4)
            target += exponential(gaps[count % 4])
    return days[:count]


@kernel
def pool_referral_days(
    seed: int,
    replication: int,
    plan: Plan,
    size: float,
    rate: float,
    entrants: float,
    quarter_cv: float,
    ramp_days: float,
) -> NDArray[np.int64]:
    """Return the day of each referral from a closed pool, in order.

    Person n is the n-th arrival of a unit-rate process, as with an open inflow. Each of the people of the pool not yet referred
    is referred at the hazard of the day: `rate`, times season, the quarter's factor, the windows and the ramp. A gap is used up
    at that hazard times their number, which is one less from each referral on, within the day too. On each anniversary of the
    first day the pool grows.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        plan: the scenario's constants.
        size: people of the pool on the first day; together with those who have joined it is rounded to whole people.
        rate: hazard of referral of each, per day.
        entrants: people who join on each anniversary.
        quarter_cv: coefficient of variation of the quarter's factor.
        ramp_days: days over which the hazard rises evenly from nothing.
    """
    days = np.empty(64, dtype=np.int64)
    count, years, last_quarter, factor = 0, 0, -1, 1.0
    gap = _gap(seed, replication, 0)
    for day in range(plan.term_days):
        while years < plan.anniversaries.size and plan.anniversaries[years] <= day:
            years += 1
        if plan.quarter[day] != last_quarter:
            last_quarter = plan.quarter[day]
            factor = quarter_factor(seed, replication, last_quarter, quarter_cv)
        left = referral_rate(plan, day, rate, factor, ramp_days)
        pool = whole_people(size + years * entrants)
        while left > 0.0 and count < pool and gap <= left * (pool - count):
            left = max(0.0, left - gap / (pool - count))
            if count == days.size:
                days = np.concatenate((days, np.empty_like(days)))
            days[count] = day
            count += 1
            gap = _gap(seed, replication, count)
        gap -= left * max(0, pool - count)
    return days[:count]


@rule
def _gap(seed: int, replication: int, number: int) -> float:
    """Return the gap before an arrival of a unit-rate process."""
    return exponential(uniforms(seed, replication, ENTITY.ARRIVALS, 0, DECISION.GAP, number // 4)[number % 4])
