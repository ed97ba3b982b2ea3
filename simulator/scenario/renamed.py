"""Names of files that went, by path, and what stands in their place: files of before are read as what they now say.

A name goes when its term is called otherwise, or said in other words; its place in the file stays. Where the old name is no
longer to be written, a warning names the new one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from simulator.errors import Problem
from simulator.scenario.yaml_text import Document, Key, dotted, undotted


@dataclass(frozen=True)
class Renamed:
    """A name that went."""

    path: str
    """Its path; `*` stands for every name and every position."""
    name: str
    """The name that is read in its place."""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What its words are now; others stay."""
    warned: bool = True
    """Whether a warning says so."""

    @property
    def parts(self) -> list[str]:
        """Return the parts of its path."""
        return self.path.split(".")

    def value(self, given: Any) -> Any:  # noqa: ANN401 - a value of a file
        """Return what a value under the old name is under the new one."""
        return self.values.get(given, given) if isinstance(given, str) else given

    def warning(self, place: tuple[str, int], path: str) -> Problem:
        """Return the warning that the name went."""
        return Problem(*place, path, f'is now called "{self.name}"; the old name is still read', "RENAMED", "warning")


RENAMED: tuple[Renamed, ...] = (
    Renamed("deal.lags.preset", "from", {"A": "referral", "B": "achievement", "C": "none"}, warned=False),
)  # fmt: skip
"""All that went. The letters of lags may be written as before."""


def renamed_at(parts: Sequence[str]) -> Renamed | None:
    """Return what is said of the name at the parts of a path, if it went."""
    return next((each for each in RENAMED if len(each.parts) == len(parts) and _fits(each.parts, parts)), None)


def touches_old_names(parts: Sequence[str]) -> bool:
    """Return whether a path leads to a name that went, or to anything that may hold one."""
    return any(_fits(each.parts, parts) for each in RENAMED)


def new_name(path: str, above: Sequence[str] = ()) -> str:
    """Return a path with its last name as it is now called.

    Args:
        path: the path.
        above: the parts of the path of what it is counted from, if that is not the scenario.

    >>> new_name("deal.lags.preset"), new_name("deal.lags")
    ('deal.lags.from', 'deal.lags')
    """
    parts = undotted(path)
    found = renamed_at([*above, *parts])
    return path if found is None else path.removesuffix(parts[-1]) + found.name


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    return all(one in ("*", other) for one, other in zip(pattern, parts, strict=False))


def renew(document: Document, root: Key = (), parts: Sequence[str] = ()) -> None:
    """Put new names in the place of old ones within a document's value; warnings and problems go to its own.

    Args:
        document: the document.
        root: where in it the value stands.
        parts: the parts of the value's path in the whole scenario.
    """
    for each in RENAMED:
        if len(parts) < len(each.parts) and _fits(each.parts, parts):
            *above, old = each.parts[len(parts) :]
            for key in _keys(document.value, root, above):
                _rename(document, key, old, each)
    if not root:
        _renew_sources(document.value.get("deal"))


def _renew_sources(deal: object) -> None:
    """Let the deal's sources name its terms as they are now called."""
    sources = deal.get("sources") if isinstance(deal, dict) else None
    if isinstance(deal, dict) and isinstance(sources, dict):
        deal["sources"] = {new_name(name, ["deal"]): source for name, source in sources.items()}


def _keys(value: Any, key: Key, parts: Sequence[str]) -> Iterator[Key]:  # noqa: ANN401 - a tree read from files
    """Yield the keys of the mappings that parts of a path lead to from a key."""
    here = value
    for step in key:
        here = here[step]
    if not parts:
        yield from [key] if isinstance(here, dict) else []
    elif isinstance(here, dict):
        yield from (
            found for name in here if parts[0] in ("*", name) for found in _keys(value, (*key, name), parts[1:])
        )
    elif isinstance(here, list) and parts[0] == "*":
        yield from (found for place in range(len(here)) for found in _keys(value, (*key, place), parts[1:]))


def _rename(document: Document, key: Key, old: str, renamed: Renamed) -> None:
    """Rename what stands under an old name in the mapping at a key."""
    holder: Any = document.value
    for step in key:
        holder = holder[step]
    if old not in holder:
        return
    before, after = (*key, old), (*key, renamed.name)
    place, path = document.places.get(before, ("scenario", 0)), dotted(before)
    given = holder.pop(old)
    if renamed.name in holder:
        message = f'says the same as "{renamed.name}"; keep one of them'
        document.problems.append(Problem(*place, path, message, "DUPLICATE_KEY"))
        return
    holder[renamed.name] = renamed.value(given)
    document.places |= {
        (*after, *each[len(before) :]): where
        for each, where in document.places.items()
        if each[: len(before)] == before
    }
    if renamed.warned:
        document.problems.append(renamed.warning(place, path))
