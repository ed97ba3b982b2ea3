"""Public functions of three and more parameters say what each of them means."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.project import PACKAGES, ROOT

PARAMETERS = 3
"""From so many on, a first line no longer says what each is."""

FILES = [path for package in PACKAGES for path in sorted(package.rglob("*.py"))]


def public_functions(source: str) -> Iterator[tuple[str, ast.FunctionDef, list[str]]]:
    """Yield the name, the function and its parameters, of public functions and of public methods of public classes.

    Commands are left out: their docstring is what `--help` prints, and each of their options has a help of its own.
    """
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not _is_command(node):
            yield node.name, node, _parameters(node)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                    yield f"{node.name}.{each.name}", each, _parameters(each)[0 if _is_static(each) else 1 :]


def _parameters(function: ast.FunctionDef) -> list[str]:
    given = function.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def _is_static(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list)


def _is_command(function: ast.FunctionDef) -> bool:
    calls = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    studies = [each for each in function.decorator_list if isinstance(each, ast.Name) and each.id == "study"]
    return bool(studies) or any(isinstance(each, ast.Attribute) and each.attr == "command" for each in calls)


def undocumented(source: str) -> dict[str, list[str]]:
    """Return the parameters that an Args section should name and does not, by function."""
    found = {}
    for name, function, parameters in public_functions(source):
        if len(parameters) >= PARAMETERS:
            named = _named(ast.get_docstring(function) or "")
            missing = [each for each in parameters if each not in named]
            if missing:
                found[name] = missing
    return found


def _named(docstring: str) -> set[str]:
    """Return the parameters that a docstring's Args section says something about."""
    section = re.search(r"^Args:\n((?:[ ]+\S.*\n?)+)", docstring, re.MULTILINE)
    return set(re.findall(r"^    (\w+): \S", section[1], re.MULTILINE)) if section else set()


def test_every_parameter_is_explained() -> None:
    found = {
        str(path.relative_to(ROOT)): missing
        for path in FILES
        if (missing := undocumented(path.read_text(encoding="utf-8")))
    }
    assert found == {}


EXAMPLE = '''
def short(a, b): ...

def _private(a, b, c): ...

@app.command("run")
def run(a, b, c): ...

def bare(a, b, c):
    """Return nothing."""

def partly(a, b, *, c=0):
    """Return nothing.

    Args:
        a: the first,
            on two lines with b: in the second.
        c: the last.
    """

class Public:
    def short(self, a, b): ...

    @staticmethod
    def static(a, b, c): ...

    def full(self, a, b, c):
        """Return nothing.

        Args:
            a: one.
            b: two.
            c: three.

        Raises:
            ValueError: never.
        """

class _Private:
    def bare(self, a, b, c): ...
'''


def test_what_is_missing_is_named() -> None:
    everything = ["a", "b", "c"]
    assert undocumented(EXAMPLE) == {"bare": everything, "partly": ["b"], "Public.static": everything}
