"""The examples in docstrings run, and none is overlooked."""

import doctest
from importlib import import_module
from pathlib import Path
from types import ModuleType

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


def wrong_examples(module: ModuleType) -> str:
    """Return what is wrong with the examples of a module, in words; nothing if nothing is."""
    said: list[str] = []
    runner, finder = (
        doctest.DocTestRunner(optionflags=OPTIONS, verbose=False),
        doctest.DocTestFinder(exclude_empty=True),
    )
    for test in finder.find(module):
        runner.run(test, out=said.append)
    overlooked = written(module) - runner.tries
    return "".join(said) + (f"{overlooked} examples stand where doctest does not look" if overlooked else "")


def test_all_examples_run() -> None:
    found = {name: wrong_examples(import_module(name)) for name in MODULES}
    wrong = {name: said for name, said in found.items() if said}
    assert not wrong, "\n".join(f"{name}\n{said}" for name, said in wrong.items())


def test_there_are_examples() -> None:
    assert written(import_module("simulator.money")) > 0


def test_a_wrong_example_and_an_overlooked_one_are_named(tmp_path: Path) -> None:
    source = tmp_path / "wrong.py"
    source.write_text('"""A module.\n\n>>> 1 + 1\n3\n"""\n\nOTHER = """\n>>> 2 + 2\n4\n"""\n', encoding="utf-8")
    module = ModuleType("wrong", "A module.\n\n>>> 1 + 1\n3\n")
    module.__file__ = str(source)
    said = wrong_examples(module)
    assert "Expected:\n    3\nGot:\n    2\n" in said
    assert said.endswith("1 examples stand where doctest does not look")
