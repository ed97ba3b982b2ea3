"""The linter, the type checker and the import rules have nothing to say."""

import sys
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, run
from tests.beside import Beside, result

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
TOOLS = {
    "ruff": ["-m", "ruff", "check", "--output-format=concise", "."],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", LINT_IMPORTS, "--no-cache"],
}


@pytest.mark.parametrize("tool", ["ruff", "lint-imports"])
def test_tool_finds_nothing(tool: str) -> None:
    done = run([sys.executable, *TOOLS[tool]])
    assert done.returncode == 0, f"{tool} says:\n{done.stdout}{done.stderr}"


def test_mypy_finds_nothing(beside: Path) -> None:
    code, said = result(beside)
    assert code == 0, f"mypy says:\n{said}"


def test_a_tool_beside_the_tests_is_heard(tmp_path: Path) -> None:
    tool = Beside(tmp_path)
    tool.start([sys.executable, "-c", "print('Found 1 error'); raise SystemExit(3)"])
    assert result(tmp_path) == (3, "Found 1 error\n")


def test_a_tool_beside_the_tests_is_ended_with_them(tmp_path: Path) -> None:
    tool = Beside(tmp_path)
    tool.start([sys.executable, "-c", "import time; time.sleep(3600)"])
    tool.stop()
    assert result(tmp_path)[0] != 0


def test_a_tool_that_was_not_started_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="nothing was started"):
        result(tmp_path)


@pytest.mark.parametrize(
    ("tool", "source", "finding"),
    [
        ("ruff", "import os\n", "F401"),
        ("mypy", "count: int = 'three'\n", "Incompatible types in assignment"),
        ("lint-imports", "import calibration\n", "BROKEN"),
    ],
)
def test_tool_would_find_what_is_wrong(tool: str, source: str, finding: str, tmp_path: Path) -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in ("simulator", "calibration", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    (tmp_path / "simulator" / "__init__.py").write_text(f'"""Wrong."""\n\n{source}', encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(_without_layers(settings), encoding="utf-8")
    done = run([sys.executable, *TOOLS[tool]], tmp_path, {"PYTHONPATH": str(tmp_path)})
    assert done.returncode != 0
    assert finding in done.stdout, done.stdout + done.stderr


def _without_layers(settings: str) -> str:
    """Return the settings with only the import rule that needs no modules below `simulator`."""
    head, *contracts = settings.split("[[tool.importlinter.contracts]]")
    return head + "".join(
        f"[[tool.importlinter.contracts]]{c}" for c in contracts if 'forbidden_modules = ["calibration"]' in c
    )
