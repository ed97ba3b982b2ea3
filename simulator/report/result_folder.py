"""Whose a result folder is, and whether a new result may take its place (results/README.md).

Every folder of results has a `manifest.json`, which says of what kind it is, of which scenarios, and the digest of every file in
it. A file that it does not name, or that was changed since, is the user's: it is never deleted.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from rich.console import Console

from simulator.errors import SibError, refuse
from simulator.report.in_place import clear_leftovers, keep_file, put_in_place
from simulator.words import a_number, listed

MANIFEST = "manifest.json"
_NAMED = 3
"""Foreign files that a refusal names."""
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in any folder that is looked at: nobody's."""
_BEFORE_KINDS = frozenset({"scenario", "scenario_digest", "seed", "replications", "versions", "code_digest", "files"})
"""Keys of the manifests of version 0.1, which did not say their kind."""


class Owner(NamedTuple):
    """Whose a result is: an earlier result makes way for one of the same owner."""

    kind: str
    """`run`, `comparison`, `bridge`, `reforecast`, `calibration check`, or the name of a study's command."""
    of: tuple[str, ...]
    """Names of its scenarios, overlays included; of a calibration, of its populations."""
    made_from: tuple[str, ...] = ()
    """Files of its scenarios and of overlays given with them, by path from the result's folder or bundled name; and the digest
    that values set in Python lead to."""

    def __str__(self) -> str:
        return f"{self.kind} of {', '.join(self.of)}"

    def with_files(self, folder: Path) -> str:
        """Return in words whose it is, and which files it was made from."""
        files = listed([_shown(each, folder) for each in self.made_from])
        return f"{self} from {files or 'a file that it does not name'}"


class Earlier(NamedTuple):
    """What a folder holds."""

    owner: Owner | None
    """Whose result it holds, if it holds one."""
    foreign: tuple[str, ...]
    """Files that are not that result's own: it does not name them, or they were changed since. In order of name."""


@dataclass(frozen=True)
class ResultFolder:
    """A folder for a result."""

    path: Path
    owner: Owner
    replace: bool = False
    """Whether another result may go for it, and it may stand among files that are not a result's own."""

    def check(self) -> None:
        """Refuse a folder that this result may not take, or that cannot be written; make the folder that it is in.

        Raises:
            SibError: saying which folder, why and what to do, before anything is computed or lost.
        """
        path = self.path.absolute()
        refuse(path.is_symlink(), f"{self.path} is a symbolic link; name the folder itself")
        refuse(path.exists() and not path.is_dir(), f"{self.path} is a file; name a folder")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path.parent).close()
            clear_leftovers(path)
        except OSError as error:
            message = f"{self.path} cannot be written: {error.strerror}"
            raise SibError(message) from error
        if path.exists() and not self.replace:
            found = earlier(path)
            wrong = [*_other_result(found.owner, self.owner, path), *_foreign_files(found.foreign)]
            refuse(
                bool(wrong),
                f"{self.path} holds {' and '.join(wrong)}; name another folder, or give --replace (in Python replace=True), "
                "which replaces a result and keeps all other files",
            )

    def write(self, write: Callable[[Path], None]) -> Path:
        """Have the result written, its manifest too, and put in place; return the folder.

        Files that are not an earlier result's own stay where they are; on standard error it says which.

        Args:
            write: writes the result into an empty folder.

        Raises:
            SibError: as `check` does.
        """
        self.check()
        place = self.path.absolute()
        put_in_place(place, write, lambda old, new: _keep(old, new, self.path))
        return self.path


def earlier(folder: Path) -> Earlier:
    """Return what a folder holds: whose result, and what is not that result's own."""
    manifest = read_json(folder / MANIFEST)
    owner = owner_of(manifest)
    files = {} if owner is None else manifest["files"]
    foreign = [name for name in _contents(folder) if not _is_own(folder / name, files.get(name))]
    return Earlier(owner, tuple(sorted(name for name in foreign if owner is None or name != MANIFEST)))


def owner_of(manifest: Any) -> Owner | None:  # noqa: ANN401 - whatever stands in a JSON file
    """Return whose result a manifest says that it is; None for data that is no manifest of ours.

    >>> print(owner_of({"kind": "run", "of": ["tiny"], "versions": {"simulator": "0.1.0"}, "files": {}}))
    run of tiny
    >>> owner_of({"kind": "Deployment"}) is None
    True
    """
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        return None
    if manifest.keys() >= {"kind", "of", "versions"}:
        kind, of = manifest["kind"], manifest["of"]
    elif manifest.keys() >= _BEFORE_KINDS:
        kind, of = manifest.get("study", "reforecast" if "as_of" in manifest else "run"), [manifest["scenario"]]
    else:
        return None
    made_from = manifest.get("made_from", [])
    plain = isinstance(kind, str) and _texts(of) and _texts(made_from)
    return Owner(kind, tuple(of), tuple(made_from)) if plain else None


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def file_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by name, in order of name; no file is ever whole in memory."""
    return {name: digest_of(folder / name) for name in sorted(_contents(folder))}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, which is never whole in memory."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _contents(folder: Path) -> Iterator[str]:
    """Yield the names of all files and links in a folder and its folders; no link is followed."""
    for top, folders, files in os.walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(top) / name).is_symlink()]
        for name in (*files, *links):
            yield (Path(top) / name).relative_to(folder).as_posix()


def _raise(error: OSError) -> NoReturn:
    raise error


def _is_own(path: Path, digest: object) -> bool:
    """Return whether a file is a result's own, which its manifest gives a digest of, if it names it; or nobody's."""
    return path.name in _LITTER or (
        digest is not None and path.is_file() and not path.is_symlink() and digest_of(path) == digest
    )


def read_json(file: Path) -> Any:  # noqa: ANN401 - whatever stands in a JSON file
    """Return what a JSON file holds; None where it is none."""
    try:
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() and not file.is_symlink() else None
    except ValueError:
        return None


def _other_result(found: Owner | None, own: Owner, folder: Path) -> list[str]:
    """Return in words that a folder has another result; where only the files tell the two apart, with both files."""
    if found is None or found == own:
        return []
    if (found.kind, found.of) != (own.kind, own.of):
        return [f"another result ({found}, not {own})"]
    return [f"another result ({found.with_files(folder)}, not {own.with_files(folder)})"]


def _shown(source: str, folder: Path) -> str:
    """Return what a result was made from, a path from its folder as one from the working directory, if it lies there."""
    if not source.startswith(".."):
        return source
    path = Path(os.path.normpath(folder.parent.resolve() / folder.name / source))
    here = Path.cwd().resolve()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _foreign_files(names: tuple[str, ...]) -> list[str]:
    """Return in words that a folder has files that are not a result's own, naming the first few."""
    if not names:
        return []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [f"files that no result wrote, or that were changed since ({', '.join(names[:_NAMED])}{more})"]


def _keep(old: Path, new: Path, folder: Path) -> None:
    """Put what is not the earlier result's own into the new folder too, and say so on standard error."""
    undisturbed_first = sorted(earlier(old).foreign, key=lambda name: os.path.lexists(new / name))
    kept = {name: keep_file(name, old, new) for name in undisturbed_first}
    if kept:
        said = [name if place == name else f"{name} as {place}" for name, place in kept.items()]
        text = (
            f"{folder}: kept {a_number(len(kept), 'file')} that no result wrote, or that you changed: {', '.join(said)}"
        )
        Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)
