"""A folder takes its place whole or not at all, and nobody else's file is lost on the way.

It is written in a temporary folder beside its place, whose name has the process in it: `.NAME-PID@HOST-xxxxxxxx`. What a process
that is dead has left there is cleared in one function, `clear_leftovers`.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from platform import node
from tempfile import mkdtemp


def put_in_place(place: Path, write: Callable[[Path], None], keep: Callable[[Path, Path], None]) -> None:
    """Have a folder written, and let it take the place of an earlier one, which is restored if that fails.

    Permissions are those of the folder that it is in.

    Args:
        place: where it is to stand.
        write: writes it, whole, into an empty folder.
        keep: given the earlier folder and the new one, puts into the new one what is to stay of the earlier.
    """
    with scratch_beside(place) as scratch:
        old, new = _old(scratch), _new(scratch)
        new.mkdir()
        write(new)
        shutil.copymode(place.parent, new)
        if place.exists():
            place.rename(old)
            keep(old, new)
        new.rename(place)


@contextmanager
def scratch_beside(place: Path) -> Iterator[Path]:
    """Yield a temporary folder of this process beside a place; it is cleared at the end."""
    scratch = Path(mkdtemp(prefix=f".{place.name}-{os.getpid()}@{node()}-", dir=place.parent))
    try:
        yield scratch
    finally:
        _clear(scratch, place)


def clear_leftovers(place: Path) -> None:
    """Clear what processes that are dead have left beside a place: the earlier folder is restored, half-written ones go."""
    ours = re.compile(re.escape(f".{place.name}-") + r"(\d+)@(.*)-[a-z0-9_]{8}")
    for scratch in sorted(place.parent.iterdir()):
        found = ours.fullmatch(scratch.name)
        if found and not _alive(int(found[1]), found[2]):
            _clear(scratch, place)


def _clear(scratch: Path, place: Path) -> None:
    """Remove a temporary folder, after the earlier folder has gone back to its place, if the new one did not take it.

    Where something else has taken the place meanwhile, the earlier folder may be the only copy: nothing is removed.
    """
    if _old(scratch).exists():
        if not os.path.lexists(place):
            _old(scratch).rename(place)
        elif _new(scratch).exists():
            return
    shutil.rmtree(scratch)


def _old(scratch: Path) -> Path:
    return scratch / "old"


def _new(scratch: Path) -> Path:
    return scratch / "new"


def _alive(process: int, host: str) -> bool:
    """Return whether a process may still be at work: of another machine, and where it cannot be asked, it may."""
    if host != node() or os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def keep_file(name: str, old: Path, new: Path) -> str:
    """Put a file of one folder into another too, and return its name there: beside what has its name, as `NAME.kept`.

    A symbolic link stays one. The file is the same file in both, where the file system can do that, and else a copy.

    Args:
        name: path of the file within the folder that it is in, with `/`.
        old: the folder that it is in.
        new: the folder that it is put into.
    """
    place = free_place(new, PurePosixPath(name))
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old / name, place, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(old / name, place, follow_symlinks=False)
    return place.relative_to(new).as_posix()


def free_place(folder: Path, name: PurePosixPath) -> Path:
    """Return where in a folder a file of this name can stand; neither it nor a folder that it is in has a file's place."""
    place = folder
    for part in name.parts[:-1]:
        place = _beside(place / part, lambda path: path.is_dir() and not path.is_symlink())
    return _beside(place / name.name, lambda path: False)


def _beside(path: Path, will_do: Callable[[Path], bool]) -> Path:
    """Return the first of `NAME`, `NAME.kept`, `NAME.kept2`, ... that is not taken, or that will do all the same."""
    tried, number = path, 1
    while os.path.lexists(tried) and not will_do(tried):
        tried = path.with_name(f"{path.name}.kept{'' if number == 1 else number}")
        number += 1
    return tried
