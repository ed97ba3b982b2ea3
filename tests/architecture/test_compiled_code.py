"""The stamp of compiled code covers every file that a kernel stands in or reads, so that no stale code is ever run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from simulator.kernel import READ
from tests.architecture.project import ROOT

PACKAGE = ROOT / "simulator"


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
