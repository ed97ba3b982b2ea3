"""The one place that knows numba: typed decorators for functions that are compiled.

A kernel takes and returns numbers and arrays only. Compiled code is kept on disk, so that only the first run on a machine
compiles; it is stored with no fast mathematics, because results must not depend on how a compiler orders a sum.
"""

import sys
from collections import namedtuple
from collections.abc import Callable
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba.core import types
from numba.core.caching import IndexDataCacheFile
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=IntEnum)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled by numba, without the interpreter lock; cached on disk once Python has called it."""
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


def constants(kind: type[E]) -> type[E]:
    """Return the members of an enumeration for compiled code: its names, each a number as `constant` gives it.

    A kernel reads them as the enumeration's own, `EVENT.REFERRAL` for `Event.REFERRAL`; a type checker takes them for it.
    """
    names = namedtuple(kind.__name__, [member.name for member in kind])  # type: ignore[misc]
    return cast("type[E]", names(*[constant(member) for member in kind]))


def _compiled(function: Callable[P, R], options: dict[str, Any]) -> Callable[P, R]:
    if cast("Any", numba.config).DISABLE_JIT:
        return function
    always = {"nopython": True, "nogil": True, "fastmath": False, "error_model": "numpy", "no_cfunc_wrapper": True}
    return cast("Callable[P, R]", _Function(function, {}, always | options))


class _Function(CPUDispatcher):
    """A function as other compiled functions see it: code that is linked into theirs, never native code of its own.

    Numba would optimise a copy of each function at every level, and keep it on disk, although all of them end up in the few
    that Python calls. Only those become native code, by their `entrance`, once, with everything that they call; the entrance
    of a function that only compiled functions call is never compiled, and has no file. The names of numba's that this rests
    on are not public: tests/architecture/test_compiled_code.py fails when they change.
    """

    def __init__(self, py_func: Callable[..., Any], locals: Any, targetoptions: Any) -> None:  # noqa: ANN401 - numba's own interface
        super().__init__(py_func, locals, targetoptions, pipeline_class=_Linking)
        self.entrance = CPUDispatcher(py_func, locals, targetoptions)
        self.entrance.enable_caching()
        kept = cast("Any", self.entrance)._cache
        kept._cache_file = cast("Any", _FilePerOverload)(kept._cache_path, kept._impl.filename_base, _STAMP)

    def __call__(self, *args: Any, **keywords: Any) -> Any:  # noqa: ANN401
        """Run the native code, which is compiled or read from disk first if need be."""
        return self.entrance(*args, **keywords)

    def get_call_template(self, args: Any, keywords: Any) -> Any:  # noqa: ANN401
        """Return how a compiled caller calls it, whole numbers cast to one type: one copy serves all callers."""
        return super().get_call_template(
            [_plain(arg) for arg in args], {key: _plain(keywords[key]) for key in keywords}
        )

    def add_overload(self, compiled: Any) -> None:  # noqa: ANN401
        """Keep a copy for compiled callers; Python's way to call it, which numba adds here, is the entrance."""
        self.overloads[tuple(compiled.signature.args)] = compiled


_WHOLE = (types.int8, types.int16, types.int32, types.int64, types.uint8, types.uint16, types.uint32)


def _plain(kind: Any) -> Any:  # noqa: ANN401
    """Return the type to which an argument is cast: 64 bits for whole numbers that fit, else what it is."""
    kind = cast("Any", types).unliteral(kind)
    return types.int64 if kind in _WHOLE else kind


class _Linking(Compiler):
    """Numba's compiler up to the point where a function would become native code."""

    def define_pipelines(self) -> Any:  # noqa: ANN401
        """Return numba's own passes; what they make goes into a library that is only ever linked, under its own name."""
        state = self.state
        state.flags.no_cpython_wrapper = True
        state.library = cast("Any", _Linked)(state.targetctx.codegen(), state.func_id.func_qualname)
        state.targetctx.get_executable = lambda library, made, environment: made.mangled_name
        return cast("Any", super()).define_pipelines()


class _Linked(JITCodeLibrary):
    """Code of one function and of those it calls, each tidied on its own; it is optimised as a whole where it is linked."""

    def _optimize_final_module(self) -> None:
        """Leave it."""

    def _finalize_final_module(self) -> None:
        """Call it finished, without native code."""
        self._finalized = True


class _FilePerOverload(IndexDataCacheFile):
    """Compiled code on disk, each overload in a file named by what it was compiled from and for.

    Numba's own index numbers the files of a function; two processes that compile different overloads at once can give both
    the same number, and one is then run as the other. A file that is named by its content cannot be taken for another.
    """

    def save(self, key: object, data: object) -> None:
        """Keep an overload; forget those of this function that older sources gave, on whatever line it stood."""
        cast("Any", self)._save_data(self._file_name(key), data)
        function, _, line = self._data_name_pattern.partition(".{number")[0].rpartition("-")
        for path in Path(self._cache_path).glob(f"{function}-*.{line.partition('.')[2]}.*.nbc"):
            if f".{self._source_stamp[:8]}-" not in path.name:
                path.unlink(missing_ok=True)

    def load(self, key: object) -> object:
        """Return an overload, or nothing."""
        try:
            return cast("Any", self)._load_data(self._file_name(key))
        except OSError:
            return None

    def flush(self) -> None:
        """Leave everything: what is stale is never found."""

    def _file_name(self, key: object) -> str:
        made_for = sha256(repr((self._version, key)).encode()).hexdigest()[:16]
        return str(self._data_name_pattern.replace("{number:d}", f"{self._source_stamp[:8]}-{made_for}"))


READ = (
    "contract",
    "dates.py",
    "finance",
    "kernel.py",
    "money.py",
    "pathway",
    "records.py",
    "scenario/constants.py",
    "scenario/draws.py",
    "scenario/windows.py",
    "streams.py",
)
"""Files and folders of the package in which kernels stand, or anything that a kernel reads; a test finds what is missing."""


def _source_stamp() -> str:
    """Return a digest of all source files that kernels stand in or use.

    Numba looks for changes only in the file of the function itself, and would go on using code compiled from an old version
    of a function in another file; with this stamp, a change in any such file compiles anew, and a change in any other does not.
    """
    package = Path(__file__).parent
    together = sha256()
    for name in READ:
        place = package / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            together.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return together.hexdigest()


_STAMP = _source_stamp()


def is_compiled() -> bool:
    """Return whether all that a run needs has been compiled on this machine, from these sources."""
    return _note().exists()


def note_compiled() -> None:
    """Note, beside the compiled code, that all that a run needs has been compiled."""
    folder = _note().parent
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("compiled-*"):
        old.unlink(missing_ok=True)
    _note().touch()


def _note() -> Path:
    """Return the file that says so: its name tells sources, versions and processor, its folder is numba's own."""
    made_for = (_STAMP, numba.__version__, sys.version, get_host_cpu_name(), get_host_cpu_features().flatten())
    folder = cast("Any", _nothing).entrance.stats.cache_path
    return Path(folder) / f"compiled-{sha256(repr(made_for).encode()).hexdigest()[:16]}"


@kernel
def _nothing() -> None:
    """Do nothing; numba says where the code of this function would be kept."""
