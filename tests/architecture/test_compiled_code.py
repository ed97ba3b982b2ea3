"""What is compiled: its stamp covers every file that a kernel stands in or reads, and little of it is native code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
from numpy.typing import NDArray

from simulator.kernel import READ, kernel, rule
from tests.architecture.project import ROOT

PACKAGE = ROOT / "simulator"


@rule
def square(number: int) -> int:
    """Return a square; only compiled code calls this."""
    return number * number


@rule
def twice(number: int) -> int:
    """Return the double of a number; Python calls this."""
    return 2 * number


@kernel
def of_all_sizes(small: NDArray[np.int32], smaller: NDArray[np.uint8], large: int) -> int:
    """Call a rule with whole numbers of four types, one of them written down."""
    return twice(square(small[0]) + square(smaller[0]) + square(large) + square(3))


def is_covered(path: Path) -> bool:
    """Return whether a file is part of the stamp."""
    name = path.relative_to(PACKAGE).as_posix()
    return any(name == each or name.startswith(f"{each}/") for each in READ)


def kernels(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return the functions of a file that are compiled."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        each
        for each in found
        if any(isinstance(d, ast.Name) and d.id in ("kernel", "rule") for d in each.decorator_list)
    ]


def read_by(kernel: ast.FunctionDef) -> set[str]:
    """Return the names that the code of a kernel reads; those of its annotations make no code."""
    return {node.id for statement in kernel.body for node in ast.walk(statement) if isinstance(node, ast.Name)}


def imported(tree: ast.Module) -> Iterator[tuple[str, Path]]:
    """Yield the names that a file imports from modules of the package, and their files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simulator."):
            for alias in node.names:
                yield alias.asname or alias.name, ROOT / f"{str(node.module).replace('.', '/')}.py"


def behind(names: set[str], tree: ast.Module) -> set[str]:
    """Return names, and those from which the module makes the constants among them."""
    more = set(names)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            if targets & names:
                more |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    return more if more == names else behind(more, tree)


def test_every_file_that_kernels_stand_in_or_read_is_in_the_stamp() -> None:
    missing = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = kernels(tree)
        if found and not is_covered(path):
            missing.add(path)
        wanted = behind(set[str]().union(*map(read_by, found)), tree)
        missing |= {file for name, file in imported(tree) if name in wanted and not is_covered(file)}
    assert missing == set()


def test_what_the_stamp_names_is_there() -> None:
    assert [name for name in READ if not (PACKAGE / name).exists()] == []


def test_a_constant_is_followed_to_where_it_comes_from() -> None:
    tree = ast.parse("from simulator.a import X\nY = X + 1\nZ, W = Y, 2\n@kernel\ndef f() -> None:\n    g(Z)\n")
    assert behind(read_by(kernels(tree)[0]), tree) >= {"X", "Y", "Z"}


def linked() -> tuple[Any, Any]:
    """Return rule and kernel, the kernel compiled as another kernel would have it, whatever is on disk."""
    callee, caller = cast("Any", square), cast("Any", of_all_sizes)
    small, smaller = (cast("Any", numba).typeof(np.zeros(1, dtype=kind)) for kind in (np.int32, np.uint8))
    caller.compile((small, smaller, cast("Any", numba).int64))
    return callee, caller


def is_native(copy: Any) -> bool:  # noqa: ANN401 - numba's own
    """Return whether a copy of a function is native code of its own."""
    return bool(copy.library.codegen._engine.is_symbol_defined(copy.fndesc.mangled_name))


def test_what_compiled_code_calls_is_linked_and_never_native_code() -> None:
    for function in linked():
        assert function.overloads
        assert not any(is_native(copy) for copy in function.overloads.values())


def test_one_copy_serves_whole_numbers_of_all_sizes() -> None:
    callee, _ = linked()
    assert len(callee.nopython_signatures) == 1


def test_what_python_calls_is_native_code_and_kept_and_what_it_calls_is_not() -> None:
    entrance = cast("Any", of_all_sizes).entrance
    assert of_all_sizes(np.array([2], dtype=np.int32), np.array([255], dtype=np.uint8), 2**30) == 2 * (
        4 + 255**2 + 2**60 + 9
    )
    assert all(is_native(copy) for copy in entrance.overloads.values())
    kept = Path(entrance.stats.cache_path)
    assert list(kept.glob("test_compiled_code.of_all_sizes-*.nbc"))
    assert not list(kept.glob("test_compiled_code.square-*.nbc"))


def test_a_rule_can_be_called_from_python() -> None:
    assert twice(21) == 42
    assert twice(number=21) == 42
