"""A measure: its definition in the catalogue, and whose figure it is where a deal has several of a kind."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from simulator.scenario.deal import Deal
from simulator.words import MONEY, Unit, capital

End = Literal["low", "high"]
Statistic = Literal["distribution", "probability", "rate", "tail mean"]
"""What is told of the values: mean and quantiles; the mean alone; quantiles alone, as rates are never averaged; a tail's mean."""
Kind = Literal["outcome", "group", "payer", "delivering payer", "cost", "tranche", "year"]
"""What a deal may have several of: lines and groups of outcomes, groups alone, payers, a payer whose staff deliver, and so on."""
Table = Literal["returns", "quarters", "dates"]
"""Where the figures stand: one value in each replication, one at each quarter, or one on each day that is asked for."""
Party = Literal["outcome payers", "investor", "SPV", "provider", "intermediary", "guarantor", "service"]
View = Literal["run", "compare", "report"]
"""Where a measure is shown: the terminal's table of a run, comparisons, the report's headline figures."""
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
STATISTICS = ("mean", *QUANTILES)


class Section(StrEnum):
    """Headings under which measures stand, in their order."""

    PAYMENTS = "Outcome payments"
    OUTCOMES = "Outcomes"
    INVESTOR = "Investor"
    LIQUIDITY = "Liquidity"
    OTHERS = "Provider and other parties"
    SERVICE = "Caseload"


@dataclass(frozen=True)
class Subject:
    """Whose figure it is."""

    kind: Kind
    name: str
    """As the scenario names it."""
    title: str
    """In words."""
    place: tuple[str | int, ...] = ()
    """Where in the scenario the name stands."""


@dataclass(frozen=True)
class Definition:
    """A record of the catalogue. In key, label and words, `{}` is the subject."""

    key: str
    label: str
    """As it stands at the start of a line, in every table and figure."""
    how: str
    """How it is computed, in a sentence."""
    section: Section
    party: Party
    unit: Unit = MONEY
    of: Kind | None = None
    """What there is one of for each; None where the deal has one."""
    adverse: End = "low"
    """Which end is bad."""
    undefined_ranks: End | None = None
    """The end at which undefined values rank, where that is not the adverse one."""
    statistic: Statistic = "distribution"
    source: str = ""
    """The measure whose values it is computed from, where it has none of its own."""
    short: str = ""
    """The label where there is little room, if that is another."""
    missing: str = "undefined"
    """What is written where it does not exist."""
    status: str = "undefined"
    """What data say where it does not exist."""
    shown: tuple[View, ...] = ()
    shown_of: Callable[[Deal, str], bool] | None = None
    """Of which subjects, by name, it is shown there; of all if there is no such rule."""
    exists: Callable[[Deal], bool] | None = None
    """Which deals have it; all if there is no such rule."""
    only: str = ""
    """The same in words."""
    detail: Callable[[Deal, str], str] | None = None
    """What the terms of a deal add to how it is computed, given the subject's name."""
    table: Table = "returns"


@dataclass(frozen=True)
class Measure:
    """A measure of a deal."""

    definition: Definition
    subject: Subject | None = None

    @property
    def key(self) -> str:
        """Return the key under which its figures are kept."""
        return self.definition.key.format(self.subject.name if self.subject else "")

    @property
    def label(self) -> str:
        """Return it in words, as it stands at the start of a line."""
        return self._said(self.definition.label)

    @property
    def short(self) -> str:
        """Return its label where there is little room."""
        return self._said(self.definition.short or self.definition.label)

    @property
    def within(self) -> str:
        """Return its label as it stands within a sentence."""
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]

    def _said(self, words: str) -> str:
        return capital(words.format(self.subject.title if self.subject else ""))

    @property
    def unit(self) -> Unit:
        """Return how its figures are written."""
        return self.definition.unit

    @property
    def adverse(self) -> End:
        """Return which end is bad."""
        return self.definition.adverse

    @property
    def undefined_ranks(self) -> End:
        """Return the end at which undefined values rank."""
        return self.definition.undefined_ranks or self.definition.adverse

    @property
    def source(self) -> str:
        """Return the key of the values that its figures are computed from."""
        return self.definition.source or self.key

    @property
    def statistics(self) -> tuple[str, ...]:
        """Return the names of its figures."""
        if self.is_single:
            return STATISTICS[:1]
        return QUANTILES if self.is_rate else STATISTICS

    @property
    def is_single(self) -> bool:
        """Return whether it is one number of all replications: a probability, or the mean of a tail."""
        return self.definition.statistic in ("probability", "tail mean")

    @property
    def is_rate(self) -> bool:
        """Return whether it is a rate of return, which is never averaged or subtracted."""
        return self.definition.statistic == "rate"

    def how(self, deal: Deal) -> str:
        """Return how it is computed for a deal, in a sentence or two."""
        name = self.subject.name if self.subject else ""
        detail = self.definition.detail
        said = self.definition.how.format(self.subject.title if self.subject else "")
        return said if detail is None else f"{said} {detail(deal, name)}".strip()

    def is_shown(self, view: View, deal: Deal) -> bool:
        """Return whether a view of a deal shows it."""
        rule = self.definition.shown_of
        return view in self.definition.shown and (rule is None or rule(deal, self.subject.name if self.subject else ""))
