"""Causes: why one scenario of a deal differs from another, as groups of terms that can be exchanged one by one.

Every field of a deal and of its assumptions belongs to one group. Lists of named entries (rate card, outcome payers) are taken
apart where both scenarios name the same entries in the same order, and go whole with one group where they do not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from simulator.errors import ScenarioError, SibError, refuse
from simulator.scenario.assumptions import PARAMETERS, Assumptions, Rules
from simulator.scenario.deal import Deal, Funder
from simulator.scenario.load import document_of, with_overlays
from simulator.scenario.model import OnTop, Overlay, Scenario
from simulator.scenario.overlay_paths import find_all, value_at
from simulator.scenario.parameters import GROUP_NAMES, Group, groups_of
from simulator.scenario.rate_card import Outcome
from simulator.studies.lever import SOURCE

WORDS_ALONE = (
    "deal.name",
    "deal.cohort",
    "deal.commissioner",
    "deal.intermediary",
    "deal.printed",
    "deal.inconsistencies",
    "deal.sources",
    "deal.rate_card.*.outcome",
    "deal.funders.*.name",
)
"""Names and documents: nothing is computed from them, or they are what entries are known by."""
_OF_THE_DEAL: Mapping[Group, tuple[str, ...]] = {
    "referrals": ("deal.referral_target",),
    "people carried over": ("deal.carried_over_outcomes",),
    "staffing and caseload": ("deal.staffing",),
    "evidence and audit": ("deal.evidence_window_days", "deal.audit", "deal.rate_card.*.evidence"),
    "lags and delays": ("deal.lags", "deal.rate_card.*.paid_after_months", "deal.funders.*.pays_after", "deal.funders.*.days"),
    "prices and schedules": (
        "deal.rate_card.*.counts_as", "deal.rate_card.*.follows", "deal.rate_card.*.strand", "deal.rate_card.*.milestone",
        "deal.rate_card.*.price", "deal.rate_card.*.indexed_by", "deal.rate_card.*.target", "deal.schedules",
        "deal.schedule_calendar", "deal.activity_payments", "deal.settled", "deal.indices",
    ),
    "caps and funders": (
        "deal.total_cap", "deal.annual_cap", "deal.rate_card.*.count_cap", "deal.funders.*.title", "deal.funders.*.weight",
        "deal.funders.*.cap", "deal.over_funder_cap",
    ),
    "provider and costs": ("deal.provider", "deal.costs"),
    "capital and return": ("deal.investment",),
    "term and early end": ("deal.term", "deal.early_termination"),
}  # fmt: skip


def _assumptions_of(group: Group) -> Iterator[str]:
    """Yield the paths of the assumptions and rules whose fields say that they belong to a group."""
    for path, model in (("assumptions", Assumptions), ("assumptions.rules", Rules)):
        yield from (f"{path}.{name}" for name, its_group in groups_of(model).items() if its_group == group)


GROUPS: Mapping[str, tuple[str, ...]] = {
    group: (*_assumptions_of(group), *_OF_THE_DEAL.get(group, ())) for group in GROUP_NAMES
}
"""Paths of the terms of each group; `*` is every entry of a list."""
WHOLE_LISTS = {"deal.rate_card": "prices and schedules", "deal.funders": "caps and funders"}
"""The group that a list goes whole with, where it cannot be taken apart."""
_MODELS: Mapping[str, type[BaseModel]] = {
    "deal": Deal,
    "assumptions": Assumptions,
    "deal.rate_card.*": Outcome,
    "deal.funders.*": Funder,
    "assumptions.rules": Rules,
}
_NAMES = {"deal.rate_card": "outcome", "deal.funders": "name"}
_CITED = {name: {"source": SOURCE, "quality": "D"} for name in Deal.model_fields if name not in {"sources", "name"}}
"""Citations of every term of a deal that is mixed of two."""
_DOCUMENTS = {"source", "quality"}


@dataclass(frozen=True)
class Cause:
    """Something that makes B of A, alone or with others."""

    title: str
    """In words."""
    overlays: tuple[str | Path | Overlay, ...]
    """What makes it, on top of A."""

    @property
    def single(self) -> bool:
        """Return whether it is one cause, and not several that only hold together."""
        return len(self.overlays) == 1


def mixed(first: Scenario, causes: Iterable[Cause]) -> Scenario:
    """Return the first scenario with some causes, in their order.

    Raises:
        ScenarioError: where they do not make a valid scenario.
    """
    return with_overlays(first, [overlay for cause in causes for overlay in cause.overlays])


def of_overlays(first: Scenario, overlays: Sequence[str | Path | Overlay]) -> tuple[list[Cause], Scenario]:
    """Return each overlay as a cause, and the scenario under all of them.

    Raises:
        SibError: where there is none, and as `load_scenario` does.
    """
    refuse(not overlays, "a bridge takes two scenarios, or one and the overlays that lead from it")
    return [Cause(_title(first, overlay), (overlay,)) for overlay in overlays], with_overlays(first, overlays)


def _title(first: Scenario, overlay: str | Path | Overlay) -> str:
    """Return an overlay's title; of one that does not hold alone, its name."""
    try:
        added = with_overlays(first, [overlay]).overlays[len(first.overlays) :]
    except ScenarioError:
        return overlay.title if isinstance(overlay, Overlay) else Path(overlay).stem
    return "; ".join(each.title for each in added)


def of_scenarios(first: Scenario, other: Scenario, overlays: Sequence[str | Path | Overlay] = ()) -> list[Cause]:
    """Return the groups of terms in which two scenarios of one deal differ, each as a cause.

    Args:
        first: scenario A, to which causes are applied.
        other: scenario B, which all causes together have to make of A.
        overlays: none: they belong to a bridge from one scenario, and any are refused.

    Raises:
        SibError: for scenarios of different deals, for overlays beside the second one, or if all groups together do not make
            the second of the first.
    """
    refuse(bool(overlays), "overlays are for a bridge from one scenario; give one scenario, or leave them out")
    refuse(
        first.deal.name != other.deal.name,
        f'a bridge is between two scenarios of one deal: these are of "{first.deal.name}" and "{other.deal.name}"',
    )
    one, two = document_of(first).value, document_of(other).value
    causes = []
    for title, paths in GROUPS.items():
        values = dict(_differences(title, paths, (first, one), (other, two)))
        if values:
            overlay = OnTop(
                overlay="cause",
                title=title,
                description=f"{title}, as in the other scenario.",
                source=SOURCE,
                quality="D",
                set=values | {"deal.sources": _CITED},
            )
            causes.append(Cause(title, (overlay,)))
    refuse(
        mixed(first, causes).digest != other.digest,
        "these two scenarios cannot be bridged: they name what is paid for, or who pays, in ways that cannot be set against one "
        "another",
    )
    return causes


Side = tuple[Scenario, dict[str, Any]]
"""A scenario, and its values as they are written."""


def _differences(title: str, paths: Sequence[str], one: Side, two: Side) -> Iterator[tuple[str, Any]]:
    """Yield paths of a group whose values differ, and what the second scenario has there, as it is written."""
    whole = [name for name, group in WHOLE_LISTS.items() if not _aligned(name, one[0], two[0])]
    for path in [*paths, *(name for name in whole if WHOLE_LISTS[name] == title)]:
        head, star, field = path.partition(".*.")
        if star and head in whole:
            continue
        entries = [f"{head}.{name}.{field}" for name in _entries(head, one[0])] if star else [path]
        for place, entry in enumerate(entries):
            model_path = f"{head}.{place}.{field}" if star else entry
            if _bare(_value(one[0], model_path)) != _bare(_value(two[0], model_path)):
                yield entry, _written(two[1], entry, path)


def _entries(head: str, scenario: Scenario) -> list[str]:
    return [str(getattr(entry, _NAMES[head])) for entry in _value(scenario, head)]


def _aligned(head: str, one: Scenario, two: Scenario) -> bool:
    return _entries(head, one) == _entries(head, two)


def _value(scenario: Scenario, path: str) -> Any:  # noqa: ANN401 - a term of any kind
    """Return a term; None of an assumption that changes nothing, whether it is given or left out."""
    value: Any = scenario.description
    if path.removeprefix("assumptions.") in PARAMETERS and scenario.assumptions.is_off(
        path.removeprefix("assumptions.")
    ):
        return None
    for part in path.split("."):
        value = value[int(part)] if part.isdecimal() else getattr(value, part)
    return value


def _bare(value: Any) -> Any:  # noqa: ANN401 - a term of any kind
    """Return a term without what documents it and changes nothing."""
    if isinstance(value, BaseModel):
        return {name: _bare(getattr(value, name)) for name in type(value).model_fields if name not in _DOCUMENTS}
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items()}
    return [_bare(each) for each in value] if isinstance(value, tuple) else value


def _written(document: dict[str, Any], entry: str, pattern: str) -> Any:  # noqa: ANN401 - a value of a file
    """Return what a document says at a path; where it says nothing, what holds then."""
    keys = find_all(document, entry)
    if not keys:
        parent, _, name = pattern.rpartition(".")
        default = _MODELS[parent].model_fields[name].get_default(call_default_factory=True)
        if default is PydanticUndefined:
            message = f"{entry} is not given"
            raise SibError(message)
        return [] if default == () else default
    return value_at(document, keys[0])


def fields() -> list[str]:
    """Return every field of a deal and of assumptions as it is named in `GROUPS`: those of parts that are taken apart, apart."""
    taken_apart = {path.removesuffix(".*") for path in _MODELS if "." in path}
    return [
        f"{path}.{name}"
        for path, model in _MODELS.items()
        for name in model.model_fields
        if f"{path}.{name}" not in taken_apart
    ]


def that_hold(first: Scenario, causes: Sequence[Cause], most_in_pairs: int) -> list[Cause]:
    """Return causes each of which makes a valid scenario of the first, alone and, if they are few, with each other one.

    Those that do not hold alone are joined with the first other one that makes them hold; if none does, with all that do not
    hold either. The last resort is one cause of all.

    Args:
        first: scenario A, to which causes are applied.
        causes: the causes, in order.
        most_in_pairs: number of causes up to which each two have to hold together too.
    """
    held = list(causes)
    while len(held) > 1:
        alone = [place for place in range(len(held)) if not _holds(first, [held[place]])]
        if alone:
            held = _joined(held, _partners(first, held, alone))
            continue
        pairs = combinations(range(len(held)), 2) if len(held) <= most_in_pairs else ()
        broken = [pair for pair in pairs if not _holds(first, [held[place] for place in pair])]
        if not broken:
            return held
        held = _joined(held, broken[0])
    return held


def _partners(first: Scenario, held: Sequence[Cause], alone: Sequence[int]) -> Sequence[int]:
    """Return the places of the causes to be joined, given those that do not hold alone."""
    wrong = alone[0]
    for other in range(len(held)):
        if other != wrong and _holds(first, [held[place] for place in sorted((wrong, other))]):
            return sorted((wrong, other))
    return alone if len(alone) > 1 else range(len(held))


def _joined(held: Sequence[Cause], places: Sequence[int]) -> list[Cause]:
    together = [held[place] for place in places]
    one = Cause(
        ", ".join(cause.title for cause in together), tuple(overlay for cause in together for overlay in cause.overlays)
    )
    return [one if place == places[0] else cause for place, cause in enumerate(held) if place not in places[1:]]


def _holds(first: Scenario, causes: Sequence[Cause]) -> bool:
    try:
        mixed(first, causes)
    except ScenarioError:
        return False
    return True
