"""`import simulator` and `sib --help` answer before anything heavy is imported."""

import sys

import pytest

from tests.architecture.project import ROOT, run

HEAVY = {"matplotlib", "numba", "pandas", "pyarrow", "scipy", "simpy"}
HELP = "import sys; from simulator.cli import app; sys.argv = ['sib', '--help']; app()"
"""What the installed command `sib --help` runs."""


def heavy_imports(code: str) -> set[str]:
    """Return which heavy packages a fresh interpreter imports to run some code that succeeds."""
    done = run([sys.executable, "-X", "importtime", "-c", code])
    assert done.returncode == 0, done.stdout + done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    return {name.partition(".")[0] for name in imported} & HEAVY


def test_import_is_light() -> None:
    assert heavy_imports("import simulator") == set()


@pytest.mark.skipif(not (ROOT / "simulator" / "cli.py").exists(), reason="there is no command line yet")
def test_help_is_light() -> None:
    assert heavy_imports(HELP) == set()


def test_the_measure_sees_a_heavy_import() -> None:
    assert "numba" in heavy_imports("from simulator.kernel import kernel")
