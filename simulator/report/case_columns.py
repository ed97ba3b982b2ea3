"""What names the rows and columns of the tables of cases."""

from collections.abc import Mapping

from simulator.measures.catalogue import DATES
from simulator.measures.measure import Measure
from simulator.measures.of_deal import measures_of
from simulator.studies.case_reach import MULTIPLE, TOGETHER
from simulator.studies.deal_cases import DealCases
from simulator.table import Column, Figure
from simulator.words import Unit, name_in_words

NO_CASE: Mapping[str, str] = dict.fromkeys(
    ("covered", "out_of_reach", "always", "not_monotone", "undefined", "no_case"), "none"
) | {"worth_less": "worth less"}  # fmt: skip
"""Statuses where there is no such case: tables say that there is none, sentences why."""
NOTHING = Figure(None, status="none")
"""An empty cell."""
MEASURE = Column("measure")


def measures(found: DealCases) -> dict[str, Measure]:
    """Return the measures of the cases by key: referrals, outcomes and payments."""
    return measures_of(found.scenario.deal, DATES)


def named(found: DealCases, name: str) -> tuple[str, str]:
    """Return what is reached, a measure or all outcomes together: its key, and as the start of a line."""
    beside = {TOGETHER: "All outcomes", MULTIPLE: "Investor's money back"}
    return name, beside[name] if name in beside else measures(found)[name].label


def of_cases(found: DealCases, unit: Unit | None = None) -> tuple[Column, ...]:
    """Return a column for each case.

    Args:
        found: the study.
        unit: unit of the figures, where they have one in common.
    """
    return tuple(Column(case.name, name_in_words(case.name), unit, statuses=NO_CASE) for case in found.cases)
