"""The contract in words as text for a terminal: sentences under headings, each with its grade, its place and its source."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from shutil import get_terminal_size
from textwrap import wrap

from simulator.explaining.explanation import explain
from simulator.explaining.said import NOT_IN_FILE, RULE, Sentence
from simulator.scenario.distributions import QUALITIES
from simulator.scenario.model import Scenario
from simulator.words import a_number

WIDTH = 100
_LEAST = 60
_INDENT = " " * 4
_LONG = 24
"""Sources of more characters are not repeated from one sentence to the next."""


def fitting_width() -> int:
    """Return the columns for text: those of the terminal, if it has fewer than usual and enough to read."""
    return min(WIDTH, max(_LEAST, get_terminal_size((WIDTH, 24)).columns))


def explanation(scenario: Scenario, width: int = WIDTH) -> str:
    """Return the contract in words as text for a terminal."""
    sentences = explain(scenario)
    lines = [*wrap(scenario.title, width), *wrap(_about(scenario), width)]
    for section, group in groupby(sentences, key=lambda sentence: sentence.section):
        lines += ["", section.upper(), *_section(list(group), width)]
    return "\n".join([*lines, "", *_closing(sentences, width)])


def _about(scenario: Scenario) -> str:
    changes = "".join(f" Changed by: {overlay.title}." for overlay in scenario.overlays)
    return f"{scenario.deal.name}. Lines with ! are choices: no document says so.{changes}"


def _section(sentences: Sequence[Sentence], width: int) -> Iterator[str]:
    before = [None, *(sentence.source for sentence in sentences)]
    for sentence, (last, source) in zip(sentences, pairwise(before), strict=True):
        as_before = last == source and len(str(source)) > _LONG
        yield from _lines(sentence, "the same source" if as_before else sentence.source, width)


def _lines(sentence: Sentence, source: str, width: int) -> list[str]:
    mark = "!" if sentence.is_choice else "-" if sentence.quality else " "
    grade = f"[{sentence.quality}] " if sentence.quality else ""
    said = wrap(sentence.text, width, initial_indent=f"  {mark} ", subsequent_indent=_INDENT)
    deeper = _INDENT + "  "
    where = wrap(f"{grade}{sentence.path}: {source}", width, initial_indent=deeper, subsequent_indent=deeper)
    return [*said, *where]


def _closing(sentences: list[Sentence], width: int) -> list[str]:
    counts = Counter(sentence.quality for sentence in sentences)
    lines = [f"{a_number(len(sentences), 'sentence')}, by the grade of their sources:"]
    lines += [f"  {grade} {meaning}: {counts[grade]}" for grade, meaning in QUALITIES.items() if counts[grade]]
    left_out = sum(sentence.source == NOT_IN_FILE for sentence in sentences)
    lines += [f"  - left out of the file: {left_out}"] if left_out else []
    rules = sum(sentence.source == RULE for sentence in sentences)
    lines += [f"  - rules of this model: {rules}"] if rules else []
    return [line for text in lines for line in wrap(text, width, subsequent_indent=_INDENT)]
