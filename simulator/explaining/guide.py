"""The guide to all fields of a scenario, in Markdown: `sib schema --markdown > scenarios/README.md`."""

from collections.abc import Iterator
from typing import Any

from simulator.explaining.examples import EXAMPLES
from simulator.explaining.fields import Model, fields_of, reachable
from simulator.explaining.schema import Json, schema
from simulator.scenario.assumptions import Assumptions
from simulator.scenario.deal import Deal
from simulator.scenario.distributions import QUALITIES
from simulator.scenario.model import Settings, WrittenOverlay

_HEAD = """\
# How to write a deal

`sib new NAME` writes the files of a new deal to begin with, with a comment at every term; `sib check` names every problem of
them, `sib explain` reads them back in sentences. This page lists every field. It is made from the models:
`sib schema --markdown > scenarios/README.md`.

A scenario is one file with these names, of which the last two may be left out:

```yaml
scenario: my_deal                       # its name: also the folder of its results
title: My deal, as signed               # one line for headings
description: What this scenario is, and what it is not.
deal: deals/my_deal.yaml                # what was agreed: a file beside this one, or the terms themselves
assumptions:                            # what is believed: files, assumptions, or both, which add up
  - assumptions/severe_mental_illness.yaml
  - referrals_over_term: {value: 400, unit: people, source: "The contract, schedule 1", quality: A}
settings: {replications: 1000, seed: 2026, batch: 250}
overlays: []                            # files of changes that it applies itself, if any
running: running/my_deal.yaml           # the scenario of the deal as it runs, if there is one
```

- **Money** is whole pounds (`569`) or quoted text where there are pence (`"568.50"`): never `568.5`, never `£` or commas.
- **Dates** are `2024-04-01`, without quotes. A stretch of days `from` ... `to` does not include its last date.
- **Shares and probabilities** lie between 0 and 1: `0.29`, not `29`.
- **Names** are small letters, digits and `_`, a letter first. Other terms refer to them.
- `none` is a value: there is no such limit. A field that may be left out is left out, not written with nothing behind it.
- A file may say `format: 1` at its top; another number is refused. Without it a file is read as format 1.
- A part of the list of assumptions that is names and values may say `override: [patience]`: what it says of these names
  holds, in the place of what an earlier part says. Without it no name is given twice.
- Every term of the deal needs a **source**: `sources` at the end of the deal file names a term, or the beginning of several
  (`rate_card[1].price`), and the longest name that fits holds. Every assumption carries its own.

The grades of sources:
"""


def guide() -> str:
    """Return the guide as Markdown."""
    lines = [*_HEAD.splitlines(), "", "| grade | |", "| --- | --- |"]
    lines += [f"| {grade} | {meaning} |" for grade, meaning in QUALITIES.items()]
    done: set[Model] = set()
    for title, model, kind in _PARTS:
        made = schema(kind)
        definitions = made.get("$defs", {})
        lines += ["", f"## {title}", "", *_about(model), "", *_table(model, definitions.get(model.__name__, made))]
        done.add(model)
        lines += _children(model, done, definitions)
    return "\n".join(lines) + "\n"


_PARTS: tuple[tuple[str, Model, Any], ...] = (
    ("The deal", Deal, "deal"),
    ("Assumptions", Assumptions, "assumptions"),
    ("Settings", Settings, "scenario"),
    ("Overlays", WrittenOverlay, "overlay"),
)
_UNITS = {
    Assumptions: "Each is a value or a distribution, with its unit, source and grade. Units of rates: `per day`, `per week`, "
    "`per month`, `per year`; of times: `days`, `weeks`, `months`, `years`; others: `probability`, `people`, `factor`. "
    "What may be left out is then what the table says, `0`, `1` or `none`: it changes nothing. "
    "How much a window changes a rate may be uncertain too: `factors` then holds, for example, "
    '`lockdown_job: {distribution: lognormal, median: 0.7, sigma: 0.35, unit: factor, source: "A choice", quality: E}`, '
    "and windows say `multiply: lockdown_job`.",
    Settings: "How to run it, where the command line does not say.",
    Deal: "One file, or the value of `deal` in the scenario.",
    WrittenOverlay: "A file of its own, given with `--overlay` or named by the scenario. Paths are those of the messages of "
    "`sib check`; entries of lists go by name (`deal.rate_card.job_start.price`) or position, and a `*` stands for all "
    "names that fit (`deal.rate_card.sustain*.price`, `deal.schedules.*.prices.*`): of outcomes, of what they count as, or of "
    "anything else that has one. Where the list is left out or empty such a path changes nothing. A factor on a price "
    "multiplies every amount in it. A day may be written `month 18`: so many months after the first day of service. A file "
    "with `forms` is given with one of them, `--overlay stress.yaml:severe`.",
}


def _about(model: Model) -> list[str]:
    return [_UNITS[model]] + (["", *_example(model)] if model.__name__ in EXAMPLES else [])


def _children(model: Model, done: set[Model], definitions: Json) -> Iterator[str]:
    """Yield a section for each record that stands in a model and has none yet."""
    for child in reachable(model):
        if child in done:
            continue
        done.add(child)
        yield from ["", f"### {child.__name__}", "", _doc(child), "", *_table(child, definitions[child.__name__])]
        yield from ["", *_example(child)]


def _example(model: Model) -> list[str]:
    return ["```yaml", *EXAMPLES[model.__name__].splitlines(), "```"]


def _doc(model: Model) -> str:
    return " ".join((model.__doc__ or "").split())


def _table(model: Model, made: Json) -> Iterator[str]:
    """Yield the rows of a model's fields."""
    yield "| field | what it takes | | meaning |"
    yield "| --- | --- | --- | --- |"
    for field in fields_of(model):
        takes = in_words(made["properties"][field.name])
        need = "" if field.required else f"may be left out{f': `{field.left_out}`' * bool(field.left_out)}"
        yield f"| `{field.name}` | {takes} | {need} | {field.meaning.replace('|', chr(92) + '|')} |"


def in_words(part: Json) -> str:
    """Return what a part of a schema takes, in words.

    >>> in_words({"type": "array", "items": {"type": "integer", "minimum": 0}})
    'list of whole number, 0 or more'
    """
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    choices = part.get("oneOf") or part.get("anyOf")
    if choices:
        return "pounds" if _is_money(choices) else " or ".join(dict.fromkeys(in_words(choice) for choice in choices))
    return _plain(part)


def _is_money(choices: list[Json]) -> bool:
    return [choice.get("type") for choice in choices] == ["integer", "string"]


def _plain(part: Json) -> str:
    if "const" in part:
        return f"`{str(part['const']).lower()}`"
    if "enum" in part:
        return ", ".join(f"`{choice}`" for choice in part["enum"])
    if part.get("type") == "array":
        return f"list of {in_words(part['items']) if part.get('items') else 'anything'}"
    if part.get("type") == "object":
        inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), None)
        return f"by name: {in_words(inner)}" if isinstance(inner, dict) else "names and values"
    return _scalar(part)


def _scalar(part: Json) -> str:
    kind = str(part.get("type", "any value"))
    if kind == "string":
        return "date" if part.get("format") == "date" else "name" if "pattern" in part else "text"
    if kind == "boolean":
        return "`true`, `false`"
    words = {"integer": "whole number", "number": "number"}.get(kind, "any value")
    low, above, high = part.get("minimum"), part.get("exclusiveMinimum"), part.get("maximum")
    if high is not None:
        return f"{words}, {f'above {above:g}, up to' if low is None else f'{low:g} to'} {high:g}"
    return words + ("" if low is None else f", {low:g} or more") + ("" if above is None else f", above {above:g}")


RECORDS = tuple(dict.fromkeys(model for _, root, _ in _PARTS for model in reachable(root)))
"""Every record that the guide has a section for."""
