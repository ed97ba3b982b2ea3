"""The files of a new deal: placeholders with a comment at every term, which run as they are and claim nothing.

Every figure is a placeholder of grade E until somebody puts a real one, with its source, in its place.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.errors import ScenarioError, SibError, refuse
from simulator.explaining.commented import commented
from simulator.explaining.placeholders import placeholder_deal
from simulator.scenario.deal import Deal
from simulator.scenario.load import find_file, load_scenario
from simulator.scenario.model import Description
from simulator.scenario.renamed import renew
from simulator.scenario.yaml_text import Document, read

Tree = dict[str, Any]
DEFAULT = "haringey_barnet"
"""The scenario whose assumptions a new deal starts with, where no other is named."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def new_deal(name: str, folder: Path, like: str | None = None) -> list[Path]:
    """Write the files of a new deal and return them: scenario, deal, and what files of assumptions are not there yet.

    Args:
        name: the scenario's name, and that of its files.
        folder: where the scenario stands; the deal and the assumptions in folders beside it.
        like: a scenario, by file or bundled name, whose terms are the placeholders; terms of one page if none is named.

    Raises:
        SibError: for a bad name, and where a file of that name is there already: nothing is ever overwritten.
    """
    refuse(not _NAME.fullmatch(name), f'"{name}" is not a name: small letters, digits and _, a letter first')
    model = find_file(like or DEFAULT)
    texts = dict(_files(name, model, like))
    taken = [place for place in texts if (folder / place).exists() and place.parts[0] != "assumptions"]
    refuse(bool(taken), f"{folder / taken[0] if taken else ''} is there already; take another name, or remove it")
    _try(name, texts)
    return [path for place, text in texts.items() if (path := _write(folder / place, text)) is not None]


def _files(name: str, model: Path, like: str | None) -> Iterator[tuple[Path, str]]:
    """Yield each file's place and text: a scenario, its deal, and the assumptions that the scenario names."""
    found = _tree(model)
    if like is None:
        terms, where = placeholder_deal(), "made up"
    else:
        terms, where = _terms(found, model), f"copied from {found.get('title', like)}"
    yield Path(f"{name}.yaml"), _scenario_text(name, _parts(found), like, terms["referral_target"])
    yield Path("deals") / f"{name}.yaml", _deal_text(name, terms, where)
    for part in _parts(found):
        if isinstance(part, str):
            place = Path("assumptions") / Path(part).name
            yield place, (model.parent / part).read_text(encoding="utf-8")


def _tree(file: Path) -> Tree:
    """Return a file's names and values.

    Raises:
        ScenarioError: naming what is wrong with it.
    """
    document = read(file, str(file))
    if document.problems or not isinstance(document.value, dict):
        raise ScenarioError(document.problems)
    return document.value


def _terms(found: Tree, model: Path) -> Tree:
    """Return the terms of a scenario's deal, without what was printed of it: that is of no other deal."""
    load_scenario(model)
    deal = found["deal"]
    whole = Document({"deal": _tree(model.parent / deal) if isinstance(deal, str) else dict(deal)})
    renew(whole)
    terms = whole.value["deal"]
    return _nobodys({term: value for term, value in terms.items() if term not in {"printed", "inconsistencies"}})


def _nobodys(terms: Tree) -> Tree:
    """Return terms in which no real party has its name."""
    named = terms | {party: _placeholder(terms[party]) for party in ("commissioner", "intermediary")}
    for part, name in (("provider", "title"), ("investment", "title")):
        named[part] = terms[part] | {name: _placeholder(terms[part][name])}
    named["funders"] = [funder | {"title": _placeholder(funder["title"])} for funder in terms["funders"]]
    investment = named["investment"]
    if "tranches" in investment:
        parts = [tranche | {"title": _placeholder(tranche["title"])} for tranche in investment["tranches"]]
        investment["tranches"] = parts
    if investment.get("first_loss"):
        investment["first_loss"] |= {"guarantor": _placeholder(investment["first_loss"]["guarantor"])}
    return named


def _placeholder(name: str) -> str:
    return name if name.startswith("PLACEHOLDER") else f"PLACEHOLDER {name}"


def _parts(found: Tree) -> list[Any]:
    parts = found["assumptions"]
    return parts if isinstance(parts, list) else [parts]


def _deal_text(name: str, terms: Tree, where: str) -> str:
    """Return a deal file: the terms with comments, and sources that say that they are placeholders."""
    source = {"source": f"PLACEHOLDER, {where}: put the contract's own term and its source", "quality": "E"}
    title = name.replace("_", " ").capitalize()
    given = {term: value for term, value in terms.items() if term not in {"name", "sources"}}
    sources = {term: dict(source) for term in given}
    head = [
        f"# The deal of {title}. Every figure is a PLACEHOLDER, {where}: it is nobody's evidence.",
        "# Put the contract's own term in the place of each, and where it stands in the contract under `sources`.",
        "# A: printed in a source, B: derived from it, C: literature, D: a choice, E: nobody's evidence.",
    ]
    return "\n".join([*head, "", *commented({"name": title, **given, "sources": sources}, Deal)]) + "\n"


def _scenario_text(name: str, given: list[Any], like: str | None, target: int) -> str:
    """Return a scenario file that names its deal and its parts of assumptions; as many are referred as are planned for."""
    parts = [
        f"assumptions/{Path(part).name}" if isinstance(part, str) else _doubted(part, like, target) for part in given
    ]
    tree = {
        "scenario": name,
        "title": f"{name.replace('_', ' ').capitalize()}, PLACEHOLDERS",
        "description": f"A new deal whose terms are placeholders. Its assumptions are those of {like or DEFAULT}.",
        "deal": f"deals/{name}.yaml",
        "assumptions": parts,
        "settings": {"replications": 1000, "seed": 2026, "batch": 250},
    }
    head = f"# The scenario {name}: `sib check`, `sib explain` and `sib run` take it."
    return "\n".join([head, *commented(tree, Description)]) + "\n"


def _doubted(part: Tree, like: str | None, target: int) -> Tree:
    """Return assumptions of one deal as placeholders of another that plans for a number of referrals."""
    doubt = _doubt(f"copied from {like or DEFAULT}")
    doubted = {
        name: belief | doubt if isinstance(belief, dict) and "source" in belief else belief
        for name, belief in part.items()
    }
    if isinstance(doubted.get("referrals_over_term"), dict):
        doubted["referrals_over_term"] = {
            "value": target,
            "unit": "people",
            **_doubt("made up" if like is None else f"the number planned for, copied from {like}"),
        }
    return doubted


def _doubt(where: str) -> Tree:
    return {"quality": "E", "source": f"PLACEHOLDER, {where}: put this deal's own figure and its source"}


def _try(name: str, texts: dict[Path, str]) -> None:
    """Read the files once in a place of their own, so that nothing is written that `sib check` would refuse."""
    with tempfile.TemporaryDirectory() as folder:
        for place, text in texts.items():
            _write(Path(folder) / place, text)
        load_scenario(Path(folder) / f"{name}.yaml")


def _write(path: Path, text: str) -> Path | None:
    """Write a file that is not there yet, and return its path; None where it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return None
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise SibError(message) from error
    return path
