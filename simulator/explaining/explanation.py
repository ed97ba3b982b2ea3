"""The whole contract in sentences, section by section; those that overlays change say so."""

from collections.abc import Callable, Iterator

from simulator.explaining.expected import expected
from simulator.explaining.investment import capital, returns
from simulator.explaining.outcomes import lags, outcomes
from simulator.explaining.parties import ending, parties, term
from simulator.explaining.payment import caps, invoices, schedules, settled
from simulator.explaining.provider import costs, provider
from simulator.explaining.said import Said, Sentence, cited_as, covers, sourced
from simulator.explaining.service import served, staff
from simulator.scenario.deal import Deal
from simulator.scenario.model import Overlay, Scenario
from simulator.scenario.overlay_paths import find_all
from simulator.scenario.yaml_text import dotted

SECTIONS: dict[str, tuple[Callable[[Deal], Iterator[Said]], ...]] = {
    "Who": (parties,),
    "When": (term,),
    "For whom": (served,),
    "Who delivers": (staff,),
    "What is paid for": (outcomes, lags),
    "Which prices hold when": (schedules,),
    "Up to what": (caps,),
    "Who pays, what share, and when": (invoices, settled),
    "What the provider earns": (provider,),
    "Other costs": (costs,),
    "Capital": (capital,),
    "What the investor gets back": (returns,),
    "An early end": (ending,),
}
"""What says the sentences of each section, in order."""
EXPECTED = "How many are expected"
"""The section of what the contract does not say."""


def deal_sentences(deal: Deal) -> list[Sentence]:
    """Return the deal in sentences, each with where it stands, its source and its grade."""
    return [
        sourced(deal, section, said) for section, makers in SECTIONS.items() for make in makers for said in make(deal)
    ]


def explain(scenario: Scenario) -> list[Sentence]:
    """Return what a scenario's contract says: what is paid, when, up to what, by whom, with whose capital.

    Terms that the deal leaves out are said too, with an empty grade. Grades D and E are choices: no document says so.
    """
    sentences = [*deal_sentences(scenario.deal), *expected(scenario.assumptions, EXPECTED)]
    changes = changed(scenario)
    return [_with_changes(sentence, changes, scenario.deal) for sentence in sentences]


def changed(scenario: Scenario) -> dict[str, Overlay]:
    """Return the overlay that changes each value that one does, by the value's path; the last of several that multiply."""
    content = scenario.description.model_dump(mode="json", by_alias=True)
    found: dict[str, Overlay] = {}
    for overlay in scenario.overlays:
        for path in [*overlay.set, *overlay.multiply]:
            found |= {dotted(key): overlay for key in find_all(content, path)}
    return found


def _with_changes(sentence: Sentence, changes: dict[str, Overlay], deal: Deal) -> Sentence:
    """Return a sentence with the source and the grade of the overlay that changes its term, if one does.

    They are the overlay's own of that term, if it names them under `deal.sources`, and else those of the whole overlay.
    """
    for path, overlay in changes.items():
        if covers(path, sentence.path) or covers(sentence.path, path):
            whose = f'overlay "{overlay.title}": '
            if _cites(overlay, sentence.path, deal):
                return sentence._replace(source=whose + sentence.source)
            return sentence._replace(source=whose + overlay.source, quality=overlay.quality)
    return sentence


def _cites(overlay: Overlay, path: str, deal: Deal) -> bool:
    """Return whether the citation that holds for a term of the changed deal is one that the overlay sets."""
    name = cited_as(deal, path.removeprefix("deal."))
    return name is not None and any(covers(each, f"deal.sources.{name}") for each in overlay.set)
