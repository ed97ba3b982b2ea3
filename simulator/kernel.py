"""The one place that knows numba: typed decorators for functions that are compiled.

A kernel takes and returns numbers and arrays only. It is ordinary Python: without compilation (`kernel.py_func`) it gives
the same answers. Compiled code is kept on disk, so that only the first run on a machine compiles; it is stored with no
fast mathematics, because results must not depend on how a compiler orders a sum.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled by numba, without the interpreter lock, cached on disk."""
    return _compiled(function, {})


def rule(function: Callable[P, R]) -> Callable[P, R]:
    """Return a kernel that allocates nothing: it counts no references to its arrays, and is compiled into its callers.

    Counting references to a state of many arrays at every call costs many times what the rules themselves cost.
    """
    return _compiled(function, {"_nrt": False, "forceinline": True})


def constant(value: int) -> int:
    """Return a number for compiled code that is a number like any other.

    Numba gives every Python integer that a module names a type of its own, and compiles a function anew for each that it is
    called with: for every kind of event, say. A NumPy integer is just an integer, and as constant.
    """
    return cast("int", np.int64(value))


def _compiled(function: Callable[P, R], options: dict[str, Any]) -> Callable[P, R]:
    compiler = cast("Any", numba.njit)(cache=True, nogil=True, fastmath=False, error_model="numpy", **options)
    dispatcher = compiler(function)
    dispatcher._cache._cache_file._source_stamp = _STAMP
    return cast("Callable[P, R]", dispatcher)


_ABOVE = (
    "cli.py",
    "tracing",
    "report",
    "composer.py",
    "crew.py",
    "store.py",
    "batch.py",
    "estimates.py",
    "precision.py",
)
"""Modules in which no kernel can be, nor anything that a kernel uses: imports point down."""


def _source_stamp() -> str:
    """Return a digest of all source files that kernels stand in or use.

    Numba looks for changes only in the file of the function itself, and would go on using code compiled from an old version
    of a function in another file; with this stamp, a change in any such file compiles anew.
    """
    package = Path(__file__).parent
    together = sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0] not in _ABOVE:
            together.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    return together.hexdigest()


_STAMP = _source_stamp()


@kernel
def append_rows(rows: NDArray[np.int64], used: int, more: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a table whose first `used` rows are followed by more; where there is no room, one of twice the size."""
    needed = used + more.shape[0]
    if needed > rows.shape[0]:
        room = np.empty((2 * needed, rows.shape[1]), dtype=np.int64)
        room[:used] = rows[:used]
        rows = room
    rows[used:needed] = more
    return rows
