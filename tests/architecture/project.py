"""The project as files, for tests that read or run it from outside."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [ROOT / "simulator", ROOT / "calibration"]


def run(
    command: Sequence[str | Path], folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Return a finished process with its output as text; the caller judges the return code."""
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )


def tracked_files() -> list[Path]:
    """Return the files that git tracks and that are there; none where this is not a git checkout."""
    if not (ROOT / ".git").exists():
        return []
    listed = run(["git", "ls-files", "-z"])
    assert listed.returncode == 0, listed.stderr
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
