"""How soon a version of a scenario is made: a study makes thousands, each with one lever or one value changed."""

from collections.abc import Callable
from functools import partial

import simulator as sib
from simulator.scenario.content import content_of
from simulator.studies.levers import at
from tests.benchmarks.clock import Contender, interleaved, number
from tests.benchmarks.sizes import Size
from tests.benchmarks.tables import Table, verdict

DEALS = ("scenarios/haringey_barnet.yaml", "scenarios/running/shropshire.yaml")
MOST = 3.0
"""Milliseconds that a version may take."""


def makers(scenario: sib.Scenario) -> dict[str, Callable[[], object]]:
    """Return what makes a version, by what is changed."""
    assert scenario.content is not None
    prices, kept = sib.lever(scenario, "prices"), scenario.content
    return {
        "one lever, all prices": partial(at, scenario, (prices, 1.1)),
        "one value, an assumption": partial(scenario.with_values, {"assumptions.patience": 120}),
        "one value, a price": partial(scenario.with_values, {"deal.rate_card.0.price": 500}),
        "nothing, everything checked": partial(content_of, kept.written, kept.given),
        "nothing, read from its files": partial(sib.load_scenario, scenario.file),
    }


def measured(scenario: sib.Scenario, size: Size) -> list[Table]:
    """Return the table of versions of two real deals, whatever scenario is given."""
    del scenario
    rows = []
    for file in DEALS:
        base = sib.load_scenario(file)
        works = makers(base)
        for work in works.values():
            work()
        times = interleaved({name: _turn(work, size.versions) for name, work in works.items()}, size.rounds)
        for name, each in times.items():
            cells = each.times(1e3).cells()
            aim = "" if name.startswith("nothing") else f"at most {number(MOST)}: {verdict(1e3 * each.median <= MOST)}"
            rows.append([f"{base.name}: {name}", *cells, aim])
    return [
        Table(
            "Versions of a scenario: milliseconds for one",
            ["what is changed", "median", "lowest", "highest", "target"],
            rows,
            f"Rounds: {size.rounds}, of {size.versions} versions each. Only what a change touches is checked anew.",
        )
    ]


def _turn(work: Callable[[], object], versions: int) -> Contender:
    def turn(_: int) -> None:
        for _number in range(versions):
            work()

    return turn, versions
