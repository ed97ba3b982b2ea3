"""What a sentence about a deal carries: its section, where the term stands, who says so and how good that is."""

from typing import NamedTuple

from simulator.scenario.deal import Citation, Deal

NOT_IN_FILE = "the file has no such term"
RULE = "a rule of this model, which no term changes"


class Said(NamedTuple):
    """A sentence about terms of a deal."""

    path: str
    """The term whose source holds for the sentence, within the deal; or within the whole scenario if it begins so."""
    text: str
    instead: str = ""
    """What stands in the place of a source where the file has no such term."""


class Sentence(NamedTuple):
    """A sentence as it is shown."""

    section: str
    text: str
    path: str
    """Where the term stands in the scenario."""
    source: str
    quality: str
    """A to E; empty where the file has no such term."""

    @property
    def is_choice(self) -> bool:
        """Return whether no document says so: a choice (D), or nobody's evidence (E)."""
        return self.quality in {"D", "E"}

    def as_dict(self) -> dict[str, str]:
        """Return the sentence as plain data."""
        return self._asdict()


def covers(name: str, path: str) -> bool:
    """Return whether a path is that of a term, or of a part of it."""
    return path == name or path.startswith((f"{name}.", f"{name}["))


def cited_as(deal: Deal, path: str) -> str | None:
    """Return the name under which a term is cited in the deal's sources: the longest that the term begins with."""
    return max((name for name in deal.sources if covers(name, path)), key=len, default=None)


def citation(deal: Deal, path: str) -> Citation | None:
    """Return the citation that holds for a term."""
    name = cited_as(deal, path)
    return None if name is None else deal.sources[name]


def sourced(deal: Deal, section: str, said: Said) -> Sentence:
    """Return a sentence about the deal with its source and grade.

    Args:
        deal: the deal.
        section: heading under which it stands.
        said: the sentence, and the key that it says something about.
    """
    path = f"deal.{said.path}"
    if said.instead:
        return Sentence(section, said.text, path, said.instead, "")
    cited = citation(deal, said.path)
    if cited is None:
        return Sentence(section, said.text, path, "no source is given", "E")
    source = f"{cited.source}. {cited.note}".rstrip(". ")
    return Sentence(section, said.text, path, source, cited.quality)
