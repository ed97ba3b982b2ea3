"""Random deals for property tests: valid variations of the tiny scenario, and event logs of random lives."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any, TypeVar

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from simulator.batch import Tables, first_shortfalls, measure, tables, wound_up
from simulator.contract.settlement import settle
from simulator.dates import NEVER, add_months, contract_quarters, day_number
from simulator.finance.accounts import distribute
from simulator.finance.agreement import planned_end
from simulator.money import split_pence
from simulator.pathway.engine import event_table
from simulator.records import Claims, Events, Payments, Returns
from simulator.scenario.checks import findings
from simulator.scenario.constants import RATES
from simulator.scenario.draws import draw
from simulator.scenario.model import Description, Scenario
from tests.contract_strategies import NEW_TERMS, pounds, random_limits, random_prices, random_settled
from tests.money_strategies import MONEY
from tests.tiny import TINY
from tests.worked_examples.feed import Job, Life, events_of

Plain = dict[str, Any]
T = TypeVar("T")
MODEST = 15
"""Examples of each property in an ordinary run."""
PATIENT = 400
"""Examples of each property in a run that explores."""
SEED = 2026
"""Of the values of an ordinary run, which then do not change with the words of a check."""
KEPT = 150
"""A job of this many days is kept for good."""


@dataclass(frozen=True)
class World:
    """A random deal with some luck: two replications, and all that follows."""

    document: Plain
    seed: int
    first: int = 0
    count: int = 2

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return scenario_of(self.document)

    @cached_property
    def tables(self) -> Tables:
        """Return all tables."""
        return tables(self.scenario, self.seed, self.first, self.count)

    @cached_property
    def returns(self) -> Returns:
        """Return all measures."""
        return measure(self.scenario, self.tables)

    def changed(self, change: Callable[[Plain], object]) -> "World":
        """Return the same luck under a changed deal."""
        document = copy.deepcopy(self.document)
        change(document)
        return replace(self, document=document)


def scenario_of(document: Plain) -> Scenario:
    """Return the scenario of plain data, which must be right in every way."""
    description = Description.model_validate(copy.deepcopy(document))
    wrong = [each for each in findings(description) if each.severity == "error"]
    assert wrong == [], wrong
    return Scenario("random.yaml", description)


@cache
def _tiny() -> Plain:
    loaded: Plain = YAML(typ="safe", pure=True).load(TINY.read_text(encoding="utf-8"))
    return loaded


def tiny_document() -> Plain:
    """Return the tiny scenario as plain data to be changed."""
    return copy.deepcopy(_tiny())


def fix(document: Plain, **values: float) -> None:
    """Fix assumptions at values, in their own units."""
    for name, value in values.items():
        unit = document["assumptions"][name]["unit"]
        document["assumptions"][name] = {"value": value, "unit": unit, "quality": "D", "source": "Random"}


def close_pool(document: Plain, size: float, rate: float, entrants: float) -> None:
    """Have people referred from a closed pool: its size, the hazard of referral per month, and how many join each year."""
    fixed = {"source": "Random", "quality": "D"}
    document["assumptions"] |= {
        "referrals_over_term": "none",
        "pool_size": {"value": size, "unit": "people", **fixed},
        "pool_referral_rate": {"value": rate, "unit": "per month", **fixed},
        "pool_entrants": {"value": entrants, "unit": "people", **fixed},
    }


def leave_empty(document: Plain) -> None:
    """Have nobody referred, from a pool or not, and nobody carried over."""
    of_people = {name for name in document["assumptions"] if name.startswith("carried_over")} - {"carried_over_period"}
    of_people |= {"referrals_over_term", "pool_size", "pool_entrants"}
    fix(document, **{name: 0.0 for name in of_people if document["assumptions"][name] != "none"})
    document["deal"]["referral_target"] = 0
    for line in document["deal"]["rate_card"]:
        line["target"] = 0


def promise(
    strategy: st.SearchStrategy[T], examples: int = MODEST
) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Return a decorator that makes a check of one value a test on random values, the same ones in every run."""

    def wrap(check: Callable[[T], None]) -> Callable[[], None]:
        def at_length() -> None:
            run_property(strategy, check, PATIENT, None)

        test = _property(strategy, check, examples, SEED)
        test.at_length = at_length  # type: ignore[attr-defined]
        return test

    return wrap


def _property(
    strategy: st.SearchStrategy[T], check: Callable[[T], None], examples: int, chosen: int | None
) -> Callable[[], None]:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    limits = settings(max_examples=examples, derandomize=chosen is not None, suppress_health_check=quiet)
    test = limits(given(strategy)(check))
    return test if chosen is None else seed(chosen)(test)


def run_property(strategy: st.SearchStrategy[T], check: Callable[[T], None], examples: int, chosen: int | None) -> None:
    """Check random values, as many as asked for, from a seed; from that of the run, which explores, if none is given."""
    _property(strategy, check, examples, chosen)()


def shares() -> st.SearchStrategy[float]:
    """Return parts of a whole, none and all included."""
    return st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.05, 0.95).map(lambda x: round(x, 2)))


@st.composite
def weights(draw: st.DrawFn) -> list[int]:
    """Return one to four whole weights that add up to 100."""
    edges = sorted(draw(st.sets(st.integers(1, 99), max_size=3)))
    return [high - low for low, high in zip([0, *edges], [*edges, 100], strict=True)]


@st.composite
def _term(draw: st.DrawFn, document: Plain) -> None:
    deal = document["deal"]
    start = date(2021, 4, 1) + timedelta(days=draw(st.integers(-200, 400)))
    months = 12 * draw(st.integers(1, 4)) + draw(st.sampled_from([0, 0, 0, 1, 5]))
    end = add_months(start, months)
    deal["term"] = {"service_start": start, "term_end": end, "claims_tail_months": draw(st.integers(0, 10))}
    settles = start + timedelta(days=draw(st.integers(1, (end - start).days + 600)))
    deal["investment"]["settlement_date"] = draw(st.sampled_from([end, end - timedelta(days=1), settles]))


@st.composite
def _staffing(draw: st.DrawFn, document: Plain) -> None:
    deal, term = document["deal"], document["deal"]["term"]
    late = term["service_start"] + timedelta(days=draw(st.integers(1, 300)))
    more = draw(st.booleans())
    early = {"posts": draw(st.integers(1, 2)), "from": term["service_start"]}
    deal["staffing"] |= {
        "specialists": [early, {"posts": 1, "from": late, "to": late + timedelta(days=100)}] if more else [early],
        "caseload_limit": draw(st.sampled_from([1, 2, 3.5, 8])),
        "ramp": draw(st.sampled_from([[1.0], [0.33, 0.67, 1.0], [0.0, 1.0]])),
        "in_work_support_weeks": draw(st.sampled_from([0, 4, 17, 52])),
        "contact_grace_days": draw(st.integers(1, 40)),
        "already_running": draw(st.booleans()),
    }
    deal["staffing"]["slot_weights"]["in_work"] = [
        {"from_week": 0, "weight": draw(shares())},
        {"from_week": 6, "weight": draw(shares())},
    ]


@st.composite
def _contract(draw: st.DrawFn, document: Plain) -> None:
    deal = document["deal"]
    for line in deal["rate_card"]:
        line["price"] = draw(pounds(0, 5000))
        line["count_cap"] = draw(st.one_of(st.just("none"), st.integers(0, 12)))
        line["paid_after_months"] = draw(st.integers(0, 9))
    deal["lags"]["from"] = draw(st.sampled_from(["referral", "achievement", "none"]))
    deal["evidence_window_days"] = draw(st.integers(1, 120))
    deal["total_cap"] = {"pounds": draw(pounds(0, 60000)), "policy": draw(st.sampled_from(["partial", "whole"]))}
    deal["audit"]["fraction"] = draw(shares())
    names = ["lcf", "local", "trust", "state"]
    deal["funders"] = [
        {
            "name": name, "title": name, "weight": weight, "cap": draw(pounds(0, 30000)), "days": draw(st.integers(0, 90)),
            "pays_after": draw(st.sampled_from(["confirmation", *names[:number]])),
        }
        for number, (name, weight) in enumerate(zip(names, draw(weights()), strict=False))
    ]  # fmt: skip


@st.composite
def _beliefs(draw: st.DrawFn, document: Plain) -> None:
    fix(
        document,
        referrals_over_term=draw(st.sampled_from([0, 5, 25, 60])),
        patience=draw(st.sampled_from([20, 180])),
        not_engaged_hold=10,
        engagement_probability=draw(st.sampled_from([0.5, 0.9])),
        job_rate=draw(st.sampled_from([0.06, 0.5, 2.0])),
        disengagement_rate=draw(st.sampled_from([0.0, 0.09, 0.4])),
        job_loss_rate=draw(st.sampled_from([0.0, 0.1, 0.6])),
        reemployment_rate=draw(st.sampled_from([0.045, 1.0])),
        contact_probability=draw(shares()),
        specialist_turnover=draw(st.sampled_from([0.0, 0.3, 3.0])),
        vacancy_median=draw(st.sampled_from([1, 12])),
        certificate_probability=draw(shares()),
        other_route_probability=draw(shares()),
        audit_failure_probability=draw(shares()),
        curable_probability=draw(shares()),
        confirmation_median=draw(st.sampled_from([0, 30])),
        confirmation_p95=120,
    )
    if draw(st.booleans()):
        document["assumptions"]["search_limit"] = "none"


@st.composite
def _people(draw: st.DrawFn, document: Plain) -> None:
    """Where people come from: carried over or not, from a closed pool or not; a delay of the search; windows on any rate."""
    start, windows = document["deal"]["term"]["service_start"], []
    fix(document, search_delay=draw(st.sampled_from([0, 0, 14, 90])))
    if draw(st.booleans()):
        number = st.sampled_from([0, 1, 2.5, 6])
        fix(
            document,
            carried_over_waiting=draw(number),
            carried_over_searching=draw(number),
            carried_over_in_work=draw(number),
            carried_over_period=draw(st.sampled_from([0.1, 2, 6])),
        )
    if draw(st.booleans()):
        size = st.sampled_from([10, 25, 60.5])
        rate = st.sampled_from([0.02, 0.1, 2.0])
        close_pool(document, draw(size), draw(rate), draw(st.sampled_from([0, 3.5])))
    for name in draw(st.lists(st.sampled_from(RATES), max_size=3)):
        opens = draw(st.integers(-30, 400))
        closes = opens + draw(st.integers(1, 200))
        window = {"rate": name, "from": start + timedelta(days=opens), "to": start + timedelta(days=closes)}
        windows.append(
            window
            | {
                "multiply": draw(st.sampled_from([0.0, 0.5, 2.0, "shock", "recovery", "known"])),
                "power": draw(st.sampled_from([1.0, 1.0, 0.5, 2.0])),
                "source": "Random",
                "quality": "E",
            }
        )
    random_factors(document, windows)


def random_factors(document: Plain, windows: list[Plain]) -> None:
    """Give a deal windows, and the factors that they name."""
    spread = {"distribution": "lognormal", "median": 0.5, "sigma": 1.0}
    beliefs: dict[str, Plain] = {
        "shock": spread,
        "recovery": {"distribution": "uniform", "low": 0.0, "high": 3.0},
        "known": {"value": 0.7},
    }
    given = {"unit": "factor", "source": "Random", "quality": "E"}
    used = {window["multiply"] for window in windows}
    document["assumptions"]["windows"] = windows
    document["assumptions"]["factors"] = {name: each | given for name, each in beliefs.items() if name in used}


@st.composite
def documents(draw: st.DrawFn) -> Plain:
    """Return random deals as plain data."""
    document = tiny_document()
    for part in (_term, _staffing, _contract, random_prices, random_limits, random_settled, *MONEY, _beliefs, _people):
        draw(part(document))
    source = {"source": "Random", "quality": "D"}
    document["deal"]["sources"] |= {name: source for name in NEW_TERMS if name in document["deal"]}
    return document


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return random deals with luck."""
    return World(draw(documents()), draw(st.integers(0, 2**63 - 1)), draw(st.integers(0, 1000)))


@st.composite
def lives(draw: st.DrawFn, start: date, days: int) -> Life:
    """Return a random life that begins within some days: jobs follow one another without overlap."""
    day = draw(st.integers(0, days - 1))
    referred = start + timedelta(days=day)
    engaged = day + draw(st.integers(0, 60))
    gaps = draw(
        st.lists(
            st.tuples(st.integers(1, 60), st.integers(1, KEPT), st.sampled_from([8.0, 15.5, 16.0, 25.0])), max_size=4
        )
    )
    jobs, free = [], engaged
    for gap, length, hours in gaps:
        first = free + gap
        free = first + length
        last = None if length == KEPT else start + timedelta(days=free - 1)
        jobs.append(Job(start + timedelta(days=first), hours, last))
        if last is None:
            break
    lost = draw(st.one_of(st.none(), st.integers(0, 200)))
    contact_lost = jobs[0].first + timedelta(days=lost) if jobs and lost is not None else None
    return Life(referred, start + timedelta(days=engaged), tuple(jobs), contact_lost)


@dataclass(frozen=True)
class Logged:
    """A random deal and a random event log put through its contract and its money."""

    document: Plain
    lives: tuple[Life, ...]
    seed: int
    carried_over: tuple[Life, ...] = ()
    """People who were referred before the first day of service."""

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return scenario_of(self.document)

    @cached_property
    def events(self) -> Events:
        """Return the event log."""
        term = self.scenario.deal.term
        return events_of(list(self.lives), term.service_start, term.term_end, list(self.carried_over))

    @cached_property
    def settled(self) -> tuple[Claims, Payments]:
        """Return claims and payments."""
        return settle(self.scenario, draw(self.scenario, self.seed, 0, 1), self.seed, self.events)

    @cached_property
    def tables(self) -> Tables:
        """Return all tables, as if nothing ended the contract early."""
        claims, payments = self.settled
        cashflows, shortfalls = distribute(self.scenario, payments)
        term = self.scenario.deal.term
        end = np.array([day_number(term.term_end, term.service_start)], dtype=np.int64)
        return Tables(self.events, claims, payments, cashflows, shortfalls, end)

    def changed(self, change: Callable[[Plain], object]) -> "Logged":
        """Return the same lives and luck under a changed deal."""
        document = copy.deepcopy(self.document)
        change(document)
        return replace(self, document=document)


@st.composite
def logs(draw: st.DrawFn) -> Logged:
    """Return random deals with random event logs."""
    document = draw(documents())
    term = document["deal"]["term"]
    days = (term["term_end"] - term["service_start"]).days
    people = draw(st.lists(lives(term["service_start"], days), min_size=1, max_size=8))
    early = draw(st.lists(lives(term["service_start"] - timedelta(days=400), 400), max_size=3))
    names = [line["outcome"] for line in document["deal"]["rate_card"]]
    document["deal"]["carried_over_outcomes"] = draw(st.sets(st.sampled_from([*names, "sustainment"])).map(sorted))
    document["deal"]["sources"]["carried_over_outcomes"] = {"source": "Random", "quality": "D"}
    in_order = tuple(sorted(people, key=lambda life: life.referred))
    return Logged(document, in_order, draw(st.integers(0, 2**63 - 1)), tuple(early))


@dataclass(frozen=True)
class Funded:
    """A random deal and random payments on it, as large as they come, put through its money."""

    document: Plain
    invoices: tuple[tuple[int, int, int], ...]
    """Last day of the quarter, days to the payment, pence."""
    count: int = 1

    @cached_property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return scenario_of(self.document)

    @cached_property
    def payments(self) -> Payments:
        """Return each invoice, split between the funders; the last of them pays a week later than the others."""
        weights = [funder.weight for funder in self.scenario.deal.funders]
        rows = [
            (number, funder, issued, issued + delay + 7 * (funder == len(weights) - 1), part, part, part)
            for number, (issued, delay, amount) in enumerate(self.invoices)
            for funder, part in enumerate(split_pence(amount, weights))
        ]
        columns = np.array(rows, dtype=np.int64).reshape(-1, 7).T
        return Payments(0, np.array([0, len(rows)], dtype=np.int64), *columns)

    @cached_property
    def tables(self) -> Tables:
        """Return all tables: no person, no claim."""
        term, end = self.scenario.deal.term, np.array([planned_end(self.scenario.deal)], dtype=np.int64)
        flows, shortfalls = distribute(self.scenario, self.payments, end)
        days = day_number(term.term_end, term.service_start)
        broken = first_shortfalls(shortfalls, np.minimum(end, days))
        if self.scenario.deal.investment.shortfall == "terminate" and (broken < NEVER).any():
            end = broken
            flows, later = distribute(self.scenario, self.payments, end)
            shortfalls = wound_up(self.scenario.deal, shortfalls, later, broken)
        events, nothing = event_table(0, [[]]), np.zeros(0, dtype=np.int64)
        claims = Claims(0, np.zeros(2, dtype=np.int64), *[nothing] * (len(Claims.columns())))
        return Tables(events, claims, self.payments, flows, shortfalls, np.minimum(end, days))


@st.composite
def funded(draw: st.DrawFn) -> Funded:
    """Return random deals with random payments, one invoice a quarter."""
    document = draw(documents())
    term = document["deal"]["term"]
    closes = [
        day_number(day, term["service_start"]) - 1
        for day in contract_quarters(term["service_start"], add_months(term["term_end"], term["claims_tail_months"]))[
            1:
        ]
    ]
    amounts = st.one_of(st.just(0), st.integers(1, 1_500_000))
    invoices = [(day, draw(st.integers(0, 200)), draw(amounts)) for day in closes]
    return Funded(document, tuple(each for each in invoices if each[2] > 0))


def ledgers() -> st.SearchStrategy[World | Funded]:
    """Return random deals with money: a third of what people achieved, the rest with more money than people would bring."""
    return st.one_of(worlds(), funded(), funded())
