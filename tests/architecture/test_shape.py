"""Functions and files stay short, and every package says what it is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.project import PACKAGES, ROOT

LONGEST_FUNCTION = 60
LONGEST_FILE = 400

FILES = [path for package in PACKAGES for path in sorted(package.rglob("*.py"))]


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """Yield each function's name and the number of lines from its `def` to its end, docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _lines(node) - (_lines(node.body[0]) if ast.get_docstring(node) is not None else 0)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def undescribed(package: Path) -> list[str]:
    """Return the folders of Python files in a package that have no `__init__.py` with a docstring."""
    folders = sorted({path.parent for path in package.rglob("*.py")} | {package})
    return [str(folder.relative_to(package.parent)) for folder in folders if not _described(folder / "__init__.py")]


def _described(init: Path) -> bool:
    return init.is_file() and bool(ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))))


def too_long(path: Path) -> Iterator[str]:
    """Yield what is too long in a file, in words."""
    source = path.read_text(encoding="utf-8")
    if (lines := len(source.splitlines())) > LONGEST_FILE:
        yield f"{lines} lines"
    yield from (f"{name}: {lines} lines" for name, lines in function_lengths(source) if lines > LONGEST_FUNCTION)


def test_functions_and_files_are_short() -> None:
    found = {str(path.relative_to(ROOT)): list(too_long(path)) for path in FILES}
    assert {name: long for name, long in found.items() if long} == {}


def test_packages_say_what_they_are_for() -> None:
    assert [folder for package in PACKAGES for folder in undescribed(package)] == []


def test_the_measure_counts_code_and_not_docstrings() -> None:
    short = 'def short():\n    """One.\n\n    Two.\n    """\n    return 1\n'
    long = "class A:\n    async def long(self):\n        a = 1\n\n        return a\n"
    assert dict(function_lengths(short + long)) == {"short": 2, "long": 4}


def test_all_that_is_too_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    body = "    a = 1\n" * LONGEST_FUNCTION
    path.write_text("\n".join(f"def {name}():\n{body}" for name in "abcdefg"), encoding="utf-8")
    lines = 7 * (LONGEST_FUNCTION + 2) - 1
    assert lines > LONGEST_FILE
    assert list(too_long(path)) == [f"{lines} lines", *(f"{name}: {LONGEST_FUNCTION + 1} lines" for name in "abcdefg")]


def test_an_undescribed_package_is_named(tmp_path: Path) -> None:
    for folder, text in {"good": '"""Good."""', "bare": "", "missing": None}.items():
        (tmp_path / "top" / folder).mkdir(parents=True)
        (tmp_path / "top" / folder / "module.py").touch()
        if text is not None:
            (tmp_path / "top" / folder / "__init__.py").write_text(text, encoding="utf-8")
    assert undescribed(tmp_path / "top") == ["top", "top/bare", "top/missing"]
