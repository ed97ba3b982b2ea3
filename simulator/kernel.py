"""The one place that knows numba: a typed decorator for functions that are compiled.

A kernel takes and returns numbers and arrays only. It is ordinary Python: without compilation (`kernel.py_func`) it gives
the same answers. Compiled code is kept beside the source, so that only the first run on a machine compiles; it is stored
with no fast mathematics, because results must not depend on how a compiler orders a sum.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled by numba, without the interpreter lock, cached on disk."""
    compile_function = cast(
        "Callable[[Any], Any]", numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy")
    )
    return cast("Callable[P, R]", compile_function(function))
