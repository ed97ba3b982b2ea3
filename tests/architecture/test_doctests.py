"""The examples in docstrings run, and none is overlooked."""

import doctest
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.project import PACKAGES, ROOT

OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in PACKAGES
    for path in sorted(package.rglob("*.py"))
]


def written(module: ModuleType) -> int:
    """Return how many examples the source of a module holds."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    return sum(line.lstrip().startswith(">>> ") for line in source.splitlines())


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = import_module(name)
    failed, tried = doctest.testmod(module, optionflags=OPTIONS)
    assert failed == 0, capsys.readouterr().out
    assert tried == written(module), "an example stands where doctest does not look"


def test_there_are_examples() -> None:
    assert written(import_module("simulator.money")) > 0


def test_a_wrong_example_fails() -> None:
    module = ModuleType("wrong", "A module.\n\n>>> 1 + 1\n3\n")
    assert doctest.testmod(module, optionflags=OPTIONS, verbose=False).failed == 1
